"""Judge how the program took a hostile input: exit code, message, time, memory, and what it left behind."""

from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path

from .case import Case
from .child import Ended

PEAK_MB = 3000
LONGEST_MESSAGE = 1500  # characters, beside what it quotes from the arguments
_OWN = (".stdout", ".stderr", ".peak")  # files of the harness
_LAST_LINE = re.compile(r"\w*(Error|Exception|Exit|Warning)\b|\w+\.\w+.*Error")
_NOT_A_NUMBER = re.compile(rb"(?i)(?<![a-z\"])(nan|inf(inity)?)(?![a-z\"])")


@dataclass(frozen=True, slots=True)
class Scene:
    """Hold where a case ran and what was there before."""

    case: Case
    folder: Path
    argv: list[str]
    before: dict[str, str]  # path -> digest

    def text(self, name: str) -> str:
        path = self.folder / name
        return path.read_text("utf-8", "replace") if path.exists() else ""


def digests(folder: Path) -> dict[str, str]:
    """Return path -> digest of all regular files; of large ones only the size is compared."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not path.is_file() or path.name in _OWN:
            continue
        if path.stat().st_size > 64 << 20:
            found[str(path)] = str(path.stat().st_size)
        elif os.access(path, os.R_OK):
            found[str(path)] = hashlib.md5(path.read_bytes()).hexdigest()
    return found


def faults_of(scene: Scene, ended: Ended) -> list[str]:
    """Return everything that was wrong; an empty list if the program took the input well."""
    return [*_ending(scene, ended), *_message(scene, ended), *_files(scene, ended)]


def _ending(scene: Scene, ended: Ended) -> list[str]:
    said, faults = scene.text(".stderr"), []
    if ended.late:
        faults.append(ended.late)
    elif ended.code < 0:
        faults.append(f"killed by signal {-ended.code}")
    elif ended.code not in scene.case.codes:
        lines = said.splitlines()
        last = next((line for line in reversed(lines) if _LAST_LINE.match(line)), "")
        where = [line.strip() for line in lines if 'File "' in line and "/pipeline/" in line]
        faults.append(f"exit {ended.code}: {last[:160]}" + (f" @ {where[-1]}" if where else ""))
    if "Traceback (most recent" in said and ended.code in scene.case.codes:
        faults.append("traceback shown")
    if "MemoryError" in said or "Unable to allocate" in said:
        faults.append("asked for more memory than there is")
    if ended.peak_mb > PEAK_MB:
        faults.append(f"used {ended.peak_mb:.0f} MB")
    return faults


def _message(scene: Scene, ended: Ended) -> list[str]:
    """Check that exit code 2 comes with a message, a hint, and no flood of text."""
    if ended.code != 2 or ended.late:
        return []
    said = scene.text(".stderr")
    lines = said.strip().splitlines()
    at = next((i for i, line in enumerate(lines) if line.startswith("error: ")), None)
    if at is None:
        # The usage of argparse, or a batch whose inputs failed one by one (of videos, of motion capture)
        told = any(word in said for word in ("usage:", "left out: ", "skipped: ", "There is no .bvh"))
        return [] if told else ["exit 2 without a message"]
    faults = []
    message = " ".join(lines[at:])
    if not any(line.startswith("  ") for line in lines[at + 1 :]):
        faults.append("message without a hint")
    if len(message) > LONGEST_MESSAGE + 2 * len(" ".join(scene.argv)):
        faults.append(f"message of {len(message)} characters")
    if scene.case.mentions and not re.search(scene.case.mentions, message):
        faults.append(f"message does not say {scene.case.mentions!r}")
    return faults


def _files(scene: Scene, ended: Ended) -> list[str]:
    folder, faults = scene.folder, []
    after = digests(folder)
    free = tuple(str(folder / name) for name in scene.case.writes)
    home = str(folder / ".home")
    changed = [p for p in scene.before if after.get(p) != scene.before[p] and not p.startswith((*free, home))]
    fresh = [p for p in after if p not in scene.before and not p.startswith(home)]
    partial = [p for p in fresh if ".part" in Path(p).name]
    stray = [p for p in fresh if not p.startswith(free) and p not in partial]
    temporary = folder / ".home" / "tmp"
    left = [p for p in temporary.rglob("*") if "torchinductor" not in str(p)] if temporary.is_dir() else []
    if changed:
        faults.append(f"input changed: {Path(changed[0]).name}")
    if partial:
        faults.append(f"half-written file left: {Path(partial[0]).name}")
    if stray:
        faults.append(f"written outside {', '.join(scene.case.writes)}: {Path(stray[0]).relative_to(folder)}")
    if left:
        faults.append(f"left in the temporary folder: {left[0].name}")
    if list(folder.rglob("PWNED*")):
        faults.append("CODE OF THE INPUT WAS RUN")
    if ended.code == 0 and not scene.case.allows_nan:
        faults += [f"NaN or infinity in {Path(p).name}" for p in fresh if has_nan(Path(p))][:1]
    return faults


def has_nan(path: Path) -> bool:
    """Return whether a result is no strict JSON, or a text file holds what is no number."""
    if path.suffix == ".json":
        found: list[str] = []
        try:
            json.loads(path.read_text("utf-8"), parse_constant=found.append)
        except ValueError as error:
            return "digit" not in str(error)
        return bool(found)
    if path.suffix not in (".bvh", ".csv", ".mot"):
        return False
    content = path.read_bytes()[:2_000_000]
    if path.suffix == ".mot":  # its header is text: the name of the take may be "nan"
        content = content.partition(b"endheader")[2]
    return bool(_NOT_A_NUMBER.search(content))

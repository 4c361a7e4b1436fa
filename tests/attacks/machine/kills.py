"""Kill lift, export and edit at random moments: every file has to be the old one or the new one, whole.

Before, the folder holds the results of a run with other settings. Afterwards the same command runs through, and its
results have to be there, without the temporary files of the killed run.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import random
import shutil
import signal
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path

from tests.attacks.harness.case import Outcome
from tests.attacks.harness.child import Ended, fork, left_processes, make_home, set_surroundings, wait
from tests.attacks.harness.judge import has_nan
from tests.attacks.harness.places import SEED, work_folder
from tests.attacks.harness.sound_inputs import sound

FORMATS = "bvh,csv,glb,trc,mot,c3d,json,npz,dlc,angles,openpose,overlay"
SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
SHARES = {"export": 5, "edit": 4, "lift": 1}  # of the kills; a lift takes ten times as long
# These hold the time of the run, so that no two runs write the same.
_HOLD_THE_TIME = (".pose3d", ".csv.json", ".report.json", ".json", ".npz", ".mp4", ".zip")
LONGEST_S = 120.0
TOGETHER = 2  # files that a format writes at once, to appear together: a table and its description, 2D and 3D of dlc


def command(kind: str, old: bool) -> list[str]:
    """Return the command of the earlier run (`old`), or of the run that is killed."""
    pitch = ["--pitch", "12" if old else "3"]
    if kind == "lift":
        return ["lift", "people.mp4", "-o", "out", "--formats", "bvh,csv,glb,c3d", "--all", *pitch]
    if kind == "export":
        return ["export", "t.pose3d", "-o", "out", "--formats", FORMATS, "--report", "--unit", "m" if old else "cm"]
    return ["edit", "t.pose3d", "-o", "out/t.pose3d", "--fov", "70" if old else "50", "--rename", "1=Bea", *pitch]


def start(argv: list[str], folder: Path, output: Path | None = None) -> BaseProcess:
    """Start a command in a folder; what it prints goes to files in `output`, else in the folder."""

    def run() -> int:
        os.chdir(folder)
        set_surroundings(folder, {})
        from pipeline.cli import main

        return main(argv)

    return fork(run, output or folder)


def through(argv: list[str], folder: Path) -> Ended:
    ended = wait(start(argv, folder), folder, LONGEST_S)
    if ended.code:
        raise RuntimeError(f"{argv[0]} ended with {ended.code}: {(folder / '.stderr').read_text()[-500:]}")
    return ended


def digests(folder: Path) -> dict[str, str]:
    return {p.name: hashlib.md5(p.read_bytes()).hexdigest() for p in folder.iterdir() if p.is_file()}


def what_is_wrong(path: Path) -> str:
    """Return what is wrong with a result; "" if it is whole."""
    content = path.read_bytes()
    if not content:
        return "empty"
    check = _CHECKS.get(path.suffix)
    if check is not None:
        try:
            return check(path, content)
        except Exception as error:
            return f"{type(error).__name__}: {error}"
    return "NaN" if has_nan(path) else ""


def _take(path: Path, content: bytes) -> str:
    from pipeline.take.file import load_take

    load_take(path)
    return ""


def _json(path: Path, content: bytes) -> str:
    json.loads(content)
    return ""


def _glb(path: Path, content: bytes) -> str:
    return "" if int.from_bytes(content[8:12], "little") == len(content) else "shorter than its header says"


def _zip(path: Path, content: bytes) -> str:
    with zipfile.ZipFile(path) as archive:
        return archive.testzip() or ""


def _video(path: Path, content: bytes) -> str:
    import av

    with av.open(str(path)) as container:
        return "" if sum(1 for _ in container.decode(video=0)) else "no frames"


def _bvh(path: Path, content: bytes) -> str:
    lines = content.decode().splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("Frames:"))
    return "" if len(lines) == at + 2 + int(lines[at].split()[1]) else "rows are missing"


_CHECKS: dict[str, Callable[[Path, bytes], str]] = {
    ".pose3d": _take, ".json": _json, ".glb": _glb, ".npz": _zip, ".zip": _zip, ".mp4": _video, ".bvh": _bvh,
}  # fmt: skip


@dataclass(slots=True)
class Scene:
    """Hold the folder of one command with the results of its runs."""

    kind: str
    folder: Path
    old: dict[str, str] = field(default_factory=dict)
    new: dict[str, str] = field(default_factory=dict)
    takes_s: float = 0.0
    most_partial: int = 0  # temporary files after one kill

    @property
    def out(self) -> Path:
        return self.folder / "out"

    def prepare(self) -> None:
        make_home(self.folder)
        self.out.mkdir()
        shutil.copy(sound("people.mp4"), self.folder / "people.mp4")
        shutil.copy(sound("film.pose3d"), self.folder / "t.pose3d")
        through(command(self.kind, old=True), self.folder)
        self.old = digests(self.out)
        shutil.copytree(self.out, self.folder / "old")
        self.takes_s = through(command(self.kind, old=False), self.folder).seconds
        self.new = digests(self.out)

    def restore(self, without_cache: bool) -> None:
        shutil.rmtree(self.out)
        shutil.copytree(self.folder / "old", self.out)
        if without_cache:
            shutil.rmtree(self.folder / ".home" / "cache" / "detections", ignore_errors=True)

    def kill(self, number: int, rng: random.Random) -> Outcome:
        self.restore(without_cache=self.kind == "lift" and rng.random() < 0.5)
        sent = SIGNALS[number % len(SIGNALS)]
        early = rng.random() < 0.5  # the other half near the end, where the files are written
        wait_s = rng.uniform(0.0 if early else 0.6 * self.takes_s, self.takes_s * (1.0 if early else 1.05))
        process = start(command(self.kind, old=False), self.folder)
        process.join(wait_s)
        if process.exitcode is None:
            os.kill(process.pid, sent)
        ended = wait(process, self.folder, LONGEST_S)
        said = (self.folder / ".stderr").read_text("utf-8", "replace")
        faults = ["traceback shown"] if "Traceback" in said else []
        if sent == signal.SIGINT and ended.code not in (0, 130):
            faults.append(f"exit {ended.code} after Ctrl-C")
        if left_processes(ended.pid):
            faults.append("a process was left")
        faults += self._results(ended.code in (-signal.SIGKILL, -signal.SIGTERM))
        faults += self._next_run()
        name = f"{self.kind} {number} {sent.name} after {wait_s:.2f} s"
        return Outcome(name, ended.code, ended.seconds, ended.peak_mb, faults, said[-300:])

    def _results(self, killed_hard: bool) -> list[str]:
        there = digests(self.out)
        partial = [name for name in there if ".part" in name]
        self.most_partial = max(self.most_partial, len(partial))
        faults = [f"{name} is gone" for name in self.old if name not in there]
        if len(partial) > (TOGETHER if killed_hard else 0):
            faults.append(f"{len(partial)} temporary files left")
        for name, digest in there.items():
            if name in partial:
                continue
            if wrong := what_is_wrong(self.out / name):
                faults.append(f"{name}: {wrong}")
            if name not in self.old and name not in self.new:
                faults.append(f"{name} is of no run")
            elif not name.endswith(_HOLD_THE_TIME) and digest not in (self.old.get(name), self.new.get(name)):
                faults.append(f"{name} is neither the old one nor the new one")
        return faults

    def _next_run(self) -> list[str]:
        try:
            through(command(self.kind, old=False), self.folder)
        except RuntimeError as error:
            return [f"the next run failed: {error}"]
        there = digests(self.out)
        faults = [f"after the next run {name} is missing" for name in self.new if name not in there]
        faults += [f"after the next run {name}: {w}" for name in self.new if (w := what_is_wrong(self.out / name))]
        home = self.folder / ".home"
        everywhere = [path for place in (self.out, home) for path in place.rglob("*") if ".part" in path.name]
        faults += [f"the next run left {path.name}" for path in everywhere]
        temporary = [path.name for path in (home / "tmp").iterdir() if "torchinductor" not in path.name]
        return faults + [f"left in the temporary folder: {name}" for name in temporary[:1]]


def kinds(count: int) -> list[str]:
    """Return the kinds of `count` kills: by their shares, and one of each at least."""
    order = [kind for kind, share in SHARES.items() for _ in range(share)]
    return [*(order * (count // len(order) + 1))[:count]] if count >= len(order) else [*SHARES][:count]


def run(count: int, seed: int = SEED, verbose: bool = False, part: tuple[int, int] = (1, 1)) -> list[Outcome]:
    """Kill `count` runs, or of them every n-th from the k-th for `part` (k, n); return what happened."""
    outcomes = []
    k, n = part
    every = [(kind, number) for kind, kills in Counter(kinds(count)).items() for number in range(kills)]
    for kind, of_kind in itertools.groupby(every[k - 1 :: n], lambda kill: kill[0]):
        numbers = [number for _, number in of_kind]
        scene = Scene(kind, work_folder(f"kills/{kind}"))
        scene.prepare()
        for number in numbers:
            outcome = scene.kill(number, random.Random(f"{seed} {kind} {number}"))
            outcomes.append(outcome)
            if outcome.faults or verbose:
                how = "FAIL" if outcome.faults else "ok  "
                print(f"{how} kills: {outcome.name}: {'; '.join(outcome.faults)}\n       {outcome.said}", flush=True)
        codes = Counter(o.code for o in outcomes if o.name.startswith(kind))
        print(f"{kind}: {len(numbers)} kills, a run takes {scene.takes_s:.1f} s, exit codes {dict(codes)}, "
              f"at most {scene.most_partial} temporary files after one")  # fmt: skip
    return outcomes

"""Run cases one after another and print those that the program took badly."""

from __future__ import annotations

import importlib
import re
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from .bait import bait
from .case import Case, Outcome
from .child import entry, fork, left_processes, make_home, wait
from .judge import Scene, digests, faults_of
from .places import root, work_folder


def preload(modules: Iterable[str]) -> None:
    """Import what the cases need before the forks; optional packages may be missing."""
    for name in ("pipeline.cli", "pipeline.take.file", "pipeline.export.export_take", *modules):
        try:
            importlib.import_module(name)
        except ModuleNotFoundError as error:
            print(f"note: {error}")


def run_case(case: Case, section: str) -> Outcome:
    """Build the input, let the program take it in a forked child, and judge."""
    folder = case_folder(section, case)
    make_home(folder)
    argv = case.build(folder)
    reached = folder.with_suffix(".reached")
    reached.unlink(missing_ok=True)
    scene = Scene(case, folder, argv, digests(folder))
    bait().touched()
    process = fork(entry(case, argv, folder, reached), folder)
    ended = wait(process, folder, case.time_s)
    faults = faults_of(scene, ended)
    if left_processes(ended.pid):
        faults.append("a process was left")
    faults += bait().touched()
    if reached.exists():
        lines = reached.read_text("utf-8", "replace").splitlines()
        reached.unlink()
        if outside := {line for line in lines if not _intended(line, case, argv)}:
            faults.append("reached out: " + "; ".join(sorted(outside))[:200])
    said = " | ".join(line for line in scene.text(".stderr").strip().splitlines() if line)[-400:]
    outcome = Outcome(case.name, ended.code, ended.seconds, round(ended.peak_mb, 1), faults, said)
    if faults:
        _keep_input(section, folder)
    _remove(folder)
    return outcome


def _intended(event: str, case: Case, argv: list[str]) -> bool:
    """Return whether a case is about connecting, or its arguments name the address."""
    address = re.fullmatch(r"socket\.(?:connect|bind) \(\('([^']+)', (\d+)\),\)", event)
    if address is None:
        return False
    return (case.connects and event.startswith("socket.connect")) or any(
        f"{address[1]}:{address[2]}" in a for a in argv
    )


def run_cases(cases: Iterable[Case], section: str, verbose: bool = False) -> Iterator[Outcome]:
    for case in cases:
        try:
            outcome = run_case(case, section)
        except Exception as error:
            outcome = Outcome(case.name, -1, 0.0, 0.0, [f"cannot be built: {type(error).__name__}: {error}"[:200]])
        if outcome.faults or verbose:
            print(
                f"{'FAIL' if outcome.faults else 'ok  '} {section}: {case.name!r}: {'; '.join(outcome.faults)}"
                f" [{outcome.code}, {outcome.seconds} s, {outcome.peak_mb:.0f} MB]\n       {outcome.said}",
                flush=True,
            )
        yield outcome


def case_folder(section: str, case: Case) -> Path:
    return work_folder(f"{section}/{re.sub(r'[^A-Za-z0-9._-]', '_', case.name)[:80]}")


def _keep_input(section: str, folder: Path) -> None:
    """Keep the input and the output of a case that failed, if they are small."""
    target = work_folder(f"failed/{section}/{folder.name}")
    for path in folder.iterdir():
        if path.is_file() and not path.is_symlink() and path.stat().st_size < 300_000:
            shutil.copy2(path, target / path.name)


def _remove(folder: Path) -> None:
    for path in [folder, *folder.rglob("*")]:
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o755)
    shutil.rmtree(folder, ignore_errors=True)
    if folder.exists():
        raise RuntimeError(f"{folder} cannot be removed")


def kept_folder() -> Path:
    return root() / "failed"

"""Run commands at the same time that write the same files: the results have to be whole, and nothing may be lost."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path

from tests.attacks.harness.case import Outcome
from tests.attacks.harness.child import make_home, wait
from tests.attacks.harness.places import PROJECT, work_folder
from tests.attacks.harness.sound_inputs import sound

from .kills import LONGEST_S, start, what_is_wrong

_FORMATS = "bvh,csv,glb,c3d,npz,json,openpose"
RUNS: dict[str, tuple[list[str], int]] = {
    "lift": (["lift", "people.mp4", "-o", "out", "--all", "--formats", "bvh,csv,c3d,npz"], 2),
    "export": (["export", "t.pose3d", "-o", "out", "--formats", _FORMATS, "--report"], 3),
    "edit in place": (["edit", "t.pose3d", "--rename", "1=Bea", "--pitch", "5"], 2),
}
STAGGERS_S = (0.0, 0.4, 1.5)
MODELS = ("one", "two", "three")
ROUNDS = 6


def scene(name: str) -> Path:
    folder = work_folder(f"together/{name}")
    make_home(folder)
    shutil.copy(sound("film.pose3d"), folder / "t.pose3d")
    shutil.copy(sound("people.mp4"), folder / "people.mp4")
    return folder


def same_files(name: str, argv: list[str], count: int, stagger_s: float) -> Outcome:
    folder, begun = scene(name), time.monotonic()
    children = []
    for number in range(count):
        own = folder / f".child{number}"  # for its output; the command works in the common folder
        own.mkdir()
        children.append(start(argv, folder, own))
        time.sleep(stagger_s)
    ended = [wait(child, folder / f".child{number}", LONGEST_S) for number, child in enumerate(children)]
    faults = [f"exit {end.code}" for end in ended if end.code]
    there = [*folder.glob("out/*"), folder / "t.pose3d"]
    faults += [f"{path.name} was left" for path in there if ".part" in path.name]
    faults += [f"{path.name}: {wrong}" for path in there if (wrong := what_is_wrong(path))]
    said = "".join((folder / f".child{n}" / ".stderr").read_text("utf-8", "replace") for n in range(count))
    label = f"{count} x {name}, {stagger_s} s apart"
    return Outcome(label, max(end.code for end in ended), time.monotonic() - begun, 0.0, faults, said[-300:])


def models_added(number: int) -> Outcome:
    """Add three models at once: all that say they were added have to be in the list."""
    folder, begun = scene(f"models{number}"), time.monotonic()
    weights = str(PROJECT / "weights" / "h2ot_fast_v2.safetensors")
    children = []
    for name in MODELS:
        (folder / f".{name}").mkdir()
        children.append(start(["models", "add", weights, "--name", name], folder, folder / f".{name}"))
    ended = [wait(child, folder / f".{name}", LONGEST_S) for name, child in zip(MODELS, children, strict=True)]
    stored = json.loads((folder / ".home" / "cache" / "weights" / "manifest.json").read_text())
    listed = {entry["name"] for entry in stored["entries"]}
    faults = [f"{name} ended with {end.code}" for name, end in zip(MODELS, ended, strict=True) if end.code]
    faults += [
        f"{name} was lost" for name, end in zip(MODELS, ended, strict=True) if not end.code and name not in listed
    ]
    return Outcome(f"models added at once {number}", 0, time.monotonic() - begun, 0.0, faults)


def run(count: int | None = None, verbose: bool = False) -> list[Outcome]:
    """Run everything, or the first `count` of it."""
    jobs = [
        lambda name=name, argv=argv, copies=copies, gap=gap: same_files(name, argv, copies, gap)
        for name, (argv, copies) in RUNS.items()
        for gap in STAGGERS_S
    ]
    jobs += [lambda number=number: models_added(number) for number in range(ROUNDS)]
    outcomes = []
    for job in jobs if count is None else jobs[-count:]:
        outcome = job()
        outcomes.append(outcome)
        if outcome.faults or verbose:
            print(
                f"{'FAIL' if outcome.faults else 'ok  '} together: {outcome.name}: {'; '.join(outcome.faults)}",
                flush=True,
            )
    return outcomes

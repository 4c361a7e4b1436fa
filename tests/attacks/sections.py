"""List the sections: which cases they hold, what has to be imported first, and which cases are the quick ones."""

from __future__ import annotations

import importlib
import random
from collections.abc import Callable
from dataclasses import dataclass

from .harness.case import Case, Outcome
from .harness.run import preload, run_cases
from .inputs.cache import CHUNK


@dataclass(frozen=True, slots=True)
class Choice:
    """Say which cases of a section are run."""

    quick: bool = False  # those that `./start test` runs
    count: int | None = None  # so many, drawn by `seed`
    seed: int = 0
    part: tuple[int, int] = (1, 1)  # (k, n): every n-th, from the k-th
    text: str = ""  # those whose name contains it
    verbose: bool = False

    def of(self, cases: list[Case]) -> list[Case]:
        cases = [case for case in cases if self.text in case.name]
        if self.count is not None and self.count < len(cases):
            kept = sorted(random.Random(self.seed).sample(range(len(cases)), self.count))
            cases = [cases[i] for i in kept]
        k, n = self.part
        return cases[k - 1 :: n]


@dataclass(frozen=True, slots=True)
class CaseSection:
    """Hold a section of cases that run one by one in forked children."""

    about: str
    modules: tuple[str, ...]  # of `tests.attacks`, each with `cases()`
    preload: tuple[str, ...]  # imported before the forks
    quick: tuple[str, ...]  # names of cases that once failed, and of one that is sound
    prepare: str = ""  # "module:function", called before the forks unless only the quick cases run

    def cases(self) -> list[Case]:
        found = [case for name in self.modules for case in importlib.import_module(f"tests.attacks.{name}").cases()]
        names = {case.name for case in found}
        assert len(names) == len(found), "names of cases occur twice"
        return found

    def run(self, name: str, choice: Choice) -> list[Outcome]:
        preload(self.preload)
        if self.prepare and not choice.quick:
            module, _, function = self.prepare.partition(":")
            getattr(importlib.import_module(module), function)()
        cases = self.cases()
        if choice.quick:
            named = {case.name: case for case in cases}
            return list(run_cases([named[quick] for quick in self.quick], name, choice.verbose))
        return list(run_cases(choice.of(cases), name, choice.verbose))


@dataclass(frozen=True, slots=True)
class ProgramSection:
    """Hold a section that starts whole programs, servers or clients."""

    about: str
    preload: tuple[str, ...]
    run_chosen: Callable[[Choice], list[Outcome]]

    def run(self, name: str, choice: Choice) -> list[Outcome]:
        preload(self.preload)
        return self.run_chosen(choice)


def _kills(choice: Choice) -> list[Outcome]:
    from .machine import kills

    return kills.run(1 if choice.quick else choice.count or KILLS, choice.seed, choice.verbose, choice.part)


def _together(choice: Choice) -> list[Outcome]:
    from .machine import together

    return together.run(1 if choice.quick else choice.count, choice.verbose)


def _live(choice: Choice) -> list[Outcome]:
    from .network import live_sources

    return live_sources.run([*live_sources.QUICK] if choice.quick else None, choice.count, choice.seed, choice.verbose)


def _ws(choice: Choice) -> list[Outcome]:
    from .network import websocket_clients as ws

    return ws.run([*ws.QUICK] if choice.quick else None, choice.count, choice.seed, choice.verbose)


def _soak(choice: Choice) -> list[Outcome]:
    from .network import soak

    return [] if choice.quick else [soak.run(SOAK_MINUTES if choice.count is None else choice.count)]


KILLS = 300
SOAK_MINUTES = 60
_EXPORTERS = (
    "ezc3d", "scipy.signal", "scipy.optimize", "pipeline.export.report", "pipeline.export.animation.bvh",
    "pipeline.export.animation.gltf", "pipeline.export.biomechanics.c3d", "pipeline.export.data.json_npz",
    "pipeline.run.refinish", "pipeline.post.finish",
)  # fmt: skip
_LIFTING = (
    "torch", "pipeline.run.lift_video", "pipeline.weights", "pipeline.lift.host_lifter",
    "pipeline.detect.mediapipe.detector",
    "cv2", "av",
)  # fmt: skip

SECTIONS: dict[str, CaseSection | ProgramSection] = {
    "videos": CaseSection(
        "videos, images and what only looks like them",
        tuple(f"inputs.videos.{name}" for name in (
            "damaged", "mp4_atoms", "image_files", "unusual", "referring", "names_and_kinds",
        )),
        ("pipeline.sources.file.video", "pipeline.sources.images.webp", "pipeline.sources.inputs", "cv2", "av"),
        (
            "a.mp4 sound",
            "png 65535 x 65535",
            "m3u8 to file as v.mp4",
            "ffconcat to beside as v.mp4",
            "video is a FIFO",
            "video is a link to /dev/zero",
            "mkv jump of a year",
        ),
    ),
    "joints": CaseSection(
        "2D joints and folders of images as other programs write them",
        tuple(f"inputs.joints.{name}" for name in ("npz", "other_programs", "hdf5", "image_folders")),
        ("pipeline.sources.joints2d.source", "pipeline.sources.inputs", "pipeline.sources.images.sequence",
         "pipeline.lift.resample", "h5py", "cv2"),
        (
            "npz sound",
            "npz joints inf",
            "npz time a jump of a day",
            "npz joints_image shape 1e12",
            "npz skeleton header unary",
            "npz object array",
            "openpose a FIFO",
            "alphapose deep",
            "json frame 10**15",
            "h5 external data",
            "h5 names are a pickle of os.system",
            "images numbers 10**15 apart, frames",
        ),
    ),
    "takes": CaseSection(
        "takes: header, arrays, archive; exported to all formats of text and numbers, and edited",
        ("inputs.takes.headers", "inputs.takes.values", "inputs.takes.containers"),
        _EXPORTERS,
        (
            "sound",
            "info.fps_hz = 'nan' 4",
            "names = \"{'1': '../../PWNED'}\" 1",
            "scene.fov_deg = 'nan' 2",
            "array person1_joints 1",
            "array time_s 9",
            "edit array time_s 9",
            "npy shape 1e12",
            "object array with payload",
            "take is a FIFO",
        ),
    ),
    "characters": CaseSection(
        "users' own characters with a take on them",
        ("inputs.characters",),
        ("pipeline.api.take", "pipeline.retarget.retarget_take", "scipy.spatial.transform", "scipy.ndimage"),
        (
            "sound",
            "own ancestor",
            "19000 more children",
            "hero is a FIFO",
            "mapping deep",
            "buffer elsewhere",
            "value 6",
            "bvh 90",
        ),
    ),
    "cache": CaseSection(
        "the cache of detections",
        ("inputs.cache",),
        ("pipeline.detect.cache",),
        ("sound", "count huge", "shapes of 80 GB", "deflated and damaged", f"{CHUNK} is a FIFO", "mark deep"),
    ),
    "checkpoints": CaseSection(
        "checkpoints, configs of 2D networks, the user's lists of models",
        tuple(f"inputs.models.{name}" for name in ("checkpoints", "network_configs", "model_lists")),
        ("torch", "safetensors.torch", "pipeline.lift.checkpoints.add", "pipeline.lift.checkpoints.run_raw",
         "pipeline.weights"),
        (
            "run pickle os.system",
            "add zip os.system",
            "run shape huge",
            "run a FIFO",
            "sidecar deep",
            "config call",
            "config 9**9**9",
            "lifters file '../../PWNED' 0 remove",
            "manifest.json deep list",
        ),
        "pipeline.detect.mmpose.import_without_ops:import_mmpose",
    ),
    "texts": CaseSection(
        "motion capture, recordings, settings, names of people",
        tuple(f"inputs.texts.{name}" for name in ("motion_capture", "recordings", "settings", "names")),
        ("training.data.import_mocap", "training.data.bvh", "training.data.amc", "pipeline.live.recording.open",
         "pipeline.weights", "PySide6.QtCore"),
        (
            "bvh frames 1e18",
            "bvh 2000 deep",
            "amc loop",
            "recording rows counts 2**62",
            "recording rows 4e9 frames",
            "recording rows.bin is a FIFO",
            "recording manifest fov nan",
            "settings noise",
            "person called 'a\\x00b' 25",
        ),
    ),
    "arguments": CaseSection(
        "arguments of every command",
        ("inputs.arguments",),
        (*_LIFTING, "pipeline.api", "pipeline.live.engine", "pipeline.stream.open",
         "pipeline.sources.live.network_stream"),
        (
            "lift --fov 'nan' 0",
            "lift --person '99999999999999999999' 7, joined",
            "edit --split 1@VALUE 'nan' 0",
            "export --formats 'xxxxxxxxxxxxxxxxxxxx' 7",
            "live --seconds 'inf' 1",
            "take called '\\x1b[31m'",
        ),
    ),
    "lifts": CaseSection(
        "the whole way of lift, with extreme sizes, rates and times",
        ("inputs.lifts",),
        (*_LIFTING, *_EXPORTERS),
        ("joints with a jump of a year",),
    ),
    "disk": CaseSection(
        "full and read-only disks, missing homes, wrong clocks (the disks need root)",
        ("machine.full_disk",),
        (*_LIFTING, *_EXPORTERS),
        (
            "export bvh to a full disk",
            "edit in place on a full disk",
            "edit over the limit of a file",
            "export with a clock in 1970",
        ),
    ),
    "kills": ProgramSection(
        f"{KILLS} runs of lift, export and edit that are killed at random moments",
        (*_LIFTING, *_EXPORTERS),
        _kills,
    ),
    "together": ProgramSection("runs at the same time that write the same files", (*_LIFTING, *_EXPORTERS), _together),
    "live": ProgramSection(
        "hostile cameras and servers",
        ("pipeline.sources.live.open", "pipeline.sources.live.network_stream", "av", "cv2"),
        _live,
    ),
    "ws": ProgramSection(
        "hostile clients of the WebSocket stream",
        ("pipeline.stream.open", "pipeline.stream.json_websocket", "websockets.asyncio.server"),
        _ws,
    ),
    "soak": ProgramSection(
        f"a live run of {SOAK_MINUTES} minutes whose camera dies every minute (--cases N: N minutes)", (), _soak
    ),
}  # fmt: skip

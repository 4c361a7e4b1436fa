"""Write and read the files of clips, each an npz without pickle.

A file is written completely or not at all. Shapes: `P` people, `T` frames. `joints` are COCO23 of
`pipeline.core.skeletons`, from the body's own regressor, in a detector's convention; `h36m17` derives the lifter's 17
joints from them by the program's rule. Lengths in metres, image points in pixels. `KEYS` describes each key.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.core.arrays import Doubles, Floats
from pipeline.core.errors import SourceError
from pipeline.core.skeletons import h36m17_from
from pipeline.system.files import atomic_write, make_folder
from training.synthesis.people.clip import Clip
from training.synthesis.people.detect import Detected
from training.synthesis.people.filming import Taken

FORMAT = 1
OUTSIDE, HIDDEN, BY_ITSELF, PLAIN = range(4)  # values of `seen`
KEYS = {
    "meta": "JSON: format, seed, index, split, rate_hz, size_px, fov_deg, place, framing, hidden_by, codec; per person "
            "body, stature_m, age, phenotype, motion, source, subject, kind; per detector its skeleton",
    "time_s": "(T,) float64",
    "camera_axes": "(T, 3, 3) float32, rows: the camera's x, y, z in the world",
    "camera_eye": "(T, 3) float32, world",
    "focal_px": "float64; the principal point is the middle of the picture",
    "joints_world": "(P, T, 23, 3) float32, z up, floor at 0",
    "joints_camera": "(P, T, 23, 3) float32, x right, y down, z forward",
    "seen": "(P, T, 23) uint8: 0 outside the picture, 1 hidden by something else, 2 by the own body, 3 seen",
    "motion_place": "(P, T) float32, row of the motion capture's take at 60 Hz",
    "NAME_joints": "(P, T, J, 2) float32 px of detector NAME, NaN: not found",
    "NAME_scores": "(P, T, J) float16",
    "NAME_metres": "(P, T, J, 3) float16, its own 3D around the hips, camera axes; not for detectors without depth",
    "NAME_others": "(T,) float16, detections of nobody",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shard:
    """Hold one stored clip."""

    path: Path
    meta: dict[str, Any]
    arrays: dict[str, NDArray[Any]]

    @property
    def held_out(self) -> bool:
        return bool(self.meta["split"] == "held_out")

    @property
    def size_px(self) -> tuple[int, int]:
        width, height = self.meta["size_px"]
        return int(width), int(height)

    def true_image(self) -> Doubles:
        """Project the true joints to image points (P, T, 23, 2) in px; NaN behind the camera."""
        points = self.arrays["joints_camera"].astype(np.float64)
        z = points[..., 2:]
        with np.errstate(divide="ignore", invalid="ignore"):
            flat = points[..., :2] / z * float(self.arrays["focal_px"]) + np.array(self.size_px) / 2
        return np.where(z > 0.02, flat, np.nan)

    def true_h36m17(self) -> tuple[Floats, Floats]:
        """Derive the lifter's true joints: camera axes (P, T, 17, 3), image points (P, T, 17, 2)."""
        sure = np.ones(self.arrays["joints_camera"].shape[:3], np.float32)
        return (
            h36m17_from("coco23", self.arrays["joints_camera"], sure)[0],
            h36m17_from("coco23", self.true_image(), sure)[0],
        )

    def detected_h36m17(self, detector: str) -> tuple[Floats, Floats]:
        """Derive the lifter's joints of a detector: points (P, T, 17, 2) px, scores (P, T, 17)."""
        skeleton = self.meta["detectors"][detector]
        scores = self.arrays[f"{detector}_scores"].astype(np.float32)
        return h36m17_from(skeleton, self.arrays[f"{detector}_joints"], scores)

    def depth_h36m17(self, detector: str) -> Floats | None:
        """Derive the lifter's joints from the detector's own 3D (P, T, 17, 3), None without one."""
        metres = self.arrays.get(f"{detector}_metres")
        if metres is None:
            return None
        points = metres.astype(np.float32)
        return h36m17_from(self.meta["detectors"][detector], points, np.ones(points.shape[:3], np.float32))[0]


def shard_path(folder: Path, index: int) -> Path:
    """Return the path of a clip's file, with one folder per thousand clips."""
    return folder / f"{index // 1000:03d}" / f"clip_{index:06d}.npz"


def finished(path: Path) -> bool:
    """Return whether the shard exists and is complete."""
    try:
        with zipfile.ZipFile(path) as file:
            return "meta.npy" in file.namelist()
    except (OSError, zipfile.BadZipFile):
        return False


def write(path: Path, seed: int, clip: Clip, taken: Taken, detected: dict[str, tuple[str, Detected]]) -> None:
    """Write the file of a clip.

    `detected` has for each detector's name its skeleton and its detections. Raises `OutputError`.
    """
    view, people = clip.view, clip.people
    world = np.stack([person.joints for person in people])
    camera = np.stack([view.camera_from_world(person.joints) for person in people])
    meta = {
        "format": FORMAT,
        "seed": seed,
        "index": clip.index,
        "split": "held_out" if clip.held_out else "train",
        "rate_hz": clip.rate_hz,
        "size_px": list(view.size_px),
        "fov_deg": view.fov_deg,
        "place": clip.place.kind,
        "framing": view.framing,
        "hidden_by": clip.hidden_by,
        "codec": clip.sensor.codec,
        "detectors": {name: skeleton for name, (skeleton, _) in detected.items()},
        "people": [
            {
                "body": p.body.number,
                "stature_m": p.body.stature_m,
                "age": p.body.age,
                "phenotype": p.body.phenotype,
                "kind": p.motion.kind,
                "motion": p.motion.name,
                "source": p.motion.source,
                "subject": p.motion.subject,
            }
            for p in people
        ],
    }
    arrays: dict[str, Any] = {
        "meta": np.array(json.dumps(meta)),
        "time_s": np.arange(clip.frames) / clip.rate_hz,
        "camera_axes": view.axes.astype(np.float32),
        "camera_eye": view.eye.astype(np.float32),
        "focal_px": np.array(view.focal_px),
        "joints_world": world.astype(np.float32),
        "joints_camera": camera.astype(np.float32),
        "seen": taken.seen,
        "motion_place": np.stack([p.motion.place for p in people]).astype(np.float32),
    }
    for name, (_, found) in detected.items():
        arrays[f"{name}_joints"] = found.joints
        arrays[f"{name}_scores"] = found.scores.astype(np.float16)
        arrays[f"{name}_others"] = found.others.astype(np.float16)
        if found.metres is not None:
            arrays[f"{name}_metres"] = found.metres.astype(np.float16)
    make_folder(path.parent)
    with atomic_write(path) as file:
        np.savez_compressed(file, **arrays)


def read(path: Path) -> Shard:
    """Read the file of a clip; raises `SourceError` if it is not such a file."""
    try:
        with np.load(path, allow_pickle=False) as data:
            meta = json.loads(str(data["meta"]))
            arrays = {key: data[key] for key in data.files if key != "meta"}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise SourceError(f"{path} is no clip of rendered people ({error}).", "Make it again.") from error
    if meta.get("format") != FORMAT:
        raise SourceError(f"{path} has format {meta.get('format')}, not {FORMAT}.", "Make it again.")
    return Shard(path, meta, arrays)


def read_all(folder: Path, split: str = "") -> Iterator[Shard]:
    """Read the clips of a folder in the order of their numbers.

    `split` is "train" or "held_out"; without it, both are read.
    """
    for path in sorted(folder.glob("**/clip_*.npz")):
        shard = read(path)
        if not split or shard.meta["split"] == split:
            yield shard

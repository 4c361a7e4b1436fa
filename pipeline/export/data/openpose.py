"""Write the 2D joints in OpenPose's layout: BODY_25, one JSON file per frame.

All files of a take are in one zip archive, because an hour of video has 108,000 of them, and an archive can be written
atomically. Inside, `<stem>_json/<stem>_<frame, 12 digits>_keypoints.json` as Pose2Sim and others expect them. Pixels of
the upright image; a joint that was not seen, or that the detector does not have, is 0, 0 with confidence 0. Hands and
face follow where the detector has them; OpenPose's face has two pupils after the 68 points, which are not known here.
Format: OpenPose, doc/02_output.md, version 1.3.
"""

from __future__ import annotations

import logging
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ...core.arrays import Doubles, Floats
from ...core.poses import PersonTrack
from ...core.skeletons import SKELETONS
from ...system.files import atomic_write, printable
from ..base import UNWATCHED, Watch
from ..tracks import SelectedPerson, Selection

log = logging.getLogger(__name__)

# Names of the detectors' joints in OpenPose's order, with alternative names after the first.
BODY_25 = (
    ("nose",), ("neck", "thorax"), ("right_shoulder",), ("right_elbow",), ("right_wrist",), ("left_shoulder",),
    ("left_elbow",), ("left_wrist",), ("pelvis",), ("right_hip",), ("right_knee",), ("right_ankle",), ("left_hip",),
    ("left_knee",), ("left_ankle",), ("right_eye",), ("left_eye",), ("right_ear",), ("left_ear",),
    ("left_big_toe", "left_foot_index"), ("left_small_toe",), ("left_heel",),
    ("right_big_toe", "right_foot_index"), ("right_small_toe",), ("right_heel",),
)  # fmt: skip
# Joints computed from two others where the detector lacks them: index in BODY_25 -> its parents.
_MIDDLES = {1: ("left_shoulder", "right_shoulder"), 8: ("left_hip", "right_hip")}
_FACE_POINTS = 70  # OpenPose's face: the 68 points of iBUG 300-W and the pupils
_PERSON = '{"person_id":[%d],"pose_keypoints_2d":[%s],"face_keypoints_2d":[%s],"hand_left_keypoints_2d":[%s],' + (
    '"hand_right_keypoints_2d":[%s],"pose_keypoints_3d":[],"face_keypoints_3d":[],"hand_left_keypoints_3d":[],'
    '"hand_right_keypoints_3d":[]}'
)


class OpenPoseExporter:
    """Write `<stem>_openpose.zip` with the chosen people; unseen people are left out of a frame."""

    name = "openpose"
    suffix = "_openpose.zip"

    def write(self, selection: Selection, folder: Path, stem: str, watch: Watch = UNWATCHED) -> list[Path]:
        path = folder / f"{stem}{self.suffix}"
        with atomic_write(path) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            _fill(archive, selection.people, printable(stem))
        log.info("wrote %s", path.name)
        return [path]


def _fill(archive: zipfile.ZipFile, people: Sequence[SelectedPerson], stem: str) -> None:
    found = [(one.person, body_25(one.track2d), *_details(one.track2d)) for one in people if one.track2d is not None]
    for row, frame in enumerate(people[0].frame_index.tolist()):
        bodies = [
            _PERSON % (person, *(_listed(points[row]) for points in (joints, face, left, right)))
            for person, joints, face, left, right in found
            if joints[row, :, 2].any()
        ]
        name = f"{stem}_json/{stem}_{frame:012d}_keypoints.json"
        entry = zipfile.ZipInfo(name)  # with a fixed date: the same take gives the same file
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.external_attr = 0o644 << 16
        archive.writestr(entry, '{"version":1.3,"people":[' + ",".join(bodies) + "]}")


def _details(track: PersonTrack) -> tuple[Doubles, Doubles, Doubles]:
    """Return face (T, 70, 3) and hands (T, 21, 3) as `body_25`; (T, 0, 3) if the detector does not have them."""
    none = np.zeros((len(track.scores), 0, 3))
    hands, face = track.extras.get("hands"), track.extras.get("face")
    left, right = (none, none) if hands is None else (_known(hands[:, 0]), _known(hands[:, 1]))
    if face is None:
        return none, left, right
    out = np.zeros((len(face), _FACE_POINTS, 3))
    out[:, : face.shape[1]] = _known(face)
    return out, left, right


def _known(points: Floats) -> Doubles:
    """Return points (T, N, 3) with 0, 0, 0 for unknown ones."""
    return np.where(np.isfinite(points).all(axis=-1, keepdims=True), points, 0).astype(np.float64)


def _listed(points: Doubles) -> str:
    """Format points (N, 3); none give no text, as OpenPose writes without its networks for hands and face."""
    return ",".join(["%.3f,%.3f,%.4f"] * len(points)) % tuple(points.ravel().tolist())


def body_25(track: PersonTrack) -> Doubles:
    """Convert a track to (T, 25, 3): x, y in pixels and confidence; 0, 0, 0 for unknown joints."""
    names = SKELETONS[track.skeleton].names
    values = np.concatenate([track.joints_image, track.scores[..., None]], axis=2).astype(np.float64)
    out = np.zeros((len(values), 25, 3))
    for place, known in enumerate(BODY_25):
        name = next((name for name in known if name in names), None)
        if name is not None:
            out[:, place] = values[:, names.index(name)]
        elif place in _MIDDLES:
            left, right = (values[:, names.index(parent)] for parent in _MIDDLES[place])
            out[:, place, :2] = (left[:, :2] + right[:, :2]) / 2
            out[:, place, 2] = np.minimum(left[:, 2], right[:, 2])
    out[~np.isfinite(out).all(axis=2)] = 0
    return out

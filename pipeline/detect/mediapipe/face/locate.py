"""Locate the face of every person in a frame, and follow it from frame to frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ....core.arrays import Floats, Halves, Image
from ....core.face.extras import FACE, MEASURES, face_68, measures_row, unseen_faces
from ....core.face.points import IBUG_FROM_MESH, MIN_FACE_PX
from ....core.poses import Extras, Pose2D
from ....core.skeletons import SKELETONS
from ...crops import Square, faded
from .network import CROP_PX, FaceNetwork
from .regions import body_square, face_size_px, from_68

_MIN_SQUARE_PX = 1.2 * MIN_FACE_PX
_SAME_FACE = 0.35  # sides of the body's square that the last or the found face is away from it, at most
_SAME_SIZE = 2.0  # ratio of the sides of the body's square and of the last mesh's, at most
_DOUBLE = 0.25  # sides of a square between two faces, below which they are one


@dataclass(frozen=True, slots=True)
class _Face:
    """Hold a face that was found."""

    points: Floats  # (478, 2) px
    mesh: Floats  # (478, 3) as `FaceNetwork.mesh`
    square: Square  # where the next frame's mesh is searched
    away: float  # sides of the body's square between it and the face


class FaceLocator:
    """Locate faces by the points of a `Pose2D`. Use from one thread at a time."""

    def __init__(self) -> None:
        """Load the network. Raises `ModelError` if it is missing or does not run."""
        self._network = FaceNetwork()
        self.reset()

    def reset(self) -> None:
        """Forget the faces of the last frame."""
        self._last: list[Square] = []

    def resume(self, extras: Extras) -> None:
        """Continue as if the faces of `extras` had been located in the last frame."""
        self.reset()
        if FACE not in extras or MEASURES not in extras:
            return
        for points, measures in zip(extras[FACE], extras[MEASURES], strict=True):
            square = from_68(points[:, :2]) if np.isfinite(measures).all() else None
            if square is not None:
                self._last.append(square)

    def locate(self, bgr: Image, pose: Pose2D) -> dict[str, Floats | Halves]:
        """Return the extras of the faces of the people of a frame, in their order."""
        found: dict[int, _Face] = {}
        for person, (joints, scores) in enumerate(zip(pose.joints_image, pose.scores, strict=True)):
            expected = body_square(SKELETONS[pose.skeleton], joints, scores)
            face = self._look(bgr, expected) if expected is not None else None
            if face is not None:
                found[person] = face
        found = _without_doubles(found)
        self._last = [face.square for face in found.values()]
        extras = unseen_faces(len(pose.scores))
        for person, face in found.items():
            sure = faded(face.points, np.ones(len(face.points), np.float32), (bgr.shape[1], bgr.shape[0]))
            extras[FACE][person] = face_68(face.points, sure)
            extras[MEASURES][person] = measures_row(face.mesh)
        return extras

    def close(self) -> None:
        self._network.close()

    def _look(self, bgr: Image, expected: Square) -> _Face | None:
        """Look for a face where the last frame had it, else where the body has it, and there a second time."""
        if not _MIN_SQUARE_PX <= expected.side <= 4 * max(bgr.shape):
            return None
        near = [square for square in self._last if _fits(square, expected)]
        for square in sorted(near, key=lambda square: _away(square, expected))[:1]:
            face = self._in_square(bgr, square, expected)
            if face is not None:
                return face
        first = self._in_square(bgr, expected, expected)
        # The network is exact in the square that its own mesh gives; the body's is a rough one.
        return None if first is None else self._in_square(bgr, first.square, expected) or first

    def _in_square(self, bgr: Image, square: Square, expected: Square) -> _Face | None:
        mesh = self._network.mesh(square.cut(bgr, CROP_PX))
        if mesh is None:
            return None
        points = square.image_from_crop(mesh[:, :2])
        # Only the 68 points count, so that a run which resumes from stored ones goes on with the same numbers.
        following = from_68(points[IBUG_FROM_MESH])
        if following is None or face_size_px(points) < MIN_FACE_PX or not _fits(following, expected):
            return None
        return _Face(points, mesh, following, _away(following, expected))


def _away(square: Square, expected: Square) -> float:
    return float(np.hypot(square.x - expected.x, square.y - expected.y)) / expected.side


def _fits(square: Square, expected: Square) -> bool:
    """Return whether a face's square is at the head that the body has in this frame."""
    ratio = square.side / expected.side
    return _away(square, expected) <= _SAME_FACE and 1 / _SAME_SIZE <= ratio <= _SAME_SIZE


def _without_doubles(found: dict[int, _Face]) -> dict[int, _Face]:
    """Keep of two people's faces that are one face in the image the one that is nearer to its body's head."""
    kept: dict[int, _Face] = {}
    for person, face in sorted(found.items(), key=lambda item: (item[1].away, item[0])):
        if all(_away(face.square, other.square) >= _DOUBLE for other in kept.values()):
            kept[person] = face
    return dict(sorted(kept.items()))

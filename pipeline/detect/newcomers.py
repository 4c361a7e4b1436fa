"""Where in a picture somebody new might be: boxes for top-down networks, by the embedded BlazePose.

Top-down networks find joints in boxes but not the boxes. Whoever is followed has one from the frame before; only new
people have to be searched for. That is done as the embedded detector does it for itself: one square tile of the picture
at a time, each tile's turn every 0.4 s, at once where somebody was just lost, and in every frame while nobody is
followed. What BlazePose's person detector finds there is looked at by its landmark network: it throws out false hits,
and the box around its joints is a tight one. Why not RTMDet or RTMO: docs/detectors.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.detect.boxes import widened
from pipeline.detect.crops import Square, search_squares
from pipeline.detect.mediapipe_graphs import FINDER_PX, LANDMARKER_PX, Landmarker, PersonFinder
from pipeline.detect.mediapipe_model import model_bundle
from pipeline.detect.similarity import joint_box
from pipeline.types import Floats, Image

_MARGIN = 1.25  # crop side / diameter of the body's circle; what the landmark network was trained with
_FIND_SCORE = 0.5
_CONFIDENCE = 0.7  # of the landmark network that there is a person
_VISIBILITY = 0.5  # mean, of shoulders and hips
_TRUNK = [11, 12, 23, 24]
_BODY_BOX = 1.1  # head top, hands and feet reach beyond the joints
_PERIOD_S = 0.36  # every tile is searched this often (and a few frames more) while people are followed
_LARGE_BODY = 0.8  # side of a body's square, in sides of a tile, from which the whole picture's hits count
_LOST_S = 0.5  # how long somebody lost is looked for where they were
_LOST_REACH = 1.5  # in a square so much larger than their box
_KNOWN_SHARE = 0.5  # of a hit's box inside that of somebody followed, similar in size: it is them


@dataclass(frozen=True, slots=True)
class _Lost:
    time_s: float
    square: Square


class NewcomerSearch:
    """Searches a little in each frame. Times of frames rise until `reset`; one thread at a time."""

    def __init__(self, max_people: int) -> None:
        """Raises `ModelError` if the embedded model cannot be used here."""
        bundle = model_bundle()
        self.key = f"mediapipe{bundle.mediapipe_version}-{bundle.sha256[:8]}"
        self._finder = PersonFinder(bundle, _FIND_SCORE, max_people + 2)
        self._landmarker = Landmarker(bundle)
        self.reset()

    def reset(self) -> None:
        self._lost: list[_Lost] = []
        self._size = (0, 0)
        self._tiles: tuple[Square, ...] = ()
        self._turn = 0
        self._searched_s = -np.inf

    def close(self) -> None:
        self._finder.close()
        self._landmarker.close()

    def lost(self, box: Floats, time_s: float) -> None:
        """Somebody with this box was followed and is not seen any more."""
        side = _LOST_REACH * float((box[2:] - box[:2]).max())
        if side > 0:
            middle = (box[:2] + box[2:]) / 2
            self._lost.append(_Lost(time_s, Square(float(middle[0]), float(middle[1]), side)))

    def boxes(self, bgr: Image, time_s: float, followed: Sequence[Floats]) -> list[Floats]:
        """Boxes (4,) of people who may be new; `followed` are the boxes of those who are not."""
        height, width = bgr.shape[:2]
        if (width, height) != self._size:
            self._size, self._tiles = (width, height), search_squares(width, height)
            self._turn = 0
        found: list[Floats] = []
        for square, smallest_px in self._due(time_s, bool(followed)):
            for box in self._look(bgr, square, smallest_px):
                if not any(_inside(box, known) for known in (*followed, *found)):
                    found.append(box)
        return found

    def _due(self, time_s: float, anybody: bool) -> Iterator[tuple[Square, float]]:
        """Squares to search now, and how large a body in them has to be to count."""
        self._lost = [lost for lost in self._lost if time_s - lost.time_s <= _LOST_S]
        for lost in self._lost:
            yield lost.square, 0.0
        count = len(self._tiles)
        if self._searched_s == -np.inf:
            due = count
        elif not anybody:
            due = 1
        else:
            due = int(time_s - self._searched_s >= _PERIOD_S / count)
        for _ in range(due):
            tile, short = self._tiles[self._turn], float(min(self._size))
            self._turn = (self._turn + 1) % count
            self._searched_s = time_s
            # The whole picture is for bodies too large for a tile: smaller ones it shows too coarsely to be believed.
            yield tile, _LARGE_BODY * short if tile.side > short else 0.0

    def _look(self, bgr: Image, where: Square, smallest_px: float) -> Iterator[Floats]:
        points, scores = self._finder.find(where.cut(bgr, FINDER_PX))
        for index in np.argsort(-scores):
            centre, circle = where.image_from_crop(points[index])
            rough = self._locate(bgr, Square.around(centre, circle, _MARGIN))
            # The finder's square is rough: what counts is what the network sees in the one it would use itself.
            seen = None if rough is None else self._locate(bgr, rough[1])
            if seen is not None and seen[1].side >= smallest_px:
                yield seen[0]

    def _locate(self, bgr: Image, square: Square) -> tuple[Floats, Square] | None:
        """Box of the body that the square is around, and the square that its joints ask for."""
        longest = max(bgr.shape[:2])
        if not 4 <= square.side <= 8 * longest:
            return None
        seen = self._landmarker.locate(square.cut(bgr, LANDMARKER_PX))
        if seen is None or seen.confidence < _CONFIDENCE or seen.visibility[_TRUNK].mean() < _VISIBILITY:
            return None
        joints = square.image_from_crop(seen.joints)
        ends = square.image_from_crop(np.stack([seen.hip_centre, seen.circle]))
        box = widened(joint_box(joints, seen.visibility), _BODY_BOX)
        if not (np.isfinite(box).all() and (box[2:] > box[:2]).all() and np.abs(box).max() < 4 * longest):
            return None
        return box, Square.around(ends[0], ends[1], _MARGIN)


def _inside(box: Floats, known: Floats) -> bool:
    """Whether a hit is somebody known: mostly inside their box and not much smaller (a child before a grown-up)."""
    shared = np.clip(np.minimum(box[2:], known[2:]) - np.maximum(box[:2], known[:2]), 0, None)
    height, known_height = float(box[3] - box[1]), float(known[3] - known[1])
    share = float(np.prod(shared)) / max(float(np.prod(box[2:] - box[:2])), 1e-6)
    return share > _KNOWN_SHARE and height > 0.5 * known_height

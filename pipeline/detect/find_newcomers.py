"""Where in a picture somebody new might be: boxes for top-down networks, by the embedded BlazePose.

Top-down networks find joints in boxes but not the boxes. Whoever is followed has one from the frame before; only new
people have to be searched for. That is done as the embedded detector does it for itself: what BlazePose's person
detector finds is looked at by its landmark network, which throws out false hits, and the box around its joints is a
tight one. Why not RTMDet or RTMO: docs/detectors.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ..core.arrays import Floats, Image
from ..core.config import Runtime
from .crops import Square, widened
from .keypoint_similarity import joint_box
from .mediapipe.landmarks import PeopleLocator
from .mediapipe.model_bundle import model_bundle
from .mediapipe.person_search import PersonSearch, Place

_BODY_BOX = 1.1  # head top, hands and feet reach beyond the joints
_KNOWN_SHARE = 0.5  # of a hit's box inside that of somebody followed, similar in size: it is them


class NewcomerSearch:
    """Searches a little in each frame. Times of frames rise until `reset`; one thread at a time."""

    def __init__(self, max_people: int, runtime: Runtime = "auto") -> None:
        """Raises `ModelError` if the embedded model cannot be used here."""
        bundle = model_bundle()
        self._search = PersonSearch(bundle, max_people + 2)
        self._locator = PeopleLocator(bundle, 1, runtime)
        running = self._locator.runtime
        self.runtime = running or "mediapipe"  # what runs the landmark network
        self.key = f"mediapipe{bundle.mediapipe_version}-{bundle.sha256[:8]}" + (f"-{running}" if running else "")
        self.reset()

    def reset(self) -> None:
        self._size = (0, 0)
        self._search.reset(self._size)

    def close(self) -> None:
        self._search.close()
        self._locator.close()

    def lost(self, box: Floats, time_s: float) -> None:
        """Somebody with this box was followed and is not seen any more."""
        side = float((box[2:] - box[:2]).max())
        if side > 0:
            middle = (box[:2] + box[2:]) / 2
            self._search.lose(time_s, Square(float(middle[0]), float(middle[1]), side))

    def boxes(self, bgr: Image, time_s: float, followed: Sequence[Floats]) -> list[Floats]:
        """Boxes (4,) of people who may be new; `followed` are the boxes of those who are not."""
        height, width = bgr.shape[:2]
        if (width, height) != self._size:
            self._size = (width, height)
            self._search.reset(self._size)
        found: list[Floats] = []
        for place in [*self._search.due_lost(time_s), *self._search.due_tiles(time_s, bool(followed))]:
            self._search.searched(place, time_s)
            for box in self._look(bgr, place):
                if not any(_inside(box, known) for known in (*followed, *found)):
                    found.append(box)
        return found

    def _look(self, bgr: Image, place: Place) -> Iterator[Floats]:
        for hit in self._search.begin(bgr, place).result():
            seen = self._locator.locate_closely(bgr, hit.square)
            if seen is None or not seen.believable(place.smallest_px):
                continue
            box = widened(joint_box(seen.joints, seen.scores), _BODY_BOX)
            if np.isfinite(box).all() and (box[2:] > box[:2]).all() and np.abs(box).max() < 4 * max(self._size):
                yield box


def _inside(box: Floats, known: Floats) -> bool:
    """Whether a hit is somebody known: mostly inside their box and not much smaller (a child before a grown-up)."""
    shared = np.clip(np.minimum(box[2:], known[2:]) - np.maximum(box[:2], known[:2]), 0, None)
    height, known_height = float(box[3] - box[1]), float(known[3] - known[1])
    share = float(np.prod(shared)) / max(float(np.prod(box[2:] - box[:2])), 1e-6)
    return share > _KNOWN_SHARE and height > 0.5 * known_height

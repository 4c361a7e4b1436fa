"""Propose boxes of new people for top-down networks, with the embedded BlazePose.

Top-down networks find joints in boxes but not the boxes. A tracked person's box comes from the previous frame; only new
people have to be searched. The search is that of the embedded detector: BlazePose's landmark network checks each hit of
BlazePose's person detector, which rejects false hits, and the box around its joints is tight. Why not RTMDet or RTMO:
docs/detectors.md.
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

_BODY_BOX = 1.1  # box scale: head top, hands and feet extend beyond the joints
# share of a hit's box inside a tracked person's box of similar size, above which both are one person
_KNOWN_SHARE = 0.5


class NewcomerSearch:
    """Search part of each frame for new people.

    Times of frames rise until `reset`; one thread at a time.
    """

    def __init__(self, max_people: int, runtime: Runtime = "auto") -> None:
        """Load BlazePose. Raises `ModelError` if the embedded model cannot be used here."""
        bundle = model_bundle()
        self._search = PersonSearch(bundle, max_people + 2)
        self._locator = PeopleLocator(bundle, 1, runtime)
        running = self._locator.runtime
        self.runtime = running or "mediapipe"  # inference engine of the landmark network
        self.key = f"mediapipe{bundle.mediapipe_version}-{bundle.sha256[:8]}" + (f"-{running}" if running else "")
        self.reset()

    def reset(self) -> None:
        self._size = (0, 0)
        self._search.reset(self._size)

    def close(self) -> None:
        self._search.close()
        self._locator.close()

    def lost(self, box: Floats, time_s: float) -> None:
        """Register that a tracked person with this box was lost."""
        side = float((box[2:] - box[:2]).max())
        if side > 0:
            middle = (box[:2] + box[2:]) / 2
            self._search.lose(time_s, Square(float(middle[0]), float(middle[1]), side))

    def boxes(self, bgr: Image, time_s: float, followed: Sequence[Floats]) -> list[Floats]:
        """Return boxes (4,) of possible new people; `followed` are the boxes of tracked people."""
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
    """Return whether a hit is a tracked person: mostly inside their box and of similar size.

    The size test keeps a child in front of an adult.
    """
    shared = np.clip(np.minimum(box[2:], known[2:]) - np.maximum(box[:2], known[:2]), 0, None)
    height, known_height = float(box[3] - box[1]), float(known[3] - known[1])
    share = float(np.prod(shared)) / max(float(np.prod(box[2:] - box[:2])), 1e-6)
    return share > _KNOWN_SHARE and height > 0.5 * known_height

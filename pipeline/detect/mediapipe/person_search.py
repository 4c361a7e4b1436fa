"""Schedule the search for new and lost people, and run BlazePose's person detector."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...core.arrays import Image
from ..crops import Square, search_squares
from .landmarks import MARGIN
from .model_bundle import ModelBundle
from .networks import FINDER_PX, PersonFinder

_MIN_HIT_SCORE = 0.5  # person detector's confidence needed for a hit
_SEARCH_PERIOD_S = 0.36  # s, about the period in which every tile is searched while people are tracked
_LARGE_BODY_RATIO = 0.8  # body square / tile side above which hits in the whole image count
_CUT_POINTS = 32  # points across and down a frame that are compared with the previous frame
_CUT_DIFFERENCE = 30.0  # mean difference (of 255) of these points above which the frame starts another scene
_LOST_S = 0.5  # s during which a lost person is searched at the last position
_LOST_SQUARE_SCALE = 1.5  # search square / square of the lost person


@dataclass(slots=True, eq=False)
class Lost:
    """Record where a person was lost, and how often the place was searched."""

    time_s: float
    square: Square
    searches: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """Describe a square to search."""

    square: Square
    smallest_px: float = 0.0  # px, side of the smallest body square that counts there
    lost: Lost | None = None  # the person searched for; None: any person, and the square is a tile


@dataclass(frozen=True, slots=True)
class Hit:
    """Hold the rough position of a possible person."""

    square: Square
    place: Place


class PersonSearch:
    """Schedule searches and run them in a separate thread. Use from one thread at a time."""

    def __init__(self, bundle: ModelBundle, most: int) -> None:
        self._finder = PersonFinder(bundle, _MIN_HIT_SCORE, most)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="pose-finder")
        self.reset((0, 0))

    def reset(self, size_px: tuple[int, int]) -> None:
        """Start over with an image of (width, height) in which no tile was searched yet."""
        self._tiles: tuple[Square, ...] = search_squares(*size_px) if min(size_px) > 0 else ()
        self._short = float(min(size_px))
        self._turn = 0  # index of the tile that is searched next
        self._searched_s = -np.inf
        self._points: NDArray[np.int16] | None = None  # colours of the last frame, see `look`
        self._lost: list[Lost] = []

    def look(self, bgr: Image) -> None:
        """Compare the next frame with the last one; after a cut, all tiles are due."""
        rows, columns = (np.linspace(0, length - 1, _CUT_POINTS).astype(int) for length in bgr.shape[:2])
        points = bgr[np.ix_(rows, columns)].astype(np.int16)
        if self._points is not None and np.abs(points - self._points).mean() > _CUT_DIFFERENCE:
            self._searched_s = -np.inf
        self._points = points

    @property
    def never_searched(self) -> bool:
        return self._searched_s == -np.inf

    def lose(self, time_s: float, square: Square) -> None:
        self._lost.append(Lost(time_s, square))

    def found(self, lost: Lost | None) -> None:
        self._lost = [other for other in self._lost if other is not lost]

    def due_lost(self, time_s: float) -> list[Place]:
        """Return the positions at which a person was lost a moment ago."""
        self._lost = [lost for lost in self._lost if time_s - lost.time_s <= _LOST_S]
        return [Place(_around(lost), lost=lost) for lost in self._lost]

    def due_tiles(self, time_s: float, anybody: bool) -> list[Place]:
        """Return the due tiles: all in the first frame, one per frame while no one is tracked."""
        if self.never_searched:
            tiles = self._tiles
        else:
            due = not anybody or time_s - self._searched_s >= _SEARCH_PERIOD_S / len(self._tiles)
            tiles = (self._tiles[self._turn],) if due else ()
        # The whole image is for bodies too large for a tile: it shows smaller ones too coarsely.
        return [Place(tile, _LARGE_BODY_RATIO * self._short if tile.side > self._short else 0.0) for tile in tiles]

    def next_due(self, time_s: float, anybody: bool) -> Place | None:
        """Return the single most urgent search: lost people first, longest wait first."""
        lost = self.due_lost(time_s)
        if lost:
            return min(lost, key=lambda place: place.lost.searches if place.lost else 0)
        return next(iter(self.due_tiles(time_s, anybody)), None)

    def searched(self, place: Place, time_s: float) -> None:
        """Record that a due search was made or begun, and schedule the next one."""
        if place.lost is not None:
            place.lost.searches += 1
        else:
            self._turn = (self._turn + 1) % len(self._tiles)
            self._searched_s = time_s

    def begin(self, bgr: Image, place: Place) -> Future[list[Hit]]:
        """Start a search; hits come best first."""
        return self._thread.submit(self._find, bgr, place)

    def _find(self, bgr: Image, place: Place) -> list[Hit]:
        """Run the person detector; called in the search thread only, one image at a time."""
        points, scores = self._finder.find(place.square.cut(bgr, FINDER_PX))
        hits = []
        for index in np.argsort(-scores):
            centre, circle = place.square.image_from_crop(points[index])
            hits.append(Hit(Square.around(centre, circle, MARGIN), place))
        return hits

    def close(self) -> None:
        self._thread.shutdown()
        self._finder.close()


def _around(lost: Lost) -> Square:
    """Return the next square to search for a lost person: in turns upright and as last seen.

    The person detector knows upright people only; the last orientation finds a person in a somersault.
    """
    up = lost.square.up if lost.searches % 2 == 0 else (0.0, -1.0)
    return Square(lost.square.x, lost.square.y, _LOST_SQUARE_SCALE * lost.square.side, up)

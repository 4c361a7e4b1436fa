"""Where in a frame somebody new, or somebody just lost, is looked for; and BlazePose's person detector, which looks."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from ...core.arrays import Image
from ..crops import Square, search_squares
from .landmarks import MARGIN
from .model_bundle import ModelBundle
from .networks import FINDER_PX, PersonFinder

_FIND_SCORE = 0.5  # the detector's confidence in a hit
_SEARCH_PERIOD_S = 0.36  # every tile is searched this often (and a few frames more) while people are followed
_LARGE_BODY = 0.8  # side of a body's square, in sides of a tile, from which the whole picture's hits count
_LOST_S = 0.5  # how long a lost person is looked for where they were
_LOST_REACH = 1.5  # in a square so much larger than theirs


@dataclass(slots=True, eq=False)
class Lost:
    """Where somebody was when they were lost, and how often they were looked for there."""

    time_s: float
    square: Square
    searches: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """A square to search."""

    square: Square
    smallest_px: float = 0.0  # side of the square of the smallest body that counts there
    lost: Lost | None = None  # who is looked for; None: anybody, and the square is a tile


@dataclass(frozen=True, slots=True)
class Hit:
    """Where somebody may be, roughly."""

    square: Square
    place: Place


class PersonSearch:
    """Whose turn it is to be searched, and the searching, in a thread of its own. Use from one thread at a time."""

    def __init__(self, bundle: ModelBundle, most: int) -> None:
        self._finder = PersonFinder(bundle, _FIND_SCORE, most)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="pose-finder")
        self.reset((0, 0))

    def reset(self, size_px: tuple[int, int]) -> None:
        """A picture of (width, height) in which nobody was looked for yet."""
        self._tiles: tuple[Square, ...] = search_squares(*size_px) if min(size_px) > 0 else ()
        self._short = float(min(size_px))
        self._turn = 0  # the tile that is searched next
        self._searched_s = -np.inf
        self._lost: list[Lost] = []

    @property
    def never_searched(self) -> bool:
        return self._searched_s == -np.inf

    def lose(self, time_s: float, square: Square) -> None:
        self._lost.append(Lost(time_s, square))

    def found(self, lost: Lost | None) -> None:
        self._lost = [other for other in self._lost if other is not lost]

    def due_lost(self, time_s: float) -> list[Place]:
        """Where somebody was lost a moment ago."""
        self._lost = [lost for lost in self._lost if time_s - lost.time_s <= _LOST_S]
        return [Place(_around(lost), lost=lost) for lost in self._lost]

    def due_tiles(self, time_s: float, anybody: bool) -> list[Place]:
        """The tiles whose turn it is: all in the first frame, one in every frame while nobody is followed."""
        if self.never_searched:
            tiles = self._tiles
        else:
            due = not anybody or time_s - self._searched_s >= _SEARCH_PERIOD_S / len(self._tiles)
            tiles = (self._tiles[self._turn],) if due else ()
        # The whole picture is for bodies too large for a tile: smaller ones it shows too coarsely to be believed.
        return [Place(tile, _LARGE_BODY * self._short if tile.side > self._short else 0.0) for tile in tiles]

    def next_due(self, time_s: float, anybody: bool) -> Place | None:
        """Where only one search has room: the lost first, and of them whoever waits longest."""
        lost = self.due_lost(time_s)
        if lost:
            return min(lost, key=lambda place: place.lost.searches if place.lost else 0)
        return next(iter(self.due_tiles(time_s, anybody)), None)

    def searched(self, place: Place, time_s: float) -> None:
        """A search that was due was made, or was begun: the next one's turn."""
        if place.lost is not None:
            place.lost.searches += 1
        else:
            self._turn = (self._turn + 1) % len(self._tiles)
            self._searched_s = time_s

    def begin(self, bgr: Image, place: Place) -> Future[list[Hit]]:
        """Begin to search; hits come best first."""
        return self._thread.submit(self._find, bgr, place)

    def _find(self, bgr: Image, place: Place) -> list[Hit]:
        """In the search's own thread alone: the finder takes one picture at a time."""
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
    """Where to look next: in turns upright and, for somebody in a somersault, as they were, since the detector knows
    people upright only."""
    up = lost.square.up if lost.searches % 2 == 0 else (0.0, -1.0)
    return Square(lost.square.x, lost.square.y, _LOST_REACH * lost.square.side, up)

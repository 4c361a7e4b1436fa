"""The embedded 2D detector: MediaPipe's BlazePose, several people, offline.

How a frame is spent. Everyone who is being followed costs one run of the landmark network, on the square that the
previous frame's landmarks predict (BlazePose's own scheme). The person detector, which costs as much, looks at one
square tile of the picture at a time, often enough that each tile's turn comes about every 0.4 s; at once where
someone was just lost; and in every frame while nobody is followed. What it finds is kept if it is not one of those
who are followed already and the landmark network agrees that there is a person.

A frame of a file waits for its search and for a second look at whoever was found: people are there from the first
frame in which they are seen. A camera's does not (`DetectConfig.prompt` False): the search goes on beside the next
frames, and who was found is looked at in the frame after it.

Bazarevsky et al., "BlazePose: On-device Real-time Body Pose tracking", CVPR workshop 2020.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass

import numpy as np

from ...core.arrays import Floats
from ...core.camera import Frame
from ...core.config import DetectConfig
from ..crops import Square
from ..person_follower import PersonFollower
from .landmarks import MARGIN, SKELETON, PeopleLocator, Person, again, body_square, near, same
from .model_bundle import model_bundle
from .person_search import Hit, PersonSearch, Place

_ALGORITHM = 1  # raise it when the same frames would give other results

_KNOWN_REACH = 0.15  # of the side: a hit so near to somebody's square is them
_STALE_S, _STALE_REACH = 0.1, 0.6  # a hit so old is likely somebody known who has moved on: only those far away count
_ESTABLISHED = 10  # frames after which somebody is no newcomer


@dataclass(frozen=True, slots=True)
class _Begun:
    """A search that goes on beside the frames, and who was known where in the picture that it looks at."""

    time_s: float
    hits: Future[list[Hit]]
    known: list[Square]


class MediaPipeDetector(PersonFollower[Person]):
    """`Detector` on BlazePose-33. Scores are visibilities, low for joints beyond the edge of the picture.

    Needs nothing but MediaPipe's wheel: the model bundle is made in the cache on first use. Raises `ModelError` if
    the wheel lacks it.
    """

    name = "mediapipe"
    skeleton = SKELETON

    def __init__(self, config: DetectConfig | None = None) -> None:
        config = config or DetectConfig()
        bundle = model_bundle()
        self._max_people, self._prompt = config.max_people, config.prompt
        self._search = PersonSearch(bundle, config.max_people + 2)
        self._locator = PeopleLocator(bundle, config.max_people, config.runtime)
        runtime = self._locator.runtime
        self.runtime = runtime or "mediapipe"  # what runs the landmark network
        parts = [self.name, bundle.mediapipe_version, bundle.sha256[:16], f"a{_ALGORITHM}", f"people{self._max_people}"]
        parts += [] if self._prompt else ["beside"]
        self._cache_key = "-".join([*parts, runtime] if runtime else parts)
        self.reset()

    @property
    def running_search(self) -> Future[list[Hit]] | None:
        """The search for newcomers that runs beside the frames; None when there is none."""
        return None if self._begun is None else self._begun.hits

    def _start_search(self, size_px: tuple[int, int]) -> None:
        self._begun: _Begun | None = None
        self._search.reset(size_px)

    def _known(self, joints: Floats, scores: Floats) -> Person:
        return Person(body_square(joints), joints, scores, 1.0, frames=_ESTABLISHED)

    def _confidence(self, person: Person) -> float:
        return person.confidence

    def _release(self) -> None:
        self._search.close()
        self._locator.close()

    def _update(self, frame: Frame) -> None:
        if self._prompt or self._search.never_searched:
            self._detect_promptly(frame)
        else:
            self._detect_beside(frame)

    @property
    def _room(self) -> bool:
        return len(self._people) < self._max_people

    def _detect_promptly(self, frame: Frame) -> None:
        """Follow, then search, and wait for what is found. Searches that are sure to come run beside following."""
        ahead: dict[Square, Future[list[Hit]]] = {}
        if self._people and self._room:
            places = [*self._search.due_lost(frame.time_s), *self._search.due_tiles(frame.time_s, anybody=True)]
            ahead = {place.square: self._search.begin(frame.bgr, place) for place in places}
        self._follow(frame)
        if self._room:
            for place in self._search.due_lost(frame.time_s):
                if self._look(frame, place, ahead):
                    self._search.found(place.lost)
            for place in self._search.due_tiles(frame.time_s, bool(self._people)):
                self._look(frame, place, ahead)
        for unused in ahead.values():
            unused.cancel()

    def _detect_beside(self, frame: Frame) -> None:
        """Look at what a search has found meanwhile together with those who are followed; begin the next search."""
        hits: list[Hit] = []
        reach = _KNOWN_REACH
        if self._begun is not None and (self._begun.hits.done() or not self._people):
            known = [*self._begun.known, *(person.square for person in self._people)]
            if frame.time_s - self._begun.time_s > _STALE_S:
                reach = _STALE_REACH
            found = self._begun.hits.result()
            hits = [hit for hit in found if not any(near(hit.square, square, reach) for square in known)]
            hits = hits[: self._max_people - len(self._people)]
            self._begun = None
        first = self._follow(frame, [hit.square for hit in hits])
        rough = [(hit.place, person.square) for hit, person in zip(hits, first, strict=True) if person is not None]
        second = self._locator.locate_all(frame.bgr, [square for _, square in rough])
        for (place, _), person in zip(rough, second, strict=True):
            if person is None or not self._room:
                continue
            if reach == _STALE_REACH and any(near(person.square, other.square, reach) for other in self._people):
                continue
            if self._welcome(person, place):
                self._search.found(place.lost)
        if self._room and self._begun is None:
            due = self._search.next_due(frame.time_s, bool(self._people))
            if due is not None:
                self._search.searched(due, frame.time_s)
                known = [person.square for person in self._people]
                self._begun = _Begun(frame.time_s, self._search.begin(frame.bgr, due), known)

    def _follow(self, frame: Frame, others: Sequence[Square] = ()) -> list[Person | None]:
        """Everyone's landmarks in this frame; who is gone moves to the lost. Returns who is in the other squares."""
        squares = [*(person.square for person in self._people), *others]
        seen = self._locator.locate_all(frame.bgr, squares)
        followed: list[Person] = []
        for person, found in zip(self._people, seen[: len(self._people)], strict=True):
            if found is None:
                self._search.lose(frame.time_s, person.square)
                continue
            size = person.square.side / (2 * MARGIN)
            found.frames = person.frames + 1
            found.moved = float(np.hypot(found.square.x - person.square.x, found.square.y - person.square.y)) / size
            followed.append(found)
        beside = seen[len(self._people) :]
        # Two squares that have slid onto one body: it belongs to whom it was before, not to a newcomer, and among
        # those followed for long to the one that came the shorter way.
        self._people = []
        for person in sorted(followed, key=lambda p: (-min(p.frames, _ESTABLISHED), p.moved)):
            if any(same(person, other) for other in self._people):
                self._search.lose(frame.time_s, person.square)
            else:
                self._people.append(person)
        return beside

    def _look(self, frame: Frame, place: Place, ahead: dict[Square, Future[list[Hit]]]) -> int:
        """Search one square; everyone found there who is new is followed from now on. Returns how many."""
        self._search.searched(place, frame.time_s)
        begun = ahead.pop(place.square, None) or self._search.begin(frame.bgr, place)
        count = 0
        for hit in begun.result():
            if not self._room:
                break
            if any(near(hit.square, person.square, _KNOWN_REACH) for person in self._people):
                continue
            person = self._locator.locate_closely(frame.bgr, hit.square)
            count += person is not None and self._welcome(person, hit.place)
        return count

    def _welcome(self, person: Person, place: Place) -> bool:
        """Follow somebody from now on, if they can be believed in and are nobody known."""
        new = person.believable(place.smallest_px) and not any(again(person, known) for known in self._people)
        if new:
            self._people.append(person)
        return new

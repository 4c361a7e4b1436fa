"""Detect several people with MediaPipe's BlazePose, offline: the embedded 2D detector.

Cost of a frame: every tracked person costs one run of the landmark network, on the square that the previous frame's
landmarks predict (BlazePose's scheme). The person detector, which costs as much, searches one square tile of the image
at a time, so that each tile is searched about every 0.4 s; at once where a person was just lost; and in every frame
while no person is tracked. A hit is kept if it is not a tracked person and the landmark network agrees that there is a
person.

A frame of a file waits for its search and for the second look at a hit, so people are present from the first frame in
which they are seen. A camera's frame does not wait (`DetectConfig.prompt` False): the search runs in parallel with the
next frames, and its hits are checked in the frame after it.

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
from ...core.poses import Extras, Pose2D
from ..crops import Square
from ..person_follower import PersonFollower
from .heavy import HEAVY
from .landmarks import MARGIN, SKELETON, PeopleLocator, Person, are_near, body_square, is_duplicate, is_same
from .look_ahead import between, is_far, may_rest, moved_evenly, settle, skip
from .model_bundle import model_bundle
from .person_search import Hit, PersonSearch, Place

_ALGORITHM = 3  # raise it when the same frames would give other results

_SAME_PERSON_SIDES = 0.15  # square sides: a hit this near to a tracked person's square is that person
# s, square sides: an older hit is likely a tracked person who has moved on, so only distant hits count
_STALE_HIT_S, _STALE_HIT_SIDES = 0.1, 0.6
_ESTABLISHED_FRAMES = 10  # frames after which a tracked person no longer counts as new


@dataclass(frozen=True, slots=True)
class _RunningSearch:
    """Hold a search that runs in parallel with the frames, and the people tracked when it began."""

    time_s: float
    hits: Future[list[Hit]]
    known: list[Square]


class MediaPipeDetector(PersonFollower[Person]):
    """Implement `Detector` on BlazePose-33.

    Scores are visibilities, low for joints beyond the image edge. The landmark network is BlazePose full, which is in
    MediaPipe's wheel, or heavy where the config names `mediapipe-heavy`. The model bundle is built in the cache on
    first use. Raises `ModelError` if the wheel lacks it, or heavy is not here.
    """

    skeleton = SKELETON

    def __init__(self, config: DetectConfig | None = None) -> None:
        config = config or DetectConfig()
        self.name = HEAVY if config.detector == HEAVY else "mediapipe"
        bundle = model_bundle(size="heavy" if self.name == HEAVY else "full")
        self._max_people, self._prompt = config.max_people, config.prompt
        self._search = PersonSearch(bundle, config.max_people + 2)
        self._locator = PeopleLocator(bundle, config.max_people, config.runtime)
        runtime = self._locator.runtime
        self.runtime = runtime or "mediapipe"  # inference engine of the landmark network
        parts = [self.name, bundle.mediapipe_version, bundle.sha256[:16], f"a{_ALGORITHM}", f"people{self._max_people}"]
        parts += [] if self._prompt else ["beside"]
        self._skips = self._prompt and self.name == HEAVY
        parts += ["ahead"] if self._skips else []
        self._cache_key = "-".join([*parts, runtime] if runtime else parts)
        self.reset()

    @property
    def running_search(self) -> Future[list[Hit]] | None:
        """Return the search for new people that runs in parallel with the frames, or None."""
        return None if self._begun is None else self._begun.hits

    def _start_search(self, size_px: tuple[int, int]) -> None:
        self._begun: _RunningSearch | None = None
        self._before: tuple[Frame, list[Person]] | None = None  # what `advance` has not answered yet
        self._search.reset(size_px)

    def detect(self, frame: Frame) -> Pose2D:
        self.finish()
        return super().detect(frame)

    def advance(self, frame: Frame) -> Pose2D | None:
        """Take the next frame of a file; return the people in the one before, None if none is.

        With heavy, people who move little are not looked at in every frame, see `look_ahead`.
        """
        before = self.finish() if self._is_break(frame) else None
        self._take(frame)
        if self._before is not None:
            before = self._pose(self._before[1])
        self._before = (frame, self._people)
        return before

    def ready(self) -> Pose2D | None:
        """Return the people in the last frame that `advance` took; None if one was skipped there."""
        if self._before is None or any(person.skipped_s for person in self._before[1]):
            return None
        return self._pose(self._before[1])

    def finish(self) -> Pose2D | None:
        """Return the people in the last frame that `advance` took, None if there is none."""
        if self._before is None:
            return None
        frame, people = self._before
        waiting = [person for person in people if person.skipped_s]
        found = self._locator.locate_all(frame.bgr, [person.square for person in waiting])
        self._people = self._settled(people, waiting, found)
        self._before = None
        for person in waiting:
            if person.skipped_s:  # not found
                self._search.lose(frame.time_s, person.square)
        return self._pose(self._people)

    @staticmethod
    def _settled(people: Sequence[Person], skipped: Sequence[Person], found: Sequence[Person | None]) -> list[Person]:
        """Give skipped people what was found where they were skipped; return `people` without those not found."""
        for person, there in zip(skipped, found, strict=True):
            if there is not None:
                settle(person, there)
        lost = [person for person in skipped if person.skipped_s]
        return [person for person in people if not any(person is one for one in lost)]

    def _known(self, joints: Floats, scores: Floats) -> Person:
        return Person(body_square(joints), joints, scores, 1.0, frames=_ESTABLISHED_FRAMES)

    def _extras(self, people: Sequence[Person]) -> Extras:
        depth = [person.depth for person in people]
        known = [one for one in depth if one is not None]
        return {"depth": np.stack(known)} if len(known) == len(depth) else {}

    def _confidence(self, person: Person) -> float:
        return person.confidence

    def _release(self) -> None:
        self._search.close()
        self._locator.close()

    def _update(self, frame: Frame) -> None:
        if self._prompt:
            self._search.look(frame.bgr)
        if self._prompt or self._search.never_searched:
            self._detect_promptly(frame)
        else:
            self._detect_beside(frame)

    @property
    def _room(self) -> bool:
        return len(self._people) < self._max_people

    def _detect_promptly(self, frame: Frame) -> None:
        """Track, then search and wait for the hits.

        Searches that are certain to be due run in parallel with tracking.
        """
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
        """Check the hits of the finished search with the tracked people; begin the next search."""
        hits: list[Hit] = []
        reach = _SAME_PERSON_SIDES
        if self._begun is not None and (self._begun.hits.done() or not self._people):
            known = [*self._begun.known, *(person.square for person in self._people)]
            if frame.time_s - self._begun.time_s > _STALE_HIT_S:
                reach = _STALE_HIT_SIDES
            found = self._begun.hits.result()
            hits = [hit for hit in found if not any(are_near(hit.square, square, reach) for square in known)]
            hits = hits[: self._max_people - len(self._people)]
            self._begun = None
        first = self._follow(frame, [hit.square for hit in hits])
        rough = [(hit.place, person.square) for hit, person in zip(hits, first, strict=True) if person is not None]
        second = self._locator.locate_all(frame.bgr, [square for _, square in rough])
        for (place, _), person in zip(rough, second, strict=True):
            if person is None or not self._room:
                continue
            if reach == _STALE_HIT_SIDES and any(
                are_near(person.square, other.square, reach) for other in self._people
            ):
                continue
            if self._admit(person, place):
                self._search.found(place.lost)
        if self._room and self._begun is None:
            due = self._search.next_due(frame.time_s, bool(self._people))
            if due is not None:
                self._search.searched(due, frame.time_s)
                known = [person.square for person in self._people]
                self._begun = _RunningSearch(frame.time_s, self._search.begin(frame.bgr, due), known)

    def _follow(self, frame: Frame, others: Sequence[Square] = ()) -> list[Person | None]:
        """Locate each tracked person in this frame; people not found become lost.

        Returns the people in the `others` squares, None where there is none.
        """
        people, step_s = self._people, 0.0 if self._before is None else frame.time_s - self._before[0].time_s
        rest = [self._skips and may_rest(person, step_s) for person in people]
        looked = [person for person, rests in zip(people, rest, strict=True) if not rests]
        seen = self._locator.locate_all(frame.bgr, [*(person.square for person in looked), *others])
        beside, found_here = seen[len(looked) :], iter(self._with_settled(frame, looked, seen[: len(looked)]))
        followed: list[Person] = []
        for person, rests in zip(people, rest, strict=True):
            if rests:
                followed.append(skip(person, step_s))
                continue
            found = next(found_here)
            if found is None:
                self._search.lose(frame.time_s, person.square)
                continue
            size = person.square.side / (2 * MARGIN)
            found.frames = person.frames + 1
            found.moved = float(np.hypot(found.square.x - person.square.x, found.square.y - person.square.y)) / size
            found.past = (person.joints, *person.past)[:2]
            followed.append(found)
        # Two squares that converged on one body: the longer-tracked person keeps it, not a new one; among established
        # people, the one whose square moved less.
        self._people = []
        for person in sorted(followed, key=lambda p: (-min(p.frames, _ESTABLISHED_FRAMES), p.moved)):
            if any(is_same(person, other) for other in self._people):
                self._search.lose(frame.time_s, person.square)
            else:
                self._people.append(person)
        return beside

    def _with_settled(
        self, frame: Frame, people: Sequence[Person], seen: Sequence[Person | None]
    ) -> list[Person | None]:
        """Settle those of `people` who were skipped in the frame before, now that they were `seen` in this one.

        Returns what was seen, of some people after a second look.
        """
        found = list(seen)
        doubtful: list[int] = []
        if self._before is None:
            return found
        before, everybody = self._before
        step_s = frame.time_s - before.time_s
        for number, (person, now) in enumerate(zip(people, seen, strict=True)):
            if person.skipped_s and now is not None and moved_evenly(person, now, step_s):
                settle(person, between(person, now, step_s))
            elif person.skipped_s:
                doubtful.append(number)
        far = [number for number in doubtful if is_far(people[number], found[number])]
        again = [people[number] for number in doubtful]
        there = self._locator.locate_all(before.bgr, [person.square for person in again])
        self._before = (before, self._settled(everybody, again, there))
        for number, one in zip(doubtful, there, strict=True):
            if one is None:
                found[number] = None
        late = [number for number in far if not people[number].skipped_s]  # found in the frame before
        here = self._locator.locate_all(frame.bgr, [people[number].square for number in late])
        for number, one in zip(late, here, strict=True):
            found[number] = one
        return found

    def _look(self, frame: Frame, place: Place, ahead: dict[Square, Future[list[Hit]]]) -> int:
        """Search one square and track all new people found there. Returns their number."""
        self._search.searched(place, frame.time_s)
        begun = ahead.pop(place.square, None) or self._search.begin(frame.bgr, place)
        count = 0
        for hit in begun.result():
            if not self._room:
                break
            if any(are_near(hit.square, person.square, _SAME_PERSON_SIDES) for person in self._people):
                continue
            person = self._locator.locate_closely(frame.bgr, hit.square)
            count += person is not None and self._admit(person, hit.place)
        return count

    def _admit(self, person: Person, place: Place) -> bool:
        """Track a new person if it is confident enough and duplicates no tracked person."""
        new = person.believable(place.smallest_px) and not any(is_duplicate(person, known) for known in self._people)
        if new:
            self._people.append(person)
        return new

"""Hold 2D joints as read from any format, and put lists of people a frame into arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...core.arrays import FARTHEST_PX, Doubles, Floats, Ints
from ...core.errors import SourceError
from ...core.hands.whole_body import BEYOND_COUNT, beyond_body
from ...core.skeletons import SKELETONS
from ..frame_names import are_frames

_MOST_BYTES = 2 << 30  # bytes of the joints of all frames: three hours of ten people in BODY_25
_MOST_PEOPLE = 200  # people in one frame


@dataclass(frozen=True, slots=True)
class FoundJoints:
    """Hold 2D joints of `T` frames, at most `P` people in each, `J` joints of `skeleton`.

    Image space, pixels.

    Values that a file does not state are None: frame rate, image size, identities.
    """

    format: str  # for people: "OpenPose"
    skeleton: str  # key of `skeletons.SKELETONS`
    joints_image: Floats  # (T, P, J, 2), NaN = not seen
    scores: Floats  # (T, P, J) in [0, 1], 0 = not seen
    frame_index: Ints  # (T,) number of each frame, rising by 1; see `counts_from`
    identity: Ints | None = None  # (T, P) from 1, 0 = no person; None: people are in no particular order
    names: tuple[str, ...] = ()  # of the identities 1, 2, ..., if the file names them
    time_s: Doubles | None = None  # (T,) true times
    fps_hz: float | None = None
    size_px: tuple[int, int] | None = None
    notes: tuple[str, ...] = ()  # assumptions, as sentences
    counts_from: int | None = None  # number of the video's first frame; None: 0 or 1, the file does not say
    beyond: Floats | None = None  # (T, P, 110, 3) x, y, score of `core.hands.whole_body`: face, hands; NaN = not seen


@dataclass(frozen=True, slots=True)
class FoundPerson:
    """Hold one person of one frame: joints (J, 2) px, scores (J,), and identity if stated.

    `beyond` (110, 3): x, y and score of the points beyond the body as `beyond_body` orders them, if any.
    """

    joints: NDArray[np.floating]
    scores: NDArray[np.floating]
    who: str | None = None
    beyond: NDArray[np.floating] | None = None

    @classmethod
    def of_triples(cls, values: Sequence[object], name: str, who: str | None = None) -> FoundPerson:
        """Make a person of x, y, score of each joint, one after the other. Raises `SourceError`."""
        try:
            table = np.array(values, np.float64)
        except (TypeError, ValueError, OverflowError) as error:
            raise SourceError(f"The joints in {name} are not all numbers.", "Write the file again.") from error
        if table.ndim != 1 or len(table) % 3:
            raise SourceError(
                f"A person in {name} has {table.size} values, expected x, y and score of every joint.",
                "Write the file again.",
            )
        table = table.reshape(-1, 3)
        return cls(table[:, :2], table[:, 2], who)


def of_people(
    frames: Mapping[int, Sequence[FoundPerson]],
    skeleton: str,
    form: str,
    name: str,
    *,
    numbered: bool = True,
    counts_from: int | None = None,
) -> FoundJoints:
    """Pack the people of every frame into arrays; each has at least the joints of `skeleton`.

    Frames between the first and the last number that are not in `frames` are there without a person. If the numbers
    cannot be those of frames (or `numbered` is False), the frames are counted from 0 in their order, and said so.
    `counts_from` is the number of the video's first frame, if the format says so.
    Joints beyond those of the skeleton are hands and face if their number is known (`beyond_body`). `form` is the
    format's name, `name` the file's.
    Raises `SourceError`.
    """
    if not any(frames.values()):
        raise SourceError(f"There is nobody in {name}.", "Was anybody found in the video? Write the file again.")
    notes: tuple[str, ...] = ()
    numbers = sorted(frames)
    if numbered and are_frames(numbers):
        index = np.arange(numbers[0], numbers[-1] + 1)
    else:
        index = np.arange(len(numbers))
        if numbered:
            notes = ("frames are counted in the order of the file: its numbers are not those of frames",)
        frames = {row: frames[number] for row, number in enumerate(numbers)}
    joints_count = len(SKELETONS[skeleton].names)
    people = max(len(found) for found in frames.values())
    beyond = _beyond(frames, joints_count)
    kept = joints_count + (BEYOND_COUNT if beyond else 0)
    if people > _MOST_PEOPLE or len(index) * people * kept * 12 > _MOST_BYTES:
        raise SourceError(
            f"{name} has up to {people} people in {len(index)} frames, more than can be lifted at once.",
            "Leave the people out that do not matter, or split the file.",
        )
    joints = np.full((len(index), people, joints_count, 2), np.nan)
    scores = np.zeros((len(index), people, joints_count))
    who: dict[str, int] = {}
    identity = np.zeros((len(index), people), np.int64)
    known = True
    for number, found in frames.items():
        row = number - int(index[0])
        for column, person in enumerate(found):
            joints[row, column], scores[row, column] = person.joints[:joints_count], person.scores[:joints_count]
            known = known and person.who is not None
            identity[row, column] = 0 if person.who is None else who.setdefault(person.who, len(who) + 1)
    doubled = any(len(set(row[row > 0].tolist())) < (row > 0).sum() for row in identity)
    image, sure = cleaned(joints, scores)
    given = identity if known and not doubled else None
    details = None
    if beyond:
        points = np.zeros((len(index), people, BEYOND_COUNT, 3))
        for (number, column), own in beyond.items():
            points[number - int(index[0]), column] = own
        places, certainty = cleaned(points[..., :2], points[..., 2])
        details = np.concatenate([places, np.where(certainty > 0, certainty, np.nan)[..., None]], axis=-1)
    return FoundJoints(form, skeleton, image, sure, index, given, notes=notes, counts_from=counts_from, beyond=details)


def _beyond(
    frames: Mapping[int, Sequence[FoundPerson]], joints_count: int
) -> dict[tuple[int, int], NDArray[np.floating]]:
    """Return the points (110, 3) beyond the body of each person (frame, column) who has some."""
    out = {}
    for number, found in frames.items():
        for column, person in enumerate(found):
            rest = np.column_stack([person.joints[joints_count:], person.scores[joints_count:]])
            own = beyond_body(rest) if person.beyond is None else person.beyond
            if own is not None and own.any():
                out[number, column] = own
    return out


def cleaned(joints: NDArray[np.floating], scores: NDArray[np.floating]) -> tuple[Floats, Floats]:
    """Return joints (..., J, 2), scores (..., J) <= 1; NaN and 0 where a joint was not seen.

    Not seen is a joint without a score, at no number, at impossible pixels, or exactly at 0, 0, as several programs
    write it.
    """
    with np.errstate(invalid="ignore"):
        seen = np.isfinite(joints).all(axis=-1) & (np.abs(joints) <= FARTHEST_PX).all(axis=-1) & (scores > 0)
        seen &= (joints != 0).any(axis=-1)
    return (
        np.where(seen[..., None], joints, np.nan).astype(np.float32),
        np.where(seen, np.minimum(np.nan_to_num(scores, nan=0.0), 1), 0).astype(np.float32),
    )

"""Write the whole result as data: one JSON document, or NumPy arrays.

World space, metres, all persons in one file.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ...core.arrays import Doubles
from ...core.face.weights import SHAPES
from ...core.hands.points import HAND_POINTS, SIDES
from ...core.poses import blank_extra
from ...core.skeletons import H36M17
from ...system.array_file import write_arrays
from ...system.files import atomic_write
from ..base import UNWATCHED, Watch
from ..hand_joints import HAND_JOINTS, hand_joints_of, without_hands
from ..number_text import chunks, formatted
from ..take_facts import plain, take_facts
from ..tracks import SelectedPerson, Selection, text_files

log = logging.getLogger(__name__)

_TRIPLES = "[" + ",".join(["[%.5f,%.5f,%.5f]"] * 17) + "],\n"
_PAIRS = "[" + ",".join(["[%.2f,%.2f]"] * 17) + "],\n"
_SINGLES = "[" + ",".join(["%.4f"] * 17) + "],\n"
_HAND_TRIPLES = "[" + ",".join(["[%.5f,%.5f,%.5f]"] * len(HAND_JOINTS)) + "],\n"
_HAND_PAIRS = "[" + ",".join(["[%.2f,%.2f]"] * len(HAND_JOINTS)) + "],\n"
_HAND_SINGLES = "[" + ",".join(["%.4f"] * len(HAND_JOINTS)) + "],\n"
_FACE_WEIGHTS = "[" + ",".join(["%.3f"] * len(SHAPES)) + "],\n"
_OBSERVED = "[%d,%d],\n"
_DETECTED = ("hands", "hands_relative", "face", "expressions")  # extras that do not depend on the detector's skeleton


class JsonExporter:
    """Write `<stem>.json`: the facts of the take, then lists over the frames.

    The facts are units, axes, skeleton, camera. `persons[i]`: `person`, `name`, `gait` (of a walking person, see
    `analysis.gait`, else null; its rows count the lists below from 0), `joints` (T x 17 x [x, y, z], metres),
    `confidence` (T x 17), `joints_image` (T x 17 x [x, y], pixels) and, if known, `errors_mm` (T x 17 x [across the
    image, in depth], standard errors, see `core.take.Track3D`); `frame` and `time_s` (T) apply to all persons. null
    where a joint was not seen. Strict JSON, no NaN.

    Where hands were found, `hand_joints` names their 42 joints, and such a person has `hands`: `joints` (T x 42 x
    [x, y, z]), `observed` (T x [left, right], 1, or 0: an assumed pose), `confidence` (T x 42), `joints_image`
    (T x 42 x [x, y]).

    Where faces were found, `face_shapes` names the shapes of a face, and such a person has `face_weights` (T x shapes,
    0 to 1), see `core.face.weights`.
    """

    name = "json"
    suffix = ".json"

    def write(self, selection: Selection, folder: Path, stem: str, watch: Watch = UNWATCHED) -> list[Path]:
        path = folder / f"{stem}.json"
        with text_files([path]) as (file,):
            file.writelines(_document(selection))
        log.info("wrote %s", path.name)
        return [path]


def _document(selection: Selection) -> Iterator[str]:
    people, first = selection.people, selection.first
    facts = {"format": "hourglass-json", "version": 1, **take_facts(selection)}
    facts["frame"], facts["time_s"] = first.frame_index.tolist(), np.round(first.time_s, 6).tolist()
    hands = [hand_joints_of(one) for one in people]
    if any(own is not None for own in hands):
        facts["hand_joints"] = list(HAND_JOINTS)
    if any(one.face is not None for one in people):
        facts["face_shapes"] = list(SHAPES)
    text = json.dumps(plain(facts), ensure_ascii=False, allow_nan=False)
    yield text[:-1] + ',\n"persons":[\n'
    for at, one in enumerate(people):
        head = {"person": one.person, "name": one.name, "gait": one.gait and one.gait.to_json()}
        yield json.dumps(plain(head), ensure_ascii=False, allow_nan=False)[:-1] + ',\n"joints":[\n'
        yield from _list(_TRIPLES, one.joints_world)
        yield '],\n"confidence":[\n'
        yield from _list(_SINGLES, one.scores.astype(np.float64))
        yield '],\n"joints_image":[\n'
        yield from _list(_PAIRS, one.joints_image.astype(np.float64))
        if one.errors_mm is not None:
            yield '],\n"errors_mm":[\n'
            yield from _list(_PAIRS, one.errors_mm.astype(np.float64))
        if one.face is not None:
            yield '],\n"face_weights":[\n'
            yield from _list(_FACE_WEIGHTS, _face_weights(one, len(first.frame_index)))
        own = hands[at]
        if own is not None:
            yield '],\n"hands":{"joints":[\n'
            yield from _list(_HAND_TRIPLES, own.joints_world)
            yield '],\n"observed":[\n'
            yield from _list(_OBSERVED, own.observed.astype(np.float64))
            yield '],\n"confidence":[\n'
            yield from _list(_HAND_SINGLES, own.scores.astype(np.float64))
            yield '],\n"joints_image":[\n'
            yield from _list(_HAND_PAIRS, own.joints_image.astype(np.float64))
            yield "]}}" + (",\n" if at + 1 < len(people) else "\n")
            continue
        yield "]}" + (",\n" if at + 1 < len(people) else "\n")
    yield "]}\n"


def _face_weights(one: SelectedPerson, count: int) -> Doubles:
    """Return the weights (T, shapes) of a person's face, NaN where it was not seen."""
    face = one.face
    if face is None:
        return np.full((count, len(SHAPES)), np.nan)
    return np.stack([face[name] for name in SHAPES], axis=1).astype(np.float64)


def _list(template: str, values: Doubles) -> Iterator[str]:
    """Yield (T, ...) values as the inside of a JSON list: no comma after the last frame."""
    for rows in chunks(len(values)):
        text = formatted(template, values[rows], "null")
        yield text if rows.stop < len(values) else text[:-2] + "\n"


class NpzExporter:
    """Write `<stem>.npz`, compressed, without pickled objects.

    | array | shape | meaning |
    |---|---|---|
    | `joints_world` | (T, P, 17, 3) float32 | metres, world space; NaN = not seen |
    | `persons`, `names` | (P,) int64, text | their numbers, from 1, and names |
    | `frame_index`, `time_s` | (T,) | frames of the video, from 0; seconds |
    | `joint_names`, `parents` | (17,) | of the skeleton |
    | `joints_image`, `scores` | (T, P, 17, 2), (T, P, 17) | the 2D joints in pixels as H36M-17, and their confidence |
    | `depth` | (T, P, 17) float32 | the detector's own depth of the 2D joints, if it has one, see `core.poses.EXTRAS` |
    | `errors_mm` | (T, P, 17, 2) float32 | standard errors across the image and in depth, if known |
    | `hands_world` | (T, P, 2, 21, 3) float32 | left and right hand in metres, world space, if hands were found |
    | `hands_observed` | (T, P, 2) bool | False: the hand has an assumed pose |
    | `hand_points` | (21,) text | names of the points of a hand |
    | `face_weights`, `face_shapes` | (T, P, N), (N,) | weights of the shapes of faces, see `core.face.weights` |
    | `hands`, `hands_relative`, `face`, `expressions` | (T, P, ...) | the detector's own, see `core.poses.EXTRAS` |
    | `fps_hz`, `width_px`, `height_px`, `skeleton` | scalars | of the video |
    | `about` | text | JSON with units, axes, camera and provenance |

    `sources.joints2d` reads the file as 2D joints, so that it can be re-lifted.
    """

    name = "npz"
    suffix = ".npz"

    def write(self, selection: Selection, folder: Path, stem: str, watch: Watch = UNWATCHED) -> list[Path]:
        people, first, info = selection.people, selection.first, selection.take.info
        path = folder / f"{stem}.npz"
        skeleton = first.track.topology
        arrays: dict[str, Any] = {
            "joints_world": np.stack([one.joints_world.astype(np.float32) for one in people], axis=1),
            "persons": np.array([one.person for one in people], np.int64),
            "names": np.array([one.name for one in people]),
            "frame_index": first.frame_index,
            "time_s": first.time_s,
            "joint_names": np.array(skeleton.names),
            "parents": np.array(skeleton.parents, np.int64),
            "joints_image": np.stack([one.joints_image for one in people], axis=1),
            "scores": np.stack([one.scores for one in people], axis=1),
            "fps_hz": np.float64(first.rate_hz),
            "width_px": np.int64(info.width_px),
            "height_px": np.int64(info.height_px),
            "skeleton": np.array(skeleton.key),
            "about": np.array(json.dumps(plain(take_facts(selection)), ensure_ascii=False, allow_nan=False)),
        }
        if any(one.track2d is not None and one.track2d.depth is not None for one in people):
            unknown = np.full((len(first.frame_index), 17), np.nan, np.float32)
            depth = [unknown if one.track2d is None else one.track2d.depth_h36m17 for one in people]
            arrays["depth"] = np.stack(depth, axis=1)
        if any(one.errors_mm is not None for one in people):
            blank = np.full((len(first.frame_index), 17, 2), np.nan, np.float32)
            errors = [blank if one.errors_mm is None else one.errors_mm for one in people]
            arrays["errors_mm"] = np.stack(errors, axis=1)
        arrays.update(_hand_arrays(people))
        with atomic_write(path) as file:
            write_arrays(file, arrays)
        log.info("wrote %s", path.name)
        return [path]


def _hand_arrays(people: Sequence[SelectedPerson]) -> dict[str, Any]:
    """Return the arrays of hands and faces; none where the people have none."""
    count = len(people[0].frame_index)
    arrays: dict[str, Any] = {}
    found = [hand_joints_of(one) for one in people]
    if any(own is not None for own in found):
        hands = [without_hands(count) if own is None else own for own in found]
        joints = [own.joints_world.astype(np.float32).reshape(count, len(SIDES), len(HAND_POINTS), 3) for own in hands]
        arrays["hands_world"] = np.stack(joints, axis=1)
        arrays["hands_observed"] = np.stack([own.observed for own in hands], axis=1)
        arrays["hand_points"] = np.array(HAND_POINTS)
    tracks = [None if one.track2d is None else one.track2d.extras for one in people]
    if any(one.face is not None for one in people):
        weights = [_face_weights(one, count).astype(np.float32) for one in people]
        arrays["face_weights"], arrays["face_shapes"] = np.stack(weights, axis=1), np.array(SHAPES)
    for name in _DETECTED:
        if any(extras and name in extras for extras in tracks):
            blank = blank_extra(name, count, H36M17.key)
            own = [extras[name] if extras and name in extras else blank for extras in tracks]
            arrays[name] = np.stack(own, axis=1)
    return arrays

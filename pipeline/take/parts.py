"""Assemble a take from its header and arrays, validating every field before it is read.

The program relies on what this module accepts: kinds, shapes, finite numbers and plausible ranges. Errors are
ValueErrors (mostly `DamagedFile`) that name the field.
"""

from __future__ import annotations

from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from ..core.arrays import (
    FARTHEST_M,
    FARTHEST_PX,
    HIGHEST_SCORE,
    LATEST_S,
    Doubles,
    Floats,
    Ints,
    check_numbers,
    check_times,
)
from ..core.camera import VideoInfo
from ..core.corrections.layer import Correction
from ..core.poses import EXTRAS, PersonTrack
from ..core.skeletons import SKELETONS
from ..core.take import Finding, FindingKind, LiftedTrack, SceneEstimate, Space, Take, TokenStages, Track3D
from ..system.array_file import ArrayFile, ArrayHeader
from ..system.json_fields import JsonFields, read_dataclass
from ..system.safe_read import DamagedFile
from .corrections.json_form import corrections_from
from .edit import plain_name

_LAST_FRAME = 1 << 40
_LAST_PERSON = 1_000_000
_MOST_TRACKS = 10_000
_TURN_RAD = 7.0  # largest part of a rotation vector
DETECTED = "_detected"  # in the names of arrays with the detector's points of corrected persons
_MOST_STAGES = 64
_FOV_DEG = (1.0, 179.0)
_OTHER = (-360, _LAST_PERSON)
_INFO_LIMITS = {
    "width_px": (0, 1 << 20), "height_px": (0, 1 << 20), "fps_hz": (0.0, 1e6), "frame_count": (0, _LAST_FRAME),
    "duration_s": (0.0, LATEST_S), "rotation_deg": (-360, 360), "turned_deg": (0, 270), "fov_deg": _FOV_DEG,
}  # fmt: skip
_PROVENANCE_OBJECTS = ("config", "run")  # objects of a provenance that re-lifting and refinishing read


def read_take(header: JsonFields, arrays: ArrayFile) -> Take:
    """Assemble a take from its two parts. Raises ValueError that names the first invalid field."""
    info = read_info(header.object("info"))
    listed2d, listed3d = list(header.objects("tracks2d")), list(header.objects("tracks3d"))
    parts = _Arrays(arrays, bool(listed2d or listed3d))
    tracks2d = tuple(_track2d(fields, parts) for fields in listed2d)
    persons = _persons(header, "tracks2d", [track.person for track in tracks2d], None)
    tracks3d = tuple(_track3d(fields, parts) for fields in listed3d)
    _persons(header, "tracks3d", [track.person for track in tracks3d], persons)
    # Older files have neither token stages nor the lifter's output nor names.
    stages = tuple(_stages(fields, parts) for fields in header.objects("token_stages", ()))
    _persons(header, "token_stages", [stage.person for stage in stages], persons)
    lifted = tuple(_lifted(fields, parts) for fields in header.objects("lifted", ()))
    _persons(header, "lifted", [track.person for track in lifted], persons)
    corrections = corrections_from(header)  # older files have none
    detected = tuple(_track2d(fields, parts, DETECTED) for fields in header.objects("detected", ()))
    _persons(header, "detected", [track.person for track in detected], persons)
    _check_corrected(corrections, detected, tracks2d)
    turn = parts.doubles("camera_turn", (parts.frames, 3), _TURN_RAD) if "camera_turn" in parts else None
    scene = _scene(header.object("scene"), parts, tracks3d, turn) if header.values.get("scene") is not None else None
    return Take(
        info,
        tracks2d,
        tracks3d,
        scene,
        read_provenance(header.object("provenance")),
        header.flag("complete"),
        stages,
        lifted,
        _names(header.object("names", None)),
        corrections,
        detected,
        turn,
    )


def arrays_2d(track: PersonTrack, part: str = "") -> dict[str, NDArray[Any]]:
    """Return the arrays of a person's 2D by name.

    `part` tells the detector's points from corrected ones.
    """
    prefix = f"person{track.person}{part}"
    arrays: dict[str, NDArray[Any]] = {f"{prefix}_joints_image": track.joints_image}
    arrays[f"{prefix}_scores_image"] = track.scores
    return arrays | {f"{prefix}_{name}_image": values for name, values in track.extras.items()}


def entry_2d(track: PersonTrack) -> dict[str, Any]:
    """Return what the header says of a person's 2D."""
    return {"person": track.person, "skeleton": track.skeleton, "extras": list(track.extras)}


def read_info(fields: JsonFields) -> VideoInfo:
    """Read the description of a video from JSON fields. Raises `DamagedFile`."""
    return read_dataclass(VideoInfo, fields, _INFO_LIMITS)


def read_provenance(fields: JsonFields) -> dict[str, Any]:
    """Check the parts of a provenance that the program reads. Raises `DamagedFile`."""
    for name in _PROVENANCE_OBJECTS:
        fields.object(name, None)
    list(fields.objects("edits", ()))
    return dict(fields.values)


class _Arrays:
    """Read the arrays of a take with T frames; each is validated before it is read."""

    def __init__(self, arrays: ArrayFile, anybody: bool) -> None:
        self._arrays = arrays
        self.frames = 0
        self.index: Ints = np.zeros(0, np.int64)
        self.time_s: Doubles = np.zeros(0)
        if not anybody:
            return
        shape = self._header("frame_index").shape
        if len(shape) != 1:
            raise DamagedFile(f"frame_index has shape {shape}, expected one axis")
        self.frames = shape[0]
        self.index = self._read("frame_index", "iu", (self.frames,)).astype(np.int64)
        self.time_s = self._read("time_s", "fiu", (self.frames,)).astype(np.float64)
        if self.frames and (self.index[0] < 0 or self.index[-1] > _LAST_FRAME or (np.diff(self.index) <= 0).any()):
            raise DamagedFile("frame_index does not rise from 0 or more")
        check_times("time_s", self.time_s)

    def __contains__(self, name: str) -> bool:
        return name in self._arrays.headers

    def floats(self, name: str, shape: tuple[int, ...], low: float, high: float, gaps: bool) -> Floats:
        """Read numbers in [`low`, `high`]; with `gaps`, NaN stands for unknown values."""
        values = self._read(name, "fiu", shape)
        check_numbers(name, values, low, high, gaps)
        return values.astype(np.float32, copy=False)

    def extra(self, array: str, name: str, skeleton: str) -> NDArray[Any]:
        """Read the values of an extra (T, ...) of `core.poses.EXTRAS`."""
        extra = EXTRAS[name]
        shape = (self.frames, *extra.shape(SKELETONS[skeleton]))
        return self.floats(array, shape, *extra.limits, gaps=True).astype(extra.dtype)

    def doubles(self, name: str, shape: tuple[int, ...], farthest: float) -> Doubles:
        """Read finite numbers from -`farthest` to `farthest`."""
        values = self._read(name, "fiu", shape)
        check_numbers(name, values, -farthest, farthest)
        return values.astype(np.float64, copy=False)

    def bits(self, name: str, rows: int) -> NDArray[np.bool_]:
        """Read packed bits: (rows, T)."""
        packed = self._read(name, "u", (rows, (self.frames + 7) // 8))
        if packed.dtype != np.uint8:
            raise DamagedFile(f"{name} is of type {packed.dtype}, expected uint8")
        return np.unpackbits(packed, axis=1, count=self.frames).astype(np.bool_)

    def _header(self, name: str) -> ArrayHeader:
        header = self._arrays.headers.get(name)
        if header is None:
            raise DamagedFile(f"the array {name} is missing")
        return header

    def _read(self, name: str, kinds: str, shape: tuple[int, ...]) -> NDArray[Any]:
        header = self._header(name)
        if header.dtype.kind not in kinds:
            raise DamagedFile(f"{name} is of type {header.dtype}, expected numbers")
        if header.shape != shape:
            raise DamagedFile(f"{name} has shape {header.shape}, expected {shape}")
        return self._arrays.read(name)


def _persons(header: JsonFields, name: str, persons: list[int], known: list[int] | None) -> list[int]:
    if len(persons) > _MOST_TRACKS or len(set(persons)) != len(persons):
        raise DamagedFile(f"{name} lists a person twice, or more than {_MOST_TRACKS} of them")
    for person in persons:
        if known is not None and person not in known:
            raise DamagedFile(f"{name} lists person {person}, who is not in tracks2d")
    return persons


def _person(fields: JsonFields) -> int:
    return int(fields.whole("person", 1, _LAST_PERSON))


def _check_corrected(
    corrections: tuple[Correction, ...], detected: tuple[PersonTrack, ...], tracks2d: tuple[PersonTrack, ...]
) -> None:
    """Raise `DamagedFile` unless the detector's points of every corrected person are there."""
    skeletons = {track.person: track.skeleton for track in tracks2d}
    kept = {track.person: track.skeleton for track in detected}
    for one in corrections:
        if one.person not in kept:
            raise DamagedFile(f"corrections name person {one.person}, whose detected joints are missing")
    for person, skeleton in kept.items():
        if skeleton != skeletons[person]:
            raise DamagedFile(f"the detected joints of person {person} are of the skeleton {skeleton}")


def _track2d(fields: JsonFields, arrays: _Arrays, part: str = "") -> PersonTrack:
    person, skeleton = _person(fields), str(fields.choice("skeleton", SKELETONS))
    shape, prefix = (arrays.frames, len(SKELETONS[skeleton].names)), f"person{person}{part}"
    joints = arrays.floats(f"{prefix}_joints_image", (*shape, 2), -FARTHEST_PX, FARTHEST_PX, gaps=True)
    scores = arrays.floats(f"{prefix}_scores_image", shape, 0.0, HIGHEST_SCORE, gaps=False)
    # Older files have no extras; those of a newer program that are not known here are left out.
    named = [name for name in fields.listed("extras", ()) if isinstance(name, str) and name in EXTRAS]
    extras = {name: arrays.extra(f"{prefix}_{name}_image", name, skeleton) for name in named}
    return PersonTrack.of(person, arrays.index, arrays.time_s, joints, scores, skeleton, extras)


def _track3d(fields: JsonFields, arrays: _Arrays) -> Track3D:
    person, skeleton = _person(fields), str(fields.choice("skeleton", ("h36m17",)))
    space: Any = fields.choice("space", get_args(Space))
    shape = (arrays.frames, len(SKELETONS[skeleton].names))
    joints = arrays.floats(f"person{person}_joints", (*shape, 3), -FARTHEST_M, FARTHEST_M, gaps=True)
    scores = arrays.floats(f"person{person}_scores", shape, 0.0, HIGHEST_SCORE, gaps=False)
    name = f"person{person}_error_m"  # older files have none
    error = arrays.floats(name, (*shape, 2), 0.0, FARTHEST_M, gaps=True) if name in arrays else None
    return Track3D(person, arrays.index, arrays.time_s, joints, scores, space, skeleton, error)


def _lifted(fields: JsonFields, arrays: _Arrays) -> LiftedTrack:
    person = _person(fields)
    relative = arrays.floats(f"person{person}_lifted", (arrays.frames, 17, 3), -FARTHEST_M, FARTHEST_M, gaps=True)
    return LiftedTrack(person, relative, fields.number("unit_stature_m", 0.01, 100.0))


def _stages(fields: JsonFields, arrays: _Arrays) -> TokenStages:
    person, blocks = _person(fields), fields.listed("blocks")
    whole = all(isinstance(block, int) and not isinstance(block, bool) and 0 <= block < 1000 for block in blocks)
    if len(blocks) > _MOST_STAGES or not whole:
        fields.refuse("blocks", f"at most {_MOST_STAGES} numbers of blocks")
    return TokenStages(person, tuple(blocks), arrays.bits(f"person{person}_kept", len(blocks)))


def _scene(fields: JsonFields, arrays: _Arrays, tracks3d: tuple[Track3D, ...], turn: Doubles | None) -> SceneEstimate:
    rotation = arrays.doubles("scene_rotation", (3, 3), 1.1)
    if not np.allclose(rotation @ rotation.T, np.eye(3), atol=1e-3) or np.linalg.det(rotation) < 0:
        raise DamagedFile("scene_rotation is not a rotation")
    errors_px = {
        track.person: arrays.floats(name, (arrays.frames,), 0.0, np.inf, gaps=True)
        for track in tracks3d
        if (name := f"person{track.person}_reprojection_px") in arrays
    }
    notes = fields.object("notes")
    findings = [
        read_dataclass(
            Finding,
            finding,
            {"person": (1, _LAST_PERSON), "first": (0, _LAST_FRAME), "last": (0, _LAST_FRAME), "other": _OTHER},
            kind=finding.choice("kind", get_args(FindingKind)),
        )
        for finding in fields.objects("findings", ())
    ]
    sigma = fields.number("tilt_sigma_deg", 0.0, 360.0) if "tilt_sigma_deg" in fields else None
    return SceneEstimate(
        fields.number("fov_deg", *_FOV_DEG),
        fields.number("pitch_deg", -90.0, 90.0),
        rotation,
        arrays.doubles("scene_translation", (3,), FARTHEST_M),
        {name: notes.text(name) for name in notes.values},
        fields.number("roll_deg", -180.0, 180.0, 0.0),  # older files have neither roll nor sigma
        sigma,
        errors_px,
        tuple(findings),
        turn if fields.flag("turns", False) else None,  # older files know only cameras that stand still
    )


def _names(fields: JsonFields) -> dict[int, str]:
    names = {}
    for person in fields.values:
        if not (person.isascii() and person.isdecimal() and len(person) <= 7):
            raise DamagedFile(f"names has an entry {person[:40]!r}, expected the number of a person")
        name = plain_name(fields.text(person))
        if name:
            names[int(person)] = name
    return names

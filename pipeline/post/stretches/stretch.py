"""Finish a stretch of one person again: the steps of `post.finish` around changed rows.

Each step is computed on the rows whose input changed and a margin, with the constants of the whole track, and spliced
into what was there. At both ends of the spliced part the new result has to be the old one to `CONVERGED_M`; if it is
not, the margin grows, and at last the whole track is computed. The shift of the foot lock reaches furthest and costs
least: it is always solved for the whole run.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...body.bones import measure_body
from ...body.filters import runs
from ...body.track_constants import NoConstant
from ...core.arrays import Doubles, Floats
from ...core.geometry import camera_from_world
from ...core.poses import PersonTrack
from ...core.take import Finding, LiftedTrack, Track3D
from ...lift.uncertainty.estimate import margin_rows, standard_errors
from ...lift.uncertainty.features import UsualBody
from ..clean_pose import CleanPose
from ..findings import findings_of, uncertain_stretches
from ..finish import camera_space
from ..ground.foot_lock import feet_that_stand, hold_feet, root_shift
from ..root_path import reprojection_px
from .state import Bools, PersonState, Steps

CONVERGED_M = 2.5e-5  # m: rows that differ less have not changed; several steps together stay below 0.1 mm
_CHECKED_S = 0.3  # s at both ends of a spliced part that have to be as before
_POSE_S = (2.0, 5.0)  # s spliced and, beyond them, s of margin: the depth of the root is smoothed at 0.4 Hz
_STAND_S = (0.5, 0.7)
_HOLD_S = (1.0, 1.0)
_TWIST_S = (0.5, 2.6)  # the planes of limbs are averaged over 4 x 0.6 s
_TRIES = 3  # margins, each twice the one before
_WHOLE = 0.7  # share of the track from which on all of it is computed


class NotAStretch(Exception):  # noqa: N818 - not an error: the caller finishes the whole take instead
    """Signal that a change reaches too far to be finished alone."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Hold a person finished again, and the rows (T,) whose 3D changed.

    `bones_mm`: the largest change of a bone's length if the body were measured again; the kept lengths are used.
    """

    state: PersonState
    track3d: Track3D
    reprojection_px: Floats
    findings: tuple[Finding, ...]
    changed: Bools
    bones_mm: float


def finish_stretch(
    state: PersonState, track3d: Track3D, errors_px: Floats, findings: tuple[Finding, ...], track: PersonTrack,
    lifted: LiftedTrack, touched: Bools, steps: Steps,
) -> Stretch:  # fmt: skip
    """Finish the rows `touched` (T,) of a person, and those that depend on them.

    Their 2D or lifted joints changed.
    `track3d`, `errors_px` (T,) and `findings` are what the person had. Raises `NotAStretch` where too much changes.
    """
    if not touched.any():
        return Stretch(state, track3d, errors_px, findings, touched, 0.0)
    try:
        made = _stages(replace(state, track=track, lifted=lifted), touched, steps)
    except NoConstant as lost:
        raise NotAStretch(str(lost)) from lost
    changed = touched | differs(made.done, state.done)
    rows = _hull(changed)
    origin = steps.scene.translation * [1, 1, 0]
    joints, scores, error_px = track3d.joints.copy(), track3d.scores.copy(), errors_px.copy()
    world = made.done[rows] + origin
    joints[rows] = world
    seen = np.isfinite(world).all(axis=(1, 2))
    scores[rows] = np.where(seen[:, None], np.nan_to_num(made.pose.scores[rows]), 0)
    back = camera_from_world(world, steps.scene.rotation, steps.scene.translation)
    error_px[rows] = reprojection_px(back, made.pose.joints_image[rows], made.pose.scores[rows], steps.camera)
    error_m = _errors(track3d.error_m, made, touched, steps)
    done = replace(track3d, joints=joints, scores=scores, error_m=error_m)
    found = findings_of(track.person, made.pose.marks) + uncertain_stretches(done, steps.rate_hz)
    found += [one for one in findings if one.kind in ("sides_throughout", "camera_roll", "same_person")]
    ordered = tuple(sorted(found, key=lambda one: (one.first, one.kind)))
    return Stretch(made, done, error_px, ordered, changed, _bones_mm(state, lifted, steps))


def differs(one: NDArray[np.floating], two: NDArray[np.floating], most: float = CONVERGED_M) -> Bools:
    """Return the rows (T,) in which arrays (T, ...) differ by more than `most`, or are unknown."""
    away = np.abs(one - two) > most
    known = np.isnan(one) != np.isnan(two)
    return np.asarray((away | known).reshape(len(one), -1).any(axis=1))


def _stages(state: PersonState, touched: Bools, steps: Steps) -> PersonState:
    """Return the state with all steps repeated where they have to be."""

    def pose(rows: slice) -> _Part:
        track, lifted = state.track.rows(rows), replace(state.lifted, relative=state.lifted.relative[rows])
        joints, clean = camera_space(track, lifted, steps.camera, steps.config, state.constants.stretch(rows.start))
        marks = [frames for kind, frames, _ in clean.marks if kind != "sides_throughout"]
        return _Part((joints, clean.relative, clean.joints_image, clean.scores, *marks))

    kept = [mark for mark in state.pose.marks if mark[0] != "sides_throughout"]
    before: tuple[NDArray[Any], ...] = (
        state.in_camera, state.pose.relative, state.pose.joints_image, state.pose.scores,
        *(frames for _, frames, _ in kept),
    )  # fmt: skip
    in_camera, relative, joints_image, scores, *marks = _spliced(before, pose, touched, _POSE_S, steps.rate_hz)
    clean = CleanPose(
        relative,
        joints_image,
        scores,
        [(kind, frames, repaired) for (kind, _, repaired), frames in zip(kept, marks, strict=True)],
    )
    moved = differs(in_camera, state.in_camera)
    standing, shift, locked = _locked(state, in_camera, moved, steps)
    # Limbs are calmed in the body's own axes: where only the root moved, they stay as they are.
    own, before_own = locked - locked[:, :1], state.locked - state.locked[:, :1]
    bent = differs(own, before_own)
    calm = state.done - state.done[:, :1]
    if bent.any():

        def twist(rows: slice) -> _Part:
            done = steps.twisted(locked[rows], state.constants.of("twist").stretch(rows.start))
            return _Part((done - done[:, :1],))

        (calm,) = _spliced((calm,), twist, bent, _TWIST_S, steps.rate_hz)
    return replace(
        state, pose=clean, in_camera=in_camera, standing=standing, shift=shift, locked=locked,
        done=calm + locked[:, :1],
    )  # fmt: skip


def _locked(state: PersonState, in_camera: Doubles, moved: Bools, steps: Steps) -> tuple[Bools, Doubles, Doubles]:
    """Return standing feet (T, 2), the root's shift (T, 3) and locked joints (T, 17, 3) after joints `moved` (T,)."""
    mode = steps.config.post.foot_lock
    rows = _hull(moved)
    if mode == "off" or rows.stop == rows.start:
        locked = state.locked.copy()
        locked[rows] = steps.on_floor(in_camera[rows])
        return state.standing, state.shift, locked
    world = steps.on_floor(in_camera)

    def stand(part: slice) -> _Part:
        return _Part((feet_that_stand(world[part], steps.rate_hz, mode),))

    (standing,) = _spliced((state.standing,), stand, moved, _STAND_S, steps.rate_hz)
    shift, locked = state.shift.copy(), state.locked.copy()
    for run in runs(np.isfinite(world).all(axis=(1, 2))):
        if run.stop <= rows.start or run.start >= rows.stop:
            continue
        here = standing[run]
        if not here.any():
            shift[run], locked[run] = 0, world[run]
            continue
        shift[run] = root_shift(world[run], here, steps.height_m, steps.rate_hz)
        other = (moved | differs(shift, state.shift) | (standing != state.standing).any(axis=1))[run]
        if not other.any():
            continue
        whole = _with_contacts(other, here)
        raised = world[run] + shift[run][:, None]

        def hold(part: slice, raised: Doubles = raised, here: Bools = here) -> _Part:
            if not here[part].any():
                return _Part((raised[part],))
            return _Part((hold_feet(raised[part], here[part], steps.rate_hz, mode, steps.ankle_m),))

        (locked[run],) = _spliced((state.locked[run],), hold, whole, _HOLD_S, steps.rate_hz, here)
    locked[~np.isfinite(world).all(axis=(1, 2))] = np.nan
    return standing, shift, locked


def _with_contacts(rows: Bools, standing: Bools) -> Bools:
    """Return rows (T,) and all rows of the contacts (T, 2) that they are in: a contact is held at its median."""
    out = rows.copy()
    for foot in range(2):
        for run in runs(standing[:, foot]):
            if rows[run].any():
                out[run] = True
    return out


@dataclass(frozen=True, slots=True)
class _Part:
    """Hold the results of a step for some rows, one array for each of its outputs."""

    values: tuple[NDArray[Any], ...]


def _spliced(
    before: tuple[NDArray[Any], ...],
    compute: Callable[[slice], _Part],
    changed: Bools,
    seconds: tuple[float, float],
    rate_hz: float,
    contacts: Bools | None = None,
) -> list[NDArray[Any]]:
    """Return the outputs of a step with the rows around `changed` (T,) computed again.

    `compute` returns them for a part of the rows. `seconds`: how far to either side they are replaced, and the margin
    beyond that. With `contacts` (T, 2) no part begins or ends inside of one. Raises `NotAStretch`.
    """
    total, hull = len(changed), _hull(changed)
    if hull.stop == hull.start:
        return list(before)
    check = max(2, round(_CHECKED_S * rate_hz))
    for attempt in range(_TRIES + 1):
        reach, margin = (max(2, round(2**attempt * value * rate_hz)) for value in seconds)
        inner = slice(max(hull.start - reach, 0), min(hull.stop + reach, total))
        part = slice(max(inner.start - margin, 0), min(inner.stop + margin, total))
        if contacts is not None:
            part = _around_contacts(part, contacts)
        if attempt == _TRIES or part.stop - part.start >= _WHOLE * total:
            inner = part = slice(0, total)
        values = compute(part).values
        if len(values) != len(before):
            raise NotAStretch("other findings than before")
        within = slice(inner.start - part.start, inner.stop - part.start)
        ends = []
        if inner.start > 0:
            ends.append(slice(inner.start, min(inner.start + check, hull.start)))
        if inner.stop < total:
            ends.append(slice(max(inner.stop - check, hull.stop), inner.stop))
        if all(_same(old, new, end, part.start) for old, new in zip(before, values, strict=True) for end in ends):
            out = []
            for old, new in zip(before, values, strict=True):
                joined = old.copy()
                joined[inner] = new[within]
                out.append(joined)
            return out
    raise NotAStretch("the change does not fade")


def _around_contacts(part: slice, standing: Bools) -> slice:
    start, stop = part.start, part.stop
    for foot in range(2):
        while start > 0 and standing[start, foot] and standing[start - 1, foot]:
            start -= 1
        while stop < len(standing) and standing[stop - 1, foot] and standing[stop, foot]:
            stop += 1
    return slice(start, stop)


def _same(old: NDArray[Any], new: NDArray[Any], rows: slice, first: int) -> bool:
    one, two = old[rows], new[rows.start - first : rows.stop - first]
    if old.dtype == np.bool_:
        return bool(np.array_equal(one, two))
    return not differs(np.asarray(one, np.float64), np.asarray(two, np.float64), 2 * CONVERGED_M).any()


def _hull(rows: Bools) -> slice:
    there = np.flatnonzero(rows)
    return slice(int(there[0]), int(there[-1]) + 1) if len(there) else slice(0, 0)


def _errors(before: Floats | None, state: PersonState, touched: Bools, steps: Steps) -> Floats | None:
    """Return the standard errors (T, 17, 2) with those around `touched` (T,) estimated again."""
    if before is None:
        return None
    margin, hull = margin_rows(steps.rate_hz), _hull(touched)
    inner = slice(max(hull.start - margin, 0), hull.stop + margin)
    part = slice(max(inner.start - margin, 0), inner.stop + margin)
    usual: UsualBody = state.usual
    found = standard_errors(state.track.rows(part), state.lifted.relative[part], steps.camera, steps.stature_m, usual)
    if found is None:
        return None
    out = before.copy()
    out[inner] = found[inner.start - part.start : inner.stop - part.start]
    return out


def _bones_mm(state: PersonState, lifted: LiftedTrack, steps: Steps) -> float:
    """Return by how much a bone would change, mm, if the body were measured again."""
    one, two = (measure_body(np.asarray(track.relative, np.float64)) for track in (state.lifted, lifted))
    if min(one.chain_m, two.chain_m) <= 0:
        return 0.0
    away = one.lengths / one.chain_m - two.lengths / two.chain_m
    return float(1000 * steps.stature_m * np.abs(away).max())

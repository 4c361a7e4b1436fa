"""Correct identities in a take: rename, delete, merge, split, swap left and right.

Pure functions: a take in, an edited take out. The 2D cache is not touched. 3D data is cut or joined along with the 2D,
so that a result is visible at once; `Edited.lift` lists the persons to re-lift, because the lifter also used the frames
around the cut. Every edit except a name is recorded in `Take.provenance["edits"]`; heights of single persons in
`Take.provenance["config"]` move along, and corrections of 2D joints go with their person and frames. Each function
raises `NoPersonError` for a person who is not in the take.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from ..core.arrays import Floats
from ..core.corrections.layer import Correction, as_person, mirrored
from ..core.errors import ConfigError
from ..core.poses import PersonTrack
from ..core.take import (
    Finding,
    LiftedTrack,
    OfPerson,
    SceneEstimate,
    Take,
    TokenStages,
    Track3D,
    find_person,
)
from .corrections.layer import recorrected, restricted
from .provenance import with_heights

Bools = NDArray[np.bool_]
_LONGEST_NAME = 60
_MAX_OVERLAP = 0.5  # share of the shorter track: two tracks seen together for longer are two people


_Of = TypeVar("_Of", bound=OfPerson)


@dataclass(frozen=True, slots=True)
class Edited:
    """Hold the take after an edit, and the persons whose 3D should be lifted again from it."""

    take: Take
    lift: tuple[int, ...] = ()


def edited(take: Take) -> bool:
    """Return whether the 2D tracks of `take` differ from those that the tracker found."""
    return bool(take.provenance.get("edits"))


def rename(take: Take, person: int, name: str) -> Edited:
    """Set the name of a person; "" restores the number.

    Raises `ConfigError` for the name of another person.
    """
    take.person_track2d(person)
    plain = plain_name(name)
    names = {who: other for who, other in take.names.items() if who != person}
    if plain and plain in (take.name_of(t.person) for t in take.tracks2d if t.person != person):
        raise ConfigError(f"Somebody else is called {plain} already.", "Choose another name.")
    return Edited(replace(take, names={**names, person: plain} if plain else names))


def plain_name(name: str) -> str:
    """Return `name` without control characters and superfluous spaces, at the permitted length."""
    return " ".join("".join(c if c.isprintable() else " " for c in name).split())[:_LONGEST_NAME]


def delete(take: Take, person: int) -> Edited:
    """Remove a person. Raises `ConfigError` for the last one."""
    take.person_track2d(person)
    if len(take.tracks2d) == 1:
        raise ConfigError("This is the only person in the take.", "Somebody has to stay.")
    scene = take.scene
    if scene is not None:
        errors = {who: error for who, error in scene.reprojection_px.items() if who != person}
        gone = (finding for finding in scene.findings if finding.person != person and not _is_with(finding, person))
        scene = _scene(scene, errors, gone)
    return Edited(
        replace(
            take,
            tracks2d=_without(take.tracks2d, person),
            detected=_without(take.detected, person),
            corrections=_without(take.corrections, person),
            tracks3d=_without(take.tracks3d, person),
            lifted=_without(take.lifted, person),
            token_stages=_without(take.token_stages, person),
            names={who: name for who, name in take.names.items() if who != person},
            scene=scene,
            provenance=_noted(take, {"edit": "delete", "person": person}, lambda tall: without(tall, person)),
        )
    )


def split(take: Take, person: int, row: int) -> Edited:
    """Assign `person` from `row` of the take on to a new person with the next free number.

    Raises `ConfigError` if the person is not seen on both sides of it.
    """
    track = take.person_track2d(person)
    if not (track.seen[:row].any() and track.seen[row:].any()):
        raise ConfigError(
            f"{take.name_of(person)} is not seen on both sides of this frame.", "Go to where one becomes the other."
        )
    new = max(other.person for other in take.tracks2d) + 1
    before = np.arange(len(track.frame_index)) < row
    scene = take.scene
    if scene is not None:
        errors = dict(scene.reprojection_px)
        if person in errors:
            errors[new] = np.where(before, np.nan, errors[person]).astype(np.float32)
            errors[person] = np.where(before, errors[person], np.nan).astype(np.float32)
        findings = (replace(f, person=new) if f.person == person and f.first >= row else f for f in scene.findings)
        scene = _scene(scene, errors, findings)
    frame = int(track.frame_index[row])
    edit = {"edit": "split", "person": person, "new_person": new, "frame": frame}
    split_take = replace(
        take,
        tracks2d=_cut(take.tracks2d, person, new, before, _rows2d),
        detected=_cut(take.detected, person, new, before, _rows2d),
        corrections=_cut_corrections(take, person, new, before),
        tracks3d=_cut(take.tracks3d, person, new, before, _rows3d),
        lifted=_cut(take.lifted, person, new, before, _rows_lifted),
        token_stages=_cut(take.token_stages, person, new, before, _rows_kept),
        scene=scene,
        provenance=_noted(take, edit, lambda tall: like(tall, new, person)),
    )
    return Edited(recorrected(split_take), (person, new) if take.track3d(person) is not None else ())


def merge(take: Take, into: int, other: int) -> Edited:
    """Merge `other` into `into`, wherever `into` is not seen.

    Raises `ConfigError` for two persons who are seen together for most of the shorter one's time.
    """
    if into == other:
        raise ConfigError("That is the same person.", "Choose two.")
    take.person_track2d(into)
    one, two = take.detected_track2d(into), take.detected_track2d(other)
    together = int((one.seen & two.seen).sum())
    if together > _MAX_OVERLAP * min(one.seen.sum(), two.seen.sum()):
        raise ConfigError(
            f"{take.name_of(into)} and {take.name_of(other)} are in the picture together for {together} frames.",
            "They are two people. Delete one of them, or split a track first where it changes over.",
        )
    theirs = two.seen & ~one.seen
    lifted = tuple(person for person in (into, other) if take.track3d(person) is not None)
    names = {who: name for who, name in take.names.items() if who != other}
    if into not in names and other in take.names:
        names[into] = take.names[other]
    scene = take.scene
    if scene is not None:
        errors = {person: error for person, error in scene.reprojection_px.items() if person != other}
        if into in errors and other in scene.reprojection_px:
            errors[into] = np.where(theirs, scene.reprojection_px[other], errors[into]).astype(np.float32)
        asked = {into, other}
        open_ones = (f for f in scene.findings if not (_is_with(f, f.other) and {f.person, f.other} == asked))
        scene = _scene(scene, errors, (_as_person(f, other, into) for f in open_ones))
    merged = replace(
        take,
        tracks2d=_joined(take.tracks2d, into, other, theirs, _rows2d),
        detected=_joined(_detected(take, into, other), into, other, theirs, _rows2d),
        corrections=_joined_corrections(take, into, other, theirs),
        tracks3d=_joined(take.tracks3d, into, other, theirs, _rows3d),
        lifted=_joined(take.lifted, into, other, theirs, _rows_lifted),
        token_stages=_without(_joined(take.token_stages, into, other, theirs, _rows_kept), other),
        names=names,
        scene=scene,
        provenance=_noted(
            take,
            {"edit": "merge", "person": into, "other": other},
            lambda tall: without(like(tall, into, other), other),
        ),
    )
    return Edited(recorrected(merged), (into,) if lifted else ())


def exchange_sides(take: Take, person: int) -> Edited:
    """Swap left and right in all 2D joints of a person, to correct a swap of the detector.

    The 3D stays unchanged until it is re-lifted: a body facing the other way is not the old 3D with other joint names.
    """
    track = take.person_track2d(person)
    exchanged = replace(
        take,
        tracks2d=tuple(known.mirrored() if known is track else known for known in take.tracks2d),
        detected=tuple(known.mirrored() if known.person == person else known for known in take.detected),
        corrections=tuple(mirrored(one) if one.person == person else one for one in take.corrections),
        provenance=_noted(take, {"edit": "exchange_sides", "person": person}),
    )
    return Edited(recorrected(exchanged), (person,) if take.track3d(person) is not None else ())


def _cut_corrections(take: Take, person: int, new: int, before: Bools) -> tuple[Correction, ...]:
    """Return the corrections of the take with those of `person` divided as the track is."""
    out: list[Correction] = []
    track = take.detected_track2d(person)
    for one in take.corrections:
        if one.person != person:
            out.append(one)
            continue
        out += restricted(one, track, before)
        out += [as_person(part, new) for part in restricted(one, track, ~before)]
    return tuple(out)


def _detected(take: Take, into: int, other: int) -> tuple[PersonTrack, ...]:
    """Return the detector's tracks of corrected persons, with both of two who become one, if one is among them."""
    there = {track.person for track in take.detected}
    if not there & {into, other}:
        return take.detected
    more = (take.person_track2d(person) for person in (into, other) if person not in there)
    return (*take.detected, *more)


def _joined_corrections(take: Take, into: int, other: int, theirs: Bools) -> tuple[Correction, ...]:
    """Return the corrections with those of `other` as those of `into`, each where the rows of its person are used."""
    out: list[Correction] = []
    for one in take.corrections:
        if one.person not in (into, other):
            out.append(one)
            continue
        # The frames in which nobody was seen belong to either, so that a correction across them stays whole.
        own = theirs | ~take.detected_track2d(into).seen if one.person == other else ~theirs
        parts = restricted(one, take.detected_track2d(one.person), own)
        out += [as_person(part, into) for part in parts]
    return tuple(out)


def _is_with(finding: Finding, other: int) -> bool:
    """Return whether a finding asks whether its person is `other`."""
    return finding.kind == "same_person" and finding.other == other


def _as_person(finding: Finding, old: int, new: int) -> Finding:
    """Return a finding with person `new` in place of `old`."""
    if finding.person == old:
        finding = replace(finding, person=new)
    return replace(finding, other=new) if _is_with(finding, old) else finding


def without(heights: dict[int, float], person: int) -> dict[int, float]:
    """Return heights without that of `person`."""
    return {who: height for who, height in heights.items() if who != person}


def like(heights: dict[int, float], person: int, other: int) -> dict[int, float]:
    """Return heights in which `person` has that of `other`, if they have none themselves."""
    return {person: heights[other], **heights} if other in heights else heights


def _noted(
    take: Take, edit: dict[str, Any], heights: Callable[[dict[int, float]], dict[int, float]] = dict
) -> dict[str, Any]:
    """Return the provenance with `edit`, and with `heights` applied to the heights of single persons."""
    return with_heights({**take.provenance, "edits": [*take.provenance.get("edits", []), edit]}, heights)


def _scene(scene: SceneEstimate, errors: dict[int, Floats], findings: Iterable[Finding]) -> SceneEstimate:
    ordered = tuple(sorted(findings, key=lambda f: (f.person, f.first, f.kind)))
    return replace(scene, reprojection_px=errors, findings=ordered)


def _without(tracks: tuple[_Of, ...], person: int) -> tuple[_Of, ...]:
    return tuple(track for track in tracks if track.person != person)


# Each returns the rows of `a` where `mine` holds, elsewhere those of `b`, or empty rows without `b`.


def _rows2d(a: PersonTrack, b: PersonTrack | None, mine: Bools) -> PersonTrack:
    return a.where(mine, b)


def _rows3d(a: Track3D, b: Track3D | None, mine: Bools) -> Track3D:
    joints = np.nan if b is None else b.joints
    scores = 0 if b is None else b.scores
    theirs = np.nan if b is None or b.error_m is None else b.error_m
    error = None if a.error_m is None else np.where(mine[:, None, None], a.error_m, theirs).astype(np.float32)
    return replace(
        a,
        error_m=error,
        joints=np.where(mine[:, None, None], a.joints, joints).astype(np.float32),
        scores=np.where(mine[:, None], a.scores, scores).astype(np.float32),
    )


def _rows_lifted(a: LiftedTrack, b: LiftedTrack | None, mine: Bools) -> LiftedTrack:
    theirs = np.nan if b is None else b.relative * (a.unit_stature_m / b.unit_stature_m)
    return replace(a, relative=np.where(mine[:, None, None], a.relative, theirs).astype(np.float32))


def _rows_kept(a: TokenStages, b: TokenStages | None, mine: Bools) -> TokenStages:
    same = b is not None and b.blocks == a.blocks
    return replace(a, kept=np.where(mine, a.kept, b.kept if b is not None and same else False))


_Rows = Callable[[_Of, _Of | None, Bools], _Of]


def _as(track: _Of, person: int) -> _Of:
    return cast(_Of, replace(cast(Any, track), person=person))


def _cut(tracks: tuple[_Of, ...], person: int, new: int, before: Bools, rows: _Rows[_Of]) -> tuple[_Of, ...]:
    """Return the tracks with the person's track divided: `person` before, `new` after.

    The new track is the last one.
    """
    out = [rows(track, None, before) if track.person == person else track for track in tracks]
    return (*out, *(_as(rows(track, None, ~before), new) for track in tracks if track.person == person))


def _joined(tracks: tuple[_Of, ...], into: int, other: int, theirs: Bools, rows: _Rows[_Of]) -> tuple[_Of, ...]:
    """Return the tracks with rows of `other` where `theirs` holds merged into `into`.

    The merged track takes the position of the first of the two.
    """
    one, two = find_person(tracks, into), find_person(tracks, other)
    if one is not None:
        both = rows(one, two, ~theirs)
    elif two is not None:
        both = _as(rows(two, None, theirs), into)
    else:
        return tracks
    place = min(at for at, track in enumerate(tracks) if track.person in (into, other))
    rest = [track for track in tracks if track.person not in (into, other)]
    return (*rest[:place], both, *rest[place:])

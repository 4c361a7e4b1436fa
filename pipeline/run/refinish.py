"""From what the lifter left to a finished take, and the same again with other settings: no detector, no lifter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..core.camera import VideoInfo
from ..core.config import RunConfig
from ..core.poses import Track2D
from ..core.skeletons import h36m17_from
from ..core.take import LiftedTrack, SceneEstimate, Take, Track3D
from ..post.finish import LiftedPerson, finish
from ..take.provenance import can_finish_again, with_settings


def finish_tracks(
    tracks2d: Sequence[Track2D], lifted: Sequence[LiftedTrack], info: VideoInfo, config: RunConfig
) -> tuple[tuple[Track3D, ...], SceneEstimate]:
    """World-space tracks of everyone in `lifted` (in that order), and the camera's place: `post.finish.finish`.

    Their bodies may come from different lifters: all are brought to the first one's unit.
    """
    unit_m = lifted[0].unit_stature_m if lifted else 1.0
    by_person = {track.person: track for track in tracks2d}
    persons = []
    for one in lifted:
        track = by_person[one.person]
        joints, scores = h36m17_from(track.skeleton, track.joints_image, track.scores)
        relative = one.relative if one.unit_stature_m == unit_m else one.relative * (unit_m / one.unit_stature_m)
        persons.append(LiftedPerson(track.person, track.frame_index, track.time_s, joints, scores, relative))
    tracks3d, scene = finish(persons, info, config, unit_m)
    return tuple(tracks3d), scene


def refinish(take: Take, config: RunConfig) -> Take:
    """`take` with the steps behind the lifter (`config.post`, `config.scene`) done again. Nothing is lifted.

    A take that does not keep what was lifted (`can_finish_again`) is returned as it is. The provenance tells the
    new settings; what says how the take was detected and lifted stays.
    """
    if not can_finish_again(take):
        return take
    shown = [track.person for track in take.tracks3d]
    lifted = [one for person in shown if (one := take.lifted_of(person)) is not None]
    tracks3d, scene = finish_tracks(take.tracks2d, lifted, take.info, config)
    return replace(take, tracks3d=tracks3d, scene=scene, provenance=with_settings(take.provenance, config))

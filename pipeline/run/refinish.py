"""Refinish a take: repeat the steps after the lifter with other settings.

Neither detector nor lifter runs.
"""

from __future__ import annotations

from dataclasses import replace

from ..camera_motion.steady import turn_at
from ..core.camera import Camera
from ..core.config import RunConfig
from ..core.take import Take
from ..post.finish import finish
from ..take.provenance import can_refinish, with_settings
from .rejoin import kept_suggestions


def refinish(take: Take, config: RunConfig) -> Take:
    """Return `take` with the steps after the lifter (`config.post`, `config.scene`) repeated.

    A take without the lifter's output (`can_refinish`) is returned unchanged. The provenance gets the new settings; how
    the take was detected and lifted stays in it.
    """
    if not can_refinish(take):
        return take
    shown = [track.person for track in take.tracks3d]
    lifted = [one for person in shown if (one := take.lifted_of(person)) is not None]
    seen = replace(config, scene=config.scene.in_turned(take.info.turned_deg))
    camera = Camera.of(take.info, seen.scene, take.time_s)
    turn = turn_at(take.camera_turn, take.camera, camera)
    tracks3d, scene = finish(take.tracks2d, lifted, camera, seen, turn=turn)
    scene = kept_suggestions(take.scene, scene)
    provenance = with_settings(take.provenance, config)
    return replace(take, tracks3d=tracks3d, scene=scene, camera_turn=turn, provenance=provenance)

"""Finish lifted tracks: turn root-relative joints into skeletons in the world.

Each step has its file: size (stature) -> pose (clean_pose: gaps, one body, left-right swaps, reprojection refinement,
low-pass) -> root's path (root_path) -> gravity (camera_tilt) -> floor -> standing feet (foot_lock) -> limb twist
(limb_twist_rate).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..body.stature import ankle_height_m, height_note, stature_chain_m
from ..body.track_constants import TrackConstants
from ..camera_motion.steady import steady_lifted, steady_track, turn_note
from ..core.arrays import Doubles, check_shape
from ..core.camera import Camera
from ..core.config import RunConfig
from ..core.geometry import camera_from_world, rotation_world_from_camera
from ..core.poses import PersonTrack
from ..core.take import Finding, LiftedTrack, SceneEstimate, Track3D
from ..lift.uncertainty.estimate import standard_errors
from .camera_pauses import frames_only, rows_with_pauses, spread_lifted, spread_track
from .camera_roll import roll_finding, roll_note, seen_roll
from .clean_pose import CleanPose, clean_pose
from .findings import findings_of, uncertain_stretches
from .ground.camera_tilt import camera_tilt
from .ground.floor import find_floor
from .ground.foot_lock import lock_feet
from .ground.slow_fall import times_too_slow
from .image_refinement import ROOT_HZ
from .limb_twist_rate import limit_twist_rate
from .root_path import reprojection_px, root_path


def finish(
    tracks: Sequence[PersonTrack],
    lifted: Sequence[LiftedTrack],
    camera: Camera,
    config: RunConfig,
    errors: bool = True,
    turn: Doubles | None = None,
) -> tuple[tuple[Track3D, ...], SceneEstimate]:
    """Return world-space tracks of the people in `lifted`, and the camera's pose in the world.

    `tracks` holds the 2D of at least the lifted persons. Their bodies may come from different lifters: each is brought
    to the stature of `config.scene`. What was not set by the user or found in the file is assumed; the estimate's
    `notes` say which is which. `errors` False leaves out the joints' standard errors, for previews. `turn`: the
    measured turns of the camera, see `Take.camera_turn`. Raises ValueError if a person's 2D and 3D differ in length.
    """
    if turn is not None and config.scene.camera_motion == "measure":
        by_person = {track.person: track for track in tracks}
        for one in lifted:
            check_shape("relative", one.relative, (len(by_person[one.person].frame_index), 17, 3))
        tracks = [steady_track(track, camera, turn) for track in tracks]
        done = finish(tracks, [steady_lifted(one, turn) for one in lifted], camera, config, errors)
        return done[0], replace(done[1], turn=turn, notes={**done[1].notes, "turn": turn_note(turn)})
    rows = rows_with_pauses(tracks[0].time_s, camera.rate_hz) if tracks else None
    if rows is None:
        return _finish(tracks, lifted, camera, config, errors)
    wide = [spread_track(track, rows) for track in tracks]
    done = _finish(wide, [spread_lifted(one, rows) for one in lifted], camera, config, errors)
    return frames_only(*done, rows, tracks[0])


def _finish(
    tracks: Sequence[PersonTrack], lifted: Sequence[LiftedTrack], camera: Camera, config: RunConfig, errors: bool
) -> tuple[tuple[Track3D, ...], SceneEstimate]:
    """Finish tracks whose rows have an even rate; see `finish`."""
    rate_hz = camera.rate_hz
    by_person = {track.person: track for track in tracks}
    people = [by_person[one.person] for one in lifted]
    bodies = [config.scene.of_person(track.person) for track in people]
    ankles_m = [ankle_height_m(body) for body in bodies]
    notes: dict[str, str] = {"fov": camera.fov_from}
    notes["height"] = height_note({track.person: body.height_cm for track, body in zip(people, bodies, strict=True)})

    chosen = [
        camera_space(track, one, camera, replace(config, scene=body))
        for track, one, body in zip(people, lifted, bodies, strict=True)
    ]
    in_camera, poses = [joints for joints, _ in chosen], [pose for _, pose in chosen]
    tilt = camera_tilt(config.scene, in_camera, rate_hz, [one.relative for one in lifted])
    notes |= tilt.notes
    rotation = np.asarray(rotation_world_from_camera(tilt.pitch_deg, tilt.roll_deg), np.float64)
    turned = [joints @ rotation.T for joints in in_camera]
    slow = times_too_slow(turned, rate_hz)
    if slow is not None:
        notes["speed"] = f"bodies fall {slow:.1f} times too slowly: slow motion, recorded at {slow * rate_hz:.0f} Hz?"
    floor = find_floor(turned, [track.h36m17[1] for track in people], rate_hz, ankles_m)
    notes["floor"] = "assumed" if floor is None else "estimated from the feet"
    translation = np.array([0.0, 0.0, -(floor or 0.0)])
    # The origin is below the camera until the feet are locked, then below the first pelvis of the result.
    in_world = [
        lock_feet(joints + translation, rate_hz, config.post.foot_lock, translation, ankle_m)
        for joints, ankle_m in zip(turned, ankles_m, strict=True)
    ]
    if config.post.calm_turns and config.post.bones != "off":
        forward_only = config.post.limits == "repair"
        in_world = [limit_twist_rate(joints, rate_hz, forward_only)[0] for joints in in_world]
    for joints in in_world:
        pelvis = joints[np.isfinite(joints).all(axis=(1, 2)), 0]
        if len(pelvis):
            translation[:2] = -pelvis[0, :2]
            break

    tracks3d, errors_px = [], {}
    findings: list[Finding] = []
    roll_deg = seen_roll(people) if config.scene.roll_deg is None else 0
    if roll_deg:
        notes["camera"] = roll_note(roll_deg)
        findings.append(roll_finding(people[0], roll_deg))
    errors_m = [
        standard_errors(track, one.relative, camera, stature_chain_m(body)) if errors else None
        for track, one, body in zip(people, lifted, bodies, strict=True)
    ]
    for track, joints, pose, error_m in zip(people, in_world, poses, errors_m, strict=True):
        world = joints + translation * [1, 1, 0]
        seen = np.isfinite(world).all(axis=(1, 2))
        scores = np.where(seen[:, None], np.nan_to_num(pose.scores), 0).astype(np.float32)
        finished = Track3D(
            track.person, track.frame_index, track.time_s, world.astype(np.float32), scores, "world", error_m=error_m
        )
        tracks3d.append(finished)
        back = camera_from_world(world, rotation, translation)
        errors_px[track.person] = reprojection_px(back, pose.joints_image, pose.scores, camera)
        found = findings_of(track.person, pose.marks) + uncertain_stretches(finished, rate_hz)
        findings += sorted(found, key=lambda finding: (finding.first, finding.kind))
    return tuple(tracks3d), SceneEstimate(
        camera.fov_deg,
        tilt.pitch_deg,
        rotation,
        translation,
        notes,
        tilt.roll_deg,
        tilt.sigma_deg,
        errors_px,
        tuple(findings),
    )


def camera_space(
    track: PersonTrack,
    lifted: LiftedTrack,
    camera: Camera,
    config: RunConfig,
    constants: TrackConstants | None = None,
) -> tuple[Doubles, CleanPose]:
    """Return joints (T, 17, 3) in camera space with the root's path, and the clean pose.

    NaN = not seen. `config.scene` is that of this person. `constants`: those of the whole track, where this is a
    stretch of it.
    """
    constants = constants or TrackConstants()
    check_shape("relative", lifted.relative, (len(track.frame_index), 17, 3))
    relative = np.asarray(lifted.relative, np.float64) * (stature_chain_m(config.scene) / lifted.unit_stature_m)
    pose = clean_pose(relative, *track.h36m17, camera, config, constants.of("pose"))
    smooth_hz = min(config.post.smooth_hz, ROOT_HZ)
    root = root_path(pose.relative, pose.joints_image, pose.scores, camera, smooth_hz, constants.of("root"))
    return pose.relative + root[:, None], pose

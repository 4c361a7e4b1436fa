"""Measure a finished track: smoothness, speed, bones, rotations, feet, floor, path, gravity.

The reference is the clip's true motion. Root-relative metrics are taken in camera axes, so that an error of the
camera's pitch does not affect them; metrics in the world need a static camera.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from pipeline.body.bones import bone_lengths
from pipeline.body.filters import low_pass, runs
from pipeline.core.arrays import Doubles
from pipeline.core.geometry import camera_from_world
from pipeline.core.take import SceneEstimate, Track3D
from pipeline.post.joint_limits import backward
from pipeline.rig.rotations import solve
from pipeline.rig.skeleton import rig_from_world
from training.data.motion_file import UNIT_STATURE_M
from training.metrics import acceleration_error, joint_errors, p_joint_errors
from training.post_chain.lifted_clips import LiftedClip

REFERENCE_HZ = 6.0  # Hz, low-pass usual in movement science; applied to the truth, it sets the acceleration target
TURN_LIMIT_DEG = 60.0  # degrees per frame; larger local rotations count as errors
ANKLES, EXTREMITIES = [3, 6], [3, 6, 13, 16]  # H36M-17 indices: right, left; ankles and wrists
_CONTACT_M_S, _CONTACT_M, _CONTACT_S = 0.15, 0.05, 0.12  # speed, height over the lowest and duration of a contact
_NEAR_S = 0.1  # s, a large rotation of the truth within this time excuses one of the track

Bools = NDArray[np.bool_]


def clip_metrics(clip: LiftedClip, track: Track3D, scene: SceneEstimate) -> dict[str, float]:
    """Compute all metrics of one clip; NaN for missing ones.

    Lengths are in mm (path: m), angles in degrees.
    """
    world = track.joints.astype(np.float64)
    estimated = camera_from_world(world, scene.rotation, scene.translation)
    true = clip.camera.astype(np.float64)
    seen = np.isfinite(estimated).all(axis=(1, 2))
    lifted = np.isfinite(clip.raw).all(axis=(1, 2))
    out = {"frames": float(seen.sum()), "added_frames": float((seen & ~lifted).sum())}
    if seen.sum() < 3:
        return out
    both = seen & lifted
    raw = clip.raw.astype(np.float64) * (UNIT_STATURE_M / clip.unit_stature_m)
    out["mpjpe_mm"] = 1000 * float(joint_errors(estimated[both], true[both]).mean())
    out["mpjpe_raw_mm"] = 1000 * float(joint_errors(raw[both], true[both]).mean())
    out["p_mpjpe_mm"] = 1000 * float(p_joint_errors(estimated[both], true[both]).mean())
    out["p_mpjpe_raw_mm"] = 1000 * float(p_joint_errors(raw[both], true[both]).mean())

    rate = clip.rate_hz
    relative, still = estimated - estimated[:, :1], true - true[:, :1]
    reference = low_pass(still, seen, rate, REFERENCE_HZ)
    out["accel_mm"] = _over_runs(lambda a, b: acceleration_error(a, b, rate), relative, still, seen, 3)
    out["accel_raw_mm"] = _over_runs(lambda a, b: acceleration_error(a, b, rate), raw, still, lifted, 3)
    out["accel_reference_mm"] = _over_runs(lambda a, b: acceleration_error(a, b, rate), reference, still, seen, 3)
    out["peak_m_s"], out["peak_true_m_s"] = (peak_speed_m_s(joints, seen, rate) for joints in (relative, still))
    out["peak_raw_m_s"] = peak_speed_m_s(raw, lifted, rate)
    out["bone_spread_mm"] = 1000 * float(np.ptp(bone_lengths(estimated[seen]), axis=0).max())
    out["bone_spread_raw_mm"] = 1000 * float(np.ptp(bone_lengths(raw[lifted]), axis=0).max())
    step, wild, worst = turn_metrics(world, clip.world.astype(np.float64), seen, rate)
    out["turn_deg"], out["turns_over"], out["turn_true_deg"] = step, wild, worst
    out |= backward_shares(estimated, true, seen) | {"back_raw_share": 100 * float(backward(raw[lifted]).mean())}
    return out | (_in_world(clip, world, scene, seen) if clip.still else {})


def _over_runs(
    measure: Callable[[Doubles, Doubles], Doubles], a: Doubles, b: Doubles, seen: Bools, shortest: int
) -> float:
    """Average a metric of consecutive frames over the runs of detected frames, times 1000."""
    parts = [measure(a[run], b[run]) for run in runs(seen) if run.stop - run.start >= shortest]
    return 1000 * float(np.concatenate(parts).mean()) if parts else np.nan


def peak_speed_m_s(joints: Doubles, seen: Bools, rate_hz: float) -> float:
    """Compute the 95th percentile of root-relative wrist and ankle speed, m/s.

    Only steps between detected frames count.
    """
    speed = np.linalg.norm(np.diff(joints - joints[:, :1], axis=0), axis=-1)[:, EXTREMITIES] * rate_hz
    speed = speed[seen[1:] & seen[:-1]]
    return float(np.percentile(speed, 95)) if speed.size else np.nan


def turn_metrics(world: Doubles, true: Doubles, seen: Bools, rate_hz: float) -> tuple[float, float, float]:
    """Measure rotations of bones relative to their parents from frame to frame, degrees.

    Returns the largest, the number over `TURN_LIMIT_DEG` without one in the truth near by, and the truth's largest.
    """
    largest, over, largest_true = 0.0, 0, 0.0
    near = max(1, round(_NEAR_S * rate_hz))
    for run in runs(seen):
        if run.stop - run.start < 2:
            continue
        steps = _steps_deg(world[run], rate_hz)
        truth = _steps_deg(true[run], rate_hz)
        padded = np.pad(truth, ((near, near), (0, 0)))
        around = np.lib.stride_tricks.sliding_window_view(padded, 2 * near + 1, axis=0).max(-1)
        over += int(((steps > TURN_LIMIT_DEG) & (around <= TURN_LIMIT_DEG)).sum())
        largest, largest_true = max(largest, float(steps.max())), max(largest_true, float(truth.max()))
    return largest, float(over), largest_true


def _steps_deg(world: Doubles, rate_hz: float) -> Doubles:
    """Compute the geodesic steps of the local rotations, degrees: (T, 17, 3) -> (T - 1, 21)."""
    pose = solve(rig_from_world(world), np.arange(len(world)) / rate_hz, rate_hz).rotations
    dot = np.abs(np.einsum("tjc,tjc->tj", pose[1:], pose[:-1]))
    return np.asarray(np.degrees(2 * np.arccos(np.clip(dot, 0, 1))))


def backward_shares(estimated: Doubles, true: Doubles, seen: Bools) -> dict[str, float]:
    """Compute the share (%) of knees and elbows that bend backward, estimated and true.

    `pipeline.post.joint_limits` defines backward.
    """
    return {
        "back_share": 100 * float(backward(estimated[seen]).mean()),
        "back_true_share": 100 * float(backward(true[seen]).mean()),
    }


def true_contacts(world: Doubles, rate_hz: float) -> Bools:
    """Detect the true floor contacts (T, 2) of the right and left ankle.

    A contact is slow and near the ankle's lowest height.
    """
    ankles = world[:, ANKLES]
    speed = np.linalg.norm(np.gradient(ankles, axis=0), axis=-1) * rate_hz
    low = ankles[..., 2] < np.percentile(ankles[..., 2], 5) + _CONTACT_M
    standing = (speed < _CONTACT_M_S) & low
    for foot in range(2):
        for run in runs(standing[:, foot]):
            if run.stop - run.start < _CONTACT_S * rate_hz:
                standing[run, foot] = False
    return standing


def camera_rotation(clip: LiftedClip) -> Doubles:
    """Fit the rotation camera_from_world (3, 3) of a static camera to the true joints (Kabsch)."""
    world, camera = (j.astype(np.float64).reshape(-1, 3) for j in (clip.world, clip.camera))
    u, _, vt = np.linalg.svd((camera - camera.mean(0)).T @ (world - world.mean(0)))
    return np.asarray(u @ np.diag([1, 1, np.sign(np.linalg.det(u @ vt))]) @ vt)


def _in_world(clip: LiftedClip, world: Doubles, scene: SceneEstimate, seen: Bools) -> dict[str, float]:
    """Compute gravity, path, floor and foot slip errors in the world, of a static camera."""
    axes = camera_rotation(clip)
    true = clip.world.astype(np.float64)
    # Move the truth into the estimate's world: +y away from the camera, origin under the first detected pelvis.
    heading = np.arctan2(axes[2, 0], axes[2, 1])
    c, s = np.cos(heading), np.sin(heading)
    true = true @ np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]).T
    first = int(np.argmax(seen))
    true[..., :2] -= true[first, 0, :2]
    pitch = np.degrees(np.arcsin(np.clip(-axes[2, 2], -1, 1)))
    up, up_true = scene.rotation.T @ [0, 0, 1], axes @ [0, 0, 1]
    out = {
        "pitch_error_deg": float(abs(scene.pitch_deg - pitch)),
        "gravity_error_deg": float(np.degrees(np.arccos(np.clip(up @ up_true, -1, 1)))),
    }
    off = np.linalg.norm(world[seen, 0, :2] - true[seen, 0, :2], axis=1)
    walked = low_pass(true[:, 0, :2], np.ones(len(true), np.bool_), clip.rate_hz, 1.0)
    out["path_error_m"] = float(np.sqrt(np.mean(off**2)))
    out["walked_m"] = float(np.linalg.norm(np.diff(walked, axis=0), axis=1).sum())
    out["distance_m"] = float(np.median(np.linalg.norm(clip.camera[:, 0], axis=1)))
    out["path_ok_walked"] = float(out["path_error_m"] < max(0.08 * out["walked_m"], 0.05))
    out["path_ok_distance"] = float(out["path_error_m"] < max(0.08 * out["distance_m"], 0.05))
    standing = true_contacts(true, clip.rate_hz) & seen[:, None]
    if standing.any():
        off_z = world[:, ANKLES, 2][standing] - true[:, ANKLES, 2][standing]
        out["floor_error_mm"] = 1000 * float(abs(np.median(off_z)))
        slips = [(contact_slip(world[run, joint]), contact_slip(true[run, joint]))
                 for foot, joint in enumerate(ANKLES) for run in runs(standing[:, foot])
                 if run.stop - run.start >= _CONTACT_S * clip.rate_hz]  # fmt: skip
        if slips:
            out["slip_mm"], out["slip_true_mm"] = (
                1000 * float(np.median(values)) for values in zip(*slips, strict=True)
            )
    return out


def contact_slip(ankle: Doubles) -> float:
    """Measure the horizontal slip of an ankle (T, 3) in one contact, m.

    It is the diagonal of the box around the ankle's path.
    """
    return float(np.linalg.norm(np.ptp(ankle[:, :2], axis=0)))

"""What a finished track is measured by: smoothness, peaks kept, bones, rotations, feet, floor, path and gravity.

Everything is compared with the clip's own motion. Root-relative measures are taken in the camera's axes, so that a
wrong pitch does not count there; those of the world need a camera that stands still.
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

REFERENCE_HZ = 6.0  # what movement science smooths with: the bar of the acceleration
TURN_BAR_DEG = 60.0
ANKLES, SPEEDY = [3, 6], [3, 6, 13, 16]
_CONTACT_M_S, _CONTACT_M, _CONTACT_S = 0.15, 0.05, 0.12
_NEAR_S = 0.1  # a turn of the truth this near excuses one

Bools = NDArray[np.bool_]


def bars(sight: LiftedClip, track: Track3D, scene: SceneEstimate) -> dict[str, float]:
    """All measures of one clip; NaN for what it does not have. Lengths mm (path: m), angles degrees."""
    world = track.joints.astype(np.float64)
    found = camera_from_world(world, scene.rotation, scene.translation)
    true = sight.camera.astype(np.float64)
    seen = np.isfinite(found).all(axis=(1, 2))
    lifted = np.isfinite(sight.raw).all(axis=(1, 2))
    out = {"frames": float(seen.sum()), "added_frames": float((seen & ~lifted).sum())}
    if seen.sum() < 3:
        return out
    both = seen & lifted
    raw = sight.raw.astype(np.float64) * (UNIT_STATURE_M / sight.unit_stature_m)
    out["mpjpe_mm"] = 1000 * float(joint_errors(found[both], true[both]).mean())
    out["mpjpe_raw_mm"] = 1000 * float(joint_errors(raw[both], true[both]).mean())
    out["p_mpjpe_mm"] = 1000 * float(p_joint_errors(found[both], true[both]).mean())
    out["p_mpjpe_raw_mm"] = 1000 * float(p_joint_errors(raw[both], true[both]).mean())

    rate = sight.rate_hz
    relative, still = found - found[:, :1], true - true[:, :1]
    reference = low_pass(still, seen, rate, REFERENCE_HZ)
    out["accel_mm"] = _over_runs(lambda a, b: acceleration_error(a, b, rate), relative, still, seen, 3)
    out["accel_raw_mm"] = _over_runs(lambda a, b: acceleration_error(a, b, rate), raw, still, lifted, 3)
    out["accel_reference_mm"] = _over_runs(lambda a, b: acceleration_error(a, b, rate), reference, still, seen, 3)
    out["peak_m_s"], out["peak_true_m_s"] = (peak(joints, seen, rate) for joints in (relative, still))
    out["peak_raw_m_s"] = peak(raw, lifted, rate)
    out["bone_spread_mm"] = 1000 * float(np.ptp(bone_lengths(found[seen]), axis=0).max())
    out["bone_spread_raw_mm"] = 1000 * float(np.ptp(bone_lengths(raw[lifted]), axis=0).max())
    step, wild, worst = turns(world, sight.world.astype(np.float64), seen, rate)
    out["turn_deg"], out["turns_over"], out["turn_true_deg"] = step, wild, worst
    out |= backwards(found, true, seen) | {"back_raw_share": 100 * float(backward(raw[lifted]).mean())}
    return out | (_in_world(sight, world, scene, seen) if sight.still else {})


def _over_runs(
    measure: Callable[[Doubles, Doubles], Doubles], a: Doubles, b: Doubles, seen: Bools, shortest: int
) -> float:
    """Mean of a measure that needs consecutive frames, over the stretches that were seen; times 1000."""
    parts = [measure(a[run], b[run]) for run in runs(seen) if run.stop - run.start >= shortest]
    return 1000 * float(np.concatenate(parts).mean()) if parts else np.nan


def peak(joints: Doubles, seen: Bools, rate_hz: float) -> float:
    """95th percentile of the root-relative speed of wrists and ankles, m/s, over steps between frames seen."""
    speed = np.linalg.norm(np.diff(joints - joints[:, :1], axis=0), axis=-1)[:, SPEEDY] * rate_hz
    speed = speed[seen[1:] & seen[:-1]]
    return float(np.percentile(speed, 95)) if speed.size else np.nan


def turns(world: Doubles, true: Doubles, seen: Bools, rate_hz: float) -> tuple[float, float, float]:
    """Largest turn (degrees) of a bone against its parent from frame to frame; how many are over the bar although the
    truth has none near by; the largest of the truth."""
    largest, over, largest_true = 0.0, 0, 0.0
    near = max(1, round(_NEAR_S * rate_hz))
    for run in runs(seen):
        if run.stop - run.start < 2:
            continue
        steps = _steps_deg(world[run], rate_hz)
        truth = _steps_deg(true[run], rate_hz)
        padded = np.pad(truth, ((near, near), (0, 0)))
        around = np.lib.stride_tricks.sliding_window_view(padded, 2 * near + 1, axis=0).max(-1)
        over += int(((steps > TURN_BAR_DEG) & (around <= TURN_BAR_DEG)).sum())
        largest, largest_true = max(largest, float(steps.max())), max(largest_true, float(truth.max()))
    return largest, float(over), largest_true


def _steps_deg(world: Doubles, rate_hz: float) -> Doubles:
    """(T, 17, 3) -> (T - 1, 21) geodesic step of the local rotations."""
    pose = solve(rig_from_world(world), np.arange(len(world)) / rate_hz, rate_hz).rotations
    dot = np.abs(np.einsum("tjc,tjc->tj", pose[1:], pose[:-1]))
    return np.asarray(np.degrees(2 * np.arccos(np.clip(dot, 0, 1))))


def backwards(found: Doubles, true: Doubles, seen: Bools) -> dict[str, float]:
    """Share (%) of the knees and elbows that bend backward, found and true: see `pipeline.post.joint_limits`."""
    return {
        "back_share": 100 * float(backward(found[seen]).mean()),
        "back_true_share": 100 * float(backward(true[seen]).mean()),
    }


def contacts(world: Doubles, rate_hz: float) -> Bools:
    """(T, 2) of the truth: ankles (right, left) that stand on the floor: slow and near their lowest."""
    ankles = world[:, ANKLES]
    speed = np.linalg.norm(np.gradient(ankles, axis=0), axis=-1) * rate_hz
    low = ankles[..., 2] < np.percentile(ankles[..., 2], 5) + _CONTACT_M
    standing = (speed < _CONTACT_M_S) & low
    for foot in range(2):
        for run in runs(standing[:, foot]):
            if run.stop - run.start < _CONTACT_S * rate_hz:
                standing[run, foot] = False
    return standing


def axes_of(sight: LiftedClip) -> Doubles:
    """(3, 3) camera_from_world of the (still) camera, from the joints in both (Kabsch)."""
    world, camera = (j.astype(np.float64).reshape(-1, 3) for j in (sight.world, sight.camera))
    u, _, vt = np.linalg.svd((camera - camera.mean(0)).T @ (world - world.mean(0)))
    return np.asarray(u @ np.diag([1, 1, np.sign(np.linalg.det(u @ vt))]) @ vt)


def _in_world(sight: LiftedClip, world: Doubles, scene: SceneEstimate, seen: Bools) -> dict[str, float]:
    axes = axes_of(sight)
    true = sight.world.astype(np.float64)
    # The estimate's world: +y away from the camera, origin under the first pelvis that was seen.
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
    walked = low_pass(true[:, 0, :2], np.ones(len(true), np.bool_), sight.rate_hz, 1.0)
    out["path_error_m"] = float(np.sqrt(np.mean(off**2)))
    out["walked_m"] = float(np.linalg.norm(np.diff(walked, axis=0), axis=1).sum())
    out["distance_m"] = float(np.median(np.linalg.norm(sight.camera[:, 0], axis=1)))
    out["path_ok_walked"] = float(out["path_error_m"] < max(0.08 * out["walked_m"], 0.05))
    out["path_ok_distance"] = float(out["path_error_m"] < max(0.08 * out["distance_m"], 0.05))
    standing = contacts(true, sight.rate_hz) & seen[:, None]
    if standing.any():
        off_z = world[:, ANKLES, 2][standing] - true[:, ANKLES, 2][standing]
        out["floor_error_mm"] = 1000 * float(abs(np.median(off_z)))
        slips = [(slip(world[run, joint]), slip(true[run, joint]))
                 for foot, joint in enumerate(ANKLES) for run in runs(standing[:, foot])
                 if run.stop - run.start >= _CONTACT_S * sight.rate_hz]  # fmt: skip
        if slips:
            out["slip_mm"], out["slip_true_mm"] = (
                1000 * float(np.median(values)) for values in zip(*slips, strict=True)
            )
    return out


def slip(ankle: Doubles) -> float:
    """(T, 3) of one contact -> metres between its two horizontal places furthest apart (of the box around them)."""
    return float(np.linalg.norm(np.ptp(ankle[:, :2], axis=0)))

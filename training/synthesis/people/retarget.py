"""Retarget motion of 17 joints to a body as rotations of its bones, with plausible twist.

The rotation of every limb comes from the program's own rig (`pipeline.rig.rotations`): planes of knees and elbows,
smoothed where limbs are straight. Motion that 17 joints do not determine is modelled: shoulder blades rise with the
arm, the spine bends over five joints, forearms twist half in each half, and feet are flat near the floor.

Shapes: `T` frames, `B` bones. World: metres, z up.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

from pipeline.body.bones import unit
from pipeline.core.arrays import Doubles
from pipeline.rig.rotations import solve
from pipeline.rig.skeleton import NAMES, PARENTS, rig_from_world
from training.synthesis.people.bodies import Body
from training.synthesis.people.body_model import body_model

_RIG = rig_from_world(np.eye(3)).T  # (3, 3): rig axes = _RIG @ world
_UP, _LEFT, _FRONT = np.array([0.0, 0, 1]), np.array([1.0, 0, 0]), np.array([0.0, -1, 0])
# Metres from the vertex of the mocap's head to the tip of the nose, in the head's axes (shared/mocap's README).
_NOSE_FORWARD, _NOSE_DOWN = 0.110, 0.140
_SIDES = (("L", "Left", 1.0), ("R", "Right", -1.0))
# Share of the rotation from pelvis to chest for the spine's bones, and from chest to head for the neck's.
_SPINE = {"spine05": 0.1, "spine04": 0.3, "spine03": 0.55, "spine02": 0.8, "spine01": 1.0}
_NECK = {"neck01": 0.3, "neck02": 0.5, "neck03": 0.75, "head": 1.0}
_LIFT_FROM, _LIFT_SHARE, _LIFT_MOST = np.radians(30), 0.3, np.radians(32)  # shoulder girdle, by the arm's elevation
_SPINE_PLACE = 0.45  # share of the way from pelvis to thorax at which the mocap's `spine` lies
_MOST_BEND = np.radians(35)
_FLAT_M, _LIFTED_M = 0.03, 0.13  # metres: ankle above its standing height, foot flat / lifted; stature 1.7


@dataclass(frozen=True, slots=True)
class Posed:
    """Hold a body in motion as transforms of its bones from the rest pose to the world."""

    rotations: Doubles  # (T, B, 3, 3)
    translations: Doubles  # (T, B, 3)
    heads: Doubles  # (T, B, 3) starts of the bones

    def matrices(self) -> Doubles:
        """Stack the transforms as matrices (T, B, 3, 4) for the renderer."""
        return np.concatenate([self.rotations, self.translations[..., None]], axis=-1)

    def moved(self, turn: Doubles, by: Doubles) -> Posed:
        """Rotate the body about the origin by (3, 3), then move it by (3,) or (T, 3)."""
        by = np.broadcast_to(by, (len(self.heads), 3))[:, None]
        return Posed(turn @ self.rotations, self.translations @ turn.T + by, self.heads @ turn.T + by)


@dataclass(frozen=True, slots=True)
class Manner:
    """Hold the angles that the 17 joints do not determine.

    Radians, per frame where the angle changes.
    """

    forearm: Doubles  # (T, 2) twist of the left and right forearm; positive: thumb outward
    wrist: Doubles  # (T, 2, 2) bend and sideways bend of the hands
    fingers: Doubles  # (T, 2) curl: 0 straight, 1 a fist
    toes_out: Doubles  # (2,) outward angle of the feet, left and right

    @staticmethod
    def still(frames: int) -> Manner:
        return Manner(np.zeros((frames, 2)), np.zeros((frames, 2, 2)), np.full((frames, 2), 0.25), np.full(2, 0.12))


def retargeted(body: Body, motion: Doubles, rate_hz: float, manner: Manner) -> Posed:
    """Pose the body so that it follows the motion of 17 joints.

    `motion` (T, 17, 3) has joints of any person, world, metres. The pelvis follows the motion's pelvis, scaled to the
    body's leg length, so the floor keeps its height for feet that stand on it.
    """
    ratio = leg_length(body) / _leg_of(motion)
    feet = _feet(motion, manner.toes_out, rate_hz)
    turns = _rig_turns(motion, rate_hz, feet)
    _bend(turns, motion)
    turns["Head"] = _head(motion, turns["Head"])
    model = body_model()
    rotations = np.empty((len(motion), len(model.bone_names), 3, 3))
    for bone, turn in enumerate(_bone_turns(body, turns, manner)):
        rotations[:, bone] = turn
    heads = _places(body, rotations)
    _straighten_trunk(body, motion, rotations, heads)
    heads = _places(body, rotations)
    hips = (heads[:, model.bone("upperleg01.L")] + heads[:, model.bone("upperleg01.R")]) / 2
    heads += (motion[:, 0] * ratio - hips)[:, None]
    return Posed(rotations, heads - np.einsum("tbij,bj->tbi", rotations, body.heads), heads)


def leg_length(body: Body) -> float:
    """Compute the length of the leg from hip to ankle, metres."""
    bone = body_model().bone
    hip, knee, ankle = (body.heads[bone(f"{name}.L")] for name in ("upperleg01", "lowerleg01", "foot"))
    return float(np.linalg.norm(knee - hip) + np.linalg.norm(ankle - knee))


def _leg_of(motion: Doubles) -> float:
    bones = [np.linalg.norm(motion[:, a] - motion[:, b], axis=-1) for a, b in ((1, 2), (2, 3), (4, 5), (5, 6))]
    return float(np.median(sum(bones)) / 2)


def anatomical(body: Body, posed: Posed) -> Doubles:
    """Compute the centres of the body's own joints (T, 17, 3), to compare with motion capture.

    The head's points come from the head's axes.
    """
    model = body_model()
    out = np.zeros((len(posed.heads), 17, 3))
    for side, joints in (("R", (1, 2, 3, 14, 15, 16)), ("L", (4, 5, 6, 11, 12, 13))):
        names = ("upperleg01", "lowerleg01", "foot", "upperarm01", "lowerarm01", "wrist")
        for joint, name in zip(joints, names, strict=True):
            out[:, joint] = posed.heads[:, model.bone(f"{name}.{side}")]
    out[:, 0], out[:, 8] = (out[:, 1] + out[:, 4]) / 2, (out[:, 11] + out[:, 14]) / 2
    out[:, 7] = (out[:, 0] + out[:, 8]) / 2
    head = model.bone("head")
    rest_top = np.array([0.0, body.heads[head, 1], body.stature_m])
    place = posed.rotations[:, head]
    out[:, 10] = place @ rest_top + posed.translations[:, head]
    out[:, 9] = out[:, 10] + place @ (_FRONT * _NOSE_FORWARD - _UP * _NOSE_DOWN)
    return out


def _rig_turns(motion: Doubles, rate_hz: float, feet: Doubles) -> dict[str, Doubles]:
    """Solve the rotations (T, 3, 3) of the rig's bones from its T-pose, world axes."""
    from scipy.spatial.transform import Rotation

    times = np.arange(len(motion)) / rate_hz
    pose = solve(motion @ _RIG.T, times, rate_hz, feet @ _RIG.T)
    local = Rotation.from_quat(pose.rotations.reshape(-1, 4)).as_matrix().reshape(len(motion), len(NAMES), 3, 3)
    turns = np.empty_like(local)
    for bone, parent in enumerate(PARENTS):
        turns[:, bone] = local[:, bone] if parent < 0 else turns[:, parent] @ local[:, bone]
    turns = _RIG.T @ turns @ _RIG
    return {name: turns[:, bone] for bone, name in enumerate(NAMES)}


def _bend(turns: dict[str, Doubles], motion: Doubles) -> None:
    """Lean the pelvis against the trunk by the mocap's `spine`, relative to its median lean."""
    across = turns["Hips"] @ _LEFT
    lower = unit(motion[:, 7] - motion[:, 0] - _SPINE_PLACE * 0)
    local = np.einsum("tji,tj->ti", turns["Hips"], lower)
    lean = np.arctan2(-local[:, 1], local[:, 2])
    lean = np.clip(lean - np.median(lean), -_MOST_BEND, _MOST_BEND)
    turns["Hips"] = _about(across, 0.7 * lean) @ turns["Hips"]
    turns["Spine1"] = _about(turns["Spine1"] @ _LEFT, -0.4 * lean) @ turns["Spine1"]


def _head(motion: Doubles, turn: Doubles) -> Doubles:
    """Compute the head's rotation (T, 3, 3), exact along the line from vertex to nose.

    About that line it is as near to the rig's head as possible.
    """
    rest = unit(_FRONT * _NOSE_FORWARD - _UP * _NOSE_DOWN)
    return _frames(motion[:, 9] - motion[:, 10], turn @ _LEFT) @ _frame(rest, _LEFT).T


def _feet(motion: Doubles, toes_out: Doubles, rate_hz: float) -> Doubles:
    """Estimate unit vectors from ankles to toes (T, 2, 3), left and right.

    A foot is level where its ankle is low, and hangs slightly elsewhere.
    """
    from scipy.ndimage import gaussian_filter1d

    size = _leg_of(motion) / 0.83
    hips = unit(motion[:, 4] - motion[:, 1])
    trunk = unit(motion[:, 8] - motion[:, 0])
    front = unit(np.cross(hips, trunk))
    out = np.empty((len(motion), 2, 3))
    for side, (hip, knee, ankle) in enumerate(((4, 5, 6), (1, 2, 3))):
        thigh, shank = unit(motion[:, knee] - motion[:, hip]), unit(motion[:, ankle] - motion[:, knee])
        bend = np.cross(thigh, shank)
        amount = np.clip(np.linalg.norm(bend, axis=-1, keepdims=True) / 0.4, 0, 1)
        across = unit(hips * (1 - amount) + unit(bend) * amount * np.sign((bend * hips).sum(-1, keepdims=True) + 1e-6))
        ahead = unit(np.cross(across, -shank) + 1e-9 * front)
        hanging = unit(ahead + 0.35 * shank)
        level = ahead * [1, 1, 0]
        level = unit(np.where(np.linalg.norm(level, axis=-1, keepdims=True) > 0.3, level, front * [1, 1, 0]) + 1e-9)
        level = (
            _about(np.broadcast_to(_UP, level.shape), (1 if side == 0 else -1) * toes_out[side])[0] @ level[..., None]
        )
        flat = unit(level[..., 0] - 0.42 * _UP)
        height = motion[:, ankle, 2] - max(np.percentile(motion[:, ankle, 2], 3), 0.0)
        upright = np.clip((-shank[:, 2] - 0.2) / 0.3, 0, 1)
        down = np.clip((_LIFTED_M * size - height) / ((_LIFTED_M - _FLAT_M) * size), 0, 1) * upright
        mixed = unit(flat * down[:, None] + hanging * (1 - down[:, None]))
        out[:, side] = unit(gaussian_filter1d(mixed, max(0.03 * rate_hz, 0.3), axis=0, mode="nearest"))
    return out


def _bone_turns(body: Body, turns: dict[str, Doubles], manner: Manner) -> list[Doubles]:
    """Compute the rotation (T, 3, 3) of every bone from the body's rest pose."""
    rest = _rest_turns(body)
    frames = len(turns["Hips"])
    found: dict[str, Doubles] = {}
    hips, chest, head = turns["Hips"], turns["Spine1"], turns["Head"]
    found["root"] = found["pelvis.L"] = found["pelvis.R"] = hips
    found |= {name: _between(hips, chest, share) for name, share in _SPINE.items()}
    found |= {name: _between(chest, head, share) for name, share in _NECK.items()}
    found["eye.L"] = found["eye.R"] = head
    for index, (side, word, sign) in enumerate(_SIDES):
        upper, fore = turns[f"{word}Arm"] @ rest[f"arm{side}"], turns[f"{word}ForeArm"] @ rest[f"fore{side}"]
        shoulder = turns[f"{word}Arm"] @ (sign * _LEFT)
        raised = np.arcsin(np.clip(np.einsum("ti,ti->t", shoulder, chest @ _UP), -1, 1)) + np.pi / 2
        lift = np.clip((raised - _LIFT_FROM) * _LIFT_SHARE, 0, _LIFT_MOST)
        forward = np.clip(np.einsum("ti,ti->t", shoulder, chest @ _FRONT), 0, 1) * 0.3
        girdle = _about(chest @ _FRONT, -sign * lift) @ _about(chest @ _UP, -sign * forward) @ chest
        found[f"clavicle.{side}"] = _between(chest, girdle, 0.7)
        found[f"shoulder01.{side}"] = girdle
        along = unit(upper @ rest[f"arm axis {side}"])
        found[f"upperarm01.{side}"] = _half_twisted(girdle @ rest[f"arm{side}"], upper, rest[f"arm axis {side}"])
        found[f"upperarm02.{side}"] = upper
        del along
        axis = fore @ rest[f"fore axis {side}"]
        found[f"lowerarm01.{side}"] = _about(axis, sign * 0.4 * manner.forearm[:, index]) @ fore
        turned = _about(axis, sign * manner.forearm[:, index]) @ fore
        found[f"lowerarm02.{side}"] = turned
        found[f"wrist.{side}"] = hand = _hand(turned, rest, side, manner.wrist[:, index])
        _fingers(found, hand, rest, side, manner.fingers[:, index])
        thigh, shank = turns[f"{word}UpLeg"] @ rest[f"thigh{side}"], turns[f"{word}Leg"] @ rest[f"shank{side}"]
        found[f"upperleg01.{side}"] = _half_twisted(hips @ rest[f"thigh{side}"], thigh, rest[f"thigh axis {side}"])
        found[f"upperleg02.{side}"] = thigh
        found[f"lowerleg01.{side}"] = found[f"lowerleg02.{side}"] = shank
        found[f"foot.{side}"] = turns[f"{word}Foot"]
    names = body_model().bone_names
    parents = body_model().parents
    for name, parent in zip(names, parents, strict=True):
        if name not in found:
            found[name] = found[names[parent]] if parent >= 0 else np.broadcast_to(np.eye(3), (frames, 3, 3))
    return [found[name] for name in names]


def _rest_turns(body: Body) -> dict[str, Doubles]:
    """Compute each limb's rotation (3, 3) to the rig's T-pose, and its direction (3,).

    The rotation starts from the body's rest pose, where the direction is measured too.
    """
    bone = body_model().bone
    out: dict[str, Doubles] = {}
    for side, _, sign in _SIDES:

        def at(name: str, side: str = side) -> Doubles:
            return body.heads[bone(f"{name}.{side}")]

        arm, fore = at("lowerarm01") - at("upperarm01"), at("wrist") - at("lowerarm01")
        hinge = -sign * np.cross(arm, fore)
        thigh, shank = at("lowerleg01") - at("upperleg01"), at("foot") - at("lowerleg01")
        knee = np.cross(thigh, shank)
        out[f"arm{side}"] = _frame(sign * _LEFT, _UP) @ _frame(arm, hinge).T
        out[f"fore{side}"] = _frame(sign * _LEFT, _UP) @ _frame(fore, hinge).T
        out[f"thigh{side}"] = _frame(-_UP, _LEFT) @ _frame(thigh, knee).T
        out[f"shank{side}"] = _frame(-_UP, _LEFT) @ _frame(shank, knee).T
        for key, axis in (("arm", arm), ("fore", fore), ("thigh", thigh)):
            out[f"{key} axis {side}"] = unit(axis[None])[0]
        fingers = at("finger3-1") - at("wrist")
        thumb = at("finger1-2") - at("wrist")
        out[f"palm {side}"] = unit(sign * np.cross(fingers, thumb)[None])[0]  # points out of the back of the hand
        out[f"across {side}"] = unit(np.cross(fingers, out[f"palm {side}"])[None])[0]
    return out


def _hand(forearm: Doubles, rest: dict[str, Doubles], side: str, bend: Doubles) -> Doubles:
    across, palm = forearm @ rest[f"across {side}"], forearm @ rest[f"palm {side}"]
    return np.asarray(_about(across, bend[:, 0]) @ _about(palm, bend[:, 1]) @ forearm)


def _fingers(found: dict[str, Doubles], hand: Doubles, rest: dict[str, Doubles], side: str, curl: Doubles) -> None:
    """Bend four fingers at three joints alike, and the thumb less (0.5 against 1.35 rad)."""
    across = rest[f"across {side}"]
    for finger in range(1, 6):
        turn = hand
        for joint in range(1, 4):
            angle = curl * (1.35 if finger > 1 else 0.5) * (1.0 if joint < 3 else 0.7)
            turn = _about(turn @ across, angle) @ turn
            found[f"finger{finger}-{joint}.{side}"] = turn


def _places(body: Body, rotations: Doubles) -> Doubles:
    """Compute the starts of the bones (T, B, 3), with the root at the origin."""
    heads = np.zeros(rotations.shape[:3])
    for bone, parent in enumerate(body_model().parents):
        if parent >= 0:
            heads[:, bone] = heads[:, parent] + rotations[:, parent] @ (body.heads[bone] - body.heads[parent])
    return heads


def _straighten_trunk(body: Body, motion: Doubles, rotations: Doubles, heads: Doubles) -> None:
    """Rotate the spine's bones, in place, to the trunk direction of the motion.

    The middle of the shoulders then lies over the hips as in the motion.
    """
    model = body_model()

    def middle(name: str) -> Doubles:
        return np.asarray((heads[:, model.bone(f"{name}.L")] + heads[:, model.bone(f"{name}.R")]) / 2)

    have, want = unit(middle("upperarm01") - middle("upperleg01")), unit(motion[:, 8] - motion[:, 0])
    axis = np.cross(have, want)
    angle = np.arctan2(np.linalg.norm(axis, axis=-1), (have * want).sum(-1))
    turn = _about(unit(axis + 1e-12), np.clip(angle, 0, 0.6))
    for name in _SPINE:
        rotations[:, model.bone(name)] = turn @ rotations[:, model.bone(name)]


def _frame(along: Doubles, side: Doubles) -> Doubles:
    """Build axes (3, 3) with columns `along`, near `side`, and their cross product."""
    return np.asarray(_frames(along[None], side[None])[0])


def _frames(along: Doubles, side: Doubles) -> Doubles:
    x = unit(along)
    y = unit(side - (side * x).sum(-1, keepdims=True) * x)
    return np.stack([x, y, np.cross(x, y)], axis=-1)


def _about(axis: Doubles, angle: Doubles | float) -> Doubles:
    """Compute the rotations (T, 3, 3) about unit axes (T, 3) by (T,) radians."""
    from scipy.spatial.transform import Rotation

    angle = np.broadcast_to(np.asarray(angle, np.float64), axis.shape[:1])
    return np.asarray(Rotation.from_rotvec(axis * angle[:, None]).as_matrix())


def _between(start: Doubles, end: Doubles, share: float) -> Doubles:
    """Interpolate rotations (T, 3, 3) at `share` of the way from `start` to `end`."""
    from scipy.spatial.transform import Rotation

    step = Rotation.from_matrix(np.swapaxes(start, 1, 2) @ end).as_rotvec()
    return np.asarray(start @ Rotation.from_rotvec(share * step).as_matrix())


def _half_twisted(parent: Doubles, turn: Doubles, axis: Doubles) -> Doubles:
    """Halve the twist of `turn` (T, 3, 3) against its parent about `axis` (3,) at rest."""
    from scipy.spatial.transform import Rotation

    step = Rotation.from_matrix(np.swapaxes(parent, 1, 2) @ turn).as_quat()
    twist = 2 * np.arctan2(step[:, :3] @ axis, step[:, 3])
    twist = (twist + np.pi) % (2 * np.pi) - np.pi
    return np.asarray(turn @ Rotation.from_rotvec(-0.5 * twist[:, None] * axis).as_matrix())


@functools.lru_cache(maxsize=1)
def sole_joints() -> tuple[int, ...]:
    """Return the numbers of the feet's joints in COCO23."""
    return (17, 18, 19, 20, 21, 22)

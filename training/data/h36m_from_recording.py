"""Convert a motion capture recording of any rig to H36M-17 joints: metres, z up, 60 Hz.

Joints are matched by name. No rig has a nose or a head top: both are placed on the head joint with adult offsets, in
the head's mean facing direction over the recording (people look ahead on average).
"""

from __future__ import annotations

import re

import numpy as np

from pipeline.core.arrays import Doubles
from pipeline.core.errors import SourceError
from pipeline.core.skeletons import H36M17
from training.data.motion_file import RATE_HZ, apply_joint_rule
from training.data.recording import MocapRecording

# Joint names of common rigs after `canonical_name`; the first match counts. {s} is the side, "l" or "r". BVH joints are
# the proximal ends of their segments ...
_BVH = {
    "hip": ("{s}upleg", "{s}thigh", "{s}upperleg", "{s}hip"),
    "knee": ("{s}leg", "{s}calf", "{s}shin", "{s}lowerleg", "{s}lowleg", "{s}knee"),
    "ankle": ("{s}foot", "{s}ankle"),
    "shoulder": ("{s}arm", "{s}upperarm", "{s}uparm", "{s}shldr", "{s}shoulder"),
    "elbow": ("{s}forearm", "{s}lowerarm", "{s}lowarm", "{s}elbow"),
    "wrist": ("{s}hand", "{s}wrist"),
}
# ... and ASF points the distal ends of their bones: that of the femur is the knee.
_ASF = {
    "hip": ("{s}hipjoint",), "knee": ("{s}femur",), "ankle": ("{s}tibia",),
    "shoulder": ("{s}clavicle",), "elbow": ("{s}humerus",), "wrist": ("{s}wrist", "{s}radius"),
}  # fmt: skip
_ASF_WRIST = 0.92  # share of elbow to end of the ASF bone `wrist`, which lies about 2 cm beyond the joint
_HEAD = ("head", "skull")
# m on an adult, (up, forward) from a BVH head joint, which lies at the base of the skull below the ears.
_NOSE_M, _TOP_M = (0.047, 0.117), (0.190, 0.0)
# The same from the end of the ASF bone `head`, which lies at the level of a headband.
_NOSE_ASF_M, _TOP_ASF_M = (-0.055, 0.110), (0.085, 0.0)
_SIDE = {"l": "left", "r": "right"}
_LIMBS = tuple(f"{side}_{part}" for side in "lr" for part in _BVH)
_ORDER = (*_LIMBS, "head")  # points taken from a recording, in this order
_UNITS_M = (1.0, 0.01, 0.001, 0.0254, 0.0254 / 0.45)  # m per unit: m, cm, mm, inch, ASF unit of CMU (length 0.45)
_BODY_RANGE_M = (0.75, 2.1)  # m, leg and trunk together, from children to tall adults
_USUAL_BODY_M = 1.35  # m, leg and trunk of an adult
_ANKLE_M = 0.08  # m, height of the ankle joint of a standing foot


def h36m17_from_recording(recording: MocapRecording, up: str = "", metres: float | None = None) -> Doubles:
    """Convert a recording to joints (F', 17, 3) at 60 Hz: metres, right-handed, z up.

    The lowest ankle of the take is placed at ankle height above the floor. `up` is "y" or "z" ("": detected), `metres`
    the length of one unit (None: from the format, else detected). Raises `SourceError` that names missing joints.
    """
    number = _match_joints(recording)
    points = recording.positions[:, [number[name] for name in _ORDER]]
    z_up = _z_up(up or _detect_up_axis(points))
    unit = metres or recording.metres or _detect_unit_m(points)
    body = points @ z_up.T * unit
    head_rotations = z_up @ recording.rotations[:, number["head"]]
    joints = np.zeros((len(body), 17, 3))
    for column, name in enumerate(_LIMBS):
        joints[:, _h36m_index(name)] = body[:, column]
    asf = "lfemur" in {canonical_name(name) for name in recording.names}
    if asf:
        for side in "lr":
            elbow, wrist = joints[:, _h36m_index(f"{side}_elbow")], joints[:, _h36m_index(f"{side}_wrist")]
            joints[:, _h36m_index(f"{side}_wrist")] = elbow + _ASF_WRIST * (wrist - elbow)
    joints = apply_joint_rule(joints)
    size = body_length(joints) / _USUAL_BODY_M
    forward, up_axis = _head_directions(head_rotations, joints)
    for joint, (rise, reach) in zip(
        ("nose", "head_top"), (_NOSE_ASF_M, _TOP_ASF_M) if asf else (_NOSE_M, _TOP_M), strict=True
    ):
        joints[:, H36M17.index(joint)] = body[:, -1] + size * (rise * up_axis + reach * forward)
    ankles = joints[:, [_h36m_index("l_ankle"), _h36m_index("r_ankle")], 2]
    joints[..., 2] -= np.percentile(ankles, 1) - _ANKLE_M * size
    return resample(joints, recording.rate_hz)


def resample(joints: Doubles, rate_hz: float, wanted_hz: float = RATE_HZ) -> Doubles:
    """Resample (F, 17, 3) to another frame rate by linear interpolation.

    Raises `SourceError` if the rate is not positive.
    """
    if rate_hz <= 0:
        raise SourceError("The motion has no frame rate.", "Give it with --rate.")
    time_s = np.arange(len(joints)) / rate_hz
    wanted_s = np.arange(0, time_s[-1] + 0.25 / wanted_hz, 1 / wanted_hz).clip(max=time_s[-1])
    flat = joints.reshape(len(joints), -1)
    out = np.stack([np.interp(wanted_s, time_s, column) for column in flat.T], axis=-1)
    return out.reshape(-1, 17, 3)


def body_length(joints: Doubles) -> float:
    """Measure the median length of left leg and trunk together, in the unit of the joints."""
    chain = [("pelvis", "thorax"), ("left_hip", "left_knee"), ("left_knee", "left_ankle")]
    ends = [joints[:, H36M17.index(b)] - joints[:, H36M17.index(a)] for a, b in chain]
    return float(np.median(sum(np.linalg.norm(end, axis=-1) for end in ends)))


def _h36m_index(limb: str) -> int:
    """Map "l_hip" to the H36M-17 index of left_hip."""
    side, part = limb.split("_")
    return H36M17.index(f"{_SIDE[side]}_{part}")


def canonical_name(name: str) -> str:
    """Reduce a joint name to its side and lower-case letters.

    "mixamorig:LeftUpLeg" -> "lupleg"; "thigh_l", "L_Thigh" and "lThigh" -> "lthigh".
    """
    name = re.sub(r"^.*[:|]", "", name)
    name = re.sub(r"^(Bip\d*|CC_Base|mixamorig\d*)[ _]", "", name)
    side = ""
    if match := re.search(r"(?i)left|right", name):
        side, name = match[0][0].lower(), name[: match.start()] + name[match.end() :]
    elif match := re.search(r"(^|[ _.])([LRlr])([ _.]|$)", name):
        side, name = match[2].lower(), name[: match.start()] + " " + name[match.end() :]
    elif match := re.match(
        r"[lr](?=[A-Z])|[LR](?=[A-Z][a-z])|[lr](?=(hipjoint|femur|tibia|clavicle|humerus|radius|wrist)$)", name
    ):
        side, name = match[0].lower(), name[match.end() :]
    return side + re.sub(r"[^a-z]", "", name.lower())


def _match_joints(recording: MocapRecording) -> dict[str, int]:
    """Match joints to points of the recording by name.

    Raises `SourceError` that lists the names of the rig.
    """
    points: dict[str, int] = {}
    for number, name in enumerate(recording.names):
        if not name.endswith(".end"):
            points.setdefault(canonical_name(name), number)
    found: dict[str, int] = {}
    for side in "lr":
        for part, names in (_ASF if "lfemur" in points else _BVH).items():
            hits = [points[name.format(s=side)] for name in names if name.format(s=side) in points]
            if hits:
                found[f"{side}_{part}"] = hits[0]
    heads = [points[name] for name in _HEAD if name in points]
    if heads:
        found["head"] = heads[0]
    if missing := [name for name in _ORDER if name not in found]:
        raise SourceError(
            f"The rig has no joint that could be {', '.join(missing[:4])}.",
            f"Its joints are: {', '.join(recording.names[:40])}.",
        )
    return found


def _detect_up_axis(points: Doubles) -> str:
    """Detect the up axis: along it, the head is above the ankles (median over the take)."""
    at = dict(zip(_ORDER, np.moveaxis(points, 1, 0), strict=True))
    rise = np.median(at["head"] - (at["l_ankle"] + at["r_ankle"]) / 2, axis=0)
    return "xyz"[int(np.argmax(np.abs(rise)))]


def _z_up(up: str) -> Doubles:
    """Build the rotation from the axes of the file to z up.

    Raises `SourceError` for an up axis other than y or z.
    """
    if up == "z":
        return np.eye(3)
    if up == "y":
        return np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]])
    raise SourceError(f"The motion's up axis '{up}' cannot be handled.", "Give --up y or --up z.")


def _detect_unit_m(points: Doubles) -> float:
    """Detect the length unit, m: the common unit that gives the body the most plausible size."""
    at = dict(zip(_ORDER, np.moveaxis(points, 1, 0), strict=True))
    trunk = (at["l_shoulder"] + at["r_shoulder"] - at["l_hip"] - at["r_hip"]) / 2
    legs = [at["l_hip"] - at["l_knee"], at["l_knee"] - at["l_ankle"]]
    length = float(np.median(sum(np.linalg.norm(part, axis=-1) for part in (trunk, *legs))))
    if length <= 0:
        raise SourceError("The body has no size.", "Is this a motion file of a person?")
    unit = min(_UNITS_M, key=lambda u: abs(np.log(length * u / _USUAL_BODY_M)))
    if not _BODY_RANGE_M[0] <= length * unit <= _BODY_RANGE_M[1]:
        raise SourceError(f"The body's size ({length:g} units of leg and trunk) fits no usual unit.", "Give --unit.")
    return unit


def _head_directions(head: Doubles, joints: Doubles) -> tuple[Doubles, Doubles]:
    """Estimate the head's forward and up directions (F, 3) each from its rotations (F, 3, 3).

    The local axes are means over the upright frames of the take (all frames if under a tenth is upright).
    """
    hips = joints[:, _h36m_index("l_hip")] - joints[:, _h36m_index("r_hip")]
    trunk = joints[:, H36M17.index("thorax")] - joints[:, H36M17.index("pelvis")]
    trunk = trunk / np.linalg.norm(trunk, axis=-1, keepdims=True)
    front = np.cross(hips, trunk)
    front /= np.maximum(np.linalg.norm(front, axis=-1, keepdims=True), 1e-9)
    upright = trunk[:, 2] > 0.8
    use = upright if upright.mean() > 0.1 else np.ones(len(joints), bool)
    local_front = _mean_direction(np.einsum("fji,fj->fi", head[use], front[use]))
    local_up = np.einsum("fji,fj->fi", head[use], trunk[use]).mean(axis=0)
    local_up = _mean_direction((local_up - local_front * (local_up @ local_front))[None])
    return head @ local_front, head @ local_up


def _mean_direction(vectors: Doubles) -> Doubles:
    mean = np.asarray(vectors).mean(axis=0)
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-9))

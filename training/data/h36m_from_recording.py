"""From a recorded body, whatever its rig, to the 17 joints that the lifter is trained with: metres, z up, 60 Hz.

Joints are found by name. Nose and top of the head are joints of no rig: they are put on the head where an adult has
them, after finding which way the head looks from the whole recording (people look ahead on average).
"""

from __future__ import annotations

import re

import numpy as np

from pipeline.core.arrays import Doubles
from pipeline.core.errors import SourceError
from pipeline.core.skeletons import H36M17
from training.data.motion_file import RATE_HZ, by_rule
from training.data.recording import Recording

# Names of the same point in different rigs, after `_plain`; the first one that a rig has counts. {s} is the side. BVH
# joints lie where a part of the body begins ...
_BVH = {
    "hip": ("{s}upleg", "{s}thigh", "{s}upperleg", "{s}hip"),
    "knee": ("{s}leg", "{s}calf", "{s}shin", "{s}lowerleg", "{s}lowleg", "{s}knee"),
    "ankle": ("{s}foot", "{s}ankle"),
    "shoulder": ("{s}arm", "{s}upperarm", "{s}uparm", "{s}shldr", "{s}shoulder"),
    "elbow": ("{s}forearm", "{s}lowerarm", "{s}lowarm", "{s}elbow"),
    "wrist": ("{s}hand", "{s}wrist"),
}
# ... and ASF points where a bone ends: the femur's is the knee.
_ASF = {
    "hip": ("{s}hipjoint",), "knee": ("{s}femur",), "ankle": ("{s}tibia",),
    "shoulder": ("{s}clavicle",), "elbow": ("{s}humerus",), "wrist": ("{s}wrist", "{s}radius"),
}  # fmt: skip
_ASF_WRIST = 0.92  # the `wrist` bone ends about 2 cm beyond the joint: so much of the way from the elbow
_HEAD = ("head", "skull")
# Up from and before the head's joint at the base of the skull, and before the ears' level: metres on an adult.
_NOSE_M, _TOP_M = (0.047, 0.117), (0.190, 0.0)
# The end of the ASF bone `head` lies at the level of a head band.
_NOSE_ASF_M, _TOP_ASF_M = (-0.055, 0.110), (0.085, 0.0)
_SIDE = {"l": "left", "r": "right"}
_LIMBS = tuple(f"{side}_{part}" for side in "lr" for part in _BVH)
_ORDER = (*_LIMBS, "head")  # of the points that are taken from a recording
_UNITS_M = (1.0, 0.01, 0.001, 0.0254, 0.0254 / 0.45)
_BODY_M = (0.75, 2.1)  # hips to ankle and trunk together, of children to tall adults
_USUAL_BODY_M = 1.35
_ANKLE_M = 0.08  # above the floor when the foot stands on it


def h36m17(recording: Recording, up: str = "", metres: float | None = None) -> Doubles:
    """Joints (F', 17, 3) at 60 Hz: metres, right-handed, z up, lowest ankle of the take at an ankle's height.

    `up` is "y" or "z" ("" finds out), `metres` the length of one unit (None: what the format says, else found out).
    Raises `SourceError` that names what is missing.
    """
    number = _find(recording)
    points = recording.positions[:, [number[name] for name in _ORDER]]
    turn = _z_up(up or _which_up(points))
    unit = metres or recording.metres or _unit(points)
    body = points @ turn.T * unit
    head_turned = turn @ recording.rotations[:, number["head"]]
    joints = np.zeros((len(body), 17, 3))
    for place, name in enumerate(_LIMBS):
        joints[:, _h36m(name)] = body[:, place]
    asf = "lfemur" in {_plain(name) for name in recording.names}
    if asf:
        for side in "lr":
            elbow, wrist = joints[:, _h36m(f"{side}_elbow")], joints[:, _h36m(f"{side}_wrist")]
            joints[:, _h36m(f"{side}_wrist")] = elbow + _ASF_WRIST * (wrist - elbow)
    joints = by_rule(joints)
    size = unit_body(joints) / _USUAL_BODY_M
    ahead, above = _head_axes(head_turned, joints)
    for joint, (rise, reach) in zip(
        ("nose", "head_top"), (_NOSE_ASF_M, _TOP_ASF_M) if asf else (_NOSE_M, _TOP_M), strict=True
    ):
        joints[:, H36M17.index(joint)] = body[:, -1] + size * (rise * above + reach * ahead)
    ankles = joints[:, [_h36m("l_ankle"), _h36m("r_ankle")], 2]
    joints[..., 2] -= np.percentile(ankles, 1) - _ANKLE_M * size
    return at_rate(joints, recording.rate_hz)


def at_rate(joints: Doubles, rate_hz: float, wanted_hz: float = RATE_HZ) -> Doubles:
    """(F, 17, 3) at one rate -> another, by straight lines between neighbours (rates above are thinned)."""
    if rate_hz <= 0:
        raise SourceError("The motion has no rate.", "Say it with --rate.")
    time_s = np.arange(len(joints)) / rate_hz
    wanted_s = np.arange(0, time_s[-1] + 0.25 / wanted_hz, 1 / wanted_hz).clip(max=time_s[-1])
    flat = joints.reshape(len(joints), -1)
    out = np.stack([np.interp(wanted_s, time_s, column) for column in flat.T], axis=-1)
    return out.reshape(-1, 17, 3)


def unit_body(joints: Doubles) -> float:
    """Median length of leg and trunk, in the joints' unit."""
    chain = [("pelvis", "thorax"), ("left_hip", "left_knee"), ("left_knee", "left_ankle")]
    ends = [joints[:, H36M17.index(b)] - joints[:, H36M17.index(a)] for a, b in chain]
    return float(np.median(sum(np.linalg.norm(end, axis=-1) for end in ends)))


def _h36m(limb: str) -> int:
    """ "l_hip" -> the number of left_hip."""
    side, part = limb.split("_")
    return H36M17.index(f"{_SIDE[side]}_{part}")


def _plain(name: str) -> str:
    """ "mixamorig:LeftUpLeg", "thigh_l", "L_Thigh", "lThigh" -> "lupleg", "lthigh" ...: side first, letters only."""
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


def _find(recording: Recording) -> dict[str, int]:
    """Which point of the recording each joint is. Raises `SourceError` with the names that are there."""
    plain: dict[str, int] = {}
    for number, name in enumerate(recording.names):
        if not name.endswith(".end"):
            plain.setdefault(_plain(name), number)
    found: dict[str, int] = {}
    for side in "lr":
        for part, names in (_ASF if "lfemur" in plain else _BVH).items():
            hits = [plain[name.format(s=side)] for name in names if name.format(s=side) in plain]
            if hits:
                found[f"{side}_{part}"] = hits[0]
    heads = [plain[name] for name in _HEAD if name in plain]
    if heads:
        found["head"] = heads[0]
    if missing := [name for name in _ORDER if name not in found]:
        raise SourceError(
            f"The rig has no joint that could be {', '.join(missing[:4])}.",
            f"Its joints are: {', '.join(recording.names[:40])}.",
        )
    return found


def _which_up(points: Doubles) -> str:
    """The axis along which heads are above ankles, as a median over the take."""
    at = dict(zip(_ORDER, np.moveaxis(points, 1, 0), strict=True))
    rise = np.median(at["head"] - (at["l_ankle"] + at["r_ankle"]) / 2, axis=0)
    return "xyz"[int(np.argmax(np.abs(rise)))]


def _z_up(up: str) -> Doubles:
    """Rotation of the file's axes to z up."""
    if up == "z":
        return np.eye(3)
    if up == "y":
        return np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]])
    raise SourceError(f"The motion's up axis '{up}' cannot be handled.", "Say --up y or --up z.")


def _unit(points: Doubles) -> float:
    """Metres of a unit: of the usual ones, that which makes a body of the likeliest size."""
    at = dict(zip(_ORDER, np.moveaxis(points, 1, 0), strict=True))
    trunk = (at["l_shoulder"] + at["r_shoulder"] - at["l_hip"] - at["r_hip"]) / 2
    legs = [at["l_hip"] - at["l_knee"], at["l_knee"] - at["l_ankle"]]
    length = float(np.median(sum(np.linalg.norm(part, axis=-1) for part in (trunk, *legs))))
    if length <= 0:
        raise SourceError("The body has no size.", "Is this a motion file of a person?")
    unit = min(_UNITS_M, key=lambda u: abs(np.log(length * u / _USUAL_BODY_M)))
    if not _BODY_M[0] <= length * unit <= _BODY_M[1]:
        raise SourceError(f"The body's size ({length:g} units of leg and trunk) fits no usual unit.", "Say --unit.")
    return unit


def _head_axes(head: Doubles, joints: Doubles) -> tuple[Doubles, Doubles]:
    """Head rotations (F, 3, 3) -> which way it looks and where its top is, each (F, 3), by the mean over the take."""
    hips = joints[:, _h36m("l_hip")] - joints[:, _h36m("r_hip")]
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

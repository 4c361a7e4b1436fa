"""List the bone names of known character systems, as parts of the humanoid bones.

Every table maps its own names to the bones of `humanoid`, side by side with a pattern for left and right. Sources: VRM
1.0 humanoid.md, Unity's HumanBodyBones, Mixamo's downloads, Rigify's metarig, Unreal's Mannequins, Daz Genesis 8, CMU's
MotionBuilder-friendly BVH, MakeHuman's default rig, 3ds Max Biped, SMPL.
"""

from __future__ import annotations

from .humanoid import BONES, finger_bones

_BODY = ("hips", "spine", "chest", "upperChest", "neck", "head", "jaw")
_LIMBS = ("Shoulder", "UpperArm", "LowerArm", "Hand", "UpperLeg", "LowerLeg", "Foot", "Toes", "Eye")


def _table(
    body: dict[str, str], limbs: dict[str, str], sides: tuple[str, str], fingers: str = "", parts: tuple[str, ...] = ()
) -> dict[str, str]:
    """Return name -> humanoid bone.

    `{s}` in the names of limbs and fingers is the side; `{f}` and `{n}` in `fingers` are the finger's name from `parts`
    (thumb first) and the number of the bone from 1.
    """
    out = {name: bone for bone, name in body.items()}
    for side, token in zip(("left", "right"), sides, strict=True):
        out |= {pattern.format(s=token): f"{side}{bone}" for bone, pattern in limbs.items()}
        for finger, part in enumerate(parts):
            for number, bone in enumerate(finger_bones(side, finger), 1):
                out[fingers.format(s=token, f=part, n=number)] = bone
    return out


def _unity() -> dict[str, str]:
    """Return Unity's and VRM 0's names: capitals, and a thumb that is one bone further out."""
    out = {bone[0].upper() + bone[1:]: bone for bone in BONES if "Thumb" not in bone}
    for side in ("left", "right"):
        for part, bone in zip(("Proximal", "Intermediate", "Distal"), finger_bones(side, 0), strict=True):
            out[f"{side.capitalize()}Thumb{part}"] = bone
    return out


_UE_LIMBS = {
    "Shoulder": "clavicle_{s}", "UpperArm": "upperarm_{s}", "LowerArm": "lowerarm_{s}", "Hand": "hand_{s}",
    "UpperLeg": "thigh_{s}", "LowerLeg": "calf_{s}", "Foot": "foot_{s}", "Toes": "ball_{s}",
}  # fmt: skip
_UE_FINGERS = ("thumb", "index", "middle", "ring", "pinky")

TABLES: dict[str, dict[str, str]] = {
    "VRM": {bone: bone for bone in BONES},
    "Unity": _unity(),
    "Mixamo": _table(
        {"hips": "Hips", "spine": "Spine", "chest": "Spine1", "upperChest": "Spine2", "neck": "Neck", "head": "Head"},
        {"Shoulder": "{s}Shoulder", "UpperArm": "{s}Arm", "LowerArm": "{s}ForeArm", "Hand": "{s}Hand",
         "UpperLeg": "{s}UpLeg", "LowerLeg": "{s}Leg", "Foot": "{s}Foot", "Toes": "{s}ToeBase", "Eye": "{s}Eye"},
        ("Left", "Right"), "{s}Hand{f}{n}", ("Thumb", "Index", "Middle", "Ring", "Pinky"),
    ),
    "Unreal 5": _table(
        {"hips": "pelvis", "spine": "spine_01", "chest": "spine_03", "upperChest": "spine_05", "neck": "neck_01",
         "head": "head"},
        _UE_LIMBS, ("l", "r"), "{f}_0{n}_{s}", _UE_FINGERS,
    ),
    "Unreal 4": _table(
        {"hips": "pelvis", "spine": "spine_01", "chest": "spine_02", "upperChest": "spine_03", "neck": "neck_01",
         "head": "head"},
        _UE_LIMBS, ("l", "r"), "{f}_0{n}_{s}", _UE_FINGERS,
    ),
    "Rigify": _table(
        {"hips": "spine", "spine": "spine.001", "chest": "spine.002", "upperChest": "spine.003", "neck": "spine.004",
         "head": "spine.006", "jaw": "jaw"},
        {"Shoulder": "shoulder.{s}", "UpperArm": "upper_arm.{s}", "LowerArm": "forearm.{s}", "Hand": "hand.{s}",
         "UpperLeg": "thigh.{s}", "LowerLeg": "shin.{s}", "Foot": "foot.{s}", "Toes": "toe.{s}", "Eye": "eye.{s}"},
        ("L", "R"), "{f}.0{n}.{s}", ("thumb", "f_index", "f_middle", "f_ring", "f_pinky"),
    ),
    "Daz": _table(
        {"hips": "hip", "spine": "abdomenLower", "chest": "abdomenUpper", "upperChest": "chestLower",
         "neck": "neckLower", "head": "head", "jaw": "lowerJaw"},
        {"Shoulder": "{s}Collar", "UpperArm": "{s}ShldrBend", "LowerArm": "{s}ForearmBend", "Hand": "{s}Hand",
         "UpperLeg": "{s}ThighBend", "LowerLeg": "{s}Shin", "Foot": "{s}Foot", "Toes": "{s}Toe", "Eye": "{s}Eye"},
        ("l", "r"), "{s}{f}{n}", ("Thumb", "Index", "Mid", "Ring", "Pinky"),
    ),
    "CMU": _table(
        {"hips": "Hips", "spine": "LowerBack", "chest": "Spine", "upperChest": "Spine1", "neck": "Neck",
         "head": "Head"},
        {"Shoulder": "{s}Shoulder", "UpperArm": "{s}Arm", "LowerArm": "{s}ForeArm", "Hand": "{s}Hand",
         "UpperLeg": "{s}UpLeg", "LowerLeg": "{s}Leg", "Foot": "{s}Foot", "Toes": "{s}ToeBase"},
        ("Left", "Right"),
    ),
    "MakeHuman": _table(
        {"hips": "root", "spine": "spine05", "chest": "spine03", "upperChest": "spine01", "neck": "neck01",
         "head": "head", "jaw": "jaw"},
        {"Shoulder": "clavicle.{s}", "UpperArm": "upperarm01.{s}", "LowerArm": "lowerarm01.{s}", "Hand": "wrist.{s}",
         "UpperLeg": "upperleg01.{s}", "LowerLeg": "lowerleg01.{s}", "Foot": "foot.{s}", "Toes": "toe1-1.{s}",
         "Eye": "eye.{s}"},
        ("L", "R"), "finger{f}-{n}.{s}", ("1", "2", "3", "4", "5"),
    ),
    "Biped": _table(
        {"hips": "Pelvis", "spine": "Spine", "chest": "Spine1", "upperChest": "Spine2", "neck": "Neck", "head": "Head"},
        {"Shoulder": "{s} Clavicle", "UpperArm": "{s} UpperArm", "LowerArm": "{s} Forearm", "Hand": "{s} Hand",
         "UpperLeg": "{s} Thigh", "LowerLeg": "{s} Calf", "Foot": "{s} Foot", "Toes": "{s} Toe0"},
        ("L", "R"),
    ),
    "joints": _table(  # BVH files whose bones are named by the joints where they start
        {"hips": "Hips", "spine": "Chest", "chest": "Chest2", "upperChest": "Chest3", "neck": "Neck", "head": "Head"},
        {"Shoulder": "{s}Collar", "UpperArm": "{s}Shoulder", "LowerArm": "{s}Elbow", "Hand": "{s}Wrist",
         "UpperLeg": "{s}Hip", "LowerLeg": "{s}Knee", "Foot": "{s}Ankle", "Toes": "{s}Toe"},
        ("Left", "Right"),
    ),
    "SMPL": _table(
        {"hips": "Pelvis", "spine": "Spine1", "chest": "Spine2", "upperChest": "Spine3", "neck": "Neck",
         "head": "Head"},
        {"Shoulder": "{s}_Collar", "UpperArm": "{s}_Shoulder", "LowerArm": "{s}_Elbow", "Hand": "{s}_Wrist",
         "UpperLeg": "{s}_Hip", "LowerLeg": "{s}_Knee", "Foot": "{s}_Ankle", "Toes": "{s}_Foot"},
        ("L", "R"), "{s}_{f}{n}", ("Thumb", "Index", "Middle", "Ring", "Pinky"),
    ),
}  # fmt: skip

# Words of bone names without sides, in lower case, of every system that no table knows. Longer words are tried first.
PARTS: dict[str, tuple[str, ...]] = {
    "hips": ("hips", "hip", "pelvis", "waist"),
    "spine": ("spine", "spine1", "spine01", "abdomen", "torso", "lowerback", "belly", "spinelower"),
    "chest": ("chest", "spine2", "spine02", "ribs", "ribcage", "upperbody", "spinemiddle"),
    "upperChest": ("upperchest", "chestupper", "spine3", "spine03", "spineupper"),
    "neck": ("neck", "neck1", "neck01"),
    "head": ("head", "skull"),
    "jaw": ("jaw",),
    "Shoulder": ("shoulder", "clavicle", "collar", "collarbone"),
    "UpperArm": ("upperarm", "uparm", "arm", "shldr", "armupper", "bicep", "humerus"),
    "LowerArm": ("lowerarm", "forearm", "elbow", "armlower", "lowarm"),
    "Hand": ("hand", "wrist", "palm"),
    "UpperLeg": ("upperleg", "upleg", "thigh", "legupper", "femur"),
    "LowerLeg": ("lowerleg", "leg", "calf", "shin", "knee", "leglower", "lowleg"),
    "Foot": ("foot", "ankle", "feet"),
    "Toes": ("toes", "toe", "toebase", "ball"),
    "Eye": ("eye", "eyeball"),
}
FINGER_WORDS: tuple[tuple[str, ...], ...] = (
    ("thumb",), ("index", "pointer", "fore"), ("middle", "mid"), ("ring",), ("little", "pinky", "pinkie", "small"),
)  # fmt: skip
# Bones with such words move others or cannot be posed, whatever else their names say.
HELPER_WORDS = ("twist", "roll", "ik", "pole", "target", "helper", "ctrl", "control", "end", "nub", "mch", "corrective")

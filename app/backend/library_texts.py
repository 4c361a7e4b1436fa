"""List the library's short texts that the window shows, so that they are translated.

`shown` gives the translation. The library itself is English; a text that is not here is shown in English. A test
compares this list with the library.
"""

from __future__ import annotations

import re

from app.languages.translation import mark, shown

# Groups and titles of export formats
FORMATS = (
    mark("Animation"),
    mark("Tables"),
    mark("Data"),
    mark("Biomechanics"),
    mark("Video"),
    mark("BVH motion (Blender, Unity, Unreal, Maya)"),
    mark("glTF with a human body (.glb)"),
    mark("FBX with a human body (Unity, Unreal; by Blender)"),
    mark("USD with a human body (.usdc)"),
    mark("CSV, one row a frame, person and joint"),
    mark("CSV, one row a frame"),
    mark("CSV as DeepLabCut writes it"),
    mark("JSON"),
    mark("NumPy arrays (.npz)"),
    mark("OpenPose JSON of the 2D joints (zipped)"),
    mark("MOT joint angles (OpenSim)"),
    mark("CSV of the joint angles"),
    mark("Video with the joints over it (.mp4)"),
    mark("Video beside the skeleton (.mp4)"),
    mark("TRC markers (OpenSim, Pose2Sim)"),
    mark("C3D markers (Mokka, Visual3D, MATLAB)"),
)
# Export options and their choices
EXPORT_OPTIONS = (
    mark("Bone names for"),
    mark("Blender (Hips, LeftArm)"),
    mark("Unity, VRM (LeftUpperArm)"),
    mark("Unreal (upperarm_l)"),
    mark("Unreal 5, MetaHuman (root, spine_05, ik bones)"),
    mark("Mixamo (mixamorig:LeftArm)"),
    mark("Rigify's metarig (upper_arm.L)"),
    mark("BVH unit"),
    mark("Centimetres"),
    mark("Metres"),
    mark("Travel of the body"),
    mark("as filmed"),
    mark("on the spot"),
    mark("T-pose as first frame (BVH)"),
    mark("Report with checks"),
    mark("no"),
    mark("yes"),
)
# Quantities that can be plotted, and their parts
CURVES = (
    mark("Joint angle"),
    mark("Speed"),
    mark("Height above the floor"),
    mark("Position across the image"),
    mark("Position away from the camera"),
    mark("Hip flexion"),
    mark("Hip abduction"),
    mark("Knee flexion"),
    mark("Shoulder flexion"),
    mark("Shoulder abduction"),
    mark("Elbow flexion"),
    mark("Ankle flexion"),
    mark("Ankle abduction"),
    mark("Foot progression"),
    mark("Trunk tilt"),
    mark("Trunk list"),
    mark("Trunk rotation"),
    mark("Lumbar bending"),
    mark("Lumbar rotation"),
    mark("Wrist"),
    mark("Elbow"),
    mark("Shoulder"),
    mark("Ankle"),
    mark("Knee"),
    mark("Hip"),
    mark("Pelvis"),
    mark("Head"),
)
# Where a value of the camera or body comes from; "{0}" is a number
NOTES = (
    mark("assumed"),
    mark("from the file"),
    mark("set by the user"),
    mark("estimated from how people stand (deviation {0} degrees)"),
)


def note(text: str) -> str:
    """Translate where a value comes from, with the number in it."""
    number = re.search(r"\d+(?:\.\d+)?", text)
    if number is None:
        return shown(text)
    return shown(text.replace(number[0], "{0}", 1)).format(number[0])

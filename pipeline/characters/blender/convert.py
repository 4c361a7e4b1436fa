"""Convert between FBX and glTF inside Blender, or with the package bpy; started by `run`.

convert.py -- glb IN.fbx OUT.glb
convert.py -- fbx RATE_HZ ANIMATION IN.glb OUT.fbx [IN.glb OUT.fbx ...]
convert.py -- places IN.fbx ASK.json OUT.json

ANIMATION is the name of the animation to keep, "" the only one. `places` says where bones are in an FBX that `fbx`
made: ASK has "bones" (names), "times_s" and "last_s", the time of its last key. Runs in Blender 3.4 to 5.0.
"""

import contextlib
import json
import sys
from typing import Any

import bpy  # type: ignore[import-not-found]

with contextlib.suppress(ImportError):  # Blender 3.4's glTF importer uses a name that NumPy 1.24 removed
    import numpy

    if not hasattr(numpy, "bool"):
        numpy.bool = bool  # type: ignore[attr-defined]


def to_glb(source: str, target: str) -> None:
    """Convert an FBX file with skeleton and meshes, without its animations."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.ops.import_scene.fbx(filepath=source)
    bpy.ops.export_scene.gltf(filepath=target, export_format="GLB", export_animations=False, export_yup=True)


def to_fbx(source: str, target: str, rate_hz: float, name: str) -> None:
    """Convert a glTF file with one of its animations, every key on a whole frame of the rate."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    whole = scene.render.fps = max(1, round(rate_hz))
    bpy.ops.import_scene.gltf(filepath=source)
    scene.render.fps_base = whole / rate_hz
    remove_bone_shapes()
    figure = next(thing for thing in scene.objects if thing.type == "ARMATURE")
    action = use_action(figure, name)
    for curve in curves_of(action):  # the importer positions keys by whole rates: 30, not 29.97
        spots = [0.0] * (2 * len(curve.keyframe_points))
        curve.keyframe_points.foreach_get("co", spots)
        spots[::2] = [spot * rate_hz / whole for spot in spots[::2]]
        curve.keyframe_points.foreach_set("co", spots)
        curve.update()
    scene.frame_start, scene.frame_end = 0, max(1, round(action.frame_range[1]))
    bpy.ops.export_scene.fbx(
        filepath=target,
        object_types={"ARMATURE", "MESH", "EMPTY"},
        add_leaf_bones=False,  # the ends are bones already
        apply_scale_options="FBX_SCALE_ALL",  # otherwise Unity shows a factor of 100 on every object
        bake_anim_use_nla_strips=False,
        bake_anim_use_all_actions=False,
        bake_anim_simplify_factor=0.0,
        path_mode="COPY",
        embed_textures=True,
    )


def to_places(source: str, question: str, target: str) -> None:
    """Write the places of bones' starts at several times, in glTF's axes: times, bones, x y z."""
    with open(question, encoding="utf-8") as file:
        asked = json.load(file)
    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.ops.import_scene.fbx(filepath=source)
    scene = bpy.context.scene
    figure = next(thing for thing in scene.objects if thing.type == "ARMATURE")
    for mesh in [thing for thing in scene.objects if thing.type == "MESH"]:
        bpy.data.objects.remove(mesh)  # its skin would be computed in every frame
    bones = [figure.pose.bones[name] for name in asked["bones"]]
    # The importer puts time 0 at frame 1, and keys by the whole rate or by the true one, depending on its version.
    frames_per_s = (figure.animation_data.action.frame_range[1] - 1) / asked["last_s"]
    rows = []
    for time_s in asked["times_s"]:
        whole, part = divmod(1 + time_s * frames_per_s, 1)
        scene.frame_set(int(whole), subframe=part)
        heads = [figure.matrix_world @ bone.head for bone in bones]
        rows.append([(x, z, -y) for x, y, z in heads])
    with open(target, "w", encoding="utf-8") as file:
        json.dump(rows, file)


def remove_bone_shapes() -> None:
    """Remove the mesh "Icosphere" that the importer adds as the shape of bones."""
    shapes = {bone.custom_shape for thing in bpy.data.objects if thing.pose for bone in thing.pose.bones}
    for shape in shapes - {None}:
        bpy.data.objects.remove(shape)


def use_action(figure: Any, name: str) -> Any:
    """Let the armature play only the action whose name begins with `name`; return it."""
    actions = [action for action in bpy.data.actions if action.name.startswith(name)]
    action = actions[0] if actions else figure.animation_data.action
    animation = figure.animation_data_create()
    for track in list(animation.nla_tracks):
        animation.nla_tracks.remove(track)
    animation.action = action
    if hasattr(action, "slots"):  # Blender 4.4 and newer: one action holds the curves of several objects
        animation.action_slot = next(slot for slot in action.slots if slot.target_id_type == "OBJECT")
    return action


def curves_of(action: Any) -> list[Any]:
    """Return the curves of an action, which Blender 5 keeps in layers."""
    if hasattr(action, "fcurves"):
        return list(action.fcurves)
    bags = [bag for layer in action.layers for strip in layer.strips for bag in strip.channelbags]
    return [curve for bag in bags for curve in bag.fcurves]


kind, *rest = sys.argv[sys.argv.index("--") + 1 :]
if kind == "glb":
    to_glb(*rest)
elif kind == "places":
    to_places(*rest)
else:
    rate, animation, *files = rest
    for glb, fbx in zip(files[::2], files[1::2], strict=True):
        to_fbx(glb, fbx, float(rate), animation)

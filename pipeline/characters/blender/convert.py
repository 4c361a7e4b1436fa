"""Convert a character between FBX and glTF inside Blender; started by `run`.

blender -b --factory-startup --python convert.py -- glb IN.fbx OUT.glb
blender -b --factory-startup --python convert.py -- fbx IN.glb OUT.fbx RATE_HZ ANIMATION
"""

import contextlib
import sys

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
    for stray in [thing for thing in scene.objects if thing.name.startswith("Icosphere")]:
        bpy.data.objects.remove(stray)  # the shape that some importers give to bones
    figure = next(thing for thing in scene.objects if thing.type == "ARMATURE")
    actions = [action for action in bpy.data.actions if action.name.startswith(name)]
    action = actions[0] if actions else figure.animation_data.action
    for track in list(figure.animation_data.nla_tracks):
        figure.animation_data.nla_tracks.remove(track)
    figure.animation_data.action = action
    for curve in action.fcurves:  # the importer positions keys by whole rates: 30, not 29.97
        spots = [0.0] * (2 * len(curve.keyframe_points))
        curve.keyframe_points.foreach_get("co", spots)
        spots[::2] = [spot * rate_hz / whole for spot in spots[::2]]
        curve.keyframe_points.foreach_set("co", spots)
        curve.update()
    scene.frame_start, scene.frame_end = 0, max(1, round(action.frame_range[1]))
    bpy.ops.export_scene.fbx(
        filepath=target,
        object_types={"ARMATURE", "MESH", "EMPTY"},
        add_leaf_bones=False,
        apply_scale_options="FBX_SCALE_ALL",
        bake_anim_use_nla_strips=False,
        bake_anim_use_all_actions=False,
        bake_anim_simplify_factor=0.0,
        path_mode="COPY",
        embed_textures=True,
    )


kind, *rest = sys.argv[sys.argv.index("--") + 1 :]
if kind == "glb":
    to_glb(*rest)
else:
    to_fbx(rest[0], rest[1], float(rest[2]), rest[3])

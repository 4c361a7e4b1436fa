"""Convert glTF files to FBX inside Blender; started by `fbx`.

blender -b --factory-startup --python fbx_in_blender.py -- RATE_HZ IN.glb OUT.fbx [IN.glb OUT.fbx ...]
"""

import contextlib
import sys

import bpy  # type: ignore[import-not-found]

with contextlib.suppress(ImportError):  # Blender 3.4's glTF importer uses a name that NumPy 1.24 removed
    import numpy

    if not hasattr(numpy, "bool"):
        numpy.bool = bool  # type: ignore[attr-defined]


def convert(source: str, target: str, rate_hz: float) -> None:
    """Convert one person's file, with every key on a whole frame of the video's rate."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    whole = scene.render.fps = max(1, round(rate_hz))
    bpy.ops.import_scene.gltf(filepath=source)
    scene.render.fps_base = whole / rate_hz
    figure = next(thing for thing in scene.objects if thing.type == "ARMATURE")
    action = figure.animation_data.action
    for curve in action.fcurves:  # the importer positions keys by whole rates: 30, not 29.97
        spots = [0.0] * (2 * len(curve.keyframe_points))
        curve.keyframe_points.foreach_get("co", spots)
        spots[::2] = [spot * rate_hz / whole for spot in spots[::2]]
        curve.keyframe_points.foreach_set("co", spots)
        curve.update()
    scene.frame_start, scene.frame_end = 0, max(1, round(action.frame_range[1]))
    bpy.ops.export_scene.fbx(
        filepath=target,
        object_types={"ARMATURE", "MESH"},
        add_leaf_bones=False,  # the ends are bones already
        apply_scale_options="FBX_SCALE_ALL",  # otherwise Unity shows a factor of 100 on every object
        bake_anim_use_nla_strips=False,
        bake_anim_use_all_actions=False,
        bake_anim_simplify_factor=0.0,
    )


rate, *files = sys.argv[sys.argv.index("--") + 1 :]
for glb, fbx in zip(files[::2], files[1::2], strict=True):
    convert(glb, fbx, float(rate))

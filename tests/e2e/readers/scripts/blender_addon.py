"""Runs inside Blender: use the add-on as its users do, and say where the bones are.

blender -b --factory-startup --python blender_addon.py -- ADDON.py RESULT.json JOB [ARGUMENT...]

Jobs: `take FILE SCALE FRAME...`, `human FILE PROGRAM FRAME...`, `metarig FILE FRAME...`, `live ADDRESS SECONDS`,
`refused FILE`.
"""

import builtins
import contextlib
import importlib.util
import json
import sys
import time

import bpy

with contextlib.suppress(ImportError):  # Blender 3.4's glTF importer uses a name that Debian's NumPy has dropped
    import numpy

    numpy.bool = bool
_open = builtins.open
builtins.open = lambda file, mode="r", *args, **kwargs: _open(file, mode.replace("U", ""), *args, **kwargs)

path, result, job, *rest = sys.argv[sys.argv.index("--") + 1 :]
spec = importlib.util.spec_from_file_location("hourglass_mocap", path)
addon = importlib.util.module_from_spec(spec)
sys.modules["hourglass_mocap"] = addon
spec.loader.exec_module(addon)
for thing in list(bpy.data.objects):
    bpy.data.objects.remove(thing)
addon.register()
scene = bpy.context.scene


def bones_at(figure, frames):
    out = {}
    for frame in frames:
        scene.frame_set(int(frame))
        out[frame] = {bone.name: list(figure.matrix_world @ bone.head) for bone in figure.pose.bones}
        out[frame] |= {f"{bone.name} end": list(figure.matrix_world @ bone.tail) for bone in figure.pose.bones}
    return out


found = {}
if job == "take":
    found["result"] = list(bpy.ops.import_scene.hourglass(filepath=rest[0], scale=float(rest[1])))
    figures = [thing for thing in bpy.data.objects if thing.type == "ARMATURE"]
    found["names"] = [figure.name for figure in figures]
    found["people"] = [bones_at(figure, rest[2:]) for figure in figures]
    found["rest"] = {bone.name: list(bone.head_local) for bone in figures[0].data.bones}
elif job == "human":
    addon.program_path = lambda given: rest[1]
    found["result"] = list(bpy.ops.import_scene.hourglass(filepath=rest[0], body="HUMAN"))
    figure = next(thing for thing in bpy.data.objects if thing.type == "ARMATURE")
    found["people"] = [bones_at(figure, rest[2:])]
    found["meshes"] = [thing.name for thing in bpy.data.objects if thing.type == "MESH"]
elif job == "metarig":
    bpy.ops.import_scene.hourglass(filepath=rest[0])
    source = bpy.context.active_object
    import addon_utils  # there once bpy is imported

    addon_utils.enable("rigify", default_set=True)
    bpy.ops.object.armature_human_metarig_add()
    target = bpy.context.active_object
    source.select_set(True)
    found["result"] = list(bpy.ops.object.hourglass_metarig())
    found["people"] = [bones_at(target, rest[1:])]
elif job == "live":
    addon.live = addon.Live(rest[0], 1.0)
    until, frames = time.monotonic() + float(rest[1]), 0
    while time.monotonic() < until and addon.live.client.is_alive():
        frames += addon.live.update()
        time.sleep(0.005)
    found["frames"], found["problem"] = frames, addon.live.client.problem
    bpy.context.view_layer.update()
    figures = [thing for thing in bpy.data.objects if thing.type == "ARMATURE"]
    for figure in figures:
        found["people"] = [{"now": {bone.name: list(figure.matrix_world @ bone.head) for bone in figure.pose.bones}}]
    addon.stop_live()
elif job == "refused":
    try:
        bpy.ops.import_scene.hourglass(filepath=rest[0])
    except RuntimeError as error:
        found["problem"] = str(error)
found["fps"] = scene.render.fps / scene.render.fps_base
found["last_frame"] = scene.frame_end
addon.unregister()
with open(result, "w", encoding="utf-8") as file:
    json.dump(found, file)

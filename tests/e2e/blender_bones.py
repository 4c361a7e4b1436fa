"""Runs inside Blender: import a BVH as its users do and say where the bones are.

blender -b --factory-startup --python blender_bones.py -- FILE.bvh RESULT.json FRAME [FRAME...]
"""

import builtins
import json
import sys

import bpy

# Blender 3.4's importer opens with mode "rU", which Python 3.11 no longer knows.
_open = builtins.open
builtins.open = lambda file, mode="r", *args, **kwargs: _open(file, mode.replace("U", ""), *args, **kwargs)

source, result, *frames = sys.argv[sys.argv.index("--") + 1 :]
bpy.ops.import_anim.bvh(filepath=source, global_scale=0.01, update_scene_fps=True, update_scene_duration=True)
figure = bpy.context.object
scene = bpy.context.scene
found = {
    "fps": scene.render.fps / scene.render.fps_base,
    "last_frame": scene.frame_end,
    "parents": {bone.name: bone.parent.name if bone.parent else "" for bone in figure.data.bones},
    "rest": {bone.name: list(figure.matrix_world @ bone.head_local) for bone in figure.data.bones},
    "frames": {},
}
for frame in frames:
    scene.frame_set(int(frame) + 1)  # the importer puts the file's first frame at 1
    found["frames"][frame] = {
        bone.name: {"head": list(figure.matrix_world @ bone.head), "tail": list(figure.matrix_world @ bone.tail)}
        for bone in figure.pose.bones
    }
with open(result, "w", encoding="utf-8") as file:
    json.dump(found, file)

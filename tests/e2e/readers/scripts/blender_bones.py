"""Runs inside Blender: import a BVH, glTF or FBX as its users do and say where the bones are.

blender -b --factory-startup --python blender_bones.py -- FILE.bvh RESULT.json RATE FRAME [FRAME...]

RATE is what the user sets the scene to before importing glTF, which has no frames of its own, in Hz.
"""

import builtins
import contextlib
import json
import sys

import bpy

# Blender 3.4's importer opens with mode "rU", which Python 3.11 no longer knows.
_open = builtins.open
builtins.open = lambda file, mode="r", *args, **kwargs: _open(file, mode.replace("U", ""), *args, **kwargs)

with contextlib.suppress(ImportError):  # its glTF importer uses a name that Debian's NumPy has dropped
    import numpy

    numpy.bool = bool

source, result, rate, *frames = sys.argv[sys.argv.index("--") + 1 :]
scene = bpy.context.scene
# scene frame at which an importer puts the first frame of the file, and scene frames per frame of the file
first, pace = 1, 1.0
if source.endswith(".bvh"):
    bpy.ops.import_anim.bvh(filepath=source, global_scale=0.01, update_scene_fps=True, update_scene_duration=True)
elif source.endswith(".glb"):
    scene.render.fps = round(float(rate))
    bpy.ops.import_scene.gltf(filepath=source)
    first, pace = 0, scene.render.fps / float(rate)
else:
    bpy.ops.import_scene.fbx(filepath=source)
    pace = scene.render.fps / float(rate)  # this importer, too, positions keys by whole rates
figure = next(thing for thing in scene.objects if thing.type == "ARMATURE")
bodies = [thing for thing in scene.objects if thing.type == "MESH" and thing.find_armature() == figure]
found = {
    "fps": scene.render.fps / scene.render.fps_base,
    "last_frame": scene.frame_end,
    "action_end": figure.animation_data.action.frame_range[1],
    "parents": {bone.name: bone.parent.name if bone.parent else "" for bone in figure.data.bones},
    "rest": {bone.name: list(figure.matrix_world @ bone.head_local) for bone in figure.data.bones},
    "frames": {},
}
for frame in frames:
    whole, part = divmod(int(frame) * pace, 1)
    scene.frame_set(int(whole) + first, subframe=part)
    found["frames"][frame] = {
        bone.name: {"head": list(figure.matrix_world @ bone.head), "tail": list(figure.matrix_world @ bone.tail)}
        for bone in figure.pose.bones
    }
if bodies:
    shape = bodies[0].evaluated_get(bpy.context.evaluated_depsgraph_get()).to_mesh()
    corners = [bodies[0].matrix_world @ vertex.co for vertex in shape.vertices]
    found["body"] = {"low": [min(c[i] for c in corners) for i in range(3)]}
    found["body"]["high"] = [max(c[i] for c in corners) for i in range(3)]
with open(result, "w", encoding="utf-8") as file:
    json.dump(found, file)

"""Runs inside Blender: write one of Rigify's metarigs as a character, with a skin of small boxes.

blender -b --factory-startup --python blender_metarig.py -- human|basic_human RESULT.glb
"""

import sys

import addon_utils
import bpy
import numpy

numpy.bool = bool  # Blender 3.4's glTF add-on uses a name that Debian's NumPy has dropped

FACES = ((0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3))
kind, target = sys.argv[sys.argv.index("--") + 1 :]
addon_utils.enable("rigify", default_set=True)
for thing in list(bpy.data.objects):
    bpy.data.objects.remove(thing)
getattr(bpy.ops.object, f"armature_{kind}_metarig_add")()
figure = bpy.context.object
corners, faces = [], []
for bone in figure.data.bones:
    first, (x, y, z) = len(corners), (bone.head_local + bone.tail_local) / 2
    sides = (-0.01, 0.01)
    corners += [(x + a, y + b, z + c) for a in sides for b in sides for c in sides]
    faces += [tuple(first + corner for corner in face) for face in FACES]
mesh = bpy.data.meshes.new("body")
mesh.from_pydata(corners, [], faces)
body = bpy.data.objects.new("body", mesh)
bpy.context.collection.objects.link(body)
for number, bone in enumerate(figure.data.bones):
    body.vertex_groups.new(name=bone.name).add(list(range(8 * number, 8 * number + 8)), 1.0, "REPLACE")
body.modifiers.new("Armature", "ARMATURE").object = figure
body.parent = figure
bpy.ops.export_scene.gltf(filepath=target, export_format="GLB", export_animations=False)

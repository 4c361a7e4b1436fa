"""Write USD with UsdSkel (.usdc) by Pixar's library: rig, body and motion as in the .glb.

Metres, y up, facing +z; time codes are frames of the video, at its rate. Where the person was not seen there are no
samples, and USD interpolates.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ...core.errors import OutputError
from ...core.export_options import ExportOptions
from ...human.face import shape_names, weights_table
from ...human.on_rig import HumanBody
from ...rig.preset_bones import preset_motion
from ..base import UNWATCHED, Watch
from ..per_person import write_elsewhere
from ..tracks import SelectedPerson, Selection
from .body_mesh import body_for, face_shapes, linear_colours
from .rig_motion import rig_motion


class UsdExporter:
    """Write `<stem>.usdc` and `<stem>_person<N>.usdc`."""

    name = "usd"
    suffix = ".usdc"

    def write(self, selection: Selection, folder: Path, stem: str, watch: Watch = UNWATCHED) -> list[Path]:
        def make(paths: Sequence[Path]) -> None:
            for person, path in zip(selection.people, paths, strict=True):
                _write(person, selection.options, path)

        return write_elsewhere(selection, folder, stem, self.suffix, make)


def _new_stage(path: Path, rate_hz: float, lasts_s: float) -> Any:
    """Create a stage in metres, y up, one time code per frame."""
    from pxr import Usd, UsdGeom

    stage: Any = Usd.Stage.CreateNew(str(path))
    UsdGeom.SetStageUpAxis(stage, UsdGeom.Tokens.y)
    UsdGeom.SetStageMetersPerUnit(stage, 1.0)
    stage.SetTimeCodesPerSecond(rate_hz)
    stage.SetFramesPerSecond(rate_hz)
    stage.SetStartTimeCode(0)
    stage.SetEndTimeCode(lasts_s * rate_hz)
    return stage


def _write_body(mesh: Any, skeleton: Any, body: HumanBody) -> None:
    """Write the skinned mesh with its face shapes at rest."""
    from pxr import Gf, UsdGeom, UsdSkel, Vt

    mesh.CreatePointsAttr(Vt.Vec3fArray.FromNumpy(body.vertices))
    mesh.CreateNormalsAttr(Vt.Vec3fArray.FromNumpy(body.normals))
    mesh.SetNormalsInterpolation(UsdGeom.Tokens.vertex)
    mesh.CreateFaceVertexIndicesAttr(Vt.IntArray.FromNumpy(body.faces.astype(np.int32).ravel()))
    mesh.CreateFaceVertexCountsAttr(Vt.IntArray(len(body.faces), 3))
    mesh.CreateSubdivisionSchemeAttr(UsdGeom.Tokens.none)
    mesh.CreateExtentAttr([Gf.Vec3f(*edge(body.vertices, axis=0).tolist()) for edge in (np.min, np.max)])
    binding = UsdSkel.BindingAPI.Apply(mesh.GetPrim())
    binding.CreateSkeletonRel().SetTargets([skeleton.GetPath()])
    each = body.bones.shape[1]
    binding.CreateJointIndicesPrimvar(False, each).Set(Vt.IntArray.FromNumpy(body.bones.astype(np.int32).ravel()))
    binding.CreateJointWeightsPrimvar(False, each).Set(Vt.FloatArray.FromNumpy(body.weights.ravel()))
    binding.CreateGeomBindTransformAttr(Gf.Matrix4d(1))

    colours = mesh.CreateDisplayColorPrimvar(UsdGeom.Tokens.vertex)
    colours.Set(Vt.Vec3fArray.FromNumpy(linear_colours(body)))
    shapes = face_shapes(body)
    binding.CreateBlendShapesAttr(list(shapes))
    for name, (rows, offsets_m) in shapes.items():
        shape = UsdSkel.BlendShape.Define(mesh.GetPrim().GetStage(), mesh.GetPath().AppendChild(name))
        shape.CreateOffsetsAttr(Vt.Vec3fArray.FromNumpy(offsets_m))
        shape.CreatePointIndicesAttr(Vt.IntArray.FromNumpy(rows.astype(np.int32)))
        binding.CreateBlendShapeTargetsRel().AddTarget(shape.GetPath())


def _write(person: SelectedPerson, options: ExportOptions, path: Path) -> None:
    from pxr import Gf, Tf, UsdGeom, UsdSkel, Vt

    motion = rig_motion(person, options)
    preset = preset_motion(motion.rig, motion.pose, options.preset)
    names = [Tf.MakeValidIdentifier(name) for name in preset.rig.names]
    positions, offsets = preset.rest_positions, preset.rig.offsets
    joints: list[str] = []
    for bone, parent in enumerate(preset.rig.parents):
        joints.append(names[bone] if parent < 0 else f"{joints[parent]}/{names[bone]}")

    stage = _new_stage(path, motion.rate_hz, float(person.time_s[-1] - person.time_s[0]))
    codes = (motion.pose.times_s - person.time_s[0]) * motion.rate_hz
    root = UsdSkel.Root.Define(stage, "/Person")
    stage.SetDefaultPrim(root.GetPrim())
    root.GetPrim().SetMetadata("displayName", person.name)
    skeleton = UsdSkel.Skeleton.Define(stage, "/Person/Skeleton")
    animation = UsdSkel.Animation.Define(stage, "/Person/Motion")
    mesh = UsdGeom.Mesh.Define(stage, "/Person/Body")

    skeleton.CreateJointsAttr(joints)
    skeleton.CreateBindTransformsAttr([Gf.Matrix4d().SetTranslate(Gf.Vec3d(*place)) for place in positions.tolist()])
    skeleton.CreateRestTransformsAttr([Gf.Matrix4d().SetTranslate(Gf.Vec3d(*offset)) for offset in offsets.tolist()])
    UsdSkel.BindingAPI.Apply(skeleton.GetPrim()).CreateAnimationSourceRel().SetTargets([animation.GetPath()])

    body = body_for(motion.rig)
    _write_body(mesh, skeleton, dataclasses.replace(body, bones=preset.skin_bones(body.bones, body.weights)))

    animation.CreateJointsAttr(joints)
    animation.CreateScalesAttr(Vt.Vec3hArray(len(names), Gf.Vec3h(1, 1, 1)))
    face, names_of_face = person.face_motion, shape_names()
    shapes = None if face is None else weights_table(face, names_of_face, len(person.seen))[person.seen]
    if shapes is not None:
        animation.CreateBlendShapesAttr(list(names_of_face))
    moves, turns = animation.CreateTranslationsAttr(), animation.CreateRotationsAttr()
    local = offsets.astype(np.float32)
    rotations = preset.rotations.astype(np.float32)  # x y z w, USD's order in memory
    for row, code in enumerate(codes.tolist()):
        for bone, places in preset.moves.items():
            local[bone] = places[row]
        moves.Set(Vt.Vec3fArray.FromNumpy(local), code)
        turns.Set(Vt.QuatfArray.FromNumpy(rotations[row]), code)
        if shapes is not None:
            animation.CreateBlendShapeWeightsAttr().Set(Vt.FloatArray.FromNumpy(shapes[row]), code)
    try:
        stage.GetRootLayer().Save()
    except Tf.ErrorException as error:
        raise OutputError(
            f"USD could not write {path.name} ({error}).", "Free some space for temporary files."
        ) from error

"""Test the USD exporter with Pixar's own library."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.core.take import Take
from pipeline.export.animation.usd import UsdExporter
from pipeline.export.base import ExportOptions
from pipeline.export.tracks import selected
from tests.helpers.motion import clip, facing_camera, scene

pxr = pytest.importorskip("pxr", reason="usd-core is optional (./start test installs it)")
from pxr import Usd, UsdGeom, UsdSkel, UsdValidation  # noqa: E402

GAP = np.isin(np.arange(205), [*range(12), *range(110, 130)])
JOINTS = {
    "Hips": 0, "RightUpLeg": 1, "RightLeg": 2, "RightFoot": 3, "LeftUpLeg": 4, "LeftLeg": 5, "LeftFoot": 6, "Spine1": 7,
    "Neck": 8, "Head": 9, "LeftArm": 11, "LeftForeArm": 12, "LeftHand": 13, "RightArm": 14, "RightForeArm": 15,
    "RightHand": 16,
}  # fmt: skip


@pytest.fixture(scope="module")
def take() -> Take:
    return scene(facing_camera(clip("jump")), rate_hz=30000 / 1001).take(GAP)


def test_usd_sees_the_exported_joints(take, tmp_path):
    path = UsdExporter().write(selected(take, ExportOptions()), tmp_path, "clip")[0]
    stage = Usd.Stage.Open(str(path))
    assert UsdGeom.GetStageUpAxis(stage) == "Y"
    assert UsdGeom.GetStageMetersPerUnit(stage) == 1
    assert stage.GetTimeCodesPerSecond() == pytest.approx(30000 / 1001)
    assert stage.GetEndTimeCode() == pytest.approx(204)
    root = UsdSkel.Root(stage.GetPrimAtPath("/Person"))
    cache = UsdSkel.Cache()
    cache.Populate(root, Usd.PrimDefaultPredicate)
    skeleton = UsdSkel.Skeleton(stage.GetPrimAtPath("/Person/Skeleton"))
    query = cache.GetSkelQuery(skeleton)
    names = [token.rsplit("/", 1)[-1] for token in skeleton.GetJointsAttr().Get()]
    for frame in (12, 60, 109, 130, 199):
        matrices = query.ComputeJointSkelTransforms(frame)
        for name, joint in JOINTS.items():
            x, y, z = matrices[names.index(name)].ExtractTranslation()
            assert np.linalg.norm(take.tracks3d[0].joints[frame, joint] - [x, -z, y]) < 0.001, (frame, name)
    binding = cache.ComputeSkelBindings(root, Usd.PrimDefaultPredicate)[0]
    skin = binding.GetSkinningTargets()[0]
    points = UsdGeom.Mesh(skin.GetPrim()).GetPointsAttr().Get()
    assert skin.ComputeSkinnedPoints(query.ComputeSkinningTransforms(60), points, 60)
    heights = np.array(points)[:, 1]
    joints = take.tracks3d[0].joints[60]
    assert heights.max() == pytest.approx(joints[10, 2], abs=0.1)
    assert heights.min() == pytest.approx(min(joints[3, 2], joints[6, 2]), abs=0.2)


def test_usd_names_are_valid_and_the_stage_complies(take, tmp_path):
    path = UsdExporter().write(selected(take, ExportOptions(preset="mixamo")), tmp_path, "clip")[0]
    stage = Usd.Stage.Open(str(path))
    joints = UsdSkel.Skeleton(stage.GetPrimAtPath("/Person/Skeleton")).GetJointsAttr().Get()
    assert joints[0] == "mixamorig_Hips"
    assert UsdSkel.Topology(joints).Validate()[0]
    validators = UsdValidation.ValidationRegistry().GetOrLoadAllValidators()
    assert len(validators) > 10
    errors = UsdValidation.ValidationContext(validators).Validate(stage)
    assert [error.GetErrorAsString() for error in errors] == []

"""Test that the faces of human bodies move in glTF and USD as the take's faces did."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline.core.export_options import ExportOptions
from pipeline.core.face.expressions import EXPRESSIONS
from pipeline.core.take import Take
from pipeline.export.animation.gltf import GltfExporter
from pipeline.export.animation.usd import UsdExporter
from pipeline.export.tracks import selected
from pipeline.human.asset import human_asset
from pipeline.human.face import shape_names, with_expression
from pipeline.human.motion import human_motion
from tests.helpers.motion import clip, facing_camera, scene
from tests.unit.export.animation.test_gltf import read_glb

OPENS = slice(60, 90)  # frames in which the jaw is open
UNSEEN = slice(120, 150)  # and in which there is no face


@pytest.fixture(scope="module")
def take() -> Take:
    made = scene(facing_camera(clip("jump"))).take()
    (track,) = made.tracks2d
    measures = np.zeros((len(track.time_s), len(EXPRESSIONS)), np.float16)
    measures[OPENS, EXPRESSIONS.index("jawOpen")] = 0.22
    measures[UNSEEN] = np.nan
    return replace(made, tracks2d=(replace(track, extras={"expressions": measures}),))


def test_gltf_has_a_weight_of_every_shape_in_every_frame(take: Take, tmp_path: Path) -> None:
    (path,) = GltfExporter().write(selected(take, ExportOptions()), tmp_path, "face")
    found = read_glb(path)
    names = found.document["meshes"][0]["extras"]["targetNames"]
    (channel,) = [c for c in found.document["animations"][0]["channels"] if c["target"]["path"] == "weights"]
    assert found.document["nodes"][channel["target"]["node"]]["mesh"] == 0
    sampler = found.document["animations"][0]["samplers"][channel["sampler"]]
    times = found.array(sampler["input"])
    weights = found.array(sampler["output"]).reshape(len(times), len(names))
    jaw = weights[:, names.index("jawOpen")]
    assert jaw[OPENS] == pytest.approx(1, abs=0.02)
    assert (jaw[:50] == 0).all()
    assert np.isfinite(weights).all()
    assert (weights[130:140] == 0).all(), "nobody knows: at rest"


def test_usd_moves_its_blend_shapes(take: Take, tmp_path: Path) -> None:
    usd = pytest.importorskip("pxr.UsdSkel", reason="usd-core is not installed")
    from pxr import Usd

    (path,) = UsdExporter().write(selected(take, ExportOptions()), tmp_path, "face")
    stage = Usd.Stage.Open(str(path))
    (animation,) = [usd.Animation(prim) for prim in stage.Traverse() if prim.IsA(usd.Animation)]
    names = list(animation.GetBlendShapesAttr().Get())
    assert names == list(shape_names())
    codes = animation.GetBlendShapeWeightsAttr().GetTimeSamples()
    jaw = [animation.GetBlendShapeWeightsAttr().Get(code)[names.index("jawOpen")] for code in codes]
    assert jaw[75] == pytest.approx(1, abs=0.02)
    assert jaw[30] == 0


def test_the_figure_opens_its_jaw_and_moves_nothing_else(take: Take) -> None:
    motion = human_motion(take.tracks3d[0], take.tracks2d[0], take.scene, take.camera)
    assert motion is not None
    rest, opened = motion.face_at(30), motion.face_at(75)
    assert rest is not None
    assert opened is not None
    body = motion.figure.skin
    np.testing.assert_array_equal(with_expression(body, rest), body.vertices)
    moved = np.linalg.norm(with_expression(body, opened) - body.vertices, axis=1)
    rows, _ = human_asset().morphs["jawOpen"]
    assert set(np.flatnonzero(moved > 1e-6)) <= set(rows.tolist())
    assert 0.01 < moved.max() < 0.06, "metres"


def test_without_a_face_nothing_is_written(tmp_path: Path) -> None:
    made = scene(facing_camera(clip("jump"))).take()
    (path,) = GltfExporter().write(selected(made, ExportOptions()), tmp_path, "plain")
    paths = {channel["target"]["path"] for channel in read_glb(path).document["animations"][0]["channels"]}
    assert "weights" not in paths

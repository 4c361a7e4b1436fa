"""Test that the wide table has the expressions of a face, and empty cells where there is none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline.core.export_options import ExportOptions
from pipeline.core.face.expressions import EXPRESSIONS
from pipeline.core.face.weights import SHAPES
from pipeline.export.data.tables import WideCsvExporter
from pipeline.export.tracks import selected
from tests.helpers.motion import clip, facing_camera, scene


def table(folder: Path, measures: np.ndarray | None) -> pd.DataFrame:
    take = scene(facing_camera(clip("jump"))).take()
    (track,) = take.tracks2d
    extras = {} if measures is None else {"expressions": measures}
    take = replace(take, tracks2d=(replace(track, extras=extras),))
    return pd.read_csv(WideCsvExporter().write(selected(take, ExportOptions()), folder, "take")[0])


def test_weights_are_columns_and_empty_without_a_face(tmp_path: Path) -> None:
    measures = np.zeros((205, len(EXPRESSIONS)), np.float16)
    measures[60:90, EXPRESSIONS.index("jawOpen")] = 0.22
    measures[120:150] = np.nan
    found = table(tmp_path, measures)
    assert [name for name in found if name.startswith("face_")] == [f"face_{shape}" for shape in SHAPES]
    jaw = found["face_jawOpen"]
    assert jaw[60:90].to_numpy() == pytest.approx(1, abs=0.02)
    assert (jaw[:50] == 0).all()
    assert jaw[120:150].isna().all()
    assert found["pelvis_x"].notna().all()


def test_without_faces_there_are_no_columns(tmp_path: Path) -> None:
    assert not any(name.startswith("face_") for name in table(tmp_path, None))

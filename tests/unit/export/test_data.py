"""Test TRC, DeepLabCut, JSON and NPZ by reading them as their users do."""

from __future__ import annotations

import json
import zipfile

import numpy as np
import pandas as pd
import pytest

from pipeline.core.poses import PersonTrack
from pipeline.core.skeletons import H36M17
from pipeline.core.take import Take
from pipeline.export.base import ExportOptions
from pipeline.export.biomechanics.markers import JOINTS
from pipeline.export.biomechanics.trc import TrcExporter
from pipeline.export.data.deeplabcut import DlcExporter
from pipeline.export.data.json_npz import JsonExporter, NpzExporter
from pipeline.export.data.openpose import OpenPoseExporter, body_25
from pipeline.export.tracks import selected
from pipeline.sources.joints2d.source import Joints2DSource
from tests.helpers.motion import clip, facing_camera, hidden, make_take, scene

ALL = ExportOptions()
GAP = np.isin(np.arange(205), [*range(12), *range(110, 130), *range(200, 205)])


@pytest.fixture(scope="module")
def take() -> Take:
    joints = facing_camera(clip("jump"))
    one, two = scene(joints, rate_hz=30000 / 1001), scene(joints, distance_m=5.5, person=3, rate_hz=30000 / 1001)
    return make_take([hidden(one.person, GAP), two.person], one.info, one.config)


def read_trc(path) -> tuple[dict[str, str], pd.DataFrame]:
    """Read a TRC as Pose2Sim does: names from the fourth line, numbers from the sixth on."""
    lines = path.read_text("utf-8").split("\n")
    facts = dict(zip(lines[1].split("\t"), lines[2].split("\t"), strict=True))
    names = lines[3].split("\t")[2::3]
    table = pd.read_csv(path, sep="\t", skiprows=5, header=None)
    table.columns = ["frame", "time", *(f"{name}_{axis}" for name in names for axis in "xyz")]
    return facts, table


def test_trc(take, tmp_path):
    paths = TrcExporter().write(selected(take, ALL), tmp_path, "clip")
    assert [path.name for path in paths] == ["clip.trc", "clip_person3.trc"]
    for path, track in zip(paths, take.tracks3d, strict=True):
        facts, table = read_trc(path)
        assert (facts["NumFrames"], facts["NumMarkers"], facts["Units"]) == ("205", "17", "m")
        assert float(facts["DataRate"]) == pytest.approx(30000 / 1001, abs=1e-6)
        assert np.allclose(table["time"], np.arange(205) * 1001 / 30000, atol=1e-6)
        x, y, z = (table[[f"{name}_{axis}" for name in JOINTS]].to_numpy() for axis in "xyz")
        assert np.allclose(np.stack([-z, -x, y], axis=-1), track.joints, atol=2e-6, equal_nan=True)
    first = read_trc(paths[0])[1]
    assert first.iloc[np.flatnonzero(GAP), 2:].isna().all().all()
    assert "\t\n" not in paths[0].read_text("utf-8").split("\n", 5)[5]  # OpenSim stops at a row that ends empty
    standing = first.iloc[20]
    assert 1.4 < standing.Head_y < 1.9  # y is up
    assert standing.Nose_x > standing.Neck_x + 0.02  # toward the camera is +x
    assert standing.RShoulder_z > standing.LShoulder_z + 0.2  # and the right is +z
    assert paths[0].read_text("utf-8").startswith("PathFileType\t4\t(X/Y/Z)\tclip.trc\n")


def test_trc_columns_line_up(take, tmp_path):
    lines = TrcExporter().write(selected(take, ALL), tmp_path, "clip")[0].read_text("utf-8").split("\n")
    assert {len(line.split("\t")) for line in lines[3:-1]} == {2 + 51}


def test_deeplabcut(take, tmp_path):
    flat, spatial = DlcExporter().write(selected(take, ALL), tmp_path, "clip")
    seen = pd.read_csv(flat, header=[0, 1, 2, 3], index_col=0)
    assert seen.columns.names == ["scorer", "individuals", "bodyparts", "coords"]
    assert list(seen.index) == list(range(205))
    for track in take.tracks2d:
        one = seen["hourglass"][f"person{track.person}"]
        wrist = one["left_wrist"]
        assert np.allclose(wrist[["x", "y"]], track.joints_image[:, 13], atol=0.001, equal_nan=True)
        assert np.allclose(wrist["likelihood"], track.scores[:, 13], atol=1e-4)
    lifted = pd.read_csv(spatial, header=[0, 1, 2, 3], index_col=0)
    joints = lifted["hourglass"]["person3"].to_numpy().reshape(205, 17, 3)
    assert np.allclose(joints, take.tracks3d[1].joints, atol=1e-6)


def test_deeplabcut_of_one_person_has_no_individuals(take, tmp_path):
    flat = DlcExporter().write(selected(take, ExportOptions(persons=(3,))), tmp_path, "clip")[0]
    seen = pd.read_csv(flat, header=[0, 1, 2], index_col=0)
    assert seen.columns.names == ["scorer", "bodyparts", "coords"]
    assert list(seen["hourglass"].columns.get_level_values(0)[::3]) == list(H36M17.names)


def test_json(take, tmp_path):
    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is not JSON")

    data = json.loads(
        JsonExporter().write(selected(take, ALL), tmp_path, "clip")[0].read_text("utf-8"), parse_constant=refuse
    )
    assert (data["unit"], data["space"], data["frames"]) == ("m", "world", 205)
    assert data["rate_hz"] == pytest.approx(30000 / 1001)
    assert [person["person"] for person in data["persons"]] == [1, 3]
    assert data["persons"][0]["joints"][0] == [[None, None, None]] * 17
    for person, track in zip(data["persons"], take.tracks3d, strict=True):
        assert np.allclose(np.array(person["joints"], float), track.joints, atol=6e-6, equal_nan=True)
        assert np.allclose(np.array(person["confidence"], float), track.scores, atol=6e-5)
        pixels, limbs = np.array(person["joints_image"], float), [1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16]
        seen = take.track2d(track.person).joints_image  # its middle joints are computed by the rule
        assert np.allclose(pixels[:, limbs], seen[:, limbs], atol=0.006, equal_nan=True)
    assert np.allclose(data["time_s"], take.tracks3d[0].time_s, atol=1e-6)


def test_npz(take, tmp_path):
    path = NpzExporter().write(selected(take, ALL), tmp_path, "clip")[0]
    with np.load(path, allow_pickle=False) as data:
        assert data["joints_world"].shape == (205, 2, 17, 3)
        for at, track in enumerate(take.tracks3d):
            assert np.array_equal(data["joints_world"][:, at], track.joints, equal_nan=True)
        assert data["persons"].tolist() == [1, 3]
        assert data["joint_names"].tolist() == list(H36M17.names)
        assert json.loads(str(data["about"]))["unit"] == "m"
    with_2d = Joints2DSource(path)  # the file can be re-lifted
    assert (with_2d.person_count, with_2d.info.frame_count) == (2, 205)
    assert with_2d.info.fps_hz == pytest.approx(30000 / 1001, abs=1e-6)


def test_openpose(take, tmp_path):
    path = OpenPoseExporter().write(selected(take, ALL), tmp_path, "clip")[0]
    assert path.name == "clip_openpose.zip"
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        frames = [json.loads(archive.read(name)) for name in names]
    assert names[7] == "clip_json/clip_000000000007_keypoints.json"
    assert len(frames) == 205
    assert all(frame["version"] == 1.3 for frame in frames)
    assert [[p["person_id"][0] for p in frame["people"]] for frame in (frames[0], frames[20])] == [[3], [1, 3]]
    joints = np.array(frames[20]["people"][0]["pose_keypoints_2d"]).reshape(25, 3)
    seen = take.tracks2d[0].joints_image[20]
    for place, joint in {0: 9, 2: 14, 4: 16, 7: 13, 9: 1, 11: 3, 14: 6, 1: 8, 8: 0}.items():
        assert np.allclose(joints[place, :2], seen[joint], atol=0.001), place
        assert joints[place, 2] == pytest.approx(0.9)
    assert (joints[15:] == 0).all()  # eyes, ears and feet, which this skeleton lacks


def test_openpose_of_blazepose(take):
    rng = np.random.default_rng(0)
    pixels, scores = rng.uniform(0, 500, (2, 33, 2)).astype(np.float32), np.full((2, 33), 0.5, np.float32)
    pixels[1, 11], scores[1, 11] = np.nan, 0  # left shoulder
    scores[0, 12] = 0.25
    joints = body_25(PersonTrack.of(1, np.arange(2), np.arange(2) / 30, pixels, scores, "blazepose33"))
    order = {0: 0, 2: 12, 5: 11, 9: 24, 12: 23, 15: 5, 16: 2, 17: 8, 18: 7, 19: 31, 21: 29, 22: 32, 24: 30}
    for place, joint in order.items():
        assert np.allclose(joints[0, place, :2], pixels[0, joint]), place
    assert np.allclose(joints[0, 1, :2], pixels[0, [11, 12]].mean(axis=0))
    assert joints[0, 1, 2] == 0.25
    assert np.allclose(joints[0, 8, :2], pixels[0, [23, 24]].mean(axis=0))
    assert (joints[1, [1, 5]] == 0).all()
    assert (joints[:, [20, 23]] == 0).all()


def test_a_name_with_a_line_break_stays_in_its_line(take, tmp_path):
    path, *_ = TrcExporter().write(selected(take, ALL), tmp_path, "a\nb\tc")
    assert path.read_text("utf-8").startswith("PathFileType\t4\t(X/Y/Z)\ta b c.trc\nDataRate\t")

"""Test the conversion of motion capture files to 17 joints, and refused files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.core.errors import SourceError
from pipeline.core.skeletons import H36M17
from pipeline.export.animation.bvh import BvhExporter
from pipeline.export.base import ExportOptions
from pipeline.export.tracks import selected
from tests.helpers.motion import clip, facing_camera, scene
from training.data.amc import read_amc, read_asf
from training.data.bvh import read_bvh
from training.data.h36m_from_recording import canonical_name, h36m17_from_recording, resample
from training.data.import_mocap import main, split_at_jumps
from training.data.motion_file import load_clips

LIMBS = [1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16]
HEAD = [H36M17.index("nose"), H36M17.index("head_top")]

LEG_ASF = """:units
  length 0.5
  angle deg
:root
   order TX TY TZ RX RY RZ
   axis XYZ
   position 0 0 0
   orientation 0 0 0
:bonedata
  begin
     name thigh
     direction 0 -1 0
     length 4
     axis 0 0 0 XYZ
    dof rx ry rz
    limits (-160.0 20.0)
           (-70.0 70.0)
  end
  begin
     name shin
     direction 0 -1 0
     length 5
     axis 0 90 0 XYZ
    dof rx
  end
:hierarchy
  begin
    root thigh
    thigh shin
  end
"""
LEG_AMC = """:FULLY-SPECIFIED
:DEGREES
1
root 0 9 0 0 0 0
thigh 0 0 0
shin 0
2
root 1 9 0 0 90 0
thigh 90 0 0
shin 90
"""


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, np.ndarray]:
    """Write a BVH file of a jump (y up, centimetres); return its joints at 60 Hz, too."""
    take = scene(facing_camera(clip("jump"))).take()
    folder = tmp_path_factory.mktemp("mocap") / "anna"
    folder.mkdir()
    path = BvhExporter().write(selected(take, ExportOptions()), folder, "jump")[0]
    track = take.tracks3d[0]
    return path, resample(track.joints, take.info.fps_hz)


def root_relative(joints: np.ndarray) -> np.ndarray:
    return joints - joints[:, :1]


def test_bvh_joints_are_those_of_the_take(exported: tuple[Path, np.ndarray]):
    path, truth = exported
    joints = h36m17_from_recording(read_bvh(path))
    assert joints.shape == truth.shape
    error = np.linalg.norm(root_relative(joints)[:, LIMBS] - root_relative(truth)[:, LIMBS], axis=-1)
    assert error.max() < 0.003  # the rotations of the file have four digits
    # Nose and head top are put on the head by rule: an adult's head, not this one's.
    assert np.linalg.norm(root_relative(joints)[:, HEAD] - root_relative(truth)[:, HEAD], axis=-1).max() < 0.2
    forward = np.cross(joints[:, 4] - joints[:, 1], joints[:, 8] - joints[:, 0])
    assert (((joints[:, HEAD[0]] - joints[:, 8]) * forward).sum(-1) > 0).mean() > 0.95
    assert joints[:, [3, 6], 2].min() == pytest.approx(0.08, abs=0.03)


def test_unit_and_up_are_detected_or_given(exported: tuple[Path, np.ndarray]):
    recording = read_bvh(exported[0])
    found = h36m17_from_recording(recording)
    np.testing.assert_allclose(h36m17_from_recording(recording, "y", 0.01), found, atol=1e-12)
    doubled = h36m17_from_recording(recording, "y", 0.02)
    np.testing.assert_allclose(root_relative(doubled)[:, LIMBS], 2 * root_relative(found)[:, LIMBS], atol=1e-9)


def test_asf_and_amc_by_hand(tmp_path: Path):
    (tmp_path / "leg.asf").write_text(LEG_ASF)
    (tmp_path / "leg.amc").write_text(LEG_AMC)
    motion = read_amc(tmp_path / "leg.amc", read_asf(tmp_path / "leg.asf"))
    assert motion.names == ("root", "thigh", "shin")
    assert motion.metres == pytest.approx(0.0254 / 0.5)
    np.testing.assert_allclose(motion.positions[0], [[0, 9, 0], [0, 5, 0], [0, 0, 0]], atol=1e-9)
    # The root turns by 90 degrees about y: its z axis points along x. The thigh, swung about its x axis, ends at -z of
    # the root, which is -x. The shin bends about its own axis, which lies along -z of the thigh's rest pose.
    np.testing.assert_allclose(motion.positions[1, :2], [[1, 9, 0], [-3, 9, 0]], atol=1e-9)
    shin = motion.positions[1, 2] - motion.positions[1, 1]
    assert np.linalg.norm(shin) == pytest.approx(5)
    assert shin @ (motion.positions[1, 1] - motion.positions[1, 0]) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("mixamorig:LeftUpLeg", "lupleg"), ("thigh_l", "lthigh"), ("L_Thigh", "lthigh"), ("lThigh", "lthigh"),
        ("RightForeArm", "rforearm"), ("Bip01 R Calf", "rcalf"), ("rhipjoint", "rhipjoint"), ("lowerback", "lowerback"),
        ("Head", "head"), ("upperarm.R", "rupperarm"), ("radius", "radius"), ("lradius", "lradius"),
    ],
)  # fmt: skip
def test_names_of_rigs(name: str, plain: str):
    assert canonical_name(name) == plain


def test_a_leap_cuts_the_clip():
    joints = np.zeros((300, 17, 3))
    joints[120:] += 1.0
    assert [len(piece) for piece in split_at_jumps(joints)] == [110, 170]


def test_a_rate_is_changed_in_straight_lines():
    joints = np.arange(31.0)[:, None, None] * np.ones((1, 17, 3))  # a second at 30 Hz
    out = resample(joints, 30.0)
    assert len(out) == 61
    np.testing.assert_allclose(out[:, 0, 0], np.arange(61) / 2)


def test_the_command_writes_what_training_reads(exported: tuple[Path, np.ndarray], tmp_path: Path, capsys):
    folder = exported[0].parent.parent
    (folder / "broken.bvh").write_text("HIERARCHY\nROOT Hips\n{")
    assert main([str(folder), "--out", str(tmp_path / "mine.npz")]) == 0
    assert "broken.bvh ends too early" in capsys.readouterr().err
    clips = load_clips(tmp_path / "mine.npz")
    assert len(clips) == 1
    assert clips.subject[0] == "anna"
    assert clips.length[0] == len(exported[1])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "too early"),
        ("not a motion file", "HIERARCHY"),
        ("HIERARCHY ROOT a { OFFSET 0 0 0 CHANNELS 1 Xrotation } MOTION Frames: 1 Frame Time: 0 1", "no motion"),
        ("HIERARCHY ROOT a { OFFSET 0 0 0 CHANNELS 1 Xscale } MOTION Frames: 1 Frame Time: 0.1 1", "Xscale".lower()),
        ("HIERARCHY ROOT a { OFFSET 0 0 0 CHANNELS 1 Xrotation } MOTION Frames: 1 Frame Time: 0.1 nan", "no numbers"),
    ],
)
def test_what_is_no_bvh_is_refused(tmp_path: Path, text: str, words: str):
    path = tmp_path / "x.bvh"
    path.write_text(text)
    with pytest.raises(SourceError, match=words):
        read_bvh(path)


def test_a_rig_without_arms_is_refused_with_its_names(tmp_path: Path):
    (tmp_path / "leg.asf").write_text(LEG_ASF)
    (tmp_path / "leg.amc").write_text(LEG_AMC)
    with pytest.raises(SourceError, match="no joint that could be") as caught:
        h36m17_from_recording(read_amc(tmp_path / "leg.amc", read_asf(tmp_path / "leg.asf")))
    assert "shin" in caught.value.hint

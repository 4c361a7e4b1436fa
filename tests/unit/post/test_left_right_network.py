"""Test the left-right network: parity with torch, scores of real motion, findings of a take."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch

from pipeline.core.config import PostConfig
from pipeline.core.skeletons import H36M17
from pipeline.post import left_right_network
from pipeline.post.left_right_network import EXCHANGED, FRAMES, LeftRightNetwork, sides_score, window_rows
from pipeline.weights import numpy_network
from tests.helpers.motion import CAMERA, Scene, clip, facing_camera, scene
from training.post_chain.train_left_right import LeftRightNet, train

MIRROR = list(H36M17.mirror)


def turned(joints: np.ndarray, degrees: float) -> np.ndarray:
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return facing_camera(joints) @ np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]).T


def score(seen: Scene, exchanged: bool = False) -> float | None:
    image, sure = seen.person.joints_image_h36m, seen.person.scores
    if exchanged:
        image, sure = image[:, MIRROR], sure[:, MIRROR]
    return sides_score(image, sure, CAMERA)


def test_numpy_computes_what_torch_does() -> None:
    torch.manual_seed(0)
    net = LeftRightNet().eval()
    for value in net.parameters():
        torch.nn.init.normal_(value, std=0.1)
    x = torch.randn(5, FRAMES, 17, 6)
    with torch.no_grad():
        right = net(x).numpy()
    own = LeftRightNetwork({name: value.numpy() for name, value in net.state_dict().items()})
    np.testing.assert_allclose(own(x.numpy()), right, rtol=1e-3, atol=1e-3 * np.abs(right).max())


@pytest.mark.parametrize("name", ["walk", "jump"])
@pytest.mark.parametrize("turn_deg", [0, 90, 180, 270])
def test_real_motion_is_told_from_its_exchanged_self(name: str, turn_deg: int) -> None:
    """Score motion seen from all sides: no false positive, and swapping negates the score."""
    seen = scene(turned(clip(name), turn_deg), pitch_deg=5)
    sound, exchanged = score(seen), score(seen, exchanged=True)
    assert sound is not None
    assert exchanged == pytest.approx(-sound, abs=1e-4)
    assert sound > 0


def test_it_becomes_a_finding_and_a_sound_take_has_none() -> None:
    """Find a swap of a person who jumps on the spot, which walking cannot show."""
    seen = scene(turned(clip("jump"), 45))
    assert [f.kind for f in seen.take().scene.findings] == []
    person = dataclasses.replace(
        seen.person,
        joints_image_h36m=seen.person.joints_image_h36m[:, MIRROR],
        scores=seen.person.scores[:, MIRROR],
        # The lifter's output for the swapped joints: a plausible body that faces the other way.
        relative=seen.person.relative[:, MIRROR] * np.array([1, 1, -1], np.float32),
    )
    found = dataclasses.replace(seen, person=person).take().scene.findings
    throughout = [finding for finding in found if finding.kind == "sides_throughout"]
    assert [(f.first, f.last, f.repaired) for f in throughout] == [(0, len(seen.truth) - 1, False)]
    assert "mirror image" in throughout[0].note
    off = dataclasses.replace(seen.config, post=PostConfig(sides="off"))
    assert dataclasses.replace(seen, person=person, config=off).take().scene.findings == ()


@pytest.mark.parametrize("turn_deg", [0, 90, 135])
def test_who_walks_backward_is_told_from_who_is_exchanged(turn_deg: int) -> None:
    backward = scene(turned(clip("walk")[::-1], turn_deg))
    assert [f.kind for f in backward.take().scene.findings] == []
    forward = scene(turned(clip("walk"), turn_deg))
    person = dataclasses.replace(forward.person, joints_image_h36m=forward.person.joints_image_h36m[:, MIRROR])
    kinds = {finding.kind for finding in dataclasses.replace(forward, person=person).take().scene.findings}
    assert "sides_throughout" in kinds


def test_windows_are_where_the_person_is_seen() -> None:
    image = np.zeros((200, 17, 2), np.float32)
    image[80:100] = np.nan
    rows = window_rows(image, 30.0)
    assert rows.shape[1] == FRAMES
    assert (np.diff(rows, axis=1) == 3).all()
    assert not np.isin(rows, np.arange(80, 100)).any()
    assert {int(rows.min()), int(rows.max()) // 10} == {0, 19}
    assert len(window_rows(image[:24], 30.0)) == 0
    assert len(window_rows(np.zeros((20_000, 17, 2), np.float32), 30.0)) == 120


def test_too_short_or_without_the_file_nothing_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    seen = scene(facing_camera(clip("walk"))[:20])
    assert score(seen) is None
    long = scene(facing_camera(clip("walk")))
    monkeypatch.setattr(numpy_network, "bundled", lambda name: tmp_path / name)
    left_right_network.load_network.cache_clear()
    try:
        assert score(long) is None
        assert left_right_network.FILE in caplog.text
    finally:
        monkeypatch.undo()
        left_right_network.load_network.cache_clear()
    assert score(long) is not None


def test_training_writes_what_the_library_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data, joints = tmp_path / "motion.npz", clip("walk").astype(np.float32)
    np.savez(
        data, positions=np.concatenate([joints, joints]), clip_start=np.array([0, len(joints), 2 * len(joints)]),
        clip_name=np.array(["a", "b"]), clip_source=np.array(["cmu-asf"] * 2), clip_subject=np.array(["x", "y"]),
    )  # fmt: skip
    train(data, tmp_path / left_right_network.FILE, steps=3, batch=8)
    monkeypatch.setattr(numpy_network, "bundled", lambda name: tmp_path / name)
    left_right_network.load_network.cache_clear()
    try:
        assert score(scene(facing_camera(clip("walk")))) is not None
    finally:
        monkeypatch.undo()
        left_right_network.load_network.cache_clear()


def test_the_bar_is_below_zero_and_within_reach() -> None:
    assert -3 < EXCHANGED < -1

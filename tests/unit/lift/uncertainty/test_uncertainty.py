"""Test standard errors: features, parity of the network with torch, and what makes an answer doubtful."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch

from pipeline.core.camera import Camera
from pipeline.core.skeletons import H36M17
from pipeline.lift.inputs.normalise import mirror
from pipeline.lift.uncertainty import estimate
from pipeline.lift.uncertainty import network as network_module
from pipeline.lift.uncertainty.estimate import standard_errors
from pipeline.lift.uncertainty.features import COUNT, JOINT_FEATURES, answer_features, mirrored, step_rows
from pipeline.lift.uncertainty.network import ErrorNetwork, load_network
from tests.helpers.motion import CAMERA, Scene, clip, facing_camera, scene
from training.uncertainty.network import TrainedErrorNetwork

WALK: Scene = scene(facing_camera(clip("walk")), pitch_deg=5)


def features(image: np.ndarray, answer: np.ndarray, camera: Camera = CAMERA, depth: np.ndarray | None = None):
    return answer_features(image, WALK.person.scores[: len(image)], answer, camera, depth)


def errors(image: np.ndarray, scores: np.ndarray, answer: np.ndarray, camera: Camera = CAMERA) -> np.ndarray:
    track = dataclasses.replace(WALK.person, joints_image_h36m=image, scores=scores, relative=answer).track
    found = standard_errors(track, answer, camera, 1.7)
    assert found is not None
    return found


@pytest.mark.parametrize("step", [1, 3])
def test_numpy_computes_what_torch_does(step: int) -> None:
    torch.manual_seed(0)
    net = TrainedErrorNetwork().eval()
    for value in net.parameters():
        torch.nn.init.normal_(value, std=0.1)
    own = ErrorNetwork({name: value.numpy() for name, value in net.state_dict().items()})
    x, lifted = torch.randn(40 * step, COUNT), torch.rand(40 * step) > 0.2
    x *= lifted[:, None]
    found = own(x.numpy(), lifted.numpy(), step)
    for phase in range(step):
        with torch.no_grad():
            right = net(x[None, phase::step], lifted[None, phase::step])[0].numpy()
        np.testing.assert_allclose(found[phase::step], right, rtol=1e-3, atol=1e-3 * np.abs(right).max())


def test_features_of_a_mirrored_person_are_the_mirrored_features() -> None:
    image, answer = WALK.person.joints_image_h36m, WALK.person.relative
    plain = features(image, answer).values
    width = CAMERA.size_px[0]
    other = (image * [-1, 1] + [width, 0])[:, H36M17.mirror].astype(np.float32)
    np.testing.assert_allclose(features(other, mirror(answer)).values, mirrored(plain), atol=2e-3)
    np.testing.assert_array_equal(mirrored(mirrored(plain)), plain)


def test_features_do_not_depend_on_the_unit_of_the_answer() -> None:
    image, answer = WALK.person.joints_image_h36m, WALK.person.relative
    np.testing.assert_allclose(features(image, 3 * answer).values, features(image, answer).values, atol=1e-4)


def test_the_detectors_own_depth_is_compared_with_the_answer() -> None:
    image, answer = WALK.person.joints_image_h36m, WALK.person.relative
    depth = np.zeros(answer.shape[:2], np.float32)
    depth[1:] = 0.1  # of the first frame unknown
    values = (
        features(image, answer, depth=depth).values[:, : 17 * len(JOINT_FEATURES)].reshape(-1, 17, len(JOINT_FEATURES))
    )
    known = values[..., JOINT_FEATURES.index("depth_known")]
    assert not known[0].any()
    assert known[1:].all()
    plain = features(image, answer).values[:, : 17 * len(JOINT_FEATURES)].reshape(values.shape)
    own = ("depth_difference", "depth_known")
    same = [k for k, name in enumerate(JOINT_FEATURES) if name not in own]
    np.testing.assert_array_equal(values[..., same], plain[..., same])
    assert not plain[..., [JOINT_FEATURES.index(name) for name in own]].any()


def test_errors_have_the_size_of_the_body_and_none_at_the_pelvis() -> None:
    person = WALK.person
    answer = person.relative.copy()
    answer[5] = np.nan
    found = errors(person.joints_image_h36m, person.scores, answer)
    assert np.isnan(found[5]).all()
    known = np.delete(found, 5, axis=0)
    assert not known[:, 0].any()
    assert (known[:, 1:] > 0.002).all()
    assert known[:, 1:].mean() < 0.1, "a walk that is seen perfectly is known to some centimetres"
    tall = standard_errors(person.track, answer, CAMERA, 3.4)
    assert tall is not None
    np.testing.assert_allclose(np.delete(tall, 5, axis=0), 2 * known, rtol=1e-5)


def test_depth_is_less_certain_than_the_image() -> None:
    found = errors(WALK.person.joints_image_h36m, WALK.person.scores, WALK.person.relative)
    across, deep = np.moveaxis(found[:, 1:], -1, 0)
    assert deep.mean() > 1.3 * across.mean()


def test_what_contradicts_itself_is_less_certain() -> None:
    person, rng = WALK.person, np.random.default_rng(0)
    image, scores, answer = person.joints_image_h36m, person.scores, person.relative
    sure = errors(image, scores, answer)[:, 1:].mean()
    shaking = (answer + rng.normal(0, 0.05, answer.shape) * (np.arange(17) > 0)[:, None]).astype(np.float32)
    assert errors(image, scores, shaking)[:, 1:].mean() > 1.2 * sure
    assert errors(image, (0.3 * scores).astype(np.float32), answer)[:, 1:].mean() > 1.2 * sure
    hidden = image.copy()
    hidden[:, [14, 15, 16]] = np.nan  # the right arm
    alone = errors(hidden, np.where(np.isnan(hidden[..., 0]), 0, scores).astype(np.float32), answer)
    assert alone[:, 16].mean() > 1.1 * errors(image, scores, answer)[:, 16].mean()


def test_errors_do_not_depend_on_the_frame_rate() -> None:
    person = WALK.person
    half = dataclasses.replace(CAMERA, rate_hz=CAMERA.rate_hz / 2)
    all_frames = standard_errors(person.track, person.relative, CAMERA, 1.7)
    every_second = standard_errors(person.track.rows(slice(0, None, 2)), person.relative[::2], half, 1.7)
    assert all_frames is not None
    assert every_second is not None
    assert step_rows(CAMERA.rate_hz) == 2 * step_rows(half.rate_hz)
    ratio = every_second[:, 1:].mean() / all_frames[:, 1:].mean()
    assert 0.8 < ratio < 1.25


def test_without_its_file_there_are_no_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network_module, "FILE", "missing.safetensors")
    load_network.cache_clear()
    try:
        assert standard_errors(WALK.person.track, WALK.person.relative, CAMERA, 1.7) is None
    finally:
        load_network.cache_clear()


def test_a_long_take_is_estimated_in_parts_without_seams(monkeypatch: pytest.MonkeyPatch) -> None:
    person = WALK.person
    whole = errors(person.joints_image_h36m, person.scores, person.relative)
    monkeypatch.setattr(estimate, "ROWS_AT_ONCE", 40)
    assert len(whole) > 100
    np.testing.assert_allclose(errors(person.joints_image_h36m, person.scores, person.relative), whole, rtol=2e-3)

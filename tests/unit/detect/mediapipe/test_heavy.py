"""Test BlazePose heavy: where its weights are found, what `auto` takes, and MediaPipe's own landmarker beside it."""

from __future__ import annotations

import importlib.util
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest

import pipeline as hg
from pipeline import weights
from pipeline.core.camera import Frame
from pipeline.core.config import DetectConfig, RunConfig
from pipeline.core.errors import ModelError
from pipeline.detect.create import create_detector, listing
from pipeline.detect.mediapipe.choose import chosen_detector, resolved
from pipeline.detect.mediapipe.heavy import BUNDLE_FILE, HEAVY, heavy_entry, heavy_network, is_here, network_digest
from pipeline.detect.mediapipe.model_bundle import LANDMARKS_MEMBER, model_bundle, wheel_file
from pipeline.detect.mediapipe.networks import quiet_stderr
from pipeline.take.provenance import same_source


@pytest.fixture
def own_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder of weights; the cache is the test's, too."""
    monkeypatch.setenv("HOURGLASS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("HOURGLASS_WEIGHTS", str(tmp_path))
    return tmp_path


def infos() -> dict[str, object]:
    return {info.name: info for info in listing(check=True)}


def test_files_get_heavy_where_it_is_and_cameras_full(with_heavy: None) -> None:
    assert chosen_detector(DetectConfig()) == HEAVY
    assert chosen_detector(DetectConfig(prompt=False)) == "mediapipe"
    assert chosen_detector(DetectConfig(detector="mediapipe")) == "mediapipe"
    assert resolved(DetectConfig(max_people=3)) == DetectConfig(detector=HEAVY, max_people=3)
    found = infos()
    assert next(iter(found)) == "auto"
    assert found[HEAVY].ready
    assert found[HEAVY].recommended_for == ("files",)
    assert found["mediapipe"].recommended_for == ("live",)
    assert "heavy for files, full live" in found["auto"].title
    assert "Files get BlazePose heavy" in found["auto"].advice


def test_without_its_weights_everything_gets_full(own_weights: Path) -> None:
    assert not is_here()
    assert chosen_detector(DetectConfig()) == chosen_detector(DetectConfig(prompt=False)) == "mediapipe"
    found = infos()
    assert found[HEAVY].fields == (f"download:{HEAVY}",)
    assert found[HEAVY].can_get
    assert found[HEAVY].recommended_for == ("files",), "it is recommended, here or not"
    assert found["auto"].ready
    assert "its weights are not here" in found["auto"].advice
    with pytest.raises(ModelError, match="not installed") as caught:
        create_detector(DetectConfig(detector=HEAVY))
    assert caught.value.fields == (f"download:{HEAVY}",)


def test_a_damaged_file_is_told_and_not_used(own_weights: Path) -> None:
    (own_weights / heavy_entry().file).write_bytes(b"TFL3" * 1000)
    assert infos()[HEAVY].damaged
    with pytest.raises(ModelError, match="damaged"):
        create_detector(DetectConfig())


def bundle_of(network: bytes, folder: Path) -> Path:
    with zipfile.ZipFile(folder / BUNDLE_FILE, "w") as bundle:
        bundle.writestr(LANDMARKS_MEMBER, network)
    return folder / BUNDLE_FILE


def test_the_network_of_googles_bundle_is_recognised_by_its_tensors(heavy_folder: Path, own_weights: Path) -> None:
    bare = (heavy_folder / heavy_entry().file).read_bytes()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOURGLASS_WEIGHTS", str(heavy_folder))
        with_metadata = model_bundle(silhouette=True, size="heavy").member(LANDMARKS_MEMBER)
    assert with_metadata != bare
    assert network_digest(with_metadata) == network_digest(bare)
    bundle_of(with_metadata, own_weights)
    assert is_here()
    assert heavy_network().read_bytes() == with_metadata
    heavy_network().write_bytes(b"cut off")
    assert heavy_network().read_bytes() == with_metadata, "a damaged copy is made again"
    assert chosen_detector(DetectConfig()) == HEAVY


def test_another_network_in_the_bundle_is_refused(own_weights: Path) -> None:
    bundle = bundle_of(wheel_file(LANDMARKS_MEMBER).read_bytes(), own_weights)
    with pytest.raises(ModelError, match="does not contain the network"):
        heavy_network()
    for content in (b"no zip", b""):
        bundle.write_bytes(content)
        with pytest.raises(ModelError, match="cannot be read"):
            heavy_network()
    bundle_of(b"no network at all", own_weights)
    with pytest.raises(ModelError, match="cannot be read"):
        heavy_network()
    assert infos()[HEAVY].damaged


def test_one_changed_weight_changes_the_digest() -> None:
    network = bytearray(wheel_file(LANDMARKS_MEMBER).read_bytes())
    before = network_digest(bytes(network))
    network[len(network) // 2] ^= 1  # within the weights, which are nearly all of the file
    assert network_digest(bytes(network)) != before


def test_a_bare_file_goes_before_a_bundle(heavy_folder: Path, own_weights: Path) -> None:
    shutil.copy(heavy_folder / heavy_entry().file, own_weights)
    (own_weights / BUNDLE_FILE).write_bytes(b"rubbish")
    assert heavy_network() == own_weights / heavy_entry().file == weights.path_of(heavy_entry())


@pytest.mark.skipif(importlib.util.find_spec("openvino") is None, reason="OpenVINO is for x86")
def test_both_runtimes_follow_people_alike(with_heavy: None, sample_path: Path) -> None:
    """Compare the last of several frames: differences of 1e-6 grow where a crop follows the one before."""
    from pipeline.sources.file.video import VideoSource

    source, found = VideoSource(sample_path), []
    frames = list(source.frames(2.5, 2.8))
    source.close()
    assert len(frames) >= 8
    for runtime in ("openvino", "mediapipe"):
        detector = create_detector(DetectConfig(detector=HEAVY, max_people=2, runtime=runtime))
        found.append([detector.detect(frame) for frame in frames][-1])
        detector.close()
    one, other = (pose.joints_image[np.argsort(pose.joints_image[:, 0, 0])] for pose in found)
    assert len(one) == 2
    assert np.linalg.norm(one - other, axis=-1).max() < 6  # px; their bodies have 300


def test_joints_are_those_of_mediapipes_own_landmarker(with_heavy: None, sample_path: Path) -> None:
    """Compare whole detections on real frames; both find the person by themselves, so their crops differ a little."""
    import mediapipe
    from mediapipe.tasks.python import BaseOptions, vision

    from pipeline.sources.file.video import VideoSource

    options = vision.PoseLandmarkerOptions(
        base_options=BaseOptions(model_asset_path=str(model_bundle(silhouette=True, size="heavy").path)), num_poses=1
    )
    with quiet_stderr():
        landmarker = vision.PoseLandmarker.create_from_options(options)
    detector, source = create_detector(DetectConfig(detector=HEAVY, max_people=1)), VideoSource(sample_path)
    offsets = []
    for second, left in ((2.67, 1000), (2.9, 930), (3.2, 840)):
        picture = np.ascontiguousarray(source.frame_at(second + 0.001).bgr[400:, left : left + 400])  # the woman
        height, width = picture.shape[:2]
        rgb = np.ascontiguousarray(picture[..., ::-1])
        theirs = landmarker.detect(mediapipe.Image(mediapipe.ImageFormat.SRGB, rgb)).pose_landmarks[0]
        detector.reset()
        ours = detector.detect(Frame(0, 0.0, picture))
        points = np.array([(p.x * width, p.y * height) for p in theirs])
        seen = np.array([p.visibility for p in theirs]) > 0.7
        body = float(np.ptp(points[:, 1]))
        offsets.append(np.linalg.norm(points - ours.joints_image[0], axis=1)[seen] / body)
    source.close()
    detector.close()
    landmarker.close()
    assert np.median(np.concatenate(offsets)) < 0.01  # shares of her height
    assert np.quantile(np.concatenate(offsets), 0.95) < 0.04


def test_a_take_names_the_detector_that_ran(heavy_folder: Path, own_weights: Path, sample_path: Path) -> None:
    def lifted(**settings: str) -> hg.Take:
        return hg.lift(sample_path, end_s=0.2, **settings)

    full = lifted()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOURGLASS_WEIGHTS", str(heavy_folder))
        heavy, named = lifted(), lifted(detector="mediapipe")
        assert same_source(RunConfig(end_s=0.2), heavy.config)
        assert not same_source(RunConfig(end_s=0.2), named.config)
    assert same_source(RunConfig(end_s=0.2), full.config)
    for take, name in ((full, "mediapipe"), (heavy, HEAVY), (named, "mediapipe")):
        assert take.config.detect.detector == name
        assert take.provenance["detector"].startswith(f"{name} ({name}-")
        assert take.provenance["run"]["detector_runtime"]
    np.testing.assert_array_equal(full.tracks2d[0].joints_image, named.tracks2d[0].joints_image)
    assert not np.array_equal(full.tracks2d[0].joints_image, heavy.tracks2d[0].joints_image)

"""Test motion, cameras and detector errors of the training data."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.body.stature import chain_length
from pipeline.core.camera import Camera
from pipeline.core.errors import SourceError
from pipeline.core.geometry import rotation_world_from_camera
from pipeline.core.skeletons import H36M17
from training.data import motion_file
from training.synthesis import batches, cameras, detector_errors

# A standing body, metres, facing +y: enough structure for everything that is tested here.
STANDING = np.array(
    [
        [0, 0, 0.95], [0.13, 0, 0.95], [0.14, 0.02, 0.5], [0.14, 0, 0.08], [-0.13, 0, 0.95], [-0.14, 0.02, 0.5],
        [-0.14, 0, 0.08], [0, 0, 1.2], [0, 0, 1.45], [0, 0.1, 1.6], [0, 0, 1.75], [-0.18, 0, 1.45], [-0.2, 0, 1.15],
        [-0.2, 0.05, 0.9], [0.18, 0, 1.45], [0.2, 0, 1.15], [0.2, 0.05, 0.9],
    ]
)  # fmt: skip


@pytest.fixture
def clips() -> motion_file.Clips:
    """Return three clips: a walk (400 frames), a short held-out one (60), a wave (300)."""
    t = np.arange(400) / 60
    walk = STANDING + np.stack([0 * t, 1.2 * t, 0.03 * np.sin(9 * t)], -1)[:, None]
    walk[:, 3, 1] += 0.3 * np.sin(9 * t)
    walk[:, 6, 1] -= 0.3 * np.sin(9 * t)
    wave = np.repeat(STANDING[None], 300, axis=0)
    wave[:, 16] += np.stack([0.2 * np.sin(12 * t), 0 * t, 0.5 + 0 * t], -1)[:300]
    parts = [walk, walk[100:160], wave]
    length = np.array([len(p) for p in parts])
    start = np.concatenate([[0], np.cumsum(length)[:-1]])
    return motion_file.Clips(
        np.concatenate(parts).astype(np.float32),
        start,
        length,
        np.array(["a", "b", "c"]),
        np.array(["cmu-asf", "cmu-asf", "ui-prmd"]),
        np.array(["cmu_01", "cmu_49", "ui-prmd_s01"]),
    )


def test_file_is_read_with_the_spine_made_again(clips: motion_file.Clips, tmp_path: Path) -> None:
    bent = clips.positions.copy()
    bent[:, 7, 1] += 0.1
    bounds = np.append(clips.start, len(bent))
    labels = {"clip_name": clips.name, "clip_source": clips.source, "clip_subject": clips.subject}
    np.savez(tmp_path / "motion.npz", positions=bent, clip_start=bounds, **labels)
    read = motion_file.load_clips(tmp_path / "motion.npz")
    assert read.length.tolist() == [400, 60, 300]
    np.testing.assert_allclose(read.positions[:, 7], (bent[:, 0] + bent[:, 8]) / 2, atol=1e-6)


@pytest.mark.parametrize("content", [b"", b"no archive"])
def test_a_file_of_another_kind_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "x.npz").write_bytes(content)
    with pytest.raises(SourceError):
        motion_file.load_clips(tmp_path / "x.npz")


def test_training_and_selection_share_no_subject(clips: motion_file.Clips) -> None:
    train, chosen_by = motion_file.selection_split(clips)
    assert set(chosen_by.subject) == {"cmu_49"}
    assert not set(train.subject) & set(chosen_by.subject)


def test_other_motion_files_also_hold_a_subject_out(clips: motion_file.Clips) -> None:
    others = clips.select(clips.subject != "cmu_49")
    train, chosen_by = motion_file.selection_split(others)
    assert len(train) == 1
    assert len(chosen_by) == 1


def test_draws_follow_source_and_length(clips: motion_file.Clips) -> None:
    weight = clips.draw_weights()
    assert weight.sum() == pytest.approx(1)
    assert weight[0] / weight[1] == pytest.approx((400 / 60) ** 0.75)
    assert weight[0] / weight[2] == pytest.approx(3 / 0.5 * (400 / 300) ** 0.75)


def test_a_window_has_the_speed_of_its_step(clips: motion_file.Clips) -> None:
    window, own = motion_file.cut_windows(clips, np.array([0]), np.array([2.5]), np.array([0.5]), 81)
    assert own.all()
    np.testing.assert_allclose(np.diff(window[0, :, 7, 1]), 1.2 / 60 * 2.5, atol=1e-5)


def test_a_short_clip_stands_in_the_middle_and_turns_back(clips: motion_file.Clips) -> None:
    window, own = motion_file.cut_windows(clips, np.array([1]), np.array([1.0]), np.array([0.0]), 81)
    assert own[0].sum() == 60
    first = int(own[0].argmax())
    np.testing.assert_allclose(window[0, first : first + 60], clips.positions[400:460], atol=1e-6)
    np.testing.assert_allclose(window[0, first - 3], window[0, first + 3])


def test_other_bodies_keep_their_bones_and_their_rule(clips: motion_file.Clips) -> None:
    joints, _ = motion_file.cut_windows(clips, np.array([0, 2]), np.array([1.0, 1.0]), np.array([0.0, 0.0]), 100)
    shaped = motion_file.vary_proportions(joints, np.random.default_rng(3))
    for parent, child in ((1, 2), (2, 3), (11, 12), (8, 14)):
        before = np.linalg.norm(joints[:, :, child] - joints[:, :, parent], axis=-1)
        after = np.linalg.norm(shaped[:, :, child] - shaped[:, :, parent], axis=-1)
        ratio = after / before
        np.testing.assert_allclose(ratio, ratio[:, :1].repeat(100, 1), rtol=0.02)
        assert (np.abs(ratio[:, 0] - 1) > 1e-3).all()
    np.testing.assert_allclose(shaped[:, :, 0], (shaped[:, :, 1] + shaped[:, :, 4]) / 2, atol=1e-9)


def test_mixing_takes_the_arms_of_another_and_keeps_the_legs(clips: motion_file.Clips) -> None:
    joints, _ = motion_file.cut_windows(clips, np.array([0, 2]), np.array([1.0, 1.0]), np.array([0.0, 0.0]), 100)
    mixed = motion_file.mix_upper_bodies(
        motion_file.rotate_about_vertical(joints, np.array([0.0, 1.0])), np.random.default_rng(0), 1.0
    )
    np.testing.assert_allclose(mixed[0, :, :7], joints[0, :, :7])
    # The waver's arm, turned to the walker's side.
    np.testing.assert_allclose(mixed[0, :, 16] - mixed[0, :, 0], joints[1, :, 16] - joints[1, :, 0], atol=1e-6)


def test_tilting_and_turning_change_no_distance(clips: motion_file.Clips) -> None:
    joints, _ = motion_file.cut_windows(clips, np.array([0, 2]), np.array([1.0, 1.0]), np.array([0.0, 0.0]), 50)
    tilted = motion_file.tilt_scenes(joints, np.random.default_rng(1), 1.0)
    assert np.abs(tilted - joints).max() > 0.1
    for values in (tilted, motion_file.rotate_about_vertical(joints, np.array([0.3, 2.0]))):
        np.testing.assert_allclose(chain_length(values), chain_length(joints))


def test_camera_axes_are_those_of_the_library() -> None:
    for pitch, roll in ((0, 0), (25, 0), (-30, 12), (70, -40)):
        expected = rotation_world_from_camera(pitch, roll).T
        ours = cameras.camera_axes(np.array(0.0), np.array(np.radians(pitch)), np.array(np.radians(roll)))
        np.testing.assert_allclose(ours, expected, atol=1e-12)


def level_camera(**changes: float) -> cameras.Cameras:
    row = dict.fromkeys(
        ("bearing_deg", "pitch_deg", "roll_deg", "aim_x", "aim_y", "pan_deg_s", "sway_deg", "follow"), 0.0
    )
    return cameras.Cameras.from_rows(
        [row | {"fov_deg": 60.0, "width_px": 1280.0, "height_px": 720.0, "distance_m": 4.0} | changes]
    )


def test_a_camera_sees_what_the_library_projects(clips: motion_file.Clips) -> None:
    joints, _ = motion_file.cut_windows(clips, np.array([0]), np.array([2.0]), np.array([0.0]), 60)
    camera = level_camera(bearing_deg=140.0, pitch_deg=20.0, roll_deg=5.0, aim_x=0.4)
    seen, image = cameras.project_into_cameras(joints, camera, np.array([30.0]))
    np.testing.assert_allclose(image, Camera((1280, 720), 60.0).project(seen), atol=1e-6)
    distance = np.linalg.norm(seen[0, :, 0], axis=-1)
    assert distance.min() == pytest.approx(4.0, rel=0.12)
    np.testing.assert_allclose(chain_length(seen), chain_length(joints))


def test_aim_is_where_the_person_stands_in_the_image() -> None:
    still = np.repeat(STANDING[None, None], 5, axis=1)
    _, image = cameras.project_into_cameras(still, level_camera(aim_x=0.5, aim_y=-0.25), np.array([30.0]))
    np.testing.assert_allclose(image[0, :, 0, 0], 640 * 1.5, rtol=0.005)
    assert image[0, 0, 0, 1] == pytest.approx(360 * 0.75, rel=0.05)


def test_from_behind_a_right_hand_is_on_the_right() -> None:
    still = np.repeat(STANDING[None, None], 3, axis=1)
    _, image = cameras.project_into_cameras(still, level_camera(), np.array([30.0]))
    assert (image[0, :, 16, 0] > image[0, :, 13, 0]).all()
    assert (image[0, :, 10, 1] < image[0, :, 3, 1]).all()


def test_a_panning_camera_moves_the_person_and_a_following_one_does_not(clips: motion_file.Clips) -> None:
    joints, _ = motion_file.cut_windows(clips, np.array([0]), np.array([2.0]), np.array([0.0]), 60)
    travel = [
        np.ptp(
            cameras.project_into_cameras(joints, level_camera(bearing_deg=90.0, **kind), np.array([30.0]))[1][
                0, :, 0, 0
            ]
        )
        for kind in ({}, {"follow": 1.0})
    ]
    assert travel[1] < 0.05 * travel[0]
    still = np.repeat(STANDING[None, None], 31, axis=1)
    _, image = cameras.project_into_cameras(still, level_camera(pan_deg_s=10.0), np.array([30.0]))
    assert image[0, 0, 0, 0] - image[0, -1, 0, 0] == pytest.approx(2 * 1108.5 * np.tan(np.radians(5)), rel=1e-3)


def test_cameras_come_back_from_their_rows() -> None:
    drawn = cameras.draw_cameras(np.random.default_rng(5), 300)
    again = cameras.Cameras.from_rows(drawn.rows())
    np.testing.assert_array_equal(again.pitch_deg, drawn.pitch_deg)
    assert 0.8 <= drawn.distance_m.min() < 1.0
    assert 9 < drawn.distance_m.max() <= 10
    assert drawn.pitch_deg.min() < -10
    assert drawn.pitch_deg.max() > 50


def perfect(**changes: float) -> detector_errors.ErrorModel:
    """Return a detector without errors, except for `changes`."""
    none = dict.fromkeys(detector_errors.ErrorModel.__dataclass_fields__, 0.0)
    none |= {"jitter": np.zeros(17), "drift": np.zeros(17), "bias": np.zeros(17), "drift_s": 0.1, "outside_given": 1.0}
    none |= {
        "confidence_seen": (20.0, 1.0),
        "confidence_guess": (2.0, 4.0),
        "occlusion_s": 0.5,
        "lost_s": 0.5,
        "swap_s": 0.5,
    }
    return detector_errors.ErrorModel(**(none | changes))


def found_by(
    model: detector_errors.ErrorModel, count: int = 8, frames: int = 120
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    image = np.repeat((STANDING[:, [0, 2]] * [300, -300] + [600, 650])[None], frames, axis=0)
    image = np.repeat(image[None], count, axis=0)
    size = np.repeat([[1280.0, 720.0]], count, axis=0)
    return image, *detector_errors.simulate_detector(image, size, np.full(count, 30.0), model, np.random.default_rng(0))


def test_a_perfect_detector_changes_nothing() -> None:
    image, found, scores = found_by(perfect())
    np.testing.assert_allclose(found, image, atol=1e-3)
    assert scores.min() > 0.3


def test_jitter_has_the_size_that_the_file_says() -> None:
    image, found, _ = found_by(perfect(jitter=np.full(17, 0.01)), count=64)
    body_px = 300 * (1.75 - 0.08)
    deviation = (found - image)[:, :, [3, 6, 13, 16]].std()
    assert deviation == pytest.approx(0.01 * body_px, rel=0.25)


def test_what_is_hidden_is_gone_or_guessed_at_low_confidence() -> None:
    _, found, scores = found_by(perfect(occlusions_per_s=2.0, guess_share=0.0))
    gone = np.isnan(found).any(-1)
    assert 0.05 < gone.mean() < 0.9
    assert (scores[gone] == 0).all()
    _, found, scores = found_by(perfect(occlusions_per_s=2.0, guess_share=1.0, guess_error=0.03))
    assert np.isfinite(found).all()
    assert (scores < 0.3).mean() > 0.05


def test_sides_are_swapped_for_a_while() -> None:
    image, found, _ = found_by(perfect(swap_per_s=1.0))
    swapped = np.abs(found[..., 3, 0] - image[..., 6, 0]) < 0.5
    assert 0.05 < swapped.mean() < 0.95


def test_a_lost_person_is_lost_with_all_joints() -> None:
    _, found, _ = found_by(perfect(lost_per_s=0.5))
    gone = np.isnan(found).any(-1)
    assert 0.02 < gone.all(-1).mean() < 0.9
    np.testing.assert_array_equal(gone.any(-1), gone.all(-1))


def test_batches_are_the_same_for_the_same_seed_and_at_unit_stature(clips: motion_file.Clips) -> None:
    model = detector_errors.load_model()
    one, again = (batches.make_batch(clips, model, (1, 2, 3), 4, 27) for _ in range(2))
    other = batches.make_batch(clips, model, (1, 2, 4), 4, 27)
    np.testing.assert_array_equal(one.x, again.x)
    assert np.abs(one.x - other.x).max() > 0.05
    assert one.x.shape == one.y.shape == (4, 27, 17, 3)
    assert np.isfinite(one.x).all()
    assert (one.y[:, :, 0] == 0).all()
    np.testing.assert_allclose(np.median(chain_length(one.y), axis=1), motion_file.UNIT_STATURE_M, atol=1e-4)


def test_input_and_output_share_their_axes(clips: motion_file.Clips) -> None:
    batch = batches.make_batch(clips, None, (7,), 32, 9)
    seen = batch.x[..., 2] > 0
    limbs = [j for j in range(1, 17) if j not in (7, 8)]
    x, y = batch.x[:, :, limbs], batch.y[:, :, limbs]
    for axis in range(2):
        both = np.corrcoef(x[..., axis][seen[:, :, limbs]], y[..., axis][seen[:, :, limbs]])
        assert both[0, 1] > 0.9
    assert set(H36M17.left) == {4, 5, 6, 11, 12, 13}


def test_batches_ahead_come_in_order_and_pass_on_what_is_raised() -> None:
    def make(step: int) -> batches.Batch:
        if step == 8:
            raise ValueError("eight")
        return batches.Batch(np.full(1, step), np.full(1, step))

    coming = batches.prefetch(make, 5)
    assert [int(next(coming).x[0]) for _ in range(3)] == [5, 6, 7]
    with pytest.raises(ValueError, match="eight"):
        next(coming)


def _only(**values: object) -> detector_errors.ErrorModel:
    """Return the frozen model without errors, except for those given."""
    from dataclasses import fields, replace

    model = detector_errors.load_model(
        Path(detector_errors.__file__).parents[1] / "evaluate" / "frozen" / "detector_errors.json"
    )
    keep = {"drift_s", "swap_s", "swap_body_s", "lost_s", "occlusion_s", "guess_share", "outside_given", "outlier_sure"}
    nothing = {
        f.name: np.zeros(17) if f.name in ("jitter", "drift", "bias") else 0.0
        for f in fields(model)
        if f.name not in keep and not f.name.startswith("confidence")
    }
    return replace(model, **(nothing | values))


def test_the_frozen_error_model_draws_what_it_always_drew() -> None:
    model = detector_errors.load_model(
        Path(detector_errors.__file__).parents[1] / "evaluate" / "frozen" / "detector_errors.json"
    )
    assert model.swap_body_per_s == model.hip_shift == model.outlier_s == 0
    image = np.random.default_rng(5).uniform(100, 800, (6, 60, 17, 2))
    found, scores = detector_errors.simulate_detector(
        image, np.full((6, 2), 900.0), np.full(6, 30.0), model, np.random.default_rng(3)
    )
    assert float(np.nanmean(np.abs(found - image))) == pytest.approx(46.44497, abs=1e-4)
    assert float(scores.mean()) == pytest.approx(0.9121408, abs=1e-6)


def test_detectors_hips_lie_lower_and_shoulders_higher() -> None:
    image = np.repeat(100 + 400 * STANDING[None, None, :, [0, 2]], 20, axis=1)
    image[..., 1] = 1000 - image[..., 1]
    model = _only(hip_shift=0.06, hip_spread=1e-9, shoulder_shift=0.03)
    found, _ = detector_errors.simulate_detector(
        image, np.full((1, 2), 2000.0), np.full(1, 30.0), model, np.random.default_rng(0)
    )
    trunk = 400 * 0.5  # px
    np.testing.assert_allclose((found - image)[..., [1, 4], 1], 0.06 * trunk, atol=1e-3)
    np.testing.assert_allclose((found - image)[..., [11, 14], 1], -0.03 * trunk, atol=1e-3)
    np.testing.assert_allclose((found - image)[..., [2, 3, 12, 13], :], 0, atol=1e-3)


def test_the_whole_body_is_swapped_at_once() -> None:
    image = np.repeat(100 + 400 * STANDING[None, None, :, [0, 2]], 3000, axis=1)
    model = _only(swap_body_per_s=0.5, swap_body_s=0.2)
    found, _ = detector_errors.simulate_detector(
        image, np.full((1, 2), 2000.0), np.full(1, 30.0), model, np.random.default_rng(0)
    )
    swapped = np.abs(found - image[..., H36M17.mirror, :]).max((-1, -2)) < 1e-2
    plain = np.abs(found - image).max((-1, -2)) < 1e-2
    assert (swapped | plain).all()
    assert 0.05 < swapped.mean() < 0.2


def test_outliers_stay_for_a_while_and_keep_their_confidence() -> None:
    image = np.repeat(100 + 400 * STANDING[None, None, :, [0, 2]], 4000, axis=1)
    model = _only(outlier_rate=0.01, outlier_size=0.1, outlier_s=0.1, outlier_sure=1.0)
    found, scores = detector_errors.simulate_detector(
        image, np.full((1, 2), 2000.0), np.full(1, 60.0), model, np.random.default_rng(0)
    )
    far = np.linalg.norm(found - image, axis=-1)[0, :, [3, 13]] > 0.01
    begins = (far[:, 1:] & ~far[:, :-1]).sum()
    assert far.mean() == pytest.approx(0.01, rel=0.4)
    assert far.sum() / begins / 60 == pytest.approx(0.1, rel=0.4)
    assert float(np.quantile(scores[0, :, [3, 13]][far], 0.1)) > 0.7

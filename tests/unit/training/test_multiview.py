"""Test the multi-camera truth and its metrics on known geometry and known faults."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline.core.camera import Camera
from pipeline.core.errors import SourceError
from pipeline.core.skeletons import H36M17
from training.real_video import (
    mediapipe_3d,
    multiview,
    multiview_detector_noise,
    multiview_take,
    multiview_truth,
    single_view,
)
from training.real_video.multiview_cameras import (
    CalibratedCamera,
    Marks,
    moved_camera,
    read_qca,
    refine_cameras,
    reprojection_residuals,
    triangulate,
    triangulate_consensus,
)
from training.real_video.multiview_truth import MultiviewJoints
from training.synthesis.cameras import camera_axes

STANDING = np.array(
    [
        [0, 0, 0.95], [0.1, 0, 0.95], [0.14, 0.02, 0.5], [0.14, 0, 0.08], [-0.1, 0, 0.95], [-0.14, 0.02, 0.5],
        [-0.14, 0, 0.08], [0, 0, 1.2], [0, 0, 1.45], [0, 0.15, 1.6], [0, 0, 1.75], [-0.18, 0, 1.45], [-0.4, 0, 1.25],
        [-0.5, 0.15, 1.05], [0.18, 0, 1.45], [0.3, 0, 1.2], [0.25, 0.2, 1.05],
    ]
)  # fmt: skip


@pytest.fixture
def cameras() -> list[CalibratedCamera]:
    """Four around the middle, 3.5 m away, at different heights, with a little distortion."""
    out = []
    for n, (bearing, height) in enumerate(((20, 1.9), (110, 1.2), (205, 2.1), (300, 1.6))):
        pan = np.radians(bearing)
        axes = camera_axes(np.array(pan), np.array(np.arctan2(height - 1, 3.5)), np.array(0.05 * n))
        centre = np.array([-3.5 * np.sin(pan), -3.5 * np.cos(pan), height])
        lens = np.array([-0.045, 0.1, 0.0006, -0.0004])
        out.append(
            CalibratedCamera(
                f"cam0{n + 1}", axes, centre, np.full(2, 1650.0), np.array([540.0, 960.0]), lens, (1080, 1920)
            )
        )
    return out


def walker(frames: int = 80) -> np.ndarray:
    """Return a person (T, 17, 3) who turns, waves and steps."""
    t = np.arange(frames) / 60
    body = np.repeat(STANDING[None], frames, axis=0)
    body[:, 3, 1] += 0.35 * np.sin(7 * t)
    body[:, 6, 1] -= 0.35 * np.sin(7 * t)
    body[:, 16] += np.stack([0.2 * np.sin(11 * t), 0 * t, 0.4 * np.sin(6 * t)], -1)
    body[:, 13, 2] += 0.3 * np.cos(8 * t)
    angle = 0.5 * np.sin(2.5 * t)
    c, s = np.cos(angle)[:, None], np.sin(angle)[:, None]
    x, y = body[..., 0].copy(), body[..., 1].copy()
    body[..., 0], body[..., 1] = c * x - s * y, s * x + c * y + 0.3 * np.sin(t)[:, None]
    body[:, 0] = body[:, [1, 4]].mean(1)
    body[:, 8] = body[:, [11, 14]].mean(1)
    body[:, 7] = body[:, [0, 8]].mean(1)
    return body


def detections_of(
    body: np.ndarray, cameras: list[CalibratedCamera], noise_px: float = 0.0, seed: int = 0
) -> MultiviewJoints:
    image = np.stack([camera.project(body) for camera in cameras])
    image += noise_px * np.random.default_rng(seed).standard_normal(image.shape)
    return MultiviewJoints.of(list(image), [np.full(body.shape[:2], 0.95)] * len(cameras))


def test_points_come_back_through_lenses(cameras: list[CalibratedCamera]) -> None:
    points = np.random.default_rng(0).uniform([-1, -1, 0], [1, 1, 2], (60, 3))
    image = np.stack([camera.project(points) for camera in cameras])
    np.testing.assert_allclose(triangulate(cameras, image, np.ones(image.shape[:2])), points, atol=1e-6)
    at = cameras[0].in_camera(points)
    np.testing.assert_allclose(cameras[0].undistort(image[0]), at[:, :2] / at[:, 2:], atol=1e-9)


def test_one_view_is_no_point(cameras: list[CalibratedCamera]) -> None:
    image = np.stack([camera.project(STANDING) for camera in cameras])
    weight = np.zeros((4, 17))
    weight[2] = 1
    assert np.isnan(triangulate(cameras, image, weight)).all()


def test_a_view_that_is_wrong_is_left_out(cameras: list[CalibratedCamera]) -> None:
    image = np.stack([camera.project(STANDING) for camera in cameras])
    image[1, 5] += [90, -60]
    points, used = triangulate_consensus(cameras, image, np.ones((4, 17)), np.full(4, 15.0))
    np.testing.assert_allclose(points, STANDING, atol=1e-6)
    assert not used[1, 5]
    assert used.sum() == 4 * 17 - 1


def test_confident_views_win_over_doubtful_ones(cameras: list[CalibratedCamera]) -> None:
    image = np.stack([camera.project(STANDING) for camera in cameras])
    image[2:, 9] = np.stack([camera.project(STANDING[9] + [0, 0, 0.4]) for camera in cameras[2:]])
    weight = np.ones((4, 17))
    weight[2:, 9] = 0.3
    points, used = triangulate_consensus(cameras, image, weight, np.full(4, 15.0))
    np.testing.assert_allclose(points[9], STANDING[9], atol=1e-6)
    assert used[:, 9].tolist() == [True, True, False, False]


def test_knocked_cameras_are_put_back(cameras: list[CalibratedCamera]) -> None:
    rng = np.random.default_rng(1)
    detected = detections_of(walker(), cameras, noise_px=5)
    corners = np.array([[-1, 0.3, 0], [-1, -0.3, 0], [1, 0.3, 0], [1, -0.3, 0.0]])
    marks = Marks(corners, np.stack([camera.project(corners) for camera in cameras]))
    marks.image[1, 2] = np.nan
    knocked = [moved_camera(c, np.radians(rng.normal(0, 0.6, 3)), rng.normal(0, 0.03, 3)) for c in cameras]
    flat = detected.joints.reshape(4, -1, 2)
    before = np.nanmean(np.abs(reprojection_residuals(knocked, marks.image, corners)))
    found = refine_cameras(knocked, flat, np.ones(flat.shape[:2]), marks)
    body = walker(20).reshape(-1, 3)
    after = np.stack([a.project(body) - b.project(body) for a, b in zip(found, cameras, strict=True)])
    assert before > 10
    assert np.sqrt((after**2).mean()) < 2.5  # px; marks are held to 4 px and joints to 10


def test_too_few_points_say_so(cameras: list[CalibratedCamera]) -> None:
    with pytest.raises(SourceError, match="Too few points"):
        refine_cameras(cameras, np.zeros((4, 10, 2)), np.ones((4, 10)))


def test_left_right_swaps_are_found(cameras: list[CalibratedCamera]) -> None:
    detected = detections_of(walker(), cameras, noise_px=4)
    put_in = np.zeros((4, 80, 6), bool)
    put_in[0, 20:55] = True  # front for back
    put_in[3, 60:66, 3:] = True  # arms only
    found = multiview_truth.find_swaps(detected.swap_sides(put_in), cameras)
    # Sides that coincide in the image are indistinguishable; nothing may be found that was not put in.
    assert not (found & ~put_in).any()
    assert found[put_in].mean() > 0.9
    right = detected.swap_sides(put_in).swap_sides(put_in)
    np.testing.assert_array_equal(right.joints, detected.joints)


def test_views_that_run_late_are_found(cameras: list[CalibratedCamera]) -> None:
    late = np.array([0.0, 0.6, -0.4, -0.2])
    fine = walker(4 * 80)[:, :, :]  # the same motion sampled at will
    times = np.arange(80) * 1.0
    joints = [
        camera.project(multiview_truth.interpolate_frames(fine, np.clip(times - lag, 0, None) + 3))
        for camera, lag in zip(cameras, late, strict=True)
    ]
    detected = MultiviewJoints.of(joints, [np.ones((80, 17))] * 4)
    np.testing.assert_allclose(multiview_truth.estimate_lags(detected, cameras), late, atol=0.1)


def test_the_tracks_of_one_body_are_found(cameras: list[CalibratedCamera]) -> None:
    both = [walker(), walker() + [0.9, 0.2, 0]]
    tracks = []
    for n, camera in enumerate(cameras):
        of_view = [(camera.project(body), np.ones((80, 17))) for body in both]
        tracks.append(of_view if n % 2 else [of_view[1], of_view[0]])
    _, choice = multiview_truth.match_person(cameras, tracks)
    assert choice in {(0, 1, 0, 1), (1, 0, 1, 0)}


def test_the_truth_of_a_view_is_made_of_the_others(cameras: list[CalibratedCamera]) -> None:
    detected = detections_of(walker(), cameras)
    detected.joints[2] += 40  # one view is all wrong
    take = take_of(detected, cameras)
    off = multiview_detector_noise.residuals(take)[2] * detected.size_px[2]
    np.testing.assert_allclose(off, 40, atol=1)


def take_of(detected: MultiviewJoints, cameras: list[CalibratedCamera]) -> multiview_take.MultiviewTake:
    views, frames = detected.joints.shape[:2]
    flags = np.zeros((views, frames, 6), bool)
    pinholes, time_s = [Camera.assumed((1080, 1920))] * views, [np.arange(frames) / 60] * views
    return multiview_take.MultiviewTake(
        [Path()] * views, cameras, pinholes, 60.0, time_s, detected, flags, np.zeros(views), 0.0, 0.0
    )


def test_errors_that_were_put_in_are_measured(cameras: list[CalibratedCamera]) -> None:
    """Jitter, drift and bias of every view, through truth that has them too."""
    rng = np.random.default_rng(3)
    frames = 600
    body = walker(frames)
    size = detections_of(body, cameras).size_px[:, None, None, None]
    wander = rng.standard_normal((4, frames, 17, 2))
    keep = np.exp(-1 / (60 * 0.2))
    for f in range(1, frames):
        wander[:, f] = keep * wander[:, f - 1] + np.sqrt(1 - keep**2) * wander[:, f]
    detected = detections_of(body, cameras)
    detected.joints[:] += size * (0.004 * rng.standard_normal(wander.shape) + 0.006 * wander)
    take = take_of(detected, cameras)
    slow, fast = (multiview_detector_noise.truth_noise_factor(take, slow=kind) for kind in (True, False))
    assert 1.1 < fast < slow < 1.6
    found = multiview_detector_noise.noise_statistics(
        multiview_detector_noise.residuals(take), detected.scores, 60.0, slow, fast
    )
    rows = [found["joints"][name] for name in ("hip", "knee", "ankle", "shoulder", "elbow", "wrist")]
    assert np.mean([row["jitter"] for row in rows]) == pytest.approx(0.004, rel=0.25)
    assert np.mean([row["drift"] for row in rows]) == pytest.approx(0.006, rel=0.15)
    assert np.mean([row["bias"] for row in rows]) < 0.002
    assert found["drift_s"] == pytest.approx(0.2, rel=0.3)
    assert found["outlier_rate"] == 0
    assert found["guessed_share"] == 0


def test_a_miss_that_stays_is_bias() -> None:
    rng = np.random.default_rng(0)
    series = rng.normal(0, 0.008, (400, 1)) + rng.normal(0, 0.003, (400, 120))
    table, _ = multiview_detector_noise.decompose_noise({"knee": series}, 30.0)
    assert table["knee"]["bias"] == pytest.approx(0.008, rel=0.1)
    assert table["knee"]["jitter"] == pytest.approx(0.003, rel=0.1)
    assert table["knee"]["drift"] < 0.0015


def test_bursts_and_beta() -> None:
    flags = np.zeros((2, 60), bool)
    flags[0, 10:16] = flags[1, 50:] = True
    per_s, stays_s = multiview_detector_noise.burst_statistics(flags, 30.0)
    assert per_s == pytest.approx(2 / 4)
    assert stays_s == pytest.approx(8 / 30)
    found = multiview_detector_noise.fit_beta(np.random.default_rng(0).beta(7, 0.5, 20000))
    np.testing.assert_allclose(found, (7, 0.5), rtol=0.1)


def test_metrics_are_at_one_stature_and_in_camera_axes() -> None:
    true = walker()
    row = multiview.compare_poses(true * 1.3 + 2, true, 60.0)
    assert row["mpjpe_mm"] == pytest.approx(0, abs=1e-6)
    assert row["peak_speed_share"] == pytest.approx(1)
    turn = np.array([[0.0, -1, 0], [1, 0, 0], [0, 0, 1]])
    row = multiview.compare_poses(true @ turn.T, true, 60.0)
    assert row["p_mpjpe_mm"] == pytest.approx(0, abs=1e-6)
    assert row["mpjpe_limbs_mm"] > 100
    # Only one wrist is off, by 12 cm in metres of the truth: a twelfth of that over the twelve limb joints.
    moved = true.copy()
    moved[:, 13, 2] += 0.12
    scale = 1.55 / np.median(real_chain(true))
    assert multiview.compare_poses(moved, true, 60.0)["mpjpe_limbs_mm"] == pytest.approx(10 * scale, rel=1e-3)


def real_chain(body: np.ndarray) -> np.ndarray:
    from pipeline.core.skeletons import chain_length

    return chain_length(body)


def test_reprojection_finds_distance_and_speed() -> None:
    body = walker()[..., [0, 2, 1]] * [1, -1, 1]  # x right, y down, z away
    body -= body[:, :1]
    camera, far = Camera.assumed((1000, 1000), 60.0), 50.0  # so far away that the projection is nearly parallel
    scale = 500 / np.tan(np.radians(30)) / far
    image = scale * body[..., :2] + [500, 500]
    scores = np.ones(image.shape[:2], np.float32)
    whole = np.ones(len(body) - 8, bool)
    off, fast = single_view.reprojection_metrics(body, image, scores, whole, camera)
    assert off == pytest.approx(0, abs=1e-6)
    assert fast == pytest.approx(1, rel=0.02)
    lazy = body.mean(0) + 0.5 * (body - body.mean(0))
    off, fast = single_view.reprojection_metrics(lazy, image, scores, whole, camera)
    assert off > 0.02
    assert fast == pytest.approx(0.5, rel=0.1)


def test_a_near_body_without_errors_keeps_all_of_the_image_speed() -> None:
    body = walker()[..., [0, 2, 1]] * [1, -1, 1]
    body -= body[:, :1]
    focal = 500 / np.tan(np.radians(30))
    placed = body + [0.4, 0.0, 2.5]
    image = placed[..., :2] / placed[..., 2:] * focal + 500
    scores = np.ones(image.shape[:2], np.float32)
    camera = Camera.assumed((1000, 1000), 60.0)
    _, fast = single_view.reprojection_metrics(body, image, scores, np.ones(len(body) - 8, bool), camera)
    assert fast == pytest.approx(1, rel=0.03)


def test_a_joint_that_turns_round_does_not_rest() -> None:
    """Count the jitter of a joint at rest, but not the reversal of a swing."""
    body = walker()[..., [0, 2, 1]] * [1, -1, 1]
    still = np.repeat((body - body[:, :1])[:1], 200, axis=0)
    shaken = still.copy()
    shaken[:, 13] += 0.01 * np.where(np.arange(200) % 2, 1, -1)[:, None] / np.sqrt(3)  # 10 mm in alternating directions
    swinging = np.zeros_like(still)
    swinging[:, 16, 0] = 0.3 * np.sin(np.arange(200) / 3)
    image = (100 * (still + swinging)[..., :2] + 500).astype(np.float32)
    scores = np.ones(image.shape[:2], np.float32)
    row = single_view.track_metrics(shaken + swinging, image, scores, Camera.assumed((1000, 1000), 30.0))
    assert row["rest_share"] == pytest.approx(15 / 16, abs=0.001)  # of all but the pelvis
    scale = 1.55 / np.median(real_chain(still))
    # One joint of 15; a ninth of its shaking is in the running mean too.
    assert row["rest_jitter_mm"] == pytest.approx(10 * scale * 8 / 9 / np.sqrt(15), rel=0.01)


def test_a_calibration_is_read(tmp_path: Path) -> None:
    text = """<calibration><cameras><camera serial="cam01"><fov_video bottom="1919" left="0" right="1087" top="0"/>
    <transform r11="0" r12="1" r13="0" r21="0" r22="0" r23="1" r31="1" r32="0" r33="0" x="3000" y="0" z="1500"/>
    <intrinsic centerPointU="34816" centerPointV="61440" focalLengthU="102400" focalLengthV="102400"
     radialDistortion1="0" radialDistortion2="0" tangentalDistortion1="0" tangentalDistortion2="0"/>
    </camera></cameras></calibration>"""
    file = tmp_path / "x.qca.txt"
    file.write_text(text)
    (camera,) = read_qca(file)
    assert camera.size_px == (1088, 1920)
    # It stands at x = 3 m and looks along -x; half a metre to its right (+y) and up are 267 px right and up.
    np.testing.assert_allclose(camera.project(np.array([0, 0.5, 2.0])), [544 + 800 / 3, 960 - 800 / 3], atol=1e-6)
    file.write_text("<calibration><cameras/></calibration>")
    with pytest.raises(SourceError, match="no camera"):
        read_qca(file)
    file.write_text("nothing")
    with pytest.raises(SourceError, match="cannot be read"):
        read_qca(file)


def test_marks_of_the_footage_are_whole(cameras: list[CalibratedCamera], tmp_path: Path) -> None:
    marks = multiview_take.load_marks(Path(multiview_take.__file__).with_name("multiview_marks.json"), cameras)
    assert marks.image.shape == (4, 4, 2)
    assert np.isfinite(marks.image).all(-1).sum() == 11
    with pytest.raises(SourceError, match="marks"):
        multiview_take.load_marks(tmp_path / "none.json", cameras)


def test_landmarks_are_matched_to_the_nearest_person() -> None:
    people = [STANDING[:, [0, 2]] * 300, STANDING[:, [0, 2]] * 300 + [250, 0]]
    assert mediapipe_3d.nearest_person(people[1] + 5, people, [500.0, 500.0]) == 1
    assert mediapipe_3d.nearest_person(people[1] + 500, people, [500.0, 500.0]) is None
    assert mediapipe_3d.nearest_person(people[0], [np.full((17, 2), np.nan)], [500.0]) is None


def test_images_side_by_side(tmp_path: Path) -> None:
    import cv2

    from training.real_video.draw_side_by_side import side_by_side

    video = tmp_path / "v.mp4"
    writer = cv2.VideoWriter(str(video), cv2.VideoWriter.fourcc(*"mp4v"), 30, (320, 480))
    for _ in range(12):
        writer.write(np.full((480, 320, 3), 200, np.uint8))
    writer.release()
    body = walker(12)[..., [0, 2, 1]] * [1, -1, 1]
    body[0] = np.nan  # no person in the first frame; the other frames are drawn nevertheless
    files = side_by_side(video, tmp_path / "out" / "v", {"2D": 150 * body[..., :2] + [160, 300], "lifter": body}, 3)
    assert len(files) == 3
    image = cv2.imread(str(files[0]))
    assert image.shape == (480, 320 + 2 * 360, 3)
    for part in (image[:, :320], image[:, 320:680], image[:, 680:]):
        red = (part[..., 2] > 150) & (part[..., 0] < 110)
        blue = (part[..., 0] > 150) & (part[..., 2] < 110)
        assert red.sum() > 50
        assert blue.sum() > 50


def test_aligned_views_keep_their_shape(cameras: list[CalibratedCamera]) -> None:
    detected = detections_of(walker(), cameras)
    moved = multiview_truth.align_in_time(detected, np.array([0.0, 0.5, 0, -0.5]))
    assert moved.joints.shape == detected.joints.shape
    np.testing.assert_array_equal(moved.joints[0], detected.joints[0])
    np.testing.assert_allclose(moved.joints[1, 10], detected.joints[1, 10:12].mean(0))
    assert np.isnan(moved.joints[1, -1]).all()
    assert moved.scores[1, -1].max() == 0
    one = replace(detected, joints=detected.joints.copy())
    one.joints[0, 5, 3] = np.nan
    points, used = one.triangulate_joints(cameras)
    np.testing.assert_allclose(points, walker(), atol=1e-6)
    assert used[:, 5, 3].tolist() == [False, True, True, True]
    assert H36M17.names[3] == "right_ankle"

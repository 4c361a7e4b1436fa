"""Test video exports with ffprobe and a decoder: rate, frames, timestamps, sound, images."""

from __future__ import annotations

import dataclasses
import json
import subprocess
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from pipeline.core.camera import Viewpoint
from pipeline.core.errors import OutputError
from pipeline.core.export_options import ExportView
from pipeline.core.poses import PersonTrack
from pipeline.core.take import Take, Track3D
from pipeline.export.base import ExportOptions
from pipeline.export.tracks import selected
from pipeline.export.video.overlay import OverlayExporter, SideBySideExporter
from pipeline.export.video.scene_panel import ScenePanel
from pipeline.sources.file.video import VideoSource
from tests.helpers.clips import ffmpeg, number_in, write_clip
from tests.helpers.motion import clip, facing_camera, scene

NTSC = Fraction(30000, 1001)
UNEVEN_MS = [0, 33, 67, 100, 200, 300, 333, 367, 500, 533, 567, 600, 733, 767, 800, 900, 933, 967, 1100, 1133]


def take_of(video: Path, rows: slice = slice(None)) -> Take:
    """Return a lifted person over the frames `rows` of the video, projected by a pinhole camera."""
    with_source = VideoSource(video)
    info, times = with_source.info, np.array([frame.time_s for frame in with_source.frames()])
    with_source.close()
    index = np.arange(info.frame_count)[rows]
    lifted = scene(facing_camera(clip("jump"))).take()
    joints, seen = lifted.tracks3d[0].joints[index], lifted.tracks2d[0].joints_image[index]
    scores = np.full((len(index), 17), 0.9, np.float32)
    return dataclasses.replace(
        lifted,
        info=info,
        tracks2d=(PersonTrack.of(1, index, times[index], seen * np.float32(info.width_px / 1280), scores, "h36m17"),),
        tracks3d=(Track3D(1, index, times[index], joints, scores, "world"),),
    )


def probe(path: Path) -> dict:
    command = ["ffprobe", "-v", "error", "-of", "json", "-show_streams", "-show_packets", "-count_frames", str(path)]
    found = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    kinds = {stream["index"]: stream["codec_type"] for stream in found["streams"]}
    times = {kind: [] for kind in kinds.values()}
    for packet in found["packets"]:
        times[kinds[packet["stream_index"]]].append(float(packet["pts_time"]))
    return {stream["codec_type"]: stream for stream in found["streams"]} | {"times": times}


def sound_of(path: Path) -> str:
    command = ["ffmpeg", "-v", "error", "-i", str(path), "-map", "0:a", "-c", "copy", "-f", "md5", "-"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def ntsc(tmp_path_factory) -> Path:
    """Make a video of 60 numbered frames at 30000/1001, with a tone in AAC."""
    folder = tmp_path_factory.mktemp("ntsc")
    silent = write_clip(folder / "silent.mp4", 60, size=(320, 180), rate=NTSC)
    path = folder / "clip.mp4"
    tone = "sine=frequency=440:sample_rate=48000:duration=2.0"
    ffmpeg("-i", silent, "-f", "lavfi", "-i", tone, "-c:v", "copy", "-c:a", "aac", path)
    return path


def test_overlay_keeps_rate_frames_and_sound(ntsc, tmp_path):
    path = OverlayExporter().write(selected(take_of(ntsc), ExportOptions()), tmp_path, "clip")[0]
    found = probe(path)
    video = found["video"]
    assert (video["codec_name"], video["pix_fmt"], video["nb_read_frames"]) == ("h264", "yuv420p", "60")
    assert (video["avg_frame_rate"], video["r_frame_rate"]) == ("30000/1001", "30000/1001")
    assert (video["width"], video["height"]) == (320, 180)
    assert sound_of(path) == sound_of(ntsc)
    assert found["audio"]["start_time"] == probe(ntsc)["audio"]["start_time"]
    # Sound and frames are interleaved in the file, as streaming players need.
    assert np.allclose(sorted(found["times"]["video"]), np.arange(60) / float(NTSC), atol=1e-4)


def test_overlay_shows_each_frame_with_its_joints(ntsc, tmp_path):
    take = take_of(ntsc)
    path = OverlayExporter().write(selected(take, ExportOptions()), tmp_path, "clip")[0]
    before, after = VideoSource(ntsc), VideoSource(path)
    changed = []
    for old, new in zip(before.frames(), after.frames(), strict=True):
        assert number_in(new.bgr) == new.index
        difference = np.abs(new.bgr.astype(int) - old.bgr).max(axis=2)
        x, y = np.round(take.tracks2d[0].joints_image[new.index, [1, 2, 4, 5]]).astype(int).T
        changed.append(difference[y, x].min())
        assert np.median(difference) < 12  # the rest is the video
    assert min(changed) > 40
    before.close()
    after.close()


def test_side_by_side(ntsc, tmp_path):
    path = SideBySideExporter().write(selected(take_of(ntsc), ExportOptions()), tmp_path, "clip")[0]
    found = probe(path)
    assert found["video"]["height"] == 180
    assert 320 + 0.75 * 180 <= found["video"]["width"] <= 640
    assert found["video"]["avg_frame_rate"] == "30000/1001"
    assert sound_of(path) == sound_of(ntsc)
    source = VideoSource(path)
    frames = [frame.bgr for frame in source.frames()]
    source.close()
    assert [number_in(frame[:, :320]) for frame in frames] == list(range(60))
    panel = frames[30][:, 320:]
    blue = (panel[..., 0].astype(int) - panel[..., 2] > 60).sum()
    coral = (panel[..., 2].astype(int) - panel[..., 0] > 60).sum()
    assert blue > 100  # the left
    assert coral > 100  # and the right limbs
    rows = np.flatnonzero((panel.max(axis=2) > 150).any(axis=1))
    assert np.ptp(rows) > 75  # of 180: the figure fills the panel, which has room for its jump


def blue_and_coral(panel: np.ndarray) -> tuple[int, int]:
    """Count the pixels in the colours of the left and of the right side."""
    difference = panel[..., 0].astype(int) - panel[..., 2]
    return int((difference > 60).sum()), int((difference < -60).sum())


def two_of(video: Path) -> Take:
    """Return the take of a person, and of a second one who stands 1 m to the right of the first."""
    take = take_of(video)
    track, seen = take.tracks3d[0], take.tracks2d[0]
    beside = dataclasses.replace(track, person=2, joints=track.joints + np.array([1.0, 0, 0], np.float32))
    again = PersonTrack.of(2, seen.frame_index, seen.time_s, seen.joints_image + 80, seen.scores, "h36m17")
    return dataclasses.replace(take, tracks2d=(seen, again), tracks3d=(track, beside))


def test_side_by_side_shows_the_view_of_the_window(ntsc):
    take = take_of(ntsc)
    from_left = Viewpoint((0.0, 0.0, 0.0), 4.0, 5.0, 180.0)
    shown = []
    for viewpoint in (from_left, dataclasses.replace(from_left, azimuth=0.0)):
        options = ExportOptions(view=ExportView(1, viewpoint, True, 1.2))
        panel = ScenePanel(selected(take, options), 300, 600)
        assert panel.size_px == (360, 300)
        shown.append(blue_and_coral(panel.draw(30)))
    (left_blue, left_coral), (right_blue, right_coral) = shown
    assert left_blue / left_coral != pytest.approx(right_blue / right_coral, rel=0.1)


def test_side_by_side_fades_others_than_the_followed_person(ntsc):
    take = two_of(ntsc)
    alike = ScenePanel(selected(take, ExportOptions()), 300, 600)
    assert alike.subject is None
    view = ExportView(1, Viewpoint((0.5, 0.0, 0.9), 5.0, 5.0, -90.0), False, 2.0)
    followed = ScenePanel(selected(take, ExportOptions(view=view)), 300, 600)
    first, second = np.split(followed.draw(30), 2, axis=1)  # the first person is on the left
    assert sum(blue_and_coral(first)) > 3 * sum(blue_and_coral(second))
    assert sum(blue_and_coral(alike.draw(30))) > 2 * sum(blue_and_coral(second))


def test_the_view_of_a_person_who_is_not_exported_does_not_count(ntsc):
    view = ExportView(2, Viewpoint((0.0, 0.0, 0.0), 400.0, 5.0, -90.0), True, 1.0)
    panel = ScenePanel(selected(take_of(ntsc), ExportOptions(view=view)), 300, 600)
    assert sum(blue_and_coral(panel.draw(30))) > 300


def test_a_range_of_the_video_takes_its_part_of_the_sound(ntsc, tmp_path):
    take = take_of(ntsc, slice(20, 50))
    path = OverlayExporter().write(selected(take, ExportOptions()), tmp_path, "clip")[0]
    found = probe(path)
    assert found["video"]["nb_read_frames"] == "30"
    source = VideoSource(path)
    assert [number_in(frame.bgr) for frame in source.frames()] == list(range(20, 50))
    source.close()
    assert float(found["audio"]["duration"]) == pytest.approx(30 / float(NTSC), abs=0.05)
    # The packet at the beginning of the range is heard at the beginning of the video.
    assert abs(found["times"]["audio"][0]) < 1024 / 48000 + 1e-3


def test_variable_rate_keeps_its_timestamps(tmp_path):
    video = write_clip(tmp_path / "uneven.mkv", 20, size=(320, 180), times_ms=UNEVEN_MS)
    take = take_of(video)
    assert take.info.variable_rate
    found = probe(OverlayExporter().write(selected(take, ExportOptions()), tmp_path, "clip")[0])
    assert np.allclose(sorted(found["times"]["video"]), np.array(UNEVEN_MS) / 1000, atol=1e-3)
    assert "audio" not in found


def test_sound_that_mp4_cannot_hold_becomes_aac(ntsc, tmp_path):
    video = tmp_path / "pcm.mkv"
    ffmpeg("-i", ntsc, "-c:v", "copy", "-c:a", "pcm_s16le", video)
    found = probe(OverlayExporter().write(selected(take_of(video), ExportOptions()), tmp_path, "clip")[0])
    assert found["audio"]["codec_name"] == "aac"
    assert float(found["audio"]["duration"]) == pytest.approx(2.0, abs=0.06)


def test_odd_sizes_are_filled_up(tmp_path):
    video = write_clip(tmp_path / "odd.mkv", 10, codec="ffv1", pixel_format="bgr0", size=(161, 121))
    found = probe(OverlayExporter().write(selected(take_of(video), ExportOptions()), tmp_path, "clip")[0])
    assert (found["video"]["width"], found["video"]["height"]) == (162, 122)


@pytest.mark.parametrize("path", ["", "/nowhere/clip.mp4"])
def test_the_video_is_gone(ntsc, tmp_path, path):
    take = take_of(ntsc)
    gone = dataclasses.replace(take, info=dataclasses.replace(take.info, path=path))
    with pytest.raises(OutputError, match="not there any more") as error:
        OverlayExporter().write(selected(gone, ExportOptions()), tmp_path, "clip")
    assert "Put it back" in error.value.hint
    assert list(tmp_path.iterdir()) == []


def test_another_video_under_the_same_name(ntsc, tmp_path):
    take = take_of(ntsc)
    other = write_clip(tmp_path / "other.mp4", 60, size=(320, 180))
    swapped = dataclasses.replace(take, info=dataclasses.replace(take.info, path=str(other)))
    with pytest.raises(OutputError, match="not the video"):
        OverlayExporter().write(selected(swapped, ExportOptions()), tmp_path, "clip")

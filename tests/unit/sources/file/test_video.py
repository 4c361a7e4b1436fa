"""Test VideoSource on real files: every frame once, with index, time, size and orientation."""

from __future__ import annotations

import subprocess
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import av
import numpy as np
import psutil
import pytest

from pipeline.core.errors import Cancelled, SourceError
from pipeline.sources.file.container import fov_from_metadata
from pipeline.sources.file.video import VideoSource
from tests.helpers.clips import ffmpeg, number_in, numbered, write_clip

OPEN_GOP = {"bf": "3", "g": "12", "x264-params": "open-gop=1:b-adapt=0"}
# name, codec, pixel format, options of files from cameras, phones, screen recorders and the web
CLIPS = [
    ("bframes.mp4", "libx264", "yuv420p", {"bf": "3", "g": "12"}),
    ("open_gop.mp4", "libx264", "yuv420p", OPEN_GOP),
    ("open_gop.mkv", "libx264", "yuv420p", OPEN_GOP),
    ("hevc.mp4", "libx265", "yuv420p", {"x265-params": "log-level=none:keyint=12:bframes=3"}),
    ("ten_bit.mkv", "libx264", "yuv420p10le", {}),
    ("stream.ts", "libx264", "yuv420p", {"bf": "3", "g": "12"}),
    ("no_times.h264", "libx264", "yuv420p", {"bf": "3"}),
    ("few_times.mpg", "mpeg2video", "yuv420p", {"bf": "2", "g": "12"}),
    ("mpeg4.avi", "mpeg4", "yuv420p", {"bf": "2", "b": "1M"}),
    ("motion_jpeg.avi", "mjpeg", "yuvj420p", {}),
    ("vp8.webm", "libvpx", "yuv420p", {"deadline": "realtime"}),
    ("vp9.webm", "libvpx-vp9", "yuv420p", {"deadline": "realtime", "cpu-used": "8"}),
    ("lossless.mkv", "ffv1", "bgr0", {}),
]


@pytest.fixture(params=CLIPS, ids=[clip[0] for clip in CLIPS])
def clip(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    name, codec, pixel_format, options = request.param
    return write_clip(tmp_path / name, 40, codec, pixel_format, options=options)


def test_every_frame_once_with_its_own_index(clip: Path) -> None:
    source = VideoSource(clip)
    frames = list(source.frames())
    assert [number_in(frame.bgr) for frame in frames] == list(range(40))
    assert [frame.index for frame in frames] == list(range(40))
    np.testing.assert_allclose([frame.time_s for frame in frames], np.arange(40) / 30, atol=6e-4)
    info = source.info
    assert (info.frame_count, info.fps_hz, info.variable_rate) == (40, 30.0, False)
    assert info.duration_s == pytest.approx(40 / 30, abs=1e-3)
    source.close()


def test_any_range_and_any_moment_give_the_frames_of_a_straight_run(clip: Path) -> None:
    source = VideoSource(clip)
    frames = list(source.frames())
    for start in (1, 11, 12, 13, 20, 39):
        part = list(source.frames(frames[start].time_s, frames[start].time_s + 5.5 / 30))
        assert [frame.index for frame in part] == list(range(start, min(start + 6, 40)))
        assert all(np.array_equal(frame.bgr, frames[frame.index].bgr) for frame in part)
    back_and_forth = [0, 1, 2, 30, 29, 28, 5, 39, 38, 39, 0, 13, 12, 11, 36, *range(20, 26), *range(25, 18, -1)]
    for index in back_and_forth:
        frame = source.frame_at(frames[index].time_s)
        assert (frame.index, frame.time_s) == (index, frames[index].time_s)
        assert np.array_equal(frame.bgr, frames[index].bgr), index
    source.close()


def test_a_preview_is_the_keyframe_and_the_frame_itself_can_wait(tmp_path: Path) -> None:
    source = VideoSource(write_clip(tmp_path / "clip.mp4", 120, options={"g": "60", "sc_threshold": "0"}))
    assert source.preview_at(5 / 30) is None, "a few frames are no wait"
    preview = source.preview_at(119 / 30)
    assert preview is not None
    assert (preview.index, number_in(preview.bgr)) == (60, 60)
    asked: list[int] = []
    with pytest.raises(Cancelled):
        source.frame_at(119 / 30, lambda: asked.append(0) or len(asked) == 20)
    going_on = source.preview_at(119 / 30)
    assert going_on is not None
    assert (going_on.index, number_in(going_on.bgr)) == (80, 80)  # twenty frames after the keyframe
    assert number_in(source.frame_at(119 / 30, lambda: False).bgr) == 119
    assert source.preview_at(119 / 30) is None
    assert source.preview_at(118 / 30) is None, "recent frames are kept"
    assert number_in(source.frame_at(30 / 30).bgr) == 30, "back, without a preview"
    source.close()


def test_the_moments_between_and_beyond_the_frames(tmp_path: Path) -> None:
    source = VideoSource(write_clip(tmp_path / "clip.mp4", 10))
    for time_s, index in ((-5.0, 0), (0.02, 0), (1 / 30 - 4e-4, 1), (1 / 30 - 6e-4, 0), (0.1, 3), (99.0, 9)):
        assert source.frame_at(time_s).index == index, time_s
    assert [frame.index for frame in source.frames(end_s=0.1)] == [0, 1, 2]
    assert list(source.frames(5.0, 6.0)) == []


def test_playing_does_not_disturb_a_run(tmp_path: Path) -> None:
    source = VideoSource(write_clip(tmp_path / "clip.mp4", 40, options={"g": "12"}))
    seen = []
    for frame in source.frames():
        seen.append(number_in(frame.bgr))
        assert number_in(source.frame_at((frame.index * 17 % 40) / 30).bgr) == frame.index * 17 % 40
    assert seen == list(range(40))
    first, second = source.frames(), source.frames(0.5)
    assert [number_in(next(run).bgr) for run in (first, second, first, second)] == [0, 15, 1, 16]


def test_variable_rate_keeps_the_true_times(tmp_path: Path) -> None:
    times_ms = list(np.cumsum([0, 33, 33, 100, 20, 33, 250, 33, 34, 33, 33, 80]))
    source = VideoSource(write_clip(tmp_path / "vfr.mkv", 12, times_ms=[int(t) for t in times_ms]))
    frames = list(source.frames())
    assert [number_in(frame.bgr) for frame in frames] == list(range(12))
    np.testing.assert_allclose([frame.time_s for frame in frames], np.array(times_ms) / 1000, atol=1e-9)
    assert source.info.variable_rate
    assert source.info.fps_hz == pytest.approx(7 / 0.232)  # of the usual steps: pauses do not lower it
    assert source.frame_at(0.300).index == 5  # shown from 219 ms to 469 ms
    assert source.frame_at(0.468).index == 5


def test_two_frames_with_one_timestamp_are_both_delivered(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mkv", 12, "mjpeg", "yuvj420p", times_ms=[40 * i for i in range(12)])
    twins = tmp_path / "twins.mkv"
    ffmpeg("-i", path, "-c", "copy", "-bsf:v", "setts=pts=PTS-40*eq(N\\,5):dts=DTS-40*eq(N\\,5)", twins)
    source = VideoSource(twins)
    frames = list(source.frames())
    assert [number_in(frame.bgr) for frame in frames] == list(range(12))
    times = np.array([frame.time_s for frame in frames])
    assert times[5] - times[4] < 1e-3
    assert (np.diff(times) > 0).all()
    assert [frame.index for frame in source.frames(times[5])] == list(range(5, 12))
    assert [number_in(source.frame_at(times[i]).bgr) for i in (8, 5, 3, 6)] == [8, 5, 3, 6]


@pytest.mark.parametrize("rate", [Fraction(30000, 1001), Fraction(240)])
@pytest.mark.parametrize(("suffix", "codec"), [("mp4", "libx264"), ("webm", "libvpx")])
def test_an_exact_rate_stays_exact(tmp_path: Path, suffix: str, codec: str, rate: Fraction) -> None:
    """WebM rounds timestamps to milliseconds: at 240 Hz the steps are 4, 4, 4, 4, 4, 5 ms."""
    source = VideoSource(write_clip(tmp_path / f"clip.{suffix}", 20, codec, rate=rate))
    assert source.info.fps_hz == float(rate)
    assert not source.info.variable_rate


def test_times_start_at_the_first_frame_even_if_the_file_does_not(tmp_path: Path) -> None:
    plain = write_clip(tmp_path / "plain.mp4", 40, options={"bf": "3", "g": "12"})
    late, negative = tmp_path / "late.ts", tmp_path / "negative.mkv"
    ffmpeg("-i", plain, "-c", "copy", "-output_ts_offset", "7", late)
    write_clip(negative, 20, times_ms=[33 * i - 200 for i in range(20)])
    for path, count in ((late, 40), (negative, 20)):
        frames = list(VideoSource(path).frames())
        assert [number_in(frame.bgr) for frame in frames] == list(range(count))
        assert frames[0].time_s == 0
        assert frames[1].time_s == pytest.approx(1 / 30, abs=1e-3)


def test_an_edit_list_hides_what_was_cut_away(tmp_path: Path) -> None:
    plain = write_clip(tmp_path / "plain.mp4", 40, options={"bf": "2", "g": "12"})
    cut = tmp_path / "cut.mp4"
    ffmpeg("-ss", 15.2 / 30, "-i", plain, "-c", "copy", cut)  # starts at keyframe 12, an edit list skips to 15 or 16
    source = VideoSource(cut)
    frames = list(source.frames())
    numbers = [number_in(frame.bgr) for frame in frames]
    assert numbers[0] in (15, 16)
    assert numbers == list(range(numbers[0], 40))
    assert [frame.index for frame in frames] == list(range(len(numbers)))
    assert source.info.frame_count == len(numbers)
    assert number_in(source.frame_at(frames[14].time_s).bgr) == numbers[14]


ORIENTATIONS = [  # a b c d of the container's matrix, and clockwise degrees if it is a pure rotation
    (1, 0, 0, 1, 0), (0, 1, -1, 0, 90), (-1, 0, 0, -1, 180), (0, -1, 1, 0, 270),
    (-1, 0, 0, 1, None), (1, 0, 0, -1, None), (0, 1, 1, 0, None), (0, -1, -1, 0, None),
]  # fmt: skip


@pytest.mark.parametrize(("a", "b", "c", "d", "degrees"), ORIENTATIONS)
def test_the_containers_orientation_is_applied_as_ffmpeg_does(
    tmp_path: Path, a: int, b: int, c: int, d: int, degrees: int | None
) -> None:
    path = write_clip(tmp_path / "phone.mp4", 3)
    data = bytearray(path.read_bytes())
    matrix = data.index(b"tkhd") + 44  # ISO 14496-12, 8.3.2: the track header, version 0
    one = np.array([[a, b, 0], [c, d, 0], [0, 0, 1]]) * [65536, 65536, 1 << 30]
    assert data[matrix : matrix + 4] == b"\0\1\0\0"
    data[matrix : matrix + 36] = one.astype(">i4").tobytes()
    path.write_bytes(data)
    source = VideoSource(path)
    width, height = (120, 160) if a == 0 else (160, 120)
    assert (source.info.width_px, source.info.height_px) == (width, height)
    if degrees is not None:
        assert source.info.rotation_deg == degrees
    raw = tmp_path / "upright.raw"
    ffmpeg("-i", path, "-f", "rawvideo", "-pix_fmt", "bgr24", raw)
    expected = np.fromfile(raw, np.uint8).reshape(3, height, width, 3)
    for frame in source.frames():
        assert frame.bgr.flags.c_contiguous
        assert np.abs(frame.bgr.astype(int) - expected[frame.index]).mean() < 3
    assert number_in(expected[2]) == 2 or degrees != 0


def test_a_phone_held_upright(tmp_path: Path) -> None:
    """A frame that a phone stores sideways, with a matrix of a clockwise quarter turn, comes out upright."""
    path = write_clip(tmp_path / "phone.mp4", 1)
    data = bytearray(path.read_bytes())
    start = data.index(b"tkhd") + 44
    data[start : start + 20] = np.array([0, 1, 0, -1, 0], ">i4").__mul__(65536).astype(">i4").tobytes()
    path.write_bytes(data)
    bgr = next(VideoSource(path).frames()).bgr
    stored = numbered(0)
    expected = np.rot90(stored, -1)
    assert bgr.shape == (160, 120, 3)
    assert np.abs(bgr.astype(int) - expected).mean() < 8


def test_odd_sizes(tmp_path: Path) -> None:
    source = VideoSource(write_clip(tmp_path / "odd.mkv", 5, "ffv1", "yuv444p", size=(161, 121)))
    assert (source.info.width_px, source.info.height_px) == (161, 121)
    frames = list(source.frames())
    assert [number_in(frame.bgr) for frame in frames] == list(range(5))
    assert np.abs(frames[3].bgr.astype(int) - numbered(3, 161, 121)).mean() < 8


def test_pixels_that_are_not_square_are_stretched_to_what_is_displayed(tmp_path: Path) -> None:
    source = VideoSource(write_clip(tmp_path / "dv.mp4", 5, size=(160, 120), aspect=Fraction(16, 11)))
    assert (source.info.width_px, source.info.height_px) == (233, 120)
    frames = list(source.frames())
    assert {frame.bgr.shape for frame in frames} == {(120, 233, 3)}
    assert [number_in(frame.bgr) for frame in frames] == list(range(5))


@pytest.mark.parametrize("full_range", [False, True])
def test_colours_are_right_in_both_ranges(tmp_path: Path, full_range: bool) -> None:
    source = VideoSource(write_clip(tmp_path / "clip.mp4", 2, options={"qp": "4"}, full_range=full_range))
    bgr = next(source.frames()).bgr
    np.testing.assert_allclose(bgr[100, 20], (200, 30, 30), atol=6)
    np.testing.assert_allclose(bgr[100, 140], (30, 30, 200), atol=6)


def test_frames_are_the_callers_to_paint_on(tmp_path: Path) -> None:
    source = VideoSource(write_clip(tmp_path / "raw.avi", 3, "rawvideo", "bgr24", rate=25))
    for index in (0, 1, 0, 0, 1, 2, 1):
        frame = source.frame_at(index / 25)
        assert number_in(frame.bgr) == index
        frame.bgr[:] = 7


def test_hidden_frames_of_vp8_are_not_counted(tmp_path: Path) -> None:
    """Two-pass VP8 stores hidden reference frames, each in a packet with a separate timestamp."""
    clip, path = write_clip(tmp_path / "clip.mp4", 60), tmp_path / "hidden.webm"
    for number, output in (("1", ("-f", "null", "-")), ("2", (path,))):
        ffmpeg(
            "-i", clip, "-c:v", "libvpx", "-b:v", "200k", "-auto-alt-ref", "1", "-lag-in-frames", "25",
            "-pass", number, "-passlogfile", tmp_path / "log", *output,
        )  # fmt: skip
    with av.open(str(path)) as container:
        packets = sum(1 for packet in container.demux(video=0) if packet.size)
    assert packets > 60, "the encoder hid nothing: this test shows nothing"
    source = VideoSource(path)
    assert source.info.frame_count == 60
    assert [(frame.index, number_in(frame.bgr)) for frame in source.frames()] == [(i, i) for i in range(60)]


def test_one_frame(tmp_path: Path) -> None:
    source = VideoSource(write_clip(tmp_path / "one.mp4", 1, rate=25))
    assert (source.info.frame_count, source.info.fps_hz, source.info.duration_s) == (1, 25.0, pytest.approx(0.04))
    assert [frame.index for frame in source.frames()] == [0]
    assert source.frame_at(3.0).index == 0


@pytest.mark.parametrize("name", ["still.png", "still %03d.jpg"])
def test_a_still_image_is_a_video_of_one_frame(tmp_path: Path, name: str) -> None:
    import cv2

    cv2.imwrite(str(tmp_path / name), numbered(77))
    source = VideoSource(tmp_path / name)
    assert [number_in(frame.bgr) for frame in source.frames()] == [77]
    assert source.info.frame_count == 1


@pytest.mark.parametrize("name", ["mein Vidéo 人の動き.mp4", "http:clip?.mp4", "100%d.mp4", "no_suffix"])
def test_any_file_name(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / name).write_bytes(write_clip(tmp_path / "clip.mp4", 4).read_bytes())
    monkeypatch.chdir(tmp_path)
    source = VideoSource(name)
    assert source.info.name == name
    assert source.info.path == str(tmp_path / name)
    assert len(list(source.frames())) == 4


def test_the_content_key_knows_the_content_not_the_path(tmp_path: Path) -> None:
    one, other = write_clip(tmp_path / "one.mp4", 4), write_clip(tmp_path / "other.mp4", 5)
    copy = tmp_path / "elsewhere.mov"
    copy.write_bytes(one.read_bytes())
    keys = [VideoSource(path).info.content_key for path in (one, copy, other)]
    assert keys[0] == keys[1] != keys[2]


def test_field_of_view_from_a_phones_metadata(tmp_path: Path) -> None:
    path, tagged = write_clip(tmp_path / "clip.mp4", 2, size=(192, 108)), tmp_path / "tagged.mov"
    assert VideoSource(path).info.fov_deg is None
    key = "com.apple.quicktime.camera.focal_length.35mm_equivalent"
    ffmpeg("-i", path, "-c", "copy", "-movflags", "use_metadata_tags", "-metadata", f"{key}=26", tagged)
    # 43.27 mm diagonal, 16:9: 37.71 mm wide; 2 atan(37.71 / 52)
    assert VideoSource(tagged).info.fov_deg == pytest.approx(71.89, abs=0.02)

    tags = SimpleNamespace(metadata={key: "no number"})
    assert fov_from_metadata(tags, tags, 1920, 1080) is None


def test_a_cut_off_file_gives_the_frames_that_are_there(tmp_path: Path) -> None:
    whole = write_clip(tmp_path / "whole.mp4", 40, options={"movflags": "faststart", "g": "5", "bf": "0"})
    quick, cut = tmp_path / "quick.mp4", tmp_path / "cut.mp4"
    ffmpeg("-i", whole, "-c", "copy", "-movflags", "+faststart", quick)
    data = quick.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    cut.write_bytes(data[: data.index(b"mdat") + (len(data) - data.index(b"mdat")) // 2])
    source = VideoSource(cut)
    numbers = [number_in(frame.bgr) for frame in source.frames()]
    assert 5 < len(numbers) < 35
    assert numbers == list(range(len(numbers)))
    assert source.info.frame_count == len(numbers)
    assert source.frame_at(9.0).index == len(numbers) - 1


def test_damage_in_the_middle_costs_only_what_it_hits(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.avi", 40, "mjpeg", "yuvj420p")
    data = bytearray(path.read_bytes())
    starts = [i for i in range(len(data) - 4) if data[i : i + 3] == b"\xff\xd8\xff"]
    data[starts[20] : starts[20] + 600] = bytes(600)
    path.write_bytes(data)
    frames = list(VideoSource(path).frames())
    indices = [frame.index for frame in frames]
    assert set(range(40)) - set(indices) <= {20}
    assert all(number_in(frame.bgr) == frame.index for frame in frames if frame.index != 20)


def sound(path: Path) -> Path:
    ffmpeg("-f", "lavfi", "-i", "sine=d=0.3", path)
    return path


def text(path: Path) -> Path:
    path.write_text("Frame,x,y\n1,2,3\nünï\n" * 50, encoding="utf-8")
    return path


def playlist(path: Path) -> Path:
    write_clip(path.parent / "other.mp4", 2)
    path.write_text("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nother.mp4\n#EXT-X-ENDLIST\n")
    return path


def unfinished(path: Path) -> Path:
    whole = write_clip(path.parent / "whole.mp4", 20).read_bytes()
    path.write_bytes(whole[: whole.index(b"moov") - 4])
    return path


def noise(path: Path) -> Path:
    path.write_bytes(np.random.default_rng(0).integers(0, 256, 5000, np.uint8).tobytes())
    return path


def undecodable(path: Path) -> Path:
    data = bytearray(write_clip(path, 5).read_bytes())
    start = data.index(b"mdat") + 4
    data[start : data.index(b"moov") - 4] = bytes(data.index(b"moov") - 4 - start)
    path.write_bytes(data)
    return path


def empty(path: Path) -> Path:
    path.touch()
    return path


def folder(path: Path) -> Path:
    path.mkdir()
    return path


def missing(path: Path) -> Path:
    return path


@pytest.mark.parametrize(
    ("make", "name", "says"),
    [
        (missing, "clip.mp4", "no file"),
        (folder, "clip.mp4", "folder"),
        (empty, "clip.mp4", "empty"),
        (text, "clip.mp4", "text file"),
        (playlist, "clip.m3u8", "text file"),
        (unfinished, "clip.mp4", "unfinished"),
        (noise, "clip.mp4", "cannot be opened|no pictures|not one of its frames"),
        (undecodable, "clip.mp4", "not one of its frames"),
        (sound, "sound.wav", "only sound"),
        (sound, "sound.m4a", "only sound"),
    ],
)
def test_what_is_not_a_video_says_why_and_leaves_nothing_open(make, name, says, tmp_path: Path) -> None:
    path = make(tmp_path / name)
    with pytest.raises(SourceError, match=says) as caught:
        VideoSource(path)
    assert name in caught.value.message
    assert caught.value.hint
    del caught
    assert str(path) not in [file.path for file in psutil.Process().open_files()]


def test_no_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_clip(tmp_path / "clip.mp4", 2)
    path.chmod(0)
    if subprocess.run(["cat", str(path)], capture_output=True, check=False).returncode == 0:  # root reads everything

        def refuse(*_: object, **__: object) -> None:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr("pipeline.sources.file.checks.open_regular", refuse)
    with pytest.raises(SourceError, match="permission"):
        VideoSource(path)


def test_closing_closes_every_file(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4", 20)

    def times_open() -> int:
        return [file.path for file in psutil.Process().open_files()].count(str(path))

    source = VideoSource(path)
    assert times_open() == 0
    run = source.frames()
    next(run)
    source.frame_at(0.3)
    assert times_open() == 2
    run.close()
    assert times_open() == 1
    abandoned = source.frames()
    next(abandoned)
    source.close()
    source.close()
    assert times_open() == 0
    with pytest.raises(ValueError, match="closed"):
        source.frame_at(0.0)


def test_libav_keeps_its_chatter_to_itself(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    test_damage_in_the_middle_costs_only_what_it_hits(tmp_path)
    with pytest.raises(SourceError):
        VideoSource(undecodable(tmp_path / "bad.mp4"))
    captured = capfd.readouterr()
    assert (captured.out, captured.err) == ("", "")


def test_a_file_that_vanishes_while_it_is_shown(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4", 40)
    source = VideoSource(path)
    path.unlink()
    with pytest.raises(SourceError, match="no file"):
        source.frame_at(0.5)
    with pytest.raises(SourceError, match="no file"):
        list(source.frames())
    write_clip(path, 40)
    assert source.frame_at(0.5).index == 15


def test_the_sample_video(sample_path: Path) -> None:
    source = VideoSource(sample_path)
    info = source.info
    assert (info.width_px, info.height_px, info.fps_hz, info.variable_rate) == (1768, 994, 30.0, False)
    count = 0
    checked = {}
    for frame in source.frames():
        assert frame.index == count
        assert frame.time_s == pytest.approx(count / 30, abs=1e-6)
        if frame.index % 40 == 0 or frame.index in (59, 61):
            checked[frame.index] = frame.bgr
        count += 1
    assert count == info.frame_count == 230
    for index in (40, 80, 0, 61, 60, 59, 200, 160):
        frame = source.frame_at(index / 30)
        assert frame.index == index
        assert index not in checked or np.array_equal(frame.bgr, checked[index])
    assert [frame.index for frame in source.frames(2.0, 2.1)] == [60, 61, 62]

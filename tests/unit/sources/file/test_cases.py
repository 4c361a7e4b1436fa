"""Files whose clock is wrong, as people report them: frames, rate and times have to be those that were recorded.

The files in tests/data/cases are small recordings of each kind; others of the same kinds are made here.
"""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from pipeline.core.errors import SourceError
from pipeline.sources.file.upright import UprightConverter
from pipeline.sources.file.video import VideoSource
from tests.helpers.clips import ffmpeg, number_in, numbered, write_clip

CASES = Path(__file__).parents[3] / "data/cases"
B_FRAMES = {"bf": "3", "g": "12"}
NO_B_FRAMES = {"bf": "0", "g": "12"}
TICKS_PER_S = {".mkv": 1000, ".flv": 1000, ".mp4": 15360, ".ts": 90000}


def stamps(path: Path, change: str, output: str, options: dict[str, str] | None = None) -> Path:
    """Write a clip of 40 frames at 30 Hz, and a copy whose stamps `change` (an expression of setts) has changed.

    In the expression SECOND is a second in the ticks of the container.
    """
    clip = write_clip(path / "clip.mp4", 40, options=options or NO_B_FRAMES)
    changed = path / output
    change = change.replace("SECOND", str(TICKS_PER_S[changed.suffix]))
    ffmpeg("-i", clip, "-c", "copy", "-bsf:v", f"setts={change}", changed)
    return changed


def numbers_of(source: VideoSource) -> list[int]:
    return [number_in(frame.bgr) for frame in source.frames()]


def assert_frames_in_order(source: VideoSource, numbers: list[int], rate_hz: float = 30.0, atol: float = 1e-3) -> None:
    """The frames are these, at even times of this rate, in a run and when any of them is asked for."""
    frames = list(source.frames())
    assert [number_in(frame.bgr) for frame in frames] == numbers
    assert [frame.index for frame in frames] == list(range(len(numbers)))
    times = np.array([frame.time_s for frame in frames])
    np.testing.assert_allclose(times, np.arange(len(numbers)) / rate_hz, atol=atol)
    info = source.info
    assert (info.frame_count, info.variable_rate) == (len(numbers), False)
    assert info.fps_hz == pytest.approx(rate_hz, rel=1e-4)
    for index in (len(numbers) - 1, len(numbers) // 2, 2, 0):
        assert number_in(source.frame_at(times[index]).bgr) == numbers[index]
        assert number_in(next(source.frames(times[index])).bgr) == numbers[index]


# File -> frames, rate, time of the last frame, what is said about it.
@pytest.mark.parametrize(
    ("name", "count", "rate_hz", "last_s", "says"),
    [
        ("joined.ts", 50, 30.0, 49 / 30, "clock of the time stamps leaps"),
        ("packed.avi", 48, 30.0, 47 / 30, "B-frames are packed"),
        ("paff_field_packets.ts", 12, 25.0, 11 / 25, "12 frames are stored as two fields"),
        ("half_the_pts.ts", 50, 30.0, 49 / 30, "25 of 50 frames had no time stamp"),
        ("first_stamp_zero.mkv", 50, 30.0, 49 / 30, "1 frame had a time stamp far from the others"),
        ("epoch_stamps.mkv", 50, 30.0, 49 / 30, "1 frame had a time stamp far from the others"),
        ("pause_4s.mkv", 50, 30.0, 5.633, ""),
        ("turned_midway.ts", 50, 30.0, 49 / 30, "changes its size or rotation midway: .* within 480 x 480"),
        ("slow_240.mp4", 50, 240.0, 49 / 240, "recorded at 240 Hz and stored at 30 Hz"),
    ],
)
def test_the_reported_files(name: str, count: int, rate_hz: float, last_s: float, says: str) -> None:
    source = VideoSource(CASES / name)
    frames = list(source.frames())
    assert [frame.index for frame in frames] == list(range(count))
    assert (source.info.frame_count, source.info.fps_hz) == (count, rate_hz)
    assert frames[-1].time_s == pytest.approx(last_s, abs=2e-3)
    assert frames[-1].time_s + 1 / rate_hz == pytest.approx(source.info.duration_s, abs=2e-3)
    assert re.search(says, "; ".join(source.info.notes))
    assert bool(source.info.notes) == bool(says)
    middle = frames[count // 2]
    assert np.array_equal(source.frame_at(middle.time_s).bgr, middle.bgr)


def test_damaged_frames_keep_their_place() -> None:
    source = VideoSource(CASES / "damaged_12_25.avi")
    assert (source.info.frame_count, source.info.fps_hz) == (32, 30.0)
    assert source.info.duration_s == pytest.approx(32 / 30)
    np.testing.assert_allclose(source.time_s, np.arange(32) / 30)
    frames = list(source.frames())
    assert [frame.index for frame in frames] == [*range(12), *range(26, 32)]
    assert [frame.time_s for frame in frames] == [source.time_s[frame.index] for frame in frames]


@pytest.mark.parametrize("damaged", [range(5), range(33, 40), [0, 7, 8, 39]])
def test_damage_at_the_start_and_the_end_keeps_its_place_too(damaged, tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.avi", 40, "mjpeg", "yuvj420p")
    data = bytearray(path.read_bytes())
    starts = [i for i in range(len(data) - 4) if data[i : i + 3] == b"\xff\xd8\xff"]
    for frame in damaged:
        data[starts[frame] : starts[frame] + 600] = bytes(600)
    path.write_bytes(data)
    source = VideoSource(path)
    assert source.info.frame_count == 40
    frames = list(source.frames())
    assert [frame.index for frame in frames] == [i for i in range(40) if i not in damaged]
    assert all(number_in(frame.bgr) == frame.index for frame in frames)


@pytest.mark.parametrize("options", [B_FRAMES, NO_B_FRAMES], ids=["b-frames", "no b-frames"])
def test_a_broken_group_of_h264_keeps_its_place(options: dict[str, str], tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mkv", 40, options={**options, "x264-params": "scenecut=0"})
    damaged = bytearray(path.read_bytes())
    with av.open(str(path)) as container:
        packets = [(packet.pos, packet.size) for packet in container.demux(video=0) if packet.size]
    for position, size in packets[12:15]:
        begin = damaged.index(b"\0", position + 8)
        damaged[begin : position + size] = bytes(position + size - begin)
    path.write_bytes(damaged)
    source = VideoSource(path)
    assert source.info.frame_count == 40
    frames = list(source.frames())
    assert all(frame.time_s == pytest.approx(frame.index / 30, abs=1e-3) for frame in frames)
    whole = [frame for frame in frames if not 8 <= frame.index < 24]
    assert [frame.index for frame in whole] == [*range(8), *range(24, 40)]
    assert all(number_in(frame.bgr) == frame.index for frame in whole)


@pytest.mark.parametrize("parts", [2, 3])
@pytest.mark.parametrize(
    ("name", "codec", "options"),
    [("a.ts", "libx264", B_FRAMES), ("a.ts", "libx264", NO_B_FRAMES), ("a.mpg", "mpeg2video", {"bf": "2", "g": "12"})],
    ids=["ts, b-frames", "ts", "mpeg-2"],
)
def test_files_joined_end_to_end(name: str, codec: str, options: dict[str, str], parts: int, tmp_path: Path) -> None:
    part = write_clip(tmp_path / name, 24, codec, options=options)
    joined = tmp_path / f"joined{part.suffix}"
    joined.write_bytes(part.read_bytes() * parts)
    source = VideoSource(joined)
    assert_frames_in_order(source, list(range(24)) * parts)
    assert sum("leaps" in note for note in source.info.notes) == parts - 1
    assert source.clock_start_s is None  # the sound cannot follow


def test_parts_that_were_cut_and_overlap_are_joined(tmp_path: Path) -> None:
    """The second part begins a third of a second before the end of the first: only the decoder's clock tells."""
    data = write_clip(tmp_path / "a.ts", 40, options=NO_B_FRAMES).read_bytes()
    packets = len(data) // 188
    (tmp_path / "joined.ts").write_bytes(data[: packets // 2 * 188] + data[packets // 3 * 188 :])
    source = VideoSource(tmp_path / "joined.ts")
    times = [frame.time_s for frame in source.frames()]
    assert len(times) == source.info.frame_count
    np.testing.assert_allclose(np.diff(times), 1 / 30, atol=1e-4)


@pytest.mark.parametrize("options", [B_FRAMES, NO_B_FRAMES], ids=["b-frames", "no b-frames"])
@pytest.mark.parametrize("suffix", ["mkv", "mp4", "ts", "flv"])
@pytest.mark.parametrize(
    "change",
    [
        "pts=PTS+7200*SECOND*gt(N\\,0):dts=DTS+7200*SECOND*gt(N\\,0)",  # the first lies hours before
        "pts=PTS+73*SECOND*eq(N\\,0):dts=DTS",  # the first lies a minute after
        "pts=PTS+5*SECOND*eq(N\\,20):dts=DTS",  # one in the middle
        "pts=PTS+9000*SECOND*eq(N\\,39):dts=DTS",  # the last
    ],
)
def test_one_stamp_far_off(suffix: str, options: dict[str, str], change: str, tmp_path: Path) -> None:
    source = VideoSource(stamps(tmp_path, change, f"off.{suffix}", options))
    assert_frames_in_order(source, list(range(40)), atol=2e-3)
    assert source.info.notes


@pytest.mark.parametrize("suffix", ["mkv", "mp4", "ts"])
def test_a_clock_that_is_set_midway_goes_on(suffix: str, tmp_path: Path) -> None:
    source = VideoSource(
        stamps(tmp_path, "pts=PTS+7200*SECOND*gt(N\\,20):dts=DTS+7200*SECOND*gt(N\\,20)", f"a.{suffix}")
    )
    assert_frames_in_order(source, list(range(40)))
    assert "leaps" in source.info.notes[0]


@pytest.mark.parametrize("options", [B_FRAMES, NO_B_FRAMES], ids=["b-frames", "no b-frames"])
def test_the_clock_of_a_transport_stream_wraps_after_26_hours(options: dict[str, str], tmp_path: Path) -> None:
    clip, wrapping = write_clip(tmp_path / "clip.mp4", 40, options=options), tmp_path / "wrapping.ts"
    ffmpeg("-i", clip, "-c", "copy", "-output_ts_offset", 2**33 / 90000 - 2.0, wrapping)
    assert_frames_in_order(VideoSource(wrapping), list(range(40)))


def test_each_stamp_twice(tmp_path: Path) -> None:
    source = VideoSource(stamps(tmp_path, "pts=floor(PTS/1024)*1024:dts=DTS", "pairs.mp4"))
    assert_frames_in_order(source, list(range(40)), atol=0.01)
    assert "20 frames had the time stamp of the frame before" in source.info.notes[0]


@pytest.mark.parametrize("keep", [2, 3, 5])
def test_stamps_that_are_missing(keep: int, tmp_path: Path) -> None:
    """A transport stream in which only every second, third or fifth frame has a stamp."""
    whole = write_clip(tmp_path / "whole.ts", 40, options=NO_B_FRAMES)
    (tmp_path / "few.ts").write_bytes(without_stamps(whole.read_bytes(), keep))
    source = VideoSource(tmp_path / "few.ts")
    assert_frames_in_order(source, list(range(40)))


def without_stamps(data: bytes, keep: int) -> bytes:
    """Take the time stamps out of the PES packets of video, but of every `keep`-th (ISO/IEC 13818-1, 2.4.3.6)."""
    out, number = bytearray(data), -1
    for at in range(0, len(data), 188):
        start = data.find(b"\0\0\1\xe0", at, at + 188)
        if start < 0 or not data[at + 1] & 0x40:
            continue
        number += 1
        if number % keep:
            out[start + 7] &= 0x3F  # PTS_DTS_flags
            length = data[start + 8]
            out[start + 9 : start + 9 + length] = b"\xff" * length  # stuffing
    return bytes(out)


@pytest.mark.parametrize("suffix", ["mkv", "mp4", "ts"])
def test_fields_are_one_frame_in_every_container(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"fields.{suffix}"
    ffmpeg("-i", CASES / "paff_field_packets.ts", "-c", "copy", path)
    info = VideoSource(path).info
    assert (info.frame_count, info.fps_hz) == (12, 25.0)
    assert info.duration_s == pytest.approx(0.48, abs=0.03)


@pytest.mark.parametrize("suffix", ["mkv", "mp4", "ts"])
@pytest.mark.parametrize(("pause_s", "after"), [(2.5, 10), (40.0, 39), (0.5, 1), (300.0, 20)])
def test_a_pause_is_no_slower_rate(suffix: str, pause_s: float, after: int, tmp_path: Path) -> None:
    wait = f"{pause_s}*SECOND*gte(N\\,{after})"
    source = VideoSource(stamps(tmp_path, f"pts=PTS+{wait}:dts=DTS+{wait}", f"pause.{suffix}"))
    times = np.arange(40) / 30 + pause_s * (np.arange(40) >= after)
    np.testing.assert_allclose([frame.time_s for frame in source.frames()], times, atol=1e-3)
    info = source.info
    assert (info.fps_hz, info.variable_rate, info.notes) == (30.0, True, ())
    assert info.duration_s == pytest.approx(times[-1] + 1 / 30, abs=2e-3)


def test_frames_that_a_camera_dropped_keep_their_place(tmp_path: Path) -> None:
    kept = [i for i in range(40) if i % 7 != 3]
    path = write_clip(tmp_path / "drops.mkv", len(kept), times_ms=[round(i * 1000 / 30) for i in kept])
    source = VideoSource(path)
    assert source.info.fps_hz == 30.0
    np.testing.assert_allclose([frame.time_s for frame in source.frames()], np.array(kept) / 30, atol=1e-3)


def test_a_size_that_changes_midway_is_followed() -> None:
    """A man in 272 x 480, then in 480 x 272: all pixels keep their size, in the middle of 480 x 480."""
    source = VideoSource(CASES / "turned_midway.ts")
    assert (source.info.width_px, source.info.height_px) == (480, 480)
    frames = list(source.frames())
    assert {frame.bgr.shape for frame in frames} == {(480, 480, 3)}
    assert [frame.fitted for frame in frames] == [False] * 25 + [True] * 25
    with av.open(str(CASES / "turned_midway.ts")) as container:
        stored = [frame.to_ndarray(format="bgr24") for frame in container.decode(video=0)]
    for index, part in ((10, np.s_[:, 104:376]), (40, np.s_[104:376, :])):
        assert np.abs(frames[index].bgr[part].astype(int) - stored[index]).mean() < 2
        outside = frames[index].bgr.copy()
        outside[part] = 0
        assert outside.max() == 0


SIZES = [  # first, second, then where each of them lies: left, top, width, height
    ((160, 120), (320, 240), (320, 240), (0, 0, 320, 240), (0, 0, 320, 240)),
    ((160, 120), (120, 160), (160, 160), (0, 20, 160, 120), (20, 0, 120, 160)),
    ((320, 180), (180, 320), (320, 320), (0, 70, 320, 180), (70, 0, 180, 320)),
    ((320, 240), (160, 120), (320, 240), (0, 0, 320, 240), (0, 0, 320, 240)),
]


@pytest.mark.parametrize(("first", "second", "whole", "place", "other_place"), SIZES)
@pytest.mark.parametrize(
    ("suffix", "codec", "options"),
    [
        ("ts", "libx264", B_FRAMES),
        ("ts", "libx265", {"x265-params": "log-level=none:keyint=12:repeat-headers=1"}),
        ("mpg", "mpeg2video", {"g": "12"}),
    ],
    ids=["h264", "hevc", "mpeg-2"],
)
def test_parts_of_different_sizes(
    suffix: str, codec: str, options: dict[str, str], first, second, whole, place, other_place, tmp_path: Path
) -> None:
    parts = [
        write_clip(tmp_path / f"{size}.{suffix}", 12, codec, size=size, options=options) for size in (first, second)
    ]
    joined = tmp_path / f"joined.{suffix}"
    joined.write_bytes(b"".join(part.read_bytes() for part in parts))
    source = VideoSource(joined)
    frames = list(source.frames())
    assert [frame.index for frame in frames] == list(range(24))
    assert (source.info.width_px, source.info.height_px) == whole
    assert {frame.bgr.shape[1::-1] for frame in frames} == {whole}
    for index, (left, top, width, height) in ((8, place), (20, other_place)):
        inner = frames[index].bgr[top : top + height, left : left + width]
        assert number_in(inner) == 8
        assert np.abs(inner.astype(int) - numbered(8, width, height)).mean() < 25
        assert number_in(source.frame_at(frames[index].time_s).bgr[top : top + height, left : left + width]) == 8


def test_a_size_that_was_not_announced_is_fitted(tmp_path: Path) -> None:
    """Of codecs whose headers are not read, a changed size is found while decoding."""
    parts = [
        write_clip(tmp_path / f"{i}.mkv", 6, "ffv1", "bgr0", size=size)
        for i, size in enumerate([(160, 120), (120, 160)])
    ]
    with av.open(str(parts[0])) as first, av.open(str(parts[1])) as second:
        frames = [next(container.decode(video=0)) for container in (first, second)]
        converter = UprightConverter(frames[0], first.streams.video[0])
        assert not converter.is_fitted(frames[0])
        assert converter.is_fitted(frames[1])
        image = converter.bgr(frames[1])
    assert image.shape == (120, 160, 3)
    assert number_in(image[:, 35:125]) == 0
    assert image[:, :34].max() == 0


def test_the_field_of_view_is_that_of_the_whole_image(tmp_path: Path) -> None:
    key = "com.apple.quicktime.camera.focal_length.35mm_equivalent"
    first, second = (
        write_clip(tmp_path / f"{w}.ts", 12, size=(w, h), options=NO_B_FRAMES) for w, h in ((108, 192), (192, 108))
    )
    (tmp_path / "joined.ts").write_bytes(first.read_bytes() + second.read_bytes())
    tagged = tmp_path / "tagged.mkv"
    ffmpeg("-i", tmp_path / "joined.ts", "-c", "copy", "-metadata", f"{key}=26", tagged)
    info = VideoSource(tagged).info
    if (info.width_px, info.height_px) != (192, 192):
        pytest.skip("this ffmpeg copies only the first part")
    assert info.fov_deg == pytest.approx(71.89, abs=0.02)  # as of the 192 x 108 part, see test_video


def test_slow_motion_is_read_from_the_tag_or_given(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", 40)
    for tag, rate in (("com.android.capture.fps", "120.0"), ("com.maker.recordedFrameRate", "119.88 fps")):
        tagged = tmp_path / "tagged.mp4"
        ffmpeg("-i", clip, "-c", "copy", "-movflags", "use_metadata_tags", "-metadata", f"{tag}={rate}", tagged)
        info = VideoSource(tagged).info
        assert info.fps_hz == pytest.approx(float(rate.split()[0]))
        assert info.slow_motion == pytest.approx(info.fps_hz / 30)
        assert info.duration_s == pytest.approx(40 / info.fps_hz)
        assert tag in info.notes[-1]
    given = VideoSource(clip, slow_motion=8.0)
    assert (given.info.fps_hz, given.info.slow_motion, given.info.notes) == (240.0, 8.0, ())
    assert [frame.index for frame in given.frames(5 / 240, 8 / 240)] == [5, 6, 7]
    assert number_in(given.frame_at(11 / 240).bgr) == 11
    assert VideoSource(tagged, slow_motion=1.0).info.fps_hz == 30.0


@pytest.mark.parametrize("rate", ["30", "29.97", "0", "fast", "1e9"])
def test_a_tag_of_a_usual_video_changes_nothing(rate: str, tmp_path: Path) -> None:
    clip, tagged = write_clip(tmp_path / "clip.mp4", 10), tmp_path / "tagged.mp4"
    tag = f"com.android.capture.fps={rate}"
    ffmpeg("-i", clip, "-c", "copy", "-movflags", "use_metadata_tags", "-metadata", tag, tagged)
    info = VideoSource(tagged).info
    assert (info.fps_hz, info.slow_motion, info.notes) == (30.0, 1.0, ())


def test_sonys_rate_stands_beside_the_video(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "C0001.MP4", 10, rate=Fraction(30000, 1001))
    xml = b'<NonRealTimeMeta><VideoFrame videoCodec="AVC" captureFps="119.88p" formatFps="29.97p"/></NonRealTimeMeta>'
    with path.open("ab") as file:
        file.write((len(xml) + 8).to_bytes(4, "big") + b"free" + xml)
    assert VideoSource(path).info.fps_hz == pytest.approx(119.88)


def test_a_file_that_is_cut_off_says_so(tmp_path: Path) -> None:
    whole = write_clip(tmp_path / "whole.mp4", 40, options={"movflags": "faststart", "g": "5", "bf": "0"})
    ffmpeg("-i", whole, "-c", "copy", "-movflags", "+faststart", tmp_path / "quick.mp4")
    data = (tmp_path / "quick.mp4").read_bytes()
    begin = data.index(b"mdat")
    (tmp_path / "cut.mp4").write_bytes(data[: begin + (len(data) - begin) // 2])
    source = VideoSource(tmp_path / "cut.mp4")
    assert re.search(r"cut off: \d+ of 40 frames", source.info.notes[0])
    assert VideoSource(whole).info.notes == ()


def test_a_second_stream_of_video_is_told_of(tmp_path: Path) -> None:
    one, two = write_clip(tmp_path / "one.mp4", 10), write_clip(tmp_path / "two.mp4", 20)
    ffmpeg("-i", one, "-i", two, "-map", "0:v", "-map", "1:v", "-c", "copy", tmp_path / "both.mkv")
    assert "2 streams of video" in VideoSource(tmp_path / "both.mkv").info.notes[0]


def test_clean_files_are_not_spoken_of(tmp_path: Path) -> None:
    for name, options in (("a.mp4", B_FRAMES), ("a.mkv", NO_B_FRAMES), ("a.ts", B_FRAMES)):
        assert VideoSource(write_clip(tmp_path / name, 40, options=options)).info.notes == ()


def test_an_edit_list_that_hides_everything_is_ignored(tmp_path: Path) -> None:
    path = stamps(tmp_path, "pts=PTS+73*SECOND*eq(N\\,0):dts=DTS", "hidden.mp4")
    with av.open(str(path)) as container, pytest.raises((StopIteration, av.FFmpegError)):
        next(container.decode(video=0))
    assert "edit list" in VideoSource(path).info.notes[0]


def test_nothing_decodable_is_still_an_error(tmp_path: Path) -> None:
    data = bytearray(write_clip(tmp_path / "clip.mp4", 5).read_bytes())
    start = data.index(b"mdat") + 4
    data[start : data.index(b"moov") - 4] = bytes(data.index(b"moov") - 4 - start)
    (tmp_path / "bad.mp4").write_bytes(data)
    with pytest.raises(SourceError, match="not one of its frames"):
        VideoSource(tmp_path / "bad.mp4")

"""Implement `live`: lift a camera, a stream or a file in real time, without a window."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..core.concurrency import CancelToken
from ..core.config import LIVE_LIFTER, MAX_LOOKAHEAD, DetectConfig, LiftConfig, LiveConfig, RunConfig, SceneConfig
from ..core.errors import Cancelled, NoPersonError, OutputError, SourceError
from ..system.files import make_folder
from ..system.memory import peak_memory_mb
from .inputs import size_px
from .interrupt import interruptible
from .options import detector as detector_options
from .output import Report

if TYPE_CHECKING:
    from ..core.live import LiveResult, LiveStats
    from ..live.engine import LiveEngine
    from ..live.recording.recorder import Recorder

_LOOK_S = 0.1
_STATUS_S, _STATUS_IN_LOG_S = 0.5, 5.0  # s between status lines: overwritten on a terminal, or appended to a file
_RECORD_S = 1.0
_DEFAULT = LiveConfig()


def add_parser(commands: Any) -> None:
    parser = commands.add_parser("live", help="a camera, a network stream or a video file in real time")
    parser.add_argument(
        "--source",
        required=True,
        metavar="DEVICE|URL|FILE",
        help="number or name of a camera, address of a stream, or a video file, which is played as if it were live",
    )
    parser.add_argument("--as-live", action="store_true", help="insist that the source is a file (it is played live)")
    parser.add_argument("--loop", action="store_true", help="play a file from the start again at its end")
    parser.add_argument("--seconds", type=float, metavar="N", help="stop after so many seconds of frames")
    parser.add_argument(
        "--record", type=Path, metavar="DIR", help="record video, timestamps, 2D and 3D into this folder"
    )
    parser.add_argument(
        "--stream", action="append", default=[], metavar="URL", help="send skeletons there (vmc://HOST:PORT, ...)"
    )
    parser.add_argument("--size", type=size_px, metavar="WxH", help="picture size to ask a camera for")
    parser.add_argument("--rate", type=float, metavar="HZ", help="frame rate to ask a camera for")
    parser.add_argument("--no-relift", action="store_true", help="leave the recording as it was lifted live")
    parser.add_argument(
        "--detector", default=DetectConfig().detector, help="2D detector (see `models`). Default: auto, here mediapipe"
    )
    parser.add_argument("--hands", action="store_true", help="look for hands and fingers, too; takes more time")
    parser.add_argument("--face", action="store_true", help="look for faces and their expressions, too")
    parser.add_argument("--lifter", default=LIVE_LIFTER, help=f"lifter (see `models`), default {LIVE_LIFTER}")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, mps")
    detector_options.add_precision(parser)
    detector_options.add_runtime(parser)
    parser.add_argument(
        "--max-people", type=int, default=_DEFAULT.detect.max_people, metavar="N", help="people to follow at most"
    )
    parser.add_argument(
        "--lookahead",
        type=int,
        default=_DEFAULT.lookahead,
        metavar="N",
        help=f"frames that skeletons lag behind to be surer, 0 to {MAX_LOOKAHEAD}, default {_DEFAULT.lookahead}",
    )
    parser.add_argument(
        "--latency-budget",
        type=float,
        default=_DEFAULT.latency_budget_ms,
        metavar="MS",
        help="from capture to result, without the look-ahead; a slow machine leaves frames out to hold it",
    )
    parser.add_argument("--fov", type=float, metavar="DEG", help="horizontal field of view of the camera")
    parser.add_argument("--pitch", type=float, metavar="DEG", help="camera pitch; positive: it looks down")
    parser.add_argument("--roll", type=float, metavar="DEG", help="camera roll; positive: clockwise; 180: upside down")
    parser.add_argument("--height", type=float, metavar="CM", help="height of the person")
    parser.add_argument("--no-smooth", action="store_true", help="leave out the 1-euro filter")
    parser.add_argument("--json", action="store_true", help="one JSON object a line on stdout")
    parser.set_defaults(run=run)


def config_from(arguments: argparse.Namespace) -> LiveConfig:
    """Return the settings from the arguments. Raises `ConfigError`."""
    return LiveConfig(
        detect=DetectConfig(
            arguments.detector,
            max_people=arguments.max_people,
            prompt=False,
            precision=arguments.precision,
            runtime=arguments.detector_runtime,
            hands=arguments.hands,
            face=arguments.face,
        ),
        lift=LiftConfig(lifter=arguments.lifter, flip=False, device=arguments.device, precision=arguments.precision),
        scene=SceneConfig(
            fov_deg=arguments.fov, pitch_deg=arguments.pitch, roll_deg=arguments.roll, height_cm=arguments.height
        ),
        lookahead=arguments.lookahead,
        latency_budget_ms=arguments.latency_budget,
        smooth=not arguments.no_smooth,
    )


def run(arguments: argparse.Namespace, report: Report) -> int:
    from .. import api, weights
    from ..sources.live.open import is_file

    config = config_from(arguments)
    weights.find(arguments.lifter)  # a wrong name is reported before a camera is opened
    if arguments.as_live and not is_file(arguments.source):
        raise SourceError(f"There is no file {arguments.source}.", "Check the name and the folder.", field="as_live")
    engine = api.live(
        arguments.source, config=config, loop=arguments.loop, size_px=arguments.size, rate_hz=arguments.rate
    ).engine
    cancel = CancelToken()
    closers: list[Callable[[], None]] = []
    recording = None
    with interruptible(cancel):
        try:
            for url in arguments.stream:
                from ..stream.open import open_stream

                stream = open_stream(url)
                closers.append(stream.close)
                engine.subscribe(stream.send)
            if arguments.record is not None:
                recording = _Recording(engine, arguments.record)
                closers.append(recording.close)
                engine.subscribe(recording)
            engine.start()
            _watch(engine, cancel, arguments.seconds, report)
        finally:
            engine.stop()
            for close in reversed(closers):
                close()
            report.clear_bar()
    engine.raise_error()
    result = result_of(engine, arguments.source)
    if recording is not None:
        # The first Ctrl-C ends the recording, the next one ends the lifting.
        with interruptible(again := CancelToken()):
            result |= {**recording.told(), **recording.relift(arguments, again, report)}
    report.record(result)
    report.line(
        f"{result['frames']} frames in {result['seconds']:.1f} s: {result['shown_fps']:.1f} shown and "
        f"{result['predicted_fps']:.1f} predicted a second, {result['dropped']} dropped; latency "
        f"{result['latency_p50_ms']:.0f} ms (95 % under {result['latency_p95_ms']:.0f} ms)"
    )
    if result.get("recording"):
        report.line(f"  recorded in {result['recording']}: {result['recorded']} frames")
        report.line(f"  {result.get('note') or 'take: ' + (result.get('take') or 'as it was lifted live')}")
    return 0


def result_of(engine: LiveEngine, source: str) -> dict[str, Any]:
    """Return the last line of the JSON output."""
    summary, stats = engine.summary, engine.stats
    return {
        "status": "done",
        "source": source,
        "seconds": round(summary.seconds, 3),
        "frames": summary.captured,
        "shown_fps": round(summary.shown_fps, 2),
        "predicted_fps": round(summary.predicted_fps, 2),
        "captured_fps": round(summary.captured_fps, 2),
        "latency_p50_ms": summary.latency_p50_ms,
        "latency_p95_ms": summary.latency_p95_ms,
        "latency_max_ms": round(summary.latency_max_ms, 1),
        "lookahead_ms": round(stats.lookahead_ms, 1),
        "shown": summary.shown,
        "predicted": summary.predicted,
        "dropped": summary.dropped,
        "detect_ms": round(summary.detect_ms, 2),
        "lift_ms": round(summary.lift_ms, 2),
        "detect_every": stats.detect_every,
        "lift_every": stats.lift_every,
        "device": stats.device,
        "peak_memory_mb": round(peak_memory_mb(), 1),
    }


def _watch(engine: LiveEngine, cancel: CancelToken, seconds: float | None, report: Report) -> None:
    """Watch the run until the source ends, the time is over, an error occurs or the user stops."""
    terminal = sys.stderr.isatty()
    said_s = recorded_s = time.monotonic()
    while not engine.wait(_LOOK_S) and not cancel.cancelled:
        now, stats = time.monotonic(), engine.stats
        if seconds is not None and engine.summary.seconds >= seconds:
            break
        if now - said_s >= (_STATUS_S if terminal else _STATUS_IN_LOG_S):
            said_s = now
            report.status(status_line(stats))
        if now - recorded_s >= _RECORD_S:
            recorded_s = now
            report.record({"status": "running", **_plain(stats)})


def status_line(stats: LiveStats) -> str:
    """Format the statistics for the user, about as wide as a terminal."""
    if not stats.captured:
        return stats.notice
    parts = [
        f"{stats.shown_hz:4.1f} fps of {stats.captured_hz:.1f}",
        f"{stats.latency_ms:.0f} ms + {stats.lookahead_ms:.0f} ms look-ahead",
        f"detect {stats.detect_ms:.0f}, lift {stats.lift_ms:.0f} ms",
        f"{stats.dropped} dropped",
        *stats.left_out,
        *([stats.notice] if stats.notice else []),
    ]
    return "  ".join(parts)


def _plain(stats: LiveStats) -> dict[str, Any]:
    names = ["captured", "shown", "predicted", "dropped", "captured_hz", "shown_hz", "predicted_hz", "latency_ms"]
    names += ["detect_ms", "lift_ms", "detect_every", "lift_every", "notice"]
    return {n: round(v, 2) if isinstance(v := getattr(stats, n), float) else v for n in names}


class _Recording:
    """Create a recorder at the first result, when the source is known.

    Called in the lift thread.
    """

    def __init__(self, engine: LiveEngine, folder: Path) -> None:
        from ..take.recording_folder import is_recording

        self._engine, self.folder = engine, folder
        self._recorder: Recorder | None = None
        make_folder(folder)
        if is_recording(folder):  # reported before a camera is opened
            raise OutputError(f"There is a recording in {folder} already.", "Choose another folder.")

    def __call__(self, result: LiveResult) -> None:
        if self._recorder is None:
            from ..live.recording.recorder import Recorder, made_with

            info = self._engine.info
            assert info is not None, "there is a result"
            self._recorder = Recorder(self.folder, info, made_with(self._engine.config, self._engine.detector_runtime))
        self._recorder.write(result)

    def close(self) -> None:
        if self._recorder is not None:
            self._recorder.close()

    def told(self) -> dict[str, Any]:
        """Return what the result states about the recording."""
        if self._recorder is None:
            return {"recording": None}
        return {
            "recording": str(self.folder),
            "recorded": self._recorder.written,
            "recording_dropped": self._recorder.dropped,
        }

    def relift(self, arguments: argparse.Namespace, cancel: CancelToken, report: Report) -> dict[str, Any]:
        """Re-lift the recording with past and future frames; returns what was written.

        A recording without people stays a recording.
        """
        if self._recorder is None:
            return {}
        if self._recorder.problem:
            raise OutputError(self._recorder.problem, f"What was recorded until then is in {self.folder}.")
        if arguments.no_relift:
            return {}
        from .. import api
        from ..take.recording_folder import TAKE

        scene = self._engine.config.scene
        config = RunConfig(lift=LiftConfig(device=arguments.device), scene=scene, persons="all")
        try:
            api.lift_recording(
                self.folder,
                config=config,
                progress=lambda progress: report.progress(self.folder.name, progress),
                cancel=cancel,
            )
        except NoPersonError as error:
            return {"take": None, "note": error.message}
        except Cancelled:
            return {"take": None, "note": "The recording was not lifted again."}
        return {"take": str(self.folder / TAKE)}

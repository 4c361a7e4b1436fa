"""Recording while streaming: pictures, timestamps, 2D and 3D, safe from a crash as they come.

Topology: the engine's thread -> `StopQueue` -> recorder thread (encodes, writes). `write` never waits: when the encoder
cannot follow, pictures are left out and counted (the film shows the last one again at that time, so that frame i of the
film stays row i), but never a row.
"""

from __future__ import annotations

import datetime
import logging
import threading
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from ...core.arrays import Image
from ...core.camera import VideoInfo
from ...core.concurrency import Closed, StopQueue
from ...core.config import LiveConfig
from ...core.errors import OutputError, UserError
from ...core.live import LiveResult
from ...core.poses import Pose2D
from ...system.files import make_folder, output_error
from ...system.version import __version__
from ...system.video_encoder import even
from ...take.recording_folder import ROWS, VIDEO, is_recording, write_manifest
from .row_file import Row, RowWriter
from .video_file import Fit, TakeVideo

log = logging.getLogger(__name__)

_PICTURES = 12  # that may wait for the encoder: 33 MB of 720p
_ROWS = 1 << 17  # that may wait: an hour, should the disk stand still
_CHUNK_S = 0.2  # rows on their way for longer than this are written
_CLOSE_S = 1.5  # what `close` waits for the last pictures


class Recorder:
    """Records `LiveResult`s into `folder`, which must not hold a recording yet.

    `info` is that of the source: the film has its size, whatever sizes come later. `provenance` (plain JSON values)
    says how the results were made. Raises `OutputError` if the folder cannot be written. Times count from the first
    result. What goes wrong later (a full disk) ends the recording, keeps what is there, and stands in `problem`.
    """

    def __init__(self, folder: Path, info: VideoInfo, provenance: dict[str, Any] | None = None) -> None:
        make_folder(folder)
        if is_recording(folder):
            raise OutputError(f"There is a recording in {folder} already.", "Choose another folder.")
        self._folder = folder
        self._info = replace(info, width_px=even(info.width_px), height_px=even(info.height_px))
        self._manifest: dict[str, Any] = {
            "info": asdict(self._info),
            "started": datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds"),
            "program": f"hourglass {__version__}",
            "provenance": provenance or {},
            "complete": False,
        }
        write_manifest(folder, self._manifest)
        self._rows = RowWriter(folder / ROWS)
        self._queue: StopQueue[tuple[Row, Image | None]] = StopQueue(_ROWS)
        self._zero_s: float | None = None
        self._last_s = -1.0
        self._written = 0
        self._dropped = 0
        self._problem = ""
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    @property
    def folder(self) -> Path:
        return self._folder

    @property
    def dropped(self) -> int:
        """Pictures left out because the encoder was busy. Their rows are there."""
        return self._dropped

    @property
    def written(self) -> int:
        """Frames that are on disk or with the encoder."""
        return self._written

    @property
    def duration_s(self) -> float:
        """Of what was handed over so far."""
        return max(0.0, self._last_s)

    @property
    def problem(self) -> str:
        """For people: why the recording ended early; "" if it did not."""
        return self._problem

    @property
    def waiting(self) -> int:
        """Results that were given to `write` and are not on disk yet."""
        return self._queue.waiting

    def write(self, result: LiveResult) -> None:
        """Take over one result. Never waits; called from one thread. After `close` or a problem it does nothing."""
        zero_s = result.frame.time_s if self._zero_s is None else self._zero_s
        time_s = result.frame.time_s - zero_s
        if time_s <= self._last_s:
            return  # the same frame once more
        row = self._row(result, zero_s)
        room = self._queue.waiting < _PICTURES
        try:
            self._queue.put((row, result.frame.bgr if room else None))
        except Closed:
            return
        self._zero_s, self._last_s = zero_s, time_s
        self._dropped += not room

    def close(self) -> Path:
        """Write what waits and finish the files. Returns the folder; a second call does nothing."""
        self._queue.close()
        self._thread.join(_CLOSE_S)
        if self._thread.is_alive():
            log.warning("The disk is slow: the recording in %s is finished in the background", self._folder)
        return self._folder

    def _row(self, result: LiveResult, zero_s: float) -> Row:
        height, width = result.frame.bgr.shape[:2]
        fit = Fit(width, height, self._info.width_px, self._info.height_px)
        return Row(
            source_index=result.frame.index,
            time_s=result.frame.time_s - zero_s,
            pose=_moved(result.pose, fit) if fit.changes else result.pose,
            identities=result.identities,
            detected=result.detected,
            people=result.people,
            people_time_s=result.people_time_s - zero_s,
        )

    # --- the recorder thread

    def _run(self) -> None:
        try:
            self._record()
        except UserError as error:
            self._end_early(str(error))
        except OSError as error:  # libav's errors are OSErrors, too
            self._end_early(str(output_error(self._folder / VIDEO, error)))
        except BaseException as error:
            self._end_early(f"The recording ended because of an error in the program: {error!r}")
            raise

    def _end_early(self, problem: str) -> None:
        self._problem = problem
        self._queue.stop()
        log.error("Recording: %s", problem)

    def _record(self) -> None:
        waiting: list[Row] = []
        row: Row | None
        bgr: Image | None
        since = time.monotonic()
        video = TakeVideo(self._folder / VIDEO, self._info.width_px, self._info.height_px, self._info.fps_hz)
        try:
            while True:
                try:
                    row, bgr = self._queue.get(_CHUNK_S)
                except TimeoutError:
                    row, bgr = None, None
                except Closed:
                    break
                if row is not None:
                    since = since if waiting else time.monotonic()
                    waiting.append(row)
                # Before the picture: the numbers must not wait for a slow encoder.
                if waiting and time.monotonic() - since >= _CHUNK_S:
                    self._rows.append(waiting)
                    waiting = []
                if row is not None:
                    video.add(bgr, row.time_s)
                    self._written += 1
        finally:
            try:
                self._rows.append(waiting)
                self._rows.close()
            finally:
                video.close()
        self._manifest |= {"complete": True, "frames": self._written, "pictures_left_out": self._dropped}
        write_manifest(self._folder, self._manifest)
        log.info("Recorded %d frames in %s", self._written, self._folder)


def made_with(config: LiveConfig, detector_runtime: str = "") -> dict[str, Any]:
    """Return what a recording keeps of how its results were made, for `Recorder`.

    `detector_runtime` is what runs the detector's network (`LiveEngine.detector_runtime`).
    """
    return {
        "detector": config.detect.detector,
        "detector_runtime": detector_runtime,
        "lifter": config.lift.lifter,
        "lookahead": config.lookahead,
    }


def _moved(pose: Pose2D, fit: Fit) -> Pose2D:
    """The people where they are in the film."""
    offset = np.array([fit.x, fit.y], np.float32)
    return replace(
        pose,
        boxes_image=(pose.boxes_image * fit.scale + np.tile(offset, 2)).astype(np.float32),
        joints_image=(pose.joints_image * fit.scale + offset).astype(np.float32),
    )

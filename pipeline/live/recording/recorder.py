"""Record a live run while it streams: images, timestamps, 2D and 3D, safe from a crash.

Topology: the engine's thread -> `StopQueue` -> recorder thread (encodes, writes). `write` never waits: when the encoder
is too slow, images are dropped and counted (the video repeats the previous image at that time, so that frame i of the
video stays row i), but rows never are.
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
from ...detect.mediapipe.choose import chosen_detector
from ...system.files import make_folder, output_error
from ...system.version import __version__
from ...system.video_encoder import even
from ...take.recording_folder import ROWS, VIDEO, is_recording, write_manifest
from .row_file import Row, RowWriter
from .video_file import Fit, TakeVideo

log = logging.getLogger(__name__)

_PICTURES = 12  # images that may wait for the encoder: 33 MB at 720p
_ROWS = 1 << 17  # rows that may wait for the disk: about an hour of frames if it does not respond
_CHUNK_S = 0.2  # s, longest time for which rows are collected before they are written
_CLOSE_S = 1.5  # s, longest time for which `close` waits until the last images are written


class Recorder:
    """Record `LiveResult`s to `folder`, which must not hold a recording yet.

    `info` is that of the source: the video keeps this size, also if the size of the images changes later. `provenance`
    (plain JSON values) describes how the results were made. Times count from the first result. Raises `OutputError` if
    the folder cannot be written. A later error (a full disk) ends the recording, keeps what was written, and is
    reported in `problem`.
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
        """Return the number of images dropped because the encoder was busy; their rows are kept."""
        return self._dropped

    @property
    def written(self) -> int:
        """Return the number of frames that are on disk or in the encoder."""
        return self._written

    @property
    def duration_s(self) -> float:
        """Return the duration of the results given to `write` so far."""
        return max(0.0, self._last_s)

    @property
    def problem(self) -> str:
        """Return a message for the user on why the recording ended early; "" if it did not."""
        return self._problem

    @property
    def waiting(self) -> int:
        """Return the number of results given to `write` that are not on disk yet."""
        return self._queue.waiting

    def write(self, result: LiveResult) -> None:
        """Queue one result for recording without waiting; call from one thread.

        After `close` or a problem it does nothing.
        """
        zero_s = result.frame.time_s if self._zero_s is None else self._zero_s
        time_s = result.frame.time_s - zero_s
        if time_s <= self._last_s:
            return  # the same frame again
        row = self._row(result, zero_s)
        room = self._queue.waiting < _PICTURES
        try:
            self._queue.put((row, result.frame.bgr if room else None))
        except Closed:
            return
        self._zero_s, self._last_s = zero_s, time_s
        self._dropped += not room

    def close(self) -> Path:
        """Write the waiting results, finish the files and return the folder.

        A second call does nothing more.
        """
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
            pose=result.pose.scaled(fit.scale, np.array([fit.x, fit.y], np.float32)) if fit.changes else result.pose,
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
                # Rows are written before the image is encoded: they must not wait for a slow encoder.
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
    """Return the provenance of live results, for `Recorder`.

    `detector_runtime` names the runtime of the detector's network (`LiveEngine.detector_runtime`).
    """
    return {
        "detector": chosen_detector(config.detect),
        "detector_runtime": detector_runtime,
        "lifter": config.lift.lifter,
        "lookahead": config.lookahead,
    }

"""Open a recording, also after a crash, and convert its live result to a take."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...core.arrays import Doubles, Floats, check_times
from ...core.camera import VideoInfo, frame_rate_hz
from ...core.errors import SourceError, TakeError, UserError
from ...core.poses import Extras, PersonTrack, blank_extra, joined_extras
from ...core.skeletons import SKELETONS
from ...core.take import Take, Track3D
from ...run.lift_video import SHORTEST_PERSON_S, SHORTEST_PERSON_SHARE
from ...sources.file.timing import true_rate
from ...sources.joints2d.source import Joints2DSource
from ...system.array_file import write_arrays
from ...system.files import atomic_write
from ...take.file import load_take
from ...take.recording_folder import JOINTS, ROWS, TAKE, VIDEO, read_manifest, write_manifest
from .row_file import Rows, read_rows

log = logging.getLogger(__name__)

_BRIDGE_S = 0.25  # s, longest interval between two detections of a person that is interpolated


@dataclass(frozen=True, slots=True)
class Recording:
    """Hold the content of a recording folder."""

    folder: Path
    info: VideoInfo  # of the video if there is one
    rows: Rows
    has_video: bool
    complete: bool  # False: it was interrupted; all but about the last second is here
    manifest: dict[str, Any]

    @property
    def identities(self) -> tuple[int, ...]:
        """Return the identities of people who were seen long enough, the most frequent first."""
        numbers, counts = np.unique(self.rows.identity2d[self.rows.identity2d > 0], return_counts=True)
        least = min(SHORTEST_PERSON_S * self.info.fps_hz, SHORTEST_PERSON_SHARE * len(self.rows))
        people = sorted(zip(-counts, numbers, strict=True))
        return tuple(int(number) for count, number in people if -count >= least)

    def live_take(self) -> Take:
        """Return the recorded 2D and the live 3D as a take.

        Each skeleton is assigned to the frame that it was estimated for, not to the later one at which it was known.
        """
        rows, index = self.rows, np.arange(len(self.rows))
        row2d, of_row3d = rows.row2d, _nearest(rows.time_s, rows.people_time_s)[rows.row3d]
        tracks2d, tracks3d = [], []
        for person, identity in enumerate(self.identities, start=1):
            mine, lifted = rows.identity2d == identity, rows.person3d == identity
            joints2d, scores2d = _placed(len(rows), row2d[mine], rows.joints_image[mine], rows.scores[mine])
            extras: dict[str, NDArray[Any]] = {}
            for name, values in rows.extras.items():
                extras[name] = blank_extra(name, len(rows), rows.skeleton)
                extras[name][row2d[mine]] = values[mine]
            tracks2d.append(PersonTrack.of(person, index, rows.time_s, joints2d, scores2d, rows.skeleton, extras))
            if lifted.any():
                joints, scores = _placed(len(rows), of_row3d[lifted], rows.joints[lifted], rows.scores3d[lifted])
                tracks3d.append(Track3D(person, index, rows.time_s, joints, scores, "world"))
        provenance = {**(self.manifest.get("provenance") or {}), "source": self.info.path, "recorded_live": True}
        return Take(self.info, tuple(tracks2d), tuple(tracks3d), None, provenance)

    def take(self) -> Take:
        """Return the re-lifted take if there is one that can be read, else the live one."""
        path = self.folder / TAKE
        if path.is_file():
            try:
                return load_take(path)
            except TakeError as error:
                log.warning("The lifted take cannot be read, the live one is shown: %s", error)
        return self.live_take()

    def joints_source(self) -> Joints2DSource:
        """Return the recorded 2D as a source, so that detection is not repeated.

        2D that was predicted is replaced by interpolation between the detections before and after, if those are near.
        Raises `OutputError`.
        """
        rows, row2d = self.rows, self.rows.row2d
        identities = np.unique(rows.identity2d[rows.detected[row2d]])
        pieces = [
            _bridged(rows, row2d, np.flatnonzero((rows.identity2d == identity) & rows.detected[row2d]))
            for identity in identities
        ]
        taken = np.zeros(len(rows), np.int64)  # columns in use per frame: a column is not one identity
        places = []
        for at, _, _, _ in pieces:
            places.append(taken[at].copy())
            taken[at] += 1
        # A single column means one person throughout, so that the source needs no tracking of identities.
        people = max(int(taken.max(initial=1)), 1 if len(identities) <= 1 else 2)
        joints = np.full((len(rows), people, len(SKELETONS[rows.skeleton].names), 2), np.nan, np.float32)
        scores = np.zeros(joints.shape[:-1], np.float32)
        extras = {
            name: np.full((*joints.shape[:2], *values.shape[1:]), np.nan, values.dtype)
            for name, values in rows.extras.items()
        }
        for (at, where, sure, others), columns in zip(pieces, places, strict=True):
            joints[at, columns], scores[at, columns] = where, sure
            for name, values in others.items():
                extras[name][at, columns] = values
        arrays: dict[str, Any] = {
            "joints_image": joints, "scores": scores, "time_s": rows.time_s, "fps_hz": self.info.fps_hz,
            "width_px": self.info.width_px, "height_px": self.info.height_px, "skeleton": rows.skeleton, **extras,
        }  # fmt: skip
        if self.info.fov_deg is not None:
            arrays["fov_deg"] = self.info.fov_deg
        path = self.folder / JOINTS
        with atomic_write(path) as file:
            write_arrays(file, arrays)
        return Joints2DSource(path)


def open_recording(folder: Path) -> Recording:
    """Open a recording without changing its files.

    Raises `TakeError` if the folder does not hold at least one frame of a recording.
    """
    folder = folder.expanduser().absolute()
    if not folder.is_dir():
        raise TakeError(f"There is no folder {folder}.", "Choose the folder of a recording.")
    manifest = read_manifest(folder)
    rows: Rows | None = None
    rest = 0
    try:
        rows, rest = read_rows(folder / ROWS)
    except FileNotFoundError:
        pass
    except OSError as error:
        raise TakeError(
            f"Cannot read {folder / ROWS} ({error.strerror or error}).", "Check its permissions."
        ) from error
    if rest:
        log.info("%s: the last %d bytes are half a chunk and are left out", folder.name, rest)
    film = _film_info(folder / VIDEO)
    if rows is None:
        if film is not None:
            hint = f"Open the video in it ({VIDEO}) and lift that."
            raise TakeError(f"{folder.name} has pictures but no joints.", hint)
        raise TakeError(
            f"{folder.name} is not a recording, or it ended before its first frame was written.",
            f"Choose a folder in which {ROWS} lies.",
        )
    try:
        check_times("its time_s", rows.time_s)
    except ValueError as error:
        raise TakeError(f"{folder.name} is damaged: {error}.", "Lift its video instead.") from error
    info = film or _stated_info(folder, manifest, rows)
    fov = (manifest.get("info") or {}).get("fov_deg")
    if film is not None and isinstance(fov, int | float):
        info = replace(film, fov_deg=float(fov))
    return Recording(folder, info, rows, film is not None, manifest.get("complete") is True, manifest)


def recover(folder: Path) -> Recording:
    """Open a recording and repair its files if it was interrupted.

    The video gets an index for seeking, and the manifest is completed. Files that cannot be repaired are not changed.
    Raises the same errors as `open_recording`.
    """
    recording = open_recording(folder)
    if recording.complete:
        return recording
    try:
        if recording.has_video:
            import av

            from .video_file import give_index

            try:
                give_index(recording.folder / VIDEO)
            except av.FFmpegError as error:
                log.warning("The video of %s stays without an index: %s", recording.folder.name, error)
        frames = {"complete": True, "recovered": True, "frames": len(recording.rows)}
        write_manifest(recording.folder, {**_without_header(recording.manifest), **frames})
    except (UserError, OSError) as error:
        log.warning("%s stays as it is: %s", recording.folder.name, error)
        return recording
    return open_recording(recording.folder)


def _without_header(manifest: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in manifest.items() if name not in ("format", "version")}


def _film_info(path: Path) -> VideoInfo | None:
    from ...sources.file.video import VideoSource

    try:
        source = VideoSource(path)
    except SourceError as error:
        log.warning("The recording has no video: %s", error)
        return None
    info = source.info
    source.close()
    return replace(info, name=path.parent.name)


def _stated_info(folder: Path, manifest: dict[str, Any], rows: Rows) -> VideoInfo:
    """Describe a recording without video, from the manifest, or from the joints without that."""
    stated = manifest.get("info") or {}
    rate, variable = true_rate(rows.time_s, 0.0, None)
    seen = rows.joints_image[np.isfinite(rows.joints_image).all(axis=-1)]
    largest = seen.max(axis=0) if len(seen) else np.array([1280, 720])
    return VideoInfo(
        name=folder.name,
        path="",
        width_px=int(stated.get("width_px") or max(16, np.ceil(largest[0]))),
        height_px=int(stated.get("height_px") or max(16, np.ceil(largest[1]))),
        fps_hz=rate if len(rows) > 1 else frame_rate_hz(stated.get("fps_hz")),
        frame_count=len(rows),
        duration_s=float(rows.time_s[-1]) + 1 / rate,
        variable_rate=variable,
        fov_deg=stated.get("fov_deg"),
    )


def _placed(count: int, at: np.ndarray, joints: Floats, scores: Floats) -> tuple[Floats, Floats]:
    """Spread joints (n, J, D) and scores (n, J) to `count` rows.

    Returns (count, J, D) and (count, J): the values at rows `at` (n,), of several at one row the last, and NaN and 0
    elsewhere.
    """
    all_joints = np.full((count, *joints.shape[1:]), np.nan, np.float32)
    all_scores = np.zeros((count, *scores.shape[1:]), np.float32)
    all_joints[at], all_scores[at] = joints, scores
    return all_joints, all_scores


def _nearest(rising: Doubles, wanted: Doubles) -> np.ndarray:
    """Return the index of the nearest of the `rising` times for each wanted time."""
    after = np.clip(np.searchsorted(rising, wanted), 1, max(1, len(rising) - 1))
    after = np.minimum(after, len(rising) - 1)
    before = np.maximum(after - 1, 0)
    return np.where(wanted - rising[before] <= rising[after] - wanted, before, after)


def _bridged(rows: Rows, row2d: np.ndarray, mine: np.ndarray) -> tuple[np.ndarray, Floats, Floats, Extras]:
    """Interpolate between the near ones of one person's detections `mine`.

    Returns frames (n,), joints (n, J, 2) px, scores (n, J) and extras of the detections and the frames between. Only
    frames whose 2D was predicted are filled: where the detector ran and did not find the person, the person is not
    there.
    """
    at, joints, scores = row2d[mine], rows.joints_image[mine], rows.scores[mine]
    extras = {name: values[mine] for name, values in rows.extras.items()}
    parts = [(at, joints, scores)]
    extra_parts: list[tuple[int, Extras]] = [(len(at), extras)]
    for i in np.flatnonzero(np.diff(at) > 1):
        first, last = int(at[i]), int(at[i + 1])
        between, span_s = np.arange(first + 1, last), rows.time_s[last] - rows.time_s[first]
        if span_s > _BRIDGE_S or rows.detected[between].any():
            continue
        share = ((rows.time_s[between] - rows.time_s[first]) / span_s).astype(np.float32)
        moved = _between(joints[i], joints[i + 1], share)
        parts.append((between, moved, np.broadcast_to(np.minimum(scores[i], scores[i + 1]), moved.shape[:2])))
        filled = {name: _between(values[i], values[i + 1], share) for name, values in extras.items()}
        extra_parts.append((len(between), filled))
    frames, where, sure = (np.concatenate(part) for part in zip(*parts, strict=True))
    return frames, where, sure, joined_extras(extra_parts, rows.skeleton)


def _between(first: NDArray[Any], last: NDArray[Any], share: Floats) -> NDArray[Any]:
    """Interpolate values (...) linearly at shares (n,) of the way: (n, ...) of the same type."""
    one, two = first.astype(np.float32), last.astype(np.float32)
    return (one + share.reshape(-1, *[1] * one.ndim) * (two - one)).astype(first.dtype)

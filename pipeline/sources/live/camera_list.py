"""List the cameras of this computer and find the one that the user names."""

from __future__ import annotations

import contextlib
import importlib.util
import logging
import os
import struct
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...core.errors import SourceError

log = logging.getLogger(__name__)

# linux/videodev2.h: _IOR('V', 0, struct v4l2_capability), 104 bytes; device_caps lies at byte 88.
_VIDIOC_QUERYCAP = 0x80685600
_CAPS = struct.Struct("=88xI12x")
_CAP_VIDEO_CAPTURE = 0x1
_CAP_VIDEO_CAPTURE_MPLANE = 0x1000


@dataclass(frozen=True, slots=True)
class CameraInfo:
    """Describe a camera of this system.

    `index` is OpenCV's number of the camera; it may change when the camera is plugged in again.
    """

    index: int
    name: str
    path: str = ""  # /dev/video0 on Linux, a stable identifier elsewhere; "" if the system reports none


def list_cameras() -> tuple[CameraInfo, ...]:
    """List the cameras that are plugged in, sorted by number, without opening any of them."""
    if sys.platform.startswith("linux"):
        return linux_cameras(Path("/dev"), Path("/sys/class/video4linux"))
    return _other_cameras()


def can_list() -> bool:
    """Return whether cameras can be listed by name on this system.

    On macOS and Windows that needs the package cv2-enumerate-cameras.
    """
    return sys.platform.startswith("linux") or importlib.util.find_spec("cv2_enumerate_cameras") is not None


def linux_cameras(devices: Path, classes: Path) -> tuple[CameraInfo, ...]:
    found = []
    for device in devices.glob("video*"):
        number = device.name.removeprefix("video")
        if not number.isdecimal() or not _is_capture_node(device, classes / device.name):
            continue
        name = ""
        with contextlib.suppress(OSError):
            name = (classes / device.name / "name").read_text(encoding="utf-8", errors="replace").strip()
        found.append(CameraInfo(int(number), name or device.name, str(device)))
    return tuple(sorted(found, key=lambda camera: camera.index))


def _is_capture_node(device: Path, description: Path) -> bool:
    """Return whether a device node delivers images.

    A webcam has a second node for its metadata, and video encoders have nodes too.
    """
    if sys.platform == "win32":
        return True
    import fcntl

    answer = bytearray(_CAPS.size)
    try:
        handle = os.open(device, os.O_RDWR | os.O_NONBLOCK)
    except OSError:  # for example no permission: the first node of a device is the one with the images
        try:
            return (description / "index").read_text(encoding="ascii").strip() in ("0", "")
        except (OSError, UnicodeDecodeError):
            return True
    try:
        fcntl.ioctl(handle, _VIDIOC_QUERYCAP, answer)
    except OSError:
        return False
    finally:
        os.close(handle)
    (capabilities,) = _CAPS.unpack(answer)
    return bool(capabilities & (_CAP_VIDEO_CAPTURE | _CAP_VIDEO_CAPTURE_MPLANE))


def _other_cameras() -> tuple[CameraInfo, ...]:
    if not can_list():
        return ()
    import cv2
    import cv2_enumerate_cameras as package

    try:
        known: list[Any] = package.enumerate_cameras(cv2.CAP_DSHOW if sys.platform == "win32" else cv2.CAP_AVFOUNDATION)
    except (OSError, RuntimeError, NotImplementedError) as error:
        log.warning("The cameras cannot be listed: %s", error)
        return ()
    return tuple(CameraInfo(int(camera.index), str(camera.name), str(camera.path or "")) for camera in known)


def find_camera(wanted: int | str, cameras: Sequence[CameraInfo]) -> CameraInfo:
    """Find a camera by number, /dev path (or a link to it), name, or a unique part of its name.

    Raises `SourceError` with the names of the available cameras.
    """
    text = str(wanted).strip()
    if text.isdecimal():
        matches = [camera for camera in cameras if camera.index == int(text)]
        if not matches and not can_list():
            return CameraInfo(int(text), f"Camera {text}")
        return _single_match(f"number {text}", matches, cameras)
    if text.startswith("/dev/"):
        if not os.path.exists(text):
            raise SourceError(f"There is no device {text}.", _available_hint(cameras))
        real = os.path.realpath(text)
        matches = [camera for camera in cameras if camera.path == real]
        if not matches:
            raise SourceError(f"{text} is not a camera.", _available_hint(cameras))
        return matches[0]
    folded = text.casefold()
    exact = [camera for camera in cameras if camera.name.casefold() == folded]
    return _single_match(f"called '{text}'", exact or [c for c in cameras if folded in c.name.casefold()], cameras)


def _single_match(what: str, matches: list[CameraInfo], cameras: Sequence[CameraInfo]) -> CameraInfo:
    if not matches:
        raise SourceError(f"There is no camera {what}.", _available_hint(cameras))
    if len(matches) > 1:
        found = ", ".join(f"{camera.index} ({camera.name})" for camera in matches)
        raise SourceError(f"{len(matches)} cameras are {what}: {found}.", "Give its number instead.")
    return matches[0]


def _available_hint(cameras: Sequence[CameraInfo]) -> str:
    if not cameras:
        return "No camera is plugged in, or the system hides it: plug one in, then refresh the list."
    return "There are: " + ", ".join(f"{camera.index} ({camera.name})" for camera in cameras) + "."


def find_replugged(known: CameraInfo, cameras: Sequence[CameraInfo]) -> CameraInfo | None:
    """Find a known camera by its name in a new list, or None; its number may have changed."""
    same_name = [camera for camera in cameras if camera.name == known.name]
    unchanged = [camera for camera in same_name if camera.path == known.path and camera.index == known.index]
    return next(iter(unchanged or same_name), None)

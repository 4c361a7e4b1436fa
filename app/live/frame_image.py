"""Convert a live result for the views: an image of the view's size, and the people in it."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage

from app.views.video.video_view import SeenPerson
from pipeline.core.arrays import Floats, Image
from pipeline.core.live import LiveResult
from pipeline.core.poses import EXTRAS


def live_image(bgr: Image, size: QSize, mirrored: bool) -> QImage:
    """Scale (H, W, 3) down to fit `size` device pixels; much quicker than Qt's smooth scaling."""
    import cv2

    height, width = bgr.shape[:2]
    scale = min(1.0, size.width() / width, size.height() / height) if size.isValid() else 1.0
    if scale < 1:
        small = (max(1, round(width * scale)), max(1, round(height * scale)))
        bgr = cv2.resize(bgr, small, interpolation=cv2.INTER_AREA if scale < 0.5 else cv2.INTER_LINEAR).astype(np.uint8)
    if mirrored:
        bgr = bgr[:, ::-1]
    bgr = np.ascontiguousarray(bgr)
    image = QImage(bgr.data, bgr.shape[1], bgr.shape[0], bgr.strides[0], QImage.Format.Format_BGR888)
    return image.convertToFormat(QImage.Format.Format_RGB32)  # a copy: the array may be freed


def live_people(result: LiveResult, mirrored: bool) -> list[SeenPerson]:
    """Return the people of the newest frame at their positions in the shown image."""
    width, pose = result.frame.bgr.shape[1], result.pose
    people = []
    for i, person in enumerate(result.identities):
        joints, extras = pose.joints_image[i], {name: values[i] for name, values in pose.extras.items()}
        if mirrored:
            joints = _mirrored(joints, width)
            extras = {name: _mirrored(one, width) if EXTRAS[name].pixels else one for name, one in extras.items()}
        people.append(SeenPerson(person, pose.skeleton, joints, pose.scores[i], extras))
    return people


def _mirrored(joints: Floats, width_px: int) -> Floats:
    """Mirror x only: the body's left stays the body's left."""
    out = joints.copy()
    out[..., 0] = width_px - 1 - out[..., 0]
    return out

"""Draw the detected joints over the images of video exports, in place, BGR."""

from __future__ import annotations

import numpy as np

from ...core.arrays import Doubles, Floats, Image
from ...core.face.extras import FACE
from ...core.poses import Extras, PersonTrack
from ...core.skeletons import SKELETONS, Skeleton
from ...drawing.colours import CENTRE, LEFT, RIGHT, person_colour, rgb
from ...drawing.details import HANDS, details, drawn_over

_LEFT, _RIGHT, _CENTRE = (tuple((rgb(colour)[::-1] * 255).round().tolist()) for colour in (LEFT, RIGHT, CENTRE))  # BGR
_OTHERS_ALPHA, _OTHERS_WIDTH = 0.55, 0.7  # ratios, opacity and width of lines of people who are not followed
_SHIFT = 4  # fractional bits: cv2 takes positions in sixteenths of a pixel
_FAINT = 0.3  # confidence below which joints are drawn thin
_DETAILS = (HANDS, FACE)  # the small parts that films show
_EDGE = (18, 14, 12)  # BGR, dark
_THICKEST_DETAIL_PX = 6.0  # px, width of their lines
_BLAZEPOSE_SMALL = frozenset([*range(1, 7), 9, 10, *range(17, 23)])  # joints of face and fingers


def _points(values: Floats | Doubles) -> list[tuple[int, int] | None]:
    """Convert (J, 2) pixels to cv2's fixed-point format; None where unknown or far outside."""
    known = np.isfinite(values).all(axis=1) & (np.abs(np.nan_to_num(values)) < 1e5).all(axis=1)
    finer: Doubles = np.nan_to_num(values).astype(np.float64) * (1 << _SHIFT)
    whole = np.round(finer).astype(int)
    return [(x, y) if ok else None for (x, y), ok in zip(whole.tolist(), known.tolist(), strict=True)]


def _colour(skeleton: Skeleton, joint: int) -> tuple[float, ...]:
    return _LEFT if joint in skeleton.left else _RIGHT if joint in skeleton.right else _CENTRE


def draw_person(image: Image, track: PersonTrack, row: int, scale: float, followed: bool = True) -> None:
    """Draw a person of a row of the take: joints, and hands where they were observed.

    `scale`: size of the image relative to the video. A person who is not `followed` is grey, thin and translucent.
    """
    import cv2

    over = image if followed else image.copy()
    extras = {name: values[row] for name, values in track.extras.items()}
    joints = track.joints_image[row] * np.float32(scale)
    joints[list(drawn_over(extras, _DETAILS, track.skeleton))] = np.nan
    draw_joints(over, joints, track.scores[row], track.skeleton, followed)
    _draw_details(over, extras, scale, track.person)
    if not followed:
        cv2.addWeighted(over, _OTHERS_ALPHA, image, 1 - _OTHERS_ALPHA, 0, dst=image)


def draw_joints(image: Image, joints: Floats, scores: Floats, skeleton_key: str, followed: bool = True) -> None:
    """Draw one person's 2D joints (J, 2), pixels of `image`, with scores (J,); NaN = not seen."""
    import cv2

    seen = joints[np.isfinite(joints).all(axis=1)]
    if not len(seen):
        return
    skeleton = SKELETONS[skeleton_key]
    small = _BLAZEPOSE_SMALL if skeleton_key == "blazepose33" else frozenset()
    bones = skeleton.bones + (((23, 24),) if skeleton_key == "blazepose33" else ())  # its bone tree has no hip line
    width = float(np.clip(np.ptp(seen, axis=0).max() / 90, 1.5, 12))
    width = width if followed else width * _OTHERS_WIDTH
    points = _points(joints)

    def colour(joint: int) -> tuple[float, ...]:
        return _colour(skeleton, joint) if followed else _CENTRE

    for parent, child in bones:
        start, end = points[parent], points[child]
        if start is not None and end is not None:
            thin = 0.4 if parent in small or child in small or min(scores[parent], scores[child]) < _FAINT else 1.0
            thickness = max(1, round(width * thin))
            cv2.line(image, start, end, colour(child), thickness, cv2.LINE_AA, _SHIFT)
    for joint, point in enumerate(points):
        if point is not None and joint not in small:
            radius = round(width * 1.1 * (1 << _SHIFT))
            cv2.circle(image, point, radius, colour(joint), cv2.FILLED, cv2.LINE_AA, _SHIFT)


def _draw_details(image: Image, extras: Extras, scale: float, person: int) -> None:
    """Draw the small parts of a person, in the person's colour, on dark edges that keep them visible."""
    import cv2

    colour = tuple((rgb(person_colour(person))[::-1] * 255).round().tolist())
    for detail in details(extras, _DETAILS):
        points = _points(detail.points * np.float32(scale))
        width = detail.width_px(scale, _THICKEST_DETAIL_PX)
        for shade, thickness in ((_EDGE, round(width) + 2), (colour, max(1, round(width)))):
            for first, last in detail.lines:
                start, end = points[first], points[last]
                if start is not None and end is not None:
                    cv2.line(image, start, end, shade, thickness, cv2.LINE_AA, _SHIFT)
        for dot in detail.dots:
            at = points[dot]
            if at is not None:
                cv2.circle(image, at, round(width * 1.2 * (1 << _SHIFT)), colour, cv2.FILLED, cv2.LINE_AA, _SHIFT)

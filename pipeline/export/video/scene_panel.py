"""Draw the 3D half of a side-by-side video as the window shows it."""

from __future__ import annotations

import dataclasses

import numpy as np

from ...core.arrays import Doubles, Floats, Image
from ...core.camera import Viewpoint, fov_over_deg
from ...drawing.colours import OTHERS, body_colours, hand_colours, person_colour, rgb
from ...drawing.framing import HOME_DEG, beside_path, follow_path, framed, joints_to_frame, shape, shows_everybody
from ...drawing.hands_mesh import colour_shares
from ...drawing.renderer import Renderer
from ..tracks import Selection

_NARROWEST = 0.75  # ratio of width to height of the panel, at least
_HEAD_TO_NUMBER_M = 0.24  # m, height of a person's number above the middle of the head


class ScenePanel:
    """Draw the people of a selection, row by row.

    `size_px` is (width, height). The `subject` is the person in full colour; None: all are.
    """

    def __init__(self, selection: Selection, height_px: int, widest_px: int) -> None:
        self._people = selection.people
        self._joints = [one.joints_world for one in selection.people]
        view = selection.options.view
        persons = [one.person for one in self._people]
        self.subject = view.person if view is not None and view.person in persons else None
        index = persons.index(self.subject) if self.subject is not None else 0
        widest = max(widest_px / height_px, _NARROWEST)
        if view is not None and (self.subject is not None or not view.follows):
            aspect = min(max(view.aspect, _NARROWEST), widest)
            viewpoint, self._follows = view.viewpoint, view.follows
            fov_deg = fov_over_deg(viewpoint.fov_deg, 1.0, max(1.0, aspect / view.aspect))
            self._viewpoint = dataclasses.replace(viewpoint, fov_deg=fov_deg)
        else:
            self._follows = not shows_everybody(self._joints, index, (widest_px, height_px))
            shown = [beside_path(self._joints[index])] if self._follows else self._joints
            points = joints_to_frame(shown)
            width, height = shape(points, *HOME_DEG)
            aspect = min(max(width / height, _NARROWEST), widest)
            found = framed(points, *HOME_DEG, (round(aspect * 1000), 1000))
            assert found is not None  # a selection has people who are seen
            self._viewpoint = found
        self.size_px = (max(2, round(aspect * height_px)), height_px)
        self._path = follow_path(self._joints[index]) if self._follows else None
        self._hands = [
            (one.person, one.hands.joints, colour_shares(one.hands.confidence > 0, one.rate_hz))
            for one in self._people
            if one.hands is not None
        ]
        self._renderer = Renderer(*self.size_px)
        self._renderer.look(self._viewpoint, self._viewpoint.centre[:2])

    def draw(self, row: int) -> Image:
        """Return the BGR image of a row of the take."""
        if self._path is not None:
            x, y, _ = self._path[row].tolist()
            self._renderer.look(_moved(self._viewpoint, self._path[row]), (x, y))
        joints = np.stack([one[row] for one in self._joints]).astype(np.float32)
        shares = [1.0 if self.subject in (None, one.person) else OTHERS for one in self._people]
        colours = np.stack([body_colours(share) for share in shares])
        image = self._renderer.draw(joints, colours, *self._hands_of(row))
        if np.isfinite(joints[:, 10]).all(axis=1).sum() > 1:
            for one, body in zip(self._people, joints, strict=True):
                above = self._renderer.camera_from_world(body[10] + np.array([0, 0, _HEAD_TO_NUMBER_M]))
                if np.isfinite(above).all() and above[2] > 0:
                    draw_number(image, self._renderer.image_from_camera(above), one.person, self.subject)
        return image

    def _hands_of(self, row: int) -> tuple[Floats | None, Floats | None]:
        """Return the hands (N, 21, 3) of a row and their colours (N, 4); None without any."""
        if not self._hands:
            return None, None
        joints = np.concatenate([hands[row] for _, hands, _ in self._hands]).astype(np.float32)
        colours = [
            hand_colours(person, shares[row] * (1.0 if self.subject in (None, person) else OTHERS))
            for person, _, shares in self._hands
        ]
        return joints, np.concatenate(colours)


def draw_number(image: Image, at_px: Doubles, person: int, subject: int | None) -> None:
    """Draw a person's number in a disc around (x, y), in the person's colour.

    Those of others than the `subject` are dark with a coloured edge. With `subject` None all are shown as subjects.
    """
    import cv2

    radius = max(7, round(image.shape[0] / 55))
    centre = (round(float(at_px[0])), round(float(at_px[1])))
    colour = tuple((rgb(person_colour(person))[::-1] * 255).tolist())
    followed = subject in (None, person)
    cv2.circle(image, centre, radius, colour, cv2.FILLED, cv2.LINE_AA)
    if not followed:
        cv2.circle(image, centre, radius - max(1, radius // 7), (46, 38, 34), cv2.FILLED, cv2.LINE_AA)
    text, size = str(person), radius / 18
    thickness = max(1, round(radius / 8))
    (width, height), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_DUPLEX, size, thickness)
    corner = (centre[0] - width // 2, centre[1] + height // 2)
    ink = (10, 19, 23) if followed else (238, 234, 232)
    cv2.putText(image, text, corner, cv2.FONT_HERSHEY_DUPLEX, size, ink, thickness, cv2.LINE_AA)


def _moved(view: Viewpoint, by: Doubles) -> Viewpoint:
    x, y, z = (np.array(view.centre) + by).tolist()
    return dataclasses.replace(view, centre=(x, y, z))

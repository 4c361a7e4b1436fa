"""Compute the viewpoints that the 3D view offers, for the take that it shows."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from pipeline.core.camera import Viewpoint
from pipeline.core.export_options import ExportView
from pipeline.core.take import Take
from pipeline.drawing.framing import HOME_DEG, follow_path, framed, joints_to_frame, shows_everybody
from pipeline.drawing.viewpoint import video_viewpoint

DIRECTIONS = {"home": HOME_DEG, "front": (4.0, -90.0), "side": (4.0, 0.0), "top": (89.0, -90.0), "camera": (4.0, -90.0)}
FRAMED = ("all", "person")  # these show whole paths, so that the view does not follow the person
STILL = (*FRAMED, "camera")
KEPT = ("front", "side", "top", "camera")  # a choice of these is for the next videos too
_USUAL_M = 4.3  # m, distance of a view of one person before their size is known


class Viewpoints:
    """Hold a take's paths; positions are in metres, world space."""

    def __init__(self) -> None:
        self._take: Take | None = None
        self._paths: dict[int, NDArray[np.float64]] = {}

    def set_take(self, take: Take | None) -> None:
        self._take = take
        self._paths = {} if take is None else {t.person: follow_path(t.joints) for t in take.tracks3d}

    def position(self, person: int, row: int) -> NDArray[np.float64] | None:
        """Return the point (3,) at which following `person` centres the view; None if unknown."""
        path = self._paths.get(person)
        if path is None or row >= len(path) or not np.isfinite(path[row]).all():
            return None
        return path[row]

    def first(self, person: int, view_px: tuple[int, int]) -> str:
        """Return the name of the viewpoint to begin with: everybody, if they are not tiny then."""
        tracks = self._take.tracks3d if self._take is not None else ()
        index = next((i for i, track in enumerate(tracks) if track.person == person), 0)
        return "all" if shows_everybody([track.joints for track in tracks], index, view_px) else "home"

    def of(
        self, name: str, person: int, anchor: NDArray[np.float64], view_px: tuple[int, int], now: Viewpoint
    ) -> Viewpoint:
        """Return the viewpoint `name` of DIRECTIONS or FRAMED, or "follow".

        DIRECTIONS show `person` as if standing at `anchor`, and so does "follow", in the direction of `now`; FRAMED
        show whole paths in that direction.
        """
        if name == "camera" and self._take is not None and self._take.scene is not None:
            scene = self._take.scene
            depth = float((anchor - scene.translation) @ (scene.rotation @ np.array([0.0, 0.0, 1.0])))
            return video_viewpoint(scene, self._take.camera, view_px, max(depth, 0.5))
        if name in FRAMED:
            only = person if name == "person" and person in self._paths else None
            return self._framed(only, now.elevation, now.azimuth, view_px) or now
        return self._around(person, anchor, *DIRECTIONS.get(name, (now.elevation, now.azimuth)), view_px)

    def _framed(
        self, person: int | None, elevation: float, azimuth: float, view_px: tuple[int, int]
    ) -> Viewpoint | None:
        tracks = self._take.tracks3d if self._take is not None else ()
        joints = [track.joints for track in tracks if person is None or track.person == person]
        return framed(joints_to_frame(joints), elevation, azimuth, view_px)

    def _around(
        self, person: int, anchor: NDArray[np.float64], elevation: float, azimuth: float, view_px: tuple[int, int]
    ) -> Viewpoint:
        """Return a view in which `person` is whole in every frame, while it is moved along their path."""
        track = self._take.track3d(person) if self._take is not None else None
        if track is not None:
            still = track.joints - self._paths[person][:, None] + anchor
            view = framed(joints_to_frame([still]), elevation, azimuth, view_px)
            if view is not None:
                return view
        x, y, z = anchor.tolist()
        return Viewpoint((x, y, z), _USUAL_M, elevation, azimuth)


def export_view(
    view: Viewpoint, person: int, anchor: NDArray[np.float64] | None, view_px: tuple[int, int]
) -> ExportView:
    """Describe a view for the side-by-side video.

    It follows `person` if it is about their place, the `anchor`; None: it rests.
    """
    if anchor is not None:
        x, y, z = (np.array(view.centre) - anchor).tolist()
        view = dataclasses.replace(view, centre=(x, y, z))
    return ExportView(person, view, anchor is not None, max(view_px[0], 1) / max(view_px[1], 1))

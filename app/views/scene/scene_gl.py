"""Draw bodies on a floor with OpenGL. Imports pyqtgraph, so the window is shown first.

World space: z up, floor at z = 0, +y away from the video's camera.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from OpenGL import GL
from pyqtgraph import Vector
from pyqtgraph.opengl import GLLinePlotItem, GLViewWidget
from PySide6.QtCore import QEasingCurve, QPointF, Qt, QVariantAnimation, Signal, Slot
from PySide6.QtGui import QColor, QFont, QMouseEvent, QPainter, QSurfaceFormat, QVector4D, QWheelEvent
from PySide6.QtWidgets import QWidget

from app import theme
from app.views.numbers import paint_number
from app.views.scene.scene_mesh import ArrayMesh, body_shader
from app.views.scene.skinned_item import PosedBody, SkinnedBodies
from pipeline.core.arrays import Floats
from pipeline.core.camera import Viewpoint
from pipeline.drawing.body_mesh import Mesh, bodies_mesh, shadow_mesh
from pipeline.drawing.colours import OTHERS, person_colour
from pipeline.drawing.floor import floor_disc, floor_lines
from pipeline.drawing.hands_mesh import hands_mesh

_ELEVATION = (-8.0, 89.0)
_DISTANCE = (0.6, 120.0)
_BADGE_ABOVE_M = 0.24
_GHOST_THICKNESS = 0.5  # as a share of a body's
_GHOST_ALPHA = 0.75


def _rgba(colour: str, mix: float = 1.0) -> tuple[float, float, float, float]:
    """Mix `colour` into the distance; `mix` 1 is the colour itself."""
    c, back = QColor(colour), QColor(theme.colours().distance)
    r, g, b = (
        far + (near - far) * mix
        for near, far in ((c.redF(), back.redF()), (c.greenF(), back.greenF()), (c.blueF(), back.blueF()))
    )
    return r, g, b, 1.0


def body_colours(subject: bool, provisional: bool = False) -> Floats:
    """Return RGBA (3, 4) of left, right, centre; greyer for others and for provisional poses."""
    p = theme.colours()
    mix = (1.0 if subject else OTHERS) * (0.7 if provisional else 1.0)
    return np.array([_rgba(c, mix) for c in (p.left, p.right, p.centre)], np.float32)


class SceneGL(GLViewWidget):
    """Draw bodies. Left drag orbits, right, middle or shift drag pans, the wheel zooms."""

    user_moved = Signal()
    reset_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        surface = QSurfaceFormat(self.format())
        surface.setSamples(4)
        self.setFormat(surface)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # arrow keys belong to the transport
        self.setMinimumSize(200, 160)
        self._floor = ArrayMesh(None, "translucent")
        self._grid = GLLinePlotItem(mode="lines", antialias=True, glOptions="translucent")
        self._shadow = ArrayMesh(None, "translucent")
        self._bodies = ArrayMesh(body_shader(theme.colours().dark), "opaque")
        self._ghosts = ArrayMesh(body_shader(theme.colours().dark), "translucent")
        self._humans = SkinnedBodies(theme.colours().dark)
        self._hands = ArrayMesh(body_shader(theme.colours().dark), "opaque")
        self._halos = ArrayMesh(body_shader(theme.colours().dark), "translucent")
        # Only bodies write depth: nothing disappears behind the floor.
        items = (
            self._floor,
            self._grid,
            self._shadow,
            self._bodies,
            self._hands,
            self._ghosts,
            self._humans,
            self._halos,
        )
        for depth, item in enumerate(items):
            item.setDepthValue(depth)
            self.addItem(item)
        for item in (self._floor, self._grid, self._shadow, self._halos):
            item.updateGLOptions({"glDepthMask": (False,)})
        for item in (self._bodies, self._hands, self._ghosts):
            item.updateGLOptions({"glDepthMask": (True,)})
        self._last: QPointF | None = None
        self._badges: list[tuple[tuple[float, ...], int, bool]] = []
        self._travel: QVariantAnimation | None = None
        self._colour()
        theme.changes.changed.connect(self._colour)
        self.look(Viewpoint((0.0, 0.0, 0.9), 4.4, 10.0, -62.0))

    @Slot()
    def _colour(self) -> None:
        """Give background and floor their colours in the theme; bodies get theirs when they are shown."""
        colours = theme.colours()
        self.setBackgroundColor(QColor(colours.scene))
        self._floor.set_mesh(floor_disc(colours.floor), show=False)
        points, shades = floor_lines(colours.grid)
        self._grid.setData(pos=points, color=shades)
        for item in (self._bodies, self._hands, self._ghosts, self._halos):
            item.setShader(body_shader(colours.dark))
        self._humans.set_dark(colours.dark)
        self.update()

    def paintGL(self) -> None:  # noqa: N802
        GL.glDepthMask(True)  # else clearing the frame would keep the old depth
        GL.glEnable(GL.GL_MULTISAMPLE)
        super().paintGL()
        self._paint_badges()

    def _paint_badges(self) -> None:
        """Draw the persons' numbers over their heads, as over the video, if there are several persons."""
        if len(self._badges) < 2:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = QFont(self.font())
        font.setPixelSize(12)
        font.setBold(True)
        painter.setFont(font)
        colours = theme.colours()
        to_screen = self.currentProjection() * self.viewMatrix()
        for (x, y, z), number, subject in self._badges:
            at = to_screen.map(QVector4D(x, y, z + _BADGE_ABOVE_M, 1.0))
            if at.w() <= 0:
                continue
            centre = QPointF((at.x() / at.w() + 1) / 2 * self.width(), (1 - at.y() / at.w()) / 2 * self.height())
            shade = QColor(person_colour(number, colours.dark))
            paint_number(painter, centre, number, shade, subject, QColor(colours.badge), QColor(colours.on_badge))
        painter.end()

    # --- content

    @property
    def bodies(self) -> Mesh | None:
        """Return the mesh of the shown bodies; None without any."""
        return self._bodies.mesh if self._bodies.visible() else None

    @property
    def ghosts(self) -> Mesh | None:
        return self._ghosts.mesh if self._ghosts.visible() else None

    @property
    def hands(self) -> Mesh | None:
        """Return the mesh of the shown hands; None without any."""
        return self._hands.mesh if self._hands.visible() else None

    @property
    def halos(self) -> Mesh | None:
        """Return the mesh of the shown error halos; None without any."""
        return self._halos.mesh if self._halos.visible() else None

    @property
    def humans(self) -> tuple[PosedBody, ...]:
        """Return the human bodies that are shown."""
        return self._humans.shown

    @property
    def numbers(self) -> list[int]:
        """List the persons whose head is known, in the order of the bodies; each gets its number."""
        return [number for _, number, _ in self._badges]

    def show_bodies(
        self, joints: Floats, persons: Sequence[int], subject: int, provisional: bool = False, figures: bool = True
    ) -> None:
        """Show `joints` (P, 17, 3), NaN = not seen, of `persons`; world, metres.

        The `subject` is in full colour, unless the poses are `provisional`. Without `figures` there are only shadows
        and numbers.
        """
        self._badges = [
            (tuple(head.tolist()), person, person == subject)
            for head, person in zip(joints[:, 10], persons, strict=True)
            if np.isfinite(head).all()
        ]
        if len(joints) == 0:
            self._bodies.set_mesh(None)
            self._shadow.set_mesh(None)
        else:
            colours = np.stack([body_colours(person == subject, provisional) for person in persons])
            self._bodies.set_mesh(bodies_mesh(joints, colours) if figures else None)
            self._shadow.set_mesh(shadow_mesh(joints))
        self.update()

    def show_humans(self, humans: Sequence[PosedBody]) -> None:
        """Show human bodies, without those of before."""
        self._humans.show_bodies(tuple(humans))
        self.update()

    def show_hands(self, hands: Floats, colours: Floats) -> None:
        """Show `hands` (N, 21, 3), NaN = not known; world, metres. `colours` (N, 4) RGBA."""
        if len(hands) or self._hands.visible():
            self._hands.set_mesh(hands_mesh(hands, colours) if len(hands) else None)
            self.update()

    def show_halos(self, halos: Mesh | None) -> None:
        """Show the error halos of joints, without those of before."""
        if halos is not None or self._halos.visible():
            self._halos.set_mesh(halos)
            self.update()

    def show_ghosts(self, joints: Floats) -> None:
        """Show `joints` (P, 17, 3) thin and translucent over the bodies; P = 0 removes them."""
        if len(joints) == 0:
            self._ghosts.set_mesh(None)
        else:
            c = QColor(theme.colours().ghost)
            shade = np.array([c.redF(), c.greenF(), c.blueF(), _GHOST_ALPHA], np.float32)
            colours = np.broadcast_to(shade, (len(joints), 3, 4))
            self._ghosts.set_mesh(bodies_mesh(joints, colours, _GHOST_THICKNESS))
        self.update()

    def show_floor(self, on: bool) -> None:
        for item in (self._floor, self._grid):
            item.setVisible(on)
        self.update()

    def place_floor(self, x: float, y: float) -> None:
        """Move the floor under (x, y), by whole metres, so that its lines do not slide."""
        for item in (self._floor, self._grid):
            item.resetTransform()
            item.translate(round(x), round(y), 0)

    # --- camera

    @property
    def camera(self) -> Viewpoint:
        c = self.opts["center"]
        return Viewpoint(
            (c.x(), c.y(), c.z()), self.opts["distance"], self.opts["elevation"], self.opts["azimuth"], self.opts["fov"]
        )

    def look(self, camera: Viewpoint) -> None:
        self.opts.update(
            center=Vector(*camera.centre), distance=camera.distance, elevation=camera.elevation,
            azimuth=camera.azimuth, fov=camera.fov_deg,
        )  # fmt: skip
        self.update()

    @property
    def travelling(self) -> bool:
        return self._travel is not None and self._travel.state() == QVariantAnimation.State.Running

    def travel(self, target: Viewpoint) -> None:
        """Move the view to `target` in a quarter of a second, along the shorter turn."""
        self.stop_travel()
        start = self.camera
        turn = (target.azimuth - start.azimuth + 180) % 360 - 180
        first = np.array([*start.centre, np.log(start.distance), start.elevation, start.azimuth, start.fov_deg])
        last = np.array(
            [*target.centre, np.log(target.distance), target.elevation, start.azimuth + turn, target.fov_deg]
        )
        self._path = (first, last)
        self._travel = QVariantAnimation(self)
        self._travel.setStartValue(0.0)
        self._travel.setEndValue(1.0)
        self._travel.setDuration(260)
        self._travel.setEasingCurve(QEasingCurve.Type.InOutCubic)
        self._travel.valueChanged.connect(self._travelled)
        self._travel.start()

    def stop_travel(self) -> None:
        if self._travel is not None:
            self._travel.stop()
            self._travel.deleteLater()
            self._travel = None

    @Slot(object)
    def _travelled(self, share: float) -> None:
        first, last = self._path
        x, y, z, log_distance, elevation, azimuth, fov = (first + (last - first) * share).tolist()
        self.look(Viewpoint((x, y, z), float(np.exp(log_distance)), elevation, azimuth, fov))

    def shift(self, dx: float, dy: float, dz: float) -> None:
        """Translate the view (metres), also while it travels."""
        delta = Vector(dx, dy, dz)
        self.opts["center"] = self.opts["center"] + delta
        if self._travel is not None:
            first, last = self._path
            first[:3] += (dx, dy, dz)
            last[:3] += (dx, dy, dz)
        self.update()

    # --- mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self.stop_travel()
        self._last = event.position()
        self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if self._last is None:
            return
        delta = event.position() - self._last
        self._last = event.position()
        panning = event.buttons() & (Qt.MouseButton.RightButton | Qt.MouseButton.MiddleButton)
        if panning or event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.pan(delta.x(), delta.y(), 0, relative="view")
        else:
            low, high = _ELEVATION
            self.opts["azimuth"] -= delta.x() * 0.45
            self.opts["elevation"] = min(max(self.opts["elevation"] + delta.y() * 0.45, low), high)
        self.user_moved.emit()
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._last = None
        self.unsetCursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self.reset_wanted.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        self.stop_travel()
        low, high = _DISTANCE
        self.opts["distance"] = min(max(self.opts["distance"] * 0.999 ** event.angleDelta().y(), low), high)
        self.user_moved.emit()
        self.update()

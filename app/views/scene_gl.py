"""The OpenGL part of the 3D view. Imports pyqtgraph, so it is imported after the window is on the screen.

World space: z up, floor at z = 0, +y away from the video's camera.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from OpenGL import GL
from pyqtgraph import Vector
from pyqtgraph.opengl import GLLinePlotItem, GLMeshItem, GLViewWidget, shaders
from pyqtgraph.opengl.items.GLMeshItem import DirtyFlag
from PySide6.QtCore import QEasingCurve, QPointF, QRectF, Qt, QVariantAnimation, Signal, Slot
from PySide6.QtGui import QColor, QFont, QMouseEvent, QPainter, QSurfaceFormat, QVector4D, QWheelEvent
from PySide6.QtWidgets import QWidget

from app import theme
from app.views.body_mesh import Mesh, bodies_mesh, shadow_mesh
from pipeline.types import Floats, SceneEstimate

_BACKGROUND = "#0f1116"
_GRID_HALF_M = 6
_ELEVATION = (-8.0, 89.0)
_DISTANCE = (0.6, 40.0)
_FOV_DEG = 38.0
_BADGE_ABOVE_M = 0.24

_VERTEX = """
uniform mat4 u_mvp; uniform mat3 u_normal;
attribute vec4 a_position; attribute vec3 a_normal; attribute vec4 a_color;
varying vec4 v_color; varying vec3 v_normal;
void main() { v_normal = normalize(u_normal * a_normal); v_color = a_color; gl_Position = u_mvp * a_position; }
"""
# A key light over the viewer's left shoulder, a soft sky, and a rim that lifts the body off the dark background.
_FRAGMENT = """
#ifdef GL_ES
precision mediump float;
#endif
varying vec4 v_color; varying vec3 v_normal;
void main() {
    vec3 n = normalize(v_normal);
    float key = max(dot(n, normalize(vec3(-0.45, 0.75, 0.65))), 0.0);
    float sky = 0.5 + 0.5 * n.y;
    float rim = pow(1.0 - max(n.z, 0.0), 3.0);
    vec3 c = v_color.rgb * (0.30 + 0.22 * sky + 0.58 * key) + vec3(0.16, 0.18, 0.22) * rim;
    gl_FragColor = vec4(c, v_color.a);
}
"""


def _shader() -> shaders.ShaderProgram:
    if "hourglass" not in shaders.ShaderProgram.names:
        shaders.ShaderProgram("hourglass", [shaders.VertexShader(_VERTEX), shaders.FragmentShader(_FRAGMENT)])
    return shaders.ShaderProgram.names["hourglass"]


class _ArrayMesh(GLMeshItem):
    """A mesh item that takes finished arrays, normals included: nothing is computed again per frame."""

    def __init__(self, shader: shaders.ShaderProgram | None, gl_options: str) -> None:
        super().__init__(shader=shader, glOptions=gl_options, smooth=True)
        self._mesh: Mesh | None = None
        self._dirty = DirtyFlag(0)
        self._face_count = -1

    def set_mesh(self, mesh: Mesh | None) -> None:
        self._mesh = mesh
        if mesh is None:
            self.setVisible(False)
            return
        self._dirty |= DirtyFlag.POSITION | DirtyFlag.NORMAL | DirtyFlag.COLOR
        if len(mesh.faces) != self._face_count:
            self._face_count = len(mesh.faces)
            self._dirty |= DirtyFlag.FACES
        self.setVisible(True)
        self.update()

    def parseMeshData(self) -> DirtyFlag:  # noqa: N802 - pyqtgraph's name
        dirty, self._dirty = self._dirty, DirtyFlag(0)
        if self._mesh is None:
            self.vertexes = None
            return DirtyFlag(0)
        self.vertexes = np.ascontiguousarray(self._mesh.vertices)
        self.normals = np.ascontiguousarray(self._mesh.normals)
        self.colors = np.ascontiguousarray(self._mesh.colours)
        self.faces = self._mesh.faces
        return dirty


def _floor_lines() -> tuple[Floats, Floats]:
    """A metre grid that fades out: (N, 3) pairs of points, (N, 4) colours."""
    step = 0.5
    ticks = np.arange(-_GRID_HALF_M, _GRID_HALF_M + 1)
    along = np.arange(-_GRID_HALF_M, _GRID_HALF_M, step)
    at, start = (grid.ravel() for grid in np.meshgrid(ticks, along, indexing="ij"))
    first = np.stack([at, start, np.zeros_like(start)], axis=-1)
    last = np.stack([at, start + step, np.zeros_like(start)], axis=-1)
    lines = np.stack([first, last], axis=1).reshape(-1, 3)
    points = np.concatenate([lines, lines[:, [1, 0, 2]]]).astype(np.float32)
    distance = np.linalg.norm(points[:, :2], axis=1)
    colours = np.tile(np.array(QColor("#7d8aa0").getRgbF(), np.float32), (len(points), 1))
    colours[:, 3] = np.clip(1 - distance / _GRID_HALF_M, 0, 1) ** 1.3 * 0.55
    return points, colours


def _floor_disc() -> Mesh:
    """A faint lighter floor under the grid, so that shadows have something to fall on."""
    rings, sides = 6, 48
    radius = np.linspace(0, _GRID_HALF_M, rings)
    angle = np.linspace(0, 2 * np.pi, sides, endpoint=False)
    x, y = np.outer(radius, np.cos(angle)), np.outer(radius, np.sin(angle))
    points = np.stack([x, y, np.full_like(x, -0.003)], axis=-1).reshape(-1, 3).astype(np.float32)
    colours = np.tile(np.array(QColor("#454e5e").getRgbF(), np.float32), (len(points), 1))
    colours[:, 3] = np.repeat((1 - radius / _GRID_HALF_M) ** 1.5 * 0.72, sides)
    ring, side = np.meshgrid(np.arange(rings - 1), np.arange(sides), indexing="ij")
    a, b = ring * sides + side, ring * sides + (side + 1) % sides
    faces = np.stack([a, a + sides, b, b, a + sides, b + sides], axis=-1).reshape(-1, 3)
    return Mesh(points, np.tile(np.array([0, 0, 1], np.float32), (len(points), 1)), colours, faces.astype(np.uint32))


@dataclass(frozen=True, slots=True)
class Camera:
    """Where the view looks from. Angles in degrees, metres; `fov_deg` is horizontal."""

    centre: tuple[float, float, float]
    distance: float
    elevation: float
    azimuth: float
    fov_deg: float = _FOV_DEG


def _rgba(colour: str, mix: float = 1.0) -> tuple[float, float, float, float]:
    """`colour` mixed into the background; 1 is the colour itself."""
    c, back = QColor(colour), QColor("#4a5160")
    r, g, b = (
        far + (near - far) * mix
        for near, far in ((c.redF(), back.redF()), (c.greenF(), back.greenF()), (c.blueF(), back.blueF()))
    )
    return r, g, b, 1.0


def body_colours(subject: bool) -> Floats:
    """(3, 4): left, right, centre. People who are not the subject are greyer."""
    mix = 1.0 if subject else 0.42
    return np.array([_rgba(c, mix) for c in (theme.LEFT, theme.RIGHT, theme.CENTRE)], np.float32)


class SceneGL(GLViewWidget):
    """Bodies on a floor. Left drag orbits, right or middle drag (or shift) pans, the wheel zooms."""

    user_moved = Signal()
    reset_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        surface = QSurfaceFormat(self.format())
        surface.setSamples(4)
        self.setFormat(surface)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # arrow keys belong to the transport
        self.setBackgroundColor(QColor(_BACKGROUND))
        self.setMinimumSize(200, 160)
        self._floor = _ArrayMesh(None, "translucent")
        self._floor.set_mesh(_floor_disc())
        points, colours = _floor_lines()
        self._grid = GLLinePlotItem(pos=points, color=colours, mode="lines", antialias=True, glOptions="translucent")
        self._shadow = _ArrayMesh(None, "translucent")
        self._bodies = _ArrayMesh(_shader(), "opaque")
        # The floor lets nothing behind it disappear: only bodies write depth that matters.
        for depth, item in enumerate((self._floor, self._grid, self._shadow, self._bodies)):
            item.setDepthValue(depth)
            self.addItem(item)
        for item in (self._floor, self._grid, self._shadow):
            item.updateGLOptions({"glDepthMask": (False,)})
        self._bodies.updateGLOptions({"glDepthMask": (True,)})
        self._last: QPointF | None = None
        self._badges: list[tuple[tuple[float, ...], int, bool]] = []
        self._travel: QVariantAnimation | None = None
        self.look(Camera((0.0, 0.0, 0.9), 4.4, 10.0, -62.0))

    def paintGL(self) -> None:  # noqa: N802
        GL.glDepthMask(True)  # the clear of the frame needs it
        GL.glEnable(GL.GL_MULTISAMPLE)
        super().paintGL()
        self._paint_badges()

    def _paint_badges(self) -> None:
        """The persons' numbers over their heads, as over the video; only if there are several."""
        if len(self._badges) < 2:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = QFont(self.font())
        font.setPixelSize(12)
        font.setBold(True)
        painter.setFont(font)
        to_screen = self.currentProjection() * self.viewMatrix()
        for (x, y, z), number, subject in self._badges:
            at = to_screen.map(QVector4D(x, y, z + _BADGE_ABOVE_M, 1.0))
            if at.w() <= 0:
                continue
            centre = QPointF((at.x() / at.w() + 1) / 2 * self.width(), (1 - at.y() / at.w()) / 2 * self.height())
            box = QRectF(centre.x() - 11, centre.y() - 11, 22, 22)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.ACCENT) if subject else QColor(52, 58, 70, 230))
            painter.drawEllipse(box)
            painter.setPen(QColor(theme.ON_ACCENT if subject else theme.TEXT))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(number))
        painter.end()

    # --- content

    def show_bodies(self, joints: Floats, persons: Sequence[int], subject: int) -> None:
        """`joints` (P, 17, 3) world, metres, NaN = not seen, of `persons`; the `subject` is shown in full colour."""
        self._badges = [
            (tuple(head.tolist()), person, person == subject)
            for head, person in zip(joints[:, 10], persons, strict=True)
            if np.isfinite(head).all()
        ]
        if len(joints) == 0:
            self._bodies.set_mesh(None)
            self._shadow.set_mesh(None)
        else:
            self._bodies.set_mesh(
                bodies_mesh(joints, np.stack([body_colours(person == subject) for person in persons]))
            )
            self._shadow.set_mesh(shadow_mesh(joints))
        self.update()

    def show_floor(self, on: bool) -> None:
        for item in (self._floor, self._grid):
            item.setVisible(on)
        self.update()

    def place_floor(self, x: float, y: float) -> None:
        """Keep the floor under (x, y), in whole metres so that its lines stay where they are in the world."""
        for item in (self._floor, self._grid):
            item.resetTransform()
            item.translate(round(x), round(y), 0)

    # --- camera

    @property
    def camera(self) -> Camera:
        c = self.opts["center"]
        return Camera(
            (c.x(), c.y(), c.z()), self.opts["distance"], self.opts["elevation"], self.opts["azimuth"], self.opts["fov"]
        )

    def look(self, camera: Camera) -> None:
        self.opts.update(
            center=Vector(*camera.centre), distance=camera.distance, elevation=camera.elevation,
            azimuth=camera.azimuth, fov=camera.fov_deg,
        )  # fmt: skip
        self.update()

    def travel(self, target: Camera) -> None:
        """Glide to `target` in a quarter of a second, the short way round."""
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
        self.look(Camera((x, y, z), float(np.exp(log_distance)), elevation, azimuth, fov))

    def shift(self, dx: float, dy: float, dz: float) -> None:
        """Move the view with the person, also while it glides."""
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


def true_camera(scene: SceneEstimate, size_px: tuple[int, int], view_px: tuple[int, int], depth_m: float) -> Camera:
    """The view that the video's own camera had, orbiting about the point `depth_m` in front of it."""
    forward = scene.rotation @ np.array([0.0, 0.0, 1.0])
    centre = scene.translation + forward * depth_m
    elevation = float(np.degrees(np.arcsin(np.clip(-forward[2], -1, 1))))
    azimuth = float(np.degrees(np.arctan2(-forward[1], -forward[0])))
    half = np.tan(np.radians(scene.fov_deg) / 2)
    # A view taller than the picture shows its whole width; a wider one its whole height.
    widen = max(1.0, (view_px[0] / max(view_px[1], 1)) / (size_px[0] / size_px[1]))
    fov = float(np.degrees(2 * np.arctan(half * widen)))
    x, y, z = centre.tolist()
    return Camera((x, y, z), depth_m, elevation, azimuth, fov)

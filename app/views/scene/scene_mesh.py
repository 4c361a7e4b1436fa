"""Put meshes on the graphics card: bodies with their shader, and the floor."""

from __future__ import annotations

import numpy as np
from pyqtgraph.opengl import GLMeshItem, shaders
from pyqtgraph.opengl.items.GLMeshItem import DirtyFlag
from PySide6.QtGui import QColor

from pipeline.core.arrays import Floats
from pipeline.drawing.body_mesh import Mesh

_GRID_HALF_M = 6

_VERTEX = """
uniform mat4 u_mvp; uniform mat3 u_normal;
attribute vec4 a_position; attribute vec3 a_normal; attribute vec4 a_color;
varying vec4 v_color; varying vec3 v_normal;
void main() { v_normal = normalize(u_normal * a_normal); v_color = a_color; gl_Position = u_mvp * a_position; }
"""
# A key light over the viewer's left shoulder, a soft sky, and a rim, lighter than a dark background and darker than a
# light one.
_RIM = {True: "+ vec3(0.16, 0.18, 0.22)", False: "- vec3(0.20, 0.20, 0.20)"}
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
    vec3 c = v_color.rgb * (0.30 + 0.22 * sky + 0.58 * key) RIM * rim;
    gl_FragColor = vec4(c, v_color.a);
}
"""


def body_shader(dark: bool) -> shaders.ShaderProgram:
    """Return the shader of bodies for a dark or a light background."""
    name = f"hourglass {'dark' if dark else 'light'}"
    if name not in shaders.ShaderProgram.names:
        fragment = shaders.FragmentShader(_FRAGMENT.replace("RIM", _RIM[dark]))
        shaders.ShaderProgram(name, [shaders.VertexShader(_VERTEX), fragment])
    return shaders.ShaderProgram.names[name]


class ArrayMesh(GLMeshItem):
    """Draw a `Mesh` without recomputing its normals in every frame."""

    def __init__(self, shader: shaders.ShaderProgram | None, gl_options: str) -> None:
        super().__init__(shader=shader, glOptions=gl_options, smooth=True)
        self.mesh: Mesh | None = None
        self._dirty = DirtyFlag(0)
        self._face_count = -1

    def set_mesh(self, mesh: Mesh | None, *, show: bool = True) -> None:
        """Draw `mesh` from now on, nothing without one; `show` False leaves it hidden if it is."""
        self.mesh = mesh
        if mesh is None:
            self.setVisible(False)
            return
        self._dirty |= DirtyFlag.POSITION | DirtyFlag.NORMAL | DirtyFlag.COLOR
        if len(mesh.faces) != self._face_count:
            self._face_count = len(mesh.faces)
            self._dirty |= DirtyFlag.FACES
        if show:
            self.setVisible(True)
        self.update()

    def parseMeshData(self) -> DirtyFlag:  # noqa: N802 - pyqtgraph's name
        dirty, self._dirty = self._dirty, DirtyFlag(0)
        if self.mesh is None:
            self.vertexes = None
            return DirtyFlag(0)
        self.vertexes = np.ascontiguousarray(self.mesh.vertices)
        self.normals = np.ascontiguousarray(self.mesh.normals)
        self.colors = np.ascontiguousarray(self.mesh.colours)
        self.faces = self.mesh.faces
        return dirty


def floor_lines(colour: str) -> tuple[Floats, Floats]:
    """Return a grid of 1 m that fades out: ends of lines (N, 3) in pairs, and RGBA (N, 4)."""
    step = 0.5
    ticks = np.arange(-_GRID_HALF_M, _GRID_HALF_M + 1)
    along = np.arange(-_GRID_HALF_M, _GRID_HALF_M, step)
    at, start = (grid.ravel() for grid in np.meshgrid(ticks, along, indexing="ij"))
    first = np.stack([at, start, np.zeros_like(start)], axis=-1)
    last = np.stack([at, start + step, np.zeros_like(start)], axis=-1)
    lines = np.stack([first, last], axis=1).reshape(-1, 3)
    points = np.concatenate([lines, lines[:, [1, 0, 2]]]).astype(np.float32)
    distance = np.linalg.norm(points[:, :2], axis=1)
    colours = np.tile(np.array(QColor(colour).getRgbF(), np.float32), (len(points), 1))
    colours[:, 3] = np.clip(1 - distance / _GRID_HALF_M, 0, 1) ** 1.3 * 0.55
    return points, colours


def floor_disc(colour: str) -> Mesh:
    """Return a faint disc under the grid, on which shadows can be seen."""
    rings, sides = 6, 48
    radius = np.linspace(0, _GRID_HALF_M, rings)
    angle = np.linspace(0, 2 * np.pi, sides, endpoint=False)
    x, y = np.outer(radius, np.cos(angle)), np.outer(radius, np.sin(angle))
    points = np.stack([x, y, np.full_like(x, -0.003)], axis=-1).reshape(-1, 3).astype(np.float32)
    colours = np.tile(np.array(QColor(colour).getRgbF(), np.float32), (len(points), 1))
    colours[:, 3] = np.repeat((1 - radius / _GRID_HALF_M) ** 1.5 * 0.72, sides)
    ring, side = np.meshgrid(np.arange(rings - 1), np.arange(sides), indexing="ij")
    a, b = ring * sides + side, ring * sides + (side + 1) % sides
    faces = np.stack([a, a + sides, b, b, a + sides, b + sides], axis=-1).reshape(-1, 3)
    return Mesh(points, np.tile(np.array([0, 0, 1], np.float32), (len(points), 1)), colours, faces.astype(np.uint32))

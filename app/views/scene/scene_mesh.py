"""Put meshes on the graphics card, and light bodies by a shader."""

from __future__ import annotations

import numpy as np
from pyqtgraph.opengl import GLMeshItem, shaders
from pyqtgraph.opengl.items.GLMeshItem import DirtyFlag

from pipeline.drawing import light
from pipeline.drawing.body_mesh import Mesh

_VERTEX = """
uniform mat4 u_mvp; uniform mat3 u_normal;
attribute vec4 a_position; attribute vec3 a_normal; attribute vec4 a_color;
varying vec4 v_color; varying vec3 v_normal;
void main() { v_normal = normalize(u_normal * a_normal); v_color = a_color; gl_Position = u_mvp * a_position; }
"""
_FRAGMENT = """
#ifdef GL_ES
precision mediump float;
#endif
varying vec4 v_color; varying vec3 v_normal;
void main() {
    vec3 n = normalize(v_normal);
    float key = max(dot(n, normalize(KEY_DIRECTION)), 0.0);
    float sky = 0.5 + 0.5 * n.y;
    float rim = pow(1.0 - max(n.z, 0.0), 3.0);
    vec3 c = v_color.rgb * (AMBIENT + SKY * sky + KEY * key) + RIM * rim;
    gl_FragColor = vec4(c, v_color.a);
}
"""


def body_shader(dark: bool) -> shaders.ShaderProgram:
    """Return the shader of bodies for a dark or a light background."""
    name = f"hourglass {'dark' if dark else 'light'}"
    if name not in shaders.ShaderProgram.names:
        fragment = shaders.FragmentShader(fragment_shader(dark))
        shaders.ShaderProgram(name, [shaders.VertexShader(_VERTEX), fragment])
    return shaders.ShaderProgram.names[name]


def fragment_shader(dark: bool) -> str:
    """Return the fragment shader with the numbers of `pipeline.drawing.light`."""
    rim = light.RIM_ON_DARK if dark else light.RIM_ON_LIGHT
    text = _FRAGMENT.replace("KEY_DIRECTION", f"vec3{light.KEY_DIRECTION}").replace("RIM", f"vec3{rim}")
    for name, ratio in (("AMBIENT", light.AMBIENT), ("SKY", light.SKY), ("KEY", light.KEY)):
        text = text.replace(name, f"{ratio:.3f}")
    return text


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

"""Draw human bodies whose skin the graphics card moves with the bones.

A body's rest pose is on the card. A frame sends two vectors per bone, the dual quaternions of `human.skinning`: 102
vectors, within the 128 that OpenGL 2.1 guarantees to a vertex shader.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass

import numpy as np
from OpenGL import GL
from pyqtgraph.opengl import shaders
from pyqtgraph.opengl.GLGraphicsItem import GLGraphicsItem
from PySide6.QtGui import QMatrix4x4, QOpenGLContext
from PySide6.QtOpenGL import QOpenGLBuffer

from app.views.scene.scene_mesh import fragment_shader
from pipeline.core.arrays import Floats
from pipeline.human.face import with_expression
from pipeline.human.motion import BONES
from pipeline.human.on_rig import HumanBody

_VERTEX = """
uniform mat4 u_mvp; uniform mat3 u_normal; uniform vec4 u_tint; uniform vec4 u_bones[COUNT];
attribute vec3 a_position; attribute vec3 a_normal; attribute vec4 a_color; attribute vec4 a_bones;
attribute vec4 a_weights;
varying vec4 v_color; varying vec3 v_normal;
vec3 turned(vec4 q, vec3 p) { return p + 2.0 * cross(q.xyz, cross(q.xyz, p) + q.w * p); }
void add(inout vec4 turn, inout vec4 dual, vec4 first, float bone, float weight) {
    int k = 2 * int(bone + 0.5);
    vec4 q = u_bones[k];
    float w = dot(first, q) < 0.0 ? -weight : weight;
    turn += w * q;
    dual += w * u_bones[k + 1];
}
void main() {
    vec4 first = u_bones[2 * int(a_bones.x + 0.5)];
    vec4 turn = vec4(0.0); vec4 dual = vec4(0.0);
    add(turn, dual, first, a_bones.x, a_weights.x);
    add(turn, dual, first, a_bones.y, a_weights.y);
    add(turn, dual, first, a_bones.z, a_weights.z);
    add(turn, dual, first, a_bones.w, a_weights.w);
    float size = length(turn);
    turn /= size; dual /= size;
    vec3 shift = 2.0 * (turn.w * dual.xyz - dual.w * turn.xyz + cross(turn.xyz, dual.xyz));
    v_normal = normalize(u_normal * turned(turn, a_normal));
    v_color = vec4(mix(a_color.rgb, u_tint.rgb, a_color.a), u_tint.a);
    gl_Position = u_mvp * vec4(turned(turn, a_position) + shift, 1.0);
}
"""
# Attribute of the shader -> type of its values, and their number.
_LAYOUT = {"a_position": ("<f4", 3), "a_normal": ("<f4", 3), "a_color": ("u1", 4), "a_bones": ("u1", 4),
           "a_weights": ("u1", 4)}  # fmt: skip
_VERTEX_TYPE = np.dtype([(name, kind, count) for name, (kind, count) in _LAYOUT.items()])
# World axes from rig axes: (x, -z, y).
_WORLD_FROM_RIG = QMatrix4x4(1, 0, 0, 0, 0, 0, -1, 0, 0, 1, 0, 0, 0, 0, 0, 1)


def skin_shader(dark: bool) -> shaders.ShaderProgram:
    """Return the shader of human bodies for a dark or a light background."""
    name = f"hourglass skin {'dark' if dark else 'light'}"
    if name not in shaders.ShaderProgram.names:
        vertex = shaders.VertexShader(_VERTEX.replace("COUNT", str(2 * len(BONES))))
        shaders.ShaderProgram(name, [vertex, shaders.FragmentShader(fragment_shader(dark))])
    return shaders.ShaderProgram.names[name]


@dataclass(frozen=True, slots=True)
class PosedBody:
    """Hold a body in one frame.

    `motions` (B, 8) are in rig axes; `tint` is RGBA (4,), RGB of the suit and alpha of the whole body; `face` are the
    weights (K,) of the face's shapes, None at rest.
    """

    body: HumanBody
    motions: Floats
    tint: Floats
    face: Floats | None = None


class SkinnedBodies(GLGraphicsItem):
    """Draw any number of bodies; those of the frame before are on the card already."""

    def __init__(self, dark: bool) -> None:
        super().__init__()
        self.setGLOptions("translucent")
        self.updateGLOptions({"glDepthMask": (True,)})
        self.setTransform(_WORLD_FROM_RIG)
        self.shown: tuple[PosedBody, ...] = ()
        self._dark = dark
        self._on_card: dict[int, tuple[HumanBody, QOpenGLBuffer, QOpenGLBuffer]] = {}
        self._faces: dict[int, bytes] = {}  # body -> weights of the face that is on the card; none at rest

    def set_dark(self, dark: bool) -> None:
        self._dark = dark
        self.update()

    def show_bodies(self, bodies: tuple[PosedBody, ...]) -> None:
        self.shown = bodies
        self.setVisible(bool(bodies))
        self.update()

    def paint(self) -> None:
        """Draw; called by the view while its OpenGL context is current."""
        self.setupGLState()
        self._forget()
        context = QOpenGLContext.currentContext()
        shader = skin_shader(self._dark)
        program = shader.program(es2_compat=context.hasExtension(b"GL_ARB_ES2_compatibility"))
        matrix = np.array(self.mvpMatrix().data(), np.float32)
        normal = np.array(self.modelViewMatrix().normalMatrix().data(), np.float32)
        with shader:
            GL.glUniformMatrix4fv(GL.glGetUniformLocation(program, "u_mvp"), 1, False, matrix)
            GL.glUniformMatrix3fv(GL.glGetUniformLocation(program, "u_normal"), 1, False, normal)
            for posed in self.shown:
                self._draw(program, posed)

    def _draw(self, program: int, posed: PosedBody) -> None:
        vertices, faces = self._upload(posed.body)
        bones = np.ascontiguousarray(posed.motions, np.float32)
        GL.glUniform4fv(GL.glGetUniformLocation(program, "u_bones"), bones.size // 4, bones)
        GL.glUniform4f(GL.glGetUniformLocation(program, "u_tint"), *posed.tint.tolist())
        vertices.bind()
        self._put_face(posed, vertices)
        places = []
        offset = 0
        for name, (kind, count) in _LAYOUT.items():
            place, bytes_ = GL.glGetAttribLocation(program, name), kind == "u1"
            GL.glVertexAttribPointer(
                place, count, GL.GL_UNSIGNED_BYTE if bytes_ else GL.GL_FLOAT, bytes_ and name != "a_bones",
                _VERTEX_TYPE.itemsize, ctypes.c_void_p(offset),
            )  # fmt: skip
            GL.glEnableVertexAttribArray(place)
            places.append(place)
            offset += count * np.dtype(kind).itemsize
        vertices.release()
        faces.bind()
        count = posed.body.faces.size
        if posed.tint[3] < 1:  # first the depth alone: the far side of a translucent body is not seen through the near
            GL.glColorMask(False, False, False, False)
            GL.glDrawElements(GL.GL_TRIANGLES, count, GL.GL_UNSIGNED_SHORT, None)
            GL.glColorMask(True, True, True, True)
            GL.glDepthFunc(GL.GL_LEQUAL)
        GL.glDrawElements(GL.GL_TRIANGLES, count, GL.GL_UNSIGNED_SHORT, None)
        GL.glDepthFunc(GL.GL_LESS)
        faces.release()
        for place in places:
            GL.glDisableVertexAttribArray(place)

    def _upload(self, body: HumanBody) -> tuple[QOpenGLBuffer, QOpenGLBuffer]:
        """Return the buffers of a body on the card."""
        if id(body) not in self._on_card:
            packed = _packed(body)
            buffers = []
            for kind, values in (
                (QOpenGLBuffer.Type.VertexBuffer, packed),
                (QOpenGLBuffer.Type.IndexBuffer, np.ascontiguousarray(body.faces)),
            ):
                buffer = QOpenGLBuffer(kind)
                buffer.create()
                buffer.bind()
                buffer.allocate(values.tobytes(), values.nbytes)
                buffer.release()
                buffers.append(buffer)
            self._on_card[id(body)] = (body, buffers[0], buffers[1])
        _, vertices, faces = self._on_card[id(body)]
        return vertices, faces

    def _put_face(self, posed: PosedBody, vertices: QOpenGLBuffer) -> None:
        """Put the expression of a face on the card, if another one is there; its buffer is bound."""
        key = id(posed.body)
        wanted = b"" if posed.face is None or not posed.face.any() else posed.face.tobytes()
        if wanted != self._faces.get(key, b""):
            packed = _packed(posed.body)
            if wanted and posed.face is not None:
                packed["a_position"] = with_expression(posed.body, posed.face)
            GL.glBufferSubData(GL.GL_ARRAY_BUFFER, 0, packed.nbytes, packed)
            self._faces[key] = wanted

    def _forget(self) -> None:
        """Free the buffers of bodies that are shown no more."""
        wanted = {id(posed.body) for posed in self.shown}
        for key in [key for key in self._on_card if key not in wanted]:
            _, vertices, faces = self._on_card.pop(key)
            self._faces.pop(key, None)
            vertices.destroy()
            faces.destroy()


def _packed(body: HumanBody) -> np.ndarray:
    """Return the vertices as they lie on the card."""
    out = np.zeros(len(body.vertices), _VERTEX_TYPE)
    out["a_position"], out["a_normal"], out["a_bones"] = body.vertices, body.normals, body.bones
    out["a_color"] = np.rint(np.concatenate([body.colours, body.tint[:, None]], axis=1) * 255)
    out["a_weights"] = np.rint(body.weights * 255)
    return out

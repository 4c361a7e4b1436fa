"""Render people and places with OpenGL on any machine, without a screen.

Mesa's software renderer (EGL) is enough. A body is skinned in the vertex shader, so a frame costs Python only the
bones' matrices. Besides its colours an image has, for each pixel, the depth and the number of the visible person, which
shows what is hidden.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.core.arrays import Doubles, Floats, Image, Ints
from pipeline.core.errors import ModelError
from training.synthesis.people.picture import shaders
from training.synthesis.people.picture.mesh import Light, Mesh
from training.synthesis.people.picture.textures import LAYERS, layers

NEAR_M, FAR_M = 0.05, 80.0  # m, distances of the near and far clip planes
_SAMPLES, _SMALL_PX = 4, 60_000  # samples per pixel, only in images of at most this many pixels: they double the time
_SHADOW_PX = 512  # px, side of the square shadow map
_WHO = 16  # alpha steps (of 255) from one person to the next, wide enough to survive rounding


@dataclass(frozen=True, slots=True)
class Shot:
    """Hold one rendered image: `rgb` (H, W, 3) uint8, with the person and the depth per pixel.

    `who` (H, W) is 0 where the place is visible and 1, 2, ... where a person is.
    """

    rgb: Image
    who: NDArray[np.uint8]
    raw_depth: Floats  # (H, W) 0 to 1, as stored by OpenGL: not linear in metres

    def depth_at(self, row: Ints, column: Ints) -> Floats:
        """Return the depth along the optical axis, in metres, of what is visible at these pixels."""
        raw = self.raw_depth[row, column].astype(np.float64)
        return np.asarray(2 * NEAR_M * FAR_M / (FAR_M + NEAR_M - (2 * raw - 1) * (FAR_M - NEAR_M)))


@functools.lru_cache(maxsize=1)
def renderer() -> Renderer:
    """Return the one renderer of the process.

    Raises `ModelError` where there is no OpenGL.
    """
    return Renderer()


class Renderer:
    """Hold the OpenGL context, programs and textures; use it from one thread."""

    def __init__(self) -> None:
        try:
            import moderngl
        except ImportError as error:
            raise ModelError("moderngl is not installed.", "pip install moderngl") from error
        try:
            self.gl: Any = moderngl.create_standalone_context(backend="egl", require=330)
        except Exception as error:
            raise ModelError(f"OpenGL does not start ({error}).", "Debian: libegl1 libgl1-mesa-dri.") from error
        gl = self.gl
        self.people = gl.program(shaders.SKINNED_VERTEX, shaders.PEOPLE_FRAGMENT)
        self.place = gl.program(shaders.STILL_VERTEX, shaders.PLACE_FRAGMENT)
        self.people_shadow = gl.program(shaders.SKINNED_SHADOW, shaders.SHADOW_FRAGMENT)
        self.place_shadow = gl.program(shaders.STILL_SHADOW, shaders.SHADOW_FRAGMENT)
        self.backdrop = gl.program(shaders.BACKDROP_VERTEX, shaders.BACKDROP_FRAGMENT)
        images = layers()
        self.textures = gl.texture_array((*images.shape[2:0:-1], len(LAYERS)), 4, images.tobytes())
        self.textures.build_mipmaps()
        self.textures.filter = (moderngl.LINEAR_MIPMAP_NEAREST, moderngl.LINEAR)
        self.shadow = gl.depth_texture((_SHADOW_PX, _SHADOW_PX))
        self.shadow.compare_func = "<="
        self.shadow.repeat_x = self.shadow.repeat_y = False
        self.shadow_target = gl.framebuffer(depth_attachment=self.shadow)
        self.corners = gl.buffer(np.array([-1, -1, 1, -1, -1, 1, 1, 1], np.float32))
        self._targets: dict[tuple[int, int], Targets] = {}

    def targets(self, size_px: tuple[int, int]) -> Targets:
        if size_px not in self._targets:
            if len(self._targets) > 8:
                for old in self._targets.values():
                    old.release()
                self._targets.clear()
            samples = _SAMPLES if size_px[0] * size_px[1] <= _SMALL_PX else 0

            def framebuffer(smooth: int) -> Any:
                colour = self.gl.renderbuffer(size_px, 4, samples=smooth)
                return self.gl.framebuffer(colour, self.gl.depth_renderbuffer(size_px, samples=smooth))

            drawn = [framebuffer(samples) for _ in range(3)]
            self._targets[size_px] = Targets(*drawn, read=framebuffer(0) if samples else drawn[2])
        return self._targets[size_px]


@dataclass(frozen=True, slots=True)
class Targets:
    """Hold the framebuffers of one image size.

    They are for the place alone, the place with the current shadows, the image with the people, and the buffer that is
    read back.
    """

    alone: Any
    shaded: Any
    picture: Any
    read: Any

    def release(self) -> None:
        for buffer in {id(b): b for b in (self.alone, self.shaded, self.picture, self.read)}.values():
            buffer.release()


@dataclass(frozen=True, slots=True)
class Lens:
    """Hold the pose and focal length of a camera at one moment, in world coordinates.

    The rows of `axes` are its x (right), y (down) and z (forward).
    """

    eye: Doubles  # (3,) metres
    axes: Doubles  # (3, 3) unit vectors
    focal_px: float
    size_px: tuple[int, int]  # width, height

    @property
    def clip_from_world(self) -> Doubles:
        return np.asarray(projection(self.focal_px, self.size_px) @ _rigid(self.axes, -self.axes @ self.eye))


class Stage:
    """Hold a place with people in OpenGL and render it from any camera; call `close` when done."""

    def __init__(self, place: Mesh, people: Sequence[Mesh], light: Light, photograph: Image | None = None) -> None:
        self._r = renderer()
        self._light = light
        self._owned: list[Any] = []
        self._drawn_alone = False
        self._place = self._upload(place)
        self._people = [self._upload(person) for person in people]
        self._backdrop: tuple[Any, Any] | None = None
        if photograph is not None:
            texture = self._r.gl.texture(photograph.shape[1::-1], 3, np.ascontiguousarray(photograph), alignment=1)
            self._owned.append(texture)
            self._backdrop = texture, self._vertex_array(self._r.backdrop, [(self._r.corners, "2f", "corner")], None)

    def draw(self, lens: Lens, moments: Sequence[Sequence[Floats]], middle: Doubles, reach_m: float,
             box: tuple[int, int, int, int] | None = None) -> Shot:  # fmt: skip
        """Render one image as the mean of several moments, for motion blur.

        `who` and the depth are those of the middle moment. `moments` has, for each moment and each person, the matrices
        (B, 3, 4) of the bones from the rest pose to the world. Shadows fall within `reach_m` of `middle` (3,), both in
        metres. `box` (x, y, width, height) px is the region in which people change the look of the place, by their
        shadows; it may be given only if the camera is the same as in the previous image. With None the whole place is
        rendered again.
        """
        gl, targets = self._r.gl, self._r.targets(lens.size_px)
        light_view = _light_view(np.array(self._light.sun), middle, reach_m)
        if box is not None and not self._drawn_alone:
            self._cast([], light_view)
            self._draw_place(targets.alone, lens, light_view)
            self._drawn_alone = True
        half = len(moments) // 2
        self._cast(moments[half], light_view)
        if box is None:
            self._draw_place(targets.shaded, lens, light_view)
        else:
            gl.copy_framebuffer(targets.shaded, targets.alone)
            targets.shaded.scissor = box
            self._draw_place(targets.shaded, lens, light_view)
            targets.shaded.scissor = None
        shots = [
            self._draw_people(targets, lens, light_view, bones, number == half) for number, bones in enumerate(moments)
        ]
        rgba, raw = shots[half]
        who = ((rgba[..., 3].astype(np.uint16) + _WHO // 2) // _WHO).astype(np.uint8)
        assert raw is not None
        if len(shots) == 1:
            return Shot(rgba[..., :3], who, raw)
        total = np.zeros(rgba.shape, np.uint16)
        for picture, _ in shots:
            total += picture
        return Shot((total[..., :3] // len(shots)).astype(np.uint8), who, raw)

    def _cast(self, people: Sequence[Floats], light_view: Doubles) -> None:
        """Render the shadow map of the place and of the given people."""
        r = self._r
        r.gl.enable_only(r.gl.DEPTH_TEST)
        r.shadow_target.use()
        r.shadow_target.clear(depth=1.0)
        self._write(r.people_shadow, light_view=light_view)
        self._write(r.place_shadow, light_view=light_view)
        for (_, shadow, buffer), matrices in zip(self._people, people, strict=False):
            buffer.write(np.ascontiguousarray(matrices, np.float32))
            buffer.bind_to_uniform_block(0)
            if shadow is not None:
                shadow.render()
        if self._place[1] is not None:
            self._place[1].render()

    def _draw_place(self, target: Any, lens: Lens, light_view: Doubles) -> None:
        r = self._r
        target.use()
        target.clear(0, 0, 0, 0, depth=1.0)
        if self._backdrop is not None:
            texture, quad = self._backdrop
            r.gl.disable(r.gl.DEPTH_TEST)
            texture.use(0)
            quad.render(r.gl.TRIANGLE_STRIP)
            r.gl.enable(r.gl.DEPTH_TEST)
        self._look(r.place, lens, light_view)
        self._place[0].render()

    def _draw_people(self, targets: Targets, lens: Lens, light_view: Doubles, bones: Sequence[Floats],
                     want_depth: bool) -> tuple[Image, Floats | None]:  # fmt: skip
        r = self._r
        r.gl.copy_framebuffer(targets.picture, targets.shaded)
        targets.picture.use()
        self._look(r.people, lens, light_view)
        for number, ((surface, _, buffer), matrices) in enumerate(zip(self._people, bones, strict=True), start=1):
            buffer.write(np.ascontiguousarray(matrices, np.float32))
            buffer.bind_to_uniform_block(0)
            r.people["who"].value = number * _WHO / 255
            surface.render()
        if targets.read is not targets.picture:
            r.gl.copy_framebuffer(targets.read, targets.picture)
        width, height = lens.size_px
        rgba = np.frombuffer(targets.read.read(components=4), np.uint8).reshape(height, width, 4)
        if not want_depth:
            return rgba, None
        raw = targets.read.read(components=1, attachment=-1, dtype="f4")
        return rgba, np.frombuffer(raw, np.float32).reshape(height, width)

    def _look(self, program: Any, lens: Lens, light_view: Doubles) -> None:
        """Set the camera, the light and the textures of a program."""
        light = self._light
        self._r.textures.use(0)
        self._r.shadow.use(1)
        self._write(
            program, view=lens.clip_from_world, light_view=light_view, eye=lens.eye, sun=light.sun,
            sun_colour=light.sun_colour, sky_colour=light.sky_colour, ground_colour=light.ground_colour,
            haze=light.haze, softness=light.softness, textures=0, shadow=1, who=0.0,
        )  # fmt: skip

    def close(self) -> None:
        for thing in reversed(self._owned):
            thing.release()
        self._owned.clear()

    @staticmethod
    def _write(program: Any, **values: Any) -> None:
        for name, value in values.items():
            if name in program:
                if isinstance(value, np.ndarray) and value.ndim == 2:
                    program[name].write(np.ascontiguousarray(value.T, np.float32))
                else:
                    program[name].value = tuple(value) if isinstance(value, np.ndarray) else value

    def _vertex_array(self, program: Any, content: list[tuple[Any, ...]], index: Any) -> Any:
        array = self._r.gl.vertex_array(program, content, index) if index else self._r.gl.vertex_array(program, content)
        self._owned.append(array)
        return array

    def _upload(self, mesh: Mesh) -> tuple[Any, Any, Any]:
        """Upload a mesh and return its vertex arrays and the buffer of its bones.

        The arrays are of the surface and of its shadow (None: it casts none); the buffer is None for a mesh without
        bones.
        """

        def buffer(values: Any, kind: type) -> Any:
            self._owned.append(self._r.gl.buffer(np.ascontiguousarray(values, kind)))
            return self._owned[-1]

        shape = [(buffer(np.hstack([mesh.at, mesh.normals]), np.float32), "3f 3f", "at", "normal")]
        bones = None
        moves = mesh.bones is not None and mesh.weights is not None
        if moves:
            shape.append((buffer(np.hstack([mesh.bones, mesh.weights]), np.float32), "4f 4f", "bones", "weights"))
            bones = buffer(np.zeros((shaders.MOST_BONES, 3, 4)), np.float32)
        look = [
            (buffer(np.hstack([mesh.first, mesh.second]), np.uint8), "4f1 4f1", "first", "second"),
            (buffer(mesh.uv, np.float32), "2f", "uv"),
        ]
        if moves:
            look.append((buffer(mesh.finish, np.uint8), "2f1", "finish"))
        surface, casts = (self._r.people, self._r.people_shadow) if moves else (self._r.place, self._r.place_shadow)
        shadow_faces = mesh.faces if mesh.shadow_faces is None else mesh.shadow_faces
        shadow = None
        if len(shadow_faces):
            at_only = [(shape[0][0], "3f 12x", "at"), *shape[1:]]
            shadow = self._vertex_array(casts, at_only, buffer(shadow_faces, np.int32))
        return self._vertex_array(surface, [*shape, *look], buffer(mesh.faces, np.int32)), shadow, bones


def projection(focal_px: float, size_px: tuple[int, int]) -> Doubles:
    """Return the matrix (4, 4) from camera axes (x right, y down, z forward) to clip space.

    The first row that is read back is the top row of the image.
    """
    width, height = size_px
    out = np.zeros((4, 4))
    out[0, 0], out[1, 1] = 2 * focal_px / width, 2 * focal_px / height
    out[2, 2] = (FAR_M + NEAR_M) / (FAR_M - NEAR_M)
    out[2, 3] = -2 * FAR_M * NEAR_M / (FAR_M - NEAR_M)
    out[3, 2] = 1
    return out


def _rigid(rotation: Doubles, translation: Doubles) -> Doubles:
    out = np.eye(4)
    out[:3, :3], out[:3, 3] = rotation, translation
    return out


def _light_view(sun: Doubles, middle: Doubles, reach_m: float) -> Doubles:
    """Return the orthographic matrix (4, 4) from the world to the shadow map around `middle`."""
    aside = np.cross(sun, [0.0, 1.0, 0.1])
    aside /= np.linalg.norm(aside)
    axes = np.stack([aside, np.cross(sun, aside), -sun])
    scale = np.diag([1 / reach_m, 1 / reach_m, 1 / (2 * reach_m), 1.0])
    return np.asarray(scale @ _rigid(axes, -axes @ middle))

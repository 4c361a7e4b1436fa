"""Measure how the measures of a face follow the face shapes of rendered heads.

    python benchmarks/face_expressions.py [--yaw 0] [--steps 6]

Needs the package `anny` (extra `synthesis`). Two heads, a woman's and a man's, are drawn with each of its ARKit shapes
from 0 to 1: shaded, with coloured lips, eyes and a dark mouth, without brows and hair. For each shape the measure is
printed at each step, and how many steps do not fall by more than 0.004, a tolerance that is chosen,
not measured.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import cv2
import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial.transform import Rotation

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pipeline.core.face.expressions import EXPRESSIONS, expression_measures
from pipeline.detect.crops import Square
from pipeline.detect.mediapipe.face.network import CROP_PX, FaceNetwork
from pipeline.detect.mediapipe.face.regions import tracked_square

_SIDE_PX, _FOCAL, _DISTANCE_M = 512, 2.9, 1.2  # image; focal length in image sides; from the camera to the head
_HEAD_M = 0.32  # what is drawn, from the top down
_FACE = Square(256.0, 245.0, 260.0)  # where the face is in the image
_TOLERANCE = 0.004
_SKIN, _LIPS, _DARK, _WHITE, _IRIS = (150, 175, 215), (95, 95, 180), (25, 18, 40), (235, 235, 235), (70, 50, 40)
_LIGHT = np.array([0.35, -0.8, 0.5]) / np.linalg.norm([0.35, -0.8, 0.5])


class Head:
    """Hold the parametric head: its vertices by expression, and its faces."""

    def __init__(self) -> None:
        import anny

        self._model = anny.Anny(rig="anny", topology="makehuman", facial_actions="all")
        faces = self._model.get_triangular_faces().numpy()
        height = self._all(0.0, {})[:, 2]
        kept = (height > height.max() - _HEAD_M)[faces].all(axis=1)
        self._used, inverse = np.unique(faces[kept], return_inverse=True)
        self.faces = inverse.reshape(-1, 3)

    def vertices(self, gender: float, shapes: dict[str, float]) -> np.ndarray:
        """Return the vertices (V, 3): metres, z up, facing -y."""
        return self._all(gender, shapes)[self._used]

    def _all(self, gender: float, shapes: dict[str, float]) -> np.ndarray:
        import torch

        person = {"gender": gender, "age": 0.67}
        with torch.no_grad():
            answer = self._model(
                phenotype_kwargs=person,
                facial_actions={name: torch.tensor(float(value)) for name, value in shapes.items()},
            )
        return np.asarray(answer["vertices"][0].numpy())

    def colours(self, gender: float) -> np.ndarray:
        """Return the colours (V, 3), BGR, of the head at rest."""
        rest = self.vertices(gender, {})
        count, edges = len(rest), np.concatenate([self.faces[:, :2], self.faces[:, 1:]])
        graph = coo_matrix((np.ones(len(edges)), tuple(edges.T)), shape=(count, count))
        _, part = connected_components(graph, directed=False)
        colours = np.tile(np.array(_SKIN, np.float64), (count, 1))
        skin = part == np.argmax(np.bincount(part))
        for number in set(part[~skin].tolist()):
            own = np.flatnonzero(part == number)
            middle, size = rest[own].mean(axis=0), np.ptp(rest[own], axis=0)
            if size.max() < 0.05 and size.min() > 0.01 and abs(middle[0]) > 0.02:
                front = np.linalg.norm((rest[own] - middle)[:, [0, 2]], axis=1) < 0.006
                colours[own] = _WHITE
                colours[own[front & (rest[own, 1] < middle[1])]] = _IRIS
            else:
                colours[own] = _DARK  # teeth and tongue
        moved = np.linalg.norm(self.vertices(gender, {"mouthFunnel": 1.0}) - rest, axis=1)
        mouth = np.median(rest[skin & (moved > 0.5 * moved[skin].max())], axis=0)
        x, z = (rest - mouth)[:, 0], (rest - mouth)[:, 2]
        lips = skin & (np.abs(x) < 0.027) & (np.abs(z) < 0.011 * (1 - (x / 0.03) ** 2) + 0.002)
        lips &= rest[:, 1] < rest[skin, 1].min() + 0.06
        colours[lips] = _LIPS
        colours[lips & (rest[:, 1] > rest[lips, 1].min() + 0.016)] = _DARK
        return colours


def picture(vertices: np.ndarray, faces: np.ndarray, colours: np.ndarray, yaw_deg: float) -> np.ndarray:
    """Draw a head from the front, turned by `yaw_deg`: an image of 512 px, BGR."""
    at = vertices - [0, vertices[:, 1].mean(), vertices[:, 2].max() - 0.13]
    at = at @ Rotation.from_euler("z", yaw_deg, degrees=True).as_matrix().T
    depth = _DISTANCE_M + at[:, 1]
    image_px = _SIDE_PX * (0.5 + _FOCAL * np.stack([at[:, 0], -at[:, 2]], axis=1) / depth[:, None])
    corner = at[faces]
    normals = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
    normals /= np.linalg.norm(normals, axis=1, keepdims=True) + 1e-12
    smooth = np.zeros_like(at)
    for column in range(3):
        np.add.at(smooth, faces[:, column], normals)
    smooth /= np.linalg.norm(smooth, axis=1, keepdims=True) + 1e-12
    shade = colours * (0.42 + 0.58 * np.clip(smooth @ _LIGHT, 0, 1))[:, None]
    fill = shade[faces].mean(axis=1)
    large = np.full((2 * _SIDE_PX, 2 * _SIDE_PX, 3), (120, 130, 110), np.uint8)
    corners = (image_px[faces] * 2 * 16).astype(np.int32)
    for number in np.argsort(-depth[faces].mean(axis=1)):
        if normals[number, 1] < 0.05:
            cv2.fillConvexPoly(large, corners[number], fill[number].tolist(), cv2.LINE_AA, 4)
    return cv2.resize(large, (_SIDE_PX, _SIDE_PX), interpolation=cv2.INTER_AREA)


def measured(network: FaceNetwork, bgr: np.ndarray) -> np.ndarray:
    """Return the measures (K,) of the face in a picture, NaN where none is seen."""
    square: Square | None = _FACE
    mesh = None
    for _ in range(2):  # the second time in the square that the first mesh gives
        mesh = None if square is None else network.mesh(square.cut(bgr, CROP_PX))
        if square is None or mesh is None:
            return np.full(len(EXPRESSIONS), np.nan)
        square = tracked_square(square.image_from_crop(mesh[:, :2]))
    return expression_measures(mesh)


def main() -> None:
    """Print a row for each shape."""
    parser = argparse.ArgumentParser(description="Measure expressions of rendered faces.")
    parser.add_argument("--yaw", type=float, default=0.0, help="turn of the head, degrees")
    parser.add_argument("--steps", type=int, default=6)
    options = parser.parse_args()
    head, network = Head(), FaceNetwork()
    for gender, who in ((0.0, "woman"), (1.0, "man")):
        colours = head.colours(gender)
        for name in EXPRESSIONS:
            steps = [head.vertices(gender, {name: value}) for value in np.linspace(0, 1, options.steps)]
            images = (picture(vertices, head.faces, colours, options.yaw) for vertices in steps)
            values = np.array([measured(network, image)[EXPRESSIONS.index(name)] for image in images])
            rising = int((np.diff(values) > -_TOLERANCE).sum())
            row = " ".join(f"{value:+.3f}" for value in values)
            print(f"{who:6} {name:17} {row}   way {values[-1] - values[0]:+.3f}, {rising} of {len(values) - 1} rise")


if __name__ == "__main__":
    main()

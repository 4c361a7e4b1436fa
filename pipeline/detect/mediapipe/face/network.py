"""Run MediaPipe's face network as a plain function call, without search and tracking.

`face_landmark_with_attention` locates the 468 points of the mesh and the irises, and locates lips and eyes a second
time in parts of the crop. It is in MediaPipe's wheel, and has operations that only MediaPipe's own inference knows, so
it does not run on OpenVINO.

Grishchenko et al., "Attention Mesh: High-fidelity Face Mesh Prediction in Real-time", CVPR workshop 2020.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ....core.arrays import Floats, Image
from ....core.errors import INSTALLATION, ModelError
from ....core.face.points import MESH_POINTS
from ..import_without_plots import import_mediapipe
from ..model_bundle import wheel_path
from ..networks import quiet_stderr

CROP_PX = 192  # px, input side of the network
MODEL_FILE = "modules/face_landmark/face_landmark_with_attention.tflite"

# MediaPipe's own step for one face: it answers nothing where the network is less than half sure of a face.
_GRAPH = """
input_stream: "image"
input_stream: "roi"
input_side_packet: "attention"
output_stream: "points"
node { calculator: "FaceLandmarkCpu" input_stream: "IMAGE:image" input_stream: "ROI:roi"
  input_side_packet: "WITH_ATTENTION:attention" output_stream: "LANDMARKS:points" }
"""


def missing_network() -> str:
    """Return why faces cannot be looked for here, "" if they can; loads nothing."""
    try:
        wheel_path(MODEL_FILE)
    except ModelError as error:
        return f"{error.message} {error.hint}"
    return ""


class FaceNetwork:
    """Locate the mesh of the face in a crop. Use from one thread at a time."""

    def __init__(self) -> None:
        """Start the graph. Raises `ModelError` if the network is missing or does not run."""
        package = wheel_path(MODEL_FILE).parents[2]
        import_mediapipe()
        from mediapipe.framework.formats import rect_pb2
        from mediapipe.python import packet_creator
        from mediapipe.python._framework_bindings import calculator_graph, resource_util

        self._answers: dict[str, Any] = {}
        self._time = 0
        self._whole = packet_creator.create_proto(
            rect_pb2.NormalizedRect(x_center=0.5, y_center=0.5, width=1.0, height=1.0, rotation=0.0)
        )
        try:
            with quiet_stderr():
                resource_util.set_resource_dir(str(package.parent))  # the graph names its model relative to it
                self._graph = calculator_graph.CalculatorGraph(graph_config=_GRAPH)
                self._graph.observe_output_stream("points", self._answers.__setitem__)
                self._graph.start_run({"attention": packet_creator.create_bool(True)})
                self.mesh(np.zeros((CROP_PX, CROP_PX, 3), np.uint8))
        except (ValueError, RuntimeError) as error:
            raise ModelError(
                f"MediaPipe cannot start its face model ({error}).", "Install MediaPipe again.", field=INSTALLATION
            ) from error

    def mesh(self, rgb: Image) -> Floats | None:
        """Return the mesh (478, 3) in sides of an upright crop; None if it shows no face.

        x right and y down from the upper left corner, z away from the camera from a point in the head.
        """
        from mediapipe.python import packet_creator, packet_getter
        from mediapipe.python._framework_bindings import image_frame

        self._time += 1
        self._answers.clear()
        packet = packet_creator.create_image_frame(np.ascontiguousarray(rgb), image_format=image_frame.ImageFormat.SRGB)
        self._graph.add_packet_to_input_stream("image", packet.at(self._time))
        self._graph.add_packet_to_input_stream("roi", self._whole.at(self._time))
        self._graph.wait_until_idle()
        answer = self._answers.get("points")
        if answer is None or answer.is_empty():
            return None
        points = packet_getter.get_proto(answer).landmark
        mesh = np.array([(p.x, p.y, p.z) for p in points], np.float32)
        return mesh if mesh.shape == (MESH_POINTS, 3) and np.isfinite(mesh).all() else None

    def close(self) -> None:
        self._graph.close()

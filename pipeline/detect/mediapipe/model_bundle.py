"""Build the BlazePose model bundle from MediaPipe's wheel, without a download.

The wheel contains BlazePose's person detector and its landmark model as bare TFLite files, without the metadata and the
bundle that the Tasks API requires; a heavier landmark model comes from elsewhere (`heavy`). Metadata and bundle are
added here: the metadata states how pixels become network input (detector [-1, 1], landmarks [0, 1], as in MediaPipe's
own graphs for these models), and the bundle is a zip whose members are stored, not deflated, because MediaPipe maps
them into memory.

The landmark model also computes a silhouette of 256 x 256 pixels, which is not used here and takes a third of its time.
Its layers are removed: the joints stay identical to the last bit.

Bazarevsky et al., "BlazePose: On-device Real-time Body Pose tracking", CVPR workshop 2020.
"""

from __future__ import annotations

import atexit
import functools
import importlib.metadata
import importlib.util
import io
import logging
import struct
import tempfile
import threading
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ...core.errors import INSTALLATION, ModelError, OutputError
from ...system.files import cache_folder, output_error
from .heavy import heavy_network
from .import_without_plots import import_mediapipe
from .sealed_file import sealed_sha256

log = logging.getLogger(__name__)

Size = Literal["full", "heavy"]

DETECTOR_MEMBER = "pose_detector.tflite"
LANDMARKS_MEMBER = "pose_landmarks_detector.tflite"

_EXIT_S = 10.0  # s, longest wait of an ending process for a bundle that is being built
_building = threading.Lock()

_RECIPE = 2  # raise it when the bundle is made differently
_HINT = "Install MediaPipe again."
# output indices of the landmark model: joints, confidence, silhouette, heat maps, world
_CONFIDENCE_OUTPUT, _SILHOUETTE_OUTPUT = 1, 2
# member -> (file in the wheel, mean, standard deviation)
PARTS = {
    DETECTOR_MEMBER: ("modules/pose_detection/pose_detection.tflite", 127.5, 127.5),
    LANDMARKS_MEMBER: ("modules/pose_landmark/pose_landmark_full.tflite", 0.0, 255.0),
}


@dataclass(frozen=True, slots=True)
class ModelBundle:
    """Describe a `.task` file whose checksum was verified."""

    path: Path
    sha256: str
    mediapipe_version: str
    landmarks: Path  # the bare landmark network, with all its layers

    def member(self, name: str) -> bytes:
        """Return one TFLite model of the bundle."""
        with zipfile.ZipFile(self.path) as bundle:
            return bundle.read(name)


def model_bundle(silhouette: bool = False, size: Size = "full") -> ModelBundle:
    """Return the cached bundle, built if missing, damaged or from another MediaPipe.

    `size`: the landmark network, "full" of the wheel or "heavy". `silhouette`: keep the layers that compute it, as
    Google ships the model (for comparisons). Raises `ModelError` if MediaPipe or the model files are missing or
    damaged, `OutputError` if neither the cache nor a temporary folder can be written.
    """
    try:
        version = importlib.metadata.version("mediapipe")
    except importlib.metadata.PackageNotFoundError as error:
        raise ModelError("MediaPipe is not installed.", _HINT, field=INSTALLATION) from error
    _finish_before_exit()
    landmarks = heavy_network() if size == "heavy" else wheel_file(LANDMARKS_MEMBER)
    variant = f"{size}_silhouette" if silhouette else size
    name = f"blazepose_{variant}-mediapipe{version}-r{_RECIPE}.task"

    def in_folder(folder: Path) -> ModelBundle:
        with _building:
            digest = sealed_sha256(folder / name, lambda: _built(landmarks, silhouette))
        return ModelBundle(folder / name, digest, version, landmarks)

    try:
        return in_folder(cache_folder())
    except OutputError as error:  # a home that is full, read-only or missing
        log.warning("%s The detector's model is built in a temporary folder for this run.", error.message)
        return in_folder(_temporary_folder())


@functools.cache
def _finish_before_exit() -> None:
    """Make the end of the process wait for a bundle that another thread builds; done once.

    MediaPipe writes models to temporary files; if the thread were cut off, they would stay.
    """
    atexit.register(_building.acquire, timeout=_EXIT_S)


@functools.cache
def _temporary_folder() -> Path:
    """Return a private folder that is removed when the process ends. Raises `OutputError`."""
    try:
        folder = tempfile.TemporaryDirectory(prefix="hourglass-")
    except OSError as error:
        raise output_error(Path(tempfile.gettempdir()), error) from error
    atexit.register(folder.cleanup)
    return Path(folder.name)


def wheel_file(member: str) -> Path:
    """Return the bare TFLite file behind a member. Raises `ModelError` if it is missing."""
    return wheel_path(PARTS[member][0])


def wheel_path(relative: str) -> Path:
    """Return a model file of MediaPipe's wheel. Raises `ModelError` if it is missing."""
    # Located without importing mediapipe, so that a half-installed package gives a clear error and not an ImportError.
    spec = importlib.util.find_spec("mediapipe")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        path = Path(folder) / relative
        if path.is_file():
            return path
    raise ModelError(f"The installed MediaPipe lacks its model file {relative}.", _HINT, field=INSTALLATION)


def _built(landmarks: Path, silhouette: bool) -> bytes:
    """Return the content of the bundle with the landmark network in the file `landmarks`."""
    import_mediapipe()
    from mediapipe.tasks.python.metadata.metadata_writers import metadata_writer

    parts: dict[str, bytes] = {}
    for member, (relative, mean, deviation) in PARTS.items():
        path = landmarks if member == LANDMARKS_MEMBER else wheel_file(member)
        try:
            model = path.read_bytes()
            if member == LANDMARKS_MEMBER and not silhouette:
                model = _without_output(model, _SILHOUETTE_OUTPUT, stand_in=_CONFIDENCE_OUTPUT)
            writer = metadata_writer.MetadataWriter.create(bytearray(model))
            writer.add_general_info(Path(relative).stem)
            writer.add_image_input([mean], [deviation])
            parts[member] = bytes(writer.populate()[0])
        except (OSError, ValueError, RuntimeError, IndexError, TypeError, struct.error) as error:
            raise ModelError(
                f"The pose model file {path.name} cannot be used ({error}).", _HINT, field=INSTALLATION
            ) from error
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as bundle:
        for member, data in parts.items():
            bundle.writestr(zipfile.ZipInfo(member, (2020, 1, 1, 0, 0, 0)), data)
    return content.getvalue()


def _without_output(model: bytes, output: int, stand_in: int) -> bytes:
    """Replace output `output` of a TFLite model and remove the layers that only it needed.

    The number of outputs stays, because the graphs around the model rely on it.
    """
    import flatbuffers

    import_mediapipe()
    from mediapipe.tasks.metadata import schema_py_generated as schema

    tree = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(bytearray(model), 0))
    graph = tree.subgraphs[0]
    outputs = [int(tensor) for tensor in graph.outputs]
    outputs[output] = outputs[stand_in]
    maker = {int(tensor): number for number, layer in enumerate(graph.operators) for tensor in layer.outputs}
    needed: set[int] = set()
    waiting = [maker[tensor] for tensor in outputs]
    while waiting:
        number = waiting.pop()
        if number not in needed:
            needed.add(number)
            waiting += [maker[int(tensor)] for tensor in graph.operators[number].inputs if int(tensor) in maker]
    graph.operators = [layer for number, layer in enumerate(graph.operators) if number in needed]
    graph.outputs = outputs
    builder = flatbuffers.Builder(len(model))
    builder.Finish(tree.Pack(builder), b"TFL3")
    return bytes(builder.Output())

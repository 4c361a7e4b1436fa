"""Find the file of BlazePose heavy, which is not part of MediaPipe's wheel.

It is searched in the folders of weights (`pipeline.weights`): as the bare network, which Google's own build and its npm
package contain and whose sha256 `weights/detectors.json` names; or inside `pose_landmarker_heavy.task`, the bundle that
Google offers for download. A bundle's network has other metadata and hence another sha256, but the same layers and
tensors, by whose digest it is recognised.

Bazarevsky et al., "BlazePose: On-device Real-time Body Pose tracking", CVPR workshop 2020.
"""

from __future__ import annotations

import hashlib
import struct
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ... import weights
from ...core.errors import ModelError
from ...system.files import cache_folder
from .sealed_file import sealed_sha256

if TYPE_CHECKING:
    from ...weights import DetectorEntry

HEAVY = "mediapipe-heavy"
BUNDLE_FILE = "pose_landmarker_heavy.task"

_NETWORK_MEMBER = "pose_landmarks_detector.tflite"
_MAX_BYTES = 1 << 28  # bytes, largest network that is read from a bundle
_DIGEST = "681bf57a0e4d2e945edf52416203468aaa4248907d5413376cd5daa5b8474200"  # `network_digest` of heavy


def heavy_entry() -> DetectorEntry:
    """Return the entry of the weights. Raises `ModelError` if the program's list lacks it."""
    entry = weights.find_detector(HEAVY)
    if entry is None:
        raise ModelError(f"The list of detectors lacks {HEAVY}.", "It comes with the program: get the program again.")
    return entry


def is_here() -> bool:
    """Return whether a file of the network is in a folder of weights, unchecked."""
    return weights.path_of(heavy_entry()) is not None or _bundle() is not None


def heavy_network() -> Path:
    """Return the verified TFLite file.

    Raises `ModelError` if it is missing, damaged or another network.
    """
    bundle = _bundle()
    if weights.path_of(heavy_entry()) is None and bundle is not None:
        return _from_bundle(bundle)
    return weights.locate(heavy_entry(), added=False)


def _bundle() -> Path | None:
    paths = (folder / BUNDLE_FILE for folder in weights.folders())
    return next((path for path in paths if path.is_file()), None)


def _from_bundle(bundle: Path) -> Path:
    """Return the network of a `.task` file, copied into the cache once it was recognised."""
    path = cache_folder() / f"blazepose_heavy-{weights.file_sha256(bundle)[:16]}.tflite"
    sealed_sha256(path, lambda: _recognised(bundle))
    return path


def _recognised(bundle: Path) -> bytes:
    try:
        with zipfile.ZipFile(bundle) as content:
            if content.getinfo(_NETWORK_MEMBER).file_size > _MAX_BYTES:
                raise ValueError("its network is too large")
            network = content.read(_NETWORK_MEMBER)
        digest = network_digest(network)
    except (OSError, KeyError, ValueError, IndexError, TypeError, struct.error, zipfile.BadZipFile) as error:
        raise ModelError(f"{bundle} cannot be read ({error}).", "Get it again, or remove it.") from error
    if digest != _DIGEST:
        raise ModelError(
            f"{bundle} does not contain the network that the program knows as BlazePose heavy.",
            "Remove it, and download the network.",
            field=f"download:{HEAVY}",
        )
    return network


def network_digest(network: bytes) -> str:
    """Return the sha256 of what a TFLite network computes.

    That is its layers with their options, and its tensors with their values. Names, metadata and the order of the
    buffers do not count. Raises `ValueError` and others for damaged files.
    """
    from mediapipe.tasks.metadata import schema_py_generated as schema

    if network[4:8] != b"TFL3":
        raise ValueError("it is no TFLite network")
    tree = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(bytearray(network), 0))
    digest = hashlib.sha256()
    for graph in tree.subgraphs:
        digest.update(repr((_numbers(graph.inputs), _numbers(graph.outputs))).encode())
        for tensor in graph.tensors:
            values = tree.buffers[tensor.buffer].data
            digest.update(repr((tensor.type, _numbers(tensor.shape), 0 if values is None else len(values))).encode())
            digest.update(b"" if values is None else bytes(values))
        for layer in graph.operators:
            code = tree.operatorCodes[layer.opcodeIndex]
            kind = max(code.builtinCode, code.deprecatedBuiltinCode)
            options = [] if layer.builtinOptions is None else sorted(vars(layer.builtinOptions).items())
            options = [(name, _numbers(value) if np.ndim(value) else value) for name, value in options]
            digest.update(repr((kind, _numbers(layer.inputs), _numbers(layer.outputs), options)).encode())
    return digest.hexdigest()


def _numbers(values: Any) -> list[int]:
    return [] if values is None else [int(value) for value in values]

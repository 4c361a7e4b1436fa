"""Run one MMPose network with its weights: images in, joints out, no tracking.

MMPose builds the network from its config, and the network's head decodes the joints. Choices made here: all people of a
frame in one batch; no flip test, which doubles the time; backbone and neck in bfloat16 on request; the head always in
float32, because it locates peaks and bfloat16 has only eight bits for a position.
"""

from __future__ import annotations

import importlib.metadata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ... import weights
from ...core.arrays import Floats, Image
from ...core.config import Precision
from ...core.errors import ModelError, UserError
from ...system import devices
from ...weights.read_tensors import OPENMMLAB, misfits, read_state_dict
from .config import NetworkConfig, wheel_folder
from .import_without_ops import import_mmpose, to_log
from .network_parts import with_joint_lists

if TYPE_CHECKING:
    import torch

_FARTHEST_PX = 1e5
_HINT = "Config and checkpoint must belong together: both names say network, data set and input size."


class PoseNetwork:
    """Run a network on a device. `found` is the number of joints; coordinates are input pixels."""

    def __init__(
        self, config: NetworkConfig, state: Mapping[str, torch.Tensor], name: str, device: str = "auto",
        precision: Precision = "float32",
    ) -> None:  # fmt: skip
        """Load the network; `precision` is the number format of backbone and neck.

        Raises `ModelError` if the config describes no network that can be built, `state` does not fit it, or the device
        cannot compute in that precision.
        """
        import torch

        self.config = config
        self.device = devices.choose_device(device)
        if self.device.type == "cpu":
            devices.leave_a_core()  # for the lifter that runs in parallel
        model = build_with_weights(config, state, name)
        # Memory layout preferred by oneDNN's and cuDNN's convolutions: on a CPU up to a fifth less time, in bfloat16 a
        # quarter.
        self._layout = torch.contiguous_format if self.device.type == "mps" else torch.channels_last
        model = model.to(self.device).to(memory_format=self._layout)  # type: ignore[call-overload]
        self.model = model.eval().requires_grad_(False)
        preprocessor = self.model.data_preprocessor
        self._mean, self._std = (getattr(preprocessor, part).reshape(1, 3, 1, 1) for part in ("mean", "std"))
        self._to_rgb = bool(getattr(preprocessor, "_channel_conversion", False))
        self._test = {**(config.model.get("test_cfg") or {}), "flip_test": False, "output_heatmaps": False}
        self._joints = [*config.joints, *config.beyond_body]
        self._dtype = devices.dtype_for(precision, self.device)
        self._warm_up(name)

    @property
    def precision(self) -> str:
        """Return the number format of the backbone."""
        return str(self._dtype).removeprefix("torch.")

    def poses(self, crops: Sequence[Image]) -> tuple[Floats, Floats]:
        """Locate joints in BGR crops of the input size with a top-down network.

        Returns joints (N, J, 2) in input pixels and scores (N, J): those of the skeleton, then those of
        `config.beyond_body`. A joint without a peak is NaN with score 0.
        """
        count = len(self._joints)
        if not crops:
            return np.zeros((0, count, 2), np.float32), np.zeros((0, count), np.float32)
        found = self._run(np.stack(crops))
        joints = np.stack([np.asarray(one.keypoints[0, self._joints, :2], np.float32) for one in found])
        scores = np.stack([np.asarray(one.keypoint_scores[0, self._joints], np.float32) for one in found])
        return _cleaned(joints, scores)

    def people(self, image: Image) -> tuple[Floats, Floats, Floats]:
        """Detect people in a BGR image of the input size with a one-stage network.

        Returns confidence (P,), joints (P, J, 2) in input pixels, scores (P, J).
        """
        (found,) = self._run(image[None])
        joints = np.asarray(found.keypoints[:, self._joints, :2], np.float32)
        scores = np.asarray(found.keypoint_scores[:, self._joints], np.float32)
        return np.asarray(found.bbox_scores, np.float32), *_cleaned(joints, scores)

    def _run(self, images: Image) -> Sequence[Any]:
        """Run the network on (N, h, w, 3) BGR images; returns the head's output for each."""
        import torch

        with torch.inference_mode():
            features = self._features(self.preprocessed(images))
            found = self.model.head.predict(features, self._samples(len(images)), test_cfg=self._test)
        return found[0] if isinstance(found, tuple) else found

    def preprocessed(self, images: Image) -> torch.Tensor:
        """Normalise images as MMPose's data preprocessor does."""
        import torch

        x = torch.from_numpy(np.ascontiguousarray(images)).to(self.device)
        if self._to_rgb:
            x = x.flip(-1)
        # An (N, h, w, 3) array is a channels-last (N, 3, h, w) tensor already.
        x = (x.permute(0, 3, 1, 2).float() - self._mean) / self._std
        return x.contiguous(memory_format=self._layout)

    def _features(self, x: torch.Tensor) -> Any:
        import torch

        with torch.autocast(self.device.type, self._dtype, enabled=self._dtype != torch.float32):
            features = self.model.extract_feat(x)
        return _as_float(features)

    def _samples(self, count: int) -> list[Any]:
        from mmpose.structures import PoseDataSample

        return [PoseDataSample(metainfo={"input_size": self.config.input_px}) for _ in range(count)]

    def _warm_up(self, name: str) -> None:
        """Run once before the first frame, to compile kernels and to fail early."""
        width, height = self.config.input_px
        with to_log():
            try:
                self._run(np.zeros((1, height, width, 3), np.uint8))
            except UserError:
                raise
            except Exception as error:
                reason = " ".join(str(error).split())[:300]
                raise ModelError(f"The network '{name}' cannot run ({reason}).", "Check the config.") from error


def build(config: NetworkConfig) -> torch.nn.Module:
    """Build the network of a config with untrained weights. Raises `ModelError`."""
    import_mmpose()
    from mmengine.config import ConfigDict
    from mmengine.registry import DefaultScope
    from mmpose.registry import MODELS

    with to_log(), DefaultScope.overwrite_default_scope("mmpose"):
        try:
            model: torch.nn.Module = MODELS.build(ConfigDict(with_joint_lists(config.model, wheel_folder())))
        except UserError:
            raise
        except Exception as error:
            reason = " ".join(str(error).split())[:300]
            raise ModelError(f"MMPose cannot build the network ({reason}).", "Check the config.") from error
    return model


def build_with_weights(config: NetworkConfig, state: Mapping[str, torch.Tensor], name: str) -> torch.nn.Module:
    """Build the network of a config with the weights `state`.

    Raises `ModelError` if they do not fit.

    The shapes are compared first, on a network without memory, so that a config cannot allocate more than the
    checkpoint holds.
    """
    import torch

    with torch.device("meta"):
        check_weights(build(config), state, name)
    model = build(config)
    load_weights(model, state, name)
    return model


def check_weights(model: torch.nn.Module, state: Mapping[str, torch.Tensor], name: str) -> None:
    """Raise `ModelError` if weights of `model` are missing in `state` or have another shape."""
    if problems := misfits(model, state, extra=False):
        raise ModelError(f"The checkpoint of '{name}' does not fit its config ({problems}).", _HINT)


def load_weights(model: torch.nn.Module, state: Mapping[str, torch.Tensor], name: str) -> None:
    """Load `state` into `model`. Raises `ModelError` if weights are missing or of another shape.

    Weights that the network does not have are ignored: heads that only training needs.
    """
    check_weights(model, state, name)
    own = model.state_dict().keys() & state.keys()
    # not strict, because counters of batch norms may be missing
    model.load_state_dict({key: state[key] for key in own}, strict=False)


def read_checkpoint(path: Path) -> dict[str, torch.Tensor]:
    """Read the weights of a checkpoint file without executing any of it. Raises `ModelError`."""
    return read_state_dict(path, beside=OPENMMLAB)


def load_network(
    config: NetworkConfig, checkpoint: Path, name: str, device: str = "auto", precision: Precision = "float32"
) -> tuple[PoseNetwork, str]:
    """Load a network with the weights of a file; returns it and the file's sha256.

    Executes nothing of the file. Raises `ModelError`.
    """
    import_mmpose()
    network = PoseNetwork(config, read_checkpoint(checkpoint), name, device, precision)
    return network, weights.file_sha256(checkpoint)


def version() -> str:
    """Return the version of MMPose."""
    return importlib.metadata.version("mmpose")


def _as_float(features: Any) -> Any:
    if isinstance(features, tuple | list):
        return tuple(_as_float(one) for one in features)
    return features.float()


def _cleaned(joints: Floats, scores: Floats) -> tuple[Floats, Floats]:
    """Clip scores to [0, 1]; joints without score or far outside become NaN with score 0."""
    with np.errstate(invalid="ignore"):
        known = (np.abs(joints) < _FARTHEST_PX).all(axis=-1) & np.isfinite(scores) & (scores > 0)
    clipped = np.where(known, np.clip(np.nan_to_num(scores), 0, 1), 0)
    return np.where(known[..., None], joints, np.nan).astype(np.float32), clipped.astype(np.float32)

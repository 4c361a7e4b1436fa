"""Run `forward_rows` on OpenVINO: the same rows in 0.6 of the time of torch, in one call.

A live run lifts thirty times a second, and the network is so small that torch spends half of the time on calling its
hundred layers one after the other, each of them waiting for the interpreter lock while the detector's thread holds it.
OpenVINO gets the whole computation as one graph, built here from its operations, with the plan (kept frames, requested
rows) as inputs: one graph serves every number of people, window length and choice of rows. Each new graph is checked
against `forward_rows`.

Shapes: `B` windows, `n` frames of them, `k` requested rows, `C` channels, `H` heads.
"""

from __future__ import annotations

import importlib
import importlib.util
import logging
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import nn

from ...core.arrays import Floats
from ...system.openvino import openvino_core, openvino_settings, quiet_openvino
from ..inputs.person_ray import SIZE
from ..networks.frame_transformer import FrameBlock, FrameTransformer, MlpLayer
from .lazy_rows import RowStage, Schedule, forward_rows, plan_rows

log = logging.getLogger(__name__)

RowNumbers = tuple[int, ...]

_MAX_DIFFERENCE_M = 1e-4  # m, limit of the difference from torch; rounding alone gives 5e-7 m (measured)
_MAX_THREADS = 4  # threads; the matrices have only a few dozen rows


def openvino_rows(network: FrameTransformer, schedule: Schedule) -> OpenVinoRows | None:
    """Compile `forward_rows` of a network; None without OpenVINO or if its results differ."""
    if importlib.util.find_spec("openvino") is None:
        return None
    try:
        rows = OpenVinoRows(network, schedule)
        difference_m = rows.max_difference_m()
    except (ImportError, OSError, RuntimeError, AttributeError) as error:
        log.warning("OpenVINO does not run the lifter here (%s); torch is used", error)
        return None
    if not difference_m < _MAX_DIFFERENCE_M:
        log.warning("OpenVINO's joints differ from torch's by %.4f m here; torch is used", difference_m)
        return None
    log.info("the latest frames are lifted on OpenVINO; its joints differ from torch's by %.0e m", difference_m)
    return rows


class OpenVinoRows:
    """Compute rows of a frame transformer with OpenVINO. Use from one thread at a time.

    Raises what OpenVINO raises (RuntimeError).
    """

    def __init__(self, network: FrameTransformer, schedule: Schedule) -> None:
        openvino = quiet_openvino()
        self._network, self._schedule = network, schedule
        graph = _Graph(network, schedule)
        self._stages = len(graph.blocks)
        compiled = openvino_core().compile_model(
            graph.model(openvino), "CPU", openvino_settings(min(torch.get_num_threads(), _MAX_THREADS))
        )
        self._request: Any = compiled.create_infer_request()
        self._planned: tuple[int, RowNumbers] | None = None
        self._plan: list[Any] = []  # kept alive: OpenVINO reads these arrays without copying

    def __call__(self, x: Floats, rows: RowNumbers) -> Floats:
        """Compute joints (B, k, 17, 3) from (B, n, 17, channels), as `forward_rows`."""
        stages = plan_rows(self._network, x.shape[1], rows, self._schedule, torch.device("cpu"))
        if len(stages) != self._stages or min(stage.rotation[0].shape[2] for stage in stages) == 1:
            # The window is so short that a pruning drops nothing, or that one frame is left, which skips attention.
            with torch.inference_mode():
                return np.asarray(forward_rows(self._network, torch.from_numpy(x), rows, self._schedule).numpy())
        inputs: dict[int, Any] = {0: np.ascontiguousarray(x)}
        if self._planned != (x.shape[1], rows):
            self._planned = x.shape[1], rows
            self._plan = [np.array(rows, np.int64), *(part.numpy() for stage in stages for part in _inputs(stage))]
            inputs |= dict(enumerate(self._plan, 1))
        self._request.infer(inputs, share_inputs=True)
        joints: Floats = self._request.get_output_tensor(0).data.copy()
        return joints

    def max_difference_m(self) -> float:
        """Measure the largest difference (m) from torch's joints, for windows of two lengths."""
        rng, channels, frames = np.random.default_rng(0), self._network.config.in_channels, self._network.config.frames
        differences = []
        for windows, length, rows in ((2, frames, (frames // 2, frames - 2, frames - 1)), (1, 30, (29,))):
            x = rng.uniform(-1, 1, (windows, length, 17, channels)).astype(np.float32)
            with torch.inference_mode():
                expected = forward_rows(self._network, torch.from_numpy(x), rows, self._schedule).numpy()
            differences.append(np.abs(self(x, rows) - expected).max())
        return float(max(differences))


def _inputs(stage: RowStage) -> Iterator[torch.Tensor]:
    """Yield the arrays of a stage in the order of the graph's parameters."""
    yield from (
        *stage.rotation,
        stage.asked,
        stage.kept,
        stage.wanted,
        stage.near,
        stage.before,
        stage.after,
        stage.share,
    )


class _Graph:
    """Build `forward_rows` from OpenVINO operations; methods have the names of the layers."""

    def __init__(self, network: FrameTransformer, schedule: Schedule) -> None:
        self._o = importlib.import_module("openvino.opset13")
        self._network = network
        c = network.config
        self._x = self._o.parameter([-1, -1, c.joints, c.in_channels], np.float32)
        self._rows = self._o.parameter([-1], np.int64)
        half = network.rotary_sizes[0]
        begins = [0, *(block for block, _ in schedule)]
        self.blocks = [range(*ends) for ends in zip(begins, [*begins[1:], c.depth], strict=True)]
        # In the order of `_inputs`: cosines and sines, index arrays, interpolation weights.
        self._stages = [
            [
                *(self._o.parameter([1, 1, -1, half], np.float32) for _ in range(2)),
                *(self._o.parameter([-1], np.int64) for _ in range(6)),
                self._o.parameter([-1, 1], np.float32),
            ]
            for _ in self.blocks
        ]

    def model(self, openvino: Any) -> Any:
        inputs = [self._x, self._rows, *(part for stage in self._stages for part in stage)]
        return openvino.Model([self._forward()], inputs, "rows")

    def _forward(self) -> Any:
        o, network = self._o, self._network
        c = network.config
        own = min(c.in_channels, 3)
        given = self._x if len(self.blocks[0]) else self._at(self._x, self._stages[0][2])
        joints = o.reshape(self._last(given, 0, own), self._whole([0, 0, -1]), True)
        last = c.in_channels - int(c.depth_channel)
        shared = self._last(self._at(given, self._whole([0]), 2), own, last)
        parts = [joints, o.reshape(shared, self._whole([0, 0, -1]), True)]
        if c.depth_channel:
            parts.append(o.reshape(self._last(given, last, c.in_channels), self._whole([0, 0, -1]), True))
        tokens = self._linear(o.concat(parts, -1), network.embed)
        for layer in network.encoder:
            tokens = self._mlp(tokens, layer)  # type: ignore[arg-type]
        outputs: list[Any] = []
        for number, (blocks, stage) in enumerate(zip(self.blocks, self._stages, strict=True)):
            cos, sin, asked, kept = stage[:4]
            for block in blocks:
                last = block == blocks[-1]
                tokens = self._block(tokens, network.blocks[block], cos, sin, asked if last else None)  # type: ignore[arg-type]
            if number < len(self.blocks) - 1:
                outputs.append(tokens)
                tokens = self._at(tokens, kept)
        tokens = self._at(tokens, self._stages[-1][4])
        for stage, tokens_before in zip(reversed(self._stages[:-1]), reversed(outputs), strict=True):
            wanted, near, before, after, share = stage[4:]
            added = o.subtract(tokens, self._at(tokens_before, near))
            first, second = self._at(added, before), self._at(added, after)
            between = o.add(first, o.multiply(share, o.subtract(second, first)))
            tokens = o.add(self._at(tokens_before, wanted), between)
        for layer in network.decoder:
            tokens = self._mlp(tokens, layer)  # type: ignore[arg-type]
        tokens = self._norm(tokens, network.norm)
        shape = self._whole([0, 0, c.joints, c.out_channels])
        answer = o.reshape(self._linear(tokens, network.head), shape, True)
        return self._pulled_to_rays(answer, self._linear(tokens, network.gate)) if c.along_rays else answer

    def _block(self, x: Any, block: FrameBlock, cos: Any, sin: Any, asked: Any | None) -> Any:
        """Build a block, or only its asked rows: keys and values of all frames, queries of those."""
        o, attention, channels = self._o, block.attn, self._network.config.channels
        normed = self._norm(x, block.norm1)
        weight, bias = (value.detach() for value in (attention.qkv.weight, attention.qkv.bias))
        some = normed if asked is None else self._at(normed, asked)
        parts = []
        for number, source in enumerate((some, normed, normed)):
            rows_of = slice(number * channels, (number + 1) * channels)
            part = o.add(o.matmul(source, self._number(weight[rows_of]), False, True), self._number(bias[rows_of]))
            heads = o.reshape(part, self._whole([0, 0, attention.heads, channels // attention.heads]), True)
            parts.append(o.transpose(heads, self._whole([0, 2, 1, 3])))  # (B, H, n, C / H)
        q, k, v = parts
        rotation = (cos, sin) if asked is None else (self._at(cos, asked, 2), self._at(sin, asked, 2))
        mixed = o.scaled_dot_product_attention(self._rotate(q, *rotation), self._rotate(k, cos, sin), v, causal=False)
        mixed = o.reshape(o.transpose(mixed, self._whole([0, 2, 1, 3])), self._whole([0, 0, channels]), True)
        rows = o.add(x if asked is None else self._at(x, asked), self._linear(mixed, attention.proj))
        return o.add(rows, self._two_layers(self._norm(rows, block.norm2), block.mlp))

    def _rotate(self, x: Any, cos: Any, sin: Any) -> Any:
        o = self._o
        a, b = o.split(x, self._whole(-1), 2).outputs()
        return o.concat(
            [o.subtract(o.multiply(a, cos), o.multiply(b, sin)), o.add(o.multiply(a, sin), o.multiply(b, cos))], -1
        )

    def _pulled_to_rays(self, joints: Any, gate: Any) -> Any:
        """Build `frame_transformer.pull_to_rays`; joint 0 is the pelvis."""
        o = self._o
        given = self._at(self._x, self._rows)
        joints = o.subtract(joints, self._at(joints, self._whole([0]), 2))
        seen = self._last(given, 0, 2)
        slopes = o.multiply(seen, o.multiply(o.exp(self._last(given, SIZE, SIZE + 1)), self._number(0.5)))
        on_axis = np.ones((self._network.config.joints, 1), np.float32)
        on_axis[0] = 0
        slopes = o.multiply(slopes, self._number(on_axis))
        flat, depth = self._last(joints, 0, 2), self._last(joints, 2, 3)
        sure = self._last(given, 2, 3)
        trust = o.multiply(o.multiply(sure, sure), slopes)
        offset = o.multiply(trust, o.subtract(flat, o.multiply(slopes, depth)))
        both = self._whole([2, 3])
        weight = o.maximum(o.reduce_sum(o.multiply(trust, slopes), both, True), self._number(1e-6))
        distance = o.divide(o.reduce_sum(offset, both, True), weight)
        on_ray = o.multiply(slopes, o.add(distance, depth))
        share = o.unsqueeze(o.sigmoid(gate), self._whole(-1))
        return o.concat([o.add(flat, o.multiply(share, o.subtract(on_ray, flat))), depth], -1)

    def _mlp(self, x: Any, layer: MlpLayer) -> Any:
        return self._o.add(x, self._two_layers(self._norm(x, layer.norm), layer.mlp))

    def _two_layers(self, x: Any, mlp: nn.Module) -> Any:
        return self._linear(self._o.gelu(self._linear(x, mlp.fc1), "erf"), mlp.fc2)  # type: ignore[arg-type]

    def _linear(self, x: Any, layer: nn.Linear) -> Any:
        return self._o.add(
            self._o.matmul(x, self._number(layer.weight.detach()), False, True), self._number(layer.bias.detach())
        )

    def _norm(self, x: Any, layer: nn.LayerNorm) -> Any:
        o = self._o
        plain = o.mvn(x, self._whole([-1]), True, layer.eps, "inside_sqrt")
        return o.add(o.multiply(plain, self._number(layer.weight.detach())), self._number(layer.bias.detach()))

    def _at(self, x: Any, index: Any, axis: int = 1) -> Any:
        return self._o.gather(x, index, self._whole(axis))

    def _last(self, x: Any, begin: int, end: int) -> Any:
        """Slice the last axis."""
        bounds = (self._whole([value]) for value in (begin, end, 1, -1))
        return self._o.slice(x, *bounds)

    def _number(self, value: Any) -> Any:
        return self._o.constant(np.asarray(value, np.float32))

    def _whole(self, value: Any) -> Any:
        return self._o.constant(np.asarray(value, np.int64))

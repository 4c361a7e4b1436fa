"""Graph layers of MotionAGFormer: over joints along bones, over frames by similarity.

A graph convolution (Kipf and Welling 2017) with batch norm and a residual: relu(x + norm(A V(x) + U(x))), where A is
the adjacency divided by the square roots of both ends' degrees. Parameter names are those of the MotionAGFormer
checkpoints (arXiv 2310.16288). Shapes: `B` windows, `n` remaining frames, `J` joints, `C` channels.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from ...core.skeletons import H36M17
from ..hourglass.layers import without_autocast

# The published graph is not symmetric: these three (to, from) pairs are missing, and checkpoints are trained without.
_ABSENT = {(0, 4), (8, 11), (8, 14)}
H36M17_EDGES = tuple(
    edge for parent, child in H36M17.bones for edge in ((parent, child), (child, parent)) if edge not in _ABSENT
)


class GraphConvolution(nn.Module):
    """Base of both graph layers: linear layers `U` (of a node) and `V` (of its neighbours)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.U = nn.Linear(channels, channels)
        self.V = nn.Linear(channels, channels)
        for layer in (self.U, self.V):
            nn.init.normal_(layer.weight, std=(2 / channels) ** 0.5)


class JointGraph(GraphConvolution):
    """Convolve over the graph of the skeleton's joints. Tokens (B, n, J, C) -> same."""

    adjacency: Tensor

    def __init__(self, channels: int, joints: int, edges: Sequence[tuple[int, int]]) -> None:
        """Build the adjacency from `edges`, (to, from) pairs; every joint needs an incoming edge."""
        super().__init__(channels)
        self.batch_norm = nn.BatchNorm1d(joints)
        adjacency = torch.zeros(joints, joints)
        for target, source in edges:
            if not (0 <= target < joints and 0 <= source < joints):
                raise ValueError(f"the edge ({target}, {source}) leaves a skeleton of {joints} joints")
            adjacency[target, source] = 1
        degree = adjacency.sum(-1)
        if adjacency.device.type != "meta" and not degree.all():
            raise ValueError(f"joint {int(degree.argmin())} of {joints} has no edge")
        scale = degree.rsqrt()
        self.register_buffer("adjacency", scale[:, None] * adjacency * scale, persistent=False)

    def forward(self, x: Tensor, kept: Tensor) -> Tensor:
        mixed = (self.adjacency @ self.V(x) + self.U(x)).flatten(0, 1)  # (B n, J, C)
        return torch.relu(x + self.batch_norm(mixed).view(x.shape))


class FrameGraph(GraphConvolution):
    """Convolve over the frames of a joint, each joined to its most similar frames.

    The frame itself is one of them. Tokens (B, n, J, C) and kept frames (B, n) -> tokens. The batch norm has one entry
    per frame, see `FrameNorm`.
    """

    def __init__(self, channels: int, frames: int, neighbours: int) -> None:
        super().__init__(channels)
        if neighbours < 1:
            raise ValueError(f"{neighbours} neighbours: a frame has at least one, itself")
        self.neighbours = neighbours
        self.batch_norm = FrameNorm(frames)

    def forward(self, x: Tensor, kept: Tensor) -> Tensor:
        x = x.transpose(1, 2)  # (B, J, n, C)
        adjacency = self.most_similar(x)  # (B, J, n, n)
        scale = adjacency.sum(-1, keepdim=True).rsqrt()  # (B, J, n, 1)
        mixed = scale * (adjacency @ (scale * self.V(x))) + self.U(x)
        return torch.relu(x + self.batch_norm(mixed, kept)).transpose(1, 2)

    @torch.no_grad()
    def most_similar(self, x: Tensor) -> Tensor:
        """Return the adjacency (B, J, n, n) of tokens (B, J, n, C).

        It is 1 for the highest inner products of a row, else 0. Frames exactly as similar as the last neighbour (a
        still image, a padded clip) are all joined, so that ties need no order. Always in float32, also under autocast:
        half precision would create many ties.
        """
        with without_autocast(x):
            x = x.float()
            similarity = x @ x.transpose(-2, -1)
            k = min(self.neighbours, similarity.shape[-1])
            least = similarity.topk(k, dim=-1).values[..., -1:]
            return (similarity >= least).float()


class FrameNorm(nn.BatchNorm1d):
    """Batch norm with one entry per frame. Tokens (B, J, n, C), kept frames (B, n) -> tokens.

    A model that was trained pruned has an entry for each frame that reaches the layer (n entries, `num_features`). An
    unpruned model that is pruned afterwards has one for every frame of the window: each kept frame uses its own entry,
    always with the running statistics, because batch statistics do not exist where windows keep different frames.
    """

    def forward(self, x: Tensor, kept: Tensor) -> Tensor:  # type: ignore[override]
        if x.shape[2] == self.num_features:
            return super().forward(x.flatten(0, 1)).view(x.shape)
        assert self.running_mean is not None
        assert self.running_var is not None
        scale = self.weight * (self.running_var + self.eps).rsqrt()  # (F,)
        shift = self.bias - self.running_mean * scale
        return x * scale[kept][:, None, :, None] + shift[kept][:, None, :, None]

"""Graph layers of MotionAGFormer: the joints along the bones of the skeleton, the frames along their likeness.

A graph convolution (Kipf and Welling 2017) with batch norm and a residual: relu(x + norm(A V(x) + U(x))), where A is
the adjacency divided by the square roots of both ends' degrees. Parameter names are those of the MotionAGFormer
checkpoints (arXiv 2310.16288). Shapes: `B` windows, `n` frames alive, `J` joints, `C` channels.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from ...core.skeletons import H36M17
from ..hourglass.layers import without_autocast

# The published graph is not symmetric: these three (to, from) pairs are absent, and checkpoints are trained that way.
_ABSENT = {(0, 4), (8, 11), (8, 14)}
H36M17_EDGES = tuple(
    edge for parent, child in H36M17.bones for edge in ((parent, child), (child, parent)) if edge not in _ABSENT
)


class GraphConvolution(nn.Module):
    """What both graphs share: the two linear layers `U` (a node itself) and `V` (its neighbours), and the residual."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.U = nn.Linear(channels, channels)
        self.V = nn.Linear(channels, channels)
        for layer in (self.U, self.V):
            nn.init.normal_(layer.weight, std=(2 / channels) ** 0.5)


class JointGraph(GraphConvolution):
    """Graph over the joints of a frame, fixed by the skeleton. Tokens (B, n, J, C) -> same."""

    adjacency: Tensor

    def __init__(self, channels: int, joints: int, edges: Sequence[tuple[int, int]]) -> None:
        """`edges` are (to, from) pairs of joints; every joint must get something from at least one other."""
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
    """Graph over the frames of a joint: each one is joined to the `neighbours` frames most like it, itself included.

    Tokens (B, n, J, C) and kept frames (B, n) -> tokens. Its batch norm has one entry a frame, see `FrameNorm`.
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
        """(B, J, n, C) -> (B, J, n, n): 1 where the inner product is among the highest of its row, else 0.

        Frames exactly as like as the last neighbour (a still picture, a padded clip) are all joined, so that no order
        of equals has to be chosen. In float32 whatever autocast says: half precision would make equals of many.
        """
        with without_autocast(x):
            x = x.float()
            similarity = x @ x.transpose(-2, -1)
            k = min(self.neighbours, similarity.shape[-1])
            least = similarity.topk(k, dim=-1).values[..., -1:]
            return (similarity >= least).float()


class FrameNorm(nn.BatchNorm1d):
    """Batch norm with one entry a frame, `num_features` of them. Tokens (B, J, n, C), kept frames (B, n) -> tokens.

    An hourglass that was trained as one has an entry for each frame that comes to the layer (n entries). In an unpruned
    model that is pruned afterwards there is one for every frame of the window: each frame that is left takes its own,
    always by the running statistics, since a batch in which windows keep different frames has none to offer.
    """

    def forward(self, x: Tensor, kept: Tensor) -> Tensor:  # type: ignore[override]
        if x.shape[2] == self.num_features:
            return super().forward(x.flatten(0, 1)).view(x.shape)
        assert self.running_mean is not None
        assert self.running_var is not None
        scale = self.weight * (self.running_var + self.eps).rsqrt()  # (F,)
        shift = self.bias - self.running_mean * scale
        return x * scale[kept][:, None, :, None] + shift[kept][:, None, :, None]

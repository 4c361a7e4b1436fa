"""Frame transformer: one token per frame, and recovering that keeps each frame's detail.

MixSTE has a token for every joint of every frame. Here the joints of a frame are one token, as in MHFormer (CVPR 2022)
and P-STMO (ECCV 2022): an MLP encodes them, frames attend to each other, an MLP decodes the joints. At the same cost
the layers are far wider, and a laptop's processor multiplies matrices of their size efficiently.

Four features are specific to this model:

* Positions in time are rotations of queries and keys (RoPE, Su et al., arXiv 2104.09864), so weights do not depend on
  the window: weights trained on 27 frames, each 9 apart, work on 243.
* Recovering keeps the detail of each frame. TRI does not interpolate the joints but what the deep blocks *added* to the
  kept tokens; every frame adds that to its token from before the pruning. Kept frames are not changed by it.
* Joints lie on their rays as far as the detector is trusted (`along_rays`): otherwise a network has to learn to
  multiply a joint's image position by its depth, which geometry can do exactly. (Added to weights that had been trained
  without it: 50.0 -> 46.8 mm MPJPE with perfect joints, single frames of val.npz.)
* Attention starts as zero (its projection is zero), so weights trained on single frames, which attend to nothing,
  initialise longer windows without loss.

Shapes: `B` windows, `F` frames, `n` remaining frames, `J` joints, `C` channels; tokens are (B, n, 1, C).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from ..hourglass.host import HourglassHost, PruneConfig, all_frames, check_windows, config_from_sizes, gather_frames
from ..hourglass.layers import Attention, Mlp
from ..hourglass.recover import interpolate_at
from ..inputs.person_ray import SIZE

_LONGEST_WAVE = 1000.0  # frames, base of the wavelengths of RoPE


@dataclass(frozen=True, slots=True)
class FrameTransformerConfig:
    """Sizes of the model."""

    frames: int = 243
    channels: int = 256
    encoder_depth: int = 4  # MLPs before the first block, on every frame
    depth: int = 6  # blocks: attention over frames and an MLP; these prune
    decoder_depth: int = 2  # MLPs after recovering, on every frame
    heads: int = 8
    mlp_ratio: float = 2.0
    in_channels: int = 6  # x, y, confidence of each joint, the channels that all joints of a frame share, then depth
    joints: int = 17
    out_channels: int = 3
    along_rays: bool = False  # True: the input is `person_ray`, and a learned gate pulls joints to their rays
    stride: int = 1  # frames between rows of the window (cheap training on long windows)
    depth_channel: bool = False  # True: the last channel is the detector's own depth of each joint, zero: unknown


class MlpLayer(nn.Module):
    """Compute x + mlp(norm(x)) for each token."""

    def __init__(self, channels: int, mlp_ratio: float) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(channels, eps=1e-6)
        self.mlp = Mlp(channels, int(channels * mlp_ratio))

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = x + self.mlp(self.norm(x))
        return out


class RotaryAttention(Attention):
    """Self-attention over frames with rotary position embedding: `rotation` (cos, sin)."""

    def forward(self, x: Tensor, rotation: tuple[Tensor, Tensor] | None = None) -> Tensor:
        q, k, v = self._split(x)
        return self._merge(self.attend(rotate(q, rotation), rotate(k, rotation), v))

    def forward_columns(self, x: Tensor, rotation: tuple[Tensor, Tensor] | None = None) -> tuple[Tensor, Tensor]:
        q, k, v = self._split(x)
        q, k = rotate(q, rotation), rotate(k, rotation)
        weights = ((q * q.shape[-1] ** -0.5) @ k.transpose(-2, -1)).softmax(-1, dtype=torch.float32)  # (B, H, n, n)
        return self._merge(weights.to(v.dtype) @ v), weights.detach().mean((1, 2))


class FrameBlock(nn.Module):
    """Pre-norm transformer block over the frames of a window. (B, n, C) -> (B, n, C)."""

    def __init__(self, channels: int, heads: int, mlp_ratio: float) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(channels, eps=1e-6)
        self.attn = RotaryAttention(channels, heads)
        self.norm2 = nn.LayerNorm(channels, eps=1e-6)
        self.mlp = Mlp(channels, int(channels * mlp_ratio))

    def forward(self, x: Tensor, rotation: tuple[Tensor, Tensor]) -> Tensor:
        if x.shape[1] > 1:  # a single frame has nothing to attend to
            x = x + self.attn(self.norm1(x), rotation)
        out: Tensor = x + self.mlp(self.norm2(x))
        return out

    def forward_columns(self, x: Tensor, rotation: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
        """Also return the attention that each frame receives, (B, n), for pruning by TPA."""
        mixed, columns = self.attn.forward_columns(self.norm1(x), rotation)
        x = x + mixed
        return x + self.mlp(self.norm2(x)), columns


class FrameTransformer(HourglassHost):
    """Lift joints of windows (B, F, J, in_channels) to 3D joints (B, F, J, 3), all F frames.

    Channels from the fourth on are the same for all joints of a frame (`inputs.person_ray`) and are read once.
    """

    def __init__(self, config: FrameTransformerConfig | None = None, prune: PruneConfig | None = None) -> None:
        c = config or FrameTransformerConfig()
        super().__init__(prune, frames=c.frames, depth=c.depth, channels=c.channels, heads=c.heads)
        self.config = c
        self.stride = c.stride  # may be changed between two calls
        self.embed = nn.Linear(self.inputs_of(c), c.channels)
        self.encoder = nn.ModuleList(MlpLayer(c.channels, c.mlp_ratio) for _ in range(c.encoder_depth))
        self.blocks = nn.ModuleList(FrameBlock(c.channels, c.heads, c.mlp_ratio) for _ in range(c.depth))
        self.decoder = nn.ModuleList(MlpLayer(c.channels, c.mlp_ratio) for _ in range(c.decoder_depth))
        self.norm = nn.LayerNorm(c.channels, eps=1e-6)
        self.head = nn.Linear(c.channels, c.joints * c.out_channels)
        if c.along_rays:
            if c.in_channels <= SIZE or c.out_channels != 3:
                raise ValueError("along_rays needs the channels of person_ray and gives three coordinates")
            self.gate = nn.Linear(c.channels, c.joints)

    @staticmethod
    def inputs_of(config: FrameTransformerConfig) -> int:
        """Count the values of a frame that the first layer reads."""
        own, deep = min(config.in_channels, 3), int(config.depth_channel)
        return config.joints * (own + deep) + config.in_channels - own - deep

    @classmethod
    def from_sizes(cls, sizes: Mapping[str, Any], prune: PruneConfig) -> FrameTransformer:
        """Build from the `sizes` of a manifest entry. Raises TypeError for an unknown size."""
        return cls(config_from_sizes("FrameTransformer", FrameTransformerConfig, sizes), prune)

    def inputs(self, x: Tensor) -> Tensor:
        """Flatten windows (B, n, J, in_channels) to the first layer's input (B, n, `inputs_of`)."""
        own, last = min(self.config.in_channels, 3), self.config.in_channels - int(self.config.depth_channel)
        parts = [x[..., :own].flatten(2), x[:, :, 0, own:last]]
        if self.config.depth_channel:
            # Depth last: without these columns of its weights the network is the one for a detector without depth.
            parts.append(x[..., last:].flatten(2))
        return torch.cat(parts, -1)

    def initialise(self) -> None:
        """Initialise the weights for training: every layer starts close to the identity."""
        for name, value in self.named_parameters():
            if name.endswith("bias") or name.endswith("attn.proj.weight"):
                nn.init.zeros_(value)
            elif name.endswith("mlp.fc2.weight"):
                nn.init.normal_(value, std=0.005)
            elif name.startswith("gate."):
                nn.init.zeros_(value)
            elif value.dim() == 2:
                nn.init.normal_(value, std=0.02 if name == "head.weight" else value.shape[1] ** -0.5)
        # The pelvis is at zero in every single frame: its weights are not trained before windows are.
        self.embed.weight.data[:, :2] = 0

    def forward_kept(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Predict recovered joints and kept frames, (B, F, J, C) -> (B, F, J, 3), (B, r)."""
        tokens, kept = self.features(x)
        return self.joints_of(tokens, x), kept

    def features(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Compute the features of all frames before the head.

        (B, F, J, in_channels) -> (B, F, C), and the kept frames (B, r).
        """
        c = self.config
        check_windows("FrameTransformer", x, c.frames, c.joints, c.in_channels)
        kept = all_frames(x)  # (B, F)
        x = self.embed(self.inputs(x))  # (B, F, C)
        for layer in self.encoder:
            x = layer(x)
        x = x[:, :, None]  # (B, F, 1, C)
        stages: list[tuple[Tensor, Tensor]] = []  # tokens and their frames before each pruning
        attention: Tensor | None = None
        rotation = self.rotation(kept)
        for block in range(c.depth):
            if self.pruner.prunes(block):
                stages.append((x, kept))
                x, kept = self.prune(block, x, kept, attention)
                rotation = self.rotation(kept)
            x, attention = self._block(block, x, rotation)
        x = self._recovered(x, kept, stages)[:, :, 0]
        for layer in self.decoder:
            x = layer(x)
        return self.norm(x), kept

    def joints_of(self, tokens: Tensor, source: Tensor) -> Tensor:
        """Decode features (B, F, C) to joints (B, F, J, 3).

        `source` (B, F, J, in_channels) is the input that they were computed from.
        """
        joints: Tensor = self.head(tokens).unflatten(-1, (self.config.joints, self.config.out_channels))
        return pull_to_rays(joints, source, self.gate(tokens)) if self.config.along_rays else joints

    def _block(self, block: int, x: Tensor, rotation: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor | None]:
        """Run a block on (B, n, 1, C); also return the attention (B, n) if the next needs it."""
        layer: FrameBlock = self.blocks[block]  # type: ignore[assignment]
        if self.pruner.needs_attention(block + 1):
            out, columns = layer.forward_columns(x[:, :, 0], rotation)
            return out[:, :, None], columns
        return layer(x[:, :, 0], rotation)[:, :, None], None

    def _recovered(self, x: Tensor, kept: Tensor, stages: list[tuple[Tensor, Tensor]]) -> Tensor:
        """Recover (B, r, 1, C) -> (B, F, 1, C) stage by stage, the last one first."""
        if stages and self.pruner.config.recover == "TRA":
            # The learned queries have no detail of a frame: each frame's token from before the first pruning is added.
            return stages[0][0] + self.recover_tokens(x)
        for before, were in reversed(stages):
            stayed = torch.searchsorted(were.contiguous(), kept.contiguous())
            added = interpolate_at(x - gather_frames(before, stayed), kept, were)
            x, kept = before + added.to(before.dtype), were
        return x

    @property
    def rotary_sizes(self) -> tuple[int, int]:
        """Return the arguments of `rotary_angles` other than the frames: (half, stride)."""
        return self.config.channels // self.config.heads // 2, self.stride

    def rotation(self, kept: Tensor) -> tuple[Tensor, Tensor]:
        """Return the cosines and sines of `rotary_angles` for frames (B, n)."""
        return rotary_angles(kept, *self.rotary_sizes)


def rotary_angles(frames: Tensor, half: int, stride: int) -> tuple[Tensor, Tensor]:
    """Return cosines and sines (B, 1, n, half) of the rotary position angles of frames (B, n).

    `half`: half the channels of a head; frames lie `stride` frames of the video apart.
    """
    rate = _LONGEST_WAVE ** (-torch.arange(half, device=frames.device, dtype=torch.float32) / half)
    angle = (frames * stride).float()[:, None, :, None] * rate
    return angle.cos(), angle.sin()


def pull_to_rays(joints: Tensor, given: Tensor, gate: Tensor) -> Tensor:
    """Pull joints (B, F, J, 3) to their rays by a gate (B, F, J), before its sigmoid.

    `given` (B, F, J, 6): network input by `person_ray`. The pelvis' distance Z is the one at which the joints' x and y
    fit the image best; on its ray a joint of depth z lies at slope * (Z + z). The gate is the fraction of the way that
    each joint moves there. Joints that were not seen do not count for Z. The result is relative to the pelvis. float32
    throughout, because Z is a quotient of sums.
    """
    joints, given = joints.float(), given.float()
    joints = joints - joints[:, :, :1]
    slopes = given[..., :2] * (given[..., SIZE : SIZE + 1].exp() / 2)
    slopes = torch.cat([torch.zeros_like(slopes[:, :, :1]), slopes[:, :, 1:]], 2)  # the pelvis is on the axis
    flat, depth = joints[..., :2], joints[..., 2:]
    trust = given[..., 2:3] ** 2 * slopes
    distance = (trust * (flat - slopes * depth)).sum((-1, -2)) / (trust * slopes).sum((-1, -2)).clamp_min(1e-6)
    on_ray = slopes * (distance[..., None, None] + depth)
    pulled = flat + torch.sigmoid(gate.float())[..., None] * (on_ray - flat)
    return torch.cat([pulled, depth], -1)


def rotate(x: Tensor, rotation: tuple[Tensor, Tensor] | None) -> Tensor:
    """Rotate (B, H, n, C), its two halves being the coordinates of C / 2 points (RoPE)."""
    if rotation is None:
        return x
    cos, sin = (part.to(x.dtype) for part in rotation)
    a, b = x.chunk(2, -1)
    return torch.cat([a * cos - b * sin, a * sin + b * cos], -1)

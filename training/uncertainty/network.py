"""Define the network of standard errors in torch, for training.

`pipeline.lift.uncertainty.network` runs its weights.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from pipeline.lift.uncertainty.features import COUNT
from pipeline.lift.uncertainty.network import AXES, CHANNELS, DILATIONS

_START = -3.0  # log metres, standard error of the untrained network


class _Block(nn.Module):
    def __init__(self, dilation: int, channels: int, dropout: float) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(channels)
        self.conv = nn.Conv1d(channels, channels, 3, padding=dilation, dilation=dilation)
        self.out = nn.Linear(channels, channels)
        self.dropout = nn.Dropout(dropout)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def forward(self, h: Tensor, lifted: Tensor) -> Tensor:
        joined = self.conv((self.norm(h) * lifted[..., None]).transpose(1, 2)).transpose(1, 2)
        out: Tensor = h + self.out(self.dropout(functional.gelu(joined)))
        return out


class TrainedErrorNetwork(nn.Module):
    """Estimate log standard errors (B, F, 17, 2) from features (B, F, C) of rows one step apart."""

    def __init__(self, channels: int = CHANNELS, dropout: float = 0.0) -> None:
        super().__init__()
        self.embed = nn.Linear(COUNT, channels)
        self.dropout = nn.Dropout(dropout)
        self.blocks = nn.ModuleList(_Block(dilation, channels, dropout) for dilation in DILATIONS)
        self.norm = nn.LayerNorm(channels)
        self.out = nn.Linear(channels, 17 * AXES)
        nn.init.zeros_(self.out.weight)
        nn.init.constant_(self.out.bias, _START)

    def forward(self, values: Tensor, lifted: Tensor) -> Tensor:
        """Run on windows whose rows marked in `lifted` (B, F) were lifted."""
        h = self.dropout(self.embed(values))
        for block in self.blocks:
            h = block(h, lifted)
        log_error: Tensor = self.out(self.norm(h)).unflatten(-1, (17, AXES))
        return log_error


def parameter_count(model: nn.Module) -> int:
    """Count the parameters of a network."""
    return sum(int(torch.numel(value)) for value in model.parameters())

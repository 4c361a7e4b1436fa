"""Generate the weights of the golden cases from parameter names; none are stored.

For each key `k` of shape `s`, standard normal numbers are drawn from a generator seeded by crc32(salt + k) and scaled
by the kind of parameter, so that activations stay in a sensible range through the depth of the network.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence

import numpy as np
import torch


def golden_state_dict(shapes: Mapping[str, Sequence[int]], salt: str) -> dict[str, torch.Tensor]:
    """Generate float32 weights by name for parameters of these shapes.

    `num_batches_tracked` is left out.
    """
    state = {}
    for key, shape in shapes.items():
        if key.endswith("num_batches_tracked"):
            continue
        count = int(np.prod(shape))
        seed = zlib.crc32((salt + key).encode())
        z = np.random.default_rng(seed).standard_normal(count).astype(np.float32).reshape(shape)
        if key.endswith("running_var"):
            value = 1 + 0.1 * np.abs(z)
        elif key.endswith("weight") and len(shape) >= 2:
            value = z / np.sqrt(count / shape[0])
        elif key.endswith("weight"):
            value = 1 + 0.1 * z
        else:
            value = 0.1 * z
        state[key] = torch.from_numpy(np.asarray(value, np.float32))
    return state

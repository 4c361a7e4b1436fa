"""Generate procedural textures that tile, for cloth, walls, floors and leaves.

None of them is a photograph. A texel holds the share of the second colour (r), the tone by which both colours are
multiplied (g) and the slope of the surface in both directions (b, a), so one layer serves any two colours. All layers
come from one fixed seed.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from pipeline.core.arrays import Doubles

SIZE = 256  # px, side of a texture
_SEED = 20260101  # seed of all layers, fixed so that every process has the same textures


def layers() -> NDArray[np.uint8]:
    """Generate all texture layers (L, 256, 256, 4) in the order of `LAYERS`."""
    rng = np.random.default_rng(_SEED)
    return np.stack([_texel(*make(rng)) for make in _MAKERS.values()])


def _texel(mix: Doubles, tone: Doubles, height: Doubles, steep: float = 1.0) -> NDArray[np.uint8]:
    slope = [(np.roll(height, -1, axis) - np.roll(height, 1, axis)) * 0.5 * steep for axis in (1, 0)]
    parts = [mix, tone * 0.5, slope[0] + 0.5, slope[1] + 0.5]
    return np.stack([np.clip(part * 255, 0, 255) for part in parts], -1).astype(np.uint8)


def noise(rng: np.random.Generator, fall: float, lowest: float = 1.0, stretch: tuple[float, float] = (1, 1)) -> Doubles:
    """Generate periodic noise (256, 256) with mean 0 and standard deviation 1.

    Its amplitude is `1 / frequency^fall`, and 0 below `lowest` cycles per tile.
    """
    freq = np.fft.fftfreq(SIZE) * SIZE
    radius = np.hypot(freq[None] * stretch[0], freq[:, None] * stretch[1])
    amplitude = np.where(radius >= lowest, np.maximum(radius, 1e-9) ** -fall, 0)
    amplitude[0, 0] = 0
    field = np.fft.ifft2(np.fft.fft2(rng.standard_normal((SIZE, SIZE))) * amplitude).real
    return np.asarray(field / field.std())


def _grid() -> tuple[Doubles, Doubles]:
    """Return the coordinates x and y (256, 256) of every texel, in [0, 1)."""
    at = np.arange(SIZE) / SIZE
    return np.broadcast_to(at[None], (SIZE, SIZE)), np.broadcast_to(at[:, None], (SIZE, SIZE))


_Maker = Callable[[np.random.Generator], tuple[Doubles, Doubles, Doubles]]


def _plain(rng: np.random.Generator) -> tuple[Doubles, Doubles, Doubles]:
    return np.zeros((SIZE, SIZE)), 1 + 0.03 * noise(rng, 1.0), 0.02 * noise(rng, 1.5)


def _wrinkles(rng: np.random.Generator) -> tuple[Doubles, Doubles, Doubles]:
    folds = np.abs(noise(rng, 2.2, 2, (0.6, 1.0))) ** 0.7
    return np.zeros((SIZE, SIZE)), 1 + 0.1 * (folds - folds.mean()), 3.0 * folds


def _skin(rng: np.random.Generator) -> tuple[Doubles, Doubles, Doubles]:
    return np.clip(0.25 * noise(rng, 1.6, 2) + 0.2, 0, 1), 1 + 0.04 * noise(rng, 1.0, 4), 0.3 * noise(rng, 1.4, 3)


def _strands(rng: np.random.Generator) -> tuple[Doubles, Doubles, Doubles]:
    lines = noise(rng, 0.6, 3, (1.0, 9.0))
    return np.clip(0.4 + 0.3 * lines, 0, 1), 1 + 0.22 * lines, 1.2 * lines


def _stripes(across: bool, count: int, share: float) -> _Maker:
    def make(rng: np.random.Generator) -> tuple[Doubles, Doubles, Doubles]:
        x, y = _grid()
        return ((y if across else x) * count % 1 < share) * 1.0, 1 + 0.04 * noise(rng, 0.8), 0.05 * noise(rng, 1.0)

    return make


def _plaid(rng: np.random.Generator) -> tuple[Doubles, Doubles, Doubles]:
    x, y = _grid()
    bands = [(v * 4 % 1 < 0.4) * 0.45 + (v * 4 % 1 > 0.68) * (v * 4 % 1 < 0.74) * 0.3 for v in (x, y)]
    return np.clip(bands[0] + bands[1], 0, 1), 1 + 0.05 * noise(rng, 0.6), 0.05 * noise(rng, 1.0)


def _checks(rng: np.random.Generator) -> tuple[Doubles, Doubles, Doubles]:
    x, y = _grid()
    return ((x * 8 % 1 < 0.5) ^ (y * 8 % 1 < 0.5)) * 1.0, 1 + 0.04 * noise(rng, 0.8), 0.05 * noise(rng, 1.0)


def _dots(rng: np.random.Generator) -> tuple[Doubles, Doubles, Doubles]:
    x, y = _grid()
    u, v = x * 6 % 1 - 0.5, (y * 6 + 0.5 * (np.floor(x * 6) % 2)) % 1 - 0.5
    return (np.hypot(u, v) < 0.24) * 1.0, 1 + 0.03 * noise(rng, 0.8), 0.05 * noise(rng, 1.0)


def _blobs(fall: float, lowest: float) -> _Maker:
    def make(rng: np.random.Generator) -> tuple[Doubles, Doubles, Doubles]:
        return (noise(rng, fall, lowest) > 0.25) * 1.0, 1 + 0.12 * (noise(rng, fall, lowest) > 0.4), noise(rng, 1.0) * 0

    return make


def _print(rng: np.random.Generator) -> tuple[Doubles, Doubles, Doubles]:
    """Generate a print: one motif in the middle, as on the chest of a shirt."""
    x, y = _grid()
    shape = np.hypot(x - 0.5, (y - 0.5) * 1.2) < 0.16 + 0.05 * noise(rng, 2.0, 2)
    letters = (np.abs(y - 0.5) < 0.05) & (noise(rng, 0.9, 6) > 0) & (np.abs(x - 0.5) < 0.25)
    return np.maximum(shape & ~letters, letters & ~shape) * 1.0, 1 + 0.03 * noise(rng, 0.8), 0.05 * noise(rng, 1.0)


def _knit(rng: np.random.Generator) -> tuple[Doubles, Doubles, Doubles]:
    x, y = _grid()
    rib = np.sin(2 * np.pi * x * 32) * np.sin(2 * np.pi * (y * 24 + 0.25 * np.sin(2 * np.pi * x * 32)))
    return np.clip(0.3 + 0.3 * noise(rng, 0.4), 0, 1), 1 + 0.1 * rib + 0.05 * noise(rng, 0.7), 0.6 * rib


def _planks(rng: np.random.Generator) -> tuple[Doubles, Doubles, Doubles]:
    x, y = _grid()
    row = np.floor(y * 6).astype(int)
    start = rng.random(6)[row]
    board = np.floor((x + start) * 2).astype(int) % 2 + 2 * row
    shade = rng.uniform(0.78, 1.12, 12)[board]
    gap = (y * 6 % 1 < 0.04) | ((x + start) * 2 % 1 < 0.008)
    grain = noise(rng, 0.9, 3, (9.0, 1.0))
    return np.clip(0.5 + 0.3 * grain, 0, 1), np.where(gap, 0.45, shade * (1 + 0.06 * grain)), np.where(gap, -0.4, 0)


def _bricks(rng: np.random.Generator) -> tuple[Doubles, Doubles, Doubles]:
    x, y = _grid()
    row = np.floor(y * 8).astype(int)
    u = (x * 4 + 0.5 * (row % 2)) % 1
    which = (np.floor(x * 4 + 0.5 * (row % 2)).astype(int) % 4) + 4 * row
    joint = (u < 0.05) | (y * 8 % 1 < 0.1)
    shade = rng.uniform(0.75, 1.2, 32)[which] * (1 + 0.1 * noise(rng, 0.8, 3))
    return joint * 1.0, np.where(joint, 1.0, shade), np.where(joint, -0.5, 0.1 * noise(rng, 1.0, 4))


def _tiles(rng: np.random.Generator) -> tuple[Doubles, Doubles, Doubles]:
    x, y = _grid()
    joint = (x * 4 % 1 < 0.03) | (y * 4 % 1 < 0.03)
    which = np.floor(x * 4).astype(int) + 4 * np.floor(y * 4).astype(int)
    tone = rng.uniform(0.93, 1.05, 16)[which] * (1 + 0.03 * noise(rng, 1.4, 2))
    return joint * 1.0, tone, np.where(joint, -0.3, 0.0)


def _fine(strength: float, fall: float) -> _Maker:
    def make(rng: np.random.Generator) -> tuple[Doubles, Doubles, Doubles]:
        grain = noise(rng, fall, 2)
        return np.clip(0.5 + 0.12 * noise(rng, 1.1, 2), 0, 1), 1 + strength * grain, 0.4 * grain

    return make


def _plaster(rng: np.random.Generator) -> tuple[Doubles, Doubles, Doubles]:
    return np.clip(0.4 + 0.1 * noise(rng, 1.3), 0, 1), 1 + 0.015 * noise(rng, 0.8), 0.06 * noise(rng, 0.8)


def _leaves(rng: np.random.Generator) -> tuple[Doubles, Doubles, Doubles]:
    grain = noise(rng, 0.7, 5)
    return np.clip(0.4 + 0.5 * noise(rng, 1.0, 3), 0, 1), np.clip(0.85 + 0.4 * grain, 0.25, 1.6), 2.0 * grain


def _facade(rng: np.random.Generator) -> tuple[Doubles, Doubles, Doubles]:
    """Generate a facade with 4 x 4 windows."""
    x, y = _grid()
    u, v = x * 4 % 1, y * 4 % 1
    window = (np.abs(u - 0.5) < 0.22) & (np.abs(v - 0.5) < 0.3)
    frame = (np.abs(u - 0.5) < 0.26) & (np.abs(v - 0.5) < 0.34) & ~window
    which = np.floor(x * 4).astype(int) + 4 * np.floor(y * 4).astype(int)
    tone = np.where(window, rng.uniform(0.5, 1.3, 16)[which], np.where(frame, 1.4, 1 + 0.06 * noise(rng, 1.0)))
    return window * 1.0, tone, np.where(window, -0.2, 0.0)


def _shelf(rng: np.random.Generator) -> tuple[Doubles, Doubles, Doubles]:
    """Generate a shelf with four rows of books."""
    _, y = _grid()
    edges = np.sort(rng.random((4, 40)), axis=1)
    row = np.floor(y * 4).astype(int)
    which = np.stack([np.searchsorted(edges[k], np.arange(SIZE) / SIZE) for k in range(4)])[row[:, 0]]
    tone = rng.uniform(0.4, 1.5, (4, 41))[row, which]
    tall = rng.uniform(0.55, 0.85, (4, 41))[row, which]
    empty, board = (y * 4 % 1) < 1 - tall, (y * 4 % 1) > 0.94
    hue = rng.uniform(0, 1, (4, 41))[row, which]
    return np.where(board | empty, 0.0, hue), np.where(board, 1.0, np.where(empty, 0.25, tone)), np.where(board, 0.3, 0)


def _painting(rng: np.random.Generator) -> tuple[Doubles, Doubles, Doubles]:
    field = noise(rng, 1.8, 1)
    return np.clip(0.5 + 0.5 * field, 0, 1), 1 + 0.25 * noise(rng, 1.3, 2), 0 * field


_MAKERS: dict[str, _Maker] = {
    "plain": _plain, "wrinkles": _wrinkles, "skin": _skin, "strands": _strands, "stripes": _stripes(True, 8, 0.5),
    "bands": _stripes(True, 3, 0.35), "pinstripes": _stripes(False, 16, 0.2), "plaid": _plaid, "checks": _checks,
    "dots": _dots, "flowers": _blobs(1.5, 5), "camouflage": _blobs(2.0, 2), "print": _print, "knit": _knit,
    "denim": _fine(0.1, 0.5), "planks": _planks, "bricks": _bricks, "tiles": _tiles, "carpet": _fine(0.12, 0.5),
    "plaster": _plaster, "grass": _fine(0.3, 0.6), "asphalt": _fine(0.15, 0.7), "leaves": _leaves,
    "facade": _facade, "shelf": _shelf, "painting": _painting,
}  # fmt: skip
LAYERS = tuple(_MAKERS)
LAYER = {name: number for number, name in enumerate(LAYERS)}

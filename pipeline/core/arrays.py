"""Name the array types that travel through the program, and check their shapes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


Doubles = NDArray[np.float64]


Ints = NDArray[np.int64]


Image = NDArray[np.uint8]


def check_shape(name: str, array: NDArray[Any], expected: tuple[int | None, ...]) -> None:
    """Raise ValueError with expected and actual shape unless `array` has the `expected` one (None: any length)."""
    actual = array.shape
    if len(actual) != len(expected) or any(e is not None and e != a for e, a in zip(expected, actual, strict=True)):
        wanted = "(" + ", ".join("any" if e is None else str(e) for e in expected) + ")"
        raise ValueError(f"{name} has shape {actual}, expected {wanted}")

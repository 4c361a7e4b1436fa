"""Measure the peak memory of this process and the free memory of the machine."""

from __future__ import annotations

import sys


def peak_memory_mb() -> float:
    """Return the peak resident memory of this process so far, in MiB."""
    if sys.platform == "win32":
        import psutil

        return float(psutil.Process().memory_info().peak_wset) / 2**20
    import resource  # psutil reports the peak on Windows only

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10


def available_memory_bytes() -> int:
    """Return the memory in bytes that programs can still allocate without swapping."""
    import psutil  # the window reads takes by then, but starts without it

    return int(psutil.virtual_memory().available)

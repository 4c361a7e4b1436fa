"""Measure the memory of process and machine, and bound what the C library keeps of it."""

from __future__ import annotations

import ctypes
import functools
import os
import sys

_HEAPS = 2  # arenas of glibc's allocator; one more costs up to 64 MB, one less makes threads wait for each other
_M_ARENA_MAX = -8  # glibc's malloc.h


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


@functools.cache
def share_heaps() -> None:
    """Make all threads of this process allocate from a few shared heaps; done once.

    Only with glibc (Linux), which otherwise gives threads up to eight heaps a core, and each keeps tens of megabytes of
    images and tensors that were freed. Every run has new threads, in other heaps than the last run's: memory would grow
    from run to run. Must be called before the threads start. `MALLOC_ARENA_MAX` or `GLIBC_TUNABLES` of the user have
    precedence. Source: mallopt(3).
    """
    allocator = _glibc()
    if allocator is not None and not {"MALLOC_ARENA_MAX", "GLIBC_TUNABLES"} & set(os.environ):
        allocator.mallopt(ctypes.c_int(_M_ARENA_MAX), ctypes.c_int(_HEAPS))


@functools.cache
def _glibc() -> ctypes.CDLL | None:
    """Return the C library of this process if it is glibc."""
    if not sys.platform.startswith("linux"):
        return None
    library = ctypes.CDLL(None)
    return library if hasattr(library, "mallopt") else None  # musl has none

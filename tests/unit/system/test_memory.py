"""Test the measures of memory, and that the threads of a process share few heaps."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.system.memory import available_memory_bytes, peak_memory_mb

# Start threads that allocate at the same time. By default glibc gives each of them its own heap.
THREADS = """
import ctypes, sys, tempfile, threading
from pipeline.system.memory import share_heaps
share_heaps()
library = ctypes.CDLL(None)
library.malloc.restype, library.fopen.restype = ctypes.c_void_p, ctypes.c_void_p
together = threading.Barrier(6)
def allocate():
    together.wait()
    assert library.malloc(ctypes.c_size_t(50_000))
    together.wait()
threads = [threading.Thread(target=allocate) for _ in range(6)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
with tempfile.NamedTemporaryFile() as told:
    file = ctypes.c_void_p(library.fopen(told.name.encode(), b"w"))
    library.malloc_info(0, file)
    library.fflush(file)
    print(told.read().count(b"<heap nr"))
"""


def test_the_measures_are_plausible() -> None:
    assert 10 < peak_memory_mb() < 100_000
    assert available_memory_bytes() > 10 << 20


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc")
@pytest.mark.parametrize(("user", "heaps"), [({}, "2"), ({"MALLOC_ARENA_MAX": "4"}, "4")])
def test_threads_share_heaps(user: dict[str, str], heaps: str) -> None:
    root = Path(__file__).parents[3]
    environment = {"PATH": "", "PYTHONPATH": str(root), **user}
    told = subprocess.run([sys.executable, "-c", THREADS], env=environment, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == heaps

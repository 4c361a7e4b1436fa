"""What this process took from the machine, and what is left."""

from __future__ import annotations

import sys


def peak_memory_mb() -> float:
    """Largest resident size of this process so far, in MiB."""
    if sys.platform == "win32":
        import ctypes
        from ctypes import wintypes

        class Counters(ctypes.Structure):
            _fields_ = (
                ("cb", wintypes.DWORD),
                ("page_fault_count", wintypes.DWORD),
                ("peak_working_set_size", ctypes.c_size_t),
                ("rest", ctypes.c_size_t * 8),
            )

        counters = Counters(cb=ctypes.sizeof(Counters))
        current_process = ctypes.windll.kernel32.GetCurrentProcess
        current_process.restype = wintypes.HANDLE  # ctypes would cut it to 32 bits
        memory_info = ctypes.windll.psapi.GetProcessMemoryInfo
        memory_info.argtypes = (wintypes.HANDLE, ctypes.c_void_p, wintypes.DWORD)
        memory_info(current_process(), ctypes.byref(counters), counters.cb)
        return float(counters.peak_working_set_size) / 2**20
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10


def available_memory_bytes() -> int | None:
    """What programs can still take without swapping; None where the system does not say."""
    try:
        with open("/proc/meminfo", encoding="ascii") as lines:
            for line in lines:
                if line.startswith("MemAvailable:"):
                    return int(line.split()[1]) * 1024
    except (OSError, ValueError, IndexError):
        pass
    return None

"""How the C library keeps memory, for a process that runs for months. Never touches Python's own allocator.

Without this every thread keeps an arena of its own, and what a start or a large answer left behind is not given back.
"""

import ctypes

# glibc's malloc.h
_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3
_M_ARENA_MAX = -8

_LARGE = 128 * 1024
"""Octets; glibc starts with it too, but raises it for good when something larger is freed."""


def settle() -> None:
    """One arena for all threads, and large pieces given back when they are freed. Does nothing without glibc."""
    library = ctypes.CDLL(None)
    if hasattr(library, "mallopt"):
        library.mallopt(_M_ARENA_MAX, 1)
        library.mallopt(_M_MMAP_THRESHOLD, _LARGE)
        library.mallopt(_M_TRIM_THRESHOLD, _LARGE)

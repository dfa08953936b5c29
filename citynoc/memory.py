"""How a process that runs for months keeps memory: the C library's part, and how often cycles are looked for.

It never touches Python's own allocator. Without this every thread keeps an arena of its own, and what a start or a large answer left behind is not given back.
"""

import ctypes
import gc

# glibc's malloc.h
_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3
_M_ARENA_MAX = -8

_LARGE = 128 * 1024
"""Octets; glibc starts with it too, but raises it for good when something larger is freed."""


SELDOM = 50_000
"""New objects after which Python looks for cycles among the young; 700 by itself. What a poll makes holds none."""


def settle() -> None:
    """Look for cycles seldom; with glibc also one arena for all threads, and large pieces given back when freed."""
    gc.set_threshold(SELDOM, *gc.get_threshold()[1:])
    library = ctypes.CDLL(None)
    if hasattr(library, "mallopt"):
        library.mallopt(_M_ARENA_MAX, 1)
        library.mallopt(_M_MMAP_THRESHOLD, _LARGE)
        library.mallopt(_M_TRIM_THRESHOLD, _LARGE)

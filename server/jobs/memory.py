"""What a job leaves behind of memory: the C library keeps what is freed in small pieces, unless it is told otherwise."""

import sys


def give_back_memory() -> None:
    """The system has the memory that is free in this process, where the C library is one that can be told (glibc).

    After a detection over a million events that is two thirds of what the process holds.
    """
    if sys.platform != "linux":
        return
    import ctypes  # not before the first job has ended

    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)

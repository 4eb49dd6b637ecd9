"""The garbage collector, kept still while much is made that stays."""

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()
_inside = 0
_was_enabled = True


@contextmanager
def collector_paused() -> Iterator[None]:
    """Within the context nothing is looked through for rings of garbage; afterwards it goes on if it went on before.

    What an import makes is kept, and looking through it again and again as it grows took 9 of the 24 seconds that 10,000
    systems needed. Several imports may be at it at once: the last one to end lets the collector go on.
    """
    global _inside, _was_enabled  # noqa: PLW0603 -- the collector is the process's, and so is how many hold it still
    with _lock:
        if _inside == 0:
            _was_enabled = gc.isenabled()
            gc.disable()
        _inside += 1
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if _inside == 0 and _was_enabled:
                gc.enable()

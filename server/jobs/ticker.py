"""A thread that looks after something every few seconds, and imports nothing before its first look."""

import logging
import threading
from collections.abc import Callable

logger = logging.getLogger("concord")

FIRST_LOOK_SECONDS = 5.0
NEXT_SECONDS = 0.5
"""Real time before the next look after one that has set something going: more may wait behind it."""
"""Real time before the first look, so that a short session pays nothing for the schedule."""
LOOK_SECONDS = 5.0
NEXT_SECONDS = 0.5
"""Real time before the next look after one that has set something going: more may wait behind it."""


class Ticker:
    """Looks again and again until it is stopped. A look that fails is logged, and the next one tries again.

    What a look returns tells whether it has set anything going.
    """

    def __init__(
        self, look: Callable[[], object], *, first: float = FIRST_LOOK_SECONDS, every: float = LOOK_SECONDS
    ) -> None:
        self._look = look
        self._first = first
        self._every = every
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._tick, name="concord-schedule", daemon=True)

    @property
    def ticking(self) -> bool:
        """Whether it looks, now and then."""
        return self._thread.is_alive()

    def start(self) -> None:
        """The first look comes in some seconds."""
        self._thread.start()

    def stop(self, seconds: float = 1.0) -> None:
        """No look begins any more; one that is under way is waited for so long."""
        self._stopped.set()
        if self.ticking:
            self._thread.join(seconds)

    def _tick(self) -> None:
        failed = ""
        pause = self._first
        while not self._stopped.wait(pause):
            pause = self._every
            try:
                pause = NEXT_SECONDS if self._look() else self._every
                failed = ""
            except Exception as error:
                if (said := f"{type(error).__name__}: {error}") != failed:  # the same once, not every few seconds
                    logger.error("the schedule could not be kept", exc_info=error)
                failed = said

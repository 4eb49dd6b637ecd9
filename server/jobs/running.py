"""A run that is under way in this process: what it is given, and how far it is."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from server.model.base import JsonObject
from server.model.run import JobRun, Progress

STORED_EVERY = 2.0
"""Seconds of real time between two notes of how far a run is; whoever waits for it in this process hears of each."""
LONGEST_MESSAGE = 500


class CutOff(Exception):
    """The process is about to end, and the run with it."""


@dataclass(frozen=True)
class Errand:
    """What a job is given to work with."""

    run_id: str
    now: datetime
    """When the run began; all that it judges is judged at this moment."""
    progress: Callable[[float, float, str], None]
    paths: tuple[str, ...] = ()
    since: str = ""
    """Of a job that looks back: from when on, as it was told; empty = as far as it usually does."""
    until: str = ""
    due: str = ""
    """The time of the built-in schedule that it stands for; empty for one that somebody asked for."""

    def step(self, number: int, steps: int) -> Callable[[float, float, str], None]:
        """The progress of one step of several, counted from 0, as a part of the whole."""
        return lambda done, total, message: self.progress(number + (done / total if total else 0), steps, message)


Work = Callable[[Errand], JsonObject]
"""Does a job; what it returns is the run's summary_data."""


class Running:
    """A run under way. Its thread moves it on, any other may watch."""

    def __init__(
        self,
        run: JobRun,
        store: Callable[[JobRun], None],
        whole: Callable[[float, float, str], None] = lambda done, total, message: None,
    ) -> None:
        """`store` notes how far it is, for other processes; `whole` is told, too, where the run is a part of another."""
        self._run = run
        self._store = store
        self._whole = whole
        self._moved = threading.Condition()
        self._cut_off = threading.Event()
        self._stored_at = time.monotonic()
        self.ended = threading.Event()
        """Set once everything about it is stored."""

    @property
    def run(self) -> JobRun:
        """The run as it stands now."""
        return self._run

    def progress(self, done: float, total: float, message: str) -> None:
        """The run is so far. Raises CutOff where the process is about to end."""
        if self._cut_off.is_set():
            raise CutOff
        progress = Progress(done=done, total=total or 0, message=message[:LONGEST_MESSAGE])
        self.stand(self._run.model_copy(update={"progress": progress}))
        if time.monotonic() - self._stored_at >= STORED_EVERY:
            self._stored_at = time.monotonic()
            self._store(self._run)
        self._whole(done, total or 0, message)

    def stand(self, run: JobRun) -> None:
        """The run stands as given, and whoever waits for it sees that."""
        with self._moved:
            self._run = run
            self._moved.notify_all()

    def cut_off(self) -> None:
        """The run ends at its next sign of progress."""
        self._cut_off.set()

    def wait_beyond(self, seen: JobRun, seconds: float) -> JobRun:
        """The run as soon as it stands otherwise than it was seen, or as it stands after so many seconds."""
        with self._moved:
            self._moved.wait_for(lambda: self._run is not seen, seconds)
            return self._run

"""Processes of one program, started and then let go together.

They are forks of one process that knows the packages already: loading them takes ten times as long as what most do.
"""

import multiprocessing
import os
import runpy
import signal
import sys
import threading
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import IO

PATIENCE = 120.0
"""Seconds after which a process is taken to have got stuck."""

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["tests.services.warm"])


class Started:
    """A process of its own with text streams, as subprocess.Popen has them."""

    def __init__(self, program: Path, arguments: list[str]) -> None:
        reading, self.stdin = _pipe_to()
        self.stdout, writing = _pipe_from()
        self.stderr, complaining = _pipe_from()
        theirs = (reading, writing, complaining)
        self._process = _FORKS.Process(target=_run, args=(str(program), arguments, theirs), daemon=True)
        self._process.start()
        for stream in theirs:
            stream.close()
        self.pid = self._process.pid or 0

    @property
    def returncode(self) -> int | None:
        """How it ended; None while it runs."""
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        """It has the signal, if it still runs."""
        if self.returncode is None:
            with suppress(ProcessLookupError):  # it has just ended
                os.kill(self.pid, number)

    def kill(self) -> None:
        """It ends at once, and can say nothing more."""
        self.send_signal(signal.SIGKILL)

    def wait(self, timeout: float = PATIENCE) -> int:
        """How it ended, once it has. Raises TimeoutError where it does not."""
        self._process.join(timeout)
        if self.returncode is None:
            raise TimeoutError(f"Process {self.pid} goes on.")
        return self.returncode

    def communicate(self, timeout: float = PATIENCE) -> tuple[str, str]:
        """What it still said on both streams, once it has ended. Raises TimeoutError where it had to be killed for that."""
        stuck = threading.Timer(timeout, self.kill)
        stuck.start()
        told = self.stdout.read(), self.stderr.read()
        self.wait()
        if stuck.finished.is_set():
            raise TimeoutError(f"Process {self.pid} had not ended after {timeout} s: {told}")
        stuck.cancel()
        return told

    def close(self) -> None:
        """Nothing is left of it."""
        self.kill()
        self.wait()
        for stream in (self.stdin, self.stdout, self.stderr):
            stream.close()


@contextmanager
def let_go_together(program: Path, runs: Iterable[list[str]]) -> Iterator[list[Started]]:
    """A process for each list of arguments; each says `ready`, and waits for the word. None is left at the end."""
    started: list[Started] = []
    try:
        started.extend(Started(program, arguments) for arguments in runs)
        for process in started:
            assert process.stdout.readline() == "ready\n", process.communicate()[1]
        for process in started:
            process.stdin.write("go\n")
            process.stdin.flush()
        yield started
    finally:
        for process in started:
            process.close()


def _pipe_to() -> tuple[Connection, IO[str]]:
    """The end of a process that reads, and ours."""
    theirs, ours = _FORKS.Pipe(duplex=False)
    with ours:
        return theirs, os.fdopen(os.dup(ours.fileno()), "w", encoding="utf-8")


def _pipe_from() -> tuple[IO[str], Connection]:
    """Our end, and that of a process that writes."""
    ours, theirs = _FORKS.Pipe(duplex=False)
    with ours:
        return os.fdopen(os.dup(ours.fileno()), encoding="utf-8"), theirs


def _run(program: str, arguments: list[str], streams: tuple[Connection, ...]) -> None:
    """In the new process: the program runs as if Python had been started with it."""
    for number, stream in enumerate(streams):
        os.dup2(stream.fileno(), number)
        stream.close()
    sys.stdin, sys.stdout, sys.stderr = (os.fdopen(number, mode, closefd=False) for number, mode in enumerate("rww"))
    sys.argv = [program, *arguments]
    warnings.simplefilter("error")
    runpy.run_path(program, run_name="__main__")

"""Processes of one program, started and then let go together."""

import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def let_go_together(program: Path, runs: Iterable[list[str]]) -> Iterator[list[subprocess.Popen[str]]]:
    """A process for each list of arguments; each says `ready`, and waits for the word. None is left at the end."""
    started = [
        subprocess.Popen(
            [sys.executable, "-W", "error", str(program), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for arguments in runs
    ]
    try:
        for process in started:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n", process.communicate()[1]
        for process in started:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        yield started
    finally:
        for process in started:
            process.kill()
            process.communicate()

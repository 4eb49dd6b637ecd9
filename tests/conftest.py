"""Loads the shared fixtures, and keeps the developer's own settings out of the tests."""

import gc
import os
import sys
from pathlib import Path

import pytest

pytest_plugins = ["tests.databases"]

for _name in [name for name in os.environ if name.startswith("CONCORD_") and not name.startswith("CONCORD_TEST_")]:
    del os.environ[_name]

# Hundreds of tests start Python anew: without its bytecode each of them would compile all modules again.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

MEMORY = Path("/dev/shm")
ROOM = 1 << 30
"""Bytes that must be free in memory for the tests' own files to lie there."""


def _keep_files_in_memory() -> None:
    """Temporary folders lie in memory where there is room for them: thousands of databases need not survive the machine."""
    if not MEMORY.is_dir() or not os.access(MEMORY, os.W_OK | os.X_OK):
        return
    there = os.statvfs(MEMORY)
    runs_programs = not there.f_flag & os.ST_NOEXEC
    if runs_programs and there.f_bavail * there.f_frsize >= ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


_keep_files_in_memory()


def pytest_collection_finish() -> None:
    """What was collected stays to the end: nobody looks through it for garbage again, nor after every few objects."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Async tests run on asyncio, as the server does."""
    return "asyncio"

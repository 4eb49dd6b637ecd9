"""Loads the shared fixtures, and keeps the developer's own settings out of the tests."""

import os
import sys

import pytest

pytest_plugins = ["tests.databases"]

for _name in [name for name in os.environ if name.startswith("CONCORD_") and not name.startswith("CONCORD_TEST_")]:
    del os.environ[_name]

# Hundreds of tests start Python anew: without its bytecode each of them would compile all modules again.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Async tests run on asyncio, as the server does."""
    return "asyncio"

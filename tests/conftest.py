"""Loads the shared fixtures, and keeps the developer's own settings out of the tests."""

import os

import pytest

pytest_plugins = ["tests.databases"]

pytest_plugins = ["tests.databases"]

for _name in [name for name in os.environ if name.startswith("CONCORD_") and not name.startswith("CONCORD_TEST_")]:
    del os.environ[_name]


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Async tests run on asyncio, as the server does."""
    return "asyncio"

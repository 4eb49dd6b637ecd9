"""Every test of the surface runs on both databases and in both protocol eras.

Those of the ground rules meet each database in each era. Everything else depends on one of the two at most, and takes both
in two runs: SQLite in the newer era, PostgreSQL in the older one.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.surface.world import Concord, Era, running

CROSSED = ("test_ground_rules", "test_registry_rules")
"""Modules whose tests meet each database in each era."""


@pytest.hookimpl(tryfirst=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that uses a database and an era takes both of each, in two runs."""
    crossed = metafunc.module.__name__.rpartition(".")[2] in CROSSED
    if {"database_url", "era"} <= set(metafunc.fixturenames) and not crossed:
        pairs = [("sqlite", "auto"), ("postgresql", "legacy")]
        names = ["sqlite-2026-07-28", "postgresql-2025-11-25"]
        # as a mark, which the parameters of fixtures give way to
        metafunc.definition.add_marker(
            pytest.mark.parametrize(("database_url", "era"), pairs, indirect=True, ids=names)
        )


@pytest.fixture(params=["auto", "legacy"], ids=["2026-07-28", "2025-11-25"])
def era(request: pytest.FixtureRequest) -> Era:
    """The protocol era that the client speaks."""
    era: Era = request.param
    return era


@pytest.fixture
async def concord(database_url: str, tmp_path: Path, era: Era) -> AsyncIterator[Concord]:
    """A client of a new server on an empty database."""
    async with running(database_url, tmp_path, era=era) as connected:
        yield connected

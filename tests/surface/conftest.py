"""Every test of the surface runs on both databases and in both protocol eras."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.surface.world import Concord, Era, running


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

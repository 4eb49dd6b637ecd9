"""The toy server, and clients of it on both eras of the protocol."""

from typing import Literal

import pytest

from server.web.concord_server import ConcordServer
from tests.surface.kernel.toys import CATALOGUE

Era = Literal["auto", "legacy"]


@pytest.fixture(params=["auto", "legacy"], ids=["2026-07-28", "2025-11-25"])
def era(request: pytest.FixtureRequest) -> Era:
    """Every test that asks for it runs once per protocol era."""
    era: Era = request.param
    return era


@pytest.fixture
def server() -> ConcordServer:
    """A server of the whole toy catalogue."""
    return ConcordServer(CATALOGUE, instructions="Toys.", version="1.2.3")

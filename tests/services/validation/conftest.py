"""What tests of validation stand on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.app import build_services
from server.config import read_config
from tests.services.validation.ground import Ground


@pytest.fixture
def ground(database_url: str, tmp_path: Path) -> Iterator[Ground]:
    """An empty registry and an empty folder."""
    services = build_services(
        read_config({"CONCORD_HOME": str(tmp_path / "home"), "CONCORD_DATABASE_URL": database_url})
    )
    folder = tmp_path / "data"
    folder.mkdir()
    yield Ground(services, folder)
    services.close()

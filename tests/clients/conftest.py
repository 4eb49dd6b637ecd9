"""What every foreign client needs: the installed packages, a home of its own, and a server to talk to."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.node_packages import NodePackages, installed_packages
from tests.clients.programs import secluded_environment
from tests.clients.servers import Server, concord_over_http, concord_over_stdio


@pytest.fixture(scope="session")
def packages() -> NodePackages:
    """The pinned foreign clients, installed."""
    return installed_packages()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The only folder that the client under test may call its own."""
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture
def environment(home: Path, packages: NodePackages) -> dict[str, str]:
    """What a Node program sees of this machine."""
    return secluded_environment(home, packages.node)


@pytest.fixture(params=["stdio", "http"])
def concord(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    """An empty Concord, over each transport."""
    data = tmp_path / "concord"
    data.mkdir()
    if request.param == "stdio":
        yield concord_over_stdio(data)
    else:
        with concord_over_http(data) as server:
            yield server

"""Programs that really run are found by a scan: by their place and name, never by what they were called with."""

import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from server.app import build_services
from server.config import read_config
from server.model.candidate import Candidate
from server.services import Services
from tests.planted_secrets import SECRETS

NOW = datetime(2026, 4, 5, 14, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
WAITS = 'import sys\nprint("up", flush=True)\nsys.stdin.read()\n'
pytestmark = pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="only Linux tells of its processes so")

Start = Callable[[Sequence[str], Path], subprocess.Popen[str]]


@pytest.fixture
def services(tmp_path: Path, database_url: str) -> Iterator[Services]:
    """The areas on an empty database."""
    built = build_services(read_config({"CONCORD_HOME": str(tmp_path / "home"), "CONCORD_DATABASE_URL": database_url}))
    yield built
    built.close()


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts a program and returns once it runs; it ends with the test."""
    begun: list[subprocess.Popen[str]] = []

    def begin(command: Sequence[str], folder: Path) -> subprocess.Popen[str]:
        program = subprocess.Popen(command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        begun.append(program)
        assert program.stdout is not None
        assert program.stdout.readline() == "up\n"
        return program

    yield begin
    for program in begun:
        program.communicate()


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A folder with a program that waits, and one beside it that is not scanned."""
    root = (tmp_path / "tree").resolve()
    for folder in (root / "poller", root / "node_modules", tmp_path / "elsewhere"):
        folder.mkdir(parents=True)
        (folder / "poll.py").write_text(WAITS)
    return root


def running(services: Services) -> list[Candidate]:
    """The candidates that are known because they run."""
    return [one for one in services.discovery.unregistered() if one.kind == "process"]


@pytest.mark.parametrize("called", [["poll.py"], ["{tree}/poller/poll.py"], ["-u", "-m", "poll"]])
def test_reg_04_a_program_that_runs_below_the_folders_is_found_without_its_arguments(
    services: Services, tree: Path, start: Start, called: list[str]
) -> None:
    command = [sys.executable, *(word.replace("{tree}", str(tree)) for word in called)]
    start([*command, f"--token={SECRETS['github']}", "--customer", "jane-doe"], tree / "poller")
    scan = services.discovery.scan([str(tree)], NOW)
    (found,) = running(services)
    assert (found.name, found.location) == ("poll", f"{tree}/poller/poll.py")
    assert "running processes" in scan.document["scanned"]
    shown = services.exchange.document("discovery_scan.json", now=NOW)
    assert SECRETS["github"] not in shown
    assert "jane-doe" not in shown


def test_reg_04_what_runs_elsewhere_or_out_of_an_installed_package_is_not_found(
    services: Services, tree: Path, start: Start
) -> None:
    start([sys.executable, "poll.py"], tree.parent / "elsewhere")
    start([sys.executable, str(tree / "node_modules" / "poll.py")], tree.parent)
    start([sys.executable, "-c", WAITS, "poller/poll.py"], tree)
    services.discovery.scan([str(tree)], NOW)
    assert running(services) == []


def test_reg_04_what_is_started_from_a_scanned_folder_is_found_wherever_it_lies(
    services: Services, tree: Path, start: Start
) -> None:
    start([sys.executable, str(tree.parent / "elsewhere" / "poll.py")], tree)
    services.discovery.scan([str(tree)], NOW)
    assert [one.location for one in running(services)] == [f"{tree.parent}/elsewhere/poll.py"]


def test_reg_04_a_program_that_ended_is_gone_but_not_by_a_scan_that_did_not_look(
    services: Services, tree: Path, start: Start
) -> None:
    program = start([sys.executable, "poll.py"], tree / "poller")
    services.discovery.scan([str(tree)], NOW)
    program.communicate()
    services.discovery.scan([str(tree)], LATER, processes=False)
    assert len(running(services)) == 1
    services.discovery.scan([str(tree)], LATER)
    assert running(services) == []


def test_reg_04_a_scheduled_program_that_runs_is_one_candidate(services: Services, tree: Path, start: Start) -> None:
    (tree / "crontab").write_text(f"0 5 * * * python3 {tree}/poller/poll.py --all\n")
    services.discovery.scan([str(tree)], NOW)
    (before,) = services.discovery.unregistered()
    start([sys.executable, "poll.py", "--all"], tree / "poller")
    services.discovery.scan([str(tree)], LATER)
    (after,) = services.discovery.unregistered()
    assert (after.candidate_id, after.kind) == (before.candidate_id, "cron")
    assert any("runs" in one.what for one in after.evidence)

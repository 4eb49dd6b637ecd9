"""What a start of the server does not pay for: heavy packages are imported by the first call that needs them."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.source_tree import ROOT

HEAVY = ("sqlmodel", "sqlalchemy", "alembic", "psycopg", "jsonschema", "yaml", "rich", "numpy")


def loaded_after(statement: str) -> set[str]:
    """The top-level modules in a fresh interpreter after a statement."""
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); {statement}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    return set(done.stdout.split())


@pytest.mark.parametrize("statement", ["import server.app", "import server.services", "import server.cli"])
def test_an_import_of_the_server_brings_nothing_heavy(statement: str) -> None:
    assert loaded_after(statement) & set(HEAVY) == set()


def test_numpy_waits_for_the_job_that_looks_for_patterns(tmp_path: Path) -> None:
    settings = {"CONCORD_HOME": str(tmp_path), "CONCORD_DATABASE_URL": f"sqlite:///{tmp_path}/concord.db"}
    services = (
        f"import server.app, server.config; services = server.app.build_services(server.config.read_config({settings}))"
    )
    looked = "services.patterns.find(); services.patterns.document(__import__('datetime').datetime.now().astimezone())"
    needless = "services.jobs.run('patterns', now=__import__('datetime').datetime.now().astimezone())"
    assert "numpy" not in loaded_after(f"{services}; {looked}; {needless}; services.close()")


def test_asking_for_help_brings_neither_pydantic_nor_the_sdk() -> None:
    assert loaded_after("import server.cli.main, server.cli.commands") & {*HEAVY, "pydantic", "mcp"} == set()

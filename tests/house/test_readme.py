"""What the README shows works as shown."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.source_tree import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def blocks(language: str) -> list[str]:
    """The code blocks in a language, in order."""
    return [text for name, text in BLOCKS if name == language]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A user's shell after the installation: `concord` is on the path, the registry is empty."""
    scripts = str(Path(sys.executable).parent)
    return {
        **os.environ,
        "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}",
        "CONCORD_HOME": str(tmp_path / "home"),
        "HOME": str(tmp_path),
    }


def test_the_first_two_commands_are_the_demo_and_the_tests() -> None:
    assert BLOCKS[0] == ("sh", "make demo\n")
    assert BLOCKS[1] == ("sh", "make test\n")


def test_every_make_target_that_is_named_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = set(re.findall(r"\bmake ([a-z][a-z-]+)\b", "\n".join(blocks("sh")))) | {"bench", "lint", "docs", "lock"}
    assert [target for target in named if not re.search(rf"^{target}:", makefile, re.MULTILINE)] == []


def test_the_settings_for_a_desktop_client_are_json() -> None:
    [settings] = re.findall(r"`(\{\"mcpServers\".*?\})`", README)
    assert json.loads(settings) == {"mcpServers": {"concord": {"command": "concord", "args": ["serve"]}}}


def test_the_program_runs_and_says_what_it_promises(tmp_path: Path, environment: dict[str, str]) -> None:
    [program] = blocks("python")
    file = tmp_path / "program.py"
    file.write_text(program, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, file], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    verdict, conflict = done.stdout.splitlines()
    assert verdict == "CONFLICT_DETECTED"
    assert conflict.startswith("sys_dashboard can't read ")

"""The wheel: nothing of ours lies bare in site-packages, and no folder of the user's can stand in our way."""

import os
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.house.source_tree import ROOT

OURS = ("server", "tools", "resources", "prompts")


def run(command: Sequence[object], cwd: Path, **environment: str) -> str:
    """What the command prints; it must succeed."""
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's wheel, built from this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    run([sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT], folder)
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `concord` script of a fresh environment that holds the wheel, and borrows its dependencies from this one."""
    home = tmp_path_factory.mktemp("installed") / "venv"
    run([sys.executable, "-m", "venv", "--without-pip", home], home.parent)
    [packages] = home.glob("lib/python*/site-packages")
    # A folder that a .pth file names is searched, but its own .pth files are not read: the editable checkout stays out.
    (packages / "borrowed.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    pip = [sys.executable, "-m", "pip", "--python", home / "bin" / "python", "--disable-pip-version-check"]
    run([*pip, "install", "--quiet", "--no-deps", "--no-index", "--force-reinstall", wheel], home.parent)
    return home / "bin" / "concord"


@pytest.fixture
def crowded(tmp_path: Path) -> Path:
    """A user's project whose own packages have the names of ours, and break when they are imported."""
    for name in OURS:
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text(
            "raise SystemExit('the wrong package was imported')\n", encoding="utf-8"
        )
    return tmp_path


def test_the_wheel_holds_the_application_in_one_package(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.partition("/")[0] for name in names if ".dist-info/" not in name} == {"concord_mcp"}
    assert {name.split("/")[1] for name in names if name.count("/") > 1 and ".dist-info/" not in name} == set(OURS)


def test_the_wheel_holds_every_file_of_the_checkout(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    tracked = [
        file.relative_to(ROOT).as_posix()
        for folder in OURS
        for pattern in ("*.py", "*.md", "*.mako")
        for file in (ROOT / folder).rglob(pattern)
    ]
    assert [place for place in tracked if f"concord_mcp/{place}" not in names] == []
    assert any(name.endswith(".md") for name in names), "the prompts' texts"
    assert any("/migrations/" in name for name in names)


def test_the_wheel_has_no_surprising_contents(wheel: Path) -> None:
    run([sys.executable, "-m", "check_wheel_contents", wheel], wheel.parent)


def test_the_installed_script_runs_beside_packages_of_the_same_names(installed: Path, crowded: Path) -> None:
    assert run([installed, "--version"], crowded, PYTHONPATH=".").startswith("concord ")
    (crowded / "schema.json").write_text('{"type": "string"}', encoding="utf-8")
    answer = run([installed, "diff", "schema.json", "schema.json", "--json"], crowded, PYTHONPATH=".")
    assert '"verdict":"SAFE"' in answer
    answer = run([installed, "status", "--json"], crowded, PYTHONPATH=".", CONCORD_HOME=str(crowded))
    assert '"systems"' in answer


def test_the_module_runs_as_the_script_does(installed: Path, crowded: Path) -> None:
    python = installed.with_name("python")
    assert run([python, "-m", "concord_mcp", "--version"], crowded, PYTHONPATH=".") == run(
        [installed, "--version"], crowded
    )


def test_the_installed_package_is_the_wheels_and_not_this_checkout(installed: Path, crowded: Path) -> None:
    where = run([installed.with_name("python"), "-c", "import concord_mcp; print(concord_mcp.__file__)"], crowded)
    assert Path(where.strip()).is_relative_to(installed.parents[1])

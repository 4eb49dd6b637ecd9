"""The lock files pin everything that pyproject.toml asks for, with hashes, and name no place to get it from."""

import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.source_tree import FOLDERS, ROOT, sources

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
UNLOCKED = ("semantic",)
"""Extras that no lock pins: what they bring along is gigabytes that nothing here uses."""
LOCKS = ("requirements.lock", "requirements-dev.lock")


def pins(lock: str) -> dict[str, str]:
    """The exact version of every package in a lock file, by its canonical name."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    return {
        canonicalize_name(name): version
        for name, version in re.findall(r"^([\w.-]+)(?:\[.*?\])?==([^\s;\\]+)", text, re.M)
    }


def asked_for(lock: str) -> Iterator[Requirement]:
    """What pyproject.toml wants to be in a lock file."""
    groups = [
        PROJECT["project"]["dependencies"],
        PROJECT["dependency-groups"]["build"],
        PROJECT["build-system"]["requires"],
    ]
    if lock == "requirements-dev.lock":
        groups += [
            wanted for extra, wanted in PROJECT["project"]["optional-dependencies"].items() if extra not in UNLOCKED
        ]
    return (Requirement(text) for group in groups for text in group)


def test_every_package_that_is_imported_is_asked_for() -> None:
    """What comes along with another package may go with its next version."""
    providers = packages_distributions()
    offered = [
        Requirement(text)
        for extra, wanted in PROJECT["project"]["optional-dependencies"].items()
        for text in wanted
        if extra not in ("test", "dev")
    ]
    shipped = {canonicalize_name(wanted.name) for wanted in (*asked_for("requirements.lock"), *offered)}
    anywhere = shipped | {canonicalize_name(wanted.name) for wanted in asked_for("requirements-dev.lock")}
    missing = {
        f"{source.place}: {module}"
        for source in sources()
        for module in {name.partition(".")[0] for name in source.imports()} - sys.stdlib_module_names - set(FOLDERS)
        if not {canonicalize_name(one) for one in providers.get(module, [module])}
        & (shipped if source.shipped else anywhere)
    }
    assert missing == set()


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_pins_what_the_project_asks_for(lock: str) -> None:
    pinned = pins(lock)
    wrong = [
        str(wanted)
        for wanted in asked_for(lock)
        if (version := pinned.get(canonicalize_name(wanted.name))) is None or version not in wanted.specifier
    ]
    assert wrong == [], "run `make lock`"


def test_every_extra_is_locked_but_those_that_are_named() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = re.search(r"^LOCKED = (.*)$", makefile, re.M)
    assert named is not None
    assert {*named.group(1).split(), *UNLOCKED} == {*PROJECT["project"]["optional-dependencies"]}


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_carries_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "://" not in text
    blocks = [block for block in re.split(r"^(?=\S)", text, flags=re.M) if block]
    assert len(blocks) >= len(pins(lock)) > 0
    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_both_locks_agree() -> None:
    everything = pins("requirements-dev.lock")
    assert {
        name: version for name, version in pins("requirements.lock").items() if everything.get(name) != version
    } == {}

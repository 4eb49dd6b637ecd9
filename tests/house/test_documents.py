"""The pages that are read off the product are what the product is today."""

import re

import pytest

from docs.generate import SETTINGS, pages, snapshots
from tests.house.source_tree import ROOT, sources

GENERATED = pages()
DEFINITIONS = snapshots()


@pytest.mark.parametrize("place", GENERATED)
def test_a_generated_page_is_up_to_date(place: str) -> None:
    assert (ROOT / place).read_text(encoding="utf-8") == GENERATED[place], "run `make docs`"


@pytest.mark.parametrize("place", DEFINITIONS)
def test_a_tool_is_defined_as_its_snapshot_says(place: str) -> None:
    assert (ROOT / place).read_text(encoding="utf-8") == DEFINITIONS[place], (
        "run `make snapshots`, and have the diff reviewed"
    )


def test_there_is_no_snapshot_of_a_tool_that_is_gone() -> None:
    folder = ROOT / "tests" / "surface" / "snapshots"
    assert {file.relative_to(ROOT).as_posix() for file in folder.iterdir()} == set(DEFINITIONS)


def test_every_setting_is_documented() -> None:
    read = {name for source in sources() if source.shipped for name in re.findall(r"\bCONCORD_[A-Z_]+\b", source.text)}
    assert read - {"CONCORD_TEST_DATA"} == set(SETTINGS)


def test_every_dependency_is_argued_for() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    names = set(re.findall(r'^\s*"([A-Za-z][\w-]*(?:\[\w+\])?)[><=]=', text, re.M)) | {"psycopg[binary]"}
    argued = set(re.findall(r"`([^`]+)`", (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")))
    assert names - argued == set()


def test_links_between_pages_lead_somewhere() -> None:
    broken = []
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            if not (page.parent / target).exists():
                broken.append(f"{page.relative_to(ROOT)}: {target}")
    assert broken == []


def test_no_page_names_a_package_registry_or_a_place_on_somebodys_machine() -> None:
    registries = ("py" + "pi.org", "registry.npm" + "js.org", "python" + "hosted.org")
    pages_and_code = [
        ROOT / "README.md",
        ROOT / "CHANGELOG.md",
        ROOT / "Makefile",
        ROOT / "pyproject.toml",
        *(ROOT / "docs").rglob("*.md"),
    ]
    found = [
        f"{file.relative_to(ROOT)}: {word}"
        for file in pages_and_code
        for word in (*registries, "/" + "work/", "/" + "tmp/", "/" + "root/")
        if word in file.read_text(encoding="utf-8")
    ]
    assert found == []

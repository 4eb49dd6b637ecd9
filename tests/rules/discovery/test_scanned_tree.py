"""A tree with every kind of marker planted in it: what has to be found is found, and no secret with it."""

import json
from pathlib import Path

import pytest

from server.registry.discovery.scanning import Seen
from tests.planted_programs import Planted
from tests.planted_secrets import SECRETS
from tests.planted_tree import plant, resource
from tests.rules.discovery.reading import seen_in


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Planted], Seen]:
    """The tree, what stands in it, and what a scan sees."""
    tree = tmp_path_factory.mktemp("tree").resolve()
    return tree, plant(tree), seen_in(tree)


def test_reg_04_every_planted_marker_is_found_with_its_schedule_and_accesses(
    planted: tuple[Path, list[Planted], Seen],
) -> None:
    tree, wanted, seen = planted
    missed = []
    for one in wanted:
        found = [
            candidate
            for candidate in seen.candidates.values()
            if candidate.name == one.name
            and any(evidence.file == f"{tree}/{one.place}" for evidence in candidate.evidence)
            and (not one.schedule or candidate.schedule == one.schedule)
            and {resource(tree, name) for name in one.reads} <= set(candidate.reads)
            and {resource(tree, name) for name in one.writes} <= set(candidate.writes)
        ]
        if len(found) != 1:
            missed.append(one)
    assert missed == []
    assert len(wanted) >= 28


def test_reg_04_no_secret_is_in_what_a_scan_shows(planted: tuple[Path, list[Planted], Seen]) -> None:
    tree, _, seen = planted
    text = json.dumps([one.model_dump(mode="json") for one in seen.candidates.values()], ensure_ascii=False)
    text += " ".join(seen.notes)
    below = "".join(file.read_text(errors="replace") for file in tree.rglob("*") if file.is_file())
    for kind, secret in SECRETS.items():
        assert secret in below or json.dumps(secret)[1:-1] in below, f"{kind} was not planted"
        assert secret not in text, kind
    assert len(SECRETS) >= 20


def test_reg_04_a_scan_passes_over_what_is_not_the_owners_and_what_cannot_be_read(
    planted: tuple[Path, list[Planted], Seen],
) -> None:
    tree, _, seen = planted
    places = {evidence.file for one in seen.candidates.values() for evidence in one.evidence}
    for passed_over in ("node_modules", "/.git/", "/loop/", "broken.py", "blob.py", "chart"):
        assert not [place for place in places if passed_over in place.replace(str(tree), "")]


def test_reg_04_each_candidate_says_why_and_from_which_line(planted: tuple[Path, list[Planted], Seen]) -> None:
    _, _, seen = planted
    for one in seen.candidates.values():
        assert one.why
        assert 0 < one.confidence < 1
        assert one.evidence
        assert all(evidence.what for evidence in one.evidence)
        told = {
            evidence.what.split(" ")[1] for evidence in one.evidence if evidence.what.startswith(("reads ", "writes "))
        }
        assert {*one.reads, *one.writes} <= {
            *told,
            *(e.what.split(" ")[2] for e in one.evidence if "may write" in e.what),
        }


def test_reg_04_a_draft_leaves_the_tier_and_the_consumers_to_a_person(
    planted: tuple[Path, list[Planted], Seen],
) -> None:
    tree, _, seen = planted
    (nightly,) = [one for one in seen.candidates.values() if one.name == "nightly"]
    draft = nightly.suggested_registration
    assert draft["tier"] == ""
    assert draft["root"] == f"{tree}/opt/totals"
    assert draft["timing"] == {"schedule": "15 2 * * 1-5", "timezone": "Europe/Berlin"}
    assert draft["contracts"] == []
    assert all(access["basis"] == "inferred" and access["evidence"] for access in draft["reads_from"])
    assert all(access["consumers"] == ["consumers_unknown"] for access in draft["writes_to"])
    ids = [one.suggested_registration["id"] for one in seen.candidates.values()]
    assert len(ids) == len(set(ids))
    assert draft["description"] == "Adds up yesterday's orders."

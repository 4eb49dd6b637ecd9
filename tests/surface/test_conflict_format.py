"""The format facet through the surface: every row of its table, and what lies just beside it."""

from typing import Any

import pytest

from tests.surface.world import Concord

pytestmark = pytest.mark.anyio

FILE = "~/outputs/signals.json"
SHORT = {"required_fields": ["ticker"], "format": "JSON array"}


async def world(
    concord: Concord,
    *,
    resource: str = FILE,
    written: dict[str, Any] | None = None,
    reads: Any = None,
    schema: Any = None,
    **contract: Any,
) -> None:
    """sys_w writes the file, and sys_r reads it by CTR-2; `contract` are further members of that."""
    terms = SHORT if schema is None else schema
    await concord.register(
        "sys_w",
        writes_to=[{"resource": resource, "consumers": ["sys_r"], **(written or {})}],
        contracts=[{"contract_id": "CTR-1", "type": "PRODUCER", "resource": resource, "schema": terms}],
    )
    read = {"resource": resource} if reads is None else reads
    own = {"contract_id": "CTR-2", "type": "CONSUMER", "counterparty": "sys_w", "resource": resource, **contract}
    own["resource"] = read if isinstance(read, str) else read["resource"]
    await concord.register("sys_r", reads_from=[read], contracts=[own])


async def outcome(concord: Concord, resource: str = FILE, **change: Any) -> tuple[str, list[str], dict[str, Any]]:
    """(verdict, rules, the check) of a change of format."""
    check = await concord.check(changes=[{"resource": resource, "format": change}])
    return check["verdict"], [conflict["rule"] for conflict in check["conflicts"]], check


async def test_a_format_that_the_reader_does_not_accept_is_a_conflict_with_what_it_accepts(
    concord: Concord,
) -> None:
    await world(concord, accepts=["application/json", "csv; utf-8"])
    verdict, rules, check = await outcome(concord, container="parquet", media_type="application/vnd.apache.parquet")
    assert (verdict, rules) == ("CONFLICT_DETECTED", ["format.not-accepted"])
    (conflict,) = check["conflicts"]
    assert (conflict["type"], conflict["severity"]) == ("resource_format", "HIGH")
    assert (conflict["affected_system"], conflict["affected_contract"]) == ("sys_r", "CTR-2")
    assert conflict["evidence"] == {
        "accepts": ["application/json", "csv; utf-8"],
        "before": "json array; utf-8",
        "after": "parquet",
    }
    assert conflict["proposed_resolution"]["strategy"] == "VERSIONED_OUTPUT"


async def test_a_reader_that_never_said_what_it_can_read_is_held_to_the_present_format(
    concord: Concord,
) -> None:
    await world(concord)
    verdict, rules, check = await outcome(concord, container="CSV")
    assert (verdict, rules) == ("CONFLICT_DETECTED", ["format.undeclared"])
    assert check["conflicts"][0]["evidence"] == {"accepts": [], "before": "json array; utf-8", "after": "csv"}
    steps = check["conflicts"][0]["proposed_resolution"]["plan"]
    assert "~/outputs/signals_v2.csv in the new form" in steps[0]["description"]


@pytest.mark.parametrize(
    ("written", "resource", "before"),
    [
        ({"format": "JSON files, one per ticker"}, "/signals", "json; utf-8; one ticker"),
        ({}, "/signals.yaml.gz", "yaml; gzip"),
        ({}, "sqlite:///data.db#signals", "sqlite"),
    ],
    ids=["as-the-writer-says", "as-the-name-ends", "a-table"],
)
async def test_the_present_format_is_known_from_words_and_from_names(
    concord: Concord, written: Any, resource: str, before: str
) -> None:
    await world(concord, written=written, resource=resource, schema={"type": "object"})
    _, rules, check = await outcome(concord, resource, container="parquet")
    assert rules == ["format.undeclared"]
    assert check["conflicts"][0]["evidence"]["before"] == before


async def test_another_format_that_is_accepted_is_told_and_holds_nothing_up(concord: Concord) -> None:
    await world(concord, accepts=["JSON array", "JSON Lines"])
    verdict, rules, check = await outcome(concord, media_type="application/x-ndjson")
    assert (verdict, rules, check["blocks"]) == ("CLEAR", ["format.touched"], False)
    assert check["conflicts"][0]["severity"] == "LOW"


@pytest.mark.parametrize("required", [True, False])
async def test_a_new_name_that_the_reader_does_not_look_for_is_as_if_the_file_were_gone(
    concord: Concord, required: bool
) -> None:
    await world(concord, reads={"resource": FILE, "required": required})
    verdict, rules, check = await outcome(concord, naming="signals-{date}.json")
    (conflict,) = check["conflicts"]
    assert verdict == "CONFLICT_DETECTED"
    if required:
        assert (rules, conflict["severity"]) == (["format.name-changed"], "CRITICAL")
    else:
        assert (rules, conflict["severity"]) == (["format.name-changed-optional"], "HIGH")
    assert conflict["evidence"] == {"reads": [FILE], "before": FILE, "after": "signals-{date}.json"}


@pytest.mark.parametrize("reads", ["~/outputs/", "~/outputs/*.json", "~/outputs/signals*.json", "~/**/*.json"])
async def test_a_reader_of_a_folder_or_pattern_that_takes_in_the_new_name_still_finds_it(
    concord: Concord, reads: str
) -> None:
    await world(concord, reads=reads)
    verdict, rules, check = await outcome(concord, naming="signals-YYYY-MM-DD.json")
    assert (verdict, rules) == ("CLEAR", [])
    assert "still finds" in check["non_breaking_notes"]


@pytest.mark.parametrize(
    ("naming", "reads"), [("one file for each day", FILE), ("signals-*.json", "~/outputs/signals-2026*.json")]
)
async def test_con_10_a_new_name_that_is_only_described_or_may_be_missed_is_never_clear(
    concord: Concord, naming: str, reads: str
) -> None:
    await world(concord, reads=reads, written={"consumers": ["sys_r"]})
    await concord.register("sys_r", reads_from=[reads, "~/outputs/signals.json"] if reads == FILE else [reads])
    verdict, rules, check = await outcome(concord, naming=naming)
    assert (verdict, rules) == ("REVIEW_REQUIRED", [])
    assert check["undecided"][0]["facet"] == "format"


@pytest.mark.parametrize(
    ("accepts", "change"),
    [
        (["json"], {"container": "JSON", "encoding": "UTF8"}),
        (["csv; utf-8"], {"container": "csv", "encoding": "us-ascii"}),
        (["*/*"], {"container": "parquet"}),
        (["json"], {"media_type": "application/problem+json"}),
        ([], {"media_type": "application/json"}),
        ([], {"encoding": "ascii"}),
        ([], {"container": "JSON array"}),
        ([], {"naming": "signals.json"}),
    ],
)
async def test_what_the_reader_can_read_is_no_conflict_however_it_is_spelt(
    concord: Concord, accepts: list[str], change: dict[str, str]
) -> None:
    await world(concord, accepts=accepts)
    verdict, rules, _ = await outcome(concord, **change)
    assert (verdict, set(rules) - {"format.touched"}) == ("CLEAR", set())


@pytest.mark.parametrize(
    ("accepts", "change", "rule"),
    [
        (["json; ascii"], {"encoding": "utf-8"}, "format.not-accepted"),
        (["json; utf-8"], {"encoding": "latin-1"}, "format.not-accepted"),
        (["json"], {"encoding": "utf-16"}, "format.undeclared"),
        ([], {"encoding": "windows-1252"}, "format.undeclared"),
        (["json"], {"encoding": "gzip"}, "format.not-accepted"),
        (["JSON array"], {"container": "JSON object"}, "format.not-accepted"),
        (["text/*"], {"container": "parquet"}, "format.not-accepted"),
        ([], {"naming": "~/outputs/signals.csv"}, "format.undeclared"),
    ],
)
async def test_a_narrower_encoding_a_packed_file_or_another_shape_is_not_accepted(
    concord: Concord, accepts: list[str], change: dict[str, str], rule: str
) -> None:
    await world(concord, accepts=accepts, reads=FILE if "naming" not in change else "~/outputs/")
    verdict, rules, _ = await outcome(concord, **change)
    assert (verdict, rules) == ("CONFLICT_DETECTED", [rule])


@pytest.mark.parametrize(
    ("accepts", "change"),
    [
        (["our own layout"], {"container": "parquet"}),
        (["csv with header"], {"container": "csv"}),
        (["csv"], {"container": "csv with semicolons"}),
        (["json"], {"container": "lance"}),
        (["json"], {"media_type": "text/csv", "container": "json"}),
        (["yaml"], {"media_type": "application/json"}),
        (["application/geo+json"], {"container": "json"}),
        ([], {}),
    ],
)
async def test_con_10_a_format_that_can_not_be_told_apart_is_left_to_a_person(
    concord: Concord, accepts: list[str], change: dict[str, str]
) -> None:
    await world(concord, accepts=accepts)
    verdict, rules, check = await outcome(concord, **change)
    assert (verdict, rules) == ("REVIEW_REQUIRED", [])
    assert check["undecided"][0]["affected_system"] == "sys_r"


async def test_con_10_where_the_present_format_is_not_known_nothing_is_clear(concord: Concord) -> None:
    await world(concord, resource="/feed", schema={"type": "object"})
    verdict, rules, check = await outcome(concord, "/feed", container="json")
    assert (verdict, rules) == ("REVIEW_REQUIRED", [])
    assert "present format" in check["undecided"][0]["reason"]


async def test_con_10_readers_that_nobody_knows_keep_a_new_format_from_being_clear(concord: Concord) -> None:
    await world(concord, written={"consumers": ["sys_r", "consumers_unknown"]}, accepts=["json", "csv"])
    verdict, _, check = await outcome(concord, container="csv")
    assert verdict == "REVIEW_REQUIRED"
    assert "not known" in check["undecided"][0]["reason"]


async def test_a_member_that_a_format_does_not_have_is_refused(concord: Concord) -> None:
    await world(concord)
    error = await concord.refused("check_change", changes=[{"resource": FILE, "format": {"delimiter": ";"}}])
    assert error["path"] == "/changes/0/format/delimiter"


async def test_con_06_a_format_that_nobody_reads_affects_no_contract(concord: Concord) -> None:
    await concord.register("sys_w", writes_to=[{"resource": FILE, "consumers": []}])
    verdict, rules, _ = await outcome(concord, container="csv")
    assert (verdict, rules) == ("CLEAR", [])

"""Readers' entries held against the real data beside their writer's, and sources in which there is nothing to look at."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from server.registry.validation.files import read_path
from tests.services.validation.ground import NOW, SIGNAL, SIGNALS, Ground


def rely(ground: Ground, name: str, system: str = "sys_reader", contract_id: str = "CTR-READ", **said: Any) -> None:
    """A system says what it accepts and reads of the file."""
    file = str(ground.folder / name)
    entry = {"contract_id": contract_id, "type": "CONSUMER", "counterparty": "sys_writer", "resource": file, **said}
    ground.services.registry.register(
        {"id": system, "tier": "PRODUCTION", "reads_from": [file], "contracts": [entry]}, caller="", now=NOW
    )


NEEDS_VOLUME = [
    {"reader_schema": {"type": "array", "items": {"type": "object", "required": ["volume"]}}},
    {"schema": SIGNALS, "reads": ["/*/ticker", "/*/volume"]},
    {"reads": ["/*/volume"]},
    {"schema": {"type": "array", "items": {**SIGNAL, "required": ["volume"]}}},
    {"schema": {"required_fields": ["volume"], "format": "JSON array"}},
]


@pytest.mark.parametrize("said", NEEDS_VOLUME)
def test_reg_03_a_readers_entry_is_held_against_the_file_however_it_says_what_it_reads(
    ground: Ground, said: dict[str, Any]
) -> None:
    file = ground.write("signals.json", [{"ticker": "A", "score": 3}])
    ground.promise("signals.json", SIGNALS)
    rely(ground, "signals.json", **said)
    summary = ground.services.validation.validate(NOW)
    assert (summary["looked_at"], summary["ok"], summary["failed"]) == (2, 1, 1)
    (line,) = ground.services.validation.history("CTR-READ")[0].violations
    assert (line.path, line.keyword) == ("/*/volume", "required")
    (finding,) = ground.findings("contract_violation")
    assert (finding.system_id, finding.subject) == ("sys_reader", "CTR-READ")
    assert finding.message.startswith(
        f"{file} does not keep CTR-READ of sys_reader as a consumer of what sys_writer writes: "
    )
    ground.write("signals.json", [{"ticker": "A", "score": 3, "volume": 1}])
    ground.services.validation.validate(NOW)
    assert ground.findings("contract_violation") == []
    assert set(ground.services.validation.last_validated()) == {("sys_writer", "CTR-1"), ("sys_reader", "CTR-READ")}


def test_reg_03_what_a_reader_accepts_is_not_held_against_members_that_it_does_not_read(ground: Ground) -> None:
    ground.write("signals.json", [{"ticker": "A", "score": 300}])
    ground.promise("signals.json", SIGNALS)
    rely(ground, "signals.json", schema=SIGNALS, reads=["/*/ticker"])
    ground.services.validation.validate(NOW)
    assert ground.services.validation.history("CTR-1")[0].matches.verdict == "FAILED"
    assert ground.services.validation.history("CTR-READ")[0].matches.verdict == "OK"


@pytest.mark.parametrize("asked", [{}, {"contract_id": "CTR-READ"}, {"system_id": "sys_reader"}])
def test_reg_03_where_both_sides_say_the_same_their_violation_is_one_finding_of_the_writer(
    ground: Ground, asked: dict[str, str]
) -> None:
    ground.write("signals.json", [{"ticker": 1, "score": 3}])
    ground.promise("signals.json", SIGNALS)
    rely(ground, "signals.json", schema=SIGNALS)
    ground.services.validation.validate(NOW)
    ground.services.validation.validate(NOW, **asked)  # type: ignore[arg-type]  # names of its keywords
    assert [look.outcome for look in ground.services.validation.history("CTR-READ")] == ["FAILED", "FAILED"]
    assert [(one.system_id, one.subject) for one in ground.findings("contract_violation")] == [("sys_writer", "CTR-1")]


def test_reg_03_a_missing_file_is_one_finding_and_the_writers_alone(ground: Ground) -> None:
    ground.promise("signals.json", SIGNALS)
    rely(ground, "signals.json", reads=["/*/ticker"])
    ground.services.validation.validate(NOW)
    assert [one.system_id for one in ground.findings("contract_violation")] == ["sys_writer"]


def test_reg_03_data_that_is_too_old_for_its_reader_alone_is_a_finding_of_the_reader(ground: Ground) -> None:
    ground.write("signals.json", [{"ticker": "A", "score": 3}], age=600)
    ground.promise("signals.json", SIGNALS, freshness_seconds=3_600)
    rely(ground, "signals.json", reads=["/*/ticker"], max_age_seconds=60)
    ground.services.validation.validate(NOW)
    (finding,) = ground.findings("contract_violation")
    assert (finding.system_id, finding.details["fresh"]["verdict"]) == ("sys_reader", "FAILED")


def test_reg_03_a_reader_who_asks_for_no_age_goes_by_what_the_writer_promises(ground: Ground) -> None:
    ground.write("signals.json", [{"ticker": "A", "score": 3}], age=600)
    ground.promise("signals.json", SIGNALS, freshness_seconds=60)
    rely(ground, "signals.json", reads=["/*/ticker"])
    ground.services.validation.validate(NOW)
    fresh = ground.services.validation.history("CTR-READ")[0].fresh
    assert (fresh.verdict, fresh.reason.endswith("is what its producer promises")) == ("FAILED", True)


def test_reg_03_a_resource_is_read_once_for_all_who_agreed_something_about_it(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    def counted(path: str, stated_form: str, reading: Any) -> None:
        read.append(path)
        read_path(path, stated_form, reading)

    monkeypatch.setattr("server.registry.validation.files.read_path", counted)
    file = ground.write("signals.csv", "ticker,score\nA,3\n")
    ground.promise("signals.csv", SIGNALS)
    texts = {"type": "object", "properties": {"score": {"type": "string"}}, "required": ["score"]}
    rely(ground, "signals.csv", "sys_texts", "CTR-TEXTS", reader_schema=texts)
    rely(ground, "signals.csv", "sys_same", "CTR-SAME", schema=SIGNALS)
    summary = ground.services.validation.validate(NOW)
    assert (summary["looked_at"], summary["failed"]) == (3, 0), summary
    assert read == [str(file)]
    seen = [ground.services.validation.history(one)[0] for one in ("CTR-1", "CTR-TEXTS", "CTR-SAME")]
    assert [(one.matches.verdict, one.records, one.files) for one in seen] == [("OK", 1, 1)] * 3


def test_reg_03_only_what_is_asked_for_is_recorded(ground: Ground) -> None:
    ground.write("signals.json", [{"ticker": "A", "score": 3}])
    ground.promise("signals.json", SIGNALS)
    rely(ground, "signals.json", reads=["/*/ticker"])
    summary = ground.services.validation.validate(NOW, contract_id="CTR-READ")
    assert (summary["looked_at"], list(summary["by_system"])) == (1, ["sys_reader"])
    assert ground.services.validation.history("CTR-1") == []


def columns(file: Path, table: str) -> str:
    """A SQLite file with an empty table of these columns."""
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(f"CREATE TABLE signals ({table})")
    return f"sqlite://{file}#signals"


def test_reg_03_an_empty_table_without_a_required_column_fails_and_so_does_one_of_another_type(ground: Ground) -> None:
    ground.promise(columns(ground.folder / "a.db", "ticker INTEGER, live BOOLEAN"), SIGNALS)
    look = ground.look()
    assert look.matches.verdict == "FAILED"
    assert {(line.path, line.message) for line in look.violations} == {
        ("/score", "there is no column score"),
        ("/ticker", "the column ticker holds integer where string is asked for"),
    }
    with closing(sqlite3.connect(ground.folder / "a.db")) as connection, connection:
        connection.execute("DROP TABLE signals")
        connection.execute("CREATE TABLE signals (ticker TEXT, score, live INT)")
    look = ground.look()
    assert (look.matches.verdict, look.matches.reason) == ("UNKNOWN", "there is no record to look at")
    assert ground.services.validation.last_validated() == {}


def test_reg_03_an_empty_parquet_file_is_judged_by_its_columns(ground: Ground) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    ground.promise("signals.parquet", SIGNALS)
    for kinds, verdict in (
        ({"ticker": "string"}, "FAILED"),
        ({"ticker": "string", "score": "string"}, "FAILED"),
        ({"ticker": "string", "score": "double"}, "UNKNOWN"),
    ):
        made = pyarrow.table({name: pyarrow.array([], kind) for name, kind in kinds.items()})
        parquet.write_table(made, ground.folder / "signals.parquet")
        assert ground.look().matches.verdict == verdict, kinds


@pytest.mark.parametrize(
    ("name", "content", "schema", "verdict"),
    [
        ("a.csv", "ticker,price\n", SIGNAL, "FAILED"),
        ("a.csv", "ticker,score\n", SIGNAL, "UNKNOWN"),
        ("a.jsonl", "", SIGNAL, "UNKNOWN"),
        ("a.json", "[]", {"required_fields": ["ticker"], "format": "JSON array"}, "UNKNOWN"),
        ("a.json", "[]", {"required_fields": ["ticker"]}, "UNKNOWN"),
        ("a.json", "[]", SIGNALS, "OK"),
        ("a.json", "[]", {**SIGNALS, "minItems": 1}, "FAILED"),
        ("a.json", "[]", {**SIGNALS, "contains": {"type": "object"}}, "FAILED"),
        ("a.json", "{}", {"type": "object"}, "OK"),
    ],
)
def test_reg_03_without_a_record_nothing_is_claimed_unless_the_document_as_a_whole_is_as_asked(
    ground: Ground, name: str, content: str, schema: Any, verdict: str
) -> None:
    ground.write(name, content)
    ground.promise(name, schema)
    look = ground.look()
    assert look.matches.verdict == verdict, look


STALE = [{"ticker": "A", "score": 1, "at": "2026-04-01T00:00:00Z"}]
RECENT = [*STALE, {"ticker": "B", "score": 1, "at": "2026-04-05T13:59:00+00:00"}]


@pytest.mark.parametrize(
    ("place", "records", "verdict"),
    [
        ("at", STALE, "FAILED"),
        ("at", RECENT, "OK"),
        ("/at", STALE, "FAILED"),
        ("/at", RECENT, "OK"),
        ("/*/at", STALE, "FAILED"),
        ("/*/at", RECENT, "OK"),
        ("/*/when/at", [{**STALE[0], "when": {"at": "2026-04-05T13:59:00Z"}}], "OK"),
        ("/elsewhere", RECENT, "UNKNOWN"),
        ("/signals/*/at", {"signals": RECENT}, "OK"),
        ("/signals/*/at", {"signals": STALE}, "FAILED"),
        ("/meta~1data/at", {"meta/data": STALE[0]}, "FAILED"),
    ],
)
@pytest.mark.parametrize("whole", [True, False])
def test_reg_03_the_age_is_what_stands_where_the_contract_says_whether_as_a_member_or_a_pointer(
    ground: Ground, place: str, records: Any, verdict: str, whole: bool
) -> None:
    ground.write("signals.json", records, age=10 if verdict != "OK" else 999_999)
    schema = {"description": "anything", **({"minProperties": 0} if whole else {})}
    if isinstance(records, list):
        schema = {**SIGNALS, **({"uniqueItems": True} if whole else {})}
    ground.promise("signals.json", schema, freshness_seconds=3_600, timestamp_field=place)
    assert ground.look().fresh.verdict == verdict


def test_the_exported_page_shows_since_when_a_contract_counts_as_validated(ground: Ground, tmp_path: Path) -> None:
    ground.write("signals.json", [{"ticker": "A", "score": 3}])
    ground.promise("signals.json", SIGNALS)
    for moment in ("", "2026-04-05T14:00:00Z"):
        out = ground.services.exchange.export_files(str(tmp_path / "out"), formats=["html"], now=NOW)
        page = Path(out.directory, "registry.html").read_text(encoding="utf-8")
        assert f'"last_validated":"{moment}"' in page.replace(": ", ":")
        ground.services.validation.validate(NOW)

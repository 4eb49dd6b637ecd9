"""Contracts held against real files."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from server.conflicts.promised import found_in_text, terms_of
from server.errors import NotFound
from server.model.validation import Verdict
from server.registry.validation.bytes_of import FileBytes, Torn, read_bytes
from server.registry.validation.look import Limits
from server.registry.validation.service import ValidationService
from tests.services.validation.ground import NOW, SIGNAL, SIGNALS, Ground, verdicts


def test_reg_03_a_file_that_is_there_matches_and_is_fresh_is_ok_and_counts_as_validated(ground: Ground) -> None:
    ground.write("signals.json", [{"ticker": "A", "score": 3}])
    ground.promise("signals.json", SIGNALS)
    look = ground.look()
    assert verdicts(look) == ("OK", "OK", "OK"), look
    assert look.outcome is Verdict.OK
    assert (look.records, look.files, look.complete) == (1, 1, True)
    assert ground.services.validation.last_validated() == {("sys_writer", "CTR-1"): "2026-04-05T14:00:00Z"}


def test_reg_03_a_file_that_is_missing_fails_and_nothing_else_is_claimed(ground: Ground) -> None:
    ground.promise("signals.json", SIGNALS)
    assert verdicts(ground.look()) == ("FAILED", "UNKNOWN", "UNKNOWN")
    (finding,) = ground.findings("contract_violation")
    assert (finding.severity, finding.system_id) == ("HIGH", "sys_writer")


def test_reg_03_a_hundred_equal_errors_are_one_line_and_the_finding_closes_when_it_matches_again(
    ground: Ground,
) -> None:
    ground.write("signals.json", [{"ticker": "A", "score": 1}] * 50 + [{"ticker": "B", "score": "high"}] * 100)
    ground.promise("signals.json", SIGNALS, tier="EXPERIMENTAL")
    look = ground.look()
    (line,) = look.violations
    assert (line.count, line.path, line.keyword, line.example, line.at) == (
        100,
        "/*/score",
        "type",
        "high",
        "/50/score",
    )
    (finding,) = ground.findings("contract_violation")
    assert finding.severity == "MEDIUM"
    assert ground.services.validation.last_validated() == {}
    ground.write("signals.json", [{"ticker": "A", "score": 1}])
    assert ground.look().outcome is Verdict.OK
    assert ground.findings("contract_violation") == []


@pytest.mark.parametrize("document", [[{"ticker": "A"}], {"ticker": "A"}])
def test_reg_03_the_short_form_without_a_format_is_of_the_items_of_a_list_and_else_of_the_document(
    ground: Ground, document: Any
) -> None:
    ground.write("signals.json", document)
    ground.promise("signals.json", {"required_fields": ["ticker"]})
    assert ground.look().matches.verdict is Verdict.OK


def test_reg_03_the_short_form_of_an_array_is_of_its_items(ground: Ground) -> None:
    ground.write("signals.json", [{"ticker": "A"}, {}])
    ground.promise("signals.json", {"required_fields": ["ticker"], "format": "JSON array"})
    (line,) = ground.look().violations
    assert (line.path, line.keyword, line.count) == ("/*/ticker", "required", 1)
    ground.write("signals.json", {"ticker": "A"})
    (line,) = ground.look().violations
    assert line.keyword == "type"


def test_reg_03_each_line_of_json_lines_is_a_record_and_a_broken_one_is_told_with_its_number(ground: Ground) -> None:
    ground.write("signals.jsonl", '{"ticker": "A", "score": 1}\n\nnonsense\n{"ticker": "B", "score": 200}\n')
    ground.promise("signals.jsonl", SIGNAL)
    lines = {line.keyword: line for line in ground.look().violations}
    assert lines["line"].at == "line 3"
    assert (lines["maximum"].at, lines["maximum"].example) == ("line 4 /score", 200)


def test_reg_03_a_csv_is_read_as_the_kinds_of_values_that_the_schema_asks_for(ground: Ground) -> None:
    ground.write("signals.csv", 'ticker,score,live,note\n007,1.5,true,"a\nb"\nB,,FALSE,\nC,x,0,\n')
    ground.promise("signals.csv", SIGNAL)
    look = ground.look()
    assert look.records == 3
    found = {(line.path, line.keyword): line for line in look.violations}
    assert set(found) == {("/score", "required"), ("/score", "type")}
    assert found["/score", "type"].example == "x"


def test_reg_03_a_header_that_names_a_column_twice_or_lacks_one_is_told(ground: Ground) -> None:
    ground.write("signals.csv", "ticker,ticker\nA,B\n")
    ground.promise("signals.csv", SIGNAL)
    found = {line.keyword: line for line in ground.look().violations}
    assert found["header"].message == "the header names ticker twice"
    assert found["required"].path == "/score"


def test_reg_03_what_is_not_utf_8_is_told_with_its_line(ground: Ground) -> None:
    ground.write("signals.csv", b"ticker,score\nA,1\n\xff\xfeB,2\n")
    ground.promise("signals.csv", SIGNAL)
    (line,) = ground.look().violations
    assert (line.keyword, line.at) == ("encoding", "line 3")


def test_reg_03_a_file_that_ends_in_the_middle_is_being_written_while_it_is_young_and_broken_later(
    ground: Ground,
) -> None:
    ground.promise("signals.json", SIGNALS)
    ground.write("signals.json", '[{"ticker": "A", "score": 1}, {"tick', age=5)
    look = ground.look()
    assert (look.matches.verdict, look.complete) == (Verdict.UNKNOWN, False)
    assert "being written" in look.matches.reason
    ground.write("signals.json", '[{"ticker": "A", "score": 1}, {"tick', age=600)
    assert ground.look().matches.verdict is Verdict.FAILED


def test_reg_03_all_files_of_a_folder_and_of_a_glob_are_looked_at_and_each_error_names_its_file(ground: Ground) -> None:
    for day in range(1, 6):
        ground.write(
            f"days/2026-04-0{day}.json", [{"ticker": "A", "score": 1 if day != 3 else 1_000}], age=day * 86_400
        )
    ground.write("days/notes.txt", "nothing")
    ground.promise("days/{date}.json", SIGNALS, timing="0 6 * * *")
    look = ground.look()
    assert (look.files, look.records) == (5, 5)
    (line,) = look.violations
    assert line.at == "2026-04-03.json /0/score"
    assert look.fresh.verdict is Verdict.OK


def test_reg_03_a_folder_without_files_does_not_exist_as_data(ground: Ground) -> None:
    (ground.folder / "empty").mkdir()
    ground.promise("empty/", SIGNALS)
    assert ground.look().exists.verdict is Verdict.FAILED


def test_reg_03_a_pipe_is_not_opened(ground: Ground) -> None:
    os.mkfifo(ground.folder / "pipe.json")
    ground.promise("pipe.json", SIGNALS)
    assert verdicts(ground.look()) == ("UNKNOWN", "UNKNOWN", "UNKNOWN")


def test_reg_03_parquet_is_read_by_its_rows(ground: Ground) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    table = pyarrow.table({"ticker": ["A", "B", None], "score": [1.0, 200.0, 3.0]})
    parquet.write_table(table, ground.folder / "signals.parquet")
    ground.aged(ground.folder / "signals.parquet", 10)
    ground.promise("signals.parquet", SIGNAL)
    look = ground.look()
    assert look.records == 3
    assert {(line.path, line.keyword, line.at) for line in look.violations} == {
        ("/ticker", "required", "row 3 /ticker"),
        ("/score", "maximum", "row 2 /score"),
    }


def test_reg_03_other_kinds_of_resources_are_never_passed_and_one_finding_lists_them(ground: Ground) -> None:
    ground.promise("s3://bucket/signals.json", SIGNALS)
    look = ground.look()
    assert look.outcome is Verdict.UNKNOWN
    assert look.exists.reason.startswith("not verifiable")
    (finding,) = ground.findings("not_verifiable")
    assert finding.severity == "LOW"
    assert "s3://bucket/signals.json" in finding.message


@pytest.mark.parametrize(("age", "verdict"), [(3_599, "OK"), (3_601, "FAILED")])
def test_reg_03_the_contracts_own_window_decides_by_when_the_file_was_written(
    ground: Ground, age: float, verdict: str
) -> None:
    ground.write("signals.json", [{"ticker": "A", "score": 1}], age=age)
    ground.promise("signals.json", SIGNALS, freshness_seconds=3_600)
    assert ground.look().fresh.verdict == verdict


def test_reg_03_a_moment_in_the_newest_record_counts_before_the_time_of_the_file(ground: Ground) -> None:
    records = [{"ticker": "A", "score": 1, "timestamp": f"2026-04-0{day}T00:00:00Z"} for day in (1, 3, 2)]
    ground.write("signals.json", records, age=1)
    ground.promise("signals.json", SIGNALS, freshness_seconds=86_400)
    look = ground.look()
    assert look.fresh.verdict is Verdict.FAILED
    assert look.written_at == "2026-04-03T00:00:00Z"


def test_reg_03_a_moment_that_is_still_to_come_is_told_and_not_believed(ground: Ground) -> None:
    ground.write("signals.json", [{"ticker": "A", "score": 1, "timestamp": "2027-01-01T00:00:00Z"}], age=7_200)
    ground.promise("signals.json", SIGNALS, freshness_seconds=3_600)
    look = ground.look()
    assert look.fresh.verdict is Verdict.FAILED
    assert "still to come" in look.fresh.reason


def test_reg_03_without_any_window_freshness_is_unknown_and_so_is_the_whole(ground: Ground) -> None:
    ground.write("signals.json", [{"ticker": "A", "score": 1}])
    ground.promise("signals.json", SIGNALS, timing=None)
    look = ground.look()
    assert verdicts(look) == ("OK", "OK", "UNKNOWN")
    assert look.outcome is Verdict.UNKNOWN


def test_reg_03_a_consumer_entry_is_looked_at_where_no_producer_says_what_the_data_is(ground: Ground) -> None:
    file = ground.write("signals.json", {"ticker": 3})
    ground.services.registry.register(
        {
            "id": "sys_reader",
            "tier": "PRODUCTION",
            "reads_from": [str(file)],
            "contracts": [
                {
                    "contract_id": "CTR-1",
                    "type": "CONSUMER",
                    "resource": str(file),
                    "schema": {"type": "object", "properties": {"ticker": {"type": "string"}}},
                    "reads": ["/ticker", "/score"],
                }
            ],
        },
        caller="",
        now=NOW,
    )
    look = ground.look()
    assert {(line.path, line.keyword) for line in look.violations} == {("/ticker", "type"), ("/score", "required")}


def test_reg_13_what_differs_from_the_contract_is_a_finding_with_members_gone_renamed_retyped_and_new(
    ground: Ground,
) -> None:
    schema = {
        "type": "array",
        "items": {
            "type": "object",
            "required": ["ticker", "score"],
            "properties": {"ticker": {"type": "string"}, "score": {"type": "number"}, "size": {"type": "integer"}},
        },
    }
    ground.write("signals.json", [{"ticker_symbol": "A", "size": "big", "colour": "red", "score": 1}] * 3)
    ground.promise("signals.json", schema)
    ground.look()
    (finding,) = ground.findings("unproposed_change")
    assert finding.details["renamed"] == [{"from": "ticker", "to": "ticker_symbol"}]
    assert finding.details["retyped"] == [{"member": "size", "promised": "integer", "seen": "string"}]
    assert (finding.details["gone"], finding.details["new"]) == ([], ["colour"])
    assert finding.severity == "MEDIUM"  # nobody is known to read it
    ground.write("signals.json", [{"ticker": "A", "score": 1, "size": 3}])
    ground.look()
    assert ground.findings("unproposed_change") == []


def test_reg_13_a_member_that_is_only_new_is_a_low_finding(ground: Ground) -> None:
    ground.write("signals.json", [{"ticker": "A", "score": 1, "colour": "red"}])
    ground.promise("signals.json", SIGNALS)
    assert ground.look().outcome is Verdict.OK
    (finding,) = ground.findings("unproposed_change")
    assert finding.severity == "LOW"


@pytest.mark.parametrize(("read", "severity"), [("/score", "CRITICAL"), ("/size", "LOW")])
def test_reg_13_how_grave_it_is_is_what_it_does_to_those_who_read_it(ground: Ground, read: str, severity: str) -> None:
    schema = {
        "type": "array",
        "items": {
            "type": "object",
            "required": ["score", "size"],
            "properties": {"score": {"type": "number"}, "size": {"type": "number"}},
        },
    }
    ground.write("signals.json", [{"size": 1, "score": 5}])
    ground.promise("signals.json", schema)
    ground.services.registry.register(
        {
            "id": "sys_reader",
            "tier": "PRODUCTION",
            "reads_from": [str(ground.folder / "signals.json")],
            "contracts": [
                {
                    "contract_id": "CTR-2",
                    "type": "CONSUMER",
                    "counterparty": "sys_writer",
                    "resource": str(ground.folder / "signals.json"),
                    "reads": [f"/*{read}"],
                }
            ],
        },
        caller="",
        now=NOW,
    )
    gone = {"size": 1, "extra": 3} if severity != "LOW" else {"size": 1, "score": 5, "extra": 3}
    ground.write("signals.json", [gone])
    ground.look()
    (finding,) = ground.findings("unproposed_change")
    assert finding.severity == severity


def test_a_summary_counts_outcomes_and_lists_what_failed(ground: Ground) -> None:
    ground.write("signals.json", [{"ticker": "A", "score": "x"}])
    ground.promise("signals.json", SIGNALS)
    told: list[tuple[float, float, str]] = []
    summary = ground.services.validation.validate(NOW, lambda *said: told.append(said), run_id="RUN-1")
    assert {name: summary[name] for name in ("looked_at", "ok", "failed", "unknown")} == {
        "looked_at": 1, "ok": 0, "failed": 1, "unknown": 0,
    }  # fmt: skip
    assert summary["violations"][0]["contract_id"] == "CTR-1"
    assert summary["by_system"] == {"sys_writer": {"ok": 0, "failed": 1, "unknown": 0}}
    assert told[-1][:2] == (1, 1)
    assert ground.services.validation.history("CTR-1")[0].run_id == "RUN-1"
    assert ground.services.validation.violated_lately(NOW) == 1
    assert ground.services.validation.violated_lately(NOW + timedelta(days=8)) == 0


def test_reg_03_a_read_that_was_torn_is_done_again_once(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    ground.write("signals.json", [{"ticker": "A", "score": 1}])
    ground.promise("signals.json", SIGNALS)
    torn = [True]
    real = read_bytes

    def read(path: str, most: int) -> FileBytes:
        if torn:
            torn.pop()
            raise Torn
        return real(path, most)

    monkeypatch.setattr("server.registry.validation.files.read_bytes", read)
    assert ground.look().outcome is Verdict.OK
    torn += [True, True]
    look = ground.look()
    assert (look.matches.verdict, look.matches.reason) == (Verdict.UNKNOWN, "it is being written")
    assert ground.services.validation.last_validated() == {("sys_writer", "CTR-1"): "2026-04-05T14:00:00Z"}


def test_reg_03_a_file_that_is_replaced_while_it_is_read_is_torn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, other = tmp_path / "signals.json", tmp_path / "other.json"
    file.write_text("[1]")
    other.write_text("[2]")
    real = os.fstat

    def replace_behind(descriptor: int) -> os.stat_result:
        if other.exists():
            other.replace(file)
        return real(descriptor)

    monkeypatch.setattr(os, "fstat", replace_behind)
    with pytest.raises(Torn):
        read_bytes(str(file), 100)
    assert read_bytes(str(file), 100).data == b"[2]"


def test_reg_03_what_is_larger_than_is_read_is_not_complete_and_does_not_count_as_validated(ground: Ground) -> None:
    limited = ValidationService(
        ground.services.registry._database,
        ground.services.registry,
        terms_of=terms_of,
        found=found_in_text,
        limits=Limits(bytes=60),
    )
    ground.write("signals.jsonl", '{"ticker": "A", "score": 1}\n' * 5)
    ground.promise("signals.jsonl", SIGNAL)
    limited.validate(NOW)
    (look,) = limited.history("CTR-1")
    assert (look.matches.verdict, look.records, look.complete) == (Verdict.OK, 2, False)
    assert limited.last_validated() == {}


def test_reg_03_of_more_records_than_are_looked_at_the_same_ones_are_chosen_each_time(ground: Ground) -> None:
    limited = ValidationService(
        ground.services.registry._database,
        ground.services.registry,
        terms_of=terms_of,
        found=found_in_text,
        limits=Limits(records=50),
    )
    ground.write("signals.json", [{"ticker": "A", "score": "x" if n % 3 == 0 else 1} for n in range(1_000)])
    ground.promise("signals.json", SIGNALS)
    limited.validate(NOW)
    limited.validate(NOW)
    one, two = limited.history("CTR-1")
    assert one.violations == two.violations
    assert (one.records, one.complete) == (50, False)
    assert 5 < one.violations[0].count < 30


def test_reg_03_a_contract_that_nobody_holds_is_not_found(ground: Ground) -> None:
    with pytest.raises(NotFound):
        ground.services.validation.validate(NOW, contract_id="CTR-404")


def test_reg_03_the_findings_of_a_system_that_is_archived_close_with_the_next_validation(ground: Ground) -> None:
    ground.promise("signals.json", SIGNALS)
    ground.look()
    assert len(ground.findings("contract_violation")) == 1
    ground.services.registry.archive("sys_writer", reason="gone", force=True, caller="", now=NOW)
    ground.services.validation.validate(NOW)
    assert ground.findings("contract_violation") == []


def test_reg_03_a_pattern_that_could_take_for_ever_does_not(ground: Ground) -> None:
    ground.write("signals.json", [{"ticker": "a" * 5_000 + "!", "score": 1}])
    hostile = {"type": "array", "items": {"properties": {"ticker": {"type": "string", "pattern": "^(a+)+$"}}}}
    ground.promise("signals.json", hostile)
    assert ground.look().matches.verdict in (Verdict.FAILED, Verdict.UNKNOWN)

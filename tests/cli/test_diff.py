"""`concord diff`: one pair of schemas, a reader of its own, and many pairs at once."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.cli.test_main import left_with

FLAT: dict[str, Any] = {
    "type": "object",
    "required": ["ticker", "score"],
    "properties": {"ticker": {"type": "string"}, "score": {"type": "number"}},
}
NESTED: dict[str, Any] = {
    "type": "object",
    "required": ["ticker", "signal_data"],
    "properties": {"ticker": {"type": "string"}, "signal_data": {"type": "object"}},
}
MORE: dict[str, Any] = {**FLAT, "required": [*FLAT["required"], "timestamp"]}


def stored(folder: Path, name: str, document: object) -> str:
    """The path of a file that holds the document."""
    file = folder / name
    file.write_text(json.dumps(document), encoding="utf-8")
    return str(file)


def answered(words: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any]]:
    """The exit code, and the answer in JSON."""
    code = left_with([*words, "--json"])
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return code, answer


def test_sur_17_a_change_that_every_reader_survives_is_safe(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old, new = stored(tmp_path, "old.json", FLAT), stored(tmp_path, "new.json", MORE)
    code, answer = answered(["diff", old, new], capsys)
    assert (code, answer["verdict"], answer["witness"]) == (0, "SAFE", None)


def test_sur_17_a_change_that_breaks_a_reader_comes_with_a_document_that_shows_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = stored(tmp_path, "old.json", FLAT), stored(tmp_path, "new.json", NESTED)
    code, answer = answered(["diff", old, new], capsys)
    assert (code, answer["verdict"]) == (1, "BREAKS")
    assert Draft202012Validator(NESTED).is_valid(answer["witness"])
    assert not Draft202012Validator(FLAT).is_valid(answer["witness"])
    assert {"path", "rule"} <= set(answer)


def test_sur_17_what_can_not_be_decided_is_said_to_be_undecided(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    remote = stored(tmp_path, "remote.json", {"$ref": "https://example.com/somewhere-else.json"})
    code, answer = answered(["diff", stored(tmp_path, "old.json", FLAT), remote], capsys)
    assert (code, answer["verdict"], answer["witness"]) == (2, "UNKNOWN", None)
    assert answer["reason"]


def test_a_reader_with_a_schema_of_its_own_takes_the_place_of_the_old_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = stored(tmp_path, "old.json", FLAT), stored(tmp_path, "new.json", NESTED)
    reader = stored(tmp_path, "reader.json", {"type": "object", "required": ["ticker"]})
    assert answered(["diff", old, new, "--reader", reader], capsys)[1]["verdict"] == "SAFE"


def test_people_read_the_witness_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert left_with(["diff", stored(tmp_path, "old.json", FLAT), stored(tmp_path, "new.json", NESTED)]) == 1
    shown = capsys.readouterr().out
    assert shown.startswith("BREAKS")
    assert "witness: {" in shown


def batch(folder: Path, *lines: str) -> str:
    """The path of a file with these lines."""
    file = folder / "pairs.jsonl"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(file)


def test_many_pairs_are_answered_line_by_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pairs = [{"id": 1, "writer": FLAT, "reader": FLAT}, {"id": "two\u2028", "writer": NESTED, "reader": FLAT}]
    file = batch(tmp_path, *(json.dumps(pair, ensure_ascii=False) for pair in pairs))
    assert left_with(["diff", "--batch", file]) == 0
    safe, breaks = (json.loads(line) for line in capsys.readouterr().out.split("\n") if line)
    assert safe == {"id": 1, "verdict": "SAFE", "witness": None}
    assert (breaks["id"], breaks["verdict"]) == ("two\u2028", "BREAKS")
    assert not Draft202012Validator(FLAT).is_valid(breaks["witness"])


def test_a_line_that_can_not_be_read_does_not_stop_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = json.dumps({"id": "good", "writer": True, "reader": True})
    file = batch(
        tmp_path, "{", "[]", '{"id": "half", "writer": true}', '{"id": "odd", "writer": 1, "reader": true}', good
    )
    assert left_with(["diff", "--batch", file]) == 3
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [answer["verdict"] for answer in answers] == ["UNKNOWN"] * 4 + ["SAFE"]
    assert [answer["id"] for answer in answers] == [None, None, "half", "odd", "good"]
    assert "has no 'reader'" in answers[2]["error"]["message"]


def test_a_fault_of_ours_in_one_pair_does_not_stop_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from server.conflicts import containment

    sound = containment.decide

    def faulty(writer: Any, reader: Any) -> containment.Decision:
        return sound(writer, reader) if reader is not False else 1 / 0  # type: ignore[return-value]  # the fault

    monkeypatch.setattr(containment, "decide", faulty)
    pairs = [{"id": "fault", "writer": True, "reader": False}, {"id": "sound", "writer": True, "reader": True}]
    assert left_with(["diff", "--batch", batch(tmp_path, *map(json.dumps, pairs))]) == 70
    captured = capsys.readouterr()
    first, second = (json.loads(line) for line in captured.out.splitlines())
    assert (first["id"], first["verdict"], first["error"]["code"]) == ("fault", "UNKNOWN", "internal_error")
    assert (second["id"], second["verdict"]) == ("sound", "SAFE")
    assert "ZeroDivisionError" in captured.err


@pytest.mark.parametrize("words", [["diff"], ["diff", "one.json"], ["diff", "one.json", "--batch", "many.jsonl"]])
def test_sur_17_a_question_without_its_schemas_is_bad_input(words: list[str]) -> None:
    assert left_with(words) == 3


@pytest.mark.parametrize(
    ("schema", "place"),
    [({"type": "strin"}, "/type"), ({"minimum": "x"}, "/minimum"), ({"properties": []}, "/properties")],
)
def test_sur_17_what_is_no_schema_is_bad_input_and_not_undecided(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], schema: Any, place: str
) -> None:
    sound, bad = tmp_path / "sound.json", tmp_path / "bad.json"
    sound.write_text('{"type": "string"}', encoding="utf-8")
    bad.write_text(json.dumps(schema), encoding="utf-8")
    for words in ([sound, bad], [bad, sound]):
        assert left_with(["diff", "--json", *map(str, words)]) == 3
        error = json.loads(capsys.readouterr().out)["error"]
        assert error["path"] == place
        assert "bad.json" in error["message"]

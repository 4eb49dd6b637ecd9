"""The commands on a registry of their own: what goes in, what comes out, and with which exit code."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from server.cli.check import adapter_in_words
from tests.cli.test_main import left_with

SIGNALS = "/srv/outputs/signals.json"
FLAT = {
    "type": "object",
    "required": ["ticker", "score"],
    "properties": {"ticker": {"type": "string"}, "score": {"type": "number"}},
}
NESTED = {"type": "object", "required": ["ticker"], "properties": {"ticker": {"type": "string"}}}
CONTRACT = {"contract_id": "CTR-001", "resource": SIGNALS, "schema": FLAT, "established": "2026-01-15"}
REGISTRY = {
    "last_updated": "2026-04-05T00:00:00Z",
    "systems": [
        {
            "id": "sys_generator",
            "name": "Signal generator",
            "tier": "PRODUCTION",
            "writes_to": [{"resource": SIGNALS, "consumers": ["sys_dashboard"]}],
            "contracts": [{**CONTRACT, "type": "PRODUCER", "counterparty": "sys_dashboard"}],
        },
        {
            "id": "sys_dashboard",
            "name": "Dashboard",
            "tier": "PRODUCTION",
            "reads_from": [{"resource": SIGNALS}],
            "writes_to": [{"resource": "/srv/www/index.html"}],
        },
    ],
}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which the command under test keeps its database; its clock stands still."""
    monkeypatch.setenv("CONCORD_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CONCORD_NOW", "2026-04-05T14:00:00Z")
    return tmp_path


@pytest.fixture
def registered(home: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """Such a folder, with two systems in the registry."""
    assert left_with(["import", stored(home, "system_registry.json", REGISTRY), "--json"]) == 0
    capsys.readouterr()
    return home


def stored(folder: Path, name: str, document: object) -> str:
    """The path of a file that holds the document."""
    file = folder / name
    file.write_text(json.dumps(document), encoding="utf-8")
    return str(file)


def answered(words: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, Any]:
    """The exit code, and the answer in JSON."""
    code = left_with([*words, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_reg_08_what_is_imported_is_exported_again(registered: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, outcome = answered(["export", str(registered / "out")], capsys)
    assert code == 0
    file, log, *_ = outcome["files"]
    assert json.loads(Path(log["path"]).read_text(encoding="utf-8"))["conflicts"] == []
    document = json.loads(Path(file["path"]).read_text(encoding="utf-8"))
    assert [system["id"] for system in document["systems"]] == ["sys_dashboard", "sys_generator"]
    first = Path(file["path"]).read_bytes()
    code, outcome = answered(["import", file["path"]], capsys)
    assert (code, outcome["updated"]["total"], outcome["created"]["total"]) == (0, 0, 0)
    assert left_with(["export", str(registered / "out")]) == 0
    assert Path(file["path"]).read_bytes() == first


def test_an_import_tells_people_what_came_in(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert left_with(["import", stored(home, "system_registry.json", REGISTRY)]) == 0
    captured = capsys.readouterr()
    assert "created: 2 (sys_dashboard, sys_generator)" in captured.out
    assert "reading" in captured.err


def test_an_import_of_one_system_counts_it_as_one(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    system = {"id": "sys_a", "name": "A", "tier": "PRODUCTION", "dependencies": ["sys_none"]}
    assert left_with(["import", stored(home, "system_registry.json", {"systems": [system]})]) == 0
    told = capsys.readouterr().out.splitlines()[0]
    assert told.startswith("1 system from ")
    assert "1 reference dangles" in told


def test_an_import_of_nothing_known_is_bad_input(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert left_with(["import", stored(home, "shopping.json", ["milk"])]) == 3
    assert left_with(["import", str(home / "none.json")]) == 3
    assert "hint:" in capsys.readouterr().err


def test_the_status_counts_systems_and_gaps(registered: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, answer = answered(["status"], capsys)
    assert code == 0
    assert (answer["systems"], answer["archived"], answer["tiers"]) == (2, 0, {"PRODUCTION": 2})
    assert answer["open_findings"]["consumers_unknown"] == 1
    assert left_with(["status"]) == 0
    shown = capsys.readouterr().out
    assert "2 systems (0 archived), 1 contract\n" in shown
    assert "sys_dashboard" in shown


@pytest.mark.parametrize("form", ["one", "list", "whole"])
def test_sur_17_a_change_that_breaks_a_reader_exits_1_with_the_proof(
    registered: Path, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    change = {"resource": SIGNALS, "new_schema": NESTED}
    document = {"one": change, "list": [change], "whole": {"source_system": "sys_generator", "changes": [change]}}[form]
    file = stored(registered, "change.json", document)
    code, answer = answered(["check", file], capsys)
    assert (code, answer["verdict"]) == (1, "CONFLICT_DETECTED")
    witness = answer["conflicts"][0]["witness"]
    assert Draft202012Validator(NESTED).is_valid(witness)
    assert not Draft202012Validator(FLAT).is_valid(witness)
    assert left_with(["check", file]) == 1
    shown = capsys.readouterr().out
    assert "sys_dashboard" in shown
    assert "witness: {" in shown
    assert "rollback: " in shown


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            {"patch": [{"op": "move", "from": "/properties/score", "path": "/properties/rating"}]},
            "  adapter: move /rating to /score in the document (proved)\n",
        ),
        (
            {"new_schema": {"type": "object", "required": ["signal"], "properties": {"signal": FLAT}}},
            "  adapter: move /signal to the top in the document (proved; that it moves what is meant is inferred)\n",
        ),
        (
            {"new_schema": {**FLAT, "required": ["ticker"]}},
            None,
        ),
    ],
)
def test_con_04_the_adapter_of_a_plan_is_told_in_a_line(
    registered: Path, capsys: pytest.CaptureFixture[str], change: dict[str, Any], told: str | None
) -> None:
    assert left_with(["check", stored(registered, "change.json", {"resource": SIGNALS, **change})]) == 1
    shown = capsys.readouterr().out
    assert "  plan: " in shown
    assert told in shown if told is not None else "adapter:" not in shown


def test_con_04_a_long_adapter_is_told_in_short() -> None:
    operations = [
        {"op": "convert", "path": "/n", "to": "number"},
        {"op": "remove", "path": "/x", "if_present": True},
        {"op": "wrap", "member": "items"},
        {"op": "add", "path": "/v", "value": 1},
        *({"op": "remove", "path": f"/{number}"} for number in range(4)),
    ]
    told = adapter_in_words({"applies_to": "each item", "operations": operations, "basis": "declared"})
    assert told == (
        "convert /n to number, remove /x where present, wrap all as /items, add /v, remove /0, and 3 more in each item (proved)"
    )


def test_sur_17_a_change_that_no_reader_notices_exits_0(registered: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wider = {**FLAT, "properties": {**FLAT["properties"], "confidence": {"type": "number"}}}  # type: ignore[dict-item]  # JSON
    change = {"resource": SIGNALS, "new_schema": wider}
    code, answer = answered(["check", stored(registered, "change.json", change)], capsys)
    assert (code, answer["verdict"], answer["conflicts"]) == (0, "CLEAR", [])


def test_sur_17_a_change_that_can_not_be_decided_exits_2(registered: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change = {"resource": SIGNALS, "semantics": [{"path": "/score", "note": "Calibrated anew."}]}
    code, answer = answered(["check", stored(registered, "change.json", change)], capsys)
    assert (code, answer["verdict"]) == (2, "REVIEW_REQUIRED")
    assert answer["undecided"]


@pytest.mark.parametrize(
    "document",
    ["a word", {"changes": {}}, {"changes": [], "resource": SIGNALS}, {"resource": SIGNALS, "new_scheme": {}}, []],
)
def test_sur_17_a_change_that_can_not_be_read_exits_3(
    registered: Path, capsys: pytest.CaptureFixture[str], document: object
) -> None:
    code, answer = answered(["check", stored(registered, "change.json", document)], capsys)
    assert code == 3
    assert answer["error"]["message"]


def test_the_doctor_finds_a_fresh_installation_in_order(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, answer = answered(["doctor"], capsys)
    assert code == 0, answer
    assert answer["in_order"] is True
    assert {"python", "home", "clock", "caller", "database"} <= {sight["what"] for sight in answer["seen"]}


@pytest.mark.parametrize(
    ("variable", "value", "what"),
    [
        ("CONCORD_DATABASE_URL", "oracle://host/name", "settings"),
        ("CONCORD_NOW", "half past nine", "clock"),
        ("CONCORD_TOKENS", "no-such-file", "settings"),
    ],
)
def test_sur_02_a_wrong_setting_is_found_and_explained(
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    variable: str,
    value: str,
    what: str,
) -> None:
    monkeypatch.setenv(variable, value)
    code, answer = answered(["doctor"], capsys)
    assert code == 3
    assert [sight["what"] for sight in answer["seen"] if sight["state"] == "failed"] == [what]


def test_sur_02_a_flag_wins_over_the_environment(
    registered: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CONCORD_DATABASE_URL", str(registered / "other.db"))
    assert answered(["status"], capsys)[1]["systems"] == 0
    assert answered(["status", "--database", str(registered / "home" / "concord.db")], capsys)[1]["systems"] == 2


def test_sur_02_the_flags_of_serve_reach_its_configuration(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from server.cli.commands import find_command, parse_arguments
    from server.cli.serve import settings

    monkeypatch.setenv("CONCORD_SYSTEM", "sys_from_environment")
    command = find_command("serve")
    assert command is not None
    plain = settings(parse_arguments(command, []))
    assert (plain.system, plain.toolsets, plain.read_only) == ("sys_from_environment", ("core",), False)
    words = ["--as", "sys_a", "--toolsets", "core, admin", "--tools", "x", "--exclude-tools", "y,z", "--read-only"]
    chosen = settings(parse_arguments(command, words))
    assert chosen.system == "sys_a"
    assert (chosen.toolsets, chosen.tools, chosen.exclude_tools) == (("core", "admin"), ("x",), ("y", "z"))
    assert chosen.read_only is True


@pytest.mark.parametrize("words", [["--port", "x"], ["--port", "70000"], ["--transport", "pigeon"]])
def test_sur_02_a_wrong_flag_of_serve_is_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert left_with(["serve", *words]) == 3
    assert words[0] in capsys.readouterr().err


def test_sur_02_a_toolset_that_does_not_exist_is_refused(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert left_with(["serve", "--toolsets", "cores"]) == 3
    shown = capsys.readouterr().err
    assert "'cores'" in shown
    assert "core" in shown.partition("allowed:")[2]

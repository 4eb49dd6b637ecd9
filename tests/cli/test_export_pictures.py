"""`concord export` with pictures: the page, DOT and Mermaid, and what is too large for one of them."""

import json
from pathlib import Path

import pytest

from server.exchange.pictures import MOST_IN_MERMAID
from tests.cli.test_main import left_with
from tests.rules.exchange.test_page_document import Elements


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which the command under test keeps its database; its clock stands still."""
    monkeypatch.setenv("CONCORD_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CONCORD_NOW", "2026-04-05T14:00:00Z")
    return tmp_path


def registered(folder: Path, count: int) -> None:
    """So many systems, each of which reads what the one before it writes."""
    systems = [
        {
            "id": f"sys_{number:03}",
            "name": f"System {number}",
            "tier": "PRODUCTION",
            "status": "DEGRADED",
            "reads_from": [{"resource": f"/out/{number - 1}"}] if number else [],
            "writes_to": [{"resource": f"/out/{number}", "consumers": ["users"]}],
            "contracts": [{"contract_id": f"CTR-{number}", "type": "PRODUCER", "resource": f"/out/{number}"}],
        }
        for number in range(count)
    ]
    file = folder / "system_registry.json"
    file.write_text(json.dumps({"systems": systems}), encoding="utf-8")
    assert left_with(["import", str(file)]) == 0


def test_the_pictures_that_are_asked_for_stand_in_the_folder_and_nothing_else(home: Path) -> None:
    registered(home, 3)
    assert left_with(["export", str(home / "out"), "--html", "--dot", "--mermaid"]) == 0
    assert sorted(file.name for file in (home / "out").iterdir()) == ["registry.dot", "registry.html", "registry.mmd"]
    assert '"sys_000" -> "sys_001" [label="/out/0"]' in (home / "out" / "registry.dot").read_text(encoding="utf-8")
    assert (home / "out" / "registry.mmd").read_text(encoding="utf-8").startswith("flowchart LR\n")
    data = Elements((home / "out" / "registry.html").read_text(encoding="utf-8")).data
    assert data["made_at"] == "2026-04-05T14:00:00Z"
    first = data["systems"][0]
    assert (first["name"], first["status"], first["contracts"][0]["id"]) == ("System 0", "DEGRADED", "CTR-0")
    assert first["reason"]


def test_the_page_of_a_registry_that_stands_still_is_the_same_byte_for_byte(home: Path) -> None:
    registered(home, 30)
    texts = []
    for folder in ("one", "two"):
        assert left_with(["export", str(home / folder), "--html"]) == 0
        texts.append((home / folder / "registry.html").read_bytes())
    assert texts[0] == texts[1]


def test_pictures_and_documents_come_together_where_both_are_asked_for(home: Path) -> None:
    registered(home, 2)
    assert left_with(["export", str(home / "out"), "--format", "documents,HTML"]) == 0
    assert {"registry.html", "system_registry.json"} <= {file.name for file in (home / "out").iterdir()}


def test_a_registry_too_large_for_mermaid_is_not_drawn_so_and_the_way_out_is_named(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    registered(home, MOST_IN_MERMAID + 1)
    assert left_with(["export", str(home / "out"), "--mermaid"]) == 3
    told = capsys.readouterr().err
    assert "101 systems are too many for one Mermaid flowchart" in told
    assert "DOT" in told
    assert not (home / "out").exists()


def test_a_format_that_nobody_writes_is_refused_with_those_that_are(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert left_with(["export", str(home / "out"), "--format", "pdf"]) == 3
    told = capsys.readouterr().err
    assert all(name in told for name in ("documents", "html", "dot", "mermaid"))

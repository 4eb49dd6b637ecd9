"""The files of the source document, read from systems' folders by the job that looks for patterns."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.surface.world import Concord

pytestmark = pytest.mark.anyio
WEDNESDAYS = [datetime(2026, 4, 1, 2, 55, tzinfo=UTC) - timedelta(weeks=week) for week in range(12)]
"""Each the beginning of a refresh."""


def write(folder: Path, path: str, content: Any) -> None:
    """A file of a system."""
    place = folder / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(json.dumps(content), encoding="utf-8")


async def fetcher_and_algo(concord: Concord, home: Path) -> None:
    """The source's pair: a weekly refresh, and who reads its output; parse errors in 8 of 12 weeks while it runs."""
    fetcher, algo = home / "data_fetcher", home / "trading_algo"
    runs = [
        {"started_at": began.isoformat(), "duration_seconds": 1_200, "status": "success"} for began in WEDNESDAYS[1:]
    ]
    write(fetcher, "run_state.json", {"last_run": {"started_at": WEDNESDAYS[0].isoformat()}, "runs": runs})
    parse = [(began + timedelta(minutes=9 + number)).isoformat() for number, began in enumerate(WEDNESDAYS[:8])]
    other = [
        (began + timedelta(days=2, hours=5 + 3 * number)).isoformat() for number, began in enumerate(WEDNESDAYS[8:])
    ]
    catalog = {
        "parse_error": {"count": 12, "description": "Unexpected end of file", "occurrences": parse + other},
        "timeout": {"count": 5},
    }
    write(algo, "memory/error_catalog.json", catalog)
    await concord.register("sys_data_fetcher", root=str(fetcher), writes_to=[{"resource": "~/cache/prices.json"}])
    await concord.register("sys_trading_algo", root=str(algo), reads_from=[{"resource": "~/cache/prices.json"}])


async def test_pat_10_the_job_reads_the_files_of_every_system_and_patterns_name_the_file(
    concord: Concord, tmp_path: Path
) -> None:
    await fetcher_and_algo(concord, tmp_path)
    told = (await concord.call("run_job", job="patterns"))["summary_data"]
    files = told["own_files"]
    assert (files["systems"], files["files"], files["events"], files["unreadable_total"]) == (2, 2, 24, 1)
    assert files["unreadable"][0]["where"] == "/timeout"
    events = json.loads(await concord.read("concord://events/sys_trading_algo"))["events"]
    assert {(one["kind"], one["category"]) for one in events} == {("error", "parse_error")}
    assert len(events) == 12
    (pattern,) = (await concord.call("find_patterns", type="cascade_failure"))["patterns"]
    assert pattern["systems_involved"] == ["sys_data_fetcher", "sys_trading_algo"]
    whole = json.loads(await concord.read(f"concord://patterns/{pattern['id']}"))
    assert {(one["system"], one["source"]) for one in whole["evidence"]} == {
        ("sys_data_fetcher", "run_state.json"),
        ("sys_trading_algo", "error_catalog.json"),
    }


async def test_pat_10_only_systems_in_the_folders_that_are_named_are_read(concord: Concord, tmp_path: Path) -> None:
    await fetcher_and_algo(concord, tmp_path)
    job = {"job": "patterns", "paths": [str(tmp_path / "data_fetcher")]}
    assert (await concord.call("run_job", **job))["summary_data"]["own_files"]["events"] == 12
    assert (await concord.call("run_job", **job))["summary_data"]["own_files"]["events"] == 0
    assert json.loads(await concord.read("concord://events/sys_trading_algo"))["events"] == []

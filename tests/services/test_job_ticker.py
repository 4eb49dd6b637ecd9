"""The thread that looks after the schedule: in which processes it runs, and that nothing stops it but its end."""

import logging
import threading
from pathlib import Path

import pytest

from server.app import build_server, keep_schedule
from server.config import read_config
from server.jobs.ticker import Ticker
from server.storage.database import Database

PATIENCE = 60.0


@pytest.mark.parametrize(
    ("environment", "flags", "keeps"),
    [
        ({}, {}, True),
        ({"CONCORD_JOBS": "off"}, {}, False),
        ({"CONCORD_JOBS": "off"}, {"jobs": True}, True),
        ({}, {"jobs": False}, False),
        ({}, {"read_only": True}, False),
        ({}, {"system": "sys_a"}, False),
        ({"CONCORD_SYSTEM": "sys_a"}, {}, False),
    ],
)
def test_reg_09_the_schedule_is_kept_by_who_serves_a_person_and_may_change_things(
    tmp_path: Path, environment: dict[str, str], flags: dict[str, bool | str], keeps: bool
) -> None:
    config = read_config({"CONCORD_HOME": str(tmp_path), **environment}).with_flags(**flags)
    ticker = keep_schedule(config, build_server(config))
    try:
        assert ticker.ticking is keeps
    finally:
        ticker.stop(PATIENCE)
    assert not ticker.ticking
    assert list(tmp_path.iterdir()) == [], "nothing was opened so far"


def test_reg_09_a_look_that_fails_is_told_once_and_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    looks: list[int] = []
    enough = threading.Event()

    def look() -> None:
        looks.append(len(looks))
        if len(looks) == 4:
            enough.set()
        if len(looks) != 2:
            raise OSError("The disk is full.")

    with caplog.at_level(logging.ERROR):
        ticker = Ticker(look, first=0, every=0)
        ticker.start()
        assert enough.wait(PATIENCE)
        ticker.stop(PATIENCE)
    told = [record for record in caplog.records if record.message == "the schedule could not be kept"]
    assert len(told) == 2, "for the first, and again after one that went well"


def test_reg_09_the_end_of_a_server_gives_the_schedule_to_the_next(sqlite_database: Database, tmp_path: Path) -> None:
    config = read_config({"CONCORD_HOME": str(tmp_path), "CONCORD_NOW": "2026-04-05T14:00:00Z"})
    first, second = build_server(config), build_server(config)
    assert first.services.leader.look() is not None
    assert second.services.leader.look() is None
    first.services.end_jobs()
    assert second.services.leader.look() is not None
    second.services.close()
    first.services.close()

"""However people and models write a path, it is one resource."""

import pytest

from server.registry.resources import canonical_name

HOME = "/home/ada"


@pytest.mark.parametrize(
    "written",
    [
        "~/outputs/signals.json",
        "$HOME/outputs/signals.json",
        "${HOME}/outputs/signals.json",
        "file://~/outputs/signals.json",
        "file:///home/ada/outputs/signals.json",
        "/home/ada//outputs/./signals.json/",
        "\\home\\ada\\outputs\\signals.json",
        "`~/outputs/signals.json`",
    ],
)
def test_a_path_at_home_is_one_resource(written: str) -> None:
    assert canonical_name(written, home=HOME) == "/home/ada/outputs/signals.json"


@pytest.mark.parametrize(
    "written",
    ["C:\\reports\\daily.json", "c:/reports/daily.json", "file:///C:/reports/daily.json", "C:/reports//daily.json/"],
)
def test_a_path_on_a_drive_is_one_resource(written: str) -> None:
    assert canonical_name(written, home=HOME) == "C:/reports/daily.json"


def test_a_placeholder_in_a_path_still_stands_for_many() -> None:
    assert canonical_name("${HOME}/logs/{date}.json", home=HOME) == "/home/ada/logs/*.json"

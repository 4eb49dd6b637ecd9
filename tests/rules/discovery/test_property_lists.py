"""Binary property lists are read like the ones in XML, and one that can't be read is said so."""

import plistlib
from pathlib import Path
from typing import Any

import pytest

from tests.rules.discovery.reading import seen_in

JOB: dict[str, Any] = {
    "Label": "com.example.digest",
    "ProgramArguments": ["/usr/bin/python3", "/opt/digest.py", "--password", "tulip-Ferry-93"],
    "StartCalendarInterval": {"Hour": 4, "Minute": 30},
    "StandardOutPath": "/var/log/digest.log",
}


@pytest.mark.parametrize("kind", [plistlib.FMT_XML, plistlib.FMT_BINARY])
def test_reg_04_a_launchd_job_is_found_in_either_kind_of_property_list(
    tmp_path: Path, kind: plistlib.PlistFormat
) -> None:
    (tmp_path / "com.example.digest.plist").write_bytes(plistlib.dumps(JOB, fmt=kind))
    seen = seen_in(tmp_path)
    (found,) = seen.candidates.values()
    assert (found.name, found.kind, found.schedule) == ("digest", "launchd", "30 4 * * *")
    assert found.location == "/opt/digest.py"
    assert found.writes == ("/var/log/digest.log",)
    assert "tulip-Ferry-93" not in found.model_dump_json()
    assert seen.notes == ()


def nested() -> bytes:
    """A small list that stands for two to the thirtieth values."""
    value: list[Any] = ["x"]
    for _ in range(30):
        value = [value, value]
    return plistlib.dumps({**JOB, "More": value}, fmt=plistlib.FMT_BINARY)


def endless() -> bytes:
    """A list that names itself."""
    data = plistlib.dumps([["a"]], fmt=plistlib.FMT_BINARY)
    return data.replace(b"\xa1\x01\xa1\x02", b"\xa1\x01\xa1\x01")


@pytest.mark.parametrize(
    "data",
    [b"bplist00", b"bplist00" + bytes(40), plistlib.dumps(JOB, fmt=plistlib.FMT_BINARY)[:-9], nested(), endless()],
    ids=["nothing", "zeros", "cut off", "small but huge", "endless"],
)
def test_reg_04_a_binary_property_list_that_cannot_be_read_is_noted(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.plist").write_bytes(data)
    seen = seen_in(tmp_path)
    assert seen.candidates == {}
    assert [note.partition("a.plist ")[2] for note in seen.notes] == ["is a binary property list that can't be read"]

"""The name of a file follows the symlinks that lie on the way to it today, as far as the way is there."""

from pathlib import Path

import pytest

from server.registry.service import RegistryService
from server.storage.database import Database


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("real/signals.json", "real/signals.json"),
        ("real/not/there/yet.json", "real/not/there/yet.json"),
        ("link/signals.json", "real/signals.json"),
        ("link/not/there.json", "real/not/there.json"),
        ("link", "real"),
        ("link/*.json", "real/*.json"),
        ("real/latest.json", "real/signals.json"),
        ("dangling/x.json", "gone/x.json"),
        ("real/signals.json/below", "real/signals.json/below"),
        ("loop/x.json", "loop/x.json"),
    ],
)
def test_a_path_goes_by_what_its_symlinks_lead_to(tmp_path: Path, written: str, found: str) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "signals.json").write_text("[]")
    (tmp_path / "real" / "latest.json").symlink_to("signals.json")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    (tmp_path / "dangling").symlink_to(tmp_path / "gone")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    registry = RegistryService(Database("sqlite:///never_opened.db"), check_schema=lambda schema: None)
    place = tmp_path.resolve()
    assert registry.canonical(f"{tmp_path}/{written}") == f"{place}/{found}"


def test_a_name_that_no_disk_can_hold_is_left_as_it_is(tmp_path: Path) -> None:
    registry = RegistryService(Database("sqlite:///never_opened.db"), check_schema=lambda schema: None)
    for name in ("/data/\0.json", f"/{'x' * 300}/signals.json", "/\ud800/signals.json"):
        assert registry.canonical(name) == name

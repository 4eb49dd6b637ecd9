"""A scan is bounded: in files, depth, bytes and time, and says so; it follows no link."""

from pathlib import Path

import pytest

from server.registry.discovery.walk import Limits
from tests.rules.discovery.reading import seen_in


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """Ten programs, each one folder deeper than the one before."""
    folder = tmp_path
    for number in range(10):
        folder = folder / f"d{number}"
        folder.mkdir()
        (folder / f"p{number}.py").write_text('open("/x.txt", "w")\nif __name__ == "__main__":\n    pass\n')
    return tmp_path


@pytest.mark.parametrize(
    ("limits", "found", "said"),
    [
        (Limits(), 10, ""),
        (Limits(files=4), 4, "no more than 4 files"),
        (Limits(depth=3), 3, "deeper than 3 folders"),
        (Limits(seconds=0.004), 3, "the scan ended after 0.004 seconds"),
    ],
    ids=["unbounded", "files", "depth", "seconds"],
)
def test_reg_04_a_scan_stays_within_its_bounds_and_says_what_it_left_out(
    programs: Path, limits: Limits, found: int, said: str
) -> None:
    seen = seen_in(programs, limits)
    assert len(seen.candidates) == found
    assert seen.complete is (not said)
    assert any(said in note for note in seen.notes) or not said


def test_reg_04_a_large_file_is_not_read_and_that_is_said(programs: Path) -> None:
    (programs / "large.py").write_text('open("/y.txt")\n' * 100)
    seen = seen_in(programs, Limits(bytes_per_file=1_000))
    assert len(seen.candidates) == 10
    assert [note for note in seen.notes if "large.py" in note]


def test_reg_04_links_are_not_followed_and_nothing_is_written(programs: Path) -> None:
    (programs / "loop").symlink_to(programs)
    (programs / "again.py").symlink_to(programs / "d0" / "p0.py")
    before = sorted((file, file.lstat().st_mtime_ns) for file in programs.rglob("*"))
    assert len(seen_in(programs).candidates) == 10
    assert sorted((file, file.lstat().st_mtime_ns) for file in programs.rglob("*")) == before

"""What people see: sentences that fit a terminal, and stay whole in a pipe."""

import io
from collections.abc import Callable
from contextlib import redirect_stdout

import pytest

from server.cli.output import show, show_whole

LONG = "  sys_signal_generator goes back to writing /srv/outputs/signals.json only, and sys_dashboard goes back to reading it."


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def on_a_terminal(tell: Callable[[], None]) -> list[str]:
    """The lines that are seen."""
    with redirect_stdout(_Terminal()) as screen:
        tell()
    return screen.getvalue().splitlines()


@pytest.fixture(autouse=True)
def _sixty_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")


def test_a_long_sentence_is_wrapped_on_a_terminal_below_its_beginning() -> None:
    seen = on_a_terminal(lambda: show(LONG))
    assert len(seen) > 1
    assert max(map(len, seen)) <= 60
    assert [line[:4].isspace() for line in seen] == [False] + [True] * (len(seen) - 1)
    assert " ".join(" ".join(seen).split()) == LONG.strip()


def test_a_name_that_is_longer_than_the_line_stays_whole() -> None:
    name = "/srv/" + "long-name/" * 20 + "signals.json"
    assert any(name in line for line in on_a_terminal(lambda: show(f"It is {name} that changes.")))


def test_an_empty_line_stays_an_empty_line() -> None:
    assert on_a_terminal(show) == [""]


def test_what_is_there_to_be_copied_is_never_wrapped() -> None:
    assert on_a_terminal(lambda: show_whole(LONG)) == [LONG]


def test_a_pipe_gets_each_sentence_on_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    show(LONG)
    assert capsys.readouterr().out == LONG + "\n"

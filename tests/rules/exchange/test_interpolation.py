"""Variables in compose files and env files, against the cases that the compose specification documents."""

import contextlib
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.exchange.compose.interpolation import Interpolation, Malformed, read_env_file

VARIABLES = {"SET": "value", "EMPTY": "", "OTHER": "other", "PORT": "8080"}


def fill(text: str) -> str:
    return Interpolation(VARIABLES).fill(text)


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("$SET", "value"),
        ("${SET}", "value"),
        ("a${SET}b", "avalueb"),
        ("$SET$OTHER", "valueother"),
        ("$SET.x", "value.x"),
        ("${SET:-default}", "value"),
        ("${EMPTY:-default}", "default"),
        ("${UNSET:-default}", "default"),
        ("${SET-default}", "value"),
        ("${EMPTY-default}", ""),
        ("${UNSET-default}", "default"),
        ("${UNSET:-}", ""),
        ("${SET:?gone}", "value"),
        ("${EMPTY?gone}", ""),
        ("${SET:+there}", "there"),
        ("${EMPTY:+there}", ""),
        ("${UNSET:+there}", ""),
        ("${SET+there}", "there"),
        ("${EMPTY+there}", "there"),
        ("${UNSET+there}", ""),
        ("${UNSET:-$OTHER}", "other"),
        ("${UNSET:-${OTHER}}", "other"),
        ("${UNSET:-${ALSO_UNSET:-deep}}", "deep"),
        ("${UNSET:-${SET:+there}}", "there"),
        ("${SET:+http://${OTHER}:${PORT}/}", "http://other:8080/"),
        ("${UNSET:-a:b-c?d+e}", "a:b-c?d+e"),
        ("$$SET", "$SET"),
        ("$${SET}", "${SET}"),
        ("$$$SET", "$value"),
        ("cost: 5$$", "cost: 5$"),
        ("no variables", "no variables"),
        ("} stays", "} stays"),
    ],
)
def test_every_documented_form_is_filled_in(text: str, filled: str) -> None:
    assert fill(text) == filled


@pytest.mark.parametrize("text", ["$", "${", "${}", "${SET", "${SET!x}", "${1A}", "$5", "${UNSET:-${SET}", "a $ b"])
def test_a_dollar_that_starts_no_variable_is_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        fill(text)


def test_nesting_without_end_is_malformed_and_not_a_crash() -> None:
    with pytest.raises(Malformed, match="deep"):
        fill("${A:-" * 5_000 + "}" * 5_000)


def test_what_is_missing_is_known_afterwards_but_not_what_was_never_taken() -> None:
    interpolation = Interpolation(VARIABLES)
    interpolation.fill("$GONE ${SET:-$NOT_TAKEN} ${NEEDED:?set it} ${LEFT:-$TAKEN}")
    assert list(interpolation.unset) == ["GONE", "TAKEN"]
    assert interpolation.demanded == {"NEEDED": "set it"}


@given(st.text())
def test_a_text_whose_dollars_are_doubled_comes_back_as_it_was(text: str) -> None:
    assert fill(text.replace("$", "$$")) == text


@given(st.text(alphabet="${}:-+?SETX a", max_size=40))
def test_any_text_is_filled_in_or_malformed(text: str) -> None:
    with contextlib.suppress(Malformed):
        assert isinstance(fill(text), str)


def env(text: str, **known: str) -> tuple[dict[str, str], list[int]]:
    refused: list[int] = []
    return read_env_file(text, known, report=lambda line, reason: refused.append(line)), refused


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("A=1", "1"),
        ("export A=1", "1"),
        ("A = 1", "1"),
        ("A: 1", "1"),
        ("A=", ""),
        ("A='it is $SET # really'", "it is $SET # really"),
        ('A="two\\nlines"', "two\nlines"),
        ('A="say \\"hi\\""', 'say "hi"'),
        ('A="${HOST}:1" # comment', "kafka:1"),
        ("A=$HOST:1", "kafka:1"),
        ("A=plain # comment", "plain"),
        ("A=with#hash", "with#hash"),
        ("A=${NONE:-fallback}", "fallback"),
        ("A=x=y", "x=y"),
        ("A='first\nsecond'", "first\nsecond"),
        ('A="it\'s"', "it's"),
        ("A='unclosed", "'unclosed"),
    ],
)
def test_a_line_of_an_env_file_sets_a_variable(line: str, value: str) -> None:
    assert env(line, HOST="kafka") == ({"A": value}, [])


def test_a_later_line_sees_the_earlier_ones_and_no_later_one() -> None:
    values, _ = env("HOST=kafka\nADDR=${HOST}:${PORT}\nPORT=9092")
    assert values == {"HOST": "kafka", "ADDR": "kafka:", "PORT": "9092"}


def test_a_bare_name_takes_its_value_from_what_was_known() -> None:
    assert env("A\nB", A="1") == ({"A": "1"}, [])


def test_lines_that_set_nothing_are_told_by_their_number() -> None:
    assert env("# comment\n\nA=1\nnot a line\n=x\nB=2") == ({"A": "1", "B": "2"}, [4, 5])


@given(st.dictionaries(st.text(string.ascii_uppercase, min_size=1, max_size=8), st.text(max_size=30), max_size=8))
def test_single_quoted_values_stand_as_they_are(values: dict[str, str]) -> None:
    plain = {name: "".join(one for one in value if one != "'" and one.isprintable()) for name, value in values.items()}
    text = "\n".join(f"{name}='{value}'" for name, value in plain.items())
    assert env(text) == (plain, [])

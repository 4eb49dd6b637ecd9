"""Shared root causes: errors on one resource, or of like meaning, and nothing that chance or a common vocabulary explains."""

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.knowledge.similarity.lexical import lexical_likeness
from server.model.moments import microseconds
from server.model.pattern import PatternType
from server.patterns.errors.root_cause import detect
from server.patterns.fleet import Fleet, Member
from server.patterns.found import Found, Identity
from server.patterns.history import History, HistoryBuilder
from tests.rules.patterns.telling import at, told

NOBODY = Fleet()
KIND = PatternType.SHARED_ROOT_CAUSE


def errors(
    category: str, description: str = "", *, times: int = 4, first: float = 10, **more: Any
) -> list[dict[str, Any]]:
    """The error once a week."""
    return [
        {"kind": "error", "at": at(first + 7 * number, 3), "category": category, "description": description, **more}
        for number in range(times)
    ]


def found(
    *by_system: tuple[str, list[dict[str, Any]]], fleet: Fleet = NOBODY, known: frozenset[Identity] = frozenset()
) -> list[Found]:
    return detect(told(*by_system), fleet, known, likeness=lexical_likeness)


STALE = errors("stale_data", "prices.json is stale")
OUTDATED = errors("old_quotes", "outdated price data in prices.json", first=12)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(STALE, OUTDATED, id="stale and outdated"),
        pytest.param(
            errors("parse_error", "Unexpected end of JSON while reading prices.json"),
            errors("decode_failure", "prices.json ended before the document was complete", first=12),
            id="cut off",
        ),
        pytest.param(
            errors("timeout", "request to the pricing API timed out after 30 s"),
            errors("upstream_slow", "price service did not answer within 10 seconds", first=12),
            id="no answer",
        ),
        pytest.param(
            errors("rate_limit", "429 Too Many Requests from the exchange"),
            errors("throttled", "the exchange throttles our requests", first=12),
            id="throttled",
        ),
        pytest.param(
            errors("schema_mismatch", "column customer_id missing in orders"),
            errors("KeyError", "customerId not found in orders table", first=12),
            id="a name in two spellings",
        ),
        pytest.param(errors("null_prices"), errors("null_prices", first=12), id="the same trouble with the same thing"),
        pytest.param(errors("x", resource="/d/a.json"), errors("y", first=12, resource="/d/a.json"), id="one resource"),
    ],
)
def test_errors_of_one_cause_are_one_pattern(one: list[dict[str, Any]], other: list[dict[str, Any]]) -> None:
    (pattern,) = found(("sys_b", one), ("sys_a", other))
    assert pattern.held_back == ""
    assert pattern.identity.systems == ("sys_a", "sys_b")
    assert len(pattern.occurrences) == 4
    assert {seq for occurrence in pattern.occurrences for seq in occurrence.seqs} == set(range(1, 9))
    assert sorted(seq for fact in pattern.facts for seq in fact.seqs) == list(range(1, 9))
    assert [fact.system for fact in pattern.facts] == ["sys_a", "sys_b"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(STALE, OUTDATED[:2], id="two occurrences"),
        pytest.param(STALE, errors("disk_full", "no space left on the mail host"), id="another meaning"),
        pytest.param(
            errors("stale_prices", "prices.json is stale"),
            errors("prices_denied", "no permission for prices.json"),
            id="the same thing, another trouble",
        ),
        pytest.param(errors("timeout"), errors("timeout", first=12), id="everybody's word"),
        pytest.param(errors("parse_error"), errors("parse_error", first=12), id="everybody's word for an error"),
        pytest.param(errors("null_values"), errors("null_values", first=12), id="everybody's two words"),
        pytest.param(errors("error"), errors("failed", first=12), id="words that say nothing"),
        pytest.param(
            errors("x", resource="/d/a.json"), errors("y", first=12, resource="/d/b.json"), id="another resource"
        ),
        pytest.param(
            errors("x", resource="/d/a.json"), errors("y", times=2, resource="/d/a.json"), id="one resource, twice"
        ),
        pytest.param(errors("order_feed_17"), errors("order_feed_18", first=12), id="codes of other numbers"),
    ],
)
def test_errors_that_have_little_in_common_are_none(one: list[dict[str, Any]], other: list[dict[str, Any]]) -> None:
    assert found(("sys_a", one), ("sys_b", other)) == []


def test_a_burst_counts_once() -> None:
    burst = [
        {
            "kind": "error",
            "at": at(20, 3, 0, 20 * number),
            "category": "stale_data",
            "description": "prices.json is stale",
        }
        for number in range(30)
    ]
    assert found(("sys_a", burst), ("sys_b", OUTDATED)) == []


def test_a_description_is_not_repeated() -> None:
    (pattern,) = found(("sys_a", STALE), ("sys_b", OUTDATED))
    said = " ".join([pattern.description, pattern.recommendation, *(fact.data_point for fact in pattern.facts)])
    assert "stale_data" in said
    assert "prices.json" not in said


def test_what_is_on_one_resource_is_not_told_a_second_time_by_its_meaning() -> None:
    (pattern,) = found(
        ("sys_a", errors("stale_data", "prices.json is stale", resource="/d/prices.json")),
        ("sys_b", errors("old_quotes", "outdated price data in prices.json", first=12, resource="/d/prices.json")),
    )
    assert pattern.identity.subject == "/d/prices.json"
    assert pattern.trigger == "write:/d/prices.json"


def test_three_systems_of_one_cause_are_one_pattern() -> None:
    (pattern,) = found(
        ("sys_a", STALE), ("sys_b", OUTDATED), ("sys_c", errors("stale_quotes", "price data in prices.json is too old"))
    )
    assert pattern.identity.systems == ("sys_a", "sys_b", "sys_c")


def test_everybodys_word_is_held_back_where_both_rest_on_one_thing_and_nothing_else_speaks_for_it() -> None:
    fleet = Fleet({one: Member(one, depends_on=frozenset({"sys_p"})) for one in ("sys_a", "sys_b")})
    (pattern,) = found(("sys_a", errors("timeout")), ("sys_b", errors("timeout", first=12)), fleet=fleet)
    assert pattern.held_back == "not_significant"
    assert "sys_p" in pattern.description


def test_everybodys_word_counts_where_the_errors_come_on_the_same_days() -> None:
    days = [3, 11, 12, 26, 30, 41, 53, 54, 68, 71, 80]
    both = [{"kind": "error", "at": at(day, 3), "category": "timeout"} for day in days]
    others = [(f"sys_{place}", errors(f"kind{place}")) for place in range(6)]
    (pattern,) = found(
        ("sys_a", both), ("sys_b", [{**one, "at": at(day, 9)} for one, day in zip(both, days, strict=True)]), *others
    )
    assert pattern.identity.systems == ("sys_a", "sys_b")
    assert pattern.p_value is not None
    assert pattern.p_value <= 0.01
    assert "same days" in pattern.description


def test_weekly_errors_that_share_nothing_but_their_weekday_are_none() -> None:
    others = [(f"sys_{place}", errors(f"kind{place}")) for place in range(6)]
    assert found(("sys_a", errors("timeout", times=11)), ("sys_b", errors("timeout", times=11)), *others) == []


@pytest.mark.parametrize("systems", [4, 8])
def test_what_nearly_every_system_has_says_nothing(systems: int) -> None:
    told_by_all = [
        (f"sys_{place}", errors("ledger_gap", "gap in the ledger of the day", first=5 + place))
        for place in range(systems)
    ]
    rest = [(f"sys_x{place}", errors(f"kind{place}")) for place in range(4)]
    assert [one for one in found(*told_by_all, *rest) if not one.held_back] == []


WORDS = "price order candle feed ticker cart invoice ledger refund token vector label batch risk seat sitemap".split()
TROUBLES = "stale missing timeout parse null duplicate overflow mismatch denied rejected partial late drift gap".split()


def unrelated(seed: int, categories: int, described: bool) -> History:
    """Twenty systems that have some of the same list of categories, each when it comes."""
    chance = random.Random(seed)
    names = chance.sample([f"{word}_{trouble}" for word in WORDS for trouble in TROUBLES], categories)
    builder = HistoryBuilder(microseconds(at(0)), microseconds(at(90)))
    number = 0
    for system in range(20):
        for name in chance.sample(names, 4):
            for _ in range(chance.randint(1, 25)):
                number += 1
                document = {"category": name, "description": f"{name.replace('_', ' ')} in step" if described else ""}
                builder.add(number, f"sys_{system}", "error", microseconds(at(chance.random() * 90)), document)
    return builder.build()


@pytest.mark.parametrize(("categories", "described"), [(12, False), (40, False), (40, True), (150, True)])
def test_a_fleet_with_one_vocabulary_and_nothing_in_common_has_almost_no_pattern(
    categories: int, described: bool
) -> None:
    shown = [
        one
        for seed in range(8)
        for one in detect(unrelated(seed, categories, described), Fleet(), likeness=lexical_likeness)
        if not one.held_back
    ]
    assert len(shown) <= 1


def test_a_known_cause_keeps_its_subject_and_shows_again_on_fewer_occurrences() -> None:
    known = Identity(KIND, ("sys_a", "sys_b"), "stale_data")
    (kept,) = found(("sys_a", STALE), ("sys_b", OUTDATED), known=frozenset({known}))
    assert kept.identity == known
    resource = Identity(KIND, ("sys_a", "sys_b"), "/d/a.json")
    once = errors("x", times=1, resource="/d/a.json")
    (again,) = found(("sys_a", once), ("sys_b", once), known=frozenset({resource}))
    assert (again.identity, again.held_back, len(again.occurrences)) == (resource, "too_few", 1)


@settings(max_examples=25, deadline=None)
@given(st.permutations(["sys_a", "sys_b", "sys_c", "sys_d"]))
def test_the_order_in_which_systems_report_changes_nothing(order: list[str]) -> None:
    reports = {
        "sys_a": STALE,
        "sys_b": OUTDATED,
        "sys_c": errors("x", resource="/d/a.json"),
        "sys_d": errors("y", resource="/d/a.json"),
    }
    patterns = found(*((name, reports[name]) for name in order))
    assert {(one.identity.systems, one.identity.subject, len(one.occurrences)) for one in patterns} == {
        (("sys_a", "sys_b"), "old_quotes", 4),
        (("sys_c", "sys_d"), "/d/a.json", 4),
    }

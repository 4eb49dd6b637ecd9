"""Which systems may use what another learned, and why (LRN-1)."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.knowledge.gathering.facts import Activity, Facts, Member
from server.knowledge.similarity.categories import spelt_alike
from server.knowledge.similarity.lexical import lexical_likeness
from server.knowledge.synthesis.applicability import Applicable, Receivers
from server.patterns.likeness import Alike


def nothing_alike(texts: Sequence[str], owners: Sequence[int], widest: int) -> list[Alike]:
    return []


def member(system_id: str, **members: Any) -> Member:
    own: dict[str, Any] = {"has_engine": members.pop("has_engine", True), "kin": members.pop("kin", system_id)}
    if "written" in members:
        own["written"] = members.pop("written")
    own.update((name, frozenset(value)) for name, value in members.items())
    return Member(system_id, "PRODUCTION", **own)


def facts(*activity: tuple[str, str, int], members: Sequence[Member] = ()) -> Facts:
    known = {one: member(one) for one in ("sys_a", *(one[0] for one in activity))}
    known.update({one.system_id: one for one in members})
    return Facts(0, 10, activity=tuple(Activity(*one, newest=1) for one in activity), members=known)


def who(known: Facts, *, category: str = "stale_data", **asked: Any) -> Applicable:
    receivers = Receivers(known, asked.pop("likeness", nothing_alike))
    return receivers.of(error_category=category, **{"sources": ["sys_a"], **asked})


def systems(found: Applicable) -> list[str]:
    return [one.system for one in found.rows]


def test_lrn_01_a_category_is_active_with_three_occurrences_and_not_with_two() -> None:
    found = who(facts(("sys_b", "stale_data", 3), ("sys_c", "stale_data", 2), ("sys_d", "other", 9)))
    assert systems(found) == ["sys_b"]
    assert found.rows[0].because == ("It reported stale_data 3 times in the last 30 days.",)


def test_lrn_01_the_source_and_archived_systems_are_never_among_them_and_relatives_are() -> None:
    kin = [member("sys_a", kin="root"), member("sys_b", kin="root")]
    known = facts(("sys_a", "stale_data", 9), ("sys_b", "stale_data", 9), members=kin)
    gone = Facts(0, 10, activity=(*known.activity, Activity("sys_gone", "stale_data", 9, 1)), members=known.members)
    assert systems(who(gone)) == ["sys_b"]
    assert systems(who(gone, besides=["sys_b"])) == []


@pytest.mark.parametrize("written", ["stale-data", "Stale Data", "StaleData", "STALE_DATA", "stale.data"])
def test_lrn_01_a_category_is_the_same_however_it_is_spelt(written: str) -> None:
    assert systems(who(facts(("sys_b", written, 5)))) == ["sys_b"]
    assert spelt_alike(written) == "stale data"


def test_what_is_spelt_in_two_ways_is_counted_together() -> None:
    found = who(facts(("sys_b", "stale_data", 2), ("sys_b", "stale-data", 1)))
    assert found.rows[0].because[0] == "It reported stale_data 3 times in the last 30 days."


def test_a_category_that_means_the_same_counts_and_other_numbers_are_another_thing() -> None:
    known = facts(("sys_b", "data_is_stale", 4), ("sys_c", "http_500", 4), ("sys_d", "http_404", 4))
    found = who(known, likeness=lexical_likeness)
    assert systems(found) == ["sys_b"]
    assert "data_is_stale (much like stale_data) 4 times" in found.rows[0].because[0]
    assert systems(who(known, category="http 500", likeness=lexical_likeness)) == ["sys_c"]


@pytest.mark.parametrize(("score", "shared", "alone"), [(0.9, True, True), (0.6, True, False), (0.4, False, False)])
def test_what_is_merely_alike_takes_a_shared_dependency_as_well(score: float, shared: bool, alone: bool) -> None:
    def likeness(texts: Sequence[str], owners: Sequence[int], widest: int) -> list[Alike]:
        one, other = sorted((texts.index("stale data"), texts.index("late feed")))
        return [Alike(one, other, score)]

    both = [member("sys_a", reads={"/feed.json"}), member("sys_b", reads={"/feed.json"}), member("sys_c")]
    known = facts(("sys_b", "late_feed", 5), ("sys_c", "late_feed", 5), members=both)
    told = Facts(0, 10, activity=(*known.activity, Activity("sys_a", "stale_data", 1, 1)), members=known.members)
    found = systems(who(told, likeness=likeness))
    assert ("sys_b" in found, "sys_c" in found) == (shared, alone)


def test_the_kind_of_resource_is_a_reason_besides_and_never_one_alone() -> None:
    reading = [member(one, reads_forms={"json"}) for one in ("sys_a", "sys_b", "sys_c")]
    found = who(facts(("sys_b", "stale_data", 6), members=reading))
    assert systems(found) == ["sys_b"]
    assert found.rows[0].because[1] == "It reads JSON files, as sys_a does."


def test_a_shared_resource_or_upstream_system_is_named() -> None:
    known = [
        member("sys_a", reads={"/feed.json"}, depends_on={"sys_feed"}),
        member("sys_b", reads={"/feed.json"}),
        member("sys_c", depends_on={"sys_feed"}),
    ]
    found = who(facts(("sys_b", "stale_data", 3), ("sys_c", "stale_data", 3), members=known))
    assert found.rows[0].because[1] == "It reads /feed.json, as sys_a does."
    assert found.rows[1].because[1] == "It depends on sys_feed, as sys_a does."


def test_a_resource_is_told_as_the_system_writes_it_and_then_not_its_kind_besides() -> None:
    known = [
        member("sys_a", reads={"/home/ann/feed.json"}, reads_forms={"json"}),
        member(
            "sys_b", reads={"/home/ann/feed.json"}, reads_forms={"json"}, written={"/home/ann/feed.json": "~/feed.json"}
        ),
    ]
    found = who(facts(("sys_b", "stale_data", 3), members=known))
    assert found.rows[0].because[1:] == ("It reads ~/feed.json, as sys_a does.",)
    assert "~/feed.json" in found.rows[0].adaptation
    assert (
        found.reasoning == "sys_b reported stale_data 3 times in the last 30 days and reads ~/feed.json, as sys_a does."
    )


def test_without_a_category_it_is_for_those_who_use_the_very_resource() -> None:
    known = [member("sys_b", reads={"/x.json"}), member("sys_c", writes={"/x.json"}), member("sys_d", reads={"/y"})]
    found = who(facts(members=known), category="", resources=["/x.json"])
    assert systems(found) == ["sys_b", "sys_c"]
    assert who(facts(members=known), category="") == Applicable()


def test_the_reasoning_is_one_sentence_with_equal_reasons_together() -> None:
    reading = [member(one, reads_forms={"json"}) for one in ("sys_a", "sys_b", "sys_c")]
    activity = [("sys_b", "stale_data", 6), ("sys_c", "stale_data", 5), ("sys_d", "stale_data", 4)]
    found = who(facts(*activity, members=reading))
    assert found.reasoning == (
        "sys_b and sys_c each reported stale_data 5 to 6 times in the last 30 days and reads JSON files, as sys_a does; "
        "sys_d reported stale_data 4 times in the last 30 days."
    )


def test_the_reasoning_stays_short_for_a_large_fleet() -> None:
    found = who(facts(*((f"sys_b{number:04}", "stale_data", 3) for number in range(1_000))))
    assert len(found.rows) == 1_000
    assert len(found.reasoning) < 300
    assert "and 995 others" in found.reasoning


def test_the_adaptation_speaks_of_each_systems_own_resources_and_of_no_figure_of_the_source() -> None:
    known = [member("sys_a", reads={"/theirs.json"}), member("sys_b", reads={"/mine.json"}, reads_forms={"json"})]
    found = who(facts(("sys_b", "Stale-Data", 6), members=known))
    own = found.rows[0].adaptation
    assert "/mine.json" in own
    assert "Stale-Data" in own
    assert "/theirs.json" not in own + found.adaptation
    assert "JSON files" in found.adaptation
    assert not any(letter.isdigit() for letter in found.adaptation)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["sys_b", "sys_c", "sys_d"]), st.sampled_from(["x_y", "x-y", "z"]), st.integers(0, 5)
        ),
        max_size=8,
    ),
    st.randoms(use_true_random=False),
)
def test_the_order_of_the_facts_does_not_matter(rows: list[tuple[str, str, int]], random: Any) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)
    one, other = facts(*rows), facts(*shuffled)
    assert who(one, category="x y") == who(other, category="x y")
    active = {system for system, name, _ in rows if sum(n for s, c, n in rows if s == system and c != "z") >= 3}
    assert set(systems(who(one, category="x y"))) == active


def test_several_categories_may_stand_for_one() -> None:
    receivers = Receivers(facts(("sys_b", "timeout", 3), ("sys_c", "refused", 3)), nothing_alike)
    found = receivers.of(error_category="timeout", sources=["sys_a"], also=["refused"])
    assert systems(found) == ["sys_b", "sys_c"]

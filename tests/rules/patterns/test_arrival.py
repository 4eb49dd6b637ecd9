"""Patterns of a file beside ours: what is known, what is better known there, and whose id is taken."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from server.model.pattern import Certainty, Pattern, PatternStatus, PatternType
from server.patterns.arrival import Arrival
from server.patterns.fingerprint import fingerprint_of, identity_of
from server.patterns.life import life_in
from server.storage.patterns import StoredPattern
from tests.rules.patterns.test_document import pattern


def settled(found: list[Pattern], known: dict[str, StoredPattern] | None = None) -> dict[str, StoredPattern]:
    """All that stands after these have arrived beside the known ones, by fingerprint."""
    known = known or {}
    arrival = Arrival(known, found)
    first = 100 + len(known)
    arrival.name([f"XPAT-{first + number}" for number in range(len(arrival.nameless))])
    return {**known, **{one.fingerprint: one for one in arrival.saved}}


def only(stored: dict[str, StoredPattern]) -> StoredPattern:
    (one,) = stored.values()
    return one


def seen(number: int = 1, **members: Any) -> Pattern:
    return pattern(number, **{"last_seen": "2026-04-04T09:00:00Z", **members})


def test_a_pattern_that_is_new_keeps_its_id_and_counts_what_it_has_been_seen() -> None:
    stored = only(settled([seen(7, occurrences=8)]))
    assert stored.pattern.id == "XPAT-007"
    life = life_in(stored.life)
    assert life.occurrences == 8
    assert life.moments == (stored.last_seen,), "what lies before is not counted again"


def test_the_earlier_date_and_the_larger_count_win_and_the_id_is_ours() -> None:
    ours = settled([seen(1, occurrences=4, first_detected="2026-04-01")])
    after = only(settled([seen(9, occurrences=6, first_detected="2026-03-01")], ours))
    assert (after.pattern.id, after.pattern.occurrences, after.pattern.first_detected) == ("XPAT-001", 6, "2026-03-01")
    assert after.pattern.confidence > only(ours).pattern.confidence
    assert life_in(after.life).occurrences == 6
    fewer = only(settled([seen(9, occurrences=3, first_detected="2026-05-01")], ours))
    assert fewer == only(ours)


def test_an_id_that_another_pattern_has_is_not_given_twice() -> None:
    ours = settled([seen(1)])
    arrival = Arrival(ours, [seen(1, systems_involved=("sys_x", "sys_y")), seen(2, subject="other"), seen(2)])
    assert [before for before, _ in arrival.nameless] == ["XPAT-001"]
    arrival.name(["XPAT-050"])
    told = arrival.told()
    assert told.renamed == (("XPAT-001", "XPAT-050"),)
    assert set(told.added) == {"XPAT-002", "XPAT-050"}


def test_a_candidate_of_ours_that_is_shown_elsewhere_is_shown_and_never_the_reverse() -> None:
    candidate = seen(1, status=PatternStatus.CANDIDATE, certainty=Certainty.CANDIDATE, confidence=0.0)
    after = only(settled([seen(5)], settled([candidate])))
    assert (after.pattern.id, after.pattern.status) == ("XPAT-001", PatternStatus.ACTIVE)
    shown = settled([seen(1)])
    assert settled([candidate], shown) == shown


def test_the_order_of_systems_counts_only_where_the_type_has_a_direction() -> None:
    turned = seen(2, systems_involved=("sys_b", "sys_a"))
    assert fingerprint_of(identity_of(seen())) != fingerprint_of(identity_of(turned))
    both = [one.model_copy(update={"type": PatternType.RESOURCE_CONTENTION}) for one in (seen(), turned)]
    assert len({fingerprint_of(identity_of(one)) for one in both}) == 1


@given(
    st.lists(
        st.builds(
            lambda number, systems, subject, occurrences: seen(
                number, systems_involved=systems, subject=subject, occurrences=occurrences
            ),
            st.integers(1, 5),
            st.sampled_from([("sys_a", "sys_b"), ("sys_b", "sys_a"), ("sys_a", "sys_c")]),
            st.sampled_from(["", "x"]),
            st.integers(3, 9),
        ),
        max_size=8,
    )
)
def test_importing_twice_changes_nothing_no_id_stands_twice_and_nothing_is_lost(found: list[Pattern]) -> None:
    once = settled(found)
    assert settled(found, once) == once
    ids = [one.pattern.id for one in once.values()]
    assert len(ids) == len(set(ids))
    assert set(once) == {fingerprint_of(identity_of(one)) for one in found}

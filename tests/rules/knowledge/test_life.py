"""The life of an entry: who is born, what renews it, and what leaves it as it is (LRN-6, LRN-8)."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.errors import InvalidArgument
from server.knowledge.entries.days import is_expired, moment_asked_for, ninety_days_after
from server.knowledge.entries.life import Known, born, fingerprint_of, known_in, merged, renewed, seen_again, superseded
from server.knowledge.synthesis.draft import Draft
from server.knowledge.synthesis.ranking import A_WEEK, ranked
from server.model.knowledge import (
    Applicability,
    KnowledgeEvidence,
    KnowledgeStatus,
    KnowledgeType,
    Retest,
    Support,
)
from server.model.moments import microseconds

DAY = "2026-04-05"
AT = microseconds("2026-04-05T18:00:00Z")


def later(days: int) -> tuple[str, int]:
    """The day so many days later, and 18:00 on it."""
    day = (date.fromisoformat(DAY) + timedelta(days=days)).isoformat()
    return day, microseconds(f"{day}T18:00:00Z")


def draft(key: str = "sys_a:PROP-023", **members: Any) -> Draft:
    usual: dict[str, Any] = {
        "type": KnowledgeType.TRANSFERABLE_FIX,
        "title": "Check how old a file is",
        "description": "sys_a had 12 stale_data errors a week and has 3 since.",
        "source_system": "sys_a",
        "evidence": KnowledgeEvidence(before_metric="12 stale_data errors per week"),
        "rests_on": (key,),
        "support": (Support(system="sys_a", at="2026-03-10", proposal_id="PROP-023"),),
        "applicability": use_for("sys_b"),
        "applicability_reasoning": "sys_b has it, too.",
        "error_category": "stale_data",
        "approach": "compare the age of the file with its schedule",
        "e_value": 40.0,
    }
    return Draft(key=key, **{**usual, **members})


def use_for(*systems: str) -> tuple[Applicability, ...]:
    return tuple(Applicability(system=one, because=("reported stale_data 6 times",)) for one in systems)


def test_lrn_06_an_entry_is_shown_on_ninety_days_its_first_included() -> None:
    entry = born(draft(), "SK-001", DAY).entry
    assert (entry.created, entry.expires) == ("2026-04-05", "2026-07-04")
    assert not is_expired(entry.expires, microseconds("2026-07-03T23:59:59.999999Z")), "the ninetieth day"
    assert is_expired(entry.expires, microseconds("2026-07-04T00:00:00Z"))
    assert ninety_days_after("9999-12-01") == "9999-12-31", "there are no later days"


def test_the_same_facts_change_nothing_on_whatever_day() -> None:
    known = born(draft(), "SK-001", DAY)
    counted_on = tuple(one.model_copy(update={"because": ("7 times",)}) for one in use_for("sys_b"))
    for days in (0, 7, 89, 90, 400):
        day, at = later(days)
        assert seen_again(known, draft(), day, at) is known
        assert seen_again(known, draft(applicability=counted_on, e_value=41.0), day, at) is known
    whole = born(draft(rests_on=("a", "b")), "SK-001", DAY)
    assert seen_again(whole, draft(rests_on=("b",)), *later(7)) is whole, "the oldest fact fell out of sight"


def test_new_facts_tell_an_entry_anew_and_count_its_days_from_then() -> None:
    known = born(draft(), "SK-001", DAY)
    support = (Support(system="sys_c", at="2026-04-11", proposal_id="PROP-9"),)
    fresh = draft(rests_on=("sys_c:PROP-9",), support=support, applicability=use_for("sys_d"), e_value=9.0)
    after = seen_again(known, fresh, *later(7))
    assert (after.entry.id, after.entry.created, after.entry.expires) == ("SK-001", DAY, "2026-07-11")
    assert [one.system for one in after.entry.support] == ["sys_a", "sys_c"]
    assert after.entry.applicable_to == ("sys_b", "sys_d")
    assert after.entry.e_value == 40.0, "what fell out of sight still counts"
    assert after.rests_on == {"sys_a:PROP-023", "sys_c:PROP-9"}
    assert seen_again(after, fresh, *later(14)) is after
    both = draft(rests_on=("sys_a:PROP-023", "sys_c:PROP-9"), e_value=9.0)
    assert seen_again(known, both, *later(7)).entry.e_value == 9.0, "all is in sight"
    far = Known(known.entry.model_copy(update={"expires": "2026-12-01"}), known.rests_on)
    assert seen_again(far, fresh, *later(7)).entry.expires == "2026-12-01", "it was renewed for longer already"


def test_a_system_that_learned_it_itself_has_no_use_for_it_any_more_unless_it_has_answered() -> None:
    known = born(draft(applicability=use_for("sys_b", "sys_c")), "SK-001", DAY)
    support = (Support(system="sys_b", at="2026-04-11"), Support(system="sys_c", at="2026-04-11"))
    fresh = draft(rests_on=("new",), support=support, applicability=use_for("sys_d"))
    answered = Known(known.entry.model_copy(update={"adopted_by": ("sys_c",)}), known.rests_on)
    assert seen_again(known, fresh, *later(7)).entry.applicable_to == ("sys_d",)
    assert seen_again(answered, fresh, *later(7)).entry.applicable_to == ("sys_c", "sys_d")


def test_a_system_that_comes_to_have_use_for_it_is_added_and_renews_nothing() -> None:
    known = born(draft(), "SK-001", DAY)
    adopted = known.entry.model_copy(update={"adopted_by": ("sys_b",), "status": KnowledgeStatus.ADOPTED})
    told = draft(applicability=use_for("sys_c"), applicability_reasoning="sys_c has it, too.")
    after = seen_again(Known(adopted, known.rests_on), told, *later(7)).entry
    assert (after.applicable_to, after.expires) == (("sys_b", "sys_c"), known.entry.expires)
    assert after.status is KnowledgeStatus.ACTIVE, "not all have adopted it any more"
    assert after.applicability_reasoning == ("sys_b has it, too. sys_c since 2026-04-12: reported stale_data 6 times.")
    whole = draft(applicability=use_for("sys_b", "sys_c"), applicability_reasoning="Both have it.")
    assert seen_again(known, whole, *later(7)).entry.applicability_reasoning == "Both have it."


def test_an_expired_entry_stays_so_until_there_are_new_facts_and_comes_back_under_its_id() -> None:
    known = born(draft(applicability=use_for("sys_b", "sys_c")), "SK-001", DAY)
    known = Known(known.entry.model_copy(update={"declined_by": ("sys_c",)}), known.rests_on)
    day, at = later(90)
    assert seen_again(known, draft(applicability=use_for("sys_x")), day, at) is known
    back = seen_again(known, draft(rests_on=("new",), applicability=use_for("sys_x")), day, at).entry
    assert (back.id, back.created, back.expires) == ("SK-001", DAY, "2026-10-02")
    assert back.applicable_to == ("sys_c", "sys_x"), "who never answered has use for it only where that is found again"


def test_what_another_takes_in_is_superseded_once_and_stays_so_and_contradictions_stand_on_both() -> None:
    single = born(draft(), "SK-001", DAY)
    universal = draft("u", type=KnowledgeType.UNIVERSAL_PATTERN, supersedes=("SK-001",))
    opposite = draft("x", type=KnowledgeType.ANTI_PATTERN, contradicts=("SK-001", "SK-404"))
    known = {fingerprint_of(draft()): single}
    news = [(fingerprint_of(one), one) for one in (universal, opposite)]
    ids = {fingerprint_of(universal): "SK-002", fingerprint_of(opposite): "SK-003"}
    after = {one.entry.id: one.entry for one in merged(known, news, ids, day=DAY, at=AT).values()}
    assert (after["SK-001"].status, after["SK-001"].superseded_by) == (KnowledgeStatus.SUPERSEDED, "SK-002")
    assert after["SK-002"].supersedes == ("SK-001",)
    assert after["SK-001"].contradicts == ("SK-003",)
    gone = Known(after["SK-001"], single.rests_on)
    assert seen_again(gone, draft(rests_on=("new",)), *later(7)) is gone
    assert superseded(gone, "SK-009") is gone
    assert superseded(single, "SK-001") is single, "nothing takes itself in"


def test_lrn_05_who_adopted_what_is_taken_in_is_an_adopter_and_who_declined_is_asked_anew() -> None:
    rows = (*use_for("sys_b"), *use_for("sys_c"), *use_for("sys_d"))
    single = born(draft(applicability=rows), "SK-001", DAY)
    answers = {"adopted_by": ("sys_b", "sys_s"), "declined_by": ("sys_c",)}
    single = Known(single.entry.model_copy(update=answers), single.rests_on)
    taught = (Support(system="sys_s", at="2026-04-01"),)
    universal = draft(
        "u", type=KnowledgeType.UNIVERSAL_PATTERN, supersedes=("SK-001",), applicability=rows, support=taught
    )
    news = [(fingerprint_of(universal), universal)]
    ids = {fingerprint_of(universal): "SK-002"}
    after = {
        one.entry.id: one.entry for one in merged({fingerprint_of(draft()): single}, news, ids, day=DAY, at=AT).values()
    }
    assert (after["SK-002"].adopted_by, after["SK-002"].declined_by) == (("sys_b",), ()), "nobody adopts what he taught"
    assert after["SK-002"].status is KnowledgeStatus.ACTIVE
    whole = Known(single.entry.model_copy(update={"adopted_by": ("sys_b", "sys_c", "sys_d")}), single.rests_on)
    after = {
        one.entry.id: one.entry for one in merged({fingerprint_of(draft()): whole}, news, ids, day=DAY, at=AT).values()
    }
    assert after["SK-002"].status is KnowledgeStatus.ADOPTED


def test_what_did_harm_is_told_by_what_takes_it_in_once() -> None:
    harm = Retest(system="sys_b", at=DAY, reason="more errors")
    single = born(draft(), "SK-001", DAY)
    single = Known(single.entry.model_copy(update={"retest": (harm,)}), single.rests_on)
    universal = draft("u", type=KnowledgeType.UNIVERSAL_PATTERN, supersedes=("SK-001",))
    news = [(fingerprint_of(universal), universal)]
    known = {fingerprint_of(draft()): single}
    once = merged(known, news, {fingerprint_of(universal): "SK-002"}, day=DAY, at=AT)
    assert [one.entry.retest for one in once.values()] == [(harm,), (harm,)]
    over = once[fingerprint_of(universal)]
    over = Known(renewed(over.entry, DAY), over.rests_on)
    again = merged({**once, fingerprint_of(universal): over}, news, {}, day=DAY, at=AT)
    assert again[fingerprint_of(universal)].entry.retest == (), "what was renewed since is not asked for anew"


def test_lrn_06_a_renewal_counts_from_the_last_day_or_from_today_and_ends_a_retest() -> None:
    known = born(draft(), "SK-001", DAY)
    retest = (Retest(system="sys_b", at=DAY, reason="more errors"),)
    entry = known.entry.model_copy(update={"retest": retest})
    early = renewed(entry, later(10)[0])
    assert (early.expires, early.renewed_at, early.retest) == ("2026-10-02", "2026-04-15", ())
    late = renewed(entry, later(200)[0])
    assert (late.expires, late.renewed_at) == (ninety_days_after("2026-10-22"), "2026-10-22")


def test_a_life_is_read_as_it_was_stored() -> None:
    known = born(draft(rests_on=("b", "a")), "SK-001", DAY)
    stored = {**known.document(), "imported": "digest"}
    again = known_in(known.entry, stored)
    assert (again.rests_on, again.document()) == (known.rests_on, stored)


def test_a_moment_is_asked_for_as_a_day_at_whose_end_or_as_a_time() -> None:
    assert moment_asked_for("2026-04-05") == microseconds("2026-04-05T23:59:59.999999Z")
    assert moment_asked_for(" 2026-04-05T14:00:00+02:00 ") == microseconds("2026-04-05T12:00:00Z")
    assert moment_asked_for("2026-04-05T14:00:00") == microseconds("2026-04-05T14:00:00Z")
    for wrong in ("yesterday", "2026-13-01", "1/2/2026", "-", "9" * 400):
        with pytest.raises(InvalidArgument):
            moment_asked_for(wrong)


told_in_a_week = st.lists(
    st.tuples(st.integers(0, 8), st.integers(0, 2), st.integers(0, 7), st.booleans()),
    max_size=9,
    unique_by=lambda one: (one[0], one[3]),
)
"""Of each draft: its key, how many facts it has by then, to whom it is of use, bit by bit, and whether it is a fix."""


def drafts_of(told: list[tuple[int, int, int, bool]]) -> list[Draft]:
    """The drafts of a week."""
    names = ("sys_b", "sys_c", "sys_d")
    return [
        draft(
            f"key {key}",
            type=KnowledgeType.TRANSFERABLE_FIX if fix else KnowledgeType.ANTI_PATTERN,
            rests_on=tuple(f"key {key}.{fact}" for fact in range(facts + 1)),
            applicability=use_for(*(name for bit, name in enumerate(names) if whom >> bit & 1)),
            e_value=1.0 + key % 3,
        )
        for key, facts, whom, fix in told
    ]


def run(known: dict[str, Known], found: list[Draft], days: int) -> dict[str, Known]:
    """The entries after a synthesis so many days later, in a week of its own."""
    day, at = later(days)
    there = {(one.type.value, one.key) for one in found if fingerprint_of(one) in known}
    entering = [one.draft for one in ranked(found, A_WEEK, known=there) if one.enters]
    new = [name for one in entering if (name := fingerprint_of(one)) not in known]
    ids = {name: f"SK-{number:03d}" for number, name in enumerate(new, len(known) + 1)}
    return merged(known, [(fingerprint_of(one), one) for one in entering], ids, day=day, at=at)


@given(st.lists(told_in_a_week, max_size=3), st.randoms())
def test_lrn_08_no_week_has_more_than_five_new_in_whatever_order_and_a_repeated_run_changes_nothing(
    told: list[list[tuple[int, int, int, bool]]], random: Any
) -> None:
    known: dict[str, Known] = {}
    for number, found in enumerate(map(drafts_of, told)):
        after = run(known, found, 7 * number)
        assert len(after) - len(known) <= A_WEEK
        mixed = list(found)
        random.shuffle(mixed)
        assert run(known, mixed, 7 * number) == after
        seen = [one for one in found if fingerprint_of(one) in after]
        assert run(after, seen, 7 * number + 1) == after
        assert after.keys() >= known.keys()
        assert {one.entry.id for one in after.values()} == {f"SK-{n:03d}" for n in range(1, len(after) + 1)}
        known = after

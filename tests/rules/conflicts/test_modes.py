"""Blocking and advisory mode: what a tier's mode does to a ruling, and what it leaves alone."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.conflicts.modes import modes_document, modes_in, revised
from server.conflicts.severity import Hold, Item, rule_over
from server.model.check import Mode, Verdict
from server.model.tier import Severity, Tier

BLOCKING, ADVISORY = Mode.BLOCKING, Mode.ADVISORY
M, P, E = Tier.MISSION_CRITICAL, Tier.PRODUCTION, Tier.EXPERIMENTAL
ITEMS = st.lists(st.builds(Item, st.sampled_from(Tier), st.sampled_from([None, *Severity])), max_size=6)
MODES = st.fixed_dictionaries({tier: st.sampled_from(Mode) for tier in Tier})


def modes(*advisory: Tier) -> dict[Tier, Mode]:
    return {tier: ADVISORY if tier in advisory else BLOCKING for tier in Tier}


@pytest.mark.parametrize("tier", Tier)
def test_a_tier_in_advisory_mode_keeps_its_verdict_and_says_what_it_would_have_held(tier: Tier) -> None:
    items = [Item(tier, Severity.CRITICAL)]
    ruling = rule_over(items, modes(tier), tier)
    assert (ruling.verdict, ruling.blocks, ruling.hold) == (Verdict.CONFLICT_DETECTED, False, Hold.GOES_ON)
    assert (ruling.mode, ruling.would_block_in) == (ADVISORY, (tier,))
    blocking = rule_over(items, modes(), tier)
    assert (blocking.blocks, blocking.mode, blocking.would_block_in) == (True, BLOCKING, ())


def test_an_advisory_tier_takes_nothing_from_what_another_tier_holds() -> None:
    items = [Item(P, Severity.CRITICAL), Item(M, None)]
    for ordered in permutations(items):
        ruling = rule_over(ordered, modes(P), P)
        assert ruling.verdict is Verdict.CONFLICT_DETECTED
        assert (ruling.hold, ruling.blocks, ruling.mode) == (Hold.IN_REVIEW, True, BLOCKING)
        assert ruling.would_block_in == (P,)


def test_what_an_experiment_may_do_anyway_is_not_said_to_be_let_go() -> None:
    ruling = rule_over([Item(E, Severity.HIGH)], modes(E), E)
    assert (ruling.verdict, ruling.would_block_in) == (Verdict.REVIEW_REQUIRED, ())


@given(ITEMS, MODES)
def test_the_modes_never_change_the_verdict_and_the_order_never_changes_anything(
    items: list[Item], chosen: dict[Tier, Mode]
) -> None:
    ruling = rule_over(items, chosen, P)
    assert ruling == rule_over(reversed(items), chosen, P)
    all_blocking = rule_over(items, modes(), P)
    assert ruling.verdict is all_blocking.verdict
    assert all_blocking.blocks == (ruling.blocks or bool(ruling.would_block_in))


def test_every_tier_starts_in_blocking_mode_and_is_switched_by_itself() -> None:
    assert modes_in(None) == modes()
    document = revised(None, P, ADVISORY, by="", reason="Trying it out.")
    assert document is not None
    assert modes_in(document) == modes(P)
    assert document["reason"] == "Trying it out."
    assert revised(document, P, ADVISORY, by="", reason="Again.") is None
    again = revised(document, M, ADVISORY, by="", reason="")
    assert modes_in(again) == modes(P, M)
    assert modes_document(modes(P)) == {
        "MISSION_CRITICAL": "blocking",
        "PRODUCTION": "advisory",
        "EXPERIMENTAL": "blocking",
    }

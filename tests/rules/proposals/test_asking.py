"""Who is asked to accept by a finding: those who can't answer, and those who have not for too long."""

from datetime import UTC, datetime, timedelta

import pytest

from server.model.proposal import DecisionKind
from server.model.proposal import ProposalState as State
from server.model.tier import Severity
from server.proposals.asking import asked_by_finding, fingerprints
from tests.rules.proposals.worlds import proposal, registry, said

NOW = datetime(2026, 4, 5, 14, tzinfo=UTC)


def engine(system_id: str, tier: str = "PRODUCTION") -> dict[str, object]:
    return {"id": system_id, "tier": tier, "evolution_engine": True, "owner": "Ana"}


def test_a_system_without_an_engine_an_unknown_one_and_nobody_at_all_are_asked_at_once() -> None:
    known = registry({"id": "sys_a"}, {"id": "sys_b", "owner": "Ana"})
    found = asked_by_finding(known, proposal(State.BLOCKED, asked=("sys_b", "sys_ghost", "user")), NOW)
    assert [(one.details["actor"], one.system_id, one.severity) for one in found] == [
        ("sys_b", "sys_b", Severity.HIGH),
        ("sys_ghost", "sys_ghost", Severity.HIGH),
        ("user", "sys_a", Severity.HIGH),
    ]
    assert "Ana or the local user" in found[0].message
    assert {one.fingerprint for one in found} == fingerprints(
        [proposal(State.BLOCKED, asked=("sys_b", "sys_ghost", "user"))]
    )


@pytest.mark.parametrize(
    ("proposer", "party", "days"),
    [
        ("EXPERIMENTAL", "EXPERIMENTAL", 3),
        ("EXPERIMENTAL", "PRODUCTION", 7),
        ("PRODUCTION", "EXPERIMENTAL", 7),
        ("PRODUCTION", "MISSION_CRITICAL", 14),
    ],
)
def test_a_system_with_an_engine_has_the_days_of_the_stricter_tier_to_answer(
    proposer: str, party: str, days: int
) -> None:
    known = registry({"id": "sys_a", "tier": proposer}, engine("sys_b", party))
    waiting = proposal(State.IN_REVIEW)
    assert asked_by_finding(known, waiting, NOW + timedelta(days=days, seconds=-1)) == []
    (found,) = asked_by_finding(known, waiting, NOW + timedelta(days=days))
    assert f"{days} days" in found.message
    assert found.severity is Severity.MEDIUM


def test_nobody_is_asked_who_has_answered_or_whose_answer_no_longer_matters() -> None:
    known = registry({"id": "sys_a"}, {"id": "sys_b"}, {"id": "sys_c"})
    accepted = (said(DecisionKind.ACCEPT, "sys_b"),)
    found = asked_by_finding(known, proposal(State.BLOCKED, asked=("sys_b", "sys_c"), decisions=accepted), NOW)
    assert [one.details["actor"] for one in found] == ["sys_c"]
    for state in set(State) - {State.BLOCKED, State.IN_REVIEW}:
        assert asked_by_finding(known, proposal(state), NOW) == []

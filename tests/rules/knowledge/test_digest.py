"""The digest of a week, and which weeks were missed."""

from datetime import UTC, datetime

import pytest

from server.knowledge.weekly.digest import (
    MOST_CAUGHT_UP,
    WeekFacts,
    digest_of,
    health,
    missed_weeks,
    resolved_at,
    top_insight,
    week_ending,
)
from server.knowledge.weekly.trend import Trend
from server.model.change import Change
from server.model.check import Verdict
from server.model.knowledge import KnowledgeEntry, KnowledgeType, Support
from server.model.proposal import CheckMade, Decision, DecisionKind, Proposal, ProposalState


def entry(number: int, kind: KnowledgeType = KnowledgeType.TRANSFERABLE_FIX, **members: object) -> KnowledgeEntry:
    told = {
        "id": f"SK-{number:03d}",
        "type": kind,
        "title": "Check how old a file is",
        "description": "",
        "source_system": "sys_a",
        "created": "2026-04-05",
        "expires": "2026-07-04",
        **members,
    }
    return KnowledgeEntry.model_validate(told)


def facts(**members: object) -> WeekFacts:
    told: dict[str, object] = {
        "week_ending": "2026-04-05",
        "figures": {},
        "new": (),
        "resolved": 0,
        "trends": {},
        "attention": (),
        "left_out": (),
    }
    return WeekFacts(**{**told, **members})  # type: ignore[arg-type]  # by name


def test_lrn_09_the_digest_has_the_members_of_the_source_and_what_was_left_out() -> None:
    left_out = [{"rank": 6, "title": "Retry", "reason": "Five are new this week."}]
    attention = [{"system": "sys_b", "reason": "Has not adopted 3 applicable shared knowledge entries.", "more": 1}]
    digest = digest_of(
        facts(
            figures={"promotions": 12, "rejections": 4, "knowledge_transfers_completed": 1},
            new=[entry(1), entry(2)],
            resolved=2,
            trends={"error_rate": Trend.IMPROVING},
            attention=attention,
            left_out=left_out,
        )
    )
    insight = digest["digest"].pop("top_insight")
    assert "SK-001" in insight
    assert digest == {
        "week_ending": "2026-04-05",
        "digest": {
            "total_promotions_across_systems": 12,
            "total_rejections_across_systems": 4,
            "new_shared_knowledge_entries": 2,
            "knowledge_transfers_completed": 1,
            "cross_system_conflicts_resolved": 2,
            "organizational_health": "IMPROVING",
            "systems_needing_attention": [{"system": "sys_b", "reason": attention[0]["reason"]}],
        },
        "left_out": left_out,
    }


@pytest.mark.parametrize(
    ("trends", "told"),
    [
        ({}, Trend.STABLE),
        ({"error_rate": Trend.DEGRADING, "knowledge_transfer_success_rate": Trend.IMPROVING}, Trend.DEGRADING),
        ({"error_rate": Trend.STABLE, "knowledge_transfer_success_rate": Trend.DEGRADING}, Trend.DEGRADING),
        ({"error_rate": Trend.STABLE, "promotions": Trend.IMPROVING}, Trend.STABLE),
    ],
)
def test_lrn_09_the_error_rate_decides_on_health_and_transfers_where_it_is_stable(
    trends: dict[str, Trend], told: Trend
) -> None:
    assert health(trends) is told


def test_lrn_09_the_top_insight_is_the_strongest_new_entry_with_its_figures() -> None:
    fix = entry(
        3,
        title="“Check how old a file is” made stale_data errors 75% rarer",
        evidence={"before_metric": "12 errors per week", "after_metric": "3 errors per week"},
        e_value=41.2,
        applicable_to=("sys_dashboard", "sys_mailer"),
    )
    assert top_insight([entry(1, e_value=2.0), fix]) == (
        "“Check how old a file is” made stale_data errors 75% rarer (12 errors per week before, 3 errors per week after, e = 41): "
        "SK-003, a transferable fix from sys_a, of use to sys_dashboard, sys_mailer."
    )
    assert top_insight([]) == ""


def test_lrn_09_the_top_insight_counts_many_systems_and_says_less_where_less_is_known() -> None:
    support = tuple(Support(system=f"sys_{one}", at="2026-04-01") for one in "abc")
    told = top_insight([entry(4, KnowledgeType.ANTI_PATTERN, support=support)])
    assert told == "Check how old a file is: SK-004, an anti pattern from 3 systems."
    many = entry(5, e_value=1e9, applicable_to=tuple(f"sys_{number}" for number in range(7)))
    told = top_insight([many])
    assert told.startswith("Check how old a file is (e over 1,000,000): SK-005")
    assert told.endswith("of use to sys_0, sys_1, sys_2, sys_3, sys_4 and 2 more.")


def proposal(
    state: ProposalState, *checks: tuple[int, Verdict, str], accepted: str = "", updated: str = ""
) -> Proposal:
    said = (
        (Decision(at=accepted, version=1, decision=DecisionKind.ACCEPT, by="sys_b", actor="sys_b"),) if accepted else ()
    )
    return Proposal(
        proposal_id="PROP-001",
        version=checks[-1][0],
        source_system="sys_a",
        title="Nest the signals",
        changes=(Change(resource="~/signals.json", description="nest"),),
        state=state,
        created_at="2026-04-01T00:00:00Z",
        updated_at=updated or "2026-04-04T00:00:00Z",
        checks=tuple(
            CheckMade(id=f"CHK-{number}", version=version, verdict=verdict, at=at, blocks=verdict is not Verdict.CLEAR)
            for number, (version, verdict, at) in enumerate(checks)
        ),
        decisions=said,
    )


FOUND = (1, Verdict.CONFLICT_DETECTED, "2026-04-01T00:00:00Z")
S = ProposalState


@pytest.mark.parametrize(
    ("one", "at"),
    [
        (proposal(S.BLOCKED, FOUND), ""),
        (proposal(S.READY_FOR_SHADOW_TEST, FOUND, (2, Verdict.CLEAR, "2026-04-02T00:00:00Z")), "2026-04-02T00:00:00Z"),
        (proposal(S.IN_REVIEW, FOUND, (2, Verdict.REVIEW_REQUIRED, "2026-04-02T00:00:00Z")), ""),
        (proposal(S.READY_FOR_SHADOW_TEST, FOUND, accepted="2026-04-03T00:00:00Z"), "2026-04-03T00:00:00Z"),
        (proposal(S.BLOCKED, FOUND, accepted="2026-04-03T00:00:00Z"), ""),
        (proposal(S.PROMOTED, FOUND, updated="2026-04-04T00:00:00Z"), "2026-04-04T00:00:00Z"),
        (proposal(S.REJECTED, FOUND, accepted="2026-04-03T00:00:00Z"), ""),
        (proposal(S.PROMOTED, (1, Verdict.CLEAR, "2026-04-02T00:00:00Z")), ""),
    ],
)
def test_lrn_09_a_conflict_is_resolved_by_a_clear_revision_by_consent_or_by_promotion(one: Proposal, at: str) -> None:
    assert resolved_at(one) == at


def on(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


DONE = {"2026-04-05": "2026-04-05T18:00:00Z"}
FIRST = "2026-04-01T09:00:00Z"


@pytest.mark.parametrize(
    ("kept", "first", "now", "missed"),
    [
        (DONE, "", "2026-04-27T09:00:00Z", ["2026-04-12", "2026-04-19", "2026-04-26"]),
        (DONE, "", "2026-04-26T17:59:00Z", ["2026-04-12", "2026-04-19"]),
        (DONE, "", "2026-04-12T18:00:00Z", []),
        ({"2026-04-05": "2026-04-02T10:00:00Z"}, FIRST, "2026-04-06T00:00:00Z", ["2026-04-05"]),
        ({"2026-04-05": ""}, FIRST, "2026-04-14T00:00:00Z", ["2026-04-05", "2026-04-12"]),
        ({}, "", "2026-04-27T09:00:00Z", []),
        ({}, FIRST, "2026-04-14T09:00:00Z", ["2026-04-05", "2026-04-12"]),
        ({}, "2026-04-05T18:00:01Z", "2026-04-14T09:00:00Z", ["2026-04-12"]),
        ({}, "2026-04-14T08:00:00Z", "2026-04-14T09:00:00Z", []),
    ],
)
def test_lrn_09_a_week_is_missed_when_its_evening_passed_without_a_digest(
    kept: dict[str, str], first: str, now: str, missed: list[str]
) -> None:
    assert missed_weeks(kept, first, on(now)) == missed


def test_lrn_09_of_a_long_absence_the_last_weeks_are_made_up_for() -> None:
    missed = missed_weeks(DONE, "", on("2027-04-12T09:00:00Z"))
    assert (len(missed), missed[-1]) == (MOST_CAUGHT_UP, "2027-04-11")


@pytest.mark.parametrize(
    ("now", "week"),
    [
        ("2026-04-05T23:59:59Z", "2026-04-05"),
        ("2026-04-06T00:00:00Z", "2026-04-12"),
        ("2026-04-08T12:00:00Z", "2026-04-12"),
    ],
)
def test_lrn_09_a_week_goes_by_its_sunday(now: str, week: str) -> None:
    assert week_ending(on(now)) == week

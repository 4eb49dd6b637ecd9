"""What several systems turned down, and what they turned it down for (LRN-3)."""

from dataclasses import replace

import pytest

from server.knowledge.gathering.facts import KnownEntry
from server.model.knowledge import KnowledgeType
from tests.rules.knowledge.experience import drafts, facts, outcome, rejection

ANTI = KnowledgeType.ANTI_PATTERN
LOWER = (
    rejection("a", "Lower the anomaly threshold", "false_positive", before=4, after=9, days_ago=12),
    rejection("d", "Lowered threshold for anomalies", "false_positives", before=5, after=12, days_ago=8),
)


def test_lrn_03_two_systems_that_rejected_similar_approaches_make_an_anti_pattern() -> None:
    (draft,) = drafts(facts(*LOWER), ANTI)
    assert draft.title == '2 systems rejected "Lower the anomaly threshold" against false_positive errors'
    assert (draft.key, draft.independent_systems) == ("a:PROP-1", 2)
    assert "from 4 to 9 per week (125% increase, 28 days)" in draft.description
    assert draft.evidence.improvement == "140% increase"
    assert draft.approach == "Lower the anomaly threshold"
    assert draft.e_value > 100
    assert draft.improvement_percent is None


def test_lrn_03_one_rejection_is_none_and_so_are_two_of_one_system() -> None:
    assert not drafts(facts(LOWER[0]), ANTI)
    assert not drafts(facts(LOWER[0], replace(LOWER[1], system_id="a", ref="a:PROP-2")), ANTI)


def test_lrn_03_different_approaches_to_one_error_are_none() -> None:
    other = rejection("d", "Train the anomaly model monthly", "false_positive", before=5, after=12)
    assert not drafts(facts(LOWER[0], other), ANTI)


def test_lrn_03_the_opposite_approach_is_another() -> None:
    assert not drafts(facts(LOWER[0], rejection("d", "Raise the anomaly threshold", "false_positive")), ANTI)


def test_lrn_03_systems_count_though_they_are_kin_and_it_is_told() -> None:
    (draft,) = drafts(facts(*LOWER, kin=[("a", "family"), ("d", "family")]), ANTI)
    assert draft.independent_systems == 1
    assert "all akin to each other" in draft.description


def test_lrn_03_an_approach_told_by_name_counts_whatever_the_titles_say() -> None:
    first = rejection("a", "PROP-9 update", "latency", approach="speculative prefetch")
    second = rejection("b", "Faster pages", "memory_pressure", approach="Speculative prefetch")
    (draft,) = drafts(facts(first, second), ANTI)
    assert draft.approach == "speculative prefetch"


def test_lrn_03_without_figures_it_says_nothing_by_its_e_value() -> None:
    (draft,) = drafts(facts(*(replace(one, before=None, after=None) for one in LOWER)), ANTI)
    assert draft.e_value == 1
    assert draft.evidence.before_metric == ""


def test_lrn_03_that_it_went_well_elsewhere_is_told_and_takes_nothing_back() -> None:
    well = outcome("e", "Lowered threshold for anomalies", "false_positives", 9, 5)
    known = [
        KnownEntry(
            "SK-002", "e:PROP-1", "transferable_fix", ("e",), (), "lower the anomaly threshold", "false_positive"
        ),
        KnownEntry("SK-003", "f:PROP-1", "transferable_fix", ("f",), (), "train the model anew", "false_positive"),
    ]
    (draft,) = drafts(facts(*LOWER, well, known=known), ANTI)
    assert "e promoted the like with success" in draft.description
    assert draft.contradicts == ("SK-002",)


@pytest.mark.parametrize("times", [3, 2])
def test_lrn_03_those_who_have_the_error_are_named(times: int) -> None:
    (draft,) = drafts(facts(*LOWER, active=[("mailer", "false_positive", times)]), ANTI)
    assert draft.applicable_to == (("mailer",) if times == 3 else ())


def test_lrn_03_every_rejection_of_it_is_in_the_evidence_of_whoever_rejected_it() -> None:
    third = rejection("e", "Lower threshold of anomaly detection", "false_positive", days_ago=2)
    (draft,) = drafts(facts(*LOWER, third), ANTI)
    assert draft.rests_on == ("a:PROP-1", "d:PROP-1", "e:PROP-1")
    assert [(one.system, one.before, one.after) for one in draft.support] == [
        ("a", 4, 9),
        ("d", 5, 12),
        ("e", None, None),
    ]

"""Which anti-patterns a change is like (LRN-3): the same approach in other words is, whatever only sounds near is not."""

import pytest

from server.knowledge.warnings.rejected_before import MOST, AntiPattern, Words, of_entry, rejected_before
from server.model.knowledge import KnowledgeEntry, KnowledgeType, Support

LATER = 2_000


def anti_pattern(number: int = 4, approach: str = "", category: str = "", **members: object) -> AntiPattern:
    values = {
        "id": f"SK-{number:03d}",
        "title": f'2 systems rejected "{approach}"',
        "why": "It made things worse.",
        "approach": approach,
        "error_category": category,
        "systems": ("sys_a", "sys_b"),
        "expires": LATER,
        **members,
    }
    return AntiPattern(**values)  # type: ignore[arg-type]  # made of what the test says


RETRY = anti_pattern(approach="retry immediately without backoff", category="api_timeout")
POLL = anti_pattern(5, approach="poll the price feed every second", category="stale_data")
CACHE = anti_pattern(6, approach="cache responses for 24 hours")
KNOWN = (RETRY, POLL, CACHE)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (Words(approach="retry immediately without backoff", error_category="api_timeout"), ["SK-004"]),
        (Words(approach="Retry immediately, without any backoff"), ["SK-004"]),
        (Words(title="Retry API calls immediately without backoff"), ["SK-004"]),
        (Words(description="Retries immediately without backoff", error_category="timeout"), ["SK-004"]),
        (Words(title="Fresher prices", approach="polling the price feed each second"), ["SK-005"]),
        (Words(title="Cache responses for 24 hours", error_category="parse_error"), ["SK-006"]),
    ],
)
def test_who_proposes_what_others_rejected_is_told(words: Words, told: list[str]) -> None:
    assert [one.id for one in rejected_before(words, KNOWN, 1_000)] == told


@pytest.mark.parametrize(
    "words",
    [
        Words(approach="retry with exponential backoff and jitter", error_category="api_timeout"),
        Words(approach="raise the request deadline to 30 seconds", error_category="api_timeout"),
        Words(approach="check the age of the file before reading it", error_category="stale_data"),
        Words(title="Rename score to rating"),
        Words(title="Add a price column to the weekly report", description="The dashboard shows it."),
        Words(approach="invalidate cached responses", error_category="stale_data"),
        Words(title="Fix"),
        Words(error_category="api_timeout"),
        Words(),
    ],
)
def test_another_approach_to_the_same_error_and_another_topic_are_not_told(words: Words) -> None:
    assert rejected_before(words, KNOWN, 1_000) == ()


def test_against_errors_of_another_kind_only_the_same_words_are_told() -> None:
    asked = Words(approach="poll the price feed each minute", error_category="schema_mismatch")
    assert rejected_before(asked, KNOWN, 1_000) == ()
    for approach in ("poll the price feed every second", "poll the price feed every second to see new members"):
        same = Words(approach=approach, error_category="schema_mismatch")
        assert [one.id for one in rejected_before(same, KNOWN, 1_000)] == ["SK-005"]


def test_what_has_expired_is_not_told() -> None:
    asked = Words(approach=RETRY.approach)
    assert rejected_before(asked, KNOWN, LATER - 1)
    assert rejected_before(asked, KNOWN, LATER) == ()


def test_those_that_most_systems_found_come_first_and_only_a_few_do() -> None:
    many = [anti_pattern(number, "cache forever", systems=("a",) * (number % 3)) for number in range(1, 10)]
    told = rejected_before(Words(title="Cache forever"), many, 0)
    assert [one.id for one in told] == ["SK-002", "SK-005", "SK-008", "SK-001", "SK-004"][:MOST]
    assert told == rejected_before(Words(title="Cache forever"), told, 0), "the others play no part (CON-15)"


def test_an_entry_is_known_by_its_approach_and_by_what_each_called_it() -> None:
    entry = KnowledgeEntry(
        id="SK-004",
        type=KnowledgeType.ANTI_PATTERN,
        title="2 systems rejected it",
        description="Both saw more timeouts.",
        source_system="sys_a",
        created="2026-04-05",
        expires="2026-07-04",
        support=(
            Support(system="sys_b", at="2026-04-01", title="Retry harder"),
            Support(system="sys_a", at="2026-04-02", title="Hammer the endpoint until it answers"),
        ),
    )
    known = of_entry(entry, LATER)
    assert (known.systems, known.why) == (("sys_a", "sys_b"), "Both saw more timeouts.")
    assert rejected_before(Words(title="Hammer the endpoint until it answers"), [known], 0) == (known,)
    imported = of_entry(entry.model_copy(update={"support": (), "title": "Never hammer an endpoint"}), LATER)
    assert imported.systems == ("sys_a",)

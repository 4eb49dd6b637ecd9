"""What leaves off, undoes or turns round what another does is no like approach, though the words are the same (LRN-2, LRN-3)."""

import pytest

from server.knowledge.synthesis.ideas import idea_in, says_the_same
from server.knowledge.warnings.rejected_before import Words, rejected_before
from server.model.knowledge import KnowledgeType
from tests.rules.knowledge.experience import drafts, facts, outcome, rejection
from tests.rules.knowledge.test_rejected_before import anti_pattern

CONTRARY = [
    ("Validate schema before parsing", "Skip schema validation before parsing"),
    ("Retry with exponential backoff", "Retry without backoff"),
    ("Retry external API calls", "No longer retry external API calls"),
    ("Retry external API calls", "Retries of external API calls disabled"),
    ("Use the price cache", "Remove the price cache"),
    ("Cache prices for 24 hours", "Invalidate the price cache every minute"),
    ("Cache prices for an hour", "Turn off the cache of prices"),
    ("Poll the price feed every second", "Stop polling the price feed every second"),
    ("Poll the feed more often", "Poll the feed less often"),
    ("Scale up the import workers", "Scale down the import workers"),
    ("Double the pool size", "Halve the pool size"),
    ("Tighten the anomaly threshold", "Relax the anomaly threshold"),
    ("Use fewer parallel workers", "Use more parallel workers"),
    ("Accept files older than two intervals", "Reject files older than two intervals"),
    ("Load partner feeds in parallel", "Load partner feeds sequentially"),
    ("Read the newest snapshot first", "Read the oldest snapshot first"),
    ("Run tests before deployment", "Skip tests before deployment"),
    ("Lock the ledger table during import", "Unlock the ledger table during import"),
    ("Compress ledger archives nightly", "Decompress ledger archives nightly"),
    ("Push updates to the dashboard", "Pull updates to the dashboard"),
    ("Use backoff instead of immediate retry", "Use immediate retry instead of backoff"),
    ("Start the nightly export earlier", "Start the nightly export later"),
    ("Send reports synchronously", "Send reports asynchronously"),
    ("Check file age before reading", "Read without checking the file age"),
]
LIKE = [
    ("Skip schema validation", "Disable schema validation"),
    ("Skip schema validation", "Schema validation disabled"),
    ("No schema validation for vendor feeds", "Vendor feeds: schema validation skipped"),
    ("Retry immediately without backoff", "Retry immediately, without any backoff"),
    ("Do not retry payment calls", "Stop retrying payment calls"),
    ("Skip rows without a price", "Rows without a price are skipped"),
    ("Skip files older than the refresh interval", "Reject files older than the refresh interval"),
    ("Drop repeated messages by idempotency key", "Deduplicate messages by idempotency key"),
    ("Remove stale lock files at start", "Delete stale lock files at start"),
    ("Remove the response cache", "Turn off the response cache"),
    ("Scale up import workers", "Scale out the import workers"),
    ("Raise the pool size", "Double the pool size"),
    ("Retry to avoid timeouts of the vendor API", "Retry vendor API calls on timeout"),
    ("Stop polling the vendor feed", "No longer poll the vendor feed"),
    ("Flush the price cache hourly", "Clear the price cache each hour"),
    ("Alert when no heartbeat arrives", "Alert on missing heartbeat"),
]
TOLD_IN_SEVERAL_WORDS = [
    ("Retry vendor uploads", "Try vendor uploads again", True),
    ("Retry vendor uploads", "Sending vendor uploads again", True),
    ("Exponential backoff on vendor uploads", "Growing pauses between vendor uploads", True),
    ("Deduplicate invoices by number", "Remove repeated invoices by their number", True),
    ("Deduplicate invoices by number", "Drop invoices without a number", False),
    ("Cache exchange rates", "Keep exchange rates in memory", True),
    ("Load vendor feeds in parallel", "Load vendor feeds at the same time", True),
    ("Load vendor feeds in parallel", "Load vendor feeds one at a time", False),
    ("Write ledger rows in batches", "Write ledger rows in groups", True),
    ("Limit open vendor connections", "Allow no more than ten open vendor connections", True),
    ("Fallback to yesterday's rates", "Fall back to the rates of yesterday", True),
]
ANTI, UNIVERSAL = KnowledgeType.ANTI_PATTERN, KnowledgeType.UNIVERSAL_PATTERN


@pytest.mark.parametrize(("one", "other"), CONTRARY)
def test_what_leaves_off_undoes_or_turns_round_is_another_approach(one: str, other: str) -> None:
    assert not says_the_same(idea_in(one), idea_in(other), one_kind=True)
    assert not says_the_same(idea_in(other), idea_in(one), one_kind=True)


@pytest.mark.parametrize(("one", "other"), LIKE)
def test_leaving_off_the_same_and_leaving_data_away_is_one_approach(one: str, other: str) -> None:
    assert says_the_same(idea_in(one), idea_in(other), one_kind=True)
    assert says_the_same(idea_in(other), idea_in(one), one_kind=True)


@pytest.mark.parametrize(("one", "other", "same"), TOLD_IN_SEVERAL_WORDS)
def test_a_measure_told_in_several_words_is_the_same_as_in_one(one: str, other: str, same: bool) -> None:
    assert says_the_same(idea_in(one), idea_in(other), one_kind=True) is same


@pytest.mark.parametrize(("one", "other"), CONTRARY)
def test_lrn_03_contrary_approaches_that_two_systems_rejected_are_no_anti_pattern(one: str, other: str) -> None:
    assert not drafts(facts(rejection("a", one, "api_timeout"), rejection("b", other, "api_timeout")), ANTI)


@pytest.mark.parametrize(("one", "other"), CONTRARY)
def test_lrn_03_who_proposes_the_contrary_of_what_was_rejected_is_not_told(one: str, other: str) -> None:
    for rejected, proposed in ((one, other), (other, one)):
        known = [anti_pattern(approach=rejected, category="api_timeout")]
        assert rejected_before(Words(title=proposed, error_category="api_timeout"), known, 0) == ()
        assert rejected_before(Words(title=rejected, error_category="api_timeout"), known, 0)


def test_lrn_02_a_system_that_leaves_off_what_two_others_do_is_no_third() -> None:
    titles = ("Validate schema before parsing", "Schema validation before parse", "Skip schema validation before parse")
    told = [outcome(system, title, "parse_error") for system, title in zip("abc", titles, strict=True)]
    assert not drafts(facts(*told), UNIVERSAL)
    told[2] = outcome("c", "Validate the schema before each parse", "parse_error")
    assert len(drafts(facts(*told), UNIVERSAL)) == 1

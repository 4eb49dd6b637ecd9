"""Whatever systems tell, drafts are the same in any order, each once, short, and close what they quote."""

import random
from dataclasses import replace
from typing import Any

import pytest

from server.knowledge.gathering.facts import Activity, Facts, KnownEntry, Outcome, Standing, Success
from server.knowledge.similarity.lexical import lexical_likeness
from server.knowledge.synthesis.together import synthesise
from tests.rules.knowledge.experience import DAY, UNTIL, member

TITLES = (
    "", "fix", '"', "“x”", "Staleness check on incoming data", "Retry with backoff", "Lower threshold", "\u200b", "重试 外部 API",
    "Повтор запроса", "a" * 600, "x " * 300, '"unclosed', "PROP-1", "retry" * 50, "Cache rates", "cache the rates",
)  # fmt: skip
CATEGORIES = (
    "",
    "stale_data",
    "stale-data",
    "timeout",
    '"q"',
    "错误",
    "ä" * 250,
    "x y z w v u t s r",
    "rate_limit",
    " ",
)
FIGURES = (None, 0, 0.05, 1, 12, 1e9)


@pytest.mark.parametrize("seed", range(40))
def test_drafts_hold_whatever_was_told(seed: int) -> None:
    chance = random.Random(seed)
    told = anything(chance)
    found = synthesise(told, lexical_likeness)
    mixed: dict[str, Any] = {
        name: tuple(chance.sample(getattr(told, name), len(getattr(told, name))))
        for name in ("outcomes", "successes", "activity", "standing", "known")
    }
    other = replace(told, **mixed)
    assert synthesise(other, lexical_likeness) == found
    assert len({(one.type, one.key) for one in found}) == len(found)
    for one in found:
        assert len(one.title) <= 120
        assert max(len(one.description), len(one.suggested_adaptation)) <= 500
        assert one.title.count('"') % 2 == 0
        assert one.description.count('"') % 2 == 0
        assert 0 <= one.e_value <= 1e12
        assert one.rests_on


def anything(chance: random.Random) -> Facts:
    """Facts of up to seven systems, sensible or not."""
    systems = [f"s{number}" for number in range(chance.randint(1, 7))]

    def outcome(number: int) -> Outcome:
        system, title, description, approach = chance.choice(systems), *chance.choices(TITLES, k=3)
        return Outcome(
            f"{system}:{number}", system, UNTIL - chance.randint(0, 30) * DAY, chance.random() < 0.6, "P1", title, description,
            approach, chance.choice(CATEGORIES), chance.choice(("", "latency")), chance.choice(FIGURES), chance.choice(FIGURES),
            chance.choice((None, 0, -1, 7, 28, 1e9)), chance.choice(("", "", "SK-1")),
        )  # fmt: skip

    def success(number: int) -> Success:
        system, title = chance.choice(systems), chance.choice(TITLES) or "x"
        told = Success(
            f"{system}:s{number}", system, UNTIL - DAY, title, chance.choice(TITLES), chance.choice(CATEGORIES)
        )
        before, after = chance.choice(FIGURES), chance.choice(FIGURES)
        return replace(told, before=before, after=after, times_applied=chance.randint(0, 12))

    def standing(number: int) -> Standing:
        kind, some = chance.choice(("fragile_contract", "contention")), chance.randint(0, min(2, len(systems)))
        whose, on = (
            tuple(chance.sample(systems, some)),
            tuple(chance.sample(("a.json", "b.json"), chance.randint(0, 2))),
        )
        return Standing(
            f"X{number}", kind, whose, UNTIL - DAY, chance.choice(CATEGORIES), on, "Look.", chance.random() < 0.7
        )

    def known(number: int) -> KnownEntry:
        kind = chance.choice(("transferable_fix", "universal_pattern", "anti_pattern"))
        title, approach = chance.choices(TITLES, k=2)
        return KnownEntry(f"SK-{number}", f"s0:{number}", kind, ("s0",), (), approach, chance.choice(CATEGORIES), title)

    active = [
        Activity(chance.choice(systems), chance.choice(CATEGORIES), chance.randint(0, 9), UNTIL) for _ in range(12)
    ]
    return Facts(
        UNTIL - 30 * DAY,
        UNTIL,
        tuple(outcome(number) for number in range(chance.randint(0, 25))),
        tuple(success(number) for number in range(4)),
        tuple(active),
        {system: member(system, chance.choice(("", "kin"))) for system in systems if chance.random() < 0.9},
        tuple(standing(number) for number in range(4)),
        tuple(known(number) for number in range(3)),
    )

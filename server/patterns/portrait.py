"""What a finding says of itself, as the members of a pattern: in words that may be shown, with what the registry knows."""

from collections.abc import Callable, Iterable

from server.model.base import JsonObject
from server.model.pattern import Evidence
from server.model.redaction import shown, shown_name
from server.model.tier import Tier
from server.patterns.fleet import Fleet
from server.patterns.found import Fact, Found
from server.patterns.severity import severity_of

LONGEST = 500
"""Characters of a text: what systems call things is data, and no place for a story."""


def portrait(found: Found, occurrences: int, fleet: Fleet, source_of: Callable[[Fact], str]) -> JsonObject:
    """All members of the pattern that follow from what was found, and from who is concerned.

    `source_of` tells where a fact was told. Figures of outcomes, categories and resources are in it, no texts of events.
    """
    sufferers = (found.effect,) if found.effect else found.systems
    return {
        "type": found.identity.type,
        "description": _text(found.description),
        "systems_involved": found.systems,
        "evidence": tuple(
            Evidence(
                system=fact.system,
                data_point=_text(fact.data_point),
                source=shown_name(source_of(fact)),
                events_total=len(fact.seqs),
            )
            for fact in found.facts
        ),
        "severity": severity_of(_tiers(fleet, sufferers), found.worst, occurrences),
        "recommendation": _text(found.recommendation),
        "affected_contracts": fleet.contracts_between(frozenset(found.systems), frozenset(found.resources)),
        "cause": found.cause,
        "effect": found.effect,
        "subject": _text(found.identity.subject),
        "resources": tuple(shown_name(one, LONGEST) for one in found.resources),
        "p_value": found.p_value,
        "q_value": found.q_value,
        "lift": found.lift,
        "lag_seconds": found.lag_seconds,
        "window_seconds": found.window_seconds,
        "held_back": found.held_back,
        "proposal_id": shown_name(found.proposal_id),
    }


def source_in(fact: Fact, origins: Iterable[str]) -> str:
    """Where the fact was told: in the file that most of its events were read from, else in reports of its kind."""
    named = [origin for origin in origins if origin]
    told = max(sorted(set(named)), key=named.count, default="")
    return told or f"report: {fact.kind}"


def _tiers(fleet: Fleet, systems: Iterable[str]) -> list[Tier]:
    known = (fleet.members.get(one) for one in systems)
    return [Tier(one.tier) for one in known if one is not None]


def _text(words: str) -> str:
    return shown(words, LONGEST)

"""What a source's own words for importance say about the tier (REG-11)."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from server.model.contract import Basis
from server.model.tier import Tier

_NAMES = ("concord.tier", "tier", "criticality", "service-criticality", "business-criticality", "service-tier")
"""Names under which people state it, the most telling first."""
_VAGUE_NAMES = ("importance", "lifecycle")
"""Names that say so where nothing else does, in sources that have no member of their own for it."""
_WORDS = {
    Tier.MISSION_CRITICAL: "mission_critical critical tier_0 tier0 tier_1 tier1 p0 gold",
    Tier.PRODUCTION: "production prod high medium active tier_2 tier2 p1 silver deprecated certified",
    Tier.EXPERIMENTAL: "experimental low dev development draft proposed sandbox test poc tier_3 tier3 bronze",
}
_TIERS = {word: tier for tier, words in _WORDS.items() for word in words.split()}
UNCONFIRMED = Tier.PRODUCTION, Basis.INFERRED
"""What holds where nothing decides: the finding `tier_unconfirmed` asks for a person's word."""


def stated_tier(*holders: Mapping[str, Any], names: Sequence[str] = _NAMES) -> tuple[Tier | None, str]:
    """(the tier that a label or annotation decides, the word that decides nothing where one stands there).

    A name counts by its last part: `concord.tier`, `example.com/criticality`.
    """
    unknown = ""
    for wanted in names:
        for holder in holders:
            for name, value in holder.items():
                last = str(name).strip().rpartition("/")[2].lower().replace("_", "-")
                if wanted not in (last, last.rpartition(".")[2], last.replace(".", "-")) or not isinstance(value, str):
                    continue
                found = tier_of(value)
                if found is not None:
                    return found, ""
                unknown = unknown or f"{name}: {value[:40]}"
    return None, unknown


def tier_of_words(said: Iterable[tuple[str, str]]) -> tuple[Tier, Basis]:
    """The tier that these (name, value) pairs decide, the most telling name first; else PRODUCTION, unconfirmed."""
    stated = {name: value for name, value in said if value.strip()}
    tier, _ = stated_tier(stated, names=(*_NAMES, *_VAGUE_NAMES))
    return UNCONFIRMED if tier is None else (tier, Basis.DECLARED)


def tier_of(word: str) -> Tier | None:
    """The tier that a word states, as itself or as a criticality."""
    return _TIERS.get(re.sub(r"[\s-]+", "_", word.strip().lower()))

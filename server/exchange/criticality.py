"""What a source's own words for importance say about the tier (REG-11)."""

from collections.abc import Mapping
from typing import Any

from server.exchange.making import tier_of_words
from server.model.contract import Basis
from server.model.tier import Tier

_NAMES = ("tier", "criticality", "service-criticality", "business-criticality", "service-tier")


def stated_tier(*holders: Mapping[str, Any]) -> tuple[Tier | None, str]:
    """(the tier that a label or annotation decides, the word that decides nothing where one stands there).

    A name counts by its last part: `concord.tier`, `example.com/criticality`.
    """
    unknown = ""
    for wanted in _NAMES:
        for holder in holders:
            for name, value in holder.items():
                last = str(name).rpartition("/")[2].lower().replace("_", "-")
                if wanted not in (last, last.rpartition(".")[2], last.replace(".", "-")) or not isinstance(value, str):
                    continue
                found = tier_of(value)
                if found is not None:
                    return found, ""
                unknown = unknown or f"{name}: {value[:40]}"
    return None, unknown


def tier_of(word: str) -> Tier | None:
    """The tier that a word states, as itself or as a criticality."""
    tier, basis = tier_of_words((("tier", word),))
    return tier if basis is Basis.DECLARED else None


UNCONFIRMED = Tier.PRODUCTION, Basis.INFERRED
"""What holds where nothing decides: the finding `tier_unconfirmed` asks for a person's word."""

"""Blocking or advisory, for each tier: a policy with versions (conflict rule 9)."""

from collections.abc import Mapping

from server.model.base import JsonObject
from server.model.check import Mode
from server.model.tier import Tier

POLICY = "conflict_modes"
"""The policy's name in storage."""

Modes = dict[Tier, Mode]


def modes_in(document: Mapping[str, object] | None) -> Modes:
    """The mode of every tier as the policy's document states it; blocking where it says nothing of a tier."""
    stated = (document or {}).get("modes")
    known = stated if isinstance(stated, Mapping) else {}
    return {tier: Mode(known.get(tier.value, Mode.BLOCKING)) for tier in Tier}


def modes_document(modes: Modes) -> dict[str, str]:
    """The modes by tier, as the documents write them."""
    return {tier.value: modes[tier].value for tier in Tier}


def revised(document: JsonObject | None, tier: Tier, mode: Mode, *, by: str, reason: str) -> JsonObject | None:
    """The policy's next version, in which the tier has this mode; None where it has it already."""
    modes = modes_in(document)
    if modes[tier] is mode:
        return None
    return {"modes": modes_document({**modes, tier: mode}), "by": by, "reason": reason}

"""What the importers share: an id from any name, a tier from what sources say of criticality, a system or the reason why not."""

import hashlib
import re
from collections.abc import Iterable

from pydantic import ValidationError

from server.exchange.imported import ListedSystem, Remarks
from server.model.base import JsonObject
from server.model.contract import Basis
from server.model.system import System
from server.model.tier import Tier

LONGEST_ID = 120
_TIER_NAMES = frozenset(
    {"tier", "concord.tier", "criticality", "service.criticality", "business_criticality", "lifecycle", "importance"}
)
_TIERS = {
    **dict.fromkeys(
        ("mission_critical", "critical", "tier_0", "tier0", "tier_1", "tier1", "p0", "gold"), Tier.MISSION_CRITICAL
    ),
    **dict.fromkeys(
        (
            "production",
            "prod",
            "high",
            "medium",
            "active",
            "tier_2",
            "tier2",
            "p1",
            "silver",
            "deprecated",
            "certified",
        ),
        Tier.PRODUCTION,
    ),
    **dict.fromkeys(
        (
            "experimental",
            "low",
            "dev",
            "development",
            "draft",
            "proposed",
            "sandbox",
            "test",
            "poc",
            "tier_3",
            "tier3",
            "bronze",
        ),
        Tier.EXPERIMENTAL,
    ),
}


def plain_id(name: str) -> str:
    """The name as an id may be written; where that changes or cuts it, a hash of the whole name tells it from others."""
    plain = re.sub(r"[^A-Za-z0-9_.:@/-]+", "_", name)
    plain = plain if plain[:1].isalnum() and plain.isascii() else f"x{plain}"
    if plain == name and len(plain) <= LONGEST_ID:
        return plain
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{plain[: LONGEST_ID - 9]}-{digest}"


def tier_of_words(said: Iterable[tuple[str, str]]) -> tuple[Tier, Basis]:
    """The tier that these (name, value) pairs decide, the most telling name first; else PRODUCTION, unconfirmed."""
    stated = {name.strip().lower(): value.strip().lower() for name, value in said if value.strip()}
    for name in ("concord.tier", "tier", "criticality", *sorted(_TIER_NAMES)):
        tier = _TIERS.get(re.sub(r"[\s-]+", "_", stated.get(name, "")))
        if tier is not None:
            return tier, Basis.DECLARED
    return Tier.PRODUCTION, Basis.INFERRED


def made_system(document: JsonObject, *, item: str, place: str, basis: Basis, remarks: Remarks) -> ListedSystem | None:
    """The system of this document as the source lists it; where none can be made of it, the reason is among the remarks."""
    try:
        return ListedSystem(item=item, system=System.model_validate(document), tier_basis=basis)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = "/".join(str(part) for part in first["loc"])
        remarks.unmapped(place, f"no system can be made of {item[:200]}: {where}: {first['msg']}")
        return None

"""Reading a registration: what is missing or misspelt is said, and what is unambiguous is understood."""

import difflib
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from server.errors import InvalidArgument, TooLarge
from server.model.base import IDENTIFIER
from server.model.reading import read_value
from server.model.system import System
from server.model.tier import Tier

LARGEST = 1_000_000
"""Characters of JSON that one registration may have."""

SchemaCheck = Callable[[Any], None]
"""Raises InvalidArgument where something is not usable as a contract's schema."""

_TIERS = {
    Tier.MISSION_CRITICAL: "revenue, users or data integrity depend on it (14-day shadow test, blocking check)",
    Tier.PRODUCTION: "an internal tool that work depends on (7 days, blocking check)",
    Tier.EXPERIMENTAL: "a prototype or sandbox (3 days; only a CRITICAL conflict blocks)",
}


def read_system(document: Any, *, check_schema: SchemaCheck) -> System:
    """The registration that a document describes; without an id, one is made of the name.

    Raises InvalidArgument (with the place) or TooLarge.
    """
    if not isinstance(document, Mapping):
        raise InvalidArgument(
            "A system is a JSON object.", path="/system", hint='At least {"id": "sys_…", "tier": "PRODUCTION"}.'
        )
    if len(json.dumps(document, ensure_ascii=False, default=str)) > LARGEST:
        raise TooLarge(
            f"The registration is larger than {LARGEST:,} characters.",
            path="/system",
            hint="Leave out what is not about reading, writing and contracts.",
        )
    given = dict(document)
    _require_tier(given)
    if not given.get("id"):
        given["id"] = _id_from_name(given)
    _require_usable_id(given)
    system = read_value(System, given, at="/system", what="system")
    if not system.name:
        system = system.model_copy(update={"name": system.id})
    for position, contract in enumerate(system.contracts):
        for member, schema in (("schema", contract.terms), ("reader_schema", contract.reader_schema)):
            if schema is not None:
                _check(schema, check_schema, f"/system/contracts/{position}/{member}")
    return system


def _check(schema: Any, check_schema: SchemaCheck, at: str) -> None:
    try:
        check_schema(schema)
    except InvalidArgument as error:
        error.path = at + error.path
        raise


def _require_tier(document: dict[str, Any]) -> None:
    """Registry rule 1: no registration without a tier; a guess would be the server's, not the owner's."""
    tier = document.get("tier")
    if isinstance(tier, str):
        spelt = re.sub(r"[\s-]+", "_", tier.strip()).upper()
        if spelt in Tier.__members__:
            document["tier"] = spelt
            return
    explained = "; ".join(f"{name} = {meaning}" for name, meaning in _TIERS.items())
    said = "A system needs a tier." if tier in (None, "") else f"{str(tier)[:80]!r} is not a tier."
    corrected = dict(document) if len(str(document)) < 4_000 else {"id": str(document.get("id", ""))[:120]}
    raise InvalidArgument(
        f"{said} It is one of MISSION_CRITICAL, PRODUCTION, EXPERIMENTAL.",
        path="/system/tier",
        hint=f"{explained}.",
        allowed=tuple(Tier),
        corrected={"tool": "register_system", "arguments": {"system": {**corrected, "tier": _nearest_tier(tier)}}},
    )


def _nearest_tier(tier: Any) -> str:
    """The tier that is spelt most like it; PRODUCTION where none is."""
    spelt = re.sub(r"[^A-Z]+", "_", str(tier).upper())
    near = difflib.get_close_matches(spelt, [str(one) for one in Tier], n=1)
    return near[0] if near else str(Tier.PRODUCTION)


def _require_usable_id(document: dict[str, Any]) -> None:
    """An id is not made over in silence: others may know the system by what its owner wrote."""
    given = document["id"]
    if not isinstance(given, str) or re.fullmatch(IDENTIFIER, given):
        return
    usable = re.sub(r"[^A-Za-z0-9_.:@/-]+", "_", given).strip("_.:@/-")[:120]
    corrected = {"system": {**document, "id": usable}} if usable and len(str(document)) < 4_000 else None
    raise InvalidArgument(
        f"{given[:80]!r} can't be an id: letters, digits and _ . : @ / - only, and no more than 120 of them.",
        path="/system/id",
        corrected={"tool": "register_system", "arguments": corrected} if corrected else None,
    )


def _id_from_name(document: Mapping[str, Any]) -> str:
    name = document.get("name")
    slug = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") if isinstance(name, str) else ""
    if not slug:
        raise InvalidArgument(
            "'id' is missing.", path="/system/id", hint="Give the system an id such as sys_dashboard."
        )
    return f"sys_{slug}"[:120]

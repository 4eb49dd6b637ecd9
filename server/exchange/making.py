"""What the importers share: an id from any name, a system or the reason why not."""

import hashlib
import re

from pydantic import ValidationError

from server.exchange.imported import ListedSystem, Remarks
from server.model.base import JsonObject
from server.model.contract import Basis
from server.model.system import System

LONGEST_ID = 120


def plain_id(name: str) -> str:
    """The name as an id may be written; where that changes or cuts it, a hash of the whole name tells it from others."""
    plain = re.sub(r"[^A-Za-z0-9_.:@/-]+", "_", name)
    plain = plain if plain[:1].isalnum() and plain.isascii() else f"x{plain}"
    if plain == name and len(plain) <= LONGEST_ID:
        return plain
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{plain[: LONGEST_ID - 9]}-{digest}"


def made_system(document: JsonObject, *, item: str, place: str, basis: Basis, remarks: Remarks) -> ListedSystem | None:
    """The system of this document as the source lists it; where none can be made of it, the reason is among the remarks."""
    try:
        return ListedSystem(item=item, system=System.model_validate(document), tier_basis=basis)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = "/".join(str(part) for part in first["loc"])
        remarks.unmapped(place, f"no system can be made of {item[:200]}: {where}: {first['msg']}")
        return None

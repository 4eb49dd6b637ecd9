"""Since when contracts count as validated, as it is shown with them (REG-3)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from server.model.base import JsonObject
from server.storage import validations

if TYPE_CHECKING:
    from server.storage.database import Database

Validated = Mapping[tuple[str, str], str]
"""(system, contract) → when all was last looked at and the data kept the contract."""


def validated(database: "Database", system_id: str = "") -> Validated:
    """What validations say of the entries of one system, or of all."""
    return database.read(lambda session: validations.last_validated(session, system_id))


def with_validations(document: JsonObject, known: Validated) -> JsonObject:
    """The system's document with each contract's `last_validated` as a validation saw it, or later as its owner says."""
    contracts = [
        {**one, "last_validated": max(one["last_validated"], known.get((document["id"], one["contract_id"]), ""))}
        for one in document["contracts"]
    ]
    return {**document, "contracts": contracts}

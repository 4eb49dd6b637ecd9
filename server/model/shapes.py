"""JSON Schemas of the values that clients send and receive."""

from typing import Any

from pydantic import BaseModel

from server.errors import NotFound
from server.model.change import Change
from server.model.check import Check
from server.model.contract import Contract
from server.model.proposal import Proposal
from server.model.system import System

SHAPES: dict[str, type[BaseModel]] = {
    "system": System,
    "contract": Contract,
    "change": Change,
    "check": Check,
    "proposal": Proposal,
}
"""Name → the value that it describes."""


def schema_named(name: str) -> dict[str, Any]:
    """The JSON Schema (2020-12) of the value by that name. Raises NotFound."""
    if name not in SHAPES:
        raise NotFound(f"There is no schema {name[:100]!r}.", allowed=tuple(SHAPES))
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **SHAPES[name].model_json_schema(by_alias=True)}

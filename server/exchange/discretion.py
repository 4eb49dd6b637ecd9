"""What comes in without the secrets that its source holds: addresses' credentials, keys, and passwords in words (REG-11).

Names and addresses are what things are told apart by, so of them only what is a secret by its place or form goes, and
the same of every spelling. In texts for people more is hidden than has to be.
"""

import re
from collections.abc import Callable
from typing import Any

from server.exchange.imported import Dangling, Imported, ListedSystem, Unmapped
from server.model.base import JsonObject
from server.model.redaction import HIDDEN, redacted, without_credentials
from server.model.system import System

_PEOPLES = frozenset({"description", "title", "$comment", "note", "meaning", "value", "default", "example", "examples"})
"""Members whose texts are written for people, or show a value: here every sign of a secret counts."""
_WORDS = frozenset({"type", "format", "pattern", "$ref", "$id", "$schema", "basis", "tier", "status"})
"""Members that hold a word of a language of their own."""
_ADDRESSES = frozenset({"resource", "namespace", "health_url", "status_file", "root"})
_SECRET_MEMBER = re.compile(
    r"passw(or)?d$|passphrase$|^pwd$|secret$|token$|api_?key$|access_?key$|private_?key$|^credentials?$|^authorization$",
    re.IGNORECASE,
)


def discreet(imported: Imported) -> Imported:
    """What was read, with no secret in anything that is kept or shown of it; the same object where there was none."""
    systems = tuple(_listed(listed) for listed in imported.systems)
    return imported.model_copy(
        update={
            "systems": systems,
            "unmapped": tuple(Unmapped(item=_told(one.item), reason=_told(one.reason)) for one in imported.unmapped),
            "dangling": tuple(
                Dangling(origin=_told(one.origin), target=_told(one.target), reason=_told(one.reason))
                for one in imported.dangling
            ),
            "notes": tuple(_told(note) for note in imported.notes),
            "passed_over": tuple(_told(item) for item in imported.passed_over),
        }
    )


def address(text: str) -> str:
    """The name of a resource or dataset without the credentials in it; what is left is an address still."""
    return without_credentials(text, hidden="")


def _listed(listed: ListedSystem) -> ListedSystem:
    system, item = _system(listed.system), _told(listed.item)
    if system is listed.system and item == listed.item:
        return listed
    return listed.model_copy(update={"item": item, "system": system})


def _system(system: System) -> System:
    document = system.model_dump(mode="json", by_alias=True, exclude_unset=True)
    clean = {name: _value(value, name) for name, value in document.items()}
    if clean == document:
        return system
    clean["id"] = re.sub(r"[^A-Za-z0-9_.:@/-]", "", clean["id"]) or "x_redacted"
    return System.model_validate(clean)


def _value(value: Any, member: str) -> Any:
    if isinstance(value, str):
        return _of_member(member)(value)
    if isinstance(value, dict):
        return _members(value, member)
    if isinstance(value, list):
        return [_value(entry, member) for entry in value]
    return value


def _members(value: JsonObject, member: str) -> JsonObject:
    # what stands below a text for people is one too, whatever its names
    return {
        _told(name): HIDDEN
        if isinstance(entry, str) and entry and member != "securitySchemes" and _SECRET_MEMBER.search(name)
        else _value(entry, member if member in _PEOPLES and name not in _WORDS else name)
        for name, entry in value.items()
    }


def _of_member(member: str) -> Callable[[str], str]:
    if member in _ADDRESSES:
        return address
    if member in _WORDS:
        return _as_it_is
    return _said if member in _PEOPLES else _told


def _told(text: str) -> str:
    """A name, an address or a remark: what is a secret by its form or its place in an address is hidden."""
    return without_credentials(text, hidden=HIDDEN)


def _said(text: str) -> str:
    """A text for people: whatever looks like a secret is hidden."""
    return redacted(_told(text))


def _as_it_is(text: str) -> str:
    return text

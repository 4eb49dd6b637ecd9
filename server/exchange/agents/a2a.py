"""A2A agent cards: each becomes a system that offers its interfaces, with its skills for people to see (REG-11)."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from server.exchange.agents.cards import Card, address_of, offers_of, read_cards, tell_unread
from server.exchange.documents import Document, mapping, sequence, words
from server.exchange.imported import Imported, Remarks
from server.exchange.registry_json import ReadSystem
from server.exchange.source import Nearby, Request, SourceFile, first_in
from server.model.base import JsonObject

KIND = "a2a"
FILE_NAMES = (".well-known/agent-card.json", ".well-known/agent.json", "agent-card.json", "agent.json")
ENDINGS = ("agent-card.json", "agent_card.json", "agent.json", "agentcard.json")
_CARD = re.compile(r"\"(capabilities|supportedInterfaces|defaultInputModes|protocolVersion|additionalInterfaces)\"\s*:")
_INTERFACES = ("additionalInterfaces", "supportedInterfaces", "interfaces")
_MOST_SKILLS = 100
_READ = frozenset(
    {
        *("name", "description", "url", "preferredTransport", "version", "protocolVersion", "provider", "capabilities"),
        *("securitySchemes", "skills", "defaultInputModes", "defaultOutputModes", *_INTERFACES),
        *("criticality", "tier", "$schema"),
    }
)
"""Members of which something is kept."""


def recognises(path: str, text: str) -> bool:
    """Whether this looks like agent cards: JSON with a name, skills, and what only a card states beside them."""
    head = text[:200_000].lstrip("\ufeff \t\r\n")
    if head[:1] not in ("{", "["):
        return False
    return '"skills"' in head and '"name"' in head and '"systems"' not in head and _CARD.search(head) is not None


def files_in(folder: str, nearby: Nearby) -> list[SourceFile]:
    """The card that a folder hands out."""
    return first_in(folder, FILE_NAMES, nearby, recognises)


def read_a2a(request: Request, read_system: ReadSystem) -> Imported:
    """One system per card.

    Raises InvalidArgument or TooLarge where the only file can't be read at all.
    """
    return read_cards(request, KIND, read_system, entries=_entries, card=_card)


def _entries(document: Document) -> Iterator[Document]:
    """The cards of a document: itself, or the entries of a list."""
    if not isinstance(document.value, list):
        yield document
        return
    for position, value in enumerate(document.value):
        yield Document(value, document.file, document.number, document.of, f"{document.pointer}/{position}")


def _card(document: Document, remarks: Remarks) -> Card | None:
    value = mapping(document.value)
    name = words(value.get("name"), 200)
    if not name:
        remarks.unmapped(document.at(), "no agent card: it has no name")
        return None
    tell_unread(document, _READ, remarks)
    if len(skills := sequence(value.get("skills"))) > _MOST_SKILLS:
        remarks.unmapped(document.at("skills", _MOST_SKILLS), f"only {_MOST_SKILLS} of {len(skills):,} skills are kept")
    provider = value.get("provider")
    owner = words(mapping(provider).get("organization"), 200) or words(provider, 200)
    return Card(
        name=name,
        title=name,
        description=words(value.get("description"), 4_000),
        owner=owner,
        offers=offers_of(_addresses(value, document, remarks)),
        facts=_facts(value),
        document=document,
    )


def _addresses(value: Mapping[str, Any], document: Document, remarks: Remarks) -> Iterator[tuple[str, str, str]]:
    where = document.where
    if "url" in value:
        transport = words(value.get("preferredTransport"), 50)
        yield address_of(value["url"], document, ("url",), remarks), "a2a", f"url {transport}".strip() + f", {where}"
    elif not any(sequence(value.get(member)) for member in _INTERFACES):
        remarks.unmapped(document.at("url"), "the card states no address")
    for member in _INTERFACES:
        for position, interface in enumerate(sequence(value.get(member))):
            given = mapping(interface)
            binding = words(given.get("protocolBinding"), 50) or words(given.get("transport"), 50)
            address = address_of(given.get("url"), document, (member, position, "url"), remarks)
            yield address, "a2a", f"{member} {binding}".strip() + f", {where}"


def _facts(value: Mapping[str, Any]) -> JsonObject:
    facts: JsonObject = {}
    for member in ("version", "protocolVersion"):
        if said := words(value.get(member), 100):
            facts[member] = said
    capabilities = [str(name)[:100] for name, on in mapping(value.get("capabilities")).items() if on is True]
    schemes = {
        str(name)[:100]: _scheme_kind(mapping(scheme)) for name, scheme in mapping(value.get("securitySchemes")).items()
    }
    skills = [_skill(mapping(skill)) for skill in sequence(value.get("skills"))[:_MOST_SKILLS]]
    for name, found in (("capabilities", capabilities), ("securitySchemes", schemes), ("skills", skills)):
        if found:
            facts[name] = found
    for member in ("defaultInputModes", "defaultOutputModes"):
        if modes := [words(mode, 100) for mode in sequence(value.get(member))]:
            facts[member] = modes
    return facts


def _scheme_kind(scheme: Mapping[str, Any]) -> str:
    """What kind of security it is, by its type or by the one member that holds it."""
    return words(scheme.get("type"), 50) or next((str(name)[:50] for name in scheme), "")


def _skill(skill: Mapping[str, Any]) -> JsonObject:
    found: JsonObject = {"id": words(skill.get("id"), 200), "name": words(skill.get("name"), 200)}
    if said := words(skill.get("description"), 1_000):
        found["description"] = said
    if tags := [words(tag, 100) for tag in sequence(skill.get("tags"))[:20]]:
        found["tags"] = tags
    return found

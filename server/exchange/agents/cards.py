"""What the cards of agents and of MCP servers share: names, addresses without secrets, one system per card."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from server.errors import ConcordError
from server.exchange.criticality import UNCONFIRMED, stated_tier
from server.exchange.documents import Document, documents_of, mapping, words
from server.exchange.imported import Imported, ListedSystem, Remarks, found_in
from server.exchange.registry_json import ReadSystem
from server.exchange.source import Request
from server.model.base import JsonObject
from server.model.contract import Basis

_SCHEMES = frozenset({"http", "https", "ws", "wss", "grpc", "grpcs"})


@dataclass(frozen=True)
class Card:
    """What one card says of one system."""

    name: str
    """What it is called: also what tells it apart."""
    title: str
    description: str
    owner: str
    offers: tuple[JsonObject, ...]
    """What it writes: its interfaces."""
    facts: JsonObject
    document: Document


def read_cards(
    request: Request,
    kind: str,
    read_system: ReadSystem,
    *,
    entries: Callable[[Document], Iterable[Document]],
    card: Callable[[Document, Remarks], Card | None],
) -> Imported:
    """One system per card, of those that `entries` finds in a document and `card` can read.

    Raises InvalidArgument or TooLarge where the only file can't be read at all.
    """
    remarks = Remarks()
    cards = [
        read
        for document in documents_of(request.files, remarks)
        for entry in entries(document)
        if (read := card(entry, remarks)) is not None
    ]
    return found_in(request.place, kind, listed(cards, kind, read_system, remarks), remarks)


def card_id(name: str) -> str:
    """The id of the system that goes by this name; another's where they differ only in marks and case."""
    plain = re.sub(r"[^A-Za-z0-9_.-]+", "_", name.replace("/", ".")).strip("_.-")
    return f"sys_{plain or 'unnamed'}"[:120]


def address_of(value: Any, document: Document, place: Sequence[str | int], remarks: Remarks) -> str:
    """The address without user, query and fragment, which may hold secrets; empty, and told, where it is none."""
    text = words(value)
    try:
        parts = urlsplit(text)
        host = parts.netloc.rpartition("@")[2]
    except ValueError:
        parts, host = None, ""
    if parts is None or parts.scheme.lower() not in _SCHEMES or not host:
        remarks.unmapped(document.at(*place), "no address: not an absolute http, ws or grpc URL")
        return ""
    if "{" in host:
        remarks.unmapped(document.at(*place), "no address: its host is filled in only where it is used")
        return ""
    return f"{parts.scheme.lower()}://{host}{parts.path.rstrip('/')}"


def tell_unread(document: Document, read: frozenset[str], remarks: Remarks) -> None:
    """Every member of the card of which nothing is kept is listed."""
    for member in mapping(document.value):
        if str(member) not in read:
            remarks.unmapped(document.at(str(member)[:100]), "has no counterpart here")


def offers_of(addresses: Iterable[tuple[str, str, str]]) -> tuple[JsonObject, ...]:
    """(address, kind, what says so) of every interface, each address once."""
    found: dict[str, JsonObject] = {}
    for address, kind, said in addresses:
        if address and address not in found:
            found[address] = {"resource": address, "type": kind, "evidence": said}
    return tuple(found.values())


def listed(cards: Iterable[Card], kind: str, read_system: ReadSystem, remarks: Remarks) -> tuple[ListedSystem, ...]:
    """One system per card; of two with one id the first counts."""
    found: dict[str, ListedSystem] = {}
    for card in cards:
        system_id = card_id(card.name)
        if system_id in found:
            remarks.unmapped(
                card.document.at(), f"{card.name} is there already as {found[system_id].item}; that one counts"
            )
            continue
        decided, _ = stated_tier(card.facts)
        tier, basis = (decided, Basis.DECLARED) if decided is not None else UNCONFIRMED
        document = {
            "id": system_id,
            "name": card.title or card.name,
            "description": card.description,
            "owner": card.owner,
            "tier": tier,
            "writes_to": list(card.offers),
            kind: card.facts,
        }
        try:
            found[system_id] = ListedSystem(item=card.name, system=read_system(document), tier_basis=basis)
        except ConcordError as error:
            remarks.unmapped(card.document.at(), f"no system can be made of it: {error.message}")
    return tuple(found.values())

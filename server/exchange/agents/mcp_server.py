"""MCP servers by their `server.json`, as registries of MCP servers hold them: one system per server (REG-11)."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from server.exchange.agents.cards import Card, address_of, offers_of, read_cards, tell_unread
from server.exchange.documents import Document, mapping, sequence, words
from server.exchange.imported import Imported, Remarks
from server.exchange.registry_json import ReadSystem
from server.exchange.source import Nearby, Request, SourceFile, first_in
from server.model.base import JsonObject

KIND = "mcp_server"
FILE_NAMES = ("server.json", "mcp/server.json")
ENDINGS = ("server.json", "servers.json")
_MEMBERS = re.compile(r"\"(packages|remotes|version_detail)\"\s*:")
_SCHEMA = re.compile(r"\"\$schema\"\s*:\s*\"[^\"]*server\.(schema\.)?json\"")
_MOST = 50
_READ = frozenset(
    {
        *("name", "title", "description", "version", "version_detail", "status", "repository", "packages", "remotes"),
        "$schema",
    }
)
"""Members of which something is kept."""


def recognises(path: str, text: str) -> bool:
    """Whether this looks like servers: their schema, or JSON with a name and the packages or remotes that serve it."""
    head = text[:200_000].lstrip("\ufeff \t\r\n")
    if head[:1] not in ("{", "[") or '"lockfileVersion"' in head or '"systems"' in head:
        return False
    if _SCHEMA.search(head):
        return True
    stated = '"name"' in head and '"description"' in head and '"version' in head
    transport = (
        '"registryType"' in head or '"registry_name"' in head or '"registry_type"' in head or '"remotes"' in head
    )
    return stated and transport and _MEMBERS.search(head) is not None


def files_in(folder: str, nearby: Nearby) -> list[SourceFile]:
    """The server.json of a folder."""
    return first_in(folder, FILE_NAMES, nearby, recognises)


def read_mcp_servers(request: Request, read_system: ReadSystem) -> Imported:
    """One system per server; of one that stands in several versions, the first one.

    Raises InvalidArgument or TooLarge where the only file can't be read at all.
    """
    return read_cards(request, KIND, read_system, entries=_entries, card=_card)


def _entries(document: Document) -> Iterator[Document]:
    """The servers of a document: itself, a list of them, or a registry's answer, each perhaps inside `server`."""
    value, pointer = document.value, document.pointer
    members = mapping(value).get("servers")
    if isinstance(members, list):
        value, pointer = members, f"{pointer}/servers"
    for position, entry in enumerate(value) if isinstance(value, list) else [(-1, value)]:
        place = pointer if position < 0 else f"{pointer}/{position}"
        inside = mapping(entry).get("server")
        wrapped = isinstance(inside, Mapping)
        stated, place = (inside, f"{place}/server") if wrapped else (entry, place)
        yield Document(stated, document.file, document.number, document.of, place)


def _card(document: Document, remarks: Remarks) -> Card | None:
    value = mapping(document.value)
    name = words(value.get("name"), 200)
    if not name:
        remarks.unmapped(document.at(), "no server: it has no name")
        return None
    tell_unread(document, _READ, remarks)
    for member in ("packages", "remotes"):
        if (number := len(sequence(value.get(member)))) > _MOST:
            remarks.unmapped(document.at(member, _MOST), f"of {_MOST} of the {number:,} {member} something is kept")
    if not sequence(value.get("packages")) and not sequence(value.get("remotes")):
        remarks.note(f"{name} states neither packages nor remotes: nobody can tell how it is reached.")
    own = {"resource": f"mcp://{name}", "type": "mcp", "evidence": f"name, {document.where}"}
    namespace = name.partition("/")[0] if "/" in name else ""
    return Card(
        name=name,
        title=words(value.get("title"), 200) or name,
        description=words(value.get("description"), 4_000),
        owner=namespace[:200],
        offers=(own, *offers_of(_addresses(value, document, remarks))),
        facts=_facts(value),
        document=document,
    )


def _addresses(value: Mapping[str, Any], document: Document, remarks: Remarks) -> Iterator[tuple[str, str, str]]:
    for position, remote in enumerate(sequence(value.get("remotes"))):
        given = mapping(remote)
        kind = words(given.get("type"), 50) or words(given.get("transport_type"), 50)
        address = address_of(given.get("url"), document, ("remotes", position, "url"), remarks)
        yield address, "mcp", f"remote {kind}".strip() + f", {document.where}"


def _facts(value: Mapping[str, Any]) -> JsonObject:
    """What else the file says. Of variables, headers and arguments only the names: their values may be secrets."""
    facts: JsonObject = {}
    version = words(value.get("version"), 100) or words(mapping(value.get("version_detail")).get("version"), 100)
    status = words(value.get("status"), 50)
    repository = words(mapping(value.get("repository")).get("url"), 500)
    for name, said in (("version", version), ("status", status), ("repository", repository)):
        if said:
            facts[name] = said
    packages = [_package(mapping(one)) for one in sequence(value.get("packages"))[:_MOST]]
    if packages:
        facts["packages"] = packages
    headers = sorted(
        {
            words(mapping(header).get("name"), 200)
            for remote in sequence(value.get("remotes"))[:_MOST]
            for header in sequence(mapping(remote).get("headers"))[:_MOST]
        }
        - {""}
    )
    if headers:
        facts["headers"] = headers
    return facts


def _package(package: Mapping[str, Any]) -> JsonObject:
    found: JsonObject = {
        "registry": words(
            package.get("registryType") or package.get("registry_type") or package.get("registry_name"), 50
        ),
        "identifier": words(package.get("identifier") or package.get("name"), 300),
    }
    if version := words(package.get("version"), 100):
        found["version"] = version
    if transport := words(mapping(package.get("transport")).get("type"), 50):
        found["transport"] = transport
    variables = [
        _variable(mapping(one))
        for one in sequence(package.get("environmentVariables") or package.get("environment_variables"))[:_MOST]
    ]
    if variables:
        found["variables"] = variables
    return found


def _variable(variable: Mapping[str, Any]) -> JsonObject:
    required = variable.get("isRequired") is True or variable.get("is_required") is True
    secret = variable.get("isSecret") is True or variable.get("is_secret") is True
    return {"name": words(variable.get("name"), 200), "required": required, "secret": secret}

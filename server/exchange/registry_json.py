"""The source's `system_registry.json`, in and out (REG-8)."""

import json
import posixpath
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NoReturn

from server.errors import ConcordError, InvalidArgument
from server.exchange.imported import ArchivedSystem, Imported, ListedSystem, Remarks, source_key
from server.exchange.source import Nearby, Request, SourceFile
from server.model.base import JsonObject
from server.model.contract import ContractType
from server.model.system import StoredSystem, System, is_people

KIND = "registry_json"
FILE_NAME = "system_registry.json"

ReadSystem = Callable[[Any], System]
"""Takes a system's document to its value; raises InvalidArgument with the place where it is wrong."""

_KNOWN = ("last_updated", "systems", "archived", "contracts_summary")


def recognises(path: str, text: str) -> bool:
    """Whether this looks like a registry file: its name, or JSON with `systems`, or a list of objects with ids."""
    head = text[:200_000].lstrip("﻿ \t\r\n")
    if head[:1] not in ("{", "["):
        return False
    if path.rpartition("/")[2] == FILE_NAME:
        return True
    return '"systems"' in head if head[0] == "{" else ('"id"' in head and '"tier"' in head)


def is_one(document: Mapping[str, Any]) -> bool:
    """Whether a JSON object is a registry by its members, whatever its texts quote."""
    return "systems" in document and ("last_updated" in document or document.keys() <= set(_KNOWN))


def files_in(folder: str, nearby: Nearby) -> list[SourceFile]:
    """The registry file of a folder."""
    found = nearby(posixpath.join(folder, FILE_NAME))
    return [found] if isinstance(found, SourceFile) else []


def read_registry(request: Request, *, read_system: ReadSystem) -> Imported:
    """Every system of the files that can be read, live and archived; what can't be is reported with its place.

    Raises InvalidArgument where a file is no JSON, or holds no systems at all.
    """
    remarks = Remarks()
    systems: dict[str, ListedSystem] = {}
    archived: dict[str, ArchivedSystem] = {}
    for file in request.files:
        document = _parse(file, remarks)
        live, gone = _sections(document, file, remarks)
        for pointer, entry in live:
            system = _system(entry, pointer, file, remarks, read_system)
            if system is None:
                continue
            if system.id in systems:
                remarks.unmapped(_at(file, pointer), f"{system.id} stands in the list twice; the first one counts")
            else:
                systems[system.id] = ListedSystem(item=system.id, system=system)
        for pointer, entry in gone:
            _archive(entry, pointer, file, remarks, read_system, systems, archived)
    _note_dangling(systems, archived, remarks)
    return Imported(
        source=source_key(KIND, request.files[0].path or request.name or request.digest),
        kind=KIND,
        systems=tuple(systems.values()),
        archived=tuple(archived.values()),
        unmapped=remarks.all_unmapped(),
        dangling=remarks.all_dangling(),
        notes=remarks.all_notes(),
    )


def _archive(
    entry: Any,
    pointer: str,
    file: SourceFile,
    remarks: Remarks,
    read_system: ReadSystem,
    systems: Mapping[str, ListedSystem],
    archived: dict[str, ArchivedSystem],
) -> None:
    """An entry of `archived[]` is taken in, with when and why."""
    given = dict(entry) if isinstance(entry, Mapping) else entry
    at, reason = "", ""
    if isinstance(given, dict):
        at, reason = (str(given.pop(name, None) or "") for name in ("archived_at", "archive_reason"))
    system = _system(given, pointer, file, remarks, read_system)
    if system is None:
        return
    if system.id in systems or system.id in archived:
        remarks.unmapped(_at(file, pointer), f"{system.id} is listed elsewhere in the file too; this entry is left out")
        return
    archived[system.id] = ArchivedSystem(
        item=system.id, system=system, archived_at=at[:40], archive_reason=reason[:4_000]
    )


def registry_document(
    live: Iterable[JsonObject],
    archived: Iterable[tuple[StoredSystem, JsonObject]],
    *,
    last_updated: str,
    violations: int = 0,
) -> JsonObject:
    """The registry as the source's file: `live` are the systems' documents, `archived` what counts no longer."""
    systems = sorted(live, key=lambda document: str(document["id"]))
    gone = sorted(archived, key=lambda pair: pair[0].id)
    document: JsonObject = {
        "last_updated": last_updated,
        "systems": systems,
        "contracts_summary": contracts_summary(systems, violations),
    }
    if gone:
        document["archived"] = [
            {**one, "archived_at": stored.archived_at, "archive_reason": stored.archive_reason} for stored, one in gone
        ]
    return document


def contracts_summary(systems: Iterable[JsonObject], violations: int = 0) -> JsonObject:
    """How many contracts the live systems hold, and since when all of them count as looked at.

    An agreement that both sides hold under one id counts once. `last_full_validation` is the day on which the one that
    was not looked at for longest was validated; empty while one never was. `violations` of them were found violated in the
    last seven days.
    """
    validated: dict[str, str] = {}
    for system in systems:
        for position, contract in enumerate(system["contracts"]):
            key = contract["contract_id"] or f"{system['id']} {position}"
            at = str(contract["last_validated"])
            validated[key] = min(at, validated.get(key, at))
    oldest = min(validated.values(), default="")
    return {"total_contracts": len(validated), "last_full_validation": oldest, "violations_last_7d": violations}


def registry_text(document: JsonObject) -> str:
    """The document as it stands in the file: UTF-8, indented, ending with a line break."""
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _parse(file: SourceFile, remarks: Remarks) -> Any:
    name = file.path or "The registry"

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        document = dict(found)
        if len(document) != len(found):
            seen: set[str] = set()
            for key, _ in found:
                if key in seen:
                    remarks.unmapped(f"{name}: {key[:100]}", "the key stands twice in its object; the last one counts")
                seen.add(key)
        return document

    try:
        return json.loads(file.text.removeprefix("﻿"), object_pairs_hook=pairs, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        raise InvalidArgument(f"{name} is no JSON: {error.msg} at line {error.lineno}, column {error.colno}.") from None
    except RecursionError:
        raise InvalidArgument(f"{name} is nested too deeply.") from None
    except ValueError as error:
        raise InvalidArgument(f"{name} is no JSON that can be used: {error}.") from None


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON value")


def _sections(document: Any, file: SourceFile, remarks: Remarks) -> tuple[list[tuple[str, Any]], list[tuple[str, Any]]]:
    """(pointer, entry) of every live system and every archived one; a single system or a bare list is understood."""
    if isinstance(document, Mapping) and "id" in document and "systems" not in document:
        return [("", document)], []
    if isinstance(document, list):
        return [(f"/{position}", entry) for position, entry in enumerate(document)], []
    if not isinstance(document, Mapping) or not ("systems" in document or "archived" in document):
        raise InvalidArgument(
            f"{file.path or 'The text'} holds no systems.",
            hint='A registry is {"systems": [...]}, or a list of systems.',
        )
    for member in document:
        if member not in _KNOWN:
            remarks.unmapped(_at(file, f"/{_escaped(member)}"), "a registry file has no such member")
    return _entries(document, "systems", file, remarks), _entries(document, "archived", file, remarks)


def _entries(document: Mapping[str, Any], member: str, file: SourceFile, remarks: Remarks) -> list[tuple[str, Any]]:
    value = document.get(member)
    if value is None:
        return []
    if isinstance(value, Mapping):
        # a mapping by id is what hand-written files sometimes have instead of a list
        return [
            (f"/{member}/{_escaped(name)}", {"id": name, **entry} if isinstance(entry, Mapping) else entry)
            for name, entry in value.items()
        ]
    if not isinstance(value, list):
        remarks.unmapped(_at(file, f"/{member}"), "not a list of systems")
        return []
    return [(f"/{member}/{position}", entry) for position, entry in enumerate(value)]


def _system(entry: Any, pointer: str, file: SourceFile, remarks: Remarks, read_system: ReadSystem) -> System | None:
    try:
        return read_system(entry)
    except ConcordError as error:
        inside = error.path.removeprefix("/system")
        remarks.unmapped(_at(file, pointer + inside), f"{error.message} {error.hint}".strip())
        return None


def _note_dangling(
    systems: Mapping[str, ListedSystem], archived: Mapping[str, ArchivedSystem], remarks: Remarks
) -> None:
    """What a file says of systems that it does not hold."""
    known = {*systems, *archived, *(listed.system.name for listed in systems.values())}
    for system_id, listed in systems.items():
        system = listed.system
        named = [("dependencies", name) for name in system.dependencies]
        named += [("dependents", name) for name in system.dependents]
        named += [(f"consumers of {output.resource}", name) for output in system.writes_to for name in output.consumers]
        named += [
            (
                f"{'consumer' if contract.type is ContractType.PRODUCER else 'producer'} in {contract.contract_id or contract.resource}",
                contract.counterparty,
            )
            for contract in system.contracts
            if contract.counterparty
        ]
        for said, name in named:
            if name not in known and not is_people(name):
                remarks.dangling(system_id, name, f"{said}, but the file lists no such system")


def _at(file: SourceFile, pointer: str) -> str:
    return f"{file.path.rpartition('/')[2]}#{pointer}"


def _escaped(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1")

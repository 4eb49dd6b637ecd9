"""From a Backstage catalogue to systems: one per component, with what it depends on, provides and consumes (REG-11)."""

import re

from server.exchange.backstage.catalogue import Catalogue, Entity, references_in
from server.exchange.backstage.references import is_full, read_reference
from server.exchange.backstage.relations import Relations
from server.exchange.backstage.systems import listed_systems
from server.exchange.imported import Imported, Remarks, found_in
from server.exchange.registry_json import ReadSystem
from server.exchange.source import Nearby, Request, SourceFile, first_in

KIND = "backstage"
FILE_NAMES = ("catalog-info.yaml", "catalog-info.yml", "catalog-info.json")
"""What a folder is looked through for; the whole folder is read where none of them stands in it."""

_NAMED = re.compile(r"(^|[/\\])catalog-info[^/\\]*\.(ya?ml|json)$", re.IGNORECASE)
_VERSION = re.compile(r"^[ \t]*[\"']?apiVersion[\"']?[ \t]*:[ \t]*[\"']?[\w.-]*backstage\.io/", re.MULTILINE)
_IN_FLOW = re.compile(r"[\"']?apiVersion[\"']?\s*:\s*[\"']?[\w.-]*backstage\.io/")
_NO_SYSTEM = {
    "system": "a System entity groups others: it stays a fact of the components that belong to it",
    "domain": "a Domain entity groups systems: it stays a fact of the components below it",
    "group": "a group runs nothing: it stays the owner of what names it",
    "user": "a person runs nothing, and stays the owner of what names them",
    "location": "a location is followed, and is no system itself",
}
_READ = ("component", "api", "resource", *_NO_SYSTEM)
_MOST_SHOWN = 20


def recognises(path: str, text: str) -> bool:
    """Whether this looks like a catalogue: by its name, or by the version that its entities state."""
    head = text[:200_000]
    if _NAMED.search(path) or _VERSION.search(head):
        return True
    return head.lstrip()[:1] in ("{", "[") and _IN_FLOW.search(head) is not None


def files_in(folder: str, nearby: Nearby) -> list[SourceFile]:
    """The catalogue file of a folder."""
    return first_in(folder, FILE_NAMES, nearby)


def read_backstage(request: Request, read_system: ReadSystem) -> Imported:
    """The components of a catalogue as systems; every other entity is told with what became of it.

    Raises InvalidArgument or TooLarge where the only file can't be read at all.
    """
    remarks = Remarks()
    catalogue = Catalogue(request, remarks)
    relations = Relations(catalogue, remarks)
    systems = listed_systems(catalogue, relations, remarks, read_system)
    _tell_what_is_not_in_use(catalogue, relations, remarks)
    _tell_unknown_kinds(catalogue, relations, remarks)
    _tell_what_is_no_system(catalogue, relations, remarks)
    return found_in(request.place, KIND, systems, remarks)


def _tell_what_is_not_in_use(catalogue: Catalogue, relations: Relations, remarks: Remarks) -> None:
    for entity in catalogue.of_kind("api"):
        if entity.reference.key not in relations.providers:
            remarks.unmapped(
                entity.document.at(), f"{entity.reference}: no component provides it, so no system states it"
            )
    for entity in catalogue.of_kind("resource"):
        if entity.reference.key not in relations.users and entity.reference.key not in relations.writers:
            remarks.unmapped(entity.document.at(), f"{entity.reference}: no component depends on it")


def _tell_what_is_no_system(catalogue: Catalogue, relations: Relations, remarks: Remarks) -> None:
    for entity in catalogue.of_kind(*_NO_SYSTEM):
        remarks.unmapped(entity.document.at(), f"{entity.reference}: {_NO_SYSTEM[entity.reference.kind]}")
    strangers = relations.unknown_owners
    if strangers:
        shown = ", ".join(list(strangers)[:_MOST_SHOWN]) + (", …" if len(strangers) > _MOST_SHOWN else "")
        remarks.note(f"Owners whom no Group or User of the catalogue stands for: {shown}.")


def _tell_unknown_kinds(catalogue: Catalogue, relations: Relations, remarks: Remarks) -> None:
    for entity in catalogue.entities.values():
        if entity.reference.kind in _READ:
            continue
        remarks.unmapped(entity.document.at(), f"{entity.reference}: entities of kind {entity.kind} are not mapped")
        relations.look_up(entity, "system", "system", ("system",))
        for place, text in references_in(entity):
            if is_full(text):
                _note_where_nothing_is(entity, place, text, catalogue, remarks)


def _note_where_nothing_is(entity: Entity, place: str, text: str, catalogue: Catalogue, remarks: Remarks) -> None:
    reference = read_reference(text, kind="", namespace=entity.reference.namespace)
    if reference is not None and catalogue.find(reference) is None:
        remarks.dangling(str(entity.reference), str(reference), f"{place}: the catalogue holds no such entity")

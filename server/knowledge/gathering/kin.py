"""Which systems are akin, so that what they have in common is one experience and not several (LRN-2), and what they read."""

from collections.abc import Iterator

from server.model.system import Input
from server.registry.map import RegistryMap

LINEAGE = ("template", "lineage", "forked_from")
"""Members of a registration by which its owner declares where a system comes from; each a name or a list of names."""
_FORMS = {
    "jsonl": "json", "ndjson": "json", "geojson": "json", "json5": "json",
    "yml": "yaml", "md": "markdown", "htm": "html", "tsv": "csv",
    "db": "sqlite", "sqlite3": "sqlite", "http": "https", "postgres": "postgresql", "txt": "text",
}  # fmt: skip
"""Endings and schemes that mean the same."""


def families(registry: RegistryMap) -> dict[str, str]:
    """By live system what it has in common with those that it is akin to, and with nobody else.

    Akin are a system and the one it is a part of, parts of the same, those made of one template, and those of one declared
    lineage or forked from the same; archived ones link others still.
    """
    tree: dict[str, str] = {}
    for system_id, stored in sorted(registry.systems.items()):
        tree.setdefault(system_id, system_id)
        for other in _origins(registry, stored.system.parent, stored.system.model_extra or {}):
            tree.setdefault(other, other)
            one, root = _root(tree, system_id), _root(tree, other)
            if one != root:
                tree[max(one, root)] = min(one, root)
    return {stored.id: _root(tree, stored.id) for stored in registry.live_systems()}


def forms_of(access: Input) -> Iterator[str]:
    """The kinds of what is read: `json`, `sqlite`, `https` …, by scheme, ending and stated type."""
    scheme, found, rest = access.resource.partition("://")
    path = rest if found else access.resource
    if found:
        yield _form(scheme)
    if found and scheme.lower() in ("http", "https"):
        return
    file = path.partition("#")[0].partition("?")[0].replace("\\", "/").rpartition("/")[2]
    stem, _, ending = file.rpartition(".")
    if stem and len(ending) <= 8 and ending.isalnum():
        yield _form(ending)
    first = access.format.split()[:1]
    if first and first[0].isalnum() and len(first[0]) <= 12:
        yield _form(first[0])


def _form(word: str) -> str:
    lowered = word.lower()
    return _FORMS.get(lowered, lowered)


def _origins(registry: RegistryMap, parent: str, extra: dict[str, object]) -> Iterator[str]:
    """What stands for each thing that a system comes from: a system by its id, anything else by its name."""
    if parent:
        yield _place(registry, parent, "parent")
    for member in LINEAGE:
        stated = extra.get(member)
        for name in stated if isinstance(stated, list | tuple) else (stated,):
            if isinstance(name, str) and name.strip():
                yield _place(registry, name.strip(), member)


def _place(registry: RegistryMap, name: str, member: str) -> str:
    known = registry.known_as(name)
    return known if known in registry.systems else f"{member} {name.casefold()}"


def _root(tree: dict[str, str], one: str) -> str:
    while tree[one] != one:
        tree[one] = tree[tree[one]]
        one = tree[one]
    return one

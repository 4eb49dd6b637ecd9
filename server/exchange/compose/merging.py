"""Laying one compose file's services over another's, by the merge rules of the compose specification.

Every service is first brought into one form (`in_one_form`), so that short and long notations merge with each other.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from server.exchange.compose.mounts import target_of
from server.exchange.yaml_text import Tagged

Definition = dict[str, Any]
"""A service, its members in one form."""

RESET = "!reset"
OVERRIDE = "!override"

_REPLACED = (
    "command",
    "entrypoint",
    "image",
    "container_name",
    "hostname",
    "healthcheck",
    "network_mode",
    "pid",
    "ipc",
)
"""Members of which the later file's stands alone."""


def in_one_form(service: Mapping[str, Any]) -> Definition:
    """The service with `environment`, `labels`, `depends_on`, `networks` as mappings and the other lists as lists."""
    result: Definition = {}
    for member, value in service.items():
        tag, plain = (value.tag, value.value) if isinstance(value, Tagged) else ("", value)
        form = _FORMS.get(member)
        brought = form(plain) if form else plain
        result[member] = Tagged(tag, brought) if tag in (RESET, OVERRIDE) else brought
    return result


def merge_service(below: Definition, above: Definition) -> Definition:
    """The service as both files together define it, `above` being the later one."""
    result = dict(below)
    for member, value in above.items():
        if isinstance(value, Tagged):
            if value.tag == RESET:
                result.pop(member, None)
            else:
                result[member] = value.value
        elif member not in below or below[member] is None or member in _REPLACED:
            result[member] = value
        else:
            result[member] = _merged(member, below[member], value)
    return result


def without_tags(value: Any) -> Any:
    """The value with what `!reset` takes away gone and `!override` taken at its word."""
    if isinstance(value, Tagged):
        return None if value.tag == RESET else without_tags(value.value)
    if isinstance(value, dict):
        return {
            name: without_tags(member)
            for name, member in value.items()
            if not (isinstance(member, Tagged) and member.tag == RESET)
        }
    if isinstance(value, list):
        return [without_tags(item) for item in value]
    return value


def merge_mappings(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Both mappings together; what stands in both comes from `above`, mappings member by member."""
    result = dict(below)
    for name, value in above.items():
        if isinstance(value, Tagged) and value.tag == RESET:
            result.pop(name, None)
        elif isinstance(value, Mapping) and isinstance(result.get(name), Mapping):
            result[name] = merge_mappings(result[name], value)
        else:
            result[name] = without_tags(value)
    return result


def _merged(member: str, below: Any, above: Any) -> Any:
    if isinstance(below, Mapping) and isinstance(above, Mapping):
        return merge_mappings(below, above)
    if isinstance(below, list) and isinstance(above, list):
        if member == "volumes":
            return _by_target([*below, *above])
        return [*below, *(item for item in above if item not in below)]
    return above


def _by_target(entries: Iterable[Any]) -> list[Any]:
    """Later mounts take the place of earlier ones at the same point of the container."""
    placed = {target_of(entry) or str(position): entry for position, entry in enumerate(entries)}
    return list(placed.values())


def _assignments(value: Any) -> Any:
    """`NAME=VALUE` lists and mappings alike as name → value; None stands for a name without a value."""
    if isinstance(value, Mapping):
        return {name: _as_text(member) for name, member in value.items()}
    if not isinstance(value, list):
        return {}
    found: dict[str, Any] = {}
    for entry in value:
        if isinstance(entry, Mapping):  # `- NAME: value`, which people write by mistake
            found.update(_assignments(entry))
            continue
        name, separator, text = str(entry).partition("=")
        found[name.strip()] = text if separator else None
    return found


def _as_text(value: Any) -> Any:
    if isinstance(value, Tagged) or value is None:
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _conditions(value: Any) -> Any:
    """Short and long `depends_on` as service → {condition, required}."""
    if isinstance(value, Mapping):
        return {name: member if isinstance(member, Mapping) else {} for name, member in value.items()}
    return (
        {str(name): {} for name in value}
        if isinstance(value, list)
        else ({value: {}} if isinstance(value, str) else {})
    )


def _named(value: Any) -> Any:
    """A list of names as a mapping with empty members."""
    if isinstance(value, Mapping):
        return dict(value)
    return {str(name): {} for name in value} if isinstance(value, list) else {}


def _listed(value: Any) -> Any:
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


_FORMS: dict[str, Callable[[Any], Any]] = {
    "environment": _assignments,
    "labels": _assignments,
    "depends_on": _conditions,
    "networks": _named,
    "env_file": _listed,
    "links": _listed,
    "external_links": _listed,
    "profiles": _listed,
    "volumes": _listed,
    "volumes_from": _listed,
}

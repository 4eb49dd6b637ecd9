"""How detectors ask for the documents of a YAML text, and look into documents that may hold anything."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

ReadYaml = Callable[[str, str], Sequence[Any]]
"""(text, name of the file) → its documents; none where it is no YAML that can be read."""


def mapping(value: Any) -> Mapping[str, Any]:
    """The value, if it is a mapping; else an empty one."""
    return value if isinstance(value, Mapping) else {}


def items(value: Any) -> Sequence[Any]:
    """The value, if it is a list; else a list of it alone, or none where there is nothing."""
    if isinstance(value, list | tuple):
        return value
    return [] if value is None else [value]


def text_of(value: Any) -> str:
    """The value, if it is text or a number; else empty."""
    if isinstance(value, bool) or value is None:
        return ""
    return str(value).strip() if isinstance(value, str | int | float) else ""


def each_mapping(value: Any) -> Iterator[Mapping[str, Any]]:
    """The mappings in a list, or the mapping itself."""
    return (entry for entry in items(value) if isinstance(entry, Mapping))


def at_path(value: Any, *names: str) -> Any:
    """The member below these names; None where there is none."""
    for name in names:
        value = mapping(value).get(name)
    return value

"""References from one entity of a catalogue to another: `[kind:][namespace/]name`, without regard to case."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

DEFAULT = "default"
"""The namespace of what states none."""

_REFERENCE = re.compile(r"(?:(?P<kind>[^:/\s]+):)?(?:(?P<namespace>[^:/\s]+)/)?(?P<name>[^:/\s]+)$")
_FULL = re.compile(
    r"[A-Za-z][A-Za-z0-9]{0,62}:(?:[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*/)[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*$"
)


@dataclass(frozen=True)
class Reference:
    """Which entity is meant. Two references are one where they are spelt alike but for case."""

    kind: str
    namespace: str
    name: str

    @property
    def key(self) -> tuple[str, str, str]:
        """What it is compared by."""
        return self.kind.lower(), self.namespace.lower(), self.name.lower()

    @property
    def plain(self) -> str:
        """The name, with the namespace in front where it is not the default one."""
        return self.name if self.namespace.lower() == DEFAULT else f"{self.namespace}.{self.name}"

    def __str__(self) -> str:
        """The reference in full."""
        return f"{self.kind.lower()}:{self.namespace}/{self.name}"


def read_reference(value: Any, *, kind: str, namespace: str) -> Reference | None:
    """The entity that the value names; `kind` and `namespace` stand in where it leaves them out. None = no reference."""
    if isinstance(value, Mapping):
        name = value.get("name")
        if not isinstance(name, str) or not name.strip():
            return None
        return Reference(str(value.get("kind") or kind).lower(), str(value.get("namespace") or namespace), name.strip())
    found = _REFERENCE.match(value.strip()) if isinstance(value, str) else None
    if found is None:
        return None
    return Reference((found["kind"] or kind).lower(), found["namespace"] or namespace, found["name"])


def is_full(text: str) -> bool:
    """Whether the text can hardly be anything else than a reference: kind, namespace and name."""
    return _FULL.match(text) is not None and not text.lower().startswith(("url:", "file:", "dir:"))

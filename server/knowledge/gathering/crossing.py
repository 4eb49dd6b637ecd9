"""Texts on their way over the boundary: what comes through, and whose did not come through whole (LRN-10)."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from server.knowledge.boundary.allowed import Shared, shared
from server.model.withholding import crossing


@dataclass
class Crossing:
    """Takes texts over the boundary, and remembers whose did not come through whole."""

    withheld: set[tuple[str, str, str]] = field(default_factory=set)

    def document(self, system_id: str, kind: str, told: Mapping[str, Any]) -> Shared:
        """What enters of a document of this kind."""
        entered = shared(kind, told)
        self.withheld.update((system_id, name, one) for name, one in entered.withheld)
        return entered

    def text(self, system_id: str, name: str, value: object) -> str:
        """What crosses of a text that the system told under this name; empty for what is none."""
        crossed = crossing(value if isinstance(value, str) else "")
        if crossed.withheld:
            self.withheld.update((system_id, name, kind) for kind in crossed.withheld)
        return crossed.text


def short(key: str) -> str:
    """An event's own key, as short as an id and of nothing that its system wrote."""
    return hashlib.sha256(key.encode(errors="surrogatepass")).hexdigest()[:12]

"""What a source no longer lists, and whether that is so much that a person has to confirm it (REG-11)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from server.clock import to_wire

DAYS = 30
"""How far back a source's listing counts."""
AT_LEAST = 3
SHARE = 0.2


class Listing(Protocol):
    """What is remembered of one item of a source."""

    @property
    def system_id(self) -> str:
        """The system that it became."""
        ...

    @property
    def present(self) -> bool:
        """Whether the last import listed it."""
        ...

    @property
    def last_seen(self) -> str:
        """When it was last listed."""
        ...


@dataclass(frozen=True)
class Loss:
    """What is gone from a source."""

    newly: tuple[str, ...]
    """Items that the last import listed and this one does not."""
    recently: tuple[str, ...]
    """Those, and what went in earlier imports of the last 30 days."""
    listed: int
    """How many the source listed in the last 30 days."""

    @property
    def allowed(self) -> float:
        """How many may be gone without a person's word."""
        return max(AT_LEAST, SHARE * self.listed)

    @property
    def needs_confirmation(self) -> bool:
        """Whether so much is gone that the import is held; a loss that is already recorded holds nothing again."""
        return bool(self.newly) and len(self.recently) > self.allowed


def loss_of(before: Mapping[str, Listing], items: Collection[str], *, settled: Collection[str], now: datetime) -> Loss:
    """What is gone where the source listed `before` and lists `items` now. `settled` are systems archived since."""
    since = to_wire(now - timedelta(days=DAYS))
    counting = {
        item: listing
        for item, listing in before.items()
        if (listing.present or listing.last_seen >= since) and listing.system_id not in settled
    }
    gone = [item for item in counting if item not in items]
    newly = [item for item in gone if counting[item].present]
    return Loss(tuple(newly), tuple(gone), len(counting))

"""What a search comes to."""

from dataclasses import dataclass

from server.model.base import Json


@dataclass(frozen=True, slots=True)
class Found:
    """A document that satisfies the goal."""

    value: Json


@dataclass(frozen=True, slots=True)
class Nothing:
    """No document satisfies the goal."""


@dataclass(frozen=True, slots=True)
class Open:
    """Whether a document satisfies the goal is not known."""

    reason: str


Outcome = Found | Nothing | Open
NOTHING = Nothing()

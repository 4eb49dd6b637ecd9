"""What of a text that one system wrote may reach another: the legitimate part of it, cleaned and short (LRN-10)."""

from dataclasses import dataclass
from functools import lru_cache

from server.model.redaction import HIDDEN, shown

LONGEST = 500
"""Characters of a text that cross."""


@dataclass(frozen=True)
class Crossed:
    """What crosses of a text, and what was kept back."""

    text: str
    """Empty where nothing is left."""
    withheld: tuple[str, ...] = ()
    """Kinds of what was taken out, sorted: `secret`, `trace`, `log`, `transcript`, `prompt`, `instruction`, `state`, `threshold`."""


@lru_cache(maxsize=16_384)
def crossing(text: str, longest: int = LONGEST) -> Crossed:
    """The text as others may read it: without secrets, control characters and what is nobody else's, at most so long."""
    line = shown(text, longest)
    return Crossed(line, ("secret",) if HIDDEN in line and HIDDEN not in text else ())

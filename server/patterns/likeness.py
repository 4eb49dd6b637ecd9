"""What the detectors ask of whoever knows which texts mean the same; it lies above them and is passed in."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol


class Alike(NamedTuple):
    """Two texts of different owners, each the most like the other that any other owner has."""

    one: int
    """Position, the smaller one."""
    other: int
    score: float
    """0 nothing in common … 1 the same."""
    telling: tuple[str, ...] = ()
    """Words in common that don't stand in just anybody's messages, the rarest first."""
    meanings: tuple[str, ...] = ()
    """What both say besides, in whatever words: `stale`, `timeout`."""


class Likeness(Protocol):
    """Which texts mean the same."""

    def __call__(self, texts: Sequence[str], owners: Sequence[int], widest: int) -> Sequence[Alike]:
        """The mutual nearest neighbours among texts of different owners, in the order of their positions.

        A word that more than `widest` owners use is not telling. Equal texts are neighbours whatever else is like them.
        """
        ...

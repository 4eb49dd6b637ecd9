"""What the detectors ask of whoever knows which texts mean the same; it lies above them and is passed in."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol


class Alike(NamedTuple):
    """Two texts of different owners, each among those most like the other."""

    one: int
    """Position, the smaller one."""
    other: int
    score: float
    """0 nothing in common … 1 the same."""
    rank: int = 0
    """0 where each is the other's nearest, else the place that the farther one takes among the other's neighbours."""
    telling: tuple[str, ...] = ()
    """Words in common that don't stand in just anybody's messages, the rarest first."""
    meanings: tuple[str, ...] = ()
    """What both say besides, in whatever words: `stale`, `timeout`."""
    contrary: bool = False
    """Whether each says such a thing and they have none in common."""
    shares: tuple[float, float] = (1.0, 1.0)
    """Of each text the part of what it says that the other says too; a word that tells little weighs little."""
    things: tuple[str, ...] = ()
    """What both name as the thing concerned: a file, a host, a path, an API, a table."""
    foreign: bool = False
    """Whether each begins with a subject that the other doesn't know: then only what happened to them is the same."""
    common: int = 0
    """How many words they have in common in all, anybody's and meanings among them."""
    by_chance: float = 0.0
    """How many pairs that share as much come about where words stand in any text by chance; 0 where few systems speak."""


class Likeness(Protocol):
    """Which texts mean the same."""

    def __call__(self, texts: Sequence[str], owners: Sequence[int], widest: int) -> Sequence[Alike]:
        """Pairs of texts of different owners that are near neighbours of each other, in the order of their positions.

        A word that more than `widest` owners use is not telling. Equal texts are neighbours whatever else is like them.
        """
        ...

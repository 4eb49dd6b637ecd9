"""What the columns of a history are made with: words that become positions, and moments that become numbers."""

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from server.model.withholding import crossing

Ints = npt.NDArray[np.int64]
Column = npt.NDArray[Any]

NAME_READ = 120
"""Characters of what a system calls an error, an incident or a figure: a name, and no place for a story."""
_PLAIN = re.compile(r"[A-Za-z]+(?:[ _./-][A-Za-z]+)*")


def name_of(told: str) -> str:
    """What a system calls something, as others may see it: within a line, short, and nothing that is no name (LRN-10)."""
    plain = len(told) <= NAME_READ and _PLAIN.fullmatch(told)  # most are, and hiding takes a while
    return told if plain else crossing(told, NAME_READ).text


class Words:
    """Texts in the order in which they came; in the end in alphabetical order."""

    def __init__(self, kept_as: Callable[[str], str] = str) -> None:
        """`kept_as` gives the form in which a text is kept; those of one form are one."""
        self._known: dict[str, int] = {}
        self._kept_as = kept_as

    def place(self, text: str) -> int:
        """That of the text, which is known from now on."""
        return self._known.setdefault(self._kept_as(text), len(self._known))

    def places(self, texts: Sequence[str], *, but: str | None = None) -> Ints:
        """Those of the texts; -1 for one that stands for none."""
        found = {text: -1 if text == but else self.place(text) for text in dict.fromkeys(texts)}
        return np.array([found[text] for text in texts], np.int64)

    def in_order(self) -> tuple[str, ...]:
        """The texts as their final positions count them."""
        return tuple(sorted(self._known))

    def ranks(self) -> Ints:
        """The final position of each; that of none, -1, is -1."""
        ranks = np.full(len(self._known) + 1, -1, np.int64)
        ranks[np.array([self._known[text] for text in self.in_order()], np.int64)] = np.arange(len(self._known))
        return ranks


def moments(told: Sequence[str | None], otherwise: Ints) -> Ints:
    """Microseconds since 1970 of moments as the events keep them; where none is told, the other."""
    places = [place for place, text in enumerate(told) if text]
    found = otherwise.copy()
    if places:
        # numpy knows no offsets; all of them end in Z
        texts = np.array([text[:-1] for text in told if text], "datetime64[us]")
        found[np.array(places, np.int64)] = texts.astype(np.int64)
    return found


def only_ends(runs: dict[str, Column]) -> dict[str, Column]:
    """A run whose end is told as well counts once, with its end."""
    system, started, ended = runs["system"], runs["started"], runs["ended"]
    if ended.all():
        return runs
    told = set(zip(system[ended].tolist(), started[ended].tolist(), strict=True))
    begun = np.flatnonzero(~ended)
    pairs = zip(system[begun].tolist(), started[begun].tolist(), strict=True)
    kept = ended.copy()
    kept[begun] = [pair not in told for pair in pairs]
    return {name: column[kept] for name, column in runs.items()}


def in_order_of(table: dict[str, Column], *by: str) -> dict[str, Column]:
    """The rows sorted by these columns, the first of them before the others."""
    order = np.lexsort([table[name] for name in reversed(by)])
    return {name: column[order] for name, column in table.items()}

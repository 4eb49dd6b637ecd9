"""The error catalogue of every system, as its reports give it: which troubles it had, of what kind, and how often."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from server.patterns.history import History, Ints

BURST = 300_000_000
"""Troubles of one kind in one system that follow within five minutes of each other are one occurrence."""
TEXTS_SHOWN = 3
"""Descriptions that stand for an entry, the most frequent ones."""
TEXT_READ = 400


@dataclass(frozen=True)
class Catalogue:
    """Entries by system and kind. Those of entry i are `order[starts[i]:starts[i + 1]]`, positions in the troubles, by time."""

    history: History
    system: Ints
    kind: Ints
    """Position in `History.categories`, or whatever the entries were gathered by."""
    order: Ints
    starts: Ints
    first: Ints
    """Of each place in `order`, 1 where an occurrence begins."""

    def __len__(self) -> int:
        return len(self.system)

    @cached_property
    def occurrences(self) -> Ints:
        """Of each entry how often it occurred; a burst counts once."""
        counted = np.concatenate([[0], np.cumsum(self.first)])
        times: Ints = counted[self.starts[1:]] - counted[self.starts[:-1]]
        return times

    def troubles(self, entry: int) -> Ints:
        """Positions of the entry's troubles, by time."""
        return self.order[self.starts[entry] : self.starts[entry + 1]]

    def moments(self, entry: int) -> Ints:
        """When each occurrence of the entry began."""
        places = slice(self.starts[entry], self.starts[entry + 1])
        return self.history.troubles.at[self.order[places][self.first[places] > 0]]

    def descriptions(self, entries: Ints) -> list[list[str]]:
        """Of each of the entries the most frequent descriptions, of equally frequent ones those told first."""
        lengths = self.starts[entries + 1] - self.starts[entries]
        ahead = np.cumsum(lengths) - lengths
        places = np.arange(int(lengths.sum())) + np.repeat(self.starts[entries] - ahead, lengths)
        text = self.history.troubles.text[self.order[places]]
        whose = np.repeat(np.arange(len(entries)), lengths)[text >= 0]
        text = text[text >= 0]
        codes, counts = np.unique(whose * (len(self.history.texts) + 1) + text, return_counts=True)
        whose, text = codes // (len(self.history.texts) + 1), codes % (len(self.history.texts) + 1)
        ranked = np.lexsort([text, -counts, whose])
        place = np.arange(len(ranked)) - np.searchsorted(whose[ranked], whose[ranked])
        told: list[list[str]] = [[] for _ in entries]
        for position in ranked[place < TEXTS_SHOWN].tolist():
            told[int(whose[position])].append(self.history.texts[int(text[position])][:TEXT_READ])
        return told


def catalogue_of(history: History, kinds: Ints) -> Catalogue:
    """The troubles gathered by system and by `kinds`, one for each trouble; those of kind -1 are left out."""
    troubles = history.troubles
    chosen = np.flatnonzero(kinds >= 0)
    width = int(kinds.max(initial=0)) + 1
    codes = troubles.system[chosen] * width + kinds[chosen]
    by_code = np.lexsort([troubles.at[chosen], codes])
    order, codes = chosen[by_code], codes[by_code]
    begins = np.ones(len(codes), np.bool_)
    begins[1:] = codes[1:] != codes[:-1]
    first = begins.copy()
    first[1:] |= np.diff(troubles.at[order]) > BURST
    starts = np.flatnonzero(begins)
    return Catalogue(
        history=history,
        system=codes[starts] // width,
        kind=codes[starts] % width,
        order=order,
        starts=np.append(starts, len(codes)),
        first=first.astype(np.int64),
    )

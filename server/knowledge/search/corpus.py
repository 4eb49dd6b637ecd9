"""Shared entries in memory, as far as finding one goes: their words, and what they are chosen by.

numpy is loaded with this module: it is imported where the first query is answered.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from server.knowledge.search.spelling import Vocabulary
from server.knowledge.similarity.index import Floats, LexicalIndex, Parts, best
from server.knowledge.similarity.words import rules_digest

MOST_DEAD = 0.2
"""Share of texts that count no more, from which on the rest is worth taking in anew."""
FEW_WORDS = 5
"""Words of a query up to which one that no entry has is taken for others."""
SLOPE = 0.8
"""Share of an entry's own length in what its score is divided by; the rest is the mean of all (Singhal, Buckley, Mitra 1996)."""
_SUPERSEDED = "SUPERSEDED"


class Searched(Protocol):
    """What of an entry is searched, and what it is chosen by."""

    @property
    def entry_id(self) -> str: ...
    @property
    def revision(self) -> int: ...
    @property
    def type(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def expires(self) -> int: ...
    @property
    def title(self) -> str: ...
    @property
    def description(self) -> str: ...
    @property
    def error_category(self) -> str: ...
    @property
    def approach(self) -> str: ...
    @property
    def suggested_adaptation(self) -> str: ...


class Ranked(NamedTuple):
    """What a query finds."""

    page: tuple[tuple[str, float], ...]
    """(entry id, score from 0 to 1) of one page, the best first."""
    total: int
    """How many it finds in all."""


class Corpus:
    """Every entry by its newest text. Not safe to use from several threads at once."""

    def __init__(self) -> None:
        self.revision = 0
        """Number of the newest write that it knows of."""
        self._index = LexicalIndex()
        self._place: dict[str, int] = {}
        self.changes = 0
        """How often it was given something."""
        self._ids: list[str] = []
        self._said: list[str] = []
        self._type: list[str] = []
        self._status: list[str] = []
        self._expires: list[int] = []
        self._lives: list[bool] = []
        self._columns: _Columns | None = None
        self._vocabulary: Vocabulary | None = None

    def __len__(self) -> int:
        return len(self._place)

    @property
    def worn(self) -> bool:
        """Whether so much of it is of entries that say something else now that it wants to be made anew."""
        return len(self._ids) > 1_000 and len(self._ids) - len(self._place) > MOST_DEAD * len(self._ids)

    def take(self, rows: Iterable[Searched]) -> list[str]:
        """These entries are as given, whatever they were. Ids of those that say something else than before."""
        texts, fresh = [], []
        for row in rows:
            text = searched_text(row)
            place = self._place.get(row.entry_id)
            if place is not None and self._said[place] == digest_of(text):
                self._type[place], self._status[place], self._expires[place] = row.type, row.status, row.expires
            else:
                if place is not None:
                    self._lives[place] = False
                self._append(row, text)
                texts.append(text)
                fresh.append(row.entry_id)
            self.revision = max(self.revision, row.revision)
        self._index.extend(texts)
        self._columns = None
        self.changes += 1
        return fresh

    def search(
        self,
        query: str,
        *,
        now: int,
        kind: str = "",
        status: str = "",
        only: Collection[str] | None = None,
        start: int = 0,
        limit: int = 10,
        besides: "Besides | None" = None,
    ) -> Ranked:
        """One page of the entries that match every filter, those most like the query first, of two alike the earlier one.

        Entries without a common term are not among them. `now` and `expires` are microseconds since 1970; `status` is empty
        for current ones, `ALL`, `EXPIRED`, or one that current entries have; `only` leaves nothing but these ids. `besides`
        adds what a model makes of their meaning.
        """
        scores = self._index.scores(query, self._meant if len(query.split()) <= FEW_WORDS else None)
        if len(scores):
            own = self._index.lengths
            scores *= own / np.maximum((1 - SLOPE) * own.mean() + SLOPE * own, 1e-9)
        chosen = self._chosen(now, kind, status, only)
        scores[~chosen] = 0
        if besides is not None:
            scores = besides.add(self._ids, self._place, scores, chosen, start + limit)
        found = best(scores, start + limit)[start:]
        page = tuple((self._ids[one], min(1.0, round(float(scores[one]), 4))) for one in found.tolist())
        return Ranked(page, int(np.count_nonzero(scores > 0)))

    def packed(self) -> bytes:
        """All of it, for another process to begin with."""
        parts = self._index.parts()
        columns = {
            "rules": rules_digest(),
            "revision": self.revision,
            "size": parts.size,
            "names": parts.names,
            "ids": self._ids,
            "said": self._said,
            "type": self._type,
            "status": self._status,
            "expires": self._expires,
            "lives": self._lives,
        }
        head = json.dumps(columns).encode()
        numbers = [np.ascontiguousarray(one, "<i4").tobytes() for one in (parts.of, parts.terms, parts.counts)]
        return b"".join([len(head).to_bytes(8, "little"), head, *numbers])

    @classmethod
    def unpacked(cls, raw: bytes) -> "Corpus | None":
        """What was packed; None where it was by other rules than today's, or is damaged."""
        begin = 8 + int.from_bytes(raw[:8], "little")
        try:
            head = json.loads(raw[8:begin])
            of, terms, counts = np.frombuffer(raw, "<i4", offset=begin).reshape(3, -1)
            if head["rules"] != rules_digest():
                return None
            corpus = cls()
            corpus._index = LexicalIndex.of_parts(Parts(head["size"], head["names"], of, terms, counts))
            corpus._ids, corpus._said = head["ids"], head["said"]
            corpus._type, corpus._status = head["type"], head["status"]
            corpus._expires, corpus._lives = head["expires"], head["lives"]
            corpus.revision = head["revision"]
        except (ValueError, KeyError, TypeError):
            return None
        corpus._place = {one: place for place, one in enumerate(corpus._ids) if corpus._lives[place]}
        return corpus

    def digests(self) -> dict[str, str]:
        """Of each entry's text what tells it from another text."""
        return {one: self._said[place] for one, place in self._place.items()}

    def _append(self, row: Searched, text: str) -> None:
        self._place[row.entry_id] = len(self._ids)
        self._ids.append(row.entry_id)
        self._said.append(digest_of(text))
        self._type.append(row.type)
        self._status.append(row.status)
        self._expires.append(row.expires)
        self._lives.append(True)

    def _chosen(self, now: int, kind: str, status: str, only: Collection[str] | None) -> npt.NDArray[np.bool_]:
        columns = self._as_columns()
        chosen = columns.lives.copy()
        if kind:
            chosen &= columns.type == kind
        if status == "EXPIRED":
            chosen &= (columns.expires <= now) & (columns.status != _SUPERSEDED)
        elif status != "ALL":
            chosen &= columns.expires > now
            chosen &= (columns.status == status) if status else (columns.status != _SUPERSEDED)
        if only is not None:
            allowed = np.zeros(len(chosen), np.bool_)
            allowed[[self._place[one] for one in only if one in self._place]] = True
            chosen &= allowed
        return chosen

    def _as_columns(self) -> "_Columns":
        if self._columns is None:
            self._columns = _Columns(
                np.array(self._type, np.str_),
                np.array(self._status, np.str_),
                np.array(self._expires, np.int64),
                np.array(self._lives, np.bool_),
            )
        return self._columns

    def _meant(self, term: str) -> Sequence[str]:
        if self._vocabulary is None or self._vocabulary.size != len(self._index.names):
            self._vocabulary = Vocabulary(self._index.names)
        return self._vocabulary.meant(term)


class Besides(Protocol):
    """What else than words speaks for an entry."""

    def add(
        self, ids: Sequence[str], places: Mapping[str, int], scores: Floats, chosen: npt.NDArray[np.bool_], wanted: int
    ) -> Floats:
        """The scores of these entries with its own in them; 0 where nothing speaks for one, or it is not chosen.

        `places` are those of entries among `ids`, which has a former text of one as well. So many as are wanted are the
        best, with their scores; those of others may be too low, but not 0.
        """


class _Columns(NamedTuple):
    type: npt.NDArray[np.str_]
    status: npt.NDArray[np.str_]
    expires: npt.NDArray[np.int64]
    lives: npt.NDArray[np.bool_]


def digest_of(text: str) -> str:
    """What tells a text from another one, in every process."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def searched_text(row: Searched) -> str:
    """What of an entry is searched; the title counts twice."""
    return "\n".join(
        (row.title, row.title, row.description, row.error_category, row.approach, row.suggested_adaptation)
    )

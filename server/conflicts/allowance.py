"""How much work one check may ask of the containment engine: counted, so that the same check always ends the same way."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from server.conflicts.engine import MOST_WORK
from server.conflicts.memory import Texts, digest
from server.conflicts.question import Engine, SchemaDecision
from server.conflicts.schemas import Schema
from server.model.base import Json

MOST_IN_ALL = 150_000
"""What all the decisions of a check may take, in steps of the search and what counts as much: about a second."""
SHARES = (MOST_WORK, MOST_WORK // 2, MOST_WORK // 4, MOST_WORK // 8, MOST_WORK // 16)
"""What one of them may take: the largest of these that is left, so that equal questions are asked with equal bounds."""
MOST_BEFORE_PLANS = 40_000
"""After so much no further proof is sought for the plan: where the verdict took so much, its own proofs are enough."""
CHARACTERS_PER_STEP = 100
"""What is only looked at counts by its length."""


def within_allowance(engine: Engine) -> Engine:
    """The engine for one check: a pair is decided once, and what comes after the allowance is used up is left open.

    What the engine remembers from earlier checks counts like what it decides anew.
    """
    allowance = _Allowance(engine.for_one_check(engine))
    return _Bounded(
        decide=allowance.decide,
        decide_within=engine.decide_within,
        rejects=engine.rejects,
        emptiness=engine.emptiness,
        plainly_inside=allowance.plainly_inside,
        decisions=engine.decisions,
        hash_of=allowance.texts.hash_of,
        allowance=allowance,
    )


@dataclass(frozen=True)
class LeftOpen:
    """The decision on a pair that was not looked at."""

    verdict: str = "UNKNOWN"
    witness: Json = None
    path: str = ""
    keyword: str = ""
    reason: str = (
        "Not decided: the schemas of this check take more work than one check may. Check fewer changes at once, or "
        "state only what readers rely on."
    )
    work: int = 0


@dataclass(frozen=True)
class _Bounded(Engine):
    allowance: "_Allowance" = field(kw_only=True)

    def accepts_nothing(self, schema: Schema) -> bool | None:
        return self.allowance.accepts_nothing(schema)

    def proves(self, writer: Schema, reader: Schema) -> bool:
        if self.plainly_inside(writer, reader):
            return True
        return self.allowance.may_prove(writer, reader) and self.decide(writer, reader).verdict == "SAFE"


class _Allowance:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._spent = 0
        self.texts = Texts()
        """For one check, which changes no schema."""
        self._decided: dict[tuple[str, str], SchemaDecision] = {}
        self._plain: dict[tuple[str, str], bool] = {}
        self._empty: dict[str, bool] = {}

    def decide(self, writer: Schema, reader: Schema) -> SchemaDecision:
        """The engine's decision, or UNKNOWN."""
        pair = (self.texts.of(writer), self.texts.of(reader))
        known = self._decided.get(pair)
        if known is not None:
            return known
        left = MOST_IN_ALL - self._spent
        share = next((share for share in SHARES if share <= left), None)
        if share is None:
            return LeftOpen()
        engine = self._engine
        question = (digest(pair[0]), digest(pair[1]), share)
        made = engine.decisions.recall(question, lambda: engine.decide_within(writer, reader, share))
        self._decided[pair] = made
        self._spent += made.work + _looked_at(pair)
        return made

    def accepts_nothing(self, schema: Schema) -> bool | None:
        """The engine's answer, or none."""
        text = self.texts.of(schema)
        if text not in self._empty:
            if self._spent >= MOST_IN_ALL:
                return None
            self._empty[text], work = self._engine.emptiness(schema)
            self._spent += work + _looked_at((text,))
        return self._empty[text]

    def plainly_inside(self, writer: Schema, reader: Schema) -> bool:
        """The engine's answer, or no."""
        pair = (self.texts.of(writer), self.texts.of(reader))
        known = self._plain.get(pair)
        if known is not None:
            return known
        if self._spent >= MOST_IN_ALL:
            return False
        found = self._plain[pair] = self._engine.plainly_inside(writer, reader)
        self._spent += _looked_at(pair)
        return found

    def may_prove(self, writer: Schema, reader: Schema) -> bool:
        """Whether the pair is decided already, or may be for a plan."""
        return self._spent <= MOST_BEFORE_PLANS or (self.texts.of(writer), self.texts.of(reader)) in self._decided


def _looked_at(texts: Iterable[str]) -> int:
    return sum(len(text) for text in texts) // CHARACTERS_PER_STEP

"""How much work one check may ask of the containment engine: counted, so that the same check always ends the same way."""

from dataclasses import dataclass, field

from server.conflicts.memory import Texts
from server.conflicts.question import Engine, SchemaDecision
from server.conflicts.schemas import Schema
from server.model.base import Json

MOST_STEPS = 250_000
"""Steps of all decisions of a check, beyond which no further one is begun; one alone takes 150,000 at most."""
MOST_STEPS_BEFORE_PLANS = 20_000
"""Steps after which no further proof is sought for the plan: where the verdict took so many, its own proofs are enough."""
CHARACTERS_PER_STEP = 100
"""What is only looked at counts by its length."""


def within_allowance(engine: Engine) -> Engine:
    """The engine for one check: a pair is decided once, and what comes after the allowance is used up is left open.

    What the engine remembers from earlier checks counts like what it decides anew.
    """
    allowance = _Allowance(engine)
    return _Bounded(
        decide=allowance.decide,
        rejects=engine.rejects,
        accepts_nothing=engine.accepts_nothing,
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
    steps: int = 0


@dataclass(frozen=True)
class _Bounded(Engine):
    allowance: "_Allowance" = field(kw_only=True)

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

    def decide(self, writer: Schema, reader: Schema) -> SchemaDecision:
        """The engine's decision, or UNKNOWN."""
        pair = (self.texts.of(writer), self.texts.of(reader))
        known = self._decided.get(pair)
        if known is not None:
            return known
        if self._spent > MOST_STEPS:
            return LeftOpen()
        engine = self._engine
        made = self._decided[pair] = engine.decisions.recall(pair, lambda: engine.decide(writer, reader))
        self._spent += made.steps + _looked_at(pair)
        return made

    def plainly_inside(self, writer: Schema, reader: Schema) -> bool:
        """The engine's answer, or no."""
        pair = (self.texts.of(writer), self.texts.of(reader))
        known = self._plain.get(pair)
        if known is not None:
            return known
        if self._spent > MOST_STEPS:
            return False
        found = self._plain[pair] = self._engine.plainly_inside(writer, reader)
        self._spent += _looked_at(pair)
        return found

    def may_prove(self, writer: Schema, reader: Schema) -> bool:
        """Whether the pair is decided already, or may be for a plan."""
        return self._spent <= MOST_STEPS_BEFORE_PLANS or (self.texts.of(writer), self.texts.of(reader)) in self._decided


def _looked_at(pair: tuple[str, str]) -> int:
    return sum(len(text) for text in pair) // CHARACTERS_PER_STEP

"""The answer to the question of containment."""

from dataclasses import dataclass
from typing import Literal

from server.model.base import Json

Verdict = Literal["SAFE", "BREAKS", "UNKNOWN"]


@dataclass(frozen=True, slots=True)
class Decision:
    """SAFE with a proof, BREAKS with a confirmed witness, else UNKNOWN with the reason."""

    verdict: Verdict
    reason: str
    """One plain sentence."""
    witness: Json = None
    """A document that is valid for the writer and not for the reader; stands only with `has_witness`, for null is one too."""
    has_witness: bool = False
    path: str = ""
    """Where in the witness the reader rejects it, as a JSON Pointer."""
    schema_path: str = ""
    """Which part of the reader's schema rejects it, as a JSON Pointer."""
    keyword: str = ""
    """The reader's keyword that rejects it; `false` where the schema there is just false."""
    rule: str = ""
    """The id of the kind of break, one of `breaks.RULES`."""
    notes: tuple[str, ...] = ()
    """What was assumed, and what differs without deciding anything (annotations such as `format`)."""
    steps: int = 0
    """How much of the budget it took."""
    work: int = 0
    """Steps, what was held, and keywords that the library looked at: each takes about as long as another."""
    contradiction: bool = False
    """Whether a document was found although the search had ruled one out: a defect of the engine, reported as such."""

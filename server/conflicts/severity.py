"""How bad a schema break is, and what a severity means for the verdict: the tier matrix (conflict rules 2 and 3)."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from server.conflicts.rulebook import SeverityRule, rule_named
from server.model.check import Mode, Verdict
from server.model.tier import Severity, Tier

_PRESENCE_OR_TYPE = frozenset({"required", "type", "const", "not", "false"})
"""Keywords at which a removed, renamed or retyped field fails."""


def schema_rule(*, declared: bool, in_musts: bool, keyword: str) -> SeverityRule:
    """The row for a schema break.

    `declared`: the consumer said what it reads. `in_musts`: the break lies in what it fails without (or, undeclared, in
    what was always present). `keyword`: the JSON Schema keyword of the reader at which the witness fails.
    """
    if not declared:
        return rule_named("schema.always-present" if in_musts and keyword in _PRESENCE_OR_TYPE else "schema.undeclared")
    if keyword == "enum":
        return rule_named("schema.value-set-extended")
    return rule_named("schema.required-read" if in_musts else "schema.optional-read")


class Hold(StrEnum):
    """What becomes of a proposal in blocking mode."""

    GOES_ON = "GOES_ON"
    IN_REVIEW = "IN_REVIEW"
    BLOCKED = "BLOCKED"


@dataclass(frozen=True)
class Judgement:
    """What one item means for the whole check."""

    verdict: Verdict
    hold: Hold


_CLEAR = Judgement(Verdict.CLEAR, Hold.GOES_ON)
_REVIEW = Judgement(Verdict.REVIEW_REQUIRED, Hold.IN_REVIEW)
_REVIEW_ON = Judgement(Verdict.REVIEW_REQUIRED, Hold.GOES_ON)
_BLOCK = Judgement(Verdict.CONFLICT_DETECTED, Hold.BLOCKED)

_MATRIX: dict[Tier, dict[Severity | None, Judgement]] = {
    Tier.MISSION_CRITICAL: {
        Severity.LOW: _CLEAR,
        Severity.MEDIUM: _BLOCK,
        Severity.HIGH: _BLOCK,
        Severity.CRITICAL: _BLOCK,
        None: _REVIEW,
    },
    Tier.PRODUCTION: {
        Severity.LOW: _CLEAR,
        Severity.MEDIUM: _REVIEW,
        Severity.HIGH: _BLOCK,
        Severity.CRITICAL: _BLOCK,
        None: _REVIEW,
    },
    Tier.EXPERIMENTAL: {
        Severity.LOW: _CLEAR,
        Severity.MEDIUM: _REVIEW_ON,
        Severity.HIGH: _REVIEW_ON,
        Severity.CRITICAL: _BLOCK,
        None: _REVIEW_ON,
    },
}
_VERDICTS = (Verdict.CLEAR, Verdict.REVIEW_REQUIRED, Verdict.CONFLICT_DETECTED)
_HOLDS = tuple(Hold)


@dataclass(frozen=True)
class Item:
    """A conflict (with its severity) or something undecided (None), and the tier that counts for it (CON-3)."""

    tier: Tier
    severity: Severity | None


@dataclass(frozen=True)
class Ruling:
    """The verdict over all items: the worst decides."""

    verdict: Verdict
    hold: Hold
    blocks: bool
    mode: Mode


def rule_over(items: Iterable[Item], modes: dict[Tier, Mode], proposer: Tier) -> Ruling:
    """The worst item's judgement; in advisory mode of its tier the verdict stays, and nothing is held (CON-9)."""
    worst, mode, held = _CLEAR, modes[proposer], Hold.GOES_ON
    for item in items:
        judgement = _MATRIX[item.tier][item.severity]
        hold = judgement.hold if modes[item.tier] is Mode.BLOCKING else Hold.GOES_ON
        rank = (_VERDICTS.index(judgement.verdict), _HOLDS.index(hold))
        if rank > (_VERDICTS.index(worst.verdict), _HOLDS.index(held)):
            worst, mode, held = judgement, modes[item.tier], hold
    return Ruling(worst.verdict, held, held is not Hold.GOES_ON, mode)

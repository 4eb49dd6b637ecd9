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
    """The verdict over all items, and whether they hold the change."""

    verdict: Verdict
    hold: Hold
    blocks: bool
    mode: Mode
    """Blocking where something holds the change, advisory where a tier only warns, else that of the tier that decided."""
    would_block_in: tuple[Tier, ...] = ()
    """The tiers that would hold the change were they not in advisory mode."""


def judgement_on(item: Item) -> Judgement:
    """What the item alone means for the check, and what becomes of the change in blocking mode."""
    return _MATRIX[item.tier][item.severity]


def rule_over(items: Iterable[Item], modes: dict[Tier, Mode], proposer: Tier) -> Ruling:
    """The worst item gives the verdict, whatever the mode; what a tier in blocking mode holds is held (CON-9).

    A tier in advisory mode holds nothing, and takes nothing from what another tier holds.
    """
    verdict, held = Verdict.CLEAR, Hold.GOES_ON
    decided = modes[proposer]
    let_go: set[Tier] = set()
    for item in items:
        judgement = judgement_on(item)
        if judgement.hold is not Hold.GOES_ON and modes[item.tier] is Mode.ADVISORY:
            let_go.add(item.tier)
        if _VERDICTS.index(judgement.verdict) > _VERDICTS.index(verdict):
            verdict, decided = judgement.verdict, modes[item.tier]
        if modes[item.tier] is Mode.BLOCKING:
            held = max(held, judgement.hold, key=_HOLDS.index)
    blocks = held is not Hold.GOES_ON
    if blocks or let_go:
        decided = Mode.BLOCKING if blocks else Mode.ADVISORY
    return Ruling(verdict, held, blocks, decided, tuple(tier for tier in Tier if tier in let_go))

"""How bad a conflict is: a table of rules with stable ids, and the tier matrix (conflict rules 2 and 3).

Same input, same severity. The rule that decided is named in every conflict.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from server.model.check import Mode, Verdict
from server.model.tier import Severity, Tier


@dataclass(frozen=True)
class SeverityRule:
    """One row of the table."""

    id: str
    severity: Severity
    says: str
    example: str


RULES: tuple[SeverityRule, ...] = (
    SeverityRule(
        "schema.required-read",
        Severity.CRITICAL,
        "A document that the new writer may write is rejected at something that the consumer declares it needs.",
        "`score` moves under `signal_data`; the dashboard needs `/score`.",
    ),
    SeverityRule(
        "schema.value-set-extended",
        Severity.HIGH,
        "A consumer that enumerates values meets a new one.",
        "`signal` may now be HOLD; the dashboard lists BUY and SELL.",
    ),
    SeverityRule(
        "schema.optional-read",
        Severity.HIGH,
        "A document that the new writer may write is rejected at something that the consumer reads but can do without.",
        "`confidence`, an optional read, turns from a number into text.",
    ),
    SeverityRule(
        "schema.always-present",
        Severity.HIGH,
        "Nobody said what is read, and a field that was always present is removed, renamed, retyped, or may now be null or absent.",
        "`timestamp` is no longer required; the archive never said what it reads.",
    ),
    SeverityRule(
        "schema.undeclared",
        Severity.MEDIUM,
        "Nobody said what is read, and documents may now be written that the old schema did not allow.",
        "`score` may now exceed 100; the archive never said what it reads.",
    ),
    SeverityRule(
        "reader.writer-excluded",
        Severity.CRITICAL,
        "A consumer will no longer accept documents that a present writer may write.",
        "The dashboard will require `confidence`, which the generator does not promise.",
    ),
    SeverityRule(
        "removal.required",
        Severity.CRITICAL,
        "A resource goes that a live consumer needs.",
        "The generator stops writing signals.json; the dashboard reads it.",
    ),
    SeverityRule(
        "removal.optional",
        Severity.HIGH,
        "A resource goes that a live consumer reads but can do without.",
        "The generator stops writing hints.json, which the dashboard reads with `required: false`.",
    ),
    SeverityRule(
        "dependency.relied-upon",
        Severity.CRITICAL,
        "A dependency goes that a consumer of the system declares as its own and can reach through this system only.",
        "The generator stops reading the data pipeline, on which the dashboard depends through it.",
    ),
    SeverityRule(
        "dependency.ended",
        Severity.LOW,
        "A contract ends because its consumer stops reading.",
        "The dashboard stops reading the generator: CTR-001 has no consumer any more.",
    ),
)

_BY_ID = {rule.id: rule for rule in RULES}


def rule_named(rule_id: str) -> SeverityRule:
    """The row with this id."""
    return _BY_ID[rule_id]


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

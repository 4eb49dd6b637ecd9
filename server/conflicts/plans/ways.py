"""The way out of a conflict: a strategy, its steps, and how everything is put back (conflict rules 4 and 5)."""

import re
from dataclasses import dataclass

from server.model.check import RejectedStrategy, Resolution, Strategy
from server.model.tier import SHADOW_DAYS, Tier

PARALLEL_DAYS = 7
"""How long both forms run side by side after the consumer has moved, in days (the source's example)."""


@dataclass(frozen=True)
class Situation:
    """What a plan has to deal with."""

    writer: str
    consumer: str
    resource: str
    """As the writer wrote it."""
    schema_version: str
    """The writer's present one, such as `v2`; empty where none is declared."""
    tier: Tier
    """The stricter of both."""


def versioned_output(situation: Situation) -> Resolution:
    """Both forms are written while the consumer moves; the safest way, and the first to be tried."""
    old, new = situation.resource, versioned_name(situation.resource, situation.schema_version)
    writer, consumer = situation.writer, situation.consumer
    both = SHADOW_DAYS[situation.tier]
    return Resolution(
        strategy=Strategy.VERSIONED_OUTPUT,
        description=(
            f"{writer} keeps writing {old} as it is and writes the new form to {new} beside it for {both} days. "
            f"{consumer} moves to {new} in that time; when {PARALLEL_DAYS} days of both show the same result, {old} ends."
        ),
        steps=(
            f"1. {writer} writes BOTH: {old} unchanged, and {new} in the new form",
            f"2. {consumer} is changed to read {new}",
            f"3. {consumer}'s result from {new} is compared with its result from {old}",
            f"4. Both run in parallel for {PARALLEL_DAYS} days",
            f"5. {writer} stops writing {old}",
        ),
        estimated_duration_days=both + PARALLEL_DAYS,
        requires_changes_in=(writer, consumer),
        rollback_plan=(
            f"{writer} goes back to writing {old} only, and {consumer} goes back to reading it. Until step 5 {old} has never "
            f"changed, so both are a switch of one setting each and take effect with the next run, in under 5 minutes: "
            f"first {consumer}, then {writer}."
        ),
    )


def retire_after_readers(situation: Situation, *, what: str) -> Resolution:
    """Nothing new takes the place of what goes: its reader stops first, then the writer."""
    writer, consumer = situation.writer, situation.consumer
    days = SHADOW_DAYS[situation.tier]
    return Resolution(
        strategy=Strategy.SEQUENTIAL_DEPLOY,
        description=(
            f"{consumer} is changed to do without {what} first; {writer} stops only when nobody has read it for {days} days."
        ),
        steps=(
            f"1. {consumer} is changed to work without {what}",
            f"2. {consumer} registers again without reading it",
            f"3. {days} days pass in which nobody reads {what}",
            f"4. {writer} stops providing {what}, and keeps the last state of it",
        ),
        estimated_duration_days=days,
        requires_changes_in=(writer, consumer),
        rollback_plan=(
            f"{writer} provides {what} again from the kept state and its previous version, then {consumer} goes back to its "
            "previous version: two recorded versions are put back in this order, in under 5 minutes."
        ),
        rejected_strategies=(
            RejectedStrategy(
                strategy=Strategy.VERSIONED_OUTPUT, reason="There is no new form to write beside the old one."
            ),
            RejectedStrategy(
                strategy=Strategy.ADAPTER_LAYER, reason="There is nothing left that an adapter could translate."
            ),
            RejectedStrategy(
                strategy=Strategy.COORDINATED_MIGRATION,
                reason="Both sides need not change at the same moment; one after the other is safer.",
            ),
        ),
    )


def writer_first(situation: Situation) -> Resolution:
    """A consumer wants more than its writer promises: the writer promises it first."""
    writer, consumer = situation.writer, situation.consumer
    days = SHADOW_DAYS[situation.tier]
    return Resolution(
        strategy=Strategy.SEQUENTIAL_DEPLOY,
        description=f"{writer} first promises what {consumer} will ask for; {consumer} tightens when that has held for {days} days.",
        steps=(
            f"1. {writer} changes what it writes to {situation.resource} so that it meets the new demands",
            f"2. {writer}'s contract is changed to promise it",
            f"3. {days} days pass in which every document meets the new demands",
            f"4. {consumer} accepts only what meets them",
        ),
        estimated_duration_days=days,
        requires_changes_in=(writer, consumer),
        rollback_plan=(
            f"{consumer} goes back to its previous, wider demands: one recorded version is put back, in under 5 minutes. "
            f"{writer} may stay as it is."
        ),
        rejected_strategies=(
            RejectedStrategy(
                strategy=Strategy.VERSIONED_OUTPUT,
                reason="It is the reader that changes; what is written stays the same.",
            ),
            RejectedStrategy(
                strategy=Strategy.ADAPTER_LAYER,
                reason="An adapter can't make up values that the writer does not promise.",
            ),
            RejectedStrategy(
                strategy=Strategy.COORDINATED_MIGRATION,
                reason="Both sides need not change at the same moment; one after the other is safer.",
            ),
        ),
    )


def versioned_name(resource: str, schema_version: str) -> str:
    """Where the new form goes: `signals.json` at `v2` becomes `signals_v3.json`, a folder or service likewise."""
    number = re.search(r"(\d+)", schema_version)
    version = f"v{int(number.group(1)) + 1}" if number else "v2"
    base, mark, table = resource.partition("#")
    if mark:
        return f"{base}#{table}_{version}"
    stem, slash, last = base.rstrip("/").rpartition("/")
    trailing = "/" if base.endswith("/") else ""
    name, dot, ending = last.partition(".") if not last.startswith(".") else (last, "", "")
    name = re.sub(r"_v\d+$", "", name)
    return f"{stem}{slash}{name}_{version}{dot}{ending}{trailing}"

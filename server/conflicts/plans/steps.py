"""A resolution put together from its steps, and the way back for everyone who takes part (conflict rules 4 and 5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from server.conflicts.plans.situation import MOST_LISTED, Situation, listed
from server.model.base import JsonObject
from server.model.check import PlanStep, RejectedStrategy, Resolution, RollbackStep, Strategy

AGREED = "Everyone named in requires_changes_in has agreed to the plan."
"""What must hold before the first step of any plan."""


@dataclass(frozen=True)
class Step:
    """One step, before it has its number. Neighbours with the same condition are done side by side."""

    owner: str
    says: str
    when: str
    """Its entry condition."""
    days: int = 0


def composed(
    strategy: Strategy,
    description: str,
    steps: Sequence[Step],
    *,
    changes_in: tuple[str, ...],
    rollback: tuple[RollbackStep, ...],
    rollback_plan: str,
    rejected: tuple[RejectedStrategy, ...] = (),
    adapter: JsonObject | None = None,
    new_resource: str = "",
) -> Resolution:
    """The resolution with numbered steps; its days are those of the longest way through them."""
    side_by_side = [list(group) for _, group in groupby(steps, key=lambda step: step.when)]
    return Resolution(
        strategy=strategy,
        description=description,
        steps=tuple(f"{number}. {step.says}" for number, step in enumerate(steps, 1)),
        estimated_duration_days=sum(max(step.days for step in group) for group in side_by_side),
        requires_changes_in=changes_in,
        rollback_plan=rollback_plan,
        rejected_strategies=rejected,
        plan=tuple(
            PlanStep(
                step=number,
                owner=step.owner,
                description=step.says,
                entry_condition=step.when,
                duration_days=step.days,
            )
            for number, step in enumerate(steps, 1)
        ),
        rollback=rollback,
        adapter=adapter,
        new_resource=new_resource,
    )


def by_readers(situation: Situation, first: int, says: str, when: str, days: int = 0) -> tuple[list[Step], str]:
    """One step for each reader, with `{reader}` filled in, and how later steps name them all: `step 2`, `steps 2 to 4`.

    `first` is the number of the first one. Where the readers are many, the writer sees to those that are not named.
    """
    steps = [Step(party.system_id, says.format(reader=party.system_id), when, days) for party in situation.named]
    if situation.others:
        told = f"{situation.writer} has the other {situation.others} readers do the same, as their own conflicts say"
        steps.append(Step(situation.writer, told, when, days))
    last = first + len(steps) - 1
    return steps, f"step {first} is" if last == first else f"steps {first} to {last} are"


def way_back(situation: Situation, *, writer_says: str, reader_says: str) -> tuple[RollbackStep, ...]:
    """The writer's output first, then the readers in reverse order, then the writer's contracts.

    What is written goes first, so that each reader finds what it goes back to. `{reader}` and `{resource}` are filled in.
    """
    resource = situation.resource
    output = RollbackStep(
        step=1,
        system_id=situation.writer,
        action="restore_output",
        contract_id=situation.contract_id,
        resource=resource,
        schema_hash=situation.schema_hash,
        description=writer_says,
    )
    readers = [
        RollbackStep(
            step=number,
            system_id=party.system_id,
            action="restore_reader",
            contract_id=party.contract_id,
            resource=resource,
            schema_hash=party.schema_hash,
            reads=party.reads,
            description=reader_says.format(reader=party.system_id),
        )
        for number, party in enumerate(reversed(situation.named), 2)
    ]
    contracts = [
        RollbackStep(
            step=number,
            system_id=situation.writer,
            action="restore_contract",
            contract_id=recorded.contract_id,
            resource=resource,
            schema_hash=recorded.schema_hash,
            description=f"{situation.writer} registers {recorded.contract_id} as it is recorded today",
        )
        for number, recorded in enumerate(situation.contracts, len(readers) + 2)
    ]
    return (output, *readers, *contracts)


def told_back(situation: Situation, *, why: str, proof: str = "") -> str:
    """The way back in words: who goes first, why it takes under 5 minutes, and what was proved of it."""
    latest = [party.system_id for party in situation.readers[: -MOST_LISTED - 2 : -1]]
    readers = listed(latest, of=len(situation.readers))
    rest = f" (the other {situation.others} as their own conflicts say)" if situation.others else ""
    return (
        f"{situation.writer} puts back what it writes to {situation.resource}, then {readers} "
        f"{'goes' if len(situation.readers) == 1 else 'go'} back{rest}: each puts back one recorded version, in under "
        f"5 minutes, because {why}." + (f" {proof}" if proof else "")
    )

"""The plan of a proposal: the plans of all its conflicts as one list of steps, each with what has to be done before it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from server.model.base import Json, JsonObject
from server.model.check import PlanStep
from server.model.proposal import Decision, DecisionKind


@dataclass(frozen=True)
class Step:
    """One step of the whole plan."""

    step: int
    """From 1."""
    owner: str
    description: str
    entry_condition: str
    duration_days: int
    after: frozenset[int]
    """Steps that have to be done before it."""
    done: bool = False
    evidence: Json = None


def plan_of(check: Mapping[str, Any], decisions: Iterable[Decision] = ()) -> tuple[Step, ...]:
    """The steps that the conflicts of a check ask for, with those marked done that somebody completed.

    A step that several plans share stands once; each plan keeps its own order.
    """
    plans = [
        [PlanStep.model_validate(step) for step in conflict["proposed_resolution"].get("plan", ())]
        for conflict in check.get("conflicts", ())
    ]
    evidence = {one.step: one.evidence for one in decisions if one.decision is DecisionKind.COMPLETE_STEP}
    return tuple(replace(step, done=step.step in evidence, evidence=evidence.get(step.step)) for step in _merged(plans))


def ready(steps: Sequence[Step]) -> tuple[Step, ...]:
    """The open steps whose predecessors are all done."""
    done = {step.step for step in steps if step.done}
    return tuple(step for step in steps if not step.done and step.after <= done)


def missing_before(steps: Sequence[Step], wanted: Step) -> tuple[Step, ...]:
    """The steps that have to be done first, and are not."""
    return tuple(step for step in steps if step.step in wanted.after and not step.done)


def days_left(steps: Sequence[Step]) -> int:
    """How many days the open steps take at least, those that don't wait for each other side by side."""
    ends: dict[int, int] = {}
    for step in steps:
        begin = max((ends.get(one, 0) for one in step.after), default=0)
        ends[step.step] = begin + (0 if step.done else step.duration_days)
    return max(ends.values(), default=0)


def step_document(step: Step) -> JsonObject:
    """The step as the surfaces show it."""
    return {
        "step": step.step,
        "owner": step.owner,
        "description": step.description,
        "entry_condition": step.entry_condition,
        "duration_days": step.duration_days,
        "state": "DONE" if step.done else "OPEN",
    }


_Key = tuple[str, str, int]
_STEP = re.compile(r"\b([Ss]tep) (\d+)\b")


def _merged(plans: Sequence[Sequence[PlanStep]]) -> list[Step]:
    """One list in which every plan keeps its order; a plan that can't be woven in so stands apart, as a whole."""
    order: list[_Key] = []
    before: dict[_Key, set[_Key]] = {}
    shown: dict[_Key, tuple[PlanStep, dict[int, _Key]]] = {}
    for number, plan in enumerate(plans):
        keys = [(step.owner, step.description, 0) for step in plan]
        woven = _woven(before, keys)
        if woven is None:
            keys = [(step.owner, step.description, number + 1) for step in plan]
            woven = _woven(before, keys) or before
        before = woven
        called = {step.step: key for key, step in zip(keys, plan, strict=True)}
        for key, step in zip(keys, plan, strict=True):
            shown.setdefault(key, (step, called))
            if key not in order:
                order.append(key)
    ordered = _in_order(order, before)
    places = {key: place for place, key in enumerate(ordered, start=1)}
    merged = []
    for key in ordered:
        step, called = shown[key]
        renumbered = {old: places[other] for old, other in called.items()}
        merged.append(
            Step(
                step=places[key],
                owner=step.owner,
                description=step.description,
                entry_condition=_renumbered(step.entry_condition, renumbered),
                duration_days=step.duration_days,
                after=frozenset(places[one] for one in before[key]),
            )
        )
    return merged


def _renumbered(text: str, numbers: Mapping[int, int]) -> str:
    """The sentence with the steps that it names under their numbers in the whole plan."""
    return _STEP.sub(lambda found: f"{found[1]} {numbers.get(int(found[2]), int(found[2]))}", text)


def _woven(before: Mapping[_Key, set[_Key]], keys: Sequence[_Key]) -> dict[_Key, set[_Key]] | None:
    """What stands before what, this plan included; None where that would be a circle."""
    woven = {key: set(others) for key, others in before.items()}
    for place, key in enumerate(keys):
        woven.setdefault(key, set()).update(set(keys[:place]) - {key})
    return woven if len(_in_order(list(woven), woven)) == len(woven) else None


def _in_order(keys: Sequence[_Key], before: Mapping[_Key, set[_Key]]) -> list[_Key]:
    """The steps, each after all that stand before it, else as they came; without those that are part of a circle."""
    ordered: list[_Key] = []
    left = list(keys)
    while left:
        following = next((key for key in left if before[key] <= set(ordered)), None)
        if following is None:
            break
        left.remove(following)
        ordered.append(following)
    return ordered

"""The plan of a proposal: the plans of all its conflicts as one list of steps, each with what has to be done before it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import heappop, heappush
from itertools import groupby
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


_Key = tuple[str, str, int, int]
"""A step by its owner, its description, which of several alike in its plan it is, and the plan, where it stands apart."""

_NAMED = re.compile(r"\b([Ss])teps? (\d+)(?: to (\d+))?( is| are)?\b")
"""How an entry condition names the steps that come before."""


@dataclass
class _Woven:
    """A step of the whole plan while it is put together."""

    shown: PlanStep
    before: set[_Key]
    named: list[set[_Key]]
    """The steps that each part of its entry condition names, in all plans that share it."""


def _merged(plans: Sequence[Sequence[PlanStep]]) -> list[Step]:
    """One list in which every plan keeps its order; plans that can't be woven into one stand apart, as a whole."""
    whole: dict[_Key, _Woven] = {}
    for plan in plans:
        _weave(whole, plan, apart=0)
    ordered = _in_order(whole)
    if len(ordered) < len(whole):  # two plans have the same steps in opposite orders
        whole = {}
        for number, plan in enumerate(plans):
            _weave(whole, plan, apart=number)
        ordered = list(whole)
    places = {key: place for place, key in enumerate(ordered, start=1)}
    return [
        Step(
            step=places[key],
            owner=whole[key].shown.owner,
            description=whole[key].shown.description,
            entry_condition=_renamed(
                whole[key].shown.entry_condition,
                [sorted(places[one] for one in named) for named in whole[key].named],
            ),
            duration_days=whole[key].shown.duration_days,
            after=frozenset(places[one] for one in whole[key].before),
        )
        for key in ordered
    ]


def _weave(whole: dict[_Key, _Woven], plan: Sequence[PlanStep], *, apart: int) -> None:
    """The whole has this plan in it.

    Neighbours with one entry condition are done side by side; whatever has another waits for all before it.
    """
    keys: dict[int, _Key] = {}
    for step in plan:
        alike = sum(key[:2] == (step.owner, step.description) for key in keys.values())
        keys[step.step] = (step.owner, step.description, alike, apart)
    done: set[_Key] = set()
    for _, side_by_side in groupby(plan, key=lambda step: step.entry_condition):
        group = list(side_by_side)
        for step in group:
            named = _steps_named(step.entry_condition, keys)
            known = whole.setdefault(keys[step.step], _Woven(step, set(), [set() for _ in named]))
            known.before |= done
            for place, more in enumerate(named[: len(known.named)]):
                known.named[place] |= more
        done |= {keys[step.step] for step in group}


def _in_order(whole: Mapping[_Key, _Woven]) -> list[_Key]:
    """The steps, each after all that stand before it, else as they came; without those that are part of a circle."""
    keys = list(whole)
    places = {key: place for place, key in enumerate(keys)}
    waiting = [len(whole[key].before) for key in keys]
    followers: list[list[int]] = [[] for _ in keys]
    for key, one in whole.items():
        for before in one.before:
            followers[places[before]].append(places[key])
    free = [place for place, count in enumerate(waiting) if count == 0]
    ordered = []
    while free:
        place = heappop(free)
        ordered.append(keys[place])
        for follower in followers[place]:
            waiting[follower] -= 1
            if waiting[follower] == 0:
                heappush(free, follower)
    return ordered


def _steps_named(text: str, keys: Mapping[int, _Key]) -> list[set[_Key]]:
    """The steps that each part of the sentence names."""
    found = []
    for part in _NAMED.finditer(text):
        first = int(part[2])
        numbers = range(first, int(part[3] or first) + 1)
        found.append({keys[number] for number in numbers if number in keys})
    return found


def _renamed(text: str, named: Sequence[Sequence[int]]) -> str:
    """The sentence with the steps that it names under their numbers in the whole plan."""
    following = iter(named)

    def name(part: re.Match[str]) -> str:
        numbers = next(following, ())
        if not numbers:
            return part[0]
        verb = ("" if part[4] is None else " are") if len(numbers) > 1 else ("" if part[4] is None else " is")
        return f"{part[1]}tep{'s' if len(numbers) > 1 else ''} {_listed(numbers)}{verb}"

    return _NAMED.sub(name, text)


def _listed(numbers: Sequence[int]) -> str:
    """`3`, `1 to 4`, or `1, 3 and 4`."""
    if len(numbers) == 1:
        return str(numbers[0])
    if numbers[-1] - numbers[0] == len(numbers) - 1:
        return f"{numbers[0]} to {numbers[-1]}"
    return f"{', '.join(map(str, numbers[:-1]))} and {numbers[-1]}"

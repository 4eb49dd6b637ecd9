"""Open proposals against each other: each may be safe alone, and both together not (CON-14).

For a pair it is asked what each does alone, and what each does once the other is in. What follows from the four answers
is how the two stand to each other.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import assert_never

from server.conflicts.effects import Changes, as_written, registered_after
from server.conflicts.facets.coverage import place_of
from server.conflicts.named import gone
from server.conflicts.question import Answer, OpenProposal
from server.conflicts.schemas import Schema, read_terms
from server.errors import ConcordError
from server.model.base import Json
from server.model.check import Conflict, InFlight, Relation, Undecided
from server.model.contract import ContractType
from server.model.system import StoredSystem
from server.model.tier import Severity, Tier, strictest
from server.registry.map import RegistryMap
from server.registry.resources import overlaps

MOST_PAIRS = 30
"""Open proposals on the same resources that are looked at, the oldest first; the others are put before a person."""

Judge = Callable[[RegistryMap, StoredSystem, Changes], Answer]
"""What changes do to a registry, other proposals left aside."""


Proposed = tuple[str, Changes]
"""Who proposes, by id, and what."""


@dataclass(frozen=True)
class Outcome:
    """What a proposal does in one order of things."""

    answer: Answer
    refused: str = ""
    """Why it can't be made at all then; empty where it can."""

    @property
    def breaks(self) -> dict[tuple[str, ...], tuple[Tier, Conflict]]:
        """The conflicts that count for the verdict, by what makes them the same conflict in another order."""
        return {
            (c.affected_system, c.type, c.rule, c.path): (tier, c)
            for tier, c in self.answer.conflicts
            if c.severity is not Severity.LOW
        }

    @property
    def doubts(self) -> set[tuple[str, str, str]]:
        """What can't be decided."""
        return {(item.facet, item.affected_system, item.resource) for _, item in self.answer.undecided}

    @property
    def safe(self) -> bool:
        """Whether nobody breaks and it can be made."""
        return not self.refused and not self.breaks

    def worse_than(self, other: "Outcome") -> bool:
        """Whether something is wrong here that was not there."""
        if self.refused or other.refused:
            return bool(self.refused) and not other.refused
        return not self.breaks.keys() <= other.breaks.keys() or not self.doubts <= other.doubts


@dataclass(frozen=True)
class Pair:
    """The proposal that is checked and another open one, in every order."""

    alone: Outcome
    after_other: Outcome
    other_alone: Outcome
    other_after: Outcome
    order_matters: bool
    """Whether what stands registered in the end depends on which goes last."""


def judge_in_flight(
    registry: RegistryMap,
    source: StoredSystem,
    changes: Changes,
    alone: Answer,
    open_proposals: tuple[OpenProposal, ...],
    judge: Judge,
) -> Answer:
    """How the changes stand to every open proposal that touches the same resources."""
    found = Answer()
    near = [(other, shared) for other in open_proposals if (shared := _shared(changes, other.changes))]
    for other, names in near[:MOST_PAIRS]:
        their = registry.live(other.source_system)
        if their is None:
            continue
        pair = _pair(registry, (source.id, changes), (their.id, other.changes), Outcome(alone), judge)
        tier = strictest([source.system.tier, their.system.tier])
        shared = [as_written(source, one) for one in names]
        _tell(found, source, other, tier, shared, pair)
    if len(near) > MOST_PAIRS:
        reason = f"{len(near) - MOST_PAIRS} more open proposals touch the same resources, and were not looked at."
        found.undecided.append((source.system.tier, Undecided(facet="in_flight", resource="", reason=reason)))
    return found


def relation_of(pair: Pair) -> tuple[Relation, bool | None]:
    """How the two stand to each other, and whether the checked one goes first (None where the order says nothing)."""
    worse, other_worse = pair.after_other.worse_than(pair.alone), pair.other_after.worse_than(pair.other_alone)
    if worse and other_worse:
        return Relation.EXCLUSIVE, None
    if not pair.alone.safe and pair.after_other.safe and not other_worse:
        return Relation.DEPENDS_ON, False
    if worse or (not pair.other_alone.safe and pair.other_after.safe):
        return Relation.ORDER_DEPENDENT, True
    if other_worse:
        return Relation.ORDER_DEPENDENT, False
    return (Relation.EXCLUSIVE if pair.order_matters else Relation.INDEPENDENT), None


def _pair(registry: RegistryMap, mine: Proposed, their: Proposed, alone: Outcome, judge: Judge) -> Pair:
    first, second = _made(registry, mine), _made(registry, their)
    other_alone = _outcome(registry, their, judge)
    after_other, mine_last = _after(registry, second, their, mine, judge)
    other_after, theirs_last = _after(registry, first, mine, their, judge)
    matters = second.end | mine_last != first.end | theirs_last
    return Pair(alone, after_other, other_alone, other_after, order_matters=matters)


@dataclass(frozen=True)
class _Made:
    """A proposal's system once the proposal is in, or why it can't be."""

    stored: StoredSystem | None
    refused: str = ""

    @property
    def end(self) -> dict[str, Json]:
        """The system's registration, by its id, so that equal ones compare equal."""
        return {} if self.stored is None else {self.stored.id: _comparable(self.stored)}


def _made(registry: RegistryMap, proposed: Proposed) -> _Made:
    system_id, changes = proposed
    try:
        return _Made(registered_after(registry, registry.systems[system_id], changes))
    except ConcordError as error:
        return _Made(None, str(error))


def _outcome(registry: RegistryMap, proposed: Proposed, judge: Judge) -> Outcome:
    system_id, changes = proposed
    try:
        return Outcome(judge(registry, registry.systems[system_id], changes))
    except ConcordError as error:
        return Outcome(Answer(), str(error))


def _after(
    registry: RegistryMap, first: _Made, earlier: Proposed, then: Proposed, judge: Judge
) -> tuple[Outcome, dict[str, Json]]:
    """What the second does once the first is in, and what is registered in the end."""
    if first.stored is None:
        return Outcome(Answer(), first.refused), {}
    gone = [name for change, name in earlier[1] if change.removes and name]
    if lost := [name for change, name in then[1] if not change.removes and any(overlaps(name, one) for one in gone)]:
        return Outcome(Answer(), f"{lost[0]} would no longer be written."), {}
    stated = {name: _schemas_on(registry, name) for change, name in then[1] if change.semantics and name}
    with registry.supposing(first.stored):
        outcome, last = _outcome(registry, then, judge), _made(registry, then)
        if last.stored is not None and (place := _meant_in_vain(registry, last.stored, then[1], stated)):
            return Outcome(Answer(), f"{place} is no longer there."), {}
        return outcome, last.end


def _schemas_on(registry: RegistryMap, name: str, instead: StoredSystem | None = None) -> list[Schema]:
    """What the writers' contracts on the resource state, with that system as it is given."""
    stated = [
        (holder, entry) for holder, entry in registry.contracts_on(name) if not instead or holder.id != instead.id
    ]
    if instead is not None:
        mine = instead.system.contracts
        stated += [(instead, entry) for entry in mine if overlaps(instead.canonical_of(entry.resource), name)]
    read = [read_terms(entry.terms) for _, entry in stated if entry.type is ContractType.PRODUCER and entry.terms]
    return [one.schema for one in read if one is not None]


def _meant_in_vain(registry: RegistryMap, last: StoredSystem, changes: Changes, before: dict[str, list[Schema]]) -> str:
    """A path whose meaning the changes tell, and which the schemas named before and don't name any more; empty for none."""
    for change, name in changes:
        for meaning in change.semantics if name else ():
            if gone(before[name], _schemas_on(registry, name, last), place_of(meaning.path)):
                return meaning.path
    return ""


_UNORDERED = ("required", "enum", "type", "allOf", "anyOf", "oneOf", "contracts", "semantics")


def _comparable(stored: StoredSystem) -> Json:
    return _sorted(stored.system.model_dump(mode="json", by_alias=True))


def _sorted(node: Json) -> Json:
    """The same value, with lists whose order means nothing put in one order."""
    if isinstance(node, list):
        return [_sorted(item) for item in node]
    if not isinstance(node, dict):
        return node
    result = {word: _sorted(value) for word, value in node.items()}
    for word in _UNORDERED:
        if isinstance(result.get(word), list):
            result[word].sort(key=lambda item: json.dumps(item, sort_keys=True))
    return result


def _shared(mine: Changes, their: Changes) -> list[str]:
    """What both touch, by canonical name; sorted."""
    return sorted({name for _, name in mine for _, other in their if name and other and overlaps(name, other)})


def _tell(found: Answer, source: StoredSystem, other: OpenProposal, tier: Tier, shared: list[str], pair: Pair) -> None:
    """The relation is listed, and what it means for the verdict is among the conflicts and the undecided."""
    relation, first = relation_of(pair)
    name, me = other.proposal_id, source.id
    order: tuple[str, ...] = () if first is None else ("", name) if first else (name, "")
    theirs = other.source_system if other.source_system != me else ""
    match relation:
        case Relation.INDEPENDENT:
            reason = f"Both can go in, in either order: neither breaks anybody that the other would not, and {_RESULT}."
        case Relation.DEPENDS_ON:
            reason = f"Alone this breaks {_broken(pair.alone)}; once {name} of {other.source_system} is in, it breaks nobody."
        case Relation.ORDER_DEPENDENT if first:
            reason = f"This has to go in before {name} of {other.source_system}: {_why_first(pair, name)}"
            found.notes.append(f"{reason} Now it is the only order that breaks nobody.")
            if pair.after_other.refused:  # the open one came first, and takes away what this is made against
                found.undecided.append((tier, _open(shared, theirs, reason)))
        case Relation.ORDER_DEPENDENT:
            reason = f"{name} of {other.source_system} has to go in first: {_wrong(pair.other_after, 'it', 'this')}"
            found.undecided.append((tier, _open(shared, theirs, reason)))
        case Relation.EXCLUSIVE:
            reason = f"Only one of this and {name} of {other.source_system} can go in: {_why_exclusive(pair, name)}"
            added = [found_one for key, found_one in pair.after_other.breaks.items() if key not in pair.alone.breaks]
            found.conflicts += [(strictest([tier, level]), _together(one, name)) for level, one in added]
            if not added:
                found.undecided.append((tier, _open(shared, theirs, reason)))
        case _:
            assert_never(relation)
    found.in_flight.append(
        InFlight(
            proposal_id=name,
            source_system=other.source_system,
            relation=relation,
            order=order,
            resources=tuple(shared),
            reason=reason,
        )
    )


_RESULT = "the same is registered in the end"


def _together(conflict: Conflict, proposal: str) -> Conflict:
    description = f"Together with {proposal}: {conflict.description}"
    return conflict.model_copy(update={"with_proposal": proposal, "description": description})


def _open(shared: list[str], theirs: str, reason: str) -> Undecided:
    return Undecided(facet="in_flight", resource=", ".join(shared[:5]), affected_system=theirs, reason=reason)


def _why_first(pair: Pair, other: str) -> str:
    if pair.after_other.worse_than(pair.alone):
        return _wrong(pair.after_other, "this", other)
    return f"{other} alone breaks {_broken(pair.other_alone)}, and breaks nobody once this is in."


def _why_exclusive(pair: Pair, other: str) -> str:
    if pair.after_other.worse_than(pair.alone):
        return _wrong(pair.after_other, "this", other)
    return "what is registered in the end depends on which goes last, so one would undo the other."


def _wrong(outcome: Outcome, one: str, other: str) -> str:
    """What goes wrong with one proposal once the other is in."""
    if outcome.refused:
        return f"once {other} is in, {one} can't be made any more. {outcome.refused}"
    if outcome.breaks:
        return f"once {other} is in, {one} breaks {_broken(outcome)}."
    return f"once {other} is in, what {one} does can't be decided any more."


def _broken(outcome: Outcome) -> str:
    if outcome.refused:
        return f"the contract ({outcome.refused})"
    return ", ".join(sorted({conflict.affected_system for _, conflict in outcome.breaks.values()}))

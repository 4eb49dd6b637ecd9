"""The judgement on a set of changes: every facet asked, the worst item decides (conflict rules 1 to 3 and 6)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import assert_never

from server.conflicts.agreements import agreements_on
from server.conflicts.changes import changes_schema
from server.conflicts.effects import Changes, as_written
from server.conflicts.facets.capacity import judge_capacity
from server.conflicts.facets.capacity_asked import asks_for_itself
from server.conflicts.facets.format import judge_format
from server.conflicts.facets.reader import judge_reader
from server.conflicts.facets.removal import judge_dependency_removal, judge_removal
from server.conflicts.facets.samples import judge_samples
from server.conflicts.facets.schema import concerns_schema, judge_schemas
from server.conflicts.facets.semantics import judge_semantics
from server.conflicts.facets.timing import judge_timing
from server.conflicts.facets.undecided import judge_strange_writer, judge_words
from server.conflicts.in_flight import judge_in_flight
from server.conflicts.patterns import settle_severities
from server.conflicts.plans import claims_of
from server.conflicts.question import Answer, Circumstances, Claim, OpenProposal, Question
from server.conflicts.schemas import Schema, Stated, read_terms
from server.conflicts.severity import Hold, Item, Ruling, rule_over
from server.model.change import Change, facets_of
from server.model.check import Undecided, Verdict
from server.model.contract import Basis, Contract, ContractType
from server.model.system import StoredSystem
from server.model.tier import Tier
from server.registry.map import RegistryMap

FACETS: Mapping[str, Callable[[Question], Answer]] = {
    "timing": judge_timing,
    "format": judge_format,
    "semantics": judge_semantics,
    "samples_after": judge_samples,
    "capacity": judge_capacity,
}
"""Facets that say nothing about the schema, and who judges each."""


def judge(
    registry: RegistryMap,
    source: StoredSystem,
    changes: Changes,
    circumstances: Circumstances,
) -> tuple[Answer, Ruling]:
    """What the changes do to everyone concerned, and the verdict over it all.

    `changes` come with the canonical name of their resource ("" for an internal change).
    """
    circumstances = replace(circumstances, claims=_claims(source, changes, circumstances.in_flight))
    alone = replace(circumstances, in_flight=())
    answer = _judge_alone(registry, source, changes, alone)
    if circumstances.in_flight:

        def judge_other(registry: RegistryMap, source: StoredSystem, changes: Changes) -> Answer:
            return _judge_alone(registry, source, changes, alone)

        answer.add(judge_in_flight(registry, source, changes, answer, circumstances.in_flight, judge_other))
        answer.add(_judge_all_in_flight(registry, source, changes, circumstances, answer))
    _hold_inferred(answer, source.id)
    _say_once(answer)
    settle_severities(answer, circumstances.patterns, source.id)
    items = [Item(tier, conflict.severity) for tier, conflict in answer.conflicts]
    items += [Item(tier, None) for tier, _ in answer.undecided]
    return answer, rule_over(items, circumstances.modes, source.system.tier)


def _claims(source: StoredSystem, changes: Changes, open_proposals: tuple[OpenProposal, ...]) -> tuple[Claim, ...]:
    """New names that plans of open proposals have chosen; where just these changes are proposed, it is the same plan."""
    return tuple(
        Claim(name, other.source_system)
        for other in open_proposals
        for name in other.new_resources
        if (other.source_system, tuple(other.changes)) != (source.id, tuple(changes))
    )


def _judge_alone(registry: RegistryMap, source: StoredSystem, changes: Changes, circumstances: Circumstances) -> Answer:
    """What the changes do, other proposals left aside."""
    answer = Answer()
    for change, name, earlier in _in_turn(changes):
        if change.resource is None and not change.removes_dependency:
            text = f": {change.description}" if change.description else ""
            answer.notes.append(f"Internal change, which affects no contract{text}")
            continue
        answer.systems |= _touched_systems(registry, source, change, name)
        answer.contracts |= _touched_contracts(registry, source, name)
        questions = list(_questions(registry, source, change, name, circumstances, earlier))
        before = len(answer.conflicts)
        if concerns_schema(change):
            answer.add(judge_schemas(questions))
        for question in questions:
            for part in _answers(question):
                answer.add(part)
        plans = [conflict.proposed_resolution for _, conflict in answer.conflicts[before:]]
        if new := claims_of(questions[0], plans):
            circumstances = replace(circumstances, claims=(*circumstances.claims, *new))
    return answer


def _judge_all_in_flight(
    registry: RegistryMap, source: StoredSystem, changes: Changes, circumstances: Circumstances, known: Answer
) -> Answer:
    """What no pair of proposals brings about, and all open ones together do: sums of what they ask for."""
    found = Answer()
    told = {(conflict.affected_system, conflict.rule) for _, conflict in known.conflicts}
    for change, name in changes:
        for question in _questions(registry, source, change, name, circumstances) if name and change.capacity else ():
            found.conflicts += [
                (tier, conflict)
                for tier, conflict in judge_capacity(question).conflicts
                if conflict.with_proposal and (conflict.affected_system, conflict.rule) not in told
            ]
    return found


def _in_turn(changes: Changes) -> Iterator[tuple[Change, str, tuple[Change, ...]]]:
    """Every change, with those to the same schema before it; the schema is judged once, as the last of them leaves it.

    Each alone may be safe and all of them together not, and what one takes away the next may put back.
    """
    for position, (change, name) in enumerate(changes):
        alike = [
            (place, other)
            for place, (other, other_name) in enumerate(changes)
            if name == other_name and other.resource == change.resource and changes_schema(other)
        ]
        if not changes_schema(change) or not name:
            yield change, name, ()
        elif alike[-1][0] == position:
            yield change, name, tuple(other for _, other in alike[:-1])
        else:
            rest = change.model_copy(update={"new_schema": None, "patch": None, "merge_patch": None, "base_hash": ""})
            if facets_of(rest):
                yield rest, name, ()


def weakest_basis(answer: Answer) -> Basis:
    """The weakest thing that the judgement rests on."""
    return max((basis for _, basis in answer.bases), key=list(Basis).index, default=Basis.DECLARED)


def _answers(question: Question) -> Iterator[Answer]:
    change = question.change
    facets = facets_of(change)
    strange = bool(question.written_by_others) and facets != ("removes_dependency",)
    if strange and not _of_reader(question.registry, question.source, change, question.name):
        yield judge_strange_writer(question)
    if change.removes:
        yield judge_removal(question)
    if change.removes_dependency:
        yield judge_dependency_removal(question)
    if change.reader_schema is not None or change.reads is not None:
        yield judge_reader(question)
    for facet, judged_by in FACETS.items():
        if facet in facets:
            yield judged_by(question)
    if not facets:
        yield judge_words(question)


def _touched_systems(registry: RegistryMap, source: StoredSystem, change: Change, name: str) -> set[str]:
    """Those who read what is changed; for a reader's change those who write it."""
    ends = {change.removes_dependency} - {""}
    if not name:
        return ends
    around = (
        set(registry.writers_of(name)) if _of_reader(registry, source, change, name) else registry.consumers_of(name)
    )
    return (ends | around) - {source.id}


def _touched_contracts(registry: RegistryMap, source: StoredSystem, name: str) -> set[str]:
    """The source's contracts on what is changed, whichever side states them."""
    entries = registry.contracts_on(name) if name else []
    return {
        contract.contract_id
        for holder, contract in entries
        if source.id in (holder.id, registry.known_as(contract.counterparty))
    }


def _of_reader(registry: RegistryMap, source: StoredSystem, change: Change, name: str) -> bool:
    """Whether the change is one of what the source reads and needs, and not of what it writes."""
    facets = set(facets_of(change))
    own = {"reads", "reader_schema", "removes_dependency"}
    if "capacity" in facets and asks_for_itself(registry, source.id, name):
        own.add("capacity")
    return bool(facets) and facets <= own


def _questions(
    registry: RegistryMap,
    source: StoredSystem,
    change: Change,
    name: str,
    circumstances: Circumstances,
    earlier: tuple[Change, ...] = (),
) -> Iterator[Question]:
    """One question per schema that the contracts on the resource state today: a patch applies to each of them.

    Where the change names one contract, its patch applies to that one's schema.
    """
    agreements = agreements_on(registry, source.id, name) if name else []
    shown = as_written(source, name, otherwise=change.resource or "")
    stated = _stated_terms(registry, source.id, name) if name else []
    # a change that names a contract is made against that one's schema, and concerns all who read the resource
    named = next((terms for contract, terms in stated if contract.contract_id == change.resource), None)
    groups: list[tuple[Schema | None, Stated | None, list[str]]] = []
    for contract, terms in stated:
        match = next((group for group in groups if group[0] == terms), None)
        if match is None:
            groups.append((terms, read_terms(terms), [contract.counterparty]))
        else:
            match[2].append(contract.counterparty)
    if not groups:
        groups = [(None, None, [""])]
    for stated_terms, written, parties in groups:
        known = {registry.known_as(party) for party in parties}
        whole = len(groups) == 1 or "" in known
        mine = tuple(agreement for agreement in agreements if whole or agreement.consumer in known)
        against = named if named is not None else stated_terms
        yield Question(registry, source, change, shown, name, mine, written, against, circumstances, earlier)
    covered = {registry.known_as(party) for _, _, parties in groups for party in parties}
    if len(groups) > 1 and "" not in covered:
        rest = tuple(agreement for agreement in agreements if agreement.consumer not in covered)
        if rest:
            first_terms, first_written, _ = groups[0]
            against = named if named is not None else first_terms
            yield Question(registry, source, change, shown, name, rest, first_written, against, circumstances, earlier)


def _stated_terms(registry: RegistryMap, source: str, name: str) -> list[tuple[Contract, Schema]]:
    """The schemas that the writer's contracts state; where it states none, what its readers' contracts say."""
    entries = [(holder, contract) for holder, contract in registry.contracts_on(name) if contract.terms]
    mine = [
        (contract, contract.terms)
        for holder, contract in entries
        if holder.id == source and contract.type is ContractType.PRODUCER
    ]
    if mine:
        return mine
    return [
        (contract.model_copy(update={"counterparty": holder.id}), contract.terms)
        for holder, contract in entries
        if holder.id != source and contract.type is ContractType.CONSUMER
    ]


def _say_once(answer: Answer) -> None:
    """Where several contracts lead to the same thing, it is said once."""
    found = {
        (c.affected_system, c.affected_contract, c.rule, c.path, c.description): (t, c) for t, c in answer.conflicts
    }
    answer.conflicts[:] = found.values()
    answer.undecided[:] = dict.fromkeys(answer.undecided)


def _hold_inferred(answer: Answer, source: str) -> None:
    """A judgement that rests on an inferred contract is at best a review where it matters (CON-2)."""
    tiers = {tier for tier, basis in answer.bases if basis is Basis.INFERRED and tier is not Tier.EXPERIMENTAL}
    for tier in sorted(tiers, key=list(Tier).index)[:1]:
        reason = f"The judgement on {source} rests on an inferred contract that nobody has confirmed yet."
        answer.undecided.append((tier, Undecided(facet="basis", resource="", reason=reason)))


def recommendation(answer: Answer, ruling: Ruling, source: str) -> str:
    """What to do next, in the words of a colleague."""
    parts = []
    match ruling.verdict:
        case Verdict.CLEAR:
            parts.append("Go on to the shadow test: no reader is broken by this change.")
        case Verdict.REVIEW_REQUIRED:
            who = sorted({item.affected_system for _, item in answer.undecided if item.affected_system})
            who += sorted({c.affected_system for _, c in answer.conflicts} - set(who))
            asked = f" Ask {', '.join(who)}." if who else ""
            parts.append(f"A person has to look at this before it goes on.{asked}")
        case Verdict.CONFLICT_DETECTED:
            who = sorted({conflict.affected_system for _, conflict in answer.conflicts})
            parts.append(
                f"Do not shadow-test this change in isolation: it breaks {', '.join(who)}. "
                f"Follow the plan of the conflict together with {', '.join(who)}, or change the proposal."
            )
        case _:
            assert_never(ruling.verdict)
    if ruling.verdict is not Verdict.CLEAR and ruling.hold is Hold.GOES_ON:
        parts.append("Nothing is held back: the tier (or advisory mode) lets it go on.")
    if any("Internal change" in note for note in answer.notes) and answer.conflicts:
        parts.append("The internal changes may proceed at once.")
    return " ".join(parts)

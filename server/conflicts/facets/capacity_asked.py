"""The mirror case of capacity: a consumer will need more, or can take less, of what others provide."""

from dataclasses import dataclass
from fractions import Fraction

from server.conflicts.agreements import Agreement, agreements_on
from server.conflicts.facets.amounts import Direction, Measure, amount_of, measure_of
from server.conflicts.facets.needs import (
    Need,
    Together,
    added_up,
    amounts_in,
    needs_of,
    raising,
    shown,
    with_open_proposals,
)
from server.conflicts.plans import Situation, writer_first
from server.conflicts.question import Answer, Question
from server.conflicts.rulebook import rule_named
from server.model.base import JsonObject
from server.model.check import Conflict, ConflictType, Undecided
from server.model.contract import Basis, Contract, ContractType
from server.model.tier import Tier
from server.registry.map import RegistryMap


def asks_for_itself(registry: RegistryMap, system_id: str, name: str) -> bool:
    """Whether the system is a consumer of the resource, so that its capacity is what it needs or can take."""
    return system_id not in registry.writers_of(name) and system_id in registry.consumers_of(name)


@dataclass(frozen=True)
class _Demand:
    """One member of the change's capacity, against one writer."""

    question: Question
    writer: str
    tier: Tier
    key: str
    measure: Measure
    after: Fraction
    before: Fraction | None
    mine: tuple[Contract, ...]
    """The writer's entries with the source, or with nobody by name."""
    entries: tuple[Contract, ...]
    """All of the writer's entries on the resource."""
    answer: Answer


def judge_asked(question: Question) -> Answer:
    """What each writer says that it provides, against what the source will need or can take from now on."""
    answer = Answer()
    registry, me = question.registry, question.source.id
    writers = sorted(set(registry.writers_of(question.name)) - {me})
    if not writers:
        answer.notes.append(f"No registered system writes {question.resource}: no contract is affected.")
    for writer in writers:
        tier = question.tier_with(registry.systems[writer].system.tier)
        agreement = next((one for one in agreements_on(registry, writer, question.name) if one.consumer == me), None)
        if agreement is not None:
            answer.bases.append((tier, agreement.basis))
        for key, value in question.change.capacity.items():
            _judge_key(question, writer, tier, agreement, key, value, answer)
    return answer


def _judge_key(
    question: Question, writer: str, tier: Tier, agreement: Agreement | None, key: str, value: object, answer: Answer
) -> None:
    measure, after = measure_of(key), amount_of(key, value)
    if after is None or measure.direction is Direction.UNKNOWN:
        reason = f"Whether {writer} provides what {question.source.id} means by {key!r} is not known."
        answer.undecided.append((tier, _undecided(question, writer, reason)))
        return
    own = amounts_in(agreement.consumer_entries if agreement is not None else (), measure).known
    entries = tuple(
        contract
        for holder, contract in question.registry.contracts_on(question.name)
        if holder.id == writer and contract.type is ContractType.PRODUCER
    )
    demand = _Demand(
        question=question,
        writer=writer,
        tier=tier,
        key=key,
        measure=measure,
        after=after,
        before=(max if measure.direction is Direction.OFFERED else min)(own, default=None),
        mine=agreement.producer_entries if agreement is not None else (),
        entries=entries,
        answer=answer,
    )
    offered = measure.direction is Direction.OFFERED
    if demand.before is not None and (after <= demand.before if offered else after >= demand.before):
        answer.notes.append(f"{question.source.id} asks no more of {writer} by {key} than before.")
    elif offered:
        _judge_need(demand)
    else:
        _judge_limit(demand)


def _judge_need(demand: _Demand) -> None:
    """Everyone's needs together, with the source's new one, against what the writer says that it offers."""
    question, me = demand.question, demand.question.source.id
    registry = question.registry
    offers = amounts_in(demand.entries, demand.measure)
    if not offers.known or offers.unread:
        reason = f"{demand.writer} has not declared how much of {demand.key} it offers."
        demand.answer.undecided.append((demand.tier, _undecided(question, demand.writer, reason)))
        return
    others = needs_of(registry, demand.writer, question.name, demand.measure)
    needs = {**others, me: Need(demand.after, "")}
    providers = {me, *registry.writers_of(question.name)}
    later = with_open_proposals(
        needs, question.circumstances.in_flight, question.name, demand.measure, besides=providers
    )
    low, high = min(offers.known), _most(demand)
    own = amounts_in([entry for entry in demand.mine if entry.counterparty], demand.measure).known
    if own and demand.after > max(own):
        _conflict(demand, added_up(needs), max(own), "")
        return
    together = added_up(needs)
    for counted in (together, added_up(later)):
        if counted.amount > high:
            _conflict(demand, counted, high, raising(needs, counted.needs))
            return
    if together.amount > low:
        reason = f"Whether what {demand.writer} offers of {demand.key} by its contracts is for one consumer or for all can't be told."
        demand.answer.undecided.append((demand.tier, _undecided(question, demand.writer, reason)))
        return
    for agreement in agreements_on(registry, demand.writer, question.name):
        if agreement.consumer not in needs:
            reason = f"{agreement.consumer} never said how much of {demand.key} it needs, so what is left for it can't be told."
            tier = question.tier_with(agreement.tier)
            demand.answer.undecided.append((tier, _undecided(question, agreement.consumer, reason)))
    demand.answer.notes.append(
        f"{demand.writer} offers {shown(low)} {demand.measure.of}, and {together.names} together need {shown(together.amount)}."
    )


def _most(demand: _Demand) -> Fraction:
    """The most that the offers can mean: each consumer's own share, where they are made to several by name."""
    shares: dict[str, Fraction] = {}
    for entry in demand.entries:
        for amount in amounts_in([entry], demand.measure).known:
            party = demand.question.registry.known_as(entry.counterparty)
            shares[party] = max(amount, shares.get(party, amount))
    return sum(shares.values(), Fraction(0))


def _judge_limit(demand: _Demand) -> None:
    """What the source can take from now on, against what the writer says that it may write."""
    question, me = demand.question, demand.question.source.id
    written = amounts_in(demand.mine or demand.entries, demand.measure)
    if not written.known or written.unread:
        reason = f"{demand.writer} has not declared how much of {demand.key} it may write."
        demand.answer.undecided.append((demand.tier, _undecided(question, demand.writer, reason)))
    elif max(written.known) > demand.after:
        evidence: JsonObject = {
            "key": demand.key,
            "measure": demand.measure.of,
            "limit": shown(demand.after),
            "written": shown(max(written.known)),
        }
        text = (
            f"{me} would take up to {shown(demand.after)} {demand.measure.of} of {question.resource}, and {demand.writer} "
            f"may write {shown(max(written.known))}."
        )
        _add(demand, "capacity.above-limit", demand.writer, demand.tier, text, evidence)
    else:
        demand.answer.notes.append(f"{demand.writer} writes no more by {demand.key} than {me} will take.")


def _conflict(demand: _Demand, together: Together, offered: Fraction, proposal: str) -> None:
    """The writer can't meet the needs, and whoever shares what it offers is left with less."""
    question = demand.question
    evidence: JsonObject = {
        "key": demand.key,
        "measure": demand.measure.of,
        "offered": shown(offered),
        **together.evidence,
    }
    more = f" once {proposal} is in," if proposal else ""
    text = (
        f"{question.source.id} would need {shown(demand.after)} {demand.measure.of} of {question.resource};{more} "
        f"{together.names} together need {shown(together.amount)}, and {demand.writer} offers {shown(offered)}."
    )
    _add(demand, "capacity.below-need", demand.writer, demand.tier, text, evidence, proposal)
    for agreement in agreements_on(question.registry, demand.writer, question.name):
        if agreement.consumer in together.needs and agreement.consumer != question.source.id:
            tier = question.tier_with(agreement.tier)
            _add(demand, "capacity.below-need", agreement.consumer, tier, text, evidence, proposal)


def _add(
    demand: _Demand, rule_id: str, affected: str, tier: Tier, text: str, evidence: JsonObject, proposal: str = ""
) -> None:
    rule, question = rule_named(rule_id), demand.question
    entry = next(iter(demand.mine or demand.entries), None)
    plan = Situation(demand.writer, question.source.id, question.resource, question.schema_version, demand.tier)
    conflict = Conflict(
        type=ConflictType.CAPACITY_IMPACT,
        affected_contract=entry.contract_id if entry is not None else "",
        affected_system=affected,
        description=text,
        severity=rule.severity,
        severity_base=rule.severity,
        rule=rule.id,
        basis=entry.basis if entry is not None else Basis.DECLARED,
        evidence=evidence,
        with_proposal=proposal,
        proposed_resolution=writer_first(plan),
    )
    demand.answer.conflicts.append((tier, conflict))


def _undecided(question: Question, affected: str, reason: str) -> Undecided:
    return Undecided(facet="capacity", resource=question.resource, affected_system=affected, reason=reason)

"""The capacity facet: what is offered against what consumers need together, what is written against what each can take."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from server.conflicts.agreements import Agreement
from server.conflicts.facets.amounts import Direction, Measure, amount_of, measure_of
from server.conflicts.facets.capacity_asked import asks_for_itself, judge_asked
from server.conflicts.facets.needs import (
    Need,
    amounts_in,
    needs_of,
    needs_shown,
    shown,
    total,
    with_open_proposals,
)
from server.conflicts.plans import situation
from server.conflicts.plans.room import room_first
from server.conflicts.question import Answer, Question
from server.conflicts.rulebook import rule_named
from server.model.base import JsonObject
from server.model.check import Conflict, ConflictType, Undecided


@dataclass(frozen=True)
class _Ask:
    """One member of the change's capacity, for one consumer."""

    question: Question
    agreement: Agreement
    key: str
    measure: Measure
    after: Fraction
    before: Fraction | None
    """As the writer's contracts with the consumer state it; None where they don't."""
    answer: Answer

    @property
    def who(self) -> str:
        """The consumer."""
        return self.agreement.consumer

    @property
    def evidence(self) -> JsonObject:
        """Before and after, in the common unit."""
        before = None if self.before is None else shown(self.before)
        return {"key": self.key, "measure": self.measure.of, "before": before, "after": shown(self.after)}

    @property
    def change(self) -> str:
        """What changes, as a person says it."""
        was = "" if self.before is None else f" from {shown(self.before)}"
        return f"{self.measure.of} of {self.question.resource} would go{was} to {shown(self.after)}"


def judge_capacity(question: Question) -> Answer:
    """What the new capacity does to everyone who shares the resource."""
    if asks_for_itself(question.registry, question.source.id, question.name):
        return judge_asked(question)
    answer = Answer()
    for agreement in question.agreements:
        answer.bases.append((question.tier_with(agreement.tier), agreement.basis))
        for key, value in question.change.capacity.items():
            _judge_key(question, agreement, key, value, answer)
    unknown = question.unknown_readers("capacity")
    if unknown is not None and not _hurts_nobody(question):
        answer.undecided.append((question.source.system.tier, unknown))
    elif not question.agreements:
        answer.notes.append(f"Nobody reads {question.resource}: its capacity affects no contract.")
    return answer


def _judge_key(question: Question, agreement: Agreement, key: str, value: object, answer: Answer) -> None:
    measure, after = measure_of(key), amount_of(key, value)
    if any(entry.capacity.get(key, _NOTHING) == value for entry in agreement.producer_entries):
        answer.notes.append(f"{key} of {question.resource} stays as agreed with {agreement.consumer}.")
        return
    if after is None or measure.direction is Direction.UNKNOWN:
        reason = f"Whether more or less of {key!r} can hurt {agreement.consumer} is not known."
        _leave(question, agreement, reason, answer)
        return
    stated = amounts_in(agreement.producer_entries, measure).known
    worst = max if measure.direction is Direction.OFFERED else min
    ask = _Ask(question, agreement, key, measure, after, worst(stated, default=None), answer)
    if ask.before == after:
        answer.notes.append(f"{key} of {question.resource} stays as agreed with {agreement.consumer}.")
    elif measure.direction is Direction.OFFERED:
        _judge_offered(ask)
    else:
        _judge_written(ask)


_NOTHING = object()


def _judge_offered(ask: _Ask) -> None:
    """Everyone's needs together against what is offered."""
    question, who = ask.question, ask.who
    if ask.before is not None and ask.after > ask.before:
        return _add(ask, "capacity.touched", f"{ask.change}: more than is agreed with {who}.", ask.evidence)
    needs = needs_of(question.registry, question.source.id, question.name, ask.measure)
    later = with_open_proposals(
        needs, question.circumstances.in_flight, question.name, ask.measure, besides=_providers(question)
    )
    for counted, proposal in ((needs, ""), (later, _raising(needs, later))):
        if who in counted and total(counted) > ask.after:
            evidence = {**ask.evidence, "needs": needs_shown(counted), "sum": shown(total(counted))}
            together = f"{', '.join(sorted(counted))} together need {shown(total(counted))}"
            more = f", once {proposal} is in" if proposal else ""
            return _add(ask, "capacity.below-need", f"{ask.change}; {together}{more}.", evidence, proposal)
    if amounts_in(ask.agreement.consumer_entries, ask.measure).unread:
        return _leave(question, ask.agreement, f"What {who} says that it needs of {ask.key} is no amount.", ask.answer)
    if who in needs:
        evidence = {**ask.evidence, "needs": needs_shown(needs), "sum": shown(total(needs))}
        return _settle(ask, f"still as much as is said to be needed ({shown(total(needs))}).", evidence)
    if ask.before is None:
        reason = f"Neither how much of {ask.key} {who} needs nor how much is offered today has been declared."
        return _leave(question, ask.agreement, reason, ask.answer)
    return _add(ask, "capacity.reduced", f"{ask.change}, and {who} never said how much it needs.", ask.evidence)


def _judge_written(ask: _Ask) -> None:
    """What may be written against what this consumer says it can take."""
    question, who = ask.question, ask.who
    if ask.before is not None and ask.after < ask.before:
        return _add(ask, "capacity.touched", f"{ask.change}: less than {who} has agreed to take.", ask.evidence)
    limits = amounts_in(ask.agreement.consumer_entries, ask.measure)
    if limits.known and ask.after > min(limits.known):
        limit = shown(min(limits.known))
        return _add(
            ask, "capacity.above-limit", f"{ask.change}; {who} takes up to {limit}.", {**ask.evidence, "limit": limit}
        )
    if limits.unread:
        return _leave(
            question, ask.agreement, f"What {who} says that it can take of {ask.key} is no amount.", ask.answer
        )
    if limits.known:
        limit = shown(min(limits.known))
        return _settle(ask, f"not more than the {limit} that {who} can take.", {**ask.evidence, "limit": limit})
    if ask.before is None:
        reason = f"Neither how much of {ask.key} {who} can take nor how much there may be today has been declared."
        return _leave(question, ask.agreement, reason, ask.answer)
    return _add(ask, "capacity.larger", f"{ask.change}, and {who} never said how much it can take.", ask.evidence)


def _settle(ask: _Ask, says: str, evidence: JsonObject) -> None:
    """Every declared need is met: LOW where something agreed changes, else a note."""
    if ask.before is None:
        ask.answer.notes.append(f"{ask.change}: {says}")
    else:
        _add(ask, "capacity.touched", f"{ask.change}: {says}", evidence)


def _providers(question: Question) -> set[str]:
    return {question.source.id, *question.registry.writers_of(question.name)}


def _raising(needs: dict[str, Need], later: dict[str, Need]) -> str:
    """The open proposal that asks for most on top of what is needed today."""
    raised = [
        (need.amount - (needs[consumer].amount if consumer in needs else 0), need.said_in)
        for consumer, need in later.items()
        if need != needs.get(consumer)
    ]
    return max(raised, default=(Fraction(0), ""))[1]


def _hurts_nobody(question: Question) -> bool:
    """Whether all of it is known today and only gets better, of a resource that is known."""
    return not question.taken_for and all(_better(question))


def _better(question: Question) -> Iterator[bool]:
    entries = [
        contract
        for holder, contract in question.registry.contracts_on(question.name)
        if holder.id == question.source.id
    ]
    for key, value in question.change.capacity.items():
        measure, after = measure_of(key), amount_of(key, value)
        stated = amounts_in(entries, measure).known
        if after is None or not stated:
            yield False
        elif measure.direction is Direction.OFFERED:
            yield after >= max(stated)
        else:
            yield measure.direction is Direction.WRITTEN and after <= min(stated)


def _add(ask: _Ask, rule_id: str, description: str, evidence: JsonObject, proposal: str = "") -> None:
    rule, question, agreement = rule_named(rule_id), ask.question, ask.agreement
    conflict = Conflict(
        type=ConflictType.CAPACITY_IMPACT,
        affected_contract=agreement.contract_id,
        affected_system=agreement.consumer,
        description=description[:1].upper() + description[1:],
        severity=rule.severity,
        severity_base=rule.severity,
        rule=rule.id,
        basis=agreement.basis,
        evidence=evidence,
        with_proposal=proposal,
        proposed_resolution=room_first(situation(question, agreement), what=ask.measure.of),
    )
    ask.answer.conflicts.append((question.tier_with(agreement.tier), conflict))


def _leave(question: Question, agreement: Agreement, reason: str, answer: Answer) -> None:
    item = Undecided(
        facet="capacity",
        resource=question.resource,
        affected_contract=agreement.contract_id,
        affected_system=agreement.consumer,
        reason=reason,
    )
    answer.undecided.append((question.tier_with(agreement.tier), item))

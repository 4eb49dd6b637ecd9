"""The capacity facet: what is offered against what consumers need together, what is written against what each can take."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from server.conflicts.agreements import Agreement
from server.conflicts.facets.amounts import Direction, Measure, amount_of, measure_of
from server.conflicts.facets.capacity_asked import asks_for_itself, judge_asked
from server.conflicts.facets.found import Findings
from server.conflicts.facets.needs import Together, added_up, amounts_in, needs_of, raising, shown, with_open_proposals
from server.conflicts.plans.room import room_first
from server.conflicts.question import Answer, Question
from server.model.base import JsonObject
from server.model.check import ConflictType


@dataclass(frozen=True)
class _Ask:
    """One member of the change's capacity, for one consumer."""

    findings: Findings
    agreement: Agreement
    key: str
    measure: Measure
    after: Fraction
    before: Fraction | None
    """As the writer's contracts with the consumer state it; None where they don't."""
    needs: Together
    """What all consumers say that they need of it."""
    later: Together
    """The same once every open proposal is in."""

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
        return f"{self.measure.of} of {self.findings.question.resource} would go{was} to {shown(self.after)}"


def judge_capacity(question: Question) -> Answer:
    """What the new capacity does to everyone who shares the resource."""
    if asks_for_itself(question.registry, question.source.id, question.name):
        return judge_asked(question)
    findings = Findings(question, "capacity", ConflictType.CAPACITY_IMPACT)
    for key, value in question.change.capacity.items():
        _judge_key(findings, key, value)
    what = " and ".join(sorted({measure_of(key).of for key in question.change.capacity}))
    return findings.answer(lambda _, situation: room_first(situation, what=what), hurts_nobody=_hurts_nobody(question))


def _judge_key(findings: Findings, key: str, value: object) -> None:
    question, measure, after = findings.question, measure_of(key), amount_of(key, value)
    offered = measure.direction is Direction.OFFERED
    registry, name = question.registry, question.name
    needs = needs_of(registry, question.source.id, name, measure) if offered else {}
    besides = {question.source.id, *registry.writers_of(name)}
    later = with_open_proposals(needs, question.circumstances.in_flight, name, measure, besides=besides)
    today, soon = added_up(needs), added_up(later)
    for agreement in question.agreements:
        stated = amounts_in(agreement.producer_entries, measure).known
        before = (max if offered else min)(stated, default=None)
        agreed = any(entry.capacity.get(key, _NOTHING) == value for entry in agreement.producer_entries)
        if agreed or (before is not None and before == after):
            findings.note(f"{key} of {question.resource} stays as agreed with {agreement.consumer}.")
        elif after is None or measure.direction is Direction.UNKNOWN:
            reason = f"Whether more or less of {key!r} can hurt {agreement.consumer} is not known."
            findings.undecided(agreement, reason)
        else:
            ask = _Ask(findings, agreement, key, measure, after, before, today, soon)
            (_judge_offered if offered else _judge_written)(ask)


_NOTHING = object()


def _judge_offered(ask: _Ask) -> None:
    """Everyone's needs together against what is offered."""
    who, needs, later = ask.who, ask.needs, ask.later
    if ask.before is not None and ask.after > ask.before:
        _add(ask, "capacity.touched", f"{ask.change}: more than is agreed with {who}.", ask.evidence)
        return
    for together in (needs, later):
        if who in together.needs and together.amount > ask.after:
            proposal = raising(needs.needs, together.needs)
            more = f", once {proposal} is in" if proposal else ""
            text = f"{ask.change}; {together.names} together need {shown(together.amount)}{more}."
            _add(ask, "capacity.below-need", text, {**ask.evidence, **together.evidence}, proposal)
            return
    if amounts_in(ask.agreement.consumer_entries, ask.measure).unread:
        _leave(ask, f"What {who} says that it needs of {ask.key} is no amount.")
    elif who in needs.needs:
        says = f"still as much as is said to be needed ({shown(needs.amount)})."
        _settle(ask, says, {**ask.evidence, **needs.evidence})
    elif ask.before is None:
        _leave(ask, f"Neither how much of {ask.key} {who} needs nor how much is offered today has been declared.")
    else:
        _add(ask, "capacity.reduced", f"{ask.change}, and {who} never said how much it needs.", ask.evidence)


def _judge_written(ask: _Ask) -> None:
    """What may be written against what this consumer says it can take."""
    who = ask.who
    if ask.before is not None and ask.after < ask.before:
        _add(ask, "capacity.touched", f"{ask.change}: less than {who} has agreed to take.", ask.evidence)
        return
    limits = amounts_in(ask.agreement.consumer_entries, ask.measure)
    limit = min(limits.known, default=None)
    if limit is not None and ask.after > limit:
        evidence = {**ask.evidence, "limit": shown(limit)}
        _add(ask, "capacity.above-limit", f"{ask.change}; {who} takes up to {shown(limit)}.", evidence)
    elif limits.unread:
        _leave(ask, f"What {who} says that it can take of {ask.key} is no amount.")
    elif limit is not None:
        evidence = {**ask.evidence, "limit": shown(limit)}
        _settle(ask, f"not more than the {shown(limit)} that {who} can take.", evidence)
    elif ask.before is None:
        _leave(ask, f"Neither how much of {ask.key} {who} can take nor how much there may be today has been declared.")
    else:
        _add(ask, "capacity.larger", f"{ask.change}, and {who} never said how much it can take.", ask.evidence)


def _settle(ask: _Ask, says: str, evidence: JsonObject) -> None:
    """Every declared need is met: LOW where something agreed changes, else a note."""
    if ask.before is None:
        ask.findings.note(f"{ask.change}: {says}")
    else:
        _add(ask, "capacity.touched", f"{ask.change}: {says}", evidence)


def _leave(ask: _Ask, reason: str) -> None:
    ask.findings.undecided(ask.agreement, reason)


def _add(ask: _Ask, rule_id: str, description: str, evidence: JsonObject, proposal: str = "") -> None:
    text = description[:1].upper() + description[1:]
    ask.findings.conflict(ask.agreement, rule_id, text, evidence, with_proposal=proposal)


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

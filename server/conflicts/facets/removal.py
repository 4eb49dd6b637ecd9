"""The removal facet: a resource that will no longer be written, or a dependency that will no longer be read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from server.conflicts.agreements import Agreement, agreements_on
from server.conflicts.facets.downstream import FurtherDown, further_down, told_further
from server.conflicts.plans import Party, Recorded, Situation, retire_after_readers, situation_of_all
from server.conflicts.question import Answer, Question
from server.conflicts.rulebook import rule_named
from server.model.base import JsonObject
from server.model.check import Conflict, ConflictType, Resolution, Undecided
from server.model.contract import schema_hash
from server.registry.resources import takes_in

MOST_FURTHER_DOWN = 50
"""Systems further down that get a conflict of their own, the nearest first; the rest are counted."""


def judge_removal(question: Question) -> Answer:
    """Everyone who reads a resource that goes is in conflict, and so is everyone who depends on them (REG-6)."""
    answer = Answer()
    if question.written_by_others:  # said by the judge: what the source does not write, it can't stop writing
        return answer
    registry, me = question.registry, question.source.id
    others = _others(question)
    everyone = agreements_on(registry, me, question.name)
    plans = _plans(question, everyone) if everyone else {}
    for agreement in question.agreements:
        tier = question.tier_with(agreement.tier)
        answer.bases.append((tier, agreement.basis))
        conflict = _removal(question, agreement, others, plans[agreement.consumer])
        answer.conflicts.append((tier, conflict))
    if question.agreements:
        below, more = further_down(registry, me, everyone, MOST_FURTHER_DOWN)
        for one in below:
            answer.conflicts.append((question.tier_with(one.tier), _further(question, one, plans[one.path[1]])))
        if more:
            answer.notes.append(f"{more} more systems depend on those that would be affected; trace_impact lists them.")
    unknown = question.unknown_readers("removal")
    if unknown is not None:
        answer.undecided.append((question.source.system.tier, unknown))
    elif not question.agreements:
        answer.notes.append(f"Nobody reads {question.resource}: its removal affects no contract.")
    return answer


def judge_dependency_removal(question: Question) -> Answer:
    """What happens when the source stops reading what another system writes."""
    answer = Answer()
    producer, me = question.change.removes_dependency, question.source.id
    if producer not in question.registry.dependencies(me):
        answer.notes.append(f"{me} does not depend on {producer}: there is nothing to remove.")
        return answer
    _judge_relying(question, producer, answer)
    _judge_ended_contracts(question, producer, answer)
    _judge_consumers_of_source(question, producer, answer)
    return answer


def _plans(question: Question, everyone: Sequence[Agreement]) -> dict[str, Resolution]:
    """The plan of each reader, by its id. Where they are few it is one and the same: it spells out what each of them does."""
    of_all = situation_of_all(question, everyone, question.source.id)
    plans: dict[tuple[Party, ...], Resolution] = {}
    found = {}
    for one in everyone:
        seen = replace(of_all, consumer=one.consumer)
        named = seen.named
        if named not in plans:
            plans[named] = retire_after_readers(seen, what=question.resource)
        found[one.consumer] = plans[named]
    return found


@dataclass(frozen=True)
class _Others:
    """Who else writes what goes; by id."""

    all_of_it: Mapping[str, str]
    """With what each writes: the very resource, or a folder or glob that takes it in."""
    a_part: Sequence[str]


def _others(question: Question) -> _Others:
    registry, name = question.registry, question.name
    whole: dict[str, str] = {}
    part = []
    for writer, outputs in sorted(registry.writers_of(name).items()):
        if writer == question.source.id:
            continue
        written = {registry.systems[writer].canonical_of(output.resource): output.resource for output in outputs}
        # the very resource before a folder that takes it in
        wide = sorted((one for one in written if takes_in(one, name)), key=lambda one: (one != name, one))
        if wide:
            whole[writer] = "it" if wide[0] == name else f"to {written[wide[0]]}, which takes it in"
        else:
            part.append(writer)
    return _Others(whole, part)


def _removal(question: Question, agreement: Agreement, others: _Others, plan: Resolution) -> Conflict:
    rule = rule_named("removal.required" if agreement.required else "removal.optional")
    still = " Nobody else writes it."
    evidence: JsonObject = {}
    if others.all_of_it:
        rule, evidence = rule_named("removal.still-written"), {"still_written_by": list(others.all_of_it)}
        said = "; ".join(f"{writer} would still write {what}" for writer, what in list(others.all_of_it.items())[:5])
        more = len(others.all_of_it) - 5
        still = (
            f" {said}{f'; and {more} more systems would' if more > 0 else ''}: it gets only what is written there then."
        )
    elif others.a_part:
        still = f" {', '.join(others.a_part[:5])} would still write a part of it."
    chain = told_further(question.registry, question.source.id, agreement.consumer)
    need = "needs" if agreement.required else "reads"
    return Conflict(
        type=ConflictType.DEPENDENCY_REMOVAL,
        affected_contract=agreement.contract_id,
        affected_system=agreement.consumer,
        description=(
            f"{question.source.id} would no longer write {question.resource}, which {agreement.consumer} {need}.{still}{chain}"
        ),
        severity=rule.severity,
        severity_base=rule.severity,
        rule=rule.id,
        basis=agreement.basis,
        evidence=evidence,
        proposed_resolution=plan,
    )


def _further(question: Question, one: FurtherDown, plan: Resolution) -> Conflict:
    """The conflict with a system that is reached through others; its way out is that of the reader through which it is."""
    rule = rule_named("removal.downstream" if one.required else "removal.downstream-optional")
    way = " to ".join(one.path)
    effect = "may get worse or less" if one.required else "may get less, where one on the way does without"
    return Conflict(
        type=ConflictType.DEPENDENCY_REMOVAL,
        affected_contract=one.contract_id,
        affected_system=one.system_id,
        description=(
            f"{question.source.id} would no longer write {question.resource}, on which {one.system_id} depends through others "
            f"({way}): what it gets from {one.path[-2]} {effect}."
        ),
        severity=rule.severity,
        severity_base=rule.severity,
        rule=rule.id,
        evidence={"path": list(one.path)},
        proposed_resolution=plan,
    )


def _judge_relying(question: Question, producer: str, answer: Answer) -> None:
    """Consumers of the source that depend on the producer too, and have no other way to it."""
    registry, me = question.registry, question.source.id
    for consumer in registry.dependents(me):
        stored = registry.live(consumer)
        if stored is None or producer not in map(registry.known_as, stored.system.dependencies):
            continue
        direct = any(
            link.producer == producer and link.stated in ("reads_from", "contract")
            for link in registry.producers(consumer)
        )
        if direct:
            continue
        tier = question.tier_with(stored.system.tier)
        rule = rule_named("dependency.relied-upon")
        plan = Situation(me, consumer, f"what comes from {producer}", "", tier)
        conflict = Conflict(
            type=ConflictType.DEPENDENCY_REMOVAL,
            affected_contract="",
            affected_system=consumer,
            description=(
                f"{consumer} declares that it depends on {producer}, and only {me} reads it on its behalf; "
                f"{me} would no longer do so."
            ),
            severity=rule.severity,
            severity_base=rule.severity,
            rule=rule.id,
            proposed_resolution=retire_after_readers(plan, what=f"what comes from {producer}"),
        )
        answer.conflicts.append((tier, conflict))


def _judge_ended_contracts(question: Question, producer: str, answer: Answer) -> None:
    """The producer's contracts with the source lose their consumer: LOW, for the record."""
    stored = question.registry.live(producer)
    if stored is None:
        return
    names = {stored.canonical_of(output.resource) for output in stored.system.writes_to}
    for name in sorted(names):
        for agreement in agreements_on(question.registry, producer, name):
            if agreement.consumer != question.source.id or not agreement.contract_id:
                continue
            rule, tier = rule_named("dependency.ended"), question.tier_with(stored.system.tier)
            recorded = tuple(
                Recorded(entry.contract_id, schema_hash(entry.terms) if entry.terms else "")
                for entry in agreement.producer_entries
                if entry.contract_id == agreement.contract_id
            )
            plan = Situation(producer, question.source.id, name, "", tier, contracts=recorded)
            conflict = Conflict(
                type=ConflictType.DEPENDENCY_REMOVAL,
                affected_contract=agreement.contract_id,
                affected_system=producer,
                description=f"{question.source.id} would stop reading from {producer}, so {agreement.contract_id} would end.",
                severity=rule.severity,
                severity_base=rule.severity,
                rule=rule.id,
                basis=agreement.basis,
                proposed_resolution=retire_after_readers(plan, what=f"contract {agreement.contract_id}"),
            )
            answer.conflicts.append((tier, conflict))


def _judge_consumers_of_source(question: Question, producer: str, answer: Answer) -> None:
    """What the source writes may change with its inputs; nothing here can tell, so its readers have to be asked."""
    registry, me = question.registry, question.source.id
    named = {conflict.affected_system for _, conflict in answer.conflicts}
    for consumer in registry.dependents(me):
        stored = registry.live(consumer)
        if stored is None or consumer in named or consumer == producer:
            continue
        item = Undecided(
            facet="removal",
            resource="",
            affected_system=consumer,
            reason=(
                f"{consumer} reads what {me} writes; whether that changes when {me} no longer reads from {producer} "
                "can't be told. Send the new schema or samples of what it will write."
                + told_further(registry, me, consumer)
            ),
        )
        answer.undecided.append((question.tier_with(stored.system.tier), item))
    unknown = [
        output.resource
        for output in question.source.system.writes_to
        if output.consumers_unknown and not registry.consumers_of_output(me, output)
    ]
    if unknown:
        reason = f"Who reads {', '.join(unknown[:5])} is not known (consumers_unknown), nor whether it changes with its inputs."
        answer.undecided.append(
            (question.source.system.tier, Undecided(facet="removal", resource=unknown[0], reason=reason))
        )

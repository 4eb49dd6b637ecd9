"""The mirror case: a consumer changes what it accepts, and every present writer has to satisfy it."""

from server.conflicts.agreements import agreements_on, aligned, readers_in
from server.conflicts.plans import Recorded, Situation, party_of, writer_first
from server.conflicts.projection import of_each_item, project
from server.conflicts.question import Answer, Question
from server.conflicts.rulebook import rule_named
from server.conflicts.schemas import Schema, Stated, closed, only_required, opened, read_terms
from server.model.check import Conflict, ConflictType, Resolution, Undecided
from server.model.contract import Basis, ContractType, schema_hash
from server.model.tier import Severity


def judge_reader(question: Question) -> Answer:
    """What each writer of the resource may write, against what the source will accept from now on."""
    answer = Answer()
    registry, me = question.registry, question.source.id
    writers = [writer for writer in registry.writers_of(question.name) if writer != me]
    if not writers:
        answer.notes.append(f"No registered system writes {question.resource}: no contract is affected.")
    for writer in writers:
        tier = question.tier_with(registry.systems[writer].system.tier)
        written = _written_by(question, writer)
        if not written:
            reason = f"{writer} has not declared what it writes to {question.resource}."
            answer.undecided.append(
                (tier, Undecided(facet="reader", resource=question.resource, affected_system=writer, reason=reason))
            )
            continue
        for stated, basis in written:
            answer.bases.append((tier, basis))
            if _judge_writer(question, writer, stated, basis, answer):
                break
        else:
            answer.notes.append(
                f"Proved safe: every document that {writer} may write to {question.resource} will still be accepted."
            )
    return answer


def _written_by(question: Question, writer: str) -> list[tuple[Stated, Basis]]:
    """Every schema that the writer's contracts state for what the source reads of it, and on what each rests."""
    registry = question.registry
    return [
        (stated, contract.basis)
        for holder, contract in registry.contracts_on(question.name)
        if holder.id == writer
        and contract.type is ContractType.PRODUCER
        and registry.known_as(contract.counterparty) in ("", question.source.id)
        and (stated := read_terms(contract.terms)) is not None
    ]


def _judge_writer(question: Question, writer: str, written: Stated, basis: Basis, answer: Answer) -> bool:
    """Whether there is anything to say against what the writer may write; it is added to the answer."""
    stored = question.registry.systems[writer]
    tier = question.tier_with(stored.system.tier)
    full, musts = _accepted(question, written)
    for accepted, in_musts in ((musts, True), (full, False)):
        writes, reads = aligned(written.schema, written.of_items, accepted, written.of_items)
        decision = question.engine.decide(writes, reads)
        if decision.verdict == "SAFE":
            continue
        if decision.verdict == "UNKNOWN":
            item = Undecided(
                facet="reader",
                resource=question.resource,
                affected_system=writer,
                reason=decision.reason,
                path=decision.path,
            )
            answer.undecided.append((tier, item))
            return True
        rule = rule_named("reader.writer-excluded")
        severity = rule.severity if in_musts and _needed(question) else Severity.HIGH
        conflict = Conflict(
            type=ConflictType.SCHEMA_BREAK,
            affected_contract=next((a.contract_id for a in question.agreements), ""),
            affected_system=writer,
            description=(
                f"{question.source.id} would no longer accept a document that {writer} may write to {question.resource} today: "
                f"see the witness. {rule.says}"
            ),
            severity=severity,
            severity_base=severity,
            rule=rule.id,
            path=decision.path,
            witness=decision.witness,
            has_witness=True,
            basis=basis,
            proposed_resolution=_plan(question, writer, written),
        )
        answer.conflicts.append((tier, conflict))
        return True
    return False


def _plan(question: Question, writer: str, written: Stated) -> Resolution:
    """The writer first; what it promises then is within what it may write today, so it is proved if that is accepted now."""
    registry, me = question.registry, question.source.id
    agreement = next((one for one in agreements_on(registry, writer, question.name) if one.consumer == me), None)
    accepted = readers_in(agreement, written) if agreement is not None else []
    today = [aligned(written.schema, written.of_items, reader.full, reader.of_items) for reader in accepted]
    proved = bool(today) and all(question.engine.proves(writes, reads) for writes, reads in today)
    stated = [
        contract
        for holder, contract in registry.contracts_on(question.name)
        if holder.id == writer and contract.type is ContractType.PRODUCER and contract.terms
    ]
    outputs = registry.writers_of(question.name).get(writer, [])
    situation = Situation(
        writer=writer,
        consumer=me,
        resource=outputs[0].resource if outputs else question.resource,
        schema_version=question.schema_version,
        tier=question.tier_with(registry.systems[writer].system.tier),
        contracts=tuple(Recorded(contract.contract_id, schema_hash(contract.terms)) for contract in stated),
        schema_hash=schema_hash(stated[0].terms) if stated else "",
        parties=(party_of(registry, me, agreement, schema_hash(stated[0].terms) if stated else ""),),
    )
    proof = f"Proved: {me} as it is recorded accepts all that {writer} promises today, so also the narrower promise."
    return writer_first(situation, proof=proof if proved else "")


def _needed(question: Question) -> bool:
    """Whether the source fails without the resource; yes where it does not say (CON-13)."""
    inputs = question.registry.readers_of(question.name).get(question.source.id, [])
    return not inputs or any(access.required for access in inputs)


def _strict(question: Question) -> bool:
    """Whether the source says that it rejects fields that it does not know."""
    entries = question.registry.contracts_on(question.name)
    return any(c.strict for holder, c in entries if holder.id == question.source.id and c.type is ContractType.CONSUMER)


def _accepted(question: Question, written: Stated) -> tuple[Schema, Schema]:
    """What the source will accept: (everything it reads, what it fails without)."""
    change = question.change
    if change.reader_schema is not None:
        full = closed(change.reader_schema) if _strict(question) else change.reader_schema
        return full, only_required(full)
    reads = of_each_item(change.reads or ()) if written.of_items else change.reads or ()
    base = opened(written.schema)
    return project(base, reads), project(base, [read for read in reads if read.required])

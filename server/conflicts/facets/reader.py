"""The mirror case: a consumer changes what it accepts, and every present writer has to satisfy it."""

from server.conflicts.agreements import aligned
from server.conflicts.plan import Situation, writer_first
from server.conflicts.projection import project
from server.conflicts.question import Answer, Question
from server.conflicts.schemas import Schema, Stated, only_required, opened, read_terms
from server.conflicts.severity import rule_named
from server.model.check import Conflict, ConflictType, Undecided
from server.model.contract import ContractType
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
        if written is None:
            reason = f"{writer} has not declared what it writes to {question.resource}."
            answer.undecided.append(
                (tier, Undecided(facet="reader", resource=question.resource, affected_system=writer, reason=reason))
            )
            continue
        _judge_writer(question, writer, written, answer)
    return answer


def _written_by(question: Question, writer: str) -> Stated | None:
    for holder, contract in question.registry.contracts_on(question.name):
        if (
            holder.id == writer
            and contract.type is ContractType.PRODUCER
            and contract.counterparty in ("", question.source.id)
        ):
            stated = read_terms(contract.terms)
            if stated is not None:
                return stated
    return question.written if question.written is not None and question.written.fields is None else None


def _judge_writer(question: Question, writer: str, written: Stated, answer: Answer) -> None:
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
            return
        rule = rule_named("reader.writer-excluded")
        severity = rule.severity if in_musts else Severity.HIGH
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
            proposed_resolution=writer_first(
                Situation(writer, question.source.id, True, question.resource, question.schema_version, tier)
            ),
        )
        answer.conflicts.append((tier, conflict))
        return
    answer.notes.append(
        f"Proved safe: every document that {writer} may write to {question.resource} will still be accepted."
    )


def _accepted(question: Question, written: Stated) -> tuple[Schema, Schema]:
    """What the source will accept: (everything it reads, what it fails without)."""
    change = question.change
    if change.reader_schema is not None:
        return change.reader_schema, only_required(change.reader_schema)
    reads = change.reads or ()
    base = opened(written.schema)
    return project(base, reads), project(base, [read for read in reads if read.required])

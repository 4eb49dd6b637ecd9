"""The schema facet: what the source will write, against everyone who reads it (conflict rule 1, CON-12, CON-13)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from server.conflicts.agreements import Agreement, Reader, aligned, readers_in, whole
from server.conflicts.changes import changes_schema, schema_after_all
from server.conflicts.facets.broken import Broken, plans_for
from server.conflicts.facets.downstream import told_further
from server.conflicts.facets.said import said_otherwise
from server.conflicts.question import Answer, Break, Question
from server.conflicts.rulebook import rule_named
from server.conflicts.schemas import Schema, of_any_value, opened
from server.conflicts.severity import schema_rule
from server.model.base import Json
from server.model.change import Change
from server.model.check import Conflict, ConflictType, Resolution, Undecided
from server.model.contract import Basis
from server.model.tier import Severity


def judge_schemas(questions: Sequence[Question]) -> Answer:
    """What one change of a schema does to each reader, whichever contract it holds to; one plan for all that break."""
    answer = Answer()
    broken = [one for question in questions for one in _judge_question(question, answer)]
    for one, plan in zip(broken, plans_for(broken), strict=True):
        tier = one.question.tier_with(one.agreement.tier)
        answer.conflicts.append((tier, _conflict(one, plan)))
    return answer


def _judge_question(question: Question, answer: Answer) -> list[Broken]:
    after = schema_after_all((*question.earlier, question.change), question.terms)
    of_items = question.of_items
    if of_items and isinstance(after, dict) and after.get("type") == "array":
        of_items = False
        answer.notes.append(
            f"The contract on {question.resource} describes the items of an array; the new schema was read as the whole array's."
        )
    compared, undecided = len(answer.inputs), len(answer.undecided)
    broken = [
        one
        for agreement in question.agreements
        for one in _judge_agreement(question, agreement, after, of_items, answer)
    ]
    nothing_fits = after is not None and _nothing_fits(question, after, answer.inputs[compared:])
    if nothing_fits is not False:
        reason = f"No document fits the new schema of {question.resource}, so nothing could be written; removes = true says that."
        if nothing_fits is None:
            reason = f"Not decided: whether any document fits the new schema of {question.resource}. Check fewer changes at once."
        item = Undecided(facet="schema", resource=question.resource, reason=reason)
        answer.undecided.insert(undecided, (question.source.system.tier, item))
    if not question.agreements or question.consumers_unknown:
        _judge_unread(question, after, of_items, answer)
    return broken


def _nothing_fits(question: Question, after: Schema, compared: Sequence[Mapping[str, Any]]) -> bool | None:
    """Whether the new schema is proved to accept no document: all readers accept nothing, and get nothing.

    Where a reader breaks, the witness is a document that fits. None where the check has no work left to look into it.
    """
    if any(pair["decision"] == "BREAKS" and pair["writer_schema"] is after for pair in compared):
        return False
    return question.engine.accepts_nothing(after)


def _judge_agreement(
    question: Question, agreement: Agreement, after: Schema | None, of_items: bool, answer: Answer
) -> Iterator[Broken]:
    tier = question.tier_with(agreement.tier)
    readers = readers_in(agreement, question.written)
    if not readers:
        reason = f"Nobody has declared what {agreement.consumer} reads from {question.resource}, nor what its present schema is."
        answer.undecided.append((tier, _undecided(question, agreement, agreement.contract_id, reason)))
    for reader in readers:
        answer.bases.append((tier, max(reader.basis, agreement.basis, key=list(Basis).index)))
        answer.notes += [note for note in reader.notes if note not in answer.notes]
        found = _judge_reader(question, agreement, reader, after, of_items, answer)
        if found is not None:
            in_musts, witnessed = found
            yield Broken(question, agreement, reader, in_musts, witnessed, after, of_items)


def _judge_reader(
    question: Question, agreement: Agreement, reader: Reader, after: Schema | None, of_items: bool, answer: Answer
) -> tuple[bool, Break] | None:
    """The break, and whether it lies in what the reader fails without; what is open or safe is added to the answer."""
    tier = question.tier_with(agreement.tier)
    open_item: Undecided | None = None
    found: Break | None = None
    # what accepts everything that is read accepts what is needed: then there is nothing to search
    plain = after is not None and question.engine.plainly_inside(
        *aligned(after, of_items, reader.full, reader.of_items)
    )
    for in_musts, accepted in ((True, reader.musts), (False, reader.full)):
        found = _broken_sample(question, reader, accepted)
        if found is not None:
            break
        if after is None or (plain and in_musts):
            continue
        writes, reads = aligned(after, of_items, accepted, reader.of_items)
        if plain:
            answer.inputs.append(_input(question, agreement, reader, writes, reads, "SAFE"))
            continue
        decision = question.engine.decide(writes, reads)
        if decision.verdict == "BREAKS":
            keyword = decision.keyword
            if keyword == "enum" and question.engine.rejects(of_any_value(reads), decision.witness) is not None:
                keyword = "type"  # not a new value among the old ones, but something else
            found = Break(decision.witness, decision.path, keyword, decision.reason)
        elif decision.verdict != "SAFE":
            open_item = _undecided(question, agreement, reader.contract_id, decision.reason, decision.path)
        else:
            open_item = None  # of all that is read, so also of what is needed
        if decision.verdict != "SAFE" or not in_musts:
            answer.inputs.append(_input(question, agreement, reader, writes, reads, decision.verdict))
        if found is not None:
            break
    else:
        if open_item is None and (reason := _left_open(question, agreement, reader, after, of_items)):
            open_item = _undecided(question, agreement, reader.contract_id, reason)
        if open_item is None:
            answer.notes.append(
                f"Proved safe for {agreement.consumer}: it accepts every document that may now be written to {question.resource}."
            )
    if open_item is not None:
        answer.undecided.append((tier, open_item))
    return None if found is None else (in_musts, found)


def _left_open(question: Question, agreement: Agreement, reader: Reader, after: Schema | None, of_items: bool) -> str:
    """Why nothing is proved of this reader, although no document breaks it; empty where its safety is proved."""
    if after is None:
        return "Samples can prove a break, never safety; send new_schema or a patch to have it decided."
    if reader.never_there:
        return (
            f"{agreement.consumer} says that it reads {', '.join(reader.never_there[:5])}, which no document of the present "
            "schema can have: a proof about it would be worth nothing. Let it say again what it reads."
        )
    return _said_otherwise(question, reader, after, of_items)


def _said_otherwise(question: Question, reader: Reader, after: Schema, of_items: bool) -> str:
    """What the writer comes to say otherwise of values that the reader reads; empty for nothing."""
    written = question.written
    before = None if written is None else whole(written.schema, written.of_items)
    return said_otherwise(before, whole(after, of_items), whole(reader.full, reader.of_items))


def _broken_sample(question: Question, reader: Reader, accepted: Schema) -> Break | None:
    """The first sample that the reader rejects; where items are meant, an array is the whole document all the same."""
    for sample in question.change.samples_after:
        item = question.of_items and not isinstance(sample, list)
        _, reads = aligned(True, item, accepted, reader.of_items)
        document = [sample] if item and not reader.of_items else sample
        found = question.engine.rejects(reads, document)
        if found is not None:
            return found
    return None


def _judge_unread(question: Question, after: Schema | None, of_items: bool, answer: Answer) -> None:
    """Nobody else is known to read it: safe where the new schema stays inside the present one, else nobody can say."""
    unknown = question.unknown_readers("schema")
    if unknown is None:
        answer.notes.append(f"Nobody reads {question.resource}: no contract is affected.")
        return
    tier = question.source.system.tier
    if question.consumers_unknown and after is not None and question.written is not None:
        decision = question.engine.decide(
            *aligned(after, of_items, opened(question.written.schema), question.written.of_items)
        )
        if decision.verdict == "SAFE":
            answer.bases += [(tier, basis) for basis in question.bases_of_terms]
            answer.notes.append(
                f"Who reads {question.resource} is not known, but every document that may now be written fits its present schema."
            )
            return
    answer.undecided.append((tier, unknown))


def _conflict(broken: Broken, plan: Resolution) -> Conflict:
    question, agreement, reader, found = broken.question, broken.agreement, broken.reader, broken.found
    rule = schema_rule(declared=reader.declared, in_musts=broken.in_musts, keyword=found.keyword)
    severity = rule.severity
    if not agreement.required and severity is Severity.CRITICAL:  # a reader's `required: false` makes it HIGH at most
        rule = rule_named("schema.optional-read")
        severity = rule.severity
    place = f"at {found.path}" if found.path else "as a whole"
    critical = severity is Severity.CRITICAL
    chain = told_further(question.registry, question.source.id, agreement.consumer) if critical else ""
    return Conflict(
        type=ConflictType.SCHEMA_BREAK,
        affected_contract=reader.contract_id or agreement.contract_id,
        affected_system=agreement.consumer,
        description=(
            f"{question.source.id} may then write to {question.resource} a document (the witness) that "
            f"{agreement.consumer} rejects {place}. {found.reason}.{chain}"
        ),
        severity=severity,
        severity_base=severity,
        rule=rule.id,
        path=found.path,
        witness=found.witness,
        has_witness=True,
        basis=max(reader.basis, agreement.basis, key=list(Basis).index),
        proposed_resolution=plan,
    )


def _undecided(question: Question, agreement: Agreement, contract_id: str, reason: str, path: str = "") -> Undecided:
    return Undecided(
        facet="schema",
        resource=question.resource,
        affected_contract=contract_id,
        affected_system=agreement.consumer,
        reason=reason,
        path=path,
    )


def _input(
    question: Question, agreement: Agreement, reader: Reader, writes: Schema, reads: Schema, verdict: str
) -> dict[str, Json]:
    hash_of = question.engine.hash_of
    return {
        "consumer": agreement.consumer,
        "contract_id": reader.contract_id,
        "writer_schema": writes,
        "reader_schema": reads,
        "hashes": [hash_of(writes), hash_of(reads)],
        "decision": verdict,
    }


def concerns_schema(change: Change) -> bool:
    """Whether the change says anything about the documents that will be written."""
    return changes_schema(change) or bool(change.samples_after)

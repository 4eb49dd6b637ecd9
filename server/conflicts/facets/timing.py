"""The timing facet: when the source will write, against when everyone who reads it runs and what each needs (CON-1)."""

from datetime import datetime

from server.conflicts.agreements import Agreement
from server.conflicts.facets.timing_needs import Needs, needs_in, present_rhythm, rhythm_after
from server.conflicts.facets.timing_plan import shift_schedules
from server.conflicts.facets.timing_rules import Case, Outcome, Shown, outcome_of
from server.conflicts.facets.timing_words import evidence_of, lasting, rhythm_document, told, witness_of
from server.conflicts.question import Answer, Question
from server.conflicts.rulebook import rule_named
from server.conflicts.schedules.ages import Fixed
from server.conflicts.schedules.courses import DAYS, courses
from server.conflicts.schedules.deadline import Deadline, read_deadline
from server.model.check import Conflict, ConflictType, Undecided
from server.registry.rhythm import Rhythm, Unreadable


def judge_timing(question: Question) -> Answer:
    """What the new times do to each reader of the resource."""
    answer = Answer()
    change = question.change.timing
    if change is None or question.written_by_others:  # the judge says that others write it
        return answer
    present = question.source.system.timing
    before, unknown = _present(question)
    try:
        after = rhythm_after(present, change)
        if after is None:
            unknown = "neither the change nor the registration says when it will be written"
    except Unreadable as error:
        after, unknown = None, error.reason
    if after is not None and before == after:
        answer.notes.append(f"{question.resource} will be written when it is written today: {after.in_words()}.")
        return answer
    for agreement in question.agreements:
        answer.bases.append((question.tier_with(agreement.tier), agreement.basis))
        if after is None:
            _leave_open(question, agreement, [unknown], answer)
        else:
            _judge_agreement(question, agreement, before, after, unknown, answer)
    _judge_unknown_readers(question, before, after, answer)
    return answer


def _present(question: Question) -> tuple[Rhythm | None, str]:
    """When the source writes today; else why that is not known."""
    timing = question.source.system.timing
    try:
        rhythm = present_rhythm(question.source)
    except Unreadable as error:
        return None, f"the registered timing of {question.source.id} can't be read ({error.reason})"
    if rhythm is None and timing is not None and not timing.enabled:
        return None, f"{question.source.id} is switched off today"
    return rhythm, ""


def _judge_agreement(
    question: Question, agreement: Agreement, before: Rhythm | None, after: Rhythm, unknown: str, answer: Answer
) -> None:
    consumer = question.registry.live(agreement.consumer)
    if consumer is not None and consumer.system.timing is not None and not consumer.system.timing.enabled:
        answer.notes.append(f"{agreement.consumer} is switched off: it does not read {question.resource}.")
        return
    needs = needs_in(agreement)
    try:
        reader = present_rhythm(consumer)
        ways = courses(before, after, reader, question.circumstances.now)
    except Unreadable as error:
        _leave_open(question, agreement, [error.reason], answer)
        return
    deadlines, unread = _deadlines(needs, reader, after)
    case = Case(before, after, reader, needs, deadlines, ways)
    outcome = outcome_of(case)
    outcome.open += unread
    answer.inputs.append(_input(question, agreement, case))
    if outcome.shown:
        tier = question.tier_with(agreement.tier)
        answer.conflicts.append((tier, _conflict(question, agreement, case, outcome)))
    if outcome.open:
        _leave_open(question, agreement, [*outcome.open, *([unknown] if unknown else [])], answer)
    if not outcome.shown and not outcome.open:
        answer.notes.append(
            f"Nothing gets worse for {agreement.consumer}: {outcome.already}."
            if outcome.already
            else _proved(question, agreement, case)
        )
        answer.notes += [f"{agreement.consumer}: {note}." for note in outcome.notes]


def _deadlines(needs: Needs, reader: Rhythm | None, after: Rhythm) -> tuple[tuple[Deadline, ...], list[str]]:
    """By when it is needed, in the reader's zone where none is written, else the writer's; and what can't be read."""
    zone = (reader.timezone if reader is not None else "") or after.timezone
    read, unread = [], []
    for needed in needs.by:
        try:
            read.append(read_deadline(needed.text, zone))
        except Unreadable as error:
            unread.append(error.reason.removesuffix("."))
    return tuple(read), unread


def _conflict(question: Question, agreement: Agreement, case: Case, outcome: Outcome) -> Conflict:
    shown = outcome.shown[0]
    rule = rule_named(shown.rule)
    others = [other.rule for other in outcome.shown[1:]]
    return Conflict(
        type=ConflictType.TIMING_CHANGE,
        affected_contract=_contract_of(case, shown) or agreement.contract_id,
        affected_system=agreement.consumer,
        description=told(case, shown, question.source.id, agreement.consumer, question.resource),
        severity=rule.severity,
        severity_base=rule.severity,
        rule=rule.id,
        witness=witness_of(case, shown),
        has_witness=True,
        basis=agreement.basis,
        evidence=evidence_of(case, shown, others),
        proposed_resolution=shift_schedules(
            case,
            shown,
            writer=question.source.id,
            consumer=agreement.consumer,
            resource=question.resource,
            tier=question.tier_with(agreement.tier),
        ),
    )


def _contract_of(case: Case, shown: Shown) -> str:
    """The entry whose term is not met."""
    if shown.age is not None:
        return shown.age.contract_id
    return case.needs.by[0].contract_id if shown.deadline is not None else ""


def _leave_open(question: Question, agreement: Agreement, reasons: list[str], answer: Answer) -> None:
    said = "; ".join(dict.fromkeys(reason.removesuffix(".") for reason in reasons))
    item = Undecided(
        facet="timing",
        resource=question.resource,
        affected_contract=agreement.contract_id,
        affected_system=agreement.consumer,
        reason=f"Whether the new times still meet what {agreement.consumer} needs is not decided: {said}.",
    )
    answer.undecided.append((question.tier_with(agreement.tier), item))


def _judge_unknown_readers(question: Question, before: Rhythm | None, after: Rhythm | None, answer: Answer) -> None:
    """Nobody whom nobody knows is worse off where it is still written at all the old moments."""
    tier = question.source.system.tier
    unknown = question.unknown_readers("timing")
    if unknown is None:
        if not question.agreements:
            answer.notes.append(f"Nobody reads {question.resource}: its timing affects no contract.")
        return
    if before is not None and after is not None and _only_more_often(before, after, question.circumstances.now):
        answer.bases += [(tier, basis) for basis in question.bases_of_terms]
        answer.notes.append(
            f"Who reads {question.resource} is not known, but it is still written at every moment at which it is written today."
        )
        return
    answer.undecided.append((tier, unknown))


def _only_more_often(before: Rhythm, after: Rhythm, now: datetime) -> bool:
    if after.jitter > before.jitter:
        return False
    if not before.schedule and not after.schedule:
        return after.interval + after.delay <= before.interval + before.delay and after.duration <= before.duration
    try:
        ways = courses(before, after, None, now)
    except Unreadable:
        return False
    return all(
        isinstance(way.before, Fixed)
        and isinstance(way.after, Fixed)
        and way.after.finished.covers(way.before.finished, way.window.first_day, way.window.end_day)
        for way in ways
    )


def _proved(question: Question, agreement: Agreement, case: Case) -> str:
    def oldest(ages: list[int]) -> str:
        return lasting(max(ages, default=0))

    after = [found.age for way in case.courses if (found := way.after.over(way.readings, way.window, None).worst)]
    before = [
        found.age
        for way in case.courses
        if way.before is not None and (found := way.before.over(way.readings, way.window, None).worst)
    ]
    compared = f", {oldest(before)} so far" if before else ""
    return (
        f"Proved safe for {agreement.consumer} over {DAYS} days: with {question.resource} written {case.after.in_words()}, what "
        f"it finds is at most {oldest(after)} old{compared}."
    )


def _input(question: Question, agreement: Agreement, case: Case) -> dict[str, object]:
    needs = case.needs
    return {
        "facet": "timing",
        "consumer": agreement.consumer,
        "contract_id": agreement.contract_id,
        "before": rhythm_document(case.before),
        "after": rhythm_document(case.after),
        "reader": rhythm_document(case.reader),
        "max_age_seconds": None if needs.age is None else needs.age.seconds,
        "needs_by": [deadline.in_words() for deadline in case.deadlines],
        "from": case.courses[0].window.start,
    }

"""What samples of before and after show beyond their schema: shifts that a person has to look at, never a conflict."""

from server.conflicts.facets.coverage import Reading, place_of, reading_of
from server.conflicts.facets.shifts import shifts_between
from server.conflicts.question import Answer, Question
from server.model.check import Undecided

_SHOWN = 10
"""Shifts that are told one by one for each reader."""


def judge_samples(question: Question) -> Answer:
    """An undecided item for each shift and each reader of its place; nothing where either side has no samples."""
    answer = Answer()
    change = question.change
    shifts = shifts_between(change.samples_before, change.samples_after) if change.samples_before else []
    for agreement in question.agreements if shifts else ():
        tier = question.tier_with(agreement.tier)
        read = [shift for shift in shifts if reading_of(agreement, place_of(shift.path)) is not Reading.NOT_READ]
        more = f" {len(read) - _SHOWN} more places shifted as well." if len(read) > _SHOWN else ""
        for shift in read[:_SHOWN]:
            item = Undecided(
                facet="semantics",
                resource=question.resource,
                affected_contract=agreement.contract_id,
                affected_system=agreement.consumer,
                reason=(
                    f"At {shift.path or 'the whole document'} of {question.resource}, {shift.says}: the values may mean something "
                    f"else from now on. Say in semantics what they mean.{more}"
                ),
                path=shift.path,
            )
            answer.undecided.append((tier, item))
    unknown = question.unknown_readers("semantics")
    if shifts and unknown is not None:
        answer.undecided.append((question.source.system.tier, unknown))
    return answer

"""Facets that nothing here can decide yet: everyone concerned is listed for review, and never passed as CLEAR (CON-10)."""

from server.conflicts.question import Answer, Question
from server.model.check import Undecided

REASONS = {
    "timing": "Whether the new timing still meets this reader's needs is not decided by the server.",
    "format": "Whether this reader can read the new format is not decided by the server.",
    "semantics": "Whether this reader relies on the present meaning is not decided by the server.",
    "description": "The change is told in words only, and words never decide whether a reader is safe.",
    "capacity": "Whether the new capacity still meets this reader's needs is not decided by the server.",
}
"""Facet → why it is left to a person."""


def judge_undecidable(question: Question, facet: str) -> Answer:
    """One undecided item for each reader of the resource; a note where there is none."""
    answer = Answer()
    for agreement in question.agreements:
        tier = question.tier_with(agreement.tier)
        answer.bases.append((tier, agreement.basis))
        item = Undecided(
            facet=facet,
            resource=question.resource,
            affected_contract=agreement.contract_id,
            affected_system=agreement.consumer,
            reason=REASONS[facet],
        )
        answer.undecided.append((tier, item))
    unknown = question.unknown_readers(facet)
    if unknown is not None:
        answer.undecided.append((question.source.system.tier, unknown))
    elif not question.agreements:
        answer.notes.append(f"Nobody reads {question.resource}: its {facet} affects no contract.")
    return answer


def judge_strange_writer(question: Question) -> Answer:
    """An undecided item: others write the resource, and that the source does so too is not registered."""
    writers = ", ".join(question.written_by_others[:5])
    reason = (
        f"{question.source.id} is not registered as a writer of {question.resource}; {writers} is. "
        "Name the writer as source_system, or register what the proposer will write."
    )
    item = Undecided(facet="writer", resource=question.resource, reason=reason)
    return Answer(undecided=[(question.source.system.tier, item)])

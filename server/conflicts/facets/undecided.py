"""What nothing here can decide: everyone concerned is listed for review, and never passed as CLEAR (CON-10)."""

from server.conflicts.question import Answer, Question
from server.model.check import Undecided


def judge_words(question: Question) -> Answer:
    """A change that is told in words alone: one undecided item for each reader of the resource, a note where there is none."""
    answer = Answer()
    for agreement in question.agreements:
        tier = question.tier_with(agreement.tier)
        answer.bases.append((tier, agreement.basis))
        item = Undecided(
            facet="description",
            resource=question.resource,
            affected_contract=agreement.contract_id,
            affected_system=agreement.consumer,
            reason="The change is told in words only, and words never decide whether a reader is safe.",
        )
        answer.undecided.append((tier, item))
    unknown = question.unknown_readers("description")
    if unknown is not None:
        answer.undecided.append((question.source.system.tier, unknown))
    elif not question.agreements:
        answer.notes.append(f"Nobody reads {question.resource}: its description affects no contract.")
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

"""The plan for a change whose new form can be written beside the old one: another layout, another unit."""

from server.conflicts.agreements import Agreement
from server.conflicts.plans import coordinated_migration, free_name, situation, versioned_output
from server.conflicts.question import Question
from server.model.check import RejectedStrategy, Resolution, Strategy


def plan_for_new_form(question: Question, agreement: Agreement, no_adapter: str) -> Resolution:
    """Both forms side by side; both systems at once where there is no place for a second form (conflict rule 4).

    `no_adapter` says why nothing translates for the reader.
    """
    facing = situation(question, agreement)
    new_name, reason = free_name(question)
    if new_name:
        return versioned_output(facing, new_name=new_name)
    rejected = (
        RejectedStrategy(strategy=Strategy.VERSIONED_OUTPUT, reason=reason),
        RejectedStrategy(strategy=Strategy.ADAPTER_LAYER, reason=no_adapter),
    )
    return coordinated_migration(facing, rejected=rejected)

"""The plan where there will be less of something, or more of it than a reader can take."""

from server.conflicts.plans.situation import Situation, listed
from server.conflicts.plans.steps import AGREED, Step, by_readers, composed, told_back, way_back
from server.model.check import RejectedStrategy, Resolution, Strategy
from server.model.tier import SHADOW_DAYS


def room_first(situation: Situation, *, what: str) -> Resolution:
    """The readers learn to do with the new amount first, one after the other; then the writer changes it."""
    writer, resource, days = situation.writer, situation.resource, SHADOW_DAYS[situation.tier]
    readers = listed([party.system_id for party in situation.readers])
    fitting, fitted = by_readers(
        situation, 1, f"{{reader}} is changed to do with the new {what}, and says so in its contract", AGREED
    )
    watched = len(fitting) + 1
    return composed(
        Strategy.SEQUENTIAL_DEPLOY,
        f"Readers first: {readers} {'is' if len(situation.readers) == 1 else 'are'} changed to do with the new {what} of "
        f"{resource}; {writer} changes it when that has held for {days} days.",
        [
            *fitting,
            Step(
                writer,
                f"{days} days pass in which everyone together stays within the new {what}",
                f"{fitted.capitalize()} done.",
                days,
            ),
            Step(
                writer,
                f"{writer} changes the {what} of {resource}",
                f"Step {watched} is done, and a check of the change is CLEAR.",
            ),
        ],
        changes_in=situation.everyone,
        rollback=way_back(
            situation,
            writer_says=f"{writer} puts the recorded {what} of {resource} back",
            reader_says="{reader} goes back to its recorded version",
        ),
        rollback_plan=told_back(
            situation, why=f"a reader that does with the new {what} does with the present one, too"
        ),
        rejected=(
            RejectedStrategy(
                strategy=Strategy.VERSIONED_OUTPUT, reason="What is written stays the same: there is no new form of it."
            ),
            RejectedStrategy(
                strategy=Strategy.ADAPTER_LAYER, reason=f"An adapter does not change how much there is of the {what}."
            ),
            RejectedStrategy(
                strategy=Strategy.COORDINATED_MIGRATION,
                reason="Both sides need not change at the same moment; one after the other is safer.",
            ),
        ),
    )

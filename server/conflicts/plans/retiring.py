"""Plans for what is not a new form: something goes, or a reader asks for more than is promised."""

from server.conflicts.plans.situation import Situation, listed
from server.conflicts.plans.steps import AGREED, Step, by_readers, composed, told_back, way_back
from server.conflicts.plans.ways import rollback_only
from server.model.check import RejectedStrategy, Resolution, RollbackStep, Strategy
from server.model.tier import SHADOW_DAYS


def retire_after_readers(situation: Situation, *, what: str) -> Resolution:
    """Nothing new takes the place of what goes: its readers stop first, then the writer.

    Where a reader is not registered, nobody can tell whether it has stopped: then only the way back is left.
    """
    writer, days = situation.writer, SHADOW_DAYS[situation.tier]
    rejected = (
        _rejected(Strategy.VERSIONED_OUTPUT, "There is no new form to write beside the old one."),
        _rejected(Strategy.ADAPTER_LAYER, "There is nothing left that an adapter could translate."),
        _rejected(
            Strategy.COORDINATED_MIGRATION,
            f"What {writer} does not provide while a reader still needs it can't be made up later; a moment of its own for "
            "each reader is safer.",
        ),
    )
    unregistered = [party.system_id for party in situation.readers if not party.registered]
    if unregistered:
        reason = f"{listed(unregistered)} is not registered: whether it has stopped reading can't be told."
        if len(unregistered) > 1:
            reason = f"{listed(unregistered)} are not registered: whether they have stopped reading can't be told."
        return rollback_only(
            situation,
            rejected=(*rejected, _rejected(Strategy.SEQUENTIAL_DEPLOY, reason)),
            what=f"stops providing {what}",
        )
    readers = situation.who
    working, done = by_readers(situation, 1, f"{{reader}} is changed to work without {what}", AGREED)
    first = len(working) + 1
    leaving, left = by_readers(
        situation, first, "{reader} registers again without reading it", f"{done.capitalize()} done."
    )
    waiting = first + len(leaving)
    return composed(
        Strategy.SEQUENTIAL_DEPLOY,
        f"{readers} {'is' if len(situation.readers) == 1 else 'are'} changed to do without {what} first; {writer} stops only "
        f"when nobody has read it for {days} days.",
        [
            *working,
            *leaving,
            Step(writer, f"{days} days pass in which nobody reads {what}", f"{left.capitalize()} done.", days),
            Step(
                writer,
                f"{writer} stops providing {what}, and keeps the last state of it",
                f"Step {waiting} is done: nobody has read it for {days} days.",
            ),
        ],
        changes_in=situation.everyone,
        rollback=way_back(
            situation,
            writer_says=f"{writer} provides {what} again from the kept state and its previous version",
            reader_says=f"{{reader}} reads {what} again in its previous version",
        ),
        rollback_plan=told_back(situation, why="the last state and the previous versions are kept"),
        rejected=rejected,
    )


def writer_first(situation: Situation, *, proof: str = "") -> Resolution:
    """A reader wants more than its writer promises: the writer promises it first. `proof` says what was proved of the order."""
    writer, consumer = situation.writer, situation.consumer
    days = SHADOW_DAYS[situation.tier]
    reader = situation.readers[0]
    contracts = [
        RollbackStep(
            step=number,
            system_id=writer,
            action="restore_contract",
            contract_id=recorded.contract_id,
            resource=situation.resource,
            schema_hash=recorded.schema_hash,
            description=f"{writer} registers {recorded.contract_id} as it is recorded today",
        )
        for number, recorded in enumerate(situation.contracts, 3)
    ]
    return composed(
        Strategy.SEQUENTIAL_DEPLOY,
        f"Writer first: {writer} promises what {consumer} will ask for; {consumer} tightens when that has held for {days} days."
        + (f" {proof}" if proof else ""),
        [
            Step(
                writer,
                f"{writer} changes what it writes to {situation.resource} so that it meets the new demands",
                AGREED,
            ),
            Step(
                writer,
                f"{writer}'s contract is changed to promise it",
                f"Step 1 is done, and a check of the new promise is CLEAR for all who read {situation.resource}.",
            ),
            Step(
                writer,
                f"{days} days pass in which every document meets the new demands",
                "Step 2 is done.",
                days,
            ),
            Step(
                consumer,
                f"{consumer} accepts only what meets them",
                f"Step 3 is done, and a check of {consumer}'s change is CLEAR.",
            ),
        ],
        changes_in=(writer, consumer),
        rollback=(
            RollbackStep(
                step=1,
                system_id=consumer,
                action="restore_reader",
                contract_id=reader.contract_id,
                resource=situation.resource,
                schema_hash=reader.schema_hash,
                reads=reader.reads,
                description=f"{consumer} goes back to its recorded, wider demands",
            ),
            RollbackStep(
                step=2,
                system_id=writer,
                action="restore_output",
                contract_id=situation.contract_id,
                resource=situation.resource,
                schema_hash=situation.schema_hash,
                description=f"{writer} writes {situation.resource} as recorded, or stays as it is: {consumer} accepts either",
            ),
            *contracts,
        ),
        rollback_plan=(
            f"{consumer} goes back to its recorded, wider demands, in under 5 minutes, because it is one recorded version that is "
            f"put back; then {writer} may go back too, or stay as it is: {consumer} accepts either."
        ),
        rejected=(
            _rejected(
                Strategy.VERSIONED_OUTPUT,
                "It is the reader that changes: there is no new form to write beside the old one.",
            ),
            _rejected(Strategy.ADAPTER_LAYER, "An adapter can't make up values that the writer does not promise."),
            _rejected(
                Strategy.COORDINATED_MIGRATION,
                f"What {writer} wrote before the change stays behind and would be rejected; it has to meet the demands for a "
                "while first.",
            ),
        ),
    )


def _rejected(strategy: Strategy, reason: str) -> RejectedStrategy:
    return RejectedStrategy(strategy=strategy, reason=reason)

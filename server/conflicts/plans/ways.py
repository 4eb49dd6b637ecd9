"""Every way to bring a new form to its readers, as a plan: what is done by whom, when, and how all of it is undone."""

from server.conflicts.plans.names import versioned_name
from server.conflicts.plans.situation import PARALLEL_DAYS, Situation, listed
from server.conflicts.plans.steps import AGREED, Step, by_readers, composed, told_back, way_back
from server.model.base import JsonObject
from server.model.check import RejectedStrategy, Resolution, RollbackStep, Strategy
from server.model.contract import Basis
from server.model.tier import SHADOW_DAYS

Rejected = tuple[RejectedStrategy, ...]


def versioned_output(
    situation: Situation, *, new_name: str = "", adapter: JsonObject | None = None, proof: str = ""
) -> Resolution:
    """Both forms are written while the readers move; the safest way, and the first to be tried."""
    old, new = situation.resource, new_name or versioned_name(situation.resource, situation.schema_version)
    writer, both = situation.writer, SHADOW_DAYS[situation.tier]
    readers = listed([party.system_id for party in situation.readers])
    written = f"Step 1 is done: {new} has been written once, and {old} as ever."
    if len(situation.readers) == 1:
        moving = [Step(situation.readers[0].system_id, f"{readers} is changed to read {new}", written, both)]
        moving.append(
            Step(
                situation.readers[0].system_id,
                f"{readers}'s result from {new} is compared with its result from {old}",
                f"Step 2 is done, and {new} has been written for {both} days.",
            )
        )
    else:
        says = f"{{reader}} is changed to read {new}, and compares its result with that from {old}"
        moving, _ = by_readers(situation, 2, says, written, both)
    last = len(moving) + 1
    return composed(
        Strategy.VERSIONED_OUTPUT,
        f"{writer} keeps writing {old} as it is and writes the new form to {new} beside it for {both} days. "
        f"{readers} {_move(situation)} to {new} in that time; when {PARALLEL_DAYS} days of both show the same result, {old} ends.",
        [
            Step(writer, f"{writer} writes BOTH: {old} unchanged, and {new} in the new form", AGREED),
            *moving,
            Step(
                writer,
                f"Both run in parallel for {PARALLEL_DAYS} days",
                f"Steps 2 to {last} are done, and the results from both forms agree.",
                PARALLEL_DAYS,
            ),
            Step(
                writer,
                f"{writer} stops writing {old}, and keeps its last state",
                f"Both have run for {PARALLEL_DAYS} days with the same results, and nobody is registered as a reader of {old}.",
            ),
        ],
        changes_in=situation.everyone,
        rollback=way_back(
            situation,
            writer_says=f"{writer} writes {old} as recorded (until the last step it never stopped)",
            reader_says=f"{{reader}} reads {old} again",
        ),
        rollback_plan=told_back(
            situation, why=f"{old} stays as it is until the last step and is kept after it", proof=proof
        ),
        adapter=adapter,
        new_resource=new,
    )


def adapter_layer(situation: Situation, *, adapter: JsonObject, rejected: Rejected, proof: str = "") -> Resolution:
    """The readers read through an adapter that makes the old form of the new one, and stay as they are behind it."""
    writer, days = situation.writer, SHADOW_DAYS[situation.tier]
    readers = listed([party.system_id for party in situation.readers])
    steps = []
    if adapter.get("basis") == Basis.INFERRED.value:
        steps.append(Step(writer, f"{writer} confirms that each operation of the adapter moves what is meant", AGREED))
    reading, done = by_readers(
        situation,
        len(steps) + 1,
        f"{{reader}} reads {situation.resource} through the adapter: what it would reject is adapted, the rest passes as it is",
        "Step 1 is done." if steps else AGREED,
        1,
    )
    steps += reading
    return composed(
        Strategy.ADAPTER_LAYER,
        f"{readers} {_read(situation)} {situation.resource} through the adapter, which makes of each new document one that is "
        f"accepted: proved. Then {writer} may write the new form.",
        [
            *steps,
            Step(
                writer,
                f"{writer} writes the new form to {situation.resource}",
                f"{done.capitalize()} done, and each adapter has passed today's documents on unchanged.",
            ),
            Step(
                writer,
                f"{writer} watches for {days} days that no reader rejects a document",
                f"Step {len(steps) + 1} is done.",
                days,
            ),
        ],
        changes_in=situation.everyone,
        rollback=way_back(
            situation,
            writer_says=f"{writer} writes the recorded form to {situation.resource} again",
            reader_says="{reader} reads without the adapter",
        ),
        rollback_plan=told_back(
            situation,
            why="the adapter lets the old form pass as it is, so no reader has to wait for another",
            proof=proof,
        ),
        rejected=rejected,
        adapter=adapter,
    )


def coordinated_migration(situation: Situation, *, rejected: Rejected, proof: str = "") -> Resolution:
    """Writer and readers change at one moment, while nothing is written."""
    writer, resource, days = situation.writer, situation.resource, SHADOW_DAYS[situation.tier]
    readers = listed([party.system_id for party in situation.readers])
    preparing, prepared = by_readers(
        situation, 1, "{reader} prepares a version that reads the new form, and tries it with the witness", AGREED, days
    )
    pause = len(preparing) + 1
    switching, switched = by_readers(
        situation, pause + 1, "{reader} switches to the prepared version", f"Step {pause} is done: nothing is written."
    )
    return composed(
        Strategy.COORDINATED_MIGRATION,
        f"{writer} and {readers} change {resource} at one agreed moment, while nothing is written; all are tested together "
        f"for {days} days before.",
        [
            *preparing,
            Step(
                writer,
                f"{writer} stops writing {resource}",
                f"{prepared.capitalize()} done, {writer} has tested the new form for {days} days, and the moment is agreed.",
            ),
            *switching,
            Step(writer, f"{writer} writes the new form to {resource}", f"{switched.capitalize()} done."),
        ],
        changes_in=situation.everyone,
        rollback=way_back(
            situation,
            writer_says=f"{writer} writes the recorded form to {resource} again",
            reader_says="{reader} goes back to its version from before the switch",
        ),
        rollback_plan=told_back(situation, why="the versions from before the switch are kept ready", proof=proof),
        rejected=rejected,
    )


def readers_first(situation: Situation, *, rejected: Rejected, proof: str = "") -> Resolution:
    """Each reader learns to accept both forms, then the writer changes, then the old form is forgotten."""
    writer, resource, days = situation.writer, situation.resource, SHADOW_DAYS[situation.tier]
    readers = listed([party.system_id for party in situation.readers])
    learning, learned = by_readers(
        situation, 1, f"{{reader}} accepts the old and the new form of {resource}, and registers so", AGREED, days
    )
    change = len(learning) + 1
    forgetting, _ = by_readers(
        situation,
        change + 2,
        "{reader} accepts the new form only",
        f"Step {change + 1} is done: {PARALLEL_DAYS} days without a document of the old form.",
    )
    return composed(
        Strategy.SEQUENTIAL_DEPLOY,
        f"Readers first: {readers} {_accept(situation)} both forms (anyOf of what is accepted today and of the new form, "
        f"which is proved to take both), one after the other; {writer} changes last.",
        [
            *learning,
            Step(
                writer,
                f"{writer} writes the new form to {resource}",
                f"{learned.capitalize()} done, and a check of the change is CLEAR.",
            ),
            Step(
                writer,
                f"{writer} watches for {PARALLEL_DAYS} days that no reader rejects a document",
                f"Step {change} is done.",
                PARALLEL_DAYS,
            ),
            *forgetting,
        ],
        changes_in=situation.everyone,
        rollback=way_back(
            situation,
            writer_says=f"{writer} writes the recorded form to {resource} again",
            reader_says="{reader} goes back to its recorded version",
        ),
        rollback_plan=told_back(
            situation, why="a reader that accepts both forms does not mind which one comes", proof=proof
        ),
        rejected=rejected,
    )


def rollback_only(situation: Situation, *, rejected: Rejected, what: str = "") -> Resolution:
    """No way round the break is known: the change is tried only with the present state ready to be put back."""
    writer, resource, days = situation.writer, situation.resource, SHADOW_DAYS[situation.tier]
    changing = what or f"writes the new form to {resource}"
    back = RollbackStep(
        step=1,
        system_id=writer,
        action="restore_output",
        contract_id=situation.contract_id,
        resource=resource,
        schema_hash=situation.schema_hash,
        description=f"{writer} writes {resource} as it is recorded today",
    )
    readers = listed([party.system_id for party in situation.readers])
    return composed(
        Strategy.ROLLBACK_ONLY,
        f"No way round the break is known for {readers}: better not to make the change, or to find out more of who reads "
        f"{resource}. If it must be made, then only with the present state ready to be put back.",
        [
            Step(
                writer,
                f"{writer} keeps its present version and the last state of {resource} ready, and tries the way back",
                AGREED,
            ),
            Step(
                writer,
                f"{writer} {changing}",
                "Step 1 is done: the way back took less than 5 minutes, and somebody watches every reader.",
            ),
            Step(
                writer,
                f"{writer} watches {readers} for {days} days and goes back at the first failure",
                "Step 2 is done.",
                days,
            ),
        ],
        changes_in=(writer,),
        rollback=(back,),
        rollback_plan=(
            f"{writer} alone changes, so {writer} alone goes back: its recorded version is put back in under 5 minutes, because "
            f"it is kept ready. What {readers} made of the new state in the meantime has to be made again."
        ),
        rejected=rejected,
    )


def _move(situation: Situation) -> str:
    return "moves" if len(situation.readers) == 1 else "move"


def _read(situation: Situation) -> str:
    return "reads" if len(situation.readers) == 1 else "read"


def _accept(situation: Situation) -> str:
    return "accepts" if len(situation.readers) == 1 else "accept"

"""The chooser: for a new form that breaks readers, the first strategy in the source's order that fits (conflict rule 4)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from server.conflicts.plans.adapters import is_bound_to_place
from server.conflicts.plans.situation import Party, Situation, listed
from server.conflicts.plans.ways import (
    adapter_layer,
    coordinated_migration,
    readers_first,
    rollback_only,
    versioned_output,
)
from server.conflicts.question import Engine
from server.conflicts.schemas import Schema, moved
from server.model.base import JsonObject
from server.model.check import RejectedStrategy, Resolution, Strategy

MOST_AT_ONCE = 3
"""Readers that can change at one moment together with their writer."""

_NEWEST_DIALECT = "https://json-schema.org/draft/2020-12/schema"


@dataclass(frozen=True)
class BrokenReader:
    """One reader that rejects the new form. All schemas speak of the same thing: the document, or its items."""

    party: Party
    accepts: Schema
    before: Schema | None
    """What is written today; None where nobody states it."""
    after: Schema | None
    """What would be written; None where only samples of it are known."""
    adapter: JsonObject | None = None
    """One that is proved to make of every new document one that is accepted."""
    no_adapter: str = ""
    """Why there is none."""


@dataclass(frozen=True)
class Migration:
    """A new form of one resource, and everyone whom it breaks."""

    situation: Situation
    """With the readers as its parties."""
    readers: tuple[BrokenReader, ...]
    new_name: str
    """Where the new form can be written beside the old one; empty for nowhere."""
    no_new_name: str
    """Why there is no such place."""


def migration_plans(migration: Migration, engine: Engine) -> list[Resolution]:
    """The resolution for each of the readers, in their order: one plan for all of them, with each one's own adapter."""
    rejected, strategy = _chosen(migration, engine)
    proof = _proof_of_return(migration.readers, engine)
    alike = not migration.situation.others  # all steps are spelled out: the plan is the same from wherever it is seen
    made: dict[tuple[str, int], Resolution] = {}
    plans = []
    for reader in migration.readers:
        seen = ("" if alike else reader.party.system_id, id(reader.adapter))
        if seen not in made:
            made[seen] = _resolution(migration, reader, strategy, rejected, proof)
        plans.append(made[seen])
    return plans


def _chosen(migration: Migration, engine: Engine) -> tuple[tuple[RejectedStrategy, ...], Strategy]:
    rejected: list[RejectedStrategy] = []
    tried: tuple[tuple[Strategy, Callable[[], str]], ...] = (
        (Strategy.VERSIONED_OUTPUT, lambda: migration.no_new_name),
        (Strategy.ADAPTER_LAYER, lambda: _no_adapter(migration)),
        (Strategy.COORDINATED_MIGRATION, lambda: _not_at_once(migration.situation)),
        (Strategy.SEQUENTIAL_DEPLOY, lambda: _not_in_turn(migration, engine)),
    )
    for strategy, unfit in tried:
        reason = unfit()
        if not reason:
            return tuple(rejected), strategy
        rejected.append(RejectedStrategy(strategy=strategy, reason=reason))
    return tuple(rejected), Strategy.ROLLBACK_ONLY


def _resolution(
    migration: Migration,
    reader: BrokenReader,
    strategy: Strategy,
    rejected: tuple[RejectedStrategy, ...],
    proof: str,
) -> Resolution:
    situation = replace(migration.situation, consumer=reader.party.system_id)
    match strategy:
        case Strategy.VERSIONED_OUTPUT:
            return versioned_output(situation, new_name=migration.new_name, adapter=reader.adapter, proof=proof)
        case Strategy.ADAPTER_LAYER:
            assert reader.adapter is not None
            return adapter_layer(situation, adapter=reader.adapter, rejected=rejected, proof=proof)
        case Strategy.COORDINATED_MIGRATION:
            plan = coordinated_migration(situation, rejected=rejected, proof=proof)
        case Strategy.SEQUENTIAL_DEPLOY:
            plan = readers_first(situation, rejected=rejected, proof=proof)
        case Strategy.ROLLBACK_ONLY:
            plan = rollback_only(situation, rejected=rejected)
    return plan.model_copy(update={"adapter": reader.adapter})


def _no_adapter(migration: Migration) -> str:
    without = [reader for reader in migration.readers if reader.adapter is None]
    if not without:
        return ""
    names = listed(sorted({reader.party.system_id for reader in without})[:5])
    return f"No adapter was proved for {names}: {without[0].no_adapter}"


def _not_at_once(situation: Situation) -> str:
    """Why writer and readers can't change at one moment."""
    unregistered = [party.system_id for party in situation.readers if not party.registered]
    if unregistered:
        return f"{listed(unregistered[:5])} can't be told of the moment: not registered."
    if len(situation.readers) > MOST_AT_ONCE:
        return f"{len(situation.readers)} readers would have to change at one moment; more than {MOST_AT_ONCE} are too many."
    unowned = [party.system_id for party in situation.readers if not party.owned]
    if unowned:
        return f"The registration of {listed(unowned[:5])} names no owner with whom a moment could be agreed."
    return ""


def _not_in_turn(migration: Migration, engine: Engine) -> str:
    """Why the readers can't go first: it takes a reader that is proved to accept the old and the new form."""
    for reader in migration.readers:
        name = reader.party.system_id
        if not reader.party.registered:
            return f"{name} is not registered, so it can't be told to accept both forms first."
        if reader.after is None:
            return "Only samples of the new form are known, so no reader can be proved to accept all of it."
        both = _either(reader.accepts, reader.after)
        if both is None or not engine.proves(reader.after, both):
            return f"That a version of {name} could accept both forms could not be proved."
        if reader.before is not None and not engine.proves(reader.before, both):
            return f"That a version of {name} which takes the new form could still accept today's could not be proved."
    return ""


def _proof_of_return(readers: Sequence[BrokenReader], engine: Engine) -> str:
    """What the engine says of the reverse pair: today's form against each reader as it is put back."""
    proved = [reader.before is not None and engine.proves(reader.before, reader.accepts) for reader in readers]
    if proved and all(proved):
        return "Proved: every document of the recorded form is accepted by the readers as recorded."
    return "That the recorded readers accept every document of the recorded form is not proved; it is as it is today."


def _either(one: Schema, other: Schema) -> Schema | None:
    """A schema that accepts what either accepts; None where they can't stand in one schema."""
    dialects = {_dialect(one), _dialect(other)} - {None}
    if len(dialects) > 1 or is_bound_to_place(one) or is_bound_to_place(other):
        return None
    root = {"$schema": dialects.pop()} if dialects else {}
    return {**root, "anyOf": [moved(one, "/anyOf/0"), moved(other, "/anyOf/1")]}


def _dialect(schema: Schema) -> str | None:
    """The dialect that the schema is written in; None where it looks the same in all of them."""
    return None if isinstance(schema, bool) else str(schema.get("$schema", _NEWEST_DIALECT))

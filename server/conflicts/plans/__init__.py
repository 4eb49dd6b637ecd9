"""The way out of a conflict: a strategy that fits, its steps, and how everything is put back (conflict rules 4 and 5)."""

from server.conflicts.plans.facing import claims_of, free_name, party_of, situation, situation_of_all, together
from server.conflicts.plans.migration import BrokenReader, Migration, migration_plans
from server.conflicts.plans.names import no_second_name, versioned_name
from server.conflicts.plans.retiring import retire_after_readers, writer_first
from server.conflicts.plans.situation import PARALLEL_DAYS, Party, Recorded, Situation
from server.conflicts.plans.steps import Step, composed
from server.conflicts.plans.ways import (
    adapter_layer,
    coordinated_migration,
    readers_first,
    rollback_only,
    versioned_output,
)

__all__ = [
    "PARALLEL_DAYS",
    "BrokenReader",
    "Migration",
    "Party",
    "Recorded",
    "Situation",
    "Step",
    "adapter_layer",
    "claims_of",
    "composed",
    "coordinated_migration",
    "free_name",
    "migration_plans",
    "no_second_name",
    "party_of",
    "readers_first",
    "retire_after_readers",
    "rollback_only",
    "situation",
    "situation_of_all",
    "together",
    "versioned_name",
    "versioned_output",
    "writer_first",
]

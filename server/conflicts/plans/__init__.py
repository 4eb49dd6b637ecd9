"""The way out of a conflict: a strategy that fits, its steps, and how everything is put back (conflict rules 4 and 5)."""

from server.conflicts.plans.ways import (
    PARALLEL_DAYS,
    Situation,
    retire_after_readers,
    versioned_name,
    versioned_output,
    writer_first,
)

__all__ = ["PARALLEL_DAYS", "Situation", "retire_after_readers", "versioned_name", "versioned_output", "writer_first"]

"""How bad it is that something is written at other moments."""

from server.conflicts.rulebook.row import SeverityRule
from server.model.tier import Severity

TIMING = (
    SeverityRule(
        "timing.too-old",
        Severity.HIGH,
        "At a moment when the consumer reads, what it finds is older than it takes.",
        "signals.json comes weekly instead of daily; the dashboard takes nothing older than two days.",
    ),
    SeverityRule(
        "timing.too-late",
        Severity.HIGH,
        "It is not there by the hour at which the consumer needs it, or comes after a run of the consumer that it used to precede.",
        "The refresh moves from 02:00 to 03:30; the report starts at 03:00.",
    ),
    SeverityRule(
        "timing.older-than-before",
        Severity.MEDIUM,
        "Nobody said how old it may be, and what the consumer finds may be older than ever before.",
        "signals.json comes weekly instead of daily; the archive never said how old it may be.",
    ),
    SeverityRule(
        "timing.overlap",
        Severity.MEDIUM,
        "The writer's run now overlaps a run of the reader, which did not happen before.",
        "The refresh takes from 02:50 to 03:10; the report starts at 03:00.",
    ),
    SeverityRule(
        "timing.touched",
        Severity.LOW,
        "The writer's contract promises more than will be kept, and the consumer's own says that it does not need that much.",
        "signals.json comes every second day; the contract promises a day, the dashboard takes a week.",
    ),
)

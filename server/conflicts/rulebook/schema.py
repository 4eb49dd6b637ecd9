"""How bad it is that a reader rejects what may now be written."""

from server.conflicts.rulebook.row import SeverityRule
from server.model.tier import Severity

SCHEMA = (
    SeverityRule(
        "schema.required-read",
        Severity.CRITICAL,
        "A document that the new writer may write is rejected at something that the consumer declares it needs.",
        "`score` moves under `signal_data`; the dashboard needs `/score`.",
    ),
    SeverityRule(
        "schema.value-set-extended",
        Severity.HIGH,
        "A consumer that enumerates values meets a new one.",
        "`signal` may now be HOLD; the dashboard lists BUY and SELL.",
    ),
    SeverityRule(
        "schema.optional-read",
        Severity.HIGH,
        "A document that the new writer may write is rejected at something that the consumer reads but can do without.",
        "`confidence`, an optional read, turns from a number into text.",
    ),
    SeverityRule(
        "schema.always-present",
        Severity.HIGH,
        "Nobody said what is read, and a field that was always present is removed, renamed, retyped, or may now be null or absent.",
        "`timestamp` is no longer required; the archive never said what it reads.",
    ),
    SeverityRule(
        "schema.undeclared",
        Severity.MEDIUM,
        "Nobody said what is read, and documents may now be written that the old schema did not allow.",
        "`score` may now exceed 100; the archive never said what it reads.",
    ),
    SeverityRule(
        "reader.writer-excluded",
        Severity.CRITICAL,
        "A consumer will no longer accept documents that a present writer may write.",
        "The dashboard will require `confidence`, which the generator does not promise.",
    ),
)

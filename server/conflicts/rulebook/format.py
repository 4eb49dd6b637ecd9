"""How bad it is that something is laid out in another way."""

from server.conflicts.rulebook.row import SeverityRule
from server.model.tier import Severity

FORMAT = (
    SeverityRule(
        "format.not-accepted",
        Severity.HIGH,
        "The new format is none of those that the consumer says it can read.",
        "signals.json becomes Parquet; the dashboard accepts JSON and CSV.",
    ),
    SeverityRule(
        "format.undeclared",
        Severity.HIGH,
        "Nobody said which formats the consumer can read, and the present one goes.",
        "signals.json becomes CSV; the archive never said what it can read.",
    ),
    SeverityRule(
        "format.name-changed",
        Severity.CRITICAL,
        "The file will go by a name that a consumer which needs it does not look for: to that consumer it is gone.",
        "signals.json will be named signals-2026-04-05.json; the dashboard opens signals.json.",
    ),
    SeverityRule(
        "format.name-changed-optional",
        Severity.HIGH,
        "The file will go by a name that the consumer does not look for, but it can do without.",
        "hints.json will be named hints-2026-04-05.json; the dashboard opens hints.json with `required: false`.",
    ),
    SeverityRule(
        "format.touched",
        Severity.LOW,
        "The agreed format changes into another that the consumer says it can read.",
        "signals.csv becomes JSON Lines, and the dashboard accepts both.",
    ),
)

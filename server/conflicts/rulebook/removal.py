"""How bad it is that something goes."""

from server.conflicts.rulebook.row import SeverityRule
from server.model.tier import Severity

REMOVAL = (
    SeverityRule(
        "removal.required",
        Severity.CRITICAL,
        "A resource goes that a live consumer needs.",
        "The generator stops writing signals.json; the dashboard reads it.",
    ),
    SeverityRule(
        "removal.optional",
        Severity.HIGH,
        "A resource goes that a live consumer reads but can do without.",
        "The generator stops writing hints.json, which the dashboard reads with `required: false`.",
    ),
    SeverityRule(
        "removal.still-written",
        Severity.HIGH,
        "One of several writers of a resource stops; the consumer gets only what the others write.",
        "The generator stops writing signals.json, to which the backfill goes on writing; the dashboard reads it.",
    ),
    SeverityRule(
        "removal.downstream",
        Severity.HIGH,
        "A resource goes that a system needs through others: each on the way to it needs the one before.",
        "The generator stops writing signals.json; the mailer needs the page that the dashboard makes of it.",
    ),
    SeverityRule(
        "removal.downstream-optional",
        Severity.MEDIUM,
        "A resource goes that a system uses through others, one of which can do without.",
        "The generator stops writing hints.json; the dashboard can do without it, and the mailer sends the dashboard's page.",
    ),
    SeverityRule(
        "dependency.relied-upon",
        Severity.CRITICAL,
        "A dependency goes that a consumer of the system declares as its own and can reach through this system only.",
        "The generator stops reading the data pipeline, on which the dashboard depends through it.",
    ),
    SeverityRule(
        "dependency.ended",
        Severity.LOW,
        "A contract ends because its consumer stops reading.",
        "The dashboard stops reading the generator: CTR-001 has no consumer any more.",
    ),
)

"""How bad it is that there will be less, or more, of something."""

from server.conflicts.rulebook.row import SeverityRule
from server.model.tier import Severity

CAPACITY = (
    SeverityRule(
        "capacity.below-need",
        Severity.HIGH,
        "What will be offered is less than its consumers, taken together, say they need.",
        "The service will take 5 requests a second; the dashboard and the mailer need 4 each.",
    ),
    SeverityRule(
        "capacity.above-limit",
        Severity.HIGH,
        "What will be written may be more than the consumer says it can take.",
        "signals.json may grow to 2 GB; the dashboard reads up to 1 GB.",
    ),
    SeverityRule(
        "capacity.reduced",
        Severity.MEDIUM,
        "Less is offered than before, and nobody said how much is needed.",
        "The service goes from 50 requests a second to 20.",
    ),
    SeverityRule(
        "capacity.larger",
        Severity.MEDIUM,
        "More may be written than before, and nobody said how much the consumer can take.",
        "signals.json may grow from 1 GB to 2 GB; the archive never said how much it can take.",
    ),
    SeverityRule(
        "capacity.touched",
        Severity.LOW,
        "The agreed capacity changes, and every declared need is still met.",
        "The service goes from 20 requests a second to 50.",
    ),
)

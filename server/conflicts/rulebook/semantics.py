"""How bad it is that values come to mean something else."""

from server.conflicts.rulebook.row import SeverityRule
from server.model.tier import Severity

SEMANTICS = (
    SeverityRule(
        "semantics.unit-changed",
        Severity.CRITICAL,
        "The declared unit, time zone or an enumerated value's meaning changes at a place that the consumer reads.",
        "`price` turns from USD into cents; the dashboard reads `/price`.",
    ),
    SeverityRule(
        "semantics.unit-changed-undeclared",
        Severity.HIGH,
        "The declared unit, time zone or an enumerated value's meaning changes, and the consumer never said what it reads.",
        "`price` turns from USD into cents; the archive never said what it reads.",
    ),
    SeverityRule(
        "semantics.unit-changed-optional",
        Severity.HIGH,
        "The declared unit, time zone or an enumerated value's meaning changes at a place that the consumer reads but can "
        "do without.",
        "`volume` turns from shares into lots; the dashboard reads `/volume` with `required: false`.",
    ),
    SeverityRule(
        "semantics.meaning-changed",
        Severity.MEDIUM,
        "The words that say what a value means change, at a place that the consumer reads or may read.",
        "`score` was a probability, and will be a rank.",
    ),
    SeverityRule(
        "semantics.version-changed",
        Severity.MEDIUM,
        "The declared version of the meaning changes at a place that the consumer reads or may read, and nothing says in what.",
        "`score` goes from version 1 to version 2.",
    ),
)

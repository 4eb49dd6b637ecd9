"""How bad each kind of conflict is: a table of rules with stable ids (conflict rule 2). Every conflict names its rule."""

from server.conflicts.rulebook.capacity import CAPACITY
from server.conflicts.rulebook.format import FORMAT
from server.conflicts.rulebook.removal import REMOVAL
from server.conflicts.rulebook.row import SeverityRule
from server.conflicts.rulebook.schema import SCHEMA
from server.conflicts.rulebook.semantics import SEMANTICS
from server.conflicts.rulebook.timing import TIMING

__all__ = ["RULES", "SeverityRule", "rule_named"]

RULES: tuple[SeverityRule, ...] = (*SCHEMA, *REMOVAL, *TIMING, *FORMAT, *SEMANTICS, *CAPACITY)

_BY_ID = {rule.id: rule for rule in RULES}


def rule_named(rule_id: str) -> SeverityRule:
    """The row with this id."""
    return _BY_ID[rule_id]

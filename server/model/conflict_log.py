"""The conflict log: what checks of proposals found, and the contracts that keep coming into conflict (conflict rule 7)."""

from server.model.base import Value
from server.model.check import ConflictType, Mode, Verdict
from server.model.tier import Severity


class LoggedConflict(Value):
    """One conflict of one check of a proposal; never changed afterwards."""

    check_id: str
    proposal_id: str
    at: str
    """When it was checked."""
    contract_id: str
    """Empty where the consumer is known only from what it reads."""
    source_system: str
    affected_system: str
    type: ConflictType
    severity: Severity
    rule: str
    description: str
    verdict: Verdict
    """Of the whole check."""
    mode: Mode
    """Of the tier that counted for this conflict."""
    blocked: bool
    """It held the proposal: for a plan (BLOCKED) or for a person (IN_REVIEW)."""
    would_have_blocked: bool
    """It held the proposal, or would have in blocking mode."""


class FragileContract(Value):
    """A contract that comes into conflict again and again."""

    contract_id: str
    conflicts: int
    """Checks of proposals, within the last 30 days, in which it was in conflict."""
    first: str
    """Of these checks."""
    last: str
    fragile_until: str
    """When it ceases to be fragile, unless it comes into conflict again."""
    severity: Severity
    """The worst of these conflicts."""
    proposals: tuple[str, ...]
    systems: tuple[str, ...]
    """Everybody concerned, the proposers included."""
    recommendation: str

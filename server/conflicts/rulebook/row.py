"""The shape of a severity rule."""

from dataclasses import dataclass

from server.model.tier import Severity


@dataclass(frozen=True)
class SeverityRule:
    """One row of the table."""

    id: str
    severity: Severity
    says: str
    example: str

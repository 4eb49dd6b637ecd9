"""A finding: something about the registry or the systems that a person should look at."""

from server.model.base import Json, Name, Text, Value, WireEnum
from server.model.tier import Severity


class FindingKind(WireEnum):
    """What was found."""

    CONSUMERS_UNKNOWN = "consumers_unknown"
    CONSUMER_MISMATCH = "consumer_mismatch"
    CONSUMER_UNREGISTERED = "consumer_unregistered"
    DEPENDENCY_CYCLE = "dependency_cycle"
    DEPENDENCY_UNSUPPORTED = "dependency_unsupported"
    DEPENDENCY_UNREGISTERED = "dependency_unregistered"
    CONTRACT_WITHOUT_ACCESS = "contract_without_access"
    SCHEMA_VERSION_MISMATCH = "schema_version_mismatch"
    ACCESS_REMOVED = "access_removed"
    TIER_UNCONFIRMED = "tier_unconfirmed"
    IMPORT_MISSING = "import_missing"
    ACCEPTANCE_NEEDED = "acceptance_needed"
    FRAGILE_CONTRACT = "fragile_contract"
    SYSTEM_DOWN = "system_down"
    CONTRACT_VIOLATION = "contract_violation"
    UNPROPOSED_CHANGE = "unproposed_change"
    NOT_VERIFIABLE = "not_verifiable"
    UNREGISTERED = "unregistered"
    TEXT_WITHHELD = "text_withheld"
    """What a system reports holds something that others are not shown (LRN-10)."""
    RETEST_NEEDED = "retest_needed"


OF_DECLARATIONS = frozenset(
    {
        FindingKind.CONSUMERS_UNKNOWN,
        FindingKind.CONSUMER_MISMATCH,
        FindingKind.CONSUMER_UNREGISTERED,
        FindingKind.DEPENDENCY_UNSUPPORTED,
        FindingKind.DEPENDENCY_UNREGISTERED,
        FindingKind.CONTRACT_WITHOUT_ACCESS,
        FindingKind.SCHEMA_VERSION_MISMATCH,
        FindingKind.ACCESS_REMOVED,
        FindingKind.TIER_UNCONFIRMED,
        FindingKind.IMPORT_MISSING,
    }
)
"""The kinds that follow from what one system declares, so that a registration opens and closes them."""


class FindingStatus(WireEnum):
    """Whether it still holds."""

    OPEN = "OPEN"
    CLOSED = "CLOSED"


class Observation(Value):
    """A finding as a rule states it, before the registry gives it an id and a history."""

    fingerprint: str
    """The same thing seen again has the same fingerprint."""
    kind: FindingKind
    severity: Severity
    system_id: Name
    subject: Text
    """What it is about: a resource, a contract, the members of a cycle."""
    message: Text
    details: dict[str, Json] = {}


class Finding(Value):
    """An observation with its history."""

    id: str
    kind: FindingKind
    severity: Severity
    system_id: Name
    subject: Text
    message: Text
    first_seen: str
    last_seen: str
    status: FindingStatus
    details: dict[str, Json] = {}

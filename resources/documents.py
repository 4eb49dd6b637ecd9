"""The source's documents, exact and whole."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from resources.records import complete_check
from server.surface import Call, ResourceTemplate, StaticResource

if TYPE_CHECKING:
    from server.services import Services


def read_registry(call: "Call[Services]") -> str:
    """system_registry.json."""
    return call.services.exchange.document("system_registry.json", now=call.now)


def read_conflict_check(call: "Call[Services]", values: Mapping[str, str]) -> str:
    """conflict_check.json: a check as the source writes it, the newest unless said otherwise."""
    return call.services.conflicts.file_text(values.get("check_id") or "latest", caller=call.caller)


def read_conflict_log(call: "Call[Services]") -> str:
    """conflict_log.json: what checks of proposals found, and the contracts that are fragile now."""
    return call.services.conflicts.log.text(call.now)


def read_discovery_scan(call: "Call[Services]") -> str:
    """discovery_scan.json: what scans found and belongs to no registered system."""
    return call.services.exchange.document("discovery_scan.json", now=call.now)


def read_cross_patterns(call: "Call[Services]") -> str:
    """cross_patterns.json: the patterns across systems, and how many there are."""
    return call.services.exchange.document("cross_patterns.json", now=call.now)


RESOURCES: tuple[StaticResource, ...] = (
    StaticResource(
        uri="concord://files/system_registry.json",
        name="system_registry.json",
        title="The registry file",
        description="Every system with its accesses and contracts, the archived ones, and the contracts' summary.",
        read=read_registry,
    ),
    StaticResource(
        uri="concord://files/conflict_log.json",
        name="conflict_log.json",
        title="The conflict log",
        description="Every conflict that the check of a proposal found, newest first, and the contracts that are fragile now.",
        read=read_conflict_log,
    ),
    StaticResource(
        uri="concord://files/discovery_scan.json",
        name="discovery_scan.json",
        title="What is unregistered",
        description="Programs, agents and folders that a scan found and that belong to no registered system, with evidence.",
        read=read_discovery_scan,
    ),
    StaticResource(
        uri="concord://files/cross_patterns.json",
        name="cross_patterns.json",
        title="The patterns' file",
        description="Every pattern across systems with its evidence, those that are resolved too, and the totals over them.",
        read=read_cross_patterns,
    ),
)
TEMPLATES: tuple[ResourceTemplate, ...] = (
    ResourceTemplate(
        uri_template="concord://files/conflict_check.json{?check_id}",
        name="conflict_check.json",
        title="A check's file",
        description="A check as the source writes it; the newest one without check_id.",
        read=read_conflict_check,
        complete={"check_id": complete_check},
    ),
)

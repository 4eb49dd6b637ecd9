"""A candidate: something that a scan found and that belongs to no registered system (REG-4)."""

from server.model.base import JsonObject, Moment, Value, WireEnum


class CandidateStatus(WireEnum):
    """What has become of it."""

    UNREGISTERED = "UNREGISTERED"
    REGISTERED = "REGISTERED"
    GONE = "GONE"
    """The place where it was found was looked at again, and it is no longer there."""


class Evidence(Value):
    """One line that something was inferred from, as it may be shown."""

    file: str
    line: int
    """From 1; 0 where it is not a matter of lines."""
    text: str
    what: str
    """What was taken from it."""


class Candidate(Value):
    """What could be inferred about it, and why. Every text in it is free of secrets, on one line and short."""

    candidate_id: str = ""
    """`CAND-001`: stays the same from scan to scan."""
    status: CandidateStatus = CandidateStatus.UNREGISTERED
    name: str
    kind: str
    """How it was noticed: `cron`, `systemd`, `launchd`, `workflow`, `agent_project`, `mcp_server`, `service`, `script` …"""
    location: str
    """The script, folder or file that it is."""
    schedule: str = ""
    """Cron where it can be said so, else as it is told there."""
    timezone: str = ""
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    confidence: float
    """From 0 to 1: how sure it is that this is a system of its own."""
    why: str
    """What the confidence rests on."""
    evidence: tuple[Evidence, ...] = ()
    first_seen: Moment = ""
    last_seen: Moment = ""
    suggested_registration: JsonObject = {}
    """A draft for `register_system`; the tier is left for a person to choose."""


class LastScan(Value):
    """What the newest scan went through."""

    at: Moment
    scanned: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    """What was left out and why."""

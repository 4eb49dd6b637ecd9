"""Forty calls such as language models make them: nearly right. Each is data: the call, and what must hold once it is understood.

A call counts as understood when the answer holds what is expected, or when the refusal carries a corrected call in
`error.try` which then does.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SIGNALS = "~/outputs/signals.json"
PRICES = "/srv/market/prices.json"
REPORTS = "C:\\reports\\daily.json"
SIGNAL_SCHEMA = {
    "type": "object",
    "properties": {"ticker": {"type": "string"}, "score": {"type": "number"}},
    "required": ["ticker", "score"],
}
NO_SCORE = {"type": "object", "properties": {"ticker": {"type": "string"}}, "required": ["ticker"]}
DROP_SCORE = [{"op": "remove", "path": "/properties/score"}, {"op": "remove", "path": "/required/1"}]
CONTRACT = {"contract_id": "CTR-001", "resource": SIGNALS, "schema": SIGNAL_SCHEMA}
WORLD: tuple[dict[str, Any], ...] = (
    {
        "id": "sys_market_data",
        "name": "Market data fetcher",
        "description": "Fetches prices.",
        "tier": "PRODUCTION",
        "writes_to": [{"resource": PRICES, "consumers": ["sys_signal_generator"]}],
    },
    {
        "id": "sys_signal_generator",
        "name": "Signal generator",
        "description": "Turns prices into signals.",
        "tier": "MISSION_CRITICAL",
        "reads_from": [{"resource": PRICES}],
        "writes_to": [{"resource": SIGNALS, "consumers": ["sys_dashboard"]}],
        "contracts": [{**CONTRACT, "type": "PRODUCER", "counterparty": "sys_dashboard"}],
    },
    {
        "id": "sys_dashboard",
        "name": "Trading dashboard",
        "description": "Shows signals.",
        "tier": "PRODUCTION",
        "reads_from": [{"resource": SIGNALS}, {"resource": REPORTS}],
        "contracts": [{**CONTRACT, "type": "CONSUMER", "counterparty": "sys_signal_generator"}],
    },
    {
        "id": "sys_reporter",
        "name": "Daily reporter",
        "description": "Writes the report.",
        "tier": "EXPERIMENTAL",
        "writes_to": [{"resource": REPORTS, "consumers": ["sys_dashboard"]}],
    },
    {"id": "sys_retired", "name": "Retired scraper", "description": "Was switched off.", "tier": "EXPERIMENTAL"},
)
"""Registered before every call; `sys_retired` is archived then."""

NEW = {
    "id": "sys_mailer",
    "name": "Mailer",
    "tier": "PRODUCTION",
    "reads_from": [{"resource": SIGNALS, "required": True}],
}
MADE = {"system_id": "sys_mailer", "created": True}
DASHBOARD = {"id": "sys_dashboard", "tier": "PRODUCTION"}
CONFLICT = {"verdict": "CONFLICT_DETECTED", "blocks": True, "conflicts": [{"affected_system": "sys_dashboard"}]}


@dataclass(frozen=True)
class MalformedCall:
    """One call, and what must hold of the answer (members that are not named may be anything)."""

    slip: str
    tool: str
    arguments: Mapping[str, Any]
    holds: Mapping[str, Any]
    then: tuple[str, Mapping[str, Any], Mapping[str, Any]] | None = None
    """A second, well-formed call that shows what the first one did: tool, arguments, what must hold."""


def _new(**changed: Any) -> dict[str, Any]:
    return {**NEW, **changed}


def _registered(**holds: Any) -> tuple[str, dict[str, Any], dict[str, Any]]:
    return ("get_system", {"system_id": "sys_mailer"}, holds)


READS_SIGNALS = _registered(reads_from=[{"resource": SIGNALS}])
REGISTERING = (
    MalformedCall("an object as a JSON string", "register_system", {"system": json.dumps(NEW)}, MADE, READS_SIGNALS),
    MalformedCall("the system's members at top level", "register_system", NEW, MADE, READS_SIGNALS),
    MalformedCall("the whole call wrapped", "register_system", {"arguments": {"system": NEW}}, MADE, READS_SIGNALS),
    MalformedCall(
        "a fenced JSON string", "register_system", {"system": f"```json\n{json.dumps(NEW, indent=2)}\n```"}, MADE
    ),
    MalformedCall(
        "a Python literal as a string", "register_system", {"system": repr(_new(tags=None))}, MADE, READS_SIGNALS
    ),
    MalformedCall("a lower-case tier", "register_system", {"system": _new(tier="mission-critical")}, MADE),
    MalformedCall(
        "a misspelt tier", "register_system", {"system": _new(tier="PRODUCTOIN")}, MADE, _registered(tier="PRODUCTION")
    ),
    MalformedCall("no tier", "register_system", {"system": {"id": "sys_mailer", "name": "Mailer"}}, MADE),
    MalformedCall(
        "camelCase names inside the system",
        "register_system",
        {"system": {"id": "sys_mailer", "tier": "PRODUCTION", "readsFrom": [{"resource": SIGNALS}]}},
        MADE,
        READS_SIGNALS,
    ),
    MalformedCall(
        "an object where a list is wanted",
        "register_system",
        {"system": _new(reads_from={"resource": SIGNALS})},
        MADE,
        READS_SIGNALS,
    ),
    MalformedCall(
        "paths alone, and the number as text",
        "register_system",
        {"system": _new(reads_from=SIGNALS, writes_to=["/srv/mail/"]), "expected_version": "0"},
        MADE,
        READS_SIGNALS,
    ),
    MalformedCall(
        "null for what is optional",
        "register_system",
        {"system": _new(owner=None, description=None), "idempotency_key": None},
        MADE,
    ),
    MalformedCall("the system in a list", "register_system", {"system": [NEW]}, MADE, READS_SIGNALS),
)
FINDING = (
    MalformedCall("another name for an argument", "get_system", {"sys": "sys_dashboard"}, DASHBOARD),
    MalformedCall("camelCase for an argument", "get_system", {"systemId": "sys_dashboard"}, DASHBOARD),
    MalformedCall("an id without its prefix", "get_system", {"system_id": "dashboard"}, DASHBOARD),
    MalformedCall("a name for an id", "get_system", {"system_id": "Trading Dashboard"}, DASHBOARD),
    MalformedCall("a misspelt id", "get_system", {"system_id": "sys_dashbaord"}, DASHBOARD),
    MalformedCall(
        "a resource's URI for an id", "get_system", {"system_id": "concord://systems/sys_dashboard"}, DASHBOARD
    ),
    MalformedCall(
        "a wrapper that is a JSON string", "get_system", {"input": '{"system_id": "sys_dashboard"}'}, DASHBOARD
    ),
    MalformedCall(
        "an argument that does not exist", "get_system", {"system_id": "sys_dashboard", "verbose": True}, DASHBOARD
    ),
    MalformedCall(
        "numbers and choices as people write them",
        "find_systems",
        {"query": "signals", "tier": "production", "status": "all", "limit": "5", "archived": "false"},
        {"systems": [{"id": "sys_dashboard"}], "total": 1},
    ),
    MalformedCall(
        "null, lists of one and a limit too high",
        "find_systems",
        {"search": "dashboard", "tier": ["PRODUCTION"], "status": None, "max_results": 500, "cursor": None},
        {"systems": [{"id": "sys_dashboard"}]},
    ),
    MalformedCall(
        "a file URI, and a direction in words",
        "trace_impact",
        {"target": "file:///srv/market/prices.json", "direction": "Down"},
        {"affected": [{"system_id": "sys_signal_generator"}, {"system_id": "sys_dashboard"}]},
    ),
    MalformedCall(
        "a trailing slash, and depth as text",
        "trace_impact",
        {"resource": PRICES + "/", "depth": "1"},
        {"affected": [{"system_id": "sys_signal_generator"}], "total": 1},
    ),
    MalformedCall("a file URI for a path", "brief", {"path": f"file://{PRICES}"}, {}),
    MalformedCall("a system under another name", "brief", {"agent": "sys_dashboard"}, {}),
    MalformedCall(
        "an id for a URI", "read_record", {"uri": "sys_dashboard"}, {"uri": "concord://systems/sys_dashboard"}
    ),
    MalformedCall(
        "a URI without its scheme",
        "read_record",
        {"url": "systems/sys_dashboard"},
        {"uri": "concord://systems/sys_dashboard"},
    ),
)
CHECKING = (
    MalformedCall(
        "members of a change at top level, the schema as a string",
        "check_change",
        {"path": SIGNALS, "new_schema": json.dumps(NO_SCORE)},
        CONFLICT,
    ),
    MalformedCall(
        "one change instead of a list",
        "check_change",
        {"changes": {"resource": SIGNALS, "patch": DROP_SCORE}},
        CONFLICT,
    ),
    MalformedCall(
        "changes as a JSON string",
        "check_change",
        {"changes": json.dumps([{"resource": SIGNALS, "removes": True}])},
        CONFLICT,
    ),
    MalformedCall(
        "a patch of one operation, not in a list",
        "check_change",
        {"resource": SIGNALS, "patch": DROP_SCORE[1]},
        CONFLICT,
    ),
    MalformedCall(
        "camelCase, and the writer by its name",
        "check_change",
        {"resourcePath": SIGNALS, "newSchema": NO_SCORE, "sourceSystem": "Signal generator"},
        CONFLICT | {"source_system": "sys_signal_generator"},
    ),
    MalformedCall(
        "the short form for a schema",
        "check_change",
        {"resource": SIGNALS, "new_schema": {"required_fields": ["ticker"], "format": "JSON object"}},
        {"source_system": "sys_signal_generator"},
    ),
    MalformedCall(
        "the expanded path, and a flag as text",
        "check_change",
        {"resource": str(Path("~/outputs/signals.json").expanduser()), "removes": "true"},
        CONFLICT,
    ),
    MalformedCall(
        "a path of another platform",
        "check_change",
        {"change": {"resource": "c:/reports/daily.json", "removes": True}},
        {"source_system": "sys_reporter"},
    ),
)
KEEPING = (
    MalformedCall(
        "lower-case choices and null", "find_findings", {"severity": "high", "status": "open", "system_id": None}, {}
    ),
    MalformedCall(
        "an id without its prefix, a flag as text",
        "archive_system",
        {"id": "reporter", "reason": "unused", "force": "true"},
        {"system_id": "sys_reporter", "archived": True},
    ),
    MalformedCall(
        "the system in an object",
        "restore_system",
        {"system": {"id": "sys_retired"}, "comment": "needed again"},
        {"system_id": "sys_retired", "archived": False},
    ),
)
CALLS = (*REGISTERING, *FINDING, *CHECKING, *KEEPING)

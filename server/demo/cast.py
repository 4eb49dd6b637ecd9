"""Who plays: the three systems of the scaling-layer document, as each of them registers itself, and what one of them wants.

Data pipeline → market data → signal generator → signals.json → dashboard → a page for people.
"""

from typing import Any

from server.model.base import JsonObject

PIPELINE = "sys_data_pipeline"
GENERATOR = "sys_signal_generator"
DASHBOARD = "sys_dashboard"
SYSTEM_IDS = (PIPELINE, GENERATOR, DASHBOARD)
PERSON = ""
"""Who connects without being a system: the local user."""

MARKET_DATA = "~/cache/market_data/"
SIGNALS = "~/outputs/signals.json"
SIGNALS_NEXT = "~/outputs/signals_v3.json"
"""Where the plan has the new form written."""
PAGE = "~/deploy/dashboard.html"

AGREED_ON = "2026-02-02"
NESTED_UNDER = "signal_data"
"""The member under which the generator wants its fields."""
NEW_SIGNAL = "WAIT"
READ = ("ticker", "score", "signal")
"""The fields that the dashboard needs of every entry."""

_PRICES: JsonObject = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "properties": {
        "ticker": {"type": "string"},
        "prices": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"day": {"type": "string"}, "close": {"type": "number"}},
                "required": ["day", "close"],
            },
        },
    },
    "required": ["ticker", "prices"],
}
_SIGNAL: JsonObject = {
    "type": "object",
    "properties": {
        "ticker": {"type": "string"},
        "score": {"type": "number", "minimum": 0, "maximum": 100},
        "signal": {"enum": ["BUY", "HOLD", "SELL"]},
        "timestamp": {"type": "string"},
    },
    "required": ["ticker", "score", "signal", "timestamp"],
    "additionalProperties": False,
}
SIGNALS_SCHEMA: JsonObject = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "array",
    "items": _SIGNAL,
}
NESTED_SCHEMA: JsonObject = {
    **SIGNALS_SCHEMA,
    "items": {
        "type": "object",
        "properties": {NESTED_UNDER: _SIGNAL},
        "required": [NESTED_UNDER],
        "additionalProperties": False,
    },
}


def nesting_patch() -> list[JsonObject]:
    """The generator's wish as a JSON Patch (RFC 6902) of what `signals.json` is today: each field moves."""
    inside = f"/items/properties/{NESTED_UNDER}"
    fields = list(_SIGNAL["properties"])
    return [
        {
            "op": "add",
            "path": inside,
            "value": {"type": "object", "properties": {}, "required": fields, "additionalProperties": False},
        },
        *(
            {"op": "move", "from": f"/items/properties/{field}", "path": f"{inside}/properties/{field}"}
            for field in fields
        ),
        {"op": "replace", "path": "/items/required", "value": [NESTED_UNDER]},
    ]


def confidence_patch() -> list[JsonObject]:
    """A change of the new form that breaks nobody: one more field, which need not be there."""
    interval = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
    place = f"/items/properties/{NESTED_UNDER}/properties/confidence_interval"
    return [{"op": "add", "path": place, "value": interval}]


def signal_patch() -> list[JsonObject]:
    """A signal that no reader knows yet."""
    place = f"/items/properties/{NESTED_UNDER}/properties/signal/enum/-"
    return [{"op": "add", "path": place, "value": NEW_SIGNAL}]


def pipeline() -> JsonObject:
    """The data pipeline, as it registers itself."""
    return {
        "id": PIPELINE,
        "name": "Data pipeline",
        "description": "Fetches market data and keeps one file of prices for each ticker.",
        "owner": "data team",
        "tier": "PRODUCTION",
        "evolution_engine": True,
        "writes_to": [_output(MARKET_DATA, "JSON, one file per ticker", "v1", GENERATOR)],
        "contracts": [_contract("CTR-001", "PRODUCER", GENERATOR, MARKET_DATA, schema=_PRICES)],
        "timing": {"schedule": "0 21 * * 1-5", "timezone": "UTC"},
    }


def generator() -> JsonObject:
    """The signal generator, as it registers itself."""
    return {
        "id": GENERATOR,
        "name": "Signal generator",
        "description": "Turns market data into a trading signal for each ticker.",
        "owner": "signals team",
        "tier": "MISSION_CRITICAL",
        "evolution_engine": True,
        "reads_from": [_input(MARKET_DATA, "JSON, one file per ticker", "v1")],
        "writes_to": [_output(SIGNALS, "JSON array", "v2", DASHBOARD)],
        "contracts": [
            _contract("CTR-001", "CONSUMER", PIPELINE, MARKET_DATA, reads=[_read("/ticker"), _read("/prices/*/close")]),
            _contract("CTR-002", "PRODUCER", DASHBOARD, SIGNALS, schema=SIGNALS_SCHEMA),
        ],
        "timing": {"schedule": "10 21 * * 1-5", "timezone": "UTC"},
    }


def dashboard() -> JsonObject:
    """The dashboard, as it registers itself: its contract says what it reads of every entry."""
    return {
        "id": DASHBOARD,
        "name": "Dashboard",
        "description": "Renders the signals for people.",
        "owner": "web team",
        "tier": "PRODUCTION",
        "reads_from": [_input(SIGNALS, "JSON array", "v2")],
        "writes_to": [{"resource": PAGE, "type": "filesystem", "format": "HTML", "consumers": ["users"]}],
        "contracts": [
            _contract("CTR-002", "CONSUMER", GENERATOR, SIGNALS, reads=[_read(f"/*/{field}") for field in READ])
        ],
        "timing": {"schedule": "20 21 * * 1-5", "timezone": "UTC"},
    }


def registrations() -> list[JsonObject]:
    """All three, in the order in which data flows."""
    return [pipeline(), generator(), dashboard()]


def after_the_plan() -> list[JsonObject]:
    """Generator and dashboard once both forms are written: for the days in parallel the dashboard reads both."""
    writer, reader = generator(), dashboard()
    writer["writes_to"].append(_output(SIGNALS_NEXT, "JSON array", "v3", DASHBOARD))
    writer["contracts"].append(_contract("CTR-003", "PRODUCER", DASHBOARD, SIGNALS_NEXT, schema=NESTED_SCHEMA))
    reader["reads_from"].append(_input(SIGNALS_NEXT, "JSON array", "v3"))
    reads = [_read(f"/*/{NESTED_UNDER}/{field}") for field in READ]
    reader["contracts"].append(_contract("CTR-003", "CONSUMER", GENERATOR, SIGNALS_NEXT, reads=reads))
    return [writer, reader]


def _input(resource: str, container: str, version: str) -> JsonObject:
    return {
        "resource": resource,
        "type": "filesystem",
        "format": container,
        "schema_version": version,
        "required": True,
    }


def _output(resource: str, container: str, version: str, *consumers: str) -> JsonObject:
    return {
        "resource": resource,
        "type": "filesystem",
        "format": container,
        "schema_version": version,
        "consumers": list(consumers),
    }


def _contract(contract_id: str, side: str, counterparty: str, resource: str, **terms: Any) -> JsonObject:
    return {
        "contract_id": contract_id,
        "type": side,
        "counterparty": counterparty,
        "resource": resource,
        **terms,
        "established": AGREED_ON,
    }


def _read(path: str) -> JsonObject:
    return {"path": path, "required": True}

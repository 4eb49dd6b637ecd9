"""One walk through Concord, the same for every client library: what is asked in which order, and what must come back.

Method names are those of the official TypeScript clients. Two systems are registered, a writer and its reader; then
the writer wants to drop a field that the reader needs.
"""

import json
from dataclasses import dataclass
from typing import Any

RESOURCE = "/srv/quotes/prices.json"
PRICES = {
    "type": "object",
    "properties": {"ticker": {"type": "string"}, "price": {"type": "number"}},
    "required": ["ticker", "price"],
}
WITHOUT_PRICE = {"type": "object", "properties": {"ticker": {"type": "string"}}, "required": ["ticker"]}
CONTRACT = {"contract_id": "CTR-101", "resource": RESOURCE, "schema": PRICES, "established": "2026-01-15"}
WRITER = {
    "id": "sys_quotes",
    "name": "Quote fetcher",
    "description": "Fetches prices every minute.",
    "owner": "markets",
    "tier": "PRODUCTION",
    "writes_to": [{"resource": RESOURCE, "type": "filesystem", "format": "JSON", "consumers": ["sys_board"]}],
    "contracts": [{**CONTRACT, "type": "PRODUCER", "counterparty": "sys_board"}],
}
READER = {
    "id": "sys_board",
    "name": "Price board",
    "description": "Shows prices on the wall.",
    "owner": "office",
    "tier": "PRODUCTION",
    "reads_from": [{"resource": RESOURCE, "type": "filesystem", "format": "JSON", "required": True}],
    "contracts": [{**CONTRACT, "type": "CONSUMER", "counterparty": "sys_quotes"}],
}
CORE_TOOLS = frozenset(
    {"brief", "find_systems", "get_system", "trace_impact", "register_system", "check_change", "read_record"}
)
PROMPTS = frozenset({"registry_audit", "onboard_system"})
INVALID_PARAMS = -32602
RESOURCE_NOT_FOUND = -32002
"""The older revision's code for a resource that does not exist."""


@dataclass(frozen=True)
class Step:
    """One request: the client's method and what it is given."""

    method: str
    params: dict[str, Any]

    def document(self) -> dict[str, Any]:
        """The step as a step runner reads it."""
        return {"method": self.method, "params": self.params}


def call(tool: str, **arguments: Any) -> Step:
    """A call of a tool."""
    return Step("callTool", {"name": tool, "arguments": arguments})


WALK = {
    "tools": Step("listTools", {}),
    "resources": Step("listResources", {}),
    "templates": Step("listResourceTemplates", {}),
    "prompts": Step("listPrompts", {}),
    "writer": call("register_system", system=WRITER),
    "reader": call("register_system", system=READER),
    "found": call("find_systems", query="prices"),
    "impact": call("trace_impact", target="sys_quotes"),
    "check": call("check_change", resource=RESOURCE, new_schema=WITHOUT_PRICE, source_system="sys_quotes"),
    "record": Step("readResource", {"uri": "concord://systems/sys_quotes"}),
    "audit": Step("getPrompt", {"name": "registry_audit", "arguments": {}}),
    "completed": Step(
        "complete",
        {
            "ref": {"type": "ref/resource", "uri": "concord://systems/{id}"},
            "argument": {"name": "id", "value": "sys_b"},
        },
    ),
    "unknown_system": call("get_system", system_id="sys_nowhere"),
    "unknown_tool": call("no_such_tool"),
    "unknown_resource": Step("readResource", {"uri": "concord://nothing/here"}),
    "unknown_prompt": Step("getPrompt", {"name": "no_such_prompt", "arguments": {}}),
}
STEPS = [step.document() for step in WALK.values()]


def assert_walked(outcomes: list[dict[str, Any]]) -> None:
    """Every step came back as it must."""
    assert len(outcomes) == len(WALK)
    by_name = dict(zip(WALK, outcomes, strict=True))
    results = {name: outcome["result"] for name, outcome in by_name.items() if "result" in outcome}
    errors = {name: outcome["error"] for name, outcome in by_name.items() if "error" in outcome}
    assert set(errors) == {"unknown_tool", "unknown_resource", "unknown_prompt"}, json.dumps(errors, indent=1)
    codes = {name: error["code"] for name, error in errors.items()}
    assert codes.pop("unknown_resource") in {INVALID_PARAMS, RESOURCE_NOT_FOUND}, errors
    assert set(codes.values()) == {INVALID_PARAMS}, errors
    _assert_listed(results)
    _assert_told(results)


def _assert_listed(results: dict[str, Any]) -> None:
    assert {tool["name"] for tool in results["tools"]["tools"]} >= CORE_TOOLS
    assert "concord://files/system_registry.json" in {entry["uri"] for entry in results["resources"]["resources"]}
    templates = {entry["uriTemplate"] for entry in results["templates"]["resourceTemplates"]}
    assert "concord://systems/{id}" in templates
    assert {prompt["name"] for prompt in results["prompts"]["prompts"]} >= PROMPTS


def _assert_told(results: dict[str, Any]) -> None:
    assert answer(results["writer"])["created"] is True
    assert {system["id"] for system in answer(results["found"])["systems"]} == {"sys_board", "sys_quotes"}
    assert [entry["system_id"] for entry in answer(results["impact"])["affected"]] == ["sys_board"]
    check = answer(results["check"])
    assert check["verdict"] == "CONFLICT_DETECTED", check
    assert [conflict["affected_system"] for conflict in check["conflicts"]] == ["sys_board"]
    assert check["blocks"] is True
    content = results["record"]["contents"][0]
    assert json.loads(content["text"])["id"] == "sys_quotes"
    assert results["audit"]["messages"][0]["content"]["text"]
    assert results["completed"]["completion"]["values"] == ["sys_board"]
    refused = results["unknown_system"]
    assert refused["isError"] is True
    assert refused["structuredContent"]["error"]["code"] == "not_found"


def answer(result: dict[str, Any]) -> Any:
    """What a tool told the model; the text must carry the same as the structured content."""
    assert not result.get("isError"), result["content"]
    structured = result["structuredContent"]
    assert json.loads(result["content"][0]["text"]) == structured
    return structured

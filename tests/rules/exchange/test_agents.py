"""Agent cards and server.json of MCP servers become systems; values that may be secrets never come in (REG-11)."""

import json
from typing import Any

import pytest

from server.exchange.agents import a2a, mcp_server
from server.exchange.imported import Imported
from server.model.contract import Basis
from tests.rules.exchange.sources import by_id, read

CARD: dict[str, Any] = {
    "protocolVersion": "0.3.0",
    "name": "Route Planner",
    "description": "Plans routes.",
    "url": "https://agents.example.com/routes/?key=hunter2",
    "preferredTransport": "JSONRPC",
    "additionalInterfaces": [
        {"url": "https://agents.example.com/routes", "transport": "JSONRPC"},
        {"url": "grpc://agents.example.com:443", "transport": "GRPC"},
    ],
    "provider": {"organization": "Maps Ltd", "url": "https://example.com"},
    "version": "1.2.0",
    "capabilities": {"streaming": True, "pushNotifications": False},
    "securitySchemes": {"google": {"type": "openIdConnect", "openIdConnectUrl": "https://x/hunter2"}},
    "defaultInputModes": ["text/plain"],
    "defaultOutputModes": ["application/json"],
    "skills": [{"id": "plan", "name": "Plan", "description": "From here to there.", "tags": ["maps"]}],
}

SERVER: dict[str, Any] = {
    "$schema": "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json",
    "name": "io.github.ada/weather",
    "title": "Weather",
    "description": "Tells the weather.",
    "version": "2.0.0",
    "packages": [
        {
            "registryType": "npm",
            "identifier": "@ada/weather",
            "version": "2.0.0",
            "transport": {"type": "stdio"},
            "environmentVariables": [{"name": "API_KEY", "isRequired": True, "isSecret": True, "default": "hunter2"}],
        }
    ],
    "remotes": [
        {
            "type": "streamable-http",
            "url": "https://user:hunter2@weather.example.com/mcp",
            "headers": [{"name": "X-Key", "value": "hunter2"}],
        },
        {"type": "sse", "url": "https://{tenant}.example.com/sse"},
    ],
}


def cards(*values: Any) -> Imported:
    return read(a2a.read_a2a, *(json.dumps(value) for value in values), name="agent-card{}.json")


def servers(*values: Any) -> Imported:
    return read(mcp_server.read_mcp_servers, *(json.dumps(value) for value in values), name="server{}.json")


def test_reg_11_an_agent_card_is_a_system_that_offers_its_interfaces() -> None:
    imported = cards(CARD)
    system = by_id(imported)["sys_Route_Planner"]
    assert (system.name, system.owner, system.description) == ("Route Planner", "Maps Ltd", "Plans routes.")
    assert [(one.resource, one.type) for one in system.writes_to] == [
        ("https://agents.example.com/routes", "a2a"),
        ("grpc://agents.example.com:443", "a2a"),
    ]
    facts = (system.model_extra or {})["a2a"]
    assert [skill["id"] for skill in facts["skills"]] == ["plan"]
    assert (facts["capabilities"], facts["securitySchemes"]) == (["streaming"], {"google": "openIdConnect"})
    assert imported.systems[0].tier_basis is Basis.INFERRED
    assert "hunter2" not in imported.model_dump_json()


def test_reg_11_a_card_of_the_first_version_states_its_interfaces_in_a_list() -> None:
    card = {
        **{name: value for name, value in CARD.items() if name not in ("url", "additionalInterfaces")},
        "supportedInterfaces": [
            {"url": "https://a.example.com/v1", "protocolBinding": "JSONRPC", "protocolVersion": "1.0"}
        ],
    }
    (system,) = by_id(cards([card])).values()
    assert [one.resource for one in system.writes_to] == ["https://a.example.com/v1"]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"url": "not an address", "additionalInterfaces": []}, "agent-card.json#/url"),
        ({"url": None, "additionalInterfaces": []}, "agent-card.json#/url"),
        ({"name": ""}, "agent-card.json#"),
        ({"additionalInterfaces": [{"transport": "GRPC"}]}, "agent-card.json#/additionalInterfaces/0/url"),
    ],
)
def test_reg_11_what_a_card_lacks_is_told_with_its_place(change: dict[str, Any], place: str) -> None:
    assert [one.item for one in cards({**CARD, **change}).unmapped] == [place]


def test_reg_11_an_mcp_server_is_a_system_that_is_reached_by_its_name_and_its_remotes() -> None:
    imported = servers(SERVER)
    system = by_id(imported)["sys_io.github.ada.weather"]
    assert (system.name, system.owner) == ("Weather", "io.github.ada")
    assert [one.resource for one in system.writes_to] == [
        "mcp://io.github.ada/weather",
        "https://weather.example.com/mcp",
    ]
    facts = (system.model_extra or {})["mcp_server"]
    assert facts["packages"][0]["variables"] == [{"name": "API_KEY", "required": True, "secret": True}]
    assert facts["headers"] == ["X-Key"]
    assert [one.item for one in imported.unmapped] == ["server.json#/remotes/1/url"]
    assert "hunter2" not in imported.model_dump_json()


def test_reg_11_a_registrys_answer_holds_many_servers() -> None:
    imported = servers(
        {"servers": [{"server": SERVER, "_meta": {}}, {"server": {**SERVER, "name": "a/b"}}, {"server": SERVER}, {}]}
    )
    assert sorted(by_id(imported)) == ["sys_a.b", "sys_io.github.ada.weather"]
    assert {one.item for one in imported.unmapped} >= {"server.json#/servers/2/server", "server.json#/servers/3"}


@pytest.mark.parametrize(
    ("value", "card", "server"),
    [
        (CARD, True, False),
        ([CARD], True, False),
        (SERVER, False, True),
        ({"servers": [{"server": {name: value for name, value in SERVER.items() if name != "$schema"}}]}, False, True),
        (
            {"name": "left-pad", "version": "1.0.0", "description": "", "packages": {}, "lockfileVersion": 3},
            False,
            False,
        ),
        ({"mcpServers": {}}, False, False),
        ({"systems": []}, False, False),
    ],
)
def test_reg_11_cards_and_servers_are_told_apart(value: Any, card: bool, server: bool) -> None:
    text = json.dumps(value)
    assert (a2a.recognises("", text), mcp_server.recognises("", text)) == (card, server)


def test_reg_11_members_of_a_card_of_which_nothing_is_kept_are_listed() -> None:
    assert not cards(CARD).unmapped
    more = {"iconUrl": "https://x/i.png", "documentationUrl": "https://x", "signatures": [], "skills": [{}] * 101}
    assert [one.item for one in cards({**CARD, **more}).unmapped] == [
        "agent-card.json#/iconUrl",
        "agent-card.json#/documentationUrl",
        "agent-card.json#/signatures",
        "agent-card.json#/skills/100",
    ]
    told = {one.item for one in servers({**SERVER, "websiteUrl": "https://x", "_meta": {}}).unmapped}
    assert told == {"server.json#/remotes/1/url", "server.json#/websiteUrl", "server.json#/_meta"}

"""Resources that show one record each: a system, a contract, a check, a graph, a schema."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from server.surface import Call, ResourceTemplate

if TYPE_CHECKING:
    from server.services import Services

SUGGESTED = 50
"""Completions offered at most."""


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1)


def read_system(call: "Call[Services]", values: Mapping[str, str]) -> str:
    """The source's system object, with version, findings and whether it is archived."""
    call.services.proposals.ask_due(call.now, read_only=call.read_only)
    view = call.services.registry.get(values["id"])
    return _json(
        {
            **view.document,
            "version": view.version,
            "archived": view.archived,
            "health": view.health.document(),
            **({"archived_at": view.archived_at, "archive_reason": view.archive_reason} if view.archived else {}),
            "findings": [finding.model_dump(mode="json") for finding in view.findings],
        }
    )


def read_contract(call: "Call[Services]", values: Mapping[str, str]) -> str:
    """Both sides' entries with every version, the present ones first; its last 20 validations; `fragile` where it is (CON-7)."""
    history = call.services.validation.beside(call.services.registry.contract(values["id"]))
    fragile = call.services.conflicts.log.fragile_contract(values["id"], call.now)
    return _json({**history, **({"fragile": fragile.model_dump(mode="json")} if fragile else {})})


def read_check(call: "Call[Services]", values: Mapping[str, str]) -> str:
    """The check with the inputs that it saw."""
    return _json(call.services.conflicts.stored(values["id"], caller=call.caller))


def read_proposal(call: "Call[Services]", values: Mapping[str, str]) -> str:
    """The proposal as get_proposal shows it, with its earlier versions."""
    return _json(call.services.proposals.history(values["id"], caller=call.caller, now=call.now))


def read_pattern(call: "Call[Services]", values: Mapping[str, str]) -> str:
    """The pattern with the newest 50 of the stored events that it rests on, and how many there are (PAT-12)."""
    from server.patterns.document import pattern_document

    opened = call.services.patterns.get(values["id"])
    events = [event.model_dump(mode="json") for event in opened.events]
    return _json({**pattern_document(opened.pattern), "events": events, "events_total": opened.events_total})


def read_events(call: "Call[Services]", values: Mapping[str, str]) -> str:
    """{system_id, events[]}: what a system reported last, the newest first; for itself and the local user (LRN-10)."""
    found = call.services.journal.newest(values["system_id"], caller=call.caller)
    return _json({"system_id": values["system_id"], "events": found})


def read_graph(call: "Call[Services]", values: Mapping[str, str]) -> str:
    """The neighbourhood of a system as a Mermaid flowchart."""
    return call.services.registry.neighbourhood(values["system_id"], call.caller)


def read_schema(call: "Call[Services]", values: Mapping[str, str]) -> str:
    """The JSON Schema of one kind of value."""
    from server.model.shapes import SHAPES, schema_named
    from server.surface.described import described

    schema = schema_named(values["name"])
    return _json(described(schema, SHAPES[values["name"]][0]))


def complete_system(call: "Call[Services]", typed: str, others: Mapping[str, str]) -> Sequence[str]:
    """Ids of live systems that begin so, or have it in them."""
    return call.services.registry.ids_like(typed, SUGGESTED)


def complete_contract(call: "Call[Services]", typed: str, others: Mapping[str, str]) -> Sequence[str]:
    """Contract ids that begin so."""
    return call.services.registry.contract_ids_like(typed, SUGGESTED)


def complete_check(call: "Call[Services]", typed: str, others: Mapping[str, str]) -> Sequence[str]:
    """Check ids that begin so, newest first."""
    return call.services.conflicts.check_ids(typed, SUGGESTED, caller=call.caller)


def complete_proposal(call: "Call[Services]", typed: str, others: Mapping[str, str]) -> Sequence[str]:
    """Proposal ids that begin so, newest first."""
    return call.services.proposals.ids_like(typed, SUGGESTED, caller=call.caller)


def complete_pattern(call: "Call[Services]", typed: str, others: Mapping[str, str]) -> Sequence[str]:
    """Pattern ids that begin so, newest first."""
    return call.services.patterns.ids_like(typed, SUGGESTED)


def complete_schema(call: "Call[Services]", typed: str, others: Mapping[str, str]) -> Sequence[str]:
    """Names of schemas that begin so."""
    from server.model.shapes import SHAPES

    return [name for name in SHAPES if name.startswith(typed)]


TEMPLATES: tuple[ResourceTemplate, ...] = (
    ResourceTemplate(
        uri_template="concord://systems/{id}",
        name="system",
        title="A system",
        description="The system object of system_registry.json, with version and open findings.",
        read=read_system,
        complete={"id": complete_system},
    ),
    ResourceTemplate(
        uri_template="concord://contracts/{id}",
        name="contract",
        title="A contract",
        description="Both sides' entries, with schema hash, every earlier version and the last validations, also of archived systems.",
        read=read_contract,
        complete={"id": complete_contract},
    ),
    ResourceTemplate(
        uri_template="concord://checks/{id}",
        name="check",
        title="A check",
        description="A judgement with its proof and plan, and the inputs it saw; `latest` is the newest.",
        read=read_check,
        complete={"id": complete_check},
    ),
    ResourceTemplate(
        uri_template="concord://proposals/{id}",
        name="proposal",
        title="A proposal",
        description="A proposal with its checks, plan, decisions and earlier versions, and what is open for whom.",
        read=read_proposal,
        complete={"id": complete_proposal},
    ),
    ResourceTemplate(
        uri_template="concord://patterns/{id}",
        name="pattern",
        title="A pattern",
        description="A pattern across systems with its evidence and the newest 50 events that it rests on.",
        read=read_pattern,
        complete={"id": complete_pattern},
    ),
    ResourceTemplate(
        uri_template="concord://events/{system_id}",
        name="events",
        title="Events",
        description="The newest 50 events that a system reported, for itself and the local user.",
        read=read_events,
        complete={"system_id": complete_system},
    ),
    ResourceTemplate(
        uri_template="concord://graph/{system_id}",
        name="graph",
        title="A neighbourhood",
        description="Who feeds a system and who reads it, as a Mermaid flowchart.",
        read=read_graph,
        complete={"system_id": complete_system},
        mime_type="text/vnd.mermaid",
    ),
    ResourceTemplate(
        uri_template="concord://schemas/{name}",
        name="schema",
        title="A schema",
        description="The JSON Schema of a system, contract, change, event, check, proposal, pattern or knowledge_entry, as it is read.",
        read=read_schema,
        complete={"name": complete_schema},
    ),
)

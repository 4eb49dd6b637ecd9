"""The tool with which systems report what happened to them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from server.model.wording import counted
from server.surface import (
    Answer,
    Arguments,
    Call,
    IdempotencyKey,
    Lift,
    Members,
    Next,
    Tool,
    argument,
    number,
    string,
)

if TYPE_CHECKING:
    from server.model.base import JsonObject
    from server.services import Services

EVENT_MEMBERS = Members(
    kind=string(
        "Kinds and members: concord://schemas/event.",
        "heartbeat",
        "run",
        "error",
        "metric",
        "incident",
        "access",
        "promotion",
        "rejection",
        "trial",
        "spend",
    ),
    at=string("ISO 8601."),
    id=string("Yours; sent twice, kept once."),
    started_at=string("run."),
    finished_at=string("run."),
    result=string("run.", "OK", "ERROR", "CRITICAL"),
    message=string("run."),
    category=string("error."),
    severity=string("LOW … CRITICAL."),
    name=string("metric."),
    value=number("metric."),
    resource=string("access."),
    mode=string("access.", "read", "write"),
)


class Report(Arguments):
    """Whose events, and which."""

    also_called: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "system_id": ("sys", "id", "name", "system", "agent", "agent_id"),
        "events": ("event",),
    }
    lift: ClassVar[Lift | None] = Lift("events")
    judged_singly: ClassVar[str] = "events"
    system_id: str = argument("Who reports.", "", max_length=200)
    events: Annotated[tuple[Any, ...], EVENT_MEMBERS] = argument("At most 5,000.", ())
    idempotency_key: IdempotencyKey = ""


def report(call: "Call[Services]", args: Report) -> Answer:
    """What can be read is kept; what can't comes back with the reason."""
    done = call.services.journal.report(
        args.system_id, args.events, caller=call.caller, now=call.now, idempotency_key=args.idempotency_key
    )
    refused = done["rejected_total"]
    bad = f" {counted(refused, 'event')} rejected: {done['rejected'][0]['reason']}" if refused else ""
    waiting = done["directives"]
    asked = f" {counted(len(waiting), 'thing')} to do: {waiting[0]['text']}" if waiting else ""
    return Answer(
        summary=f"{counted(done['accepted'], 'event')} accepted.{bad}{asked}",
        data=done,
        next=[_first_step(waiting[0], args.system_id or call.caller)] if waiting else [],
    )


def _first_step(directive: "JsonObject", system_id: str) -> Next:
    """The call that shows what a directive is about."""
    if directive["proposal_id"]:
        return Next("get_proposal", {"proposal_id": directive["proposal_id"]})
    if directive["kind"] == "answer_knowledge":
        return Next("find_knowledge", {"system_id": system_id})
    return Next("read_record", {"uri": f"concord://knowledge/{directive['id'].rpartition(':')[0]}"})


TOOLS: tuple[Tool[Any], ...] = (
    Tool(
        name="report",
        toolset="core",
        title="Report events",
        description=(
            "Tells what happened to a registered system: runs, heartbeats, errors … Late, repeated or out of order is fine. "
            "Its health follows from it; directives[] say what waits for it."
        ),
        arguments=Report,
        run=report,
        example={
            "system_id": "sys_dashboard",
            "events": [{"kind": "run", "at": "2026-04-05T14:00:00Z", "result": "OK"}],
        },
        idempotent=True,
    ),
)

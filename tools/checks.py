"""The tool that judges a change before it is tested."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from server.knowledge.warnings.rejected_before import Words
from server.model.change import Change
from server.surface import Answer, Arguments, Call, Lift, Next, Tool, argument
from server.surface.answer import tokens_of
from tools.change_members import CHANGE_MEMBERS

if TYPE_CHECKING:
    from server.services import Services


class CheckChange(Arguments):
    """One change by its parts, or several in `changes`."""

    also_called: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "resource": ("path", "file", "uri", "contract_id", "target"),
        "source_system": ("system_id", "sys", "system", "source", "writer"),
        "new_schema": ("schema", "json_schema"),
        "patch": ("json_patch", "diff"),
        "samples_after": ("samples", "examples"),
        "title": ("summary", "name"),
    }
    lift: ClassVar[Lift | None] = Lift("changes", carry=("resource", "new_schema", "patch", "samples_after"))
    resource: str = argument("Path, URI or contract id, as registered.", "", max_length=2_000)
    new_schema: dict[str, Any] = argument("Full JSON Schema of what will be written.", {})
    patch: tuple[dict[str, Any], ...] = argument("Or JSON Patch (RFC 6902) of the present schema; move = rename.", ())
    samples_after: tuple[Any, ...] = argument("Example documents; can prove a break, never safety.", ())
    source_system: str = argument("Who changes; may be left out where one system writes it.", "", max_length=200)
    changes: Annotated[
        tuple[Change, ...],
        CHANGE_MEMBERS,
    ] = argument("Several changes, or other facets than the schema.", ())
    title: str = argument("In a few words.", "", max_length=500)


def check_change(call: "Call[Services]", args: CheckChange) -> Answer:
    """The judgement, with proof and plan."""
    single = args.model_dump(
        mode="json", include={"resource", "new_schema", "patch", "samples_after"}, exclude_defaults=True
    )
    several = [one.model_dump(mode="json", by_alias=True, exclude_unset=True) for one in args.changes]
    notes = []
    if several and set(single) == {"resource"}:  # said once for all of them
        notes = ["`resource` was read as the resource of every change that names none."]
        told = [one for one in several if set(one) - {"description", "removes_dependency"}]
        # beside other changes one told in words alone is internal; by itself it can only be about the resource named
        several = [{**single, **one} if one in told or not told else one for one in several]
        single = {}
    checked = call.services.conflicts.check(
        [*([single] if single else []), *several],
        source_system=args.source_system,
        caller=call.caller,
        now=call.now,
        keep=not call.read_only,
        words=Words(title=args.title),
    )
    check_id = checked.document["check_id"]
    return Answer(
        summary=checked.summary,
        data=checked.document,
        notes=notes,
        next=[Next("read_record", {"uri": f"concord://checks/{check_id}"})] if check_id else [],
        uri=f"concord://checks/{check_id}" if check_id else "",
        shorter=partial(_within_reach, checked.document) if check_id and checked.document["conflicts"] else None,
    )


def _within_reach(check: dict[str, Any], room: int) -> tuple[dict[str, Any], list[str]]:
    """The check in so many tokens: the worst conflict whole, of the others as much as there is room for, and what is missing."""
    worst, *others = check["conflicts"]
    check = {**check, "uri": f"concord://checks/{check['check_id']}"}
    for left_out, shorter in ((_PLANS, _without_plan), (f"{_PLANS} and witnesses", _told)):
        short = {**check, "conflicts": [worst, *map(shorter, others)]}
        if tokens_of(short) <= room:
            return short, [f"{left_out} of all conflicts but the first stand in the record only."]
    kept = list(map(_told, others))
    while kept and tokens_of({**check, "conflicts": [worst, *kept]}) > room:
        kept = kept[: len(kept) * 3 // 4]
    note = f"{len(kept) + 1} of {len(others) + 1} conflicts are shown, the worst first; the others stand in the record only."
    return {**check, "conflicts": [worst, *kept]}, [note]


def _without_plan(conflict: dict[str, Any]) -> dict[str, Any]:
    plan = conflict["proposed_resolution"]
    kept = {name: plan[name] for name in ("strategy", "estimated_duration_days")}
    return {**conflict, "proposed_resolution": kept}


def _told(conflict: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in _without_plan(conflict).items() if name not in ("witness", "evidence")}


_PLANS = "Steps, rollbacks and adapters"

TOOLS: tuple[Tool[Any], ...] = (
    Tool(
        name="check_change",
        toolset="core",
        title="Check a change",
        description=(
            "Judges a planned change against everyone who reads what it touches: CLEAR, REVIEW_REQUIRED or "
            "CONFLICT_DETECTED, with what would break the reader, and a plan. A dry run: nothing is changed."
        ),
        arguments=CheckChange,
        run=check_change,
        example={
            "resource": "~/outputs/signals.json",
            "patch": [{"op": "move", "from": "/properties/score", "path": "/properties/rating"}],
        },
        read_only=True,
        idempotent=True,
        always_loaded=True,
    ),
)

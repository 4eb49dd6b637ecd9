"""Check a proposed change against every reader of what it touches.

FILE holds a change ({"resource", "new_schema", …}), a list of changes, or {"source_system", "changes"}; `-` is standard
input. The check is a dry run: it changes nothing but keeps its own record. --source-system says who proposes the change,
where the file does not and several systems could be meant.

--again judges a check that was kept once more, on the registry and everything else that it saw then, and says whether the
answer is the same.

Exit codes: 0 CLEAR, 1 CONFLICT_DETECTED, 2 REVIEW_REQUIRED, 3 bad input, or with --again another answer than the one kept.
"""

import argparse
import json

from server.cli.commands import BAD_INPUT
from server.cli.documents import read_json
from server.cli.output import show, show_json, show_whole
from server.cli.session import add_database_flag, add_json_flag, opened
from server.errors import InvalidArgument
from server.model.base import Json, JsonObject

MOST_OPERATIONS = 5
"""Operations of an adapter that are told; `--json` has all."""
EXIT_CODES = {"CLEAR": 0, "CONFLICT_DETECTED": 1, "REVIEW_REQUIRED": 2}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `concord check` takes."""
    asked = parser.add_mutually_exclusive_group(required=True)
    asked.add_argument("file", metavar="FILE", nargs="?", help="the change, as JSON")
    asked.add_argument("--again", metavar="CHECK", help="judge this kept check once more: its id, or `latest`")
    parser.add_argument("--source-system", default="", metavar="ID", help="the system that proposes the change")
    add_json_flag(parser)
    add_database_flag(parser)


def run(arguments: argparse.Namespace) -> int:
    """Judge the change; the exit code is the verdict."""
    if arguments.again:
        return _run_again(arguments)
    source, changes = _asked(read_json(arguments.file), arguments.file)
    with opened(arguments) as session:
        checked = session.services.conflicts.check(
            changes,
            source_system=arguments.source_system or source,
            caller=session.config.system,
            now=session.now(),
        )
    if arguments.json:
        show_json({"summary": checked.summary, **checked.document})
    else:
        _show(checked.summary, checked.document)
    return EXIT_CODES[checked.document["verdict"]]


def _run_again(arguments: argparse.Namespace) -> int:
    with opened(arguments) as session:
        done = session.services.conflicts.again(arguments.again, caller=session.config.system)
    if arguments.json:
        show_json(done.document)
    elif done.same:
        show(f"{done.check_id} gives the same answer again: {done.check['verdict']}.")
        _show(done.summary, done.check)
    else:
        show(f"{done.check_id} gives another answer than the one that was kept:")
        for one in done.differences:
            kept, again = (json.dumps(one[side], ensure_ascii=False) for side in ("kept", "again"))
            show_whole(f"  {one['path'] or '/'}: kept {kept}, now {again}")
    return EXIT_CODES[done.check["verdict"]] if done.same else BAD_INPUT


def _asked(document: Json, name: str) -> tuple[str, list[Json]]:
    """Who proposes ("" where the file doesn't say), and the changes."""
    if isinstance(document, list):
        return "", document
    if not isinstance(document, dict):
        raise InvalidArgument(f"{name} holds no change.", hint='Such as {"resource": "…", "new_schema": {…}}.')
    rest = {member: value for member, value in document.items() if member not in ("source_system", "title")}
    source = document.get("source_system", "")
    if not isinstance(source, str):
        raise InvalidArgument("source_system is a system's id.", path="/source_system")
    if "changes" not in rest:
        return source, [rest]
    changes = rest.pop("changes")
    if rest or not isinstance(changes, list):
        raise InvalidArgument(
            f"{name} has members beside `changes`, or `changes` is no list.",
            allowed=("source_system", "title", "changes"),
        )
    return source, changes


def _show(summary: str, document: JsonObject) -> None:
    show(summary)
    for conflict in document["conflicts"]:
        show()
        show(f"{conflict['severity']} {conflict['type']} for {conflict['affected_system']} (rule {conflict['rule']})")
        show(f"  {conflict['description']}")
        if "witness" in conflict:
            show_whole(f"  witness: {json.dumps(conflict['witness'], ensure_ascii=False)}")
        resolution = conflict["proposed_resolution"]
        show(f"  plan: {resolution['strategy']}, {resolution['estimated_duration_days']} days")
        for step in resolution["steps"]:
            show(f"    {step}")
        if adapter := resolution.get("adapter"):
            show(f"  adapter: {adapter_in_words(adapter)}")
        show(f"  rollback: {resolution['rollback_plan']}")
    for item in document["undecided"]:
        show()
        show(f"undecided for {item['affected_system'] or item['resource']}: {item['reason']}")
    for text in (document["non_breaking_notes"], document["recommendation"]):
        if text:
            show()
            show(text)


def adapter_in_words(adapter: JsonObject) -> str:
    """Such as `move /rating to /score in each item (proved)`."""
    operations = adapter["operations"]
    said = [_operation_in_words(one) for one in operations[:MOST_OPERATIONS]]
    if more := len(operations) - len(said):
        said.append(f"and {more} more")
    known = "proved; that it moves what is meant is inferred" if adapter["basis"] == "inferred" else "proved"
    return f"{', '.join(said)} in {_PLACES.get(adapter['applies_to'], adapter['applies_to'])} ({known})"


_PLACES = {"document": "the document"}


def _operation_in_words(operation: JsonObject) -> str:
    if operation["op"] == "wrap":
        return f"wrap all as /{operation['member']}"
    path = operation["path"] or "the top"
    match operation["op"]:
        case "move":
            said = f"move {operation['from'] or 'all'} to {path}"
        case "convert":
            said = f"convert {path} to {operation['to']}"
        case other:
            said = f"{other} {path}"
    return f"{said} where present" if operation.get("if_present") else said

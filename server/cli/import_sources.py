"""Bring in a registry file, docker compose files or other catalogues.

SOURCE is a file or a folder; several files are laid over each other in their order, as one source. What they are is
recognised. What could not be mapped or leads nowhere is said, nothing is deleted: what a source no longer lists is a
finding. An import that would leave out much of what its source listed before is held until --confirm.
"""

import argparse
from collections.abc import Iterable

from server.cli.commands import BAD_INPUT
from server.cli.output import show, show_json, show_progress
from server.cli.session import add_database_flag, add_json_flag, opened
from server.model.base import JsonObject

COUNTS = ("created", "updated", "unchanged", "missing", "archived", "merged")
MOST_IDS = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `concord import` takes."""
    parser.add_argument("sources", nargs="+", metavar="SOURCE", help="a file or a folder")
    parser.add_argument("--format", default="", metavar="NAME", help="what it is, where it is not recognised")
    parser.add_argument("--name", default="", metavar="NAME", help="what to call the source")
    parser.add_argument(
        "--profile",
        action="append",
        default=[],
        metavar="NAME",
        help="a compose profile; may be repeated, `all` is every one",
    )
    parser.add_argument("--confirm", action="store_true", help="go on although much is gone from the source")
    add_json_flag(parser)
    add_database_flag(parser)


def run(arguments: argparse.Namespace) -> int:
    """Bring it in, and say what came and what did not; exit code 3 where the import is held."""
    from server.exchange.outcome import outcome_document

    with opened(arguments) as session:
        show_progress(f"reading {', '.join(arguments.sources)}")
        outcome = session.services.exchange.import_source(
            paths=arguments.sources,
            format=arguments.format,
            name=arguments.name,
            profiles=arguments.profile,
            confirm=arguments.confirm,
            caller=session.config.system,
            now=session.now(),
        )
    document = outcome_document(outcome)
    if arguments.json:
        show_json(document)
    else:
        _show(document)
    return BAD_INPUT if outcome.held else 0


def _show(document: JsonObject) -> None:
    show(document["summary"])
    for name in COUNTS:
        ids, total = document[name]["ids"], document[name]["total"]
        if total:
            more = f" and {total - MOST_IDS} more" if total > MOST_IDS else ""
            show(f"  {name}: {total} ({', '.join(ids[:MOST_IDS])}{more})")
    edges = document["edges"]
    if edges["total"] or any(document[name]["total"] for name in COUNTS):
        known = ", ".join(f"{edges[basis]} {basis}" for basis in ("declared", "observed", "inferred"))
        show(f"  dependencies: {edges['total']} ({known})")
    unmapped = (f"{one['item']}: {one['reason']}" for one in document["unmapped"])
    _show_all("not mapped", document["unmapped_total"], unmapped)
    dangling = (f"{one['origin']} → {one['target']}: {one['reason']}" for one in document["dangling"])
    _show_all("leads nowhere", document["dangling_total"], dangling)
    found = (f"{one['severity']} {one['kind']} {one['system_id']} {one['subject']}" for one in document["findings"])
    _show_all("findings", document["findings_total"], found)
    _show_all("notes", len(document["notes"]), document["notes"])
    if document["held"]:
        _show_all("gone", len(document["gone"]), document["gone"])
        show("Nothing was changed. Repeat the command with --confirm to go on.")


def _show_all(title: str, total: int, lines: Iterable[str]) -> None:
    if total:
        show(f"  {title}: {total}")
        for line in lines:
            show(f"    {line}")

"""Look for what runs, reads and writes here although nobody registered it.

Looked at are crontabs, systemd and launchd, workflow files, agents and their settings, MCP servers, compose, Kubernetes
and dbt files, Procfiles, what Python and shell sources read and write, and the programs of this user that run below the
paths. Everything found belongs to no registered system and is kept as a candidate with its evidence; nothing is
registered and nothing is changed. No secret is shown.
`onboard_system` turns a candidate into a registration that a person confirms.
"""

import argparse
import shlex

from server.cli.output import show, show_json, show_progress, show_table
from server.cli.session import add_database_flag, add_json_flag, opened
from server.model.base import JsonObject
from server.model.wording import counted

IMPORTED = {"service": "", "kubernetes": "", "dbt": "/target/manifest.json"}
"""Kinds of candidates that an import reads as a whole, and where below their location its file is."""

MOST_ACCESSES = 3
"""Resources of one candidate that the table names."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `concord scan` takes."""
    parser.add_argument("paths", nargs="+", metavar="PATH", help="a folder or a file")
    parser.add_argument(
        "--processes",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="look at this user's programs that run below the paths, too (Linux; the default)",
    )
    add_json_flag(parser)
    add_database_flag(parser)


def run(arguments: argparse.Namespace) -> int:
    """Scan, and show what belongs to nobody; with `--json`, discovery_scan.json."""
    with opened(arguments) as session:
        scan = session.services.discovery.scan(
            arguments.paths,
            session.now(),
            lambda done, total, message: show_progress(message),
            caller=session.config.system,
            processes=arguments.processes,
        )
    if arguments.json:
        show_json(scan.document)
    else:
        _show(scan.document, scan.summary_data)
    return 0


def _show(document: JsonObject, figures: JsonObject) -> None:
    listed = document["unregistered"]
    if listed:
        columns = ("id", "sure", "kind", "name", "where", "schedule", "reads", "writes")
        show_table(columns, [_row(entry) for entry in listed])
    known = f", {figures['registered']} belong to registered systems" if figures["registered"] else ""
    gone = f", {figures['gone']} are gone" if figures["gone"] else ""
    show(
        f"{counted(len(listed), 'candidate')} unregistered ({figures['new']} new{known}{gone}); "
        f"{figures['files']:,} files looked at. Nothing was registered."
    )
    for note in document["notes"]:
        show(f"  {note}")
    if listed:
        show(f"Next: {_next_step(listed)}")


def _next_step(listed: list[JsonObject]) -> str:
    """How candidates become registrations."""
    lines = 'to register one, start the prompt onboard_system in your MCP client with its place as "path".'
    files = [entry["location"] + IMPORTED[entry["kind"]] for entry in listed if entry["kind"] in IMPORTED]
    if files:
        lines += (
            "\nCompose, Kubernetes, dbt and Backstage files register all that they describe at once: "
            f"concord import {shlex.quote(files[0])}"
        )
    return lines


def _row(entry: JsonObject) -> tuple[str, ...]:
    named = (entry["candidate_id"], f"{entry['confidence']:.2f}", entry["kind"], entry["name"], entry["location"])
    when = f"{entry['schedule']} {entry['timezone']}".strip()
    return (*named, when, _few(entry["reads"]), _few(entry["writes"]))


def _few(resources: list[str]) -> str:
    more = f" +{len(resources) - MOST_ACCESSES}" if len(resources) > MOST_ACCESSES else ""
    return ", ".join(resources[:MOST_ACCESSES]) + more

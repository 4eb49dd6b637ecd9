"""Write the registry's documents into a folder.

A picture that is asked for (--html, --dot, --mermaid) or another format (--format) is written instead of the documents.
The folder is made where it is missing. Each file is replaced as a whole: a reader sees the old one or the new one.
"""

import argparse

from server.cli.output import show, show_json
from server.cli.session import add_database_flag, add_json_flag, opened
from server.exchange.pictures import PICTURES


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `concord export` takes."""
    parser.add_argument("directory", metavar="DIR", help="the folder to write into")
    parser.add_argument(
        "--format",
        metavar="NAME,…",
        default="",
        help="foreign formats to write instead, such as backstage,odcs; documents among them = the own files too",
    )
    for kind, title in PICTURES.items():
        parser.add_argument(f"--{kind}", action="append_const", dest="pictures", const=kind, default=[], help=title)
    add_json_flag(parser)
    add_database_flag(parser)


def run(arguments: argparse.Namespace) -> int:
    """Write the files, and name them."""
    from server.exchange.outcome import outcome_document

    with opened(arguments) as session:
        outcome = session.services.exchange.export_files(
            arguments.directory,
            now=session.now(),
            formats=[*(name.strip() for name in arguments.format.split(",") if name.strip()), *arguments.pictures],
            caller=session.config.system,
        )
    if arguments.json:
        show_json(outcome_document(outcome))
        return 0
    for file in outcome.files:
        show(f"{file.path} ({file.bytes:,} bytes)")
    return 0

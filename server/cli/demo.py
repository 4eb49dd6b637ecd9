"""Watch a change that would break a program, the proof, the way out, and what one learned for all.

Everything happens in a temporary folder that is gone afterwards; with --keep or --folder it stays, to be looked at.
Every step is done for real and checked: exit code 0 says that all of them held, 1 that one did not.
"""

import argparse
import sys
from io import TextIOWrapper

from server.cli.session import add_json_flag


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `concord demo` takes."""
    parser.add_argument("--folder", metavar="DIR", help="play in this folder, which must be new or empty, and keep it")
    parser.add_argument("--keep", action="store_true", help="keep the temporary folder")
    parser.add_argument("--no-color", action="store_true", help="no colours (NO_COLOR does the same)")
    add_json_flag(parser)


def run(arguments: argparse.Namespace) -> int:
    """Play the demonstration."""
    from server.demo import run as play

    if isinstance(sys.stdout, TextIOWrapper):
        # A terminal that lacks an arrow shows a question mark instead of ending the show.
        sys.stdout.reconfigure(errors="replace")
    return play(folder=arguments.folder, keep=arguments.keep, color=not arguments.no_color, as_json=arguments.json)

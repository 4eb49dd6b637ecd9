"""Watch three real programs, a change that would break one, the proof, and the way out.

Everything happens in a temporary folder that is gone afterwards; with --folder it stays, to be looked at.
"""

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `concord demo` takes."""
    parser.add_argument("--folder", metavar="DIR", help="keep everything in this folder, which must be new or empty")


def run(arguments: argparse.Namespace) -> int:
    """Play the demonstration."""
    from server.demo import run as play

    return play(arguments.folder)

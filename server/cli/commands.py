"""The commands, as data: what each is for and which module it lives in.

The table is all that `concord --help` needs, so that asking for help imports nothing else. A command's module offers
`add_arguments(parser)` and `run(arguments) -> exit code`.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import NoReturn, Protocol, cast

BAD_INPUT = 3
"""Exit code for input that can't be used, a wrong command line included."""


class CommandModule(Protocol):
    """What a command's module offers."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the command's own arguments."""

    def run(self, arguments: argparse.Namespace) -> int:
        """Do what was asked; the result is the exit code."""


@dataclass(frozen=True)
class Command:
    """One command: its name, what it is for, and the module that carries it out."""

    name: str
    summary: str
    module: str

    def load(self) -> CommandModule:
        """The command's module, imported now."""
        return cast("CommandModule", import_module(f"server.cli.{self.module}"))


COMMANDS = (
    Command("serve", "Serve the MCP tools, resources and prompts over stdio or HTTP.", "serve"),
    Command(
        "demo",
        "Watch a change that would break a program, the proof, the way out, and what one learned for all.",
        "demo",
    ),
    Command("check", "Check a proposed change against every reader of what it touches.", "check"),
    Command("diff", "Decide whether documents of one JSON Schema can break a reader of another.", "diff"),
    Command("import", "Bring in a registry file, docker compose files or other catalogues.", "import_sources"),
    Command("export", "Write the registry's documents into a folder.", "export_files"),
    Command("run", "Run a job now: registry, validation, discovery, patterns, learning, or all of them.", "run"),
    Command("scan", "Look for what runs here and belongs to no registered system.", "scan"),
    Command("approve", "Say for a system, as a person, whether a proposal may go on.", "approve"),
    Command(
        "status",
        "Show how things stand: systems, proposals, what conflicts held or let go, and open findings.",
        "status",
    ),
    Command("doctor", "Look whether settings, database and optional parts are in order.", "doctor"),
)


class CommandLineParser(argparse.ArgumentParser):
    """An argument parser whose complaints leave with the exit code for bad input: 2 means "undecided" here."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(BAD_INPUT, f"{self.prog}: {message}\n")


def find_command(name: str) -> Command | None:
    """The command of that name, if there is one."""
    return next((command for command in COMMANDS if command.name == name), None)


def overview_parser() -> CommandLineParser:
    """The parser behind `concord --help`: every command with its one line, none of them loaded."""
    width = max(len(command.name) for command in COMMANDS)
    lines = [f"  {command.name:<{width}}  {command.summary}" for command in COMMANDS]
    parser = CommandLineParser(
        prog="concord",
        usage="concord [--version] COMMAND …",
        description="Keeps many systems in step: who reads what, what a change would break, and what to do instead.",
        epilog="commands:\n" + "\n".join(lines) + "\n\n`concord COMMAND --help` tells more about one.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="store_true", help="show the version and leave")
    return parser


def command_parser(command: Command) -> CommandLineParser:
    """The parser of one command, with the description that its module's docstring gives."""
    module = command.load()
    parser = CommandLineParser(
        prog=f"concord {command.name}",
        description=command.summary,
        epilog=_body(module.__doc__),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    module.add_arguments(parser)
    return parser


def parse_arguments(command: Command, words: Sequence[str]) -> argparse.Namespace:
    """The command's arguments out of the words that follow its name; leaves with exit code 3 on a wrong one."""
    return command_parser(command).parse_args(list(words))


def _body(docstring: str | None) -> str:
    """A module's docstring without its first paragraph, which is the summary again."""
    return (docstring or "").partition("\n\n")[2].strip()

"""Serve the MCP tools, resources and prompts over stdio or HTTP.

On stdio the caller is the local user, who may do everything; --as makes the process one system, which acts for itself
alone. Over HTTP the caller is the system that the bearer token names (CONCORD_TOKENS).

Of all processes on a database that serve the local user or HTTP, one keeps the built-in schedule: registry every six
hours; validation, discovery and patterns daily; learning on Sundays. --no-jobs (CONCORD_JOBS=off) keeps a process out of
it, as --read-only and --as do.
"""

import argparse
import gc
import os

from server.cli.output import show_progress
from server.cli.session import add_database_flag, configuration
from server.config import Config

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8765
NEW_BEFORE_A_SEARCH = 20_000
"""So many new objects before cycles among them are searched for: a call makes thousands, and hardly any are in one."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `concord serve` takes."""
    parser.add_argument(
        "--transport", choices=("stdio", "http"), default="stdio", help="how clients reach it (default: stdio)"
    )
    parser.add_argument(
        "--host", default=DEFAULT_HOST, help=f"address to listen on, over HTTP (default: {DEFAULT_HOST})"
    )
    parser.add_argument(
        "--port",
        type=_port,
        default=DEFAULT_PORT,
        help=f"port to listen on, over HTTP; 0 takes a free one (default: {DEFAULT_PORT})",
    )
    parser.add_argument(
        "--as", dest="system", metavar="SYSTEM_ID", help="the system that calls on stdio (default: CONCORD_SYSTEM)"
    )
    parser.add_argument("--toolsets", type=_names, metavar="A,B", help="toolsets to list, in place of `core`")
    parser.add_argument("--tools", type=_names, metavar="X,Y", help="single tools to list besides")
    parser.add_argument("--exclude-tools", type=_names, metavar="X,Y", help="tools not to list")
    parser.add_argument("--read-only", action="store_true", default=None, help="list only tools that change nothing")
    parser.add_argument(
        "--no-jobs",
        dest="jobs",
        action="store_false",
        default=None,
        help="never keep the built-in schedule (default: CONCORD_JOBS)",
    )
    add_database_flag(parser)


def run(arguments: argparse.Namespace) -> int:
    """Serve until the client leaves or a signal comes."""
    config = settings(arguments)
    gc.set_threshold(NEW_BEFORE_A_SEARCH)
    # Before numpy is loaded: on busy cores its threads wait for each other by spinning, which takes ten times as long as
    # one thread alone, and every client on stdio has a server of its own.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from server.app import build_server, keep_schedule

    server = build_server(config)
    ticker = keep_schedule(config, server)
    try:
        if arguments.transport == "stdio":
            from server.web.stdio import serve_stdio

            return serve_stdio(server)
        from server.web.http import serve_http

        return serve_http(
            server, arguments.host, arguments.port, announce=lambda url: show_progress(f"Concord listens at {url}")
        )
    finally:
        ticker.stop()
        server.services.end_jobs()
        # The system takes back all memory at once; Python's last search for cycles in it takes longer than all the rest.
        gc.freeze()


def settings(arguments: argparse.Namespace) -> Config:
    """The environment's settings, with the flags of this call in place."""
    return configuration(arguments).with_flags(
        system=arguments.system,
        toolsets=arguments.toolsets,
        tools=arguments.tools,
        exclude_tools=arguments.exclude_tools,
        read_only=arguments.read_only,
        jobs=arguments.jobs,
    )


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65_535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: 0 to 65535")
    return int(text)

"""What a command works with: flags that several share, the configuration they add up to, and the services behind it."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from server.config import Config, database_url_from, read_config

if TYPE_CHECKING:
    from server.services import Services


@dataclass(frozen=True)
class Session:
    """The services of one command, and the configuration that they were built from."""

    config: Config
    services: "Services"

    def now(self) -> datetime:
        """The present moment, as the configuration sees it."""
        from server.clock import clock_from

        return clock_from(self.config.now).now()


def add_json_flag(parser: argparse.ArgumentParser) -> None:
    """Declare `--json`."""
    parser.add_argument("--json", action="store_true", help="answer in JSON, errors included")


def add_database_flag(parser: argparse.ArgumentParser) -> None:
    """Declare `--database`."""
    parser.add_argument(
        "--database",
        metavar="URL",
        help="sqlite:///FILE, a file's path, or postgresql://… (default: CONCORD_DATABASE_URL, else concord.db in CONCORD_HOME)",
    )


def configuration(arguments: argparse.Namespace) -> Config:
    """What the environment states, with the flags of this call in place."""
    config = read_config()
    database: str | None = getattr(arguments, "database", None)
    if database is None:
        return config
    return config.with_flags(database_url=database_url_from(database, config.home))


@contextmanager
def opened(arguments: argparse.Namespace) -> Iterator[Session]:
    """The services on the configured database, which is closed again afterwards."""
    from server.app import build_services

    config = configuration(arguments)
    services = build_services(config)
    try:
        yield Session(config, services)
    finally:
        services.close()

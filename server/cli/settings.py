"""Flags that several commands share, and the configuration that they and the environment add up to."""

import argparse

from server.config import Config, database_url_from, read_config


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

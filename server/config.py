"""Configuration: the only reader of the environment. Flags win over the environment."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from server.errors import ConfigurationError


@dataclass(frozen=True)
class Config:
    """What a process was started with."""

    home: Path
    """Folder for the default database and other files of ours."""
    database_url: str
    """`sqlite:///FILE` or `postgresql://…`."""
    now: str = ""
    """Freezes the clock (ISO 8601, or `@FILE`); empty = real time."""
    system: str = ""
    """Who calls on stdio: a system's id, or empty for the local user."""
    toolsets: tuple[str, ...] = ("core",)
    tools: tuple[str, ...] = ()
    exclude_tools: tuple[str, ...] = ()
    read_only: bool = False
    tokens: tuple[tuple[str, str], ...] = ()
    """Bearer tokens over HTTP: (token, system id)."""
    health_hosts: tuple[str, ...] = ()
    """Hosts that may be asked how a system is: `name`, or `name:port`."""
    jobs: bool = True
    """Whether a serving process keeps the built-in schedule."""
    scan_paths: tuple[str, ...] = ()
    """Folders that the scheduled discovery looks through."""
    http_hosts: tuple[str, ...] = ()
    """Hosts that may be asked for the data that contracts are about: `name`, or `name:port`."""
    keep_events_days: int = 400
    """Days for which events are kept one by one; 0 = for ever."""
    embeddings: str = ""
    """What ranks shared knowledge by meaning: empty = the local model where it is installed, `off`, `local`, or an endpoint's URL."""
    embeddings_model: str = ""
    """The model to ask for there."""
    embeddings_key: str = field(default="", repr=False)
    """Secret that is sent there."""

    def with_flags(self, **flags: Any) -> "Config":
        """The same settings with those flags in place that were given (None = not given)."""
        return replace(self, **{name: value for name, value in flags.items() if value is not None})


def read_config(environment: Mapping[str, str] | None = None) -> Config:
    """The settings that the environment states, with defaults for the rest.

    Raises ConfigurationError where a setting can't be used.
    """
    env = os.environ if environment is None else environment
    home = Path(env.get("CONCORD_HOME") or default_home(env)).expanduser()
    return Config(
        home=home,
        database_url=database_url_from(env.get("CONCORD_DATABASE_URL", ""), home),
        now=env.get("CONCORD_NOW", ""),
        system=env.get("CONCORD_SYSTEM", ""),
        tokens=read_tokens(Path(env["CONCORD_TOKENS"])) if env.get("CONCORD_TOKENS") else (),
        health_hosts=tuple(env.get("CONCORD_HEALTH_HOSTS", "").replace(",", " ").lower().split()),
        jobs=read_switch("CONCORD_JOBS", env.get("CONCORD_JOBS", "")),
        scan_paths=tuple(filter(None, env.get("CONCORD_SCAN_PATHS", "").split(os.pathsep))),
        http_hosts=tuple(env.get("CONCORD_HTTP_HOSTS", "").replace(",", " ").lower().split()),
        keep_events_days=read_days("CONCORD_KEEP_EVENTS_DAYS", env.get("CONCORD_KEEP_EVENTS_DAYS", ""), 400),
        embeddings=read_embeddings(env.get("CONCORD_EMBEDDINGS", "")),
        embeddings_model=env.get("CONCORD_EMBEDDINGS_MODEL", "").strip(),
        embeddings_key=env.get("CONCORD_EMBEDDINGS_KEY", "").strip(),
    )


def read_switch(name: str, setting: str) -> bool:
    """Whether a setting that is on unless it says otherwise is on. Raises ConfigurationError for any other word."""
    words = {"": True, "on": True, "1": True, "true": True, "off": False, "0": False, "false": False}
    if (switch := words.get(setting.strip().lower())) is None:
        raise ConfigurationError(f"{name} is {setting[:100]!r}.", allowed=("on", "off"))
    return switch


def read_days(name: str, setting: str, otherwise: int) -> int:
    """The whole number of days that a setting states, at most 36,500. Raises ConfigurationError for anything else."""
    text = setting.strip()
    if not text:
        return otherwise
    if not (text.isascii() and text.isdigit() and int(text[:9]) <= 36_500 and len(text) < 10):
        raise ConfigurationError(f"{name} is {setting[:100]!r}.", hint="A whole number from 0 to 36500.")
    return int(text)


def read_embeddings(setting: str) -> str:
    """What the setting says: empty, `off`, `local`, or a URL. Raises ConfigurationError for anything else, which it doesn't repeat."""
    text = setting.strip()
    word = text.lower()
    if word in ("", "off", "local"):
        return word
    if not word.startswith(("http://", "https://")) or "@" in text or any(letter.isspace() for letter in text):
        raise ConfigurationError(
            "CONCORD_EMBEDDINGS is neither a word that is known nor a URL without a name and password.",
            hint="The URL ends before /embeddings; a key goes into CONCORD_EMBEDDINGS_KEY.",
            allowed=("off", "local", "https://HOST/v1"),
        )
    return text


def default_home(env: Mapping[str, str]) -> Path:
    """The platform's folder for a user's application data."""
    if sys.platform == "win32":
        return Path(env.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "concord"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "concord"
    return Path(env.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "concord"


def read_tokens(file: Path) -> tuple[tuple[str, str], ...]:
    """The bearer tokens of a file with one `SYSTEM_ID TOKEN` a line (`#` starts a comment), as (token, system id)."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise ConfigurationError(f"CONCORD_TOKENS names {file}, which can't be read.") from error
    pairs = []
    for number, line in enumerate(lines, start=1):
        words = line.split("#", 1)[0].split()
        if not words:
            continue
        if len(words) != 2 or len(words[1]) < 16:
            raise ConfigurationError(
                f"Line {number} of {file} is not `SYSTEM_ID TOKEN`.", hint="A token has at least 16 characters."
            )
        pairs.append((words[1], words[0]))
    return tuple(pairs)


def database_url_from(setting: str, home: Path) -> str:
    """The database that a setting or flag names: a URL, a file's path, or empty for `concord.db` in `home`.

    Raises ConfigurationError for a kind of database that is not supported.
    """
    if not setting:
        return f"sqlite:///{home / 'concord.db'}"
    if setting.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://", "postgres://")):
        return setting
    if "://" in setting:
        scheme = setting.split("://", 1)[0]
        raise ConfigurationError(
            f"The database URL has the scheme {scheme!r}, which is not supported.",
            allowed=("sqlite:///FILE", "postgresql://USER@HOST/NAME"),
        )
    return f"sqlite:///{Path(setting).expanduser()}"


def is_used(database_url: str) -> bool:
    """Whether there may be something in the database: a file that nobody has made yet holds nothing."""
    return not database_url.startswith("sqlite:///") or Path(database_url.removeprefix("sqlite:///")).exists()

"""Where a new form could be written beside the old one, and why for some resources there is no such place."""

import re
from collections.abc import Iterator

_QUEUES = frozenset(
    """kafka amqp amqps rabbitmq mqtt mqtts nats pulsar sqs sns pubsub eventhub queue topic stream jms ws wss
    kinesis zmq stomp""".split()
)
_STORES = frozenset("file s3 gs hdfs abfs abfss ftp sftp gcs az minio".split())
_DATABASES = frozenset(
    "sqlite postgresql postgres mysql mariadb mssql oracle snowflake bigquery duckdb redis mongodb".split()
)
_PIPES = frozenset("stdin stdout stderr pipe fifo fd".split())
_SCHEME = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]+):")
_VERSION_IN_ADDRESS = re.compile(r"(?<=/)v(\d+)(?=/|$)")
_VERSION_AT_END = re.compile(r"_v\d+$")
_MOST_TRIED = 4


def versioned_name(resource: str, schema_version: str) -> str:
    """Where the new form goes: `signals.json` at `v2` becomes `signals_v3.json`, a folder or service likewise.

    An address that has a version in it gets the next one: `https://host/v1/scores` becomes `https://host/v2/scores`.
    """
    number = re.search(r"(\d+)", schema_version)
    in_address = _VERSION_IN_ADDRESS.search(resource) if _scheme(resource) not in ("", *_STORES, *_DATABASES) else None
    if in_address is not None:
        return f"{resource[: in_address.start()]}v{int(in_address.group(1)) + 1}{resource[in_address.end() :]}"
    return _with_version(resource, int(number.group(1)) + 1 if number else 2)


def names_to_try(resource: str, schema_version: str) -> Iterator[str]:
    """Names for the new form, the best first: the next versions of the name, then of the folder that holds it."""
    first = versioned_name(resource, schema_version)
    yield first
    number = re.search(r"v(\d+)(?!.*v\d)", first)
    if number is None:
        return
    following = range(int(number.group(1)) + 1, int(number.group(1)) + _MOST_TRIED)
    for version in following:
        yield f"{first[: number.start(1)]}{version}{first[number.end(1) :]}"
    folder, slash, last = resource.rstrip("/").rpartition("/")
    if slash and folder and "#" not in resource and folder.rpartition("/")[2] not in ("", "~", ".", "..", "$HOME"):
        for version in (int(number.group(1)), *following):
            yield f"{_with_version(folder, version)}/{last}{'/' if resource.endswith('/') else ''}"


def no_second_name(resource: str) -> str:
    """Why nothing can be written beside this resource under a second name; empty where something can."""
    scheme = _scheme(resource)
    if scheme in _PIPES or resource in (*_PIPES, "-") or resource.startswith("/dev/"):
        return f"{resource} is a pipe: there is one of it, and it has no second name."
    if scheme in _QUEUES:
        return (
            f"{resource} is a queue or topic: its messages are passed on once, so a reader can't go from an old to a new "
            "one and back without losing or repeating some."
        )
    if scheme in _DATABASES:
        return "" if "#" in resource else f"{resource} is a whole database and no table: all of it would be kept twice."
    if scheme in ("", *_STORES) or _VERSION_IN_ADDRESS.search(resource) or "#" in resource:
        return ""
    return f"{resource} has no version in its address under which a second form could be offered."


def _scheme(resource: str) -> str:
    found = _SCHEME.match(resource)
    return found.group(1).lower().partition("+")[0] if found else ""


def _with_version(resource: str, number: int) -> str:
    version = f"v{number}"
    base, mark, table = resource.partition("#")
    if mark:
        return f"{base}#{_VERSION_AT_END.sub('', table)}_{version}"
    stem, slash, last = base.rstrip("/").rpartition("/")
    trailing = "/" if base.endswith("/") else ""
    name, dot, ending = last.partition(".") if not last.startswith(".") else (last, "", "")
    name = _VERSION_AT_END.sub("", name)
    return f"{stem}{slash}{name}_{version}{dot}{ending}{trailing}"

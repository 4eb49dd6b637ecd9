"""HTTP endpoints, asked only where their host is allowed; size and time are capped, and nothing is followed elsewhere."""

import contextlib
import http.client
import socket
import ssl
import threading
from collections.abc import Collection
from datetime import UTC
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from server.registry.validation.look import NOT_VERIFIABLE, OutOfTime
from server.registry.validation.reading import Reading
from server.registry.validation.texts import EndsEarly, Form, read_text

ANSWERING = 10.0
"""Seconds that an endpoint may be silent."""
_PORTION = 65_536


def read_endpoint(resource: str, look: Reading, *, hosts: Collection[str]) -> None:
    """What the address answers is looked at: 2xx is there, 404 and 410 are not, anything else can't be told."""
    try:
        parts = urlsplit(resource)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        look.unknown("it is no address that can be asked")
        return
    if not {host, f"{host}:{port or (443 if parts.scheme == 'https' else 80)}"} & {*hosts}:
        look.unknown(f"{NOT_VERIFIABLE}: the host {host} is not on the list CONCORD_HTTP_HOSTS")
        return
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    made = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = made(host, port, timeout=min(ANSWERING, look.limits.seconds))
    # whoever sends a byte now and then is never silent for long enough to be given up
    end = threading.Timer(max(look.limits.seconds - look.seconds(), 0), lambda: _cut_off(connection))
    end.daemon = True
    try:
        end.start()
        connection.request("GET", path, headers={"Accept": "application/json, */*;q=0.5", "User-Agent": "concord"})
        _take(connection.getresponse(), look, parts.path)
    except (TimeoutError, ssl.SSLError, http.client.HTTPException, ValueError, OSError) as error:
        look.unknown(f"the endpoint can't be asked: {type(error).__name__}")
    finally:
        end.cancel()
        connection.close()


def _cut_off(connection: http.client.HTTPConnection) -> None:
    """Whoever waits for the endpoint waits no longer."""
    with contextlib.suppress(OSError):
        if connection.sock is not None:
            connection.sock.shutdown(socket.SHUT_RDWR)


def _take(answer: http.client.HTTPResponse, look: Reading, path: str) -> None:
    if answer.status in (404, 410):
        look.missing(f"the endpoint answers {answer.status}")
        return
    if not 200 <= answer.status < 300:
        look.unknown(f"the endpoint answers {answer.status}")
        return
    look.there(f"the endpoint answers {answer.status}")
    _note_moment(answer.headers.get("Last-Modified", ""), look)
    body = bytearray()
    while portion := answer.read1(min(_PORTION, look.limits.fetched + 1 - len(body))):
        body += portion
        if look.seconds() > look.limits.seconds:
            raise OutOfTime
        if len(body) > look.limits.fetched:
            break
    whole = len(body) <= look.limits.fetched
    look.took(len(body))
    if look.seconds() > look.limits.seconds:
        raise OutOfTime
    if whole and answer.length:  # so many bytes were announced and did not come
        look.unread("the answer broke off")
        return
    try:
        read_text(_form(answer.headers.get_content_type(), path), bytes(body), look, at="", whole=whole)
    except EndsEarly as error:
        look.say("read", f"no JSON: {error}")
        look.content()


def _form(content_type: str, path: str) -> Form:
    if content_type in ("application/x-ndjson", "application/jsonl", "application/json-lines"):
        return Form.LINES
    if content_type == "text/csv" or path.endswith((".csv", ".tsv")):
        return Form.CSV
    return Form.LINES if path.endswith((".jsonl", ".ndjson")) else Form.JSON


def _note_moment(stated: str, look: Reading) -> None:
    try:
        look.written(parsedate_to_datetime(stated).astimezone(UTC))
    except (TypeError, ValueError):
        return

"""A model behind an endpoint as OpenAI has it, of whoever: POST {base}/embeddings."""

import json
import threading
import time
from collections.abc import Sequence
from http.client import HTTPException, HTTPResponse
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

from server.knowledge.search.providers import NoVectors, Vectors, of_length_one

SECONDS = 30.0
"""For an answer on a batch of entries."""
SECONDS_WAITING = 5.0
"""For an answer that somebody's query waits for."""
REST = 60.0
"""Seconds for which an endpoint that gave no answer is not asked again."""
LARGEST = 64 << 20
"""Bytes of an answer."""
_AT_A_TIME = 1 << 20
MOST_CHARACTERS = 8_000
"""Of a text that are sent."""


class Endpoint:
    """The model of that name there. Safe to use from several threads."""

    at_once = 64

    def __init__(self, base: str, model: str, *, key: str = "") -> None:
        """`base` ends before `/embeddings`; `key` is sent as a bearer token to it alone, and never shown."""
        self._url = f"{base.rstrip('/')}/embeddings"
        parts = urlsplit(base)
        self._host = parts.hostname or ""
        self._model = model
        self._secret = key
        self._resting = threading.Lock()
        self._rests_until = 0.0
        self._why = ""
        # redirects are not followed: the key is for this address alone
        local = self._host in ("localhost", "127.0.0.1", "::1")
        self._opener = build_opener(_NoRedirects(), *([ProxyHandler({})] if local else []))
        port = f":{parts.port}" if parts.port else ""
        self.key = f"{self._host}{port}{parts.path.rstrip('/')}/{model}"

    def __repr__(self) -> str:
        return f"Endpoint({self.key!r})"

    def vectors(self, texts: Sequence[str], *, waiting: bool = False) -> Vectors:
        """A vector of length 1 for each text. Raises NoVectors, and does so at once for a minute after it gave no answer."""
        with self._resting:
            if time.monotonic() < self._rests_until:
                raise NoVectors(self._why)
        found: list[list[float]] = []
        try:
            for first in range(0, len(texts), self.at_once):
                found += self._ask(texts[first : first + self.at_once], SECONDS_WAITING if waiting else SECONDS)
            if len({len(one) for one in found}) > 1:
                raise NoVectors(f"the vectors of {self._host} differ in length")
        except NoVectors as error:
            with self._resting:
                self._rests_until, self._why = time.monotonic() + REST, str(error)
            raise
        return of_length_one(found)

    def _ask(self, texts: Sequence[str], seconds: float) -> list[list[float]]:
        sent = {
            "model": self._model,
            "input": [text[:MOST_CHARACTERS] or " " for text in texts],
            "encoding_format": "float",
        }
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self._secret:
            headers["Authorization"] = f"Bearer {self._secret}"
        request = Request(self._url, json.dumps(sent).encode(), headers, method="POST")
        try:
            with self._opener.open(request, timeout=seconds) as answer:
                raw = _within(answer, time.monotonic() + seconds)
        except HTTPError as error:
            error.close()
            raise NoVectors(f"{self._host} answered {error.code}") from None
        except TimeoutError:
            raise NoVectors(f"{self._host} gave no answer within {seconds:g} s") from None
        except (URLError, OSError, HTTPException) as error:
            slow = isinstance(error, URLError) and isinstance(error.reason, TimeoutError)
            why = f"gave no answer within {seconds:g} s" if slow else "can't be reached"
            raise NoVectors(f"{self._host} {why}") from None
        if len(raw) > LARGEST:
            raise NoVectors(f"the answer of {self._host} is too large")
        return _read(raw, len(texts), self._host)


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **named: Any) -> None:
        """None: what was asked for is not there."""


def _within(answer: HTTPResponse, until: float) -> bytes:
    """What it says, a little more than LARGEST at most. Raises TimeoutError where it goes on, bit by bit, beyond that time."""
    read: list[bytes] = []
    length = 0
    while length <= LARGEST and (more := answer.read1(_AT_A_TIME)):
        read.append(more)
        length += len(more)
        if time.monotonic() > until:
            raise TimeoutError
    return b"".join(read)


def _read(raw: bytes, count: int, host: str) -> list[list[float]]:
    """The vectors of an answer in the order of what was asked. Raises NoVectors for anything else."""
    try:
        rows = sorted(json.loads(raw)["data"], key=lambda one: int(one["index"]))
        found = [[float(number) for number in row["embedding"]] for row in rows]
        complete = [int(row["index"]) for row in rows] == list(range(count))
    except (ValueError, KeyError, TypeError, RecursionError):
        complete = False
    if not complete or not all(found) or not all(-1e9 < number < 1e9 for row in found for number in row):
        raise NoVectors(f"the answer of {host} is not a vector for each text")
    return found

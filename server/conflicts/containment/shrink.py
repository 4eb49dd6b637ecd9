"""Smaller documents that still show the same."""

from collections.abc import Callable, Iterator
from typing import Any

from server.model.base import Json

MOST_TRIED = 120


def shrunk(document: Json, shows: Callable[[Json], bool]) -> Json:
    """The document with whatever is not needed left out, as long as `shows` holds of it."""
    left = MOST_TRIED
    improved = True
    while improved and left > 0:
        improved = False
        for smaller in _smaller(document):
            left -= 1
            if left < 0:
                break
            if shows(smaller):
                document, improved = smaller, True
                break
    return document


def _smaller(document: Json) -> Iterator[Json]:
    if isinstance(document, dict):
        for name in document:
            yield {other: value for other, value in document.items() if other != name}
        for name, value in document.items():
            for smaller in _smaller(value):
                yield {**document, name: smaller}
    elif isinstance(document, list):
        for index in range(len(document) - 1, -1, -1):
            yield document[:index] + document[index + 1 :]
        for index, value in enumerate(document):
            for smaller in _smaller(value):
                yield [*document[:index], smaller, *document[index + 1 :]]
    else:
        yield from _plainer(document)


def _plainer(value: Any) -> Iterator[Json]:
    if isinstance(value, str) and len(value) > 1:
        yield value[: len(value) // 2]
        yield value[:-1]
    elif isinstance(value, float) and not value.is_integer():
        yield int(value)
    elif isinstance(value, int) and not isinstance(value, bool) and abs(value) > 1:
        yield 0
        yield 1

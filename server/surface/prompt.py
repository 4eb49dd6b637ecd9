"""Prompts as values, and the filling of their Markdown texts: what systems wrote goes in as data, never as instructions."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from server.surface.resource import Completer
from server.surface.seen_by import text_seen_by, value_seen_by

if TYPE_CHECKING:
    from server.surface.call import Call

_READER: ContextVar[str] = ContextVar("reader of prompts", default="")
INLINE_LENGTH = 200
BLOCK_LENGTH = 12_000


@dataclass(frozen=True)
class PromptArgument:
    """One argument of a prompt; arguments of prompts are always text."""

    name: str
    description: str
    required: bool = False
    complete: Completer | None = None


@dataclass(frozen=True, kw_only=True)
class Prompt:
    """What a client sees of a prompt, and the function that builds it.

    `build(call, arguments)` returns the text of one user message, or the messages as the protocol writes them; arguments that
    were not given are "".
    """

    name: str
    title: str
    description: str
    build: Callable[["Call[Any]", Mapping[str, str]], str | Sequence[Any]]
    arguments: tuple[PromptArgument, ...] = ()


class Quoted(str):
    """Text that is already marked as data."""

    __slots__ = ()


@contextmanager
def read_by(reader: str) -> Iterator[None]:
    """What goes into prompts inside is data as that system may see them; the local user sees all of it."""
    token = _READER.set(reader)
    try:
        yield
    finally:
        _READER.reset(token)


def inline(text: Any, length: int = INLINE_LENGTH) -> Quoted:
    """The text as data within a line: control characters and back-ticks taken out, cut to `length`, between back-ticks."""
    plain = re.sub(r"\s+", " ", _printable(text_seen_by(_READER.get(), str(text)))).replace("`", "'").strip()
    return Quoted(f"`{_cut(plain, length) or '-'}`")


def block(value: Any, language: str = "", length: int = BLOCK_LENGTH) -> Quoted:
    """The value as data in a fenced block that its own text can't close; anything but text is shown as indented JSON."""
    reader = _READER.get()
    value = text_seen_by(reader, value) if isinstance(value, str) else value_seen_by(reader, value)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=1, default=str)
    plain = _cut(_printable(text), length)
    longest = max((len(run) for run in re.findall(r"`+", plain)), default=0)
    fence = "`" * max(3, longest + 1)
    return Quoted(f"{fence}{language or ('' if isinstance(value, str) else 'json')}\n{plain}\n{fence}")


def fill(template: str, values: Mapping[str, Any]) -> str:
    """The template with each `{placeholder}` replaced by its value, in one pass, so that no value is read as a template.

    Values that were not made by `inline` or `block` are quoted by `inline`; numbers stay bare.
    Raises KeyError for a placeholder without a value, ValueError for a value without a placeholder.
    """
    names = set(re.findall(r"\{([a-z][a-z0-9_]*)\}", template))
    if unused := sorted(set(values) - names):
        raise ValueError(f"The text has no placeholder for {', '.join(unused)}.")
    return re.sub(r"\{([a-z][a-z0-9_]*)\}", lambda found: _as_data(values[found.group(1)]), template)


def prompt_text(folder: Path, name: str) -> str:
    """The Markdown text of a prompt, from `NAME.md` in the folder."""
    return (folder / f"{name}.md").read_text(encoding="utf-8")


def _as_data(value: Any) -> str:
    if isinstance(value, Quoted):
        return str(value)
    if isinstance(value, (int, float)):
        return str(value)
    return inline(value)


def _printable(text: str) -> str:
    """The text without control characters (C0, C1, bidirectional marks, zero-width, lone surrogates), but with its line breaks and tabs."""
    unprintable = "\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff"
    return re.sub(f"[{unprintable}]", "", text.replace("\r\n", "\n"))


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[:length].rstrip()} … ({len(text) - length:,} more characters)"

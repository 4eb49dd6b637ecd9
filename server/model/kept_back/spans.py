"""Parts of a text that don't cross, and the text without them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

OMITTED = "[…]"
"""Stands where something was taken out."""
LEVELS = "TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|FATAL|CRITICAL|SEVERE"
_FENCE = re.compile(r"```|~~~|\{code(?::[^}\n]{0,60})?\}|\{noformat(?::[^}\n]{0,60})?\}|</?pre>")
_AGAIN = re.compile(r"\[…\](?:[\s,;:.(){}\"'`*|/-]{0,40}\[…\]){1,400}")
_SENTENCE_ENDS = re.compile(r"[.!?](?=\s+[A-Z])|\n|[.!?]$")


@dataclass(frozen=True)
class Span:
    """A part of a text, and what it is."""

    start: int
    end: int
    kind: str


def sentence_end(text: str, start: int, longest: int = 400) -> int:
    """Where the sentence or line ends that stands at `start`; the text's end, where it ends nowhere."""
    found = _SENTENCE_ENDS.search(text, start, min(len(text), start + longest))
    if found is not None:
        return found.start()
    return min(len(text), start + longest)


def widened(text: str, spans: Sequence[Span]) -> list[Span]:
    """The spans, each grown to the whole fenced block that it stands in."""
    if not spans:
        return []
    blocks = _blocks(text)
    grown = []
    for span in spans:
        start, end = span.start, span.end
        for opened, closed in blocks:
            if opened <= span.start < closed:
                start, end = min(start, opened), max(end, closed)
        grown.append(Span(start, end, span.kind))
    return grown


def without(text: str, spans: Iterable[Span]) -> str:
    """The text with a mark in place of the spans."""
    kept: list[str] = []
    place = 0
    for span in sorted(spans, key=lambda one: (one.start, one.end)):
        if span.end <= place:
            continue
        if span.start >= place:
            kept += [text[place : span.start], f" {OMITTED} "]
        place = span.end
    if not kept:
        return text
    return _AGAIN.sub(OMITTED, "".join([*kept, text[place:]]))


def _blocks(text: str) -> list[tuple[int, int]]:
    """Where fenced blocks begin and end; one that isn't closed goes on to the end."""
    marks = list(_FENCE.finditer(text))
    pairs = []
    for number in range(0, len(marks), 2):
        closed = marks[number + 1].end() if number + 1 < len(marks) else len(text)
        pairs.append((marks[number].start(), closed))
    return pairs

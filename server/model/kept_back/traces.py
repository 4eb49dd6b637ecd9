"""Stack traces of Java, Python, JavaScript, Go, .NET, Rust, Ruby and PHP, in lines or run together into one."""

import re
from dataclasses import dataclass

from server.model.kept_back.spans import Span, sentence_end

NEAR = 400
"""Characters between two frames of one trace, and from what it begins with to its first frame."""
_IN_BRACKETS = (
    r"\([^()\n]{0,60}(?:\.(?:java|scala|kt|groovy|clj):[0-9]{1,6}|Native Method|Unknown Source)[^()\n]{0,20}\)"
)
_FRAMES = tuple(
    (language, tuple(needles.split("|")), re.compile(pattern))
    for language, needles, pattern in (
        (
            "java",
            ".java:|.scala:|.kt:|.groovy:|.clj:|Native Method|Unknown Source",
            rf"(?:\bat\s{{1,4}})?(?<![\w.$/])(?:[\w.@-]{{1,40}}/)?(?:[\w$<>-]{{1,80}}\.){{1,14}}[\w$<>]{{1,80}}{_IN_BRACKETS}",
        ),
        ("python", 'File "', r"File \"[^\"\n]{1,200}\", line [0-9]{1,6}(?:, in [\w<>.]{1,80})?"),
        (
            "js",
            ".js:|.ts:|.mjs:|.cjs:|.jsx:|.tsx:|node:|<anonymous>|webpack",
            r"\bat (?:async )?(?:(?:[\w.$<>\[\] ]{1,80} )?\(?(?:file://|node:|https?://|/|[A-Za-z]:\\|webpack)[^\s()]{1,200}"
            r":[0-9]{1,6}:[0-9]{1,6}\)?|[\w.$<>]{1,80} \(<anonymous>\))",
        ),
        (
            "go",
            ".go:",
            r"(?<![\w./*()-])[\w./*()-]{1,120}\([^()\n]{0,80}\)\s{1,6}/?[\w./@-]{1,200}\.go:[0-9]{1,6}(?: \+0x[0-9a-f]{1,8})?",
        ),
        (
            "net",
            ":line |) at |)\n   at ",
            r"\bat (?:[\w`<>]{1,80}\.){1,14}[\w`<>.]{1,80}\([^()\n]{0,200}\)(?: in [^\n:]{0,3}:?[^\n:]{1,200}:line [0-9]{1,6})?",
        ),
        (
            "rust",
            "::",
            r"\b[0-9]{1,3}:\s{1,12}(?:0x[0-9a-f]{4,16} - )?(?=[\w<>{}#]{0,60}::)[\w<>:{}#]{1,120}"
            r"(?:\s{1,20}at [^\s]{1,200}\.rs:[0-9]{1,6}(?::[0-9]{1,6})?)?",
        ),
        ("ruby", ".rb:", r"(?<![\w./-])(?:from )?[\w./-]{1,200}\.rb:[0-9]{1,6}:in [`'][^'\n]{1,80}'"),
        ("php", ".php(", r"#[0-9]{1,3} [^\s(]{1,200}\.php\([0-9]{1,6}\): [^\n(]{1,100}\([^()\n]{0,100}\)"),
        (
            "native",
            " 0x",
            r"#[0-9]{1,3}\s{1,3}0x[0-9a-f]{6,16} in [^\n(]{1,100}\([^()\n]{0,100}\)(?: at [^\s]{1,100}:[0-9]{1,6})?",
        ),
    )
)
"""Language, what stands in each of its frames, and the frame."""
_BEGINS = re.compile(
    r"Traceback \(most recent call last\)|Exception in thread|Caused by:|\bgoroutine [0-9]{1,9} \[|\bpanic: |"
    r"thread '[^'\n]{1,60}' (?:\([0-9]{1,9}\) )?panicked at|stack backtrace:|Unhandled (?:exception|rejection)|"
    r"PHP (?:Fatal error|Stack trace)|[Ss]tack ?[Tt]race ?(?:is )?:"
)
_THROWN = re.compile(
    r"(?<![\w.$])(?P<package>(?:[\w$]{1,60}\.){0,14})[A-Z][\w$]{0,80}(?:Exception|Error|Throwable|Failure)\b"
)
_TRACEBACK = re.compile(
    r"Traceback \(most recent call last\)|stack backtrace:|\bgoroutine [0-9]{1,9} \[|thread '[^'\n]{1,60}' (?:\([0-9]{1,9}\) )?panicked at"
)
_TAIL = re.compile(
    r"[\s,]{0,8}(?:\.\.\.\s?[0-9]{1,5} (?:more|common frames omitted)|at [\w.$/<>]{0,200}(?:\([\w.:]{0,60})?\Z|"
    r"exit status [0-9]{1,3})"
)
_RAISED = re.compile(r"(?<![\w.])[\w.]{0,80}(?:Error|Exception|Warning|Interrupt|Exit|Fault)(?::|\Z|\s)")


@dataclass(frozen=True)
class _Frame:
    start: int
    end: int
    language: str
    said: str


def traces(text: str) -> list[Span]:
    """Where traces stand, each from what it begins with to its end; the kind of what was thrown is left."""
    runs: list[list[_Frame]] = []
    for frame in _frames(text):
        if runs and frame.start - runs[-1][-1].end <= NEAR:
            runs[-1].append(frame)
        else:
            runs.append([frame])
    spans = [span for run in runs for span in _trace(text, run)]
    if "Traceback" not in text and "panicked" not in text and "goroutine" not in text and "backtrace" not in text:
        return spans
    spans += [
        Span(one.start(), _told_until(text, one.end()), "trace")
        for one in _TRACEBACK.finditer(text)
        if not any(span.start <= one.start() < span.end for span in spans)
    ]
    return spans


def _frames(text: str) -> list[_Frame]:
    """In the order in which they stand there."""
    found = [
        _Frame(one.start(), one.end(), language, one[0])
        for language, needles, pattern in _FRAMES
        if any(map(text.__contains__, needles))
        for one in pattern.finditer(text)
    ]
    return sorted(found, key=lambda frame: (frame.start, frame.end))


def _trace(text: str, run: "list[_Frame]") -> list[Span]:
    """The trace that the frames belong to; none, where one frame alone is only named."""
    first, last = run[0], run[-1]
    offset = max(0, first.start - NEAR)
    begun = [one.start() for one in _BEGINS.finditer(text, offset, first.start)]
    thrown = list(_THROWN.finditer(text, offset, first.start))
    if len(run) == 1 and not begun and not _stands_alone(text, first, bool(thrown)):
        return []
    end = last.end
    if last.language == "python":
        raised = _RAISED.search(text, end, min(len(text), end + NEAR))
        end = sentence_end(text, raised.end() if raised is not None else end)
    while (tail := _TAIL.match(text, end)) is not None and tail.end() > end:
        end = tail.end()
    qualified = [one for one in thrown if one["package"].count(".") >= 2] or thrown[-1:]
    if not qualified:
        return [Span(min([*begun, first.start]), end, "trace")]
    # what was thrown is said, as an error's category is; what it said is not
    before = [one for one in begun if one < qualified[0].start()]
    return [Span(one, qualified[0].start(), "trace") for one in before[:1]] + [Span(qualified[0].end(), end, "trace")]


def _told_until(text: str, start: int) -> int:
    """The end of the line, or of the next one where this one only announces it."""
    end = sentence_end(text, start)
    return sentence_end(text, end + 1) if text[end - 1 : end] == ":" and end < len(text) else end


def _stands_alone(text: str, frame: _Frame, thrown: bool) -> bool:
    """Whether one frame is a trace by itself: indented as they print it, or right after what was thrown."""
    if frame.language == "python":
        return ", in " in frame.said
    if not frame.said.startswith("at "):
        return False
    line = text.rfind("\n", 0, frame.start)
    if line >= 0 and not text[line : frame.start].strip():
        return True
    return thrown and frame.language != "net" and frame.said.partition("(")[0].count(".") >= 2

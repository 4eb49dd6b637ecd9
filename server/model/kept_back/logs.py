"""Lines of logs: a moment and a level, syslog, a web server's, key by value or JSON; in lines or run together into one."""

import re
from itertools import pairwise

from server.model.kept_back.spans import LEVELS, Span, sentence_end

_DIGIT = re.compile(
    r"[0-9]{1,2}:[0-9]{2}:[0-9]{2}|\blevel=|\"(?:level|severity)\"|\[[A-Z]{4,8}\]|\b[A-Z]{4,8}:|"
    r"\[ {0,6}[0-9]{1,9}\.[0-9]{6}\]"
)
_TIME = (
    r"(?:[0-9]{2,4}[-/.][0-9]{2}[-/.][0-9]{2,4}[T ,]\s?|[0-9]{1,2} [A-Z][a-z]{2} [0-9]{4} )?[0-9]{1,2}:[0-9]{2}:[0-9]{2}"
    r"(?:[.,][0-9]{1,9})?(?:Z| ?[+-][0-9]{2}:?[0-9]{2}| UTC)?"
)
_MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_HEAD = re.compile(
    "|".join(
        (
            rf"(?<![\w:.-])[\[(]?{_TIME}[\])]?[^\n]{{0,60}}?(?:\b(?:{LEVELS})\b|[\[ ](?:info|warn|warning|"
            r"error|debug|fatal)[\]:])",
            rf"(?<![\w:.-]){_TIME} [\w./-]{{1,60}}\[[0-9]{{1,9}}\]:",
            rf"(?:^|(?<=[\s\[(]))\[?(?:{LEVELS})[\])]?[:\s|-]{{1,4}}\[?{_TIME}",
            rf"(?:<[0-9]{{1,3}}>)?\b(?:{_MONTHS}) [ 0-9]?[0-9] [0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}} [\w.-]{{1,60}} "
            r"[\w./()-]{1,60}(?:\[[0-9]{1,9}\])?:",
            r"\b[IWEF][0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{1,6} +[0-9]{1,9} [\w.-]{1,60}:[0-9]{1,6}\]",
            r"\b(?:ts|time|timestamp)=\"?[0-9]{4}-[^\s]{1,40} [^\n]{0,80}?\blevel=\w{1,10}",
            r"\blevel=\"?(?:trace|debug|info|warn|warning|error|fatal|critical)\"? [^\n]{0,80}?\b(?:msg|"
            r"message|component|caller)=",
            rf"\b[0-9]{{1,3}}(?:\.[0-9]{{1,3}}){{3}} - [^\s]{{1,60}} \[[0-9]{{2}}/(?:{_MONTHS})/[0-9]{{4}}:",
        )
    ),
    re.MULTILINE,
)
_OBJECT = re.compile(r"\{[^{}\n]{0,400}?\"(?:level|severity|lvl)\"\s?:[^{}\n]{0,400}\}")
_TWICE = re.compile(
    rf"\[(?:{LEVELS})\]|(?:^|(?<=\s))(?:{LEVELS}):[\w.]{{1,60}}:|\[ {{0,6}}[0-9]{{1,9}}\.[0-9]{{6}}\]|"
    rf"^\s{{0,8}}(?:{LEVELS})\b|"
    r"(?<![\w:.-])[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}",
    re.MULTILINE,
)
"""What makes a log where it stands again and again."""
_AGAIN = 400
"""Characters from one such mark to the next."""


def logs(text: str) -> list[Span]:
    """Where lines of logs stand, each from its head to the next, or to the end of its line or sentence."""
    if _DIGIT.search(text) is None:
        return []
    heads = [(found.start(), found.end()) for found in _HEAD.finditer(text)]
    marks = [(found.start(), found.end()) for found in _TWICE.finditer(text)]
    for one, other in pairwise(marks):
        if other[0] - one[0] <= _AGAIN and _one_kind(text[one[0] : one[1]], text[other[0] : other[1]]):
            heads += [one, other]
    heads = sorted(set(heads))
    found = []
    for number, (start, end) in enumerate(heads):
        following = heads[number + 1][0] if number + 1 < len(heads) else len(text)
        line = text.find("\n", end)
        if 0 <= line < following:
            following = _continued(text, line, following)
        elif number + 1 == len(heads) or following - end > 2 * _AGAIN:
            following = min(following, sentence_end(text, end, 2 * _AGAIN))
        found.append(Span(start, max(end, following), "log"))
    found += [
        Span(one.start(), one.end(), "log")
        for one in _OBJECT.finditer(text)
        if re.search(r"\"(?:msg|message|event|ts|time|timestamp|@timestamp|logger)\"\s?:", one[0])
    ]
    return found


def _one_kind(one: str, other: str) -> bool:
    """Whether both are a moment, or both a level."""
    return one.strip()[:1].isdigit() == other.strip()[:1].isdigit()


def _continued(text: str, line: int, following: int) -> int:
    """Where a line ends together with the indented ones below it."""
    while line < following and text[line + 1 : line + 2] in (" ", "\t"):
        after = text.find("\n", line + 1)
        line = after if after >= 0 else len(text)
    return min(line, following)

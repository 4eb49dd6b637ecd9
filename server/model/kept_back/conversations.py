"""Transcripts of sessions, and dumps of what a run thinks and holds on its way."""

import re

from server.model.kept_back.spans import Span, sentence_end

_MARK = re.compile(
    r"(?<![\w-])(?:\[?[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?\]?\s{0,3})?[*_<\[#]{0,4}"
    r"(?P<role>user|human|assistant|system|ai|bot|claude|chatgpt|gpt-?[0-9o]{0,3}|gemini|copilot|"
    r"agent|tool|developer|model)"
    r"[*_>\]]{0,3}\s?:[*_]{0,2}(?!:)(?:\s|\Z)",
    re.IGNORECASE,
)
_MACHINES = frozenset("assistant ai bot claude chatgpt gemini copilot agent model".split())
_MESSAGES = re.compile(
    r"[\"']role[\"']\s?:\s?[\"'](?:user|assistant|system|tool|developer|function)[\"']|"
    r"[\"'](?:tool_calls?|tool_use_id|tool_call_id|function_call)[\"']\s?:|[\"']type[\"']\s?:\s?[\"']tool_(?:use|"
    r"result)[\"']|"
    r"<(?:antml:)?(?:function_calls|invoke|tool_call|tool_use|function_results|tool_result)\b"
)
_STEPS = re.compile(
    r"(?<![\w-])(?:thought|action|action input|observation|final answer)\s?[0-9]{0,3}:\s", re.IGNORECASE
)
_SHELL = re.compile(r"(?:^|(?<=\s))\[?[\w.-]{1,32}@[\w.-]{1,60}[ :][^\s\]]{0,80}\]?[$#] ")
_TAGGED = re.compile(
    r"<(?P<tag>thinking|think|scratchpad|reasoning|reflection|inner_monologue|memory|state|plan|antthinking)>",
    re.IGNORECASE,
)
_LABELLED = re.compile(
    r"(?<![\w-])(?:scratch ?pad|(?:internal|inner) monologue|chain of thought|reasoning trace|"
    r"working memory|session (?:log|transcript)|"
    r"(?:chat|conversation) (?:log|transcript)|(?:intermediate|internal|agent|session|current|"
    r"run|working) state(?: dump)?|state dump|"
    r"memory dump|checkpoint dump)\s?[:=]\s{0,3}(?=\S)",
    re.IGNORECASE,
)
_PAIRS = re.compile(r"(?:(?<![\w.])[\w.-]{1,60}=[^\s,;]{1,80}[\s,;]{1,3}){4,60}[\w.-]{1,60}=[^\s,;]{1,80}")
_STATE_NAME = re.compile(
    r"[\"'](?:\w{0,30}state|step|steps|current_step|scratchpad|thoughts?|reasoning|plan|observations?|"
    r"iteration|checkpoint|memory|"
    r"context|history|queue|cursor|retries|attempts?|pending|buffer|variables|locals|session_?(?:id)?|"
    r"run_id|trace_id|agent|"
    r"intermediate\w{0,30}|partial\w{0,30}|weights?|embedding|logits?)[\"']\s?:"
)
_NAMED = re.compile(r"[\"'][\w .-]{1,60}[\"']\s?:")
_MANY = 6
"""Members of an object that is no example."""


def conversations(text: str, low: str) -> list[Span]:
    """Where sessions are told word for word, from the first speaker to the end."""
    found = []
    if ":" in text:
        marks = [(one.start(), one["role"].lower().rstrip("-0123456789o") or "gpt") for one in _MARK.finditer(text)]
        roles = {role for _, role in marks}
        if len(roles) >= 2 and any(role in _MACHINES or role.startswith("gpt") for role in roles):
            found.append(Span(marks[0][0], len(text), "transcript"))
        if "observation" in low or "thought" in low:
            steps = list(_STEPS.finditer(text))
            if len({one[0].split(":")[0].lower() for one in steps}) >= 2:
                found.append(Span(steps[0].start(), len(text), "transcript"))
    if "role" in low or "tool" in low or "function_" in low or "invoke" in low:
        said = list(_MESSAGES.finditer(text))
        if said:
            found.append(
                Span(_opened_before(text, said[0].start()), _closed_behind(text, said[-1].end()), "transcript")
            )
    if "@" in text:
        shell = list(_SHELL.finditer(text))
        if len(shell) >= 2:
            found.append(Span(shell[0].start(), sentence_end(text, shell[-1].end(), 4_000), "transcript"))
    return found


def states(text: str, low: str) -> list[Span]:
    """Where a run shows what it thinks or holds on its way."""
    found = []
    if "<" in text:
        for one in _TAGGED.finditer(text):
            closed = low.find(f"</{one['tag'].lower()}>", one.end())
            if closed >= 0 or one["tag"].lower() not in ("memory", "state", "plan"):
                end = closed + len(one["tag"]) + 3 if closed >= 0 else len(text)
                found.append(Span(one.start(), end, "state"))
    if ":" in text or "=" in text:
        for one in _LABELLED.finditer(text):
            end = _object_end(text, one.end()) or sentence_end(text, one.end())
            found.append(Span(one.start(), end, "transcript" if "log" in one[0] or "transcript" in one[0] else "state"))
    if "{" in text and ":" in text:
        found += [Span(start, end, "state") for start, end in _objects(text) if _is_state(text[start:end])]
    if text.count("=") >= 5:
        found += [Span(one.start(), one.end(), "state") for one in _PAIRS.finditer(text)]
    return found


def _is_state(text: str) -> bool:
    """Whether the object shows a run on its way, rather than an example of a document."""
    names = len(_NAMED.findall(text[:2_000]))
    return names >= _MANY or (names >= 2 and _STATE_NAME.search(text[:2_000]) is not None)


def _objects(text: str) -> list[tuple[int, int]]:
    """The outermost objects of JSON; one that isn't closed goes on to the end."""
    found, depth, start = [], 0, 0
    for one in re.finditer(r"[{}]", text):
        if one[0] == "{":
            if depth == 0:
                start = one.start()
            depth += 1
        elif depth:
            depth -= 1
            if depth == 0:
                found.append((start, one.end()))
    if depth:
        found.append((start, len(text)))
    return [(start, end) for start, end in found if '"' in text[start:end] or "'" in text[start:end]]


def _object_end(text: str, start: int) -> int | None:
    if text[start : start + 1] not in ("{", "["):
        return None
    for opened, closed in _objects(text[start:]):
        if opened <= 1:
            return (
                start + closed + (1 if text[start] == "[" and text[start + closed : start + closed + 1] == "]" else 0)
            )
    return None


def _opened_before(text: str, place: int) -> int:
    """Where the brackets open that a message stands in."""
    start = place
    for opening in ("{", "["):
        before = text.rfind(opening, max(0, start - 80), start)
        if before >= 0 and not text[before + 1 : start].strip(" \n\t{[\"'"[:5]):
            start = before
    for opening in ("{", "["):
        before = text.rfind(opening, max(0, place - 80), start)
        if before >= 0 and (text[before + 1 : start].strip() == "" or '"messages"' in text[before:start]):
            start = before
    return start


def _closed_behind(text: str, place: int) -> int:
    """Where the last of the brackets closes that a message stands in."""
    closed = max(text.rfind(mark, place) for mark in ("}", "]", "</function_calls>", "</tool_call>", "</invoke>"))
    return closed + 1 if closed >= 0 else len(text)

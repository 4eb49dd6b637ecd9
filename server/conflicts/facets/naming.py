"""The new name of a file, and whether a reader still finds it."""

import posixpath
import re

from server.conflicts.agreements import Agreement
from server.conflicts.facets.layout import Takes
from server.conflicts.question import Question
from server.registry.resources import glob_matches, is_glob, overlaps

_PLACEHOLDER = re.compile(
    r"\{[^{}/]*\}|<[^<>/]*>|%[A-Za-z](?:[-_.:]?%[A-Za-z])*"
    r"|(?:(?:DD|MM)[-_.:]?)*(?:YYYY|yyyy)(?:[-_.:T]?(?:MM|DD|HH|SS|mm|dd|hh|ss))*"
)
"""How people write the part of a name that differs from file to file: `{date}`, `<date>`, `%Y-%m-%d`, `YYYYMMDD`."""
_ENDING = re.compile(r"\.[A-Za-z0-9*]{1,10}$")
_FRESH = "\ue000\ue001"
"""Characters that no name has: what matches them takes anything in their place."""


def new_names(question: Question, naming: str) -> tuple[str, ...]:
    """The canonical names that `naming` may mean, most often one; empty where it is prose.

    A bare file name stands in the folder of the resource, or in the resource itself where that is a folder.
    """
    text = naming.strip().strip("`\"'")
    written, name = question.resource, question.name
    if not text or not (_ENDING.search(text) or ("/" in text and " " not in text)):
        return ()
    tail = _pattern(text)
    folder = name.rpartition("/")[0]
    if "/" in text:
        for known, canonical in ((written, name), (written.rpartition("/")[0], folder)):
            if known and text.startswith(known.rstrip("/") + "/"):
                return (posixpath.normpath(canonical + "/" + _pattern(text[len(known.rstrip("/")) + 1 :])),)
        if text == written:
            return (name,)
        if text.startswith("~/"):
            home = name[: -len(written) + 1] if written.startswith("~/") and name.endswith(written[1:]) else ""
            return (home + tail[1:],) if home else ()
        if text.startswith("/") or "://" in text:
            return (tail,)
    if written.endswith("/"):
        return (posixpath.join(name, tail),)
    beside = posixpath.join(folder, tail) if folder or name.startswith("/") else tail
    if _ENDING.search(name.rpartition("/")[2]) or is_glob(name) or "://" in name:
        return (beside,)
    return (beside, posixpath.join(name, tail))  # without an ending it may be a file or a folder


def still_found(question: Question, agreement: Agreement, new: str) -> Takes:
    """Whether the consumer finds what will go by this name.

    Unclear where it looks for the resource in several ways and only some of them, or another of its reads, find it.
    """
    stored = question.registry.live(agreement.consumer)
    if stored is None:
        return finds(question.name, new)
    written = [access.resource for access in agreement.inputs] or [
        entry.resource for entry in agreement.consumer_entries
    ]
    today = {finds(stored.canonical_of(resource), new) for resource in written} or {finds(question.name, new)}
    if len(today) > 1:
        return Takes.UNCLEAR
    elsewhere = any(
        finds(stored.canonical_of(access.resource), new) is not Takes.NO for access in stored.system.reads_from
    )
    return Takes.UNCLEAR if today == {Takes.NO} and elsewhere else today.pop()


def finds(looked_for: str, name: str) -> Takes:
    """Whether a reader of `looked_for` (a file, folder or glob) finds whatever goes by `name` (a file or pattern)."""
    if looked_for == name:
        return Takes.YES
    if not overlaps(looked_for, name):
        return Takes.NO
    if is_glob(looked_for):
        if re.search(r"[?\[]", looked_for) and is_glob(name):
            return Takes.UNCLEAR
        example = name.replace("**", _FRESH).replace("*", _FRESH)
        if glob_matches(looked_for, example):
            return Takes.YES
        return Takes.UNCLEAR if is_glob(name) else Takes.NO
    if is_glob(name):
        return Takes.YES if name.startswith(looked_for.rstrip("/") + "/") else Takes.UNCLEAR
    return Takes.YES  # inside the folder that is read


def _pattern(text: str) -> str:
    """The name with a `*` for every part that differs from file to file."""
    return re.sub(r"\*[-_.]?\*(?!\*)", "*", _PLACEHOLDER.sub("*", text)) if "**" not in text else text

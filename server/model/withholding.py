"""What of a text that one system wrote may reach another: the legitimate part of it, cleaned and short (LRN-10).

A prompt or an instruction to whoever reads withholds the text as a whole. Of the rest only those parts are taken out that are
recognisably a trace, a log, a transcript, a run's state, a threshold or a secret; what tells of a fix stays. No filter finds
every instruction: what crosses is marked as reported, quoted and capped besides.

The signs are hundreds of patterns in many languages: they are loaded with the first text that is looked at.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from server.model.kept_back.spans import OMITTED

LONGEST = 500
"""Characters of a text that cross."""
_SAYS_MORE = re.compile(r"[^\w.:/@~#*-]")
"""What stands in no plain name."""


@dataclass(frozen=True)
class Crossed:
    """What crosses of a text, and what was kept back."""

    text: str
    """Empty where nothing is left."""
    withheld: tuple[str, ...] = ()
    """Kinds of what was taken out, sorted: `hidden`, `instruction`, `link`, `log`, `prompt`, `secret`, `state`, `threshold`,
    `trace`, `transcript`."""


@lru_cache(maxsize=16_384)
def crossing(text: str, longest: int = LONGEST) -> Crossed:
    """The text as others may read it: without secrets, control characters and what is nobody else's, at most so long."""
    from server.model.kept_back.looking import looked_through

    kinds: set[str] = set()
    for _ in range(4):
        again, found = looked_through(text, longest)
        kinds.update(found)
        # what was only put on one line, or cut, says nothing new
        settled = again == text or (not found and again == _on_a_line(text, longest))
        text = again
        if settled:
            break
    return Crossed(text, tuple(sorted(kinds)))


def name_crossing(name: str, longest: int = LONGEST) -> str:
    """The name as others may read it: as it is where it is a plain one, else what crosses of it; `[…]` where nothing does.

    Each step of a path is looked at by itself as well.
    """
    if _SAYS_MORE.search(name) is None:
        return name
    crossed = crossing(name, longest)
    if crossed.text and "/" in name and any(is_order(step) for step in name.split("/") if " " in step):
        return OMITTED
    return crossed.text or OMITTED


def _on_a_line(text: str, longest: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def is_order(text: str) -> bool:
    """Whether the text is recognisably a prompt, or an instruction to whoever reads it."""
    from server.model.kept_back.looking import ordered

    return ordered(text)

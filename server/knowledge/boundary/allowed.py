"""Which members of an event or a document enter shared knowledge; everything else in it is never looked at (LRN-10)."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

from server.model.withholding import LONGEST, crossing

NAME = 200
"""Characters of an id or a category that enter."""
_JOINT = 120
"""Characters looked at on either side of where one text ends and the next begins."""
_SHORT = 300
"""Characters of all texts up to which they are read as one."""
_OUTCOME = {
    "proposal_id": NAME,
    "title": LONGEST,
    "description": LONGEST,
    "approach": LONGEST,
    "error_category": NAME,
    "metric": NAME,
}
TEXTS: Mapping[str, Mapping[str, int]] = {
    "promotion": _OUTCOME,
    "rejection": _OUTCOME,
    "proposal": _OUTCOME,
    "success": {"title": LONGEST, "description": LONGEST, "category": NAME, "metric": NAME},
    "error": {"category": NAME},
    "metric": {"name": NAME},
    "pattern": {"subject": NAME, "recommendation": LONGEST},
    "answer": {"reason": LONGEST, "proposal_id": NAME},
}
"""By kind of event or document: the texts that enter, and how many characters of each."""
FIGURES: Mapping[str, tuple[str, ...]] = {
    "promotion": ("before", "after", "observation_days"),
    "rejection": ("before", "after", "observation_days"),
    "success": ("before", "after", "times_applied"),
    "metric": ("value",),
}
"""By kind: the figures that enter; none of them is a setting."""


@dataclass(frozen=True)
class Shared:
    """What entered of one event or document."""

    texts: Mapping[str, str]
    """Every text that may enter, empty where none was told or none was left."""
    figures: Mapping[str, float | None]
    withheld: tuple[tuple[str, str], ...] = ()
    """(member, kind of what was kept back), sorted."""


def shared(kind: str, document: Mapping[str, Any]) -> Shared:
    """What enters of a document of this kind. Raises KeyError for a kind of which nothing does.

    An order that is spread over several members withholds them all.
    """
    lengths = TEXTS[kind]
    told = {name: value if isinstance(value := document.get(name), str) else "" for name in lengths}
    texts: dict[str, str] = {}
    withheld: set[tuple[str, str]] = set()
    for name, text in told.items():
        crossed = crossing(text, lengths[name])
        texts[name] = crossed.text
        withheld.update((name, one) for one in crossed.withheld)
    if is_spread([text for text in texts.values() if text]):
        withheld.update((name, "instruction") for name, text in texts.items() if text)
        texts = dict.fromkeys(texts, "")
    figures = {name: _figure(document.get(name)) for name in FIGURES.get(kind, ())}
    return Shared(texts, figures, tuple(sorted(withheld)))


def is_spread(texts: Sequence[str]) -> bool:
    """Whether texts are an order only together: read one after the other, where one ends and the next begins, either way round."""
    return _is_spread(tuple(text for text in texts if text))


@lru_cache(maxsize=16_384)
def _is_spread(several: tuple[str, ...]) -> bool:
    from server.model.kept_back.disguises import folded  # hundreds of patterns: with the first text that is looked at
    from server.model.kept_back.orders import orders

    joints = [f"{one[-_JOINT:]} {other[:_JOINT]}" for one, other in pairwise(several)]
    if sum(map(len, several)) <= _SHORT:
        joints = [" ".join(several), *(_turned_round(one, other) for one, other in pairwise(several))]
    return any(" " in joint.strip() and orders(folded(joint)) for joint in joints)


def _turned_round(one: str, other: str) -> str:
    """The later text before the earlier one: where that begins a sentence of its own it doesn't go on with the other's."""
    return f"{other.rstrip('.')}{'.' if one[:1].isupper() else ''} {one}"


def _figure(value: Any) -> float | None:
    usable = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return value if usable else None

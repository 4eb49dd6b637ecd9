"""Answers as another system may see them: what systems wrote of themselves in their own words crosses a boundary (LRN-10).

The local user sees everything as it was written, and a system what is its own. Of what others wrote, free texts come through
`crossing`; names come through unless they are orders; of another's registration the declared members alone are told. Sentences
of our own stay, but for what they quote.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from server.errors import ConcordError
from server.surface.answer import Answer
from server.surface.resource import Record

FREE = frozenset(
    "title description approach reason meaning comment $comment archive_reason error_category category evidence intent purpose "
    "enum_meanings note".split()
)
"""Members in which systems say something in their own words."""
LABELS = frozenset("name format schema_version subject label resource resources metric".split())
"""Members that are mostly a word or two, and in which they may say something as well."""
OURS = frozenset(
    "summary message hint recommendation notes unmet allowed because why applicability_reasoning text rule code path "
    "next example suggested_adaptation non_breaking_notes held_back top_insight adaptation".split()
)
"""Members whose sentences are ours, and quote at most."""
_OWNERS = ("source_system", "system_id", "system", "reported_by", "actor", "by", "proposed_by")
_DECLARED = frozenset(
    "id name description owner tier status last_health_check evolution_engine reads_from writes_to contracts dependencies "
    "dependents timing status_file health_url root parent version findings archived archived_at archive_reason health gaps "
    "summary next notes uri tier_basis source missing_since".split()
)
"""Members of a registration, and what we tell of it."""
_REGISTRATION = frozenset({"tier", "reads_from", "writes_to"})
_AS_THEY_ARE = frozenset({"content", "mime_type", "uri"})
"""Read at a place where it was looked through already, or no text at all."""
_TOGETHER = frozenset("name title description approach reason category error_category".split())
"""Members of one object that are read one after the other."""
_FREE_INSIDE = frozenset({"evidence", "enum_meanings"})
_WRITTEN_BY_A_SYSTEM = ("approach", "decision", "changes")
"""Members of objects whose texts a system wrote, and that are cut; others' texts are mostly ours."""
_LONGEST, _LONGEST_OF_OURS = 500, 2_000
_LONGEST_TITLE = 120
_ASKING = "acceptance_needed"
_TITLED = re.compile(
    r"(?P<before>\A[\w.-]{1,80} of [\w.-]{1,200}) \((?!\")(?P<title>.{1,2000})\) is(?= [A-Z_]{4,40} and waits)",
    re.DOTALL,
)
"""How a proposal's title stood in what was stored before titles were quoted."""
_QUOTED = re.compile(r"(?P<open>['\"“`])(?P<said>[^\n]{12,400}?)(?P<close>['\"”`])(?!\w)")
_SAID_BY_US = ("concord://schemas/",)
_PRIVATE_KIND = "text_withheld"


class _Seen:
    """One look of one system."""

    def __init__(self, reader: str) -> None:
        from server.model.withholding import crossing, is_order, name_crossing

        self._crossing, self._is_order, self._name_crossing = crossing, is_order, name_crossing
        self._reader = reader
        self._replaced: dict[str, str] = {}
        """What was said by others, and what of it is shown."""

    def value(self, value: Any, name: str = "", owner: str = "", longest: int = _LONGEST_OF_OURS) -> Any:
        """The value without what others keep to themselves; the same object where nothing had to go."""
        if isinstance(value, str):
            return self._text(value, name, owner, longest)
        if isinstance(value, Mapping):
            return self._object(value, name, owner)
        if isinstance(value, list | tuple):
            kept = [one for one in value if not self._is_anothers_finding(one)]
            seen = [self.value(one, name, owner, longest) for one in kept]
            same = len(seen) == len(value) and all(one is other for one, other in zip(seen, value, strict=True))
            return value if same else seen
        return value

    def quoting(self, value: Any) -> Any:
        """Sentences of ours without what they quote of what was replaced."""
        if isinstance(value, str):
            for said, shown in self._replaced.items():
                if said in value:
                    value = value.replace(said, shown or "[…]")
            return self.sentence(value)
        if isinstance(value, Mapping):
            return {key: self.quoting(one) for key, one in value.items()}
        if isinstance(value, list | tuple):
            return [self.quoting(one) for one in value]
        return value

    def sentence(self, text: str) -> str:
        """A sentence of ours without orders in what it quotes."""
        if len(text) < 14:
            return text
        return _QUOTED.sub(self._quoted, text)

    def _object(self, value: Mapping[str, Any], name: str, owner: str) -> Any:
        registration = value.keys() >= _REGISTRATION
        named = value.get("id")
        told = next((one for key in _OWNERS if isinstance(one := value.get(key), str) and one), owner)
        owner = str(named) if registration or named == self._reader else told
        others = owner != self._reader
        written = registration or any(map(value.__contains__, _WRITTEN_BY_A_SYSTEM))
        longest = _LONGEST if written else _LONGEST_OF_OURS
        seen: dict[str, Any] = {}
        changed = False
        if others and "recommendation" in value:
            value = self._told_of_names(value)
        if value.get("kind") == _ASKING and isinstance(value.get("message"), str):
            value = {**value, "message": _TITLED.sub(self._titled, value["message"])}
            changed = True
        spread = self._spread(value) if others else frozenset[str]()
        for key, one in value.items():
            if key in spread:
                self._replaced[str(one)] = seen[key] = "[…]" if key in LABELS else ""
                changed = True
                continue
            if registration and others and key not in _DECLARED:
                changed = True
                continue
            shown = self.value(one, name if name in _FREE_INSIDE else key, owner, longest)
            label = key if not others or key.count(" ") < 2 or not self._is_order(key) else "[…]"
            changed = changed or shown is not one or label is not key
            seen[label] = shown
        return seen if changed else value

    def _told_of_names(self, value: Mapping[str, Any]) -> Mapping[str, Any]:
        """A pattern whose sentences name nothing that isn't shown by itself."""
        names = [value.get("subject"), *(value.get("resources") or ())]
        shown = {one: self._name_crossing(one) for one in names if isinstance(one, str)}
        less = {one: other for one, other in shown.items() if one != other}
        if not less:
            return value
        self._replaced.update(less)
        return {
            key: _each_replaced(one, less) if key not in ("subject", "resources") else one for key, one in value.items()
        }

    def _titled(self, match: "re.Match[str]") -> str:
        title = self._crossing(match["title"], _LONGEST_TITLE).text
        return f'{match["before"]} ("{title}") is' if title else f"{match['before']} is"

    def _spread(self, value: Mapping[str, Any]) -> frozenset[str]:
        """The members whose texts are an order only together: none of them is shown."""
        said = {key: one for key, one in value.items() if key in _TOGETHER and isinstance(one, str) and one.strip()}
        if len(said) < 2:
            return frozenset()
        from server.knowledge.boundary.allowed import is_spread

        whole = {key: one for key, one in said.items() if not self._is_order(one)}
        return frozenset(whole) if is_spread(list(whole.values())) else frozenset()

    def _text(self, text: str, name: str, owner: str, longest: int) -> str:
        if not text or owner == self._reader or name in OURS or name in _AS_THEY_ARE:
            return text
        if name in FREE:
            shown = self._crossing(text, longest).text
        elif name in LABELS:
            shown = self._name_crossing(text, longest)
        elif text.count(" ") >= 2 and self._is_order(text):
            shown = "[…]"
        else:
            return text
        if shown == text:
            return text
        self._replaced[text] = shown
        return shown

    def _quoted(self, match: "re.Match[str]") -> str:
        said = match["said"]
        if " " not in said or not self._is_order(said):
            return match[0]
        return f"{match['open']}[…]{match['close']}"

    def _is_anothers_finding(self, one: Any) -> bool:
        return (
            isinstance(one, Mapping)
            and one.get("kind") == _PRIVATE_KIND
            and one.get("system_id") not in (self._reader, None)
        )


def _each_replaced(value: Any, less: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        for said, shown in less.items():
            value = value.replace(said, shown)
        return value
    if isinstance(value, Mapping):
        return {key: _each_replaced(one, less) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_each_replaced(one, less) for one in value]
    return value


def value_seen_by(reader: str, value: Any) -> Any:
    """The JSON value as that system may see it; as it is for the local user."""
    if not reader:
        return value
    seen = _Seen(reader)
    return seen.quoting(seen.value(value))


def text_seen_by(reader: str, text: str) -> str:
    """A text of others as that system may see it, line by line; as it is for the local user."""
    if not reader or not text.strip():
        return text
    from server.model.withholding import crossing

    return "\n".join(crossing(line, _LONGEST_OF_OURS).text if line.strip() else line for line in text.split("\n"))


def answer_seen_by(reader: str, answer: Answer) -> Answer:
    """The answer as that system may see it; as it is for the local user."""
    if not reader or answer.raw is not None or answer.content:
        return answer
    seen = _Seen(reader)
    data = seen.value(answer.data)
    return replace(
        answer,
        data=_ours_quoting(seen, data),
        summary=seen.quoting(answer.summary),
        notes=[seen.quoting(one) for one in answer.notes],
        shorter=None if answer.shorter is None else _shorter_seen(seen, answer.shorter),
    )


def record_seen_by(reader: str, record: Record) -> Record:
    """The record as that system may see it: JSON member by member, other text where it quotes; as it is for the local user."""
    if not reader or not isinstance(record.content, str) or record.uri.startswith(_SAID_BY_US):
        return record
    seen = _Seen(reader)
    try:
        value = json.loads(record.content)
    except ValueError:
        return replace(record, content=seen.sentence(record.content))
    shown = _ours_quoting(seen, seen.value(value))
    if shown is value or shown == value:
        return record
    return replace(record, content=json.dumps(shown, ensure_ascii=False, indent=1))


def error_seen_by(reader: str, error: ConcordError) -> ConcordError:
    """The failure with nothing in its words that is another's; as it is for the local user."""
    if reader:
        seen = _Seen(reader)
        error.message = seen.sentence(error.message)
        error.hint = seen.sentence(error.hint)
        error.unmet = tuple(map(seen.sentence, error.unmet))
        error.details = seen.value(error.details)
    return error


def _ours_quoting(seen: _Seen, value: Any, name: str = "") -> Any:
    """The value, its sentences of ours without what they quote."""
    if isinstance(value, str):
        return seen.quoting(value) if name in OURS and len(value) >= 14 else value
    if isinstance(value, Mapping):
        shown = {key: _ours_quoting(seen, one, key) for key, one in value.items()}
        return shown if any(shown[key] is not one for key, one in value.items()) else value
    if isinstance(value, list | tuple):
        kept = [_ours_quoting(seen, one, name) for one in value]
        return kept if any(one is not other for one, other in zip(kept, value, strict=True)) else value
    return value


def _shorter_seen(seen: _Seen, shorter: Any) -> Any:
    def told(room: int) -> tuple[Mapping[str, Any], Sequence[str]]:
        data, notes = shorter(room)
        return _ours_quoting(seen, seen.value(data)), [seen.quoting(one) for one in notes]

    return told

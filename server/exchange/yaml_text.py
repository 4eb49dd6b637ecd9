"""Reading YAML that nobody vouches for: no objects, bounded depth and size, duplicate keys reported.

The tree is built from the parser's events without recursion. Scalars follow the core schema of YAML 1.2, as docker
compose reads them: `on`, `yes` and `22:22` stay text, and keys are always text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from server.errors import InvalidArgument, TooLarge

if TYPE_CHECKING:
    from yaml.events import Event, NodeEvent, ScalarEvent

DEEPEST = 64
"""Levels of nesting that a document may have."""
MOST_NODES = 400_000
"""Nodes of all documents together, each alias counted as what it stands for."""

_INTEGER = re.compile(r"[-+]?[0-9]+$")
_OCTAL_OR_HEX = re.compile(r"0o[0-7]+$|0x[0-9a-fA-F]+$")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$")
_WORDS = {"": None, "~": None, "null": None, "Null": None, "NULL": None}
_TRUTH = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}


@dataclass(frozen=True)
class Tagged:
    """A value that carries an application's own tag, such as compose's `!reset` and `!override`."""

    tag: str
    value: Any


@dataclass(frozen=True)
class YamlText:
    """What a text holds."""

    documents: tuple[Any, ...]
    duplicates: tuple[str, ...]
    """Keys that occur twice in one mapping (the last one counts), with their lines."""


@dataclass
class _Open:
    """A collection that is being filled."""

    is_mapping: bool
    tag: str
    anchor: str | None
    nodes_before: int
    items: list[Any] = field(default_factory=list)
    entries: dict[str, Any] = field(default_factory=dict)
    merged: list[Any] = field(default_factory=list)
    key: str | None = None
    is_merge: bool = False

    def result(self) -> Any:
        if not self.is_mapping:
            return self.items
        inherited: dict[str, Any] = {}
        for base in self.merged:
            inherited = {**base, **inherited}
        return {**inherited, **self.entries}


def read_yaml(text: str, name: str) -> YamlText:
    """The documents that the text holds; `name` says in an error where it came from.

    Raises InvalidArgument (with line and column, never with the text itself, which may hold secrets) or TooLarge.
    """
    import yaml

    builder = _Builder(name)
    try:
        for event in _events(text):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f" at line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise InvalidArgument(
            f"{name} is no YAML that can be read: {error.problem or 'it breaks off'}{where}.",
            hint=_hint_for(str(error.problem)),
        ) from None
    except yaml.YAMLError as error:
        position = getattr(error, "position", None)
        where = f" at character {position}" if isinstance(position, int) else ""
        raise InvalidArgument(f"{name} holds a character that YAML does not allow{where}.") from None
    return YamlText(tuple(builder.documents), tuple(builder.duplicates))


def scalar_of(text: str) -> Any:
    """What a plain scalar means by the core schema: null, true or false, a number, or itself."""
    if text in _WORDS:
        return None
    if text in _TRUTH:
        return _TRUTH[text]
    if text[0] not in "-+.0123456789" or len(text) > 40:
        return text
    if _INTEGER.match(text):
        return int(text)
    if _OCTAL_OR_HEX.match(text):
        return int(text[2:], 8 if text[1] == "o" else 16)
    if _FLOAT.match(text):
        return float(text)
    return text


def _events(text: str) -> Iterator["Event"]:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    yield from yaml.parse(text, Loader=loader)


def _hint_for(problem: str) -> str:
    return "YAML is indented with spaces, not with tabs." if "\\t" in problem or "token" in problem else ""


class _Builder:
    """Makes values of events, one at a time."""

    def __init__(self, name: str) -> None:
        self.documents: list[Any] = []
        self.duplicates: list[str] = []
        self._name = name
        self._stack: list[_Open] = []
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._nodes = 0

    def take(self, event: "Event") -> None:
        """The event's share of the tree is in place."""
        match type(event).__name__:
            case "ScalarEvent":
                self._scalar(event)  # type: ignore[arg-type]  # told apart by name: yaml is imported lazily
            case "SequenceStartEvent" | "MappingStartEvent":
                self._open(event, is_mapping=type(event).__name__ == "MappingStartEvent")  # type: ignore[arg-type]  # as above
            case "SequenceEndEvent" | "MappingEndEvent":
                self._close()
            case "AliasEvent":
                self._alias(event)  # type: ignore[arg-type]  # as above
            case "DocumentStartEvent":
                self._anchors = {}

    def _scalar(self, event: "ScalarEvent") -> None:
        self._count(1)
        value: Any = event.value
        if event.tag in (None, "!", ""):
            value = scalar_of(event.value) if event.implicit[0] else event.value
        elif event.tag == "tag:yaml.org,2002:null":
            value = None
        elif not event.tag.startswith("tag:yaml.org,2002:"):
            value = Tagged(event.tag, event.value if event.style else scalar_of(event.value))
        elif event.tag in ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float", "tag:yaml.org,2002:bool"):
            value = scalar_of(event.value)
        if event.anchor:
            self._anchors[event.anchor] = (value, 1)
        self._place(value, event, text=event.value)

    def _open(self, event: "NodeEvent", *, is_mapping: bool) -> None:
        if len(self._stack) >= DEEPEST:
            raise InvalidArgument(f"{self._name} is nested more than {DEEPEST} levels deep (line {_line_of(event)}).")
        if self._stack and self._stack[-1].is_mapping and self._stack[-1].key is None:
            raise InvalidArgument(
                f"{self._name} has a key that is no plain value at line {_line_of(event)}.",
                hint="Keys are words.",
            )
        self._count(1)
        tag = getattr(event, "tag", None) or ""
        if event.anchor:
            self._anchors.pop(event.anchor, None)
        self._stack.append(_Open(is_mapping, tag, event.anchor, self._nodes))

    def _close(self) -> None:
        done = self._stack.pop()
        value = done.result()
        if done.tag and done.tag != "!" and not done.tag.startswith("tag:yaml.org,2002:"):
            value = Tagged(done.tag, value)
        if done.anchor:
            self._anchors[done.anchor] = (value, self._nodes - done.nodes_before + 1)
        self._place(value, None)

    def _alias(self, event: "NodeEvent") -> None:
        known = self._anchors.get(event.anchor or "")
        if known is None:
            raise InvalidArgument(
                f"{self._name} refers at line {_line_of(event)} to an anchor that is not complete before it."
            )
        value, size = known
        self._count(size)
        self._place(value, event, text=value if isinstance(value, str) else None)

    def _place(self, value: Any, event: "NodeEvent | None", text: str | None = None) -> None:
        if not self._stack:
            self.documents.append(value)
            return
        holder = self._stack[-1]
        if not holder.is_mapping:
            holder.items.append(value)
        elif holder.key is None:
            if text is None:
                raise InvalidArgument(
                    f"{self._name} has a key that is no plain value{f' at line {_line_of(event)}' if event else ''}."
                )
            holder.key = text
            holder.is_merge = text == "<<" and not getattr(event, "style", None)
            if not holder.is_merge and text in holder.entries and event is not None:
                self.duplicates.append(f"{text} (line {_line_of(event)})")
        else:
            key, holder.key = holder.key, None
            if holder.is_merge and (bases := _bases(value)) is not None:
                holder.merged += bases
            else:
                holder.entries[key] = value

    def _count(self, nodes: int) -> None:
        self._nodes += nodes
        if self._nodes > MOST_NODES:
            raise TooLarge(
                f"{self._name} holds more than {MOST_NODES:,} values once its aliases are filled in.",
                hint="Import it in parts.",
            )


def _line_of(event: "Event") -> int:
    return event.start_mark.line + 1 if event.start_mark else 0


def _bases(value: Any) -> list[dict[str, Any]] | None:
    """The mappings that a merge key takes in, the first one winning; None where it is an ordinary key."""
    found = value if isinstance(value, list) else [value]
    return found if all(isinstance(base, dict) for base in found) else None

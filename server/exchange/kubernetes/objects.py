"""The objects of Kubernetes manifests: read from files, lists taken apart, each found again by kind, namespace and name."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from server.errors import InvalidArgument
from server.exchange.documents import Document, documents_in, mapping, name_of, sequence, words
from server.exchange.imported import Remarks
from server.exchange.source import SourceFile

DEFAULT = "default"
"""The namespace of what states none."""

_TEMPLATE = re.compile(
    r"\{\{-?[ \t]*(/\*|\.|\$|include\b|template\b|if\b|range\b|with\b|end\b|define\b|toYaml\b|tpl\b|[a-z]+ )"
)
_IN_TEMPLATES = re.compile(r"(^|/)templates/[^/]")


@dataclass(frozen=True)
class Thing:
    """One object of a manifest."""

    kind: str
    group: str
    """The group of its version, such as `apps`; empty for the core."""
    namespace: str
    """As stated; empty where none is."""
    name: str
    value: Mapping[str, Any]
    document: Document
    written: str = ""
    """Its name in the file, where a kustomization gives it another."""

    @property
    def metadata(self) -> Mapping[str, Any]:
        """Its metadata."""
        return mapping(self.value.get("metadata"))

    @property
    def spec(self) -> Mapping[str, Any]:
        """Its spec."""
        return mapping(self.value.get("spec"))

    @property
    def home(self) -> str:
        """The namespace that it lies in."""
        return self.namespace or DEFAULT

    def at(self, *parts: str | int) -> str:
        """The place of something in it."""
        return self.document.at(*parts)


def things_in(file: SourceFile, remarks: Remarks, *, alone: bool = False) -> list[Thing]:
    """The objects of one file; a Helm template is told and left out. Raises InvalidArgument where `alone` and unreadable."""
    if is_template(file):
        remarks.unmapped(
            name_of(file.path), "a Helm template, no manifest yet: import what `helm template` makes of the chart"
        )
        return []
    try:
        documents = documents_in(file, remarks)
    except InvalidArgument as error:
        if alone:
            raise
        remarks.unmapped(name_of(file.path), error.message)
        return []
    return [thing for document in documents for thing in _things(document, remarks)]


def is_template(file: SourceFile) -> bool:
    """Whether the text is a Helm template: its marks, where a value would stand or in a chart's folder."""
    if "{{" not in file.text:
        return False
    if _IN_TEMPLATES.search(file.path) and _TEMPLATE.search(file.text):
        return True
    outside_quotes = re.compile(
        r"^[^\n\"'#|>]*\{\{-?[ \t]*(\.Values|\.Release|\.Chart|include|template|if|range|with|end|\$)", re.M
    )
    return outside_quotes.search(file.text) is not None


def _things(document: Document, remarks: Remarks) -> Iterator[Thing]:
    waiting = [document]
    while waiting:
        one = waiting.pop(0)
        value = one.value
        if isinstance(value, list):
            waiting = [_item(one, position, item) for position, item in enumerate(value)] + waiting
            continue
        if not isinstance(value, Mapping):
            remarks.unmapped(one.at(), "no object: not a mapping")
            continue
        kind = words(value.get("kind"), 100)
        if kind.endswith("List") and isinstance(value.get("items"), list):
            found = [_item(one, f"items/{position}", item) for position, item in enumerate(value["items"])]
            waiting = found + waiting
            continue
        metadata = mapping(value.get("metadata"))
        name = words(metadata.get("name"), 253) or words(metadata.get("generateName"), 253).rstrip("-")
        if not kind or not name:
            remarks.unmapped(one.at(), f"no object: {'kind' if not kind else 'metadata.name'} is missing")
            continue
        group = words(value.get("apiVersion"), 200).rpartition("/")[0]
        yield Thing(kind, group, words(metadata.get("namespace"), 253), name, value, one)


def _item(document: Document, place: str | int, value: Any) -> Document:
    return replace(document, value=value, pointer=f"{document.pointer}/{place}")


@dataclass
class Cluster:
    """Every object that the manifests state, each once."""

    things: list[Thing] = field(default_factory=list)
    _by_name: dict[tuple[str, str, str], Thing] = field(default_factory=dict)
    _as_written: dict[tuple[str, str, str], Thing] = field(default_factory=dict)

    def add(self, thing: Thing, remarks: Remarks) -> None:
        """The object is there; another one of its name counts only if it came first."""
        key = (f"{thing.group}/{thing.kind}", thing.home, thing.name)
        first = self._by_name.get(key)
        if first is not None:
            if first.value != thing.value:
                remarks.unmapped(
                    thing.at(),
                    f"{thing.kind} {thing.name} is there already, from {first.document.where}; that one counts",
                )
            return
        self._by_name[key] = thing
        self._as_written.setdefault((thing.kind, thing.home, thing.written or thing.name), thing)
        self.things.append(thing)

    def of_kind(self, *kinds: str, group: str | None = None) -> list[Thing]:
        """The objects of these kinds, in the order of reading."""
        return [thing for thing in self.things if thing.kind in kinds and (group is None or thing.group == group)]

    def find(self, kind: str, namespace: str, name: str, *, group: str = "") -> Thing | None:
        """The object of this name, as it is or as its file writes it."""
        return self._by_name.get((f"{group}/{kind}", namespace, name)) or self._as_written.get((kind, namespace, name))


def selects(selector: Any, labels: Mapping[str, Any]) -> bool:
    """Whether a label selector (`matchLabels` and `matchExpressions`) holds of these labels; an empty one always does."""
    wanted = mapping(mapping(selector).get("matchLabels"))
    if any(str(labels.get(name)) != str(value) for name, value in wanted.items()):
        return False
    return all(_holds(mapping(one), labels) for one in sequence(mapping(selector).get("matchExpressions")))


def is_empty(selector: Any) -> bool:
    """Whether a label selector asks for nothing, and so means everything."""
    given = mapping(selector)
    return not mapping(given.get("matchLabels")) and not sequence(given.get("matchExpressions"))


def selector_words(selector: Any) -> str:
    """The selector for people: `app=web`."""
    said = [f"{name}={value}" for name, value in mapping(mapping(selector).get("matchLabels")).items()]
    for one in sequence(mapping(selector).get("matchExpressions")):
        values = ", ".join(str(value) for value in sequence(mapping(one).get("values")))
        said.append(f"{mapping(one).get('key')} {mapping(one).get('operator')} {values}".strip())
    return ", ".join(said)[:300]


def _holds(expression: Mapping[str, Any], labels: Mapping[str, Any]) -> bool:
    key = str(expression.get("key"))
    values = [str(value) for value in sequence(expression.get("values"))]
    match str(expression.get("operator")):
        case "In":
            return key in labels and str(labels[key]) in values
        case "NotIn":
            return str(labels.get(key)) not in values
        case "Exists":
            return key in labels
        case "DoesNotExist":
            return key not in labels
    return False

"""Resources as values: a fixed URI, or a template of URIs, and the function that reads it."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

if TYPE_CHECKING:
    from server.surface.call import Call

Completer = Callable[["Call[Any]", str, Mapping[str, str]], Sequence[str]]
"""`(call, what was typed so far, the other arguments) -> values`, the best first."""

Content = str | bytes


@dataclass(frozen=True)
class Record:
    """What was read at a URI."""

    uri: str
    mime_type: str
    content: Content

    @property
    def text(self) -> str:
        """The content as text; bytes are shown as base64."""
        if isinstance(self.content, str):
            return self.content
        import base64

        return base64.b64encode(self.content).decode()


@dataclass(frozen=True, kw_only=True)
class StaticResource:
    """One URI."""

    uri: str
    name: str
    title: str
    description: str
    read: Callable[["Call[Any]"], Content]
    mime_type: str = "application/json"


@dataclass(frozen=True, kw_only=True)
class ResourceTemplate:
    """A family of URIs: `concord://systems/{id}`, `concord://files/log.json{?since,until}`, `concord://files/{+path}`.

    `{name}` is one path segment (a percent-encoded slash belongs to it), `{+name}` any number of them, `{?a,b}` an optional query.
    `read` gets the parameters decoded; query parameters that were not given are absent.
    """

    uri_template: str
    name: str
    title: str
    description: str
    read: Callable[["Call[Any]", Mapping[str, str]], Content]
    complete: Mapping[str, Completer] = field(default_factory=dict)
    mime_type: str = "application/json"

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names in the template, in order."""
        inside = re.findall(r"\{([^}]*)\}", self.uri_template)
        return tuple(name for part in inside for name in part.lstrip("+?").split(","))

    @cached_property
    def _query_names(self) -> frozenset[str]:
        query = re.search(r"\{\?([^}]*)\}", self.uri_template)
        return frozenset(query.group(1).split(",")) if query else frozenset()

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        path = re.sub(r"\{\?[^}]*\}", "", self.uri_template)
        parts = re.split(r"(\{[^}]*\})", path)
        return re.compile("".join(_expression(part) for part in parts))

    def match(self, uri: str) -> dict[str, str] | None:
        """The decoded parameters when the URI belongs to this family, else None."""
        path, mark, query = uri.partition("?")
        if mark and not self._query_names:
            return None
        found = self._pattern.fullmatch(path)
        if found is None:
            return None
        values = {name: unquote(value) for name, value in found.groupdict().items()}
        for pair in filter(None, query.split("&")):
            name, _, value = pair.partition("=")
            if name not in self._query_names or name in values:
                return None
            values[name] = unquote(value.replace("+", " "))
        return values


def _expression(part: str) -> str:
    if part.startswith("{+"):
        return f"(?P<{part[2:-1]}>[^?#]+)"
    if part.startswith("{"):
        return f"(?P<{part[1:-1]}>[^/?#]+)"
    return re.escape(part)

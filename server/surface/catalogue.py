"""The catalogue: everything that a server offers, and the choice that a user makes from it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from server.errors import ConfigurationError, InvalidArgument, NotFound
from server.surface.call import Call
from server.surface.prompt import Prompt
from server.surface.resource import Record, ResourceTemplate, StaticResource
from server.surface.tool import Tool

LONGEST_URI = 2_000


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Which tools a server lists."""

    toolsets: tuple[str, ...] = ("core",)
    tools: tuple[str, ...] = ()
    """Single tools on top of the toolsets."""
    exclude: tuple[str, ...] = ()
    read_only: bool = False
    """Only tools that change nothing."""


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """Tools, resources and prompts, in the order in which they are listed."""

    tools: tuple[Tool[Any], ...] = ()
    resources: tuple[StaticResource, ...] = ()
    templates: tuple[ResourceTemplate, ...] = ()
    prompts: tuple[Prompt, ...] = ()
    left_out: tuple[Tool[Any], ...] = ()
    """Tools that exist, and were not chosen."""

    def __post_init__(self) -> None:
        for kind, names in (
            ("tools", [tool.name for tool in self.tools]),
            ("resources", [resource.uri for resource in self.resources]),
            ("resource templates", [template.uri_template for template in self.templates]),
            ("prompts", [prompt.name for prompt in self.prompts]),
        ):
            if twice := sorted({name for name in names if names.count(name) > 1}):
                raise ValueError(f"Two {kind} go by the name {', '.join(twice)}.")

    @property
    def toolsets(self) -> tuple[str, ...]:
        """The names of all toolsets, in the order of the tools."""
        return tuple(dict.fromkeys(tool.toolset for tool in self.tools))

    def select(self, selection: Selection) -> "Catalogue":
        """The catalogue with those tools alone that were chosen, in the order of this one.

        Raises ConfigurationError for a toolset or tool that doesn't exist.
        """
        _all_known("toolset", (*selection.toolsets,), self.toolsets)
        names = tuple(tool.name for tool in self.tools)
        _all_known("tool", (*selection.tools, *selection.exclude), names)
        chosen = tuple(
            tool
            for tool in self.tools
            if (tool.toolset in selection.toolsets or tool.name in selection.tools)
            and tool.name not in selection.exclude
            and (tool.read_only or not selection.read_only)
        )
        return replace(self, tools=chosen, left_out=tuple(tool for tool in self.tools if tool not in chosen))

    def tool(self, name: str) -> Tool[Any] | None:
        """The tool of that name, or None."""
        return next((tool for tool in self.tools if tool.name == name), None)

    def prompt(self, name: str) -> Prompt | None:
        """The prompt of that name, or None."""
        return next((prompt for prompt in self.prompts if prompt.name == name), None)

    def read(self, call: Call[Any], uri: str) -> Record:
        """What stands at the URI.

        Raises InvalidArgument where the text is no URI, NotFound where nothing goes by it.
        """
        check_uri(uri)
        for resource in self.resources:
            if resource.uri == uri:
                return Record(uri, resource.mime_type, resource.read(call))
        for template in self.templates:
            parameters = template.match(uri)
            if parameters is not None:
                return Record(uri, template.mime_type, template.read(call, parameters))
        families = [resource.uri for resource in self.resources] + [
            template.uri_template for template in self.templates
        ]
        raise NotFound(f"There is no resource {uri!r}.", path="/uri", allowed=families)


def check_uri(uri: str) -> None:
    """Raises InvalidArgument unless the text has the form of a URI."""
    scheme, colon, rest = uri.partition(":")
    well_formed = (
        colon and rest and scheme.replace("+", "").replace("-", "").replace(".", "").isalnum() and scheme.isascii()
    )
    if (
        not well_formed
        or len(uri) > LONGEST_URI
        or any(character.isspace() or not character.isprintable() for character in uri)
    ):
        shown = ascii(uri[:80])
        raise InvalidArgument(
            f"{shown} is not a URI.", path="/uri", hint="For example concord://systems/sys_data_pipeline."
        )


def _all_known(kind: str, wanted: Sequence[str], known: Sequence[str]) -> None:
    for name in wanted:
        if name not in known:
            raise ConfigurationError(f"There is no {kind} {name!r}.", allowed=known)

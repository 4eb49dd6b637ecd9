"""A tool is a value: its definition is static, its handler gets what it needs with each call."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from server.surface.answer import Answer
from server.surface.arguments import Arguments, flat_schema
from server.surface.bounds import Bounds
from server.surface.call import Call

A = TypeVar("A", bound=Arguments)


@dataclass(frozen=True, kw_only=True)
class Tool(Generic[A]):
    """What a client sees of a tool, and the function behind it: `run(call, arguments) -> Answer`."""

    name: str
    toolset: str
    title: str
    description: str
    """What it does, when to use it, when not. The example is added by `text`."""
    arguments: type[A]
    run: Callable[[Call[Any], A], Answer]
    """Runs in a worker thread; may block."""
    example: Mapping[str, Any] = field(default_factory=dict)
    """The arguments of one example call; shown, and read by a test."""
    read_only: bool = False
    """Changes nothing that anybody could see afterwards: stays under --read-only."""
    destructive: bool = False
    """May undo or remove what was there."""
    idempotent: bool = False
    """Called twice with the same arguments, the second call changes nothing more."""
    open_world: bool = False
    """Reaches beyond what this server keeps."""
    always_loaded: bool = False
    """Clients that load tools on demand are asked to keep this one in sight."""
    output_schema: Mapping[str, Any] | None = None
    input_schema: Mapping[str, Any] | None = None
    """Replaces the generated schema; for schemas that are not ours to choose."""
    bounds: Bounds = field(default_factory=Bounds)
    meta: Mapping[str, Any] = field(default_factory=dict)
    """Further members of `_meta`."""

    @property
    def text(self) -> str:
        """The description with its example call, as clients see it."""
        if not self.example:
            return self.description
        return (
            f"{self.description}\nExample: {json.dumps(dict(self.example), ensure_ascii=False, separators=(',', ':'))}"
        )

    @property
    def schema(self) -> dict[str, Any]:
        """The flat JSON Schema of the arguments."""
        return dict(self.input_schema) if self.input_schema is not None else flat_schema(self.arguments)

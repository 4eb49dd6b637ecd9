"""Everything that a client can read of a server: all tools that change nothing, all resources, all prompts, completions, errors."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice, product
from typing import Any

from mcp.shared.exceptions import MCPError
from mcp_types import PromptReference, ResourceTemplateReference

from tests.surface.world import Concord

MOST = 60
"""Calls of one tool, or readings of one family of resources."""
SCHEMA = {"type": "object", "properties": {"price": {"type": "string"}}, "required": ["price"]}


class Look:
    """What one client sees, by where it stands."""

    def __init__(self, concord: Concord, known: Mapping[str, Sequence[Any]]) -> None:
        """`known`: by the name of an argument, what is tried as its value."""
        self._concord, self._known = concord, known
        self.seen: dict[str, str] = {}

    async def everywhere(self) -> dict[str, str]:
        """All of it, each text decoded: as whoever reads it sees it."""
        await self._tools()
        await self._resources()
        await self._prompts()
        return self.seen

    async def _tools(self) -> None:
        for tool in (await self._concord.client.list_tools()).tools:
            self._see(f"definition of {tool.name}", tool.model_dump(mode="json"))
            if tool.annotations is None or not tool.annotations.read_only_hint:
                continue
            for arguments in self._arguments(tool.input_schema):
                result = await self._concord.client.call_tool(tool.name, arguments)
                where = f"{tool.name} {json.dumps(arguments)[:120]}"
                self._see(where, result.structured_content)
                for uri in set(re.findall(r"concord://[\w/.?=&-]+", json.dumps(result.structured_content))):
                    await self._read(uri)

    def _arguments(self, schema: dict[str, Any]) -> Iterable[dict[str, Any]]:
        """Nothing, each known value of each argument alone, and those that are required together."""
        properties, required = schema.get("properties", {}), schema.get("required", [])
        values = {name: self._known.get(name, ()) for name in properties}
        needed = [values[name] or ("zz",) for name in required]
        for row in islice(product(*needed), MOST):
            base = dict(zip(required, row, strict=True))
            if "limit" in properties:
                base["limit"] = 50
            yield base
            for name, tried in values.items():
                if name not in required:
                    yield from ({**base, name: one} for one in list(tried)[:MOST])

    async def _resources(self) -> None:
        client = self._concord.client
        for resource in (await client.list_resources()).resources:
            await self._read(str(resource.uri))
        for template in (await client.list_resource_templates()).resource_templates:
            names = re.findall(r"\{[?+]?([\w,]+)\}", template.uri_template)
            path = re.sub(r"\{\?[^}]*\}", "", template.uri_template)
            (name,) = re.findall(r"\{\+?(\w+)\}", path) or (names[0].split(",")[0],)
            reference = ResourceTemplateReference(type="ref/resource", uri=template.uri_template)
            offered: list[str] = []
            for typed in ("", "PROP", "sys", "SK"):
                try:
                    offered += (await client.complete(reference, {"name": name, "value": typed})).completion.values
                except MCPError as error:
                    self._see(f"completion of {template.uri_template}", error.error.message)
            self._see(f"completion of {template.uri_template}", offered)
            for value in dict.fromkeys([*offered, *self._known.get(name, ()), *self._known["any id"]]):
                await self._read(re.sub(r"\{\+?\w+\}", str(value), path))

    async def _read(self, uri: str) -> None:
        if uri in self.seen:
            return
        try:
            text = await self._concord.read(uri)
        except MCPError as error:
            self._see(uri, [error.error.message, error.error.data])
            return
        self._see(uri, json.loads(text) if text[:1] in "{[" else text)

    async def _prompts(self) -> None:
        client = self._concord.client
        for prompt in (await client.list_prompts()).prompts:
            reference = PromptReference(type="ref/prompt", name=prompt.name)
            tried: dict[str, list[str]] = {}
            for argument in prompt.arguments or []:
                offered = (await client.complete(reference, {"name": argument.name, "value": ""})).completion.values
                tried[argument.name] = [*offered, *map(str, self._known.get(argument.name, ()))][:20]
                self._see(f"completion of {prompt.name} {argument.name}", offered)
            names = [name for name, values in tried.items() if values]
            for row in islice(product(*(tried[name] for name in names)), 20):
                given = dict(zip(names, row, strict=True))
                try:
                    got = await client.get_prompt(prompt.name, given)
                except MCPError as error:
                    self._see(f"{prompt.name} {given}", [error.error.message, error.error.data])
                    continue
                self._see(f"{prompt.name} {given}", [one.content.text for one in got.messages])  # type: ignore[union-attr]  # our prompts are text

    def _see(self, where: str, value: Any) -> None:
        self.seen[where] = self.seen.get(where, "") + texts_in(value)


def texts_in(value: Any) -> str:
    """Every text in it, keys included, each on a line of its own; JSON within a text is read as such."""
    if isinstance(value, dict):
        return "".join(f"{key}\n{texts_in(entry)}" for key, entry in value.items())
    if isinstance(value, list | tuple):
        return "".join(map(texts_in, value))
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return texts_in(json.loads(value))
        except ValueError:
            return f"{value}\n"
    return f"{value}\n"

"""The tool that reads resources, for clients whose models can't."""

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from server.errors import NotFound
from server.surface import Answer, Arguments, Call, Cursor, Next, Tool, argument, decode_cursor, encode_cursor

if TYPE_CHECKING:
    from server.services import Services

PAGE_CHARACTERS = 20_000
"""Characters of one page; with the JSON around it below the cap of an answer."""


FAMILIES: Mapping[str, str] = {
    "sys_": "systems",
    "CTR-": "contracts",
    "CHK-": "checks",
    "PROP-": "proposals",
    "RUN-": "runs",
    "XPAT-": "patterns",
    "SK-": "knowledge",
}
"""How the ids of a family of resources begin."""

PLURALS: Mapping[str, str] = {
    "system": "systems",
    "contract": "contracts",
    "check": "checks",
    "proposal": "proposals",
    "run": "runs",
    "pattern": "patterns",
    "digest": "digests",
    "entry": "knowledge",
    "schema": "schemas",
    "file": "files",
    "graphs": "graph",
}


class ReadRecord(Arguments):
    """Which resource, and which part of it."""

    also_called: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "uri": ("url", "resource", "id"),
        "section": ("path", "pointer"),
    }
    uri: str = argument("concord://…", min_length=1, max_length=2_000)
    section: str = argument("A member of a JSON document, as JSON Pointer (/conflicts/0).", "", max_length=500)
    cursor: Cursor = ""


def read_record(call: "Call[Services]", args: ReadRecord) -> Answer:
    """The resource, page by page."""
    uri = whole_uri(args.uri)
    record = call.read(uri)
    text = _section(record.text, args.section) if args.section else record.text
    start = int(decode_cursor(args.cursor, args.filters()) or 0)
    page, end = _page(text, start)
    cursor = encode_cursor(end, args.filters()) if end < len(text) else ""
    part = f"characters {start + 1:,} to {end:,} of {len(text):,}" if cursor or start else f"{len(text):,} characters"
    following = [Next("read_record", {**args.model_dump(exclude_defaults=True), "cursor": cursor})] if cursor else []
    return Answer(
        summary=f"{uri}: {part}.",
        notes=[f'"{args.uri}" was read as {uri}.'] if uri != args.uri else [],
        data={"uri": uri, "mime_type": record.mime_type, "content": page, "next_cursor": cursor},
        next=following,
    )


def whole_uri(text: str) -> str:
    """The URI that a person meant: of `systems/sys_a` or `system/sys_a`, of an id whose form says whose it is, of a file's name."""
    bare = text.strip().strip("`'\"").strip()
    place = re.sub(r"^(concord:/*|https?://concord[^/]*/)", "", bare).strip("/")
    if ":" in place.partition("/")[0]:
        return bare
    family, slash, rest = place.partition("/")
    if not slash:
        begun = next((family for start, family in FAMILIES.items() if place.startswith(start)), "")
        family, rest = "files" if place.endswith(".json") else begun, place
    return f"concord://{PLURALS.get(family, family)}/{rest}" if family else bare


def _page(text: str, start: int) -> tuple[str, int]:
    """The text from `start` on, as much as stays below the cap once it is written as a JSON string in JSON text."""
    end = min(len(text), start + PAGE_CHARACTERS)
    while end - start > 1 and len(json.dumps(text[start:end], ensure_ascii=False).encode("utf-8", "replace")) > 28_000:
        end = start + (end - start) * 3 // 4
    return text[start:end], end


def _section(text: str, pointer: str) -> str:
    here: Any = json.loads(text)
    for part in pointer.strip("/").split("/"):
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(here, dict) and name in here:
            here = here[name]
        elif isinstance(here, list) and name.isdecimal() and int(name) < len(here):
            here = here[int(name)]
        else:
            members = (
                list(here)
                if isinstance(here, dict)
                else [str(i) for i in range(len(here))]
                if isinstance(here, list)
                else []
            )
            raise NotFound(f"The record has no part {pointer!r}.", path="/section", allowed=tuple(members[:50]))
    return json.dumps(here, ensure_ascii=False, indent=1)


TOOLS: tuple[Tool[Any], ...] = (
    Tool(
        name="read_record",
        toolset="core",
        title="Read a record",
        description=(
            "Reads any concord:// resource (a check with its inputs, a contract's history, the registry file, a graph), page by page. "
            "For clients whose models can't read resources themselves."
        ),
        arguments=ReadRecord,
        run=read_record,
        example={"uri": "concord://graph/sys_dashboard"},
        read_only=True,
        idempotent=True,
    ),
)

"""MCP servers that a project or an assistant starts or calls."""

import json
import posixpath
import re
import shlex
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from server.registry.discovery.launching import scripts_of, started_by
from server.registry.discovery.sighting import FileText, Sighting, Touch
from server.registry.discovery.yaml_reading import items, mapping, text_of

_NAMES = frozenset(
    {".mcp.json", "mcp.json", "claude_desktop_config.json", ".claude.json", "mcp_config.json", "mcp_settings.json"}
)


def wants(path: str) -> bool:
    """Whether this is a list of MCP servers by its name."""
    return posixpath.basename(path) in _NAMES


def detect(file: FileText) -> Iterator[Sighting]:
    """One sighting per server. What its environment holds is never looked at."""
    try:
        document = mapping(json.loads(file.text))
    except (ValueError, RecursionError):
        return
    for key in ("mcpServers", "servers", "mcp_servers"):
        for name, entry in mapping(document.get(key)).items():
            if isinstance(entry, Mapping) and (entry.get("command") or entry.get("url") or entry.get("serverUrl")):
                yield _server(file, str(name), entry)


def _server(file: FileText, name: str, entry: Mapping[str, Any]) -> Sighting:
    folder = re.sub(r"/\.(?:vscode|cursor|claude|gemini|kiro|roo)$", "", file.folder)
    line = file.line_of(f'"{name}"') or 1
    url = text_of(entry.get("url")) or text_of(entry.get("serverUrl"))
    words = [text_of(entry.get("command")), *(text_of(word) for word in items(entry.get("args")))]
    command = shlex.join(word for word in words if word)
    clue = file.clue(
        line, f"an MCP server{f' at {_address(url)}' if url else ' that is started here'}", command or f'"{name}"'
    )
    cwd = text_of(entry.get("cwd")) or folder
    started = started_by(command, clue, cwd=cwd)
    named = [word for word in words[1:] if word.startswith("/") and word not in started.runs and "=" not in word]
    touches = [
        *started.touches,
        *(Touch(word, False, file.clue(line, f"reads {word} (handed to the server)", command)) for word in named),
    ]
    if url:
        address = _address(url)
        touches.append(Touch(address, False, file.clue(line, f"reads {address} (called)")))
    return Sighting(
        kind="mcp_server",
        name=name,
        clue=clue,
        confidence=0.85,
        why="an assistant here uses it",
        cwd=cwd,
        runs=scripts_of(started),
        touches=tuple(touches),
        enabled=entry.get("disabled") is not True,
        joins=f"mcp:{file.path}#{name}",
    )


def _address(url: str) -> str:
    """The URL without credentials and query."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "a URL that can't be read"
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}" if parts.scheme else "a URL"

"""Agents of coding assistants: `.claude/` with agents, hooks, commands and schedules, and their instruction files."""

import json
import posixpath
import re
from collections.abc import Iterator, Mapping
from typing import Any

from server.registry.discovery.launching import scripts_of, started_by
from server.registry.discovery.sighting import Clue, FileText, Sighting, Touch, at
from server.registry.discovery.yaml_reading import ReadYaml, each_mapping, items, mapping, text_of

_INSTRUCTIONS = frozenset(
    "CLAUDE.md CLAUDE.local.md AGENTS.md AGENT.md AGENTS.override.md GEMINI.md .cursorrules .clinerules .windsurfrules".split()
)
_HOME_OF_AGENT = re.compile(r"(?P<root>.*)/\.(?:claude|codex|gemini|agents)/(?P<inside>.+)$")
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(?P<yaml>.*?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)
_QUOTED = re.compile(
    r"`([^`\n]{2,200})`|(?<![\w(])(~?/[\w.{}*/-]+\.[a-z0-9]{1,8}|(?:\./)?[\w-]+(?:/[\w.{}*-]+)+\.[a-z0-9]{1,8})(?!\w)"
)
_PATH = re.compile(r"(?:~|\.{0,2})?/?[\w.{}*<>@-]+(?:/[\w.{}*<>@-]*)*$")
_FILE_END = re.compile(r"\.(?:jsonl?|ndjson|csv|tsv|parquet|ya?ml|toml|md|txt|db|sqlite3?|xlsx?|log|html|xml|pdf)$")
_READS = re.compile(r"\b(?:reads?|reading|consumes?|loads?|inputs?|ingests?|polls?|watches|parses)\b", re.IGNORECASE)
_WRITES = re.compile(
    r"\b(?:writes?|writing|outputs?|produces?|saves?|appends?|stores?|updates?|generates?|publishes|exports?)\b",
    re.IGNORECASE,
)
_SCHEDULES = re.compile(r"(?:schedules?|scheduled[_-]tasks?|cron|crons|routines|triggers)(?:/|\.json$|\.ya?ml$|\.md$)")
_HIDDEN_IN_NAMES = re.compile(r"settings(?:\.local)?\.json$|hooks\.json$")


def wants(path: str) -> bool:
    """Whether this is an instruction file, or a file in an assistant's folder that says what runs."""
    if posixpath.basename(path) in _INSTRUCTIONS or path.endswith("/.github/copilot-instructions.md"):
        return True
    match = _HOME_OF_AGENT.match(path)
    return match is not None and path.endswith((".md", ".json", ".yaml", ".yml"))


def detect(file: FileText, read_yaml: ReadYaml) -> Iterator[Sighting]:
    """The agent project that the file belongs to, the agents and scheduled tasks that it defines."""
    match = _HOME_OF_AGENT.match(file.path)
    if match is None:
        root = file.folder.removesuffix("/.github")
        yield _project(file, root, "instructions for an agent that works in this folder", 0.6, _mentions(file, root, 1))
        return
    root, inside = match["root"], match["inside"]
    if file.name in _INSTRUCTIONS:
        yield _project(file, root, "instructions for an agent that works in this folder", 0.6, _mentions(file, root, 1))
    elif inside.startswith("agents/") and inside.endswith(".md"):
        yield _agent(file, root, read_yaml)
    elif _HIDDEN_IN_NAMES.search(inside):
        yield from _settings(file, root)
    elif _SCHEDULES.match(inside):
        yield from _scheduled(file, root, read_yaml)
    elif inside.startswith(("commands/", "skills/", "workflows/", "rules/")) and inside.endswith(".md"):
        yield _project(file, root, f"offers {inside.split('/')[0].rstrip('s')} {_called(file, inside)}", 0.6, ())


def _project(
    file: FileText, root: str, what: str, confidence: float, touches: tuple[Touch, ...], line: int = 1
) -> Sighting:
    return Sighting(
        kind="agent_project",
        name=posixpath.basename(root) or "agent",
        clue=file.clue(line, what),
        confidence=confidence,
        why="an agent is told how to work here",
        folder=root,
        cwd=root,
        touches=touches,
        joins=f"agent:{root}",
    )


def _agent(file: FileText, root: str, read_yaml: ReadYaml) -> Sighting:
    front = _FRONT_MATTER.match(file.text)
    documents = read_yaml(front["yaml"], file.path) if front else ()
    said = mapping(documents[0] if documents else None)
    lines_before = front[0].count("\n") if front else 0
    tools = said.get("tools")
    tools_said = ", ".join(text_of(one) for one in items(tools))[:120]
    return Sighting(
        kind="agent",
        name=text_of(said.get("name")) or file.name.removesuffix(".md"),
        clue=file.clue(
            file.line_of("name:") or 1, f"defines an agent{f' with the tools {tools_said}' if tools_said else ''}"
        ),
        confidence=0.9,
        why="an agent's definition",
        cwd=root,
        touches=_mentions(file, root, lines_before + 1),
        description=text_of(said.get("description")),
        joins=f"agent-file:{file.path}",
    )


def _settings(file: FileText, root: str) -> Iterator[Sighting]:
    hooks = mapping(_json(file.text)).get("hooks")
    yield _project(file, root, "settings of an agent that works in this folder", 0.55, ())
    for event, entries in mapping(hooks).items():
        for entry in each_mapping(entries):
            for hook in [*each_mapping(entry.get("hooks")), *([entry] if "command" in entry else [])]:
                if command := text_of(hook.get("command")):
                    yield _hook(file, root, event, command)


def _hook(file: FileText, root: str, event: str, command: str) -> Sighting:
    escaped = json.dumps(command)[1:-1]
    line = file.line_of(escaped[:60]) or file.line_of(event) or 1
    clue = Clue(file.path, line, command, f"a hook on {event} starts a command")
    started = started_by(command, clue, cwd=root, variables={"CLAUDE_PROJECT_DIR": root})
    return Sighting(
        kind="agent_project",
        name=posixpath.basename(root) or "agent",
        clue=clue,
        confidence=0.75,
        why="an agent's hooks start commands",
        folder=root,
        cwd=root,
        runs=scripts_of(started),
        touches=tuple(started.touches),
        joins=f"agent:{root}",
    )


def _scheduled(file: FileText, root: str, read_yaml: ReadYaml) -> Iterator[Sighting]:
    front = _FRONT_MATTER.match(file.text)
    is_json = file.name.endswith(".json")
    documents = [_json(file.text)] if is_json else list(read_yaml(front["yaml"] if front else file.text, file.path))
    for name, entry in _tasks(documents, file.name.rpartition(".")[0]):
        schedule = next(
            (
                text_of(entry[key])
                for key in ("cron", "schedule", "cronExpression", "cron_expression")
                if text_of(entry.get(key))
            ),
            "",
        )
        nested = mapping(entry.get("schedule"))
        schedule = schedule or next(
            (text_of(nested[key]) for key in ("cron", "expression", "value") if text_of(nested.get(key))), ""
        )
        if not schedule:
            continue
        prompt = next(
            (
                text_of(entry[key])
                for key in ("prompt", "task", "command", "instructions", "description")
                if text_of(entry.get(key))
            ),
            "",
        )
        line = file.line_of(name) or file.line_of(schedule) or 1
        clue = file.clue(line, f"scheduled {schedule}")
        started = started_by(text_of(entry.get("command")), clue, cwd=root, variables={"CLAUDE_PROJECT_DIR": root})
        yield Sighting(
            kind="scheduled_task",
            name=name,
            clue=clue,
            confidence=0.9,
            why="an agent is started on a schedule",
            schedule=schedule,
            timezone=text_of(entry.get("timezone")) or text_of(nested.get("timezone")) or text_of(nested.get("tz")),
            cwd=root,
            runs=scripts_of(started),
            touches=(*started.touches, *_mentioned(prompt, clue, root)),
            description=prompt,
            enabled=entry.get("enabled") is not False and entry.get("disabled") is not True,
            joins=f"task:{file.path}#{name}",
        )


def _tasks(documents: list[Any], otherwise: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The entries that may be tasks, up to three levels deep, with their names."""
    pending: list[tuple[str, Any, int]] = [(otherwise, document, 0) for document in documents]
    while pending:
        name, value, depth = pending.pop(0)
        if isinstance(value, list) and depth < 3:
            pending += [
                (f"{otherwise}-{number}", entry, depth + 1) for number, entry in enumerate(value[:500], start=1)
            ]
        elif isinstance(value, Mapping):
            if any(key in value for key in ("cron", "schedule", "cronExpression", "cron_expression")):
                given = next(
                    (text_of(value[key]) for key in ("name", "id", "title", "taskId") if text_of(value.get(key))), ""
                )
                yield given or name, value
            elif depth < 3:
                pending += [(str(key), entry, depth + 1) for key, entry in list(value.items())[:500]]


def _mentions(file: FileText, root: str, first: int) -> tuple[Touch, ...]:
    """What the text says outright that is read or written: a verb and a path on one line, or below such a heading."""
    found: dict[tuple[str, bool], Touch] = {}
    heading = ""
    in_code = False
    for number, line in enumerate(file.text.split("\n")[:2_000], start=1):
        if line.lstrip().startswith("```"):
            in_code = not in_code
        if number < first or in_code:
            continue
        if line.startswith("#"):
            heading = line
        said = line if _READS.search(line) or _WRITES.search(line) else f"{heading} {line}"
        for touch in _mentioned(said, file.clue(number, "", line), root):
            found.setdefault((touch.resource, touch.writes), touch)
    return tuple(found.values())[:50]


def _mentioned(text: str, clue: Clue, root: str) -> Iterator[Touch]:
    verbs = sorted(
        [(m.start(), False) for m in _READS.finditer(text)] + [(m.start(), True) for m in _WRITES.finditer(text)]
    )
    for match in _QUOTED.finditer(text):
        path = match[1] or match[2]
        before = [writes for start, writes in verbs if start < match.start()]
        if not before or not _is_path(path):
            continue
        resource = at(root, path)
        said = "writes" if before[-1] else "reads"
        yield Touch(resource, before[-1], Clue(clue.file, clue.line, clue.text, f"{said} {resource} (said in words)"))


def _is_path(text: str) -> bool:
    if "://" in text:
        return re.fullmatch(r"[a-z][a-z0-9+.-]*://[^\s]+", text) is not None
    return _PATH.match(text) is not None and (
        "/" in text.strip("/") or text.startswith("/") or _FILE_END.search(text) is not None
    )


def _called(file: FileText, inside: str) -> str:
    stem = file.name.removesuffix(".md")
    return inside.split("/")[-2] if stem == "SKILL" and inside.count("/") > 1 else stem


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None

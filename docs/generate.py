"""Writes the pages that can be read off the product itself: `python -m docs.generate` (or `make docs`).

A test compares what this writes with what is committed, so that no page can fall behind. With `--snapshots` it writes
the JSON snapshot of every tool's definition instead: a change of the surface is then a diff that somebody reviews.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from server.app import CATALOGUE
from server.cli.commands import COMMANDS, command_parser
from server.conflicts.containment import breaks
from server.conflicts.rulebook import RULES as SEVERITIES
from server.conflicts.severity import Hold, Item, rule_over
from server.model.check import Mode
from server.model.tier import Severity, Tier
from server.surface.tool import Tool
from server.web.wire import tool_on_wire
from tests.house.rule_tests import rule_tests
from tests.requirements import AREAS, RULES, Rule

ROOT = Path(__file__).resolve().parents[1]
SNAPSHOTS = Path("tests/surface/snapshots")
NOTICE = "<!-- Written by `make docs`; edit the source it is read from, not this page. -->"

SETTINGS = {
    "CONCORD_HOME": (
        "the platform's folder for application data",
        "Folder of the default database and whatever else Concord keeps.",
    ),
    "CONCORD_DATABASE_URL": (
        "`concord.db` in `CONCORD_HOME`",
        "`sqlite:///FILE`, a file's path, or `postgresql://…` (with the extra `postgres`). Flag: `--database`.",
    ),
    "CONCORD_SYSTEM": (
        "empty: the local user",
        "Who calls on stdio: the id of a system, which may then act for itself alone. Flag: `concord serve --as`.",
    ),
    "CONCORD_TOKENS": (
        "empty",
        "A file with one `SYSTEM_ID TOKEN` a line: who calls over HTTP. A token has at least 16 characters.",
    ),
    "CONCORD_NOW": (
        "empty: the machine's clock",
        "Freezes the time that rules see: ISO 8601, or `@FILE`, read again at every call. Leases and time-outs keep real time.",
    ),
    "CONCORD_HEALTH_HOSTS": (
        "empty: none",
        "Hosts that the registry's job may ask for the health of systems (`health_url`), as `name` or `name:port`, separated by commas.",
    ),
    "CONCORD_JOBS": (
        "`on`",
        "`off` keeps the processes that serve out of the built-in schedule. Flag: `concord serve --no-jobs`.",
    ),
    "CONCORD_HTTP_HOSTS": (
        "empty: none",
        "Hosts that a validation may ask for the data of contracts, as `name` or `name:port`, separated by commas. "
        "Databases on other machines are asked only where they are listed, too.",
    ),
    "CONCORD_KEEP_EVENTS_DAYS": (
        "`400`",
        "Days for which what systems report is kept event by event; what is older stands in weekly sums. Heartbeats are kept "
        "for 30 days at most; promotions, rejections, trials and incidents for good. `0` keeps all but heartbeats for ever. "
        "Patterns are looked for in 90 days.",
    ),
    "CONCORD_EMBEDDINGS": (
        "empty: the model of the extra `semantic` where that is installed, else none",
        "What ranks shared knowledge by its meaning beside its words: `local` (the extra `semantic`), `off`, or the URL of an "
        "OpenAI-compatible endpoint up to `/embeddings`, such as `http://localhost:11434/v1`. "
        "Texts of shared entries and queries are sent there.",
    ),
    "CONCORD_EMBEDDINGS_MODEL": ("`text-embedding-3-small`", "The model that an endpoint is asked for."),
    "CONCORD_EMBEDDINGS_KEY": ("empty", "Sent to the endpoint as a bearer token, and shown nowhere."),
    "CONCORD_SCAN_PATHS": (
        "empty: what was looked through last",
        "Folders that discovery looks through where none is named, separated as in `PATH`.",
    ),
}
"""Every setting in the environment: its default, and what it does. A test holds the list against the code."""


def pages() -> dict[str, str]:
    """Every generated page, by its path from the root."""
    return {
        "README.md": _with_tables("README.md", rules=_rules_table()),
        "docs/conflicts.md": _with_tables(
            "docs/conflicts.md", breaks=_breaks_table(), severities=_severities_table(), tiers=_tiers_table()
        ),
        "docs/rules.md": rules_page(),
        "docs/tools.md": tools_page(),
        "docs/commands.md": commands_page(),
        "docs/settings.md": settings_page(),
    }


def _with_tables(place: str, **tables: str) -> str:
    """A page that people write, with the tables between its markers renewed."""
    page = (ROOT / place).read_text(encoding="utf-8")
    for name, table in tables.items():
        begin, end = f"<!-- {name}: written by make docs -->", f"<!-- end of {name} -->"
        before, found, rest = page.partition(begin)
        _, closed, after = rest.partition(end)
        if not found or not closed:
            raise ValueError(f"{place} has no markers for {name}: {begin} … {end}")
        page = f"{before}{begin}\n{table}\n{end}{after}"
    return page


def _rules_table() -> str:
    rows = [(rule.id, rule.sentence, _test_link(rule)) for rule in RULES if not rule.deferred]
    return _table(("rule", "what holds", "test"), rows)


def _breaks_table() -> str:
    rows = [
        (f"`{rule.id}`", rule.says, ", ".join(f"`{word}`" for word in rule.keywords) or "any other")
        for rule in breaks.RULES
    ]
    return _table(("rule", "what happens", "the reader's keyword"), rows)


def _severities_table() -> str:
    rows = [(f"`{rule.id}`", rule.severity.value, rule.says, rule.example) for rule in SEVERITIES]
    return _table(("rule", "severity", "when", "for example"), rows)


HOLDS = {Hold.GOES_ON: "goes on", Hold.IN_REVIEW: "waits for a person", Hold.BLOCKED: "is blocked"}


def _tiers_table() -> str:
    """What each severity means at each tier, as the ruling itself gives it."""
    modes = dict.fromkeys(Tier, Mode.BLOCKING)
    kinds: list[Severity | None] = [*reversed(Severity), None]
    rows = []
    for tier in Tier:
        rulings = [rule_over([Item(tier, kind)], modes, tier) for kind in kinds]
        rows.append((tier.value, *(f"{ruling.verdict.value}, {HOLDS[ruling.hold]}" for ruling in rulings)))
    return _table(("tier", *(kind.value if kind else "undecided" for kind in kinds)), rows)


def rules_page() -> str:
    """The whole catalogue: what holds now with all its tests, and what a later milestone brings."""
    parts = ["# Rules", "", NOTICE, "", "What the product must do, and the tests that hold it to that."]
    for area, title in AREAS.items():
        rows = [(rule.id, rule.sentence, _state(rule)) for rule in RULES if rule.area == area]
        parts += ["", f"## {area} · {title}", "", _table(("rule", "what holds", "held by"), rows)]
    return _page(parts)


def _state(rule: Rule) -> str:
    if rule.deferred:
        return f"comes with milestone {rule.deferred}"
    names = "<br>".join(f"[{name}](../{place})" for place, name in rule_tests().get(rule.id, []))
    return f"{names}<br>the rest comes with milestone {rule.completed_by}" if rule.completed_by else names


def _test_link(rule: Rule) -> str:
    """A link to the first test of a rule, one through the surface where there is one; all stand in docs/rules.md."""
    found = rule_tests().get(rule.id, [("tests", "none")])
    place, name = next((test for test in found if test[0].startswith("tests/surface/")), found[0])
    return f"[`{name}`]({place})"


def commands_page() -> str:
    """Every command with its arguments, read off the parsers."""
    parts = ["# Commands", "", NOTICE]
    for command in COMMANDS:
        parser = command_parser(command)
        parts += ["", f"## concord {command.name}", "", command.summary]
        if parser.epilog:
            parts += ["", parser.epilog]
        rows = [(f"`{_spelling(action)}`", action.help or "") for action in parser._actions if action.dest != "help"]
        if rows:
            parts += ["", _table(("argument", "meaning"), rows)]
    parts += [
        "",
        "Every command exits 3 when its input can't be used, 70 on a fault of Concord's own, 130 when interrupted.",
    ]
    return _page(parts)


def _spelling(action: argparse.Action) -> str:
    value = action.metavar or (" | ".join(action.choices) if action.choices else action.dest.upper())
    shown = value if isinstance(value, str) else " ".join(value)
    if not action.option_strings:
        return f"{shown}…" if action.nargs in ("+", "*") else shown
    flag = ", ".join(action.option_strings)
    return flag if action.nargs == 0 else f"{flag} {shown}"


def tools_page() -> str:
    """Every tool by its toolset, with its arguments, as clients see them; then what can be read, and the prompts."""
    parts = ["# Tools, resources and prompts", "", NOTICE]
    for toolset in CATALOGUE.toolsets:
        parts += ["", f"## Toolset `{toolset}`"]
        for tool in CATALOGUE.tools:
            if tool.toolset == toolset:
                parts += ["", *_tool_section(tool)]
    resources = [(f"`{resource.uri}`", resource.description) for resource in CATALOGUE.resources]
    templates = [(f"`{template.uri_template}`", template.description) for template in CATALOGUE.templates]
    parts += ["", "## Resources", "", _table(("address", "what stands there"), [*resources, *templates])]
    prompts = [
        (f"`{prompt.name}`", ", ".join(f"`{argument.name}`" for argument in prompt.arguments), prompt.description)
        for prompt in CATALOGUE.prompts
    ]
    parts += ["", "## Prompts", "", _table(("prompt", "arguments", "what it gathers"), prompts)]
    return _page(parts)


def _tool_section(tool: Tool[Any]) -> list[str]:
    hints = {
        "changes nothing": tool.read_only,
        "may undo or remove": tool.destructive,
        "may be repeated": tool.idempotent,
        "always in sight": tool.always_loaded,
    }
    shown = ", ".join(hint for hint, holds in hints.items() if holds)
    schema = tool.schema
    required = schema.get("required", ())
    rows = [
        (f"`{name}`", _type_of(described), "yes" if name in required else "", described.get("description", ""))
        for name, described in schema["properties"].items()
    ]
    heading = [f"### {tool.name}", "", f"*{tool.title}*" + (f" ({shown})" if shown else ""), "", tool.description]
    example = ["", "```json", json.dumps(tool.example, ensure_ascii=False), "```"] if tool.example else []
    table = ["", _table(("argument", "type", "required", "meaning"), rows)] if rows else []
    return [*heading, *example, *table]


def _type_of(described: Mapping[str, Any]) -> str:
    if "enum" in described:
        return " / ".join(f"`{choice}`" for choice in described["enum"])
    return f"array of {described['items']['type']}" if described["type"] == "array" else str(described["type"])


def snapshots() -> dict[str, str]:
    """Every tool's definition as a client sees it, a file each, by its path from the root."""
    return {f"{SNAPSHOTS.as_posix()}/{tool.name}.json": _definition(tool) for tool in CATALOGUE.tools}


def _definition(tool: Tool[Any]) -> str:
    document = tool_on_wire(tool).model_dump(mode="json", by_alias=True, exclude_none=True)
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def settings_page() -> str:
    """Every setting in the environment."""
    rows = [(f"`{name}`", default, meaning) for name, (default, meaning) in SETTINGS.items()]
    parts = ["# Settings", "", NOTICE, "", "A flag of a command wins over the environment.", ""]
    return _page([*parts, _table(("variable", "default", "meaning"), rows)])


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in line) + " |" for line in lines
    )


def _page(parts: Iterable[str]) -> str:
    return "\n".join(parts).rstrip() + "\n"


def write(files: Mapping[str, str]) -> list[str]:
    """The files are as given, and those that changed are named."""
    changed = []
    for place, text in files.items():
        file = ROOT / place
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
            changed.append(place)
    return changed


def main() -> int:
    """Write the pages, or the snapshots, and say which changed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--snapshots", action="store_true", help="write the tools' snapshots instead of the pages")
    files = snapshots() if parser.parse_args().snapshots else pages()
    changed = write(files)
    print("\n".join(changed) or "nothing changed")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""What a person sees: the facts of each step, in at most 96 columns, in colour where there is some."""

import json
from collections.abc import Iterable
from pathlib import Path

from rich.console import Console, Group, RenderableType
from rich.highlighter import JSONHighlighter
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from server.demo import cast
from server.model.base import Json, JsonObject

WIDEST = 96
"""Columns: longer lines are hard to read, however wide the terminal is."""
LABEL_WIDTH = 10

GOOD, BAD, NAME, QUIET = "bold green", "bold red", "bold cyan", "dim"
DESKTOP = {"mcpServers": {"concord": {"command": "concord", "args": ["serve"]}}}


class Screen:
    """Draws one step after the other as its facts come in."""

    def __init__(self, folder: Path, *, stays: bool, color: bool) -> None:
        probe = Console()
        self._console = Console(no_color=None if color else True, width=min(probe.width, WIDEST), highlight=False)
        self._folder = folder
        self._stays = stays
        self._steps = {
            "programs": _programs,
            "registration": _registration,
            "conflict": _conflict,
            "proof": _proof,
            "plan": _plan,
            "safe_change": _safe_change,
            "graph": _graph,
            "files": _files,
        }
        self._told = 0
        self._table: list[list[str]] = []

    def open(self) -> None:
        """Says what is going to happen, and where."""
        lasts = "stays" if self._stays else "is removed afterwards"
        self._console.print()
        self._console.print(Text("Concord", NAME) + Text(": three real programs, one change, one proof, one way out"))
        self._console.print(Text(f"~ is {self._folder}, which {lasts}.", QUIET), soft_wrap=True)

    def tell(self, step: str, facts: JsonObject) -> None:
        """The step stands on the screen."""
        self._told += 1
        if step == "programs":
            self._table = facts["table"]
        title, parts = self._steps[step](facts | {"table": self._table})
        self._section(title, parts)

    def fall(self, claim: str, details: str, log: str) -> None:
        """Says which claim fell, with what was seen instead, and how to look at the files."""
        self._console.print()
        self._console.print(Text.assemble(("✗ ", BAD), (claim, "bold")))
        for text in (details, log):
            if text:
                self._console.print(Padding(Text(text, QUIET), (0, 0, 0, 2)))
        place = str(self._folder) if self._stays else "gone; `concord demo --keep` leaves them"
        self._console.print(f"  The files are {place}.", soft_wrap=True)

    def close(self, seconds: float) -> None:
        """Says how to go on."""
        self._told += 1
        desktop = json.dumps(DESKTOP)
        self._section(
            "Your turn",
            [
                _labelled(
                    ("Claude Code", Text("claude mcp add concord -- concord serve", NAME)),
                    ("Desktop", Text(desktop, NAME)),
                    ("Inspector", Text("npx @modelcontextprotocol/inspector concord serve", NAME)),
                    label_width=11,
                ),
                Text(""),
                Text("Desktop's line goes into claude_desktop_config.json. Then ask your agent:"),
                Text('  "Register what this project reads and writes with Concord."', "italic"),
                Text(f"Read on: README.md, docs/tools.md, docs/commands.md. {self._left()}"),
            ],
        )
        self._console.print()
        self._console.print(Text(f"Every step held. {seconds:.1f} s.", GOOD))

    def _left(self) -> str:
        return f"The files stay in {self._folder}." if self._stays else "`concord demo --keep` leaves the files."

    def _section(self, title: str, parts: Iterable[RenderableType]) -> None:
        self._console.print()
        self._console.print(Rule(Text(f"{self._told}  {title}", "bold"), align="left", style="blue"))
        self._console.print(Padding(Group(*parts), (0, 0, 0, 3)))


Section = tuple[str, list[RenderableType]]


def _programs(facts: JsonObject) -> Section:
    said = facts["said"]
    flow = _columns(
        [Text("pipeline.py", NAME), Text("→"), Text(cast.MARKET_DATA), Text(said["pipeline"], QUIET)],
        [Text("generator.py", NAME), Text("→"), Text(cast.SIGNALS), Text(said["generator"], QUIET)],
        [Text("dashboard.py", NAME), Text("→"), Text(cast.PAGE), Text(said["dashboard"], QUIET)],
    )
    first = [Text(""), Text("One entry of signals.json, as the dashboard expects it:"), _json(facts["first_signal"])]
    return "Three programs, run on real files", [flow, *first]


def _registration(facts: JsonObject) -> Section:
    rows = [[Text("✓", GOOD), Text(one["system_id"], NAME), Text(one["tier"])] for one in facts["systems"]]
    reads = ", ".join(f"/*/{field}" for field in cast.READ)
    return "Each registers itself with a `concord serve` of its own, over MCP", [
        _columns(*rows),
        Text(""),
        Text(f"{facts['server']}; one database for all three. {facts['impact']}"),
        Text(f"The dashboard's contract CTR-002 says what it needs of every entry: {reads}"),
    ]


def _conflict(facts: JsonObject) -> Section:
    conflict = facts["conflict"]
    moves = [step for step in facts["patch"] if step["op"] == "move"]
    return f"The generator wants to nest its fields under `{cast.NESTED_UNDER}`, and asks first", [
        Text.assemble("check_change(", (cast.SIGNALS, NAME), f", JSON Patch with {len(moves)} moves)"),
        Text(""),
        _labelled(
            ("verdict", _verdict(facts["verdict"], facts["blocks"])),
            (
                "breaks",
                Text.assemble((conflict["affected_system"], NAME), f" by contract {conflict['affected_contract']}"),
            ),
            ("severity", Text.assemble((conflict["severity"], BAD), f" (rule {conflict['rule']})")),
            ("witness", Group(Text("a document that the generator could then write:"), _json(conflict["witness"]))),
            ("advice", Text(facts["recommendation"])),
        ),
    ]


def _proof(facts: JsonObject) -> Section:
    before = [Text("  ".join(cell.ljust(5) for cell in row)) for row in facts["table"]]
    sides = Table.grid(padding=(0, 6), expand=False)
    sides.add_row(Text("dashboard.html, now", "bold"), Text("dashboard.html, fed the witness", "bold"))
    sides.add_row(Group(*before), Text("(empty)", QUIET))
    sides.add_row(
        Text(f"{facts['rows_before']} rows", GOOD),
        Text.assemble((f"{facts['rows_with_witness']} rows", BAD), f", exit code {facts['exit_code']}"),
    )
    return "Is that so? The real dashboard gets the witness", [
        sides,
        Text(""),
        Text("No error, no log line: without the check, users would have told you."),
    ]


def _plan(facts: JsonObject) -> Section:
    done, later = facts["steps"][:3], facts["steps"][3:]
    steps = [[Text("✓", GOOD), Text(step)] for step in done] + [[Text("…", QUIET), Text(step, QUIET)] for step in later]
    seen = [
        (f"{cast.SIGNALS} is unchanged, to the byte", facts["signals_unchanged"]),
        (
            f"dashboard.html from {facts['new_file']}: {facts['rows']} rows, the same page to the byte",
            facts["page_identical"],
        ),
        ("rollback tried: back on signals.json, the same page", facts["page_identical_after_rollback"]),
        ("generator and dashboard registered both forms (version 2)", bool(facts["registered_again"])),
    ]
    return f"The plan: {facts['strategy']}, {facts['days']} days; carried out as far as a minute allows", [
        _columns(*steps),
        Text(""),
        *(_held(text) for text, holds in seen if holds),
        Text(""),
        _labelled(("rollback", Text(facts["rollback"], QUIET))),
    ]


def _safe_change(facts: JsonObject) -> Section:
    return "A safe change passes: the optional `confidence_interval`", [
        _labelled(
            ("verdict", _verdict(facts["verdict"], blocks=False)),
            ("proof", Text(facts["note"])),
            ("written", _json(facts["first_entry"])),
        ),
        Text(""),
        _held(f"dashboard.html: {facts['rows']} rows, the same page to the byte"),
    ]


def _graph(facts: JsonObject) -> Section:
    return f"The picture, in Mermaid: {facts['uri']}", [Text(facts["mermaid"].rstrip(), "magenta")]


def _files(facts: JsonObject) -> Section:
    rows = [
        [Text(one["name"], NAME), Text(one["says"]), Text(f"{one['bytes']:,} bytes", QUIET)] for one in facts["files"]
    ]
    return "The files, for people and for other tools", [_columns(*rows)]


def _verdict(verdict: str, blocks: bool) -> Text:
    color = GOOD if verdict == "CLEAR" else BAD
    return Text.assemble((verdict, color), ": the change is held back" if blocks else ": go on")


def _held(text: str) -> Text:
    return Text.assemble(("✓ ", GOOD), text)


def _json(document: Json) -> RenderableType:
    text = Text(json.dumps(document, ensure_ascii=False), overflow="fold")
    JSONHighlighter().highlight(text)
    return text


def _columns(*rows: list[Text]) -> Table:
    table = Table.grid(padding=(0, 2))
    for row in rows:
        table.add_row(*row)
    return table


def _labelled(*rows: tuple[str, RenderableType], label_width: int = LABEL_WIDTH) -> Table:
    table = Table.grid(padding=(0, 1))
    table.add_column(width=label_width, style=QUIET)
    table.add_column(overflow="fold")
    for label, shown in rows:
        table.add_row(label, shown)
    return table

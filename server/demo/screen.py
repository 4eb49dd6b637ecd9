"""What a person sees: the facts of each step, in at most 96 columns, in colour where there is some."""

import json
import shlex
import shutil
import sys
from collections.abc import Iterable
from itertools import zip_longest
from pathlib import Path

from rich.console import Console, Group, RenderableType
from rich.highlighter import JSONHighlighter
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from server.demo import cast, fleet
from server.model.base import Json, JsonObject
from server.model.sparkline import sparkline

WIDEST = 96
"""Columns: longer lines are hard to read, however wide the terminal is."""
LABEL_WIDTH = 10

GOOD, BAD, SEEN, NAME, QUIET = "bold green", "bold red", "green", "bold cyan", "dim"


class _Paper(Console):
    """A console that lets the command line say what it means when nobody reads on (`concord demo | head`)."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


class Screen:
    """Draws one step after the other as its facts come in."""

    def __init__(self, folder: Path, *, stays: bool, color: bool) -> None:
        width = min(Console().width, WIDEST)
        self._console = _Paper(no_color=None if color else True, width=width, highlight=False)
        self._folder = folder
        self._stays = stays
        self._steps = {
            "programs": _programs,
            "registration": _registration,
            "conflict": _conflict,
            "proof": _proof,
            "proposal": _proposal,
            "plan": _plan,
            "safe_change": _safe_change,
            "graph": _graph,
            "files": _files,
            "pattern": _pattern,
            "graver": _graver,
            "knowledge": _knowledge,
            "warning": _warning,
        }
        self._told = 0
        self._table: list[list[str]] = []

    def open(self) -> None:
        """Says what is going to happen, and where."""
        lasts = "stays" if self._stays else "is removed afterwards"
        self._console.print()
        self._console.print(
            Text.assemble(("Concord", NAME), ": one change, the proof, the way out, and what one learned for all")
        )
        self._line(
            Text(f"~ is {self._folder}, which {lasts}. The clock stands at {fleet.NOW:%Y-%m-%d %H:%M} UTC.", QUIET)
        )

    def tell(self, step: str, facts: JsonObject) -> None:
        """The step stands on the screen."""
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
                self._show(Padding(Text(text, QUIET), (0, 0, 0, 2)))
        self._line(Text(f"  {self._left()}"))

    def close(self, seconds: float) -> None:
        """Says how to go on."""
        concord = command_here()
        typed = shlex.quote(concord)
        desktop = json.dumps({"mcpServers": {"concord": {"command": concord, "args": ["serve"]}}})
        self._section("Your turn", [])
        for client, line in (
            ("Claude Code", f"claude mcp add concord -- {typed} serve"),
            ("Claude Desktop, in claude_desktop_config.json", desktop),
            ("MCP inspector", f"npx @modelcontextprotocol/inspector {typed} serve"),
        ):
            self._line(Text(f"   {client}"))
            self._line(Text(f"     {line}", NAME))
        self._console.print()
        self._line(Text('   Then tell your agent: "Register what this project reads and writes."'))
        self._line(Text("   Or begin with what you have: `concord scan ~/projects` finds what runs there,"))
        self._line(Text("   `concord import FILE` reads compose, Kubernetes, dbt, Backstage and more."))
        self._line(Text("   Your logs into patterns: docs/patterns.md, a program and four commands."))
        self._line(Text("   Your fixes to others: docs/knowledge.md, what to report and an engine's turn."))
        self._line(Text("   Read on: README.md, docs/tools.md, docs/commands.md, or `concord --help`."))
        self._line(Text(f"   {self._left()}"))
        self._console.print()
        self._console.print(Text(f"Every step held, in {seconds:.1f} s.", GOOD))

    def _left(self) -> str:
        if not self._stays:
            return "`concord demo --keep` leaves the files."
        home = shlex.quote(str(self._folder / ".concord"))
        look = f"CONCORD_HOME={home} CONCORD_NOW={fleet.NOW:%Y-%m-%dT%H:%MZ} {shlex.quote(command_here())} status"
        return f"The files are in {self._folder}; look around with {look}"

    def _section(self, title: str, parts: Iterable[RenderableType]) -> None:
        self._told += 1
        self._console.print()
        self._console.print(Rule(Text(f"{self._told}  {title}", "bold"), align="left", style="blue"))
        self._show(Padding(Group(*parts), (0, 0, 0, 3)))

    def _line(self, text: Text) -> None:
        """One line however long it is: it is copied, or names a path."""
        self._console.print(text, soft_wrap=True)

    def _show(self, part: RenderableType) -> None:
        """The part, without the blanks that fill its lines up."""
        with self._console.capture() as captured:
            self._console.print(part)
        self._console.file.write("".join(f"{line.rstrip()}\n" for line in captured.get().splitlines()))
        self._console.file.flush()


def command_here() -> str:
    """How a client starts this installation: by name where that is on the path, else by its full path."""
    beside = Path(sys.executable).with_name("concord")
    return "concord" if shutil.which("concord") or not beside.exists() else str(beside)


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
        _labelled(
            ("servers", Text(f"{len(rows)} processes of {facts['server']}, on one database")),
            ("contract", Text.assemble(("sys_dashboard", NAME), f" needs {reads} of {cast.SIGNALS}")),
            ("reach", Text(" → ".join(facts["impact"]))),
        ),
    ]


def _conflict(facts: JsonObject) -> Section:
    conflict = facts["conflict"]
    fields = ", ".join(step["from"].rpartition("/")[2] for step in facts["patch"] if step["op"] == "move")
    return f"The generator wants to nest its fields under `{cast.NESTED_UNDER}`, and asks first", [
        _labelled(
            ("now", Text(f"{{{fields}}}")),
            ("wanted", Text(f"{{{cast.NESTED_UNDER}: {{{fields}}}}}")),
            ("asked", Text.assemble("check_change, resource ", (cast.SIGNALS, NAME), ", with a JSON Patch")),
            ("", Text("")),
            ("verdict", _verdict(facts["verdict"], facts["blocks"])),
            (
                "breaks",
                Text.assemble((conflict["affected_system"], NAME), f", contract {conflict['affected_contract']}"),
            ),
            ("severity", Text.assemble((conflict["severity"], BAD), f", rule {conflict['rule']}")),
            ("witness", Text("the generator could write this; the dashboard can't read it:")),
            ("", _json(conflict["witness"])),
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


def _proposal(facts: JsonObject) -> Section:
    waits = ", ".join(facts["waits_for"])
    return "Submitted all the same: a proposal can't wave itself through", [
        _labelled(
            (
                "submitted",
                Text.assemble((facts["proposal_id"], NAME), ": ", (facts["state"], BAD), f", waits for {waits}"),
            ),
            ("generator", Text.assemble("accepts for the dashboard: ", ("refused", BAD), f". {facts['refused']}")),
            ("dashboard", Text.assemble("accepts the plan: ", (facts["state_accepted"], GOOD))),
        ),
    ]


def _plan(facts: JsonObject) -> Section:
    new, rows = facts["new_file"], facts["rows"]
    seen = (
        f"{cast.SIGNALS} is unchanged, to the byte",
        f"the page made from {new} has {rows} rows",
        "the page is the same, to the byte",
    )
    steps = []
    for step, outcome in zip_longest(facts["steps"], seen):
        mark, style = (("✓", GOOD), "") if outcome else (("…", QUIET), QUIET)
        steps.append([Text(*mark), Text(step, style)])
        if outcome:
            steps.append([Text(""), Text(f"   {outcome}", SEEN)])
    back = facts["rollback"].partition(". ")[0]
    steps += [
        [Text("↩", GOOD), Text(f"Rollback: {back}.")],
        [Text(""), Text("   tried: the same page again, to the byte", SEEN)],
        [Text("✓", GOOD), Text(f"Both systems registered again, with {new} and its contract CTR-003.")],
    ]
    return f"The plan: {facts['strategy']}, {facts['days']} days; its first steps, carried out", [_columns(*steps)]


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
    return "The picture, as Mermaid", [Text(facts["uri"], QUIET), Text(facts["mermaid"].rstrip(), "magenta")]


def _files(facts: JsonObject) -> Section:
    rows = [
        [Text(one["name"], NAME), Text(f"{one['bytes']:,} bytes", QUIET), Text(one["says"])] for one in facts["files"]
    ]
    return "The files, for people and for other tools", [_columns(*rows)]


def _pattern(facts: JsonObject) -> Section:
    pattern = facts["pattern"]
    cause, effect = pattern["systems_involved"]
    told = f"{facts['events']:,} simulated events of {facts['systems']} systems over MCP, {facts['errors']:,} of them errors"
    flagged, found = (f"{facts[rule]} of {facts['pairs']} pairs" for rule in ("pairs_by_the_bare_rule", "patterns"))
    evidence = [Text(row["data_point"]) for row in pattern["evidence"]]
    return f"What no single system sees: {fleet.WEEKS} weeks of reports, played back", [
        _labelled(
            ("reported", Text(told)),
            ("bare rule", Text("three errors within 30 minutes after a run or error of another")),
            ("", Text.assemble((flagged, BAD), " are flagged")),
            (
                "Concord",
                Text.assemble((found, GOOD), f": {pattern['id']}, {pattern['severity']}"),
            ),
            ("", Text("")),
            ("who", Text.assemble((cause, NAME), " → ", (effect, NAME))),
            ("what", Text(pattern["description"])),
            ("seen", Group(*evidence)),
            ("lag", Text(f"{pattern['lag_seconds'] / 60:.0f} minutes (median)")),
            ("by chance", Text(f"1 in {_rounded(1 / pattern['q_value'])}, with all that was looked at allowed for")),
            ("by week", Text.assemble((sparkline(facts["weeks"]), NAME), "  in the week without a refresh, none")),
            ("advice", Text(pattern["recommendation"])),
        )
    ]


def _graver(facts: JsonObject) -> Section:
    conflict = facts["conflict"]
    suffers = f": {conflict['affected_system']} has trouble enough as it is"
    return "The next check knows it: one level graver", [
        _labelled(
            ("asked", Text(f"check_change: the generator wants to write one more signal, {cast.NEW_SIGNAL}")),
            ("severity", Text.assemble((conflict["severity"], BAD), f"; before, it was {facts['severity_before']}")),
            ("because", Text.assemble((conflict["pattern"], NAME), suffers)),
            ("file", Text(facts["file"])),
        )
    ]


def _knowledge(facts: JsonObject) -> Section:
    entry, evidence = facts["entry"], facts["entry"]["evidence"]
    because = [Text.assemble((one["system"], NAME), f": {' '.join(one['because'])}") for one in entry["applicability"]]
    drop = f"{evidence['before_metric']} → {evidence['after_metric']} ({evidence['improvement']})"
    return "What one learned reaches those who need it, and nobody else", [
        _labelled(
            (
                "reported",
                Text.assemble((cast.GENERATOR, NAME), f" promoted a fix: {drop}, {evidence['observation_period']}"),
            ),
            ("entry", Text.assemble((entry["id"], NAME), f" {entry['title']}")),
            (
                "e-value",
                Text(f"{entry['e_value']:,.0f}: so many times better does a real change explain it than chance"),
            ),
            ("for", Text.assemble((f"{len(because)} of {facts['systems']} systems", GOOD), ", each with its reason")),
            ("", Group(*because)),
            (
                "adopted",
                Text.assemble(
                    (cast.DASHBOARD, NAME), f" proposes it adapted: {facts['proposal_id']}, {facts['state']}"
                ),
            ),
            ("declined", Text.assemble(("sys_mailer", NAME), f": “{facts['declined_because']}”")),
        )
    ]


def _warning(facts: JsonObject) -> Section:
    told = facts["knowledge"]
    return "What two rejected is told to the third", [
        _labelled(
            ("asked", Text("check_change: retry requests immediately, without a backoff")),
            ("answer", Text(facts["asked"])),
            ("known", Text.assemble((told["id"], NAME), f" {told['title']}")),
            ("digest", Text(f"week to {facts['week_ending']}: {facts['top_insight']}")),
            ("file", Text(facts["file"])),
        )
    ]


def _rounded(number: float) -> str:
    """A large number as people say it."""
    sizes = ((1e9, " billion"), (1e6, " million"), (1, ""))
    size, name = next((one for one in sizes if number >= one[0]), sizes[-1])
    return f"{number / size:,.0f}{name}"


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
    for _ in rows[0]:
        table.add_column(overflow="fold")
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

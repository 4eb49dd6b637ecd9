"""What happens, step by step. Every step does it for real, holds its own claims, and gives the facts that came out."""

import html.parser
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import anyio

from server.demo import cast
from server.demo.claims import hold
from server.demo.stage import Connecting, Connection, Stage
from server.model.base import JsonObject

WITNESS = "~/outputs/witness.json"
REGISTRY_FILE, CHECK_FILE = "~/export/system_registry.json", "~/export/conflict_check.json"


@dataclass
class Play:
    """What the steps share: the place, who is connected, and what earlier steps brought to light."""

    stage: Stage
    connecting: Connecting
    page_before: str = ""
    conflict: JsonObject = field(default_factory=dict)
    conflict_check: str = ""
    """Id of the check that found the conflict."""
    pattern_id: str = ""
    severity_before: str = ""
    """Of the conflict that is judged once more when the pattern is known."""
    entry_id: str = ""
    """Of what the generator learned and others may use."""

    @property
    def systems(self) -> dict[str, Connection]:
        """The connection of each of the three, by its id."""
        return {system_id: self.connecting.connections[system_id] for system_id in cast.SYSTEM_IDS}

    @property
    def person(self) -> Connection:
        """The connection of the local user, who runs jobs and speaks for systems that have none of their own."""
        return self.connecting.connections[cast.PERSON]


Act = Callable[[Play], Awaitable[JsonObject]]


async def programs_run(play: Play) -> JsonObject:
    """Pipeline, generator and dashboard have run one after the other, as on every day."""
    stage = play.stage
    said = {
        "pipeline": await stage.run("pipeline", cast.MARKET_DATA),
        "generator": await stage.run("generator", cast.MARKET_DATA, cast.SIGNALS),
        "dashboard": await stage.run("dashboard", cast.SIGNALS, cast.PAGE),
    }
    play.page_before = _text(stage.file(cast.PAGE))
    table = rows_of(play.page_before)
    signals = json.loads(_text(stage.file(cast.SIGNALS)))
    hold(len(table) == len(signals) > 0, "the dashboard shows every signal", table)
    return {"said": said, "first_signal": signals[0], "rows": len(table), "table": table}


async def systems_register(play: Play) -> JsonObject:
    """All have registered at once, each on its own connection, and the registry has no gap worth a word."""
    await play.connecting.everyone()
    registrations, versions = cast.registrations(), {}

    async def register(system: JsonObject) -> None:
        answer = await play.systems[system["id"]].call("register_system", system=system)
        hold(answer["created"], f"{system['id']} is new in the registry", answer)
        versions[system["id"]] = answer["version"]

    async with anyio.create_task_group() as tasks:
        for system in registrations:
            tasks.start_soon(register, system)
    for system_id, connection in play.systems.items():
        found = (await connection.call("get_system", system_id=system_id))["findings"]
        hold(all(one["severity"] == "LOW" for one in found), f"the registration of {system_id} has no gap", found)
    impact = await play.systems[cast.PIPELINE].call("trace_impact", target=cast.PIPELINE)
    reached = [found["system_id"] for found in impact["affected"]]
    hold(reached == [cast.GENERATOR, cast.DASHBOARD], "the pipeline reaches generator and dashboard", reached)
    return {
        "server": play.systems[cast.GENERATOR].server,
        "systems": [
            {"system_id": system["id"], "tier": system["tier"], "version": versions[system["id"]]}
            for system in registrations
        ],
        "impact": impact["affected"][-1]["path"],
    }


async def nesting_is_checked(play: Play) -> JsonObject:
    """The generator has asked what nesting its fields would do, and has its answer with a witness."""
    patch = cast.nesting_patch()
    check = await play.systems[cast.GENERATOR].call(
        "check_change", resource=cast.SIGNALS, patch=patch, title=f"Nest the fields under {cast.NESTED_UNDER}"
    )
    hold(check["verdict"] == "CONFLICT_DETECTED" and check["blocks"], "the change is held back", check["summary"])
    hold(len(check["conflicts"]) == 1, "there is one conflict", check["conflicts"])
    conflict = check["conflicts"][0]
    hold(conflict["affected_system"] == cast.DASHBOARD, "the conflict names the dashboard", conflict)
    hold("witness" in conflict, "the conflict comes with a witness", conflict)
    play.conflict, play.conflict_check = conflict, check["check_id"]
    members = ("type", "affected_system", "affected_contract", "severity", "rule", "description", "path", "witness")
    return {
        "patch": patch,
        "check_id": check["check_id"],
        "verdict": check["verdict"],
        "blocks": check["blocks"],
        "summary": check["summary"],
        "recommendation": check["recommendation"],
        "conflict": {member: conflict[member] for member in members},
    }


async def witness_is_rendered(play: Play) -> JsonObject:
    """The dashboard, the real program, has been fed the witness: its table is empty, and nothing complained."""
    stage, page = play.stage, "~/deploy/with_witness.html"
    stage.write_json(WITNESS, play.conflict["witness"])
    said = await stage.run("dashboard", WITNESS, page)
    after = rows_of(_text(stage.file(page)))
    before = rows_of(play.page_before)
    hold(after == [], "the dashboard renders an empty table when fed the witness", after)
    return {"rows_before": len(before), "rows_with_witness": len(after), "exit_code": 0, "said": said}


async def change_is_proposed(play: Play) -> JsonObject:
    """The change was submitted and is blocked; its proposer can't let it pass, the dashboard has accepted the plan."""
    generator, dashboard = play.systems[cast.GENERATOR], play.systems[cast.DASHBOARD]
    submitted = await generator.call(
        "submit_proposal",
        title=f"Nest the fields under {cast.NESTED_UNDER}",
        changes=[{"resource": cast.SIGNALS, "patch": cast.nesting_patch()}],
        state="READY_FOR_SHADOW_TEST",
    )
    hold(submitted["state"] == "BLOCKED", "the submitted change is blocked", submitted)
    proposal_id, waits_for = submitted["proposal_id"], submitted["check"]["must_accept"]
    hold(waits_for == [cast.DASHBOARD], "it waits for the dashboard", waits_for)
    word = {"proposal_id": proposal_id, "decision": "ACCEPT", "actor": cast.DASHBOARD}
    refused = await generator.refused("decide_proposal", **word)
    accepted = await dashboard.call("decide_proposal", proposal_id=proposal_id, decision="ACCEPT")
    hold(accepted["state"] == "READY_FOR_SHADOW_TEST", "with the plan accepted it goes on", accepted)
    return {
        "proposal_id": proposal_id,
        "state": submitted["state"],
        "waits_for": waits_for,
        "refused": refused["message"],
        "state_accepted": accepted["state"],
    }


async def plan_is_carried_out(play: Play) -> JsonObject:
    """Both forms are written and the dashboard shows the same from either; the way back was tried; the registry knows."""
    plan, stage = play.conflict["proposed_resolution"], play.stage
    hold(plan["strategy"] == "VERSIONED_OUTPUT", "the plan is to write both forms", plan)
    hold(cast.SIGNALS_NEXT in plan["description"], f"the new form goes to {cast.SIGNALS_NEXT}", plan["description"])
    signals_before = stage.file(cast.SIGNALS).read_bytes()
    await stage.run("generator", cast.MARKET_DATA, cast.SIGNALS, "--nested", cast.SIGNALS_NEXT)
    unchanged = stage.file(cast.SIGNALS).read_bytes() == signals_before
    hold(unchanged, f"{cast.SIGNALS} stays as it was, to the byte")
    entries = json.loads(_text(stage.file(cast.SIGNALS_NEXT)))
    hold(all(list(entry) == [cast.NESTED_UNDER] for entry in entries), "the new file has the new form", entries)
    rows, identical = await _page_of_the_new_form(play)
    _, back = await _page_of_the_old_form(play)
    await _page_of_the_new_form(play)
    versions = {}
    for system in cast.after_the_plan():
        connection = play.systems[system["id"]]
        answer = await connection.call("register_system", system=system, expected_version=1)
        versions[system["id"]] = answer["version"]
    return {
        "strategy": plan["strategy"],
        "steps": plan["steps"],
        "days": plan["estimated_duration_days"],
        "requires_changes_in": plan["requires_changes_in"],
        "rollback": plan["rollback_plan"],
        "new_file": cast.SIGNALS_NEXT,
        "first_entry": entries[0],
        "signals_unchanged": unchanged,
        "rows": rows,
        "page_identical": identical,
        "page_identical_after_rollback": back,
        "registered_again": versions,
    }


async def safe_change_passes(play: Play) -> JsonObject:
    """One more optional field in the new form is clear, and the dashboard shows the same with it."""
    stage, patch = play.stage, cast.confidence_patch()
    check = await play.systems[cast.GENERATOR].call(
        "check_change", resource=cast.SIGNALS_NEXT, patch=patch, title="Add an optional confidence_interval"
    )
    hold(check["verdict"] == "CLEAR" and not check["blocks"], "the optional field is clear", check["summary"])
    hold(cast.DASHBOARD in check["non_breaking_notes"], "the check says for whom it is proved safe", check)
    await stage.run("generator", cast.MARKET_DATA, cast.SIGNALS, "--nested", cast.SIGNALS_NEXT, "--confidence")
    rows, identical = await _page_of_the_new_form(play)
    return {
        "patch": patch,
        "check_id": check["check_id"],
        "verdict": check["verdict"],
        "note": check["non_breaking_notes"],
        "first_entry": json.loads(_text(stage.file(cast.SIGNALS_NEXT)))[0],
        "rows": rows,
        "page_identical": identical,
    }


async def graph_is_drawn(play: Play) -> JsonObject:
    """The neighbourhood of the generator as a picture in Mermaid."""
    uri = f"concord://graph/{cast.GENERATOR}"
    names = [system["name"] for system in cast.registrations()]
    mermaid = await play.systems[cast.GENERATOR].read(uri)
    hold(all(name in mermaid for name in names), "the picture shows all three systems", mermaid)
    return {"uri": uri, "mermaid": mermaid}


async def files_are_written(play: Play) -> JsonObject:
    """The registry and the check of the conflict stand in files, in the shape of the scaling-layer document."""
    sources = {
        REGISTRY_FILE: "concord://files/system_registry.json",
        CHECK_FILE: f"concord://files/conflict_check.json?check_id={play.conflict_check}",
    }
    files, documents = [], {}
    for name, uri in sources.items():
        text = await play.systems[cast.GENERATOR].read(uri)
        file = play.stage.file(name)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        documents[name] = json.loads(text)
        files.append({"name": name, "uri": uri, "bytes": len(text.encode())})
    systems, check = documents[REGISTRY_FILE]["systems"], documents[CHECK_FILE]
    ids = {system["id"] for system in systems}
    hold(ids == set(cast.SYSTEM_IDS), "the registry file holds all three systems", ids)
    hold(check["verdict"] == "CONFLICT_DETECTED", "the check file holds the conflict", check)
    contracts = {contract["contract_id"] for system in systems for contract in system["contracts"]}
    files[0]["says"] = f"{len(systems)} systems, {len(contracts)} contracts"
    files[1]["says"] = f"{check['check_id']}, the conflict"
    return {"files": files}


ACTS: tuple[tuple[str, Act], ...] = (
    ("programs", programs_run),
    ("registration", systems_register),
    ("conflict", nesting_is_checked),
    ("proof", witness_is_rendered),
    ("proposal", change_is_proposed),
    ("plan", plan_is_carried_out),
    ("safe_change", safe_change_passes),
    ("graph", graph_is_drawn),
    ("files", files_are_written),
)
"""Every step of the change, under the name by which its facts go, in order."""


async def _page_of_the_new_form(play: Play) -> tuple[int, bool]:
    """The dashboard has read the new file: how many rows its page has, and that it is the page of before."""
    return await _same_page(play, cast.SIGNALS_NEXT, "--under", cast.NESTED_UNDER)


async def _page_of_the_old_form(play: Play) -> tuple[int, bool]:
    return await _same_page(play, cast.SIGNALS)


async def _same_page(play: Play, signals: str, *words: str) -> tuple[int, bool]:
    await play.stage.run("dashboard", signals, cast.PAGE, *words)
    page = _text(play.stage.file(cast.PAGE))
    identical = page == play.page_before
    hold(identical, f"the page from {signals} is the page of before, to the byte", page)
    return len(rows_of(page)), identical


def rows_of(page: str) -> list[list[str]]:
    """The cells of every row in the body of the page's table."""
    reader = _TableReader()
    reader.feed(page)
    return reader.rows


class _TableReader(html.parser.HTMLParser):
    """Collects the cells of `td`; a heading's `th` is none."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._row: list[str] = []
        self._in_cell = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self._row = []
        elif tag == "td":
            self._in_cell = True
            self._row.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "td":
            self._in_cell = False
        elif tag == "tr" and self._row:
            self.rows.append(self._row)

    def handle_data(self, data: str) -> None:
        if self._in_cell:
            self._row[-1] += data


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8")

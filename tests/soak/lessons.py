"""Shared knowledge under load: several processes learn, answer and take files in at once, and each is killed now and then."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from server.storage.database import Database
from server.storage.lazily import sql, tables
from tests.soak.fleet import END
from tests.soak.servers import Gone, Used

TEACHER = "sys_teacher"
PUPILS = tuple(f"sys_pupil{number}" for number in range(12))
CHANGES = (
    "Compare the age of the input file with its schedule before parsing",
    "Wait longer after each refusal of the remote service",
    "Decode every upload as UTF-8 and refuse the rest",
    "Keep answers of the currency table for an hour",
    "Write the report to a second file and rename it",
    "Lower the number of rows that one query may load",
    "Check the signature of the newsletter template",
)
"""What the teacher did, each against a category of its own: more than find room in one week."""
A_WEEK = 5
IMPORTED = tuple(f"LESSON-{number:02}" for number in range(20))
Row = Mapping[str, Any]


@dataclass
class Lessons:
    """What goes on, and what everybody was told."""

    goes_on: Callable[[], bool]
    answered: Callable[[], None]
    """Told of each call that had an answer."""
    said: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(lambda: [""]))
    """By (entry, system) what may stand: the last answer that was acknowledged, else none, and later ones of unknown fate."""
    named: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """What went by the id of a synthesised entry, at any time."""
    runs: Counter[str] = field(default_factory=Counter)
    imports: int = 0

    def begin(self, server: Used) -> None:
        """The systems are registered, and the teacher has told what it did."""
        for system in (TEACHER, *PUPILS):
            server.call("register_system", system={"id": system, "tier": "PRODUCTION", "evolution_engine": True})
        events = [_promotion(number, title) for number, title in enumerate(CHANGES)]
        assert server.call("report", system_id=TEACHER, events=events)["accepted"] == len(CHANGES)

    def learn(self, server: Used, seed: int) -> None:
        """A synthesis, then an import of a file that is like the others' or is not, again and again."""
        chance = Random(seed)
        while self.goes_on():
            with suppress(Gone):
                self.runs[server.call("run_job", job="learning")["state"]] += 1
                self.answered()
                self._take_in(server, chance)
                self._note(server)

    def answer(self, server: Used, systems: Iterable[str]) -> None:
        """Each of these systems has the teacher's errors, one kind after the other, and answers what it finds."""
        own = tuple(systems)
        chance = Random(own[0])
        while self.goes_on():
            system, decision = chance.choice(own), chance.choice(("ADOPT", "DECLINE"))
            with suppress(Gone):
                server.call("report", system_id=system, events=_errors(chance.randrange(len(CHANGES))))
                entries = server.call("find_knowledge", status="ALL", limit=50)["knowledge_entries"]
                open_ = [one["id"] for one in entries if system in one["applicable_to"]]
                if open_:
                    self._say(server, chance.choice(open_), system, decision)
                if entries and chance.random() < 0.2:
                    server.call("respond_to_knowledge", entry_id=chance.choice(entries)["id"], decision="RENEW")
                self.answered()

    def _say(self, server: Used, entry_id: str, system: str, decision: str) -> None:
        possible = self.said[entry_id, system]
        possible.append(decision)  # it may be done though nobody is told
        server.call("respond_to_knowledge", entry_id=entry_id, system_id=system, decision=decision)
        possible[:] = [decision]

    def _take_in(self, server: Used, chance: Random) -> None:
        version = 1 + self.imports // 10
        rows = [_entry(one, version + chance.randrange(2)) for one in chance.sample(IMPORTED, 10)]
        server.call("import_catalog", format="shared_knowledge", content=json.dumps({"knowledge_entries": rows}))
        self.imports += 1

    def _note(self, server: Used) -> None:
        for row in server.call("find_knowledge", status="ALL", limit=50)["knowledge_entries"]:
            if row["id"].startswith("SK-"):
                self.named[row["id"]].add(f"{row['type']} {row['evidence']['proposal_id']}")


def assert_knowledge_is_whole(url: str, lessons: Lessons) -> None:
    """No entry twice, none by half, five of the week at most; what was answered stands, and no id has meant two things."""
    entries, versions, systems = (_rows(url, name) for name in ("knowledge", "knowledge_versions", "knowledge_systems"))
    made = [one for one in entries if one["fingerprint"] != one["entry_id"]]
    assert len(made) <= A_WEEK, "more than five a week"
    assert len({one["document"]["evidence"]["proposal_id"] for one in made}) == len(made), "one lesson has two entries"
    assert {name: meant for name, meant in lessons.named.items() if len(meant) > 1} == {}, "an id has meant two things"
    by_entry: defaultdict[str, list[Row]] = defaultdict(list)
    for row in sorted(versions, key=lambda one: one["version"]):
        by_entry[row["entry_id"]].append(row)
    assert by_entry.keys() == {one["entry_id"] for one in entries}
    for entry in entries:
        _assert_entry_is_whole(entry, by_entry[entry["entry_id"]], systems)
    there = {(one["entry_id"], one["system_id"]): one["decision"] for one in systems}
    lost = {pair: possible for pair, possible in lessons.said.items() if there.get(pair, "") not in possible}
    assert lost == {}, "an acknowledged answer is lost, or another than was given"


def _assert_entry_is_whole(entry: Row, versions: list[Row], systems: Iterable[Row]) -> None:
    """The current row is the last version, versions follow each other without a gap, and systems say what the entry says."""
    document = entry["document"]
    assert versions[-1]["document"] == document
    assert versions[-1]["version"] == entry["version"] == document.get("version", 1)
    assert [one["valid_to"] for one in versions] == [*(one["valid_from"] for one in versions[1:]), 0]
    rows = {one["system_id"]: one["decision"] for one in systems if one["entry_id"] == entry["entry_id"]}
    for decision, member in (("ADOPT", "adopted_by"), ("DECLINE", "declined_by")):
        assert sorted(one for one, said in rows.items() if said == decision) == sorted(document.get(member, ()))
    assert set(document.get("applicable_to", ())) <= rows.keys()


def _rows(url: str, table: str) -> list[Row]:
    database = Database(url)
    rows = database.read(
        lambda session: session.connection().execute(sql.select(getattr(tables, table))).mappings().all()
    )
    database.close()
    return [dict(row) for row in rows]


def _promotion(number: int, title: str) -> dict[str, Any]:
    figures = {"before": 12 + number, "after": 3, "observation_days": 28}
    named = {"proposal_id": f"P{number}", "title": title, "error_category": f"trouble_{number}"}
    return {"kind": "promotion", "at": _before_the_end(5), **named, **figures}


def _errors(number: int) -> list[dict[str, Any]]:
    at = _before_the_end(3)
    return [{"kind": "error", "id": f"{number}/{one}", "category": f"trouble_{number}", "at": at} for one in range(4)]


def _before_the_end(days: int) -> str:
    return (datetime.fromisoformat(END) - timedelta(days=days)).isoformat()


def _entry(entry_id: str, version: int) -> dict[str, Any]:
    told = {"title": f"Rename files, edition {version}", "description": "As told elsewhere.", "version": version}
    return {"id": entry_id, "type": "best_practice", "applicable_to": list(PUPILS[:4]), **told}

"""`evolution/proposed_changes.json`: what a system wants to change, where it is ready to be checked (EVO-2) or was turned down.

What was rejected is a rejection, so that others need not try it again (LRN-4). A draft is its system's own: it is not taken,
and nothing of it is told.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from server.exchange.own_files.entries import Entry, Shape, entries_of
from server.exchange.own_files.members import AT, Members, normal, resource_of, text_of
from server.exchange.own_files.promotion_log import days_of, rates_of
from server.exchange.own_files.told import Telling, Told, fit
from server.model.base import JsonObject
from server.model.change import Change

LISTS = tuple("proposedchanges proposals proposed pending entries items changes records data queue".split())
ID = ("proposalid", "id", "propid", "changeid", "key", "uuid")
STATUS = ("status", "state", "stage")
TITLE = ("title", "name", "summary", "headline")
DESCRIPTION = (
    "description",
    "details",
    "detail",
    "rationale",
    "reason",
    "why",
    "hypothesis",
    "proposedchange",
    "change",
)
METRIC = ("metric", "targetmetric", "successmetric", "measure")
CATEGORY = ("errorcategory", "targeterror", "targetcategory", "fixes", "addresses", "errortype", "category")
APPROACH = ("approach", "how", "method", "implementation", "solution")
SOURCE = ("sourcesystem", "system", "systemid", "proposedby", "owner")
CHANGES = ("changes", "proposedchanges", "change", "proposedchange", "diff")
GOAL = ("goal", "objective")
SHAPE = Shape(LISTS[:4], ("status", "state", "proposalid"))
READY = "readyforshadowtest"
REJECTED = frozenset("rejected declined denied discarded turneddown failed rolledback reverted".split())
"""Statuses of what was tried or looked at and found wanting; what was withdrawn is none of them."""
REJECTED_WHEN = tuple("rejectedat decidedat reviewedat rolledbackat closedat updatedat lastupdated".split())
_FACETS = {normal(name): name for name in (*Change.model_fields, "contract_id")} | {
    "schema": "new_schema",
    "newschema": "new_schema",
    "target": "resource",
    "file": "resource",
    "path": "resource",
    "jsonpatch": "patch",
    "mergepatch": "merge_patch",
}
_GOALS = {"improve": "IMPROVE", "noworse": "NO_WORSE", "contractonly": "CONTRACT_ONLY"}


@dataclass(frozen=True)
class Ready:
    """An entry that is ready to be checked, as `submit` takes it."""

    where: str
    entry_id: str
    source_system: str
    """As the entry says; empty where it does not."""
    members: JsonObject
    """title, description, changes, goal, metric, error_category, approach."""
    digest: str
    """Of all that it says, the members of others included."""


@dataclass(frozen=True)
class Proposed:
    """What the file holds."""

    ready: tuple[Ready, ...]
    told: Told
    """Rejections, and what could not be read."""
    others: int = 0
    """Entries in a status in which nothing is submitted, drafts among them."""


def read(text: str, *, written_at: str = "", is_own: Callable[[str], bool] = lambda source: True) -> Proposed:
    """The entries that are ready, those that were rejected as events, and why others are not taken.

    A rejection without a date is of when the file was written. `is_own` tells whether it is the proposer of that name whose
    file this is.
    """
    telling = Telling()
    ready: dict[str, Ready] = {}
    others = 0
    for entry in entries_of(text, SHAPE, telling):
        if _tell_rejected(entry, telling, written_at, is_own):
            others += 1
            continue
        one = _ready(entry, telling)
        others += one is None and isinstance(entry.value, dict) and any(name in Members(entry.value) for name in STATUS)
        if one is None:
            continue
        if one.entry_id in ready:
            telling.tell(entry.where, "an earlier entry has its id")
        else:
            ready[one.entry_id] = one
    return Proposed(tuple(ready.values()), telling.told(), others)


def _tell_rejected(entry: Entry, telling: Telling, written_at: str, is_own: Callable[[str], bool]) -> bool:
    """Whether the entry says that it was rejected; its event is told where it has one."""
    if not isinstance(entry.value, dict):
        return False
    members = Members(entry.value)
    if normal(text_of(members.first(STATUS))) not in REJECTED:
        return False
    identity = fit(members.text(ID) or entry.name)[:120].strip()
    title = members.text(TITLE)
    source = members.text(SOURCE)
    dated = members.moment((*REJECTED_WHEN, *AT))
    if source and not is_own(source):
        telling.tell(entry.where, f"it is a proposal of {source[:100]}, whose own file tells what became of it")
    elif not (identity or title):
        telling.tell(entry.where, "it was rejected, but has neither an id nor a title")
    elif not (dated or written_at):
        telling.tell(entry.where, "it was rejected, but has no date that can be read")
    else:
        before, after = rates_of(members)
        document: JsonObject = {
            "kind": "rejection",
            "id": f"{identity or title[:120]}:rejection",
            "at": dated or written_at,
            "proposal_id": identity,
            "title": title[:500],
            "approach": members.text((*APPROACH, *DESCRIPTION[:3]))[:4_000],
            "error_category": members.text(CATEGORY)[:500],
            "before": before,
            "after": after,
            "observation_days": days_of(members),
        }
        telling.event(entry.where, document, dated=bool(dated))
    return True


def _ready(entry: Entry, telling: Telling) -> Ready | None:
    if not isinstance(entry.value, dict):
        telling.tell(entry.where, "it is no object with the members of a proposal")
        return None
    members = Members(entry.value)
    status = normal(text_of(members.first(STATUS)))
    if status == "draft":
        return None
    identity = fit(members.text(ID) or entry.name)[:120].strip()
    if status != READY:
        word = text_of(members.first(STATUS))[:40]
        telling.tell(
            entry.where,
            f"its status is {word}, and only READY_FOR_SHADOW_TEST is submitted" if word else "it has no status",
        )
        return None
    if not identity:
        telling.tell(entry.where, "it has no id by which it would be known again")
        return None
    try:
        digest = hashlib.sha256(json.dumps(entry.value, sort_keys=True, allow_nan=False).encode()).hexdigest()
    except (ValueError, RecursionError):
        telling.tell(entry.where, "it holds a figure that is no number, or is nested too deeply")
        return None
    said = {
        "title": members.text(TITLE)[:200],
        "description": members.text(DESCRIPTION)[:4_000],
        "goal": _GOALS.get(normal(text_of(members.first(GOAL))), ""),
        "metric": members.text(METRIC)[:200],
        "error_category": members.text(CATEGORY)[:200],
        "approach": members.text(APPROACH)[:4_000],
    }
    changes = _changes(entry.value, members, said["description"] or said["approach"] or said["title"])
    return Ready(entry.where, identity, members.text(SOURCE), {**said, "changes": changes}, digest)


def _changes(value: JsonObject, members: Members, words: str) -> list[Any]:
    """What it changes, as a list; in words alone where it names nothing."""
    for name in CHANGES:
        stated = members.first((name,))
        if isinstance(stated, list):
            return [_change(one) for one in stated]
        if isinstance(stated, dict):
            return [_change(stated)]
    lifted = {key: one for key, one in value.items() if normal(key) in _FACETS and normal(key) != "description"}
    return [_change(lifted)] if lifted else [{"description": words}] if words else []


def _change(value: Any) -> Any:
    """A change with its members by our names; one that has no name of ours stays, so that it is refused by name."""
    if isinstance(value, str):
        return {"description": text_of(value)[:4_000]}
    if not isinstance(value, dict):
        return value
    change = {_FACETS.get(normal(key), key): one for key, one in value.items()}
    if isinstance(change.get("resource"), str):
        change["resource"] = resource_of(change["resource"])
    if isinstance(change.get("description"), str):
        change["description"] = text_of(change["description"])[:4_000]
    return change

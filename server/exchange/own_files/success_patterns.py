"""`memory/success_patterns.json`: practices that worked. Only the declared members are read: never prompts, never examples."""

from server.exchange.own_files.entries import Entry, Shape, entries_of
from server.exchange.own_files.members import AT, Members
from server.exchange.own_files.told import Telling, Told
from server.model.base import JsonObject

LISTS = tuple("successpatterns patterns successes entries practices bestpractices items records data".split())
ID = ("id", "patternid", "uuid", "key")
TITLE = ("title", "name", "pattern", "summary", "practice", "what", "strategy")
DESCRIPTION = ("description", "details", "detail", "how", "explanation", "approach", "rationale", "why")
CATEGORY = ("category", "errorcategory", "type", "area", "domain", "topic")
METRIC = ("metric", "metricname", "measure", "measuredby")
BEFORE = ("before", "baseline", "metricbefore", "valuebefore", "pre")
AFTER = ("after", "metricafter", "valueafter", "post", "result", "improvedto")
TIMES = (
    "timesapplied",
    "applications",
    "applied",
    "timesused",
    "uses",
    "usecount",
    "successcount",
    "occurrences",
    "count",
    "times",
)
WHEN = ("discoveredat", "firstseen", "learnedat", "adoptedat", *AT, "lastseen", "lastused", "lastapplied")
SHAPE = Shape(LISTS, (*ID[:2], "title", "practice", "description"))


def read(text: str, *, written_at: str) -> Told:
    """The practices that the file tells; one without a date is of when the file was written."""
    telling = Telling()
    for entry in entries_of(text, SHAPE, telling):
        _tell_success(entry, telling, written_at)
    return telling.told()


def _tell_success(entry: Entry, telling: Telling, written_at: str) -> None:
    value = {"title": entry.value} if isinstance(entry.value, str) else entry.value
    if not isinstance(value, dict):
        telling.tell(entry.where, "it is no object with the members of a practice")
        return
    members = Members(value)
    title = members.text(TITLE) or entry.name
    dated = members.moment(WHEN)
    document: JsonObject = {
        "kind": "success",
        "id": members.text(ID) or entry.name or title,
        "at": dated or written_at,
        "title": title[:500],
        "description": members.text(DESCRIPTION)[:4_000],
        "category": members.text(CATEGORY)[:500],
        "metric": members.text(METRIC)[:500],
        "before": members.figure(BEFORE),
        "after": members.figure(AFTER),
        "times_applied": members.count(TIMES),
    }
    telling.ignored.update(name for name, _ in members.rest())
    if title:
        telling.event(entry.where, document, dated=bool(dated))
    else:
        telling.tell(entry.where, "it has no title")

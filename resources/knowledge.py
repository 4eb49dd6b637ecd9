"""What systems learned that others may use: an entry with its versions, the weekly digests, and the three documents of both."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from resources.records import SUGGESTED
from server.surface import Call, ResourceTemplate, StaticResource

if TYPE_CHECKING:
    from server.services import Services


def read_entry(call: "Call[Services]", values: Mapping[str, str]) -> str:
    """The entry as it stands, or as it stood at `as_of`, with its versions up to then: when each held, and what it changed."""
    from server.knowledge.entries.document import entry_document

    opened = call.services.knowledge.get(values["id"], as_of=values.get("as_of", ""), now=call.now)
    versions = [
        {
            "version": one.version,
            "valid_from": one.valid_from,
            "valid_to": one.valid_to,
            "recorded_at": one.recorded_at,
            "changed": list(one.changed),
        }
        for one in opened.versions
    ]
    return json.dumps({**entry_document(opened.entry), "versions": versions}, ensure_ascii=False, indent=1)


def complete_entry(call: "Call[Services]", typed: str, others: Mapping[str, str]) -> Sequence[str]:
    """Ids of entries that begin so, the newest first."""
    return call.services.knowledge.ids_like(typed, SUGGESTED)


def read_shared_knowledge(call: "Call[Services]") -> str:
    """shared_knowledge.json: every entry that has not expired."""
    return call.services.exchange.document("shared_knowledge.json", now=call.now)


def read_digest(call: "Call[Services]", values: Mapping[str, str]) -> str:
    """The week's digest with what was left out of it; `latest` is {} before the first."""
    return json.dumps(call.services.knowledge.digests.get(values["week"], now=call.now), ensure_ascii=False, indent=1)


def complete_week(call: "Call[Services]", typed: str, others: Mapping[str, str]) -> Sequence[str]:
    """Weeks with a digest that begin so, the newest first."""
    return call.services.knowledge.digests.ids_like(typed, SUGGESTED)


def read_learning_digest(call: "Call[Services]") -> str:
    """learning_digest.json: the newest digest; {} before the first."""
    from server.knowledge.entries.document import file_text

    return file_text(call.services.knowledge.digests.file(call.now))


def read_metrics(call: "Call[Services]") -> str:
    """organizational_metrics.json: the last 52 weeks in figures, with their trends."""
    return call.services.exchange.document("organizational_metrics.json", now=call.now)


RESOURCES: tuple[StaticResource, ...] = (
    StaticResource(
        uri="concord://files/shared_knowledge.json",
        name="shared_knowledge.json",
        title="The shared knowledge",
        description="Every entry that has not expired, with its evidence, whom it is of use to and why, and what they answered.",
        read=read_shared_knowledge,
    ),
    StaticResource(
        uri="concord://files/learning_digest.json",
        name="learning_digest.json",
        title="The newest digest",
        description="What the last week of learning came to: counts, health, the top insight, and who needs attention.",
        read=read_learning_digest,
    ),
    StaticResource(
        uri="concord://files/organizational_metrics.json",
        name="organizational_metrics.json",
        title="The organisation in figures",
        description="Errors, promotions, transfers and conflicts of each of the last 52 weeks, and where each is heading.",
        read=read_metrics,
    ),
)
TEMPLATES: tuple[ResourceTemplate, ...] = (
    ResourceTemplate(
        uri_template="concord://knowledge/{id}{?as_of}",
        name="knowledge",
        title="A shared entry",
        description="An entry with its evidence, answers and versions; `as_of` (ISO 8601): as it stood then.",
        read=read_entry,
        complete={"id": complete_entry},
    ),
    ResourceTemplate(
        uri_template="concord://digests/{week}",
        name="digest",
        title="A weekly digest",
        description="What a week of learning came to, by the date of its Sunday, and what was left out; `latest` is the newest.",
        read=read_digest,
        complete={"week": complete_week},
    ),
)

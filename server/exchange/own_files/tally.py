"""What came of reading systems' folders, as the job's summary tells it."""

from dataclasses import dataclass, field

from server.model.base import JsonObject
from server.model.redaction import shown

MOST_SHOWN = 50
"""Items of each list; the others are counted."""


@dataclass
class Tally:
    """The figures while folders are being read."""

    systems: int = 0
    files: int = 0
    """That were new or changed."""
    events: int = 0
    """That are new."""
    edited: int = 0
    """Known events that their file tells otherwise now."""
    older: int = 0
    """Incidents that are too old to be taken in at first."""
    unreadable: list[JsonObject] = field(default_factory=list)
    unreadable_total: int = 0
    ignored: set[str] = field(default_factory=set)
    proposals: list[JsonObject] = field(default_factory=list)
    proposals_total: int = 0

    def tell(self, system_id: str, file: str, where: str, why: str) -> None:
        """Something could not be read."""
        self.unreadable_total += 1
        if len(self.unreadable) < MOST_SHOWN:
            item = {"system_id": system_id, "file": shown(file), "where": shown(where, 120), "why": shown(why, 300)}
            self.unreadable.append(item)

    def proposal(self, system_id: str, entry: str, answer: JsonObject) -> None:
        """A proposal was submitted or revised."""
        self.proposals_total += 1
        if len(self.proposals) < MOST_SHOWN:
            made = {name: answer[name] for name in ("proposal_id", "version", "state")}
            self.proposals.append({"system_id": system_id, "entry": shown(entry, 120), **made})

    def document(self) -> JsonObject:
        """The summary."""
        return {
            "systems": self.systems,
            "files": self.files,
            "events": self.events,
            "edited": self.edited,
            "older_incidents": self.older,
            "unreadable": self.unreadable,
            "unreadable_total": self.unreadable_total,
            "ignored_keys": sorted(self.ignored)[:MOST_SHOWN],
            "proposals": self.proposals,
            "proposals_total": self.proposals_total,
        }

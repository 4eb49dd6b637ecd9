"""The registry as pictures: the HTML page, DOT and Mermaid, each as the file that it stands in (REG-6, REG-10)."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from server.clock import to_wire
from server.errors import TooLarge
from server.findings.service import FindingsService
from server.model.pattern import PatternStatus
from server.patterns.service import PatternService
from server.registry.service import RegistryService
from server.version import installed_version

if TYPE_CHECKING:
    from server.knowledge.service import KnowledgeService
    from server.model.base import JsonObject
    from server.storage.database import Database

PICTURES = {
    "html": "one self-contained page to search, zoom and click through",
    "dot": "the graph for Graphviz",
    "mermaid": "the graph as a Mermaid flowchart, for up to 100 systems",
}
MOST_IN_MERMAID = 100
"""Systems above which a Mermaid flowchart can't be read any more, nor drawn by what is usual."""
MOST_FINDINGS = 20_000


def drawn_for(names: Iterable[str]) -> tuple[str, ...]:
    """Those of the names that are pictures, each once."""
    wanted = {name.strip().lower() for name in names}
    return tuple(kind for kind in PICTURES if kind in wanted)


def draw(
    kind: str,
    registry: RegistryService,
    patterns: PatternService | None,
    database: "Database",
    now: datetime,
    knowledge: "KnowledgeService | None" = None,
) -> dict[str, str]:
    """The picture's text by its file's name. Raises TooLarge for a registry that can't be shown so."""
    match kind:
        case "html":
            sections = (_patterns(patterns) if patterns else "") + (_knowledge(knowledge, now) if knowledge else "")
            return _page(registry, sections, database, now)
        case "dot":
            from server.registry.dot import dot

            with registry.reading() as known:
                return {"registry.dot": dot(known)}
        case _:
            return _mermaid(registry)


def _mermaid(registry: RegistryService) -> dict[str, str]:
    from server.registry.views import mermaid

    with registry.reading() as known:
        live = sorted(stored.id for stored in known.live_systems())
        if len(live) > MOST_IN_MERMAID:
            raise TooLarge(
                f"{len(live):,} systems are too many for one Mermaid flowchart; {MOST_IN_MERMAID} are the most.",
                hint="Take the page (html) or DOT for the whole; concord://graph/{system_id} shows one system's neighbours.",
            )
        return {"registry.mmd": mermaid(known, live)}


def _page(registry: RegistryService, sections: str, database: "Database", now: datetime) -> dict[str, str]:
    from server.exchange.page.content import Shown, page_content
    from server.exchange.page.document import FILE_NAME, page_text
    from server.registry.validated import validated, with_validations
    from server.registry.views import full_document

    found = FindingsService(database).find(limit=MOST_FINDINGS).findings
    seen = validated(database)
    with registry.reading() as known:
        live = [stored.id for stored in known.live_systems()]
        health = registry.health_of(live, now)
        contracts: dict[str, list[JsonObject]] = {
            one: with_validations(full_document(known, one), seen)["contracts"] for one in live
        }
        shown = Shown(health, found, contracts)
        content = page_content(known, shown, made_at=to_wire(now), version=installed_version())
    return {FILE_NAME: page_text(content, sections)}


def _patterns(patterns: PatternService) -> str:
    """The page's section of them: those that are active, then those that are resolved."""
    from server.exchange.page.patterns import MOST_PATTERNS, Shown, patterns_section
    from server.exchange.page.timeline import Mark
    from server.model.moments import microseconds

    shown: list[Shown] = []
    total = 0
    for status in (PatternStatus.ACTIVE, PatternStatus.RESOLVED):
        room = MOST_PATTERNS - len(shown)
        found = patterns.find(status=status.value, limit=max(1, room))
        total += found.total
        for pattern in found.patterns[:room]:
            marks = [Mark(system, microseconds(at), kind) for system, at, kind in patterns.timeline(pattern.id)]
            shown.append(Shown(pattern, marks))
    return patterns_section(shown, total=total)


def _knowledge(knowledge: "KnowledgeService", now: datetime) -> str:
    """The page's section of shared knowledge: what is current."""
    from server.exchange.page.knowledge import MOST_ENTRIES, knowledge_section

    found = knowledge.find(limit=MOST_ENTRIES, now=now)
    return knowledge_section([entry for entry, _ in found.entries], total=found.total)

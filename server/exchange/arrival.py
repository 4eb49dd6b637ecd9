"""One import inside its transaction: everything that a source lists takes its place, or the whole is held (REG-11)."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

from server.clock import to_wire
from server.exchange.imported import ArchivedSystem, Imported, ListedSystem, Remarks, Unmapped
from server.exchange.meeting import land, renamed, taken_by_others, without_source
from server.exchange.missing import Loss, loss_of
from server.exchange.outcome import SHOWN, Edges, FindingLine, ImportOutcome, counted
from server.model import wording
from server.model.base import JsonObject
from server.model.contract import Basis
from server.model.system import StoredSystem, System, system_document
from server.registry.health import Health
from server.registry.registration import Registration
from server.registry.validated import Validated, with_validations
from server.registry.views import full_document, shortened
from server.storage import findings, imports

if TYPE_CHECKING:
    from server.storage.imports import Listed

_MOST_FINDINGS = 10_000
_STRENGTH = tuple(Basis)
_LONGEST = 400
"""Characters of one remark that are shown."""


class Arrival:
    """Puts what was read into the registry, and counts what became of it."""

    def __init__(
        self,
        registration: Registration,
        imported: Imported,
        as_written: Mapping[str, System],
        health: Mapping[str, Health] = MappingProxyType({}),
        seen: Validated = MappingProxyType({}),
    ) -> None:
        """`as_written` are the systems by id as the files have them, before what follows from accesses was left out.

        `health` and `seen` (validations) are as an export would write them now: what a file says of it beyond that is news.
        """
        self._health = health
        self._seen = seen
        self._registration = registration
        self._registry = registration.registry
        self._remarks = Remarks()
        self._as_written = as_written
        taken = taken_by_others(imported, self._registry.systems)
        self._imported = renamed(imported, taken) if taken else imported
        for item in taken:
            self._remarks.note(
                f"Another project has a service {item} already; here it is sys_{imported.project}.{item} "
                f"(service://{imported.project}.{item})."
            )
        self._created: list[str] = []
        self._updated: list[str] = []
        self._unchanged: list[str] = []
        self._archived: list[str] = []
        self._merged: list[str] = []

    def take_place(self, *, confirm: bool, now: datetime) -> ImportOutcome:
        """Everything is in its place and remembered as listed by its source; or nothing is, and the import is held."""
        session, source = self._registration.session, self._imported.source
        before = imports.listed_by(session, source)
        items = self._items(before)
        archived = {stored.id for stored in self._registry.systems.values() if stored.archived}
        loss = loss_of(before, items, settled=archived, now=now)
        if loss.needs_confirmation and not confirm:
            return self._held(loss)
        for listed in self._imported.systems:
            self._put(listed)
        for entry in self._imported.archived:
            self._put_archived(entry, now)
        missing = self._mark_missing(before, items, now)
        imports.record(session, source, self._imported.kind, items, now=to_wire(now))
        self._registration.finish()
        return self._outcome(missing)

    def _items(self, before: Mapping[str, "Listed"]) -> dict[str, str]:
        """Name in the source → system id of everything that it lists."""
        items = {listed.item: listed.system.id for listed in self._imported.systems}
        items.update((entry.item, entry.system.id) for entry in self._imported.archived)
        items.update(
            (item, before[item].system_id)
            for item in self._imported.passed_over
            if item in before and before[item].present
        )
        return items

    def _put(self, listed: ListedSystem) -> None:
        system_id = listed.system.id
        existing = self._registry.systems.get(system_id)
        if existing is not None and existing.archived:
            self._remarks.unmapped(
                listed.item, f"{system_id} is archived here ({existing.archive_reason}); restore_system brings it back"
            )
            return
        landing = land(listed, self._imported, existing, canonical=self._registration.canonical)
        if existing is None:
            self._registration.put(landing.system, source=self._imported.source, tier_basis=landing.tier_basis)
            self._created.append(system_id)
            return
        if not landing.own and self._imported.inferred:
            self._merged.append(system_id)
        if self._stands_already(existing, landing.system, landing.tier_basis, own=landing.own):
            self._unchanged.append(system_id)
            return
        self._registration.put(
            landing.system,
            source=self._imported.source if landing.own and self._imported.inferred else None,
            tier_basis=landing.tier_basis,
            missing_since="" if landing.own else existing.missing_since,
        )
        self._updated.append(system_id)

    def _stands_already(self, existing: StoredSystem, system: System, basis: Basis, *, own: bool) -> bool:
        if own and existing.missing_since:
            return False
        if existing.system == system and existing.tier_basis == basis:
            return True
        written = None if self._imported.inferred else self._as_written.get(system.id)
        return written is not None and _in_order(
            with_validations(full_document(self._registry, system.id, health=self._health.get(system.id)), self._seen)
        ) == _in_order(system_document(written))

    def _put_archived(self, entry: ArchivedSystem, now: datetime) -> None:
        system_id = entry.system.id
        existing = self._registry.systems.get(system_id)
        if existing is not None:
            if not existing.archived:
                self._remarks.unmapped(
                    entry.item, f"{system_id} is archived in the file and live here; archive_system archives it"
                )
            self._unchanged.append(system_id)
            return
        self._registration.put(entry.system, source=self._imported.source)
        self._registration.update(
            system_id,
            archived=True,
            archived_at=entry.archived_at or to_wire(now),
            archive_reason=entry.archive_reason,
        )
        self._archived.append(system_id)

    def _mark_missing(self, before: Mapping[str, "Listed"], items: Mapping[str, str], now: datetime) -> list[str]:
        """What the source no longer lists is MISSING, or another's that lists it; from others' systems what it said goes."""
        source, listed_now = self._imported.source, set(items.values())
        gone = {listing.system_id for item, listing in before.items() if item not in items} - listed_now
        elsewhere = imports.listed_elsewhere(self._registration.session, source, gone)
        missing = []
        for system_id in sorted(gone):
            existing = self._registry.systems.get(system_id)
            if existing is None or existing.archived:
                continue
            if existing.source == source and system_id not in elsewhere:
                missing.append(existing.id)
                if not existing.missing_since:
                    self._registration.update(existing.id, missing_since=to_wire(now))
                continue
            remaining = without_source(existing.system, source)
            heir = elsewhere[system_id] if existing.source == source else None
            if heir is not None or remaining != existing.system:
                self._registration.put(
                    remaining,
                    source=heir,
                    tier_basis=existing.tier_basis,
                    missing_since="" if heir is not None else existing.missing_since,
                )
                self._updated.append(existing.id)
        return missing

    def _held(self, loss: Loss) -> ImportOutcome:
        gone = sorted(loss.recently)
        return self._report(
            summary=(
                f"Held, nothing was changed: {len(gone)} of the {wording.counted(loss.listed, 'system')} that {self._imported.source} "
                f"listed in the last 30 days are gone, more than {loss.allowed:g}."
            ),
            missing=[],
            held=True,
            gone=tuple(gone[:SHOWN]),
            confirm="Import the same source again with confirm = true, if they are really gone.",
        )

    def _outcome(self, missing: list[str]) -> ImportOutcome:
        parts = [f"{len(self._created)} new", f"{len(self._updated)} changed", f"{len(self._unchanged)} as before"]
        parts += [f"{len(ids)} {word}" for ids, word in ((missing, "missing"), (self._archived, "archived")) if ids]
        total = len(self._imported.systems) + len(self._imported.archived)
        left_out = len(self._imported.unmapped) + len(self._remarks.all_unmapped())
        tail = f"; {wording.counted(left_out, 'thing')} could not be mapped" if left_out else ""
        astray = len(self._imported.dangling)
        tail += f"; {wording.counted(astray, 'reference')} {'dangles' if astray == 1 else 'dangle'}" if astray else ""
        return self._report(
            summary=f"{wording.counted(total, 'system')} from {self._imported.source}: {', '.join(parts)}{tail}.",
            missing=missing,
            held=False,
        )

    def _report(
        self, *, summary: str, missing: list[str], held: bool, gone: tuple[str, ...] = (), confirm: str = ""
    ) -> ImportOutcome:
        unmapped = (*self._imported.unmapped, *self._remarks.all_unmapped())
        notes = list(self._imported.notes)
        if self._merged and not held:
            shown = ", ".join(sorted(self._merged)[:20])
            notes.append(
                f"Registered by others, whose word stands; the source only adds what they did not say: {shown}."
            )
        lines = () if held else self._findings()
        return ImportOutcome(
            summary=summary,
            format=self._imported.kind,
            source=self._imported.source,
            held=held,
            created=counted(self._created),
            updated=counted(self._updated),
            unchanged=counted(self._unchanged),
            missing=counted(missing),
            archived=counted(self._archived),
            merged=counted(self._merged),
            edges=self._edges(),
            unmapped_total=len(unmapped),
            unmapped=tuple(
                Unmapped(item=shortened(one.item, _LONGEST), reason=shortened(one.reason, _LONGEST))
                for one in unmapped[:SHOWN]
            ),
            dangling_total=len(self._imported.dangling),
            dangling=self._imported.dangling[:SHOWN],
            notes=tuple(shortened(note, _LONGEST) for note in (*notes, *self._remarks.all_notes())[:SHOWN]),
            findings_total=len(lines),
            findings_by_kind=dict(sorted(Counter(line.kind for line in lines).items())),
            findings=lines[:SHOWN],
            gone=gone,
            confirm=confirm,
        )

    def _edges(self) -> Edges:
        known: Counter[Basis] = Counter()
        for listed in self._imported.systems:
            strongest: dict[str, Basis] = {}
            links = self._registry.producers(listed.system.id)
            read = set() if self._imported.inferred else {one.producer for one in links if one.stated == "reads_from"}
            for link in links:
                # an exported output names all who read it: that bears out no more than their own access does
                if link.stated == "consumers" and link.producer in read:
                    continue
                strongest[link.producer] = min(
                    strongest.get(link.producer, link.basis), link.basis, key=_STRENGTH.index
                )
            known.update(strongest.values())
        return Edges(
            total=known.total(),
            declared=known[Basis.DECLARED],
            observed=known[Basis.OBSERVED],
            inferred=known[Basis.INFERRED],
        )

    def _findings(self) -> tuple[FindingLine, ...]:
        concerned = {listed.system.id for listed in self._imported.systems}
        found, _ = findings.find(self._registration.session, limit=_MOST_FINDINGS)
        about = [
            one for one in found if one.system_id in concerned or concerned.intersection(one.details.get("members", ()))
        ]
        often = Counter(one.kind for one in about)
        # the most severe first, then what is rare: one circle is not to drown in thirty unconfirmed tiers
        about.sort(key=lambda one: (-one.severity.rank, often[one.kind], one.id))
        return tuple(
            FindingLine(
                kind=one.kind, severity=one.severity, system_id=one.system_id, subject=shortened(one.subject, 200)
            )
            for one in about
        )


def _in_order(document: JsonObject) -> JsonObject:
    """The same document, with lists that mean sets in one order."""
    return {
        **document,
        "dependencies": sorted(set(document["dependencies"])),
        "dependents": sorted(set(document["dependents"])),
        "writes_to": [{**output, "consumers": sorted(set(output["consumers"]))} for output in document["writes_to"]],
    }

"""The life of an entry: born of a draft, renewed by new facts, left alone by old ones, taken in by another (LRN-6, LRN-8).

Nobody retires an entry because another is like it: what says the opposite is named on both, and both stay.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from server.knowledge.adoption.status import standing, with_adopters_of
from server.knowledge.entries.days import is_expired, ninety_days_after
from server.knowledge.gathering.facts import KnownEntry
from server.knowledge.synthesis.draft import Draft
from server.model.base import JsonObject
from server.model.knowledge import Applicability, KnowledgeEntry, KnowledgeStatus, Support


@dataclass(frozen=True)
class Known:
    """An entry with what its life is judged by."""

    entry: KnowledgeEntry
    rests_on: frozenset[str] = frozenset()
    """Refs of all facts that it ever rested on."""
    others: JsonObject = field(default_factory=dict)
    """What others keep of it."""

    def document(self) -> JsonObject:
        """As it is stored; `known_in` reads it."""
        return {**self.others, "rests_on": sorted(self.rests_on)}


def known_in(entry: KnowledgeEntry, life: JsonObject) -> Known:
    """The entry with its life as it is stored."""
    others = {name: value for name, value in life.items() if name != "rests_on"}
    return Known(entry, frozenset(life.get("rests_on", ())), others)


def fingerprint_of(draft: Draft) -> str:
    """What makes two syntheses find the same entry."""
    return f"{draft.type.value}:{draft.key}"


def known_to_synthesis(fingerprint: str, known: Known) -> KnownEntry:
    """What a synthesis goes by of an entry that is there."""
    entry = known.entry
    return KnownEntry(
        entry_id=entry.id,
        key=fingerprint.removeprefix(f"{entry.type.value}:"),
        type=entry.type.value,
        systems=tuple(sorted({entry.source_system, *(one.system for one in entry.support)} - {""})),
        adopted_by=entry.adopted_by,
        approach=entry.approach,
        error_category=entry.error_category,
        title=entry.title,
        expires=entry.expires,
    )


def born(draft: Draft, entry_id: str, day: str) -> Known:
    """The entry that a draft becomes on a day: it is shown on 90 days, this one included."""
    entry = KnowledgeEntry(
        id=entry_id,
        type=draft.type,
        title=draft.title,
        description=draft.description,
        source_system=draft.source_system,
        created=day,
        expires=ninety_days_after(day),
    )
    return Known(_told_by(entry, draft), frozenset(draft.rests_on))


def seen_again(known: Known, draft: Draft, day: str, at: int, *, gone: Collection[str] = ()) -> Known:
    """The entry after a synthesis at a moment has found it again; the very same where there is nothing new.

    New facts renew it: it is told as the draft tells it, and expires 90 days after that day, or later where it was renewed
    beyond that; an expired one comes back under its id. With the same facts an expired one stays hidden, and another one
    only gains the systems that have come to have use for it, and what contradicts it or is taken in by it. A superseded one
    stays as it is. `gone` are archived systems.
    """
    entry = known.entry
    if entry.status is KnowledgeStatus.SUPERSEDED:
        return known
    expired = is_expired(entry.expires, at)
    if set(draft.rests_on) - known.rests_on:
        rows = [one for one in entry.applicability if not expired or one.system in _answered(entry)]
        fresh = _renewed(known, draft, day, rows)
    elif expired:
        return known
    else:
        fresh = _more_use(entry, draft, day)
    fresh = fresh.model_copy(
        update={
            "contradicts": _united(fresh.contradicts, draft.contradicts, besides=entry.id),
            "supersedes": _united(fresh.supersedes, draft.supersedes, besides=entry.id),
        }
    )
    if fresh == entry:
        return known if known.rests_on >= set(draft.rests_on) else _resting(known, draft)
    fresh = fresh.model_copy(update={"status": standing(fresh, gone=gone)})
    return _resting(replace(known, entry=fresh), draft)


def superseded(known: Known, by: str) -> Known:
    """The entry after another has taken it in; one that was taken in already stays with the first."""
    if known.entry.status is KnowledgeStatus.SUPERSEDED or known.entry.id == by:
        return known
    update = {"status": KnowledgeStatus.SUPERSEDED, "superseded_by": by}
    return replace(known, entry=known.entry.model_copy(update=update))


def taking_in(known: Known, other: Known, *, gone: Collection[str] = ()) -> Known:
    """The entry after it has taken in the other one: who adopted that does what it says, and whom that harmed it may harm.

    Who declined that is asked anew, since it is better upheld now. What was taken in before is over.
    """
    if other.entry.status is KnowledgeStatus.SUPERSEDED:
        return known
    fresh = with_adopters_of(known.entry, other.entry, gone=gone)
    return known if fresh is known.entry else replace(known, entry=fresh)


def contradicted(known: Known, by: str) -> Known:
    """The entry with the other one named that says the opposite."""
    told = _united(known.entry.contradicts, (by,), besides=known.entry.id)
    return known if told == known.entry.contradicts else replace(known, entry=_with(known.entry, contradicts=told))


def renewed(entry: KnowledgeEntry, day: str) -> KnowledgeEntry:
    """The entry holds for 90 more days, from its last one on where that is still to come; it need not be tested again."""
    return _with(entry, expires=ninety_days_after(max(day, entry.expires)), renewed_at=day, retest=())


def merged(
    known: Mapping[str, Known],
    drafts: Iterable[tuple[str, Draft]],
    new_ids: Mapping[str, str],
    *,
    day: str,
    at: int,
    gone: Collection[str] = (),
) -> dict[str, Known]:
    """All entries after a synthesis, by fingerprint: drafts that are `known` seen again, those with a new id born.

    `known` holds the entries that the drafts name by id, too; a draft that is neither known nor has an id is left out.
    """
    after = dict(known)
    found: dict[str, Draft] = {}
    for fingerprint, draft in sorted(drafts, key=lambda one: one[0]):
        if fingerprint in after:
            after[fingerprint] = seen_again(after[fingerprint], draft, day, at, gone=gone)
        elif fingerprint in new_ids:
            after[fingerprint] = born(draft, new_ids[fingerprint], day)
        else:
            continue
        found.setdefault(fingerprint, draft)
    prints = {one.entry.id: fingerprint for fingerprint, one in after.items()}
    for fingerprint, draft in found.items():
        entry = after[fingerprint].entry
        if entry.status is KnowledgeStatus.SUPERSEDED or is_expired(entry.expires, at):
            continue
        for other in draft.supersedes:
            if other in prints:
                after[fingerprint] = taking_in(after[fingerprint], after[prints[other]], gone=gone)
                after[prints[other]] = superseded(after[prints[other]], entry.id)
        for other in draft.contradicts:
            if other in prints:
                after[prints[other]] = contradicted(after[prints[other]], entry.id)
    return after


def _renewed(known: Known, draft: Draft, day: str, rows: Iterable[Applicability]) -> KnowledgeEntry:
    entry, whole = known.entry, set(draft.rests_on) >= known.rests_on
    fresh = _told_by(entry, draft)
    learned = {draft.source_system, *(one.system for one in draft.support)} - _answered(entry)
    by_system = {
        **{one.system: one for one in rows if one.system not in learned},
        **{one.system: one for one in draft.applicability},
    }
    support = draft.support if whole else _all_support(entry.support, draft.support)
    told = max(entry.e_value or 0.0, draft.e_value)
    return _with(
        fresh,
        source_system=entry.source_system or draft.source_system,
        support=support,
        applicability=tuple(by_system[one] for one in sorted(by_system)),
        applicable_to=tuple(sorted(by_system)),
        e_value=draft.e_value if whole else told,
        independent_systems=(
            draft.independent_systems if whole else max(entry.independent_systems, draft.independent_systems)
        ),
        contradicts=entry.contradicts,
        supersedes=entry.supersedes,
        expires=max(entry.expires, ninety_days_after(day)),
    )


def _more_use(entry: KnowledgeEntry, draft: Draft, day: str) -> KnowledgeEntry:
    """The entry with the systems that have come to have use for it; those that it had stay, with what was told of them."""
    new = [one for one in draft.applicability if one.system not in entry.applicable_to]
    if not new:
        return entry
    rows = sorted([*entry.applicability, *new], key=lambda one: one.system)
    all_told = set(entry.applicable_to) <= set(draft.applicable_to)
    since = " ".join(f"{one.system} since {day}: {'; '.join(one.because)}." for one in new)
    return _with(
        entry,
        applicability=tuple(rows),
        applicable_to=tuple(sorted({*entry.applicable_to, *(one.system for one in new)})),
        applicability_reasoning=(
            draft.applicability_reasoning if all_told else f"{entry.applicability_reasoning} {since}".strip()[:4_000]
        ),
    )


def _told_by(entry: KnowledgeEntry, draft: Draft) -> KnowledgeEntry:
    return _with(
        entry,
        title=draft.title,
        description=draft.description,
        evidence=draft.evidence,
        applicable_to=draft.applicable_to,
        applicability=draft.applicability,
        applicability_reasoning=draft.applicability_reasoning,
        suggested_adaptation=draft.suggested_adaptation,
        error_category=draft.error_category,
        approach=draft.approach,
        e_value=draft.e_value,
        improvement_percent=draft.improvement_percent,
        independent_systems=draft.independent_systems,
        support=draft.support,
        contradicts=_united(draft.contradicts, besides=entry.id),
        supersedes=_united(draft.supersedes, besides=entry.id),
        reported_by=draft.reported_by,
    )


def _all_support(before: Iterable[Support], now: Iterable[Support]) -> tuple[Support, ...]:
    rows = {(one.system, one.proposal_id or one.at): one for one in before}
    rows.update({(one.system, one.proposal_id or one.at): one for one in now})
    return tuple(sorted(rows.values(), key=lambda one: (one.at, one.system, one.proposal_id)))


def _resting(known: Known, draft: Draft) -> Known:
    return replace(known, rests_on=known.rests_on | set(draft.rests_on))


def _answered(entry: KnowledgeEntry) -> set[str]:
    return {*entry.adopted_by, *entry.declined_by}


def _united(*groups: Iterable[str], besides: str) -> tuple[str, ...]:
    return tuple(sorted({one for group in groups for one in group} - {besides}))


def _with(entry: KnowledgeEntry, **members: object) -> KnowledgeEntry:
    return entry.model_copy(update=members)

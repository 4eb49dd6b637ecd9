"""What follows where an entry did harm: it says so, its source is asked to test it again, and a finding stays until it has.

When the source or the user renews the entry, all of that is over; the versions keep it.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from server.knowledge.adoption.outcomes import Shown
from server.model.finding import FindingKind, Observation
from server.model.knowledge import KnowledgeEntry, KnowledgeStatus, Retest
from server.model.tier import Severity
from server.storage import findings

if TYPE_CHECKING:
    from server.storage.session import Session


_SUPERSEDED = KnowledgeStatus.SUPERSEDED


def harmed(entry: KnowledgeEntry, system_id: str, shown: Shown, day: str) -> KnowledgeEntry:
    """The entry with the system named that it did harm to, and why that is known."""
    told = Retest(system=system_id, at=day, reason=reason_of(entry, system_id, shown))
    others = [one for one in entry.retest if one.system != system_id]
    return entry.model_copy(update={"retest": tuple(sorted([*others, told], key=lambda one: (one.at, one.system)))})


def reason_of(entry: KnowledgeEntry, system_id: str, shown: Shown) -> str:
    """In our words, with figures."""
    back = f"{system_id} adopted it and rolled it back" if shown.rolled_back else ""
    if shown.before is None or shown.after is None:
        return f"{back or f'{system_id} tried it and turned it down'}."
    basis = "its own figures" if shown.told else "its own error reports"
    figures = f"from {shown.before:.3g} to {shown.after:.3g} a week by {basis}"
    chance = f"; chance gives as much in {shown.p_value:.2g} of cases" if shown.p_value is not None else ""
    told = f"At {system_id} {entry.error_category or 'errors'} went {figures} after it took this up{chance}"
    return f"{told}. {back}." if back else f"{told}."


def keep_findings(session: "Session", entries: Iterable[KnowledgeEntry], now: str) -> None:
    """A finding is open for the source of each of these entries that wants to be tested again, and for none of the others.

    Of a superseded one it is open for the entry in its place.
    """
    told = list(entries)
    findings.sync(
        session,
        [_observed(one) for one in told if one.retest and one.source_system and one.status is not _SUPERSEDED],
        now=now,
        fingerprints=[_fingerprint(one.id) for one in told],
    )


def _observed(entry: KnowledgeEntry) -> Observation:
    systems: Sequence[str] = [one.system for one in entry.retest]
    return Observation(
        fingerprint=_fingerprint(entry.id),
        kind=FindingKind.RETEST_NEEDED,
        severity=Severity.HIGH if len(systems) > 1 else Severity.MEDIUM,
        system_id=entry.source_system,
        subject=entry.id,
        message=f"{entry.id} did harm to {', '.join(systems[:5])}: test it again, and renew it if it holds. {entry.retest[-1].reason}",
        details={"entry_id": entry.id, "harmed": list(systems)},
    )


def _fingerprint(entry_id: str) -> str:
    return f"{FindingKind.RETEST_NEEDED.value}:{entry_id}"

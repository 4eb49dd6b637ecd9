"""What is said where a text was kept back at the boundary: whose, which member, what kind; never the text."""

from collections import defaultdict
from collections.abc import Iterable

from server.model.finding import FindingKind, Observation
from server.model.tier import Severity
from server.registry.gaps import fingerprint

GRAVE = frozenset({"instruction", "prompt", "secret"})
"""What somebody should look at soon."""
_IN_WORDS = {
    "hidden": "text that people don't see",
    "instruction": "an instruction to whoever reads it",
    "link": "a link that loads something",
    "log": "lines of a log",
    "prompt": "a prompt",
    "secret": "what looks like a secret",
    "state": "the state of a run",
    "threshold": "a calibrated figure",
    "trace": "a stack trace",
    "transcript": "a transcript",
}


ANSWERING = "entry_id"
"""The member of a finding's details that names the entry that was answered so."""


def fingerprint_of(system_id: str, member: str, answering: str = "") -> str:
    """What makes a finding known again: an answer's is told by its entry as well."""
    return fingerprint(FindingKind.TEXT_WITHHELD, system_id, member, *filter(None, (answering,)))


def findings_of(withheld: Iterable[tuple[str, str, str]], *, answering: str = "") -> list[Observation]:
    """A finding per system and member of its reports, from (system, member, kind) of what was kept back.

    `answering` is the entry that it answered so: of each answer there is one of its own.
    """
    where = f"answers to {answering}" if answering else "reports"
    kinds: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for system_id, member, kind in withheld:
        kinds[system_id, member].add(kind)
    return [
        Observation(
            fingerprint=fingerprint_of(system_id, member, answering),
            kind=FindingKind.TEXT_WITHHELD,
            severity=Severity.MEDIUM if GRAVE & found else Severity.LOW,
            system_id=system_id,
            subject=member,
            message=(
                f"{system_id} tells {', '.join(_IN_WORDS.get(one, one) for one in sorted(found))} in {member!r} of what it {where}: "
                "others were not shown it. Tell what was done and what came of it."
            ),
            details={"kinds": sorted(found), **({ANSWERING: answering} if answering else {})},
        )
        for (system_id, member), found in sorted(kinds.items())
    ]

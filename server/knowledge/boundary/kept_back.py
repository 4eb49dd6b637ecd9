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


def findings_of(withheld: Iterable[tuple[str, str, str]]) -> list[Observation]:
    """A finding per system and member of its reports, from (system, member, kind) of what was kept back."""
    kinds: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for system_id, member, kind in withheld:
        kinds[system_id, member].add(kind)
    return [
        Observation(
            fingerprint=fingerprint(FindingKind.TEXT_WITHHELD, system_id, member),
            kind=FindingKind.TEXT_WITHHELD,
            severity=Severity.MEDIUM if GRAVE & found else Severity.LOW,
            system_id=system_id,
            subject=member,
            message=(
                f"{system_id} tells {', '.join(_IN_WORDS.get(one, one) for one in sorted(found))} in {member!r} of what it reports: "
                "others were not shown it. Tell what was done and what came of it."
            ),
            details={"kinds": sorted(found)},
        )
        for (system_id, member), found in sorted(kinds.items())
    ]

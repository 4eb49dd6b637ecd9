"""All detectors in one row. Whoever imports this loads numpy: it is imported where a job runs, never at the start."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from server.patterns.access import contention, timing
from server.patterns.cascade import detect as cascade
from server.patterns.degradation import detect as degradation
from server.patterns.errors import root_cause, transfer
from server.patterns.fleet import Fleet
from server.patterns.found import Found, Identity
from server.patterns.history import History
from server.patterns.likeness import Likeness

Detect = Callable[[History, Fleet, frozenset[Identity]], list[Found]]


@dataclass(frozen=True)
class Detector:
    """One type of pattern, and what finds it."""

    words: str
    """What it looks for."""
    detect: Detect


def detectors(likeness: Likeness) -> tuple[Detector, ...]:
    """The detectors in the order in which they look; `likeness` says which texts mean the same."""
    return (
        Detector("failures that follow another system's", cascade.detect),
        Detector("quality that falls together", degradation.detect),
        Detector("errors of one cause", partial(root_cause.detect, likeness=likeness)),
        Detector("fixes that others could use", partial(transfer.detect, likeness=likeness)),
        Detector("systems that use a resource at the same time", contention.detect),
        Detector("readers that run before their writer is done", timing.detect),
    )

"""The life of a pattern: seen first, seen again, quiet for thirty days, back (PAT-8), and how sure it is by then (PAT-11)."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from server.model.base import JsonObject
from server.model.moments import DAY, at_microseconds
from server.model.pattern import Certainty, Pattern, PatternStatus
from server.patterns.confidence import confidence_of
from server.patterns.found import Found

"""Microseconds."""
QUIET = 30 * DAY
"""What has not been seen for longer is resolved when it is looked for again (detection rule 8 of the source)."""
RARE = 0.1
"""Where chance gives fewer in thirty days, one occurrence is a recurrence; else they must stand out together."""
STANDING_OUT = 0.01
"""How likely chance may be to give as many; it is looked at daily, so this is below what a single look would take."""
MOMENTS_KEPT = 2_000
"""Occurrences whose moments are remembered; older ones are counted."""
EXPLAINED = frozenset({"explained_away", "confounded_by_schedule"})
"""Reasons for which what is seen is no recurrence, however often it is seen."""
_OF_REGISTRY = frozenset({"severity", "affected_contracts"})


@dataclass(frozen=True)
class Life:
    """What a pattern's life is judged by; moments are microseconds since 1970."""

    subject: str = ""
    """As the detector tells patterns apart by it."""
    trigger: str = ""
    detected_at: int = 0
    """The end of the look that first showed it, or showed it again after it had been resolved."""
    found_at: int = 0
    """When a detector last returned it."""
    moments: tuple[int, ...] = ()
    """Of its occurrences, by time."""
    earlier: int = 0
    """Occurrences before those."""
    events_total: int = 0
    """Stored events that it rests on; not all of them are kept with it."""
    events_dropped: int = 0
    fired_until: int = 0
    """Up to when it was counted how often the cause has fired."""

    @property
    def occurrences(self) -> int:
        """Distinct ones in all its life."""
        return self.earlier + len(self.moments)

    def document(self) -> JsonObject:
        """As it is kept."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in vars(self).items()}


def life_in(document: JsonObject) -> Life:
    """The life that was kept so."""
    known: dict[str, Any] = {name: value for name, value in document.items() if name in Life.__dataclass_fields__}
    return Life(**{**known, "moments": tuple(known.get("moments", ()))})


@dataclass(frozen=True)
class Known:
    """A pattern with its life."""

    pattern: Pattern
    life: Life
    last_seen: int


@dataclass(frozen=True)
class Look:
    """One look at the history."""

    since: int
    at: int
    """Its end: nothing later was seen."""
    now: int
    """When it is taken: at its end, unless somebody looks at the past."""
    portrait: Callable[[Found, int], JsonObject]
    """What a finding with so many occurrences says of itself, as members of a pattern."""
    fired: Callable[[str, str, int], int] = field(default=lambda system, trigger, since: 0)
    """(system, trigger, moment) → how often the trigger fired since."""


def first_seen(found: Found, pattern_id: str, look: Look) -> Known:
    """The pattern that nobody knew: a candidate where something holds it back, else active."""
    moments = sorted({one.at for one in found.occurrences})
    life = Life(
        subject=found.identity.subject,
        trigger=found.trigger,
        detected_at=look.at,
        found_at=look.at,
        moments=tuple(moments[-MOMENTS_KEPT:]),
        earlier=max(0, len(moments) - MOMENTS_KEPT),
    )
    candidate = bool(found.held_back)
    pattern = Pattern.model_validate(
        {
            **look.portrait(found, life.occurrences),
            "id": pattern_id,
            "confidence": 0.0,
            "first_detected": at_microseconds(look.now)[:10],
            "occurrences": life.occurrences,
            "status": PatternStatus.CANDIDATE if candidate else PatternStatus.ACTIVE,
            "certainty": _certainty(found),
            "last_seen": at_microseconds(moments[-1]),
        }
    )
    return Known(_measured(pattern), life, moments[-1])


def seen_again(known: Known, found: Found | None, look: Look) -> Known | None:
    """The pattern after a look, in which it was found or not; None for a candidate that is given up.

    What was shown once stays, whatever becomes of it: a look that does not find it lets it rest, one that ends before the last
    one changes nothing.
    """
    if look.at < max(known.last_seen, known.life.found_at):
        return known
    if known.pattern.status is PatternStatus.CANDIDATE:
        return _candidate(known, found, look)
    if found is not None:
        known = _recurred(known, found, look)
    return _rested(known, look)


def stands_out(moments: Sequence[int], by_chance_a_day: float, since: int, at: int) -> bool:
    """Whether what was seen between two moments is more than chance gives there.

    Where chance gives next to nothing, one is enough. Else there must be a time up to `at` in which they are too many for it:
    all since the beginning, or those that follow one of them.
    """
    if not moments:
        return False
    if by_chance_a_day * 30 <= RARE:
        return True
    newest = sorted(moments)[-200:]
    spans = [(len(moments), at - since)]
    spans += [(len(newest) - 1 - place, at - one) for place, one in enumerate(newest[:-1])]
    return any(at_least(count, by_chance_a_day * span / DAY) <= STANDING_OUT for count, span in spans)


def at_least(count: int, expected: float) -> float:
    """How likely a Poisson number with this mean is to reach the count."""
    if count <= 0:
        return 1.0
    if expected <= 0:
        return 0.0
    term = math.exp(count * math.log(expected) - expected - math.lgamma(count + 1))
    if count <= expected:
        below = sum(math.exp(k * math.log(expected) - expected - math.lgamma(k + 1)) for k in range(count))
        return max(0.0, 1.0 - below)
    total, k = 0.0, count
    while term > total * 1e-12 and term > 0:
        total += term
        k += 1
        term *= expected / k
    return min(1.0, total)


def _rested(known: Known, look: Look) -> Known:
    """Resolved where it has been quiet for long. Only a pattern that is known already is: whoever first hears of one that
    ended long ago shall see it once.
    """
    again = look.at > known.life.detected_at
    if again and known.pattern.status is PatternStatus.ACTIVE and look.at - known.last_seen > QUIET:
        resolved = {"status": PatternStatus.RESOLVED, "resolved_at": at_microseconds(look.at)}
        known = replace(known, pattern=known.pattern.model_copy(update=resolved))
    return _fired(known, look) if known.pattern.status is PatternStatus.RESOLVED else known


def _candidate(known: Known, found: Found | None, look: Look) -> Known | None:
    if found is None:
        return None if look.at - known.life.found_at > QUIET else known
    anew = first_seen(found, known.pattern.id, look)
    shown = anew.pattern.status is not PatternStatus.CANDIDATE
    kept = {"first_detected": known.pattern.first_detected}
    life = replace(
        anew.life,
        detected_at=look.at if shown else known.life.detected_at,
        events_total=known.life.events_total,
        events_dropped=known.life.events_dropped,
    )
    return replace(anew, pattern=anew.pattern.model_copy(update=kept), life=life)


def _recurred(known: Known, found: Found, look: Look) -> Known:
    """The pattern with what was seen of it since; as it was where that is nothing that counts."""
    pattern, life = known.pattern, known.life
    if found.held_back in EXPLAINED:
        if pattern.status is PatternStatus.ACTIVE and pattern.held_back != found.held_back:
            return replace(known, pattern=pattern.model_copy(update={"held_back": found.held_back}))
        return known
    new = [one.at for one in found.occurrences if known.last_seen < one.at <= look.at]
    recurs = stands_out(new, found.by_chance_a_day, known.last_seen, look.at)
    resolved = pattern.status is PatternStatus.RESOLVED
    if resolved and (not recurs or look.at - new[-1] > QUIET):
        return known
    if not recurs and found.held_back:
        return known
    last_seen = max(new) if recurs else known.last_seen
    moments = _merged(life, found, last_seen, whole=not found.held_back)
    grown = recurs or len(moments) > len(life.moments)
    if grown:
        life = replace(
            life,
            found_at=look.at,
            trigger=found.trigger or life.trigger,
            detected_at=look.at if resolved else life.detected_at,
            moments=moments[-MOMENTS_KEPT:],
            earlier=life.earlier + max(0, len(moments) - MOMENTS_KEPT),
        )
    sure = pattern.certainty
    if (recurs and max(new) > known.life.detected_at) or _certainty(found) is Certainty.CONFIRMED:
        sure = Certainty.CONFIRMED
    changed: JsonObject = {} if found.held_back else look.portrait(found, life.occurrences)
    if not grown:  # nothing new of it: what it says of itself stays, but for what the registry says of it
        changed = {name: value for name, value in changed.items() if name in _OF_REGISTRY}
    changed |= {"occurrences": life.occurrences, "last_seen": at_microseconds(last_seen), "certainty": sure}
    if resolved:
        back = {"status": PatternStatus.ACTIVE, "reopened_at": at_microseconds(look.at)}
        changed |= {**back, "resolved_at": "", "cause_fired_since": None}
    return Known(_measured(pattern.model_copy(update=changed)), life, last_seen)


def _merged(life: Life, found: Found, last_seen: int, *, whole: bool) -> tuple[int, ...]:
    """Every occurrence once: those before and after what was looked at now, and what was found there."""
    moments = life.moments
    oldest = moments[0] if life.earlier and moments else 0  # what is older has been counted
    fresh = sorted({one.at for one in found.occurrences if oldest <= one.at <= last_seen})
    if not fresh:
        return moments
    if not whole:
        return tuple(sorted({*moments, *(one for one in fresh if not moments or one > moments[-1])}))
    return tuple(sorted({*fresh, *(one for one in moments if one < fresh[0] or one > last_seen)}))


def _fired(known: Known, look: Look) -> Known:
    """How often the cause of a resolved one has fired since it was last seen; 0 means that it is untested."""
    pattern, life = known.pattern, known.life
    if not life.trigger:
        return known
    seen_whole = known.last_seen >= look.since
    since = known.last_seen if seen_whole else life.fired_until
    sources = [pattern.cause] if pattern.cause else pattern.systems_involved
    fired = sum(look.fired(system, life.trigger, since) for system in sources)
    fired += 0 if seen_whole else pattern.cause_fired_since or 0
    if fired == pattern.cause_fired_since:
        return known
    counted = pattern.model_copy(update={"cause_fired_since": fired})
    return replace(known, pattern=counted, life=replace(life, fired_until=look.at))


def _certainty(found: Found) -> Certainty:
    if found.held_back:
        return Certainty.CANDIDATE
    return Certainty.CONFIRMED if found.stands_second_test else Certainty.SIGNIFICANT


def _measured(pattern: Pattern) -> Pattern:
    """The pattern with the confidence that its occurrences give it."""
    sure = (
        0.0 if pattern.certainty is Certainty.CANDIDATE else confidence_of(pattern.occurrences, pattern.window_seconds)
    )
    return pattern if pattern.confidence == sure else pattern.model_copy(update={"confidence": sure})

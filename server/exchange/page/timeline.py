"""A pattern's events on a line of time, as SVG that needs no script: a lane for each system, cause and effect joined."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import escape

from server.model.moments import DAY, to_wire
from server.model.pattern import Pattern

WIDTH = 900
LANE = 34
TOP = 12
BOTTOM = 30
LEFT = 190
RIGHT = 24
MOST_MARKS = 600
"""Events that are drawn, the newest; the description says how many there are."""
MOST_LANES = 12
_LABEL = 24
"""Characters of a system's name before its lane."""
_DATES = 7
"""Dates along the axis at most."""
_NEAR = 3_600_000_000
"""Microseconds between two events that are joined where the pattern has no window of its own."""


@dataclass(frozen=True)
class Mark:
    """An event that the pattern rests on."""

    system: str
    at: int
    """Microseconds since 1970."""
    kind: str


def timeline(pattern: Pattern, marks: Sequence[Mark]) -> str:
    """The picture as an SVG element; empty without events. The same for the same events, in whatever order they come."""
    lanes = _lanes(pattern, marks)
    known = sorted((one for one in set(marks) if one.system in lanes), key=lambda one: (one.at, one.system, one.kind))
    drawn = known[-MOST_MARKS:]
    if not drawn:
        return ""
    scale = _scale(drawn)
    height = TOP + LANE * len(lanes) + BOTTOM
    name = escape(pattern.id, quote=True)
    title = f"{pattern.id}: events of {', '.join(lanes)}"
    parts = [
        f'<svg class="timeline" viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="{name}-t {name}-d">',
        f'<title id="{name}-t">{told(title)}</title>',
        f'<desc id="{name}-d">{told(_description(pattern, drawn, len(known)))}</desc>',
        *_axis(scale, height),
    ]
    for number, lane in enumerate(lanes):
        parts += _lane(pattern, lane, _middle(number))
    parts += _joined(pattern, drawn, lanes, scale)
    parts += [_mark(pattern, one, scale.x(one.at), _middle(lanes.index(one.system))) for one in drawn]
    return "".join([*parts, "</svg>"])


def told(text: str) -> str:
    """The text as it may stand in the page: nothing in it is markup, and no character is one that HTML can't hold."""
    plain = "".join(one if one.isprintable() else " " for one in text)
    return escape(plain, quote=True)


@dataclass(frozen=True)
class _Scale:
    begin: int
    end: int

    def x(self, at: int) -> float:
        return round(LEFT + (at - self.begin) / (self.end - self.begin) * (WIDTH - LEFT - RIGHT), 1)


def _scale(marks: Sequence[Mark]) -> _Scale:
    """Whole days around the events."""
    first, last = marks[0].at // DAY * DAY, (marks[-1].at // DAY + 1) * DAY
    return _Scale(first, last)


def _lanes(pattern: Pattern, marks: Sequence[Mark]) -> list[str]:
    """Cause first, effect next, then all others that the pattern involves or that have events."""
    directed = [one for one in (pattern.cause, pattern.effect) if one]
    others = sorted({one.system for one in marks} - set(pattern.systems_involved))
    return list(dict.fromkeys([*directed, *pattern.systems_involved, *others]))[:MOST_LANES]


def _middle(number: int) -> float:
    return TOP + LANE * number + LANE / 2


def _role(pattern: Pattern, system: str) -> str:
    if pattern.cause != pattern.effect and system in (pattern.cause, pattern.effect):
        return "cause" if system == pattern.cause else "effect"
    return ""


def _lane(pattern: Pattern, system: str, y: float) -> list[str]:
    role = _role(pattern, system)
    short = system if len(system) <= _LABEL else f"{system[: _LABEL - 1]}…"
    under = f'<text class="role" x="{LEFT - 12}" y="{y + 14:g}">{role}</text>' if role else ""
    return [
        f'<line class="lane" x1="{LEFT}" y1="{y:g}" x2="{WIDTH - RIGHT}" y2="{y:g}"/>',
        f'<text class="who" x="{LEFT - 12}" y="{y + (1 if role else 4):g}"><title>{told(system)}</title>{told(short)}</text>',
        under,
    ]


def _mark(pattern: Pattern, one: Mark, x: float, y: float) -> str:
    """A cause is a tick with a round head, an effect a tick with a point: told apart without their colours."""
    role = _role(pattern, one.system)
    when = to_wire(_moment(one.at))
    title = f"<title>{told(f'{one.system}: {one.kind} at {when}')}</title>"
    tick = f"M{x:g} {y - 9:g}V{y + 9:g}"
    head = {
        "cause": f"M{x - 2.5:g} {y - 9:g}a2.5 2.5 0 1 1 5 0a2.5 2.5 0 1 1 -5 0z",
        "effect": f"M{x - 3.5:g} {y + 8:g}h7l-3.5 5z",
    }.get(role, "")
    return f'<g class="event {role or "plain"}">{title}<path class="tick" d="{tick}"/><path d="{head}"/></g>'


def _joined(pattern: Pattern, marks: Sequence[Mark], lanes: Sequence[str], scale: _Scale) -> list[str]:
    """A line from each effect to the cause nearest in time, or between events of two systems that came together.

    A run bears the moment at which it ended, which may lie after what it set off.
    """
    window = int((pattern.window_seconds or 0) * 1_000_000) or _NEAR
    causes = [one for one in marks if one.system == pattern.cause] if _role(pattern, pattern.cause) else []
    pairs: list[tuple[Mark, Mark]] = []
    if causes:
        times = [one.at for one in causes]
        for one in marks:
            if one.system == pattern.effect:
                place = bisect_left(times, one.at)
                near = min(causes[max(0, place - 1) : place + 1], key=lambda cause: abs(cause.at - one.at))
                pairs.append((near, one))
    else:
        latest: dict[str, Mark] = {}
        for one in marks:
            pairs += [(other, one) for other in latest.values() if other.system != one.system]
            latest[one.system] = one
    lines = [
        f'<line class="joined" x1="{scale.x(first.at):g}" y1="{_middle(lanes.index(first.system)):g}" '
        f'x2="{scale.x(then.at):g}" y2="{_middle(lanes.index(then.system)):g}"/>'
        for first, then in pairs
        if abs(then.at - first.at) <= window
    ]
    return list(dict.fromkeys(lines))


def _axis(scale: _Scale, height: int) -> list[str]:
    """Dates at midnight, UTC, so many days apart that they don't touch."""
    days = (scale.end - scale.begin) // DAY
    step = max(1, -(-days // _DATES))
    parts = []
    for day in range(0, days + 1, step):
        at = scale.begin + day * DAY
        x = scale.x(at)
        parts.append(f'<line class="day" x1="{x:g}" y1="{TOP}" x2="{x:g}" y2="{height - BOTTOM + 4}"/>')
        date = _moment(at).date().isoformat()
        parts.append(f'<text class="date" x="{x:g}" y="{height - 10}">{date}</text>')
    return parts


def _description(pattern: Pattern, drawn: Sequence[Mark], total: int) -> str:
    first, last = _moment(drawn[0].at).date(), _moment(drawn[-1].at).date()
    direction = f", from {pattern.cause} to {pattern.effect}" if _role(pattern, pattern.cause) else ""
    shown = f"The newest {len(drawn)} of {total} events" if len(drawn) < total else f"{total} events"
    return f"{shown} between {first} and {last}{direction}; {pattern.description}"


def _moment(at: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at)

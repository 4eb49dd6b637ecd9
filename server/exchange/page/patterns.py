"""The page's section of patterns: what is active first, the gravest first, each with its evidence and its line of time."""

from collections.abc import Sequence
from dataclasses import dataclass

from server.exchange.page.timeline import Mark, timeline, told
from server.model.pattern import Pattern, PatternStatus
from server.model.tier import Severity
from server.model.wording import counted
from server.registry.views import shortened

MOST_PATTERNS = 100
MOST_EVIDENCE = 10
LONGEST = 1_000
"""Characters of one text."""


@dataclass(frozen=True)
class Shown:
    """A pattern with the events that it rests on."""

    pattern: Pattern
    marks: Sequence[Mark]


def patterns_section(shown: Sequence[Shown], *, total: int) -> str:
    """HTML of a part that opens without a script; empty where there is no pattern. Everything in it is escaped."""
    if not shown:
        return ""
    active = [one.pattern for one in shown if one.pattern.status is PatternStatus.ACTIVE]
    high = sum(one.severity is Severity.HIGH for one in active)
    resolved = sum(one.pattern.status is PatternStatus.RESOLVED for one in shown)
    said = ", ".join(
        [
            counted(len(active), "active pattern"),
            *([f"{high} HIGH"] if high else []),
            *([f"{resolved} resolved"] if resolved else []),
        ]
    )
    left_out = f"<p>{total - len(shown):,} more are left out.</p>" if total > len(shown) else ""
    articles = "".join(_article(one) for one in shown)
    return f'<details id="patterns"><summary>Patterns: {said}</summary><div>{articles}{left_out}</div></details>'


def _article(one: Shown) -> str:
    pattern = one.pattern
    kind = pattern.type.value.replace("_", " ")
    badges = [pattern.severity.value, pattern.status.value, pattern.certainty.value]
    evidence = "".join(
        f"<li><b>{told(row.system)}</b> {_text(row.data_point)} <small>{told(row.source)}</small></li>"
        for row in pattern.evidence[:MOST_EVIDENCE]
    )
    contracts = f"<p>Contracts: {told(', '.join(pattern.affected_contracts))}</p>" if pattern.affected_contracts else ""
    return (
        f'<article class="{pattern.severity.value}"><h2>{told(pattern.id)} · {told(kind)}</h2>'
        f'<p class="badges">{"".join(f"<span>{told(badge)}</span>" for badge in badges)}</p>'
        f"<p>{_text(pattern.description)}</p><p>{told(facts_of(pattern))}</p>"
        f"{timeline(pattern, one.marks)}<ul>{evidence}</ul>"
        f"<p><b>What to do:</b> {_text(pattern.recommendation)}</p>{contracts}</article>"
    )


def facts_of(pattern: Pattern) -> str:
    """Its figures in a sentence."""
    parts = [
        counted(pattern.occurrences, "occurrence"),
        f"confidence {pattern.confidence:.2f}",
        f"first detected {pattern.first_detected[:10]}",
    ]
    if pattern.lag_seconds is not None:
        parts.append(f"lag {lag_in_words(pattern.lag_seconds)}")
    if pattern.lift is not None:
        parts.append(f"{pattern.lift:.1f} times what chance gives")
    if pattern.q_value is not None:
        parts.append(f"q = {pattern.q_value:.2g}")
    if pattern.status is PatternStatus.RESOLVED:
        parts.append(f"resolved {pattern.resolved_at[:10]}{_tested(pattern.cause_fired_since)}")
    return ", ".join(parts)


def _tested(fired: int | None) -> str:
    if fired is None:
        return ""
    return (
        f" (its cause fired {counted(fired, 'time')} since)" if fired else " (untested: its cause has not fired since)"
    )


def lag_in_words(seconds: float) -> str:
    """About how long: `40 s`, `15 min`, `3.5 h`."""
    if abs(seconds) < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if abs(seconds) < 5_400 else f"{seconds / 3_600:.1f} h"


def _text(text: str) -> str:
    return told(shortened(text, LONGEST))

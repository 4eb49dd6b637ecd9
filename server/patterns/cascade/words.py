"""What a cascade says of itself: facts with figures, and what to do about it."""

import numpy as np

from server.patterns.cascade.episodes import DAY, HOUR, MINUTE, Moments
from server.patterns.cascade.links import Link
from server.patterns.cascade.scene import Scene
from server.patterns.fleet import Fleet
from server.patterns.found import Fact
from server.patterns.history import Ints

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SEQS_NAMED = 200
_MOST_NAMED = 3
_TOGETHER = 0.75
"""The part of the moments that must share a weekday or time of day for it to be told."""


def shared_resources(fleet: Fleet, cause: str, effect: str) -> tuple[str, ...]:
    """What lies between the two: what the cause writes and the effect reads, else what both use; sorted."""
    writer, reader = fleet.members.get(cause), fleet.members.get(effect)
    if writer is None or reader is None:
        return ()
    between = writer.writes & reader.reads
    return tuple(sorted(between or (writer.reads | writer.writes) & (reader.reads | reader.writes)))


def facts_of(scene: Scene, link: Link, cause_at: Ints, effect_at: Ints) -> tuple[Fact, ...]:
    """A row of evidence for the effect and one for the cause."""
    history = scene.history
    days = round((history.until - history.since) / DAY)
    episodes = scene.plain.episodes_of(link.effect)
    causes = scene.plain.causes_of(link.cause, link.trigger)
    when = when_of(effect_at)
    followed = np.isin(episodes.at, effect_at)
    minutes = (link.delay + link.window) // MINUTE
    effect = (
        f"{what_of(scene, link.effect, effect_at)}: {len(effect_at)} of {len(episodes)} in the last {days} days came"
        f"{' ' + when + ',' if when else ''} within {minutes} minutes after {_a(link)} of {history.systems[link.cause]}"
    )
    seqs = tuple(episodes.seq[followed].tolist()[-_SEQS_NAMED:])
    own_runs = episodes.run[followed]
    by_runs = bool(len(own_runs)) and bool(np.isin(episodes.seq[followed], history.runs.seq).all())
    cause_seqs = tuple(causes.seq[np.isin(causes.at, cause_at)].tolist()[-_SEQS_NAMED:])
    cause_kind = "run" if link.trigger != "failure" else _kind_of(scene, cause_seqs)
    return (
        Fact(history.systems[link.effect], effect, "run" if by_runs else _kind_of(scene, seqs), seqs),
        Fact(
            history.systems[link.cause],
            _told_of_cause(scene, link, cause_at, days),
            cause_kind,
            cause_seqs,
        ),
    )


def _a(link: Link) -> str:
    return {"failure": "a failure", "run": "a run", "odd run": "a long or special run"}[link.trigger]


def _kind_of(scene: Scene, seqs: tuple[int, ...]) -> str:
    """The kind of most of the events: error, incident or run."""
    troubles = scene.history.troubles
    mine = np.isin(troubles.seq, np.array(seqs, dtype=np.int64))
    if 2 * int(mine.sum()) < len(seqs):
        return "run"
    return "incident" if 2 * int(troubles.incident[mine].sum()) > int(mine.sum()) else "error"


def what_of(scene: Scene, system: int, at: Ints) -> str:
    """What a system's failures at these moments are called: the categories of their errors, most frequent first."""
    history = scene.history
    episodes = scene.plain.episodes_of(system)
    place = np.isin(history.troubles.seq, episodes.seq[np.isin(episodes.at, at)])
    categories, counts = np.unique(history.troubles.category[place], return_counts=True)
    if not len(categories):
        return "Failed runs"
    named = [history.categories[one] for one in categories[np.argsort(-counts, kind="stable")].tolist()]
    return ", ".join(one for one in named[:_MOST_NAMED] if one) or "Errors"


def _told_of_cause(scene: Scene, link: Link, cause_at: Ints, days: int) -> str:
    causes = scene.plain.causes_of(link.cause, link.trigger)
    when = when_of(cause_at)
    noun = "failures" if link.trigger == "failure" else "runs"
    followed = f"{len(np.unique(cause_at))} of {len(causes)} {noun} in the last {days} days were followed"
    if link.trigger != "failure":
        told = f"{_pace_of(causes.at)}runs {_lasting(scene, causes)}"
        followed = f"{told[0].upper()}{told[1:]}: {followed}"
    return f"{followed} ({when})" if when else followed


def _pace_of(at: Ints) -> str:
    """How often, with a space after it: weekly, daily, hourly; "" where it has no such pace."""
    if len(at) < _MOST_NAMED:
        return ""
    distance = float(np.median(np.diff(at)))
    paces = (("Weekly ", 7 * DAY), ("Daily ", DAY), ("Hourly ", HOUR))
    return next((name for name, pace in paces if abs(distance - pace) <= pace / 24), "")


def _lasting(scene: Scene, causes: Moments) -> str:
    runs = scene.history.runs
    minutes = (runs.finished[causes.run] - runs.started[causes.run]) / MINUTE
    low, high = np.percentile(minutes, [5, 95]).round().astype(int).tolist() if len(minutes) else (0, 0)
    if high < 1:
        return "of less than a minute"
    return f"of {low} to {high} minutes" if low < high else f"of {high} {'minute' if high == 1 else 'minutes'}"


def when_of(at: Ints) -> str:
    """The weekday and time of day that most of the moments share, in words; "" for none."""
    if len(at) < _MOST_NAMED:
        return ""
    weekday = (at // DAY + 3) % 7
    day = int(np.bincount(weekday, minlength=7).argmax())
    weekly = float((weekday == day).mean()) >= _TOGETHER
    chosen = at[weekday == day] if weekly else at
    minute = np.sort(chosen % DAY // MINUTE)
    low, high = np.percentile(minute, [10, 90])
    words = f"on {_WEEKDAYS[day]}" if weekly else ""
    if high - low <= HOUR // MINUTE:
        low, high = 5 * int(low // 5), 5 * int(-(-(high + 1) // 5))
        between = f"between {_clock(low)} and {_clock(high)} UTC"
        words = f"{words} {between}".strip()
    return words


def _clock(minute: int) -> str:
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}"


def describe(scene: Scene, link: Link, effect_at: Ints, lag: float | None, resources: tuple[str, ...]) -> str:
    """What happens, in a sentence."""
    names = scene.history.systems
    when = when_of(effect_at)
    minutes = (
        f"about {max(1, round((lag or 0) / 60))} minutes"
        if lag
        else f"within {(link.delay + link.window) // MINUTE} minutes"
    )
    through = f", by way of {resources[0]}" if resources else ""
    return (
        f"{names[link.effect]} fails ({what_of(scene, link.effect, effect_at)}) {minutes} after {_a(link)} of {names[link.cause]}"
        f"{' ' + when if when else ''}{through}: {len(effect_at)} times, {link.lift:.1f} times as often as by chance"
    )


def recommend(fleet: Fleet, cause: str, effect: str, trigger: str, resources: tuple[str, ...]) -> str:
    """What to do, for this trigger and for what the two do with the resource that lies between them."""
    writer, reader = fleet.members.get(cause), fleet.members.get(effect)
    shared = resources[0] if resources else ""
    handed_on = not shared or (
        writer is not None and reader is not None and shared in writer.writes and shared in reader.reads
    )
    if trigger == "failure":
        what = f"the last good {shared}" if shared and handed_on else f"the last good output of {cause}"
        return (
            f"Let {effect} fall back to {what} when {cause} fails, and retry once it has recovered; "
            f"tell {effect} of failures of {cause} instead of letting it find out."
        )
    what, its_own = shared or f"the output of {cause}", shared or "its output"
    if handed_on:
        return (
            f"Let {cause} replace {its_own} atomically (write to a temporary file, then rename) or hold a write lock while it "
            f"runs; or let {effect} check that {what} is complete and fresh before it reads."
        )
    return (
        f"Both use {what}, and {effect} fails while or after {cause} runs: let {effect} start once {cause} has finished, "
        f"or let the two take turns by a lock on {what}."
    )

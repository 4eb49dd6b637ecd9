"""The mixes of fleets that the simulator makes: each a function that says how its systems run and err, and plants its links."""

import itertools
from collections.abc import Callable

import numpy as np

from tests.benchmarks.fleet_simulator import (
    DAYS,
    MINUTES,
    SYSTEMS,
    Floats,
    Making,
    PlantedFleet,
    by_hour,
    clusters,
    office,
    poisson,
    weekend,
)


def simulate(mix: str, seed: int, *, planted: bool = True, systems: int = SYSTEMS) -> PlantedFleet:
    """The fleet of this mix and seed; without its links where not `planted`."""
    make = Making(mix, seed, planted, systems)
    MIXES[mix](make)
    return make.finish()


def _quiet(make: Making) -> None:
    """A few errors a week each."""
    for one in range(make.count):
        make.err(one, poisson(make, make.between(0.15, 0.6)))
    for cause, effect in make.disjoint(6):
        make.link(cause, effect)


def _steady(make: Making) -> None:
    """One to four errors a day each, some of them logged at runs that nobody's errors depend on."""
    for one in range(make.count):
        make.err(one, poisson(make, make.between(1, 4)))
        if make.rng.random() < 0.4:
            make.run(one, every=60, offset=make.between(0, 59), failing=0)
    for cause, effect in make.forward(6):
        make.link(cause, effect)


def _bursty(make: Making) -> None:
    """Errors that beget errors of the same system for minutes to an hour."""
    for one in range(make.count):
        make.err(one, clusters(make, make.between(0.3, 1.2), make.between(0.4, 0.75), make.between(3, 15)))
    for cause, effect in make.disjoint(6):
        make.link(cause, effect, gap=20)


def _diurnal(make: Making) -> None:
    """Every system has the same busy hours, so that all errors fall together by the hour of the day."""
    peak = make.between(9, 15)
    for one in range(make.count):
        make.err(one, poisson(make, make.between(1, 6), by_hour(peak + make.between(-1, 1), make.between(0.7, 1.0))))
    for cause, effect in make.disjoint(6):
        make.link(cause, effect)


def _weekly(make: Making) -> None:
    """Errors of office hours, and of systems that people use at the weekend."""
    for one in range(make.count):
        make.err(one, poisson(make, make.between(0.8, 4), office if make.rng.random() < 0.7 else weekend))
    for cause, effect in make.disjoint(6):
        make.link(cause, effect)


def _cron(make: Making) -> None:
    """Schedules that start together, each run failing for itself; a link makes the effect's next run fail."""
    for one in range(make.count):
        every = float(make.rng.choice([15, 60, 60, 60, 120, 1_440]))
        offset = float(make.rng.choice([0, 0, 1, 2, 3, 5, 10, 15, 20, 30]))
        failing = make.between(0.08, 0.2) if every == 1_440 else make.between(0.02, 0.06)
        make.run(one, every=every, offset=offset + (120 if every == 1_440 else 0), failing=failing)
    for cause, effect in make.disjoint(5):
        make.schedules[cause], make.schedules[effect] = [], []
        make.run(cause, every=60, offset=float(make.rng.integers(0, 5)), takes=4, failing=make.between(0.02, 0.05))
        if make.rng.random() < 0.5:
            make.run(effect, every=60, offset=make.between(15, 30), failing=0.03)
        else:
            make.run(effect, every=15, offset=make.between(0, 14), failing=0.02)
        make.link(cause, effect, shows="run")


def _sticky_cron(make: Making) -> None:
    """As the aligned schedules, but a run that failed makes the next one of the same system likely to fail."""
    for one in range(make.count):
        every = float(make.rng.choice([30, 60, 60, 60]))
        offset = float(make.rng.choice([0, 0, 0, 2, 5, 15]))
        make.run(one, every=every, offset=offset, failing=make.between(0.005, 0.02), sticky=make.between(0.3, 0.6))
    for cause, effect in make.disjoint(5):
        make.link(cause, effect)


def _refresh(make: Making) -> None:
    """Weekly and daily refreshes that others can't read through, beside errors at any time and runs that disturb no one."""
    for one in range(make.count):
        make.err(one, poisson(make, make.between(0.1, 0.8)))
        if make.rng.random() < 0.5:
            make.run(one, every=60, offset=make.between(0, 59), failing=0)
    for number, (cause, effect) in enumerate(make.disjoint(6)):
        make.schedules[cause] = []
        hour = make.between(1, 22) * 60
        if number < 3:
            if number == 0:
                make.run(cause, every=60, offset=make.between(0, 59), failing=0)
            make.run(
                cause, every=10_080, offset=float(make.rng.integers(0, 7)) * 1_440 + hour, jitter=4, takes=20, failing=0
            )
        else:
            make.run(cause, every=1_440, offset=hour, jitter=make.between(8, 25), takes=15, skipped=0.25, failing=0)
        make.link(cause, effect, trigger="run")


def _busy(make: Making) -> None:
    """Ten to forty errors a day each."""
    for one in range(make.count):
        make.err(one, poisson(make, make.between(10, 40)))
    for cause, effect in make.forward(6):
        make.link(cause, effect, gap=0)


def _busy_hours(make: Making) -> None:
    """Ten to thirty errors a day each, in clusters and by the hour of the day."""
    peak = make.between(9, 15)
    for one in range(make.count):
        make.err(one, poisson(make, make.between(6, 20), by_hour(peak, 0.8)))
        make.err(one, clusters(make, make.between(2, 4), 0.5, 5))
    for cause, effect in make.disjoint(6):
        make.link(cause, effect, gap=3)


def _forks(make: Making) -> None:
    """One cause with two or three effects, which have nothing to do with each other."""
    for one in range(make.count):
        make.err(one, poisson(make, make.between(0.3, 2)))
    drawn = [int(one) for one in make.rng.permutation(make.count)]
    for cause in (drawn[0], drawn[1]):
        for effect in drawn[2 + 3 * drawn.index(cause) :][: int(make.rng.integers(2, 4))]:
            make.link(cause, effect)


def _chains(make: Making) -> None:
    """A to B to C, now and then to D."""
    for one in range(make.count):
        make.err(one, poisson(make, make.between(0.3, 1.5)))
    drawn = [int(one) for one in make.rng.permutation(make.count)]
    for begin, length in ((0, 3), (3, 3), (6, int(make.rng.integers(3, 5)))):
        chain = drawn[begin : begin + length]
        for cause, effect in itertools.pairwise(chain):
            make.link(cause, effect, lag=make.between(1, 11))


def _shocks(make: Making) -> None:
    """Something outside that no one reports hits several systems within minutes, in no order."""
    for one in range(make.count):
        make.err(one, poisson(make, make.between(0.3, 2)))
    drawn = [int(one) for one in make.rng.permutation(make.count)]
    for group in (drawn[:4], drawn[4:7]):
        shocks = poisson(make, make.between(0.15, 0.4))
        for one in group:
            hit = shocks[make.rng.random(shocks.size) < make.between(0.6, 0.9)]
            make.err(one, hit + make.rng.uniform(0, 8, hit.size))
    for cause, effect in ((drawn[7], drawn[8]), (drawn[9], drawn[10]), (drawn[11], drawn[12]), (drawn[13], drawn[14])):
        make.link(cause, effect)


def _outages(make: Making) -> None:
    """Each system has a few bad half days of its own, of many errors, and some last longer than others'."""
    for one in range(make.count):
        make.err(one, poisson(make, make.between(0.2, 1)))
        for _ in range(int(make.rng.integers(2, 6))):
            begin, lasts = make.between(0, MINUTES), make.between(240, 1_440)
            make.err(one, begin + make.rng.uniform(0, lasts, make.rng.poisson(lasts / make.between(15, 60))))
    for cause, effect in make.disjoint(5):
        make.link(cause, effect, gap=10)


def _deploys(make: Making) -> None:
    """On a few days everyone fails for hours."""
    for one in range(make.count):
        make.err(one, poisson(make, make.between(0.3, 2)))
    for _ in range(int(make.rng.integers(3, 6))):
        begin, lasts = float(make.rng.integers(0, DAYS)) * 1_440 + make.between(540, 900), make.between(120, 360)
        for one in range(make.count):
            if make.rng.random() < 0.8:
                make.err(one, begin + make.rng.uniform(0, lasts, make.rng.poisson(lasts / make.between(20, 60))))
    for cause, effect in make.disjoint(5):
        make.link(cause, effect)


def _lumps(make: Making) -> None:
    """Errors at a fixed time of the day beside others' nightly runs; errors logged twice, events that come late."""
    make.doubled, make.late = 0.2, 0.05
    hour = float(make.rng.integers(0, 5)) * 60
    for one in range(make.count):
        make.err(one, poisson(make, make.between(0.2, 1.5)))
        if make.rng.random() < 0.5:
            days = np.flatnonzero(make.rng.random(DAYS) < make.between(0.2, 0.7))
            make.err(one, days * 1_440 + hour + make.between(0, 40) + make.rng.normal(0, 2, days.size))
        if make.rng.random() < 0.4:
            make.run(one, every=1_440, offset=hour + make.between(0, 40), failing=make.between(0, 0.1), takes=10)
    for cause, effect in make.disjoint(5):
        make.link(cause, effect)


def _everyday(make: Making) -> None:
    """Some of everything: no two systems are of one kind."""
    kinds: list[Callable[[int], None]] = [
        lambda one: make.err(one, poisson(make, make.between(0.2, 2))),
        lambda one: make.err(one, clusters(make, make.between(0.3, 1), 0.6, 8)),
        lambda one: make.err(one, poisson(make, make.between(0.5, 3), office)),
        lambda one: make.err(one, poisson(make, make.between(5, 15), by_hour(make.between(0, 24), 0.8))),
        lambda one: make.run(one, every=60, offset=float(make.rng.choice([0, 0, 5, 30])), failing=0.03),
        lambda one: make.run(one, every=1_440, offset=make.between(0, 300), failing=0.15, jitter=5, skipped=0.05),
        lambda one: make.run(one, every=15, offset=0, failing=0.01, sticky=0.3),
    ]
    for one in range(make.count):
        kinds[int(make.rng.integers(len(kinds)))](one)
        if make.rng.random() < 0.3:
            make.err(one, poisson(make, make.between(0.1, 1)))
    make.doubled, make.late = 0.05, 0.02
    for cause, effect in make.forward(6):
        make.link(cause, effect, gap=10)


def _rare(make: Making) -> None:
    """Causes that fail eight to sixteen times in the ninety days, and systems that are hardly ever heard of."""
    for one in range(make.count):
        make.err(one, poisson(make, make.between(0.09, 0.25)))
    for cause, effect in make.disjoint(6):
        make.err(cause, np.sort(make.rng.uniform(0, MINUTES, int(make.rng.integers(6, 10)))))
        make.link(cause, effect)


def _dense(make: Making) -> None:
    """Twelve links among twenty systems, forks and chains as they come, in office hours."""
    for one in range(make.count):
        make.err(one, poisson(make, make.between(0.3, 2), office if make.rng.random() < 0.5 else None))
    for cause, effect in make.forward(12):
        make.link(cause, effect, lag=make.between(1, 15))


def _drift(make: Making) -> None:
    """Rates that are low for weeks and high for weeks: everyone's with the season, and each one's own."""
    season = make.between(30, 60) * 1_440
    for one in range(make.count):
        turn = make.between(10, 80) * 1_440
        low, high = make.between(0.1, 0.6), make.between(2, 6)

        def weight(minutes: Floats, turn: float = turn, low: float = low) -> Floats:
            return np.where(minutes > turn, 1.5, low) * np.where(minutes > season, 2.0, 0.4)

        make.err(one, poisson(make, high, weight))
    for cause, effect in make.disjoint(5):
        make.link(cause, effect)


def _frantic(make: Making) -> None:
    """Thirty to eighty errors a day each, some of them caused by others'."""
    for one in range(make.count):
        make.err(one, poisson(make, make.between(30, 80), by_hour(make.between(0, 24), 0.5)))
    for cause, effect in make.disjoint(5):
        make.link(cause, effect, gap=0)


def _nightly(make: Making) -> None:
    """Jobs of every night at quarters of an hour; some need what another wrote a quarter before."""
    for one in range(make.count):
        hour = float(make.rng.integers(0, 4)) * 60 + float(make.rng.choice([0, 15, 30, 45]))
        make.run(one, every=1_440, offset=hour, takes=6, failing=make.between(0.04, 0.15))
    for cause, effect in make.disjoint(5):
        begin = make.schedules[cause][0].started[0]
        make.schedules[cause], make.schedules[effect] = [], []
        make.run(cause, every=1_440, offset=float(begin), takes=6, failing=make.between(0.12, 0.25))
        make.run(
            effect, every=1_440, offset=float(begin) + make.between(14, 25), takes=6, failing=make.between(0.02, 0.08)
        )
        make.link(cause, effect, shows="run")


def _logged(make: Making) -> None:
    """Runs every half hour to six hours; one that fails logs errors as well, and there are other errors besides."""
    for one in range(make.count):
        every = float(make.rng.choice([30, 60, 120, 360]))
        make.run(one, every=every, offset=make.between(0, 29), takes=5, failing=make.between(0.02, 0.08))
        make.err(one, poisson(make, make.between(0.1, 1)))
        schedule = make.schedules[one][0]
        ended = schedule.finished[schedule.failed]
        make.err(one, ended - make.rng.uniform(0, 1, ended.size), "out_of_memory")
    for cause, effect in make.disjoint(5):
        make.link(cause, effect, gap=10)


def _storms(make: Making) -> None:
    """A failure of the cause is followed by several errors of the effect; the others err in storms as well."""
    for one in range(make.count):
        make.err(one, _stormy(make, poisson(make, make.between(0.2, 1))))
    for cause, effect in make.disjoint(6):
        make.link(cause, effect, gap=20)
        if make.planted:
            moments, category = make.errors[effect].pop()
            make.err(effect, _stormy(make, moments), category)


def _stormy(make: Making, moments: Floats) -> Floats:
    """Each moment with up to six more in the ten minutes after it."""
    again = np.repeat(moments, make.rng.integers(0, 7, moments.size))
    return np.sort(np.concatenate([moments, again + make.rng.uniform(0, 10, again.size)]))


def _retries(make: Making) -> None:
    """Whoever fails tries again every few minutes until it is mended, an hour or two later."""
    begun = {one: poisson(make, make.between(0.15, 0.5)) for one in range(make.count)}
    for one, moments in begun.items():
        make.err(one, _tried_again(make, moments))
    for cause, effect in make.disjoint(5):
        if make.planted:
            make.errors[cause] = []
            make.err(cause, begun[cause])
        make.link(cause, effect)
        if make.planted:
            make.errors[cause] = []
            make.err(cause, _tried_again(make, begun[cause]))
            moments, category = make.errors[effect].pop()
            make.err(effect, _tried_again(make, moments), category)


def _tried_again(make: Making, moments: Floats) -> Floats:
    """Each moment and those after it, at even steps of 3 to 12 minutes, for up to 90 minutes."""
    told = [
        begin + step * np.arange(1 + int(lasts / step))
        for begin, step, lasts in zip(
            moments, make.rng.uniform(3, 12, moments.size), make.rng.uniform(5, 90, moments.size), strict=True
        )
    ]
    return np.sort(np.concatenate([*told, np.empty(0)]))


MIXES: dict[str, Callable[[Making], None]] = {
    "quiet": _quiet,
    "steady": _steady,
    "bursty": _bursty,
    "diurnal": _diurnal,
    "weekly": _weekly,
    "cron": _cron,
    "sticky_cron": _sticky_cron,
    "refresh": _refresh,
    "busy": _busy,
    "busy_hours": _busy_hours,
    "forks": _forks,
    "chains": _chains,
    "shocks": _shocks,
    "outages": _outages,
    "deploys": _deploys,
    "lumps": _lumps,
    "rare": _rare,
    "dense": _dense,
    "drift": _drift,
    "frantic": _frantic,
    "nightly": _nightly,
    "logged": _logged,
    "storms": _storms,
    "retries": _retries,
    "everyday": _everyday,
}
BUSY = ("busy", "busy_hours", "frantic")

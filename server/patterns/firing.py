"""How often what sets a pattern off has fired: a pattern that stays away while its cause keeps firing is mended, not untested."""

from collections.abc import Callable

import numpy as np

from server.patterns.history import Bools, History, Ints


def firings(history: History, system_id: str, trigger: str, since: int) -> int:
    """How often the trigger of that system fired after the moment `since` (microseconds since 1970).

    Triggers: `run` (any run, at its beginning), `failure` (a failed run at its end, an error or an incident),
    `error:<category>` (an error or incident of that category), `write:<resource>` and `read:<resource>` (an access to
    the resource of that canonical name, at its beginning), `metric:<name>` (a figure). An empty `system_id` counts
    every system. Raises ValueError for a trigger that is none of these.
    """
    word, _, subject = trigger.partition(":")
    count = _COUNTED.get(word)
    if count is None or bool(subject) != (word in _WITH_SUBJECT):
        raise ValueError(f"{trigger!r} is no trigger: run, failure, {', '.join(f'{one}:…' for one in _WITH_SUBJECT)}")
    system = _position(history.systems, system_id)
    if system_id and system < 0:
        return 0
    return count(history, system, subject, since)


def _runs(history: History, system: int, _: str, since: int) -> int:
    return _after(history.runs.started, history.runs.system, system, since)


def _failures(history: History, system: int, _: str, since: int) -> int:
    runs, troubles = history.runs, history.troubles
    failed = _after(runs.finished, runs.system, system, since, runs.failed)
    return failed + _after(troubles.at, troubles.system, system, since)


def _errors(history: History, system: int, category: str, since: int) -> int:
    troubles = history.troubles
    alike = troubles.category == _position(history.categories, category)
    return _after(troubles.at, troubles.system, system, since, alike)


def _writes(history: History, system: int, resource: str, since: int) -> int:
    accesses = history.accesses
    there = accesses.write & (accesses.resource == _position(history.resources, resource))
    return _after(accesses.started, accesses.system, system, since, there)


def _reads(history: History, system: int, resource: str, since: int) -> int:
    accesses = history.accesses
    there = ~accesses.write & (accesses.resource == _position(history.resources, resource))
    return _after(accesses.started, accesses.system, system, since, there)


def _figures(history: History, system: int, name: str, since: int) -> int:
    metrics = history.metrics
    return _after(metrics.at, metrics.system, system, since, metrics.name == _position(history.metric_names, name))


def _after(at: Ints, systems: Ints, system: int, since: int, among: Bools | None = None) -> int:
    chosen = at > since
    if system >= 0:
        chosen &= systems == system
    if among is not None:
        chosen &= among
    return int(np.count_nonzero(chosen))


def _position(names: tuple[str, ...], name: str) -> int:
    """-2 where the name does not occur: -1 in a column means that nothing was told."""
    return names.index(name) if name in names else -2


_COUNTED: dict[str, Callable[[History, int, str, int], int]] = {
    "run": _runs,
    "failure": _failures,
    "error": _errors,
    "write": _writes,
    "read": _reads,
    "metric": _figures,
}
_WITH_SUBJECT = ("error", "write", "read", "metric")

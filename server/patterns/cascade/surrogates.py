"""A second, independent look at a link: the cause's moments moved by whole days must not fit as well."""

import numpy as np

from server.patterns.cascade.episodes import DAY
from server.patterns.cascade.links import Link
from server.patterns.cascade.permuted import exposed_at
from server.patterns.cascade.scene import Scene

_FEWEST = 5
_SHIFTS = 39
"""So that standing out from all of them is a p-value of 1/40."""


def stands_shifted_days(scene: Scene, link: Link) -> bool:
    """Whether more episodes follow the cause than would follow it on any other day (circular shifts by whole days).

    A weekly rhythm of both is kept by shifts of whole weeks, so those are left out where the cause itself is weekly.
    """
    history = scene.history
    days = (history.until - history.since) // DAY
    effects, causes = scene.effects(link).at, scene.causes(link).at
    if link.together < _FEWEST or days < 2:
        return False
    span = days * DAY
    shifts = np.unique(np.linspace(1, days - 1, min(_SHIFTS, days - 1)).astype(np.int64))
    shifts = shifts[shifts % 7 != 0]
    for shift in shifts.tolist():
        moment = scene.moment(causes)
        moved = np.sort(causes - moment + (moment - history.since + shift * DAY) % span + history.since)
        if int(exposed_at(effects, moved, link.window).sum()) >= link.together:
            return False
    return len(shifts) > 0

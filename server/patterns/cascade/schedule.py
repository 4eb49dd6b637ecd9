"""Schedules as they show in the moments themselves: what keeps time so well that it tells nothing of causes."""

import numpy as np

from server.patterns.cascade.episodes import DAY, MINUTE
from server.patterns.history import Ints

_SECOND = 1_000_000
_KEEPS_TIME = MINUTE
"""How far two distances between firings may differ for a schedule that was neither skipped nor late."""
_FEWEST = 3
_NEARLY_ALL = 0.9
_ABOUT_A_DAY = 1.5 * DAY


def keeps_time(at: Ints) -> bool:
    """Whether all distances between moments are alike: nothing was skipped, nothing late."""
    if len(at) < _FEWEST:
        return False
    distances = np.diff(at)
    return bool(distances.max() - distances.min() <= 2 * _KEEPS_TIME)


def longer_than_a_day(firings: Ints) -> bool:
    """Whether the usual distance between firings is well above a day, as of weekly runs."""
    return len(firings) > 1 and float(np.median(np.diff(firings))) > _ABOUT_A_DAY


def schedule_explains(firings: Ints, cause_at: Ints, effect_at: Ints) -> bool:
    """Whether a pair is periodic through and through, so that nothing tells two schedules from a cause.

    `firings` are all of the cause's, `cause_at` those that were followed, by `effect_at`. Any firing that was skipped,
    late or not followed, and a lag that varies by minutes, tells them apart; so does an effect that keeps to the
    cause more closely than the cause keeps time.
    """
    if len(cause_at) < len(firings) - 1 or not keeps_time(firings):
        return False
    lag = effect_at - cause_at
    if int(lag.max() - lag.min()) > 2 * _KEEPS_TIME:
        return False
    return not _follows_closely(cause_at, effect_at)


def _follows_closely(cause_at: Ints, effect_at: Ints) -> bool:
    if len(cause_at) < _FEWEST:
        return False
    wander = float(np.std(np.diff(cause_at)))
    return wander > 5 * _SECOND and wander > 5 * float(np.std(effect_at - cause_at))


def follows_a_schedule(firings: Ints, followed: int, together: int, episodes: int) -> bool:
    """Whether nearly every firing was followed, and most of the effect came so: two schedules would look the same."""
    return followed >= _NEARLY_ALL * len(firings) and 2 * together >= episodes

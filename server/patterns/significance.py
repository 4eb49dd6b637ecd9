"""How surprising a count is: tails of sums of unequal chances, and what many looks at once cost."""

import math

import numpy as np

from server.patterns.history import Bools, Floats, Ints

_TILT_STEPS = 60
_MOST_GROUPS = 96


def upper_tail(chances: Floats, counts: Ints, least: float) -> float:
    """The probability that at least `least` of independent trials succeed; `counts[i]` of them have `chances[i]`.

    Exact up to rounding, also far out in the tail: the distribution is tilted until its mean lies at `least`,
    convolved by way of its characteristic function, and tilted back.
    """
    wanted = math.ceil(least - 1e-9)
    if wanted <= 0:
        return 1.0
    certain = int(counts[chances >= 1.0].sum())
    open_ = (chances > 0.0) & (chances < 1.0) & (counts > 0)
    p, n = chances[open_], counts[open_].astype(np.float64)
    wanted, trials = wanted - certain, int(n.sum())
    if wanted <= 0:
        return 1.0
    if wanted > trials:
        return 0.0
    if wanted == trials:
        return float(np.exp((n * np.log(p)).sum()))
    if len(p) > _MOST_GROUPS:
        p, n = _grouped(p, n)
    tilt = _tilt(p, n, wanted) if wanted > float((p * n).sum()) else 0.0
    scale = 1.0 - p + p * math.exp(tilt)
    tilted = p * math.exp(tilt) / scale
    turn = np.exp(-2j * np.pi * np.arange(trials + 1) / (trials + 1))
    transform = np.ones(trials + 1, dtype=np.complex128)
    for chance, count in zip(tilted.tolist(), n.tolist(), strict=True):
        transform *= (1.0 - chance + chance * turn) ** count
    density = np.fft.ifft(transform).real[wanted:]
    log_scale = float((n * np.log(scale)).sum()) - tilt * wanted
    back = np.exp(-tilt * np.arange(trials + 1 - wanted))
    return float(min(1.0, max(0.0, math.exp(min(0.0, log_scale)) * float((density * back).sum()))))


def _grouped(p: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Fewer groups, each with the largest of the chances in it, so that the tail never comes out too small."""
    step = np.floor(np.log(p / p.min()) / max(math.log(p.max() / p.min()), 1e-9) * (_MOST_GROUPS - 1))
    steps, group = np.unique(step, return_inverse=True)
    largest = np.zeros(len(steps))
    np.maximum.at(largest, group, p)
    return largest, np.bincount(group, weights=n).astype(np.float64)


def _tilt(p: Floats, n: Floats, wanted: int) -> float:
    """The tilt under which the mean is `wanted`, by bisection."""
    low, high = 0.0, 60.0
    for _ in range(_TILT_STEPS):
        middle = (low + high) / 2
        weight = p * math.exp(middle)
        if float((n * weight / (1.0 - p + weight)).sum()) < wanted:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def rough_tail(counted: Floats, trials: Floats, mean: Floats) -> Floats:
    """An upper bound of `upper_tail` for many at once (Chernoff and Hoeffding): 1 where the count is not above its mean."""
    share, chance = counted / np.maximum(trials, 1.0), np.clip(mean / np.maximum(trials, 1.0), 1e-12, 1.0)
    share = np.minimum(share, 1.0)
    rest, other = 1.0 - share, np.maximum(1.0 - chance, 1e-12)
    distance = share * np.log(np.maximum(share, 1e-12) / chance) + rest * np.log(np.maximum(rest, 1e-12) / other)
    bound: Floats = np.where(share > chance, np.exp(-trials * distance), 1.0)
    return bound


def false_discovery_rates(p_values: Floats, tests: int) -> Floats:
    """q-values by Benjamini and Hochberg (1995) for the smallest of `tests` p-values; those not given count as 1."""
    order = np.argsort(p_values, kind="stable")
    ranks = np.arange(1, len(p_values) + 1)
    ratios = p_values[order] * max(tests, len(p_values)) / ranks
    adjusted = np.minimum(np.minimum.accumulate(ratios[::-1])[::-1], 1.0)
    rates = np.empty_like(adjusted)
    rates[order] = adjusted
    return rates


def rates_by_family(p_values: Floats, family: Bools, tests: tuple[int, int]) -> Floats:
    """q-values where two families are corrected each on its own: those outside (`tests[0]`) and those in it (`tests[1]`)."""
    rates = np.ones(len(p_values))
    for inside, size in zip((False, True), tests, strict=True):
        chosen = family == inside
        rates[chosen] = false_discovery_rates(p_values[chosen], size)
    return rates

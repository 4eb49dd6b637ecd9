"""How surprising a count is: tails of sums of unequal chances, and what many looks at once cost."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from server.model.chance import log_choose
from server.patterns.history import Bools, Floats, Ints

_TILT_STEPS = 40
_MOST_GROUPS = 96


@dataclass(frozen=True)
class Urn:
    """Draws without replacement: so many of the places are marked, so many are drawn."""

    marked: int
    places: int
    drawn: int

    @property
    def mean(self) -> float:
        """Marked ones among the drawn, by chance."""
        return self.marked * self.drawn / self.places

    def density(self) -> tuple[int, Floats]:
        """The fewest marked ones that can be drawn, and the logarithm of the probability of that many, one more, …"""
        low, high = max(0, self.drawn + self.marked - self.places), min(self.drawn, self.marked)
        whole = log_choose(self.places, self.drawn)
        return low, np.array(
            [
                log_choose(self.marked, hit) + log_choose(self.places - self.marked, self.drawn - hit) - whole
                for hit in range(low, high + 1)
            ]
        )


def upper_tail(chances: Floats, counts: Ints, least: float, urns: Sequence[Urn] = ()) -> float:
    """The probability that at least `least` of independent trials succeed; `counts[i]` of them have `chances[i]`.

    Successes drawn from urns count as well. Exact up to rounding, also far out in the tail: the distribution is tilted
    until its mean lies at `least`, convolved by way of its characteristic function, and tilted back.
    """
    certain = int(counts[chances >= 1.0].sum())
    open_ = (chances > 0.0) & (chances < 1.0) & (counts > 0)
    p, n = chances[open_], counts[open_].astype(np.float64)
    if len(p) > _MOST_GROUPS:
        p, n = _grouped(p, n)
    densities = []
    for urn in urns:
        low, density = urn.density()
        certain += low
        if len(density) > 1:
            densities.append(density)
    wanted = math.ceil(least - 1e-9) - certain
    trials = int(n.sum()) + sum(len(density) - 1 for density in densities)
    if wanted <= 0:
        return 1.0
    if wanted > trials:
        return 0.0
    tilt = _tilt(p, n, densities, wanted)
    scale = 1.0 - p + p * math.exp(tilt)
    log_scale = float((n * np.log(scale)).sum())
    turn = np.exp(-2j * np.pi * np.arange(trials + 1) / (trials + 1))
    transform = np.ones(trials + 1, dtype=np.complex128)
    for chance, count in zip((p * math.exp(tilt) / scale).tolist(), n.tolist(), strict=True):
        transform *= (1.0 - chance + chance * turn) ** count
    for density in densities:
        tilted, log_sum = _tilted(density, tilt)
        log_scale += log_sum
        transform *= np.fft.fft(tilted, trials + 1)
    back = np.exp(-tilt * np.arange(trials + 1 - wanted))
    rest = float((np.fft.ifft(transform).real[wanted:] * back).sum())
    return 0.0 if rest <= 0.0 else math.exp(min(0.0, log_scale - tilt * wanted + math.log(rest)))


def _tilted(log_density: Floats, tilt: float) -> tuple[Floats, float]:
    weights = log_density + tilt * np.arange(len(log_density))
    most = float(weights.max())
    grown = np.exp(weights - most)
    return grown / grown.sum(), most + math.log(float(grown.sum()))


def _tilt(p: Floats, n: Floats, densities: list[Floats], wanted: int) -> float:
    """The tilt under which the mean is `wanted`, by bisection; none where the mean lies above it already."""

    def mean(tilt: float) -> float:
        weight = p * math.exp(tilt)
        drawn = sum(float((_tilted(one, tilt)[0] * np.arange(len(one))).sum()) for one in densities)
        return float((n * weight / (1.0 - p + weight)).sum()) + drawn

    low, high = 0.0, 60.0
    if mean(low) >= wanted:
        return low
    for _ in range(_TILT_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if mean(middle) < wanted else (low, middle)
    return (low + high) / 2


def _grouped(p: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Fewer groups, each with the largest of the chances in it, so that the tail never comes out too small."""
    step = np.floor(np.log(p / p.min()) / max(math.log(p.max() / p.min()), 1e-9) * (_MOST_GROUPS - 1))
    steps, group = np.unique(step, return_inverse=True)
    largest = np.zeros(len(steps))
    np.maximum.at(largest, group, p)
    return largest, np.bincount(group, weights=n).astype(np.float64)


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

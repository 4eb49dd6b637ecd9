"""How often the trend of a weekly figure shows where nothing changed, and how often where something did.

    python -m tests.benchmarks.bench_trends [--histories 4000]

Each history has four weeks and four weeks more. The counts of a week are Poisson, or scatter wider (negative binomial, the
variance three times the mean, or a size of 5), or hang together from week to week (a mean that wanders by 30 %, as much of it
kept from one week to the next as is said). Beside the exact test of the server stands Student's test of the square roots.
"""

import argparse
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from server.knowledge.weekly.trend import Trend, trend

Histories = NDArray[np.float64]
EFFECTS = (0.0, -0.3, 0.3, -0.5, 0.5)
MEANS = (3, 20, 100)
WANDERS = 0.3
CRITICAL = 2.4469
"""Of Student's t with six degrees of freedom, for p = .05 on both sides."""


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--histories", type=int, default=4_000)
    histories = parser.parse_args().histories
    draw = np.random.default_rng(20260405)
    effects = " | ".join("nothing" if not effect else f"{effect:+.0%}" for effect in EFFECTS)
    print(
        f"| weeks | errors a week | {effects} | Student, nothing | Student, -50% |\n|---|---|{'---|' * (len(EFFECTS) + 2)}"
    )
    for name, scatter in scatters(draw).items():
        for mean in MEANS:
            found = [told(scatter(expected(mean, effect, histories))) for effect in EFFECTS]
            rivals = [by_student(scatter(expected(mean, effect, histories))) for effect in (0.0, -0.5)]
            print(f"| {name} | {mean} | {' | '.join(f'{100 * share:.1f} %' for share in [*found, *rivals])} |")


def expected(mean: float, effect: float, histories: int) -> Histories:
    """The means of the weeks: the last four differ by that share."""
    weeks = np.full((histories, 8), float(mean))
    weeks[:, 4:] *= 1 + effect
    return weeks


def scatters(draw: np.random.Generator) -> Mapping[str, Callable[[Histories], Histories]]:
    """How the counts of weeks fall around their means."""
    return {
        "Poisson": lambda means: draw.poisson(means).astype(np.float64),
        "variance 3 x mean": lambda means: draw.poisson(draw.gamma(means / 2, 2)).astype(np.float64),
        "negative binomial, size 5": lambda means: draw.poisson(draw.gamma(5, means / 5)).astype(np.float64),
        "wandering, .3 kept": lambda means: wandering(draw, means, 0.3),
        "wandering, .5 kept": lambda means: wandering(draw, means, 0.5),
    }


def wandering(draw: np.random.Generator, means: Histories, kept: float) -> Histories:
    """Poisson around means that drift from week to week."""
    drift = draw.normal(size=means.shape)
    for week in range(1, means.shape[1]):
        drift[:, week] = kept * drift[:, week - 1] + np.sqrt(1 - kept**2) * drift[:, week]
    return draw.poisson(means * np.exp(WANDERS * drift - WANDERS**2 / 2)).astype(np.float64)


def told(histories: Histories) -> float:
    """The share of histories of which a trend is told."""
    return sum(trend(weeks, less_is_better=True) is not Trend.STABLE for weeks in histories.tolist()) / len(histories)


def by_student(histories: Histories) -> float:
    """The same by Student's test of the square roots, which presumes that weeks scatter alike and know nothing of each other."""
    before, after = np.sqrt(histories[:, :4] + 0.375), np.sqrt(histories[:, 4:] + 0.375)
    spread = np.sqrt((before.var(axis=1, ddof=1) + after.var(axis=1, ddof=1)) / 4)
    return float(np.mean(np.abs(after.mean(axis=1) - before.mean(axis=1)) > CRITICAL * spread))


if __name__ == "__main__":
    main()

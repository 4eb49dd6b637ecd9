"""Quality week by week: the means of each system's quality figures, turned so that less is always worse, and their changes."""

import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from server.model.moments import DAY
from server.patterns.history import Bools, Floats, History, Ints

WEEK = 7 * DAY
_MORE_IS_BETTER = frozenset(
    "accuracy accurate acc quality f1 fscore precision recall score auc auroc roc success hit hits win wins pass passed passing "
    "coverage completeness correctness correct r2 ndcg map mrr bleu rouge satisfaction nps csat sharpe reliability resolved "
    "agreement exact relevance faithfulness groundedness".split()
)
_LESS_IS_BETTER = frozenset(
    "error errors failure failures fail failed loss mae mse rmse mape smape wer cer drift brier miss misses missed rejection "
    "rejections rejected reject defect defects hallucination hallucinations mistake mistakes wrong incorrect invalid incidents "
    "complaints bounce churn timeout timeouts".split()
)
_PIECES = re.compile(r"[A-Z]+(?=[A-Z][a-z]|\d|\b|_)|[A-Z]?[a-z]+\d?|\d+")


def turn(name: str) -> int:
    """1 where more of the metric is better, -1 where less is, 0 where it is no measure of quality.

    A false-positive rate and an error rate are better when less, whatever stands beside.
    """
    words = {piece.casefold() for piece in _PIECES.findall(name)}
    if words & _LESS_IS_BETTER or (
        "false" in words and words & {"positive", "positives", "negative", "negatives", "alarm"}
    ):
        return -1
    return 1 if words & _MORE_IS_BETTER else 0


@dataclass(frozen=True)
class Weekly:
    """Series by weeks. NaN where a week has no figure, or where a change lacks the week before."""

    system: Ints
    """Of each series, as name."""
    name: Ints
    turned: Ints
    begin: int
    """When the first week begins."""
    level: Floats
    """Series by weeks: means, less is worse."""
    row: Ints
    """Of each figure that counts its series, its week and its position in the metrics."""
    week: Ints
    figure: Ints

    @cached_property
    def change(self) -> Floats:
        """Series by weeks but the first: from each week to the next."""
        steps: Floats = np.diff(self.level, axis=1)
        return steps

    def week_ends(self) -> Ints:
        """When the week of each change ends."""
        ends: Ints = self.begin + WEEK * np.arange(2, self.level.shape[1] + 1)
        return ends

    def figures(self, row: int, week: int) -> Ints:
        """Positions of the figures of a series in a week."""
        chosen: Ints = self.figure[(self.row == row) & (self.week == week)]
        return chosen


def weekly_of(history: History) -> Weekly:
    """The weeks of all quality figures. They begin on whichever weekday leaves the fewest weeks without a figure."""
    metrics = history.metrics
    turns = np.array([turn(name) for name in history.metric_names] or [0], np.int64)
    chosen = np.flatnonzero((turns[metrics.name] != 0) & (metrics.at >= history.since) & (metrics.at < history.until))
    width = len(history.metric_names) + 1
    codes, row = np.unique(metrics.system[chosen] * width + metrics.name[chosen], return_inverse=True)
    at = metrics.at[chosen]
    begin = _best_begin(at, row, history.since)
    week = (at - begin) // WEEK
    weeks = int(week.max(initial=0)) + 1
    cells = row * weeks + week
    many = np.bincount(cells, minlength=len(codes) * weeks).reshape(len(codes), weeks)
    sums = np.bincount(cells, metrics.value[chosen], minlength=len(codes) * weeks).reshape(len(codes), weeks)
    name = codes % width
    turned = turns[name]
    level = np.where(many > 0, sums / np.maximum(many, 1), np.nan) * turned[:, None]
    return Weekly(codes // width, name, turned, begin, level, row, week, chosen)


def _best_begin(at: Ints, row: Ints, since: int) -> int:
    """Monday 00:00 UTC or a later weekday, whichever spreads the figures over most weeks; the first of equal ones."""
    monday = since - (since + 3 * DAY) % WEEK
    best, most = monday, -1
    for days in range(7):
        begin = monday + days * DAY - (WEEK if days else 0)
        held = len(np.unique(row * 1_000 + (at - begin) // WEEK))
        if held > most:
            best, most = begin, held
    return best


@dataclass(frozen=True)
class Correlations:
    """Of every series with every other: Pearson's r of the changes that both have, and how many those are."""

    r: Floats
    common: Ints


def correlations(change: Floats) -> Correlations:
    """For all pairs at once, each over the weeks that both have; 0 where one of them doesn't vary."""
    has = ~np.isnan(change)
    held = np.where(has, change, 0.0)
    centred = np.where(has, held - held.sum(axis=1, keepdims=True) / np.maximum(has.sum(axis=1, keepdims=True), 1), 0.0)
    here = has.astype(np.float64)
    common = here @ here.T
    sums, squares = centred @ here.T, (centred**2) @ here.T
    many = np.maximum(common, 1.0)
    covariance = centred @ centred.T - sums * sums.T / many
    variance = np.maximum(squares - sums**2 / many, 0.0)
    scale = np.sqrt(variance * variance.T)
    varied = (variance > 1e-9 * np.maximum(squares, 1e-300)) & (variance > 1e-24)
    r = np.where(varied & varied.T, covariance / np.maximum(scale, 1e-300), 0.0)
    return Correlations(np.clip(r, -1.0, 1.0), common.astype(np.int64))


def by_chance(r: Floats, freedom: Floats) -> Floats:
    """How likely independent series have at least this r: Student's t with so many degrees of freedom, one-sided.

    By the regularised incomplete beta function, integrated numerically; exact enough far below any level used here.
    """
    distinct, place = np.unique(np.stack([np.round(r, 6), np.round(freedom, 3)]), axis=1, return_inverse=True)
    tails = np.array([_tail(float(one), float(df)) for one, df in distinct.T])
    tail: Floats = tails[place.reshape(-1)]
    return tail


def _tail(r: float, freedom: float) -> float:
    """P(R ≥ r) where the density of R is (1 - x²)^(freedom/2 - 1), here over x = sin t."""
    if r >= 1.0:
        return 0.0
    turns = np.linspace(-np.pi / 2, np.pi / 2, 4_001)
    whole = np.cos(turns) ** max(freedom - 1.0, 0.0)
    begin = np.arcsin(max(r, -1.0))
    part = np.linspace(begin, np.pi / 2, 4_001)
    upper = np.cos(part) ** max(freedom - 1.0, 0.0)
    return float(np.trapezoid(upper, part) / np.trapezoid(whole, turns))


def ranked(row: Floats) -> Floats:
    """Ranks, ties at their mean."""
    _, place, many = np.unique(row, return_inverse=True, return_counts=True)
    ends = np.cumsum(many)
    ranks: Floats = (ends - (many - 1) / 2.0)[place]
    return ranks


def falls(levels: Floats) -> tuple[float, float, int, int]:
    """(deepest fall from an earlier height, highest rise from an earlier depth, week of the height, week of the depth)."""
    heights = np.maximum.accumulate(levels)
    depths = np.minimum.accumulate(levels)
    bottom = int(np.argmax(heights - levels))
    top = int(np.argmax(levels[: bottom + 1]))
    return float((heights - levels).max()), float((levels - depths).max()), top, bottom


def present(series: Floats) -> Bools:
    """Where a series has a figure."""
    there: Bools = ~np.isnan(series)
    return there

"""How often chance alone gives what was counted, worked out without arrays."""

from math import comb, erfc, exp, lgamma, log, sqrt

_EXACT = 1_000
_MOST_TERMS = 200_000


def log_choose(places: int, drawn: int) -> float:
    """The logarithm of the number of ways to draw so many of so many places."""
    return lgamma(places + 1) - lgamma(drawn + 1) - lgamma(places - drawn + 1)


def one_sided_by_chance(more: int, fewer: int, share: float) -> float:
    """How likely at least `more` of all counts fall into the one time, which is `share` of both times.

    The exact test of two counts with one mean, given their sum: binomial (Przyborowski and Wilenski 1940); beyond 200,000
    counts its normal approximation.
    """
    total = more + fewer
    if more <= 0 or share >= 1.0:
        return 1.0
    if total > _MOST_TERMS:
        return 1.0 if more <= total * share else _normal_tail(more, total, share)
    if total <= _EXACT and share == 0.5:
        return float(sum(comb(total, some) for some in range(more, total + 1)) / 2**total)
    terms = (
        log_choose(total, some) + some * log(share) + (total - some) * log(1 - share) for some in range(more, total + 1)
    )
    return min(1.0, sum(exp(one) for one in terms))


def _normal_tail(more: int, total: int, share: float) -> float:
    spread = sqrt(max(total * share * (1 - share), 1e-9))
    return 0.5 * erfc((more - 0.5 - total * share) / spread / sqrt(2))

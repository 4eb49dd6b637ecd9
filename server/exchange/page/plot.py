"""A weekly figure as SVG that needs no script: a bar for each week, and the means of the two times that its trend compares."""

from collections.abc import Sequence
from dataclasses import dataclass

from server.exchange.page.timeline import told

WIDTH = 440
HEIGHT = 150
TOP = 14
BOTTOM = 24
LEFT = 44
RIGHT = 10
_INNER = HEIGHT - TOP - BOTTOM


@dataclass(frozen=True)
class Span:
    """Weeks whose mean is drawn."""

    first: int
    """Position of its first week."""
    weeks: int
    mean: float


def plot(name: str, title: str, bars: Sequence[tuple[str, float]], spans: Sequence[Span], trend: str) -> str:
    """The picture as an SVG element; empty without weeks. `bars`: of each week its Sunday and the figure, oldest first."""
    if not bars:
        return ""
    most = max([value for _, value in bars] + [span.mean for span in spans]) or 1.0
    step = (WIDTH - LEFT - RIGHT) / len(bars)
    middle = [_number(value) for _, value in bars]
    described = f"{trend}. {len(bars)} weeks up to {bars[-1][0]}, oldest first: {', '.join(middle)}."
    if spans:
        described += f" Means: {', then '.join(_number(span.mean) for span in spans)}."
    parts = [
        f'<svg class="plot" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="{told(name)}-t {told(name)}-d">',
        f'<title id="{told(name)}-t">{told(title)} a week</title><desc id="{told(name)}-d">{told(described)}</desc>',
        f'<path class="axis" d="M{LEFT} {TOP}V{HEIGHT - BOTTOM}H{WIDTH - RIGHT}"/>',
        f'<text x="{LEFT - 6}" y="{TOP + 4}" class="end">{_number(most)}</text>',
        f'<text x="{LEFT - 6}" y="{HEIGHT - BOTTOM + 4}" class="end">0</text>',
        f'<text x="{LEFT}" y="{HEIGHT - 6}">{told(bars[0][0])}</text>',
        f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 6}" class="end">{told(bars[-1][0])}</text>' if len(bars) > 1 else "",
    ]
    for number, (week, value) in enumerate(bars):
        tall = value / most * _INNER
        x, y = LEFT + number * step + step * 0.12, HEIGHT - BOTTOM - tall
        parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{step * 0.76:.1f}" height="{tall:.1f}">'
            f"<title>{told(week)}: {_number(value)}</title></rect>"
        )
    for span in spans:
        x, y = LEFT + span.first * step, HEIGHT - BOTTOM - span.mean / most * _INNER
        parts.append(
            f'<path class="mean" d="M{x:.1f} {y:.1f}h{span.weeks * step:.1f}">'
            f"<title>Mean {_number(span.mean)}</title></path>"
        )
    return "".join([*parts, "</svg>"])


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:,.3g}"

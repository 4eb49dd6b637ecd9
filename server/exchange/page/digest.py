"""The weekly digest as one page for people: no script, nothing from elsewhere, every text of a system escaped."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from string import Template

from server.exchange.page.document import inline_digest, page_part
from server.exchange.page.plot import Span, plot
from server.exchange.page.timeline import told
from server.knowledge.weekly.digest import in_short
from server.knowledge.weekly.trend import WEEKS, Trend
from server.knowledge.weekly.weeks import FIGURES, Week
from server.model.base import JsonObject
from server.model.knowledge import KnowledgeEntry
from server.registry.views import shortened

FILE_NAME = "learning_digest.html"
_LONGEST = 500
_NAMED = 8
"""Systems that are named in one cell."""
_COUNTS = {
    "total_promotions_across_systems": "Promotions",
    "total_rejections_across_systems": "Rejections",
    "new_shared_knowledge_entries": "New shared entries",
    "knowledge_transfers_completed": "Transfers completed",
    "cross_system_conflicts_resolved": "Conflicts resolved",
}
_TITLES = {
    "errors": "Errors",
    "error_rate": "Errors per system and day",
    "promotions": "Promotions",
    "rejections": "Rejections",
    "knowledge_transfers_completed": "Adoptions of shared entries",
    "knowledge_transfer_success_rate": "Share of measured adoptions that improved",
    "adoption_lag_days": "Days until an adoption (median)",
    "conflicts": "Conflicts found by checks",
}
_HEALTH = {
    Trend.IMPROVING: "The last four weeks are better than the four before; chance gives that in fewer than 5 of 100 cases.",
    Trend.STABLE: "The last four weeks differ from the four before by no more than chance may give.",
    Trend.DEGRADING: "The last four weeks are worse than the four before; chance gives that in fewer than 5 of 100 cases.",
}

_E_VALUE = "e-value: how many times better a real change explains the figures than chance does; below 3 it says hardly anything."
_LINES = "Lines: the mean of the last four whole weeks, and of the four before, which the trend compares."
_TOO_FEW = "There are fewer than eight whole weeks to compare."


@dataclass(frozen=True)
class Shown:
    """What the page is made of."""

    digest: JsonObject
    """As `concord://digests/{week}` has it."""
    entries: Sequence[KnowledgeEntry]
    """Those that were new in the week."""
    weeks: Sequence[Week]
    """Up to the digest's, the oldest first."""
    trends: Mapping[str, Trend]
    today: str
    """The day by which the trends were judged."""


def digest_page(shown: Shown) -> str:
    """The page's text."""
    style = page_part("digest.css")
    digest = shown.digest["digest"]
    health = Trend(digest["organizational_health"])
    return Template(page_part("digest.html")).substitute(
        policy=f"default-src 'none'; style-src {inline_digest(style)}; base-uri 'none'; form-action 'none'",
        style=style,
        week=told(shown.digest["week_ending"]),
        health=health.value,
        health_said=_HEALTH[health] if _whole_weeks(shown) >= 2 * WEEKS else _TOO_FEW,
        body="\n".join(part for part in _parts(shown, digest) if part),
    )


def _parts(shown: Shown, digest: JsonObject) -> Iterable[str]:
    yield f'<p class="insight">{told(digest["top_insight"])}</p>' if digest["top_insight"] else ""
    counts = "".join(f"<div><dt>{title}</dt><dd>{int(digest[name]):,}</dd></div>" for name, title in _COUNTS.items())
    yield f'<dl class="figures">{counts}</dl>'
    yield _section("New shared entries", _entries(shown.entries), "Nothing new was shared this week.")
    yield _section("Left out", _left_out(shown.digest.get("left_out", [])), "")
    yield _section(
        "Who needs attention",
        _table(
            ("System", "Reason"),
            [(told(one["system"]), _text(one["reason"])) for one in digest["systems_needing_attention"]],
        ),
        "Nobody.",
    )
    drawn = [name for name in FIGURES if any(week.figures[name] for week in shown.weeks)]
    plots = "".join(_plot(shown, name) for name in drawn)
    level = ", ".join(_TITLES[name].lower() for name in FIGURES if name not in drawn)
    rest = f'<p class="soft">0 in every week: {level}.</p>' if level and shown.weeks else ""
    lines = f'<p class="soft">{_LINES}</p>' if 'class="mean"' in plots else ""
    found = f'{lines}<div class="plots">{plots}</div>{rest}' if plots or rest else ""
    yield _section("Week by week", found, "No week was counted yet.")


def _section(title: str, content: str, otherwise: str) -> str:
    if not (content or otherwise):
        return ""
    return f"<section><h2>{title}</h2>{content or f'<p>{otherwise}</p>'}</section>"


def _entries(entries: Sequence[KnowledgeEntry]) -> str:
    rows = [
        (
            f"<b>{told(one.id)}</b><br><small>{told(one.type.value.replace('_', ' '))}</small>",
            f"{_text(one.title)}<br><small>{told(one.source_system)}</small>",
            _evidence(one),
            f'<span class="number">{"" if one.e_value is None else in_short(one.e_value).removeprefix("= ")}</span>',
            _names(one.applicable_to),
        )
        for one in entries
    ]
    table = _table(("Entry", "What was learned, by whom", "Evidence", "e-value", "May be of use to"), rows)
    return f'{table}<p class="soft">{_E_VALUE}</p>' if table else ""


def _evidence(entry: KnowledgeEntry) -> str:
    evidence = entry.evidence
    told_of = [evidence.before_metric, evidence.after_metric]
    figures = " → ".join(_text(one) for one in told_of if one)
    more = ", ".join(_text(one) for one in (evidence.improvement, evidence.observation_period) if one)
    return f"{figures}<br><small>{more}</small>" if figures and more else figures or more


def _left_out(rows: Sequence[JsonObject]) -> str:
    found = [
        (f'<span class="number">{int(one["rank"])}</span>', _text(one["title"]), _text(one["reason"])) for one in rows
    ]
    return _table(("Rank", "What it was", "Why it is left out"), found)


def _plot(shown: Shown, name: str) -> str:
    weeks = shown.weeks
    bars = [(week.week_ending, float(week.figures[name])) for week in weeks]
    whole = [place for place, week in enumerate(weeks) if week.is_whole(shown.today)]
    spans: list[Span] = []
    if len(whole) >= 2 * WEEKS:
        for first in (whole[-2 * WEEKS], whole[-WEEKS]):
            spans.append(Span(first, WEEKS, fmean(value for _, value in bars[first : first + WEEKS])))
    trend = shown.trends[name].value
    picture = plot(name, _TITLES[name], bars, spans, trend)
    caption = f'<figcaption>{_TITLES[name]} <span class="{trend}">{trend}</span></figcaption>'
    return f"<figure>{caption}{picture}</figure>"


def _whole_weeks(shown: Shown) -> int:
    return sum(week.is_whole(shown.today) for week in shown.weeks)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Cells are HTML already."""
    if not rows:
        return ""
    head = "".join(f'<th scope="col">{one}</th>' for one in heads)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _names(systems: Sequence[str]) -> str:
    more = f" and {len(systems) - _NAMED} more" if len(systems) > _NAMED else ""
    return told(", ".join(systems[:_NAMED]) + more)


def _text(text: str) -> str:
    return told(shortened(text, _LONGEST))

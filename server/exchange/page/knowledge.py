"""The page's section of shared knowledge: a table of what is current, the best supported first."""

from collections.abc import Sequence

from server.exchange.page.timeline import told
from server.model.knowledge import KnowledgeEntry
from server.model.wording import counted
from server.registry.views import shortened

MOST_ENTRIES = 100
_MOST_NAMES = 8
_LONGEST = 300
_HEADINGS = ("Entry", "What", "Evidence", "e", "Of use to", "Adopted", "Declined", "Until")


def knowledge_section(entries: Sequence[KnowledgeEntry], *, total: int) -> str:
    """HTML of a part that opens without a script; empty where there is no entry. Everything in it is escaped."""
    if not entries:
        return ""
    waiting = sum(bool(one.retest) for one in entries)
    said = counted(total, "entry", "entries") + (f", {waiting} to be tested again" if waiting else "")
    heads = "".join(f'<th scope="col">{told(heading)}</th>' for heading in _HEADINGS)
    rows = "".join(_row(one) for one in entries)
    left_out = f"<p>{total - len(entries):,} more are left out.</p>" if total > len(entries) else ""
    table = f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    return f'<details id="knowledge"><summary>Shared knowledge: {told(said)}</summary><div>{table}{left_out}</div></details>'


def _row(entry: KnowledgeEntry) -> str:
    evidence = entry.evidence
    figures = f"{evidence.before_metric} → {evidence.after_metric}" if evidence.after_metric else evidence.improvement
    reported = f"<small>as {told(entry.reported_by)} reports</small>" if entry.reported_by else ""
    retest = f"<p><b>To be tested again:</b> {_text(entry.retest[-1].reason)}</p>" if entry.retest else ""
    cells = (
        f"{told(entry.id)}<br><small>{told(entry.type.value.replace('_', ' '))}</small>",
        f"{_text(entry.title)} {reported}{retest}",
        _text(figures),
        told(f"{entry.e_value:,.3g}" if entry.e_value is not None else ""),
        *(_names(names) for names in (entry.applicable_to, entry.adopted_by, entry.declined_by)),
        told(entry.expires),
    )
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _names(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return told(", ".join(names[:_MOST_NAMES]) + more)


def _text(text: str) -> str:
    return told(shortened(text, _LONGEST))

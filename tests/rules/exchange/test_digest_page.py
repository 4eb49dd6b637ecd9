"""The weekly digest as a page: whole, readable without a script, and nothing that a system wrote is markup in it."""

from datetime import date, timedelta
from html.parser import HTMLParser
from typing import Any

from server.exchange.page.digest import Shown, digest_page
from server.exchange.page.plot import Span, plot
from server.knowledge.weekly.trend import Trend
from server.knowledge.weekly.weeks import FIGURES, Week
from server.model.knowledge import KnowledgeEntry

TRICK = '<script>alert("x")</script><img src=x onerror=y> & "quoted"'


def shown(**members: Any) -> Shown:
    """A week with an entry, something left out, somebody to look after, and nine weeks of figures."""
    entry = KnowledgeEntry.model_validate(
        {
            "id": "SK-003",
            "type": "transferable_fix",
            "title": f"Check ages {TRICK}",
            "description": TRICK,
            "source_system": "sys_a",
            "created": "2026-04-05",
            "expires": "2026-07-04",
            "e_value": 41.25,
            "evidence": {"before_metric": "12 a week", "after_metric": f"3 {TRICK}", "improvement": "75% reduction"},
            "applicable_to": [f"sys_{number}" for number in range(10)],
        }
    )
    digest = {
        "week_ending": "2026-04-05",
        "digest": {
            "total_promotions_across_systems": 12,
            "total_rejections_across_systems": 4,
            "new_shared_knowledge_entries": 1,
            "knowledge_transfers_completed": 1,
            "cross_system_conflicts_resolved": 2,
            "organizational_health": "IMPROVING",
            "top_insight": f"Insight {TRICK}",
            "systems_needing_attention": [{"system": "sys_mail", "reason": f"Reason {TRICK}"}],
        },
        "left_out": [{"rank": 6, "title": f"Sixth {TRICK}", "reason": "Five are new."}],
    }
    first = date(2026, 2, 8)
    weeks = [
        Week(
            (first + timedelta(weeks=number)).isoformat(),
            {**dict.fromkeys(FIGURES, 0.0), "errors": 20.0 - number, "promotions": 2.0},
        )
        for number in range(9)
    ]
    told = {
        "digest": digest,
        "entries": [entry],
        "weeks": weeks,
        "trends": {**dict.fromkeys(FIGURES, Trend.STABLE), "errors": Trend.IMPROVING},
        "today": "2026-04-05",
        **members,
    }
    return Shown(**told)


class Read(HTMLParser):
    """The elements of a page, and its words."""

    VOID = ("meta", "br", "path", "rect")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


def test_lrn_09_the_page_tells_the_whole_digest_without_a_script_or_anything_from_elsewhere() -> None:
    text = digest_page(shown())
    page = Read(text)
    assert page.open == [], "every element is closed"
    names = {name for name, _ in page.elements}
    assert not names & {"script", "img", "link", "iframe", "a"}
    attributes = {attribute for _, told in page.elements for attribute in told}
    assert not any(one in ("src", "href", "style") or one.startswith("on") for one in attributes)
    for word in (
        "IMPROVING",
        "e-value: how many times better",
        "SK-003",
        "41",
        "12 a week",
        "75% reduction",
        "Sixth",
        "sys_mail",
        "and 2 more",
    ):
        assert word in page.words, word
    assert page.words.count(TRICK) == 5, "what systems wrote stands there as they wrote it"
    assert "'none'" in str(page.elements[3][1]["content"])


def test_lrn_09_every_figure_is_drawn_with_the_means_that_its_trend_compares() -> None:
    page = Read(digest_page(shown()))
    pictures = [told for name, told in page.elements if name == "svg"]
    assert len(pictures) == 2, "nothing is drawn of what is 0 in every week"
    assert "0 in every week: errors per system and day, rejections" in page.words
    assert all(told["role"] == "img" for told in pictures)
    assert sum(told.get("class") == "mean" for _, told in page.elements) == 4
    assert "Lines: the mean of the last four whole weeks" in page.words
    assert "Means: 17.5, then 13.5." in page.words, "of the last eight weeks, in words for those who can't see them"


def test_lrn_09_fewer_than_eight_weeks_are_drawn_without_means_and_none_with_a_sentence() -> None:
    page = Read(digest_page(shown(weeks=shown().weeks[:7])))
    assert "fewer than eight whole weeks" in page.words
    assert not any(told.get("class") == "mean" for _, told in page.elements)
    assert "Lines:" not in page.words
    assert "No week was counted yet." in Read(digest_page(shown(weeks=[]))).words


def test_lrn_09_a_quiet_week_has_a_page_too() -> None:
    quiet = shown(entries=[])
    quiet.digest["digest"].update(top_insight="", systems_needing_attention=[], organizational_health="STABLE")
    quiet.digest["left_out"] = []
    words = Read(digest_page(quiet)).words
    assert "Nothing new was shared this week." in words
    assert "Left out" not in words


def test_lrn_09_a_plot_of_noughts_is_flat() -> None:
    picture = plot("errors", "Errors", [("2026-04-05", 0.0)], [Span(0, 1, 0.0)], "STABLE")
    assert 'height="0.0"' in picture
    assert plot("errors", "Errors", [], [], "STABLE") == ""

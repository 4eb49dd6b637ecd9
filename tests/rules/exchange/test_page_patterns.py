"""The page's section of patterns: pictures that need no script, and texts that stay texts."""

import re
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree

from server.exchange.page.document import page_text
from server.exchange.page.patterns import Shown, patterns_section
from server.exchange.page.timeline import MOST_MARKS, Mark, timeline
from server.model.moments import microseconds
from server.model.pattern import Certainty, Evidence, Pattern, PatternStatus, PatternType
from server.model.tier import Severity

HOSTILE = "</svg></details><script>alert(1)</script><img src=x onerror=alert(1)> & \u202e ' \""
HOUR = 3_600_000_000
BEGIN = microseconds("2026-03-04T02:55:00Z")
SVG = "{http://www.w3.org/2000/svg}"


def pattern(**members: Any) -> Pattern:
    """A cascade from the fetcher to the algorithm."""
    given: dict[str, Any] = {
        "id": "XPAT-001",
        "type": PatternType.CASCADE_FAILURE,
        "description": "Errors 15 minutes after the refresh.",
        "systems_involved": ("sys_fetcher", "sys_algo"),
        "evidence": (Evidence(system="sys_algo", data_point="4 of 4 errors", source="report: error"),),
        "severity": Severity.HIGH,
        "confidence": 0.7,
        "first_detected": "2026-04-01T05:00:00Z",
        "occurrences": 4,
        "recommendation": "Replace the file as a whole.",
        "affected_contracts": ("CTR-001",),
        "status": PatternStatus.ACTIVE,
        "certainty": Certainty.SIGNIFICANT,
        "cause": "sys_fetcher",
        "effect": "sys_algo",
        "lag_seconds": 900.0,
        "window_seconds": 1800.0,
        "q_value": 0.003,
    }
    return Pattern(**{**given, **members})


def weekly(count: int = 4) -> list[Mark]:
    """A refresh each week, and an error 15 minutes after each."""
    week = 7 * 24 * HOUR
    runs = [Mark("sys_fetcher", BEGIN + week * number, "run") for number in range(count)]
    return [*runs, *(Mark("sys_algo", one.at + HOUR // 4, "error") for one in runs)]


def drawn(text: str) -> ElementTree.Element:
    """The picture, parsed."""
    return ElementTree.fromstring(text.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


def of_class(picture: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return [one for one in picture.iter() if name in one.get("class", "").split()]


def test_a_timeline_has_a_lane_for_each_system_and_joins_each_cause_with_its_effect() -> None:
    picture = drawn(timeline(pattern(), weekly()))
    assert [one.findtext(f"{SVG}title") for one in of_class(picture, "who")] == ["sys_fetcher", "sys_algo"]
    assert len(of_class(picture, "lane")) == 2
    causes, effects, joined = (of_class(picture, name) for name in ("cause", "effect", "joined"))
    assert (len(causes), len(effects), len(joined)) == (4, 4, 4)
    assert causes[0].findtext(f"{SVG}title") == "sys_fetcher: run at 2026-03-04T02:55:00Z"
    assert {(one.get("y1"), one.get("y2")) for one in joined} == {("29", "63")}
    dates = [one.text for one in of_class(picture, "date")]
    assert dates[0] == "2026-03-04"
    assert dates == sorted(dates, key=str)
    assert len(dates) <= 8


def test_an_event_that_nothing_followed_in_the_window_is_joined_with_nothing() -> None:
    late = [Mark(one.system, one.at + (2 * HOUR if one.kind == "error" else 0), one.kind) for one in weekly()]
    assert of_class(drawn(timeline(pattern(), late)), "joined") == []


def test_a_run_that_ended_after_what_it_set_off_is_joined_with_it() -> None:
    ended = [Mark(one.system, one.at + (HOUR // 3 if one.kind == "run" else 0), one.kind) for one in weekly()]
    assert len(of_class(drawn(timeline(pattern(), ended)), "joined")) == 4


def test_events_of_a_pattern_without_direction_are_joined_where_they_came_together() -> None:
    both = pattern(type=PatternType.RESOURCE_CONTENTION, cause="", effect="", window_seconds=None)
    picture = drawn(timeline(both, weekly(3)))
    assert len(of_class(picture, "joined")) == 3
    assert len(of_class(picture, "plain")) == 6


def test_a_reader_of_screens_is_told_what_the_picture_shows() -> None:
    picture = drawn(timeline(pattern(), weekly()))
    title, description = picture.find(f"{SVG}title"), picture.find(f"{SVG}desc")
    assert title is not None
    assert description is not None
    assert picture.get("role") == "img"
    assert picture.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    assert description.text == (
        "8 events between 2026-03-04 and 2026-03-25, from sys_fetcher to sys_algo; Errors 15 minutes after the refresh."
    )


def test_the_picture_is_the_same_in_whatever_order_the_events_come_and_stays_small() -> None:
    marks = weekly(1_000)
    assert timeline(pattern(), marks) == timeline(pattern(), marks[::-1])
    picture = drawn(timeline(pattern(), marks))
    assert len(of_class(picture, "event")) == MOST_MARKS
    assert f"The newest {MOST_MARKS} of 2000 events" in picture.findtext(f"{SVG}desc", "")
    assert timeline(pattern(), []) == ""


class Tags(HTMLParser):
    """The elements of a text, and those that are open at its end."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_whatever_a_pattern_says_it_stays_text() -> None:
    hostile = pattern(
        description=HOSTILE,
        recommendation=HOSTILE,
        systems_involved=(HOSTILE, "sys_b"),
        cause=HOSTILE,
        effect="sys_b",
        evidence=(Evidence(system=HOSTILE, data_point=HOSTILE, source=HOSTILE),),
        affected_contracts=(HOSTILE,),
    )
    section = patterns_section([Shown(hostile, [Mark(HOSTILE, BEGIN, HOSTILE), Mark("sys_b", BEGIN, "run")])], total=1)
    found = Tags(section)
    assert found.open == []
    assert {"script", "img", "style"}.isdisjoint(tag for tag, _ in found.tags)
    assert not [
        said for _, said in found.tags if {"style", "src", "href"} & set(said) or any(n[:2] == "on" for n in said)
    ]
    section.encode("utf-8")
    drawn(re.search("<svg.*</svg>", section)[0])  # type: ignore[index]  # there is one


def test_the_section_names_what_is_active_and_says_what_has_become_of_the_rest() -> None:
    gone = pattern(
        id="XPAT-002", status=PatternStatus.RESOLVED, resolved_at="2026-03-31T05:00:00Z", cause_fired_since=0
    )
    section = patterns_section([Shown(pattern(), weekly()), Shown(gone, [])], total=5)
    assert "<summary>Patterns: 1 active pattern, 1 HIGH, 1 resolved</summary>" in section
    assert "lag 15 min, q = 0.003" in section
    assert "resolved 2026-03-31 (untested: its cause has not fired since)" in section
    assert "3 more are left out." in section
    assert section in page_text({}, section)
    assert patterns_section([], total=0) == ""

"""The page's section of shared knowledge: a row for each entry, and nothing in it is markup."""

from html.parser import HTMLParser

from server.exchange.page.knowledge import knowledge_section
from server.exchange.shared_knowledge import read_entry
from server.model.knowledge import KnowledgeEntry, Retest
from tests.rules.exchange.test_shared_knowledge import FULL

ENTRY, _ = read_entry(FULL)
HOSTILE = '</td></table><script>alert("x")</script>&<b onclick=y>'


class Tags(HTMLParser):
    """The elements of a page in their order, with their text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def changed(**members: object) -> KnowledgeEntry:
    return ENTRY.model_copy(update=members)


def test_a_row_says_what_was_learned_on_what_evidence_and_what_others_answered() -> None:
    shown = Tags(knowledge_section([ENTRY], total=1))
    assert (shown.tags.count("tr"), shown.tags.count("td"), shown.tags.count("th")) == (2, 8, 8)
    for told in (
        "SK-001",
        "transferable fix",
        FULL["title"],
        "12 stale_data errors per week → 3 stale_data errors per week",
    ):
        assert told in shown.text
    for told in ("41.5", "sys_dashboard, sys_mailer", FULL["expires"]):
        assert told in shown.text


def test_what_wants_a_new_test_and_what_is_left_out_is_said() -> None:
    harmed = changed(retest=(Retest(system="sys_mailer", at="2026-04-20", reason="3 errors a week became 9."),))
    shown = Tags(knowledge_section([harmed, ENTRY], total=130)).text
    assert "Shared knowledge: 130 entries, 1 to be tested again" in shown
    assert "To be tested again: 3 errors a week became 9." in shown
    assert "128 more are left out." in shown
    assert knowledge_section([], total=0) == ""


def test_hostile_words_stay_words() -> None:
    retest = (Retest(system=HOSTILE, at="2026-04-20", reason=HOSTILE),)
    names = (HOSTILE, *(f"sys_{number}" for number in range(20)))
    hostile = changed(title=HOSTILE, reported_by=HOSTILE, applicable_to=names, expires=HOSTILE[:40], retest=retest)
    plain = changed(reported_by="a", retest=(Retest(system="a", at="", reason="b"),))
    section = knowledge_section([hostile], total=1)
    assert Tags(section).tags == Tags(knowledge_section([plain], total=1)).tags
    assert HOSTILE in Tags(section).text
    assert "and 13 more" in Tags(section).text

"""The page as a text: its data, its policy, and that no name can end the element that holds it."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from server.exchange.page.content import Shown, page_content
from server.exchange.page.document import json_text, page_text
from server.model.finding import Finding, FindingKind, FindingStatus
from server.model.system import Status, StoredSystem, System
from server.model.tier import Severity
from server.registry.health import Health
from server.registry.map import RegistryMap

NOW = "2026-04-05T14:00:00Z"
HOSTILE = "</script><script>alert(1)</script><!-- & \u2028 \u202e ]]> ' \" ` ${x} 👩‍👩‍👧‍👦"


class Elements(HTMLParser):
    """The elements of a page with the text of each script and style."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self._inside = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._inside = tag

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside in ("script", "style"):
            self.texts.append(data)

    @property
    def data(self) -> Any:
        """The page's JSON."""
        return json.loads(self.texts[1])


def stored(system_id: str, **members: Any) -> StoredSystem:
    document = {"id": system_id, "tier": "PRODUCTION", **members}
    return StoredSystem(system=System.model_validate(document), version=1, revision=1)


def content(*systems: StoredSystem, shown: Shown | None = None) -> Any:
    return page_content(RegistryMap(systems), shown or Shown({}, (), {}), made_at=NOW, version="1")


def test_the_page_holds_its_data_whatever_the_names_are() -> None:
    made = content(stored("s", name=HOSTILE[:120], owner=HOSTILE[:60], description=HOSTILE * 3, reads_from=[HOSTILE]))
    page = Elements(page_text(made))
    assert page.data == made
    assert [tag for tag, _ in page.tags].count("script") == 2
    assert page.data["systems"][0]["name"] == HOSTILE[:120]


@pytest.mark.parametrize("text", ["</script>", "<!--<script>", "&lt;", "\u2028\u2029", "\ud800", "a\0b"])
def test_json_in_the_page_means_the_same_and_has_nothing_that_html_reads(text: str) -> None:
    written = json_text({"name": text})
    assert json.loads(written) == {"name": text}
    assert written.isascii()
    assert not re.search("[<>&]", written)


def test_the_policy_names_the_pages_own_style_and_script_and_lets_nothing_else_run_or_load() -> None:
    page = Elements(page_text(content(stored("s"))))
    [policy] = [said["content"] for tag, said in page.tags if tag == "meta" and "http-equiv" in said]
    style, _, script = page.texts
    digests = {
        kind: base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        for kind, text in (("style", style), ("script", script))
    }
    assert policy is not None
    assert "default-src 'none'" in policy
    assert f"style-src 'sha256-{digests['style']}'" in policy
    assert f"script-src 'sha256-{digests['script']}'" in policy
    assert "unsafe" not in policy


def test_the_page_refers_to_nothing_outside_itself() -> None:
    text = page_text(content(stored("s")))
    assert set(re.findall(r"https?://[^\s\"'`]+", text)) == {"http://www.w3.org/2000/svg"}  # a name, not an address
    assert not [said for _, said in Elements(text).tags if {"src", "href", "onclick", "style"} & set(said)]


def test_the_page_tells_of_each_system_what_is_known() -> None:
    feed = stored("feed", name="Feed", writes_to=[{"resource": "/p", "consumers": ["board", "nobody"]}])
    board = stored("board", reads_from=[{"resource": "/p", "basis": "inferred", "required": False}], timing="0 6 * * *")
    finding = Finding(
        id="FND-1",
        kind=FindingKind.CONSUMER_UNREGISTERED,
        severity=Severity.LOW,
        system_id="feed",
        subject="nobody",
        message="Nobody knows nobody.",
        status=FindingStatus.OPEN,
        first_seen=NOW,
        last_seen=NOW,
    )
    shown = Shown(
        {"feed": Health(Status.DOWN, "Its last run failed.", NOW)},
        (finding,),
        {"feed": ({"contract_id": "CTR-1", "type": "PRODUCER", "resource": "/p", "last_validated": NOW},)},
    )
    made = content(feed, board, shown=shown)
    ours, theirs = made["systems"][1], made["systems"][0]
    assert (ours["id"], ours["status"], ours["reason"], ours["checked"]) == (
        "feed",
        "DOWN",
        "Its last run failed.",
        NOW,
    )
    assert (theirs["status"], theirs["reason"], theirs["schedule"]) == (
        "UNKNOWN",
        "As its registration states.",
        "0 6 * * *",
    )
    assert ours["writes"][0]["systems"] == [0]
    assert ours["writes"][0]["others"] == ["nobody"]
    assert theirs["reads"] == [{"resource": "/p", "required": False, "basis": "inferred", "systems": [1]}]
    assert ours["contracts"][0]["last_validated"] == NOW
    assert [one["message"] for one in ours["findings"]] == ["Nobody knows nobody."]
    [edge] = made["edges"]
    assert (edge["from"], edge["to"], edge["what"], edge["ring"]) == (1, 0, ["/p"], -1)


def test_a_circle_is_marked_on_its_members_and_edges_with_the_cut_that_is_suggested() -> None:
    guess = {"resource": "/b", "basis": "inferred"}
    made = content(
        stored("a", reads_from=[guess], writes_to=["/a"]),
        stored("b", reads_from=["/a"], writes_to=["/b"]),
        stored("c", reads_from=["/a"]),
    )
    assert [one["ring"] for one in made["systems"]] == [0, 0, -1]
    assert {(one["from"], one["to"]): (one["ring"], one["firm"]) for one in made["edges"]} == {
        (0, 1): (0, True),
        (0, 2): (-1, True),
        (1, 0): (0, False),
    }
    assert made["rings"] == [{"members": [0, 1], "example": [0, 1], "cut": [1, 0], "inferred": True}]


def test_an_empty_registry_has_a_page_too() -> None:
    made = Elements(page_text(content())).data
    assert (made["systems"], made["edges"], made["width"]) == ([], [], 0)

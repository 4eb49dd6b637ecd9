"""The HTML page in a real browser: what is shown, search, choice, zoom and keys; and that names of systems do nothing but show."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from server.app import build_services
from server.clock import clock_from
from server.config import read_config
from tests.benchmarks.large_registry import large_registry
from tests.clients.chromium import Tab, chromium, installed_chromium
from tests.surface.refreshes import CAUSE, EFFECT, refreshes, rendering_errors

pytestmark = pytest.mark.clients
NOW = "2026-04-05T14:00:00Z"
HOSTILE = (
    "</script><script>pwned = 1</script>",
    "<img src=x onerror=\"document.title='pwned'\">",
    "\"' onload='pwned=1' ${pwned=1} `",
    "javascript:pwned=1",
    "<!--<script>",
    "]]><svg onload=pwned=1>",
    "تقرير أسبوعي عن الأسواق والإشارات",
    "👩‍👩‍👧‍👦 a family of systems with a name that is too long for any card that was ever drawn",
    "\u202ereversed\u2028\u2029&lt;b&gt;&amp;",
)
CARDS = "[...document.querySelectorAll('.card')]"
SHAPES = "[...document.querySelectorAll('.card .shape')]"


FLOW = (
    {
        "id": "sys_feed",
        "name": "Market feed",
        "tier": "MISSION_CRITICAL",
        "owner": "Ada",
        "status": "HEALTHY",
        "writes_to": ["/data/prices.json"],
    },
    {
        "id": "sys_scores",
        "name": "Scores",
        "tier": "PRODUCTION",
        "owner": "Ben",
        "status": "DOWN",
        "description": "Scores every ticker.",
        "reads_from": ["/data/prices.json"],
        "writes_to": ["/data/scores.json"],
        "contracts": [
            {
                "contract_id": "CTR-7",
                "type": "PRODUCER",
                "counterparty": "sys_board",
                "resource": "/data/scores.json",
                "last_validated": "2026-04-04T02:00:00Z",
            }
        ],
    },
    {
        "id": "sys_board",
        "name": "Board",
        "tier": "EXPERIMENTAL",
        "reads_from": ["/data/scores.json"],
        "writes_to": ["/www/board.html"],
    },
)
"""Feed → scores → board."""


LEGIBLE = (
    (".card .name", "fill", ".card .shape", "fill"),
    (".card .under", "fill", ".card .shape", "fill"),
    (".card .count text", "fill", ".card .count rect", "fill"),
    ("#details h2", "color", "#details", "backgroundColor"),
    ("#details .soft", "color", "#details", "backgroundColor"),
    ("#details .severity", "color", "#details .severity", "backgroundColor"),
    ("#details h3.up", "color", "#details", "backgroundColor"),
    ("#details h3.downstream", "color", "#details", "backgroundColor"),
    (".summary", "color", "header", "backgroundColor"),
)
"""Text and its ground: element and property of each."""
CONTRAST = """((pairs) => {
  const ink = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const luminance = (colour) => {
    ink.fillStyle = colour;
    ink.fillRect(0, 0, 1, 1);
    const linear = (part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    const [red, green, blue] = [...ink.getImageData(0, 0, 1, 1).data].map((part) => linear(part / 255));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const of = (selector, name) => luminance(getComputedStyle(document.querySelector(selector))[name]);
  return pairs.map(([text, its, ground, grounds]) => {
    const [dark, light] = [of(text, its), of(ground, grounds)].sort((one, other) => one - other);
    return (light + 0.05) / (dark + 0.05);
  });
})"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    """A browser, or none: then these tests have nothing to look with."""
    program = installed_chromium()
    if program is None:
        pytest.skip("no Chromium is installed that can be driven over a pipe")
    with chromium(program, tmp_path_factory.mktemp("browser")) as tab:
        yield tab


def page_of(systems: Sequence[Mapping[str, Any]], folder: Path) -> str:
    """The address of the page of a registry with these systems."""
    environment = {"CONCORD_HOME": str(folder), "CONCORD_DATABASE_URL": f"sqlite:///{folder}/concord.db"}
    services = build_services(read_config(environment))
    now = clock_from(NOW).now()
    try:
        for system in systems:
            services.registry.register(system, caller="", now=now)
        services.exchange.export_files(str(folder / "out"), now=now, formats=["html"])
    finally:
        services.close()
    return (folder / "out" / "registry.html").as_uri()


@pytest.fixture
def page(browser: Tab, tmp_path: Path) -> Iterator[Tab]:
    """The page of the three systems in a row; afterwards it must have asked for nothing and failed at nothing."""
    address = page_of(FLOW, tmp_path)
    yield browser.open(address)
    assert browser.requested == [address]
    assert browser.complaints == []


def scale(page: Tab) -> float:
    return float(page.run("view.k"))


def test_every_system_is_shown_with_its_tier_and_health_in_the_order_in_which_data_flows(page: Tab) -> None:
    assert page.run(f"{CARDS}.map((card) => card.getAttribute('aria-label')).sort()") == [
        "Board, Experimental, Unknown",
        "Market feed, Mission critical, Healthy",
        "Scores, Production, Down",
    ]
    feed, scores, board = (page.middle(f"[aria-label^='{name}']") for name in ("Market feed", "Scores", "Board"))
    assert feed[0] < scores[0] < board[0]
    assert page.text("#summary").startswith("3 systems · 2 flows")
    assert "as of 2026-04-05 14:00 UTC" in page.text("#summary")
    assert "Mission critical" in page.text("#legend")


def test_a_system_that_is_searched_for_is_shown_with_all_that_is_known_of_it(page: Tab) -> None:
    page.key("/")
    page.write("scor tick")
    assert "Scores" in page.text("#hits")
    page.key("Enter")
    told = page.text("#details")
    for known in ("Scores", "sys_scores", "Down", "Production", "Ben", "Scores every ticker.", "CTR-7", "sys_board"):
        assert known in told
    assert "Its registration states DOWN" in told
    assert "2026-04-04 02:00 UTC" in told
    assert "/data/prices.json" in told
    assert "Board" in told
    assert "Market feed" in told
    assert page.run("document.querySelector('#hits').hidden")


def test_a_click_shows_who_depends_on_a_system_and_how_far_away(page: Tab) -> None:
    page.click("[aria-label^='Market feed']")
    far = "[...document.querySelectorAll('.downstream .far text')].map((one) => one.textContent).sort()"
    assert page.run(far) == ["→1", "→2"]
    assert page.run("document.querySelectorAll('.card.up').length") == 0
    assert "2 steps" in page.text("#details")
    page.click("#details [data-to]")  # the first that depends on it
    assert page.text("#details h2") == "Scores"
    assert page.run("document.querySelectorAll('.card.up').length") == 1
    page.press(*page.run("[innerWidth * .4, innerHeight - 30]"))
    assert page.run("document.querySelector('#details').hidden")


def test_the_map_is_zoomed_with_wheel_and_buttons_and_moved_by_dragging(page: Tab) -> None:
    whole = scale(page)
    x, y = page.middle("[aria-label^='Scores']")
    page.wheel(x, y, -400)
    assert scale(page) > whole
    assert page.middle("[aria-label^='Scores']") == pytest.approx((x, y), abs=2)  # what the pointer rests on stays
    page.drag((x, y + 120), (x + 150, y + 60))
    assert page.middle("[aria-label^='Scores']") == pytest.approx((x + 150, y - 60), abs=2)
    assert page.run("document.querySelector('#details').hidden")  # a drag is no click
    near = scale(page)
    page.click("#farther")
    assert scale(page) < near
    page.click("#fit")
    assert scale(page) == pytest.approx(whole)


def test_keys_alone_lead_through_the_graph(page: Tab) -> None:
    page.run("document.getElementById('map').focus()")
    page.key("ArrowRight")
    first = page.text("#details h2")
    page.run("document.getElementById('map').focus()")
    assert first == "Board"  # the first by id, to begin with
    page.key("ArrowLeft")
    page.key("ArrowLeft")
    assert page.text("#details h2") == "Market feed"
    page.key("ArrowLeft")
    assert page.text("#details h2") == "Market feed"  # nothing feeds it
    page.key("ArrowRight")
    assert page.text("#details h2") == "Scores"
    before = scale(page)
    page.key("+")
    assert scale(page) > before
    page.key("Escape")
    assert page.run("document.querySelector('#details').hidden")


def test_a_filter_leaves_only_what_fits_it(page: Tab) -> None:
    page.click("[data-filter=DOWN]")
    assert page.run(f"{CARDS}.filter((card) => !card.classList.contains('dim')).length") == 1
    assert page.text("#summary").startswith("1 of 3 systems")
    page.click("[data-filter=PRODUCTION]")
    page.click("[data-filter=DOWN]")
    page.click("[data-filter=PRODUCTION]")
    assert page.run("document.querySelectorAll('.card.dim').length") == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground_in_light_and_dark(scheme: str, page: Tab) -> None:
    page.prefer(prefers_color_scheme=scheme)
    page.click("[aria-label^='Board']")
    contrast = page.run(f"{CONTRAST}({json.dumps(LEGIBLE)})")
    page.prefer(prefers_color_scheme="light")
    assert {
        pair: ratio for pair, ratio in zip(LEGIBLE, contrast, strict=True) if ratio < 4.5
    } == {}  # WCAG 2.2, level AA


def test_names_are_shown_and_never_run(browser: Tab, tmp_path: Path) -> None:
    systems = [
        {
            "id": f"sys_{number}",
            **dict.fromkeys(["name", "owner", "description"], name),
            "tier": "PRODUCTION",
            "reads_from": [f"/in/{name}"],
            "writes_to": [{"resource": f"/in/{HOSTILE[number - 1]}", "consumers": [name]}],
        }
        for number, name in enumerate(HOSTILE)
    ]
    address = page_of(systems, tmp_path)
    page = browser.open(address)
    for number in range(len(HOSTILE)):
        page.run(f"choose({number})")
        assert page.run("document.querySelector('#details h2').textContent") == HOSTILE[number]
    page.key("/")
    page.write("script")
    assert page.run("document.querySelectorAll('#hits [data-to]').length") >= 2
    assert page.run("typeof pwned") == "undefined"
    assert page.run("document.title") == "Registry map · Concord"
    assert page.run("[document.images.length, document.scripts.length, document.links.length]") == [0, 2, 0]
    assert browser.requested == [address]
    assert browser.complaints == []


def test_the_browser_itself_keeps_foreign_scripts_and_addresses_out(page: Tab) -> None:
    """What the policy in the page is good for: even markup that found its way in would do nothing."""
    markup = '<img src="https://example.invalid/x.png" onerror="window.pwned = 1">'
    page.run(f"document.body.insertAdjacentHTML('beforeend', {json.dumps(markup)})")
    assert page.run("fetch('https://example.invalid/').then(() => 'out', () => 'kept in')") == "kept in"
    page.settle()
    assert page.run("typeof pwned") == "undefined"
    assert [told for told in page.complaints if "Content Security Policy" not in told] == []
    assert len(page.complaints) >= 2
    page.complaints.clear()
    assert [address for address in page.requested if address.startswith("http")] == []


def test_a_large_registry_is_drawn_whole_and_searched(browser: Tab, tmp_path: Path) -> None:
    folder = tmp_path
    systems = large_registry(600, 2_400).document["systems"]
    page = browser.open(page_of(systems, folder))
    assert page.run("document.querySelectorAll('.card').length") == 600
    boxes = page.run(
        f"{SHAPES}.map((one) => one.getBoundingClientRect()).map((box) => [box.left, box.top, box.right, box.bottom])"
    )
    assert all(0 <= left < right <= 1_440 and 60 <= top < bottom <= 900 for left, top, right, bottom in boxes)
    page.key("/")
    page.write("sys_0123")
    page.key("Enter")
    assert page.text("#details .id") == "sys_0123"
    x, y = page.middle("#card-123")
    assert 0 < x < 1_040
    assert 0 < y < 900
    assert page.run("document.querySelector('#overview').hidden") is False


def test_patterns_open_below_the_map_with_their_lines_of_time(browser: Tab, tmp_path: Path) -> None:
    environment = {"CONCORD_HOME": str(tmp_path), "CONCORD_DATABASE_URL": f"sqlite:///{tmp_path}/concord.db"}
    services = build_services(read_config(environment))
    now = clock_from(NOW).now()
    try:
        for system in FLOW:
            services.registry.register(system, caller="", now=now)
        for system_id, events in ((CAUSE, refreshes()), (EFFECT, rendering_errors())):
            services.registry.register({"id": system_id, "tier": "PRODUCTION"}, caller="", now=now)
            services.journal.report(system_id, events, caller="", now=now)
        services.patterns.detect(now)
        services.exchange.export_files(str(tmp_path / "out"), now=now, formats=["html"])
    finally:
        services.close()
    address = (tmp_path / "out" / "registry.html").as_uri()
    page = browser.open(address)
    shut = page.run("document.getElementById('map').getBoundingClientRect().height")
    page.click("#patterns summary")
    assert "XPAT-001 · cascade failure" in page.text("#patterns")
    assert page.run("document.querySelectorAll('#patterns .event.effect').length") == 12
    assert page.run("document.querySelector('#patterns .timeline').getBoundingClientRect().width") > 400
    assert page.run("getComputedStyle(document.querySelectorAll('.event.effect path')[1]).stroke") == "none"
    assert page.run("document.getElementById('map').getBoundingClientRect().height") < shut
    assert page.run(f"{CARDS}.length") == 5
    assert browser.requested == [address]
    assert browser.complaints == []

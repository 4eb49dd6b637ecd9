"""Full-text search finds the same systems on both databases, and takes whatever a user types as plain words."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.model.system import StoredSystem, System
from server.model.tier import Tier
from server.storage import search, systems
from server.storage.database import Database
from server.storage.session import Session

SYSTEMS = {
    "sys_pipeline": ("Data pipeline", "Pulls prices every night.", "~/data/prices.parquet"),
    "sys_signals": ("SignalGenerator", "Turns prices into signals", "/srv/data/signals.json"),
    "sys_cafe": ("Café Münster", "Zeigt Preise: 10 % Rabatt", "s3://bucket/menü_2026"),
    "sys_cjk": ("価格 監視", "監視します", "kafka://topic-1"),
    "sys_odd": ("NOT a OR b", 'AND NEAR("x" *) 1e5 0x1f 5e10abc -7', "it's; DROP TABLE systems --"),
}


def stored(system_id: str, name: str, description: str, version: int = 1) -> StoredSystem:
    return StoredSystem(
        system=System(id=system_id, name=name, description=description, owner="team-quant", tier=Tier.PRODUCTION),
        version=version,
        revision=version,
    )


def save(database: Database, one: StoredSystem, text: str) -> None:
    database.write(lambda session: systems.save(session, one, search_text=text))


def found(database: Database, query: str) -> list[str]:
    return database.read(lambda session: systems.search_ids(session, query))


@pytest.fixture
def filled(database: Database) -> Database:
    for system_id, (name, description, resource) in SYSTEMS.items():
        save(database, stored(system_id, name, description), resource)
    return database


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("pipeline", {"sys_pipeline"}),
        ("PIPELINE data", {"sys_pipeline"}),
        ("pipe", {"sys_pipeline"}),
        ("line", set()),
        ("prices", {"sys_pipeline", "sys_signals"}),
        ("prices nothing", set()),
        ("generator", {"sys_signals"}),
        ("signalgen", {"sys_signals"}),
        ("signals.json", {"sys_signals"}),
        ("/srv/data/", {"sys_signals"}),
        ("sys_signals", {"sys_signals"}),
        ("sys_", set(SYSTEMS)),
        ("team-quant", set(SYSTEMS)),
        ("cafe", {"sys_cafe"}),
        ("CAFÉ", {"sys_cafe"}),
        ("munster", {"sys_cafe"}),
        ("menu 2026", {"sys_cafe"}),
        ("価格", {"sys_cjk"}),
        ("topic-1", {"sys_cjk"}),
        ("not", {"sys_odd"}),
        ("AND", {"sys_odd"}),
        ("OR b", {"sys_odd"}),
        ('NEAR("x" *)', {"sys_odd"}),
        ("1e5", {"sys_odd"}),
        ("5e10abc", {"sys_odd"}),
        ("0x1f", {"sys_odd"}),
        ("'; DROP TABLE systems --", {"sys_odd"}),
        ("title:pipeline", set()),
        ("{title body}: data", set()),
        ("", set()),
        ("  ", set()),
        ('"', set()),
        ("*", set()),
        ("^ - + ( ) : & | ! < > \\ ' %", set()),
        ("\0", set()),
        ("\ud800", set()),
    ],
)
def test_sto_02_a_query_finds_the_same_systems_on_both_databases(
    filled: Database, query: str, wanted: set[str]
) -> None:
    assert set(found(filled, query)) == wanted


def test_a_match_in_the_name_comes_first_and_equals_come_by_id(database: Database) -> None:
    save(database, stored("sys_c", "Reader", "of orders"), "orders orders")
    save(database, stored("sys_b", "Orders", "of things"), "x")
    save(database, stored("sys_a2", "Same", "twin orders"), "y")
    save(database, stored("sys_a1", "Same", "twin orders"), "y")
    ranked = found(database, "orders")
    assert ranked[0] == "sys_b"
    assert ranked.index("sys_a1") == ranked.index("sys_a2") - 1
    hits = database.read(lambda session: search.find(session, "orders"))
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_a_system_is_found_by_its_newest_words_only(filled: Database) -> None:
    save(filled, stored("sys_signals", "Renamed", "entirely", version=2), "elsewhere")
    assert found(filled, "generator") == []
    assert found(filled, "entirely elsewhere") == ["sys_signals"]


def test_words_are_kept_in_step_with_the_write_that_brings_them(database: Database) -> None:
    def save_and_fail(session: Session) -> None:
        systems.save(session, stored("sys_a", "Ghost", ""), search_text="")
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011 -- the operation's own
        database.write(save_and_fail)
    assert found(database, "ghost") == []


def test_a_very_long_text_and_a_very_long_word_can_be_stored_and_found(database: Database) -> None:
    text = " ".join(f"word{number}" for number in range(200_000)) + " " + "ö" * 1_000_000
    save(database, stored("sys_a", "x" * 199, ""), text)
    save(database, stored("sys_b", "B", ""), "ö" * 1_000_000)
    assert found(database, "word77") == ["sys_a"]
    assert found(database, "x" * 5_000) == ["sys_a"]
    assert found(database, "ö" * 5_000) == ["sys_b"]
    assert found(database, "absent " * 10_000) == []


@given(st.text(max_size=60))
def test_words_are_letters_and_digits_in_lower_case(text: str) -> None:
    for word in search.words_of(text):
        assert word
        assert not set(word) & set(string.punctuation + string.whitespace + "\0")
        assert search.words_of(word) == [word]

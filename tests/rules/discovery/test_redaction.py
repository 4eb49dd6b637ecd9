"""What leaves discovery holds no secret, whatever stands around it."""

import string

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from server.model.redaction import (
    HIDDEN,
    LONGEST,
    looks_random,
    redacted,
    shown,
    shown_name,
    without_credentials,
    without_secrets,
)
from tests.planted_secrets import SECRETS

_NAMED_ONLY = {
    "password in a url",
    "password of a variable",
    "password of a flag",
    "authorization",
    "bearer",
    "slack webhook",
}
"""Secrets that look like any other word, and are told by what stands before them."""
_LETTERS = string.ascii_letters + string.digits
AROUND = st.text(alphabet=string.ascii_letters + " \t.,:;'\"()[]{}<>|&/=\n", max_size=30)
OPENINGS = st.sampled_from(["", " ", "key: ", '"', "'", "= ", "(", "--key ", "KEY=", "\t", "x=", "https://h/p?k="])
PASSWORD = st.text(alphabet=_LETTERS + "!#%^*_.-", min_size=6, max_size=30).filter(lambda text: text[0] not in "-$[.")


def _random(alphabet: str, smallest: int, largest: int) -> st.SearchStrategy[str]:
    return st.text(alphabet=alphabet, min_size=smallest, max_size=largest)


FORMS = st.one_of(
    _random(string.ascii_uppercase + string.digits, 16, 16).map("AKIA{}".format),
    _random(_LETTERS, 36, 36).map("ghp_{}".format),
    _random(_LETTERS + "_", 40, 82).map("github_pat_{}".format),
    _random(_LETTERS, 20, 24).map("glpat-{}".format),
    _random(_LETTERS, 24, 24).map("xoxb-123456789012-123456789012-{}".format),
    _random(_LETTERS, 24, 24).map("https://hooks.slack.com/services/T00000000/B00000000/{}".format),
    _random(_LETTERS + "-_", 40, 90).map("sk-ant-api03-{}".format),
    _random(_LETTERS, 48, 48).map("sk-{}".format),
    _random(_LETTERS, 48, 48).map("sk-proj-{}".format),
    _random(_LETTERS + "-_", 35, 35).map("AIza{}".format),
    _random(_LETTERS, 24, 24).map("sk_live_{}".format),
    _random(_LETTERS, 36, 36).map("npm_{}".format),
    _random(_LETTERS + "-_", 100, 160).map("pypi-AgEIcHlwaS5vcmc{}".format),
    _random(string.ascii_letters, 34, 34).map("hf_{}".format),
    _random(_LETTERS, 30, 60).map("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIx.{}".format),
    _random("0123456789abcdef", 32, 64),
)


@given(AROUND, OPENINGS, FORMS, AROUND)
def test_a_key_of_a_known_form_never_survives(before: str, opening: str, secret: str, after: str) -> None:
    assume(secret[-12:] not in before + after)
    line = f"{before} {opening}{secret} {after}"
    assert secret[-12:] not in redacted(line)
    assert secret[-12:] not in shown(line)


@given(
    st.sampled_from(
        ["password", "DB_PASSWORD", "client_secret", "ApiKey", "access-token", "auth_token", "SECRET_KEY", "passwd"]
    ),
    st.sampled_from(["=", ": ", ":", " = ", '": "', "' : '", "=>"]),
    PASSWORD,
)
def test_what_stands_after_a_name_that_says_so_never_survives(name: str, mark: str, secret: str) -> None:
    assert secret not in redacted(f"run {name}{mark}{secret}").replace(name, "").replace(HIDDEN, "")


@given(st.sampled_from(["postgresql", "https", "redis", "amqp", "mongodb+srv", "mysql+pymysql"]), PASSWORD, AROUND)
@example("https", "a/b?c#d@e", "")
def test_a_password_in_a_url_never_survives(scheme: str, secret: str, after: str) -> None:
    line = f"x {scheme}://user:{secret}@host.example/db {after}"
    assert f":{secret}@" not in redacted(line)
    assert "host.example" in redacted(line)


@given(st.sampled_from(["--password ", "--token=", "--api-key ", "-password=", "--client-secret "]), PASSWORD)
def test_a_flag_that_takes_a_secret_keeps_its_name_and_loses_its_value(flag: str, secret: str) -> None:
    line = redacted(f"/usr/bin/run {flag}{secret} --verbose")
    assert secret not in line.replace(HIDDEN, "").replace(flag, "")
    assert "--verbose" in line


@pytest.mark.parametrize(
    "line",
    [
        "Authorization: Basic dXNlcjpodW50ZXIy",
        "curl -H 'Authorization: Token hunter2hunter2' https://x",
        "curl -u anna:hunter2hunter2 https://x",
        "mysql -uroot -phunter2hunter2 shop",
        "sshpass -p hunter2hunter2 ssh host",
        "Cookie: session=hunter2hunter2",
        "Server=db;Database=x;Password=hunter2hunter2;",
        "AccountKey=hunter2hunter2==;EndpointSuffix=x",
        "{'X-Api-Key': 'hunter2hunter2'}",
        "PGPASSWORD=hunter2hunter2 psql",
        "LICENCE=hunter2hunter2 ./run",
        "--secret 'hunter2hunter2 with blanks'",
    ],
)  # fmt: skip
def test_a_secret_is_told_by_what_stands_before_it(line: str) -> None:
    assert "hunter2hunter2" not in redacted(line)
    assert "dXNlcjpodW50ZXIy" not in redacted(line)
    assert HIDDEN in redacted(line)


@pytest.mark.parametrize("kind", sorted(set(SECRETS) - _NAMED_ONLY))
def test_each_kind_of_secret_is_told_by_itself_or_after_a_name(kind: str) -> None:
    assert SECRETS[kind] not in shown(f"token = {SECRETS[kind]}")


@pytest.mark.parametrize(
    "line",
    [
        "/tmp/pytest-of-anna/pytest-12/test_a_scan_finds_everything0/tree/service/run.py",
        "/Users/Anna/Projects/Concord2/Sources/Models/HelloWorldController.swift",
        "15 2 * * 1-5 etl cd /opt/totals && /usr/bin/python3 nightly.py daily >> /var/log/totals.log 2>&1",
        "reads tokens.json and /data/token_counts.json",
        "OUT=/data/out.json PYTHONPATH=. ./run.sh",
        "image registry.example.com/team/very-long-service-name-with-words:2026-11-21",
        "postgresql://db.example.com:5432/shop#public.orders",
        "uses: actions/checkout@v4",
        "TOKEN=$SECRET_FROM_VAULT",
    ],
)
def test_what_is_no_secret_stays_as_it_is(line: str) -> None:
    assert redacted(line) == line


@given(st.text(max_size=300))
def test_a_shown_text_is_one_short_line_without_control_characters(text: str) -> None:
    line = shown(text)
    assert len(line) <= LONGEST
    assert not any(ord(character) < 32 or 0x7F <= ord(character) < 0xA0 for character in line)
    line.encode("utf-8")


@given(st.one_of(st.text(max_size=200), FORMS))
def test_hiding_twice_changes_nothing_more(text: str) -> None:
    once = redacted(text)
    assert redacted(once) == once


@given(FORMS)
def test_a_text_cut_short_shows_no_part_of_a_key(secret: str) -> None:
    assert secret[:12] not in shown("x " * 1_995 + secret + " y" * 50, 5_000)


def test_a_private_key_goes_as_a_whole() -> None:
    text = f"a\n-----BEGIN RSA PRIVATE KEY-----\n{SECRETS['private key']}\nMIIE\n-----END RSA PRIVATE KEY-----\nb"
    assert redacted(text).split() == ["a", HIDDEN, "b"]
    assert SECRETS["private key"][:30] not in redacted(SECRETS["private key"])


def test_a_document_is_cleaned_at_any_depth_its_keys_included() -> None:
    secret = SECRETS["github"]
    cleaned = without_secrets({"a": [{"b": f"x {secret}", secret: 1}], "n": 1.5, "t": True, "z": None})
    assert secret not in str(cleaned)
    assert cleaned["n"] == 1.5
    assert cleaned["t"] is True
    assert cleaned["z"] is None


@given(st.lists(st.sampled_from("order totals daily report build index service data".split()), min_size=2, max_size=6))
def test_words_that_are_joined_do_not_look_drawn_by_chance(words: list[str]) -> None:
    assert not looks_random("-".join(words))
    assert not looks_random("_".join(words) + "_2026")
    assert not looks_random("/".join(words))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("https://u:hunter2@h.example/x?token=hunter2&table=t#part", "https://h.example/x?table=t#part"),
        ("https://h/x?hunter2", "https://h/x"),
        ("https://h/back#access_token=hunter2", "https://h/back"),
        ("postgresql://h:5432/db?password=hunter2#s.t", "postgresql://h:5432/db#s.t"),
        ("jdbc:sqlserver://h:1433;databaseName=x;password=hunter2", "jdbc:sqlserver://h:1433;databaseName=x"),
        ("jdbc:oracle:thin:scott/hunter2@//h:1521/x", "jdbc:oracle:thin:@//h:1521/x"),
        ("amqp://user:hunter2/hunter2@h/v", "amqp://h/v"),
        ("abfss://raw:hunter2@account/p", "abfss://account/p"),
    ],
)
def test_an_address_without_its_credentials_still_is_one(text: str, name: str) -> None:
    assert without_credentials(text, hidden="") == name
    assert without_credentials(name, hidden="") == name
    assert "hunter2" not in without_credentials(text)
    assert without_credentials(without_credentials(text)) == without_credentials(text)


@pytest.mark.parametrize(
    "name",
    [
        "http://host:8080/packages/web@v1",
        "abfss://container@account.dfs.core.windows.net/p",
        "s3://lake/events/client_id=42/part-?.csv",
        "hf_transactions",
        "npm_packagestats",
        "component:default/auth-token: nobody provides it",
        "postgresql://h:5432/db#public.api_tokens",
        "9d3f1c52-7a0b-4b9e-9a55-6f2d7e8c1b34",
        "model.shop.int_orders_2019Q4_v2",
        "https://api.example.com/rows?table=orders&schema=public",
    ],
)
def test_a_name_in_which_no_secret_stands_is_kept_as_it_is(name: str) -> None:
    assert without_credentials(name) == without_credentials(name, hidden="") == name


def test_a_shown_name_keeps_what_tells_two_things_apart_and_no_secret() -> None:
    digest = "4f3a9c0d8e7b6a5f4e3d2c1b0a998877"
    assert shown_name(f"builds/{digest}.json") == f"builds/{digest}.json", "drawn by chance, and all that names it"
    assert shown_name("two  spaces.csv") == "two  spaces.csv"
    key = "ghp_" + "x7Qp2LmZ9tRw4Kd8Vb3N"
    assert key not in shown_name(f"https://ada:{key}@h.example/a")
    assert shown_name(f"run {key[:8]}\u200b{key[8:]}") == "run [redacted]", (
        "what takes no room does not keep a key apart"
    )
    assert shown_name("a\x1b[2J\u202eb\r\nc") == "a [2Jb c"
    assert shown_name("x" * 300) == "x" * 199 + "…"
    assert shown_name("x" * 300, 50) == "x" * 49 + "…"

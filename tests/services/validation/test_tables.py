"""Contracts held against real tables and a real endpoint. Looks need no database of ours: the readers are asked alone."""

import json
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from server.conflicts.promised import found_in_text, terms_of
from server.model.contract import Contract, ContractType
from server.model.moments import from_wire
from server.model.system import StoredSystem, System
from server.model.tier import Tier
from server.model.validation import Validation, Verdict
from server.registry.resources import canonical_name
from server.registry.validation.look import Limits
from server.registry.validation.resource import look_at, validation_of
from server.registry.validation.targets import Target
from tests.databases import PostgresServer

NOW = from_wire("2026-04-05T14:00:00Z")
ORDER = {
    "type": "object",
    "required": ["id", "total"],
    "properties": {
        "id": {"type": "integer"},
        "total": {"type": "number", "minimum": 0},
        "paid": {"type": "boolean"},
        "note": {"type": "string"},
        "placed_at": {"type": "string"},
    },
}


def held(
    resource: str, schema: Any = ORDER, *, hosts: tuple[str, ...] = (), limits: Limits | None = None
) -> Validation:
    """What a look at the resource comes to."""
    contract = Contract.model_validate(
        {"contract_id": "CTR-1", "type": ContractType.PRODUCER, "resource": resource, "schema": schema}
    )
    system = System(id="sys_writer", tier=Tier.PRODUCTION, contracts=(contract,))
    holder = StoredSystem(system=system, version=1, revision=1)
    target = Target(holder, contract, canonical_name(resource, home="/nowhere"), "", None, ())
    (look,) = look_at([(target, terms_of(contract))], now=NOW, found=found_in_text, hosts=hosts, limits=limits)
    return validation_of(target, look)


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    """A SQLite file with a table of orders."""
    file = tmp_path / "shop.db"
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute('CREATE TABLE "Orders" (id INTEGER, total REAL, paid BOOLEAN, note TEXT)')
        connection.executemany('INSERT INTO "Orders" VALUES (?, ?, ?, ?)', [(1, 9.5, 1, "x"), (2, 3, 0, None)])
    return file


def test_reg_03_a_sqlite_table_is_read_row_by_row_with_null_as_absent_and_truths_as_such(orders: Path) -> None:
    look = held(f"sqlite://{orders}#orders")
    assert (look.exists.verdict, look.matches.verdict, look.records, look.complete) == ("OK", "OK", 2, True), look
    with closing(sqlite3.connect(orders)) as connection, connection:
        connection.execute('INSERT INTO "Orders" VALUES (3, NULL, 1, 5)')
        connection.execute('INSERT INTO "Orders" VALUES (4, -1, 1, NULL)')
    found = {(line.path, line.keyword, line.at) for line in held(f"sqlite://{orders}#orders").violations}
    assert found == {("/total", "required", "row 3 /total"), ("/total", "minimum", "row 4 /total")}


def test_reg_03_a_table_or_a_database_that_is_not_there_does_not_exist(orders: Path) -> None:
    assert held(f"sqlite://{orders}#customers").exists.verdict is Verdict.FAILED
    assert held(f"sqlite://{orders}x#orders").exists.verdict is Verdict.FAILED
    assert not Path(f"{orders}x").exists()


def test_reg_03_looking_at_a_sqlite_file_leaves_no_trace_beside_it(orders: Path) -> None:
    with closing(sqlite3.connect(orders)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    before = (sorted(os.listdir(orders.parent)), orders.stat().st_mtime_ns, orders.read_bytes())
    assert held(f"sqlite://{orders}#orders").matches.verdict is Verdict.OK
    assert (sorted(os.listdir(orders.parent)), orders.stat().st_mtime_ns, orders.read_bytes()) == before


def test_reg_03_what_is_not_yet_moved_from_the_log_into_the_file_is_seen(orders: Path) -> None:
    with closing(sqlite3.connect(orders)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute('INSERT INTO "Orders" VALUES (3, -5, 1, NULL)')
        connection.commit()
        assert held(f"sqlite://{orders}#orders").matches.verdict is Verdict.FAILED


def test_reg_03_a_file_that_is_no_database_is_unknown(tmp_path: Path) -> None:
    file = tmp_path / "no.db"
    file.write_text("nothing of the kind" * 100)
    assert held(f"sqlite://{file}#orders").exists.verdict is Verdict.UNKNOWN


def test_reg_03_beyond_the_limit_rows_are_not_looked_at_and_the_look_is_not_complete(orders: Path) -> None:
    look = held(f"sqlite://{orders}#orders", limits=Limits(records=1))
    assert (look.records, look.complete, look.matches.verdict) == (1, False, "OK")
    assert "first 1 records" in look.notes[0]


@pytest.fixture
def postgres(postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a real PostgreSQL database with a table of orders."""
    import psycopg

    url = postgres_server.create()
    with psycopg.connect(url) as connection:
        connection.execute(
            "CREATE TABLE orders (id int, total numeric, paid boolean, note text, placed_at timestamptz)"
        )
        connection.execute("INSERT INTO orders VALUES (1, 9.50, true, 'x', now()), (2, 3, false, NULL, now())")
    monkeypatch.setenv("PGUSER", "postgres")
    yield url.replace("postgres:@", "")
    postgres_server.drop(url)


def test_reg_03_a_postgresql_table_is_read_row_by_row_and_nothing_can_be_written(postgres: str) -> None:
    import psycopg

    look = held(f"{postgres}#orders")
    assert (look.exists.verdict, look.matches.verdict, look.records) == ("OK", "OK", 2), look
    with psycopg.connect(postgres) as connection:
        connection.execute("INSERT INTO orders VALUES (3, -1, true, NULL, NULL)")
        connection.execute(
            "CREATE FUNCTION spoil() RETURNS int LANGUAGE sql AS 'INSERT INTO orders VALUES (9, 9) RETURNING 1'"
        )
        connection.execute("CREATE VIEW spoilt AS SELECT 1 AS id, spoil() AS total")
    (line,) = held(f"{postgres}#public.orders").violations
    assert (line.path, line.keyword, line.at) == ("/total", "minimum", "row 3 /total")
    assert held(f"{postgres}#customers").exists.verdict is Verdict.FAILED
    held(f"{postgres}#spoilt")
    with psycopg.connect(postgres) as connection:
        assert connection.execute("SELECT count(*) FROM orders").fetchone() == (3,)


def test_reg_03_an_empty_postgresql_table_is_judged_by_its_columns(postgres: str) -> None:
    import psycopg

    with psycopg.connect(postgres) as connection:
        connection.execute("CREATE TABLE hollow (id text, placed_at timestamptz)")
        connection.execute("CREATE TABLE fit (id bigint, total numeric, paid int, note varchar(9), placed_at date)")
    found = {(line.path, line.message) for line in held(f"{postgres}#hollow").violations}
    assert found == {
        ("/total", "there is no column total"),
        ("/id", "the column id holds string where integer is asked for"),
    }
    assert held(f"{postgres}#fit").matches.verdict is Verdict.UNKNOWN


def test_reg_03_a_database_elsewhere_is_asked_only_where_its_host_is_allowed() -> None:
    look = held("postgresql://db.example.com/shop#orders")
    assert look.exists.verdict is Verdict.UNKNOWN
    assert "CONCORD_HTTP_HOSTS" in look.exists.reason


class Answers(BaseHTTPRequestHandler):
    """Answers what the test wants."""

    body = b"[]"
    status = 200
    asked: list[str] = []

    def do_GET(self) -> None:
        """The answer to any path."""
        type(self).asked.append(self.path)
        self.send_response(self.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Last-Modified", "Sun, 05 Apr 2026 13:00:00 GMT")
        if self.status == 302:
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the name that the base class has
        """Nothing is printed."""


@contextmanager
def answering(body: Any, status: int = 200) -> Iterator[tuple[str, list[str]]]:
    """A real server on this machine: its host and port, and what it was asked."""
    made = type("Made", (Answers,), {"body": json.dumps(body).encode(), "status": status, "asked": []})
    with serving(made) as host:
        yield host, made.asked  # type: ignore[attr-defined]  # set above


@contextmanager
def serving(answers: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """A real server on this machine: its host and port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), answers)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_reg_03_an_endpoint_is_asked_where_its_host_is_allowed_and_never_otherwise() -> None:
    with answering([{"id": 1, "total": 3}, {"id": 2}]) as (host, asked):
        schema = {"type": "array", "items": ORDER}
        refused = held(f"http://{host}/orders", schema)
        assert refused.exists.verdict is Verdict.UNKNOWN
        assert asked == []
        look = held(f"http://{host}/orders", schema, hosts=(host,))
    assert [(line.path, line.keyword) for line in look.violations] == [("/*/total", "required")]
    assert (look.exists.verdict, look.written_at) == ("OK", "2026-04-05T13:00:00Z")


@pytest.mark.parametrize(("status", "verdict"), [(404, "FAILED"), (410, "FAILED"), (500, "UNKNOWN"), (302, "UNKNOWN")])
def test_reg_03_an_endpoint_that_says_it_is_gone_does_not_exist_and_another_error_says_nothing(
    status: int, verdict: str
) -> None:
    with answering([], status) as (host, asked):
        assert held(f"http://{host}/orders", hosts=(host,)).exists.verdict == verdict
        assert asked == ["/orders"]


def test_reg_03_an_answer_that_is_too_long_is_not_judged() -> None:
    with answering([{"id": 1, "total": 3}] * 100) as (host, _):
        look = held(f"http://{host}/orders", hosts=(host,), limits=Limits(fetched=100))
    assert (look.matches.verdict, look.complete) == (Verdict.UNKNOWN, False)


def test_reg_03_an_endpoint_that_does_not_come_to_an_end_is_given_up_and_nothing_is_claimed() -> None:
    given_up = threading.Event()

    class Slow(Answers):
        def do_GET(self) -> None:
            """The beginning of an answer, and nothing more until nobody waits for it."""
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b'[{"id": 1')
            given_up.wait(60)

    with serving(Slow) as host:
        look = held(f"http://{host}/orders", hosts=(host,), limits=Limits(seconds=0.3))
        given_up.set()
    assert (look.matches.verdict, look.complete) == (Verdict.UNKNOWN, False)


def test_reg_03_an_answer_that_breaks_off_is_not_judged() -> None:
    class Broken(Answers):
        def do_GET(self) -> None:
            """Less than was announced."""
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b'[{"id": 1')

    with serving(Broken) as host:
        look = held(f"http://{host}/orders", hosts=(host,))
    assert (look.matches.verdict, look.matches.reason) == (Verdict.UNKNOWN, "the answer broke off")


def test_reg_03_an_endpoint_that_nobody_answers_at_is_unknown() -> None:
    with answering([]) as (host, _):
        pass
    assert held(f"http://{host}/orders", hosts=(host,)).exists.verdict is Verdict.UNKNOWN

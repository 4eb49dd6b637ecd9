"""Status files, and health endpoints on a real socket: asked only where allowed, bounded, redirects not followed."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from server.registry import health_sources
from server.registry.health_sources import LARGEST, look_at_endpoint, look_at_file

NOW = "2026-04-05T14:00:00Z"


class Served(BaseHTTPRequestHandler):
    """Answers by its path, and keeps what was asked for."""

    asked: ClassVar[list[str]]
    release: ClassVar[threading.Event]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        if self.path == "/redirect":
            self.send_response(302)
            self.send_header("Location", "/healthy")
            self.end_headers()
        elif self.path == "/slow":
            self.send_response(200)
            self.end_headers()
            self.wfile.flush()
            self.release.wait(30)
        elif self.path == "/huge":
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"x" * (4 * LARGEST))
        else:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"status": "%s"}' % self.path.strip("/").encode())

    def log_message(self, *args: Any, **named: Any) -> None:
        """Tests print nothing."""


@contextmanager
def serving() -> Iterator[tuple[str, type[Served]]]:
    class Fresh(Served):
        asked: ClassVar[list[str]] = []
        release: ClassVar[threading.Event] = threading.Event()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Fresh)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", Fresh
    finally:
        Fresh.release.set()
        server.shutdown()
        server.server_close()
        thread.join()


def test_reg_05_an_endpoint_on_the_list_is_asked_and_no_other() -> None:
    with serving() as (url, kind):
        assert look_at_endpoint(f"{url}/healthy", ["127.0.0.1"], NOW).stated == "OK"
        assert look_at_endpoint(f"{url}/down", ["127.0.0.1"], NOW).stated == "CRITICAL"
        assert look_at_endpoint(f"{url}/healthy", [url.removeprefix("http://")], NOW).stated == "OK"
        assert kind.asked == ["/healthy", "/down", "/healthy"]
        assert look_at_endpoint(f"{url}/healthy", [], NOW).stated == ""
        assert look_at_endpoint(f"{url}/healthy", ["127.0.0.1:1"], NOW).stated == ""
        assert len(kind.asked) == 3


def test_reg_05_a_redirect_is_not_followed_and_a_long_answer_is_not_read_to_its_end() -> None:
    with serving() as (url, kind):
        look = look_at_endpoint(f"{url}/redirect", ["127.0.0.1"], NOW)
        assert (look.stated, kind.asked) == ("", ["/redirect"])
        assert look_at_endpoint(f"{url}/huge", ["127.0.0.1"], NOW).stated == "OK"


def test_reg_05_an_endpoint_that_does_not_answer_is_down_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health_sources, "SECONDS", 0.2)
    with serving() as (url, _):
        look = look_at_endpoint(f"{url}/slow", ["127.0.0.1"], NOW)
        assert (look.stated, look.problem) == ("CRITICAL", f"Its health endpoint did not answer in time at {NOW}.")
    look = look_at_endpoint(f"{url}/healthy", ["127.0.0.1"], NOW)  # nobody listens there any more
    assert (look.stated, look.problem) == ("CRITICAL", f"Its health endpoint did not answer at {NOW}.")


def test_reg_05_what_is_no_readable_file_is_a_problem_and_never_a_status(tmp_path: Path) -> None:
    for path in (tmp_path / "missing.json", tmp_path, Path("a\0b")):
        look = look_at_file(str(path), NOW)
        assert (look.stated, look.last_run) == ("", "")
        assert look.problem.startswith("Its status file ")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")  # opening it would wait for a writer for ever
        assert look_at_file(str(tmp_path / "pipe"), NOW).problem == "Its status file is no file."


def test_reg_05_of_a_long_file_its_end_is_read(tmp_path: Path) -> None:
    file = tmp_path / "status.jsonl"
    file.write_text('{"status": "failed"}\n' * (LARGEST // 10) + '{"status": "ok"}\n', encoding="utf-8")
    assert look_at_file(str(file), NOW).stated == "OK"

"""What status files and health endpoints say, in the shapes that people write them."""

import pytest

from server.registry.health_sources import look_at_endpoint
from server.registry.stated_health import read_endpoint, read_status_file

NOW = "2026-04-05T14:00:00Z"
WRITTEN = "2026-04-05T13:00:00Z"


@pytest.mark.parametrize(
    ("text", "stated", "last_run"),
    [
        ('{"status": "ok", "last_run": "2026-04-05T12:00:00Z"}', "OK", "2026-04-05T12:00:00Z"),
        ('{"last_result": "CRITICAL", "status": "running", "updated_at": "2026-04-05T12:00:00Z"}', "CRITICAL", None),
        ('{"lastRun": "2026-04-05T14:00:00+02:00", "State": "Healthy"}', "OK", "2026-04-05T12:00:00Z"),
        ('{"last_run": "2026-04-05T12:00:00Z", "updated_at": "2026-04-05T13:30:00Z"}', "", "2026-04-05T12:00:00Z"),
        ('{"last_success": "2026-04-05T11:00:00Z", "error": "no route"}', "ERROR", "2026-04-05T11:00:00Z"),
        ('{"timestamp": 1775390400, "healthy": true}', "OK", "2026-04-05T12:00:00Z"),
        ('{"ts": 1775390400000, "ok": false}', "ERROR", "2026-04-05T12:00:00Z"),
        ('{"health": {"status": "degraded"}}', "DEGRADED", WRITTEN),
        ('{"status": "ok"}\n{"status": "failed", "time": "2026-04-05T12:00:00Z"}\n', "ERROR", "2026-04-05T12:00:00Z"),
        ('[{"status": "failed"}, {"status": "success"}]', "OK", WRITTEN),
        ("2026-04-05T12:00:00Z\n", "", "2026-04-05T12:00:00Z"),
        ("1775390400", "", "2026-04-05T12:00:00Z"),
        ('"2026-04-05T12:00:00Z"', "", "2026-04-05T12:00:00Z"),
        ("OK\n", "OK", WRITTEN),
        ('"failed"', "ERROR", WRITTEN),
        ('\ufeff{"ok": true}', "OK", WRITTEN),
        ('{"last_success": "2026-04-05T12:00:00Z"}', "OK", "2026-04-05T12:00:00Z"),
        ('{"status": "who knows", "last_run": "2026-04-05T12:00:00Z"}', "", "2026-04-05T12:00:00Z"),
        ('{"last_run": "2031-01-01T00:00:00Z"}', "", NOW),
    ],
)
def test_reg_05_a_status_file_is_understood_in_the_shapes_people_use(
    text: str, stated: str, last_run: str | None
) -> None:
    look = read_status_file(text, target="/x", written_at=WRITTEN, now=NOW)
    assert (look.stated, look.problem) == (stated, "")
    assert look.last_run == (last_run or "2026-04-05T12:00:00Z")
    assert not look.only_written


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[not json", "broken JSON"),
        ('{"status": "ok", ', "broken JSON"),
        ('{"status": "ok"}\n{"status": "fai', "broken JSON"),
        ("[" * 100_000, "broken JSON"),
        ('{"running":\ntrue', "broken JSON"),
        ("9" * 4_000, "states neither"),
        ("last run went fine, I think", "neither JSON nor"),
        ("\x00\x01\ufffd\x7fELF", "neither JSON nor"),
        ("42", "states neither"),
        ("null", "states neither"),
        ("{}", "states neither"),
        ("[]", "states neither"),
        ('{"error": null}', "states neither"),
        ('{"status": "who knows", "last_run": "yesterday"}', "states neither"),
    ],
)
def test_reg_05_a_status_file_that_says_nothing_shows_no_run_and_says_why(text: str, why: str) -> None:
    look = read_status_file(text, target="/x", written_at=WRITTEN, now=NOW)
    assert (look.stated, look.last_run) == ("", "")
    assert why in look.problem


@pytest.mark.parametrize("text", ["", " \n", "\ufeff"])
def test_reg_05_an_empty_status_file_shows_when_it_was_written_and_no_result(text: str) -> None:
    look = read_status_file(text, target="/x", written_at=WRITTEN, now=NOW)
    assert (look.stated, look.last_run, look.problem) == ("", WRITTEN, "")
    assert look.only_written


@pytest.mark.parametrize(
    ("code", "text", "stated"),
    [
        (200, "", "OK"),
        (204, "", "OK"),
        (200, '{"status": "UP"}', "OK"),
        (200, '{"status": "pass"}', "OK"),
        (200, '{"status": "warn"}', "DEGRADED"),
        (200, '{"status": "fail"}', "CRITICAL"),
        (200, '{"status": "DOWN"}', "CRITICAL"),
        (503, '{"status": "ok"}', "CRITICAL"),
        (503, '{"status": "degraded"}', "DEGRADED"),
        (500, "<html>", "CRITICAL"),
    ],
)
def test_reg_05_an_endpoint_is_believed_by_its_words_and_its_code(code: int, text: str, stated: str) -> None:
    assert read_endpoint(code, text, target="http://a", now=NOW).stated == stated


@pytest.mark.parametrize("code", [301, 302, 401, 404, 429])
def test_reg_05_a_redirect_or_a_refusal_says_nothing_about_health(code: int) -> None:
    look = read_endpoint(code, '{"status": "ok"}', target="http://a", now=NOW)
    assert look.stated == ""
    assert str(code) in look.problem


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9/health",
        "http://localhost:9/health",
        "http://allowed.example@127.0.0.1:9/",
        "http://allowed.example.evil.example/",
        "http://allowed.example:8080/",
        "https://allowed.example/",
        "file:///etc/passwd",
        "http://[::1",
        "http:///",
        "ftp://allowed.example/",
    ],
)
def test_reg_05_a_host_that_is_not_on_the_list_is_never_spoken_to(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def spoken_to(*arguments: object, **named: object) -> None:
        raise AssertionError("somebody was spoken to")

    monkeypatch.setattr("server.registry.health_sources._ask", spoken_to)
    look = look_at_endpoint(url, {"allowed.example:80"}, NOW)
    assert look.stated == ""
    assert look.problem

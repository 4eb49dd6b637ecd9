"""What single lines and small files say: schedules, users, variables, paths, and what is no marker at all."""

import json

import pytest

from server.exchange.dbt.importer import read_dbt
from server.exchange.source import Request, SourceFile
from server.registry.discovery.calendars import cron_of_calendar, cron_of_intervals, seconds_of_span
from tests.rules.discovery.reading import sighted, touched


@pytest.mark.parametrize(
    ("told", "cron", "zone"),
    [
        ("daily", "0 0 * * *", ""),
        ("weekly", "0 0 * * 1", ""),
        ("*-*-* 02:00:00", "0 2 * * *", ""),
        ("Mon..Fri 09:30", "30 9 * * 1-5", ""),
        ("Sat,Sun *-*-* 10:00", "0 10 * * 6,0", ""),
        ("*:0/15", "*/15 * * * *", ""),
        ("*-*-01 04:00:00", "0 4 1 * *", ""),
        ("Sun 03:00 Europe/Berlin", "0 3 * * 0", "Europe/Berlin"),
        ("Mon *-*-1..7 10:00", "Mon *-*-1..7 10:00", ""),
        ("2026-01-01 00:00", "2026-01-01 00:00", ""),
        ("*-*-* 02:00:30", "*-*-* 02:00:30", ""),
    ],
)
def test_a_calendar_of_systemd_becomes_cron_where_cron_can_say_it(told: str, cron: str, zone: str) -> None:
    assert cron_of_calendar(told) == (cron, zone)


def test_spans_and_intervals_are_read_and_what_cannot_be_crossed_is_left() -> None:
    assert seconds_of_span("1h 30min") == 5_400
    assert seconds_of_span("90") == 90
    assert seconds_of_span("soon") == 0
    assert cron_of_intervals([{"Hour": 8, "Minute": 0}, {"Hour": 18, "Minute": 0}]) == "0 8,18 * * *"
    assert cron_of_intervals([{"Hour": 8, "Minute": 0}, {"Hour": 18, "Minute": 30}]) == ""
    assert cron_of_intervals("x") == ""


@pytest.mark.parametrize(
    ("path", "line", "schedule", "script"),
    [
        ("/etc/crontab", "5 4 * * * anna /opt/a.sh", "5 4 * * *", "/opt/a.sh"),
        ("/etc/cron.d/a", "@reboot root /usr/bin/python3 /opt/a.py", "@reboot", "/opt/a.py"),
        ("/var/spool/cron/anna", "*/5 * * * * cd /opt && python a.py", "*/5 * * * *", "/opt/a.py"),
        ("/home/anna/crontab.txt", "0 0 1 jan mon-fri /opt/a.sh", "0 0 1 jan mon-fri", "/opt/a.sh"),
        ("/x/my.crontab", "0 9-17/2 * * 1 flock -n /tmp/l nice -n 5 /opt/a.sh 50\\%", "0 9-17/2 * * 1", "/opt/a.sh"),
        ("/x/my.cron", "1 2 3 4 5 FOO=1 bash -lc 'cd /opt && ./a.sh' % stdin", "1 2 3 4 5", "/opt/a.sh"),
        ("/x/crontab", "1 2 * * * cd /opt && uv run python -m jobs.a", "1 2 * * *", "/opt/jobs/a.py"),
    ],
)
def test_lines_of_crontabs_are_read_as_cron_reads_them(path: str, line: str, schedule: str, script: str) -> None:
    (found,) = sighted(path, f"# 1 1 * * * /opt/no.sh\nMAILTO=x\n\n{line}\n")
    assert found.schedule == schedule
    assert script in found.runs


@pytest.mark.parametrize("path", ["/x/crontab.md", "/x/cron.py", "/x/micron.json", "/x/notes.txt"])
def test_other_files_are_no_crontabs(path: str) -> None:
    assert sighted(path, "5 4 * * * /opt/a.sh\n") == []


@pytest.mark.parametrize("key", ["on", '"on"', "'on'"])
def test_a_workflow_has_its_triggers_however_the_key_is_read(key: str) -> None:
    text = f"{key}:\n  schedule:\n    - cron: '1 2 * * *'\n    - cron: '3 4 * * *'\njobs:\n  a:\n    steps: []\n"
    (found,) = sighted("/r/.github/workflows/a.yml", text)
    assert found.schedule == "1 2 * * *"
    assert [clue.line for clue in found.more] == [3, 4]


@pytest.mark.parametrize(
    ("source", "reads", "writes"),
    [
        ('open("/a.json")', {"/a.json"}, set()),
        ('open("/a.json", mode="a")', set(), {"/a.json"}),
        ('open("/a.json", "r+")', {"/a.json"}, {"/a.json"}),
        ('import os\nP = os.path.join("/a", "b")\nopen(P + "/c.txt", "w")', set(), {"/a/b/c.txt"}),
        ('from pathlib import Path\n(Path("/a") / "b" / f"{x}.csv").read_text()', {"/a/b/*.csv"}, set()),
        (
            'from pathlib import Path\nPath(__file__).parents[1].joinpath("d.json").write_bytes(b"")',
            set(),
            {"/p/d.json"},
        ),
        ('import pandas as pd\npd.read_csv("/a.csv").to_json("/b.json")', {"/a.csv"}, {"/b.json"}),
        ('class A:\n  def __init__(self):\n    self.p = "/a.txt"\n  def r(self):\n    open(self.p)', {"/a.txt"}, set()),
        ('def f(path="/d.txt"):\n    open(path)', {"/d.txt"}, set()),
        ('import os\nopen(os.environ.get("X", "/e.txt"))', {"/e.txt"}, set()),
        ('import shutil\nshutil.copy("/a.txt", "/b.txt")', {"/a.txt"}, {"/b.txt"}),
        ('import sqlite3\nsqlite3.connect("/a.db").execute("update t set x = 1")', set(), {"sqlite:////a.db#t"}),
        ('import requests\nrequests.post("https://u:p@h.example/a?k=1", json={})', set(), {"https://u:p@h.example/a"}),
        ('s3.upload_file("/a.txt", "bucket", "key")', set(), {"s3://bucket/key"}),
        ('import subprocess\nsubprocess.run("cat /a.txt > /b.txt", shell=True)', {"/a.txt"}, {"/b.txt"}),
        ("open(unknown)", set(), set()),
        ('open("/dev/null", "w")', set(), set()),
    ],
)
def test_what_a_python_source_opens_is_told_by_its_literals(source: str, reads: set[str], writes: set[str]) -> None:
    found = sighted("/p/q/main.py", f"{source}\nif __name__ == '__main__':\n    pass\n")
    assert touched(found[0]) == (reads, writes)


@pytest.mark.parametrize(
    ("line", "reads", "writes"),
    [
        ("cat /a.txt /b.txt >> /c.txt", {"/a.txt", "/b.txt"}, {"/c.txt"}),
        ("D=/data\nsort < $D/a.txt > ${D}/b.txt", {"/data/a.txt"}, {"/data/b.txt"}),
        ("jq '.a' /a.json | tee /b.json", {"/a.json"}, {"/b.json"}),
        ("cp -r /a.txt /b.txt /c/", {"/a.txt", "/b.txt"}, {"/c/"}),
        ("cat > /a.txt <<'END'\ncat /no.txt\nEND", set(), {"/a.txt"}),
        ("sqlite3 /a.db 'insert into t values (1)'", set(), {"sqlite:///a.db#t"}),
        ("psql -h db -d shop -c 'select 1 from orders' -o /x.txt", {"postgresql://db/shop#orders"}, set()),
        ("curl -X POST -d @/x https://h.example/a", set(), {"https://h.example/a"}),
        ("cp /a.txt /b/$(date +%F).txt", {"/a.txt"}, {"/b/*.txt"}),
        ('cd "$(dirname "$0")" && cat a.txt > /b.txt', {"/p/a.txt"}, {"/b.txt"}),
        ("echo it's 'unbalanced", set(), set()),
        ("echo x > /dev/null 2>&1", set(), set()),
    ],
)
def test_what_a_shell_script_touches_is_told_by_its_words(line: str, reads: set[str], writes: set[str]) -> None:
    (found,) = sighted("/p/run.sh", f"#!/bin/bash\n{line}\n")
    assert touched(found) == (reads, writes)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/x/a.plist", "<plist"),
        ("/x/a.plist", "<?xml version='1.0'?><plist><dict><key>A</key><integer>x</integer></dict></plist>"),
        ("/x/.mcp.json", "{"),
        ("/x/.mcp.json", "[" * 100_000),
        ("/x/docker-compose.yml", "services: [a, b]"),
        ("/x/docker-compose.yml", "services: {a: &a [*a]}"),
        ("/x/.github/workflows/a.yml", "on: push\njobs: nothing"),
        ("/x/.claude/settings.json", '{"hooks": [1, {"a": 2}]}'),
        ("/x/.claude/agents/a.md", "---\n: : :\n---\n"),
        ("/x/.claude/scheduled_tasks.json", '[[[[{"cron": 5}]]]]'),
        ("/x/a.py", "(" * 5_000 + "open('x')"),
        ("/x/a.py", "open('x')\n\0"),
        ("/x/a.service", "[Service]\nExecStart=\\\n"),
        ("/x/manifest.json", '{"metadata": {"dbt_schema_version": 1}, "nodes": [1], "sources": {"a": 2}}'),
        ("/x/k8s.yaml", "apiVersion: v1\nkind: CronJob\nmetadata: {name: [1]}\nspec: 7\n"),
        ("/x/Procfile", ": :\n\n:x\n"),
    ],
)
def test_malformed_files_are_passed_over(path: str, text: str) -> None:
    for found in sighted(path, text):
        assert found.name


def test_what_an_environment_holds_is_never_looked_at() -> None:
    server = '{"mcpServers": {"a": {"command": "a", "args": ["--quiet"], "env": {"PLAIN": "harmless-looking-word"}}}}'
    (found,) = sighted("/x/.mcp.json", server)
    assert "harmless" not in str([clue for clue in found.clues() if clue.text != server])


def test_reg_04_a_table_of_a_dbt_project_is_named_as_an_import_names_it() -> None:
    node = {"resource_type": "model", "database": "shop", "schema": "core", "name": "orders"}
    names = {}
    for adapter in ("bigquery", "postgres"):
        metadata = {
            "dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json",
            "adapter_type": adapter,
            "project_name": "shop",
        }
        manifest = {"metadata": metadata, "nodes": {"model.shop.orders": {**node, "unique_id": "model.shop.orders"}}}
        text = json.dumps(manifest)
        (found,) = sighted("/x/target/manifest.json", text)
        request = Request(files=(SourceFile("/x/target/manifest.json", text),))
        (listed,) = read_dbt(request).systems
        names[adapter] = touched(found)[1]
        assert names[adapter] == {output.resource for output in listed.system.writes_to}
    assert names == {"bigquery": {"bigquery://shop.core.orders"}, "postgres": {"postgresql:///shop#core.orders"}}

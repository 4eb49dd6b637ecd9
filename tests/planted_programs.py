"""Programs that a machine starts by itself, planted with what they read and write: cron, systemd, launchd."""

import plistlib
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import Any

from tests.planted_secrets import SECRETS


@dataclass(frozen=True)
class Planted:
    """One thing that a scan has to find."""

    marker: str
    place: str
    """A file that its evidence or location has to name, below the tree."""
    name: str = ""
    schedule: str = ""
    reads: tuple[str, ...] = ()
    """Below the tree, or whole where they have a scheme."""
    writes: tuple[str, ...] = ()


def put(root: Path, path: str, text: str) -> None:
    """The text stands in a file below the folder."""
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(dedent(text).lstrip("\n"), encoding="utf-8")


def plant_cron(root: Path, tree: str) -> list[Planted]:
    """Crontabs of every form."""
    flag = SECRETS["password of a flag"]
    put(
        root,
        "etc/crontab",
        f"""
        SHELL=/bin/sh
        MAILTO=ops@example.com
        CRON_TZ=Europe/Berlin
        DB_PASSWORD={SECRETS["password of a variable"]}
        # m h dom mon dow user command
        15 2 * * 1-5 etl cd {tree}/opt/totals && /usr/bin/python3 nightly.py --token {flag} >> {tree}/var/log/totals.log 2>&1
        @hourly root {tree}/opt/sync/pull.sh --key={SECRETS["anthropic"]}
        """,
    )
    put(
        root,
        "opt/totals/nightly.py",
        f'''
        """Adds up yesterday's orders."""
        import json
        from pathlib import Path

        from shop_totals import store

        HERE = Path(__file__).resolve().parent
        API_KEY = "{SECRETS["openai"]}"

        def main():
            with open(HERE / "data" / "orders.json") as orders:
                rows = json.load(orders)
            store.save(rows)
            (HERE / "out" / "totals.json").write_text(json.dumps(rows))

        if __name__ == "__main__":
            main()
        ''',
    )
    put(
        root,
        "opt/totals/shop_totals/store.py",
        """
        import sqlite3

        def save(rows):
            database = sqlite3.connect("/srv/totals.db")
            database.execute("INSERT INTO totals VALUES (?)", rows)
        """,
    )
    put(
        root,
        "opt/sync/pull.sh",
        f"""
        #!/usr/bin/env bash
        set -eu
        export TOKEN={SECRETS["gitlab"]}
        BASE={tree}/srv/feeds
        curl -s -H "Authorization: {SECRETS["authorization"]}" https://api.example.com/v2/feeds -o "$BASE/raw.json"
        jq '.items' "$BASE/raw.json" > "$BASE/items.json"
        """,
    )
    put(
        root,
        "etc/cron.d/backup",
        f"30 3 * * 0 root tar czf {tree}/backup/all.tgz {tree}/srv # {SECRETS['hexadecimal']}\n",
    )
    put(root, "etc/cron.daily/rotate", "#!/bin/sh\ncat /srv/live.log > /srv/archive/live.log\n")
    put(
        root,
        "home/anna/jobs.crontab",
        f"*/20 8-18 * * * /usr/bin/node {tree}/opt/poller/poll.js --password {SECRETS['password of a flag']}\n",
    )
    put(root, "var/spool/cron/crontabs/ben", f"5 4 * * * python3 {tree}/opt/report/weekly.py\n")
    return [
        Planted(
            "crontab",
            "etc/crontab",
            "nightly",
            "15 2 * * 1-5",
            ("opt/totals/data/orders.json",),
            ("opt/totals/out/totals.json", "sqlite:////srv/totals.db#totals"),
        ),
        Planted("crontab", "etc/crontab", "pull", "@hourly", ("srv/feeds/raw.json",), ("srv/feeds/items.json",)),
        Planted("crontab", "etc/cron.d/backup", "backup", "30 3 * * 0", (), ("backup/all.tgz",)),
        Planted("crontab", "etc/cron.daily/rotate", "rotate", "@daily", ("/srv/live.log",), ("/srv/archive/live.log",)),
        Planted("crontab", "home/anna/jobs.crontab", "poll", "*/20 8-18 * * *"),
        Planted("crontab", "var/spool/cron/crontabs/ben", "weekly", "5 4 * * *"),
    ]


def plant_systemd(root: Path, tree: str) -> list[Planted]:
    """Services and their timers."""
    put(
        root,
        "etc/systemd/system/ingest.service",
        f"""
        [Unit]
        Description=Takes in what suppliers send

        [Service]
        Environment=SLACK_TOKEN={SECRETS["slack"]}
        WorkingDirectory={tree}/opt/ingest
        ExecStart=/usr/bin/python3 ingest.py --dsn postgresql://ingest:{SECRETS["password in a url"]}@db/shop
        StandardOutput=append:{tree}/var/log/ingest.log
        """,
    )
    put(root, "etc/systemd/system/ingest.timer", "[Timer]\nOnCalendar=Mon..Fri *-*-* 06:30:00 Europe/Paris\n")
    put(
        root,
        "opt/ingest/ingest.py",
        f"""
        import pandas as pd
        WEBHOOK = "https://hooks.slack.com/services/{SECRETS["slack webhook"]}"
        frame = pd.read_csv("inbox/suppliers.csv")
        frame.to_parquet("outbox/suppliers.parquet")
        """,
    )
    put(
        root,
        "home/anna/.config/systemd/user/mirror.service",
        f"[Service]\nExecStart={tree}/opt/mirror/mirror.sh {SECRETS['npm']}\n[Install]\nWantedBy=default.target\n",
    )
    put(root, "home/anna/.config/systemd/user/mirror.timer", "[Timer]\nOnUnitActiveSec=15min\n")
    return [
        Planted(
            "systemd",
            "etc/systemd/system/ingest.service",
            "ingest",
            "30 6 * * 1-5",
            ("opt/ingest/inbox/suppliers.csv",),
            ("opt/ingest/outbox/suppliers.parquet", "var/log/ingest.log"),
        ),
        Planted("systemd", "home/anna/.config/systemd/user/mirror.service", "mirror", "every 900 seconds"),
    ]


def plant_launchd(root: Path, tree: str) -> list[Planted]:
    """Property lists of macOS."""
    lists: dict[str, dict[str, Any]] = {
        "com.example.digest": {
            "Label": "com.example.digest",
            "ProgramArguments": ["/usr/bin/python3", f"{tree}/opt/digest/digest.py", "--api-key", SECRETS["stripe"]],
            "EnvironmentVariables": {"HF_TOKEN": SECRETS["hugging face"]},
            "StartCalendarInterval": [{"Hour": 8, "Minute": 0}, {"Hour": 18, "Minute": 0}],
            "StandardOutPath": f"{tree}/var/log/digest.log",
        },
        "com.example.watch": {
            "Label": "com.example.watch",
            "Program": f"{tree}/opt/watch/watch.rb",
            "StartInterval": 300,
        },
    }
    for label, content in lists.items():
        file = root / f"Library/LaunchAgents/{label}.plist"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(plistlib.dumps(content))
    return [
        Planted(
            "launchd",
            "Library/LaunchAgents/com.example.digest.plist",
            "digest",
            "0 8,18 * * *",
            (),
            ("var/log/digest.log",),
        ),
        Planted("launchd", "Library/LaunchAgents/com.example.watch.plist", "watch", "every 300 seconds"),
    ]

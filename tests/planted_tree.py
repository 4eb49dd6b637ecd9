"""A tree with every kind of marker that discovery looks for, and secrets in all of them."""

import json
from pathlib import Path

from tests.planted_programs import Planted, plant_cron, plant_launchd, plant_systemd, put
from tests.planted_secrets import SECRETS


def plant(root: Path) -> list[Planted]:
    """Everything is written below the folder; what a scan has to find there."""
    tree = root.as_posix()
    planted: list[Planted] = []
    for write in (
        plant_cron,
        plant_systemd,
        plant_launchd,
        _workflows,
        _agents,
        _mcp,
        _containers,
        _kubernetes,
        _others,
        _sources,
    ):
        planted += write(root, tree)
    _noise(root)
    return planted


def _workflows(root: Path, tree: str) -> list[Planted]:
    put(
        root,
        "repos/site/.github/workflows/refresh.yml",
        f"""
        name: Refresh the prices
        on:
          schedule:
            - cron: '17 5 * * *'
          workflow_dispatch:
        env:
          GH: {SECRETS["github"]}
        jobs:
          refresh:
            runs-on: ubuntu-latest
            steps:
              - uses: actions/checkout@v4
              - run: |
                  python scripts/refresh.py
                  curl -H "Authorization: Bearer {SECRETS["bearer"]}" https://prices.example.com/all > public/all.json
        """,
    )
    put(
        root,
        "repos/site/scripts/refresh.py",
        """
        from pathlib import Path
        Path("data/prices.json").write_text(Path("data/source.json").read_text())
        """,
    )
    put(root, "repos/site/.github/workflows/build.yaml", "on: [push]\njobs:\n  build:\n    steps:\n      - run: make\n")
    put(
        root,
        "repos/model/.gitlab-ci.yml",
        f"""
        stages: [train]
        variables:
          TOKEN: {SECRETS["github fine"]}
        retrain:
          stage: train
          rules:
            - if: $CI_PIPELINE_SOURCE == "schedule"
          script:
            - python train.py > metrics/latest.json
        """,
    )
    return [
        Planted(
            "workflow",
            "repos/site/.github/workflows/refresh.yml",
            "refresh",
            "17 5 * * *",
            ("repos/site/data/source.json",),
            ("repos/site/data/prices.json", "repos/site/public/all.json"),
        ),
        Planted("workflow", "repos/site/.github/workflows/build.yaml", "build"),
        Planted("workflow", "repos/model/.gitlab-ci.yml", "retrain", "", (), ("repos/model/metrics/latest.json",)),
    ]


def _agents(root: Path, tree: str) -> list[Planted]:
    put(
        root,
        "repos/desk/.claude/agents/triage.md",
        f"""
        ---
        name: triage
        description: Sorts what comes in, with {SECRETS["google"]}
        tools: Read, Write
        ---
        Read `inbox/mails.json` and write the result to `outbox/sorted.json`.
        """,
    )
    hook = {"type": "command", "command": f'python "$CLAUDE_PROJECT_DIR"/hooks/log.py --token {SECRETS["telegram"]}'}
    settings = {
        "hooks": {"PostToolUse": [{"matcher": "Write", "hooks": [hook]}]},
        "env": {"KEY": SECRETS["drawn by chance"]},
    }
    put(root, "repos/desk/.claude/settings.json", json.dumps(settings, indent=2))
    put(root, "repos/desk/hooks/log.py", 'with open("logs/edits.jsonl", "a") as log:\n    log.write("x")\n')
    put(root, "repos/desk/.claude/commands/close.md", "Close the ticket.\n")
    tasks = {
        "tasks": [
            {
                "id": "morning-brief",
                "cron": "0 7 * * 1-5",
                "prompt": "Read `outbox/sorted.json`, write `briefs/today.md`",
            }
        ]
    }
    put(root, "repos/desk/.claude/scheduled_tasks.json", json.dumps(tasks, indent=2))
    put(
        root,
        "repos/desk/CLAUDE.md",
        f"# Desk\n\nThe agent reads `data/customers.csv`.\nKey: {SECRETS['aws key']}\nIt writes to `reports/week.md`.\n",
    )
    put(
        root,
        "repos/probe/AGENTS.md",
        f"# Probe\n\n## Output\n\nWrites `results/probe.json`. password: {SECRETS['password of a variable']}\n",
    )
    return [
        Planted(
            "claude agent",
            "repos/desk/.claude/agents/triage.md",
            "triage",
            "",
            ("repos/desk/inbox/mails.json",),
            ("repos/desk/outbox/sorted.json",),
        ),
        Planted(
            "claude settings", "repos/desk/.claude/settings.json", "desk", "", (), ("repos/desk/logs/edits.jsonl",)
        ),
        Planted(
            "claude schedule",
            "repos/desk/.claude/scheduled_tasks.json",
            "morning-brief",
            "0 7 * * 1-5",
            ("repos/desk/outbox/sorted.json",),
            ("repos/desk/briefs/today.md",),
        ),
        Planted(
            "claude.md",
            "repos/desk/CLAUDE.md",
            "desk",
            "",
            ("repos/desk/data/customers.csv",),
            ("repos/desk/reports/week.md",),
        ),
        Planted("agents.md", "repos/probe/AGENTS.md", "probe", "", (), ("repos/probe/results/probe.json",)),
    ]


def _mcp(root: Path, tree: str) -> list[Planted]:
    servers = {
        "mcpServers": {
            "files": {
                "command": "npx",
                "args": ["-y", "@modelcontextprotocol/server-filesystem", f"{tree}/srv/shared"],
            },
            "tickets": {
                "command": "python",
                "args": ["servers/tickets.py", "--password", SECRETS["password of a flag"]],
                "env": {"TICKETS_TOKEN": SECRETS["web token"]},
            },
            "remote": {
                "type": "http",
                "url": f"https://bot:{SECRETS['password in a url']}@mcp.example.com/mcp?key={SECRETS['sendgrid']}",
            },
        }
    }
    put(root, "repos/desk/.mcp.json", json.dumps(servers, indent=2))
    return [
        Planted("mcp.json", "repos/desk/.mcp.json", "files", "", ("srv/shared",)),
        Planted("mcp.json", "repos/desk/.mcp.json", "tickets"),
        Planted("mcp.json", "repos/desk/.mcp.json", "remote", "", ("https://mcp.example.com/mcp",)),
    ]


def _containers(root: Path, tree: str) -> list[Planted]:
    put(
        root,
        "repos/shop/docker-compose.yml",
        f"""
        services:
          web:
            image: shop/web:1
            environment:
              DATABASE_URL: postgres://shop:{SECRETS["password in a url"]}@db/shop
          worker:
            build: ./worker
            command: python main.py
            volumes:
              - ./drop:/drop:ro
        """,
    )
    put(root, "repos/shop/worker/main.py", 'import json\n\njson.dump({}, open("/srv/worker/state.json", "w"))\n')
    return [
        Planted("compose", "repos/shop/docker-compose.yml", "web"),
        Planted(
            "compose", "repos/shop/docker-compose.yml", "worker", "", ("repos/shop/drop",), ("/srv/worker/state.json",)
        ),
    ]


def _kubernetes(root: Path, tree: str) -> list[Planted]:
    put(
        root,
        "repos/shop/k8s/jobs.yaml",
        f"""
        apiVersion: batch/v1
        kind: CronJob
        metadata: {{name: invoices, namespace: shop}}
        spec:
          schedule: "0 1 1 * *"
          timeZone: Europe/Vienna
          jobTemplate:
            spec:
              template:
                spec:
                  containers:
                    - name: invoices
                      image: shop/invoices:2
                      env: [{{name: SECRET, value: "{SECRETS["aws secret"]}"}}]
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: checkout
        spec:
          template:
            spec:
              containers: [{{name: checkout, image: shop/checkout}}]
        """,
    )
    return [
        Planted("kubernetes", "repos/shop/k8s/jobs.yaml", "invoices", "0 1 1 * *"),
        Planted("kubernetes", "repos/shop/k8s/jobs.yaml", "checkout"),
    ]


def _others(root: Path, tree: str) -> list[Planted]:
    put(root, "repos/marts/dbt_project.yml", "name: marts\nversion: '1.0'\nmodel-paths: [models]\n")
    manifest = {
        "metadata": {
            "dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json",
            "project_name": "marts",
            "adapter_type": "postgres",
        },
        "sources": {
            "source.marts.shop.orders": {
                "unique_id": "source.marts.shop.orders",
                "database": "dwh",
                "schema": "shop",
                "name": "orders",
            }
        },
        "nodes": {
            "model.marts.daily": {
                "unique_id": "model.marts.daily",
                "resource_type": "model",
                "database": "dwh",
                "schema": "marts",
                "name": "daily",
            }
        },
    }
    put(root, "repos/marts/target/manifest.json", json.dumps(manifest))
    put(
        root,
        "repos/api/Procfile",
        f"web: gunicorn api:app\nclock: python clock.py --secret {SECRETS['password of a flag']}\n",
    )
    put(root, "repos/api/clock.py", 'open("queue/ticks.json", "w").write("{}")\n')
    return [
        Planted(
            "dbt",
            "repos/marts/dbt_project.yml",
            "marts",
            "",
            ("postgresql:///dwh#shop.orders",),
            ("postgresql:///dwh#marts.daily",),
        ),
        Planted("procfile", "repos/api/Procfile", "api-web"),
        Planted("procfile", "repos/api/Procfile", "api-clock", "", (), ("repos/api/queue/ticks.json",)),
    ]


def _sources(root: Path, tree: str) -> list[Planted]:
    put(
        root,
        "tools/convert.py",
        f'''
        """Turns tables into other tables."""
        import csv, os
        import pandas as pd
        PRIVATE = """-----BEGIN PRIVATE KEY-----
        {SECRETS["private key"]}
        -----END PRIVATE KEY-----"""
        OUT = os.path.join("/srv", "exports", "table.csv")

        def convert(day, source="/srv/raw/table.xlsx"):
            pd.read_excel(source).to_csv(OUT)
            with open(f"/srv/raw/{{day}}.csv") as rows:
                return list(csv.reader(rows))

        if __name__ == "__main__":
            convert("x")
        ''',
    )
    put(
        root,
        "tools/publish.sh",
        f"""
        #!/bin/bash
        PGPASSWORD={SECRETS["password of a variable"]} psql -h db -d shop -c 'select * from orders' > /srv/exports/orders.csv
        mysql -u root -p{SECRETS["password of a flag"]} shop
        sqlite3 /srv/totals.db 'select * from totals' | tee /srv/exports/totals.txt
        cp /srv/exports/orders.csv /mnt/share/orders.csv
        """,
    )
    return [
        Planted(
            "python source",
            "tools/convert.py",
            "convert",
            "",
            ("/srv/raw/table.xlsx", "/srv/raw/*.csv"),
            ("/srv/exports/table.csv",),
        ),
        Planted(
            "shell source",
            "tools/publish.sh",
            "publish",
            "",
            ("postgresql://db/shop#orders", "sqlite:///srv/totals.db#totals", "/srv/exports/orders.csv"),
            ("/srv/exports/orders.csv", "/srv/exports/totals.txt", "/mnt/share/orders.csv"),
        ),
    ]


def _noise(root: Path) -> None:
    """What is to be passed over."""
    put(root, "repos/site/node_modules/left/.claude/agents/ghost.md", "---\nname: ghost\n---\n")
    put(root, "repos/site/.git/hooks/run.sh", "#!/bin/sh\ncat /srv/a.txt > /srv/b.txt\n")
    put(root, "repos/site/.venv/pyvenv.cfg", "home = /usr\n")
    put(root, "repos/site/docs/readme.md", "Read `data/prices.json`.\n")
    put(root, "repos/site/broken.py", "def (:\n")
    put(
        root,
        "repos/site/chart/templates/job.yaml",
        "apiVersion: v1\nkind: Job\nmetadata: {name: {{ .Release.Name }}}\n",
    )
    put(root, ".env", f"TOKEN={SECRETS['drawn by chance']}\n")
    (root / "repos/site/loop").symlink_to(root / "repos")
    (root / "repos/site/blob.py").write_bytes(b"\0\1\2open('x')")


def resource(tree: Path, name: str) -> str:
    """The whole name of a planted resource."""
    return name if "://" in name or name.startswith("/") else f"{tree.as_posix()}/{name}"

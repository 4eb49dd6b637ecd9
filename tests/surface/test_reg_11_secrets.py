"""Whatever a source's texts and addresses hold, no secret of it is shown by anything that an import fills (REG-11)."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.planted_secrets import SECRETS
from tests.surface.world import Concord

pytestmark = pytest.mark.anyio

PASSWORD, TOKEN, KEY = SECRETS["password in a url"], "tk-only-mine-4711", SECRETS["aws key"]
ADDRESS = f"https://ada:{PASSWORD}@host.example.com/x?token={TOKEN}&code={TOKEN}#access_token={TOKEN}"
TEXT = f"See {ADDRESS} with {KEY}; password: {PASSWORD}, api_key={TOKEN}, Authorization: Bearer {TOKEN}"

DBT = {
    "metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json", "adapter_type": "postgres"},
    "nodes": {
        "model.shop.orders": {
            "resource_type": "model",
            "name": "orders",
            "schema": "main",
            "description": TEXT,
            "tags": [ADDRESS],
            "config": {"materialized": "table", "meta": {"owner": ADDRESS}},
            "columns": {"id": {"name": "id", "data_type": "text", "description": TEXT}},
            "depends_on": {"nodes": [f"model.shop.{KEY}"]},
        }
    },
    "sources": {},
    "exposures": {
        "exposure.shop.board": {
            "name": "board",
            "type": "dashboard",
            "url": ADDRESS,
            "description": TEXT,
            "depends_on": {"nodes": ["model.shop.orders"]},
        }
    },
}
LINEAGE = {
    "eventType": "COMPLETE",
    "eventTime": "2026-03-01T06:00:00Z",
    "run": {"runId": "r1", "facets": {"parent": {"job": {"namespace": ADDRESS, "name": "above"}}}},
    "job": {
        "namespace": f"postgres://ada:{PASSWORD}@host:5432?password={PASSWORD}",
        "name": ADDRESS,
        "facets": {
            "documentation": {"description": TEXT},
            "sourceCodeLocation": {"type": "git", "url": ADDRESS, "path": ADDRESS},
            "ownership": {"owners": [{"name": ADDRESS}]},
        },
    },
    "inputs": [{"namespace": f"postgres://ada:{PASSWORD}@host:5432", "name": "shop.main.orders"}],
    "outputs": [
        {
            "namespace": f"https://ada:{PASSWORD}@host",
            "name": f"out?token={TOKEN}",
            "facets": {"schema": {"fields": [{"name": "id", "type": "string", "description": TEXT}]}},
        }
    ],
}
ODCS = {
    "apiVersion": "v3.0.2",
    "kind": "DataContract",
    "id": "orders",
    "version": "1.0.0",
    "status": "active",
    "description": {"purpose": TEXT, "usage": TEXT},
    "servers": [
        {"server": "lake", "type": "s3", "location": f"s3://ada:{PASSWORD}@lake/orders?token={TOKEN}"},
        {"server": "web", "type": "api", "location": ADDRESS},
    ],
    "authoritativeDefinitions": [{"type": "link", "url": ADDRESS}],
    "customProperties": [{"property": "password", "value": PASSWORD}],
    "slaProperties": [{"property": "support", "value": TEXT, "token": TOKEN}],
    "schema": [
        {
            "name": "orders",
            "properties": [{"name": "id", "logicalType": "string", "description": TEXT, "examples": [TEXT]}],
        }
    ],
}
BACKSTAGE = {
    "apiVersion": "backstage.io/v1alpha1",
    "kind": "Component",
    "metadata": {
        "name": "orders",
        "title": TEXT,
        "description": TEXT,
        "tags": [ADDRESS],
        "annotations": {"example.com/db": ADDRESS, "concord/resource": ADDRESS},
        "links": [{"url": ADDRESS, "title": TEXT}],
    },
    "spec": {"type": "service", "lifecycle": ADDRESS, "owner": ADDRESS, "dependsOn": [ADDRESS, f"resource:{KEY}"]},
}
CARD = {
    "name": "planner",
    "description": TEXT,
    "url": ADDRESS,
    "version": ADDRESS,
    "provider": {"organization": ADDRESS, "url": ADDRESS},
    "documentationUrl": ADDRESS,
    "capabilities": {},
    "securitySchemes": {"key": {"type": "apiKey", "name": TOKEN}},
    "skills": [{"id": "plan", "name": ADDRESS, "description": TEXT, "tags": [KEY], "examples": [TEXT]}],
}
SERVER = {
    "name": "io.github.ada/weather",
    "description": TEXT,
    "version": "1.0.0",
    "repository": {"url": ADDRESS},
    "websiteUrl": ADDRESS,
    "packages": [
        {
            "registryType": "npm",
            "identifier": ADDRESS,
            "environmentVariables": [{"name": "K", "value": TOKEN, "default": TOKEN, "description": TEXT}],
            "packageArguments": [{"type": "named", "name": "--token", "value": TOKEN}],
        }
    ],
    "remotes": [{"type": "sse", "url": ADDRESS, "headers": [{"name": "X-Key", "value": TOKEN}]}],
}
MANIFESTS = {
    "apiVersion": "apps/v1",
    "kind": "CronJob",
    "metadata": {"name": "orders", "annotations": {"description": TEXT, "owner": ADDRESS}},
    "spec": {
        "schedule": "0 * * * *",
        "jobTemplate": {
            "spec": {
                "template": {
                    "spec": {
                        "containers": [
                            {
                                "name": "main",
                                "image": "orders:1",
                                "args": [f"--db=postgres://ada:{PASSWORD}@db.shop.svc:5432/x?password={PASSWORD}"],
                                "env": [{"name": "DB", "value": ADDRESS}, {"name": "API_TOKEN", "value": TOKEN}],
                            }
                        ]
                    }
                }
            }
        },
    },
}
COMPOSE = {
    "services": {
        "orders": {
            "image": "orders:1",
            "labels": {"description": TEXT, "owner": ADDRESS},
            "environment": {"DB": f"postgres://ada:{PASSWORD}@db:5432/x?password={PASSWORD}", "API_TOKEN": TOKEN},
        },
        "db": {"image": "postgres:16", "environment": {"POSTGRES_PASSWORD": PASSWORD}},
    }
}
SOURCES: dict[str, tuple[str, Any]] = {
    "dbt": ("manifest.json", DBT),
    "openlineage": ("events.json", LINEAGE),
    "odcs": ("orders.odcs.json", ODCS),
    "backstage": ("catalog-info.json", BACKSTAGE),
    "a2a": ("agent-card.json", CARD),
    "mcp_server": ("server.json", SERVER),
    "kubernetes": ("orders.json", MANIFESTS),
    "compose": ("compose.json", COMPOSE),
}


@pytest.mark.parametrize("kind", SOURCES)
async def test_reg_11_no_secret_of_a_source_is_shown_by_anything(concord: Concord, tmp_path: Path, kind: str) -> None:
    name, document = SOURCES[kind]
    file = tmp_path / "source" / name
    file.parent.mkdir()
    file.write_text(json.dumps(document), encoding="utf-8")
    done = await concord.call("import_catalog", path=str(file), format=kind)
    assert done["created"]["total"], done
    shown = [json.dumps(done)]
    for system_id in done["created"]["ids"]:
        shown.append(json.dumps(await concord.call("get_system", system_id=system_id)))
        shown.append(json.dumps(await concord.call("trace_impact", target=system_id)))
    shown.append(json.dumps(await concord.call("find_findings")))
    for formats in ([], ["backstage", "odcs", "openlineage", "html", "mermaid", "dot"]):
        out = tmp_path / f"out{len(formats)}"
        written = await concord.call("export_files", directory=str(out), formats=formats)
        shown += [Path(one["path"]).read_text(encoding="utf-8") for one in written["files"]]
    leaks = [
        (secret, text[max(0, text.find(secret) - 80) :][:200])
        for text in shown
        for secret in (PASSWORD, TOKEN, KEY)
        if secret in text
    ]
    assert not leaks

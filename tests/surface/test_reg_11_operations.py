"""Catalogues, manifests and cards come in through the surface, and a catalogue goes out again (REG-11)."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.surface.world import Concord

pytestmark = pytest.mark.anyio

MANIFESTS = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: %(name)s}
spec:
  template:
    metadata: {labels: {app: %(name)s}}
    spec:
      containers:
      - {name: main, image: %(name)s, env: [{name: DB_ADDR, value: '%(needs)s:5432'}]}
---
apiVersion: v1
kind: Service
metadata: {name: %(name)s}
spec: {selector: {app: %(name)s}, ports: [{port: 5432}]}
"""

OPENAPI: dict[str, Any] = {
    "paths": {
        "/orders": {
            "get": {
                "responses": {
                    "200": {
                        "content": {
                            "application/json": {
                                "schema": {
                                    "type": "object",
                                    "properties": {"id": {"type": "string"}},
                                    "required": ["id"],
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

CATALOGUE = """
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: orders}
spec: {type: service, lifecycle: production, owner: team-a, providesApis: [orders-api], dependsOn: ['component:db']}
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: web}
spec: {type: website, lifecycle: experimental, owner: team-b, consumesApis: [orders-api, gone-api]}
---
apiVersion: backstage.io/v1alpha1
kind: API
metadata: {name: orders-api}
spec: {type: openapi, lifecycle: production, owner: team-a, definition: {$text: ./api/openapi.json}}
"""


def write(folder: Path, files: dict[str, str]) -> str:
    """The files lie in the folder, whose path this is."""
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return str(folder)


async def test_reg_11_a_folder_of_manifests_comes_in_with_all_that_lies_below_it(
    concord: Concord, tmp_path: Path
) -> None:
    folder = write(
        tmp_path / "deploy",
        {
            "web/all.yaml": MANIFESTS % {"name": "web", "needs": "db"},
            "data/db.yml": MANIFESTS % {"name": "db", "needs": "gone"},
            "notes/other.yaml": "just: notes\n",
            "chart/templates/x.yaml": "apiVersion: v1\nkind: Service\nmetadata: {name: {{ .Values.name }}}\n",
        },
    )
    done = await concord.call("import_catalog", path=folder)
    assert (done["format"], done["source"]) == ("kubernetes", f"kubernetes:{folder}")
    assert done["created"]["ids"] == ["sys_db", "sys_web"]
    assert (done["edges"]["total"], done["edges"]["inferred"]) == (1, 1)
    assert [one["target"] for one in done["dangling"]] == ["service://gone"]
    assert "Helm" in done["unmapped"][0]["reason"]
    impact = await concord.call("trace_impact", target="sys_db")
    assert [row["system_id"] for row in impact["affected"]] == ["sys_web"]


async def test_reg_11_a_change_to_an_api_of_the_catalogue_is_held_against_its_consumers(
    concord: Concord, tmp_path: Path
) -> None:
    folder = write(tmp_path / "shop", {"catalog-info.yaml": CATALOGUE, "api/openapi.json": json.dumps(OPENAPI)})
    done = await concord.call("import_catalog", path=folder)
    assert (done["format"], done["created"]["total"]) == ("backstage", 2)
    assert {one["target"] for one in done["dangling"]} == {"api:default/gone-api", "component:default/db"}
    (contract,) = (await concord.call("get_system", system_id="sys_orders"))["contracts"]
    changed = json.loads(json.dumps(contract["schema"]))
    changed["properties"]["GET /orders 200"]["properties"]["id"] = {"type": "integer"}
    check = await concord.check(source_system="sys_orders", resource="api://orders-api", new_schema=changed)
    assert {conflict["affected_system"] for conflict in check["conflicts"]} == {"sys_web"}


async def test_reg_11_a_catalogue_that_was_exported_changes_nothing_when_it_comes_back(
    concord: Concord, tmp_path: Path
) -> None:
    folder = write(tmp_path / "deploy", {"web.yaml": MANIFESTS % {"name": "web", "needs": "db"}})
    await concord.call(
        "import_catalog", path=write(Path(folder), {"db.yaml": MANIFESTS % {"name": "db", "needs": "db"}})
    )
    written = await concord.call("export_files", directory=str(tmp_path / "out"), formats=["backstage"])
    (file,) = [one["path"] for one in written["files"]]
    back = await concord.call("import_catalog", path=file)
    assert (back["created"]["total"], back["merged"]["total"], back["dangling_total"]) == (0, 2, 0)
    assert (await concord.call("get_system", system_id="sys_web"))["dependencies"] == ["sys_db"]


async def test_reg_11_cards_and_servers_come_in_and_no_secret_with_them(concord: Concord, tmp_path: Path) -> None:
    card = {"name": "planner", "url": "https://a.example.com", "capabilities": {}, "skills": [], "version": "1"}
    server = {
        "name": "io.github.ada/weather",
        "description": "Weather.",
        "version": "1.0.0",
        "packages": [
            {"registryType": "npm", "identifier": "w", "environmentVariables": [{"name": "K", "value": "hunter2"}]}
        ],
    }
    for file, content, kind, system_id in (
        ("agent-card.json", card, "a2a", "sys_planner"),
        ("server.json", server, "mcp_server", "sys_io.github.ada.weather"),
    ):
        folder = write(tmp_path / kind, {file: json.dumps(content)})
        done = await concord.call("import_catalog", path=folder)
        assert (done["format"], done["created"]["ids"]) == (kind, [system_id])
        shown = await concord.call("get_system", system_id=system_id)
        assert "hunter2" not in json.dumps(shown)

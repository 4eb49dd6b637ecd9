"""What compose services mount, as data that they read and write."""

import pytest

from tests.rules.exchange.compose_projects import data, read


def test_a_reader_of_a_shared_volume_reads_what_the_others_write() -> None:
    imported = read("""
        services:
          writer: {volumes: ["data:/out"]}
          reader: {volumes: ["data:/in:ro"]}
          longhand: {volumes: [{type: volume, source: data, target: /in, read_only: true}]}
        volumes: {data: {}}
        """)
    assert data(imported) == {
        "writer writes volume://shop/data",
        "reader reads volume://shop/data",
        "longhand reads volume://shop/data",
    }


def test_two_writers_of_a_volume_contend_and_do_not_depend_on_each_other() -> None:
    imported = read("services: {a: {volumes: ['data:/x']}, b: {volumes: ['data:/y']}}\nvolumes: {data: }")
    assert data(imported) == {"a writes volume://shop/data", "b writes volume://shop/data"}
    assert any("a, b may all write volume://shop/data" in note for note in imported.notes)


def test_a_volume_of_one_service_is_its_own_affair() -> None:
    imported = read("services: {db: {volumes: ['data:/var/lib', '/anonymous', 'data:/again:ro']}}\nvolumes: {data: }")
    assert data(imported) == set()


@pytest.mark.parametrize("definition", ["{external: true}", "{name: shared}", "{external: {name: shared}}"])
def test_a_volume_that_projects_share_goes_by_its_own_name(definition: str) -> None:
    imported = read(f"services: {{db: {{volumes: ['shared:/x']}}}}\nvolumes: {{shared: {definition}}}")
    assert data(imported) == {"db writes volume://shared"}


def test_bind_mounts_below_the_project_are_paths() -> None:
    imported = read("""
        services:
          pipeline: {volumes: ["./outputs:/out", "./app.db:/data/app.db"]}
          dashboard: {volumes: ["./outputs:/in:ro,z", {type: bind, source: outputs/today, target: /t}]}
        """)
    assert data(imported) == {
        "pipeline writes /srv/shop/outputs",
        "pipeline writes /srv/shop/app.db",
        "dashboard reads /srv/shop/outputs",
        "dashboard writes /srv/shop/outputs/today",
    }


def test_a_single_file_of_configuration_is_read_though_nobody_wrote_ro() -> None:
    imported = read("""
        services:
          proxy: {volumes: ["./nginx.conf:/etc/nginx/nginx.conf", "./init.sql:/docker-entrypoint-initdb.d/init.sql"]}
          app: {volumes: ["./signals.json:/out/signals.json"]}
        """)
    assert data(imported) == {
        "proxy reads /srv/shop/nginx.conf",
        "proxy reads /srv/shop/init.sql",
        "app writes /srv/shop/signals.json",
    }


@pytest.mark.parametrize(
    "source",
    [
        "/",
        "/proc",
        "/sys",
        "/var/run/docker.sock",
        "/etc/localtime",
        ".",
        "./",
        "..",
        "~/.aws",
        "C:\\data",
        "/elsewhere/data",
        "../other",
    ],
)
def test_places_of_the_host_and_source_folders_are_noted_and_no_access(source: str) -> None:
    imported = read(f"services: {{agent: {{volumes: ['{source}:/inside:ro']}}}}")
    assert data(imported) == set()
    assert [note for note in imported.notes if note.startswith("agent mounts") and "no access made" in note]


def test_the_folder_that_a_service_is_built_from_is_its_own_code() -> None:
    imported = read("""
        services:
          web: {build: ./app, volumes: ["./app:/app"]}
          worker: {build: {context: app}, volumes: ["./app:/app:ro"]}
          site: {image: nginx, volumes: ["./app:/usr/share/nginx/html:ro"]}
        """)
    assert data(imported) == {"site reads /srv/shop/app"}


def test_volumes_from_brings_the_mounts_of_the_other_service() -> None:
    imported = read("""
        services:
          app: {volumes: ["static:/static"]}
          web: {volumes_from: ["app:ro"]}
        volumes: {static: }
        """)
    assert data(imported) == {"app writes volume://shop/static", "web reads volume://shop/static"}


def test_relative_paths_start_at_the_file_that_wrote_them() -> None:
    imported = read(
        "include: [infra/compose.yaml]\nservices: {web: {extends: {file: common/base.yaml, service: base}}}",
        beside={
            "infra/compose.yaml": "services: {db: {volumes: ['./data:/data']}}",
            "common/base.yaml": "services: {base: {volumes: ['./files:/files:ro']}}",
        },
    )
    assert data(imported) == {"db writes /srv/shop/infra/data", "web reads /srv/shop/common/files"}


def test_tmpfs_and_what_is_no_mount_make_no_access() -> None:
    imported = read("services: {a: {volumes: [{type: tmpfs, target: /t}, 5, {source: x}]}}")
    assert data(imported) == set()
    assert len(imported.unmapped) == 2

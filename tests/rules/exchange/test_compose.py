"""Docker compose projects as systems: services, what they need, profiles, merging, tiers, secrets."""

import pytest

from server.errors import InvalidArgument
from server.exchange.compose.importer import read_compose, recognises
from server.exchange.source import Request, SourceFile
from server.model.contract import Basis
from server.model.tier import Tier
from tests.rules.exchange.compose_projects import edges, names, read


def test_reg_11_every_service_is_a_system_that_offers_its_own_interface() -> None:
    imported = read("services: {web: {image: x}, my-db_1: {image: y}}")
    assert [(one.item, one.system.id, one.system.name) for one in imported.systems] == [
        ("web", "sys_web", "web"),
        ("my-db_1", "sys_my-db_1", "my-db_1"),
    ]
    assert [output.resource for one in imported.systems for output in one.system.writes_to] == [
        "service://web",
        "service://my-db_1",
    ]


def test_what_is_declared_is_read_in_every_form() -> None:
    imported = read("""
        services:
          a: {depends_on: [b, c]}
          b: {depends_on: {c: {condition: service_healthy}, d: {condition: service_started, required: false}}}
          c: {links: ["d:database", e]}
          d: {volumes_from: ["e:ro"]}
          e: {network_mode: "service:f"}
          f: {}
        """)
    assert edges(imported, "declared") == {
        "a -> b", "a -> c", "b -> c", "b -> d", "c -> d", "c -> e", "d -> e", "e -> f",
    }  # fmt: skip
    by_name = {one.item: one.system for one in imported.systems}
    assert {access.resource: access.required for access in by_name["b"].reads_from} == {
        "service://c": True,
        "service://d": False,
    }
    assert by_name["b"].reads_from[0].evidence == "depends_on (service_healthy), compose.yaml"


def test_variables_that_name_a_service_are_inferred_with_evidence() -> None:
    imported = read(
        """
        services:
          web:
            environment:
              - ORDERS_ADDR
              - CACHE_URL=redis://:${CACHE_PASSWORD}@cache:6379/0
              - SELF_HOST=web
              - NAME=orders
              - OUTSIDE_URL=https://api.example.com/orders
          orders: {environment: {DB_HOST: store}}
          cache: {}
          db: {container_name: store}
        """,
        env="ORDERS_PORT=80\nORDERS_ADDR=orders:${ORDERS_PORT}\nCACHE_PASSWORD=hunter2",
    )
    assert edges(imported, "inferred") == {"web -> orders", "web -> cache", "orders -> db"}
    assert edges(imported, "declared") == set()
    web = next(one.system for one in imported.systems if one.item == "web")
    assert [access.evidence for access in web.reads_from] == [
        "environment CACHE_URL=redis://cache:6379, compose.yaml",
        "environment ORDERS_ADDR=orders:80, compose.yaml",
    ]


def test_a_dependency_that_is_declared_and_named_by_a_variable_is_one_declared_access() -> None:
    imported = read("services: {web: {depends_on: [db], environment: {DB_HOST: db}}, db: {}}")
    (access,) = imported.systems[0].system.reads_from
    assert access.basis is Basis.DECLARED
    assert access.evidence == "depends_on; environment DB_HOST=db, compose.yaml"


@pytest.mark.parametrize(
    ("definition", "host"),
    [
        ("{container_name: the-db}", "the-db"),
        ("{hostname: the-db}", "the-db"),
        ("{networks: {back: {aliases: [the-db]}}}", "the-db"),
        ("{}", "DB"),
        ("{}", "shop-db-1"),
        ("{}", "shop_db_1"),
    ],
)
def test_a_service_is_known_by_its_other_names(definition: str, host: str) -> None:
    imported = read(f"services: {{web: {{environment: {{DB_HOST: {host}}}}}, db: {definition}}}")
    assert edges(imported) == {"web -> db"}


def test_a_part_of_a_name_is_no_match() -> None:
    imported = read(
        "services: {web: {environment: {A_HOST: db2, B_URL: 'http://my-db/db', C_ADDR: 'db.other:1'}}, db: {}}"
    )
    assert edges(imported) == set()


def test_an_alias_that_two_services_claim_names_neither() -> None:
    imported = read("""
        services:
          web: {environment: {API_URL: "http://api"}}
          blue: {networks: {n: {aliases: [api]}}}
          green: {networks: {n: {aliases: [api]}}}
        """)
    assert edges(imported) == set()


def test_a_link_alias_is_known_to_the_service_that_made_it_only() -> None:
    imported = read("""
        services:
          web: {links: ["db:database"], environment: {DB_HOST: database}}
          job: {environment: {DB_HOST: database}}
          db: {}
        """)
    assert edges(imported) == {"web -> db"}


def test_a_variable_against_the_declared_order_is_no_dependency_and_is_said() -> None:
    imported = read("""
        services:
          proxy: {depends_on: [web], environment: {COLLECTOR_HOST: collector}}
          web: {depends_on: [collector]}
          collector: {environment: {SCRAPE_ADDR: "proxy:8080"}}
        """)
    assert "collector -> proxy" not in edges(imported)
    assert edges(imported, "inferred") == {"proxy -> collector"}
    assert any("collector names proxy" in note and "scrape target" in note for note in imported.notes)


def test_equals_in_a_cluster_do_not_depend_on_each_other() -> None:
    imported = read("""
        services:
          es1: {environment: ["discovery.seed_hosts=es2,es3"]}
          es2: {environment: ["discovery.seed_hosts=es1,es3"]}
          es3: {environment: ["discovery.seed_hosts=es1,es2"]}
          app: {environment: {ES_HOSTS: "http://es1:9200,http://es2:9200"}}
        """)
    assert edges(imported) == {"app -> es1", "app -> es2"}


def test_what_a_collector_of_telemetry_watches_is_no_dependency_of_it() -> None:
    imported = read("""
        services:
          web: {environment: {DB_HOST: db, OTEL_EXPORTER_OTLP_ENDPOINT: "http://gatherer:4317"}}
          db: {}
          broker: {environment: {OTEL_EXPORTER_OTLP_ENDPOINT: "http://gatherer:4317"}}
          traces: {}
          gatherer:
            image: otel/opentelemetry-collector-contrib:1
            environment: {POSTGRES_HOST: db, KAFKA_ADDR: "broker:9092", TRACES_ENDPOINT: "traces:4317"}
        """)
    assert edges(imported) == {"web -> db", "web -> gatherer", "broker -> gatherer", "gatherer -> traces"}
    assert sum("watched" in note for note in imported.notes) == 2


def test_a_variable_that_is_written_as_a_mapping_in_a_list_is_understood() -> None:
    assert edges(read("services: {web: {environment: [{DB_HOST: db}, CACHE_HOST=cache]}, db: {}, cache: {}}")) == {
        "web -> db",
        "web -> cache",
    }


def test_of_two_that_name_each_other_the_one_that_links_does_not_depend() -> None:
    imported = read("""
        services:
          web: {environment: {API_URL: "http://api:8000"}}
          api: {environment: {FRONTEND_URL: "http://web:3000"}}
          bot: {environment: {FRONTEND_URL: "http://web:3000"}}
        """)
    assert edges(imported) == {"web -> api", "bot -> web"}
    assert any("api names web" in note and "link" in note for note in imported.notes)


def test_two_that_call_each_other_depend_on_each_other() -> None:
    imported = read("""
        services:
          orders: {environment: {STOCK_URL: "http://stock"}}
          stock: {environment: {ORDERS_URL: "http://orders"}}
        """)
    assert edges(imported) == {"orders -> stock", "stock -> orders"}


def test_what_is_not_there_dangles() -> None:
    imported = read(
        "services: {web: {depends_on: [db, {}]}, job: {depends_on: {x: {required: false}}, external_links: [old]}}"
    )
    assert [(one.origin, one.target) for one in imported.dangling][:1] == [("web", "db")]
    assert ("job", "old") in [(one.origin, one.target) for one in imported.dangling]
    assert not any(one.target == "x" for one in imported.dangling)
    assert any("job would use x" in note for note in imported.notes)


PROFILES = """
    services:
      web: {depends_on: {debug: {condition: service_started}}}
      debug: {profiles: [dev]}
      load: {profiles: [dev, test], environment: {TARGET_URL: "http://web"}}
    """


@pytest.mark.parametrize(
    ("profiles", "chosen"),
    [
        ((), ["web"]),
        (("test",), ["load", "web"]),
        (("dev",), ["debug", "load", "web"]),
        (("*",), ["debug", "load", "web"]),
        (("all",), ["debug", "load", "web"]),
    ],
)
def test_profiles_choose_the_services(profiles: tuple[str, ...], chosen: list[str]) -> None:
    assert names(read(PROFILES, profiles=profiles)) == chosen


def test_what_was_not_chosen_is_said_and_not_gone() -> None:
    imported = read(PROFILES)
    assert imported.passed_over == ("debug", "load")
    assert [(one.origin, one.target) for one in imported.dangling] == [("web", "debug")]
    assert "profile dev" in imported.dangling[0].reason


def test_the_env_file_chooses_profiles_and_the_project_name() -> None:
    imported = read(PROFILES, env="COMPOSE_PROFILES=test\nCOMPOSE_PROJECT_NAME=Boutique")
    assert names(imported) == ["load", "web"]
    assert imported.project == "boutique"


def test_later_files_are_laid_over_earlier_ones() -> None:
    imported = read(
        """
        services:
          web:
            depends_on: [a]
            environment: [A_HOST=a, B_HOST=a]
            volumes: ["data:/data:ro"]
            container_name: old
          a: {volumes: ["data:/x"]}
        volumes: {data: }
        """,
        """
        services:
          web:
            depends_on: {b: {condition: service_healthy}}
            environment: {B_HOST: b}
            volumes: ["data:/data"]
          b: {}
        """,
    )
    assert edges(imported, "declared") == {"web -> a", "web -> b"}
    web = imported.systems[0].system
    assert [access.evidence for access in web.reads_from] == [
        "depends_on; environment A_HOST=a, compose1.yaml",
        "depends_on (service_healthy); environment B_HOST=b, compose1.yaml",
    ]
    assert "volume://shop/data" in [output.resource for output in web.writes_to]


def test_later_files_can_take_back_and_replace() -> None:
    imported = read(
        "services: {web: {depends_on: [a, b], environment: {A_HOST: a}}, job: {depends_on: [a]}, a: {}, b: {}}",
        "services: {web: {depends_on: !override [b], environment: !reset null}, job: {depends_on: !reset []}}",
    )
    assert edges(imported) == {"web -> b"}


def test_extends_brings_what_the_other_service_has() -> None:
    imported = read(
        """
        services:
          base: {environment: {DB_HOST: db}, depends_on: [db], profiles: [never]}
          web: {extends: {service: base}, profiles: !reset null, environment: {CACHE_HOST: cache}}
          job: {extends: {file: common/base.yaml, service: worker}}
          db: {}
          cache: {}
        """,
        beside={
            "common/base.yaml": "services: {worker: {extends: deeper}, deeper: {environment: {QUEUE_HOST: cache}}}"
        },
    )
    assert edges(imported) == {"web -> db", "web -> cache", "job -> cache"}


def test_services_that_extend_each_other_are_reported() -> None:
    imported = read("services: {a: {extends: {service: b}}, b: {extends: {service: a}}}")
    assert names(imported) == ["a", "b"]
    assert any("circle" in one.reason for one in imported.unmapped)


def test_include_brings_local_files_and_never_remote_ones() -> None:
    imported = read(
        """
        include: [infra/compose.yaml, "oci://example.com/x", {path: gone.yaml}]
        services: {web: {depends_on: [db], environment: {Q_HOST: queue}}}
        """,
        beside={
            "infra/compose.yaml": "include: [more.yaml]\nservices: {db: {environment: {Q_ADDR: $QUEUE}}}",
            "infra/.env": "QUEUE=queue:1",
            "infra/more.yaml": "services: {queue: {}}",
        },
    )
    assert edges(imported) == {"web -> db", "web -> queue", "db -> queue"}
    reasons = " ".join(one.reason for one in imported.unmapped)
    assert "never fetched" in reasons
    assert "gone.yaml was not read" in reasons


def test_env_files_of_a_service_count_below_its_environment() -> None:
    imported = read(
        """
        services:
          web: {env_file: [a.env, {path: b.env, required: false}, {path: none.env, required: false}], environment: {B_HOST: b}}
          job: {env_file: none.env}
          a: {}
          b: {}
        """,
        beside={"a.env": "A_HOST=a\nB_HOST=a", "b.env": "C_ADDR=b:1"},
    )
    assert edges(imported) == {"web -> a", "web -> b"}
    assert len(imported.unmapped) == 1
    assert "none.env" in imported.unmapped[0].reason


def test_anchors_and_merge_keys_are_followed() -> None:
    imported = read("""
        x-common: &common
          environment: &env {DB_HOST: db}
          depends_on: [db]
        services:
          web: {<<: *common, environment: {<<: *env, CACHE_HOST: cache}}
          db: {}
          cache: {}
        """)
    assert edges(imported) == {"web -> db", "web -> cache"}


def test_a_file_of_the_first_generation_is_read() -> None:
    imported = read("web: {build: ., links: [db]}\ndb: {image: postgres}")
    assert edges(imported) == {"web -> db"}


@pytest.mark.parametrize(
    ("definition", "tier", "basis"),
    [
        ("{labels: {concord.tier: mission critical}}", Tier.MISSION_CRITICAL, Basis.DECLARED),
        ("{labels: [service.criticality=critical]}", Tier.MISSION_CRITICAL, Basis.DECLARED),
        ("{deploy: {labels: {service.criticality: high}}}", Tier.PRODUCTION, Basis.DECLARED),
        (
            "{environment: {OTEL_RESOURCE_ATTRIBUTES: 'a=b,service.criticality=medium'}}",
            Tier.PRODUCTION,
            Basis.DECLARED,
        ),
        ("{environment: ['OTEL_RESOURCE_ATTRIBUTES=service.criticality=low']}", Tier.EXPERIMENTAL, Basis.DECLARED),
        ("{labels: {concord.tier: gold, service.criticality: low}}", Tier.EXPERIMENTAL, Basis.DECLARED),
        ("{}", Tier.PRODUCTION, Basis.INFERRED),
        ("{labels: {service.criticality: whatever}}", Tier.PRODUCTION, Basis.INFERRED),
    ],
)
def test_reg_11_the_tier_is_stated_or_follows_from_criticality_or_is_unconfirmed(
    definition: str, tier: Tier, basis: Basis
) -> None:
    (listed,) = read(f"services: {{web: {definition}}}").systems
    assert (listed.system.tier, listed.tier_basis) == (tier, basis)


def test_no_secret_is_kept_shown_or_reported() -> None:
    imported = read(
        """
        services:
          web:
            image: x
            command: ["--password=hunter2-command"]
            environment:
              DB_PASSWORD: hunter2-password
              DB_URL: postgres://admin:hunter2-url@db/x?token=hunter2-query
              BROKEN_SECRET: "hunter2-${broken"
              NEEDED: ${NEEDED:?please set it}
              GONE_URL: amqp://u:hunter2-gone@nowhere/x
            healthcheck: {test: "curl -u admin:hunter2-health localhost"}
            labels: {note: hunter2-label}
          db: {}
        """,
        env="SECRET=hunter2-env\nnot a line hunter2-line",
    )
    assert "hunter2" not in imported.model_dump_json()
    reasons = " ".join(one.reason for one in imported.unmapped)
    assert "NEEDED has to be set: please set it" in reasons
    assert len(imported.unmapped) == 3
    assert edges(imported) == {"web -> db"}


def test_a_service_that_no_system_can_be_made_of_is_reported_and_the_others_come_in() -> None:
    imported = read("services: {web: {image: x}, 'not a name!': {image: y}, gone: null, text: hello}")
    assert names(imported) == ["web"]
    assert [one.item.rpartition("/")[2] for one in imported.unmapped] == ["gone", "text", "not a name!"]


def test_duplicate_services_are_reported() -> None:
    imported = read("services:\n  web: {image: x}\n  web: {image: y}")
    assert "web (line 3)" in imported.unmapped[0].item


def test_variables_that_are_set_nowhere_are_named_once() -> None:
    imported = read("services: {web: {image: $NOWHERE, environment: {A: $NOWHERE, B: '${ELSE}'}}}")
    assert [note for note in imported.notes if "set nowhere" in note] == [
        "These variables are set nowhere and were read as empty: NOWHERE, ELSE."
    ]


def test_text_without_a_folder_is_read_and_its_relative_mounts_are_reported() -> None:
    text = "name: Shop\nservices: {web: {volumes: ['./data:/data'], env_file: x.env}}"
    imported = read_compose(Request((SourceFile("", text),)))
    assert imported.source == "compose:shop"
    assert names(imported) == ["web"]
    assert len(imported.unmapped) == 2


@pytest.mark.parametrize("text", ["services: [a, b]", "services: hello", "- a\n- b", "services:", ""])
def test_what_is_no_project_is_refused_or_reported(text: str) -> None:
    try:
        imported = read(text)
    except InvalidArgument:
        return
    assert names(imported) == []
    assert imported.unmapped or imported.notes


@pytest.mark.parametrize(
    ("path", "text", "fits"),
    [
        ("/x/docker-compose.prod.yml", "anything", True),
        ("/x/stack.yaml", "version: '3'\nservices:\n  a: {}", True),
        ("/x/stack.json", '{"services": {}}', True),
        ("/x/system_registry.json", '{"systems": []}', False),
        ("/x/deployment.yaml", "apiVersion: v1\nkind: Service\nspec:\n  services: x", False),
    ],
)
def test_compose_files_are_recognised(path: str, text: str, fits: bool) -> None:
    assert recognises(path, text) is fits


def test_reg_11_what_is_no_service_and_no_volume_is_told() -> None:
    imported = read("""
        services: {web: {image: x}}
        networks: {front: {}, back: {}}
        secrets: {key: {file: ./key}}
        models: {llm: {model: ai/small}}
        x-common: {}
        """)
    assert any("2 networks, 1 secrets" in note for note in imported.notes)
    assert [one.item.rpartition("/")[2] for one in imported.unmapped] == ["models"]

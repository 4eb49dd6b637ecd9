"""Kubernetes manifests become systems; Services, variables, policies and claims say who needs whom (REG-11)."""

import base64

import pytest

from server.errors import TooLarge
from server.exchange.imported import Imported
from server.exchange.kubernetes.importer import read_kubernetes, recognises
from server.model.contract import Basis
from server.model.tier import Tier
from tests.rules.exchange.sources import by_id, dangling, edges, read


def workload(
    name: str,
    *,
    env: str = "[]",
    kind: str = "Deployment",
    namespace: str = "",
    pod: str = "",
    metadata: str = "",
    more: str = "",
) -> str:
    """A workload with one container; `pod` and `more` are further members of its pods' spec and of its container."""
    place = f", namespace: {namespace}" if namespace else ""
    return (
        f"---\napiVersion: apps/v1\nkind: {kind}\nmetadata: {{name: {name}{place}{metadata and ', ' + metadata}}}\n"
        f"spec: {{template: {{metadata: {{labels: {{app: {name}}}}}, "
        f"spec: {{{pod and pod + ', '}containers: [{{name: main, image: {name}:1, env: {env}{more and ', ' + more}}}]}}}}}}\n"
    )


def service(name: str, *, port: int = 80, namespace: str = "", spec: str = "", app: str = "") -> str:
    place = f", namespace: {namespace}" if namespace else ""
    given = spec or f"selector: {{app: {app or name}}}, ports: [{{port: {port}}}]"
    return f"---\napiVersion: v1\nkind: Service\nmetadata: {{name: {name}{place}}}\nspec: {{{given}}}\n"


def policy(name: str, about: str, rules: str, direction: str = "ingress") -> str:
    return (
        f"---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: {name}}}\n"
        f"spec: {{podSelector: {about}, policyTypes: [{direction.title()}], {direction}: {rules}}}\n"
    )


def app(name: str) -> str:
    return f"{{matchLabels: {{app: {name}}}}}"


def config(name: str, data: str, kind: str = "ConfigMap", member: str = "data") -> str:
    return f"---\napiVersion: v1\nkind: {kind}\nmetadata: {{name: {name}}}\n{member}: {data}\n"


def manifests(*texts: str, beside: dict[str, str] | None = None, name: str = "all{}.yaml") -> Imported:
    return read(read_kubernetes, "".join(texts), beside=beside, name=name)


def both(name: str, **given: str) -> str:
    return workload(name, **given) + service(name, namespace=given.get("namespace", ""))


@pytest.mark.parametrize(
    "env",
    [
        "[{name: DB_ADDR, value: 'db:5432'}]",
        "[{name: DB_HOST, value: db}]",
        "[{name: ANY, value: 'http://db/x'}]",
        "[{name: DSN, value: 'postgres://me:secret@db.default.svc.cluster.local:5432/x'}]",
        "[{name: DB_HOST, value: db.default}]",
        "[{name: H, value: db}, {name: DB_ADDR, value: '$(H):5432'}]",
    ],
)
def test_reg_11_a_variable_that_names_a_service_is_a_call_of_the_workloads_behind_it(env: str) -> None:
    assert edges(manifests(workload("web", env=env), workload("store"), service("db", app="store"))) == {
        ("web", "store")
    }


def test_reg_11_config_maps_and_secrets_count_by_what_they_name_and_no_secret_is_kept() -> None:
    imported = manifests(
        workload(
            "web",
            env="[{name: A_URL, valueFrom: {configMapKeyRef: {name: c, key: a}}}, "
            "{name: B_URL, valueFrom: {secretKeyRef: {name: s, key: b}}}]",
            more="envFrom: [{configMapRef: {name: all}}, {secretRef: {name: coded}}]",
        ),
        *(both(name) for name in "abcd"),
        config("c", "{a: 'http://a:80'}"),
        config("all", "{C_ADDR: 'c:80'}"),
        config("s", "{b: 'http://user:hunter2@b:80'}", "Secret", "stringData"),
        config("coded", f"{{D_URL: {base64.b64encode(b'amqp://u:hunter2@d').decode()}}}", "Secret"),
    )
    assert edges(imported) == {("web", name) for name in "abcd"}
    assert "hunter2" not in imported.model_dump_json()
    evidence = {one.resource: one.evidence for one in by_id(imported)["sys_web"].reads_from}
    assert evidence["service://b"].startswith("environment B_URL from a Secret (value withheld)")


@pytest.mark.parametrize(
    ("more", "called"),
    [
        ("args: ['--db-addr=db:5432']", True),
        ("args: [--db-host, db]", True),
        ("args: [serve, 'http://db/']", True),
        ("command: [sh, -c, 'until nc -z db 80; do sleep 1; done']", True),
        ("command: [sh, -c, 'until nslookup db.default.svc.cluster.local; do sleep 1; done']", True),
        ("command: [./wait-for-it.sh, 'db:80', --, start]", True),
        ("args: [--name, db]", False),
        ("command: [sh, -c, 'echo db 9999']", False),
    ],
)
def test_reg_11_commands_and_arguments_count_where_they_name_a_service_beyond_doubt(more: str, called: bool) -> None:
    assert edges(manifests(workload("web", more=more), both("db"))) == ({("web", "db")} if called else set())


def test_reg_11_init_containers_and_mounted_files_count_too() -> None:
    imported = manifests(
        workload("web", pod="initContainers: [{name: wait, env: [{name: A_HOST, value: a}]}]"),
        workload("proxy", pod="volumes: [{name: v, configMap: {name: conf}}]"),
        both("a"),
        config("conf", "{nginx.conf: 'location / { proxy_pass http://web; }'}"),
        service("web"),
    )
    assert edges(imported) == {("web", "a"), ("proxy", "web")}


def test_reg_11_a_host_of_the_cluster_that_no_service_stands_for_is_told() -> None:
    imported = manifests(
        workload(
            "web",
            env="[{name: X_ADDR, value: 'gone:80'}, {name: MODE_HOST, value: local}, "
            "{name: API_URL, value: 'https://kubernetes.default.svc'}, {name: OTHER_URL, value: 'https://example.com'}]",
        )
    )
    assert dangling(imported) == {("web", "service://gone")}
    assert [one.resource for one in by_id(imported)["sys_web"].reads_from] == ["service://gone"]


def test_reg_11_namespaces_keep_names_apart() -> None:
    imported = manifests(
        both("db", namespace="a"),
        both("db", namespace="b"),
        workload("web", namespace="a", env="[{name: DB_HOST, value: db}, {name: OTHER_HOST, value: db.b}]"),
        workload("web", namespace="b", env="[{name: DB_HOST, value: db}]"),
    )
    assert sorted(by_id(imported)) == ["sys_a.db", "sys_a.web", "sys_b.db", "sys_b.web"]
    reads = {name: [one.resource for one in system.reads_from] for name, system in by_id(imported).items()}
    assert reads["sys_a.web"] == ["service://a.db", "service://b.db"]
    assert reads["sys_b.web"] == ["service://b.db"]


def test_reg_11_a_policy_bears_out_what_a_variable_names_and_both_together_declare_it() -> None:
    imported = manifests(
        both("db"),
        both("cache"),
        workload("web", env="[{name: DB_HOST, value: db}, {name: CACHE_HOST, value: cache}]"),
        policy("db-in", app("db"), f"[{{from: [{{podSelector: {app('web')}}}]}}]"),
    )
    accesses = {one.resource: one for one in by_id(imported)["sys_web"].reads_from}
    assert accesses["service://db"].basis is Basis.DECLARED
    assert "allowed by NetworkPolicy db-in" in accesses["service://db"].evidence
    assert accesses["service://cache"].basis is Basis.INFERRED


def test_reg_11_what_only_a_policy_or_only_a_variable_says_is_told() -> None:
    imported = manifests(
        both("db"),
        workload("web"),
        workload("job", env="[{name: DB_HOST, value: db}]"),
        policy("db-in", app("db"), f"[{{from: [{{podSelector: {app('web')}}}]}}]"),
    )
    assert edges(imported) == {("web", "db"), ("job", "db")}
    (access,) = by_id(imported)["sys_web"].reads_from
    assert access.basis is Basis.INFERRED
    assert any(note.startswith("Allowed by a NetworkPolicy") and "web → db" in note for note in imported.notes)
    assert any(note.startswith("Named by variables") and "job → db (db-in)" in note for note in imported.notes)


@pytest.mark.parametrize(
    ("about", "rules"),
    [
        (app("db"), "[{}]"),
        (app("db"), "[{from: [{podSelector: {}}]}]"),
        (app("db"), "[{from: [{namespaceSelector: {}}]}]"),
        (app("db"), "[{from: [{ipBlock: {cidr: 10.0.0.0/8}}]}]"),
        ("{}", f"[{{from: [{{podSelector: {app('web')}}}]}}]"),
    ],
)
def test_reg_11_a_policy_that_speaks_of_everybody_states_no_call(about: str, rules: str) -> None:
    assert not edges(manifests(both("db"), workload("web"), policy("p", about, rules)))


def test_reg_11_a_policy_on_what_goes_out_is_the_same_statement() -> None:
    imported = manifests(
        both("db"), workload("web"), policy("p", app("web"), f"[{{to: [{{podSelector: {app('db')}}}]}}]", "egress")
    )
    assert edges(imported) == {("web", "db")}


def test_reg_11_a_claim_that_several_mount_joins_its_reader_to_its_writers() -> None:
    claim = "---\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data}\nspec: {}\n"
    mount = "volumes: [{name: v, persistentVolumeClaim: {claimName: data}}]"
    imported = manifests(
        claim,
        workload("writer", pod=mount),
        workload("other", pod=mount),
        workload("reader", pod=mount.replace("claimName: data", "claimName: data, readOnly: true")),
    )
    assert edges(imported) == {("reader", "writer"), ("reader", "other")}
    assert any("contention" in note for note in imported.notes)
    assert not edges(manifests(claim, workload("alone", pod=mount)))


def test_reg_11_a_cron_job_brings_its_timing() -> None:
    text = (
        "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: nightly}\n"
        "spec: {schedule: '0 3 * * *', timeZone: Europe/Berlin, suspend: true, jobTemplate: "
        "{spec: {template: {spec: {containers: [{name: a, image: b}]}}}}}\n"
    )
    timing = by_id(manifests(text))["sys_nightly"].timing
    assert timing is not None
    assert (timing.schedule, timing.timezone, timing.enabled) == ("0 3 * * *", "Europe/Berlin", False)
    prefixed = text.replace("'0 3 * * *', timeZone: Europe/Berlin, suspend: true", "'CRON_TZ=Asia/Tokyo 0 3 * * *'")
    timing = by_id(manifests(prefixed))["sys_nightly"].timing
    assert timing is not None
    assert (timing.schedule, timing.timezone, timing.enabled) == ("0 3 * * *", "Asia/Tokyo", True)


@pytest.mark.parametrize(
    ("metadata", "tier", "basis"),
    [
        ("", Tier.PRODUCTION, Basis.INFERRED),
        ("labels: {tier: backend}", Tier.PRODUCTION, Basis.INFERRED),
        ("labels: {criticality: high}", Tier.PRODUCTION, Basis.DECLARED),
        ("annotations: {concord.tier: EXPERIMENTAL}", Tier.EXPERIMENTAL, Basis.DECLARED),
    ],
)
def test_reg_11_a_label_or_annotation_decides_the_tier(metadata: str, tier: Tier, basis: Basis) -> None:
    listed = manifests(workload("web", metadata=metadata)).systems[0]
    assert (listed.system.tier, listed.tier_basis) == (tier, basis)


def test_reg_11_an_ingress_is_where_a_workload_is_reached() -> None:
    ingress = (
        "---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: front}\n"
        "spec: {tls: [{hosts: [shop.example.com]}], rules: [{host: shop.example.com, http: {paths: "
        "[{path: /, backend: {service: {name: web}}}, {path: /api, backend: {service: {name: gone}}}]}}]}\n"
    )
    imported = manifests(both("web"), ingress)
    assert [one.resource for one in by_id(imported)["sys_web"].writes_to] == [
        "service://web",
        "https://shop.example.com",
    ]
    assert dangling(imported) == {("Ingress/front", "Service/gone")}


def test_reg_11_a_kustomization_puts_names_namespaces_and_patches_in_place() -> None:
    imported = manifests(
        "resources: [base, gone.yaml, 'https://example.com/x.yaml']\nnamePrefix: dev-\nnamespace: dev\n"
        "patches:\n- path: patch.yaml\n- target: {kind: Deployment}\n  patch: '[{op: remove, path: /x}]'\n"
        "configMapGenerator: [{name: conf, literals: [CACHE_HOST=cache]}]\n",
        beside={
            "base/kustomization.yaml": "resources: [all.yaml]\n",
            "base/all.yaml": workload("web", more="envFrom: [{configMapRef: {name: conf}}]")
            + both("db")
            + both("cache"),
            "patch.yaml": "kind: Deployment\nmetadata: {name: web}\n"
            "spec: {template: {spec: {containers: [{name: main, env: [{name: DB_HOST, value: db}]}]}}}\n",
        },
        name="kustomization{}.yaml",
    )
    assert edges(imported) == {("dev-web", "dev-db"), ("dev-web", "dev-cache")}
    assert {(listed.system.model_extra or {})["kubernetes"]["project"] for listed in imported.systems} == {"dev"}
    assert dangling(imported) == {("kustomization.yaml", "gone.yaml")}
    reasons = " ".join(one.reason for one in imported.unmapped)
    assert "nothing is ever fetched" in reasons
    assert "a list of operations" in reasons


def test_reg_11_a_helm_template_is_refused_with_the_reason() -> None:
    imported = manifests("apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {{ .Values.name }}\nspec: {}\n")
    assert not imported.systems
    assert "helm template" in imported.unmapped[0].reason


def test_reg_11_objects_that_are_no_systems_are_told() -> None:
    imported = manifests(
        workload("web"),
        "---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a}\n",
        "---\napiVersion: x.io/v1\nkind: Widget\nmetadata: {name: w}\n",
        "---\nkind: Deployment\n",
        "---\napiVersion: apps/v1\nkind: ReplicaSet\nmetadata: {name: web-1, ownerReferences: [{kind: Deployment}]}\nspec: {}\n",
    )
    assert [one.reason for one in imported.unmapped] == [
        "no object: metadata.name is missing",
        "ReplicaSet web-1: another object owns it, and stands for it",
        "Widget w: objects of this kind are not mapped",
        "ServiceAccount a: says nothing of what systems read or write",
    ]
    assert sorted(by_id(imported)) == ["sys_web"]


@pytest.mark.parametrize(
    ("kind", "spec"),
    [
        *((kind, "{}") for kind in ("ConfigMap", "Secret", "Namespace", "PersistentVolumeClaim", "ServiceAccount")),
        *(
            (kind, "{}")
            for kind in ("HorizontalPodAutoscaler", "Gateway", "GRPCRoute", "Widget", "CustomResourceDefinition")
        ),
        ("Service", "{selector: {app: nothing}}"),
        ("Service", "{ports: [{port: 80}]}"),
        ("Service", "{type: ExternalName, externalName: api.example.com}"),
        ("HTTPRoute", "{rules: [{backendRefs: [{kind: Bucket, name: b}]}]}"),
        ("HTTPRoute", "{rules: []}"),
        ("Ingress", "{rules: [{host: a.example.com}]}"),
        ("NetworkPolicy", "{podSelector: {matchLabels: {app: nothing}}, ingress: [{}]}"),
        ("NetworkPolicy", "{podSelector: {}, policyTypes: [Ingress, Egress]}"),
        (
            "NetworkPolicy",
            "{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}}]}]}",
        ),
    ],
)
def test_reg_11_an_object_of_any_kind_is_mapped_or_told_with_its_place(kind: str, spec: str) -> None:
    imported = manifests(
        workload("web"),
        f"---\napiVersion: {'v1' if kind == 'Service' else 'networking.k8s.io/v1'}\nkind: {kind}\n"
        f"metadata: {{name: thing}}\nspec: {spec}\n",
    )
    assert sorted(by_id(imported)) == ["sys_web"]
    told = [
        *((one.item, one.reason) for one in imported.unmapped),
        *((one.origin, one.reason) for one in imported.dangling),
    ]
    assert [place for place, reason in told if "thing" in place or "thing" in reason], (told, imported.notes)


def test_reg_11_lists_and_json_are_read_as_well() -> None:
    text = (
        '{"apiVersion": "v1", "kind": "List", "items": [{"apiVersion": "batch/v1", "kind": "Job", '
        '"metadata": {"name": "once"}, "spec": {"template": {"spec": {"containers": [{"name": "a"}]}}}}, 5]}'
    )
    imported = manifests(text)
    assert sorted(by_id(imported)) == ["sys_once"]
    assert imported.unmapped[0].item == "all.yaml#/items/1"
    assert recognises("", text)


def test_reg_11_a_collector_does_not_depend_on_what_it_watches() -> None:
    imported = manifests(
        workload("prometheus", env="[{name: DB_HOST, value: db}, {name: REMOTE_WRITE_URL, value: 'http://thanos'}]"),
        workload("web", env="[{name: DB_HOST, value: db}]"),
        both("db"),
        both("thanos"),
    )
    assert edges(imported) == {("web", "db"), ("prometheus", "thanos")}
    assert any("watched, not a dependency" in note for note in imported.notes)


@pytest.mark.parametrize(
    ("path", "text", "known"),
    [
        ("/x/kustomization.yaml", "", True),
        ("", "apiVersion: apps/v1\nkind: Deployment\n", True),
        ("", "kind: Service\napiVersion: v1 # core\n", True),
        ("", "apiVersion: backstage.io/v1alpha1\nkind: Component\n", False),
        ("", "apiVersion: v3.0.2\nkind: DataContract\n", False),
        ("", "services: {web: {}}\n", False),
    ],
)
def test_reg_11_manifests_are_told_by_their_version_and_kind(path: str, text: str, known: bool) -> None:
    assert recognises(path, text) is known


def test_variables_that_hold_each_other_many_times_over_stay_small() -> None:
    variables = ["{name: A0, value: aaaaaaaaaaaaaaaa}"]
    variables += [f"{{name: A{number}, value: '{f'$(A{number - 1})' * 20}'}}" for number in range(1, 30)]
    imported = manifests(workload("web", env=f"[{', '.join(variables)}]"))
    assert len(imported.systems) == 1


def test_kustomizations_that_name_each_other_over_and_over_are_refused() -> None:
    folders = {
        f"k{depth}/kustomization.yaml": f"resources: [{', '.join(['../k' + str(depth + 1)] * 10)}]\n"
        for depth in range(10)
    }
    with pytest.raises(TooLarge):
        manifests("resources: [k0]\n", beside=folders, name="kustomization{}.yaml")

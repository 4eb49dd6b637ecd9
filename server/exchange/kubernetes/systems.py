"""What becomes of each workload: a system with its Services, its calls, its shared volumes and its timing (REG-11)."""

import re
from dataclasses import dataclass

from server.errors import ConcordError
from server.exchange.criticality import UNCONFIRMED, stated_tier, tier_of
from server.exchange.documents import mapping, words
from server.exchange.imported import ListedSystem, Remarks
from server.exchange.kubernetes.calls import Call, Missing
from server.exchange.kubernetes.services import Service
from server.exchange.kubernetes.volumes import Touch
from server.exchange.kubernetes.workloads import Workload
from server.exchange.registry_json import ReadSystem
from server.model.base import JsonObject
from server.model.contract import Basis
from server.model.tier import Tier

_ZONE = re.compile(r"(?:CRON_)?TZ=(\S+)\s+(.*)")
_OWNERS = ("concord.owner", "a8r.io/owner", "owner", "team", "maintainer")
_DESCRIPTIONS = ("concord.description", "a8r.io/description", "kubernetes.io/description", "description")


@dataclass(frozen=True)
class Said:
    """All that the manifests say of one workload."""

    services: list[Service]
    calls: dict[str, Call]
    allowed: dict[str, Call]
    """What a policy alone states."""
    missing: dict[str, Missing]
    touches: list[Touch]
    entrances: list[tuple[str, str]]


def listed_system(workload: Workload, said: Said, read_system: ReadSystem, remarks: Remarks) -> ListedSystem | None:
    """The workload as a system; None, and a remark, where none can be made of it."""
    tier, basis = _tier(workload)
    try:
        system = read_system(_document(workload, said, tier))
    except ConcordError as error:
        remarks.unmapped(
            workload.thing.at(),
            f"{workload.thing.kind} {workload.thing.name}: no system can be made of it: {error.message}",
        )
        return None
    return ListedSystem(item=workload.plain, system=system, tier_basis=basis)


def _document(workload: Workload, said: Said, tier: Tier) -> JsonObject:
    thing, file = workload.thing, workload.thing.document.where
    timing = _timing(workload)
    return {
        "id": f"sys_{workload.plain}"[:120],
        "name": thing.name[:200],
        "description": _stated(workload, _DESCRIPTIONS, 4_000)
        or f"{thing.kind} in the Kubernetes namespace {workload.home}.",
        "owner": _stated(workload, _OWNERS, 200),
        "tier": tier,
        "reads_from": [
            *(_call(resource, call, file) for resource, call in sorted({**said.allowed, **said.calls}.items())),
            *(
                _access(resource, "service", f"{missing.said}, {file}", basis=Basis.INFERRED)
                for resource, missing in sorted(said.missing.items())
            ),
            *(
                _access(touch.resource, "volume", f"{touch.evidence}, {file}", basis=Basis.INFERRED)
                for touch in said.touches
                if not touch.writes
            ),
        ],
        "writes_to": [
            *(_access(one.resource, "service", f"Service {one.name}, {file}") for one in said.services),
            *(_access(address, "ingress", f"{said_by}, {file}") for address, said_by in said.entrances),
            *(
                _access(touch.resource, "volume", f"{touch.evidence}, {file}", basis=Basis.INFERRED)
                for touch in said.touches
                if touch.writes
            ),
        ],
        **({"timing": timing} if timing else {}),
        "kubernetes": _facts(workload),
    }


def _access(resource: str, kind: str, evidence: str, *, basis: Basis = Basis.DECLARED) -> JsonObject:
    return {"resource": resource, "type": kind, "basis": basis, "evidence": evidence[:4_000]}


def _call(resource: str, call: Call, file: str) -> JsonObject:
    """Declared where two independent statements agree on it: what names the Service, and a policy that allows the call."""
    agreed = bool(call.said and call.allowed_by)
    basis = Basis.DECLARED if agreed else Basis.INFERRED
    return _access(resource, "service", f"{call.evidence}, {file}", basis=basis)


def _tier(workload: Workload) -> tuple[Tier, Basis]:
    holders = (mapping(workload.thing.metadata.get(name)) for name in ("annotations", "labels"))
    tier, _ = stated_tier(*holders, workload.annotations, workload.labels)
    if tier is not None:
        return tier, Basis.DECLARED
    for variable in workload.variables:
        if variable.name == "OTEL_RESOURCE_ATTRIBUTES":
            pairs = dict(pair.partition("=")[::2] for pair in variable.value.split(","))
            if found := tier_of(pairs.get("service.criticality", "")):
                return found, Basis.DECLARED
    return UNCONFIRMED


def _timing(workload: Workload) -> JsonObject:
    """When a CronJob runs; nothing for what runs always or once."""
    if workload.thing.kind != "CronJob":
        return {}
    spec = workload.thing.spec
    schedule, zone = words(spec.get("schedule"), 200), words(spec.get("timeZone"), 100)
    if within := _ZONE.match(schedule):
        zone, schedule = zone or within[1], within[2]
    timing: JsonObject = {"schedule": schedule, "enabled": spec.get("suspend") is not True}
    return {**timing, "timezone": zone} if zone else timing


def _facts(workload: Workload) -> JsonObject:
    facts: JsonObject = {"project": workload.home, "kind": workload.thing.kind}
    if workload.images:
        facts["images"] = [image[:500] for image in workload.images[:20]]
    part_of = words(mapping(workload.thing.metadata.get("labels")).get("app.kubernetes.io/part-of"), 200)
    if part_of:
        facts["part_of"] = part_of
    replicas = workload.thing.spec.get("replicas")
    if isinstance(replicas, int):
        facts["replicas"] = replicas
    return facts


def _stated(workload: Workload, names: tuple[str, ...], longest: int) -> str:
    holders = [mapping(workload.thing.metadata.get(name)) for name in ("annotations", "labels")]
    found = (words(holder.get(name), longest) for name in names for holder in (*holders, workload.annotations))
    return next((one for one in found if one), "")

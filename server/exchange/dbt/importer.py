"""From a dbt manifest to systems: one per model, seed and snapshot, and one per exposure, which only reads (REG-11)."""

import posixpath
from collections.abc import Iterable, Mapping, Set

from server.exchange.criticality import tier_of_words
from server.exchange.dbt.columns import Promises, promises_of_constraints, promises_of_tests, row_schema
from server.exchange.dbt.manifest import BUILT, Manifest, Node, load, read_manifests, recognises
from server.exchange.dbt.places import PROFILES, namespace_of, target_beside
from server.exchange.documents import mapping, name_of, sequence, words
from server.exchange.imported import Imported, ListedSystem, Remarks, found_in
from server.exchange.making import made_system, plain_id
from server.exchange.source import Nearby, Request, SourceFile
from server.model.base import JsonObject
from server.model.contract import ContractType
from server.model.datasets import dataset_uri

KIND = "dbt"
FILE_NAMES = ("manifest.json", "target/manifest.json")
ENDINGS = ("manifest.json",)
__all__ = ["ENDINGS", "FILE_NAMES", "KIND", "files_in", "is_beside", "read_dbt", "recognises"]

_BESIDE = ("run_results.json", "sources.json", "catalog.json", "dbt_project.yml", *PROFILES)
_TOLD_ELSEWHERE = ("source", "exposure", "test")
_SECONDS = {"minute": 60, "hour": 3_600, "day": 86_400}
_NO_SYSTEM = {
    "analysis": "an analysis is compiled and never run",
    "operation": "a hook or operation: what it does stands in its SQL alone",
    "sql_operation": "a hook or operation: what it does stands in its SQL alone",
    "rpc": "a query of a session",
    "sql": "a query of a session",
    "unit_test": "a unit test works on rows of its own",
    "metric": "a metric holds no data: who uses it reads the tables behind it",
    "semantic_model": "a semantic model holds no data: who uses it reads the tables behind it",
    "saved_query": "a saved query holds no data: who uses it reads the tables behind it",
    "function": "a function holds no data",
}


def is_beside(path: str) -> bool:
    """Whether a file of this name lies beside a manifest without being one."""
    return posixpath.basename(path) in _BESIDE


def files_in(folder: str, nearby: Nearby) -> list[SourceFile]:
    """The manifest of a project's folder or of its `target`, with the results of the last run where they lie beside it."""
    for name in FILE_NAMES:
        found = nearby(posixpath.join(folder, name))
        if isinstance(found, SourceFile) and recognises(found.path, found.text):
            results = nearby(posixpath.join(folder, posixpath.dirname(name), "run_results.json"))
            return [found, results] if isinstance(results, SourceFile) else [found]
    return []


def read_dbt(request: Request) -> Imported:
    """The systems of the project's nodes.

    Raises InvalidArgument where a file is no JSON, or no manifest.
    """
    remarks = Remarks()
    files = [file for file in request.files if not is_beside(file.path)] or list(request.files)
    manifest = read_manifests(files, remarks)
    results = _results([file for file in request.files if posixpath.basename(file.path) == "run_results.json"], remarks)
    reader = _Reader(manifest, remarks, results, _namespaces(manifest, files[0].path, request.nearby, remarks))
    systems = [listed for node in manifest.of_kind(*BUILT) if (listed := reader.built(node))]
    systems += [listed for node in manifest.of_kind("exposure") if (listed := reader.exposure(node))]
    _tell_the_rest(manifest, reader.read, remarks)
    return found_in(request.place, KIND, systems, remarks)


def _tell_the_rest(manifest: Manifest, read: Set[str], remarks: Remarks) -> None:
    """Everything that is no system and that no system reads is listed with the reason."""
    for node in manifest.nodes.values():
        if node.kind == "source" and node.unique_id not in read:
            remarks.unmapped(node.at(), "no model, seed, snapshot or exposure reads this source")
        elif node.kind in BUILT and not node.has_table:
            remarks.unmapped(node.at(), "ephemeral: it has no table, and who uses it reads what it is made from")
        elif node.kind not in (*BUILT, *_TOLD_ELSEWHERE):
            remarks.unmapped(node.at(), _NO_SYSTEM.get(node.kind, f"nodes of the kind {node.kind[:80]} are not mapped"))
    for unique_id, place in manifest.disabled.items():
        remarks.unmapped(place, f"{unique_id} is switched off")
    for place, reason in manifest.beside.items():
        remarks.note(f"{place} holds {reason}.")


class _Reader:
    """Makes systems of nodes that know each other's tables."""

    def __init__(
        self, manifest: Manifest, remarks: Remarks, results: Mapping[str, JsonObject], namespaces: Mapping[str, str]
    ) -> None:
        self._manifest = manifest
        self._remarks = remarks
        self._results = results
        self._namespaces = namespaces
        self._tests = promises_of_tests(manifest, remarks)
        self.read: set[str] = set()
        """Unique ids of the tables that some system reads."""

    def built(self, node: Node) -> ListedSystem | None:
        """The system that fills a node's table; none where the node has no table of its own."""
        if not node.has_table:
            return None
        written = self._access(node, f"{node.unique_id} ({node.materialized or node.kind}), {node.file}")
        promises = self._tests.get(node.unique_id, Promises())
        promises_of_constraints(node, promises, self._remarks)
        schema = row_schema(node, promises, self._remarks)
        contracts = list(self._needs(node))
        if schema:
            contracts.insert(
                0, {"type": ContractType.PRODUCER, "resource": written["resource"], "schema": schema, **promises.more()}
            )
        return self._system(node, system_id(node), [written], contracts)

    def exposure(self, node: Node) -> ListedSystem | None:
        """The system that an exposure describes: a dashboard or an application that reads the project's tables."""
        return self._system(node, plain_id(f"dbt:{node.unique_id}"), [], [])

    def _system(
        self, node: Node, identifier: str, writes: list[JsonObject], contracts: list[JsonObject]
    ) -> ListedSystem | None:
        tier, basis = tier_of_words(_words_on_tier(node))
        version = words(node.body.get("version"))
        facts: JsonObject = {"unique_id": node.unique_id, "resource_type": node.kind}
        stated = {
            "package": node.body.get("package_name"),
            "materialized": node.materialized,
            "path": node.body.get("original_file_path"),
            "access": node.body.get("access") or node.config.get("access"),
            "version": version,
            "group": node.body.get("group") or node.config.get("group"),
            "url": node.body.get("url"),
            "type": node.body.get("type"),
        }
        facts.update({name: words(value, 400) for name, value in stated.items() if words(value)})
        tags = [words(tag, 100) for tag in sequence(node.body.get("tags")) if words(tag)]
        if tags:
            facts["tags"] = tags
        if node.unique_id in self._results:
            facts["last_run"] = self._results[node.unique_id]
        name = words(node.body.get("name"), 190)
        document: JsonObject = {
            "id": identifier,
            "name": f"{name}.v{version}" if version else name,
            "description": words(node.body.get("description"), 4_000) or f"{node.kind.capitalize()} of a dbt project.",
            "owner": self._owner(node),
            "tier": tier,
            "reads_from": list(self._reads(node)),
            "writes_to": writes,
            "contracts": contracts,
            "dbt": facts,
        }
        return made_system(document, item=node.unique_id, place=node.at(), basis=basis, remarks=self._remarks)

    def _reads(self, node: Node) -> Iterable[JsonObject]:
        for unique_id, way in self._manifest.tables_behind(node, self._remarks).items():
            self.read.add(unique_id)
            through = f" through {', '.join(way)}" if way else ""
            yield self._access(
                self._manifest.nodes[unique_id], f"{node.unique_id} depends on {unique_id}{through}, {node.file}"
            )

    def _access(self, node: Node, evidence: str) -> JsonObject:
        namespace = self._namespaces.get(node.platform, "")
        return {
            "resource": dataset_uri(namespace, node.relation),
            "type": "table",
            "evidence": evidence[:4_000],
            "dataset": {"namespace": namespace, "name": node.relation},
        }

    def _needs(self, node: Node) -> Iterable[JsonObject]:
        """What the project demands of the sources that a node reads: how fresh they are, and what it tests of them."""
        for unique_id in self._manifest.tables_behind(node, self._remarks):
            source = self._manifest.nodes[unique_id]
            if source.kind != "source":
                continue
            promises = self._tests.get(unique_id, Promises())
            need: JsonObject = {}
            if (seconds := _freshness(source)) is not None:
                need["freshness_seconds"] = seconds
            if tested := row_schema(source, promises, self._remarks, only=promises.tested()):
                need["reader_schema"] = tested
            if need:
                yield {
                    "type": ContractType.CONSUMER,
                    "resource": self._access(source, "")["resource"],
                    **need,
                    **promises.more(),
                }

    def _owner(self, node: Node) -> str:
        group = self._manifest.groups.get(words(node.body.get("group") or node.config.get("group")), {})
        for owner in (node.body.get("owner"), node.meta.get("owner"), node.meta.get("team"), group.get("owner")):
            said = words(owner) or words(mapping(owner).get("name")) or words(mapping(owner).get("email"))
            if said:
                return said[:200]
        return words(group.get("name"), 200)


def system_id(node: Node) -> str:
    """The id of the system that fills a node's table: dbt's own name for its run in OpenLineage, so that the two meet."""
    place = ".".join(words(node.body.get(part)) for part in ("database", "schema") if words(node.body.get(part)))
    name = node.unique_id.partition(".")[2]
    return plain_id(f"dbt:{place}.{name}" if place else f"dbt:{name}")


def _words_on_tier(node: Node) -> list[tuple[str, str]]:
    said = [(str(name), words(value)) for name, value in node.meta.items()]
    return [*said, ("lifecycle", words(node.body.get("maturity")))] if node.kind == "exposure" else said


def _freshness(source: Node) -> float | None:
    """Seconds after which the project calls the source stale: an error rather than a warning, where both are stated."""
    stated = mapping(source.body.get("freshness")) or mapping(source.config.get("freshness"))
    for name in ("error_after", "warn_after"):
        after = mapping(stated.get(name))
        count, period = after.get("count"), _SECONDS.get(words(after.get("period")).lower())
        if isinstance(count, int | float) and not isinstance(count, bool) and period:
            return float(count * period)
    return None


def _namespaces(manifest: Manifest, path: str, nearby: Nearby, remarks: Remarks) -> dict[str, str]:
    """The namespace of each platform's tables, by its name; told where the server is not known."""
    target, reason = target_beside(path, nearby)
    namespaces: dict[str, str] = {}
    for platform in dict.fromkeys(node.platform for node in manifest.nodes.values()):
        fits = target if words(target.get("type")) in ("", platform) else {}
        namespaces[platform] = namespace_of(platform, fits)
        if namespaces[platform].endswith("://"):
            why = reason or "its profile names no host that can be read"
            remarks.note(
                f"On which {platform or 'database'} server the tables lie is not known ({why}): their names stand without "
                "one, and meet those of other sources only where these know none either."
            )
    return namespaces


def _results(files: Iterable[SourceFile], remarks: Remarks) -> dict[str, JsonObject]:
    """How each node's last run ended, by unique id."""
    found: dict[str, JsonObject] = {}
    for file in files:
        for position, entry in enumerate(sequence(load(file).get("results"))):
            unique_id = words(mapping(entry).get("unique_id"))
            steps = [words(mapping(step).get("completed_at")) for step in sequence(mapping(entry).get("timing"))]
            status = words(mapping(entry).get("status"))
            if not unique_id or not status:
                remarks.unmapped(f"{name_of(file.path)}#/results/{position}", "a result without a node or a status")
            else:
                found[unique_id] = {"state": status, "at": max(steps, default="")}
    return found

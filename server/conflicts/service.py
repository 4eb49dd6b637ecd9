"""The conflict check as the surfaces use it: changes in, a judgement with proof and plan out, kept with what it saw."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from server.clock import to_wire
from server.conflicts.asked import Asked, SchemaCheck, read_changes, resolve
from server.conflicts.judge import judge, recommendation, weakest_basis
from server.conflicts.question import Answer, Circumstances, Engine
from server.conflicts.severity import Ruling
from server.errors import NotFound
from server.model.base import JsonObject
from server.model.check import Check, Mode, check_document
from server.model.tier import Severity, Tier
from server.registry.service import RegistryService
from server.storage import checks

if TYPE_CHECKING:
    from server.storage.database import Database

NEWEST = "latest"


@dataclass(frozen=True)
class Checked:
    """A finished check, as its document."""

    document: JsonObject
    summary: str


class ConflictService:
    """Judges changes against the contracts of one registry."""

    def __init__(
        self,
        database: "Database",
        registry: RegistryService,
        *,
        engine: Callable[[], Engine],
        check_schema: SchemaCheck,
    ) -> None:
        self._database = database
        self._registry = registry
        self._engine = engine
        self._check_schema = check_schema

    def check(
        self, documents: Sequence[Any], *, source_system: str, caller: str, now: datetime, keep: bool = True
    ) -> Checked:
        """What these changes would do to everyone concerned; kept under a check id unless `keep` is false.

        Raises InvalidArgument or NotFound where the changes can't be understood, Refused for a stale `base_hash`.
        """
        changes = read_changes(documents, check_schema=self._check_schema)
        modes = self.modes()
        with self._registry.reading() as registry:
            asked = resolve(registry, changes, source_system, caller, self._registry.canonical)
            circumstances = Circumstances(self._engine(), modes, now)
            answer, ruling = judge(registry, asked.source, asked.changes, circumstances)
            version = registry.revision
        check = _check(asked, answer, ruling, version, now)
        inputs = {
            "source_system": asked.source.id,
            "changes": list(documents),
            "registry_version": version,
            "modes": {tier.value: mode.value for tier, mode in modes.items()},
            "compared": answer.inputs,
        }
        document = check_document(check)
        if keep:
            document = self._keep(document, inputs)
        return Checked(document, summary_of(document))

    def stored(self, check_id: str) -> JsonObject:
        """A check that was kept, with the inputs it saw; `latest` is the newest. Raises NotFound."""

        def load(session: Any) -> dict[str, Any] | None:
            wanted = checks.newest_id(session) if check_id == NEWEST else check_id
            return checks.load(session, wanted)

        found = self._database.read(load)
        if found is None:
            raise NotFound(f"There is no check {check_id[:100]!r}.", hint="check_change makes one.")
        return {**found["check"], "inputs": found["inputs"]}

    def check_ids(self, start: str, limit: int) -> list[str]:
        """Ids of kept checks that begin so, newest first."""
        return self._database.read(lambda session: checks.ids_like(session, start, limit))

    def modes(self) -> dict[Tier, Mode]:
        """Whether each tier's verdicts hold changes back (CON-9): all start in blocking mode."""
        return dict.fromkeys(Tier, Mode.BLOCKING)

    def _keep(self, document: JsonObject, inputs: JsonObject) -> JsonObject:
        def save(session: Any) -> JsonObject:
            day = document["check_timestamp"][:10]
            numbered = {**document, "check_id": checks.new_id(session, day)}
            checks.save(session, numbered, inputs)
            return numbered

        return self._database.write(save)


def _check(asked: Asked, answer: Answer, ruling: Ruling, version: int, now: datetime) -> Check:
    ordered = sorted(
        (conflict for _, conflict in answer.conflicts),
        key=lambda conflict: (
            -conflict.severity.rank,
            conflict.affected_system,
            conflict.affected_contract,
            conflict.rule,
        ),
    )
    notes = list(dict.fromkeys(answer.notes))
    return Check(
        check_id="",
        proposal_id="",
        source_system=asked.source.id,
        check_timestamp=to_wire(now),
        verdict=ruling.verdict,
        conflicts=tuple(ordered),
        non_breaking_notes=" ".join(notes),
        recommendation=recommendation(answer, ruling, asked.source.id),
        blocks=ruling.blocks,
        mode=ruling.mode,
        basis=weakest_basis(answer),
        undecided=tuple(item for _, item in answer.undecided),
        registry_version=version,
    )


def summary_of(document: JsonObject) -> str:
    """The check in one sentence."""
    conflicts, undecided = document["conflicts"], document["undecided"]
    parts = []
    if conflicts:
        worst = max(conflicts, key=lambda conflict: Severity(conflict["severity"]).rank)
        others = sorted({conflict["affected_system"] for conflict in conflicts} - {worst["affected_system"]})
        more = f" and {len(others)} more" if others else ""
        parts.append(f"{worst['severity']} for {worst['affected_system']}{more}")
    if undecided:
        who = sorted({item["affected_system"] for item in undecided if item["affected_system"]})
        parts.append(f"{len(undecided)} undecided" + (f" ({', '.join(who[:5])})" if who else ""))
    said = f": {'; '.join(parts)}" if parts else ": no reader is broken"
    held = " It may not go on yet." if document["blocks"] else ""
    return f"{document['verdict']}{said}.{held}"

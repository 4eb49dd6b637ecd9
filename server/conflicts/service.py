"""The conflict check as the surfaces use it: changes in, a judgement with proof and plan out, kept with what it saw."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from server.clock import to_wire
from server.conflicts.asked import Asked, SchemaCheck, read_changes, resolve
from server.conflicts.judge import judge, recommendation, weakest_basis
from server.conflicts.question import Answer, Circumstances, Engine, OpenProposal
from server.conflicts.severity import Hold, Item, Ruling, judgement_on
from server.errors import NotFound
from server.model.base import JsonObject
from server.model.change import Change, change_document
from server.model.check import USER, Check, Mode, check_document
from server.model.tier import Severity, Tier
from server.registry.map import RegistryMap
from server.registry.service import RegistryService
from server.storage import checks

if TYPE_CHECKING:
    from server.storage.database import Database
    from server.storage.session import Session

NEWEST = "latest"


@dataclass(frozen=True)
class Judged:
    """A judgement that is not kept yet: the check without an id, and what it saw."""

    check: Check
    inputs: JsonObject
    hold: Hold
    """What becomes of the proposal."""


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
        open_proposals: Callable[[RegistryMap], tuple[OpenProposal, ...]] = lambda registry: (),
    ) -> None:
        """`open_proposals` are those in flight, as their changes stand in that registry (CON-14)."""
        self._database = database
        self._registry = registry
        self._engine = engine
        self._check_schema = check_schema
        self._open_proposals = open_proposals

    def check(
        self, documents: Sequence[Any], *, source_system: str, caller: str, now: datetime, keep: bool = True
    ) -> Checked:
        """What these changes would do to everyone concerned; kept under a check id unless `keep` is false.

        Raises InvalidArgument or NotFound where the changes can't be understood, Refused for a stale `base_hash`.
        """
        changes = self.read(documents)
        with self._registry.reading() as registry:
            in_flight = self._open_proposals(registry)
            judged = self.judge(
                registry, changes, source_system=source_system, caller=caller, now=now, in_flight=in_flight
            )
        document = check_document(judged.check)
        if keep:
            inputs = judged.inputs
            document = self._database.write(lambda session: self.keep_in(session, document, inputs, caller=caller))
        return Checked(document, summary_of(document))

    def read(self, documents: Sequence[Any]) -> tuple[Change, ...]:
        """The changes that these documents describe. Raises InvalidArgument with the place of the first mistake."""
        return read_changes(documents, check_schema=self._check_schema)

    def judge(
        self,
        registry: RegistryMap,
        changes: Sequence[Change],
        *,
        source_system: str,
        caller: str,
        now: datetime,
        in_flight: tuple[OpenProposal, ...] = (),
        proposal_id: str = "",
    ) -> Judged:
        """What these changes would do in that registry, beside the proposals in flight; nothing is kept.

        Raises InvalidArgument or NotFound where the changes can't be understood, Refused for a stale `base_hash`.
        """
        asked = resolve(registry, changes, source_system, caller, self._registry.canonical)
        circumstances = Circumstances(self._engine(), self.modes(), now, in_flight)
        answer, ruling = judge(registry, asked.source, asked.changes, circumstances)
        check = _check(asked, answer, ruling, circumstances, registry.revision, proposal_id)
        inputs = {
            "source_system": asked.source.id,
            "changes": [change_document(change) for change in changes],
            "registry_version": registry.revision,
            "modes": {tier.value: mode.value for tier, mode in circumstances.modes.items()},
            "compared": answer.inputs,
        }
        return Judged(check, inputs, ruling.hold)

    def keep_in(self, session: "Session", document: JsonObject, inputs: JsonObject, *, caller: str = "") -> JsonObject:
        """The check stands kept in this transaction, with what it saw, under an id that it carries from now on."""
        numbered = {**document, "check_id": checks.new_id(session, document["check_timestamp"][:10])}
        checks.save(session, numbered, inputs, caller=caller)
        return numbered

    def stored(self, check_id: str, *, caller: str) -> JsonObject:
        """A check that was kept, with the inputs it saw; `latest` is the newest.

        Raises NotFound, also for a dry run that neither the caller nor anybody for its system asked for.
        """

        def load(session: Any) -> dict[str, Any] | None:
            wanted = checks.newest_id(session, viewer=caller) if check_id == NEWEST else check_id
            return checks.load(session, wanted, viewer=caller)

        found = self._database.read(load)
        if found is None:
            raise NotFound(f"There is no check {check_id[:100]!r}.", hint="check_change makes one.")
        return {**found["check"], "inputs": found["inputs"]}

    def check_ids(self, start: str, limit: int, *, caller: str) -> list[str]:
        """Ids of kept checks that begin so, newest first; those that the caller may see."""
        return self._database.read(lambda session: checks.ids_like(session, start, limit, viewer=caller))

    def modes(self) -> dict[Tier, Mode]:
        """Whether each tier's verdicts hold changes back (CON-9): all start in blocking mode."""
        return dict.fromkeys(Tier, Mode.BLOCKING)


def _check(
    asked: Asked, answer: Answer, ruling: Ruling, circumstances: Circumstances, version: int, proposal_id: str
) -> Check:
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
        proposal_id=proposal_id,
        source_system=asked.source.id,
        check_timestamp=to_wire(circumstances.now),
        verdict=ruling.verdict,
        conflicts=tuple(ordered),
        non_breaking_notes=" ".join(notes),
        recommendation=recommendation(answer, ruling, asked.source.id),
        blocks=ruling.blocks,
        mode=ruling.mode,
        basis=weakest_basis(answer),
        undecided=tuple(item for _, item in answer.undecided),
        in_flight=tuple(answer.in_flight),
        must_accept=_who_must_accept(answer, circumstances.modes, asked.source.id),
        registry_version=version,
    )


def _who_must_accept(answer: Answer, modes: dict[Tier, Mode], source: str) -> tuple[str, ...]:
    """Everyone whose item holds the change; a person for an item that names nobody, or the proposer itself (CON-10)."""
    named = [(Item(tier, conflict.severity), conflict.affected_system) for tier, conflict in answer.conflicts]
    named += [(Item(tier, None), item.affected_system) for tier, item in answer.undecided]
    held = [
        who for item, who in named if modes[item.tier] is Mode.BLOCKING and judgement_on(item).hold is not Hold.GOES_ON
    ]
    return tuple(sorted({USER if who in ("", source) else who for who in held}))


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

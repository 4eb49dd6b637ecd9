"""Contracts held against the real world (REG-3, REG-13): each look is recorded, and what fails is a finding."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from server.clock import to_wire
from server.errors import NotFound
from server.model.base import Json, JsonObject
from server.model.contract import Contract, ContractType
from server.model.finding import FindingKind, Observation
from server.model.progress import Progress, unwatched
from server.model.tier import Severity
from server.model.validation import Validation, Verdict
from server.registry.naming import find_system
from server.registry.service import RegistryService
from server.registry.validation import observations
from server.registry.validation.breaks import Found
from server.registry.validation.drift import Drift, drift
from server.registry.validation.look import NOT_VERIFIABLE, Limits, Look
from server.registry.validation.resource import look_at, validation_of
from server.registry.validation.targets import Target, targets
from server.registry.validation.terms import Terms
from server.storage import findings, validations

if TYPE_CHECKING:
    from server.storage.database import Database
    from server.storage.session import Session

Gravity = Callable[[str, str, Sequence[Json], datetime], Severity | None]
"""(system, resource, documents) → the worst that they do to a reader; None where nobody is broken."""
MOST_LISTED = 20
"""Violations in a summary."""
_RECENT = timedelta(days=7)
_KINDS = (FindingKind.CONTRACT_VIOLATION, FindingKind.UNPROPOSED_CHANGE, FindingKind.NOT_VERIFIABLE)


class ValidationService:
    """The validations of one database."""

    def __init__(
        self,
        database: "Database",
        registry: RegistryService,
        *,
        terms_of: Callable[[Contract], Terms | None],
        found: Found,
        hosts: Collection[str] = (),
        limits: Limits | None = None,
        fast: bool = True,
        changed: Callable[[Iterable[str]], None] = lambda uris: None,
        promoted: Callable[[str], bool] = lambda resource: False,
        gravity: Gravity = lambda system_id, resource, samples, now: None,
    ) -> None:
        """`terms_of` reads what an entry asks of the data, `found` matches a pattern in bounded time.

        `hosts` may be asked over the network. `promoted` says whether a promoted proposal explains that the resource
        (by its canonical name) is otherwise than its contract, `gravity` what such documents do to its readers.
        `changed` is told the URIs of what a look changed.
        """
        self._database = database
        self._registry = registry
        self._terms_of = terms_of
        self._found = found
        self._hosts = frozenset(hosts)
        self._limits = limits or Limits()
        self._fast = fast
        self._changed = changed
        self._promoted = promoted
        self._gravity = gravity

    def validate(
        self,
        now: datetime,
        progress: Progress = unwatched,
        *,
        contract_id: str = "",
        system_id: str = "",
        run_id: str = "",
    ) -> JsonObject:
        """Every contract's resource was looked at, or those of one contract or system; the summary of what was seen.

        Each look stands recorded when it is done, with the findings that follow. Raises NotFound or Ambiguous for a
        system or contract that is not known.
        """
        with self._registry.reading() as registry:
            asked = find_system(registry, system_id) if system_id else ""
            chosen = targets(registry, contract_id=contract_id, system_id=asked)
            if contract_id and not chosen:
                raise NotFound(f"No live contract goes by {contract_id[:100]!r}.", path="/contract_id")
        looks: list[Validation] = []
        total = sum(target.asked_for for several in chosen for target in several)
        for several in chosen:
            progress(len(looks), total, f"Looking at {several[0].contract.resource[:200]}")
            looks += self._validate(several, now, run_id)
        looks.sort(key=lambda one: (one.system_id, one.contract_id))
        if not contract_id:
            self._conclude(looks, now, asked)
        progress(total, total, "All contracts looked at" if total else "There is nothing to look at")
        self._changed(["concord://files/system_registry.json"] if looks else [])
        return _summary(looks)

    def history(self, contract_id: str, *, limit: int = 20) -> list[Validation]:
        """The last looks at a contract, newest first."""
        return self._database.read(lambda session: validations.history(session, contract_id, limit=limit))

    def beside(self, history: JsonObject, *, limit: int = 20) -> JsonObject:
        """A contract's record with its last looks, and since when its present entries count as validated."""
        known = self.last_validated()
        entries = [
            {**one, "last_validated": max(one["last_validated"], known.get((one["system_id"], one["contract_id"]), ""))}
            for one in history["entries"]
        ]
        looks = [one.model_dump(mode="json") for one in self.history(history["contract_id"], limit=limit)]
        return {**history, "entries": entries, **({"validations": looks} if looks else {})}

    def last_validated(self, system_id: str = "") -> dict[tuple[str, str], str]:
        """Since when each entry counts as validated, by (system, contract)."""
        return self._database.read(lambda session: validations.last_validated(session, system_id))

    def violated_lately(self, now: datetime) -> int:
        """How many contracts were found violated in the last seven days."""
        return self._database.read(lambda session: validations.violated_since(session, to_wire(now - _RECENT)))

    def _validate(self, targets: Sequence[Target], now: datetime, run_id: str) -> list[Validation]:
        """All entries on one resource were held against it; what became of those that were asked for."""
        looks = look_at(
            [(target, self._terms_of(target.contract)) for target in targets],
            now=now,
            found=self._found,
            hosts=self._hosts,
            limits=self._limits,
            fast=self._fast,
        )
        seen = [validation_of(target, look, run_id=run_id) for target, look in zip(targets, looks, strict=True)]
        producers = [one for target, one in zip(targets, seen, strict=True) if target.produced]
        recorded: list[Validation] = []
        wanted: list[Observation] = []
        settled: list[str] = []
        uris: list[str] = []
        for target, look, validation in zip(targets, looks, seen, strict=True):
            if target.asked_for:
                found, over = self._observed(target, look, validation, producers)
                recorded.append(validation)
                wanted += found
                settled += over
                uris += [f"concord://contracts/{target.contract.contract_id}", f"concord://systems/{target.holder.id}"]

        def record(session: "Session") -> None:
            validations.add(session, recorded)
            findings.sync(session, wanted, now=to_wire(now), fingerprints=settled)

        self._database.write(record)
        self._changed(sorted(set(uris)))
        return recorded

    def _observed(
        self, target: Target, look: Look, validation: Validation, producers: Sequence[Validation]
    ) -> tuple[list[Observation], list[str]]:
        """What was found, and the fingerprints of what this look settles; an unknown outcome settles nothing.

        What a producer's entry shows already is not found again for those who read the data.
        """
        holder, contract_id = target.holder.id, target.contract.contract_id
        wanted: list[Observation] = []
        settled: list[str] = []
        answers = (validation.exists, validation.matches, validation.fresh)
        if not target.produced and any(observations.says_the_same(validation, one) for one in producers):
            settled.append(observations.violation_fingerprint(holder, contract_id))
        elif validation.outcome is Verdict.FAILED:
            tier = target.holder.system.tier
            wanted.append(observations.violation_of(validation, tier, produced=target.produced, writer=target.writer))
        elif validation.matches.verdict is Verdict.OK and all(one.verdict is not Verdict.FAILED for one in answers):
            settled.append(observations.violation_fingerprint(holder, contract_id))
        if look.members and target.produced:
            found = _drift(target, look)
            if found and not self._promoted(target.canonical):
                wanted.append(observations.drift_of(validation, found, self._severity(target, look, found)))
            settled.append(observations.drift_fingerprint(holder, contract_id))
        return wanted, settled

    def _severity(self, target: Target, look: Look, found: Drift) -> Severity:
        """What it does to its readers; where they are not broken, LOW for what is only new, else MEDIUM."""
        resource = target.contract.resource
        gravity = self._gravity(target.holder.id, resource, look.samples_as_documents(), look.now)
        return gravity or (Severity.MEDIUM if found.breaks else Severity.LOW)

    def _conclude(self, looks: Sequence[Validation], now: datetime, system_id: str) -> None:
        """What can't be looked at is one finding a system; what is about contracts that are no more is closed."""
        hidden: dict[str, list[tuple[Validation, str]]] = {}
        for look in looks:
            if NOT_VERIFIABLE in _unknown(look):
                hidden.setdefault(look.system_id, []).append((look, _unknown(look)))
        wanted = [observations.not_verifiable(system, several) for system, several in sorted(hidden.items())]
        known = {observations.violation_fingerprint(look.system_id, look.contract_id) for look in looks}
        known |= {observations.drift_fingerprint(look.system_id, look.contract_id) for look in looks}

        def conclude(session: "Session") -> None:
            standing = [one for kind in _KINDS for one in findings.open_of_kind(session, kind)]
            over = [
                one.fingerprint
                for one in standing
                if one.fingerprint not in known and (not system_id or one.system_id == system_id)
            ]
            findings.sync(session, wanted, now=to_wire(now), fingerprints=over)

        self._database.write(conclude)


def _drift(target: Target, look: Look) -> Drift:
    if target.contract.type is not ContractType.PRODUCER or look.ready is None:
        return Drift()
    terms = target.contract.terms
    short = isinstance(terms, dict) and "required_fields" in terms
    return drift(
        look.ready.record_schema,
        look.ready.kinds,
        look.members,
        look.kinds,
        lists_all=not short and bool(look.ready.kinds),
    )


def _summary(looks: Sequence[Validation]) -> JsonObject:
    counted = {verdict: sum(look.outcome is verdict for look in looks) for verdict in Verdict}
    failed = [look for look in looks if look.outcome is Verdict.FAILED]
    by_system: dict[str, dict[str, Any]] = {}
    for look in looks:
        mine = by_system.setdefault(look.system_id, {"ok": 0, "failed": 0, "unknown": 0})
        mine[look.outcome.value.lower()] += 1
    return {
        "looked_at": len(looks),
        "ok": counted[Verdict.OK],
        "failed": counted[Verdict.FAILED],
        "unknown": counted[Verdict.UNKNOWN],
        "complete": sum(look.complete for look in looks),
        "violations": [
            {
                "contract_id": look.contract_id,
                "system_id": look.system_id,
                "resource": look.resource,
                "reason": observations.in_words(look),
                "errors": [one.model_dump(mode="json") for one in look.violations[:3]],
            }
            for look in failed[:MOST_LISTED]
        ],
        "not_looked_at": [
            {"contract_id": look.contract_id, "system_id": look.system_id, "reason": _unknown(look)}
            for look in looks
            if look.outcome is Verdict.UNKNOWN
        ][:MOST_LISTED],
        "by_system": by_system,
    }


def _unknown(look: Validation) -> str:
    answers = (look.exists, look.matches, look.fresh)
    return next((answer.reason for answer in answers if answer.verdict is Verdict.UNKNOWN), "")

"""The conflict check as the surfaces use it: changes in, a judgement with proof and plan out, kept with what it saw."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from server.clock import to_wire
from server.conflicts.asked import SchemaCheck, read_changes, resolve
from server.conflicts.fragile import still_fragile
from server.conflicts.history import ConflictLog
from server.conflicts.modes import POLICY, Modes, modes_in, revised
from server.conflicts.question import Circumstances, Engine, OpenProposal, RiskPattern
from server.conflicts.rerun import Rerun, Standing, holds_in, inputs_of, rerun, seen_version
from server.conflicts.severity import Hold
from server.conflicts.verdict import draw_up, summary_of
from server.errors import NotAllowed, NotFound
from server.knowledge.warnings.rejected_before import NOTHING_SAID, AntiPattern, Words
from server.knowledge.warnings.rejections import Rejections
from server.model.base import JsonObject
from server.model.change import Change
from server.model.check import Check, Mode, check_document, file_document
from server.model.finding import FindingKind, Observation
from server.model.tier import Tier
from server.registry.map import RegistryMap
from server.registry.service import RegistryService
from server.storage import checks, findings, policies, systems
from server.storage.present import Present, glimpse, present

if TYPE_CHECKING:
    from server.storage.database import Database
    from server.storage.session import Session

NEWEST = "latest"

OpenIn = Callable[[RegistryMap], tuple[OpenProposal, ...]]
"""The proposals in flight, as their changes stand in that registry."""
Risks = Callable[["Session", tuple[int, int]], Iterable[tuple[str, str, tuple[str, ...]]]]
"""(pattern id, type, systems) of each active pattern that warns of something."""


@dataclass(frozen=True)
class Judged:
    """A judgement that is not kept yet: the check without an id, and what it saw."""

    check: Check
    inputs: JsonObject
    hold: Hold
    """What becomes of the proposal."""
    said: Words = NOTHING_SAID
    """What the changes say of themselves."""
    anti_patterns: tuple[AntiPattern, ...] = ()
    """Those that might have been what they propose."""


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
        open_proposals: Callable[["Session", int], OpenIn] = lambda session, revision: lambda registry: (),
        risk_patterns: Risks = lambda session, at: (),
        rejections: Rejections | None = None,
    ) -> None:
        """`open_proposals` are those in flight at that revision of the proposals, which is the session's present one (CON-14);
        `risk_patterns` those that are active, significant or confirmed, and of a risk type, at those revisions of patterns and
        registry (CON-8); `rejections` know what several systems rejected (LRN-3).
        """
        self._database = database
        self._registry = registry
        self._engine = engine
        self._check_schema = check_schema
        self._open_proposals = open_proposals
        self._risk_patterns = risk_patterns
        self._rejections = rejections or Rejections()
        self._last: _Seen | None = None
        self.log = ConflictLog(database)

    def check(
        self,
        documents: Sequence[Any],
        *,
        source_system: str,
        caller: str,
        now: datetime,
        keep: bool = True,
        words: Words = NOTHING_SAID,
    ) -> Checked:
        """What these changes would do to everyone concerned; kept under a check id unless `keep` is false.

        `words` are what they say of themselves, beside their descriptions.

        Raises InvalidArgument or NotFound where the changes can't be understood, Refused for a stale `base_hash`.
        """
        changes = self.read(documents)
        said = _said(words, changes)
        with self._registry.reading_beside(
            lambda session: self._look(session, now, said), _revision_in, lambda: self._glimpse(now, said)
        ) as (registry, seen):
            judged = self.judge(
                registry,
                changes,
                source_system=source_system,
                caller=caller,
                now=now,
                in_flight=seen.open_in(registry),
                standing=seen.standing,
                words=words,
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
        standing: Standing | None = None,
        words: Words = NOTHING_SAID,
    ) -> Judged:
        """What these changes would do in that registry, beside the proposals in flight; nothing is kept.

        `standing` is read anew where it is not given; inside a transaction it is what `standing_in` says there.
        Raises InvalidArgument or NotFound where the changes can't be understood, Refused for a stale `base_hash`.
        """
        asked = resolve(registry, changes, source_system, caller, self._registry.canonical)
        now = now.replace(microsecond=0)  # as the check states it: what is run again on it must see the same moment
        said = _said(words, changes)
        standing = standing or self._database.read(lambda session: self.standing_in(session, now, said))
        circumstances = Circumstances(
            self._engine(),
            standing.modes,
            now,
            in_flight,
            standing.patterns,
            standing.fragile,
            words,
            standing.anti_patterns,
        )
        drawn = draw_up(registry, asked.source, asked.changes, circumstances, proposal_id)
        inputs = inputs_of(changes, asked, circumstances, registry.revision, drawn)
        return Judged(drawn.check, inputs, drawn.hold, said, standing.anti_patterns)

    def keep_in(self, session: "Session", document: JsonObject, inputs: JsonObject, *, caller: str = "") -> JsonObject:
        """The check stands kept in this transaction, with what it saw, under an id that it carries from now on.

        A proposal's goes into the conflict log as well (CON-7).
        """
        numbered = {**document, "check_id": checks.new_id(session, document["check_timestamp"][:10])}
        checks.save(session, numbered, inputs, caller=caller)
        if numbered["proposal_id"]:  # a dry run is nobody's proposal
            self.log.add_in(session, numbered, modes_in(inputs))
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

    def file_text(self, check_id: str, *, caller: str) -> str:
        """conflict_check.json of a check that was kept. Raises NotFound as `stored` does."""
        check = self.stored(check_id, caller=caller)
        del check["inputs"]
        return json.dumps(file_document(check), ensure_ascii=False, indent=2) + "\n"

    def newest_file_text(self) -> str | None:
        """conflict_check.json of the newest check, for the local user; None where nothing was checked yet."""
        try:
            return self.file_text(NEWEST, caller="")
        except NotFound:
            return None

    def check_ids(self, start: str, limit: int, *, caller: str) -> list[str]:
        """Ids of kept checks that begin so, newest first; those that the caller may see."""
        return self._database.read(lambda session: checks.ids_like(session, start, limit, viewer=caller))

    def modes(self) -> Modes:
        """Whether each tier's verdicts hold changes back (CON-9): all start in blocking mode."""
        return modes_in(self._database.read(lambda session: policies.newest(session, POLICY)))

    def set_mode(self, tier: Tier, mode: Mode, *, reason: str, caller: str, now: datetime) -> Modes:
        """From now on the tier's verdicts hold changes back, or only warn; the modes of all tiers.

        Raises NotAllowed for a system: what holds it back is not its own to decide.
        """
        if caller:
            raise NotAllowed(
                "Whether conflicts block is set by a person, not by a system.", path="/mode", hint="Ask the local user."
            )

        def change(session: "Session") -> Modes:
            policies.revise(
                session,
                POLICY,
                lambda present: revised(present, tier, mode, by=caller, reason=reason),
                now=to_wire(now),
            )
            return modes_in(policies.newest(session, POLICY))

        return self._database.write(change)

    def again(self, check_id: str, *, caller: str) -> Rerun:
        """The stored check beside what the same code says to what it saw (CON-15).

        Raises NotFound, or Refused for a check of an earlier version, which did not keep all that it saw.
        """
        stored = self.stored(check_id, caller=caller)
        inputs = stored.pop("inputs")
        version = seen_version(stored, inputs)
        known = RegistryMap(self._database.read(lambda session: systems.as_of(session, version)))
        return rerun(stored, inputs, known, self._engine())

    def holds_in(self, registry: RegistryMap, check: JsonObject, inputs: JsonObject) -> bool:
        """Whether a kept check would find the same in this registry, all else as it saw it."""
        return holds_in(check, inputs, registry, self._engine())

    def still_holds(self, session: "Session", judged: Judged, now: datetime) -> bool:
        """Whether modes, active patterns, fragile contracts and anti-patterns are still those that the judgement saw."""
        present = self.standing_in(session, now, judged.said)
        same = all(judged.inputs[name] == value for name, value in present.document.items())
        return same and judged.anti_patterns == present.anti_patterns

    def standing_in(
        self, session: "Session", now: datetime, words: Words = NOTHING_SAID, changes: Sequence[Change] = ()
    ) -> Standing:
        """What a judgement made now on these changes sees besides the registry and the proposals in flight."""
        return self._standing_at(session, present(session, POLICY), now, _said(words, changes))

    def _look(self, session: "Session", now: datetime, said: Words) -> "_Seen":
        at = present(session, POLICY)
        open_in = self._open_proposals(session, at.proposals_revision)
        self._last = _Seen(at, self._standing_at(session, at, now, said), open_in)
        return self._last

    def _glimpse(self, now: datetime, said: Words) -> "_Seen | None":
        """What was seen last, where the database stands as it stood then. Like `_look` to be asked by one thread at a time."""
        at = glimpse(self._database, POLICY)
        last = self._last
        if at is None or last is None or at != last.at or at.any_fragile:
            return None
        if not said.say_nothing and self._rejections.revision != at.knowledge_revision:
            return None
        standing = _standing(at, last.standing.patterns, (), self._rejections.like(said), now)
        return replace(last, standing=standing)

    def _standing_at(self, session: "Session", at: Present, now: datetime, said: Words) -> Standing:
        known = findings.open_of_kind(session, FindingKind.FRAGILE_CONTRACT) if at.any_fragile else []
        risks = self._risk_patterns(session, (at.patterns_revision, at.registry_revision))
        if not said.say_nothing:
            self._rejections.catch_up(session, at.knowledge_revision)
        patterns = tuple(RiskPattern(*risk) for risk in risks)
        return _standing(at, patterns, known, self._rejections.like(said), now)


@dataclass(frozen=True)
class _Seen:
    """What a check finds in the database besides the registry."""

    at: Present
    standing: Standing
    open_in: OpenIn


def _standing(
    at: Present,
    patterns: tuple[RiskPattern, ...],
    fragile: Iterable[Observation],
    anti_patterns: tuple[AntiPattern, ...],
    now: datetime,
) -> Standing:
    return Standing(modes_in(at.policy), patterns, still_fragile(fragile, now), anti_patterns)


def _said(words: Words, changes: Sequence[Change]) -> Words:
    """All that the changes say of themselves."""
    return words.with_more(change.description for change in changes)


def _revision_in(seen: _Seen) -> int:
    return seen.at.registry_revision

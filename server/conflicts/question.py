"""What a facet is asked, and what it answers."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from server.conflicts.agreements import Agreement
from server.conflicts.memory import Memory
from server.conflicts.schemas import Schema, Stated, read_terms
from server.knowledge.warnings.rejected_before import NOTHING_SAID, AntiPattern, Words
from server.model.base import Json
from server.model.change import Change
from server.model.check import Conflict, InFlight, Mode, Undecided
from server.model.contract import Basis, schema_hash
from server.model.system import StoredSystem
from server.model.tier import Tier, strictest
from server.registry.map import RegistryMap
from server.registry.naming import closest_resources


class SchemaDecision(Protocol):
    """What the containment engine answers: SAFE with a proof, BREAKS with a confirmed witness, else UNKNOWN."""

    @property
    def verdict(self) -> str: ...
    @property
    def witness(self) -> Json: ...
    @property
    def path(self) -> str: ...
    @property
    def keyword(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def work(self) -> int: ...


Decide = Callable[[Schema, Schema], SchemaDecision]
"""(writer, reader) → whether every document of the writer is accepted by the reader."""


@dataclass(frozen=True)
class Break:
    """A document that a reader rejects."""

    witness: Json
    path: str
    """Where in the document, as a JSON Pointer."""
    keyword: str
    """The reader's keyword that rejects it."""
    reason: str
    """In a sentence."""


Rejects = Callable[[Schema, Json], Break | None]
"""(schema, document) → where and why the document is rejected; None where it is accepted."""


@dataclass(frozen=True)
class Engine:
    """The containment engine, as the facets use it."""

    decide: Decide
    decide_within: Callable[[Schema, Schema, int], SchemaDecision]
    """The same, UNKNOWN where it takes more than about so much work."""
    rejects: Rejects
    emptiness: Callable[[Schema], tuple[bool, int]]
    """(whether a schema is proved to accept no document, the work it took to look for a proof)."""
    plainly_inside: Callable[[Schema, Schema], bool]
    """(writer, reader) → whether it shows without a search that `decide` finds them SAFE; no is no answer."""
    decisions: Memory[tuple[str, str, int], SchemaDecision] = field(default_factory=Memory)
    """What `decide_within` said of pairs that earlier checks asked about, by digests of their texts and the work allowed."""
    hash_of: Callable[[Schema], str] = schema_hash
    """The short name of a schema."""
    for_one_check: Callable[["Engine"], "Engine"] = lambda engine: engine
    """The same engine for as long as no schema is changed: what it sees of one it needn't look for again."""

    def accepts_nothing(self, schema: Schema) -> bool | None:
        """Whether a schema is proved to accept no document; None where that was not looked into."""
        return self.emptiness(schema)[0]

    def proves(self, writer: Schema, reader: Schema) -> bool:
        """Whether it is proved that every document of the writer is accepted by the reader."""
        return self.plainly_inside(writer, reader) or self.decide(writer, reader).verdict == "SAFE"


@dataclass(frozen=True)
class OpenProposal:
    """A proposal in flight, as its changes stand in the present registry."""

    proposal_id: str
    version: int
    source_system: str
    changes: tuple[tuple[Change, str], ...]
    """Each with the canonical name of its resource ("" for an internal change)."""
    new_resources: tuple[str, ...] = ()
    """Canonical names of what its plans write beside what there is today."""


@dataclass(frozen=True)
class Claim:
    """A new name that another plan has chosen already."""

    name: str
    """Canonical."""
    system_id: str
    """Who will write it."""
    beside: str = ""
    """Canonical name of the resource whose new form goes there, where the same check chose it; a further plan may for that one."""


@dataclass(frozen=True)
class RiskPattern:
    """An active pattern of a risk type, significant or confirmed (CON-8)."""

    pattern_id: str
    type: str
    systems: tuple[str, ...]


@dataclass(frozen=True)
class Circumstances:
    """What a judgement takes into account besides the registry and the change."""

    engine: Engine
    modes: dict[Tier, Mode]
    now: datetime
    """Aware, UTC. Schedules are expanded from here on."""
    in_flight: tuple[OpenProposal, ...] = ()
    patterns: tuple[RiskPattern, ...] = ()
    fragile: tuple[str, ...] = ()
    """Ids of the contracts that are fragile now (CON-7)."""
    words: Words = NOTHING_SAID
    """What the change says of itself, beside what it changes."""
    anti_patterns: tuple[AntiPattern, ...] = ()
    """What others rejected, and this may be (LRN-3)."""
    claims: tuple[Claim, ...] = ()
    """New names that are spoken for."""


_VERSION = re.compile(r"[._-]?v?\d+")
"""What tells the versions of a file apart, such as the `_v3` of the file that a migration plan adds."""


@dataclass(frozen=True)
class Question:
    """One change of one system, with the registry it is judged against."""

    registry: RegistryMap
    source: StoredSystem
    change: Change
    resource: str
    """As the source wrote it, or as the change did."""
    name: str
    """Canonical."""
    agreements: tuple[Agreement, ...]
    """Who relies on what the source writes there."""
    written: Stated | None
    """The schema of what is written today, where a contract states it."""
    terms: Schema | None
    """The same as the contract has it, short form included."""
    circumstances: Circumstances
    earlier: tuple[Change, ...] = ()
    """Changes of the same proposal to the same schema that come before this one."""

    @property
    def engine(self) -> Engine:
        """The containment engine."""
        return self.circumstances.engine

    def tier_with(self, tier: Tier | None) -> Tier:
        """The stricter of the proposing and the affected system's tier; an unregistered one counts as PRODUCTION (CON-3)."""
        return strictest([self.source.system.tier, tier or Tier.PRODUCTION])

    @property
    def consumers_unknown(self) -> bool:
        """Whether the source writes this and can't say for whom, or not for whom besides those it names."""
        outputs = self.registry.writers_of(self.name).get(self.source.id, [])
        return any(output.consumers_unknown and (output.consumers or not self.agreements) for output in outputs)

    @property
    def taken_for(self) -> str:
        """A registered resource that this unregistered one may be a slip for; empty for none. Another version's file is none."""
        if not self.name or self.agreements or self.registry.writers_of(self.name):
            return ""
        plain = _VERSION.sub("", self.name)
        like = closest_resources(self.registry, self.name)
        return next((name for name in like if _VERSION.sub("", name) != plain), "")

    def unknown_readers(self, facet: str) -> Undecided | None:
        """Why it can't be told that nobody else is affected; None where it can."""
        if taken_for := self.taken_for:
            reason = f"Nobody reads or writes {self.resource}, but there is {taken_for}: say which is meant, or register the new one."
        elif self.consumers_unknown:
            reason = f"Who reads {self.resource} is not known (consumers_unknown), so whom this affects can't be told."
        else:
            return None
        return Undecided(facet=facet, resource=self.resource, reason=reason)

    @property
    def written_by_others(self) -> list[str]:
        """The registered writers, where the source is not one of them; sorted."""
        writers = self.registry.writers_of(self.name) if self.name else {}
        return [] if self.source.id in writers else sorted(writers)

    @property
    def bases_of_terms(self) -> list[Basis]:
        """What the writer's own contracts on the resource rest on."""
        return [
            contract.basis for holder, contract in self.registry.contracts_on(self.name) if holder.id == self.source.id
        ]

    @property
    def of_items(self) -> bool:
        """Whether the contract that the change is made against describes items of the document."""
        stated = None if self.terms is None else read_terms(self.terms)
        return stated is not None and stated.of_items

    @property
    def schema_version(self) -> str:
        """The schema version that the source declares for it."""
        outputs = self.registry.writers_of(self.name).get(self.source.id, [])
        return next((output.schema_version for output in outputs if output.schema_version), "")


@dataclass
class Answer:
    """What a facet found: conflicts and undecided items, each with the tier that counts for it, and what is safe."""

    conflicts: list[tuple[Tier, Conflict]] = field(default_factory=list)
    undecided: list[tuple[Tier, Undecided]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    bases: list[tuple[Tier, Basis]] = field(default_factory=list)
    """What each judgement rested on."""
    inputs: list[dict[str, Any]] = field(default_factory=list)
    """The pairs of schemas that were compared."""
    in_flight: list[InFlight] = field(default_factory=list)
    """Open proposals that touch the same resources."""
    systems: set[str] = field(default_factory=set)
    """Everyone whom the changes touch, in conflict or not."""
    contracts: set[str] = field(default_factory=set)
    """Ids of the contracts that the changes touch."""

    def add(self, other: "Answer") -> None:
        """Takes over everything that another facet found."""
        self.conflicts += other.conflicts
        self.undecided += other.undecided
        self.notes += other.notes
        self.bases += other.bases
        self.inputs += other.inputs
        self.in_flight += other.in_flight
        self.systems |= other.systems
        self.contracts |= other.contracts

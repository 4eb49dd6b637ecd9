"""A check's inputs as they are kept, and the check once more on them (CON-15)."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice

from server.conflicts.asked import Asked
from server.conflicts.effects import Changes
from server.conflicts.modes import Modes, modes_document, modes_in
from server.conflicts.question import Circumstances, Engine, OpenProposal, RiskPattern
from server.conflicts.verdict import Drawn, draw_up, summary_of
from server.errors import ConcordError, Refused
from server.knowledge.warnings.rejected_before import AntiPattern, Words
from server.model.base import Json, JsonObject
from server.model.change import Change, change_document
from server.model.check import check_document
from server.model.moments import from_wire
from server.registry.map import RegistryMap

MOST_DIFFERENCES = 50


@dataclass(frozen=True)
class Rerun:
    """A stored check beside what the same code says to the same inputs."""

    check_id: str
    differences: tuple[JsonObject, ...]
    """{path, kept, again} of each place where the two differ, as JSON Pointers into the check; at most 50."""
    check: JsonObject
    """As it comes out now."""

    @property
    def same(self) -> bool:
        """Whether the answer is the same."""
        return not self.differences

    @property
    def summary(self) -> str:
        """The check as it comes out now, in one sentence."""
        return summary_of(self.check)

    @property
    def document(self) -> JsonObject:
        """{check_id, same, differences, check}."""
        return {
            "check_id": self.check_id,
            "same": self.same,
            "differences": list(self.differences),
            "check": self.check,
        }


@dataclass(frozen=True)
class Standing:
    """What a judgement sees besides the registry and the proposals in flight."""

    modes: Modes
    patterns: tuple[RiskPattern, ...]
    fragile: tuple[str, ...]
    anti_patterns: tuple[AntiPattern, ...] = ()
    """Those that may be what is proposed; a check's inputs hold those that it told."""

    @property
    def document(self) -> JsonObject:
        """{modes, patterns, fragile}, as a check's inputs hold them."""
        patterns = [
            {"pattern_id": one.pattern_id, "type": one.type, "systems": list(one.systems)} for one in self.patterns
        ]
        return {"modes": modes_document(self.modes), "patterns": patterns, "fragile": list(self.fragile)}


def inputs_of(
    changes: Sequence[Change], asked: Asked, circumstances: Circumstances, version: int, drawn: Drawn
) -> JsonObject:
    """Everything that the judgement saw: with the registry as it stood at that version, enough to judge again."""
    return {
        "source_system": asked.source.id,
        "changes": [change_document(change) for change in changes],
        "resolved": _resolved_document(asked.changes),
        "registry_version": version,
        "in_flight": [
            {
                "proposal_id": other.proposal_id,
                "version": other.version,
                "source_system": other.source_system,
                "resolved": _resolved_document(other.changes),
                "new_resources": list(other.new_resources),
            }
            for other in circumstances.in_flight
        ],
        **Standing(circumstances.modes, circumstances.patterns, circumstances.fragile).document,
        **_words_document(circumstances.words),
        **_told_document(drawn),
        "compared": drawn.compared,
    }


def _words_document(words: Words) -> JsonObject:
    """What the change said of itself, where it said anything."""
    return {} if words.say_nothing else {"words": asdict(words)}


def _told_document(drawn: Drawn) -> JsonObject:
    """The anti-patterns that the check told: that others were none is seen again without them."""
    told = [{**asdict(one), "systems": list(one.systems), "told": list(one.told)} for one in drawn.told]
    return {"anti_patterns": told} if told else {}


def seen_version(check: JsonObject, inputs: JsonObject) -> int:
    """The registry version that the check saw. Raises Refused where the check was kept without all of its inputs."""
    if "resolved" not in inputs:
        raise Refused(
            f"{check['check_id']} was made by an earlier version, which did not keep all that it saw.",
            hint="Check the change anew with check_change.",
        )
    return int(inputs["registry_version"])


def rerun(check: JsonObject, inputs: JsonObject, registry: RegistryMap, engine: Engine) -> Rerun:
    """The check judged once more on its inputs, in the registry as it stood then.

    Resources go by the canonical names that were found then: what lies on the disk today plays no part.
    """
    circumstances = Circumstances(
        engine=engine,
        modes=modes_in(inputs),
        now=from_wire(check["check_timestamp"]),
        in_flight=tuple(
            OpenProposal(
                other["proposal_id"],
                other["version"],
                other["source_system"],
                _resolved_in(other["resolved"]),
                tuple(other.get("new_resources", ())),  # a check of an earlier version was kept without them
            )
            for other in inputs["in_flight"]
        ),
        patterns=tuple(
            RiskPattern(one["pattern_id"], one["type"], tuple(one["systems"])) for one in inputs["patterns"]
        ),
        fragile=tuple(inputs["fragile"]),
        words=Words(**inputs.get("words", {})),
        anti_patterns=tuple(
            AntiPattern(**{**one, "systems": tuple(one["systems"]), "told": tuple(one["told"])})
            for one in inputs.get("anti_patterns", ())
        ),
    )
    source = registry.systems[inputs["source_system"]]
    drawn = draw_up(registry, source, _resolved_in(inputs["resolved"]), circumstances, check["proposal_id"])
    again = {**check_document(drawn.check), "check_id": check["check_id"]}
    found = islice(_differences(check, again, ""), MOST_DIFFERENCES)
    return Rerun(check["check_id"], tuple(found), again)


def holds_in(check: JsonObject, inputs: JsonObject, registry: RegistryMap, engine: Engine) -> bool:
    """Whether the check would find the same in this registry, all else as it saw it: verdict, conflicts, doubts, who is asked.

    One that was kept without all of its inputs is taken to hold: nothing else can be said of it.
    """
    if "resolved" not in inputs or inputs["registry_version"] == registry.revision:
        return True
    try:
        again = rerun(check, inputs, registry, engine).check
    except ConcordError:  # the change can't even be made in this registry
        return False
    return _found(check) == _found(again)


_SAME_CONFLICT = ("affected_system", "type", "rule", "path", "severity", "effective_tier")


def _found(check: JsonObject) -> tuple[Json, ...]:
    return (
        check["verdict"],
        check["blocks"],
        {tuple(one.get(name, "") for name in _SAME_CONFLICT) for one in check["conflicts"]},
        {(one["facet"], one["affected_system"], one["resource"]) for one in check["undecided"]},
        set(check["must_accept"]),
    )


def _resolved_document(changes: Changes) -> list[JsonObject]:
    return [{"change": change_document(change), "canonical": name} for change, name in changes]


def _resolved_in(documents: Sequence[JsonObject]) -> tuple[tuple[Change, str], ...]:
    return tuple((Change.model_validate(one["change"]), one["canonical"]) for one in documents)


def _differences(kept: Json, again: Json, path: str) -> Iterator[JsonObject]:
    if isinstance(kept, dict) and isinstance(again, dict):
        for name in sorted(kept.keys() | again.keys()):
            at = f"{path}/{name.replace('~', '~0').replace('/', '~1')}"
            if name not in kept or name not in again:
                yield {"path": at, "kept": kept.get(name), "again": again.get(name)}
            else:
                yield from _differences(kept[name], again[name], at)
    elif isinstance(kept, list) and isinstance(again, list) and len(kept) == len(again):
        for position, (one, other) in enumerate(zip(kept, again, strict=True)):
            yield from _differences(one, other, f"{path}/{position}")
    elif kept != again or isinstance(kept, bool) is not isinstance(again, bool):
        yield {"path": path, "kept": kept, "again": again}

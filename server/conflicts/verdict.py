"""A judgement as a check: the verdict with everything that it rests on, in the source's words."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from server.conflicts.allowance import within_allowance
from server.conflicts.effects import Changes
from server.conflicts.judge import judge, recommendation, weakest_basis
from server.conflicts.known_to_fail import as_told, known_to_fail, said_of_rejections
from server.conflicts.patterns import touched_patterns
from server.conflicts.question import Answer, Circumstances
from server.conflicts.severity import Hold, Item, judgement_on
from server.knowledge.warnings.rejected_before import AntiPattern
from server.model.base import JsonObject
from server.model.check import USER, Check, Mode, of_proposal
from server.model.moments import to_wire
from server.model.system import StoredSystem
from server.model.tier import Tier
from server.registry.map import RegistryMap


@dataclass(frozen=True)
class Drawn:
    """A check without an id."""

    check: Check
    hold: Hold
    compared: list[JsonObject]
    """The pairs of schemas that were compared; one that stands in an earlier pair is named by its hash alone."""
    told: tuple[AntiPattern, ...] = ()
    """What others rejected before and this is like."""


def draw_up(
    registry: RegistryMap, source: StoredSystem, changes: Changes, circumstances: Circumstances, proposal_id: str
) -> Drawn:
    """What the changes do in that registry under these circumstances: the same for the same values, always (CON-15).

    Raises InvalidArgument where a change can't be applied, Refused for a stale `base_hash`.
    """
    circumstances = replace(circumstances, engine=within_allowance(circumstances.engine))
    answer, ruling = judge(registry, source, changes, circumstances)
    patterns = touched_patterns(answer, circumstances.patterns, source.id)
    fragile = sorted(answer.contracts.intersection(circumstances.fragile))
    ordered = sorted(
        (conflict for _, conflict in answer.conflicts),
        key=lambda conflict: (
            -conflict.severity.rank,
            conflict.affected_system,
            conflict.affected_contract,
            conflict.rule,
        ),
    )
    advice = [recommendation(answer, ruling, source.id)]
    if patterns:
        advice.append(_of_patterns(answer, patterns))
    if fragile:
        advice.append(_of_fragile(fragile))
    told = known_to_fail(changes, circumstances)
    check = Check(
        check_id="",
        proposal_id="",
        source_system=source.id,
        check_timestamp=to_wire(circumstances.now),
        verdict=ruling.verdict,
        conflicts=tuple(ordered),
        non_breaking_notes=" ".join(dict.fromkeys(answer.notes)),
        recommendation=" ".join(advice),
        blocks=ruling.blocks,
        mode=ruling.mode,
        would_block_in=ruling.would_block_in,
        basis=weakest_basis(answer),
        patterns=patterns,
        undecided=tuple(item for _, item in answer.undecided),
        knowledge=tuple(map(as_told, told)),
        in_flight=tuple(answer.in_flight),
        must_accept=_who_must_accept(answer, circumstances.modes, source.id),
        registry_version=registry.revision,
    )
    check = of_proposal(check, proposal_id) if proposal_id else check
    return Drawn(check, ruling.hold, list(_each_schema_once(answer.inputs)), told)


def _each_schema_once(compared: Iterable[JsonObject]) -> Iterator[JsonObject]:
    """Many readers are held against the same, which may be long."""
    seen: set[str] = set()
    for pair in compared:
        sides = dict(zip(("writer_schema", "reader_schema"), pair.get("hashes", ()), strict=False))
        yield {name: value for name, value in pair.items() if sides.get(name) not in seen}
        seen.update(sides.values())


def summary_of(document: JsonObject) -> str:
    """The check in one sentence."""
    conflicts, undecided = document["conflicts"], document["undecided"]
    parts = []
    if conflicts:
        worst = conflicts[0]  # they are ordered so
        others = sorted({conflict["affected_system"] for conflict in conflicts} - {worst["affected_system"]})
        more = f" and {len(others)} more" if others else ""
        parts.append(f"{worst['severity']} for {worst['affected_system']}{more}")
    if undecided:
        who = sorted({item["affected_system"] for item in undecided if item["affected_system"]})
        parts.append(f"{len(undecided)} undecided" + (f" ({', '.join(who[:5])})" if who else ""))
    said = f": {'; '.join(parts)}" if parts else ": no reader is broken"
    held = " It may not go on yet." if document["blocks"] else ""
    return f"{document['verdict']}{said}.{held}{said_of_rejections(document.get('knowledge', ()))}"


def _who_must_accept(answer: Answer, modes: dict[Tier, Mode], source: str) -> tuple[str, ...]:
    """Everyone whose item holds the change; a person for an item that names nobody, or the proposer itself (CON-10)."""
    named = [(Item(tier, conflict.severity), conflict.affected_system) for tier, conflict in answer.conflicts]
    named += [(Item(tier, None), item.affected_system) for tier, item in answer.undecided]
    held = [
        who for item, who in named if modes[item.tier] is Mode.BLOCKING and judgement_on(item).hold is not Hold.GOES_ON
    ]
    return tuple(sorted({USER if who in ("", source) else who for who in held}))


def _of_patterns(answer: Answer, patterns: tuple[str, ...]) -> str:
    raised = any(conflict.pattern for _, conflict in answer.conflicts)
    effect = "which makes the conflicts one level graver" if raised else "so watch those systems while it is tested"
    return f"The change touches systems of {_all_of('the active pattern', patterns)}, {effect}."


def _of_fragile(contracts: list[str]) -> str:
    verb = "comes" if len(contracts) == 1 else "come"
    return f"{_all_of('', contracts)} {verb} into conflict again and again: redesign rather than work around (find_conflicts)."


def _all_of(what: str, names: tuple[str, ...] | list[str]) -> str:
    plural = f"{what}s" if what and len(names) > 1 else what
    return f"{plural} {', '.join(names)}".strip()

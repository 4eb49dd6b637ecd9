"""The semantics facet: what values will mean, against what contracts declare that they mean today (CON-1).

Meaning is never inferred from prose: only declared units, time zones, versions and words are compared.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from server.conflicts.agreements import Agreement
from server.conflicts.facets.coverage import Reading, place_of, reading_of, same_place
from server.conflicts.facets.found import Findings, plan_for_new_form
from server.conflicts.facets.units import same_text, same_unit, same_zone
from server.conflicts.question import Answer, Question
from server.model.check import ConflictType
from server.model.contract import Basis, Contract, ContractType, Meaning


class _Outcome(StrEnum):
    SAME = "same"
    CHANGED = "changed"
    FIRST = "first"
    """Nothing is declared today."""
    UNCLEAR = "unclear"


@dataclass(frozen=True)
class _Member:
    """One thing that a change says of a place, beside what is declared today."""

    name: str
    """The member of a meaning; for an enumerated value with the value."""
    after: str
    before: str
    declared_by: str
    """Contract that declares `before`; empty where nothing is declared."""
    basis: Basis
    outcome: _Outcome


def judge_semantics(question: Question) -> Answer:
    """What the new meanings do to each reader of the resource."""
    findings = Findings(question, "semantics", ConflictType.BEHAVIOR_CHANGE)
    written = _entries_of_source(question)
    for agreement in question.agreements:
        for meaning in question.change.semantics:
            _judge_place(findings, agreement, meaning, written)
    return findings.answer(plan_for_new_form, hurts_nobody=_is_declared(question, written))


def _is_declared(question: Question, written: list[Contract]) -> bool:
    """Whether the change only repeats what the source declares already, of a resource that is known."""
    return not question.taken_for and all(
        members and all(member.outcome is _Outcome.SAME for member in members) and _same_note(meaning, written)
        for meaning in question.change.semantics
        for members in [list(_members(meaning, [written]))]
    )


def _judge_place(findings: Findings, agreement: Agreement, meaning: Meaning, of_source: list[Contract]) -> None:
    who, what = agreement.consumer, findings.question.resource
    where = meaning.path or "the whole document"
    reading = reading_of(agreement, place_of(meaning.path))
    if reading is Reading.NOT_READ:
        findings.note(f"{who} does not read {where} of {what}, so its meaning does not concern it.")
        return
    own, written = list(agreement.consumer_entries), [*agreement.producer_entries, *of_source]
    members = list(_members(meaning, [own, written]))
    changed = [member for member in members if member.outcome is _Outcome.CHANGED]
    if any(member.name != "version" for member in changed):
        changed = [member for member in changed if member.name != "version"]
    for member in changed:
        _add(findings, agreement, meaning, member, reading)
    reasons = [_reason(member, where) for member in members if member.outcome in (_Outcome.FIRST, _Outcome.UNCLEAR)]
    if not _same_note(meaning, [*own, *written]):
        reasons.append(
            f"What changes at {where} is told in words only, and words never decide whether a reader is safe."
        )
    if not members and not meaning.note:
        reasons.append(f"The change does not say what will be different at {where}.")
    for reason in reasons:
        findings.undecided(agreement, reason, meaning.path)
    if not changed and not reasons:
        findings.note(f"What {where} of {what} means stays as declared for {who}.")


def _entries_of_source(question: Question) -> list[Contract]:
    return [
        contract
        for holder, contract in question.registry.contracts_on(question.name)
        if holder.id == question.source.id and contract.type is ContractType.PRODUCER
    ]


def _members(meaning: Meaning, declaring: list[list[Contract]]) -> Iterator[_Member]:
    """Everything that the change says of the place but its note; the first contracts that declare a thing are compared."""
    for name in ("unit", "timezone", "meaning", "version"):
        after = getattr(meaning, name)
        if after:
            yield _compared(name, after, meaning, declaring)
    for value in meaning.enum_meanings:
        yield _compared("enum_meanings", meaning.enum_meanings[value], meaning, declaring, value)


def _compared(name: str, after: str, meaning: Meaning, declaring: list[list[Contract]], value: str = "") -> _Member:
    shown = f"{name}/{value}" if name == "enum_meanings" else name
    place = place_of(meaning.path)
    for contracts in declaring:
        found = [
            _Member(shown, after, before, contract.contract_id, contract.basis, _outcome(name, before, after))
            for contract in contracts
            for declared in contract.semantics
            if same_place(place_of(declared.path), place)
            and (
                before := declared.enum_meanings.get(value, "") if name == "enum_meanings" else getattr(declared, name)
            )
        ]
        if found:
            return min(found, key=lambda member: list(_WORST).index(member.outcome))
    return _Member(shown, after, "", "", Basis.DECLARED, _Outcome.FIRST)


_WORST = (_Outcome.CHANGED, _Outcome.UNCLEAR, _Outcome.SAME)
"""Where several contracts declare a thing, the worst of them counts."""


def _outcome(name: str, before: str, after: str) -> _Outcome:
    match name:
        case "unit":
            same = same_unit(before, after)
        case "timezone":
            same = same_zone(before, after)
        case "version":
            same = before.strip() == after.strip()
        case _:
            same = same_text(before, after)
    if same is None:
        return _Outcome.UNCLEAR
    return _Outcome.SAME if same else _Outcome.CHANGED


def _same_note(meaning: Meaning, contracts: list[Contract]) -> bool:
    """Whether the change has no note, or one that is declared already."""
    place = place_of(meaning.path)
    return not meaning.note.strip() or any(
        same_text(declared.note, meaning.note)
        for contract in contracts
        for declared in contract.semantics
        if same_place(place_of(declared.path), place)
    )


def _reason(member: _Member, where: str) -> str:
    what = _WORDS[member.name.partition("/")[0]]
    if member.outcome is _Outcome.UNCLEAR:
        return f"The {what} at {where} goes from {member.before} to {member.after}: whether both are the same can't be told."
    of = f" of {member.name.partition('/')[2]}" if "/" in member.name else ""
    return (
        f"Nobody has declared the {what}{of} at {where} yet, so whether {member.after!r} is new or was always meant "
        "can't be told."
    )


_WORDS = {
    "unit": "unit",
    "timezone": "time zone",
    "meaning": "meaning",
    "version": "version of the meaning",
    "enum_meanings": "meaning of a value",
}


def _rule_for(member: _Member, reading: Reading) -> str:
    if member.name in ("meaning", "version"):
        return f"semantics.{member.name}-changed"
    match reading:
        case Reading.NEEDED:
            return "semantics.unit-changed"
        case Reading.OPTIONAL:
            return "semantics.unit-changed-optional"
        case _:
            return "semantics.unit-changed-undeclared"


def _add(findings: Findings, agreement: Agreement, meaning: Meaning, member: _Member, reading: Reading) -> None:
    name, _, value = member.name.partition("/")
    reads = "may read" if reading is Reading.UNDECLARED else "reads"
    evidence = {
        "path": meaning.path,
        "member": name,
        "before": member.before,
        "after": member.after,
        "declared_by": member.declared_by,
    }
    text = (
        f"The {_WORDS[name]}{f' {value}' if value else ''} at {meaning.path or 'the root'} of {findings.question.resource}, "
        f"which {agreement.consumer} {reads}, would no longer be “{member.before}” but “{member.after}”."
    )
    findings.conflict(
        agreement,
        _rule_for(member, reading),
        text,
        {**evidence, "value": value} if value else evidence,
        path=meaning.path,
        basis=member.basis,
    )

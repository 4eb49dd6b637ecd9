"""The situation of a plan, as the registry knows it: contracts, owners, and names that are still free."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from server.conflicts.agreements import Agreement
from server.conflicts.plans.endings import with_new_ending
from server.conflicts.plans.names import names_to_try, no_second_name
from server.conflicts.plans.situation import Party, Recorded, Situation, listed
from server.conflicts.question import Claim, Question
from server.model.check import Resolution
from server.model.contract import Contract, ContractType, schema_hash
from server.model.tier import strictest
from server.registry.map import RegistryMap
from server.registry.resources import overlaps

_LIMITS = ("max_bytes", "max_rows", "max_total", "max_writes")
"""How members of a contract's `capacity` begin that limit what is written."""


def situation(question: Question, agreement: Agreement) -> Situation:
    """What a plan between the source and this consumer has to deal with."""
    return situation_of_all(question, [agreement], agreement.consumer)


def situation_of_all(question: Question, agreements: Iterable[Agreement], consumer: str) -> Situation:
    """What one plan between the source and all these consumers has to deal with, seen from `consumer`."""
    concerned = {agreement.consumer: agreement for agreement in agreements}
    present = _present_hash(question)
    return Situation(
        writer=question.source.id,
        consumer=consumer,
        resource=question.resource,
        schema_version=question.schema_version,
        tier=strictest(question.tier_with(agreement.tier) for agreement in concerned.values()),
        contracts=_contracts_of_writer(question),
        schema_hash=present,
        parties=tuple(party_of(question.registry, name, concerned[name], present) for name in sorted(concerned)),
    )


def together(situations: Sequence[Situation]) -> Situation:
    """One situation for readers who hold to different contracts on the same resource."""
    first = situations[0]
    parties = {party.system_id: party for one in situations for party in one.readers}
    return replace(
        first,
        tier=strictest(one.tier for one in situations),
        contracts=tuple(dict.fromkeys(recorded for one in situations for recorded in one.contracts)),
        parties=tuple(parties[name] for name in sorted(parties)),
    )


def free_name(question: Question) -> tuple[str, str]:
    """(where the new form can be written beside the old one, why nowhere); one of them is empty."""
    reason = no_second_name(question.resource) or _shared(question) or _limited(question)
    if reason:
        return "", reason
    in_the_way: set[str] = set()
    for new, name in _names_for_new_form(question):
        registry, me = question.registry, question.source.id
        others = {*registry.consumers_of(name), *registry.writes.systems(name)} - {me}
        others |= {claim.system_id for claim in _claims_on(question, name)}
        if not others:
            return new, ""
        in_the_way = in_the_way or others
    return (
        "",
        f"{listed(sorted(in_the_way)[:5])} would take a second name beside {question.resource} for one of its own.",
    )


def claims_of(question: Question, plans: Iterable[Resolution]) -> tuple[Claim, ...]:
    """The names that these plans for the question have chosen."""
    chosen = {plan.new_resource for plan in plans} - {""}
    names = _names_for_new_form(question) if chosen else ()
    claims = (Claim(name, question.source.id, beside=question.name) for new, name in names if new in chosen)
    return tuple(islice(claims, len(chosen)))  # no name comes twice


def _names_for_new_form(question: Question) -> Iterator[tuple[str, str]]:
    """Each as the source would write it, with its canonical name; the best first."""
    shown = names_to_try(question.resource, question.schema_version)
    canonical = names_to_try(question.name, question.schema_version)
    layout = question.change.format
    for one, other in zip(shown, canonical, strict=False):
        yield with_new_ending(one, layout), with_new_ending(other, layout)


def _claims_on(question: Question, name: str) -> Iterator[Claim]:
    """Other plans that will write there."""
    claims = question.circumstances.claims
    return (claim for claim in claims if claim.beside != question.name and overlaps(claim.name, name))


def party_of(registry: RegistryMap, consumer: str, agreement: Agreement | None, present_hash: str) -> Party:
    """The consumer as it can be put back; `present_hash` is of the form that is written today."""
    stored = registry.live(consumer)
    entries = agreement.consumer_entries if agreement is not None else ()
    entry = next((one for one in entries if _says_what_it_reads(one)), next(iter(entries), None))
    named = entry.contract_id if entry is not None else agreement.contract_id if agreement is not None else ""
    own = entry is not None and _says_what_it_reads(entry)
    return Party(
        system_id=consumer,
        contract_id=named,
        schema_hash=_accepted_hash(entry) if own else present_hash,
        reads=_paths_read(entry),
        registered=stored is not None,
        owned=stored is not None and bool(stored.system.owner),
    )


def _says_what_it_reads(entry: Contract) -> bool:
    return entry.reader_schema is not None or entry.reads is not None or bool(entry.terms)


def _paths_read(entry: Contract | None) -> tuple[str, ...]:
    """What the entry lists as read, where no schema of its own goes before that."""
    if entry is None or entry.reader_schema is not None:
        return ()
    return tuple(read.path for read in entry.reads or ())


def _accepted_hash(entry: Contract | None) -> str:
    if entry is None:
        return ""
    if entry.reader_schema is not None:
        return schema_hash(entry.reader_schema)
    return schema_hash(entry.terms) if entry.terms else ""


def _present_hash(question: Question) -> str:
    return "" if question.terms is None else question.engine.hash_of(question.terms)


def _contracts_of_writer(question: Question) -> tuple[Recorded, ...]:
    """The source's entries that state the form in question; all of them where none is in question."""
    mine = [
        contract
        for holder, contract in question.registry.contracts_on(question.name)
        if holder.id == question.source.id and contract.type is ContractType.PRODUCER
    ]
    meant = [contract for contract in mine if contract.terms == question.terms] if question.terms is not None else mine
    hash_of = question.engine.hash_of
    return tuple(Recorded(one.contract_id, hash_of(one.terms) if one.terms else "") for one in meant)


def _shared(question: Question) -> str:
    """Why others who write the resource stand in the way of a second one."""
    others = sorted(set(question.registry.writers_of(question.name)) - {question.source.id})
    if not others:
        return ""
    return f"{listed(others[:5])} {'writes' if len(others) == 1 else 'write'} {question.resource} too, and would not write a second one."


def _limited(question: Question) -> str:
    """Why an agreed limit of what the source writes forbids to write it twice; it counts for both forms together."""
    for holder, contract in question.registry.contracts_on(question.name):
        if holder.id != question.source.id or contract.type is not ContractType.PRODUCER:
            continue
        for name, most in contract.capacity.items():
            if name.startswith(_LIMITS) and _is_number(most) and not _twice_fits(contract, name, most):
                return (
                    f"{contract.contract_id} lets {question.source.id} write at most {name} = {most}, "
                    "and both forms side by side may take up to twice of what one takes."
                )
    return ""


def _twice_fits(contract: Contract, name: str, most: Any) -> bool:
    """Whether the contract says how much there is today (`bytes` beside `max_bytes`), and twice of it is allowed."""
    today: Any = contract.capacity.get(name.removeprefix("max_"))
    return _is_number(today) and bool(2 * today <= most)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)

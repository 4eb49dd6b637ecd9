"""What the consumers of a resource need together, and what its writer says it offers (CON-1, CON-14)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from server.conflicts.agreements import agreements_on
from server.conflicts.facets.amounts import Measure, amount_of, measure_of
from server.conflicts.question import OpenProposal
from server.model.base import Json, JsonObject
from server.model.contract import Contract
from server.registry.map import RegistryMap
from server.registry.resources import overlaps


@dataclass(frozen=True)
class Need:
    """What one consumer says that it needs, in the common unit."""

    amount: Fraction
    said_in: str
    """The contract's id, or the open proposal's; empty where the entry has none."""


@dataclass(frozen=True)
class Amounts:
    """What several entries say of one measure."""

    known: tuple[Fraction, ...] = ()
    unread: bool = False
    """Whether one of them says something that is no amount."""


def amounts_in(entries: Iterable[Contract], measure: Measure) -> Amounts:
    """What these entries say of the measure, in whatever unit of it."""
    known, unread = [], False
    for entry in entries:
        for key, value in entry.capacity.items():
            if not same_measure(measure_of(key), measure):
                continue
            amount = amount_of(key, value)
            unread = unread or amount is None
            known += [] if amount is None else [amount]
    return Amounts(tuple(known), unread)


def same_measure(one: Measure, other: Measure) -> bool:
    """Whether both count the same thing, so that their amounts can be compared."""
    return (one.direction, one.of) == (other.direction, other.of)


def needs_of(registry: RegistryMap, writer: str, name: str, measure: Measure) -> dict[str, Need]:
    """What each consumer of the resource says in its contracts that it needs; those that say nothing are missing."""
    found = {}
    for agreement in agreements_on(registry, writer, name):
        stated = [
            Need(amount, entry.contract_id)
            for entry in agreement.consumer_entries
            for amount in amounts_in([entry], measure).known
        ]
        if stated:
            found[agreement.consumer] = max(stated, key=lambda need: need.amount)
    return found


def with_open_proposals(
    needs: Mapping[str, Need], proposals: Iterable[OpenProposal], name: str, measure: Measure, *, besides: set[str]
) -> dict[str, Need]:
    """The needs as they are once every open proposal of a consumer that asks for more is in.

    One that asks for less is left out: it may never come. `besides` are systems that do not count as consumers here.
    """
    found = dict(needs)
    for proposal in proposals:
        for change, other in proposal.changes:
            if proposal.source_system in besides or not other or not overlaps(other, name):
                continue
            for amount in _asked(change.capacity, measure):
                present = found.get(proposal.source_system)
                if present is None or amount > present.amount:
                    found[proposal.source_system] = Need(amount, proposal.proposal_id)
    return found


def raising(needs: Mapping[str, Need], later: Mapping[str, Need]) -> str:
    """The open proposal that asks for most on top of what is needed today; empty where none does."""
    raised = [
        (need.amount - (needs[consumer].amount if consumer in needs else 0), need.said_in)
        for consumer, need in later.items()
        if need != needs.get(consumer)
    ]
    return max(raised, default=(Fraction(0), ""))[1]


@dataclass(frozen=True)
class Together:
    """The needs of several consumers, added up once."""

    needs: Mapping[str, Need]
    amount: Fraction
    names: str
    """The consumers; of many, those that need most."""
    evidence: JsonObject
    """{needs, sum}; where the consumers are many, the rest of them stands as `others`."""


def added_up(needs: Mapping[str, Need]) -> Together:
    """All needs together."""
    amount = _total(needs.values())
    most = sorted(needs, key=lambda consumer: (-needs[consumer].amount, consumer))
    listed, rest = sorted(most[:_SHOWN]), most[_SHOWN:]
    by_consumer: JsonObject = {consumer: shown(needs[consumer].amount) for consumer in listed}
    if rest:
        by_consumer["others"] = {"consumers": len(rest), "sum": shown(_total(needs[consumer] for consumer in rest))}
    names = ", ".join(listed) + (f" and {len(rest)} more" if rest else "")
    return Together(needs, amount, names, {"needs": by_consumer, "sum": shown(amount)})


_SHOWN = 20
"""Consumers that are named one by one."""


def _total(needs: Iterable[Need]) -> Fraction:
    return sum((need.amount for need in needs), Fraction(0))


def shown(amount: Fraction) -> Json:
    """The amount as a number of JSON: whole where it is whole."""
    return int(amount) if amount.denominator == 1 else float(amount)


def _asked(capacity: JsonObject, measure: Measure) -> list[Fraction]:
    amounts = [amount_of(key, value) for key, value in capacity.items() if same_measure(measure_of(key), measure)]
    return [amount for amount in amounts if amount is not None]

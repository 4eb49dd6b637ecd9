"""Who is affected through others: systems further down, the way to them, and whether each step of it is needed."""

from collections.abc import Iterable
from dataclasses import dataclass

from server.conflicts.agreements import Agreement
from server.model.contract import ContractType
from server.model.tier import Tier
from server.registry.graph import Reached, reach
from server.registry.map import RegistryMap

SHOWN = 10
"""How many of the systems further down are named in a description."""


@dataclass(frozen=True)
class FurtherDown:
    """A system that what goes does not reach directly."""

    system_id: str
    path: tuple[str, ...]
    """From the source to it, both included."""
    required: bool
    """Whether each on the way fails without the one before it."""
    tier: Tier | None
    """None where it is not registered."""
    contract_id: str
    """With the one before it on the way; empty for none."""


def further_down(
    registry: RegistryMap, source: str, agreements: Iterable[Agreement], most: int
) -> tuple[list[FurtherDown], int]:
    """(those that depend on the source's readers, the nearest first, how many more there are); readers are none of them.

    A system that hangs on a chain of required reads counts as such even where a shorter chain with an optional read
    leads to it, too.
    """
    direct = {agreement.consumer: agreement.required for agreement in agreements}
    firm = _reached(registry, source, [name for name, required in direct.items() if required], needed=True)
    loose = _reached(registry, source, direct, needed=False)
    strict = {one.system_id for one in firm}
    found = [(one, True) for one in firm] + [(one, False) for one in loose if one.system_id not in strict]
    beyond = sorted(
        ((one, required) for one, required in found if one.system_id not in direct),
        key=lambda pair: (pair[0].distance, not pair[1], pair[0].system_id),
    )
    shown = [_further(registry, one, required) for one, required in beyond[:most]]
    return shown, len(beyond) - len(shown)


def told_further(registry: RegistryMap, source: str, consumer: str) -> str:
    """Who would be affected through the consumer, as a sentence; empty for nobody."""
    below = reach(consumer, dependents(registry, consumer), lambda name: dependents(registry, name), most=SHOWN + 2)
    names = [one.system_id for one in below if one.system_id != source]
    if not names:
        return ""
    more = " and others" if len(names) > SHOWN else ""
    return f" Through it, {', '.join(names[:SHOWN])}{more} would be affected as well."


def dependents(registry: RegistryMap, system_id: str, *, needed: bool = False) -> Iterable[str]:
    """Who depends on the system, people and archived systems apart; with `needed`, only those that fail without it."""
    relying = registry.relying_on(system_id)
    return [consumer for consumer, fails in relying.items() if fails] if needed else relying


def _reached(registry: RegistryMap, source: str, first: Iterable[str], *, needed: bool) -> list[Reached]:
    return reach(source, first, lambda name: dependents(registry, name, needed=needed))


def _further(registry: RegistryMap, reached: Reached, required: bool) -> FurtherDown:
    stored = registry.live(reached.system_id)
    return FurtherDown(
        system_id=reached.system_id,
        path=reached.path,
        required=required,
        tier=stored.system.tier if stored is not None else None,
        contract_id=_contract_between(registry, reached.path[-2], reached.system_id),
    )


def _contract_between(registry: RegistryMap, producer: str, consumer: str) -> str:
    """The id of a contract of these two, the producer's entry first; empty where they have none."""
    for holder, side, other in (
        (producer, ContractType.PRODUCER, consumer),
        (consumer, ContractType.CONSUMER, producer),
    ):
        stored = registry.live(holder)
        for contract in stored.system.contracts if stored is not None else ():
            if contract.type is side and registry.known_as(contract.counterparty) == other:
                return contract.contract_id
    return ""

"""A contract that is registered again without an id is the one that it was (REG-8)."""

from server.model.contract import Contract
from server.model.system import System


def with_known_contract_ids(system: System, previous: System | None) -> System:
    """Every contract without an id has the one of its equal in the previous registration, if there is one.

    Equal are those of the same type, counterparty and resource as written; of several, the first goes with the first.
    """
    if previous is None or all(contract.contract_id for contract in system.contracts):
        return system
    named = {contract.contract_id for contract in system.contracts}
    free = [one for one in previous.contracts if one.contract_id and one.contract_id not in named]
    contracts: list[Contract] = []
    for contract in system.contracts:
        match = next((one for one in free if not contract.contract_id and _same_agreement(one, contract)), None)
        if match is not None:
            free.remove(match)
        contracts.append(contract.model_copy(update={"contract_id": match.contract_id}) if match else contract)
    return system.model_copy(update={"contracts": tuple(contracts)})


def _same_agreement(one: Contract, other: Contract) -> bool:
    return (one.type, one.counterparty, one.resource) == (other.type, other.counterparty, other.resource)

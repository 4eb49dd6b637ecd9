"""Who may say what about a proposal: its own side, those whom it affects, the owners of both, and the local user."""

from collections.abc import Sequence

from server.errors import InvalidArgument, NotAllowed
from server.model.check import USER
from server.model.proposal import DecisionKind, Proposal
from server.registry.map import RegistryMap

LOCAL_USER = ""
"""The caller that is a person, who may do everything."""


def is_owner(registry: RegistryMap, caller: str, system_id: str) -> bool:
    """Whether the calling system is what stands as the system's owner, by its id or its name."""
    stored = registry.systems.get(system_id)
    owner = stored.system.owner if stored is not None else ""
    return bool(caller and owner) and caller in (owner, registry.known_as(owner))


def still_asked(proposal: Proposal) -> tuple[str, ...]:
    """Who has to agree to the present version, and has not yet."""
    made = proposal.judged
    said = accepted(proposal)
    return tuple(one for one in made.must_accept if one not in said) if made is not None else ()


def accepted(proposal: Proposal) -> set[str]:
    """For whom ACCEPT was said on the present version."""
    return {one.actor for one in proposal.decisions if one.decision is DecisionKind.ACCEPT}


def affected(proposal: Proposal) -> tuple[str, ...]:
    """The other systems that the present version's check names."""
    made = proposal.judged
    return made.affected if made is not None else ()


def may_revise(proposal: Proposal, caller: str) -> bool:
    """Whether the caller is on the proposal's own side."""
    return caller in (LOCAL_USER, proposal.source_system)


def may_accept_for(registry: RegistryMap, proposal: Proposal, caller: str, party: str) -> bool:
    """Whether the caller may say ACCEPT in the party's name; a proposer never may (CON-10)."""
    if caller == LOCAL_USER:
        return True
    if caller == proposal.source_system or party == USER:
        return False
    return caller == party or is_owner(registry, caller, party)


def may_modify(registry: RegistryMap, proposal: Proposal, caller: str) -> bool:
    """Whether the caller is the local user, or owns a system that is affected."""
    if caller in (LOCAL_USER, proposal.source_system):
        return caller == LOCAL_USER
    return any(is_owner(registry, caller, one) for one in affected(proposal))


def may_reject(registry: RegistryMap, proposal: Proposal, caller: str) -> bool:
    """Whether the caller is affected or speaks for whoever is, owns the proposer, or is the local user."""
    if caller in (LOCAL_USER, proposal.source_system):
        return caller == LOCAL_USER
    if is_owner(registry, caller, proposal.source_system):
        return True
    return any(caller == one or is_owner(registry, caller, one) for one in affected(proposal))


def may_complete(registry: RegistryMap, caller: str, owner: str) -> bool:
    """Whether the caller may say that a step of this owner's is done."""
    return caller in (LOCAL_USER, owner) or is_owner(registry, caller, owner)


def accepting_party(registry: RegistryMap, proposal: Proposal, caller: str, actor: str, reason: str) -> str:
    """For whom this ACCEPT is said.

    Raises NotAllowed where the caller can't say it or nobody asked for it, InvalidArgument where it is not clear for whom, or
    the local user gives no reason.
    """
    asked = proposal.judged.must_accept if proposal.judged is not None else ()
    if caller and caller == proposal.source_system:
        raise NotAllowed(
            f"{caller} proposes this: a system never accepts for the other side of its own proposal.",
            path="/decision",
            allowed=asked,
            hint=f"Wait for {', '.join(asked) or 'the others'}, revise it, or withdraw it.",
        )
    party = _named(registry, asked, actor) if actor.strip() else _only_party(registry, proposal, asked, caller)
    if party not in asked:
        raise NotAllowed(
            f"{party} is not asked to accept {proposal.proposal_id}.", path="/actor", allowed=asked, hint=_who(asked)
        )
    if not may_accept_for(registry, proposal, caller, party):
        raise NotAllowed(
            f"{caller} can't accept for {party}.",
            path="/actor",
            hint=f"{party} itself, its owner or the local user can."
            if party != USER
            else "A person has to: the local user.",
        )
    if caller == LOCAL_USER and not reason.strip():
        raise InvalidArgument(
            f"Why may {proposal.proposal_id} go on for {party}? A person's word is kept with its reason.",
            path="/reason",
            hint="Say in a sentence what you looked at or whom you asked.",
            corrected=_try(proposal, party),
        )
    return party


def _only_party(registry: RegistryMap, proposal: Proposal, asked: Sequence[str], caller: str) -> str:
    """For whom a system speaks that does not say it: itself, or the one system that it owns."""
    mine = [one for one in asked if caller and may_accept_for(registry, proposal, caller, one)]
    if caller in mine:
        return caller
    if len(mine) == 1:
        return mine[0]
    if caller and not mine:
        raise NotAllowed(
            f"{caller} is not asked to accept {proposal.proposal_id}.",
            path="/decision",
            allowed=asked,
            hint=_who(asked),
        )
    choices = mine or list(still_asked(proposal)) or list(asked)
    raise InvalidArgument(
        "For whom do you accept? `actor` names the system.",
        path="/actor",
        allowed=tuple(choices),
        hint=_who(choices),
        corrected=_try(proposal, choices[0]) if choices else None,
    )


def _named(registry: RegistryMap, asked: Sequence[str], actor: str) -> str:
    wanted = actor.strip()
    plain = [one for one in asked if one.lower() in (wanted.lower(), f"sys_{wanted.lower()}")]
    return wanted if wanted in asked else plain[0] if len(plain) == 1 else registry.known_as(wanted)


def _who(asked: Sequence[str]) -> str:
    return f"Asked are: {', '.join(asked)}." if asked else "Nobody is asked."


def _try(proposal: Proposal, party: str) -> dict[str, object]:
    arguments = {
        "proposal_id": proposal.proposal_id,
        "decision": "ACCEPT",
        "actor": party,
        "reason": "Looked at it with its owner.",
    }
    return {"tool": "decide_proposal", "arguments": arguments}

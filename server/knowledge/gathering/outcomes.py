"""Promotions and rejections, as systems told them or as they were decided here.

A proposal that is told several times is one outcome, as it was told last.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from server.knowledge.gathering.crossing import Crossing, short
from server.knowledge.gathering.facts import Outcome
from server.knowledge.gathering.own_counts import with_own_counts
from server.knowledge.similarity.categories import spelt_alike
from server.model.moments import microseconds
from server.model.proposal import DecisionKind, Proposal, ProposalState
from server.storage import outcomes
from server.storage.outcomes import Tie, Told

if TYPE_CHECKING:
    from server.storage.session import Session


def outcomes_between(session: "Session", since: int, until: int) -> list[Outcome]:
    """The promotions and rejections of this time, microseconds since 1970, each once, as far as they were told themselves."""
    return list(_told_or_decided(session, since, until, Crossing()).values())


def all_outcomes(session: "Session", since: int, until: int, crossed: Crossing) -> tuple[Outcome, ...]:
    """The same with what entry each adopts, and what its system's own errors show: by time, then by ref."""
    found = _told_or_decided(session, since, until, crossed)
    tied = _tied(outcomes.ties(session, {one.system_id for one in found.values()}))
    whole = [_adopting(one, tied.get(one.system_id, ())) for one in found.values()]
    whole = with_own_counts(session, whole, until)
    return tuple(sorted(whole, key=lambda one: (one.at, one.ref)))


def ends_of_adoptions(session: "Session", since: int, until: int, *, system_id: str = "") -> list[Outcome]:
    """Each promotion and rejection of this time that adopts a shared entry, as it was told or decided, by time, then by ref.

    A proposal that was promoted and then turned down is among them twice. `system_id`: of that system alone.
    """
    ends = [one for one in _ends(session, since, until, Crossing()) if system_id in ("", one.system_id)]
    tied = _tied(outcomes.ties(session, {one.system_id for one in ends}))
    adopting = (_adopting(one, tied.get(one.system_id, ())) for one in ends)
    return sorted((one for one in adopting if one.entry_id), key=lambda one: (one.at, one.ref))


def _told_or_decided(session: "Session", since: int, until: int, crossed: Crossing) -> dict[str, Outcome]:
    """By ref."""
    found: dict[str, Outcome] = {}
    for one in _ends(session, since, until, crossed):
        found[one.ref] = _later(found.get(one.ref), one)
    return found


def _ends(session: "Session", since: int, until: int, crossed: Crossing) -> list[Outcome]:
    """What was told, by time, then what was decided here; of one proposal there may be several."""
    told, decided = outcomes.told(session, since, until), outcomes.decided(session, since, until)
    named = outcomes.ids_in_files(session)
    here = outcomes.submitted(
        session, {_id_here(one, named) for one in told} - {"", *(one.proposal_id for one in decided)}
    )
    here.update((one.proposal_id, one) for one in decided)
    ends = [_of_event(one, named, here, crossed) for one in told]
    ends += [one for one in (_of_proposal(proposal, crossed) for proposal in decided) if since <= one.at < until]
    return ends


def _id_here(one: Told, named: Mapping[tuple[str, str], str]) -> str:
    proposal_id = str(one.document.get("proposal_id") or "")
    return named.get((one.system_id, proposal_id), proposal_id.upper())


def _of_event(
    one: Told, named: Mapping[tuple[str, str], str], here: Mapping[str, Proposal], crossed: Crossing
) -> Outcome:
    """As it was reported; what it leaves open about a proposal of its system that was submitted here is taken from there."""
    document = one.document
    proposal = here.get(_id_here(one, named))
    if proposal is not None and proposal.source_system != one.system_id:
        proposal = None
    known = _members_of(proposal) if proposal is not None else {}

    told = {**known, **{name: value for name, value in document.items() if value not in (None, "")}}
    entered = crossed.document(one.system_id, one.kind, told)
    words, figures = entered.texts, entered.figures
    proposal_id = words["proposal_id"]
    ref = (proposal.proposal_id if proposal is not None else proposal_id) or short(one.key)
    return Outcome(
        ref=f"{one.system_id}:{ref}",
        system_id=one.system_id,
        at=one.at,
        promoted=one.kind == "promotion",
        proposal_id=proposal_id,
        title=words["title"],
        description=words["description"],
        approach=words["approach"],
        error_category=words["error_category"],
        metric=words["metric"],
        before=figures["before"],
        after=figures["after"],
        observation_days=figures["observation_days"],
        entry_id=proposal.knowledge_id if proposal is not None else "",
    )


def _of_proposal(proposal: Proposal, crossed: Crossing) -> Outcome:
    """What was decided about a proposal here."""
    words = crossed.document(proposal.source_system, "proposal", _members_of(proposal)).texts
    return Outcome(
        ref=f"{proposal.source_system}:{proposal.proposal_id}",
        system_id=proposal.source_system,
        at=microseconds(_decided_at(proposal)),
        promoted=proposal.state in (ProposalState.PROMOTED,),
        proposal_id=proposal.proposal_id,
        title=words["title"],
        description=words["description"],
        approach=words["approach"],
        error_category=words["error_category"],
        metric=words["metric"],
        entry_id=proposal.knowledge_id,
    )


def _members_of(proposal: Proposal) -> dict[str, str]:
    """What of a submitted proposal may be shared."""
    return {
        "title": proposal.title,
        "description": proposal.description,
        "approach": proposal.approach,
        "error_category": proposal.error_category,
        "metric": proposal.metric,
    }


def _decided_at(proposal: Proposal) -> str:
    rejected = [one.at for one in proposal.decisions if one.decision is DecisionKind.REJECT]
    return rejected[-1] if rejected and proposal.state is ProposalState.REJECTED else proposal.updated_at


def _later(known: Outcome | None, told: Outcome) -> Outcome:
    """The outcome as it was told last; what the last one left open of the same end stays as it was told before."""
    if known is None:
        return told
    first, last = (known, told) if known.at <= told.at else (told, known)
    kept = {
        name: value
        for name, value in vars(first).items()
        if vars(last)[name] in (None, "") and (first.promoted == last.promoted or name not in _OF_ITS_END)
    }
    return replace(last, **kept)


_OF_ITS_END = ("before", "after", "observation_days")


def _tied(ties: Iterable[Tie]) -> Mapping[str, Sequence[Tie]]:
    by_system: defaultdict[str, list[Tie]] = defaultdict(list)
    for tie in ties:
        by_system[tie.system_id].append(tie)
    return by_system


def _adopting(outcome: Outcome, ties: Sequence[Tie]) -> Outcome:
    """The outcome with the entry that it adopts: by its proposal, else the one adopted before it for its category."""
    if outcome.entry_id or not ties:
        return outcome
    here = outcome.ref.partition(":")[2]
    entry_id = next(
        (tie.entry_id for tie in ties if tie.proposal_id and tie.proposal_id in (here, outcome.proposal_id)), ""
    )
    if not entry_id and outcome.error_category:
        key = spelt_alike(outcome.error_category)
        entry_id = next(
            (
                tie.entry_id
                for tie in ties
                if not tie.proposal_id and 0 < tie.adopted_at <= outcome.at and spelt_alike(tie.error_category) == key
            ),
            "",
        )
    return replace(outcome, entry_id=entry_id)

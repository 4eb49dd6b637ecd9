"""Say for a system, as a person, whether a proposal may go on.

PROPOSAL is a proposal's id, such as PROP-001; `concord status` names those that are held. --for names the system that is
spoken for (`user` where the check names none), --reason says why: it is kept as a waiver that expires with the proposal.
Without --for, what the proposal waits for is shown, and nothing is decided.
--reject and --withdraw end the proposal instead; --step says that a step of its plan is done.

Exit codes: 0 it is decided (or waits for nobody), 2 it still waits for somebody, 3 bad input or not possible.
"""

import argparse

from server.cli.output import show, show_json
from server.cli.session import Session, add_database_flag, add_json_flag, opened
from server.model.base import JsonObject

STILL_WAITING = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `concord approve` takes."""
    parser.add_argument("proposal", metavar="PROPOSAL", help="the proposal's id")
    parser.add_argument("--for", dest="actor", default="", metavar="SYSTEM", help="the system that you speak for")
    parser.add_argument("--reason", default="", metavar="TEXT", help="why; kept with the decision")
    other = parser.add_mutually_exclusive_group()
    other.add_argument("--reject", action="store_true", help="reject it")
    other.add_argument("--withdraw", action="store_true", help="withdraw it, for the system that proposed it")
    other.add_argument("--step", type=int, default=0, metavar="N", help="say that step N of the plan is done")
    parser.add_argument("--evidence", default="", metavar="TEXT", help="what shows that the step is done")
    add_json_flag(parser)
    add_database_flag(parser)


def run(arguments: argparse.Namespace) -> int:
    """Decide, or show what is to be decided."""
    with opened(arguments) as session:
        wanted = _decision(arguments)
        answer = _decide(session, arguments, wanted) if wanted else _looked_at(session, arguments.proposal)
    if arguments.json:
        show_json(answer)
    else:
        _show(answer, wanted)
    return STILL_WAITING if wanted in ("", "ACCEPT") and answer["state"] in ("IN_REVIEW", "BLOCKED") else 0


def _decision(arguments: argparse.Namespace) -> str:
    """What is decided; empty where the proposal is only looked at."""
    if arguments.reject:
        return "REJECT"
    if arguments.withdraw:
        return "WITHDRAW"
    if arguments.step:
        return "COMPLETE_STEP"
    return "ACCEPT" if arguments.actor or arguments.reason else ""


def _decide(session: Session, arguments: argparse.Namespace, wanted: str) -> JsonObject:
    from server.model.proposal import DecisionKind
    from server.proposals.deciding import Saying

    saying = Saying(
        decision=DecisionKind(wanted),
        actor=arguments.actor,
        reason=arguments.reason,
        step=arguments.step,
        evidence=arguments.evidence,
    )
    return session.services.proposals.decide(
        arguments.proposal, saying, caller=session.config.system, now=session.now()
    )


def _looked_at(session: Session, proposal_id: str) -> JsonObject:
    found = session.services.proposals.get(proposal_id, caller=session.config.system, now=session.now())
    members = ("proposal_id", "version", "state", "title", "source_system", "pending", "unmet", "allowed")
    return {name: found[name] for name in members}


def _show(answer: JsonObject, wanted: str) -> None:
    said = f"{wanted} stands: " if wanted else ""
    title = f" ({answer['title']}, of {answer['source_system']})" if "title" in answer else ""
    show(f"{said}{answer['proposal_id']} version {answer['version']}{title} is {answer['state']}.")
    for sentence in answer["unmet"]:
        show(f"  open: {sentence}")
    if not wanted:
        asked = [one["system_id"] for one in answer["pending"] if one["waiting_for"] == "ACCEPT"]
        for system in asked:
            show(f'  concord approve {answer["proposal_id"]} --for {system} --reason "…"')

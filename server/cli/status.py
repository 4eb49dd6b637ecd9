"""Show how things stand: systems and their health, proposals and whom the held ones wait for, conflicts, jobs, open findings.

The conflicts are those of the last 30 days. A tier in advisory mode holds nothing: what blocking mode would have stopped
there is named. Systems that are DOWN or DEGRADED are named with the reason. Active patterns are shown with a block for each
of the last 12 weeks, as high as they showed in it; so are the errors of all systems. Of shared knowledge it says how many
entries are current, how many end soon, and which systems have not answered how many.
"""

import argparse
from collections import Counter

from server.cli.active_patterns import active_patterns, show_patterns
from server.cli.learned import learned, show_learned
from server.cli.output import show, show_json, show_table
from server.cli.session import add_database_flag, add_json_flag, opened
from server.model.base import JsonObject
from server.model.finding import FindingKind
from server.model.system import Status
from server.model.wording import counted

MOST_PRESSING = 10
MOST_LISTED = 1_000
"""Active patterns that are shown where all are asked for."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `concord status` takes."""
    parser.add_argument(
        "--all", action="store_true", help="every system that is unwell and every open finding, not just the first 10"
    )
    add_json_flag(parser)
    add_database_flag(parser)


def run(arguments: argparse.Namespace) -> int:
    """Say how things stand."""
    with opened(arguments) as session:
        now = session.now()
        with session.services.registry.reading() as registry:
            systems = [stored for stored in registry.systems.values() if not stored.archived]
            health = session.services.registry.health_of([stored.id for stored in systems], now)
            answer: JsonObject = {
                "systems": len(systems),
                "archived": len(registry.systems) - len(systems),
                "tiers": dict(sorted(Counter(str(stored.system.tier) for stored in systems).items())),
                "statuses": dict(sorted(Counter(str(one.status) for one in health.values()).items())),
                "unwell": [
                    {"system_id": system_id, "status": str(one.status), "reason": one.reason}
                    for status in (Status.DOWN, Status.DEGRADED)
                    for system_id, one in sorted(health.items())
                    if one.status is status
                ],
                "contracts": sum(len(stored.system.contracts) for stored in systems),
                "registry_version": registry.revision,
            }
        answer["proposals"] = session.services.proposals.counts()
        answer["held_proposals"] = session.services.proposals.held(MOST_PRESSING)
        answer["jobs"] = session.services.leader.overview()
        conflicts = session.services.conflicts
        answer["conflict_modes"] = {tier.value: mode.value for tier, mode in conflicts.modes().items()}
        answer["conflicts"] = conflicts.log.recently(now)
        answer["fragile_contracts"] = [one.model_dump(mode="json") for one in conflicts.log.fragile(now)]
        answer["patterns"] = session.services.patterns.document(now)["cross_system_health"]
        answer["active_patterns"] = active_patterns(
            session.services.patterns, now, MOST_LISTED if arguments.all else MOST_PRESSING
        )
        answer["knowledge"] = learned(session.services, now)
        session.services.proposals.ask_due(now, read_only=session.config.read_only)
        answer["open_findings"] = session.services.findings.counts()
        answer["findings_total"] = sum(answer["open_findings"].values())
        most = max(MOST_PRESSING, answer["findings_total"]) if arguments.all else MOST_PRESSING
        pressing = session.services.findings.find(limit=most).findings
        answer["most_pressing"] = [
            {
                "id": one.id,
                "kind": str(one.kind),
                "severity": str(one.severity),
                "system_id": one.system_id,
                "subject": one.subject,
                "message": one.message,
            }
            for one in pressing
        ]
    if arguments.json:
        show_json(answer)
    else:
        _show(answer, whole=arguments.all)
    return 0


def _show(answer: JsonObject, *, whole: bool) -> None:
    systems, contracts = counted(answer["systems"], "system"), counted(answer["contracts"], "contract")
    show(f"{systems} ({answer['archived']} archived), {contracts}")
    for title, counts in (
        ("by tier", answer["tiers"]),
        ("by status", answer["statuses"]),
        ("proposals", answer["proposals"]),
    ):
        if counts:
            show(f"{title}: " + ", ".join(f"{name} {count}" for name, count in counts.items()))
    _show_unwell(answer["unwell"], whole=whole)
    _show_held(answer)
    _show_conflicts(answer)
    _show_patterns(answer)
    show_learned(answer["knowledge"])
    _show_jobs(answer)
    if not answer["open_findings"]:
        show("no open findings")
        return
    show("open findings: " + ", ".join(f"{kind} {count}" for kind, count in answer["open_findings"].items()))
    shown = {(FindingKind.FRAGILE_CONTRACT.value, one["contract_id"]) for one in answer["fragile_contracts"]}
    pressing = [one for one in answer["most_pressing"] if (one["kind"], one["subject"]) not in shown]
    rows = [(one["severity"], one["system_id"], one["message"]) for one in pressing]
    if rows:
        show_table(("severity", "system", "finding"), rows)
    told = len(answer["most_pressing"])
    if told < answer["findings_total"]:
        show(f"{told} of {answer['findings_total']}; all with the tool find_findings, or concord status --all")


def _show_unwell(unwell: list[JsonObject], *, whole: bool) -> None:
    """The systems that are DOWN, then those that are DEGRADED, each with the reason."""
    shown = unwell if whole else unwell[:MOST_PRESSING]
    for one in shown:
        show(f"  {one['system_id']} is {one['status']}: {one['reason']}")
    if len(unwell) > len(shown):
        show(f"  and {len(unwell) - len(shown)} more")


def _show_held(answer: JsonObject) -> None:
    """The proposals that somebody has to let go on, each with those whom it waits for."""
    for one in answer["held_proposals"]:
        whom = ", ".join("a person" if name == "user" else name for name in one["waits_for"])
        show(f"  {one['proposal_id']} of {one['source_system']} is {one['state']}, waits for {whom}: {one['title']}")
    more = sum(answer["proposals"].get(state, 0) for state in ("IN_REVIEW", "BLOCKED")) - len(answer["held_proposals"])
    if more > 0:
        show(f"  and {more} more")


def _show_patterns(answer: JsonObject) -> None:
    """How many patterns there are across systems, and the gravest of those that are active."""
    health = answer["patterns"]
    if not health["total_cross_patterns"]:
        return
    said = (
        f"{health['total_cross_patterns']} in all, {health['new_last_7d']} new in 7 days, "
        f"{health['resolved_last_30d']} resolved in 30 days"
    )
    show(f"patterns: {health['high_severity']} HIGH; {said}")
    show_patterns(answer["active_patterns"])


def _show_jobs(answer: JsonObject) -> None:
    """When each job ran last, what became of it, and when it is due."""
    for one in answer["jobs"]:
        last = one["last"]
        ran = (
            f"{last['run_id']} {last['state'].lower()} at {last['finished_at'] or last['started_at']}"
            if last
            else "never"
        )
        failed = f" ({last['error']})" if last and last.get("error") else ""
        following = f"due {one['next_due']}" if one["next_due"] else "not scheduled: no folder is named to look through"
        show(f"job {one['job']}: {ran}{failed}, {following}")


def _show_conflicts(answer: JsonObject) -> None:
    """What the checks of proposals did, and what blocking mode would have done besides."""
    show("conflict modes: " + ", ".join(f"{tier} {mode}" for tier, mode in answer["conflict_modes"].items()))
    recent = answer["conflicts"]
    let_go = recent["let_go"]
    if recent["checks"]:
        verdicts = ", ".join(f"{name} {count}" for name, count in recent["verdicts"].items() if count)
        of_whom = f"{counted(recent['checks'], 'check')} of {counted(recent['proposals'], 'proposal')}"
        show(f"last 30 days: {of_whom} ({verdicts}); {recent['held']} held")
    if let_go:
        show(f"blocking mode would have held {len(let_go)} more:")
        for one in let_go[:MOST_PRESSING]:
            place = f"{one['check_id']}, {one['verdict']}"
            show(f"  {one['proposal_id']} of {one['source_system']}: {place}, advisory at {', '.join(one['tiers'])}")
        if len(let_go) > MOST_PRESSING:
            show(f"  and {len(let_go) - MOST_PRESSING} more (--json names them all)")
    for one in answer["fragile_contracts"]:
        show(f"fragile: {one['recommendation']}")

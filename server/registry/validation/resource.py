"""A resource looked at by the reader for its kind, and the three answers that follow."""

import os
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from time import monotonic

from server.clock import to_wire
from server.model.validation import Answer, Validation, Verdict, overall
from server.model.wording import counted
from server.registry.validation.breaks import Found
from server.registry.validation.freshness import judge_age, window
from server.registry.validation.look import NOT_VERIFIABLE, Limits, Look, OutOfTime
from server.registry.validation.reading import Reading
from server.registry.validation.targets import Target
from server.registry.validation.terms import Ready, Terms


def look_at(
    targets: Sequence[tuple[Target, Terms | None]],
    *,
    now: datetime,
    found: Found,
    hosts: Collection[str] = (),
    limits: Limits | None = None,
    fast: bool = True,
) -> list[Look]:
    """What is seen of the one resource that the targets are about, for each of them; it is read once.

    Nothing is raised for anything that is wrong with it.
    """
    began = monotonic()
    looks: dict[tuple[str, str], Look] = {}
    chosen: list[Look] = []
    for target, terms in targets:
        time_field = target.contract.timestamp_field
        asked = repr(terms), time_field  # who asks the same sees the same
        if asked not in looks:
            looks[asked] = Look(
                Ready(terms, found, fast) if terms is not None else None,
                now,
                seconds=lambda: monotonic() - began,
                limits=limits or Limits(),
                time_field=time_field,
            )
        chosen.append(looks[asked])
    reading = Reading(list(looks.values()))
    try:
        stated_form = next((target.stated_form for target, _ in targets if target.stated_form), "")
        _reader_of(targets[0][0], stated_form, hosts)(reading)
    except OutOfTime:
        reading.unread(f"it took longer than {reading.limits.seconds:g} seconds to look at")
    for look in looks.values():
        look.ended()
    return chosen


def validation_of(target: Target, look: Look, *, run_id: str = "") -> Validation:
    """The three answers to what was seen."""
    allowed = window(target.contract, target.others, target.timing, look.now)
    exists = look.exists
    matches = _matches(look)
    nothing = Answer(verdict=Verdict.UNKNOWN, reason="there is nothing to look at")
    there = exists.verdict is Verdict.OK
    fresh = judge_age(look.stated_at, look.written_at, allowed, look.now) if there else nothing
    if there and look.time_field and look.records and look.stated_at is None:
        fresh = Answer(verdict=Verdict.UNKNOWN, reason=f"no moment stands at {look.time_field}, which says the age")
    newest = look.stated_at or look.written_at
    return Validation(
        contract_id=target.contract.contract_id,
        system_id=target.holder.id,
        resource=target.contract.resource,
        at=to_wire(look.now),
        run_id=run_id,
        outcome=overall((exists.verdict, matches.verdict, fresh.verdict)),
        exists=exists,
        matches=matches,
        fresh=fresh,
        complete=there and look.complete and matches.verdict is not Verdict.UNKNOWN,
        records=look.records,
        bytes=look.bytes,
        files=look.files,
        written_at=to_wire(newest) if newest else "",
        violations=look.breaks.lines(),
        notes=tuple(note[:1_000] for note in look.notes[:20]),
    )


def _matches(look: Look) -> Answer:
    if look.exists.verdict is not Verdict.OK:
        return Answer(verdict=Verdict.UNKNOWN, reason="there is nothing to look at")
    if look.breaks.total:
        first, *more = look.breaks.lines()
        where = f" at {first.path}" if first.path else ""
        often = f"{first.count:,} times" if first.count > 1 else "once"
        further = f", and {counted(len(more), 'more kind', 'more kinds')} of errors" if more else ""
        return Answer(
            verdict=Verdict.FAILED,
            reason=f"{first.message}{where} ({often}, such as {first.at or 'there'}){further}"[:4_000],
        )
    if look.unclear:
        return Answer(verdict=Verdict.UNKNOWN, reason="; ".join(look.unclear)[:4_000])
    if look.ready is None:
        reason = "the contract asks nothing of the content" + (", which can be read" if look.read else "")
        return Answer(verdict=Verdict.OK, reason=reason)
    if not look.read:
        return Answer(verdict=Verdict.UNKNOWN, reason="there is no content")
    if not look.records and not look.asked_whole:
        return Answer(verdict=Verdict.UNKNOWN, reason="there is no record to look at")
    return Answer(verdict=Verdict.OK, reason=f"{look.records:,} records match" if look.records != 1 else "it matches")


def _reader_of(target: Target, stated_form: str, hosts: Collection[str]) -> Callable[[Reading], None]:
    """The reader for the kind of resource; one that says why for a kind that is not looked at."""
    name = target.canonical
    scheme = name.partition("://")[0] if "://" in name else ""
    if scheme in ("http", "https"):
        from server.registry.validation.web import read_endpoint

        return lambda look: read_endpoint(name, look, hosts=hosts)
    if scheme == "sqlite":
        from server.registry.validation.sqlite_table import read_sqlite_table

        return lambda look: read_sqlite_table(name, look)
    if scheme == "postgresql":
        from server.registry.validation.postgres_table import read_postgres_table

        return lambda look: read_postgres_table(target.contract.resource, look, hosts=hosts)
    if scheme:
        return lambda look: look.unknown(f"{NOT_VERIFIABLE}: nothing of the kind {scheme}:// is looked at")
    if not os.path.isabs(name):
        return lambda look: look.unknown(f"{NOT_VERIFIABLE}: nothing says in which folder it is")
    from server.registry.validation.files import read_path

    return lambda look: read_path(name, stated_form, look)

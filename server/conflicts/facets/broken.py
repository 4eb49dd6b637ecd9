"""Readers that a new form breaks, and the one plan for all of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from server.conflicts.agreements import Agreement, Reader, aligned
from server.conflicts.changes import changes_schema
from server.conflicts.plans import (
    BrokenReader,
    Migration,
    Party,
    free_name,
    migration_plans,
    situation_of_all,
    together,
)
from server.conflicts.plans.adapters import Places, Search, Wanted, find_adapter
from server.conflicts.question import Break, Question
from server.conflicts.schemas import Schema, array_of
from server.model.base import JsonObject
from server.model.check import Resolution


@dataclass(frozen=True)
class Broken:
    """One break that was found, before there is a plan for it."""

    question: Question
    agreement: Agreement
    reader: Reader
    in_musts: bool
    """Whether it lies in what the reader fails without."""
    found: Break
    after: Schema | None
    """What would be written; None where only samples are known."""
    of_items: bool
    """Whether `after` describes items of the document."""


def plans_for(broken: Sequence[Broken]) -> list[Resolution]:
    """The resolution for each break, in their order: one plan for all that one change of a resource breaks."""
    if not broken:
        return []
    questions = list({id(one.question): one.question for one in broken}.values())
    situations = []
    for question in questions:
        agreements = [one.agreement for one in broken if one.question is question]
        situations.append(situation_of_all(question, agreements, agreements[0].consumer))
    of_all = together(situations)
    parties = {party.system_id: party for party in of_all.readers}
    adapters: dict[tuple[int, str, bool], Search] = {}
    places = Places()
    readers = [_broken_reader(one, parties[one.agreement.consumer], adapters, places) for one in broken]
    new_name, no_new_name = free_name(questions[0])
    return migration_plans(Migration(of_all, tuple(readers), new_name, no_new_name), questions[0].engine)


def _broken_reader(
    one: Broken, party: Party, adapters: dict[tuple[int, str, bool], Search], places: Places
) -> BrokenReader:
    """The three schemas side by side, all of the document or all of its items, and the adapter between them.

    `adapters` has those that were looked for already: readers who accept the same get the same.
    """
    written = one.question.written
    before: Schema | None = None
    if one.after is None:
        return BrokenReader(party, one.reader.full, None, None, no_adapter="only samples of the new form are known.")
    after, accepts = aligned(one.after, one.of_items, one.reader.full, one.reader.of_items)
    of_items = one.of_items and one.reader.of_items
    if written is not None and written.of_items == of_items:
        before = written.schema
    elif written is not None and written.of_items:
        before = array_of(written.schema)
    wanted = Wanted(
        before=before,
        after=after,
        accepts=accepts,
        of_items=of_items,
        patch=_patch_of(one.question),
        patched_items=one.of_items and not of_items,
        broken_at=one.found.path,
    )
    same = (id(one.question), one.question.engine.hash_of(one.reader.full), one.reader.of_items)
    found = adapters.get(same) or find_adapter(wanted, one.question.engine.decide, places, one.question.engine.hash_of)
    adapters[same] = found
    return BrokenReader(party, accepts, before, after, found.adapter, found.reason)


def _patch_of(question: Question) -> list[JsonObject]:
    """The operations of all patches that led to the new form; none where it did not come by patches alone."""
    changes = [change for change in (*question.earlier, question.change) if changes_schema(change)]
    if any(change.patch is None for change in changes):
        return []
    return [operation for change in changes for operation in change.patch or ()]

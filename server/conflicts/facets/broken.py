"""Readers that a new form breaks, and the one plan for all of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from server.conflicts.agreements import Agreement, Reader, aligned
from server.conflicts.plans import BrokenReader, Migration, free_name, migration_plans, situation_of_all, together
from server.conflicts.question import Break, Question
from server.conflicts.schemas import Schema
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


def plans_for(broken: Sequence[Broken]) -> dict[str, Resolution]:
    """Reader → its resolution: one plan for all that one change of a resource breaks."""
    if not broken:
        return {}
    questions = list({id(one.question): one.question for one in broken}.values())
    situations = []
    for question in questions:
        agreements = [one.agreement for one in broken if one.question is question]
        situations.append(situation_of_all(question, agreements, agreements[0].consumer))
    of_all = together(situations)
    parties = {party.system_id: party for party in of_all.readers}
    readers = []
    for one in broken:
        after = None if one.after is None else aligned(one.after, one.of_items, one.reader.full, one.reader.of_items)[0]
        before = None
        if one.question.written is not None:
            written = one.question.written
            before = aligned(written.schema, written.of_items, one.reader.full, one.reader.of_items)[0]
        readers.append(BrokenReader(parties[one.agreement.consumer], one.reader.full, before, after))
    new_name, no_new_name = free_name(questions[0])
    return migration_plans(Migration(of_all, tuple(readers), new_name, no_new_name), questions[0].engine)

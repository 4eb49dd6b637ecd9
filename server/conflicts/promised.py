"""What an entry asks of real data, and patterns matched in bounded time: what the validation of resources takes from here."""

import re
from functools import lru_cache

from server.conflicts.agreements import Agreement, readers_in
from server.conflicts.schemas import read_terms
from server.errors import InvalidArgument
from server.model.contract import Contract, ContractType
from server.registry.validation.breaks import Unclear
from server.registry.validation.terms import Terms

_SHORT_TEXT = 1_000
"""Characters that a pattern without ambiguity is matched against by Python's own means."""


def terms_of(contract: Contract) -> Terms | None:
    """What the entry asks of the data; None where it asks nothing.

    A producer's entry asks what its schema says, a consumer's what the consumer accepts and reads (CON-13).
    """
    try:
        stated = read_terms(contract.terms)
        if contract.type is ContractType.CONSUMER:
            readers = readers_in(Agreement("", None, (), (contract,), ()), None)
            return Terms(readers[0].full, readers[0].of_items, _says_neither(contract)) if readers else None
    except InvalidArgument as error:
        return Terms(True, unusable=error.message)
    return None if stated is None else Terms(stated.schema, stated.of_items, _says_neither(contract))


def found_in_text(pattern: str, text: str) -> bool:
    """Whether the pattern is found in the text. Raises Unclear where that can't be said, or would take too long."""
    from server.conflicts.containment.budget import Undecidable
    from server.conflicts.containment.regex.pattern import reads_alike
    from server.conflicts.containment.validation import found

    quick = _quick(pattern)
    if quick is not None and len(text) <= _SHORT_TEXT and reads_alike(text):
        return quick.search(text) is not None
    try:
        return found(pattern, text)
    except Undecidable as why:
        raise Unclear(str(why)[:300]) from None


@lru_cache(maxsize=256)
def _quick(pattern: str) -> re.Pattern[str] | None:
    """The pattern for Python's own matcher, where that can't take long and means the same."""
    from server.conflicts.containment.validation import is_harmless

    try:
        return re.compile(pattern) if is_harmless(pattern) else None
    except (re.error, RecursionError, OverflowError):
        return None


def _says_neither(contract: Contract) -> bool:
    """Whether nothing says if the document or its items are meant: field names, or places that do not begin at a list."""
    terms = contract.terms
    if isinstance(terms, bool) or contract.reader_schema is not None or "format" in terms:
        return False
    if not terms and any(one.path.startswith("/*") for one in contract.reads or ()):
        return False
    return not terms or "required_fields" in terms

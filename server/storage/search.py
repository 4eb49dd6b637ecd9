"""Full-text search: the same words find the same systems on both databases.

Text is split into words here, in the same way for what is stored and what is asked; the databases only ever see words and
spaces. So nothing that a user types can be an operator of theirs.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from server.storage import dialect_postgresql, dialect_sqlite
from server.storage.statements import on_postgresql

if TYPE_CHECKING:
    from server.storage.session import Session

_WORD = re.compile(r"[^\W_]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
MOST_WORDS = 16
"""Words of a query that count."""
LONGEST_WORD = 100
LONGEST_TEXT = 100_000
"""Characters of one system that are searched; PostgreSQL indexes no more than a megabyte."""


@dataclass(frozen=True)
class Hit:
    """A system that a search found."""

    system_id: str
    score: float
    """The higher the better; comparable within one answer only."""


def words_of(text: str) -> list[str]:
    """The words of a text: letters and digits only, in lower case, without accents."""
    bare = text.casefold()
    if not text.isascii():  # else there is no accent to take off, letter by letter
        plain = unicodedata.normalize("NFKD", text).casefold()
        bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return [word[:LONGEST_WORD] for word in _WORD.findall(bare)]


def searched_text(source: str) -> str:
    """The words of a text, with a space between them; names written in camel case also as their parts."""
    source = source[:LONGEST_TEXT]
    split = _CAMEL.sub(" ", source)
    found = words_of(source) if split == source else [*words_of(source), *words_of(split)]
    return " ".join(found)[:LONGEST_TEXT]


def replace(session: "Session", system_id: str, *, title: str, body: str) -> None:
    """The system is found under these words and no others. A match in the title counts more."""
    dialect = dialect_postgresql if on_postgresql(session) else dialect_sqlite
    dialect.replace_words(session, system_id, searched_text(title), searched_text(body))


def find(session: "Session", query: str) -> list[Hit]:
    """The systems whose text has, for every word of the query, a word that begins with it; best match first, then by id.

    A query without a word finds nothing. Only the first 16 words count.
    """
    words = words_of(query)[:MOST_WORDS]
    if not words:
        return []
    dialect = dialect_postgresql if on_postgresql(session) else dialect_sqlite
    return [Hit(system_id, score) for system_id, score in dialect.search(session, words)]

"""What the database's driver raises, told as one clear error; never with a password in it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from server.errors import ConcordError, StorageError

if TYPE_CHECKING:
    from sqlalchemy.exc import StatementError

_HINTS = (
    ("is not a database", "The file is something else. Choose another with CONCORD_DATABASE_URL."),
    ("malformed", "The file is damaged. Restore a copy of it."),
    ("is full", "Free some space on the disk, then repeat the call."),
    ("no space left", "Free some space on the disk, then repeat the call."),
    ("disk i/o error", "Look at the disk: it can't be read or written."),
    ("readonly", "Make the file and its folder writable, or choose another with CONCORD_DATABASE_URL."),
    ("unable to open", "Make sure that the folder exists and is writable, or choose another with CONCORD_HOME."),
    ("locked", "Another program holds the file locked. Close it, then repeat the call."),
    ("password", "Check user and password in CONCORD_DATABASE_URL."),
    ("does not exist", "Create the database, or name another in CONCORD_DATABASE_URL."),
    ("connect", "Check that the database server runs and can be reached."),
)
"""What a driver says → what to do about it; the first that fits."""

_OF_THE_DATA = ("22", "23")
"""Classes of PostgreSQL's error codes that tell of the values given, not of the database."""


def without_password(text: str) -> str:
    """The text with the password of every URL in it left out."""
    return re.sub(r"(\w+://[^:/@\s]*):[^/\s]*@", r"\1:***@", text)


@contextmanager
def told_clearly(url: str) -> Iterator[None]:
    """Where the database can't be used, the error raised is a StorageError that says why and what to do.

    Anything else passes as it is: what an operation itself raises belongs to whoever asked for it.
    """
    try:
        yield
    except ConcordError:
        raise
    except Exception as error:
        told = clear_error(error, url)
        if told is None:
            raise
        raise told from error


def clear_error(error: BaseException, url: str) -> ConcordError | None:
    """The error as whoever called is to see it; None where it is not the database that failed."""
    from sqlalchemy.exc import DBAPIError, StatementError
    from sqlalchemy.exc import TimeoutError as NoConnectionFree

    if isinstance(error, DBAPIError) and _is_of_the_database(error):
        return storage_error(str(error.orig), url)
    if isinstance(error, StatementError) and isinstance(error.orig, ConcordError):
        return error.orig  # a value that can't be stored says so itself
    if isinstance(error, NoConnectionFree):
        return StorageError(
            f"Every connection to the database is in use ({without_password(url)}).", hint="Repeat the call in a while."
        )
    return None


def storage_error(said: str, url: str) -> StorageError:
    """The error for what a driver said about the database at this URL, with a hint."""
    line = next(iter(said.strip().splitlines()), "") or "no reason given"
    password = re.search(r"://[^:/@\s]*:(.+)@", url)
    if password and password[1]:
        line = line.replace(password[1], "***")
    hint = next((hint for words, hint in _HINTS if words in said.lower()), "Run `concord doctor`.")
    return StorageError(
        f"The database can't be used: {without_password(line)[:300]} ({without_password(url)}).", hint=hint
    )


def _is_of_the_database(error: "StatementError") -> bool:
    """Whether it is the database that failed, rather than a constraint or a value that the operation broke."""
    from sqlalchemy.exc import DataError, IntegrityError, ProgrammingError

    if isinstance(error, DataError | IntegrityError | ProgrammingError):
        return False
    return not str(getattr(error.orig, "sqlstate", None) or "").startswith(_OF_THE_DATA)

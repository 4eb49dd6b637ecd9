"""Where shared entries are found, and what is told of one that is not there."""

from collections.abc import Iterable

from server.errors import NotFound

FILE = "concord://files/shared_knowledge.json"
_ENTRY = "concord://knowledge/"


def uris_of(ids: Iterable[str]) -> list[str]:
    """What is otherwise to read once these entries are; nothing where none is."""
    uris = [f"{_ENTRY}{one}" for one in ids]
    return [*uris, FILE] if uris else []


def plain_id(text: str) -> str:
    """The entry's id, whether it was given alone or as a URI."""
    return text.strip().removeprefix(_ENTRY).partition("?")[0]


def no_such_entry(named: str, *, path: str = "", when: str = "") -> NotFound:
    """What is told of an id that no entry has, or had at that time."""
    return NotFound(
        f"There is no shared entry {named[:100]!r}{f' on {when}' if when else ''}.",
        path=path,
        hint="find_knowledge lists the entries with their ids.",
    )

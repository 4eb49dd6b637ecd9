"""Moments as the documents write them."""

from datetime import UTC, datetime, timedelta

DAY = 86_400_000_000
"""Microseconds."""


def to_wire(moment: datetime) -> str:
    """The moment as the documents write it: UTC, seconds, `Z`."""
    return moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def from_wire(text: str) -> datetime:
    """The moment that a document of ours states: aware, UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)


def read_moment(value: object) -> str:
    """An ISO 8601 date or time as the events keep it: UTC, with the fraction of a second where it has one.

    Without an offset it is taken as UTC. Raises ValueError for anything else.
    """
    if not isinstance(value, str):
        raise ValueError("a moment is written as ISO 8601 text")
    moment = datetime.fromisoformat(value.strip())
    try:
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("a moment lies between the years 1 and 9999 in UTC, too") from None
    return moment.replace(tzinfo=None).isoformat() + "Z"


def microseconds(text: str) -> int:
    """Microseconds since 1970 at a moment as `read_moment` writes it."""
    since = datetime.fromisoformat(text) - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def moment_of(now: datetime) -> int:
    """Microseconds since 1970 at an aware moment."""
    return (now - _EPOCH) // timedelta(microseconds=1)


def at_microseconds(moment: int) -> str:
    """The moment as the documents write it, of microseconds since 1970."""
    return to_wire(_EPOCH + timedelta(microseconds=moment))


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST = microseconds("0001-01-01T00:00:00Z")
"""The first moment there is, in microseconds since 1970."""

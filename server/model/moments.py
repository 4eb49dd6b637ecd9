"""Moments as the documents write them."""

from datetime import UTC, datetime


def to_wire(moment: datetime) -> str:
    """The moment as the documents write it: UTC, seconds, `Z`."""
    return moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def from_wire(text: str) -> datetime:
    """The moment that a document of ours states: aware, UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)

"""Binary property lists of macOS as the XML that says the same, so that they are read like any other text."""

import plistlib
from datetime import datetime
from typing import Any

START = b"bplist00"
MOST_VALUES = 5_000
"""Values of one list, each counted where it stands: a small file can name one value in very many places."""


def as_xml(data: bytes) -> str | None:
    """The list as XML; None where it can't be read, or stands for more values than any job needs."""
    try:
        content = plistlib.loads(data)
        return plistlib.dumps(_plain(content, [MOST_VALUES])).decode("utf-8")
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError, MemoryError):
        return None  # the parser has no error of its own for each way to be malformed


def _plain(value: Any, left: list[int]) -> Any:
    left[0] -= 1
    if left[0] < 0:
        raise ValueError("too many values")
    if isinstance(value, dict):
        return {str(name): _plain(item, left) for name, item in value.items()}
    if isinstance(value, list):
        return [_plain(item, left) for item in value]
    return value if isinstance(value, bool | int | float | str | bytes | datetime) else str(value)

"""Half a surrogate pair, which JSON and YAML can write and no text can hold."""

import re
from typing import Any

from server.errors import InvalidArgument

_ESCAPED = re.compile(r"\\[uU](?:0000)?[dD][89a-fA-F]")
_HALF = re.compile("[\ud800-\udfff]")


def without_halves(value: Any, text: str) -> Any:
    """The value that was read of this text, with U+FFFD for every half. Raises InvalidArgument where it nests too deeply."""
    if _ESCAPED.search(text) is None:
        return value
    try:
        return _whole(value)
    except RecursionError:
        raise InvalidArgument("The text is nested too deeply.") from None


def _whole(value: Any) -> Any:
    if isinstance(value, str):
        return _HALF.sub("\ufffd", value)
    if isinstance(value, list):
        return [_whole(item) for item in value]
    if isinstance(value, dict):
        return {_whole(name): _whole(item) for name, item in value.items()}
    return value

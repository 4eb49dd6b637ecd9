"""Text that was meant to be JSON: fenced, with a comma too many, or written as Python writes it."""

import ast
import json
import re
from typing import Any

LONGEST_LITERAL = 200_000
"""Characters of a Python literal that are looked at; its parser is far slower than JSON's."""

_FENCE = re.compile(r"\s*```[a-zA-Z]*\s*\n?(.*?)```\s*", re.DOTALL)
_COMMA_TOO_MANY = re.compile(r'("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])')


def parsed_text(text: str) -> Any:
    """The object, list or text that a text contains as JSON or nearly so; None where it contains none."""
    fenced = _FENCE.fullmatch(text)
    inside = (fenced.group(1) if fenced else text).strip()
    if inside[:1] not in ("{", "[", '"'):
        return None
    for read in (json.loads, _without_commas_too_many, _python_literal):
        try:
            return read(inside)
        except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
            continue
    return None


def _without_commas_too_many(text: str) -> Any:
    return json.loads(_COMMA_TOO_MANY.sub(lambda found: found.group(1) or "", text))


def _python_literal(text: str) -> Any:
    """{'tier': None} is {"tier": null}; what JSON has no words for is refused."""
    if len(text) > LONGEST_LITERAL:
        raise ValueError("too long")
    return json.loads(json.dumps(ast.literal_eval(text), allow_nan=False))

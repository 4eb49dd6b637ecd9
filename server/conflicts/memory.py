"""What is kept of what was asked before, in bounds."""

from collections.abc import Callable
from hashlib import sha256
from typing import Generic, TypeVar

from server.conflicts.schemas import Schema
from server.model.contract import schema_text, text_hash

REMEMBERED = 4_096
"""Questions whose answer is kept: the same pair of schemas is asked about again and again."""
HELD = 64
"""Schemas whose text is not written anew when they are asked about again."""

Q = TypeVar("Q")
A = TypeVar("A")


class Memory(Generic[Q, A]):
    """The answers to the questions that were asked last; None is no answer."""

    def __init__(self) -> None:
        self._answers: dict[Q, A] = {}

    def recall(self, question: Q, find: Callable[[], A]) -> A:
        """The answer to the question, found only where it is not remembered."""
        known = self._answers.pop(question, None)
        answer = find() if known is None else known
        self._answers[question] = answer
        if len(self._answers) > REMEMBERED:
            del self._answers[next(iter(self._answers))]
        return answer


def digest(text: str) -> str:
    """Stands for a schema's text in memory, where thousands of long ones would not fit; nobody can find a second text for it."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class Texts:
    """Schemas as text and by their short names: of each that was asked for lately, written once. For as long as none is changed."""

    def __init__(self) -> None:
        self._held: dict[int, tuple[Schema, str]] = {}
        """By identity, the last ones asked for: the schema is held as well, so that no other one comes to have its identity."""
        self._known: dict[str, str] = {}
        self._hashes: dict[str, str] = {}

    def of(self, schema: Schema) -> str:
        """As JSON. Equal texts are one object, so that a long one is held and hashed once."""
        held = self._held.pop(id(schema), None)
        if held is None:
            text = schema_text(schema)
            held = (schema, self._known.setdefault(text, text))
        self._held[id(schema)] = held
        if len(self._held) > HELD:
            del self._held[next(iter(self._held))]
        return held[1]

    def hash_of(self, schema: Schema) -> str:
        """As `schema_hash` has it."""
        text = self.of(schema)
        known = self._hashes.get(text)
        if known is None:
            known = self._hashes[text] = text_hash(text)
        return known

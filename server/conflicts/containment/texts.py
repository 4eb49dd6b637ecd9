"""Strings: patterns as languages, membership, and strings that satisfy several atoms at once."""

from collections.abc import Iterator
from itertools import islice, product

from server.conflicts.containment.budget import Meter, Undecidable
from server.conflicts.containment.exact import STRING
from server.conflicts.containment.formula import Formula, Kind
from server.conflicts.containment.regex import search
from server.conflicts.containment.regex.language import Languages, Term
from server.conflicts.containment.regex.pattern import found_in, reads_alike
from server.conflicts.containment.regex.syntax import Malformed, Unsupported

_ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"
LONGEST_COUNTED = 3_000
"""With a pattern, a minimum length up to here is followed state by state."""


class Texts:
    """The languages of one decision."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self._languages = Languages(meter)
        self._patterns: dict[tuple[str, bool], Term | str] = {}

    def language(self, pattern: str, python: bool = False) -> Term:
        """The language of a pattern, or what Python takes it for. Raises Undecidable for one that can't be read."""
        found = self._patterns.get((pattern, python))
        if found is None:
            try:
                found = found_in(self._languages, pattern, python)
            except (Malformed, Unsupported) as error:
                found = f"the pattern {pattern!r} is not decided: {error}"
            self._patterns[pattern, python] = found
        if isinstance(found, str):
            raise Undecidable(found)
        return found

    def matches(self, pattern: str, text: str) -> bool:
        """Whether the pattern is found in the string. Raises Undecidable for a pattern that can't be read."""
        return search.accepts(self._languages, self.language(pattern), text)

    def find(self, atoms: list[Formula]) -> str | None:
        """A short string that satisfies the atoms, None where there is none. Raises Undecidable where that is not known."""
        least, most = 0, None
        excluded: set[str] = set()
        terms: list[Term] = []
        unread: Undecidable | None = None
        for atom in atoms:
            if atom.kind is Kind.SIZE_MIN:
                least = max(least, atom.args[1])
            elif atom.kind is Kind.SIZE_MAX:
                most = atom.args[1] if most is None else min(most, atom.args[1])
            elif atom.kind is Kind.NONE_OF_VALUES:
                excluded.update(key[1] for key in atom.args[0] if key[0] == STRING)
            else:
                try:
                    terms.append(self._language_of(atom, python=False))
                except Undecidable as error:
                    unread = error
        if most is not None and most < least:
            return None
        found = self._in_language(terms, least, most, excluded) if terms else self._any(least, most, excluded)
        if found is not None and unread is not None:
            raise unread
        if found is None or not terms or reads_alike(found):
            return found
        strict = [
            *terms,
            *(self._language_of(atom, python=True) for atom in atoms if atom.about == STRING and len(atom.args) == 1),
        ]
        found = self._in_language(strict, least, most, excluded)
        if found is None:
            raise Undecidable("what is left are texts on which ECMA-262 and Python's `re` disagree about a pattern")
        return found

    def _language_of(self, atom: Formula, python: bool) -> Term:
        term = self.language(atom.args[0], python)
        return term if atom.kind is Kind.PATTERN else self._languages.complement(term)

    def _any(self, least: int, most: int | None, excluded: set[str]) -> str | None:
        if least > self._meter.budget.witness:
            raise Undecidable(f"a string of {least:,} characters is too long to be written down")
        for length in (least, least + 1) if most is None or most > least else (least,):
            for text in islice(_spelled(length), len(excluded) + 1):
                self._meter.step()
                if text not in excluded:
                    return text
        return None

    def _in_language(self, terms: list[Term], least: int, most: int | None, excluded: set[str]) -> str | None:
        made = self._languages
        if least > LONGEST_COUNTED:
            unbounded = made.both(terms)
            if search.shortest(made, unbounded, most) is None:
                return None
            raise Undecidable(f"a string of {least:,} characters that matches a pattern is not searched for")
        wanted = made.both([*terms, made.repeat(made.any_char, least, None)] if least else terms)
        writable = [text for text in sorted(excluded) if not any(search.is_half_a_pair(ord(sign)) for sign in text)]
        unwanted = [text for text in writable if search.accepts(made, wanted, text)]
        if unwanted:
            wanted = made.both([wanted, made.complement(made.alt([made.literal(text) for text in unwanted]))])
        return search.shortest(made, wanted, most)


def _spelled(length: int) -> Iterator[str]:
    """Strings of a length, the plainest first; as many as anyone excludes."""
    if length <= 3:
        for letters in product(_ALPHABET, repeat=length):
            yield "".join(letters)
        if length:
            for point in range(0x4E00, 0x9FFF):
                yield chr(point) * length
        return
    head = "a" * (length - 3)
    for letters in product(_ALPHABET, repeat=3):
        yield head + "".join(letters)

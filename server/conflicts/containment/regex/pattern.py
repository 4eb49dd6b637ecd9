"""From a pattern to the language of the strings in which it is found."""

from server.conflicts.containment.regex import charset
from server.conflicts.containment.regex.language import Languages, Term
from server.conflicts.containment.regex.parse import parse
from server.conflicts.containment.regex.syntax import (
    Ahead,
    Boundary,
    Chars,
    Choice,
    End,
    Node,
    Repeat,
    Sequence,
    Start,
    Unsupported,
    asserts,
)  # fmt: skip

MOST_UNROLLED = 20
"""A repeated part with an assertion inside is written out at most so often."""


def reads_alike(text: str) -> bool:
    """Whether a text is one on which no pattern means one thing to ECMA-262 and another to Python."""
    return text.isascii() and text.isprintable()


def found_in(languages: Languages, text: str, python: bool = False) -> Term:
    """The strings in which the pattern is found (with `python`: by Python's `re`). Raises Malformed or Unsupported."""
    node = parse(text, python)
    build = _Builder(languages)
    at_start = build.then(node, languages.all, at_start=True)
    if _always_at_start(node):
        return at_start
    if not asserts(node):
        return languages.cat(languages.all, at_start)
    return languages.alt([at_start, languages.cat(languages.some, build.then(node, languages.all, at_start=False))])


def _always_at_start(node: Node) -> bool:
    match node:
        case Start():
            return True
        case Sequence(parts):
            return bool(parts) and _always_at_start(parts[0])
        case Choice(parts):
            return all(_always_at_start(part) for part in parts)
        case _:
            return False


def _asks_for_start(node: Node) -> bool:
    match node:
        case Start() | Boundary():
            return True
        case Sequence(parts) | Choice(parts):
            return any(_asks_for_start(part) for part in parts)
        case Repeat(part) | Ahead(part):
            return _asks_for_start(part)
        case _:
            return False


class _Builder:
    """Each node is turned into a language together with all that follows it, so that an assertion can look at the rest."""

    def __init__(self, languages: Languages) -> None:
        self.languages = languages

    def then(self, node: Node, rest: Term, at_start: bool) -> Term:
        """The strings that begin with the node and go on as the rest does."""
        made = self.languages
        if not asserts(node):
            return made.cat(self.plain(node), rest)
        match node:
            case Start():
                return rest if at_start else made.empty
            case End(lenient):
                end = made.alt([made.epsilon, made.literal("\n")]) if lenient else made.epsilon
                return made.both([end, rest])
            case Ahead(part, negative):
                seen = self.then(part, made.all, at_start)
                return made.both([made.complement(seen) if negative else seen, rest])
            case Choice(parts):
                return made.alt([self.then(part, rest, at_start) for part in parts])
            case Sequence(parts):
                return self.sequence(parts, rest, at_start)
            case Repeat(part, least, most):
                return self.repeat(part, least, most, rest, at_start)
            case _:
                raise Unsupported("a word boundary")

    def sequence(self, parts: tuple[Node, ...], rest: Term, at_start: bool) -> Term:
        made = self.languages
        if not parts:
            return rest
        first, others = parts[0], parts[1:]
        if not at_start or not any(_asks_for_start(part) for part in others):
            later = self.sequence(others, rest, at_start=False)
            return self.then(first, later, at_start)
        if isinstance(first, Start | Ahead):
            return self.then(first, self.sequence(others, rest, at_start=True), at_start=True)
        if asserts(first):
            raise Unsupported("`^` behind another assertion")
        term = self.plain(first)
        moved = made.cat(made.both([term, made.some]), self.sequence(others, rest, at_start=False))
        return made.alt([moved, self.sequence(others, rest, at_start=True)]) if term.nullable else moved

    def repeat(self, part: Node, least: int, most: int | None, rest: Term, at_start: bool) -> Term:
        made = self.languages
        if most is None or most > MOST_UNROLLED or _asks_for_start(part):
            if most == 1 and not least:
                return made.alt([self.then(part, rest, at_start), rest])
            raise Unsupported("an assertion inside a repetition")
        term = rest
        for count in range(most, 0, -1):
            once = self.then(part, term, at_start=False)
            term = once if count <= least else made.alt([once, rest])
        return term

    def plain(self, node: Node) -> Term:
        """The language of a node without assertions."""
        made = self.languages
        match node:
            case Chars(chars):
                return made.chars(charset.intersection(chars, charset.EVERYTHING))
            case Sequence(parts):
                term = made.epsilon
                for part in reversed(parts):
                    term = made.cat(self.plain(part), term)
                return term
            case Choice(parts):
                return made.alt([self.plain(part) for part in parts])
            case Repeat(part, least, most):
                return made.repeat(self.plain(part), least, most)
            case _:
                raise Unsupported("an assertion")

"""The syntax tree of a pattern."""

from dataclasses import dataclass

from server.conflicts.containment.regex.charset import Charset


@dataclass(frozen=True, slots=True)
class Chars:
    """One character of a set."""

    chars: Charset


@dataclass(frozen=True, slots=True)
class Sequence:
    """One after the other."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of them."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """So many times; `most` None = without limit."""

    part: "Node"
    least: int
    most: int | None


@dataclass(frozen=True, slots=True)
class Start:
    """`^`."""


@dataclass(frozen=True, slots=True)
class End:
    """`$`; where `lenient`, also before a line feed that ends the text, as Python has it."""

    lenient: bool = False


@dataclass(frozen=True, slots=True)
class Boundary:
    """`\\b`, or `\\B` where `inside`."""

    inside: bool


@dataclass(frozen=True, slots=True)
class Ahead:
    """`(?=…)`, or `(?!…)` where `negative`."""

    part: "Node"
    negative: bool


Node = Chars | Sequence | Choice | Repeat | Start | End | Boundary | Ahead


def asserts(node: Node) -> bool:
    """Whether the node says anything about what stands around it."""
    match node:
        case Chars():
            return False
        case Sequence(parts) | Choice(parts):
            return any(asserts(part) for part in parts)
        case Repeat(part):
            return asserts(part)
        case _:
            return True


class Unsupported(ValueError):
    """The pattern uses what this reader does not turn into a language, such as a back-reference."""


class Malformed(ValueError):
    """The text is no ECMA-262 pattern."""

"""Reads ECMA-262 patterns (with the `u` flag's code points; the lenient escapes of its annex B)."""

from functools import lru_cache

from server.conflicts.containment.regex import charset
from server.conflicts.containment.regex.charset import Charset
from server.conflicts.containment.regex.syntax import (
    Ahead,
    Boundary,
    Chars,
    Choice,
    End,
    Malformed,
    Node,
    Repeat,
    Sequence,
    Start,
    Unsupported,
)  # fmt: skip

LONGEST = 10_000
DEEPEST = 60
_CONTROL = {"t": 9, "n": 10, "v": 11, "f": 12, "r": 13}
_CLASSES: dict[str, Charset] = {"d": charset.DIGITS, "w": charset.WORD, "s": charset.SPACE}


@lru_cache(maxsize=1024)
def parse(text: str, python: bool = False) -> Node:
    """The tree of a pattern. Raises Malformed for what is none, Unsupported for look-behind, back-references and flags.

    With `python`, what it means to Python's `re`, which the `jsonschema` library matches with: `$`, `.`, `\\d`, `\\w` and
    `\\s` differ on line ends and on what is not ASCII.
    """
    if len(text) > LONGEST:
        raise Unsupported(f"a pattern of {len(text):,} characters is too long")
    return _Reader(text, python).read()


class _Reader:
    def __init__(self, text: str, python: bool) -> None:
        self.text = text
        self.python = python
        self.at = 0
        self.depth = 0

    def read(self) -> Node:
        node = self.choice()
        if self.at < len(self.text):
            raise Malformed(f"unmatched {self.text[self.at]!r} at {self.at} in the pattern {self.text!r}")
        return node

    def peek(self) -> str:
        return self.text[self.at] if self.at < len(self.text) else ""

    def take(self, expected: str) -> bool:
        if self.text.startswith(expected, self.at):
            self.at += len(expected)
            return True
        return False

    def choice(self) -> Node:
        self.depth += 1
        if self.depth > DEEPEST:
            raise Unsupported("a pattern nested this deep is not read")
        parts = [self.sequence()]
        while self.take("|"):
            parts.append(self.sequence())
        self.depth -= 1
        return parts[0] if len(parts) == 1 else Choice(tuple(parts))

    def sequence(self) -> Node:
        parts: list[Node] = []
        while self.peek() not in ("", "|", ")"):
            parts.append(self.quantified())
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def quantified(self) -> Node:
        node = self.atom()
        bounds = self.quantifier()
        if bounds is None:
            return node
        if isinstance(node, Start | End | Boundary | Ahead):
            if isinstance(node, Ahead):
                raise Unsupported("a repeated look-ahead")
            raise Malformed(f"nothing to repeat in the pattern {self.text!r}")
        self.take("?")  # lazy or greedy makes no difference to what matches
        if self.peek() in ("*", "+", "?") and self.peek():
            raise Malformed(f"nothing to repeat at {self.at} in the pattern {self.text!r}")
        return Repeat(node, *bounds)

    def quantifier(self) -> tuple[int, int | None] | None:
        sign = self.peek()
        if sign and sign in "*+?":
            self.at += 1
            return {"*": (0, None), "+": (1, None), "?": (0, 1)}[sign]
        if sign != "{":
            return None
        inner = self.braced()
        low, comma, high = inner.partition(",")
        if not low.isascii() or not low.isdigit() or (high and not (high.isascii() and high.isdigit())):
            return None  # annex B: a brace that starts no quantifier stands for itself
        self.at += len(inner) + 2
        if len(low) > 6 or len(high) > 6:
            raise Unsupported("a repetition count this large")
        least, most = int(low), (int(high) if high else None) if comma else int(low)
        if most is not None and most < least:
            raise Malformed(f"numbers out of order in the quantifier {{{inner}}}")
        return least, most

    def atom(self) -> Node:
        sign = self.text[self.at]
        self.at += 1
        match sign:
            case "^":
                return Start()
            case "$":
                return End(lenient=self.python)
            case ".":
                return Chars(charset.complement(((10, 10),) if self.python else charset.LINE_ENDS))
            case "(":
                return self.group()
            case "[":
                return Chars(self.bracket())
            case "\\":
                return self.escape()
            case "*" | "+" | "?":
                raise Malformed(f"nothing to repeat at {self.at - 1} in the pattern {self.text!r}")
            case _:
                return Chars(_single(ord(sign)))

    def group(self) -> Node:
        if self.take("?="):
            node: Node = Ahead(self.choice(), negative=False)
        elif self.take("?!"):
            node = Ahead(self.choice(), negative=True)
        elif self.take("?<=") or self.take("?<!"):
            raise Unsupported("a look-behind")
        elif self.take("?<"):
            end = self.text.find(">", self.at)
            if end < 0 or not self.text[self.at : end].isidentifier():
                raise Malformed(f"invalid group name in the pattern {self.text!r}")
            self.at = end + 1
            node = self.choice()
        elif self.take("?:"):
            node = self.choice()
        elif self.peek() == "?":
            raise Unsupported(f"the group (?{self.text[self.at + 1 : self.at + 2]}…)")
        else:
            node = self.choice()
        if not self.take(")"):
            raise Malformed(f"unterminated group in the pattern {self.text!r}")
        return node

    def escape(self) -> Node:
        sign = self.peek()
        if sign in ("b", "B"):
            self.at += 1
            return Boundary(inside=sign == "B")
        if sign and sign in "123456789k":
            raise Unsupported("a back-reference")
        if sign and sign in "AZzGQE":
            raise Unsupported(f"\\{sign}, which is no ECMA-262 escape")
        return Chars(self.escaped())

    def escaped(self) -> Charset:
        sign = self.peek()
        if not sign:
            raise Malformed(f"\\ at the end of the pattern {self.text!r}")
        self.at += 1
        if sign.lower() in _CLASSES:
            found = charset.python_class(sign.lower()) if self.python else _CLASSES[sign.lower()]
            return found if sign.islower() else charset.complement(found)
        if sign in "pP" and self.peek() == "{":
            return self.category(negative=sign == "P")
        if sign in _CONTROL:
            return _single(_CONTROL[sign])
        if sign == "0":
            return _single(0)
        if sign == "c" and self.peek().isalpha() and self.peek().isascii():
            self.at += 1
            return _single(ord(self.text[self.at - 1]) % 32)
        if sign == "x":
            return self.hexadecimal(2, sign)
        if sign == "u":
            return self.unicode_escape()
        return _single(ord(sign))

    def hexadecimal(self, digits: int, sign: str) -> Charset:
        text = self.text[self.at : self.at + digits]
        if len(text) == digits and all(c in "0123456789abcdefABCDEF" for c in text):
            self.at += digits
            return _single(int(text, 16))
        return _single(ord(sign))

    def braced(self) -> str:
        """What stands between the brace here and the next that closes; empty where none does."""
        inner, closed, _ = self.text[self.at + 1 :].partition("}")
        return inner if closed else ""

    def unicode_escape(self) -> Charset:
        if self.peek() == "{":
            digits = self.braced()
            if not digits or len(digits) > 6 or any(c not in "0123456789abcdefABCDEF" for c in digits):
                raise Malformed(f"invalid \\u escape in the pattern {self.text!r}")
            self.at += len(digits) + 2
            return _single(min(int(digits, 16), 0x110000))
        high = self.hexadecimal(4, "u")
        if high and 0xD800 <= high[0][0] <= 0xDBFF and self.text.startswith("\\u", self.at):
            back = self.at
            self.at += 2
            low = self.hexadecimal(4, "u")
            if low and 0xDC00 <= low[0][0] <= 0xDFFF:
                return _single(0x10000 + ((high[0][0] - 0xD800) << 10) + (low[0][0] - 0xDC00))
            self.at = back
        return high

    def category(self, negative: bool) -> Charset:
        inner = self.braced()
        name = inner.removeprefix("General_Category=").removeprefix("gc=")
        found = charset.general_category(name)
        if found is None:
            raise Unsupported(f"the property \\p{{{name}}}")
        self.at += len(inner) + 2
        return charset.complement(found) if negative else found

    def bracket(self) -> Charset:
        negative = self.take("^")
        parts: list[Charset] = []
        while not self.take("]"):
            low = self.member()
            if self.peek() == "-" and self.text[self.at + 1 : self.at + 2] not in ("]", ""):
                self.at += 1
                high = self.member()
                if not _is_single(low) or not _is_single(high):
                    parts += [low, high, _single(45)]
                    continue
                if low[0][0] > high[0][0]:
                    raise Malformed(f"range out of order in the pattern {self.text!r}")
                parts.append(((low[0][0], high[0][0]),))
            else:
                parts.append(low)
        found = charset.intersection(charset.union(*parts), charset.EVERYTHING)
        return charset.complement(found) if negative else found

    def member(self) -> Charset:
        sign = self.peek()
        if not sign:
            raise Malformed(f"unterminated character class in the pattern {self.text!r}")
        self.at += 1
        if sign != "\\":
            return _single(ord(sign))
        if self.take("b"):
            return _single(8)
        return self.escaped()


def _single(point: int) -> Charset:
    return ((point, point),)


def _is_single(chars: Charset) -> bool:
    return len(chars) == 1 and chars[0][0] == chars[0][1]

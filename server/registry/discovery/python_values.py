"""What expressions of a Python source evaluate to, where they are put together from literals: texts and paths.

Nothing is run. A part that is not known becomes `*`; an expression of which nothing is known has no value.
"""

import ast
import posixpath
import re
from collections.abc import Sequence

DEEPEST = 40
_PERCENT = re.compile(r"%(?:\([^)]*\))?[-+ #0-9.]*[a-zA-Z]")
_BRACES = re.compile(r"\{[^{}]*\}")
_KEEPING = frozenset("resolve absolute expanduser as_posix strip rstrip lstrip lower".split())
_TEXT_OF = frozenset(
    "str os.fspath os.path.abspath os.path.realpath os.path.expanduser os.path.normpath abspath expanduser".split()
)
_PATHS = frozenset("Path pathlib.Path PurePath PosixPath pathlib.PurePath Path.cwd".split())


class Values:
    """The names of one source and what they stand for; a name that is bound to several values keeps the first."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._names: dict[str, str] = {"__file__": path}

    def bind(self, target: ast.expr, value: ast.expr | None) -> None:
        """The target stands for the value, where both are known."""
        name = dotted(target)
        known = self.of(value) if name and value is not None else None
        if known is not None:
            self._names.setdefault(name, known)

    def bind_defaults(self, arguments: ast.arguments) -> None:
        """Parameters stand for their defaults."""
        plain = [*arguments.posonlyargs, *arguments.args]
        pairs = [*zip(plain[len(plain) - len(arguments.defaults) :], arguments.defaults, strict=False)]
        for parameter, default in [*pairs, *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=False)]:
            if default is not None:
                self.bind(ast.Name(parameter.arg, ast.Load()), default)

    def of(self, node: ast.expr | None, depth: int = 0) -> str | None:
        """The text or path that the expression stands for."""
        if node is None or depth > DEEPEST:
            return None
        match node:
            case ast.Constant(value=str(text)):
                return text
            case ast.Name() | ast.Attribute():
                return self._names.get(dotted(node)) or self._attribute(node, depth)
            case ast.JoinedStr(values=parts):
                return self._joined(parts, depth)
            case ast.BinOp(left=left, op=ast.Div(), right=right):
                return self._below(self.of(left, depth + 1), [self.of(right, depth + 1) or "*"])
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                one, other = self.of(left, depth + 1), self.of(right, depth + 1)
                return (
                    None
                    if one is None and other is None
                    else f"{'*' if one is None else one}{'*' if other is None else other}"
                )
            case ast.BinOp(left=ast.Constant(value=str(text)), op=ast.Mod()):
                return _PERCENT.sub("*", text)
            case ast.BoolOp(op=ast.Or(), values=values):
                return next((known for value in values if (known := self.of(value, depth + 1))), None)
            case ast.IfExp(body=body, orelse=orelse):
                return self.of(body, depth + 1) or self.of(orelse, depth + 1)
            case ast.Subscript(value=ast.Attribute(value=inner, attr="parents"), slice=ast.Constant(value=int(count))):
                return self._parent(self.of(inner, depth + 1), count + 1)
            case ast.Call():
                return self._call(node, depth + 1)
        return None

    def _attribute(self, node: ast.expr, depth: int) -> str | None:
        if isinstance(node, ast.Attribute) and node.attr == "parent":
            return self._parent(self.of(node.value, depth + 1), 1)
        return None

    def _joined(self, parts: Sequence[ast.expr], depth: int) -> str | None:
        found = [self.of(part.value if isinstance(part, ast.FormattedValue) else part, depth + 1) for part in parts]
        text = "".join("*" if part is None else part for part in found)
        return text if text.strip("*") else None

    def _call(self, node: ast.Call, depth: int) -> str | None:
        name = dotted(node.func)
        first = self.of(node.args[0], depth) if node.args else None
        if name.endswith("Path.home"):
            return "~"
        if name in _PATHS:
            return self._below(first, [self.of(part, depth) or "*" for part in node.args[1:]]) if node.args else "."
        if name in ("os.path.join", "path.join", "join", "posixpath.join"):
            return self._below(first, [self.of(part, depth) or "*" for part in node.args[1:]])
        if name in ("os.path.dirname", "path.dirname", "dirname"):
            return self._parent(first, 1)
        if name in _TEXT_OF:
            return first
        if name in ("os.getenv", "os.environ.get", "getenv", "environ.get"):
            return self.of(node.args[1], depth) if len(node.args) > 1 else None
        if not isinstance(node.func, ast.Attribute):
            return None
        owner = self.of(node.func.value, depth)
        if node.func.attr in _KEEPING:
            return owner
        if node.func.attr == "joinpath":
            return self._below(owner, [self.of(part, depth) or "*" for part in node.args])
        if node.func.attr == "with_suffix" and owner and first is not None:
            return posixpath.splitext(owner)[0] + first
        if node.func.attr == "with_name" and owner and first:
            return posixpath.join(posixpath.dirname(owner), first)
        if node.func.attr == "format" and owner:
            return _BRACES.sub("*", owner)
        return None

    @staticmethod
    def _below(folder: str | None, parts: Sequence[str]) -> str | None:
        if folder is None:
            return None
        return (
            posixpath.normpath(posixpath.join(folder, *parts))
            if "://" not in folder
            else "/".join([folder.rstrip("/"), *parts])
        )

    @staticmethod
    def _parent(path: str | None, count: int) -> str | None:
        for _ in range(min(count, DEEPEST)):
            if path is None:
                return None
            path = posixpath.dirname(path) or "."
        return path


def dotted(node: ast.expr) -> str:
    """`a.b.c` for such an expression; empty for any other."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    names.append(node.id)
    return ".".join(reversed(names))

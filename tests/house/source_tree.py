"""The project's own Python files, parsed: what the house rules look at."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("server", "tools", "resources", "prompts", "concord_mcp", "docs", "tests")
SHIPPED = FOLDERS[:5]

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Source:
    """One Python file."""

    place: str
    """Its path from the root, with forward slashes."""
    text: str
    tree: ast.Module

    @property
    def shipped(self) -> bool:
        """Whether users get the file, too."""
        return self.place.partition("/")[0] in SHIPPED

    def functions(self) -> Iterator[Function]:
        """Every function and method, nested ones included."""
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))

    def imports(self) -> set[str]:
        """Every module that the file imports anywhere, by its full name."""
        names = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        return names


@cache
def sources() -> tuple[Source, ...]:
    """Every Python file of the project, in order of their places."""
    files = sorted(file for folder in FOLDERS for file in (ROOT / folder).rglob("*.py"))
    return tuple(_parse(file) for file in files)


def _parse(file: Path) -> Source:
    text = file.read_text(encoding="utf-8")
    return Source(file.relative_to(ROOT).as_posix(), text, ast.parse(text))

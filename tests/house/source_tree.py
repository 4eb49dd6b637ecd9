"""The project's own Python files: what the house rules look at."""

import ast
import gc
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
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

    @cached_property
    def tree(self) -> ast.Module:
        """The file as Python reads it."""
        # the nodes all stay, and looking for garbage among millions of them takes five times as long as making them
        collecting = gc.isenabled()
        gc.disable()
        try:
            return ast.parse(self.text)
        finally:
            if collecting:
                gc.enable()

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
    return tuple(Source(file.relative_to(ROOT).as_posix(), file.read_text(encoding="utf-8")) for file in files)

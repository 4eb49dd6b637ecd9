"""Rules of the house that import-linter and ruff can't see."""

import ast
import re
import tomllib
from collections.abc import Iterator

import pytest

from tests.house.source_tree import ROOT, Source, sources

AREAS = ("journal", "findings", "registry", "patterns", "knowledge", "conflicts", "proposals")
"""The folders of server/ that hold an area: one service, and rules beside it."""

LOOKS_AT_THE_WORLD = (
    "server/registry/validation/",
    "server/registry/discovery/",
    "server/registry/symlinks.py",
    "server/knowledge/search/providers/",
)
"""What an area asks of the user's machine, and of models on it or elsewhere, apart from its rules."""

IMPURE = {
    "server.clock", "server.config", "mcp", "anyio", "asyncio", "concurrent", "multiprocessing",
    "os", "pathlib", "random", "secrets", "shutil", "socket", "sqlite3", "subprocess", "tempfile", "threading", "time",
    "urllib.request", "uuid",
}  # fmt: skip

EMPTY_NAMES = re.compile(r"(^|_)(utils?|helpers?|manager|misc|common|process|handle|handler)(_|$)")


def belongs_to_an_area(source: Source) -> bool:
    """Whether a file is part of an area, and no look at the world."""
    folder = source.place.removeprefix("server/").partition("/")[0]
    return source.place.startswith("server/") and folder in AREAS and not source.place.startswith(LOOKS_AT_THE_WORLD)


def is_shell(source: Source) -> bool:
    """Whether a file loads and saves: it may, but then no rule may import it."""
    return any(name.startswith("server.storage") for name in source.imports())


def broad_catches(tree: ast.AST) -> Iterator[ast.ExceptHandler]:
    """Handlers that catch everything and keep it to themselves: neither raised again nor given, whole, to whoever waits."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.ExceptHandler):
            continue
        names = {name.id for name in ast.walk(node.type) if isinstance(name, ast.Name)} if node.type else {"Exception"}
        passed_on = any(_passes_on(statement, node.name) for statement in node.body)
        if names & {"Exception", "BaseException"} and not passed_on:
            yield node


def _passes_on(node: ast.AST, error: str | None) -> bool:
    """Whether the error is raised again or handed on itself; what is made of its text does not count."""
    if isinstance(node, ast.Raise):
        return True
    if isinstance(node, ast.Name):
        return node.id == error
    if isinstance(node, ast.FormattedValue):
        return False
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("print", "repr", "str", "type")
    ):
        return False
    return any(_passes_on(child, error) for child in ast.iter_child_nodes(node))


def test_rules_are_pure() -> None:
    shells = {source.place[:-3].replace("/", ".") for source in sources() if is_shell(source)}
    impure = {
        source.place: sorted(found)
        for source in sources()
        if belongs_to_an_area(source)
        and not is_shell(source)
        and (
            found := {
                name
                for name in source.imports()
                for bad in IMPURE | shells
                if name == bad or name.startswith(f"{bad}.")
            }
        )
    }
    assert impure == {}


def test_what_is_caught_broadly_is_passed_on_but_at_the_outermost_edge() -> None:
    edges = ("server/web/", "server/cli/main.py", "tests/")
    kept = [
        f"{source.place}:{handler.lineno}"
        for source in sources()
        if not source.place.startswith(edges)
        for handler in broad_catches(source.tree)
    ]
    assert kept == []


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ("except Exception:\n    pass", True),
        ("except:\n    pass", True),
        ("except (ValueError, BaseException) as error:\n    print(error)", True),
        ("except Exception:\n    raise", False),
        ("except BaseException as error:\n    future.set_exception(error)", False),
        ("except BaseException as error:\n    refused.append((answer, error))", False),
        ("except Exception as error:\n    answer = f'failed: {error}'", True),
        ("except Exception as error:\n    log.append(str(error))", True),
        ("except ValueError:\n    pass", False),
    ],
)
def test_a_broad_catch_is_told_from_one_that_passes_on(body: str, kept: bool) -> None:
    assert any(broad_catches(ast.parse(f"try:\n    pass\n{body}"))) is kept


def test_suppressions_give_a_code_and_a_reason() -> None:
    bare = re.compile(
        r"#\s*(noqa|type:\s*ignore)(?!(:\s*[A-Z]+\d+(,\s*[A-Z]+\d+)*|\[[a-z-]+(,\s*[a-z-]+)*\])\s+#?\s*\S)"
    )
    found = [
        f"{source.place}:{number}"
        for source in sources()
        for number, line in enumerate(source.text.splitlines(), start=1)
        if bare.search(line) and "re.compile" not in line
    ]
    assert found == []


def test_modules_have_names_of_the_domain() -> None:
    assert [source.place for source in sources() if EMPTY_NAMES.search(source.place.rpartition("/")[2][:-3])] == []


def test_nothing_is_left_unbuilt() -> None:
    unbuilt = [
        f"{source.place}:{node.lineno}"
        for source in sources()
        if source.shipped
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Raise) and "NotImplementedError" in ast.dump(node)
    ]
    assert unbuilt == []


def test_no_test_waits_for_the_clock() -> None:
    waiting = [
        f"{source.place}:{node.lineno}"
        for source in sources()
        if source.place.startswith("tests/")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "sleep"
    ]
    assert waiting == []


def test_every_part_of_the_server_has_its_layer() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = {contract["id"]: contract for contract in settings["tool"]["importlinter"]["contracts"]}
    layered = set(re.findall(r"server\.(\w+)", " ".join(contracts["layers"]["layers"])))
    parts = {
        entry.stem
        for entry in (ROOT / "server").iterdir()
        if (entry / "__init__.py").exists() or (entry.suffix == ".py" and entry.stem != "__init__")
    }
    assert parts - layered == set()

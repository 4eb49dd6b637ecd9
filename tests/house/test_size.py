"""Files and functions stay small enough to be understood at one sitting. There is no list of exceptions."""

import ast
from collections.abc import Iterator

from tests.house.source_tree import Function, sources

LONGEST_FILE = 500
MOST_STATEMENTS = 40


def statements_of(function: Function) -> int:
    """How many statements a function has, its docstring and the bodies of functions inside it left out."""
    return sum(1 for _ in _statements(function.body)) - (ast.get_docstring(function) is not None)


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for statement in body:
        yield statement
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        for child in ast.iter_child_nodes(statement):
            if isinstance(child, ast.ExceptHandler | ast.match_case):
                yield from _statements(child.body)
        for name in ("body", "orelse", "finalbody"):
            yield from _statements(getattr(statement, name, []))


def test_no_file_is_longer_than_500_lines() -> None:
    long = {source.place: source.text.count("\n") for source in sources() if source.text.count("\n") > LONGEST_FILE}
    assert long == {}


def test_no_function_has_more_than_40_statements() -> None:
    large = {
        f"{source.place}:{function.lineno} {function.name}": statements_of(function)
        for source in sources()
        for function in source.functions()
        if statements_of(function) > MOST_STATEMENTS
    }
    assert large == {}


def test_statements_are_counted_in_every_branch_and_not_in_inner_functions() -> None:
    tree = ast.parse(
        "def outer():\n"
        '    """Not counted."""\n'
        "    try:\n        a = 1\n    except ValueError:\n        b = 2\n    else:\n        c = 3\n"
        "    match a:\n        case 1:\n            d = 4\n"
        "    def inner():\n        e = 5\n"
    )
    function = tree.body[0]
    assert isinstance(function, ast.FunctionDef)
    assert statements_of(function) == 7

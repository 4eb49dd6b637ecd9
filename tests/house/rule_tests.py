"""Which tests hold which rule, read from the tests' names."""

import re
from functools import cache

from tests.house.source_tree import sources
from tests.requirements import rule_of_test

_FUNCTION = re.compile(r"^(?:async )?def (\w+)", re.MULTILINE)


@cache
def rule_tests() -> dict[str, list[tuple[str, str]]]:
    """Every test that is named after a rule, by the rule's id, as (file, test name)."""
    found: dict[str, list[tuple[str, str]]] = {}
    for source in sources():
        if source.place.startswith("tests/") and source.place.rpartition("/")[2].startswith("test_"):
            for name in _FUNCTION.findall(source.text):
                if rule := rule_of_test(name):
                    found.setdefault(rule, []).append((source.place, name))
    return found

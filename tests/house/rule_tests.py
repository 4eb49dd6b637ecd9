"""Which tests hold which rule, read from the tests' names."""

from tests.house.source_tree import sources
from tests.requirements import rule_of_test


def rule_tests() -> dict[str, list[tuple[str, str]]]:
    """Every test that is named after a rule, by the rule's id, as (file, test name)."""
    found: dict[str, list[tuple[str, str]]] = {}
    for source in sources():
        if source.place.startswith("tests/") and source.place.rpartition("/")[2].startswith("test_"):
            for function in source.functions():
                if rule := rule_of_test(function.name):
                    found.setdefault(rule, []).append((source.place, function.name))
    return found

"""The rule catalogue and the tests hold each other: no rule without a test, no rule-named test without a rule."""

from tests.house.rule_tests import rule_tests
from tests.requirements import AREAS, RULES, rule_of_test

KNOWN = {rule.id: rule for rule in RULES}


def test_every_rule_that_holds_has_a_test() -> None:
    tested = rule_tests()
    assert [rule.id for rule in RULES if not rule.deferred and rule.id not in tested] == []


def test_every_test_named_after_a_rule_belongs_to_one() -> None:
    assert {rule: tests for rule, tests in rule_tests().items() if rule not in KNOWN} == {}


def test_a_rule_with_tests_is_not_called_deferred() -> None:
    assert [rule for rule in rule_tests() if rule in KNOWN and KNOWN[rule].deferred] == []


def test_the_catalogue_is_in_order_and_names_each_rule_once() -> None:
    assert len(KNOWN) == len(RULES)
    for area in AREAS:
        numbers = [int(rule.id.partition("-")[2]) for rule in RULES if rule.area == area]
        assert numbers == list(range(1, len(numbers) + 1)), area


def test_a_test_name_leads_to_its_rule() -> None:
    assert rule_of_test("test_reg_02_an_output_without_consumers_is_a_gap") == "REG-2"
    assert rule_of_test("test_con_12_a_witness_is_shown") == "CON-12"
    assert rule_of_test("test_the_default_toolset_is_small") == ""

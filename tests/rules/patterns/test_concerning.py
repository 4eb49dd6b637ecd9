"""Which patterns a briefing tells of."""

from server.model.pattern import PatternType
from server.model.tier import Severity
from server.patterns.concerning import about_resource, gravest_first
from tests.rules.patterns.test_document import pattern

CASCADE = pattern(1, systems_involved=("sys_writer", "sys_else"))
ON_IT = pattern(2, type=PatternType.RESOURCE_CONTENTION, systems_involved=("sys_c", "sys_d"), resources=("/data/out",))
ELSEWHERE = pattern(3, systems_involved=("sys_writer", "sys_reader"), resources=("/data/other.json",))
ONE_READER = pattern(4, systems_involved=("sys_reader", "sys_else"))
TWO_READERS = pattern(5, systems_involved=("sys_reader", "sys_other_reader"))


def test_of_a_resource_are_told_those_on_it_those_of_its_writers_and_those_between_its_users() -> None:
    found = about_resource(
        [CASCADE, ON_IT, ELSEWHERE, ONE_READER, TWO_READERS],
        "/data/out/signals.json",
        writers=["sys_writer"],
        concerned=["sys_writer", "sys_reader", "sys_other_reader"],
    )
    assert found == [CASCADE, ON_IT, TWO_READERS]


def test_the_gravest_come_first_then_the_surest_then_the_oldest() -> None:
    low, sure = pattern(2, severity=Severity.LOW, confidence=0.99), pattern(10, confidence=0.9)
    older, younger = pattern(9), pattern(11)
    assert gravest_first([low, younger, older, sure]) == [sure, older, younger, low]

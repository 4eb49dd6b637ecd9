"""The table of severities and the tests of the surface hold each other."""

import re

from server.conflicts.rulebook import RULES
from tests.house.source_tree import ROOT


def test_every_row_of_the_severity_table_is_shown_through_the_surface() -> None:
    shown = "\n".join(
        file.read_text(encoding="utf-8") for file in sorted((ROOT / "tests" / "surface").glob("test_*.py"))
    )
    assert [rule.id for rule in RULES if f'"{rule.id}"' not in shown] == []


def test_the_tests_of_the_surface_name_no_row_that_is_gone() -> None:
    families = "|".join(sorted({rule.id.partition(".")[0] for rule in RULES}))
    known = {rule.id for rule in RULES}
    for file in sorted((ROOT / "tests" / "surface").glob("test_conflict_*.py")):
        named = re.findall(rf'"((?:{families})\.[a-z]+(?:-[a-z]+)+)"', file.read_text(encoding="utf-8"))
        assert set(named) <= known, file.name

"""The budget of a decision, and the values that the engine passes around."""

from collections.abc import Callable
from dataclasses import fields
from typing import Any

import pytest

from server.conflicts.containment import numbers_between
from server.conflicts.containment.breaks import BreakRule, rule_for
from server.conflicts.containment.budget import DEFAULT, Budget, Exceeded, Meter
from server.conflicts.containment.decision import Decision
from server.conflicts.containment.dialect import Dialect, Draft
from server.conflicts.containment.exact import STRING
from server.conflicts.containment.formula import Formulas
from server.conflicts.containment.keywords import READERS
from server.conflicts.containment.outcome import Found, Nothing, Open
from server.conflicts.containment.regex.syntax import Ahead, Boundary, Chars, Choice, End, Repeat, Sequence, Start
from server.conflicts.containment.shape import ShapeError
from server.conflicts.containment.texts import Texts
from server.conflicts.containment.typed import Typed
from server.conflicts.containment.unevaluated import Seen
from server.conflicts.containment.validation import Rejection

FALSE = Formulas(Meter(Budget())).false


def test_a_budget_is_used_up_by_one_step_more_than_it_allows() -> None:
    meter = Meter(Budget(steps=10, size=3))
    meter.step()
    meter.step(9)
    with pytest.raises(Exceeded, match="more than 10 steps"):
        meter.step()
    meter.hold(2)
    meter.hold()
    with pytest.raises(Exceeded, match="more than 3 parts"):
        meter.hold()
    assert (meter.steps, meter.held) == (11, 4)


def test_one_decision_may_cost_what_the_budget_says() -> None:
    assert Budget(steps=150_000, depth=40, size=120_000, witness=20_000) == DEFAULT


@pytest.mark.parametrize(
    "value",
    [
        *(Found(1), Nothing(), Open("x"), Decision("SAFE", "x"), Rejection("", "", "", ""), ShapeError("", "", "")),
        *(
            Dialect(Draft.D7, named=True),
            BreakRule("", (), ""),
            Seen(FALSE, FALSE, 0, FALSE),
            Chars(()),
            Sequence(()),
            Choice(()),
        ),
        *(Repeat(Start(), 0, 1), Start(), End(), Boundary(inside=False), Ahead(Start(), negative=False)),
        READERS["type"],
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_value_of_the_engine_never_changes_and_holds_nothing_else(value: Any) -> None:
    with pytest.raises((AttributeError, TypeError)):
        value.reason = "y"
    assert not hasattr(value, "__dict__")
    for field in fields(value):
        with pytest.raises(AttributeError):
            setattr(value, field.name, None)


def test_a_keyword_that_no_kind_of_break_names_is_a_plain_rejection() -> None:
    assert rule_for("unheard-of").id == "schema.rejected"
    assert [rule_for(word).id for word in ("type", "maxItems", "dependentSchemas")] == [
        "schema.type-changed",
        "schema.count-widened",
        "schema.dependency-unmet",
    ]


def steps(work: Callable[[Formulas, Meter], object]) -> int:
    meter = Meter(Budget())
    work(Formulas(meter), meter)
    return meter.steps


def test_work_is_counted_before_it_is_done() -> None:
    def multiples(made: Formulas, meter: Meter) -> object:
        return numbers_between.find([made.multiple(1), *(made.dual(made.multiple(n)) for n in (7, 11))], meter)

    def alternatives(made: Formulas, meter: Meter) -> object:
        sizes = [made.size_min(STRING, n) for n in range(1, 21)]
        return Typed(made, meter).restrict(made.exactly_one(sizes), STRING)

    def distinct_texts(made: Formulas, meter: Meter) -> object:
        return Texts(meter).find([made.none_of_values([(STRING, sign) for sign in ("", "a", "b", "c")])])

    assert [steps(work) for work in (multiples, alternatives, distinct_texts)] == [5, 203, 5]

"""Inside an open object, what its model knows is mended, and what nobody knows stays as it came."""

from typing import Annotated, Any

import pytest
from pydantic import BaseModel, ConfigDict

from server.surface import Arguments, Members, Shape, argument, string
from server.surface.json_text import parsed_text
from server.surface.names import closest_choice
from server.surface.reading import read_arguments


class Part(BaseModel):
    """One element of a list."""

    model_config = ConfigDict(extra="allow")
    resource: str
    required: bool = True


class Machine(BaseModel):
    """What the open object becomes."""

    model_config = ConfigDict(extra="allow")
    id: str
    made_of: tuple[Part, ...] = ()
    maker: str = ""


class Enter(Arguments):
    """One open object."""

    machine: Annotated[
        dict[str, Any], Members(id=string("Its id.")), Shape(Machine, {"id": ("machine_id",), "maker": ("made_by",)})
    ] = argument("The machine.")


def read(machine: Any) -> tuple[dict[str, Any], tuple[str, ...]]:
    reading = read_arguments("enter_machine", Enter, {"machine": machine})
    return reading.arguments.machine, reading.notes


@pytest.mark.parametrize(
    ("came", "meant"),
    [
        ({"id": "m", "madeOf": [{"resource": "a"}]}, {"id": "m", "made_of": [{"resource": "a"}]}),
        ({"machine_id": "m", "made_by": "ada"}, {"id": "m", "maker": "ada"}),
        ({"id": "m", "made_of": {"resource": "a"}}, {"id": "m", "made_of": [{"resource": "a"}]}),
        (
            {"id": "m", "made_of": {"a": {"required": False}}},
            {"id": "m", "made_of": [{"resource": "a", "required": False}]},
        ),
        ({"id": "m", "made_of": '[{"path": "a"}]'}, {"id": "m", "made_of": [{"resource": "a"}]}),
        ({"id": "m", "maker": None}, {"id": "m"}),
        ({"machine": {"id": "m"}}, {"id": "m"}),
        ({"machine": '{"id": "m"}'}, {"id": "m"}),
    ],
)
def test_sur_07_what_the_model_of_an_open_object_knows_is_mended_and_said_so(came: Any, meant: dict[str, Any]) -> None:
    understood, notes = read(came)
    assert understood == meant
    assert notes


@pytest.mark.parametrize(
    "came",
    [
        {"id": "m", "colour": {"Hue": None}, "made_of": [{"resource": "a", "path": "/b", "own": [1]}]},
        {"id": "m", "machine_id": "another", "madeBy": "ada", "maker": "bo"},
        {"id": "m", "made_of": [{"required": False}], "machine": {"id": "inner"}},
    ],
)
def test_sur_07_what_nobody_knows_or_what_may_mean_two_things_stays_as_it_came(came: dict[str, Any]) -> None:
    assert read(came) == (came, ())


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": 1}', {"a": 1}),
        ('```json\n{"a": [1,]}\n```', {"a": [1]}),
        ('{"a": ",}",}', {"a": ",}"}),
        ("{'a': None, 'b': (True, 'x')}", {"a": None, "b": [True, "x"]}),
        ("plain words", None),
        ("{not json}", None),
        ("{'a': {1, 2}}", None),
        ("[" * 50_000, None),
    ],
)
def test_sur_07_text_that_was_meant_to_be_json_is_read_as_json(text: str, value: Any) -> None:
    assert parsed_text(text) == value


def test_sur_07_two_choices_in_one_text_are_none() -> None:
    assert closest_choice("PRODUCTION, EXPERIMENTAL", ("PRODUCTION", "EXPERIMENTAL"), {}) is None
    assert closest_choice("productions", ("PRODUCTION", "EXPERIMENTAL"), {}) == "PRODUCTION"

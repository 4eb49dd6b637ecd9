"""Arguments are read leniently where one thing alone can be meant, and refused with the way out where not."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.errors import ConcordError, InvalidArgument, UnknownArgument
from server.surface.reading import read_arguments
from server.surface.repairs import RULES
from tests.surface.kernel.toys import ALTER, TOOLS, Alter, Register, Show

ONE = {"toy_id": "t"}
PAINTED = {"toy_id": "t", "alterations": [{"paint": {"colour": "DARK_BLUE"}}]}

EXAMPLES: Mapping[str, list[tuple[dict[str, Any], dict[str, Any]]]] = {
    "the whole call in a wrapper": [
        ({"arguments": {"toy_id": "t"}}, ONE),
        ({"input": '{"toy_id": "t"}'}, ONE),
        ({"params": {"toy_id": "t"}, "urgent": True}, {"toy_id": "t", "urgent": True}),
        ({"name": "alter_toy", "arguments": {"toyId": "t"}}, ONE),
        ({"arguments": {"arguments": {"toy_id": "t"}}}, ONE),
    ],
    "another spelling or name of an argument": [
        ({"toyId": "t"}, ONE),
        ({"toy-id": "t"}, ONE),
        ({"Toy ID": "t"}, ONE),
        ({"toy": "t"}, ONE),
        ({"toy_id": "t", "toy": "t"}, ONE),
        ({"toy_id": "t", "max_results": 5}, {"toy_id": "t", "limit": 5}),
        ({"toy_id": "t", "alterations": [{"Paint": {"COLOUR": "DARK_BLUE"}}]}, PAINTED),
    ],
    "members of a nested object at the top level": [
        ({"toy_id": "t", "paint": {"colour": "DARK_BLUE"}}, PAINTED),
        (
            {"toy_id": "t", "removes": True, "part": "p"},
            {"toy_id": "t", "alterations": [{"removes": True, "part": "p"}]},
        ),
        (
            {"toy_id": "t", "alterations": [{"part": "p"}], "removes": True},
            {"toy_id": "t", "alterations": [{"part": "p", "removes": True}]},
        ),
    ],
    "a misspelt argument": [
        ({"toy_idd": "t"}, ONE),
        ({"toy_id": "t", "alteratoins": [{"paint": {"color": "DARK_BLUE"}}]}, PAINTED),
    ],
    "null for an optional argument": [
        ({"toy_id": "t", "labels": None, "urgent": None, "extra": None, "decision": None}, ONE),
        ({"toy_id": "t", "alterations": [{"paint": {"colour": "DARK_BLUE", "coats": None}}]}, PAINTED),
    ],
    "an object or list as a JSON string": [
        ({"toy_id": "t", "extra": '{"a": [1]}'}, {"toy_id": "t", "extra": {"a": [1]}}),
        ({"toy_id": "t", "extra": '"{\\"a\\": [1]}"'}, {"toy_id": "t", "extra": {"a": [1]}}),
        ({"toy_id": "t", "extra": '```json\n{"a": [1]}\n```'}, {"toy_id": "t", "extra": {"a": [1]}}),
        ({"toy_id": "t", "extra": "{'a': [True, None]}"}, {"toy_id": "t", "extra": {"a": [True, None]}}),
        ({"toy_id": "t", "labels": '["a", "b"]'}, {"toy_id": "t", "labels": ["a", "b"]}),
        ({"toy_id": "t", "alterations": ['{"paint": "{\\"colour\\": \\"DARK_BLUE\\"}"}']}, PAINTED),
        (
            {"toy_id": "t", "alterations": [{"shape": '{"a": 1}'}]},
            {"toy_id": "t", "alterations": [{"shape": {"a": 1}}]},
        ),
    ],
    "an empty text for an optional object or list": [({"toy_id": "t", "extra": "", "labels": ""}, ONE)],
    "objects by name for a list of them": [
        (
            {"toy_id": "t", "alterations": {"wing": {"removes": True}, "tail": {}}},
            {"toy_id": "t", "alterations": [{"part": "wing", "removes": True}, {"part": "tail"}]},
        ),
    ],
    "a single element for a list": [
        ({"toy_id": "t", "labels": "soft toy"}, {"toy_id": "t", "labels": ["soft toy"]}),
        ({"toy_id": "t", "labels": "soft, blue"}, {"toy_id": "t", "labels": ["soft", "blue"]}),
        ({"toy_id": "t", "alterations": {"paint": {"colour": "DARK_BLUE"}}}, PAINTED),
        ({"toy_id": "t", "alterations": [{"sizes": 3}]}, {"toy_id": "t", "alterations": [{"sizes": [3.0]}]}),
    ],
    "a list of one for its element": [
        ({"toy_id": ["t"]}, ONE),
        ({"toy_id": "t", "alterations": [{"paint": [{"colour": "DARK_BLUE"}]}]}, PAINTED),
    ],
    "an object for the text of a document": [({"toy_id": "t", "note": {"a": 1}}, {"toy_id": "t", "note": '{"a": 1}'})],
    "an object of one member for its value": [({"toy_id": {"id": "t"}}, ONE)],
    "a number as text": [
        ({"toy_id": "t", "limit": "7"}, {"toy_id": "t", "limit": 7}),
        ({"toy_id": "t", "limit": 7.0}, {"toy_id": "t", "limit": 7}),
        ({"toy_id": "t", "weight": " 1.5e2 "}, {"toy_id": "t", "weight": 150.0}),
    ],
    "true and false as text or number": [
        ({"toy_id": "t", "urgent": "True"}, {"toy_id": "t", "urgent": True}),
        ({"toy_id": "t", "urgent": 1}, {"toy_id": "t", "urgent": True}),
        ({"toy_id": "t", "urgent": "no"}, ONE),
    ],
    "text as a number": [({"toy_id": 5}, {"toy_id": "5"})],
    "a choice in another spelling": [
        ({"toy_id": "t", "decision": "reject"}, {"toy_id": "t", "decision": "REJECT"}),
        ({"toy_id": "t", "decision": "Rejected"}, {"toy_id": "t", "decision": "REJECT"}),
        ({"toy_id": "t", "decision": "approve"}, ONE),
        ({"toy_id": "t", "material": "soft-plastic"}, {"toy_id": "t", "material": "SOFT_PLASTIC"}),
        ({"toy_id": "t", "material": "any"}, ONE),
        ({"toy_id": "t", "paint": {"colour": "dark blue"}}, PAINTED),
    ],
    "a limit out of range": [
        ({"toy_id": "t", "limit": 500}, {"toy_id": "t", "limit": 50}),
        ({"toy_id": "t", "limit": 0}, ONE),
    ],
}


def refused(came: Any, arguments: Any = Alter) -> dict[str, Any]:
    with pytest.raises(ConcordError) as raised:
        read_arguments("alter_toy", arguments, came)
    error: dict[str, Any] = raised.value.payload()["error"]
    return error


def test_sur_07_every_reading_rule_is_shown_at_work() -> None:
    assert set(EXAMPLES) == {rule.name for rule in RULES}


@pytest.mark.parametrize(
    ("rule", "came", "meant"),
    [(rule, came, meant) for rule, examples in EXAMPLES.items() for came, meant in examples],
)
def test_sur_07_what_can_only_mean_one_thing_is_understood_and_said_so(
    rule: str, came: dict[str, Any], meant: dict[str, Any]
) -> None:
    before = json.dumps(came)
    reading = read_arguments("alter_toy", Alter, came)
    assert reading.arguments.model_dump(mode="json", exclude_defaults=True) == meant
    assert reading.notes
    assert json.dumps(came) == before, "the call itself must not be changed"


def test_sur_07_what_is_right_is_taken_as_it_is_without_a_word() -> None:
    came = {**PAINTED, "weight": 2, "extra": {"limit": "7", "None": None}, "note": '{"a": 1}', "labels": ["[1]"]}
    reading = read_arguments("alter_toy", Alter, came)
    assert reading.notes == ()
    assert reading.arguments.extra == {"limit": "7", "None": None}
    assert reading.arguments.note == '{"a": 1}'


def test_sur_07_an_open_object_takes_in_what_stands_beside_it_once_a_known_member_does() -> None:
    came = {"colour": "red", "nickname": "Ted", "expected_version": "2"}
    reading = read_arguments("register_toy", Register, came)
    assert reading.arguments.toy == {"colour": "red", "nickname": "Ted"}
    assert reading.arguments.expected_version == 2
    assert refused({"nickname": "Ted"}, Register)["code"] == "unknown_argument"


@pytest.mark.parametrize(
    "came",
    [
        {"toy_id": "t", "toy": "another"},
        {"toy_id": "t", "alterations": [{"part": "a"}, {"part": "b"}], "removes": True},
        {"toy_id": "t", "alterations": [{"removes": False}], "removes": True},
        {"toy_id": "t", "arguments": {"toy_id": "another"}},
        {"toy_id": ["a", "b"]},
        {"toy_id": "t", "limit": "7.5"},
        {"toy_id": "t", "urgent": "maybe"},
        {"toy_id": "t", "decision": "RE"},
        {"toy_id": True},
    ],
)
def test_sur_07_what_could_mean_two_things_is_refused(came: dict[str, Any]) -> None:
    assert refused(came)["code"] in {"invalid_argument", "unknown_argument"}


def test_sur_12_an_unknown_argument_is_refused_with_the_allowed_ones_and_a_call_that_works() -> None:
    error = refused({"toy_id": "t", "verbose": True})
    assert error["code"] == "unknown_argument"
    assert error["message"] == 'alter_toy takes no "verbose".'
    assert error["path"] == "/verbose"
    assert error["allowed"] == list(Alter.model_fields)
    assert error["try"] == {"tool": "alter_toy", "arguments": {"toy_id": "t"}}
    assert read_arguments("alter_toy", Alter, error["try"]["arguments"]).notes == ()


def test_sur_12_an_unknown_member_deep_inside_is_named_with_its_own_neighbours() -> None:
    error = refused({"toy_id": "t", "alterations": [{"paint": {"varnish": 1}}]})
    assert error["path"] == "/alterations/0/paint/varnish"
    assert error["allowed"] == ["colour", "coats"]
    assert error["try"]["arguments"] == {"toy_id": "t", "alterations": [{"paint": {}}]}


def test_sur_12_a_wrong_value_is_refused_with_its_place_what_was_expected_and_what_came() -> None:
    error = refused({"toy_id": "t", "alterations": [{"sizes": [1, "x" * 200]}]})
    assert error["path"] == "/alterations/0/sizes/1"
    assert error["message"].startswith('"alterations[0].sizes[1]" must be a number, not "xxx')
    assert "(202 characters)" in error["message"]
    assert error["hint"] == "sizes: Sizes in mm."


def test_sur_12_a_wrong_choice_is_refused_with_the_choices_and_the_nearest() -> None:
    error = refused({"toy_id": "t", "decision": "RJECT"})
    assert error["allowed"] == ["ACCEPT", "REJECT"]
    assert error["try"]["arguments"]["decision"] == "REJECT"


def test_sur_12_a_missing_argument_is_named_and_the_only_unknown_one_suggested_for_it() -> None:
    assert refused({})["message"] == '"toy_id" is missing.'
    error = refused({"thing": "t"}, Show)
    assert error["try"]["arguments"] == {"toy_id": "t"}
    assert error["others"] == [{"path": "/toy_id", "message": '"toy_id" is missing.'}]


def test_sur_12_a_number_out_of_range_is_refused_with_the_range() -> None:
    error = refused({"toy": {}, "expected_version": -1}, Register)
    assert error["message"] == '"expected_version" must be at least 0, not -1.'
    assert error["try"]["arguments"]["expected_version"] == 0


def test_sur_12_text_that_looks_like_json_and_is_none_is_refused_with_the_reason() -> None:
    error = refused({"toy_id": "t", "alterations": '[{"part": }]'})
    assert "must be a list" in error["message"]
    assert "no valid JSON" in error["message"]


@pytest.mark.parametrize("came", [None, [], "text", 5])
def test_sur_12_arguments_that_are_no_object_are_refused(came: Any) -> None:
    assert refused(came)["code"] == "invalid_argument"


def test_unknown_argument_is_an_invalid_argument() -> None:
    assert issubclass(UnknownArgument, InvalidArgument)


@pytest.mark.parametrize("tool", [tool for tool in TOOLS if tool.example], ids=lambda tool: tool.name)
def test_the_example_of_a_tool_is_read_without_a_note(tool: Any) -> None:
    assert read_arguments(tool.name, tool.arguments, dict(tool.example)).notes == ()


SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from(["[1", "{}", '""'])
)
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)
)
CALLS = st.dictionaries(
    st.sampled_from([*Alter.model_fields, "toyId", "paint", "removes", "arguments", "zzz", "id"]), JSON, max_size=5
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(CALLS)
def test_sur_12_no_call_whatever_does_more_than_be_understood_or_refused(came: dict[str, Any]) -> None:
    error = outcome(came)
    assert "\n" not in error.get("message", "")
    if "try" in error:
        assert outcome(error["try"]["arguments"]) == {}


def outcome(came: dict[str, Any]) -> dict[str, Any]:
    """The error that the call is refused with; empty = it was understood."""
    try:
        read_arguments(ALTER.name, Alter, came)
    except InvalidArgument as error:
        refusal: dict[str, Any] = error.payload()["error"]
        return refusal
    return {}

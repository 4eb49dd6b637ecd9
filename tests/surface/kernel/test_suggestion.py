"""What a service refuses comes back with a call that would be accepted, wherever one is at hand."""

from typing import Annotated, Any

import pytest

from server.errors import Ambiguous, ConcordError, InvalidArgument, NotFound, UnknownArgument
from server.surface import Answer, Arguments, Call, Cursor, Lift, Members, Tool, argument, string
from server.surface.suggestion import suggest


class Ask(Arguments):
    """Arguments of every kind that a service complains about."""

    lift = Lift("changes")
    system_id: str = argument("Id.", "")
    uri: str = argument("URI.", "")
    cursor: Cursor = ""
    changes: Annotated[tuple[dict[str, Any], ...], Members(colour=string("Colour."))] = argument("Changes.", ())
    colour: str = argument("Colour.", "")


def _unused(call: Call, args: Ask) -> Answer:
    return Answer(summary="")


def suggested(error: ConcordError, came: dict[str, Any], *, read_only: bool = True) -> Any:
    tool = Tool(
        name="ask", toolset="core", title="Ask", description="Asks.", arguments=Ask, run=_unused, read_only=read_only
    )
    suggest(error, tool, Ask(**came))
    return error.corrected and error.corrected["arguments"]


@pytest.mark.parametrize("read_only", [True, False])
def test_sur_12_a_misspelt_name_is_replaced_by_the_one_most_like_it(read_only: bool) -> None:
    error = NotFound("No system goes by 'sys_bord'.", path="/system_id", allowed=("sys_lamp", "sys_board"))
    assert suggested(error, {"system_id": "sys_bord"}, read_only=read_only) == {"system_id": "sys_board"}


def test_sur_12_a_name_that_is_like_none_is_replaced_only_where_nothing_changes() -> None:
    def unlike() -> NotFound:
        return NotFound("No system goes by 'xyz'.", path="/system_id", allowed=("sys_board",))

    assert suggested(unlike(), {"system_id": "xyz"}) == {"system_id": "sys_board"}
    assert suggested(unlike(), {"system_id": "xyz"}, read_only=False) is None


def test_sur_12_one_of_several_candidates_is_picked_only_where_nothing_changes() -> None:
    def several() -> Ambiguous:
        return Ambiguous("Two systems write it.", path="/system_id", allowed=("sys_a", "sys_b"))

    assert suggested(several(), {"uri": "x"}) == {"uri": "x", "system_id": "sys_a"}
    assert suggested(several(), {"uri": "x"}, read_only=False) is None


def test_sur_12_a_name_inside_a_uri_is_replaced_there() -> None:
    error = NotFound("No system goes by 'sys_bord'.", path="/target", allowed=("sys_board",))
    assert suggested(error, {"uri": "concord://systems/sys_bord"}) == {"uri": "concord://systems/sys_board"}
    assert error.path == "/uri"


def test_sur_12_a_cursor_that_is_none_begins_anew() -> None:
    error = InvalidArgument("Not a cursor.", path="/cursor")
    assert suggested(error, {"cursor": "0", "uri": "x"}) == {"uri": "x"}


def test_sur_12_a_fault_in_a_single_change_is_shown_where_its_members_came() -> None:
    error = InvalidArgument("Not a colour.", path="/changes/0/colour", allowed=("RED", "BLUE"))
    assert suggested(error, {"colour": "BLEU"}) == {"colour": "BLUE"}
    assert error.path == "/colour"


def test_sur_12_an_unknown_member_takes_the_name_it_is_closest_to_or_goes() -> None:
    error = UnknownArgument("No member 'color'.", path="/changes/0/color", allowed=("colour",))
    assert suggested(error, {"changes": [{"color": "RED"}]}) == {"changes": [{"colour": "RED"}]}
    error = UnknownArgument("No member 'zzz'.", path="/changes/0/zzz", allowed=("colour",))
    assert suggested(error, {"changes": [{"zzz": 1, "colour": "RED"}]}) == {"changes": [{"colour": "RED"}]}


def test_sur_12_what_the_service_suggested_itself_stands() -> None:
    error = InvalidArgument("No tier.", path="/system_id", allowed=("a",), corrected={"tool": "x", "arguments": {}})
    assert suggested(error, {"system_id": "b"}) == {}

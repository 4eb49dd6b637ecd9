"""What a server offers is chosen by name, in a fixed order, and addressed by URI."""

import pytest

from server.errors import ConfigurationError, InvalidArgument, NotFound
from server.surface.call import Call
from server.surface.catalogue import Catalogue, Selection
from server.surface.resource import ResourceTemplate
from tests.surface.kernel.toys import ALTER, CATALOGUE

CALL: Call[None] = Call(services=None)


def names(selection: Selection) -> list[str]:
    return [tool.name for tool in CATALOGUE.select(selection).tools]


def test_sur_04_toolsets_single_tools_exclusions_and_read_only_decide_in_the_catalogues_order() -> None:
    assert names(Selection()) == ["alter_toy", "register_toy", "find_toys", "show_toy"]
    assert names(Selection(toolsets=("admin", "core"))) == [tool.name for tool in CATALOGUE.tools]
    assert names(Selection(tools=("work",), exclude=("alter_toy",))) == [
        "register_toy",
        "find_toys",
        "show_toy",
        "work",
    ]
    assert names(Selection(read_only=True, tools=("work",))) == ["find_toys", "show_toy"]


@pytest.mark.parametrize(
    ("selection", "allowed"),
    [
        (Selection(toolsets=("cores",)), ("core", "admin")),
        (Selection(tools=("find_toy",)), tuple(tool.name for tool in CATALOGUE.tools)),
        (Selection(exclude=("find_toy",)), tuple(tool.name for tool in CATALOGUE.tools)),
    ],
)
def test_sur_04_an_unknown_name_is_refused_with_those_there_are(selection: Selection, allowed: tuple[str, ...]) -> None:
    with pytest.raises(ConfigurationError) as raised:
        CATALOGUE.select(selection)
    assert raised.value.allowed == allowed


def test_two_tools_of_one_name_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="alter_toy"):
        Catalogue(tools=(ALTER, ALTER))


def template(uri: str) -> ResourceTemplate:
    return ResourceTemplate(uri_template=uri, name="n", title="t", description="d", read=lambda call, values: "")


@pytest.mark.parametrize(
    ("uri_template", "uri", "values"),
    [
        ("c://systems/{id}", "c://systems/sys_a", {"id": "sys_a"}),
        ("c://systems/{id}", "c://systems/a%2Fb%20c", {"id": "a/b c"}),
        ("c://systems/{id}", "c://systems/a/b", None),
        ("c://systems/{id}", "c://systems/", None),
        ("c://systems/{id}", "c://systems/a?x=1", None),
        ("c://systems/{id}", "xc://systems/a", None),
        ("c://a.b/{id}", "c://aXb/x", None),
        ("c://files/{+path}", "c://files/a/b.json", {"path": "a/b.json"}),
        ("c://log.json{?id,since}", "c://log.json", {}),
        ("c://log.json{?id,since}", "c://log.json?since=2026&id=a+b", {"since": "2026", "id": "a b"}),
        ("c://log.json{?id,since}", "c://log.json?other=1", None),
        ("c://log.json{?id}", "c://log.json?id=1&id=2", None),
        ("c://{kind}/{id}{?part}", "c://runs/7?part=x", {"kind": "runs", "id": "7", "part": "x"}),
    ],
)
def test_sur_15_a_template_knows_its_uris(uri_template: str, uri: str, values: dict[str, str] | None) -> None:
    assert template(uri_template).match(uri) == values


def test_sur_15_a_template_names_its_parameters_in_order() -> None:
    assert template("c://{kind}/{+id}{?part,since}").parameters == ("kind", "id", "part", "since")


def test_sur_15_the_catalogue_reads_fixed_resources_and_templates_alike() -> None:
    assert CATALOGUE.read(CALL, "toys://catalogue.txt").mime_type == "text/plain"
    assert CATALOGUE.read(CALL, "toys://toys/toy_03").text == '{"id": "toy_03", "caller": ""}'
    with pytest.raises(NotFound) as raised:
        CATALOGUE.read(CALL, "toys://nothing")
    assert "toys://toys/{id}" in raised.value.allowed


@pytest.mark.parametrize(
    "uri", ["", "toys", ":x", "to ys://x", "toys://x\n", "toys://" + "x" * 2_000, "é://x", "a://\ud800"]
)
def test_sur_13_what_is_no_uri_is_refused_as_such(uri: str) -> None:
    with pytest.raises(InvalidArgument):
        CATALOGUE.read(CALL, uri)

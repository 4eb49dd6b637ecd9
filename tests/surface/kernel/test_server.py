"""The server answers as the ground rules say on both eras of the protocol, where the SDK's own would not."""

import json
import logging
import threading
from typing import Any

import anyio
import anyio.to_thread
import pytest
from mcp import Client, MCPError
from mcp_types import PromptReference, ResourceTemplateReference, TextResourceContents

from server.surface import Answer, Arguments, Call, Catalogue, Selection, Tool
from server.web.concord_server import ConcordServer
from tests.surface.kernel.conftest import Era
from tests.surface.kernel.toys import CATALOGUE, NAMES

pytestmark = pytest.mark.anyio


async def refused(request: Any) -> tuple[int, str, Any]:
    with pytest.raises(MCPError) as raised:
        await request
    return raised.value.error.code, raised.value.error.message, raised.value.error.data


async def test_sur_14_tools_are_listed_with_flat_schemas_annotations_and_what_keeps_them_in_sight(
    server: ConcordServer, era: Era
) -> None:
    async with Client(server, mode=era) as client:
        listed = await client.list_tools()
    assert [tool.name for tool in listed.tools] == [tool.name for tool in CATALOGUE.tools]
    first = listed.tools[0].model_dump(by_alias=True, exclude_none=True)
    assert first["inputSchema"] == CATALOGUE.tools[0].schema
    assert first["description"] == 'Alters a toy.\nExample: {"toy_id":"toy_01","part":"wheel"}'
    assert first["_meta"] == {"anthropic/alwaysLoad": True}
    assert first["annotations"] == {
        "title": "Alter a toy",
        "readOnlyHint": False,
        "destructiveHint": False,
        "idempotentHint": True,
        "openWorldHint": False,
    }
    assert "_meta" not in listed.tools[1].model_dump(by_alias=True, exclude_none=True)


async def test_sur_09_every_list_of_the_protocol_comes_in_pages(era: Era) -> None:
    server = ConcordServer(CATALOGUE, page_size=1)
    async with Client(server, mode=era) as client:
        for ask, name, count in (
            (client.list_tools, "tools", len(CATALOGUE.tools)),
            (client.list_resources, "resources", 1),
            (client.list_resource_templates, "resource_templates", 2),
            (client.list_prompts, "prompts", 2),
        ):
            pages = [await ask()]
            while pages[-1].next_cursor is not None:
                pages.append(await ask(cursor=pages[-1].next_cursor))
            assert [len(getattr(one, name)) for one in pages] == [1] * count
            assert await refused(ask(cursor="garbage")) == (
                -32602,
                "The cursor is not one that this server made.",
                {
                    "error": {
                        "code": "invalid_argument",
                        "message": "The cursor is not one that this server made.",
                        "path": "/cursor",
                        "hint": "Leave `cursor` empty to start at the first page.",
                    }
                },
            )
        tools_cursor = (await client.list_tools()).next_cursor
        code, message, _ = await refused(client.list_prompts(cursor=tools_cursor))
        assert (code, message) == (-32602, "The cursor belongs to a list with other filters.")


async def test_sur_08_an_answer_is_the_same_compact_json_as_text_and_as_structured_content(
    server: ConcordServer, era: Era
) -> None:
    async with Client(server, mode=era) as client:
        result = await client.call_tool("alter_toy", {"toy_id": "é", "limit": "7"})
    assert result.content[0].type == "text"
    assert result.content[0].text == (
        '{"summary":"é is altered.","next":[{"tool":"show_toy","arguments":{"toy_id":"é"}}],'
        '"understood":{"toy_id":"é","limit":7},"caller":"","notes":["\\"limit\\" was read as the number 7."]}'
    )
    assert json.loads(result.content[0].text) == result.structured_content
    assert not result.is_error


async def test_sur_12_an_unknown_argument_is_a_tool_error_with_the_way_out(server: ConcordServer, era: Era) -> None:
    async with Client(server, mode=era) as client:
        result = await client.call_tool("show_toy", {"toy_id": "toy_01", "verbose": True})
        assert result.is_error
        assert result.content[0].type == "text"
        sentence, _, payload = result.content[0].text.partition("\n")
        assert sentence == 'show_toy takes no "verbose".'
        assert json.loads(payload) == result.structured_content
        assert result.structured_content["error"]["allowed"] == ["toy_id"]
        corrected = result.structured_content["error"]["try"]
        assert not (await client.call_tool(corrected["tool"], corrected["arguments"])).is_error


@pytest.mark.parametrize(("toy", "code"), [("toy_99", "not_found"), ("stale", "stale_version")])
async def test_sur_12_a_failure_that_a_model_can_act_on_is_a_tool_error(
    server: ConcordServer, era: Era, toy: str, code: str
) -> None:
    async with Client(server, mode=era) as client:
        result = await client.call_tool("show_toy", {"toy_id": toy})
    assert result.is_error
    assert result.structured_content is not None
    assert result.structured_content["error"]["code"] == code
    assert result.structured_content["error"]["hint"]


async def test_sur_12_anything_else_that_goes_wrong_is_logged_under_an_id_and_tells_the_client_nothing(
    server: ConcordServer, era: Era, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, logger="concord"):
        async with Client(server, mode=era) as client:
            result = await client.call_tool("break_down", {})
            resource = await refused(client.read_resource("toys://toys/broken"))
    assert result.is_error
    assert result.structured_content is not None
    error = result.structured_content["error"]
    assert error["code"] == "internal_error"
    assert "swordfish" not in str(result) + str(resource)
    assert resource[0] == -32603
    assert f"internal error {error['id']} in tool break_down" in caplog.text
    assert "swordfish" in caplog.text


async def test_sur_13_unknown_tools_and_prompts_are_the_protocols_own_errors(server: ConcordServer, era: Era) -> None:
    async with Client(server, mode=era) as client:
        code, message, data = await refused(client.call_tool("find_toy", {}))
        assert (code, message) == (-32602, "There is no tool find_toy. Did you mean 'find_toys'?")
        assert data == {"allowed": [tool.name for tool in CATALOGUE.tools]}
        assert (await refused(client.get_prompt("review")))[:2] == (
            -32602,
            "There is no prompt review. Did you mean 'review_toy'?",
        )


async def test_sur_13_a_tool_that_was_left_out_is_said_to_be_so(era: Era) -> None:
    async with Client(ConcordServer(CATALOGUE.select(Selection())), mode=era) as client:
        code, message, data = await refused(client.call_tool("work", {}))
    assert (code, data["toolset"]) == (-32602, "admin")
    assert message == "The tool work (toolset admin) is left out by how this server was started."


async def test_sur_13_an_unknown_resource_is_the_eras_own_error(server: ConcordServer, era: Era) -> None:
    expected = -32002 if era == "legacy" else -32602
    async with Client(server, mode=era) as client:
        for uri in ("toys://toys/toy_99", "toys://nothing"):
            code, _, data = await refused(client.read_resource(uri))
            assert (code, data["uri"]) == (expected, uri)
        assert (await refused(client.read_resource("no uri")))[0] == -32602


async def test_sur_13_missing_and_unknown_prompt_arguments_are_invalid_parameters(
    server: ConcordServer, era: Era
) -> None:
    async with Client(server, mode=era) as client:
        assert (await refused(client.get_prompt("review_toy")))[:2] == (-32602, "The prompt review_toy needs 'toy_id'.")
        code, message, data = await refused(client.get_prompt("review_toy", {"toy_id": "toy_01", "ton": "soft"}))
        assert (code, message) == (-32602, "The prompt review_toy takes no 'ton'.")
        assert data["error"]["hint"] == 'Did you mean "tone"?'
        assert (await refused(client.get_prompt("review_toy", {"toy_id": "toy_99"})))[0] == -32602


async def test_sur_16_a_prompt_arrives_filled(server: ConcordServer, era: Era) -> None:
    async with Client(server, mode=era) as client:
        result = await client.get_prompt("review_toy", {"toy_id": "toy_01"})
    assert result.messages[0].role == "user"
    assert result.messages[0].content.type == "text"
    assert result.messages[0].content.text == 'Review `toy_01`:\n```json\n{\n "id": "toy_01"\n}\n```'
    assert result.description == "Reviews a toy."


async def test_sur_15_resources_and_templates_are_listed_and_read(server: ConcordServer, era: Era) -> None:
    async with Client(server, mode=era) as client:
        assert [one.uri for one in (await client.list_resources()).resources] == ["toys://catalogue.txt"]
        templates = (await client.list_resource_templates()).resource_templates
        assert [one.uri_template for one in templates] == ["toys://toys/{id}", "toys://log.json{?toy,since}"]
        text = (await client.read_resource("toys://catalogue.txt")).contents[0]
        assert isinstance(text, TextResourceContents)
        assert (text.mime_type, text.text) == ("text/plain", "\n".join(NAMES))
        log = (await client.read_resource("toys://log.json?toy=a%26b")).contents[0]
        assert isinstance(log, TextResourceContents)
        assert (log.uri, log.text) == ("toys://log.json?toy=a%26b", '{"toy": "a&b"}')


async def test_sur_15_arguments_of_templates_and_prompts_complete(server: ConcordServer, era: Era) -> None:
    of_template = ResourceTemplateReference(type="ref/resource", uri="toys://toys/{id}")
    of_prompt = PromptReference(type="ref/prompt", name="review_toy")
    async with Client(server, mode=era) as client:
        found = (await client.complete(of_template, {"name": "id", "value": "toy_0"})).completion
        assert (found.values[:2], found.total, found.has_more) == (["toy_00", "toy_01"], 50, False)
        everything = (await client.complete(of_prompt, {"name": "toy_id", "value": ""})).completion
        assert (len(everything.values), everything.total, everything.has_more) == (100, 150, True)
        assert (await client.complete(of_prompt, {"name": "tone", "value": ""})).completion.values == []
        assert (await refused(client.complete(of_prompt, {"name": "tune", "value": ""})))[0] == -32602
        nobody = PromptReference(type="ref/prompt", name="nobody")
        assert (await refused(client.complete(nobody, {"name": "tone", "value": ""})))[0] == -32602


async def test_sur_09_no_tool_answer_is_larger_than_8000_tokens(server: ConcordServer, era: Era) -> None:
    async with Client(server, mode=era) as client:
        found: list[str] = []
        cursor = ""
        while True:
            answer = (await client.call_tool("find_toys", {"limit": 50, "cursor": cursor})).structured_content
            assert answer is not None
            assert len(json.dumps(answer, ensure_ascii=False).encode()) <= 4 * 8_000
            found += [toy["id"] for toy in answer["toys"]]
            cursor = answer["next_cursor"]
            if not cursor:
                break
        assert found == list(NAMES)
        told = await client.call_tool("tell_all", {})
        assert told.structured_content is not None
        assert told.structured_content["next"] == [{"tool": "read_record", "arguments": {"uri": "toys://toys/all"}}]


async def test_content_other_than_text_goes_through(server: ConcordServer, era: Era) -> None:
    async with Client(server, mode=era) as client:
        result = await client.call_tool("picture", {})
    assert [one.type for one in result.content] == ["image"]
    assert result.structured_content is None


async def test_tools_run_beside_the_event_loop_and_report_progress(server: ConcordServer, era: Era) -> None:
    heard: list[tuple[float, float | None, str | None]] = []

    async def hear(progress: float, total: float | None, message: str | None) -> None:
        heard.append((progress, total, message))

    async with Client(server, mode=era) as client:
        result = await client.call_tool("work", {}, progress_callback=hear)
        await client.call_tool("work", {})
    assert result.structured_content == {"summary": "Done.", "on_main_thread": False}
    assert heard == [(1, 3, "step 1"), (2, 3, "step 2"), (3, 3, "step 3")]


async def test_a_client_that_gives_up_is_not_waited_for_and_long_work_ends_at_its_next_report(era: Era) -> None:
    started, go_on, ended = threading.Event(), threading.Event(), threading.Event()
    reached: list[str] = []

    class Nothing(Arguments):
        """No arguments."""

    def labour(call: Call, args: Nothing) -> Answer:
        started.set()
        go_on.wait()
        try:
            call.progress(1, 2, "half")
            reached.append("the second half")
        finally:
            ended.set()
        return Answer(summary="Done.")

    tool = Tool(name="labour", toolset="core", title="L", description="L.", arguments=Nothing, run=labour)
    server = ConcordServer(Catalogue(tools=(tool, *CATALOGUE.tools)))
    async with Client(server, mode=era) as client:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(client.call_tool, "labour", {})
            await anyio.to_thread.run_sync(started.wait)
            tasks.cancel_scope.cancel()
        assert not (await client.call_tool("find_toys", {})).is_error
        go_on.set()
        await anyio.to_thread.run_sync(ended.wait)
    assert reached == []


async def test_sur_03_the_process_acts_as_the_system_that_it_was_started_as(era: Era) -> None:
    server = ConcordServer(CATALOGUE, caller="sys_painter")
    async with Client(server, mode=era) as client:
        altered = (await client.call_tool("alter_toy", {"toy_id": "t"})).structured_content
        shown = (await client.call_tool("show_toy", {"toy_id": "toy_01"})).structured_content
    assert altered is not None
    assert altered["caller"] == "sys_painter"
    assert shown is not None
    assert shown["record"] == {"id": "toy_01", "caller": "sys_painter"}


async def test_the_server_says_who_it_is_and_what_it_is_for(server: ConcordServer, era: Era) -> None:
    async with Client(server, mode=era) as client:
        assert client.instructions == "Toys."
        assert client.server_info is not None
        assert (client.server_info.name, client.server_info.version) == ("concord", "1.2.3")
        capabilities = client.server_capabilities
    assert capabilities.resources is not None
    assert capabilities.resources.subscribe
    assert capabilities.completions is not None
    assert capabilities.logging is None


def test_sur_05_instructions_are_held_to_a_kilobyte() -> None:
    with pytest.raises(ValueError, match="1024 bytes"):
        ConcordServer(CATALOGUE, instructions="é" * 513)


async def test_what_the_sdk_offers_to_ask_without_a_client_is_the_catalogue_too(server: ConcordServer) -> None:
    result: Any = await server.call_tool("alter_toy", {"toy_id": "t"})
    assert result.structured_content["understood"] == {"toy_id": "t"}
    assert [tool.name for tool in await server.list_tools()] == [tool.name for tool in CATALOGUE.tools]
    prompt: Any = await server.get_prompt("greet")
    assert prompt.messages[0].content.text == "Hello."


def test_making_a_server_leaves_the_processs_logging_alone() -> None:
    before = (logging.getLogger().level, list(logging.getLogger().handlers))
    ConcordServer(CATALOGUE)
    assert (logging.getLogger().level, list(logging.getLogger().handlers)) == before

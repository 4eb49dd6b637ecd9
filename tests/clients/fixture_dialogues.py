"""Fixtures that ask the client something in the middle of a request.

On the older revision the server sends a request of its own over the session; on the newer one it answers with what it
still needs, and the client repeats the request with the answers.
"""

from collections.abc import Mapping
from typing import Any

import mcp_types as types

from server.surface.call import Call
from server.surface.prompt import Prompt
from tests.clients.fixture_contents import fixture, said, wait_for

Reply = types.CallToolResult | types.InputRequiredResult


def _schema(properties: Mapping[str, Any], *required: str) -> dict[str, Any]:
    return {"type": "object", "properties": dict(properties), "required": list(required)}


def _form(message: str, properties: Mapping[str, Any], *required: str) -> types.ElicitRequest:
    schema = _schema(properties, *required)
    return types.ElicitRequest(params=types.ElicitRequestFormParams(message=message, requested_schema=schema))


def _prompting(text: str) -> list[types.SamplingMessage]:
    return [types.SamplingMessage(role="user", content=types.TextContent(type="text", text=text))]


def _sample(prompt: str, tokens: int = 100) -> types.CreateMessageRequest:
    params = types.CreateMessageRequestParams(messages=_prompting(prompt), max_tokens=tokens)
    return types.CreateMessageRequest(params=params)


def _still_needed(requests: Mapping[str, types.InputRequest], state: str | None = None) -> types.InputRequiredResult:
    return types.InputRequiredResult(input_requests=dict(requests), request_state=state)


def _responses(call: Call) -> Mapping[str, Any]:
    """What the client sent along with a repeated request."""
    return call.protocol.params.get("inputResponses") or {}


def _accepted(call: Call, key: str) -> Mapping[str, Any] | None:
    """What the person filled in, if the client sent an accepted form under that key."""
    response = _responses(call).get(key) or {}
    return response.get("content", {}) if response.get("action") == "accept" else None


# --- the older revision: requests over the session


def _elicit(call: Call, message: str, properties: Mapping[str, Any], *required: str) -> types.CallToolResult:
    ctx = call.protocol
    schema = _schema(properties, *required)
    result = wait_for(ctx.session.elicit_form, message, schema, related_request_id=ctx.request_id)
    return said(f"Elicitation completed: action={result.action}, content={result.content}")


def _has_the_model_answer(call: Call) -> types.CallToolResult:
    ctx = call.protocol
    ask = ctx.session.create_message
    answered = wait_for(ask, messages=_prompting("Say hello"), max_tokens=100, related_request_id=ctx.request_id)
    return said(f"LLM response: {answered.content}")


def _asks_for_a_user(call: Call) -> types.CallToolResult:
    properties = {
        "username": {"type": "string", "description": "User's response"},
        "email": {"type": "string", "description": "User's email address"},
    }
    return _elicit(call, "Please introduce yourself", properties, "username", "email")


def _asks_with_defaults(call: Call) -> types.CallToolResult:
    properties = {
        "name": {"type": "string", "default": "John Doe"},
        "age": {"type": "integer", "default": 30},
        "score": {"type": "number", "default": 95.5},
        "status": {"type": "string", "enum": ["active", "inactive", "pending"], "default": "active"},
        "verified": {"type": "boolean", "default": True},
    }
    return _elicit(call, "Please look through the defaults", properties)


def _asks_with_choices(call: Call) -> types.CallToolResult:
    plain = {"type": "string", "enum": ["option1", "option2", "option3"]}
    titled = [{"const": f"value{number}", "title": f"Choice {number}"} for number in (1, 2, 3)]
    names = ["Option One", "Option Two", "Option Three"]
    properties = {
        "untitledSingle": plain,
        "titledSingle": {"type": "string", "oneOf": titled},
        "legacyEnum": {"type": "string", "enum": ["opt1", "opt2", "opt3"], "enumNames": names},
        "untitledMulti": {"type": "array", "items": plain},
        "titledMulti": {"type": "array", "items": {"anyOf": titled}},
    }
    return _elicit(call, "Please choose", properties)


# --- the newer revision: results that say what is still needed

NAME_FORM = _form("What is your name?", {"name": {"type": "string"}}, "name")
OK_FORM = _form("Please confirm", {"ok": {"type": "boolean"}}, "ok")
CAPITAL = _sample("What is the capital of France?")


def _needs_a_name(call: Call) -> Reply:
    given = _accepted(call, "user_name")
    return _still_needed({"user_name": NAME_FORM}) if given is None else said(f"Hello, {given.get('name')}!")


def _needs_the_model(call: Call) -> Reply:
    given = _responses(call).get("capital_question")
    return _still_needed({"capital_question": CAPITAL}) if given is None else said(str(given))


def _needs_the_roots(call: Call) -> Reply:
    given = _responses(call).get("client_roots")
    return _still_needed({"client_roots": types.ListRootsRequest()}) if given is None else said(str(given))


def _asks_what_the_client_can(call: Call) -> Reply:
    able = call.protocol.session.client_capabilities or types.ClientCapabilities()
    questions: dict[str, types.InputRequest] = {}
    if able.elicitation is not None:
        questions["user_name"] = NAME_FORM
    if able.sampling is not None:
        questions["capital_question"] = CAPITAL
    return _still_needed(questions) if questions and not _responses(call) else said("nothing to ask")


def _remembers_by_state(call: Call) -> Reply:
    state = call.protocol.params.get("requestState")
    return _still_needed({"confirm": OK_FORM}, "asked") if state is None else said("state-ok")


def _needs_all_at_once(call: Call) -> Reply:
    questions: dict[str, types.InputRequest] = {
        "user_name": NAME_FORM,
        "greeting": _sample("Generate a greeting", tokens=50),
        "client_roots": types.ListRootsRequest(),
    }
    if set(questions) <= set(_responses(call)):
        return said("all there")
    return _still_needed(questions, "asked")


def _needs_one_after_the_other(call: Call) -> Reply:
    match call.protocol.params.get("requestState"):
        case None:
            name = _form("Step 1: What is your name?", {"name": {"type": "string"}}, "name")
            return _still_needed({"step1": name}, "first")
        case "first":
            color = _form("Step 2: What is your favorite color?", {"color": {"type": "string"}}, "color")
            return _still_needed({"step2": color}, "second")
        case _:
            return said("both there")


def _prompt_needs_a_context(call: Call, given: Mapping[str, str]) -> Any:
    context = _accepted(call, "user_context")
    if context is not None:
        return f"Work within {context.get('context')}."
    form = _form("What context should the prompt use?", {"context": {"type": "string"}}, "context")
    return _still_needed({"user_context": form})


PROMPT_SCHEMA = _schema({"prompt": {"type": "string", "description": "For the model."}}, "prompt")
MESSAGE_SCHEMA = _schema({"message": {"type": "string", "description": "For the person."}}, "message")
PREFIX = "test_input_required_result_"
TOOLS = (
    fixture("test_sampling", "Has the client's model answer.", _has_the_model_answer, PROMPT_SCHEMA),
    fixture("test_elicitation", "Asks the person for a name and an address.", _asks_for_a_user, MESSAGE_SCHEMA),
    fixture("test_elicitation_sep1034_defaults", "Asks with a default for every type.", _asks_with_defaults),
    fixture("test_elicitation_sep1330_enums", "Asks with every kind of choice.", _asks_with_choices),
    fixture("test_streaming_elicitation", "Needs a name, and sends nothing else on the stream.", _needs_a_name),
    fixture(f"{PREFIX}elicitation", "Needs a name.", _needs_a_name),
    fixture(f"{PREFIX}sampling", "Needs the client's model.", _needs_the_model),
    fixture(f"{PREFIX}list_roots", "Needs the client's roots.", _needs_the_roots),
    fixture(f"{PREFIX}capabilities", "Asks only what the client can answer.", _asks_what_the_client_can),
    fixture(f"{PREFIX}request_state", "Needs a yes, and remembers by state.", _remembers_by_state),
    fixture(f"{PREFIX}tampered_state", "Needs a yes, and trusts only its own state.", _remembers_by_state),
    fixture(f"{PREFIX}multiple_inputs", "Needs a person, a model and the roots at once.", _needs_all_at_once),
    fixture(f"{PREFIX}multi_round", "Needs two answers, one after the other.", _needs_one_after_the_other),
)
PROMPTS = (
    Prompt(
        name=f"{PREFIX}prompt", title="Needs a context", description="Needs a context.", build=_prompt_needs_a_context
    ),
)

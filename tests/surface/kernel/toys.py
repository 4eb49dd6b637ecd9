"""A toy catalogue: tools, resources and prompts of no area, to show what the surface does with any."""

import base64
import json
import threading
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from server.errors import NotFound, StaleVersion
from server.surface import (
    Answer,
    Arguments,
    Call,
    Catalogue,
    Cursor,
    JsonText,
    Lift,
    Limit,
    Members,
    Next,
    Prompt,
    PromptArgument,
    ResourceTemplate,
    StaticResource,
    Tool,
    argument,
    array,
    block,
    boolean,
    decode_cursor,
    encode_cursor,
    fill,
    obj,
    string,
)

NAMES = tuple(f"toy_{number:02}" for number in range(30))


class Paint(BaseModel):
    """Something nested."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    colour: Literal["RED", "DARK_BLUE"] = "RED"
    coats: int = 1


class Alteration(BaseModel):
    """One element of a list."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    part: str = ""
    paint: Paint | None = None
    shape: dict[str, Any] | bool | None = None
    removes: bool = False
    sizes: tuple[float, ...] = ()


class Alter(Arguments):
    """Arguments of every kind that a flat schema has."""

    also_called: ClassVar[Mapping[str, tuple[str, ...]]] = {"toy_id": ("toy", "id", "name")}
    also_means: ClassVar[Mapping[str, Mapping[str, str]]] = {"decision": {"APPROVE": "ACCEPT"}}
    lift: ClassVar[Lift | None] = Lift("alterations", carry=("part",))

    toy_id: str = argument("Id of the toy.", max_length=100)
    part: str = argument("What is altered.", "")
    alterations: Annotated[
        tuple[Alteration, ...],
        Members(
            part=string("What is altered."),
            paint=obj("{colour, coats}."),
            removes=boolean("The part goes."),
            sizes=array("Sizes in mm.", "number"),
        ),
    ] = argument("Several alterations.", ())
    decision: Literal["ACCEPT", "REJECT"] = argument("What you say to it.", "ACCEPT")
    material: Literal["", "WOOD", "SOFT_PLASTIC"] = argument("Only of this material:", "")
    weight: float = argument("In grams.", 0.0)
    urgent: bool = argument("Do it today.", False)
    labels: tuple[str, ...] = argument("Words to file it under.", ())
    extra: dict[str, Any] = argument("Anything else.", {})
    note: Annotated[str, JsonText()] = argument("A document, as text.", "")
    limit: Limit = 10


class Register(Arguments):
    """One object that keeps what it does not know."""

    lift: ClassVar[Lift | None] = Lift("toy", rest=True)
    toy: Annotated[dict[str, Any], Members(colour=string("Its colour."), maker=string("Who made it."))] = argument(
        "The toy."
    )
    expected_version: int = argument("0 = any.", 0, ge=0)


class Find(Arguments):
    """A list's arguments."""

    query: str = argument("Part of the name.", "")
    limit: Limit = 10
    cursor: Cursor = ""


class Nothing(Arguments):
    """No arguments."""


class Show(Arguments):
    """One required argument."""

    toy_id: str = argument("Id of the toy.")


def alter(call: Call, args: Alter) -> Answer:
    """Shows what was understood."""
    return Answer(
        summary=f"{args.toy_id} is altered.",
        data={"understood": args.model_dump(mode="json", exclude_defaults=True), "caller": call.caller},
        next=[Next("show_toy", {"toy_id": args.toy_id})],
    )


def register(call: Call, args: Register) -> Answer:
    """Shows what was understood."""
    return Answer(summary="Registered.", data={"toy": args.toy})


def find(call: Call, args: Find) -> Answer:
    """A page of names, each with a long text so that a large page has to be cut."""
    matching = [name for name in NAMES if args.query in name]
    start = decode_cursor(args.cursor, args.filters()) or 0

    def cursor_after(count: int) -> str:
        return encode_cursor(start + count, args.filters()) if start + count < len(matching) else ""

    rows = [{"id": name, "story": "é" * 600} for name in matching[start : start + args.limit]]
    return Answer.page(
        f"{len(matching)} toys match.",
        rows,
        name="toys",
        total=len(matching),
        next_cursor=cursor_after(len(rows)),
        cursor_after=cursor_after,
    )


def show(call: Call, args: Show) -> Answer:
    """A toy, or that there is none."""
    if args.toy_id == "stale":
        raise StaleVersion(hint="Read it again.", details={"version": 3})
    if args.toy_id not in NAMES:
        raise NotFound(f"There is no toy {args.toy_id!r}.", path="/toy_id", hint="find_toys lists them.", allowed=NAMES)
    return Answer(summary="A toy.", data={"record": json.loads(call.read(f"toys://toys/{args.toy_id}").text)})


def break_down(call: Call, args: Nothing) -> Answer:
    """Fails in a way that nobody expected."""
    raise RuntimeError("the password is swordfish")


def tell_all(call: Call, args: Nothing) -> Answer:
    """More than an answer holds."""
    return Answer(summary="Everything.", data={"all": ["x" * 100] * 5_000}, uri="toys://toys/all")


def picture(call: Call, args: Nothing) -> Answer:
    """Content other than text."""
    data = base64.b64encode(b"pixels").decode()
    return Answer(summary="", content=[{"type": "image", "data": data, "mimeType": "image/png"}])


def work(call: Call, args: Nothing) -> Answer:
    """Reports progress, in a thread of its own."""
    for done in (1, 2, 3):
        call.progress(done, 3, f"step {done}")
    return Answer(summary="Done.", data={"on_main_thread": threading.current_thread() is threading.main_thread()})


def toy_text(call: Call, parameters: Mapping[str, str]) -> str:
    """A toy as JSON."""
    if parameters["id"] == "broken":
        raise RuntimeError("the password is swordfish")
    if parameters["id"] not in NAMES:
        raise NotFound(f"There is no toy {parameters['id']!r}.")
    return json.dumps({**parameters, "caller": call.caller})


def names_beginning(call: Call, typed: str, others: Mapping[str, str]) -> list[str]:
    """Names to choose from."""
    return [name for name in NAMES * 5 if name.startswith(typed)]


def review(call: Call, arguments: Mapping[str, str]) -> str:
    """A prompt's text."""
    if arguments["toy_id"] not in NAMES:
        raise NotFound(f"There is no toy {arguments['toy_id']!r}.")
    return fill("Review {toy}:\n{record}", {"toy": arguments["toy_id"], "record": block({"id": arguments["toy_id"]})})


ALTER = Tool(
    name="alter_toy",
    toolset="core",
    title="Alter a toy",
    description="Alters a toy.",
    arguments=Alter,
    run=alter,
    example={"toy_id": "toy_01", "part": "wheel"},
    always_loaded=True,
    idempotent=True,
)
TOOLS: tuple[Tool[Any], ...] = (
    ALTER,
    Tool(
        name="register_toy",
        toolset="core",
        title="Register",
        description="Registers.",
        arguments=Register,
        run=register,
        destructive=True,
    ),
    Tool(
        name="find_toys",
        toolset="core",
        title="Find",
        description="Finds.",
        arguments=Find,
        run=find,
        read_only=True,
    ),
    Tool(name="show_toy", toolset="core", title="Show", description="Shows.", arguments=Show, run=show, read_only=True),
    Tool(name="break_down", toolset="admin", title="Break", description="Breaks.", arguments=Nothing, run=break_down),
    Tool(name="tell_all", toolset="admin", title="All", description="Tells all.", arguments=Nothing, run=tell_all),
    Tool(name="picture", toolset="admin", title="Picture", description="A picture.", arguments=Nothing, run=picture),
    Tool(name="work", toolset="admin", title="Work", description="Works.", arguments=Nothing, run=work),
)
CATALOGUE = Catalogue(
    tools=TOOLS,
    resources=(
        StaticResource(
            uri="toys://catalogue.txt",
            name="catalogue",
            title="Catalogue",
            description="All names.",
            read=lambda call: "\n".join(NAMES),
            mime_type="text/plain",
        ),
    ),
    templates=(
        ResourceTemplate(
            uri_template="toys://toys/{id}",
            name="toy",
            title="Toy",
            description="One toy.",
            read=toy_text,
            complete={"id": names_beginning},
        ),
        ResourceTemplate(
            uri_template="toys://log.json{?toy,since}",
            name="log",
            title="Log",
            description="What happened.",
            read=lambda call, parameters: json.dumps(parameters),
        ),
    ),
    prompts=(
        Prompt(
            name="review_toy",
            title="Review",
            description="Reviews a toy.",
            build=review,
            arguments=(PromptArgument("toy_id", "Which toy.", True, names_beginning), PromptArgument("tone", "How.")),
        ),
        Prompt(name="greet", title="Greet", description="Greets.", build=lambda call, arguments: "Hello."),
    ),
)

"""The prompt that turns a folder or file into a registration which a person confirms."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from server.errors import Ambiguous, NotFound
from server.surface import Call, Prompt, PromptArgument, block, fill, inline
from server.surface.prompt import prompt_text

if TYPE_CHECKING:
    from server.services import Services


def build(call: "Call[Services]", arguments: Mapping[str, str]) -> str:
    """The task with what is known about the path, and the systems that it may have to do with."""
    path = arguments["path"]
    registry = call.services.registry
    try:
        briefing = registry.brief(path=path, caller=call.caller, now=call.now)
        known, state = block(briefing.data), briefing.summary
    except (NotFound, Ambiguous) as error:
        known, state = block({"known": False, "close": list(error.allowed)}), error.message
    neighbours = registry.touching(path)
    return fill(
        prompt_text(Path(__file__).parent, "onboard_system"),
        {
            "path": inline(path),
            "state": inline(state),
            "known": known,
            "neighbours": block(neighbours),
            "registered": registry.overview()["systems"],
        },
    )


def complete_path(call: "Call[Services]", typed: str, others: Mapping[str, str]) -> Sequence[str]:
    """Resources that somebody reads or writes, and that begin so."""
    return call.services.registry.resources_like(typed, 50)


PROMPT = Prompt(
    name="onboard_system",
    title="Register a new system",
    description="Works out a system's registration from its folder or file, for a person to confirm.",
    build=build,
    arguments=(
        PromptArgument(
            "path", "The system's folder, or a file that it reads or writes.", required=True, complete=complete_path
        ),
    ),
)

"""A kept check, judged once more on what it saw (CON-15)."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from resources.records import complete_check
from server.surface import Call, ResourceTemplate

if TYPE_CHECKING:
    from server.services import Services


def read_again(call: "Call[Services]", values: Mapping[str, str]) -> str:
    """Whether the same code says the same to what the check saw, and where it does not."""
    done = call.services.conflicts.again(values["id"], caller=call.caller)
    return json.dumps(done.document, ensure_ascii=False, indent=1)


TEMPLATES: tuple[ResourceTemplate, ...] = (
    ResourceTemplate(
        uri_template="concord://checks/{id}/again",
        name="check_again",
        title="A check, judged again",
        description="The check once more on the registry and inputs that it saw: whether the answer is the same, and where not.",
        read=read_again,
        complete={"id": complete_check},
    ),
)

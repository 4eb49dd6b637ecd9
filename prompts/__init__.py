"""The prompts: reviews that arrive filled with what the server knows. Their texts are the Markdown files beside this one."""

from prompts.onboard_system import PROMPT as ONBOARD_SYSTEM
from prompts.registry_audit import PROMPT as REGISTRY_AUDIT
from server.surface import Prompt

PROMPTS: tuple[Prompt, ...] = (REGISTRY_AUDIT, ONBOARD_SYSTEM)

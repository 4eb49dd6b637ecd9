"""The prompts: reviews that arrive filled with what the server knows. Their texts are the Markdown files beside this one."""

from prompts.incident_review import PROMPT as INCIDENT_REVIEW
from prompts.onboard_system import PROMPT as ONBOARD_SYSTEM
from prompts.pattern_review import PROMPT as PATTERN_REVIEW
from prompts.plan_migration import PROMPT as PLAN_MIGRATION
from prompts.registry_audit import PROMPT as REGISTRY_AUDIT
from prompts.review_proposal import PROMPT as REVIEW_PROPOSAL
from prompts.weekly_learning_review import PROMPT as WEEKLY_LEARNING_REVIEW
from server.surface import Prompt

PROMPTS: tuple[Prompt, ...] = (
    REVIEW_PROPOSAL,
    PLAN_MIGRATION,
    REGISTRY_AUDIT,
    PATTERN_REVIEW,
    WEEKLY_LEARNING_REVIEW,
    INCIDENT_REVIEW,
    ONBOARD_SYSTEM,
)

"""The tools, one file per group, in the order in which clients list them."""

from typing import Any

from server.surface import Tool
from tools.admin import TOOLS as ADMIN
from tools.checks import TOOLS as CHECKS
from tools.conflicts import TOOLS as CONFLICTS
from tools.jobs import TOOLS as JOBS
from tools.knowledge import TOOLS as KNOWLEDGE
from tools.patterns import TOOLS as PATTERNS
from tools.proposals import TOOLS as PROPOSALS
from tools.records import TOOLS as RECORDS
from tools.registry import TOOLS as REGISTRY
from tools.reporting import TOOLS as REPORTING

TOOLS: tuple[Tool[Any], ...] = (
    *REGISTRY,
    *REPORTING,
    *CHECKS,
    *PROPOSALS,
    *PATTERNS,
    *KNOWLEDGE,
    *RECORDS,
    *ADMIN,
    *JOBS,
    *CONFLICTS,
)

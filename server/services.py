"""One field per area: what the surfaces call."""

from collections.abc import Callable
from dataclasses import dataclass

from server.conflicts.service import ConflictService
from server.exchange.service import ExchangeService
from server.findings.service import FindingsService
from server.jobs.leader import Leader
from server.jobs.service import JobService
from server.journal.happenings import HappeningsService
from server.journal.service import JournalService
from server.knowledge.service import KnowledgeService
from server.patterns.service import PatternService
from server.proposals.service import ProposalService
from server.registry.discovery.service import DiscoveryService
from server.registry.health_sources import HealthService
from server.registry.service import RegistryService
from server.registry.validation.service import ValidationService


@dataclass(frozen=True)
class Services:
    """The areas, built once by the composition root."""

    registry: RegistryService
    discovery: DiscoveryService
    validation: ValidationService
    findings: FindingsService
    conflicts: ConflictService
    patterns: PatternService
    knowledge: KnowledgeService
    proposals: ProposalService
    exchange: ExchangeService
    journal: JournalService
    health: HealthService
    happenings: HappeningsService
    jobs: JobService
    leader: Leader
    end_jobs: Callable[[], None]
    """Cuts off the runs of this process, and lets another keep the schedule."""
    close: Callable[[], None]
    """Closes the database; a later call opens it again."""

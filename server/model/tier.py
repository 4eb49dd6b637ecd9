"""How much a system matters, and how strictly its changes are held (registry rule 1, conflict rule 3)."""

from collections.abc import Iterable

from server.model.base import WireEnum


class Tier(WireEnum):
    """Registry rule 1 of the scaling-layer document."""

    MISSION_CRITICAL = "MISSION_CRITICAL"
    PRODUCTION = "PRODUCTION"
    EXPERIMENTAL = "EXPERIMENTAL"


class Severity(WireEnum):
    """Conflict rule 2 of the scaling-layer document; also the severity of findings and events."""

    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"
    CRITICAL = "CRITICAL"

    @property
    def rank(self) -> int:
        """0 for LOW to 3 for CRITICAL."""
        return _SEVERITIES.index(self)


_SEVERITIES = tuple(Severity)


SHADOW_DAYS = {Tier.MISSION_CRITICAL: 14, Tier.PRODUCTION: 7, Tier.EXPERIMENTAL: 3}
"""Length of the shadow test in days (registry rule 1)."""


def strictest(tiers: Iterable[Tier]) -> Tier:
    """The tier that counts where several systems are concerned (CON-3); PRODUCTION where none is known."""
    return min(tiers, key=_TIERS.index, default=Tier.PRODUCTION)


_TIERS = tuple(Tier)

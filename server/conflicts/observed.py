"""How grave it is for those who read a resource that it is otherwise than was agreed (REG-13)."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from server.errors import ConcordError
from server.model.base import Json
from server.model.check import ConflictType
from server.model.tier import Severity


def gravity_of(
    check: Callable[..., Any], system_id: str, resource: str, samples: Sequence[Json], now: datetime
) -> Severity | None:
    """The worst that such documents do to a reader, judged as a proposed change would be; None where they break nobody.

    `check` judges a proposed change (ConflictService.check); nothing is kept of the judgement. None also where it can't be made.
    """
    change = {"resource": resource, "samples_after": list(samples)}
    try:
        document = check([change], source_system=system_id, caller="", now=now, keep=False).document
    except ConcordError:
        return None
    broken = [one for one in document["conflicts"] if one["type"] == ConflictType.SCHEMA_BREAK]
    return max((Severity(one["severity"]) for one in broken), key=lambda severity: severity.rank, default=None)

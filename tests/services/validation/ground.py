"""A folder with real files and the services that look at them, which tests of validation stand on."""

import json
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from server.model.moments import from_wire
from server.model.validation import Validation
from server.services import Services

NOW = from_wire("2026-04-05T14:00:00Z")
SIGNAL = {
    "type": "object",
    "required": ["ticker", "score"],
    "properties": {
        "ticker": {"type": "string"},
        "score": {"type": "number", "maximum": 100},
        "live": {"type": "boolean"},
    },
}
SIGNALS = {"type": "array", "items": SIGNAL}


class Ground:
    """A folder with real files, and the services that look at them."""

    def __init__(self, services: Services, folder: Path) -> None:
        self.services = services
        self.folder = folder

    def write(self, name: str, content: str | bytes | list[Any] | dict[str, Any], *, age: float = 60) -> Path:
        """The file holds the content, and was written `age` seconds ago."""
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            file.write_bytes(content)
        else:
            file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        self.aged(file, age)
        return file

    def aged(self, file: Path, age: float) -> None:
        """The file was written so many seconds ago."""
        moment = (NOW - timedelta(seconds=age)).timestamp()
        os.utime(file, (moment, moment))

    def promise(
        self, name: str, schema: Any, system: str = "sys_writer", tier: str = "PRODUCTION", **members: Any
    ) -> None:
        """A system promises that the file (or whatever the name is) is so."""
        resource = name if "://" in name else str(self.folder / name)
        timing = members.pop("timing", {"interval_seconds": 3_600})
        document = {
            "id": system,
            "tier": tier,
            "timing": timing,
            "writes_to": [{"resource": resource, "consumers": ["users"]}],
            "contracts": [
                {"contract_id": "CTR-1", "type": "PRODUCER", "resource": resource, "schema": schema, **members}
            ],
        }
        self.services.registry.register(document, caller="", now=NOW)

    def look(self, now: datetime = NOW) -> Validation:
        """What a look at the contract comes to."""
        self.services.validation.validate(now)
        return self.services.validation.history("CTR-1")[0]

    def findings(self, kind: str) -> list[Any]:
        """The open findings of a kind."""
        return list(self.services.findings.find(kind=kind).findings)


def verdicts(look: Validation) -> tuple[str, str, str]:
    """The three answers."""
    return look.exists.verdict.value, look.matches.verdict.value, look.fresh.verdict.value

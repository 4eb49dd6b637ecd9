"""A repeated call with the same key is done once, and answered the same (kept for 30 days)."""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, delete

from server.errors import IdempotencyMismatch
from server.storage.tables import IdempotencyRow

KEPT = timedelta(days=30)


def once(
    session: Session,
    caller: str,
    tool: str,
    key: str,
    arguments: Mapping[str, Any],
    *,
    now: str,
    do: Callable[[], dict[str, Any]],
) -> dict[str, Any]:
    """What `do` answers, remembered under the key in the same transaction; with a known key, its first answer.

    An empty key remembers nothing. Raises IdempotencyMismatch where the key was used with other arguments.
    """
    if not key:
        return do()
    digest = _digest(arguments)
    known = session.get(IdempotencyRow, (caller, tool, key))
    if known is not None and known.created_at >= _oldest_kept(now):
        if known.arguments_hash != digest:
            raise IdempotencyMismatch(
                f"The key {key!r} was used for {tool} before, with other arguments.",
                path="/idempotency_key",
                hint="Use a new key for a new call.",
            )
        return known.answer
    answer = do()
    session.exec(delete(IdempotencyRow).where(col(IdempotencyRow.created_at) < _oldest_kept(now)))
    session.merge(
        IdempotencyRow(caller=caller, tool=tool, key=key, arguments_hash=digest, created_at=now, answer=answer)
    )
    return answer


def _digest(arguments: Mapping[str, Any]) -> str:
    text = json.dumps(arguments, sort_keys=True, ensure_ascii=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _oldest_kept(now: str) -> str:
    oldest = datetime.fromisoformat(now) - KEPT
    return oldest.isoformat().replace("+00:00", "Z")

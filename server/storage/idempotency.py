"""A repeated call with the same key is done once, and answered the same (kept for 30 days)."""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from server.errors import IdempotencyMismatch, InvalidArgument
from server.storage.lazily import sql, tables
from server.storage.statements import insert, on_postgresql

if TYPE_CHECKING:
    from server.storage.session import Session

KEPT = timedelta(days=30)
LONGEST_KEY = 200


def once(
    session: "Session",
    caller: str,
    tool: str,
    key: str,
    arguments: Mapping[str, Any],
    *,
    now: str,
    do: Callable[[], dict[str, Any]],
) -> dict[str, Any]:
    """What `do` answers, remembered under the key in the same transaction; with a known key, its first answer.

    An empty key remembers nothing. A second call with the key waits until the first has ended, in whatever process. Raises
    IdempotencyMismatch where the key was used with other arguments, InvalidArgument where it is longer than 200 characters.
    """
    if not key:
        return do()
    if len(key) > LONGEST_KEY:
        raise InvalidArgument(
            f"The idempotency key has {len(key)} characters; at most {LONGEST_KEY} are kept.", path="/idempotency_key"
        )
    digest = _digest(arguments)
    place = {"caller": caller, "tool": tool, "key": key}
    _forget_before(session, _oldest_kept(now))
    if not _claim(session, place, digest, now):
        return _first_answer(session, place, digest)
    answer = do()
    session.connection().execute(sql.update(tables.idempotency).where(*_at(place)).values(answer=answer))
    return answer


def _claim(session: "Session", place: Mapping[str, str], digest: str, now: str) -> bool:
    """Whether the key was free; it no longer is. PostgreSQL waits here for another claim of it to be decided."""
    row = {**place, "arguments_hash": digest, "created_at": now, "answer": {}}
    statement = (
        insert(tables.idempotency, postgresql=on_postgresql(session))
        .on_conflict_do_nothing()
        .returning(tables.idempotency.c.key)
    )
    return session.connection().execute(statement, row).first() is not None


def _first_answer(session: "Session", place: Mapping[str, str], digest: str) -> dict[str, Any]:
    remembered = tables.idempotency.c
    known = (
        session.connection().execute(sql.select(remembered.arguments_hash, remembered.answer).where(*_at(place))).one()
    )
    if known.arguments_hash != digest:
        raise IdempotencyMismatch(
            f"The key {place['key']!r} was used for {place['tool']} before, with other arguments.",
            path="/idempotency_key",
            hint="Use a new key for a new call.",
        )
    answer: dict[str, Any] = known.answer
    return answer


def _forget_before(session: "Session", oldest: str) -> None:
    session.connection().execute(sql.delete(tables.idempotency).where(tables.idempotency.c.created_at < oldest))


def _at(place: Mapping[str, str]) -> list[Any]:
    return [tables.idempotency.c[name] == value for name, value in place.items()]


def _digest(arguments: Mapping[str, Any]) -> str:
    text = json.dumps(arguments, sort_keys=True, ensure_ascii=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _oldest_kept(now: str) -> str:
    oldest = datetime.fromisoformat(now) - KEPT
    return oldest.isoformat().replace("+00:00", "Z")

"""Looks at status files and health endpoints; the registry job asks for it, listing never does."""

import os
import stat
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from server.clock import to_wire
from server.model.base import JsonObject
from server.model.moments import read_moment
from server.model.progress import Progress, unwatched
from server.model.signs import Look, Signs
from server.model.system import StoredSystem
from server.registry.service import RegistryService
from server.registry.stated_health import read_endpoint, read_status_file
from server.storage import signs

if TYPE_CHECKING:
    from server.storage.database import Database
    from server.storage.session import Session

LARGEST = 262_144
"""Bytes that are read of a file's end, or of an answer's beginning."""
SECONDS = 5.0
"""For one answer, from the first byte sent to the last one read."""
_AT_ONCE = 8


class HealthService:
    """Looks where systems say that their health can be seen. Only hosts on the list are ever spoken to."""

    def __init__(self, database: "Database", registry: RegistryService, *, hosts: Sequence[str] = ()) -> None:
        """`hosts` may be asked for health: `name` on any port, or `name:port`; nobody else is, this machine included."""
        self._database = database
        self._registry = registry
        self._hosts = frozenset(host.strip().lower() for host in hosts if host.strip())

    def look(self, now: datetime, progress: Progress = unwatched) -> JsonObject:
        """Every status file and endpoint of a live system was looked at: {looked_at, problems[], by_status} (REG-5).

        What was seen counts until the next look, or until the system reports something later. Never raises for what it finds.
        """
        with self._registry.reading() as registry:
            wanted = [one for one in registry.live_systems() if one.system.status_file or one.system.health_url]
        seen: dict[str, tuple[Look | None, Look | None]] = {}
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            looking = [(one.id, pool.submit(self._look_at, one, now)) for one in wanted if _is_on(one)]
            for number, (system_id, found) in enumerate(looking):
                progress(number, len(looking), f"looking at {system_id}")
                seen[system_id] = found.result()
        before = self._keep(seen)
        for system_id, old in before.items():
            self._registry.heard(system_id, old, now)
        problems = [
            {"system_id": system_id, "problem": look.problem}
            for system_id, looks in seen.items()
            for look in looks
            if look is not None and look.problem
        ]
        return {"looked_at": len(seen), "problems": problems[:50], "problems_total": len(problems)}

    def _look_at(self, stored: StoredSystem, now: datetime) -> tuple[Look | None, Look | None]:
        system = stored.system
        file = url = None
        if system.status_file:
            path = self._registry.canonical(system.status_file, system.root)
            file = look_at_file(path, to_wire(now))
        if system.health_url:
            url = look_at_endpoint(system.health_url, self._hosts, to_wire(now))
        return file, url

    def _keep(self, seen: dict[str, tuple[Look | None, Look | None]]) -> dict[str, Signs]:
        """The signs as they were before, of those whose signs are others now."""

        def keep(session: "Session") -> dict[str, Signs]:
            revision = signs.next_revision(session)
            old = {system_id: signs.of(session, system_id) for system_id in seen}
            fresh = {
                system_id: old[system_id].model_copy(update={"status_file": file, "endpoint": endpoint})
                for system_id, (file, endpoint) in seen.items()
            }
            changed = {system_id: one for system_id, one in fresh.items() if one != old[system_id]}
            signs.save(session, changed, revision)
            return {system_id: old[system_id] for system_id in changed}

        return self._database.write(keep) if seen else {}


def look_at_file(path: str, now: str) -> Look:
    """What a status file says, and if nothing else its age. Only a regular file is opened."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except (OSError, ValueError) as error:
        why = "is not there" if isinstance(error, FileNotFoundError) else "can't be opened"
        return Look(looked_at=now, target=path[:2_000], problem=f"Its status file {why}.")
    try:
        about = os.fstat(descriptor)
        if not stat.S_ISREG(about.st_mode):
            return Look(looked_at=now, target=path[:2_000], problem="Its status file is no file.")
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            file.seek(max(0, about.st_size - LARGEST))
            content = file.read(LARGEST)
    except OSError:
        return Look(looked_at=now, target=path[:2_000], problem="Its status file can't be read.")
    finally:
        os.close(descriptor)
    written = read_moment(datetime.fromtimestamp(about.st_mtime, UTC).isoformat())
    return read_status_file(content.decode(errors="replace"), target=path[:2_000], written_at=written, now=now)


def look_at_endpoint(url: str, hosts: Iterable[str], now: str) -> Look:
    """What an endpoint answers. A host that is not on the list is not spoken to, and no redirect is followed."""
    target = url[:2_000]
    try:
        place = urlsplit(url.strip())
        port = place.port
    except ValueError:
        return Look(looked_at=now, target=target, problem="Its health_url is no address.")
    host = (place.hostname or "").lower()
    if place.scheme not in ("http", "https") or not host:
        return Look(looked_at=now, target=target, problem="Its health_url is no address of http or https.")
    if not {host, f"{host}:{port or (443 if place.scheme == 'https' else 80)}"} & set(hosts):
        named = host[:100]
        problem = f"Its health endpoint was not asked: {named} is not among the hosts of CONCORD_HEALTH_HOSTS."
        return Look(looked_at=now, target=target, problem=problem)
    try:
        code, text = _ask(place, host)
    except (OSError, ValueError) as error:
        why = "did not answer in time" if isinstance(error, TimeoutError) else "did not answer"
        return Look(looked_at=now, target=target, stated="CRITICAL", problem=f"Its health endpoint {why} at {now}.")
    return read_endpoint(code, text, target=target, now=now)


def _ask(place: SplitResult, host: str) -> tuple[int, str]:
    """Code and text of the answer. Raises OSError where there is none in time, ValueError where it is no HTTP."""
    from http.client import HTTPConnection, HTTPException, HTTPSConnection

    kind = HTTPSConnection if place.scheme == "https" else HTTPConnection
    deadline = time.monotonic() + SECONDS
    connection = kind(host, place.port, timeout=SECONDS)
    path = (place.path or "/") + (f"?{place.query}" if place.query else "")
    try:
        connection.request("GET", path, headers={"Accept": "application/json", "User-Agent": "concord"})
        answer = connection.getresponse()
        content = b""
        while len(content) < LARGEST and (some := answer.read1(65_536)):
            content += some
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError("the answer takes too long")
            if connection.sock is not None:
                connection.sock.settimeout(left)
    except HTTPException as error:
        raise ValueError("no answer of HTTP") from error
    finally:
        connection.close()
    return answer.status, content[:LARGEST].decode(errors="replace")


def _is_on(stored: StoredSystem) -> bool:
    return stored.system.timing is None or stored.system.timing.enabled

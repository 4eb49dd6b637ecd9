"""Whether a candidate belongs to a system that is registered already (REG-4)."""

import posixpath
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from server.model.candidate import Candidate
from server.model.system import StoredSystem
from server.registry.resources import ancestors, glob_matches, is_glob, static_prefix

Canonical = Callable[[str, str], str]
"""(resource, root) → canonical name."""

_IMPORTED_AS = {"service": "compose", "kubernetes": "kubernetes", "dbt": "dbt"}
"""Format whose import brings in candidates of a kind."""
_EVERYBODYS = re.compile(
    r"/?|/(?:bin|boot|dev|etc|home|lib\w*|media|mnt|opt|proc|root|run|sbin|srv|sys|tmp|usr|var|private)"
    r"|/(?:Applications|Library|System|Users|Volumes)|/(?:home|Users)/[^/]+|/(?:usr/local|usr|var)/\w+|/var/spool/\w+"
    r"|/etc/(?:cron[.\w]*|systemd|systemd/\w+)|.+/Library(?:/Launch\w+)?"
)
"""Folders that many programs share: `/`, those below it that every machine has, and people's homes."""


class Belonging:
    """What the live systems call their own: folders, what they write, and candidates that became systems.

    A system says itself what it calls its own, so that it could hide another's candidate. A folder that everybody shares
    therefore hides nothing, nor does a thing merely read; and a candidate's id or script is believed of a system that goes
    by the id of the candidate's draft or declares the candidate's own accesses.
    """

    def __init__(self, systems: Iterable[StoredSystem], canonical: Canonical) -> None:
        self._canonical = canonical
        self._home = canonical("~", "")
        self._roots: dict[str, str] = {}
        self._written: dict[str, str] = {}
        self._globs: dict[str, str] = {}
        self._claims: defaultdict[str, list[StoredSystem]] = defaultdict(list)
        """Who names a candidate's id, or a script's canonical name, as what it is."""
        self._listed: dict[tuple[str, str], str] = {}
        self._listed_by: defaultdict[str, dict[tuple[str, str], str]] = defaultdict(dict)
        """The same for one format of imports."""
        self._tables: dict[str, str] = {}
        """Table that a model of an imported dbt project fills → the model's system."""
        self._projects: dict[tuple[str, str], str] = {}
        """(source of an import, dbt project) → a system of it."""
        for stored in systems:
            self._take(stored)

    def owner_of(self, candidate: Candidate) -> str:
        """The id of the system that the candidate belongs to; empty where there is none."""
        place = self._canonical(candidate.location, "")
        claiming = [*self._claims.get(candidate.candidate_id, []), *self._claims.get(place, [])]
        if became := next((stored.id for stored in claiming if self._is_made_of(stored, candidate)), ""):
            return became
        for above in (place, *ancestors(place)):
            if owner := self._roots.get(above) or self._written.get(above):
                return owner
        if owner := next((owner for glob, owner in self._globs.items() if glob_matches(glob, place)), ""):
            return owner
        named = {candidate.name.lower(), str(candidate.suggested_registration.get("id", "")).lower()}
        files = {candidate.location, *(evidence.file for evidence in candidate.evidence[:1])}
        places = {above for file in files for above in (file, posixpath.dirname(file))}
        found = (self._listed.get((above, name)) for above in places for name in named)
        return next((owner for owner in found if owner), "") or self._imported_owner_of(candidate, named)

    def _imported_owner_of(self, candidate: Candidate, named: Iterable[str]) -> str:
        """The system that an import of the candidate's file, or of a folder above it, made of what the candidate is."""
        kind = _IMPORTED_AS.get(candidate.kind, "")
        if not kind:
            return ""
        files = [evidence.file for evidence in candidate.evidence]
        places = [above for file in (files if kind == "dbt" else files[:1]) for above in (file, *ancestors(file))]
        known = self._projects if kind == "dbt" else self._listed_by[kind]
        if owner := next((known[place, name] for place in places for name in named if (place, name) in known), ""):
            return owner
        owners = [self._tables.get(self._canonical(resource, ""), "") for resource in candidate.writes]
        return owners[0] if kind == "dbt" and owners and all(owners) else ""

    def _take(self, stored: StoredSystem) -> None:
        system = stored.system
        if system.root and not self._is_everybodys(root := self._canonical(system.root, "")):
            self._roots.setdefault(root, stored.id)
        for output in system.writes_to:
            name = stored.canonical_of(output.resource)
            if not self._is_everybodys(static_prefix(name) if is_glob(name) else name):
                (self._globs if is_glob(name) else self._written).setdefault(name, stored.id)
        more: Mapping[str, Any] = system.model_extra or {}
        if isinstance(script := more.get("script"), str) and script:
            self._claims[self._canonical(script, system.root)].append(stored)
        if isinstance(became := more.get("candidate_id"), str) and became:
            self._claims[became].append(stored)
        kind, _, source = stored.source.partition(":")
        for name in (stored.id, system.name):
            if source and name:
                self._listed.setdefault((source, name.lower()), stored.id)
                self._listed_by[kind].setdefault((source, name.lower()), stored.id)
        if kind == "dbt" and source:
            for output in system.writes_to:
                self._tables.setdefault(stored.canonical_of(output.resource), stored.id)
            facts = more.get("dbt")
            project = facts.get("package") if isinstance(facts, Mapping) else ""
            if isinstance(project, str) and project:
                self._projects.setdefault((source, project.lower()), stored.id)

    def _is_made_of(self, stored: StoredSystem, candidate: Candidate) -> bool:
        """Whether the system that names the candidate as what it is has its drafted id, or its accesses."""
        if stored.id == candidate.suggested_registration.get("id"):
            return True
        written = {stored.canonical_of(output.resource) for output in stored.system.writes_to}
        read = {stored.canonical_of(access.resource) for access in stored.system.reads_from}
        wanted, declared = (candidate.writes, written) if candidate.writes else (candidate.reads, read)
        return bool(wanted) and {self._canonical(resource, "") for resource in wanted} <= declared

    def _is_everybodys(self, folder: str) -> bool:
        place = folder.rstrip("/")
        return _EVERYBODYS.fullmatch(place) is not None or f"{self._home}/".startswith(f"{place}/")

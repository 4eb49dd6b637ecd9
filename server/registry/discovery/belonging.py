"""Whether a candidate belongs to a system that is registered already (REG-4)."""

import posixpath
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from server.model.candidate import Candidate
from server.model.system import StoredSystem
from server.registry.resources import ancestors, glob_matches, is_glob

Canonical = Callable[[str, str], str]
"""(resource, root) → canonical name."""


class Belonging:
    """What the live systems call their own: folders, files, scripts, and candidates that became systems."""

    def __init__(self, systems: Iterable[StoredSystem], canonical: Canonical) -> None:
        self._canonical = canonical
        self._roots: dict[str, str] = {}
        self._resources: dict[str, str] = {}
        self._written: dict[str, str] = {}
        self._globs: dict[str, str] = {}
        self._became: dict[str, str] = {}
        self._listed: dict[tuple[str, str], str] = {}
        for stored in systems:
            self._take(stored)

    def owner_of(self, candidate: Candidate) -> str:
        """The id of the system that the candidate belongs to; empty where there is none."""
        if candidate.candidate_id and candidate.candidate_id in self._became:
            return self._became[candidate.candidate_id]
        place = self._canonical(candidate.location, "")
        if owner := self._roots.get(place) or self._resources.get(place):
            return owner
        for above in ancestors(place):
            if owner := self._roots.get(above) or self._written.get(above):
                return owner
        if owner := next((owner for glob, owner in self._globs.items() if glob_matches(glob, place)), ""):
            return owner
        named = {candidate.name.lower(), str(candidate.suggested_registration.get("id", "")).lower()}
        files = {candidate.location, *(evidence.file for evidence in candidate.evidence[:1])}
        places = {above for file in files for above in (file, posixpath.dirname(file))}
        found = (self._listed.get((above, name)) for above in places for name in named)
        return next((owner for owner in found if owner), "")

    def _take(self, stored: StoredSystem) -> None:
        system = stored.system
        if system.root:
            self._roots.setdefault(self._canonical(system.root, ""), stored.id)
        for access in (*system.reads_from, *system.writes_to):
            name = stored.canonical_of(access.resource)
            if not is_glob(name):
                self._resources.setdefault(name, stored.id)
        for output in system.writes_to:
            name = stored.canonical_of(output.resource)
            (self._globs if is_glob(name) else self._written).setdefault(name, stored.id)
        more: Mapping[str, Any] = system.model_extra or {}
        if isinstance(script := more.get("script"), str) and script:
            self._resources.setdefault(self._canonical(script, system.root), stored.id)
        if isinstance(became := more.get("candidate_id"), str):
            self._became.setdefault(became, stored.id)
        source = stored.source.partition(":")[2]
        for name in (stored.id, system.name):
            if source and name:
                self._listed.setdefault((source, name.lower()), stored.id)

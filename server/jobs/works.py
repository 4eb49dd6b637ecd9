"""What each job does, put together from the areas."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from server.jobs.running import Errand, Work
from server.model.base import JsonObject
from server.model.run import Job
from server.storage import candidates

if TYPE_CHECKING:
    from server.findings.service import FindingsService
    from server.registry.service import RegistryService
    from server.storage.database import Database

Look = Callable[[Errand], JsonObject]
"""What an area does of a job; what it returns stands in the run's summary_data."""


def works(
    registry: "RegistryService",
    findings: "FindingsService",
    *,
    look_after_health: Look,
    validate: Look,
    scan: Look,
    read_own_files: Look,
    detect: Look,
    sum_up: Look,
    learn: Look,
) -> Mapping[Job, Work]:
    """The work of every job, as the areas do it."""

    def look_at_registry(errand: Errand) -> JsonObject:
        """Health as it is now, findings as they follow from the registry as it stands, and the whole in figures."""
        errand.progress(0, 3, "looking after the systems' health")
        health = look_after_health(replace(errand, progress=errand.step(0, 3)))
        errand.progress(1, 3, "looking for gaps and circles")
        registry.look_again(errand.now)
        errand.progress(2, 3, "counting")
        return {"health": health, "open_findings": findings.counts(), "registry": registry.overview()}

    def look_for_patterns(errand: Errand) -> JsonObject:
        """What systems' folders tell is taken in, patterns are as all events show them now, and old events are summed up."""
        errand.progress(0, 3, "reading the files of systems")
        own_files = read_own_files(replace(errand, progress=errand.step(0, 3)))
        errand.progress(1, 3, "looking for patterns")
        found = detect(replace(errand, progress=errand.step(1, 3)))
        errand.progress(2, 3, "summing up old events")
        return {**found, "own_files": own_files, "summed_up": sum_up(replace(errand, progress=errand.step(2, 3)))}

    def learn_from_each_other(errand: Errand) -> JsonObject:
        """What systems' folders tell is taken in, and what one system learned is there for those that can use it."""
        errand.progress(0, 2, "reading the files of systems")
        own_files = read_own_files(replace(errand, progress=errand.step(0, 2)))
        return {**learn(replace(errand, progress=errand.step(1, 2))), "own_files": own_files}

    return {
        Job.REGISTRY: look_at_registry,
        Job.VALIDATION: validate,
        Job.DISCOVERY: scan,
        Job.PATTERNS: look_for_patterns,
        Job.LEARNING: learn_from_each_other,
    }


def scanned_folders(database: "Database", configured: Sequence[str]) -> Callable[[], Sequence[str]]:
    """What a scan looks through when nothing is named: the configured folders, else those of the last scan."""

    def folders() -> Sequence[str]:
        if configured:
            return configured
        last = database.read(candidates.last_scan)
        return [place for place in last.scanned if os.path.isabs(place)] if last else []

    return folders

"""From sightings to candidates: what speaks of one thing becomes one candidate, with what its sources read and write."""

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from server.registry.discovery.sighting import Clue, Sighting, Touch, at

_STARTS_ONE_SCRIPT = frozenset({"cron", "systemd", "launchd", "process"})
_TAKES_ITS_FOLDER = frozenset({"service"})
_STRENGTH = (
    *("cron", "systemd", "launchd", "scheduled_task", "dag", "workflow"),
    *("kubernetes", "agent", "mcp_server", "process_type", "service"),
)
"""Kinds of signs, those that say most first."""
_OF_TESTS = re.compile(
    r"(?:^|/)(?:tests?|__tests__|testing|fixtures)/[^/]*$|(?:^|/)(?:test_[^/]*|[^/]*_test|conftest|setup|noxfile)\.py$"
)
MOST_SOURCES = 40
"""Sources that one candidate is followed into."""


@dataclass
class Gathered:
    """What is one thing, before it is put into words."""

    key: str
    """Stays the same from scan to scan."""
    sightings: list[Sighting]
    sources: list[Sighting] = field(default_factory=list)
    touches: list[Touch] = field(default_factory=list)

    @property
    def strongest(self) -> Sighting:
        """The sighting that says most about what it is."""
        return max(self.sightings, key=_weight)

    @property
    def kind(self) -> str:
        """How it was noticed."""
        return "script" if self.strongest.kind == "source" else self.strongest.kind

    @property
    def script(self) -> str:
        """The program that it is, where it is one."""
        if self.strongest.kind not in {*_STARTS_ONE_SCRIPT, "source", "dag", "process_type"}:
            return ""
        started = [script for sighting in self.sightings for script in sighting.runs]
        known = {source.runs[0] for source in self.sources}
        return next((script for script in started if script in known), started[0] if started else "")

    @property
    def folder(self) -> str:
        """The folder that is its own, where one is stated."""
        return next((sighting.folder for sighting in self.sightings if sighting.folder), "")

    @property
    def location(self) -> str:
        """The script, folder or file that it is."""
        if self.kind in ("agent_project", "dbt", "sources"):
            return self.folder
        return self.script or self.strongest.clue.file

    def scheduled(self) -> Sighting | None:
        """The first sighting that says when it runs."""
        return next((one for one in self.sightings if one.schedule or one.interval_seconds), None)

    def clues(self) -> list[Clue]:
        """Every line of evidence once: where it is seen, when it runs, what it touches."""
        seen = [clue for sighting in self.sightings for clue in (sighting.clue, *sighting.more)]
        return list(dict.fromkeys([*seen, *(touch.clue for touch in self.touches)]))


def with_running(sightings: Sequence[Sighting], programs: Iterable[Sighting]) -> list[Sighting]:
    """The sightings with what runs now: further evidence of whatever starts that program, else a sighting of its own."""
    starters = {one.runs[0]: place for place, one in enumerate(sightings) if one.runs and one.kind != "source"}
    found = list(sightings)
    for program in programs:
        place = starters.get(program.runs[0])
        if place is None:
            found.append(program)
        else:
            found[place] = replace(found[place], more=(*found[place].more, program.clue))
    return found


def gather(sightings: Sequence[Sighting]) -> tuple[list[Gathered], int]:
    """The candidates, those found by the strongest signs first; and how many programs were left out that touch nothing."""
    sources = {one.runs[0]: one for one in sightings if one.kind in ("source", "dag")}
    by_module = _modules(sources)
    groups = _grouped([one for one in sightings if one.kind != "source"])
    used: set[str] = set()
    for group in groups:
        _follow(group, sources, by_module)
        used.update(source.runs[0] for source in group.sources)
    left = [source for path, source in sources.items() if path not in used and source.kind == "source"]
    left = _into_folders(groups, left)
    alone, untold = _alone(left, sources, by_module)
    found = [*groups, *alone]
    for one in found:
        one.touches = _touches(one)
    return sorted(found, key=lambda one: (-_weight(one.strongest)[0], one.location, one.key)), untold


def _grouped(sightings: Iterable[Sighting]) -> list[Gathered]:
    """Sightings that share a key, directly or through others."""
    leader: dict[str, str] = {}

    def find(key: str) -> str:
        while leader.setdefault(key, key) != key:
            key = leader[key]
        return key

    kept = list(sightings)
    for sighting in kept:
        keys = _keys(sighting)
        for key in keys[1:]:
            leader[find(key)] = find(keys[0])
    members: defaultdict[str, list[Sighting]] = defaultdict(list)
    for sighting in kept:
        members[find(_keys(sighting)[0])].append(sighting)
    return [Gathered(_steady_key(group), group) for group in members.values()]


def _keys(sighting: Sighting) -> list[str]:
    keys = [sighting.joins] if sighting.joins else []
    if sighting.kind in {*_STARTS_ONE_SCRIPT, "dag"} and sighting.runs:
        keys.append(f"run:{sighting.runs[0]}|{sighting.arguments}")
    return keys or [f"{sighting.kind}:{sighting.clue.file}#{sighting.name}:{' '.join(sighting.clue.text.split())}"]


def _steady_key(group: Sequence[Sighting]) -> str:
    keys = sorted({key for sighting in group for key in _keys(sighting)})
    return next((key for key in keys if key.startswith("run:")), keys[0])


def _follow(group: Gathered, sources: Mapping[str, Sighting], by_module: Mapping[str, Sequence[str]]) -> None:
    """The group's scripts, those that they start, and the modules beside them that they import."""
    pending = [script for sighting in group.sightings for script in sighting.runs]
    seen: set[str] = set()
    while pending and len(group.sources) < MOST_SOURCES:
        path = pending.pop(0)
        if path in seen:
            continue
        seen.add(path)
        source = sources.get(path)
        if source is None:
            continue
        group.sources.append(source)
        pending += [*source.runs[1:], *_imported(source, by_module)]


def _modules(sources: Mapping[str, Sighting]) -> Mapping[str, Sequence[str]]:
    """Paths of sources by the last part of their module's name."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for path in sources:
        found[posixpath.splitext(posixpath.basename(path))[0]].append(path)
    return found


def _imported(source: Sighting, by_module: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Sources that are imported by name and lie where Python would look: beside the source, or below a folder above it."""
    folder = posixpath.dirname(source.runs[0])
    for name in source.imports:
        inside = name.replace(".", "/") + ".py"
        for path in by_module.get(name.rpartition(".")[2], ()):
            root = path.removesuffix("/" + inside)
            if root != path and (folder == root or folder.startswith(root + "/")):
                yield path


def _into_folders(groups: Sequence[Gathered], sources: Sequence[Sighting]) -> list[Sighting]:
    """The sources that lie in no service's own build folder; the others are added to their service."""
    owners = {
        one.folder: group for group in groups for one in group.sightings if one.kind in _TAKES_ITS_FOLDER and one.folder
    }
    left = []
    for source in sources:
        folder = posixpath.dirname(source.runs[0])
        while folder and folder not in owners and folder != "/":
            folder = posixpath.dirname(folder)
        owner = owners.get(folder)
        if owner is None or _OF_TESTS.search(source.runs[0]) or len(owner.sources) >= MOST_SOURCES:
            left.append(source)
        else:
            owner.sources.append(source)
    return left


def _alone(
    sources: Sequence[Sighting], known: Mapping[str, Sighting], by_module: Mapping[str, Sequence[str]]
) -> tuple[list[Gathered], int]:
    """Programs that nothing starts, with the modules that they import; then what is left, folder by folder."""
    found: list[Gathered] = []
    untold = 0
    used: set[str] = set()
    mine = [source for source in sources if not _OF_TESTS.search(source.runs[0])]
    started = {script for source in mine for script in source.runs[1:]}
    for source in mine:
        if not source.startable or source.runs[0] in started:
            continue
        group = Gathered(f"run:{source.runs[0]}|", [source])
        _follow(group, known, by_module)
        if any(one.touches for one in group.sources):
            found.append(group)
            used.update(one.runs[0] for one in group.sources)
        else:
            untold += 1
    folders: defaultdict[str, list[Sighting]] = defaultdict(list)
    for source in mine:
        if source.runs[0] not in used and source.touches:
            folders[posixpath.dirname(source.runs[0])].append(source)
    return [*found, *(_of_folder(folder, group) for folder, group in folders.items())], untold


def _of_folder(folder: str, sources: list[Sighting]) -> Gathered:
    first = sources[0]
    whole = Sighting(
        kind="sources",
        name=posixpath.basename(folder) or folder,
        clue=first.clue,
        confidence=0.2,
        why="sources here open what their literals name; nothing says that they are ever run",
        folder=folder,
    )
    return Gathered(f"sources:{folder}", [whole], sources[:MOST_SOURCES])


def _touches(group: Gathered) -> list[Touch]:
    """Every access once, the markers' own first; relative ones from where the program is started, else from where it lies."""
    stated = next((one.cwd for one in group.sightings if one.cwd), "")
    found: dict[tuple[str, bool], Touch] = {}
    own = [(touch, one.cwd or _place(one)) for one in group.sightings for touch in one.touches]
    of_sources = [(touch, stated or posixpath.dirname(one.runs[0])) for one in group.sources for touch in one.touches]
    for seen, folder in [*own, *of_sources]:
        touch, resource = seen, at(folder, seen.resource)
        if resource != touch.resource:
            clue = replace(touch.clue, what=touch.clue.what.replace(touch.resource, resource, 1))
            touch = replace(touch, resource=resource, clue=clue)
        found.setdefault((resource, touch.writes), touch)
    return list(found.values())


def _place(sighting: Sighting) -> str:
    """The folder of what is started, else of the marker."""
    return posixpath.dirname(sighting.runs[0] if sighting.runs else sighting.clue.file)


def _weight(sighting: Sighting) -> tuple[float, int]:
    rank = _STRENGTH.index(sighting.kind) if sighting.kind in _STRENGTH else len(_STRENGTH)
    return sighting.confidence, -rank

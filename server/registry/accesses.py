"""Which systems touch a resource: an index over canonical names that knows folders and globs."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from server.registry.resources import ancestors, is_glob, overlaps, static_prefix


class AccessIndex:
    """Systems by the canonical name of what they access."""

    def __init__(self) -> None:
        self._systems: defaultdict[str, set[str]] = defaultdict(set)
        self._inside: defaultdict[str, set[str]] = defaultdict(set)
        """Names that lie below a folder (a glob lies below its fixed part)."""
        self._globs: defaultdict[str, set[str]] = defaultdict(set)
        """The globs among them: looked through for every name below the folder, so they are kept apart."""
        self.changes = 0
        """How often a name came or went."""

    def add(self, system_id: str, names: Iterable[str]) -> None:
        """The system is known to access these resources."""
        for name in names:
            if not self._systems[name]:
                self.changes += 1
                for folder in _folders(name):
                    self._inside[folder].add(name)
                    if is_glob(name):
                        self._globs[folder].add(name)
            self._systems[name].add(system_id)

    def remove(self, system_id: str, names: Iterable[str]) -> None:
        """The system no longer counts as accessing these resources."""
        for name in names:
            systems = self._systems.get(name)
            if systems is None:
                continue
            systems.discard(system_id)
            if not systems:
                del self._systems[name]
                self.changes += 1
                for folder in _folders(name):
                    self._inside[folder].discard(name)
                    self._globs[folder].discard(name)

    def systems(self, name: str) -> set[str]:
        """The systems that access the resource or one that overlaps it."""
        return self.accessing(self.overlapping(name))

    def accessing(self, names: Iterable[str]) -> set[str]:
        """The systems that access one of these very names; only accessed ones are asked for."""
        return set().union(*(self._systems[name] for name in names))

    def overlapping(self, name: str) -> set[str]:
        """The accessed names that can mean the same data as this one."""
        found = {name} if name in self._systems else set()
        stem = static_prefix(name)
        for folder in (stem, *ancestors(stem)):
            if folder in self._systems:
                found.add(folder)
            found.update(other for other in self._globs.get(folder, ()) if overlaps(name, other))
        inside = self._inside.get(stem, ())
        found.update((other for other in inside if overlaps(name, other)) if is_glob(name) else inside)
        return found

    def names(self) -> Iterator[str]:
        """Every accessed name."""
        yield from self._systems


def _folders(name: str) -> Iterator[str]:
    if is_glob(name):
        stem = static_prefix(name)
        yield stem
        yield from ancestors(stem)
    else:
        yield from ancestors(name)

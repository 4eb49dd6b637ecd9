"""Which systems may use what another learned, and why (LRN-1; agent 4 of the scaling-layer document).

The same error category, reported three times or more in the last 30 days, is what makes an entry applicable. It is the same
by its words, or means the same by likeness; where the system shares a resource or an upstream system with the sources, a
category that is merely alike is enough. That both read JSON files is a reason besides, never one by itself. An entry without
an error category is for those who read or write one of the very resources that it is about.
Archived systems are never among them; relatives of the source are.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from server.knowledge.gathering.facts import Facts, Member
from server.knowledge.similarity.categories import spelt_alike
from server.model.knowledge import Applicability
from server.model.wording import listed
from server.patterns.likeness import Likeness

ACTIVE_TIMES = 3
"""Occurrences in the last 30 days from which on a category is active (LRN-1)."""
SAME_MEANING, ALIKE = 0.8, 0.5
"""Least likeness of two categories that mean the same, and of those for which it takes a shared dependency as well."""
NAMED = 5
"""Systems and resources named in a sentence; of the others it tells how many."""

_NUMBERS = re.compile(r"\d+")
_FORMS = {
    "json": "JSON files",
    "csv": "CSV files",
    "yaml": "YAML files",
    "toml": "TOML files",
    "xml": "XML files",
    "html": "HTML pages",
    "markdown": "Markdown files",
    "text": "text files",
    "parquet": "Parquet files",
    "sqlite": "SQLite databases",
    "postgresql": "PostgreSQL tables",
    "https": "HTTP endpoints",
    "s3": "S3 objects",
    "service": "services",
    "prompt": "prompts",
}


@dataclass(frozen=True)
class Applicable:
    """Who may use an entry, with the sentences that an entry tells of it."""

    rows: tuple[Applicability, ...] = ()
    """By system."""
    reasoning: str = ""
    """One sentence over all of them, grouped by equal reasons."""
    adaptation: str = ""
    """What they would have to look at, in our words; never a figure that the source set for itself."""


@dataclass(frozen=True)
class _Told:
    """What a system reported of a category, and of those that mean the same."""

    times: int
    newest: int
    written: tuple[str, ...]
    """Its own ways to write it, the most frequent first."""


@dataclass
class Receivers:
    """The same for many entries: what can be known of the facts beforehand is worked out once."""

    facts: Facts
    likeness: Likeness
    _told: dict[str, dict[str, _Told]] = field(init=False)
    """By category as it is spelt alike, then by system."""
    _near: Mapping[str, Mapping[str, float]] = field(init=False)
    """Categories that mean about the same, with their likeness."""
    _merged: dict[frozenset[str], Mapping[str, _Told]] = field(init=False, default_factory=dict)
    _compared: set[str] = field(init=False)
    """All that were looked at for that."""

    def __post_init__(self) -> None:
        heaps: defaultdict[str, defaultdict[str, list[tuple[int, int, str]]]] = defaultdict(lambda: defaultdict(list))
        for one in self.facts.activity:
            member = self.facts.members.get(one.system_id)
            if member is not None and one.occurrences > 0 and (name := spelt_alike(one.category)):
                heaps[name][one.system_id].append((one.occurrences, one.newest, one.category))
        self._told = {
            name: {system: _together(rows) for system, rows in sorted(by_system.items())}
            for name, by_system in sorted(heaps.items())
        }
        wanted = {spelt_alike(one.error_category) for one in self.facts.outcomes}
        wanted |= {spelt_alike(one.category) for one in self.facts.successes}
        self._compared = {*self._told, *wanted} - {""}
        self._near = _near(sorted(self._compared), self.likeness)

    def of(
        self,
        *,
        error_category: str,
        sources: Collection[str],
        resources: Collection[str] = (),
        besides: Collection[str] = (),
        also: Collection[str] = (),
    ) -> Applicable:
        """The live systems other than the sources that may use it; `also` are categories that count as the same."""
        out = {*sources, *besides}
        common = _Common.of([self.facts.members[one] for one in sources if one in self.facts.members], resources)
        names = {spelt_alike(one) for one in (error_category, *also)} - {""}
        rows: list[_Row] = []
        if names:
            for system, told in sorted(self._having(names, common, out).items()):
                member = self.facts.members[system]
                reasons = (_often(told, error_category), *common.shared_with(member))
                rows.append(_Row(member, reasons, told.times, told.written))
        else:
            for system, member in sorted(self.facts.members.items()):
                touched = sorted(set(resources) & (member.reads | member.writes)) if system not in out else []
                if touched:
                    rows.append(
                        _Row(member, (f"reads or writes {listed(_as_written(touched, member), NAMED)}",), 0, ())
                    )
        return _applicable(rows, error_category)

    def _having(self, names: Collection[str], common: "_Common", out: Collection[str]) -> dict[str, _Told]:
        """The systems in which the category is active, with what they reported of it."""
        if not self._compared.issuperset(names):
            self._compared.update(names)
            self._near = _near(sorted(self._compared), self.likeness)
        certain, possible = set(names), set[str]()
        for name in names:
            for other, score in self._near.get(name, {}).items():
                (certain if score >= SAME_MEANING else possible).add(other)
        found = dict(self._having_any(frozenset(certain)))
        for name in sorted(possible - certain):
            for system, told in self._told.get(name, {}).items():
                if common.depends_alike(self.facts.members[system]):
                    found[system] = _merged([found[system], told]) if system in found else told
        return {system: told for system, told in found.items() if system not in out and told.times >= ACTIVE_TIMES}

    def _having_any(self, names: frozenset[str]) -> Mapping[str, _Told]:
        """The systems that reported any of these categories, with what they reported of them in all."""
        found = self._merged.get(names)
        if found is None:
            heaps: defaultdict[str, list[_Told]] = defaultdict(list)
            for name in sorted(names):
                for system, told in self._told.get(name, {}).items():
                    heaps[system].append(told)
            found = self._merged[names] = {system: _merged(several) for system, several in heaps.items()}
        return found


@dataclass(frozen=True)
class _Row:
    """A system that may use it."""

    member: Member
    reasons: tuple[str, ...]
    """In words that go on from "it"."""
    times: int
    written: tuple[str, ...]


@dataclass(frozen=True)
class _Common:
    """What a system may have in common with the sources."""

    resources: frozenset[str]
    upstream: frozenset[str]
    forms: frozenset[str]
    sources: tuple[str, ...]

    @classmethod
    def of(cls, sources: Sequence[Member], resources: Collection[str]) -> "_Common":
        read = frozenset[str]().union(*(one.reads for one in sources), resources)
        upstream = frozenset[str]().union(*(one.depends_on for one in sources))
        forms = frozenset[str]().union(*(one.reads_forms for one in sources))
        return cls(read, upstream, forms, tuple(sorted(one.system_id for one in sources)))

    def depends_alike(self, member: Member) -> bool:
        """Whether it relies on something that a source relies on."""
        return bool(self.resources & member.reads or self.upstream & member.depends_on)

    def shared_with(self, member: Member) -> tuple[str, ...]:
        """What it has in common with the sources, in words; that both read a kind of file only where nothing closer is known."""
        if same := sorted(self.resources & member.reads):
            return (f"reads {listed(_as_written(same, member), NAMED)}{self._as_they_do()}",)
        said = []
        if upstream := sorted(self.upstream & member.depends_on):
            said.append(f"depends on {listed(upstream, NAMED)}{self._as_they_do()}")
        if forms := sorted({_FORMS.get(one, f"{one} resources") for one in self.forms & member.reads_forms}):
            said.append(f"reads {listed(forms[:NAMED])}{self._as_they_do()}")
        return tuple(said)

    def _as_they_do(self) -> str:
        return (
            f", as {listed(self.sources, NAMED)} {'does' if len(self.sources) == 1 else 'do'}" if self.sources else ""
        )


def _together(rows: Iterable[tuple[int, int, str]]) -> _Told:
    ordered = sorted(rows, key=lambda row: (-row[0], row[2]))
    written = tuple(dict.fromkeys(row[2] for row in ordered))
    return _Told(sum(row[0] for row in ordered), max(row[1] for row in ordered), written)


def _merged(several: Sequence[_Told]) -> _Told:
    ordered = sorted(several, key=lambda one: (-one.times, one.written))
    written = tuple(dict.fromkeys(name for one in ordered for name in one.written))
    return _Told(sum(one.times for one in ordered), max(one.newest for one in ordered), written)


def _near(names: Sequence[str], likeness: Likeness) -> dict[str, dict[str, float]]:
    """Of each category those that mean about the same; numbers in them must be the same numbers."""
    found: defaultdict[str, dict[str, float]] = defaultdict(dict)
    if len(names) < 2:
        return found
    for pair in likeness(names, range(len(names)), len(names)):
        one, other = names[pair.one], names[pair.other]
        if pair.score >= ALIKE and not pair.contrary and _NUMBERS.findall(one) == _NUMBERS.findall(other):
            found[one][other] = found[other][one] = pair.score
    return found


def _often(told: _Told, error_category: str) -> str:
    name = told.written[0]
    same = not error_category or spelt_alike(name) == spelt_alike(error_category)
    named = name if same else f"{name} (much like {error_category})"
    return f"reported {named} {told.times} times in the last 30 days"


def _applicable(rows: Sequence[_Row], error_category: str) -> Applicable:
    if not rows:
        return Applicable()
    told = tuple(
        Applicability(
            system=row.member.system_id,
            because=tuple(_sentence(one) for one in row.reasons),
            adaptation=_its_own(row, error_category),
        )
        for row in rows
    )
    return Applicable(told, _reasoning(rows, error_category), _adaptation(rows, error_category))


def _sentence(reason: str) -> str:
    return f"It {reason}."


def _reasoning(rows: Sequence[_Row], error_category: str) -> str:
    """Who has which reason, those with the same together."""
    groups: defaultdict[tuple[str, ...], list[_Row]] = defaultdict(list)
    for row in rows:
        groups[row.reasons[1:] if row.times else row.reasons].append(row)
    parts = []
    for reasons, some in sorted(groups.items(), key=lambda group: (-len(group[1]), group[0])):
        who = listed([row.member.system_id for row in some], NAMED)
        said = []
        if some[0].times:
            often = sorted({row.times for row in some})
            times = f"{often[0]}" if len(often) == 1 else f"{often[0]} to {often[-1]}"
            said.append(f"reported {error_category or some[0].written[0]} {times} times in the last 30 days")
        parts.append(f"{who}{' each' if len(some) > 1 else ''} {listed([*said, *reasons])}")
    shown, more = parts[:NAMED], sum(1 for _ in parts[NAMED:])
    return "; ".join(shown) + (f"; and others for {more} further reasons" if more else "") + "."


def _its_own(row: _Row, error_category: str) -> str:
    """What this system would have to look at first."""
    named = row.written[0] if row.written else error_category
    what = f"where its {named} errors come from" if named else "how it uses what this is about"
    reads = _as_written(sorted(row.member.reads), row.member)
    where = f" when it reads {listed(reads[:NAMED], NAMED)}" if reads else ""
    return f"Look first at {what}{where}, and set limits by its own timing, not by those of the source."


def _adaptation(rows: Sequence[_Row], error_category: str) -> str:
    forms = sorted({_FORMS.get(one, f"{one} resources") for row in rows for one in row.member.reads_forms})
    reading = f" for what it reads ({listed(forms[:NAMED])})" if forms else ""
    against = f" against {error_category}" if error_category else ""
    return (
        f"Each system should build its own form of this{against}{reading}, set every limit by its own resources and timing "
        "instead of the source's, and shadow-test it before it is promoted."
    )


def _as_written(resources: Sequence[str], member: Member) -> list[str]:
    """The resources by the names that the system itself gives them, which are no one's home folder."""
    return list(dict.fromkeys(member.written.get(one, one) for one in resources))

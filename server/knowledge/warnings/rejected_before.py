"""Whether what somebody proposes is what others rejected before (LRN-3), by what it says of itself.

Two texts are of one approach by the rule by which rejections are found to be of one (`synthesis/ideas`): the same words for
what is done, or most of them by weight, half where both are against one kind of error. Which others there are plays no part:
a check that is run again on what it saw finds the same (CON-15). Against errors of another kind only what says all of its
words is.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from server.model.knowledge import KnowledgeEntry

MOST = 5
"""Anti-patterns that are told at most, those that most systems found first."""
_LONGEST_READ = 2_000
"""Characters of a text that are compared."""
_WHOLE_APPROACH = 3
"""Words that say what is done, which say it whatever else is said."""


@dataclass(frozen=True)
class AntiPattern:
    """A shared entry on what several systems rejected."""

    id: str
    title: str
    why: str
    approach: str
    error_category: str
    systems: tuple[str, ...]
    """Who rejected it."""
    told: tuple[str, ...] = ()
    """What they called it."""
    expires: int = 0
    """The moment from which on it is hidden, microseconds since 1970."""


@dataclass(frozen=True)
class Words:
    """What a change says of itself."""

    title: str = ""
    description: str = ""
    approach: str = ""
    error_category: str = ""

    @property
    def say_nothing(self) -> bool:
        """Whether there is nothing to compare."""
        return not (self.title or self.description or self.approach)

    def with_more(self, descriptions: Iterable[str]) -> "Words":
        """The same, saying this as well."""
        more = " ".join(filter(None, (self.description, *descriptions)))
        return Words(self.title, more[:_LONGEST_READ], self.approach, self.error_category)


NOTHING_SAID = Words()


def of_entry(entry: KnowledgeEntry, expires: int) -> AntiPattern:
    """An entry as checks go by it."""
    return AntiPattern(
        id=entry.id,
        title=entry.title,
        why=entry.description,
        approach=entry.approach,
        error_category=entry.error_category,
        systems=tuple(sorted({one.system for one in entry.support} or {entry.source_system} - {""})),
        told=tuple(dict.fromkeys(one.title for one in entry.support if one.title)),
        expires=expires,
    )


def rejected_before(words: Words, known: Sequence[AntiPattern], at: int) -> tuple[AntiPattern, ...]:
    """The anti-patterns that hold at that moment and are what the words propose, those that most systems found first."""
    if words.say_nothing or not known:
        return ()
    found = [one for one in known if one.expires > at and _is_proposed(words, one)]
    return tuple(sorted(found, key=lambda one: (-len(one.systems), len(one.id), one.id))[:MOST])


def _is_proposed(words: Words, one: AntiPattern) -> bool:
    from server.knowledge.synthesis.approaches import same_category
    from server.knowledge.synthesis.ideas import goes_against, idea_in, says_the_same

    both_told = bool(words.error_category and one.error_category)
    one_kind = both_told and same_category(words.error_category, one.error_category)
    category = one.error_category or words.error_category
    for theirs in told_as(one):
        for mine in said_as(words):
            idea, other = idea_in(mine, category), idea_in(theirs, category)
            if goes_against(idea, other):
                continue
            if len(other.named) >= _WHOLE_APPROACH and other.named <= idea.named:
                return True
            if (one_kind or not both_told or idea.named == other.named) and says_the_same(
                idea, other, one_kind=one_kind
            ):
                return True
    return False


def told_as(one: AntiPattern) -> Iterator[str]:
    """The ways in which it was told: the approach, else what each called it; an imported one by its title and description."""
    yield from filter(None, (one.approach, *one.told))
    if not one.approach and not one.told:
        yield one.title
        yield f"{one.title} {one.why}"


def said_as(words: Words) -> Iterator[str]:
    """The ways in which a change says what it does."""
    texts = (words.approach, words.title, words.description, f"{words.title} {words.approach}")
    yield from dict.fromkeys(text.strip()[:_LONGEST_READ] for text in texts if text.strip())

"""The anti-patterns in memory, found by the words of what they are about: a check meets those few that share some with it."""

import threading
from collections import Counter
from typing import TYPE_CHECKING

from server.knowledge.warnings.rejected_before import AntiPattern, Words, of_entry, said_as, told_as
from server.model.knowledge import KnowledgeEntry
from server.storage import outcomes

if TYPE_CHECKING:
    from server.storage.session import Session

MOST_COMPARED = 200
"""Anti-patterns that are compared with a change: those with the most words in common."""


class Rejections:
    """The anti-patterns of one database. Safe to use from several threads."""

    def __init__(self) -> None:
        self.revision = -1
        """Of shared knowledge, up to which they are known."""
        self._known: dict[str, tuple[AntiPattern, frozenset[str]]] = {}
        """By id, with the words of what each is about."""
        self._with: dict[str, set[str]] = {}
        """Ids by such a word."""
        self._lock = threading.Lock()

    def catch_up(self, session: "Session", revision: int) -> None:
        """They are known as at this revision of shared knowledge, which is the session's; only what is newer is read."""
        if revision == self.revision:
            return
        with self._lock:
            since = self.revision if self.revision <= revision else -1  # another database stands there now
            if since < 0:
                self._known.clear()
                self._with.clear()
            for entry_id, document, expires in outcomes.anti_patterns(session, since):
                self._forget(entry_id)
                if document is not None:
                    self._learn(of_entry(KnowledgeEntry.model_validate(document), expires))
            self.revision = revision

    def like(self, words: Words) -> tuple[AntiPattern, ...]:
        """Those that may be what the words propose, by id."""
        from server.knowledge.synthesis.ideas import idea_in

        if words.say_nothing or not self._known:
            return ()
        asked = {word for text in said_as(words) for word in idea_in(text, "").words}
        with self._lock:
            common = Counter(entry_id for word in asked for entry_id in self._with.get(word, ()))
            nearest = sorted(common, key=lambda one: (-common[one], len(one), one))[:MOST_COMPARED]
            return tuple(self._known[one][0] for one in sorted(nearest, key=lambda one: (len(one), one)))

    def _learn(self, one: AntiPattern) -> None:
        from server.knowledge.synthesis.ideas import idea_in

        about = frozenset(word for text in told_as(one) for word in idea_in(text, "").words)
        self._known[one.id] = (one, about)
        for word in about:
            self._with.setdefault(word, set()).add(one.id)

    def _forget(self, entry_id: str) -> None:
        _, about = self._known.pop(entry_id, (None, frozenset[str]()))
        for word in about:
            self._with[word].discard(entry_id)

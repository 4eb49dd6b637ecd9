"""Datasets that go by several names: what the symlinks facet says, followed through."""

from server.exchange.documents import mapping, sequence
from server.exchange.openlineage.lineage import Lineage, Named, named_in


class Names:
    """All names of each dataset; the first is the one under which it is registered."""

    def __init__(self, lineage: Lineage) -> None:
        self._known = {named: position for position, named in enumerate(lineage.datasets)}
        self._leads_to: dict[Named, Named] = {}
        self._groups: dict[Named, set[Named]] = {}
        for named, facets in lineage.datasets.items():
            for entry in sequence(mapping(facets.get("symlinks")).get("identifiers")):
                other = named_in(entry)
                if other is not None and other != named:
                    self._join(named, other)
        for named in self._leads_to:
            self._groups.setdefault(self._root(named), set()).add(named)
        # the place where the data lies is what states its other names, by the facet's own meaning
        physical = {named for named, facets in lineage.datasets.items() if mapping(facets.get("symlinks"))}
        self._first = {
            root: min(group, key=lambda one: (one not in physical, self._known.get(one, len(self._known)), one))
            for root, group in self._groups.items()
        }

    def first_of(self, named: Named) -> Named:
        """The name under which the dataset is registered."""
        return self._first[self._root(named)] if named in self._leads_to else named

    def all_of(self, named: Named) -> set[Named]:
        """Every name of the dataset."""
        return self._groups[self._root(named)] if named in self._leads_to else {named}

    def _root(self, named: Named) -> Named:
        while (above := self._leads_to.get(named, named)) != named:
            # each way up is halved, or the partitions of one table would make a long one
            self._leads_to[named] = named = self._leads_to[above]
        return named

    def _join(self, one: Named, other: Named) -> None:
        self._leads_to.setdefault(one, one)
        self._leads_to.setdefault(other, other)
        self._leads_to[self._root(other)] = self._root(one)

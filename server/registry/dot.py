"""The whole graph as DOT text, for Graphviz and what else reads it."""

from collections import defaultdict
from collections.abc import Iterable

from server.model.contract import Basis
from server.registry.map import RegistryMap
from server.registry.views import shortened

_SHAPES = {"MISSION_CRITICAL": "octagon", "PRODUCTION": "box", "EXPERIMENTAL": "ellipse"}
_NAMED = 3
"""Resources named on one arrow."""
_LONGEST = 80
"""Characters of one name."""


def dot(registry: RegistryMap, system_ids: Iterable[str] | None = None) -> str:
    """These systems, or all live ones, as a digraph: producer → consumer, labelled with what flows, sorted by id.

    The tier is the shape of a node; what is only inferred is dashed. Names are data: they stand in quotes, with what
    could end the quotes or start an escape written so that it does neither.
    """
    wanted = registry.systems if system_ids is None else set(system_ids)
    drawn = {one for one in wanted if registry.live(one) is not None}
    lines = [
        "digraph registry {",
        "  rankdir=LR;",
        '  node [fontname="sans-serif"];',
        '  edge [fontname="sans-serif"];',
    ]
    for system_id in sorted(drawn):
        system = registry.systems[system_id].system
        shown = quoted(shortened(system.name or system_id, _LONGEST))
        lines.append(f"  {quoted(system_id)} [label={shown}, shape={_SHAPES[system.tier.value]}];")
    for consumer in sorted(drawn):
        flows: defaultdict[str, set[str]] = defaultdict(set)
        firm: set[str] = set()
        for link in registry.producers(consumer):
            flows[link.producer].update({link.resource} - {""})
            firm |= {link.producer} if link.basis is Basis.DECLARED else set()
        for producer in sorted(flows.keys() & drawn):
            lines.append(
                f"  {quoted(producer)} -> {quoted(consumer)}{_attributes(flows[producer], firm=producer in firm)};"
            )
    return "\n".join([*lines, "}"]) + "\n"


def quoted(text: str) -> str:
    """The text as a DOT string that is shown as it is: quotes, backslashes and control characters are no syntax."""
    bare = "".join(character if character.isprintable() else " " for character in text)
    return '"' + bare.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _attributes(resources: set[str], *, firm: bool) -> str:
    said = []
    if resources:
        more = f" and {len(resources) - _NAMED} more" if len(resources) > _NAMED else ""
        shown = ", ".join(shortened(one, _LONGEST) for one in sorted(resources)[:_NAMED]) + more
        said.append(f"label={quoted(shown)}")
    if not firm:
        said.append("style=dashed")
    return f" [{', '.join(said)}]" if said else ""

"""The formats that the registry can be written in besides its own files, as a table (REG-11)."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from server.errors import InvalidArgument
from server.exchange.exports.backstage import write_backstage
from server.exchange.exports.odcs import write_odcs
from server.exchange.exports.openlineage import write_openlineage
from server.registry.map import RegistryMap


@dataclass(frozen=True)
class ExportFormat:
    """One format to write: its name, what it is, and who writes it."""

    name: str
    title: str
    write: Callable[[RegistryMap, datetime], dict[str, str]]
    """Takes the registry and the moment to texts by their place in the folder, with `/`; none where there is nothing."""


DOCUMENTS = "documents"
"""The name under which the source documents' own files are asked for along with other formats."""

EXPORTS: tuple[ExportFormat, ...] = (
    ExportFormat("backstage", "a Backstage catalogue, one component per system", write_backstage),
    ExportFormat("odcs", "data contracts by the Open Data Contract Standard 3.1, one per system", write_odcs),
    ExportFormat("openlineage", "static OpenLineage events, one per line", write_openlineage),
)


def find_exports(names: Iterable[str], *, besides: Collection[str] = ()) -> tuple[ExportFormat, ...]:
    """The formats of these names, each once, in the table's order; `documents` and those in `besides` are none of the table.

    Raises InvalidArgument, with the known names, for any other.
    """
    wanted = {name.strip().lower() for name in names if name.strip()}
    known = (DOCUMENTS, *(one.name for one in EXPORTS), *besides)
    for name in sorted(wanted.difference(known)):
        raise InvalidArgument(f"{name[:80]!r} is no format that can be written.", path="/formats", allowed=known)
    return tuple(one for one in EXPORTS if one.name in wanted)

"""How a file's name ends once it is laid out differently: `prices_v2.csv` beside `prices.json`."""

import re

from server.conflicts.facets.layout import Layout, encoding_named, layout_of_name, layouts_in
from server.conflicts.facets.layout_words import COMPRESSIONS
from server.model.change import FormatChange

_USUAL = {
    "markdown": "md",
    "text": "txt",
    "pickle": "pkl",
    "jpeg": "jpg",
    "hdf5": "h5",
    "netcdf": "nc",
    "protobuf": "pb",
}
"""Containers whose files don't end as the container is called."""


def with_new_ending(name: str, change: FormatChange | None) -> str:
    """The name with the ending of the container that the change brings; as it is where nothing there tells the format.

    A compression is named after it where the change states one: that of the old form is not taken to stay.
    """
    if change is None:
        return name
    before, after = layout_of_name(name), _layout_stated(change)
    word = "geojson" if after.profile == "geo" else _USUAL.get(after.container, after.container)
    if not before.container or before.container == after.container or re.fullmatch(r"[a-z0-9]+", word) is None:
        return name
    if set("#?") & set(name) or name.endswith("/"):
        return name
    stem = name.rsplit(".", 2 if before.compression else 1)[0]
    packed = next((ending for ending, named in COMPRESSIONS.items() if named == after.compression), "")
    return ".".join(filter(None, (stem, word, packed)))


def _layout_stated(change: FormatChange) -> Layout:
    """The first that names a container, with the compression that any of them states."""
    texts = [layouts_in(text)[0] for text in (change.container, change.media_type) if text]
    stated = [*texts, layout_of_name(change.naming)]
    container = next((one for one in stated if one.container), Layout())
    packed = [one.compression for one in stated] + [encoding_named(change.encoding)[1] if change.encoding else ""]
    compression = next((one for one in packed if one), "")
    return Layout(container=container.container, profile=container.profile, compression=compression)

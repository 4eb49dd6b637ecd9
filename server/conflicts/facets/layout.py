"""How a resource is laid out, as comparable facts read from the words that people use: "application/json", "csv; utf-8"."""

import re
from dataclasses import dataclass, replace
from enum import StrEnum

from server.conflicts.facets.layout_words import (
    ANY,
    COMPRESSIONS,
    CONTAINERS,
    ENCODINGS,
    INSIDE,
    KNOWN,
    MEDIA_TEXT,
    MEDIA_TYPES,
    PHRASES,
    SILENT,
    TEXTUAL,
    UNCOMPRESSED,
    UTF8_BY_STANDARD,
    WITHIN,
)

UNCLEAR = "?"


@dataclass(frozen=True)
class Layout:
    """The facts of one format; a fact is empty where the words don't state it."""

    container: str = ""
    """Such as `json`; `text/*` for a range of media types; a lone word that is not known stands for itself."""
    shape: str = ""
    """`array` or `object`."""
    profile: str = ""
    """What a suffixed media type narrows: `geo` of `application/geo+json`."""
    encoding: str = ""
    compression: str = ""
    """Empty for none; `?` where it can't be told whether there still is one."""
    unread: str = ""
    """Words that were not understood."""

    def __str__(self) -> str:
        """As a person reads it; empty where nothing is known."""
        name = f"{self.profile}+{self.container}" if self.profile else self.container
        parts = [" ".join(filter(None, (name, self.shape))), self.encoding, self.compression.strip("?"), self.unread]
        return "; ".join(filter(None, parts))


_MEDIA_TYPE = re.compile(r"(?<![\w./])((?:[a-z]+|\*)/(?:[a-z0-9][a-z0-9.+_-]*|\*))")
_WORD = re.compile(r"[^\s,;:|/()\[\]{}'\"=.*<>]+")


def layouts_in(text: str) -> tuple[Layout, ...]:
    """The formats that these words name, one for each container; one without a container where they name none."""
    rest = text.casefold().strip()
    containers: dict[str, str] = {}
    facts = Layout()

    def take_media_type(found: "re.Match[str]") -> str:
        nonlocal facts
        container, profile = _of_media_type(found.group(1))
        if container:
            containers.setdefault(container, profile)
        if found.group(1) == "application/gzip":
            facts = replace(facts, compression="gzip")
        return " "

    rest = _MEDIA_TYPE.sub(take_media_type, rest)
    for pattern, plain in PHRASES:
        rest = re.sub(pattern, plain, rest)
    words, unread = _WORD.findall(rest), []
    for word in words:
        bare = re.sub(r"[_-]", "", word)
        if word in CONTAINERS or word == "json-seq":
            containers.setdefault(CONTAINERS.get(word, word), "geo" if word == "geojson" else "")
        elif bare in ENCODINGS:
            facts = replace(facts, encoding=ENCODINGS[bare])
        elif word in COMPRESSIONS:
            facts = replace(facts, compression=COMPRESSIONS[word])
        elif word in ("array", "object"):
            facts = replace(facts, shape=facts.shape or word)
        elif word not in SILENT:
            unread.append(word)
    if "text" in words and not containers:
        containers["text"] = ""
    if not containers and len(unread) == 1 and facts == Layout():
        return (Layout(container=unread[0]),)
    facts = replace(facts, unread=" ".join(unread))
    return tuple(
        _as_written(replace(facts, container=container, profile=profile)) for container, profile in containers.items()
    ) or (facts,)


def layout_of_name(resource: str) -> Layout:
    """What the ending of a file's name says: `signals.json.gz` is JSON in gzip; empty where it says nothing."""
    base, _, table = resource.partition("#")
    if table and resource.startswith("sqlite"):
        return Layout(container="sqlite")
    endings = base.rstrip("/").rpartition("/")[2].partition("?")[0].casefold().split(".")[1:]
    if not endings:
        return Layout()
    compression = COMPRESSIONS.get(endings[-1], "")
    ending = endings[-2] if compression and len(endings) > 1 else endings[-1]
    container = {"txt": "text", "geojson": "json"}.get(ending, CONTAINERS.get(ending, ""))
    if container in ("", ANY):
        return Layout()
    return Layout(container=container, compression=compression, profile="geo" if ending == "geojson" else "")


def merged_layout(layouts: list[Layout]) -> Layout:
    """One layout of what several places say of the same thing; the first that names a container is believed."""
    base = next((layout for layout in layouts if layout.container), Layout())
    for other in layouts:
        if other.container not in ("", base.container):
            continue
        base = replace(
            base,
            shape=base.shape or other.shape,
            profile=base.profile or other.profile,
            encoding=base.encoding or other.encoding,
            compression=base.compression or other.compression,
        )
    return with_standard_encoding(base)


def with_standard_encoding(layout: Layout) -> Layout:
    """The same, with the encoding that the container's standard prescribes where none is stated."""
    if layout.encoding or layout.container not in UTF8_BY_STANDARD:
        return layout
    return replace(layout, encoding="utf-8")


def encoding_named(text: str) -> tuple[str, str]:
    """The (encoding, compression) that this word names; a word that is not known is its own encoding."""
    word = text.casefold().strip()
    if word in UNCOMPRESSED:
        return "", "none"
    if word in COMPRESSIONS:
        return "", COMPRESSIONS[word]
    return ENCODINGS.get(re.sub(r"[\s_-]", "", word), word), ""


def is_known(container: str) -> bool:
    """Whether two different names of this kind are two different containers."""
    return container in KNOWN or container.endswith("/*")


def is_encoding(name: str) -> bool:
    """Whether an encoding of texts goes by this name."""
    return name in ENCODINGS.values()


def has_encoding(container: str) -> bool:
    """Whether an encoding means something to this container, as far as it is known."""
    return container in TEXTUAL or container in UTF8_BY_STANDARD or not is_known(container)


def encoding_within(writer: str, reader: str) -> bool:
    """Whether everything written in the one encoding is read as the same text in the other."""
    return writer == reader or reader in WITHIN.get(writer, ())


class Takes(StrEnum):
    """Whether something that is accepted includes something that is written."""

    YES = "yes"
    NO = "no"
    UNCLEAR = "unclear"


def takes(accepted: Layout, written: Layout, before: Layout) -> Takes:
    """Whether a reader of `accepted` can read what is `written`, as far as both state facts.

    `before` is what it reads today: words that were not understood are no hindrance where the container stays as it is.
    An encoding that the reader does not state is not judged here.
    """
    if accepted.container == ANY:
        return Takes.YES
    container = _takes_container(accepted, written)
    if container is not Takes.YES:
        return container
    if UNCLEAR in (accepted.compression, written.compression):
        return Takes.UNCLEAR
    if accepted.compression != written.compression:
        return Takes.NO
    if accepted.shape and written.shape and accepted.shape != written.shape:
        return Takes.NO
    if accepted.encoding and has_encoding(written.container):
        if not written.encoding:
            return Takes.UNCLEAR
        if not encoding_within(written.encoding, accepted.encoding):
            return Takes.NO if is_encoding(accepted.encoding) and is_encoding(written.encoding) else Takes.UNCLEAR
    if (accepted.shape and not written.shape) or (accepted.profile and accepted.profile != written.profile):
        return Takes.UNCLEAR
    if written.unread not in ("", accepted.unread, before.unread):
        return Takes.UNCLEAR
    if accepted.unread not in ("", written.unread) and (written.container, written.shape) != (
        before.container,
        before.shape,
    ):
        return Takes.UNCLEAR
    return Takes.YES


def _takes_container(accepted: Layout, written: Layout) -> Takes:
    one, other = accepted.container, written.container
    if not one or not other:
        return Takes.UNCLEAR
    if one == other:
        return Takes.YES
    if one == "text/*" and is_known(other):
        return Takes.YES if other in MEDIA_TEXT else Takes.NO
    if not (is_known(one) and is_known(other)) or one in ("text", "text/*") or other == "text":
        return Takes.UNCLEAR  # plain text may be anything that is written in letters
    return Takes.UNCLEAR if (one, other) == ("yaml", "json") else Takes.NO


def _of_media_type(media_type: str) -> tuple[str, str]:
    """(container, profile) of a media type; the whole type where it is not known."""
    if media_type in MEDIA_TYPES:
        return MEDIA_TYPES[media_type], ""
    kind, _, name = media_type.partition("/")
    if name == "*":
        return f"{kind}/*", ""
    bare, _, suffix = name.rpartition("+")
    if bare and suffix in CONTAINERS:
        return CONTAINERS[suffix], bare
    last = re.sub(r"^(x-|vnd\.)*(apache\.)?", "", name)
    return CONTAINERS.get(last, media_type), ""


def _as_written(layout: Layout) -> Layout:
    """Without a compression that is the container's own affair."""
    if layout.container in INSIDE and layout.compression:
        return replace(layout, compression="", unread=" ".join(filter(None, (layout.unread, layout.compression))))
    return layout

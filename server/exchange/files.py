"""Reading the files of a source: size-capped, UTF-8, and never further afield than the source's own project."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from server.errors import InvalidArgument, NotFound, TooLarge
from server.exchange import shared_knowledge
from server.exchange.formats import FORMATS, Format, format_named
from server.exchange.source import Nearby, SourceFile

LARGEST = 64 * 1024 * 1024
"""Bytes that one file may have, and that all files of a folder may have together."""
_HEAD = 65_536
_LARGER = f'"{shared_knowledge.MEMBER}"'.encode()
"""In its first bytes: the one kind of file that may be larger."""
MOST_FILES = 2_000
"""Files of one format that a folder may stand for."""
MOST_LOOKED_AT = 20_000
"""Files of a folder that are looked at by name."""
MOST_LOOKED_INTO = 500
"""Files that are looked into for what else a folder holds."""
_NOBODYS_OWN = frozenset({"node_modules", "__pycache__", "venv", "site-packages"})
"""Folders of other people's files."""


def read_sources(paths: Sequence[str], wanted: str = "") -> tuple[tuple[SourceFile, ...], Nearby]:
    """The files given by path, a folder standing for what is in it, and the way to those that they refer to.

    `wanted` is the name of the format that a folder is looked through for; without it the first that is found counts.
    Raises NotFound, InvalidArgument or TooLarge for a file that was named and can't be read.
    """
    places = [_place(path) for path in paths]
    start = places[0] if places[0].is_dir() else places[0].parent
    nearby = _nearby(_project_of(start))
    files: list[SourceFile] = []
    for place in places:
        files += _of_folder(place, nearby, wanted) if place.is_dir() else [_read(place)]
    unique = {file.path: file for file in files}
    return tuple(unique.values()), nearby


def folder_named(paths: Sequence[str]) -> str:
    """The folder that stands for a whole source, where exactly one was given and nothing else."""
    named = [path for path in paths if path.strip()]
    place = _place(named[0]) if len(named) == 1 else None
    return place.as_posix() if place is not None and place.is_dir() else ""


def _place(path: str) -> Path:
    if not path.strip() or "\0" in path:
        raise InvalidArgument("An empty path was given.", path="/path")
    try:
        place = Path(path).expanduser().resolve()
    except (OSError, RuntimeError, ValueError) as error:
        raise InvalidArgument(f"{path[:200]} is no path that can be looked up.", path="/path") from error
    if not place.exists():
        raise NotFound(f"There is no file {path[:200]}.", path="/path")
    return place


def _read(place: Path) -> SourceFile:
    try:
        if not place.is_file():
            raise InvalidArgument(f"{place} is no file.", path="/path")
        with place.open("rb") as content:
            data = content.read(_HEAD)
            most = shared_knowledge.LARGEST if _LARGER in data else LARGEST
            if place.stat().st_size > most:
                raise TooLarge(f"{place} is larger than {most // 1024 // 1024} MB.", path="/path")
            data += content.read(most + 1 - len(data))
    except OSError as error:
        raise InvalidArgument(f"{place} can't be read: {error.strerror}.", path="/path") from error
    if len(data) > most:
        raise TooLarge(f"{place} is larger than {most // 1024 // 1024} MB.", path="/path")
    try:
        return SourceFile(place.as_posix(), data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise InvalidArgument(f"{place} is no UTF-8 text (byte {error.start}).", path="/path") from None


def _of_folder(folder: Path, nearby: Nearby, wanted: str) -> list[SourceFile]:
    formats = (format_named(wanted),) if wanted else FORMATS
    for known in formats:
        if found := known.files_in(folder.as_posix(), nearby):
            return found
    names = _names_below(folder) if any(known.endings for known in formats) else []
    for known in formats:
        if known.endings and (found := _recognised(known, names, nearby)):
            return found
    raise NotFound(
        f"{folder} holds nothing that can be imported.",
        path="/path",
        hint="Looked for "
        + ", ".join(name for known in formats for name in known.folder_files)
        + "".join(f", {known.title}" for known in formats if known.endings)
        + ".",
    )


def _names_below(folder: Path) -> list[str]:
    """The files in the folder and below it, in one order wherever they lie; hidden folders and other people's left out."""

    def walk() -> Iterator[str]:
        for place, folders, files in os.walk(folder):
            folders[:] = sorted(name for name in folders if name[:1] != "." and name not in _NOBODYS_OWN)
            yield from (Path(place, name).as_posix() for name in sorted(files))

    names: list[str] = []
    for name in walk():
        names.append(name)
        if len(names) > MOST_LOOKED_AT:
            raise TooLarge(
                f"{folder} holds more than {MOST_LOOKED_AT:,} files.",
                path="/path",
                hint="Name a folder further down, or the files.",
            )
    return names


def _recognised(known: Format, names: Sequence[str], nearby: Nearby) -> list[SourceFile]:
    found: list[SourceFile] = []
    size = 0
    for name in names:
        if not name.lower().endswith(known.endings):
            continue
        file = nearby(name)
        if not isinstance(file, SourceFile) or not known.takes(name, file.text):
            continue
        found.append(SourceFile(name, file.text))
        size += len(file.text)
        if len(found) > MOST_FILES or size > LARGEST:
            raise TooLarge(
                f"The folder holds more than {MOST_FILES:,} files of {known.name}, "
                f"or more than {LARGEST // 1024 // 1024} MB of them.",
                path="/path",
                hint="Import it in parts.",
            )
    return found


def formats_beside(folder: str, known: Format, files: Sequence[SourceFile], nearby: Nearby) -> dict[str, str]:
    """What else than these files of one format a folder holds: by the format's name, a file of it.

    Of a large folder only the first files are looked into; a person is to be told of most cases, not of every one.
    """
    read = {file.path for file in files}
    found: dict[str, str] = {}
    for other in FORMATS:
        beside = [] if other is known else [file for file in other.files_in(folder, nearby) if file.path not in read]
        if beside:
            found[other.name] = beside[0].path
    endings = tuple(ending for other in FORMATS for ending in other.endings)
    candidates = [name for name in _names_below(Path(folder)) if name.lower().endswith(endings) and name not in read]
    for name in candidates[:MOST_LOOKED_INTO]:
        file = nearby(name)
        if isinstance(file, str):
            continue
        first = next((other for other in FORMATS if other.takes(name, file.text)), None)
        if first is not None and first is not known and name.lower().endswith(first.endings or ("\0",)):
            found.setdefault(first.name, name)
    return found


def _project_of(folder: Path) -> Path:
    """The folder that a source may refer into: its repository, else the folder above its own; never somebody's whole home."""
    home = Path.home().resolve()
    too_much = {home, *home.parents, Path(folder.anchor)}
    for candidate in (folder, *folder.parents):
        if candidate in too_much:
            break
        if (candidate / ".git").exists():
            return candidate
    return folder if folder.parent in too_much else folder.parent


def _nearby(project: Path) -> Nearby:
    def look(path: str) -> SourceFile | str:
        try:
            place = Path(path).resolve()
            if not place.is_relative_to(project):
                return "it lies outside the project's folder"
            return _read(place) if place.is_file() else "there is no such file"
        except (OSError, RuntimeError, ValueError):
            return "it can't be looked up"
        except InvalidArgument as error:
            return error.message

    return look

"""Reading the files of a source: size-capped, UTF-8, and never further afield than the source's own project."""

from collections.abc import Sequence
from pathlib import Path

from server.errors import InvalidArgument, NotFound, TooLarge
from server.exchange.formats import FORMATS
from server.exchange.source import Nearby, SourceFile

LARGEST = 64 * 1024 * 1024
"""Bytes that one file may have."""


def read_sources(paths: Sequence[str]) -> tuple[tuple[SourceFile, ...], Nearby]:
    """The files given by path, a folder standing for what is in it, and the way to those that they refer to.

    Raises NotFound, InvalidArgument or TooLarge for a file that was named and can't be read.
    """
    places = [_place(path) for path in paths]
    start = places[0] if places[0].is_dir() else places[0].parent
    nearby = _nearby(_project_of(start))
    files: list[SourceFile] = []
    for place in places:
        files += _of_folder(place, nearby) if place.is_dir() else [_read(place)]
    unique = {file.path: file for file in files}
    return tuple(unique.values()), nearby


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
        if place.stat().st_size > LARGEST:
            raise TooLarge(f"{place} is larger than {LARGEST // 1024 // 1024} MB.", path="/path")
        with place.open("rb") as content:
            data = content.read(LARGEST + 1)
    except OSError as error:
        raise InvalidArgument(f"{place} can't be read: {error.strerror}.", path="/path") from error
    if len(data) > LARGEST:
        raise TooLarge(f"{place} is larger than {LARGEST // 1024 // 1024} MB.", path="/path")
    try:
        return SourceFile(place.as_posix(), data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise InvalidArgument(f"{place} is no UTF-8 text (byte {error.start}).", path="/path") from None


def _of_folder(folder: Path, nearby: Nearby) -> list[SourceFile]:
    for known in FORMATS:
        if found := known.files_in(folder.as_posix(), nearby):
            return found
    raise NotFound(
        f"{folder} holds nothing that can be imported.",
        path="/path",
        hint="Looked for " + ", ".join(name for known in FORMATS for name in known.folder_files) + ".",
    )


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

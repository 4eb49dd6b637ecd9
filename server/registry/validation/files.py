"""Files, folders and globs: which files are meant, and each of them read as what it is."""

import os
import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from server.registry.resources import glob_matches, is_glob, static_prefix
from server.registry.validation.bytes_of import FileBytes, Torn, Unreadable, read_bytes, said
from server.registry.validation.look import NOT_VERIFIABLE
from server.registry.validation.reading import Reading
from server.registry.validation.texts import EndsEarly, Form, form_of, read_text

BEING_WRITTEN = timedelta(seconds=60)
"""A file that ends in the middle and is no older than this is taken to be written just now."""
_DEEPEST = 12


def read_path(path: str, stated_form: str, look: Reading) -> None:
    """The file, folder or glob is looked at; `stated_form` is what the contract says of its layout."""
    if is_glob(path):
        _read_several(path, _matching(path, look), stated_form, look, f"no file matches {path}")
        return
    try:
        found = os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        look.missing("there is no such file")
        return
    except (OSError, ValueError) as error:
        look.unknown(f"it can't be looked at: {said(error)}")
        return
    if stat.S_ISDIR(found.st_mode):
        _read_several(path, _inside(path, look), stated_form, look, "the folder is empty")
    elif stat.S_ISREG(found.st_mode):
        look.there(f"a file of {found.st_size:,} bytes")
        _read_file(path, stated_form, look, "")
    else:
        look.unknown(f"{NOT_VERIFIABLE}: it is a device or a pipe, which is not read")


def _read_several(
    place: str, files: list[tuple[float, str]] | None, stated_form: str, look: Reading, none: str
) -> None:
    if files is None:
        return
    if not files:
        look.missing(none)
        return
    look.there(f"{len(files):,} files" if len(files) > 1 else "one file")
    look.written(datetime.fromtimestamp(max(moment for moment, _ in files), UTC))
    chosen = sorted(files, reverse=True)[: look.limits.files]
    if len(chosen) < len(files):
        look.cut(f"the newest {len(chosen):,} of {len(files):,} files were looked at")
    start = static_prefix(place)
    for _, path in chosen:
        look.in_time()
        if look.bytes >= look.limits.bytes:
            look.cut(f"only the newest {look.files:,} of {len(files):,} files were looked at")
            break
        _read_file(path, stated_form, look, os.path.relpath(path, start))


def _read_file(path: str, stated_form: str, look: Reading, name: str) -> None:
    """The file is read and judged; a read that was torn is done again once."""
    for again in (True, False):
        try:
            file = read_bytes(path, max(look.limits.bytes - look.bytes, 0))
            form = form_of(path, stated_form, file.data[:4_096])
            _take(file, form, path, look, name)
        except FileNotFoundError:
            look.unread(f"{name or 'it'} is gone by now")
        except Unreadable as error:
            look.unread(f"{name or 'it'} can't be read: {error}")
        except Torn:
            if again:
                continue
            look.unread(f"{name or 'it'} is being written")
        except EndsEarly as error:
            if again:
                continue
            _ended_early(path, look, name, str(error))
        return


def _take(file: FileBytes, form: Form, path: str, look: Reading, name: str) -> None:
    look.written(file.written_at)
    if form is Form.OTHER:
        look.unreadable(f"{NOT_VERIFIABLE}: {name or 'it'} is of a kind whose content is not read")
    elif form is Form.PARQUET:
        from server.registry.validation.parquet import read_parquet

        read_parquet(file, look, name)
    else:
        read_text(form, file.data, look, at=name, whole=file.whole)
    look.took(len(file.data), files=1)


def _ended_early(path: str, look: Reading, name: str, why: str) -> None:
    try:
        written = datetime.fromtimestamp(os.stat(path).st_mtime, UTC)
    except OSError:
        written = look.now
    look.written(written)
    if written > look.now - BEING_WRITTEN:
        look.unread(f"{name or 'it'} is being written: {why}")
    else:
        look.say("read", f"no JSON: {why}", at=name)
        look.content()


def _inside(folder: str, look: Reading) -> list[tuple[float, str]]:
    """The plain files directly in a folder, or below it where it holds none, with when they were written."""
    return _walked(folder, look, lambda path: True)


def _matching(pattern: str, look: Reading) -> list[tuple[float, str]] | None:
    start = static_prefix(pattern)
    if not os.path.isabs(start):
        look.unknown(f"{NOT_VERIFIABLE}: it is a relative path, and nothing says from where")
        return None
    depth = _DEEPEST if "**" in pattern else pattern[len(start) :].strip("/").count("/")
    return _walked(start, look, lambda path: glob_matches(pattern, path), depth)


def _walked(
    folder: str, look: Reading, wanted: Callable[[str], bool], depth: int = _DEEPEST
) -> list[tuple[float, str]]:
    """Plain files below a folder that are wanted. Links are not followed, hidden and unfinished files are left out."""
    found: list[tuple[float, str]] = []
    pending = [(folder, 0)]
    seen = 0
    while pending:
        here, level = pending.pop()
        look.in_time()
        try:
            entries = os.scandir(here)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            look.unread(f"a folder can't be looked into: {said(error)}")
            continue
        with entries:
            for entry in entries:
                seen += 1
                if seen > look.limits.entries:
                    look.cut(f"only {look.limits.entries:,} names of the folder were looked through")
                    return found
                if entry.name.startswith(".") or entry.name.endswith((".tmp", ".part", ".partial", "~", ".swp")):
                    continue
                try:
                    if entry.is_dir(follow_symlinks=False):
                        if level < depth:
                            pending.append((entry.path, level + 1))
                    elif entry.is_file(follow_symlinks=False) and wanted(entry.path):
                        found.append((entry.stat(follow_symlinks=False).st_mtime, entry.path))
                except OSError:
                    continue
    return found

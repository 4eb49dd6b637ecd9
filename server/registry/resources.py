"""Canonical names of resources, and when two names speak of the same data.

Most dependencies that go unseen are a matter of spelling: `~`, a symlink, a trailing slash, a glob. Every access is
therefore compared by its canonical name, and shown by the name its system wrote. All functions are pure: the home
folder and the resolution of symlinks are passed in.
"""

import posixpath
import re
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from urllib.parse import SplitResult, unquote, urlsplit

Resolver = Callable[[str], str]
"""Takes an absolute path to the path with its symlinks resolved, as far as it exists."""

_SCHEME = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]+):(//)?")
_DRIVE = re.compile(r"^[A-Za-z]:[\\/]")
_GLOB = re.compile(r"[*?\[]")
_HIERARCHICAL = ("http", "https", "s3", "gs", "ftp", "sftp", "hdfs", "abfs")
_DATABASES = ("postgresql", "mysql", "sqlite")
_DEFAULT_PORTS = {"http": 80, "https": 443, "postgresql": 5432, "mysql": 3306, "redis": 6379, "ftp": 21}
_SAME_SCHEME = {"postgres": "postgresql"}
_DRIVER = re.compile(r"\+[a-z0-9_]+$")
"""How a client library is named in the URL of a database; it is the same database through another one."""
_CONTAINER = r"(?i:abfss?|wasbs?)://[^/?#@:]+@"
"""A storage account's container stands where other addresses have the user."""
_PLACEHOLDER = re.compile(r"\{[^{}/]*\}|<[A-Za-z_][A-Za-z0-9_ -]*>")


def canonical_name(resource: str, *, home: str, root: str = "", resolve: Resolver = lambda path: path) -> str:
    """The one name under which this resource is compared with others.

    `~` and `$HOME` become `home`, a relative path is taken from `root` where the system states one, `.` and `..`,
    doubled and trailing slashes go, symlinks are resolved up to the first glob, `{date}` and `<date>` count as `*`;
    of a URL, scheme and host go lower-case, and credentials, the default port and a trailing slash go.
    """
    text = _without_format_note(resource.strip())
    scheme = _SCHEME.match(text)
    if scheme and not _DRIVE.match(text):
        return _canonical_uri(text, scheme.group(1).lower(), home=home, root=root, resolve=resolve)
    return _canonical_path(text, home=home, root=root, resolve=resolve)


def without_credentials(resource: str) -> str:
    """The same name without a password or user in its URL: what is stored and shown."""
    return re.sub(rf"^(?!{_CONTAINER})([A-Za-z][A-Za-z0-9+.-]*://)[^/?#]*@", r"\1", resource)


def is_glob(canonical: str) -> bool:
    """Whether the name stands for many resources by a pattern."""
    if canonical.startswith(("http://", "https://")):  # where `?` starts the query, and `[` an address
        return "*" in canonical.partition("?")[0] and "[" not in canonical
    return _GLOB.search(canonical) is not None


def ancestors(canonical: str) -> Iterator[str]:
    """The names of the folders (or the database file) that hold this resource, nearest first."""
    scheme = urlsplit(canonical).scheme if "://" in canonical else ""
    if scheme in ("sqlite", "postgresql", "mysql"):
        holder, _, table = canonical.partition("#")
        if table:
            yield holder
        if scheme == "sqlite":
            file = holder.removeprefix("sqlite://")
            yield file
            yield from ancestors(file)
        return
    if scheme and scheme not in _HIERARCHICAL:
        return
    stem = canonical.split("://", 1)[-1]
    prefix = canonical[: len(canonical) - len(stem)]
    while (end := (stem := stem.rstrip("/")).rfind("/")) >= 0:
        stem = stem[:end]
        if stem:
            yield prefix + stem
    if not prefix and canonical not in ("/", "."):
        yield "/" if canonical.startswith("/") else "."


def static_prefix(canonical: str) -> str:
    """The folder of a glob up to its first wildcard."""
    wildcard = _GLOB.search(canonical) if is_glob(canonical) else None
    if wildcard is None:
        return canonical
    return canonical[: wildcard.start()].rpartition("/")[0] or ("/" if canonical.startswith("/") else ".")


def overlaps(one: str, other: str) -> bool:
    """Whether two canonical names can mean the same data: equal, one inside the other's folder, or matched by its glob."""
    if one == other:
        return True
    globs = is_glob(one), is_glob(other)
    if all(globs):
        return globs_meet(one, other)
    if any(globs):
        pattern, plain = (one, other) if globs[0] else (other, one)
        folder = static_prefix(pattern)
        return glob_matches(pattern, plain) or folder == plain or _holds(plain, folder)
    return _holds(one, other) or _holds(other, one)


def takes_in(one: str, other: str) -> bool:
    """Whether all that the other canonical name means lies in the first one: equal, in its folder, or matched by its glob.

    Of two different globs no is said: it is not told which of them is the wider one.
    """
    if one == other or is_glob(one):
        return one == other or (not is_glob(other) and glob_matches(one, other))
    inside = static_prefix(other)
    return (inside == one and inside != other) or _holds(one, inside)


def globs_meet(one: str, other: str) -> bool:
    """Whether some path could be matched by both globs. Says yes where it can't tell."""
    return _segments_meet(tuple(one.split("/")), tuple(other.split("/")))


def glob_matches(pattern: str, path: str) -> bool:
    """Whether a path is matched by a glob: `*` and `?` stay inside a segment, `**` crosses them."""
    return _segments_meet(tuple(pattern.split("/")), tuple(path.split("/")))


def _holds(folder: str, inside: str) -> bool:
    if folder not in inside and folder != ".":
        return False  # an ancestor stands in the name itself, but for the folder that a relative path is in
    return any(ancestor == folder for ancestor in ancestors(inside))


def _without_format_note(text: str) -> str:
    """A path in quotes or backquotes is the path."""
    return text.strip("`\"'") if text[:1] in "`\"'" else text


def _canonical_uri(text: str, scheme: str, *, home: str, root: str, resolve: Resolver) -> str:
    bare = _DRIVER.sub("", scheme)
    scheme = _SAME_SCHEME.get(bare, bare if bare in _DATABASES else scheme)
    if scheme == "file":
        return _canonical_path(_path_of_file_uri(text), home=home, root=root, resolve=resolve)
    if scheme == "sqlite":
        return _canonical_sqlite(text, home=home, root=root, resolve=resolve)
    if "://" not in text:
        return scheme + text[len(scheme) :]
    try:
        parts = urlsplit(text)
        host = _host(parts, scheme)
    except ValueError:
        return text
    if scheme not in (*_HIERARCHICAL, *_DEFAULT_PORTS):
        rest = f"{parts.path.rstrip('/')}{'?' + parts.query if parts.query else ''}{'#' + parts.fragment if parts.fragment else ''}"
        netloc = parts.netloc if re.match(_CONTAINER, text) else parts.netloc.rpartition("@")[2]
        return f"{scheme}://{netloc}{rest}"
    path = posixpath.normpath(parts.path) if parts.path.strip("/") else ""
    table = parts.fragment
    if scheme == "postgresql" and table and "." not in table:
        table = f"public.{table}"
    query = f"?{parts.query}" if parts.query and scheme.startswith("http") else ""
    keep = f"#{table}" if table and not scheme.startswith("http") else ""
    return f"{scheme}://{host}{_PLACEHOLDER.sub('*', path)}{query}{keep}"


def _path_of_file_uri(text: str) -> str:
    """The path that a file URI names, also where the home folder or a drive stands in it as people write them."""
    parts = urlsplit(text)
    path = unquote(parts.path)
    if parts.netloc in ("~", "$HOME"):
        return parts.netloc + path
    return path[1:] if _DRIVE.match(path[1:]) else path


def _host(parts: SplitResult, scheme: str) -> str:
    host = (parts.hostname or "").lower()
    host = f"[{host}]" if ":" in host else host
    container = f"{parts.username}@" if re.match(_CONTAINER, parts.geturl()) else ""
    return (
        f"{container}{host}" if parts.port in (None, _DEFAULT_PORTS.get(scheme)) else f"{container}{host}:{parts.port}"
    )


def _canonical_sqlite(text: str, *, home: str, root: str, resolve: Resolver) -> str:
    file, _, table = text.partition("#")
    path = file.split(":", 1)[1].removeprefix("//")
    # sqlite:///x and sqlite:////x both occur for an absolute path, sqlite:///~/x for one at home
    path = "/" + path.lstrip("/") if path.startswith("/") else path
    path = path[1:] if path.startswith(("/~", "/./", "/../", "/$HOME")) else path
    path = _canonical_path(path.split("?", 1)[0], home=home, root=root, resolve=resolve)
    return f"sqlite://{path}" + (f"#{table.lower()}" if table else "")


def _canonical_path(text: str, *, home: str, root: str, resolve: Resolver) -> str:
    path = text.replace("\\", "/") if _DRIVE.match(text) or ("\\" in text and "/" not in text) else text
    path = path[0].upper() + path[1:] if _DRIVE.match(path) else path
    for mark in ("~", "$HOME", "${HOME}", "%USERPROFILE%"):
        if path == mark or path.startswith(mark + "/"):
            path = home + path[len(mark) :]
    path = _PLACEHOLDER.sub("*", path)
    absolute = path.startswith("/") or bool(_DRIVE.match(path))
    if not absolute and root:
        base = _canonical_path(root, home=home, root="", resolve=lambda name: name)
        path, absolute = f"{base}/{path}", base.startswith("/")
    path = posixpath.normpath(path)
    path = "/" + path.lstrip("/") if path.startswith("//") else path
    if not absolute or not path.startswith("/"):
        return path
    wildcard = _GLOB.search(path)
    if not wildcard:
        return resolve(path)
    fixed, _, rest = path[: wildcard.start()].rpartition("/")
    return f"{resolve(fixed) if fixed else ''}/{rest}{path[wildcard.start() :]}"


def _segments_meet(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Dynamic programme over segments; inside a segment two patterns meet unless their fixed ends differ.

    Matching a segment is linear: the library compiles a wildcard so that it never backtracks.
    """
    reachable = {(0, 0)}
    frontier = [(0, 0)]
    while frontier:
        i, j = frontier.pop()
        if i == len(one) and j == len(other):
            return True
        steps: list[tuple[int, int]] = []
        head = one[i] if i < len(one) else None
        tail = other[j] if j < len(other) else None
        if head == "**":
            steps += [(i + 1, j)] + ([(i, j + 1)] if tail is not None else [])
        if tail == "**":
            steps += [(i, j + 1)] + ([(i + 1, j)] if head is not None else [])
        if head is not None and tail is not None and "**" not in (head, tail) and _segment_meets(head, tail):
            steps.append((i + 1, j + 1))
        for step in steps:
            if step not in reachable:
                reachable.add(step)
                frontier.append(step)
    return False


def _segment_meets(one: str, other: str) -> bool:
    if not _GLOB.search(one) and not _GLOB.search(other):
        return one == other
    if not _GLOB.search(one):
        return fnmatchcase(one, other)
    if not _GLOB.search(other):
        return fnmatchcase(other, one)
    start_one, start_other = (_GLOB.split(text, maxsplit=1)[0] for text in (one, other))
    end_one, end_other = (re.split(r"[*?\]]", text)[-1] for text in (one, other))
    shorter = min(len(start_one), len(start_other))
    ending = min(len(end_one), len(end_other))
    return start_one[:shorter] == start_other[:shorter] and (not ending or end_one[-ending:] == end_other[-ending:])

"""A compose project as its files define it together: includes, extends, variables and merging, as compose does it."""

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from server.errors import ConcordError, InvalidArgument
from server.exchange.compose.interpolation import Interpolation, Malformed, read_env_file
from server.exchange.compose.merging import Definition, in_one_form, merge_mappings, merge_service, without_tags
from server.exchange.imported import Remarks
from server.exchange.source import Nearby, SourceFile
from server.exchange.yaml_text import Tagged, read_yaml

DEFAULT_NAME = "compose"
"""What a project is called that has neither a name nor a folder."""
MOST_FILES = 200
"""Files that one project may be spread over."""
REMOTE = ("http://", "https://", "git://", "git@", "ssh://", "oci://", "github.com/")


@dataclass(frozen=True)
class Service:
    """One service, everything merged."""

    name: str
    definition: Definition
    file: str
    """The last file that says something of it."""
    folder: str
    """Where its relative paths start."""
    variables: Mapping[str, str]
    """What a bare name in its environment takes its value from."""


@dataclass
class Project:
    """All services of a project, whatever their profiles."""

    name: str
    folder: str
    services: dict[str, Service] = field(default_factory=dict)
    volumes: dict[str, Any] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)


_JOINING = ("networks", "configs", "secrets")
"""Members that say how containers are joined and what they are handed: no data that one makes for another."""
_READ = ("services", "volumes", "include", "name", "version", *_JOINING)


class ProjectReader:
    """Reads the files of one project. What can't be read is remarked upon, and the rest still comes in."""

    def __init__(self, nearby: Nearby, remarks: Remarks) -> None:
        self._nearby = nearby
        self._remarks = remarks
        self._files_read = 0
        self._unset: dict[str, None] = {}
        self._parsed: dict[tuple[str, int], tuple[Mapping[str, str], dict[str, Any]]] = {}
        """By file and variables; these are kept with it, so that their identity stays theirs."""

    def read(self, files: Sequence[SourceFile], env_files: Sequence[SourceFile]) -> Project:
        """The project that the files define, later ones laid over earlier ones."""
        folder = posixpath.dirname(files[0].path) if files[0].path else ""
        variables = self._variables(folder, env_files)
        project = Project(_default_name(folder), folder, variables=variables)
        for file in files:
            self._add(project, file, folder, variables, including=())
        given = variables.get("COMPOSE_PROJECT_NAME", "")
        project.name = _normal_name(given) or project.name
        if self._unset:
            names = ", ".join(list(self._unset)[:20]) + (", …" if len(self._unset) > 20 else "")
            self._remarks.note(f"These variables are set nowhere and were read as empty: {names}.")
        return project

    def env_file_values(self, service: Service) -> dict[str, str]:
        """What the service's `env_file` entries set, later files over earlier ones."""
        values: dict[str, str] = {}
        for entry in service.definition.get("env_file") or ():
            path = entry.get("path") if isinstance(entry, Mapping) else entry
            if not isinstance(path, str) or not path:
                continue
            required = not (isinstance(entry, Mapping) and entry.get("required") in (False, "false"))
            found = self._nearby(_joined(service.folder, path))
            if isinstance(found, SourceFile):
                values.update(self._read_env(found, {**service.variables, **values}))
            elif required:
                self._remarks.unmapped(
                    f"{service.file}#/services/{_escaped(service.name)}/env_file", f"{path}: {found}"
                )
        return values

    def _variables(self, folder: str, env_files: Sequence[SourceFile]) -> dict[str, str]:
        found: list[SourceFile] = list(env_files)
        if not found and folder:
            beside = (self._nearby(posixpath.join(folder, name)) for name in (".env", "dotenv"))
            found = [file for file in beside if isinstance(file, SourceFile)][:1]
        values: dict[str, str] = {}
        for file in found:
            values.update(self._read_env(file, values))
        return values

    def _read_env(self, file: SourceFile, known: Mapping[str, str]) -> dict[str, str]:
        def report(line: int, reason: str) -> None:
            self._remarks.unmapped(f"{file.path} line {line}", reason)

        return read_env_file(file.text, known, report=report)

    def _add(
        self,
        project: Project,
        file: SourceFile,
        folder: str,
        variables: Mapping[str, str],
        *,
        including: tuple[str, ...],
    ) -> None:
        document = self._document(file, variables)
        if isinstance(document.get("name"), str) and not including:
            project.name = _normal_name(document["name"]) or project.name
        for entry in _as_list(document.get("include")):
            self._include(project, entry, file, folder, variables, including)
        for name, given in self._services_of(document, file):
            extended = self._extended(name, given, file, folder, variables, chain=((file.path, name),))
            if extended is None:
                continue
            previous = project.services.get(name)
            merged = merge_service(previous.definition, extended) if previous else extended
            project.services[name] = Service(name, without_tags(merged), file.path, folder, variables)
        for name, definition in _members(document.get("volumes")):
            project.volumes[name] = merge_mappings(
                project.volumes.get(name) or {}, definition if isinstance(definition, Mapping) else {}
            )

        self._tell_the_rest(document, file)

    def _tell_the_rest(self, document: Mapping[str, Any], file: SourceFile) -> None:
        """What is no service and no volume is said: how containers are joined in a note, anything else as unmapped."""
        joined = [f"{len(found)} {member}" for member in _JOINING if (found := list(_members(document.get(member))))]
        if joined:
            self._remarks.note(
                f"{file.path.rpartition('/')[2] or 'The text'} also defines {', '.join(joined)}: no access."
            )
        for member in document:
            if member not in _READ and not str(member).startswith("x-"):
                self._remarks.unmapped(f"{file.path}#/{_escaped(str(member)[:100])}", "has no counterpart here")

    def _document(self, file: SourceFile, variables: Mapping[str, str]) -> dict[str, Any]:
        """The file's content with its variables filled in; several YAML documents in it are laid over each other."""
        key = (file.path, id(variables))
        if file.path and key in self._parsed:
            return self._parsed[key][1]
        self._files_read += 1
        if self._files_read > MOST_FILES:
            raise InvalidArgument(f"The project is spread over more than {MOST_FILES} files.")
        text = read_yaml(file.text, file.path or "The compose file")
        for duplicate in text.duplicates[:50]:
            self._remarks.unmapped(
                f"{file.path}: {duplicate}", "the key stands twice in its mapping; the last one counts"
            )
        whole: dict[str, Any] = {}
        for document in text.documents:
            if isinstance(document, dict):
                whole = _laid_over(whole, self._filled(document, "", file, variables))
            elif document is not None:
                raise InvalidArgument(f"{file.path or 'The compose file'} is no mapping at its top level.")
        self._parsed[key] = (variables, whole)
        return whole

    def _filled(self, value: Any, pointer: str, file: SourceFile, variables: Mapping[str, str]) -> Any:
        """The value with variables filled in, in values but not in keys. The depth is bounded by the YAML reader."""
        if isinstance(value, str):
            return self._text(value, pointer, file, variables) if "$" in value else value
        if isinstance(value, dict):
            return {
                name: self._filled(member, f"{pointer}/{_escaped(name)}", file, variables)
                for name, member in value.items()
                if pointer or not name.startswith("x-")
            }
        if isinstance(value, list):
            return [self._filled(item, f"{pointer}/{index}", file, variables) for index, item in enumerate(value)]
        if isinstance(value, Tagged):
            return Tagged(value.tag, self._filled(value.value, pointer, file, variables))
        return value

    def _text(self, text: str, pointer: str, file: SourceFile, variables: Mapping[str, str]) -> str:
        interpolation = Interpolation(variables)
        try:
            filled = interpolation.fill(text)
        except Malformed as error:
            self._remarks.unmapped(f"{file.path}#{pointer}", f"left as it is: {error}")
            return text
        self._unset.update(interpolation.unset)
        for name, message in interpolation.demanded.items():
            self._remarks.unmapped(f"{file.path}#{pointer}", f"the variable {name} has to be set: {message[:200]}")
        return filled

    def _services_of(self, document: Mapping[str, Any], file: SourceFile) -> Iterator[tuple[str, dict[str, Any]]]:
        services = document.get("services")
        if services is None and "include" not in document and _is_first_generation(document):
            services = document
        if services is not None and not isinstance(services, Mapping):
            self._remarks.unmapped(f"{file.path}#/services", "not a mapping of services by name")
        for name, given in _members(services):
            if isinstance(given, dict):
                yield name, given
            else:
                self._remarks.unmapped(f"{file.path}#/services/{_escaped(name)}", "not a mapping")

    def _extended(
        self,
        name: str,
        given: Mapping[str, Any],
        file: SourceFile,
        folder: str,
        variables: Mapping[str, str],
        *,
        chain: tuple[tuple[str, str], ...],
    ) -> Definition | None:
        """The service in one form, laid over what it extends, with paths made absolute."""
        own = _with_absolute_paths(
            in_one_form({member: v for member, v in given.items() if member != "extends"}), folder
        )
        extends = given.get("extends")
        if extends is None:
            return own
        where = f"{file.path}#/services/{_escaped(name)}/extends"
        base_name = extends.get("service") if isinstance(extends, Mapping) else extends
        other = extends.get("file") if isinstance(extends, Mapping) else None
        base_file, base_folder = file, folder
        if other:
            found = self._nearby(_joined(folder, str(other))) if not str(other).startswith(REMOTE) else "it is remote"
            if not isinstance(found, SourceFile):
                self._remarks.unmapped(where, f"{other} was not read: {found}")
                return own
            base_file, base_folder = found, posixpath.dirname(found.path)
        step = (base_file.path, str(base_name))
        if step in chain or len(chain) > 30:
            self._remarks.unmapped(where, "the services extend each other in a circle")
            return own
        base = dict(self._services_of(self._checked(base_file, variables, where), base_file)).get(str(base_name))
        if base is None:
            self._remarks.dangling(
                name, str(base_name), f"extends a service that {base_file.path or 'the file'} does not define"
            )
            return own
        below = self._extended(str(base_name), base, base_file, base_folder, variables, chain=(*chain, step))
        return merge_service(below, own) if below is not None else own

    def _checked(self, file: SourceFile, variables: Mapping[str, str], where: str) -> dict[str, Any]:
        try:
            return self._document(file, variables)
        except ConcordError as error:
            self._remarks.unmapped(where, error.message)
            return {}

    def _include(
        self,
        project: Project,
        entry: Any,
        file: SourceFile,
        folder: str,
        variables: Mapping[str, str],
        including: tuple[str, ...],
    ) -> None:
        """What a local `include` brings; a remote one is never fetched."""
        where = f"{file.path}#/include"
        given = entry if isinstance(entry, Mapping) else {"path": entry}
        own_folder, known = "", dict(variables)
        for path in _as_list(given.get("path")):
            if str(path).startswith(REMOTE):
                self._remarks.unmapped(where, f"{path} is remote, and is never fetched")
                continue
            found = self._nearby(_joined(folder, str(path)))
            if not isinstance(found, SourceFile):
                self._remarks.unmapped(where, f"{path} was not read: {found}")
                continue
            if found.path in including or found.path == file.path:
                self._remarks.unmapped(where, f"{path} includes itself")
                continue
            if not own_folder:
                own_folder = _joined(folder, str(given.get("project_directory") or posixpath.dirname(found.path)))
                named = [self._nearby(_joined(folder, str(one))) for one in _as_list(given.get("env_file"))]
                beside = self._variables(own_folder, [one for one in named if isinstance(one, SourceFile)])
                known = {**beside, **variables}
            try:
                self._add(project, found, own_folder, known, including=(*including, file.path))
            except ConcordError as error:
                self._remarks.unmapped(where, error.message)


def _laid_over(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """Two YAML documents of one file: the members of the later one's sections win."""
    return {
        **below,
        **{
            name: {**below[name], **value} if isinstance(value, dict) and isinstance(below.get(name), dict) else value
            for name, value in above.items()
        },
    }


def _with_absolute_paths(service: Definition, folder: str) -> Definition:
    """Relative bind mounts, env files and build contexts start at the file that wrote them, wherever they are merged to."""
    if not folder:
        return service
    result = dict(service)
    if isinstance(volumes := service.get("volumes"), list):
        result["volumes"] = [_absolute_mount(entry, folder) for entry in volumes]
    if isinstance(env_files := service.get("env_file"), list):
        result["env_file"] = [
            {**entry, "path": _joined(folder, str(entry.get("path", "")))}
            if isinstance(entry, Mapping)
            else _joined(folder, str(entry))
            for entry in env_files
        ]
    return result


def _absolute_mount(entry: Any, folder: str) -> Any:
    if (isinstance(entry, str) and entry.startswith(("./", "../"))) or entry in (".", ".."):
        source, separator, rest = entry.partition(":")
        return _joined(folder, source) + separator + rest
    if isinstance(entry, Mapping) and entry.get("type") == "bind":
        source = str(entry.get("source") or "")
        if source and not source.startswith(("/", "~")):
            return {**entry, "source": _joined(folder, source)}
    return entry


def _is_first_generation(document: Mapping[str, Any]) -> bool:
    """Files of before 2016 list their services at the top level."""
    entries = [value for value in document.values() if isinstance(value, Mapping)]
    return bool(entries) and all("image" in entry or "build" in entry for entry in entries)


def _joined(folder: str, path: str) -> str:
    return posixpath.normpath(posixpath.join(folder, path)) if folder or path.startswith("/") else path


def _default_name(folder: str) -> str:
    return _normal_name(posixpath.basename(folder)) or DEFAULT_NAME


def _normal_name(text: str) -> str:
    """A project's name as compose makes it: lower-case letters, digits, hyphens and underscores."""
    kept = "".join(one for one in text.lower() if one.isascii() and (one.isalnum() or one in "-_"))
    return kept.lstrip("-_")


def _members(value: Any) -> Iterator[tuple[str, Any]]:
    return iter(value.items()) if isinstance(value, Mapping) else iter(())


def _as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _escaped(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1")

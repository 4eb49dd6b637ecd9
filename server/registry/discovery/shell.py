"""What a command line or a shell script starts, reads and writes, as far as its words say so."""

import posixpath
import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from server.registry.discovery.sighting import Clue, FileText, Started, Touch, at

_INTERPRETERS = re.compile(
    r"(?:python[0-9.]*|pypy3?|bash|sh|zsh|dash|ksh|fish|node|deno|bun|tsx|ts-node|ruby|perl|php|Rscript|julia|uv|poetry|pipenv|pdm|hatch|conda|npx)$"
)
_PREFIXES = frozenset(
    "sudo doas env nohup nice ionice time timeout flock exec command chronic setsid stdbuf xargs cronitor systemd-cat then do"
    " else if while until ! { ( eval unbuffer op doppler chpst caffeinate".split()
)
_PREFIX_FLAGS_WITH_VALUE = {
    "sudo": ("-u", "-g"), "nice": ("-n",), "ionice": ("-c", "-n"), "timeout": ("-s", "-k"), "flock": ("-w", "-E"), "env": ("-u",)
}  # fmt: skip
_SCRIPT = re.compile(r"\.(?:py|sh|bash|zsh|rb|pl|js|mjs|cjs|ts|php|R|jl|fish)$")
_READERS = frozenset(
    "cat head tail less wc sort uniq grep egrep awk gawk sed jq yq cut zcat gunzip tac xsv csvcut diff comm join paste".split()
)
_PATTERN_FIRST = frozenset("grep egrep awk gawk sed jq yq".split())
_VALUE_FLAGS = frozenset("-n -c -d -f -F -v -k -t -e --arg --argjson --slurpfile --rawfile".split())
_REDIRECT = re.compile(r"(?:[0-9&]?(?P<mark>>>|>\||>|<<<|<<-?|<)(?P<file>.*))$", re.DOTALL)
_NOTHING = frozenset({"/dev/null", "/dev/stdout", "/dev/stderr", "/dev/stdin", "/dev/tty", "-", "&1", "&2", ""})
_ASSIGNMENT = re.compile(r"(?P<name>[A-Za-z_][A-Za-z0-9_]*)=(?P<value>.*)$", re.DOTALL)
_VARIABLE = re.compile(
    r"\$\{(?P<braced>[A-Za-z_][A-Za-z0-9_]*)(?::?-(?P<default>[^}]*))?\}|\$(?P<bare>[A-Za-z_][A-Za-z0-9_]*)"
)
_OWN_FOLDER = re.compile(
    r"""\$\(\s*(?:cd\s+)?["']?(?:\$\(\s*)?dirname\s+(?:--\s+)?["']?\$(?:0|\{?BASH_SOURCE(?:\[0\])?\}?|\{0\})["']?\s*\)?["']?(?:\s*&&\s*pwd(?:\s+-P)?)?\s*\)"""
)
_DATE = re.compile(r"\$\(\s*date\b[^)]*\)|`date\b[^`]*`")
_TABLE = re.compile(r"\b(?P<verb>from|join|into|update)\s+(?P<table>[A-Za-z_][\w.]*)", re.IGNORECASE)
MOST_LINES = 5_000


def read_command(text: str, clue: Clue, *, cwd: str = "", variables: dict[str, str] | None = None) -> Started:
    """What one command line does, `cd` before the command included. `clue` is the evidence that its accesses carry."""
    reader = _Reader(cwd, dict(variables or {}))
    reader.take(text, clue)
    return reader.started


def read_script(file: FileText) -> Started:
    """What a shell script does, line by line; relative paths stay relative unless it says from where."""
    reader = _Reader("", {"0": file.path}, own_folder=file.folder)
    for number, line in _logical_lines(file.text):
        reader.take(line, file.clue(number, ""))
    return reader.started


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines with their continuations, without comments and the bodies of here-documents."""
    until, held, first = "", "", 0
    for number, line in enumerate(text.split("\n")[:MOST_LINES], start=1):
        if until:
            until = "" if line.strip() == until else until
            continue
        if not held:
            first = number
        if line.endswith("\\"):
            held += line[:-1] + " "
            continue
        whole, held = held + line, ""
        if whole.lstrip().startswith("#") or not whole.strip():
            continue
        here = re.search(r"<<-?\s*['\"]?([A-Za-z_]\w*)['\"]?", whole)
        until = here.group(1) if here and "<<<" not in whole else ""
        yield first, whole[:4_000]


@dataclass
class _Reader:
    cwd: str
    variables: dict[str, str]
    own_folder: str = ""
    started: Started = field(default_factory=Started)

    def take(self, text: str, clue: Clue) -> None:
        for words in _simple_commands(self._spelt(text)):
            self._command(words, clue)
        self.started.cwd = self.cwd

    def _spelt(self, text: str) -> str:
        if self.own_folder:
            text = _OWN_FOLDER.sub(lambda match: self.own_folder, text)
        return _DATE.sub("*", text)

    def _filled(self, word: str) -> str:
        for _ in range(4):
            filled = _VARIABLE.sub(self._value, word)
            if filled == word:
                break
            word = filled
        return word

    def _value(self, match: "re.Match[str]") -> str:
        name = match["braced"] or match["bare"]
        if name in self.variables:
            return self.variables[name]
        if name == "HOME":
            return "~"
        return match["default"] if match["default"] is not None else match[0]

    def _command(self, words: Sequence[str], clue: Clue) -> None:
        words = [self._filled(word) for word in words]
        words = self._redirected(words, clue)
        words = self._assigned(_without_prefixes(words))
        if not words:
            return
        program, rest = posixpath.basename(words[0]), words[1:]
        if program == "cd" and rest:
            self.cwd = at(self.cwd, rest[-1]) if not rest[-1].startswith(("$", "-")) else self.cwd
            return
        if not self.started.program and program not in ("set", "source", ".", "export", "echo", "mkdir", "trap"):
            self.started.program = program
        if (
            program in ("bash", "sh", "zsh")
            and rest[:1]
            and rest[0].startswith("-")
            and "c" in rest[0]
            and len(rest) > 1
        ):
            self.take(rest[1], clue)
            return
        self._scripts(words, program, rest)
        self._accesses(program, rest, clue)

    def _assigned(self, words: list[str]) -> list[str]:
        while words and (match := _ASSIGNMENT.match(words[0])):
            self.variables[match["name"]] = match["value"]
            words = words[1:]
        if words and words[0] in ("export", "readonly", "local", "declare"):
            for word in words[1:]:
                if match := _ASSIGNMENT.match(word):
                    self.variables[match["name"]] = match["value"]
            return []
        return _without_prefixes(words)

    def _redirected(self, words: Sequence[str], clue: Clue) -> list[str]:
        kept: list[str] = []
        pending = ""
        for word in words:
            if pending:
                self._touch(word, pending.startswith(">"), clue, f"redirection {pending}")
                pending = ""
                continue
            match = _REDIRECT.match(word) if word[:1] in "<>0123456789&" else None
            if match is None:
                kept.append(word)
            elif match["mark"].startswith("<<"):
                continue
            elif match["file"]:
                self._touch(match["file"], match["mark"].startswith(">"), clue, f"redirection {match['mark']}")
            else:
                pending = match["mark"]
        return kept

    def _scripts(self, words: Sequence[str], program: str, rest: Sequence[str]) -> None:
        if program in (".", "source"):
            rest, program = rest[:1], "bash"
        elif not _INTERPRETERS.match(program):
            if "/" in words[0] or _SCRIPT.search(words[0]):
                self._run(words[0], rest)
            return
        taken = list(rest)
        while taken and (not _SCRIPT.search(taken[0]) or taken[0].startswith("-")):
            word = taken.pop(0)
            if word == "-m" and taken:
                self.started.modules[taken[0]] = self.cwd
                return
            if word == "-c":
                return
            if "/" in word and not word.startswith("-") and not _INTERPRETERS.match(posixpath.basename(word)):
                taken.insert(0, word)
                break
        if taken:
            self._run(taken[0], taken[1:])

    def _run(self, script: str, arguments: Sequence[str]) -> None:
        if "$" in script or "://" in script or script.startswith("-"):
            return
        plain = [word for word in arguments if not word.startswith("-") and "/" not in word and "=" not in word]
        self.started.runs.setdefault(at(self.cwd, script), " ".join(plain[:2])[:80])

    def _accesses(self, program: str, rest: Sequence[str], clue: Clue) -> None:
        plain = _operands(rest)
        if program in _READERS:
            for word in plain[1:] if program in _PATTERN_FIRST else plain:
                self._touch(word, False, clue, f"read by {program}")
        elif program in ("cp", "mv", "install", "rsync", "scp") and len(plain) > 1:
            for word in plain[:-1]:
                self._touch(word, False, clue, f"source of {program}")
            self._touch(plain[-1], True, clue, f"target of {program}")
        elif program == "tee":
            for word in plain:
                self._touch(word, True, clue, "written by tee")
        elif program in ("sqlite3", "duckdb") and plain:
            self._database(plain[0], " ".join(plain[1:]), clue, program)
        elif program in ("psql", "mysql"):
            self._tables(program, rest, clue)
        elif program in ("curl", "wget"):
            self._fetched(program, rest, clue)
        elif program in ("aws", "gsutil") and "cp" in plain and len(plain) >= plain.index("cp") + 3:
            source, target = plain[plain.index("cp") + 1 :][:2]
            self._touch(source, False, clue, f"source of {program} cp")
            self._touch(target, True, clue, f"target of {program} cp")
        elif program == "tar" and plain:
            self._archive(rest, clue)

    def _archive(self, rest: Sequence[str], clue: Clue) -> None:
        letters = rest[0].lstrip("-")
        plain = [word for word in rest[1:] if not word.startswith("-")]
        if "f" in letters and plain:
            self._touch(plain[0], "c" in letters, clue, "archive of tar")

    def _database(self, file: str, statement: str, clue: Clue, program: str) -> None:
        verbs = {match["verb"].lower(): match["table"] for match in _TABLE.finditer(statement)}
        writing = re.search(r"\b(insert|update|delete|create|replace|drop|alter|\.import)\b", statement, re.IGNORECASE)
        path = self._path(file)
        if path and not verbs:
            self._add(path, writing is not None, clue, f"database of {program}")
        for verb, table in verbs.items():
            if path:
                self._add(
                    f"sqlite:///{path.lstrip('/')}#{table}" if path.startswith("/") else path,
                    verb in ("into", "update"),
                    clue,
                    f"{verb} {table}",
                )

    def _tables(self, program: str, rest: Sequence[str], clue: Clue) -> None:
        scheme = "postgresql" if program == "psql" else "mysql"
        host, database, statement, url, position = "localhost", "", "", "", 0
        while position < len(rest):
            word, following = rest[position], rest[position + 1] if position + 1 < len(rest) else ""
            if word in ("-h", "--host"):
                host, position = following, position + 1
            elif word in ("-d", "--dbname", "-D", "--database"):
                database, position = following, position + 1
            elif word in ("-c", "--command", "-e", "--execute"):
                statement, position = following, position + 1
            elif word in ("-f", "--file"):
                self._touch(following, False, clue, f"statements for {program}")
                position += 1
            elif word in ("-U", "-u", "-p", "--port", "-v"):
                position += 1
            elif "://" in word:
                url = word
            elif not word.startswith("-") and not database:
                database = word
            position += 1
        where = re.sub(r"//[^@/]*@", "//", url) if url else f"{scheme}://{host}/{database}"
        if "$" in where:
            return
        for match in _TABLE.finditer(statement):
            self._add(
                f"{where}#{match['table']}",
                match["verb"].lower() in ("into", "update"),
                clue,
                f"{program}: {match['verb']} {match['table']}",
            )

    def _fetched(self, program: str, rest: Sequence[str], clue: Clue) -> None:
        sends = any(
            word in ("-d", "--data", "-T", "-F", "--form", "--data-binary", "--json") or word.startswith("--data")
            for word in rest
        )
        methods = {one.upper() for flag, one in pairwise(rest) if flag in ("-X", "--request")}
        for word in rest:
            if word.startswith(("http://", "https://")) and "$" not in word:
                self._add(
                    word.partition("?")[0],
                    sends or bool(methods & {"POST", "PUT", "PATCH", "DELETE"}),
                    clue,
                    f"called by {program}",
                )
        for flag, word in pairwise(rest):
            if flag in ("-o", "--output", "-O", "--output-document") and not word.startswith("-"):
                self._touch(word, True, clue, f"written by {program}")

    def _touch(self, word: str, writes: bool, clue: Clue, what: str) -> None:
        if path := self._path(word):
            self._add(path, writes, clue, what)

    def _path(self, word: str) -> str:
        """The word as a path or URI, where it plainly is one."""
        if word in _NOTHING or word.startswith(("&", "-", "(", "`")) or len(word) > 1_000:
            return ""
        word = re.sub(r"\$\{?[A-Za-z_0-9@#?]+\}?", "*", word) if "$" in word and "$(" not in word else word
        if "$" in word or set(word) <= set("*/.") or not re.search(r"[./]", word) or "\n" in word:
            return ""
        return at(self.cwd, word)

    def _add(self, resource: str, writes: bool, clue: Clue, what: str) -> None:
        mark = "writes" if writes else "reads"
        found = Clue(clue.file, clue.line, clue.text, f"{mark} {resource} ({what})")
        self.started.touches.append(Touch(resource, writes, found))


def _simple_commands(text: str) -> Iterator[list[str]]:
    """The words of each simple command of a line; a line that shlex can't split is taken by its blanks."""
    lexer = shlex.shlex(text, posix=True, punctuation_chars="|;&()")
    lexer.whitespace_split = True
    lexer.commenters = "#"
    words: list[str] = []
    try:
        for word in lexer:
            if word and set(word) <= set("|;&()"):
                yield words
                words = []
            else:
                words.append(word)
    except ValueError:
        yield words or text.split()[:200]
        return
    yield words


def _without_prefixes(words: Sequence[str]) -> list[str]:
    """The command without what only surrounds it: `sudo -u x`, `nice -n 5`, `timeout 10m`, `flock -n file`."""
    rest = list(words)
    while rest and posixpath.basename(rest[0]) in _PREFIXES:
        prefix = posixpath.basename(rest.pop(0))
        with_value = _PREFIX_FLAGS_WITH_VALUE.get(prefix, ())
        while rest and rest[0].startswith("-"):
            flag = rest.pop(0)
            if flag in with_value and rest:
                rest.pop(0)
            if flag == "--":
                break
        while prefix == "env" and rest and _ASSIGNMENT.match(rest[0]):
            rest.pop(0)
        if prefix in ("timeout", "flock") and rest:
            rest.pop(0)
    return rest


def _operands(rest: Sequence[str]) -> list[str]:
    found: list[str] = []
    skip = False
    for word in rest:
        if skip:
            skip = False
        elif word.startswith("-") and word != "-":
            skip = (
                word in _VALUE_FLAGS
                and word not in ("-c", "-e", "-v", "-f", "-d", "-t")
                and not word.startswith("--arg")
            )
        else:
            found.append(word)
    return found

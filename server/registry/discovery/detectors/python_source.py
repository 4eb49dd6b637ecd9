"""Python sources: what they open, read and write, as far as literals, constants and joins of them say so."""

import ast
import posixpath
import re
import shlex
import warnings
from collections.abc import Iterator

from server.registry.discovery.python_values import Values, dotted
from server.registry.discovery.shell import read_command
from server.registry.discovery.sighting import Clue, FileText, Sighting, Touch

_WORTH_PARSING = (
    *(
        "open(",
        "read_",
        "write_",
        ".to_",
        ".connect(",
        "create_engine",
        "glob(",
        "listdir",
        "scandir",
        "iterdir",
        "shutil.",
    ),
    *("subprocess", "os.system", "os.popen", "os.rename", "os.replace", ".load", ".dump", ".save", "://", "_object("),
    *("_file(", "DAG(", "@dag", "scan_", "sink_", "__main__"),
)
"""Without any of these a source is not parsed: it touches nothing that could be told."""
_OPENERS = frozenset(
    "open io.open gzip.open bz2.open lzma.open codecs.open aiofiles.open fsspec.open os.open tarfile.open".split()
)
_READ_FIRST = frozenset(
    "np.load np.loadtxt np.genfromtxt numpy.load numpy.loadtxt torch.load joblib.load glob.glob glob.iglob os.listdir os.scandir os.walk "
    "fileinput.input pq.read_table pyarrow.parquet.read_table linecache.getline configparser.read toml.load".split()
)
_WRITE_FIRST = frozenset("np.save np.savez np.savetxt numpy.save numpy.savetxt numpy.savez".split())
_WRITE_SECOND = frozenset("torch.save joblib.dump pq.write_table pyarrow.parquet.write_table".split())
_FROM_TO = frozenset(
    "shutil.copy shutil.copy2 shutil.copyfile shutil.copytree shutil.move os.rename os.replace".split()
)
_READERS = re.compile(
    r"(?:read|scan)_(?:csv|json|jsonl|ndjson|parquet|excel|feather|pickle|table|orc|xml|html|fwf|hdf|stata|avro|ipc|delta|text|bytes)$"
)
_WRITERS = re.compile(
    r"(?:to|write|sink)_(?:csv|json|jsonl|ndjson|parquet|excel|feather|pickle|orc|xml|html|hdf|stata|avro|ipc|delta|markdown|text|bytes)$"
)
_OF_PATHS = frozenset("read_text read_bytes write_text write_bytes".split())
_HTTP = re.compile(
    r"(?:requests|httpx|session|client|aiohttp|urllib\.request|http)\.(get|post|put|patch|delete|head|urlopen|Request|request)$"
)
_CONNECT = frozenset(
    "sqlite3.connect duckdb.connect psycopg.connect psycopg2.connect asyncpg.connect aiosqlite.connect create_engine "
    "sqlalchemy.create_engine create_async_engine".split()
)
_STATEMENT = re.compile(
    r"\b(?P<verb>from|join|into|update|delete\s+from|create\s+table(?:\s+if\s+not\s+exists)?)\s+(?P<table>[A-Za-z_][\w.]*)",
    re.I,
)
_IS_SQL = re.compile(r"\s*(?:select|insert|update|delete|create|replace|with|merge|copy)\b", re.IGNORECASE)
_RUNS = frozenset(
    "subprocess.run subprocess.call subprocess.check_call subprocess.check_output subprocess.Popen os.system os.popen".split()
)
_TELLING = frozenset(
    {
        *(ast.Call, ast.If, ast.Assign, ast.AnnAssign, ast.NamedExpr),
        *(ast.FunctionDef, ast.AsyncFunctionDef, ast.Import, ast.ImportFrom),
    }
)
_SILENT = frozenset(
    {ast.Name, ast.Constant, ast.Load, ast.Store, ast.Pass, ast.arg, ast.alias, ast.Add, ast.Div, ast.And, ast.Eq}
)
"""Kinds of nodes in which none of these is; they are the most of a tree."""
_CRON = re.compile(r"(?:@\w+|(?:[-\d*/,A-Za-z]+\s+){4,5}[-\d*/,A-Za-z]+)$")


def wants(path: str) -> bool:
    """Whether this is a Python source."""
    return path.endswith((".py", ".pyw")) or posixpath.basename(path).endswith(".py.txt")


def detect(file: FileText) -> Iterator[Sighting]:
    """One sighting, if the source can be started or touches anything; none for text that is no Python."""
    if not file.text.startswith("#!") and not any(mark in file.text for mark in _WORTH_PARSING):
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(file.text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    reader = _Source(file)
    reader.read(tree)
    touches = tuple(reader.touches())
    startable = reader.startable or file.text.startswith("#!")
    if not touches and not startable and not reader.runs:
        return
    documented = (ast.get_docstring(tree) or "").strip().split("\n")[0]
    line = reader.main_line or (touches[0].clue.line if touches else 1)
    yield Sighting(
        kind="dag" if reader.schedule else "source",
        name=posixpath.splitext(file.name)[0],
        clue=file.clue(line, "a program of its own" if startable else "source that touches data"),
        confidence=0.6 if reader.schedule else 0.35 if startable and touches else 0.2,
        why="the source states a schedule"
        if reader.schedule
        else "the source opens what its literals name; that it is ever run is not said",
        schedule=reader.schedule,
        runs=(file.path, *reader.runs),
        touches=touches,
        imports=tuple(reader.imports),
        startable=startable or bool(reader.schedule),
        description=documented,
    )


class _Source:
    """One pass over a source's tree."""

    def __init__(self, file: FileText) -> None:
        self._file = file
        self._lines = file.text.split("\n")
        self._values = Values(file.path)
        self._found: dict[tuple[str, bool], Touch] = {}
        self._databases: list[tuple[str, int]] = []
        self._tables: dict[tuple[str, bool], int] = {}
        self.runs: dict[str, None] = {}
        self.imports: dict[str, None] = {}
        self.startable = False
        self.main_line = 0
        self.schedule = ""

    def read(self, tree: ast.Module) -> None:
        """Everything in the tree is looked at, names before what uses them."""
        nodes = _told_by(tree)
        for node in nodes:
            self._bound(node)
        for node in nodes:
            if isinstance(node, ast.Call):
                self._call(node)
            elif isinstance(node, ast.If) and self._is_main(node.test):
                self.startable, self.main_line = True, node.lineno

    def touches(self) -> Iterator[Touch]:
        """Every access once, with the first line that shows it."""
        yield from sorted(self._found.values(), key=lambda touch: touch.clue.line)
        for database, line in self._databases[:1]:
            prefix = database
            if "://" not in database:
                prefix = f"sqlite:///{database}" if database.startswith("/") else database
            if not self._tables or "#" in prefix or "://" not in prefix:
                yield self._touch(database, False, line, "database opened")
                if any(writes for _, writes in self._tables):
                    yield self._touch(database, True, line, "database written")
                continue
            for (table, writes), at_line in self._tables.items():
                yield self._touch(f"{prefix}#{table}", writes, at_line, "statement")
        for database, line in self._databases[1:]:
            yield self._touch(database, False, line, "database opened")

    def _bound(self, node: ast.AST) -> None:
        match node:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    self._values.bind(target, value)
            case ast.AnnAssign(target=target, value=value) | ast.NamedExpr(target=target, value=value):
                self._values.bind(target, value)
            case ast.FunctionDef(args=arguments) | ast.AsyncFunctionDef(args=arguments):
                self._values.bind_defaults(arguments)
            case ast.Import(names=names):
                self.imports.update(dict.fromkeys(alias.name for alias in names))
            case ast.ImportFrom(module=str(module), names=names):
                self.imports.update(dict.fromkeys([module, *(f"{module}.{alias.name}" for alias in names)]))
            case ast.ImportFrom(names=names):
                self.imports.update(dict.fromkeys(alias.name for alias in names))

    def _call(self, node: ast.Call) -> None:
        name = dotted(node.func)
        attribute = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        first = (
            node.args[0]
            if node.args
            else self._keyword(node, "path", "file", "fname", "filepath_or_buffer", "path_or_buf", "source")
        )
        if name in _OPENERS:
            self._opened(node, first, node.args[1] if len(node.args) > 1 else None)
        elif attribute == "open" and isinstance(node.func, ast.Attribute):
            self._opened(node, node.func.value, first)
        elif attribute in _OF_PATHS and isinstance(node.func, ast.Attribute):
            self._add(node.func.value, attribute.startswith("write"), node, attribute)
        elif _READERS.match(attribute or name) or name in _READ_FIRST:
            self._add(first, False, node, attribute or name)
        elif _WRITERS.match(attribute) or name in _WRITE_FIRST:
            self._add(first, True, node, attribute or name)
        elif name in _WRITE_SECOND and len(node.args) > 1:
            self._add(node.args[1], True, node, name)
        elif name in _FROM_TO and len(node.args) > 1:
            self._moved(node, name)
        elif attribute in ("glob", "rglob", "iterdir") and isinstance(node.func, ast.Attribute):
            self._listed(node, node.func.value, first)
        elif name in _CONNECT:
            self._connected(node, first)
        elif name in _RUNS:
            self._started(node, first)
        else:
            self._elsewhere(node, name, attribute, first)

    def _elsewhere(self, node: ast.Call, name: str, attribute: str, first: ast.expr | None) -> None:
        if match := _HTTP.search(name):
            url = self._values.of(first)
            if url and url.startswith(("http://", "https://")) and not url.startswith(("http://*", "https://*")):
                self._note(
                    url.partition("?")[0], match[1] in ("post", "put", "patch", "delete"), node, f"called by {name}"
                )
        elif attribute in ("put_object", "get_object", "upload_file", "download_file", "upload_fileobj"):
            self._object_store(node, attribute)
        elif attribute in ("csv", "json", "parquet", "orc", "text", "save", "load", "saveAsTable") and isinstance(
            node.func, ast.Attribute
        ):
            chain = {one.attr for one in ast.walk(node.func.value) if isinstance(one, ast.Attribute)}
            if chain & {"read", "readStream", "write", "writeStream"}:
                self._add(first, bool(chain & {"write", "writeStream"}), node, f"spark {attribute}")
        elif name.rpartition(".")[2] in ("DAG", "dag"):
            given = self._values.of(self._keyword(node, "schedule", "schedule_interval"))
            self.schedule = given if given and _CRON.match(given.strip()) else self.schedule
        elif (
            attribute in ("execute", "executemany", "executescript", "fetch", "sql", "read_sql", "read_sql_query")
            or name == "text"
        ):
            self._statement(node, first)

    def _opened(self, node: ast.Call, path: ast.expr | None, mode: ast.expr | None) -> None:
        said = self._values.of(mode if mode is not None else self._keyword(node, "mode")) or "r"
        if not set(said) <= set("rwxabt+U:gzipl|*"):
            said = "r"
        what = f"open, mode {said}"
        if "r" in said or "+" in said:
            self._add(path, False, node, what)
        if set(said) & set("wax+"):
            self._add(path, True, node, what)

    def _moved(self, node: ast.Call, name: str) -> None:
        self._add(node.args[0], False, node, f"source of {name}")
        self._add(node.args[1], True, node, f"target of {name}")

    def _listed(self, node: ast.Call, folder: ast.expr, pattern: ast.expr | None) -> None:
        known, glob = self._values.of(folder), self._values.of(pattern) or "*"
        if known:
            deep = "**/" if dotted(node.func).endswith("rglob") else ""
            self._note(posixpath.join(known, deep + glob), False, node, "files of a folder")

    def _connected(self, node: ast.Call, first: ast.expr | None) -> None:
        known = self._values.of(first)
        if known and ":memory:" not in known and not known.startswith("*"):
            self._databases.append((_without_user(known), node.lineno))

    def _started(self, node: ast.Call, first: ast.expr | None) -> None:
        if isinstance(first, ast.List | ast.Tuple):
            words = [self._values.of(word) for word in first.elts]
            text = " ".join("python" if word is None else shlex.quote(word) for word in words)
        else:
            text = self._values.of(first) or ""
        started = read_command(text[:2_000], self._clue(node.lineno, ""))
        self.runs.update(dict.fromkeys(started.runs))
        for touch in started.touches:
            self._found.setdefault((touch.resource, touch.writes), touch)

    def _object_store(self, node: ast.Call, attribute: str) -> None:
        plain = [self._values.of(argument) for argument in node.args]
        bucket, key = (self._values.of(self._keyword(node, name)) for name in ("Bucket", "Key"))
        if attribute in ("upload_file", "upload_fileobj") and len(plain) >= 3:
            bucket, key = plain[1], plain[2]
        elif attribute == "download_file" and len(plain) >= 2:
            bucket, key = plain[0], plain[1]
        if bucket and key:
            self._note(f"s3://{bucket}/{key}", attribute.startswith(("put", "upload")), node, attribute)

    def _statement(self, node: ast.Call, first: ast.expr | None) -> None:
        text = self._values.of(first)
        if not text or not _IS_SQL.match(text):
            return
        for match in _STATEMENT.finditer(text[:10_000]):
            writes = match["verb"].lower().split()[0] in ("into", "update", "delete", "create")
            self._tables.setdefault((match["table"], writes), node.lineno)

    def _add(self, expression: ast.expr | None, writes: bool, node: ast.Call, what: str) -> None:
        known = self._values.of(expression)
        if known:
            self._note(known, writes, node, what)

    def _note(self, resource: str, writes: bool, node: ast.Call, what: str) -> None:
        if _is_resource(resource):
            self._found.setdefault((resource, writes), self._touch(resource, writes, node.lineno, what))

    def _touch(self, resource: str, writes: bool, line: int, what: str) -> Touch:
        said = f"{'writes' if writes else 'reads'} {resource} ({what})"
        return Touch(resource, writes, self._clue(line, said))

    def _clue(self, line: int, what: str) -> Clue:
        text = self._lines[line - 1] if 0 < line <= len(self._lines) else ""
        return Clue(self._file.path, line, text, what)

    @staticmethod
    def _keyword(node: ast.Call, *names: str) -> ast.expr | None:
        return next((keyword.value for keyword in node.keywords if keyword.arg in names), None)

    @staticmethod
    def _is_main(test: ast.expr) -> bool:
        return isinstance(test, ast.Compare) and isinstance(test.left, ast.Name) and test.left.id == "__name__"


def _told_by(tree: ast.Module) -> list[ast.AST]:
    """The calls, conditions and definitions of the tree, in the order of the text as far as it matters."""
    found: list[ast.AST] = []
    pending: list[ast.AST] = [tree]
    while pending:
        node = pending.pop()
        if type(node) in _TELLING:
            found.append(node)
        for value in vars(node).values():
            if type(value) is list:
                pending += [one for one in value if isinstance(one, ast.AST) and type(one) not in _SILENT]
            elif isinstance(value, ast.AST) and type(value) not in _SILENT:
                pending.append(value)
    return sorted(found, key=_line)


def _line(node: ast.AST) -> int:
    line: int = getattr(node, "lineno", 0)
    return line


def _is_resource(text: str) -> bool:
    """Whether the text is a path or URI that says something: not only wildcards, no lines, no program's text."""
    if not text or len(text) > 1_000 or "\n" in text or text in ("/dev/null", ".", "..", "-"):
        return False
    return re.search(r"[A-Za-z0-9_]", text.replace("*", "")) is not None and (
        "/" in text or "." in text or "*" not in text
    )


def _without_user(url: str) -> str:
    return re.sub(r"^([A-Za-z][A-Za-z0-9+.-]*://)[^/?#]*@", r"\1", url)

"""JSON, JSON Lines and CSV: texts taken apart into documents and records."""

import csv
import json
from collections.abc import Callable, Iterator
from enum import Enum
from typing import Any

from server.model.base import Json
from server.registry.validation.reading import Kinds, Reading, as_it_is

LONGEST_FIELD = 10_000_000
"""Characters of one field of a CSV file."""
_SAMPLED = 65_536


class Form(Enum):
    """How a file is laid out."""

    JSON = "JSON"
    LINES = "JSON Lines"
    CSV = "CSV"
    PARQUET = "Parquet"
    OTHER = "another form"


class EndsEarly(Exception):
    """The text stops in the middle of a JSON document."""


_BY_ENDING = {
    ".json": Form.JSON,
    ".geojson": Form.JSON,
    ".jsonl": Form.LINES,
    ".ndjson": Form.LINES,
    ".csv": Form.CSV,
    ".tsv": Form.CSV,
    ".parquet": Form.PARQUET,
    ".pq": Form.PARQUET,
}
_BY_WORDS = (
    ("json lines", Form.LINES),
    ("jsonlines", Form.LINES),
    ("jsonl", Form.LINES),
    ("ndjson", Form.LINES),
    ("csv", Form.CSV),
    ("parquet", Form.PARQUET),
    ("json", Form.JSON),
)


def form_of(path: str, stated: str, head: bytes) -> Form:
    """How the file is laid out: by its ending, else by what its contract says, else by how it begins."""
    name = path.rpartition("/")[2].lower()
    ending = "." + name.rpartition(".")[2]
    if ending in _BY_ENDING:
        return _BY_ENDING[ending]
    said = next((form for word, form in _BY_WORDS if word in stated.lower()), None)
    if said is not None and not head.startswith((b"\x1f\x8b", b"PK\x03\x04", b"BZh", b"\x28\xb5\x2f\xfd")):
        return said
    if head.startswith(b"PAR1"):
        return Form.PARQUET
    return Form.JSON if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[") else Form.OTHER


def read_text(form: Form, data: bytes, look: Reading, *, at: str, whole: bool) -> None:
    """The text's documents or records are handed to the look. Raises EndsEarly where a JSON document is not finished."""
    match form:
        case Form.JSON:
            _read_json(data, look, at, whole)
        case Form.LINES:
            look.content()
            look.rows(_lines(data, look, at, whole), as_it_is)
        case _:
            _read_csv(data, look, at, whole)


def _read_json(data: bytes, look: Reading, at: str, whole: bool) -> None:
    if not whole:
        look.unread(f"{at or 'the document'} is larger than is read")
        return
    text = _decoded(data, look, at)
    if text is None:
        return
    if not text.strip():
        raise EndsEarly("it is empty")
    try:
        value = parsed(text)
    except json.JSONDecodeError as error:
        if error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated"):
            raise EndsEarly(f"it ends in the middle, at line {error.lineno}") from None
        value = _several(text)
        if value is not None:
            look.note("it holds a JSON document a line, whatever its name says")
            look.rows(((one, f"{at} line {number}".strip()) for number, one in value), as_it_is)
            return
        look.say("read", f"no JSON: {error.msg} at line {error.lineno}, column {error.colno}", at=at)
        return
    except RecursionError:
        look.unread("it is nested too deeply")
        return
    except ValueError as error:
        look.say("read", f"no JSON: {error}", at=at)
        return
    look.document(value, at)


def parsed(text: str) -> Json:
    """The JSON value that the text is. Raises JSONDecodeError, RecursionError, or ValueError for what is no JSON value."""
    from pydantic_core import from_json

    try:
        return from_json(text, allow_inf_nan=False)
    except ValueError:
        return json.loads(text, parse_constant=_refuse)  # says where, and reads what the quick one does not


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is no JSON value")


def _several(text: str) -> list[tuple[int, Json]] | None:
    """A JSON document a line, in a file that is called otherwise; None where it is not that."""
    lines = text.splitlines()
    try:
        found = [(number, parsed(line)) for number, line in enumerate(lines, start=1) if line.strip()]
    except (ValueError, RecursionError):
        return None
    return found if len(found) > 1 else None


def _lines(data: bytes, look: Reading, at: str, whole: bool) -> Iterator[tuple[Json, str]]:
    lines = data.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    if not whole:
        look.cut(f"only the first {len(data):,} bytes of {at or 'the file'} were looked at")
        lines.pop()
    elif _unfinished(lines[-1]):
        raise EndsEarly(f"line {len(lines)} ends in the middle")
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        place = f"{at} line {number}".strip()
        try:
            value = parsed(line.decode("utf-8"))
        except UnicodeDecodeError:
            look.say("encoding", "a line is not UTF-8", at=place)
        except json.JSONDecodeError as error:
            look.say("line", f"a line is no JSON: {error.msg}", at=place, example=_quoted(line))
        except RecursionError:
            look.unread("a line is nested too deeply")
        except ValueError as error:
            look.say("line", f"a line is no JSON: {error}", at=place)
        else:
            yield value, place


def _unfinished(line: bytes) -> bool:
    """Whether the writer of a last line without its end has not come to the end of it."""
    try:
        parsed(line.decode("utf-8", "replace")) if line.strip() else None
    except (ValueError, RecursionError):
        return True
    return False


def _read_csv(data: bytes, look: Reading, at: str, whole: bool) -> None:
    if not whole:
        look.cut(f"only the first {len(data):,} bytes of {at or 'the file'} were looked at")
        data = data[: data.rfind(b"\n") + 1]
    text = _decoded(data, look, at)
    if text is None:
        return
    csv.field_size_limit(LONGEST_FIELD)
    rows = csv.reader(text.splitlines(keepends=True), delimiter=_delimiter(text, at))
    header = next(rows, None)
    if header is None or not any(cell.strip() for cell in header):
        look.say("header", "there is no header row", at=at)
        return
    names = [cell.strip() for cell in header]
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        look.say("header", f"the header names {', '.join(twice)[:200]} twice", at=at)
    if "" in names:
        look.say("header", f"column {names.index('') + 1} has no name", at=at)

    def records() -> Iterator[tuple[list[str], str]]:
        while True:
            try:
                row = next(rows)
            except StopIteration:
                return
            except csv.Error as error:
                look.say("read", f"a row can't be read: {error}", at=f"{at} line {rows.line_num}".strip())
                return
            if not row:
                continue
            place = f"{at} line {rows.line_num}".strip()
            if len(row) != len(names):
                look.say("record", "a row has another number of fields than the header", at=place, example=len(row))
            yield row, place

    look.content()
    if not look.rows(records(), lambda kinds: _record(names, kinds)):
        look.columns({name: frozenset() for name in names}, at)


def _record(names: list[str], kinds: Kinds) -> Callable[[list[str]], Json]:
    readers = [_cell(kinds.get(name, frozenset())) for name in names]

    def record(row: list[str]) -> Json:
        values = {name: read(cell) for name, read, cell in zip(names, readers, row, strict=False)}
        return {name: value for name, value in values.items() if value is not ABSENT}

    return record


ABSENT = object()
"""An empty field where a value is asked for that no empty text is."""

_TRUTHS = {"true": True, "false": False, "1": True, "0": False, "yes": True, "no": False}


def _cell(kinds: frozenset[str]) -> Callable[[str], Any]:
    """How a field is read where the schema asks for such values: as text where it asks for text or for nothing."""
    if not kinds or (kinds <= {"string"}):
        return lambda cell: cell
    nullable, numeric = "null" in kinds, bool(kinds & {"number", "integer"})
    truth, text = "boolean" in kinds, "string" in kinds

    def read(cell: str) -> Any:
        bare = cell.strip()
        if bare == "" or (nullable and bare.lower() in ("null", "none", "na", "n/a")):
            return None if nullable else (cell if text else ABSENT)
        if numeric:
            number = _number(bare)
            if number is not None:
                return number
        if truth and bare.lower() in _TRUTHS:
            return _TRUTHS[bare.lower()]
        return cell

    return read


def _number(text: str) -> int | float | None:
    if "_" in text or text[:1].isalpha():
        return None
    try:
        return int(text)
    except ValueError:
        pass
    try:
        number = float(text)
    except ValueError:
        return None
    return number if number - number == 0 else None


def _delimiter(text: str, at: str) -> str:
    first = text[:_SAMPLED].partition("\n")[0]
    if at.endswith(".tsv"):
        return "\t"
    counts = {mark: first.count(mark) for mark in (",", ";", "\t", "|")}
    best = max(counts, key=lambda mark: counts[mark])
    return best if counts[best] else ","


def _decoded(data: bytes, look: Reading, at: str) -> str | None:
    """The text; what is no text is told with its line."""
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        look.say(
            "encoding", f"line {line} is not {encoding.removesuffix('-sig').upper()}", at=f"{at} line {line}".strip()
        )
        return None


def _quoted(line: bytes) -> str:
    return line[:200].decode("utf-8", "replace")

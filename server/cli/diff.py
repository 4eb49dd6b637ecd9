"""Decide whether documents of one JSON Schema can break a reader of another.

`diff OLD NEW` asks whether every document that is valid for NEW is valid for OLD, too: whether those who read by OLD can
read what will be written by NEW. `--reader READER` asks it of a reader with a schema of its own.
SAFE is said only with proof, BREAKS only with a document that shows it, UNKNOWN otherwise.

Exit codes: 0 SAFE, 1 BREAKS, 2 UNKNOWN, 3 bad input. With --batch: 0 when every line was read, 3 otherwise;
a line that can't be used is answered UNKNOWN with its error, and the others go on.
"""

import argparse
import json
from collections.abc import Iterable, Mapping
from functools import partial

from server.cli.documents import as_schema, parse_json, read_lines, read_schema
from server.cli.output import show, show_json, show_whole
from server.cli.session import add_json_flag
from server.errors import ConcordError, InvalidArgument
from server.model.base import Json, JsonObject

EXIT_CODES = {"SAFE": 0, "BREAKS": 1, "UNKNOWN": 2}
BAD_LINE = 3
OUR_FAULT = {"code": "internal_error", "message": "That is a fault in Concord itself; stderr says more."}

SENTENCES = {
    "SAFE": "SAFE: every document of the writer is valid for the reader.",
    "BREAKS": "BREAKS: the writer may write a document that the reader rejects.",
    "UNKNOWN": "UNKNOWN: neither a proof of safety nor a breaking document was found.",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `concord diff` takes."""
    parser.add_argument("old", nargs="?", metavar="OLD", help="the JSON Schema that readers rely on today (a file)")
    parser.add_argument("new", nargs="?", metavar="NEW", help="the JSON Schema that will be written (a file)")
    parser.add_argument("--reader", metavar="READER", help="the JSON Schema of a reader, in place of OLD (a file)")
    parser.add_argument(
        "--batch",
        metavar="FILE",
        help='decide many: one {"id","writer","reader"} a line, answered line by line (`-`: stdin)',
    )
    add_json_flag(parser)


def run(arguments: argparse.Namespace) -> int:
    """Answer the question; the exit code is the answer."""
    if arguments.batch is not None:
        if arguments.old is not None or arguments.reader is not None:
            raise InvalidArgument(
                "--batch takes its schemas from the file alone.", hint="Leave OLD, NEW and --reader out."
            )
        return _decide_lines(read_lines(arguments.batch))
    if arguments.new is None:
        raise InvalidArgument("Two schemas are needed.", hint="concord diff OLD.json NEW.json, or --batch FILE.jsonl")
    old, new = read_schema(arguments.old), read_schema(arguments.new)
    reader = read_schema(arguments.reader) if arguments.reader is not None else old
    answer = _decide(new, reader)
    if answer["verdict"] == "UNKNOWN":
        _expect_schemas({arguments.new: new, arguments.reader or arguments.old: reader})
    if arguments.json:
        show_json(answer)
    else:
        _show_answer(answer)
    return EXIT_CODES[answer["verdict"]]


def _decide(writer: JsonObject | bool, reader: JsonObject | bool) -> JsonObject:
    # The prover is large: only this command's own work imports it, not its help.
    from server.conflicts.containment import decide

    decision = decide(writer, reader)
    return {
        "verdict": decision.verdict,
        "path": decision.path,
        "witness": decision.witness,
        "rule": decision.rule,
        "reason": decision.reason,
        "notes": list(decision.notes),
    }


def _expect_schemas(schemas: Mapping[str, JsonObject | bool]) -> None:
    """Raises InvalidArgument where one of them is none: that is not undecided, it is bad input."""
    from server.conflicts.containment import find_shape_error

    for name, schema in schemas.items():
        error = find_shape_error(schema)
        if error is not None and error.path != "/$schema":  # a dialect that nobody knows is undecided
            raise InvalidArgument(f"{name} is no JSON Schema: {error.message}", path=error.path, hint=error.hint)


def _show_answer(answer: JsonObject) -> None:
    show(SENTENCES[answer["verdict"]])
    if answer["verdict"] == "BREAKS":
        show_whole(f"  witness: {json.dumps(answer['witness'], ensure_ascii=False)}")
        show(f"  rejected at: {answer['path'] or '(the whole document)'}")
    for label, texts in (("rule", [answer["rule"]]), ("reason", [answer["reason"]]), ("note", answer["notes"])):
        for text in filter(None, texts):
            show(f"  {label}: {text}")


def _decide_lines(lines: Iterable[str]) -> int:
    """Each line's answer is printed as soon as it is decided; one that can't be used is said to be so, and passed over."""
    codes = (_decide_line(line, number) for number, line in enumerate(lines, start=1) if line.strip())
    return max(codes, default=0)


def _decide_line(line: str, number: int) -> int:
    from server.cli.main import one_of_many

    name: Json = None
    try:
        pair = parse_json(line, f"line {number}")
        if not isinstance(pair, dict):
            raise InvalidArgument(f"line {number} is no JSON object.")
        name = pair.get("id")
        decided = partial(_show_decision, name, _member(pair, "writer", number), _member(pair, "reader", number))
        return one_of_many(decided, otherwise=partial(_show_undecided, name, OUR_FAULT))
    except ConcordError as error:
        _show_undecided(name, error.payload()["error"])
        return BAD_LINE


def _show_decision(name: Json, writer: JsonObject | bool, reader: JsonObject | bool) -> int:
    answer = _decide(writer, reader)
    show_json({"id": name, "verdict": answer["verdict"], "witness": answer["witness"]})
    return 0


def _show_undecided(name: Json, error: JsonObject) -> None:
    show_json({"id": name, "verdict": "UNKNOWN", "witness": None, "error": error})


def _member(pair: JsonObject, name: str, number: int) -> JsonObject | bool:
    if name not in pair:
        raise InvalidArgument(f"line {number} has no {name!r}.")
    return as_schema(pair[name], f"{name!r} of line {number}")

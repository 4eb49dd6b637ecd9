"""From words on the command line to an exit code: the outermost edge of the process.

Exit codes: 0 done (or safe), 1 it breaks, 2 undecided, 3 bad input or a request that can't be met,
70 a fault of ours, 130 interrupted, 141 the reader of our output went away.
"""

import os
import sys
from collections.abc import Callable, Sequence

from server.cli.commands import BAD_INPUT, find_command, overview_parser, parse_arguments
from server.errors import ConcordError

OUR_FAULT = 70
INTERRUPTED = 130
READER_GONE = 141


def main(words: Sequence[str] | None = None) -> int:
    """Carry out the command that the words ask for; the result is the exit code."""
    words = sys.argv[1:] if words is None else words
    wants_json = "--json" in words
    try:
        code = _run(words)
        sys.stdout.flush()
    except ConcordError as error:
        return _tell(error, as_json=wants_json)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Python flushes stdout once more at exit, which would complain: give it somewhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return READER_GONE
    except Exception:
        # Python's own exit code for a crash is 1, which says "it breaks" to whoever runs us in a pipeline.
        _tell_fault()
        return OUR_FAULT
    return code


def one_of_many(work: Callable[[], int], otherwise: Callable[[], None]) -> int:
    """The exit code of one item's work. A fault of ours in it is told, answered `otherwise`, and does not stop the other items."""
    try:
        return work()
    except (ConcordError, OSError):
        raise
    except Exception:
        _tell_fault()
        otherwise()
        return OUR_FAULT


def _tell_fault() -> None:
    import traceback

    traceback.print_exc()
    print("concord: that is a fault in Concord itself, not in your input.", file=sys.stderr)


def _run(words: Sequence[str]) -> int:
    command = find_command(words[0]) if words else None
    if command is not None:
        return command.load().run(parse_arguments(command, words[1:]))
    if words[:1] == ["--version"]:
        from server.version import installed_version

        print(f"concord {installed_version()}")
        return 0
    overview = overview_parser()
    if words and not words[0].startswith("-"):
        overview.error(f"there is no command {words[0]!r}; `concord --help` lists them")
    overview.parse_args(list(words))
    overview.print_help()
    return 0


def _tell(error: ConcordError, *, as_json: bool) -> int:
    """Say what went wrong where the caller looks for it: JSON on stdout when asked for, else sentences on stderr."""
    if as_json:
        import json

        print(json.dumps(error.payload(), ensure_ascii=False))
        return BAD_INPUT
    print(f"concord: {error.message}", file=sys.stderr)
    for label, text in (("at", error.path), ("allowed", ", ".join(error.allowed)), ("hint", error.hint)):
        if text:
            print(f"  {label}: {text}", file=sys.stderr)
    return BAD_INPUT

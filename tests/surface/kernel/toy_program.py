"""Serves the toy catalogue as a program: `stdio`, or `http` (prints its URL), with `--tokens` asking for a bearer token."""

import sys

from server.web.concord_server import ConcordServer
from tests.surface.kernel.toys import CATALOGUE

TOKEN = "a-token-of-the-painter"


def main(arguments: list[str]) -> int:
    """Serves until it is ended; the result is the exit code."""
    print("said before anything is served, and not on the protocol's stream", file=sys.stderr)
    tokens = {TOKEN: "sys_painter"} if "--tokens" in arguments else {}
    server = ConcordServer(CATALOGUE, tokens=tokens)
    if arguments[0] == "stdio":
        from server.web.stdio import serve_stdio

        return serve_stdio(server)
    from server.web.http import serve_http

    return serve_http(server, port=0, announce=lambda url: print(url, flush=True))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

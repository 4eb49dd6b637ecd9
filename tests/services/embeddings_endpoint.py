"""An endpoint of embeddings as OpenAI has it, for tests: a real HTTP server whose model counts words."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import blake2b
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

DIMENSION = 64
MEANS = {"feline": "cat", "tomcat": "cat"}
"""Words of one meaning, so that the model knows more than the words."""


def embedding(text: str) -> list[float]:
    """How often each word is in it, by the word's place among 64."""
    vector = [0.0] * DIMENSION
    for word in text.lower().split():
        vector[blake2b(MEANS.get(word, word).encode(), digest_size=4).digest()[0] % DIMENSION] += 1.0
    return vector


class Endpoint:
    """A server that is asked, and what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str | None, dict[str, Any]]] = []
        """(path, Authorization, body) of every request."""
        self.status = 200
        self.answer: bytes | None = None
        """What it says whatever it is asked."""
        self.moved_to = ""
        self.drips = False
        """Whether it says one byte after the other, with a pause after each."""
        self.url = ""

    @property
    def texts(self) -> list[str]:
        """Every text that it was given."""
        return [text for _, _, body in self.asked for text in body["input"]]


@contextmanager
def endpoint() -> Iterator[Endpoint]:
    """A server on this machine until the block ends."""
    told = Endpoint()
    pause = threading.Event()

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the name is the library's
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            told.asked.append((self.path, self.headers["Authorization"], body))
            rows = [{"index": number, "embedding": embedding(text)} for number, text in enumerate(body["input"])]
            raw = told.answer if told.answer is not None else json.dumps({"data": rows[::-1]}).encode()
            self.send_response(told.status)
            if told.moved_to:
                self.send_header("Location", told.moved_to)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            if not told.drips:
                self.wfile.write(raw)
                return
            with suppress(ConnectionError):  # who asked has lost patience
                for place in range(len(raw)):
                    self.wfile.write(raw[place : place + 1])
                    if pause.wait(0.02):
                        return

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    told.url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield told
    finally:
        pause.set()
        server.shutdown()
        thread.join()
        server.server_close()

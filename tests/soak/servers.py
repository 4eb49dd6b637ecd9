"""A server over stdio that is started anew whenever something has ended it, for somebody who does not give up."""

import json
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.benchmarks.wire import concord_command, encoded, environment
from tests.soak.fleet import END


class Gone(Exception):
    """The server has ended before it answered: what was asked for is done, or not."""


class Used:
    """The server of one user."""

    def __init__(self, url: str, home: Path, *flags: str) -> None:
        self._environment = {**environment(home), "CONCORD_DATABASE_URL": url, "CONCORD_NOW": END}
        self._home, self._command = home, concord_command("--no-jobs", *flags)
        self._process: subprocess.Popen[bytes] | None = None
        self._number = 0

    @property
    def pid(self) -> int:
        """Of the process that serves now; 0 where none does."""
        process = self._process
        return process.pid if process is not None else 0

    def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """The structured answer of a tool. Raises Gone, and AssertionError where the tool refuses."""
        result = self._result("tools/call", name=tool, arguments=arguments)
        assert not result.get("isError"), result
        answer: dict[str, Any] = result["structuredContent"]
        return answer

    def read(self, uri: str) -> dict[str, Any]:
        """The document that a resource holds. Raises Gone."""
        document: dict[str, Any] = json.loads(self._result("resources/read", uri=uri)["contents"][0]["text"])
        return document

    def end(self) -> None:
        """It runs no more."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()

    def _result(self, method: str, **params: Any) -> dict[str, Any]:
        if self._process is None:
            self._process = subprocess.Popen(
                self._command,
                env=self._environment,
                cwd=self._home,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        self._number += 1
        line = self._exchanged(self._process, encoded(self._number, method, params))
        if not line.endswith(b"\n"):
            self.end()
            raise Gone
        reply = json.loads(line)
        assert "error" not in reply, reply
        result: dict[str, Any] = reply["result"]
        return result

    def _exchanged(self, process: subprocess.Popen[bytes], request: bytes) -> bytes:
        """The line that answers; what was read of it where the server ends."""
        assert process.stdin is not None
        assert process.stdout is not None
        with suppress(BrokenPipeError):
            process.stdin.write(request)
            process.stdin.flush()
        while (line := process.stdout.readline()).endswith(b"\n"):
            if json.loads(line).get("id") == self._number:
                return line
        return line

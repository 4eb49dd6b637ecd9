"""Foreign programs, run in a home of their own, without a way out to the network, and ended in any case."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

NOWHERE = "http://127.0.0.1:9"
"""A proxy that refuses every connection: what a client sends anywhere but to this machine fails."""


@dataclass(frozen=True)
class Outcome:
    """How a program ended."""

    command: Sequence[str]
    code: int
    stdout: str
    stderr: str

    def __str__(self) -> str:
        told = (self.stdout[-6_000:], self.stderr[-6_000:])
        return "$ {}\nexit code {}\n--- stdout\n{}\n--- stderr\n{}".format(" ".join(self.command), self.code, *told)


def secluded_environment(home: Path, *programs: Path) -> dict[str, str]:
    """An environment whose every home, settings and cache folder lies in `home`, with `programs` on the path."""
    folders = {
        "HOME": home,
        "USERPROFILE": home,
        "APPDATA": home / "roaming",
        "LOCALAPPDATA": home / "local",
        "XDG_CONFIG_HOME": home / ".config",
        "XDG_CACHE_HOME": home / ".cache",
        "XDG_DATA_HOME": home / ".local" / "share",
        "XDG_STATE_HOME": home / ".local" / "state",
        "CODEX_HOME": home / ".codex",
        "TMPDIR": home / "tmp",
    }
    for folder in folders.values():
        folder.mkdir(parents=True, exist_ok=True)
    kept = {name: os.environ[name] for name in ("SYSTEMROOT", "LANG", "LC_ALL") if name in os.environ}
    return {
        **kept,
        **{name: str(folder) for name, folder in folders.items()},
        "PATH": os.pathsep.join([*(str(program.parent) for program in programs), os.defpath]),
        "HTTP_PROXY": NOWHERE,
        "HTTPS_PROXY": NOWHERE,
        "NO_PROXY": "127.0.0.1,localhost",
        "NO_COLOR": "1",
        "DISABLE_AUTOUPDATER": "1",
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
    }


def run_program(
    command: Sequence[str], *, environment: Mapping[str, str], folder: Path, stdin: str = "", seconds: float = 60
) -> Outcome:
    """How the program ended. What it started and left behind is ended too; too slow a program is a failure."""
    with subprocess.Popen(
        command,
        env=dict(environment),
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    ) as program:
        try:
            stdout, stderr = program.communicate(stdin, timeout=seconds)
        except subprocess.TimeoutExpired:
            end_group(program)
            stdout, stderr = program.communicate()
            told = Outcome(command, -1, stdout, stderr)
            raise AssertionError(f"not done after {seconds} seconds:\n{told}") from None
        finally:
            end_group(program)
    return Outcome(command, program.returncode, stdout, stderr)


def end_group(program: subprocess.Popen[str]) -> None:
    """Neither the program nor anything of its process group runs any longer."""
    if sys.platform == "win32":
        program.kill()
        return
    with suppress(ProcessLookupError):  # all of them had ended by themselves
        os.killpg(program.pid, signal.SIGKILL)

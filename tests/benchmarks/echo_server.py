"""The yardstick: a server on the bare SDK with one tool, which answers with as many bytes as asked."""

from mcp.server import MCPServer

server = MCPServer("echo", version="1.0.0")


@server.tool()
def echo(size: int) -> str:
    """Answers with that many bytes, as text and, like every tool of the SDK that returns a value, as structured content."""
    return "x" * size


if __name__ == "__main__":
    server.run()

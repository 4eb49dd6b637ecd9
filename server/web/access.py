"""Who calls: over HTTP the system that the bearer token belongs to, else whoever the process was started as."""

import hashlib
from collections.abc import Mapping

from mcp.server.auth.middleware.auth_context import get_access_token
from mcp.server.auth.provider import AccessToken
from mcp.server.auth.settings import AuthSettings


class KnownTokens:
    """Verifies bearer tokens against a fixed list; kept by digest, so that a lookup's time tells nothing of a token."""

    def __init__(self, tokens: Mapping[str, str]) -> None:
        self._systems = {_digest(token): system for token, system in tokens.items()}

    async def verify_token(self, token: str) -> AccessToken | None:
        """The system's access, or None for a token that is not ours."""
        system = self._systems.get(_digest(token))
        return AccessToken(token=token, client_id=system, scopes=[]) if system is not None else None


def settings_for(tokens: Mapping[str, str]) -> AuthSettings | None:
    """What makes the SDK ask for a token; None where there are none. Nobody issues tokens here, so no issuer is advertised."""
    if not tokens:
        return None
    return AuthSettings.model_validate({"issuer_url": "http://localhost/", "resource_server_url": None})


def caller_of(otherwise: str = "") -> str:
    """The id of the system whose token the current request carries; without one, `otherwise` ("" = the local user)."""
    token = get_access_token()
    return token.client_id if token is not None else otherwise


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()

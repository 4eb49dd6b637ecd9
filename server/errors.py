"""One error tree: a leaf for each thing that a caller can do something about.

A failure carries one plain sentence, a stable code, and what to do next. The surfaces map it in one place
each (MCP tool error, command-line exit, HTTP status). Expected outcomes, such as a conflict, are values and never exceptions.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar


class ConcordError(Exception):
    """Something the caller asked for can't be done."""

    code: ClassVar[str] = "error"

    def __init__(
        self,
        message: str = "",
        *,
        hint: str = "",
        path: str = "",
        allowed: Sequence[str] = (),
        unmet: Sequence[str] = (),
        corrected: Mapping[str, Any] | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        self.message = message or (type(self).__doc__ or "").strip().splitlines()[0]
        self.hint = hint
        self.path = path
        self.allowed = tuple(allowed)
        self.unmet = tuple(unmet)
        self.corrected = dict(corrected) if corrected is not None else None
        self.details = dict(details or {})
        super().__init__(self.message)

    def payload(self) -> dict[str, Any]:
        """The error as JSON: {"error": {code, message, path, hint, unmet, allowed, try, …}}, empty members left out.

        `path` is a JSON Pointer into the arguments; `try` is a corrected call.
        """
        members: dict[str, Any] = {"code": self.code, "message": self.message}
        optional = {
            "path": self.path,
            "hint": self.hint,
            "unmet": list(self.unmet),
            "allowed": list(self.allowed),
            "try": self.corrected,
        }
        members.update({name: value for name, value in optional.items() if value})
        members.update(self.details)
        return {"error": members}


class InvalidArgument(ConcordError):
    """An argument has the wrong shape."""

    code = "invalid_argument"


class UnknownArgument(InvalidArgument):
    """The call has an argument that the tool does not take."""

    code = "unknown_argument"


class TooLarge(InvalidArgument):
    """The input is larger than what is accepted."""

    code = "too_large"


class NotFound(ConcordError):
    """Nothing goes by that name."""

    code = "not_found"


class Ambiguous(ConcordError):
    """Several things go by that name."""

    code = "ambiguous"


class StaleVersion(ConcordError):
    """The thing changed since it was read."""

    code = "stale_version"


class IdempotencyMismatch(ConcordError):
    """That idempotency key was used before with other arguments."""

    code = "idempotency_mismatch"


class NotAllowed(ConcordError):
    """The caller may not do this."""

    code = "not_allowed"


class Refused(ConcordError):
    """The move is not possible in the present state."""

    code = "refused"


class StorageError(ConcordError):
    """The database could not be used."""

    code = "storage_error"


class ConfigurationError(ConcordError):
    """A setting is missing or wrong."""

    code = "configuration_error"

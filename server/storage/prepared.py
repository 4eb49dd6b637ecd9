"""Statements that run again and again: spelled once for each database, then given to its driver as they are.

SQLAlchemy spends several times as long around a small statement as SQLite does on it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from sqlalchemy import ClauseElement, Connection, Dialect
    from sqlalchemy.sql.compiler import SQLCompiler

    from server.storage.session import Session


def ask(connection: "Connection", text: str, values: Mapping[str, Any] | Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """What the database answers to a statement in its driver's own words. Raises what SQLAlchemy raises."""
    cursor = connection.connection.cursor()
    try:
        cursor.execute(text, values)
        return cursor.fetchall() if cursor.description else []  # type: ignore[return-value]  # rows are tuples in both drivers
    except connection.dialect.loaded_dbapi.Error as error:
        raise _as_sqlalchemy_raises(error, text, connection, cursor) from error
    finally:
        cursor.close()


class Prepared:
    """A statement that takes values by their names."""

    def __init__(self, statement: "ClauseElement") -> None:
        self._statement = statement
        self._spelled: dict[str, _Spelled] = {}

    def rows(self, session: "Session", values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """What the statement answers to these values, as the driver reads it. Raises what SQLAlchemy raises."""
        connection = session.connection()
        dialect = connection.dialect
        spelled = self._spelled.get(dialect.name)
        if spelled is None:
            spelled = self._spelled[dialect.name] = _spell(self._statement, dialect)
        return spelled.rows(connection, values)


@dataclass(frozen=True)
class _Spelled:
    """A statement in the words of one database."""

    text: str
    places: Sequence[str] | None
    """Which value stands in which place; None where the driver takes them by name."""
    converted: Mapping[str, Callable[[Any], Any]]
    """How those values are written that the driver does not take as they are."""
    constants: Mapping[str, Any]
    """Values that stand in the statement itself, such as the number in a LIMIT."""

    def rows(self, connection: "Connection", values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        given = {**self.constants, **values}
        written = {**given, **{name: convert(given[name]) for name, convert in self.converted.items()}}
        return ask(connection, self.text, written if self.places is None else [written[name] for name in self.places])


def _spell(statement: "ClauseElement", dialect: "Dialect") -> _Spelled:
    compiled = cast("SQLCompiler", statement.compile(dialect=dialect))
    converters = {
        name: bound.type.dialect_impl(dialect).bind_processor(dialect) for name, bound in compiled.binds.items()
    }
    return _Spelled(
        text=compiled.string,
        places=compiled.positiontup,
        converted={name: convert for name, convert in converters.items() if convert is not None},
        constants={name: bound.value for name, bound in compiled.binds.items() if not bound.required},
    )


def _as_sqlalchemy_raises(error: Any, text: str, connection: "Connection", cursor: Any) -> BaseException:
    """The error of a driver; a connection that is lost with it is not used again."""
    from sqlalchemy.exc import DBAPIError

    dialect = connection.dialect
    lost = dialect.is_disconnect(error, connection.connection, cursor)
    if lost:
        connection.invalidate(error)
    raised: BaseException = DBAPIError.instance(
        text, None, error, dialect.loaded_dbapi.Error, connection_invalidated=lost, dialect=dialect
    )
    return raised

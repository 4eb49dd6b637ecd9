"""What every table is made of.

Moments are text, `2026-04-05T14:00:00Z`, so that they sort and compare alike on both databases; those that are counted with
are microseconds since 1970.
"""

import re
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Dialect, Integer, MetaData, String, TypeDecorator
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

metadata = MetaData()


class PlainText(TypeDecorator[str]):
    """Text as any database can keep it: a NUL and half a surrogate pair become U+FFFD."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """The text as it is stored."""
        return None if value is None else _UNKEPT.sub("\ufffd", value)


_UNKEPT = re.compile("[\0\ud800-\udfff]")


class Row(SQLModel, registry=registry(metadata=metadata)):
    """A row of any table. Tables of others in the same program don't mix with ours."""


def words_column(**options: Any) -> Any:
    """A column for text that comes from outside."""
    return Field(sa_column=Column(PlainText(), nullable=False, **options))


def document_column() -> Any:
    """The column for a value as JSON."""
    return Field(sa_column=Column(JSON(), nullable=False))


def number_column() -> Any:
    """The column for a number that the database gives in the order of arrival."""
    return Column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True)


def instant_column(**options: Any) -> Any:
    """A column for a moment in microseconds since 1970; 0 = never."""
    return Field(sa_column=Column(BigInteger(), nullable=False, **options))

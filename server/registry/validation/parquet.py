"""Parquet files, where the extra `parquet` is installed."""

import importlib.util
from collections.abc import Iterator
from typing import Any

from server.registry.validation.bytes_of import FileBytes
from server.registry.validation.look import NOT_VERIFIABLE
from server.registry.validation.reading import Reading
from server.registry.validation.values import row_reader


def read_parquet(file: FileBytes, look: Reading, name: str) -> None:
    """The file's rows are handed to the look; without pyarrow, why they are not."""
    if importlib.util.find_spec("pyarrow") is None:
        look.unread(f"{NOT_VERIFIABLE}: a Parquet file is read only where the extra `parquet` is installed")
        return
    if not file.whole:
        look.unread(f"{name or 'it'} is larger than is read")
        return
    import pyarrow
    from pyarrow import parquet

    try:
        opened = parquet.ParquetFile(pyarrow.BufferReader(file.data))
        columns = opened.schema_arrow
        look.content()
        if not look.rows(_rows(opened, name), lambda kinds: row_reader(columns.names, kinds)):
            look.columns({column.name: _kinds(column.type) for column in columns}, name)
    except (pyarrow.ArrowException, OSError) as error:
        look.say("read", f"no Parquet file that can be read: {str(error)[:200]}", at=name)


def _rows(opened: Any, name: str) -> Iterator[tuple[Any, str]]:
    number = 0
    for batch in opened.iter_batches(batch_size=5_000):
        for values in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            number += 1
            yield values, f"{name} row {number}".strip()


def _kinds(column: Any) -> frozenset[str]:
    """What is read of a column of this type; empty where it may be anything."""
    from pyarrow import types

    tests = {
        "boolean": (types.is_boolean,),
        "integer": (types.is_integer,),
        "number": (types.is_floating, types.is_decimal, types.is_duration),
        "string": (types.is_string, types.is_large_string, types.is_temporal),
        "array": (types.is_list, types.is_large_list),
    }
    return frozenset([kind for kind, several in tests.items() if any(one(column) for one in several)][:1])

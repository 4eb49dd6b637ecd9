"""Parquet files, where the extra `parquet` is installed."""

import importlib.util
from collections.abc import Iterator
from typing import Any

from server.model.base import Json
from server.registry.validation.bytes_of import FileBytes
from server.registry.validation.look import NOT_VERIFIABLE, Look
from server.registry.validation.values import row_as_record


def read_parquet(file: FileBytes, look: Look, name: str) -> None:
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
        look.rows(_rows(opened, look, name))
    except (pyarrow.ArrowException, OSError) as error:
        look.breaks.say("read", f"no Parquet file that can be read: {str(error)[:200]}", at=name)


def _rows(opened: Any, look: Look, name: str) -> Iterator[tuple[Json, str]]:
    kinds = look.ready.kinds if look.ready else {}
    number = 0
    for batch in opened.iter_batches(batch_size=5_000):
        names = batch.schema.names
        for values in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            number += 1
            yield row_as_record(zip(names, values, strict=True), kinds), f"{name} row {number}".strip()

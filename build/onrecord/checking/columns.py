"""The columns of a package's tables, read as a rule needs them, and how rules look at them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from onrecord.packaging import schema

__all__ = ["LONG", "SPAN", "Tables", "look_up", "rows_where", "show", "span_tables"]

SPAN = ("source_id", "start", "end", "text")
"""The columns of every table whose rows point at characters."""


LONG = pa.large_string()
"""The type of the columns ``text``: a whole column may be longer than the 2 GiB of Arrow's plain text. Keys
stay plain, because comparing them takes twice as long otherwise."""


class Tables:
    """The Parquet files of the tables that can be used, read column by column."""

    def __init__(self, files: Mapping[str, Path]) -> None:
        self._files = files

    def read(self, table: str, *columns: str) -> pa.Table | None:
        """Those columns of a table, in this order; null where the table cannot be used."""
        if table not in self._files:
            return None
        with pq.ParquetFile(self._files[table]) as file:
            found = file.read(columns=list(columns)).select(list(columns))
        if "text" in columns:
            place = columns.index("text")
            found = found.set_column(place, "text", found["text"].cast(LONG))
        return found


def show(value: object) -> str:
    """A cell as a message shows it: shortened.

    >>> show("neg"), show(None), show("one " * 30)
    ("'neg'", 'null', "'one one one one one one one one one one…'")
    """
    if value is None:
        return "null"
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:40]}…'"


def span_tables() -> list[str]:
    """The tables whose rows point at characters."""
    return [name for name, table in schema.load().items() if set(SPAN) <= set(table.names)]


def rows_where(wrong: Any) -> list[int]:
    """The rows, counted from 0, that are true in a column of booleans; null is not."""
    return list(pc.indices_nonzero(pc.fill_null(wrong, False)).to_pylist())


def look_up(keys: Any, table: pa.Table, key: str, value: str) -> Any:
    """For each of ``keys`` the ``value`` of the first row of ``table`` with that ``key``, or null.

    >>> parents = pa.table({"id": ["a", "b"], "size": [1, 2]})
    >>> look_up(pa.chunked_array([["b", "c"]]), parents, "id", "size").to_pylist()
    [2, None]
    """
    return table[value].combine_chunks().take(pc.index_in(keys, value_set=table[key]).combine_chunks())

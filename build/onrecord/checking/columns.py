"""The columns of a package's tables, read as a rule needs them, and how rules look at them.

Tables of any length are looked at a batch at a time; where rows of two tables belong together and both are
sorted by what joins them, as onrecord writes them, a stretch of both at a time.
"""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from onrecord.packaging import schema

__all__ = [
    "BATCH",
    "CORRECTED",
    "LONG",
    "SPAN",
    "Part",
    "Tables",
    "look_up",
    "rows_where",
    "show",
    "span_tables",
]

BATCH = 16_384
"""Rows looked at together; it bounds memory, not results."""
CORRECTED = "corrected"
"""How rows are told that a person made or changed."""
SPAN = ("source_id", "start", "end", "text")
"""The columns of every table whose rows point at characters."""


LONG = pa.large_string()
"""The type of the columns ``text``: a whole column may be longer than the 2 GiB of Arrow's plain text. Keys
stay plain, because comparing them takes twice as long otherwise."""


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of a table, and how many went before them."""

    before: int
    rows: pa.Table


class Tables:
    """The Parquet files of the tables that can be used, read column by column."""

    def __init__(self, files: Mapping[str, Path]) -> None:
        self._files = files
        self._unsorted: dict[str, int | None] = {}

    def hold(self, *tables: str) -> bool:
        """Whether all these tables can be used."""
        return all(table in self._files for table in tables)

    def read(self, table: str, *columns: str) -> pa.Table | None:
        """Those columns of a table, in this order; null where the table cannot be used."""
        if table not in self._files:
            return None
        with pq.ParquetFile(self._files[table], pre_buffer=False) as file:
            return _lengthen(file.read(columns=list(columns)).select(list(columns)))

    def parts(self, table: str, *columns: str) -> Iterator[Part]:
        """Those columns of a table, in this order, some rows at a time, one part at least; none
        where the table cannot be used."""
        if table not in self._files:
            return
        before = 0
        with pq.ParquetFile(self._files[table], pre_buffer=False) as file:
            for batch in file.iter_batches(BATCH, columns=list(columns)):
                yield Part(before, _lengthen(pa.Table.from_batches([batch]).select(list(columns))))
                before += batch.num_rows
        if not before:
            yield Part(0, self.read(table, *columns))

    def is_sorted(self, table: str) -> bool:
        """Whether each row of a table has a greater primary key than the row before it."""
        return self.find_unsorted(table) is None

    def find_unsorted(self, table: str) -> int | None:
        """The first row, from 0, whose primary key is not greater than that of the row before it, or null."""
        if table not in self._unsorted:
            self._unsorted[table] = self._find_descent(table, schema.load()[table].primary_key)
        return self._unsorted[table]

    def _find_descent(self, table: str, key: Sequence[str]) -> int | None:
        last: pa.Table | None = None
        for part in self.parts(table, *key):
            rows = part.rows if last is None else pa.concat_tables([last, part.rows])
            if not rows.num_rows:
                continue
            last = rows.slice(rows.num_rows - 1)
            low, high = rows.slice(0, rows.num_rows - 1), rows.slice(1)
            ascends: Any = pa.scalar(False)
            for name in reversed(key):
                ascends = pc.or_(
                    pc.less(low[name], high[name]), pc.and_(pc.equal(low[name], high[name]), ascends)
                )
            stays = rows_where(pc.invert(pc.fill_null(ascends, False))) if low.num_rows else []
            if stays:
                found: int = part.before - (rows.num_rows - part.rows.num_rows) + stays[0] + 1
                return found
        return None

    def together(self, wanted: Mapping[str, Sequence[str]]) -> Iterator[dict[str, Part]]:
        """Columns of some tables, of which the first is that of the key by which they belong together: all
        rows with one key at once, some keys at a time. Of tables that are not sorted by it, all at once.

        Nothing where one of the tables cannot be used.
        """
        if not self.hold(*wanted):
            return
        if not all(map(self.is_sorted, wanted)):
            yield {table: Part(0, self.read(table, *columns)) for table, columns in wanted.items()}
            return
        streams = [_Stream(self.parts(table, *columns)) for table, columns in wanted.items()]
        while True:
            bound = min((stream.last for stream in streams if stream.more), default=None)
            ready = [stream.take_below(bound) for stream in streams]
            yield dict(zip(wanted, ready, strict=True))
            if bound is None:
                return
            for stream in streams:
                stream.read_past(bound)


class _Stream:
    """Parts of a table that is sorted by its first column, taken as far as a key goes."""

    def __init__(self, parts: Iterator[Part]) -> None:
        self._parts = parts
        self._held = next(parts)
        self._next = next(parts, None)

    @property
    def more(self) -> bool:
        """Whether rows come after those that are held."""
        return self._next is not None

    @property
    def last(self) -> str:
        """The key of the last row that is held."""
        return str(self._held.rows[0][-1])

    def take_below(self, bound: str | None) -> Part:
        """The rows with keys below ``bound``, null for all; they are held no longer."""
        before, rows = self._held.before, self._held.rows
        size = rows.num_rows if bound is None else (pc.sum(pc.less(rows[0], bound)).as_py() or 0)
        self._held = Part(before + size, rows.slice(size))
        return Part(before, rows.slice(0, size))

    def read_past(self, bound: str) -> None:
        """Read on until there are rows with keys above ``bound``, or no more."""
        while self._next is not None and (not self._held.rows.num_rows or self.last <= bound):
            self._held = Part(self._held.before, pa.concat_tables([self._held.rows, self._next.rows]))
            self._next = next(self._parts, None)


def _lengthen(found: pa.Table) -> pa.Table:
    """The table with its column ``text``, if it has one, as ``LONG``."""
    if "text" not in found.column_names:
        return found
    return found.set_column(found.column_names.index("text"), "text", found["text"].cast(LONG))


def show(value: object) -> str:
    """A cell as a message shows it: shortened.

    >>> show("neg"), show(None), show("one " * 30)
    ("'neg'", 'null', "'one one one one one one one one one one…'")
    """
    if value is None:
        return "null"
    text = str(value) if isinstance(value, datetime.date) else repr(value)
    return text if len(text) <= 60 else f"{text[:40]}…'"


def span_tables() -> list[str]:
    """The tables whose rows point at characters."""
    return [name for name, table in schema.load().items() if set(SPAN) <= set(table.names)]


def rows_where(wrong: Any, before: int = 0) -> list[int]:
    """The rows, counted from ``before``, that are true in a column of booleans; null is not."""
    rows = pc.indices_nonzero(pc.fill_null(wrong, False)).to_pylist()
    return [before + row for row in rows] if before else rows


def look_up(keys: Any, table: pa.Table, key: str, value: str) -> Any:
    """For each of ``keys`` the ``value`` of the first row of ``table`` with that ``key``, or null.

    >>> parents = pa.table({"id": ["a", "b"], "size": [1, 2]})
    >>> look_up(pa.chunked_array([["b", "c"]]), parents, "id", "size").to_pylist()
    [2, None]
    """
    return table[value].combine_chunks().take(pc.index_in(keys, value_set=table[key]).combine_chunks())

"""Files that hold many articles, read one after another: JSON lines, plain or packed, and Parquet."""

import gzip
import io
import json
import math
import os
import zlib
from collections.abc import Iterator, Mapping
from datetime import date
from typing import IO, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from onrecord.model import Reject
from onrecord.reading.fields import find_field
from onrecord.reading.inputs import (
    KNOWN_FIELDS,
    Found,
    Raw,
    name_fields,
    refuse,
    refuse_large,
    refuse_unreadable,
    tell_unknown,
)
from onrecord.reading.records import find_id

__all__ = ["UNPACKED", "find_room", "read_gzip_lines", "read_lines", "read_parquet", "read_zstd_lines"]

ROWS = 64
"""Rows of a Parquet file that are held together, or fewer where one can be large; it bounds memory, not
results."""
BUFFER = 1 << 20
"""Bytes of a Parquet column that are read at a time."""

UNPACKED = 100
"""How many times its size a packed file may unpack to; packed articles take a quarter or so."""
ROOM = 100 * 2**20
"""Bytes that a packed file may unpack to however small it is."""
MAX_BLANK = 100_000
"""Blank lines in a row in JSON lines, after which they are not read any further."""

_RECORD = ("id", "text", *KNOWN_FIELDS)
_BROKEN = (OSError, EOFError, zlib.error, pa.ArrowException)


def read_gzip_lines(name: str, file: BinaryIO, max_bytes: int) -> Iterator[Found]:
    """The records of JSON lines packed by gzip (RFC 1952)."""
    with gzip.GzipFile(fileobj=file) as unpacked:
        yield from read_lines(name, unpacked, max_bytes, find_room(file))


def read_zstd_lines(name: str, file: BinaryIO, max_bytes: int) -> Iterator[Found]:
    """The records of JSON lines packed by Zstandard (RFC 8878)."""
    with io.BufferedReader(pa.CompressedInputStream(file, "zstd"), BUFFER) as unpacked:
        yield from read_lines(name, unpacked, max_bytes, find_room(file))


def find_room(file: IO[bytes]) -> int:
    """Bytes that a packed file may unpack to."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    return max(ROOM, UNPACKED * size)


def read_lines(
    name: str, file: BinaryIO | gzip.GzipFile, max_bytes: int, room: float = math.inf
) -> Iterator[Found]:
    """The records of JSON lines, one object a line; blank lines are passed over.

    What cannot be read on is one reject; so is each line of more than ``max_bytes``, and what comes after
    ``room`` bytes or ``MAX_BLANK`` blank lines in a row.
    """
    number, records, blank = 0, 0, 0
    try:
        while line := file.readline(max_bytes + 1):
            number += 1
            room -= len(line)
            blank = 0 if line.strip() else blank + 1
            where = f"{name}:{number}"
            if room < 0 or blank > MAX_BLANK:
                what = (
                    f"{blank:,} blank lines end here"
                    if room >= 0
                    else f"unpacks to over {UNPACKED} times its size"
                )
                yield refuse(where, "too-large", f"{what}; the rest was not read: write one record a line")
                return
            if number == 1:
                line = line.removeprefix(b"\xef\xbb\xbf")
            if len(line) > max_bytes and not line.endswith(b"\n"):
                while line and not line.endswith(b"\n") and room >= 0:
                    line = file.readline(max_bytes)
                    room -= len(line)
                records += 1
                yield refuse_large(where, max_bytes)
            elif line.strip():
                records += 1
                yield Raw(_find_id(line) or where, "json", line.rstrip(b"\r\n"), where)
    except _BROKEN as error:
        yield refuse_unreadable(f"{name}:{number + 1}", error)
    else:
        if not records:
            yield refuse(name, "empty", "holds no records; give one JSON object a line")


def _find_id(line: bytes) -> str | None:
    """The ``id`` of a record; null for one that has none or cannot be read, which ``parse`` will say.

    >>> _find_id(b'{"id": "bridge-1", "text": "The bridge closed."}'), _find_id(b'{"id": 7}'), _find_id(b"{")
    ('bridge-1', '7', None)
    """
    try:
        record: object = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return find_id(record)


def read_parquet(name: str, file: BinaryIO, max_bytes: int) -> Iterator[Found]:
    """The rows of a Parquet file, whose columns have the names of the fields of JSON lines.

    Other columns are not read, and told. Dates and times are taken as ISO 8601 writes them. Rows are counted
    from one. A file whose columns unpack to more than ``find_room`` allows is one reject.
    """
    number = 0
    try:
        room = find_room(file)
        with pq.ParquetFile(file, pre_buffer=False, buffer_size=BUFFER) as table:
            names = table.schema_arrow.names
            columns = [column for column in names if find_field(column)]
            if not any(find_field(column) == "text" for column in columns):
                fields = name_fields(_RECORD)
                yield refuse(name, "missing-text", f"has no column text; columns that are read: {fields}")
                return
            yield from tell_unknown(name, None, "columns", set(names) - set(columns))
            sizes = _measure(table.metadata, columns)
            if sum(sizes) > room:
                yield refuse(name, "too-large", f"unpacks to over {UNPACKED} times its size; it was not read")
                return
            for batch in table.iter_batches(_count_rows(sizes), columns=columns):
                for record in batch.to_pylist():
                    number += 1
                    yield _take_row(record, f"{name}:{number}", max_bytes)
    except (*_BROKEN, OverflowError) as error:
        yield refuse_unreadable(f"{name}:{number + 1}", error)
    else:
        if not number:
            yield refuse(name, "empty", "holds no rows; give one row an article")


def _measure(metadata: pq.FileMetaData, columns: list[str]) -> list[int]:
    """Bytes that each stretch of each of the columns unpacks to, by the file's own directory."""
    groups = (metadata.row_group(number) for number in range(metadata.num_row_groups))
    parts = (group.column(number) for group in groups for number in range(group.num_columns))
    wanted = set(columns)
    return [part.total_uncompressed_size for part in parts if part.path_in_schema.split(".")[0] in wanted]


def _count_rows(sizes: list[int]) -> int:
    """Rows to hold together: a cell may be as large as the largest stretch of a column, and each row may
    repeat it."""
    return max(1, min(ROWS, ROOM // max([1, *sizes])))


def _take_row(record: Mapping[str, object], where: str, max_bytes: int) -> Raw | Reject:
    try:
        data = json.dumps(record, ensure_ascii=False, default=_write_date).encode("utf-8", "surrogatepass")
    except TypeError as error:
        return refuse(where, "metadata", f"holds a value that is no text ({error}); write it as text")
    if len(data) > max_bytes:
        return refuse_large(where, max_bytes)
    return Raw(find_id(record) or where, "json", data, where)


def _write_date(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"of type {type(value).__name__}")

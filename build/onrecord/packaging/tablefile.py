"""One table, two files: the same rows as CSV and as Parquet, written as they stream past.

The bytes depend on the rows alone, not on how they were cut into batches. CSV follows RFC 4180, with ``\\n``
at the end of a line: every text is quoted (so a lone carriage return survives), numbers and booleans are not,
null is nothing at all. The empty text cannot be told from null in CSV, so it is refused; so are NUL, which
CSV readers cut or choke on, and numbers that are not finite.
"""

import errno
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from onrecord.errors import PackageError

__all__ = [
    "FOLDER",
    "ROW_GROUP",
    "File",
    "Rows",
    "TableFiles",
    "TableSchema",
    "explain",
    "tell_reason",
    "write_table",
    "write_tables",
]

FOLDER = "datapackage"

# Parquet's bytes depend on where rows are cut, so the cut is fixed. A million rows of claims (17 columns,
# 241 MB as CSV) were written with 250 MB of memory at most, the libraries' 110 included.
ROW_GROUP = 65_536

Rows = Iterable[pa.RecordBatch | pa.Table]

_REASONS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EFBIG: "the file would be larger than allowed",
    errno.EACCES: "permission denied",
    errno.EPERM: "permission denied",
    errno.EROFS: "the file system is read-only",
}


@contextmanager
def explain(what: str) -> Iterator[None]:
    """Turns what the operating system refuses into a PackageError: ``what``, then the reason and the file."""
    try:
        yield
    except OSError as error:
        raise PackageError(f"{what}: {tell_reason(error)}") from error


def tell_reason(error: OSError) -> str:
    """Why the operating system refused, and the file, for people."""
    reason = _REASONS.get(error.errno or 0, error.strerror or str(error))
    return f"{reason} ({error.filename})" if error.filename else reason


class TableSchema(Protocol):
    """What a table's schema must offer to be written and described."""

    @property
    def arrow(self) -> pa.Schema:
        """Column names, types, nullability and the metadata that goes into the Parquet footer."""

    def descriptor(self) -> dict[str, Any]:
        """The Table Schema as JSON values."""


@dataclass(frozen=True, slots=True)
class File:
    """A file of a package: its path below the package's folder, its length in bytes and its hash."""

    path: str
    bytes: int
    sha256: str

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    def is_at(self, path: Path) -> bool:
        """Whether the file at ``path`` holds exactly these bytes."""
        if not path.is_file() or path.stat().st_size != self.bytes:
            return False
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest() == self.sha256


@dataclass(frozen=True, slots=True)
class TableFiles:
    """What was written of one table; ``rows`` does not count the header."""

    name: str
    rows: int
    csv: File
    parquet: File


class _Sink:
    """A new file for Arrow to write to, hashed on the way; what goes wrong on disk is a PackageError."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size = 0
        self.sha256 = hashlib.sha256()
        with explain(f"{path} cannot be written"):
            self._stream = path.open("xb")

    @property
    def closed(self) -> bool:
        return self._stream.closed

    def write(self, data: pa.Buffer | bytes) -> int:
        view = memoryview(data)
        with explain(f"{self.path} cannot be written"):
            self._stream.write(view)
        self.sha256.update(view)
        self.size += view.nbytes
        return view.nbytes

    def tell(self) -> int:
        return self.size

    def flush(self) -> None:
        with explain(f"{self.path} cannot be written"):
            self._stream.flush()

    def close(self) -> None:
        with explain(f"{self.path} cannot be written"):
            self._stream.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def file(self, folder: Path) -> File:
        return File(self.path.relative_to(folder).as_posix(), self.size, self.sha256.hexdigest())


def write_table(name: str, rows: Rows, schema: pa.Schema, folder: Path) -> TableFiles:
    """Writes ``datapackage/<name>.csv`` and ``.parquet`` in ``folder``; the rows must come sorted.

    Raises PackageError for rows that are not what the schema says or that CSV cannot hold, and when the disk
    does not take them.
    """
    _require_plain_types(name, schema)
    count = 0
    with (
        _Sink(folder / FOLDER / f"{name}.csv") as text_sink,
        _Sink(folder / FOLDER / f"{name}.parquet") as column_sink,
        pyarrow.csv.CSVWriter(text_sink, schema) as text,
        pq.ParquetWriter(column_sink, schema, compression="zstd") as columns,
    ):
        for group in _regroup(_conform(name, rows, schema)):
            _require_sound(name, count, group)
            text.write_table(group)
            columns.write_table(group, row_group_size=ROW_GROUP)
            count += group.num_rows
    return TableFiles(name, count, text_sink.file(folder), column_sink.file(folder))


def write_tables(
    tables: Mapping[str, Rows], schemas: Mapping[str, TableSchema], folder: Path
) -> tuple[TableFiles, ...]:
    """Every table of ``schemas``, in its order, as CSV and Parquet in ``folder/datapackage/``.

    A table without rows may be left out of ``tables``: it is written empty. Raises PackageError as
    ``write_table`` does, and for a table that has no schema.
    """
    if unknown := sorted(set(tables) - set(schemas)):
        raise PackageError(f"no schema for the table {unknown[0]}; known: {', '.join(schemas)}")
    with explain(f"{folder} cannot be written"):
        (folder / FOLDER).mkdir(parents=True, exist_ok=True)
    return tuple(
        write_table(name, tables.get(name, ()), schema.arrow, folder) for name, schema in schemas.items()
    )


def _require_plain_types(name: str, schema: pa.Schema) -> None:
    for field in schema:
        kind = field.type
        if not (
            pa.types.is_string(kind)
            or pa.types.is_large_string(kind)
            or pa.types.is_integer(kind)
            or pa.types.is_float64(kind)
            or pa.types.is_boolean(kind)
            or pa.types.is_date32(kind)
        ):
            raise PackageError(
                f"{name}.{field.name}: columns of type {kind} do not come back the same from CSV; "
                "use string, an integer type, float64, boolean or date32"
            )


def _conform(name: str, rows: Rows, schema: pa.Schema) -> Iterator[pa.Table]:
    for batch in rows:
        if batch.schema.names != schema.names or batch.schema.types != schema.types:
            raise PackageError(
                f"{name}: rows have the columns {_columns(batch.schema)}, the schema says {_columns(schema)}"
            )
        yield pa.Table.from_arrays(batch.columns, schema=schema)


def _require_sound(name: str, before: int, table: pa.Table) -> None:
    """Raises for the first cell that CSV and Parquet cannot both hold; ``before`` rows went ahead."""
    for field, column in zip(table.schema, table.columns, strict=True):
        fault = _find_fault(field, column)
        if fault is not None:
            row, what = fault
            raise PackageError(f"{name}, row {before + row + 1}, {field.name}: {what}")


def _columns(schema: pa.Schema) -> str:
    return ", ".join(f"{field.name} ({field.type})" for field in schema)


def _find_fault(field: pa.Field, column: pa.ChunkedArray) -> tuple[int, str] | None:
    """Index of the first cell that must not be written, and why."""
    if not field.nullable and column.null_count:
        return _first(column.is_null()), "is null, but the column is required"
    if pa.types.is_string(field.type) or pa.types.is_large_string(field.type):
        empty = pc.equal(pc.binary_length(column), 0)
        if pc.any(empty).as_py():
            return _first(empty), "is an empty text; CSV cannot tell it from null: give null"
        nul = pc.match_substring(column, "\0")
        if pc.any(nul).as_py():
            return _first(nul), "holds a NUL character, which CSV readers do not survive"
    if pa.types.is_float64(field.type):
        odd = pc.invert(pc.is_finite(column))
        if pc.any(odd).as_py():
            return _first(odd), "is not a finite number"
    return None


def _first(mask: pa.ChunkedArray) -> int:
    index: int = pc.index(mask, True).as_py()
    return index


def _regroup(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """The same rows in tables of exactly ROW_GROUP rows, but for the last."""
    held: list[pa.Table] = []
    room = ROW_GROUP
    for table in tables:
        offset = 0
        while offset < table.num_rows:
            piece = table.slice(offset, room)
            held.append(piece)
            offset += piece.num_rows
            room -= piece.num_rows
            if not room:
                yield pa.concat_tables(held).combine_chunks()
                held, room = [], ROW_GROUP
    if held:
        yield pa.concat_tables(held).combine_chunks()

"""Is a package what it says? Files, schemas, keys, CSV against Parquet, and every text at its offsets.

Nothing is repaired or coerced: each fault becomes a ``Problem``, and a broken package never raises. Tables
stream through memory some rows at a time; what is held of each are numbers, eight bytes a key.
"""

import csv
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from onrecord.checking.columns import BATCH, Tables, show
from onrecord.checking.descriptor import check_descriptor, check_resource
from onrecord.checking.ground import check_articles
from onrecord.checking.invariants import check_all
from onrecord.checking.keys import Index, index, to_numbers
from onrecord.checking.report import Problem, Problems, Report
from onrecord.errors import PackageError
from onrecord.model import Article
from onrecord.packaging import schema
from onrecord.packaging.package import DESCRIPTOR, read_descriptor
from onrecord.packaging.schema import Field, ForeignKey, TableSchema

__all__ = ["Problem", "Report", "validate"]

BLOCK = 1 << 22
"""Bytes of CSV parsed together: a row longer than this cannot be read, so it is far above any row."""

_CELL = {
    "integer": r"\A-?[0-9]{1,18}\z",
    "number": r"\A-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?\z",
    "boolean": r"\A(?:true|false)\z",
}
_ARROW_ERRORS = (pa.ArrowException, OSError, UnicodeError)


@dataclass(frozen=True, slots=True)
class _Files:
    """Where a table's two files lie; null where they cannot be used."""

    csv: Path | None
    parquet: Path | None


def validate(
    package: Path | str, articles: Iterable[Article] | None = None, scratch: Path | None = None
) -> Report:
    """Check a package: the folder that holds ``datapackage.json``, or that file itself.

    With ``articles``, each source's hash and each row's text are compared with the articles' texts; every
    source of the package then needs its article. ``scratch`` is the folder for what is put by, the system's
    own if null.

    Raises PackageError only where there is nothing at ``package``.
    """
    path = Path(package)
    if not path.exists():
        raise PackageError(f"{path} does not exist; give the folder that holds {DESCRIPTOR}")
    descriptor = path / DESCRIPTOR if path.is_dir() else path
    problems = Problems()
    resources = _read_descriptor(descriptor, problems)
    if resources is None:
        return Report(problems.found(), {})
    schemas = schema.load()
    counts: dict[str, int] = {}
    sound: dict[str, Path] = {}
    for name, table in schemas.items():
        files = _check_files(descriptor.parent, table, resources, problems)
        counts[name], usable = _check_table(table, files, problems)
        if usable and files.parquet:
            sound[name] = files.parquet
    tables = Tables(sound)
    _check_keys(tables, problems)
    check_all(tables, problems, scratch)
    spans = None if articles is None else check_articles(tables, articles, problems, scratch)
    return Report(problems.found(), counts, spans)


def _read_descriptor(path: Path, problems: Problems) -> dict[str, dict[str, Any]] | None:
    """The descriptor's resources by name, or null where there is nothing to go by."""
    try:
        descriptor = read_descriptor(path)
    except PackageError as error:
        problems.add("descriptor", None, None, None, f"{error}; build the package again")
        return None
    check_descriptor(descriptor, problems)
    listed = descriptor["resources"]
    resources: dict[str, dict[str, Any]] = {}
    known = {known for name in schema.TABLES for known in (name, f"{name}-parquet")}
    for number, resource in enumerate(listed, 1):
        name = resource.get("name") if isinstance(resource, dict) else None
        if not isinstance(name, str) or name not in known:
            message = (
                f"resource {number} of {path.name} is {name!r}, which is no table of this version; remove it"
            )
            problems.add("resource", None, None, None, message)
        elif name in resources:
            message = f"{path.name} tells the resource {name} twice; remove one"
            problems.add("resource", name.removesuffix("-parquet"), None, None, message)
        else:
            resources[name] = resource
    return resources


def _check_files(
    folder: Path, table: TableSchema, resources: Mapping[str, dict[str, Any]], problems: Problems
) -> _Files:
    found: list[Path | None] = []
    for name, kind in ((table.name, "csv"), (f"{table.name}-parquet", "parquet")):
        resource = resources.get(name)
        if resource is None:
            message = f"{DESCRIPTOR} has no resource {name}; build the package again"
            problems.add("resource", table.name, None, None, message)
            found.append(None)
            continue
        check_resource(table.name, kind, resource, problems)
        found.append(_check_file(folder, table.name, resource, problems))
    return _Files(*found)


def _check_file(folder: Path, table: str, resource: Mapping[str, Any], problems: Problems) -> Path | None:
    given = resource.get("path")
    if not isinstance(given, str) or not given or "\0" in given:
        problems.add("path", table, None, None, f"the path {given!r} is not the name of a file")
        return None
    path = folder / given
    try:
        if not path.resolve().is_relative_to(folder.resolve()):
            problems.add("path", table, None, None, f"{given} lies outside the package; it was not opened")
            return None
        if not path.is_file():
            problems.add("file-missing", table, None, None, f"{given} is not there; build the package again")
            return None
        size = path.stat().st_size
        with path.open("rb") as stream:
            digest = "sha256:" + hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        problems.add("unreadable", table, None, None, f"{given} cannot be read: {error.strerror or error}")
        return None
    if resource.get("bytes") != size:
        message = (
            f"{given} has {size} bytes, {DESCRIPTOR} says {resource.get('bytes')}; build the package again"
        )
        problems.add("bytes", table, None, None, message)
    elif resource.get("hash") != digest:
        message = (
            f"{given} was changed: it has {digest}, {DESCRIPTOR} says {resource.get('hash')}; build again"
        )
        problems.add("hash", table, None, None, message)
    return path


def _check_table(table: TableSchema, files: _Files, problems: Problems) -> tuple[int, bool]:
    """Check cells and compare the two files; the number of rows, and whether the Parquet file can be used."""
    columns = _Stream(_parquet_batches(table, files.parquet, problems))
    cells = _Stream(_csv_batches(table, files.csv, problems))
    while True:
        left, right = cells.peek(), columns.peek()
        if left is None and right is None:
            break
        size = min(batch.num_rows for batch in (left, right) if batch is not None)
        start = columns.row if right is not None else cells.row
        text = cells.take(size) if left is not None else None
        main = columns.take(size) if right is not None else None
        typed, faulty = _parse_cells(table, text, start, problems) if text is not None else (None, {})
        checked = main if main is not None else typed
        if checked is not None:
            _check_cells(table, checked, start, problems, faulty if main is None else {})
        if typed is not None and main is not None:
            _compare(table, typed, main, faulty, start, problems)
    if cells.whole and columns.whole and cells.row != columns.row:
        message = f"the CSV has {cells.row} rows, the Parquet file {columns.row}; build the package again"
        problems.add("csv-differs", table.name, min(cells.row, columns.row) + 1, None, message)
    return max(cells.row, columns.row), columns.whole


class _Stream:
    """Batches to be taken in pieces; ``row`` counts the rows taken, ``whole`` tells that none was lost."""

    def __init__(self, batches: Iterator[pa.RecordBatch | None]) -> None:
        self._batches = batches
        self._held: Any = None
        self.row = 0
        self.whole = True

    def peek(self) -> Any:
        """The rows that come next, at least one; null at the end."""
        while self._held is None or self._held.num_rows == 0:
            try:
                self._held = next(self._batches)
            except StopIteration:
                return None
            if self._held is None:
                self.whole = False
                return None
        return self._held

    def take(self, size: int) -> Any:
        """The next ``size`` rows, which ``peek`` has shown to be there."""
        taken, self._held = self._held.slice(0, size), self._held.slice(size)
        self.row += size
        return taken


def _parquet_batches(
    table: TableSchema, path: Path | None, problems: Problems
) -> Iterator[pa.RecordBatch | None]:
    """The rows of a Parquet file; null where it cannot be read on."""
    if path is None:
        yield None
        return
    try:
        with pq.ParquetFile(path, pre_buffer=False) as file:
            found = file.schema_arrow
            if not _check_columns(table, path.name, found.names, problems) or not _check_types(
                table, path.name, found, problems
            ):
                yield None
                return
            for batch in file.iter_batches(BATCH):
                batch.validate(full=True)
                yield batch
    except _ARROW_ERRORS as error:
        problems.add("unreadable", table.name, None, None, f"{path.name} is not sound Parquet: {error}")
        yield None


def _csv_batches(
    table: TableSchema, path: Path | None, problems: Problems
) -> Iterator[pa.RecordBatch | None]:
    """The rows of a CSV file, all columns as text, the empty cell null; null where it cannot be read on."""
    if path is None:
        yield None
        return
    text = pa.string()
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            header = next(csv.reader(stream), [])
        if not _check_columns(table, path.name, header, problems):
            yield None
            return
        with pyarrow.csv.open_csv(
            path,
            pyarrow.csv.ReadOptions(use_threads=False, block_size=BLOCK),
            pyarrow.csv.ParseOptions(newlines_in_values=True),
            pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(header, text),
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
            ),
        ) as reader:
            yield from reader
    except (*_ARROW_ERRORS, csv.Error) as error:
        problems.add("unreadable", table.name, None, None, f"{path.name} is not sound CSV: {error}")
        yield None


def _check_columns(table: TableSchema, file: str, found: list[str], problems: Problems) -> bool:
    if found == table.names:
        return True
    for name in table.names:
        if name not in found:
            problems.add("column", table.name, None, name, f"{file} lacks the column {name}")
    for name in sorted(set(found) - set(table.names)):
        problems.add("column", table.name, None, name, f"{file} has a column {name!r} that the schema lacks")
    if set(found) == set(table.names):
        message = f"{file} must have each column once, in this order: {', '.join(table.names)}"
        problems.add("column", table.name, None, None, message)
    return False


def _check_types(table: TableSchema, file: str, found: pa.Schema, problems: Problems) -> bool:
    good = True
    for field in table.arrow:
        kind = found.field(field.name).type
        if kind != field.type:
            good = False
            message = f"{file} holds {field.name} as {kind}, it must be {field.type}"
            problems.add("type", table.name, None, field.name, message)
    return good


def _parse_cells(
    table: TableSchema, batch: pa.RecordBatch, start: int, problems: Problems
) -> tuple[pa.RecordBatch, dict[str, pa.Array]]:
    """CSV cells as the columns' types; what does not fit is told, becomes null, and is marked by column."""
    columns, faulty = [], {}
    for field, kind in zip(table.fields, table.arrow.types, strict=True):
        cells = batch.column(field.name)
        if field.type != "string":
            wrong = _find_unfit(field.type, cells)
            _tell(table, field, "type", wrong, cells, start, problems, f"is not {_article(field.type)}")
            faulty[field.name] = wrong
            cells = pc.if_else(wrong, pa.scalar(None, pa.string()), cells).cast(kind)
        columns.append(cells)
    return pa.RecordBatch.from_arrays(columns, names=table.names), faulty


def _find_unfit(kind: str, cells: pa.Array) -> pa.Array:
    if kind == "date":
        return pc.and_not(cells.is_valid(), schema.to_days(cells).is_valid())
    return pc.fill_null(pc.invert(pc.match_substring_regex(cells, _CELL[kind])), False)


def _article(kind: str) -> str:
    names = {"integer": "an integer", "number": "a number", "date": "a day, such as 2026-04-29"}
    return names.get(kind, "true or false")


def _check_cells(
    table: TableSchema, batch: pa.RecordBatch, start: int, problems: Problems, told: Mapping[str, pa.Array]
) -> None:
    """Tell nulls, values and numbers that the schema does not allow; ``told`` marks cells told already."""
    for field in table.fields:
        cells = batch.column(field.name)
        if field.required and cells.null_count:
            missing = cells.is_null()
            if field.name in told:
                missing = pc.and_not(missing, told[field.name])
            _tell(table, field, "required", missing, cells, start, problems, "must have a value")
        if field.type == "string":
            _tell(table, field, "empty", pc.equal(cells, ""), cells, start, problems, "must be null instead")
        if field.enum:
            wrong = pc.and_(cells.is_valid(), pc.invert(pc.is_in(cells, value_set=pa.array(field.enum))))
            _tell(table, field, "enum", wrong, cells, start, problems, f"is none of {', '.join(field.enum)}")
        if field.pattern is not None:
            wrong = pc.invert(pc.match_substring_regex(cells, schema.to_boundary(field.pattern)))
            _tell(table, field, "pattern", wrong, cells, start, problems, _form(field))
        if field.type == "number":
            wrong = pc.invert(pc.is_finite(cells))
            _tell(table, field, "range", wrong, cells, start, problems, "is not a finite number")
        if field.minimum is not None:
            wrong = pc.less(cells, field.minimum)
            _tell(table, field, "range", wrong, cells, start, problems, f"is less than {field.minimum}")
        if field.maximum is not None:
            wrong = pc.greater(cells, field.maximum)
            _tell(table, field, "range", wrong, cells, start, problems, f"is more than {field.maximum}")


def _form(field: Field) -> str:
    return f"is not of the form of {field.example!r}" + (f" ({field.vocabulary})" if field.vocabulary else "")


def _compare(
    table: TableSchema,
    text: pa.RecordBatch,
    main: pa.RecordBatch,
    faulty: Mapping[str, pa.Array],
    start: int,
    problems: Problems,
) -> None:
    for field in table.fields:
        left, right = text.column(field.name), main.column(field.name)
        if left.equals(right):
            continue
        differs = pc.fill_null(pc.not_equal(left, right), pc.xor(left.is_null(), right.is_null()))
        if field.name in faulty:
            differs = pc.and_not(differs, faulty[field.name])
        what = "is in the CSV, but the Parquet file has another value; build the package again"
        _tell(table, field, "csv-differs", differs, left, start, problems, what)


def _tell(
    table: TableSchema,
    field: Field,
    code: str,
    wrong: pa.Array,
    cells: pa.Array,
    start: int,
    problems: Problems,
    what: str,
) -> None:
    """One problem for each cell that ``wrong`` marks; ``start`` rows went before the batch."""
    rows = pc.indices_nonzero(pc.fill_null(wrong, False)).to_pylist()
    problems.add_rows(
        code,
        table.name,
        (start + row for row in rows),
        field.name,
        lambda row: f"{show(cells[row - start].as_py())} {what}",
    )


def _check_keys(tables: Tables, problems: Problems) -> None:
    schemas = schema.load()
    for name, table in schemas.items():
        if not tables.hold(name) or tables.is_sorted(name):
            continue
        unique = " and ".join(table.primary_key)
        twice = schema.find_duplicates(tables.read(name, *table.primary_key), table.primary_key).to_pylist()
        message = f"an earlier row has the same {unique}; keys must be unique"
        problems.add_rows("primary-key", name, twice, table.primary_key[0], message)
        row = tables.find_unsorted(name)
        if row is not None and not twice:
            message = f"rows must stand in order of {unique}; this one comes before the row above it"
            problems.add_rows("unsorted", name, (row,), table.primary_key[0], message)
    for parent in schemas:
        keys = [(name, key) for name, table in schemas.items() for key in table.foreign_keys]
        keys = [(name, key) for name, key in keys if key.table == parent and tables.hold(name, parent)]
        for reference in dict.fromkeys(key.reference for _, key in keys):
            known = index(tables, parent, reference)
            for name, key in keys:
                if key.reference == reference:
                    _check_references(name, key, known, tables, problems)


def _check_references(name: str, key: ForeignKey, known: Index, tables: Tables, problems: Problems) -> None:
    for part in tables.parts(name, key.field):
        numbers = to_numbers(part.rows[key.field])
        orphans = np.flatnonzero((numbers != 0) & (known.find(numbers) < 0)) + part.before
        message = _orphaned(part.rows[key.field], part.before, key)
        problems.add_rows("foreign-key", name, orphans.tolist(), key.field, message)


def _orphaned(values: Any, before: int, key: ForeignKey) -> Callable[[int], str]:
    return lambda row: f"{show(values[row - before].as_py())} is not among {key.table}.{key.reference}"

"""A package as one workbook for Excel and other spreadsheets: a sheet a table, its columns typed.

Texts are written as texts, so that a cell which begins with = + - or @, as an article's words may, is never a
formula. What a spreadsheet cannot hold is told: in the outcome, and on the first sheet of the workbook.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from onrecord.errors import PackageError
from onrecord.packaging import schema
from onrecord.packaging.package import Package
from onrecord.packaging.schema import TableSchema
from onrecord.packaging.tablefile import explain

__all__ = ["CHARACTERS", "ROWS", "Workbook", "write_workbook"]

ROWS = 1_048_576
"""Rows that a sheet of Excel holds, the header among them."""
CHARACTERS = 32_767
"""Characters that a cell of Excel holds, counted as UTF-16 counts them."""
_FIRST_DAY = dt.date(1900, 1, 1)
"""The first day that Excel knows."""
_MARK = " … [cut: {} characters in the table]"
_WIDTHS = {"string": 22, "integer": 11, "number": 11, "boolean": 11, "date": 11}
_WIDE = ("text", "title", "label", "description", "message", "basis", "agent", "speaker")


@dataclass(frozen=True, slots=True)
class Workbook:
    """What was written: the file, its bytes, rows by table, and what the form could not hold as it is."""

    path: Path
    bytes: int
    tables: dict[str, int]
    notes: tuple[str, ...]


def write_workbook(package: Package, path: Path) -> Workbook:
    """Writes the tables of a package into ``path``, in the place of a file that is there.

    A table longer than a sheet goes on in a second one, a text longer than a cell is cut and says so, a day
    before 1900 is a text. Raises PackageError where XlsxWriter is not installed, the tables cannot be read or
    the disk does not take the file.
    """
    try:
        import xlsxwriter  # an extra
        from xlsxwriter.exceptions import XlsxWriterException
    except ImportError:
        raise PackageError("workbooks are written by an extra: pip install 'onrecord[xlsx]'") from None
    beside = path.with_name(path.name + ".part")
    with explain(f"{path} cannot be written"):
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.unlink(missing_ok=True)
        beside.touch()
    try:
        made = _Book(xlsxwriter.Workbook(beside, {"constant_memory": True}), package)
        with explain(f"{path} cannot be written"):
            made.write()
            beside.replace(path)
    except XlsxWriterException as error:
        raise PackageError(f"{path} cannot be written: {error}; give another place") from error
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
    return Workbook(path, path.stat().st_size, made.counts, made.notes)


class _Book:
    """A workbook as it is written, sheet by sheet and row by row."""

    def __init__(self, book: Any, package: Package) -> None:
        # The same package gives the same bytes: no clock.
        book.set_properties({"title": package.descriptor.get("title"), "created": dt.datetime(1980, 1, 1)})
        self._book = book
        self._package = package
        self._head = book.add_format({"bold": True, "bottom": 1})
        self._bold = book.add_format({"bold": True})
        self._day = book.add_format({"num_format": "yyyy-mm-dd"})
        self.counts: dict[str, int] = {}
        self._odd: dict[tuple[str, str], list[int]] = {}
        self._parts: dict[str, int] = {}

    @property
    def notes(self) -> tuple[str, ...]:
        """What the form could not hold as it is, a sentence for each column or table."""
        odd = (
            f"{where}: {what}: {many:,}, the first in row {first:,}"
            for (where, what), (many, first) in self._odd.items()
        )
        long = (
            f"{table}: more rows than the {ROWS - 1:,} that a sheet holds, so it has {parts} sheets"
            for table, parts in self._parts.items()
        )
        return (*odd, *long)

    def write(self) -> None:
        # What is told first is known last: the first sheet is filled when all others are.
        first, columns = self._book.add_worksheet("about"), self._book.add_worksheet("columns")
        tables = schema.load()
        for table in tables.values():
            self.counts[table.name] = self._write_table(table)
        self._write_columns(columns, tables.values())
        self._write_about(first, tables.values())
        self._book.close()

    def _write_about(self, sheet: Any, tables: Any) -> None:
        told = self._package.descriptor
        rows: list[tuple[str, str]] = [
            (name, str(told[name])) for name in ("title", "description", "version", "created") if name in told
        ]
        rows += [("", ""), ("table", "a row is")]
        rows += [(f"{table.name} ({self.counts[table.name]:,} rows)", table.description) for table in tables]
        rows += [("", ""), *(("note", note) for note in self.notes)]
        sheet.set_column(0, 0, 32)
        sheet.set_column(1, 1, 120)
        for number, (name, text) in enumerate(rows):
            sheet.write_string(number, 0, name, self._bold)
            sheet.write_string(number, 1, _fit(text))

    def _write_columns(self, sheet: Any, tables: Any) -> None:
        names = ("table", "column", "type", "description", "allowed values")
        self._write_head(sheet, names, (20, 22, 10, 100, 60))
        fields = [(table, field) for table in tables for field in table.fields]
        for number, (table, field) in enumerate(fields, 1):
            values = "; ".join(f"{value}: {meaning}" for value, meaning in field.meanings)
            cells = (table.name, field.name, field.type, field.description, values)
            for column, cell in enumerate(cells):
                sheet.write_string(number, column, _fit(cell))
        sheet.autofilter(0, 0, len(fields), len(names) - 1)

    def _write_head(self, sheet: Any, names: tuple[str, ...], widths: tuple[int, ...]) -> None:
        sheet.freeze_panes(1, 0)
        for column, (name, width) in enumerate(zip(names, widths, strict=True)):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, name, self._head)

    def _write_table(self, table: TableSchema) -> int:
        """Fills as many sheets as the table needs; how many rows it has."""
        widths = tuple(60 if field.name in _WIDE else _WIDTHS[field.type] for field in table.fields)
        rows = self._rows(table)
        total, part, row = 0, 0, next(rows, None)
        while row is not None or not part:
            part += 1
            sheet = self._book.add_worksheet(table.name if part == 1 else f"{table.name} {part}")
            self._write_head(sheet, tuple(table.names), widths)
            number = 0
            while row is not None and number < ROWS - 1:
                number += 1
                total += 1
                self._write_row(sheet, number, total, table, row)
                row = next(rows, None)
            sheet.autofilter(0, 0, number, len(table.fields) - 1)
        if part > 1:
            self._parts[table.name] = part
        return total

    def _rows(self, table: TableSchema) -> Iterator[tuple[Any, ...]]:
        for batch in self._package.read(table.name, table.names):
            yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)

    def _write_row(
        self, sheet: Any, number: int, row: int, table: TableSchema, cells: tuple[Any, ...]
    ) -> None:
        writers: dict[str, Callable[..., Any]] = {
            "string": sheet.write_string,
            "integer": sheet.write_number,
            "number": sheet.write_number,
            "boolean": sheet.write_boolean,
        }
        for column, (field, cell) in enumerate(zip(table.fields, cells, strict=True)):
            if cell is None:
                continue
            if isinstance(cell, dt.date) and cell >= _FIRST_DAY:
                sheet.write_datetime(number, column, cell, self._day)
                continue
            value = _fit(cell.isoformat() if isinstance(cell, dt.date) else cell)
            if value is not cell:
                days = "days before 1900, which Excel does not know, as texts"
                what = days if isinstance(cell, dt.date) else f"texts of over {CHARACTERS:,} characters, cut"
                odd = self._odd.setdefault((f"{table.name}.{field.name}", what), [0, row])
                odd[0] += 1
            writers.get(field.type, sheet.write_string)(number, column, value)


def _fit(cell: Any) -> Any:
    """A cell as a sheet can hold it: a text that is too long is cut, and says so.

    >>> _fit("short"), _fit(7), len(_fit("a" * 40_000)), _fit("a" * 40_000)[-45:]
    ('short', 7, 32767, 'aaaaa … [cut: 40,000 characters in the table]')
    """
    if not isinstance(cell, str) or len(cell) * 2 <= CHARACTERS or _width(cell) <= CHARACTERS:
        return cell
    mark = _MARK.format(f"{len(cell):,}")
    return cell.encode("utf-16-le")[: 2 * (CHARACTERS - len(mark))].decode("utf-16-le", "ignore") + mark


def _width(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2

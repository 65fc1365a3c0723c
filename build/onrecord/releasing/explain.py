"""One row of a package and what it rests on: its words in the article, the rows tied to it, what made it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from onrecord.errors import PackageError
from onrecord.model import Article
from onrecord.packaging import schema
from onrecord.packaging.package import Package

__all__ = ["Explanation", "explain"]

AROUND = 80
"""Characters of the article shown before and after."""
MOST = 10
"""Rows shown of each table that refer to the row."""

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Explanation:
    """A row without its nulls, its words in context where the article was given (in brackets), and the rows
    beside it by what they are: those it refers to, those that refer to it, and the activities that made
    it."""

    table: str
    row: Row
    around: str | None
    beside: Mapping[str, tuple[Row, ...]]


def explain(package: Package, row_id: str, articles: Iterable[Article] | None = None) -> Explanation:
    """The row with that id, in whatever table, and what it rests on.

    Raises PackageError where no row has that id or a table cannot be read.
    """
    tables = schema.load()
    found = _find(package, tables, row_id)
    if found is None:
        raise PackageError(
            f"no row of {package.folder} has the id {row_id}; give one such as clm-5a0b6ff4d5bb5aef"
        )
    name, row = found
    beside: dict[str, tuple[Row, ...]] = {}
    for key in tables[name].foreign_keys:
        if key.field in row:
            rows = _where(package, tables, key.table, key.reference, row[key.field])
            beside[f"{key.field}, in {key.table}"] = tuple(rows)
    for other, table in tables.items():
        for key in table.foreign_keys:
            if key.table == name and (rows := _where(package, tables, other, key.field, row_id)):
                more = f" (the first {MOST} of {len(rows)})" if len(rows) > MOST else ""
                beside[f"{other} by {key.field}{more}"] = tuple(rows[:MOST])
    beside["made by"] = tuple(_rows(package, tables, "activities"))
    return Explanation(name, row, _find_around(package, tables, row, articles or ()), beside)


def _find(package: Package, tables: Mapping[str, schema.TableSchema], row_id: str) -> tuple[str, Row] | None:
    for name, table in tables.items():
        if len(table.primary_key) == 1 and (
            rows := _where(package, tables, name, table.primary_key[0], row_id)
        ):
            return name, rows[0]
    return None


def _where(
    package: Package, tables: Mapping[str, schema.TableSchema], name: str, column: str, value: str
) -> list[Row]:
    return list(_rows(package, tables, name, column, value))


def _rows(
    package: Package,
    tables: Mapping[str, schema.TableSchema],
    name: str,
    column: str | None = None,
    value: str | None = None,
) -> Iterator[Row]:
    """Rows of a table without their nulls, all or those with a value in a column."""
    for batch in package.read(name, [field.name for field in tables[name].fields]):
        kept = batch if column is None else batch.filter(pc.equal(batch[column], pa.scalar(value)))
        for row in kept.to_pylist():
            yield {field: cell for field, cell in row.items() if cell is not None}


def _find_around(
    package: Package, tables: Mapping[str, schema.TableSchema], row: Row, articles: Iterable[Article]
) -> str | None:
    if not {"source_id", "start", "end"} <= row.keys():
        return None
    names = {source["name"] for source in _where(package, tables, "sources", "source_id", row["source_id"])}
    text = next((article.text for article in articles if article.name in names), None)
    if text is None:
        return None
    start, end = row["start"], row["end"]
    shown = f"{text[max(0, start - AROUND) : start]}[{text[start:end]}]{text[end : end + AROUND]}"
    return " ".join(shown.split())

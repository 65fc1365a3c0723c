"""A package as one SQLite file: keys, indexes, allowed values and full-text search over the claims.

Rows go in by primary key, as they are in the package, so the same package and the same SQLite library give
the same bytes. Each column's description stands beside it in the text of ``CREATE TABLE``.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from onrecord.errors import PackageError
from onrecord.packaging import schema
from onrecord.packaging.package import Package
from onrecord.packaging.schema import Field, TableSchema
from onrecord.packaging.tablefile import explain

__all__ = ["SEARCHED", "Database", "write_database"]

SEARCHED = ("text", "speaker", "cue")
"""The columns of ``claims`` that ``claims_fts`` searches."""
BATCH = 20_000
MAGIC = b"SQLite format 3\0"

_TYPES = {"string": "TEXT", "integer": "INTEGER", "number": "REAL", "boolean": "INTEGER", "date": "TEXT"}
_PLAIN = {"boolean": pa.int64(), "date": pa.string()}
"""What SQLite has no type for goes in as 0 and 1, and as texts that sort and that its functions know."""


@dataclass(frozen=True, slots=True)
class Database:
    """What was written: the file, its bytes, rows by table, and the version of the SQLite library."""

    path: Path
    bytes: int
    tables: dict[str, int]
    sqlite: str


def write_database(package: Package, path: Path) -> Database:
    """Writes the tables of a package into ``path``, in the place of a database that is there.

    Booleans become 0 and 1, days become texts. ``package`` holds its name, title, description and version.
    Raises PackageError where the tables do not fit their schema or one another, where ``path`` is a file but
    no database, and when the disk does not take the file.
    """
    tables = schema.load()
    if path.exists() and not _is_database(path):
        raise PackageError(f"{path} is there and is no SQLite database; give another name, or move it away")
    beside = path.with_name(path.name + ".part")
    with explain(f"{path} cannot be written"):
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.unlink(missing_ok=True)
        beside.touch()
    try:
        with closing(sqlite3.connect(beside, isolation_level=None)) as database:
            database.executescript(
                "PRAGMA page_size = 4096; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
            )
            database.execute("BEGIN")
            counts = {name: _fill(database, table, package) for name, table in tables.items()}
            _describe(database, package)
            _index_claims(database)
            for statement in _indexes(tables.values()):
                database.execute(statement)
            database.execute("COMMIT")
            if fault := database.execute("PRAGMA foreign_key_check").fetchone():
                raise PackageError(f"{fault[0]}: a row refers to a row of {fault[2]} that is not there")
            database.execute("VACUUM")
        with explain(f"{path} cannot be written"):
            beside.replace(path)
    except sqlite3.OperationalError as error:
        raise PackageError(
            f"{path} cannot be written: {error}; free some space, or give another place"
        ) from error
    except (sqlite3.Error, pa.ArrowException) as error:
        raise PackageError(f"{path} cannot be written: {error}; validate the package first") from error
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
    return Database(path, path.stat().st_size, counts, sqlite3.sqlite_version)


def _is_database(path: Path) -> bool:
    """An empty file is a database without tables to SQLite."""
    with explain(f"{path} cannot be read"), path.open("rb") as stream:
        return stream.read(len(MAGIC)) in (MAGIC, b"")


def _quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _names(names: Iterable[str]) -> str:
    return ", ".join(_quote(name) for name in names)


def _create(table: TableSchema) -> str:
    """The statement that makes a table.

    >>> print(_create(schema.load()["claim_entities"]).splitlines()[1])
      "claim_id" TEXT NOT NULL, -- The claim.
    """
    lines = [f"CREATE TABLE {_quote(table.name)} ( -- {_comment(table.description)}"]
    keys = [f"PRIMARY KEY ({_names(table.primary_key)})"]
    keys += [
        f"FOREIGN KEY ({_quote(key.field)}) REFERENCES {_quote(key.table)} ({_quote(key.reference)})"
        for key in table.foreign_keys
    ]
    lines += [f"  {_column(field)}, -- {_comment(field.description)}" for field in table.fields]
    lines += [f"  {key}," for key in keys[:-1]]
    return "\n".join([*lines, f"  {keys[-1]}", ") STRICT"])


def _comment(text: str) -> str:
    return " ".join(text.split())


def _column(field: Field) -> str:
    parts = [_quote(field.name), _TYPES[field.type]]
    if field.required:
        parts.append("NOT NULL")
    if field.enum:
        values = ", ".join("'" + value.replace("'", "''") + "'" for value in field.enum)
        parts.append(f"CHECK ({_quote(field.name)} IN ({values}))")
    if field.type == "boolean":
        parts.append(f"CHECK ({_quote(field.name)} IN (0, 1))")
    return " ".join(parts)


def _fill(database: sqlite3.Connection, table: TableSchema, package: Package) -> int:
    database.execute(_create(table))
    if table.name not in package.parquet:
        raise PackageError(f"{package.folder} has no table {table.name}; build the package again")
    marks = ", ".join("?" * len(table.fields))
    insert = f"INSERT INTO {_quote(table.name)} ({_names(table.names)}) VALUES ({marks})"  # noqa: S608 - names of our own schemas, quoted
    count = 0
    with (
        explain(f"{package.folder} cannot be read"),
        pq.ParquetFile(package.at(package.parquet[table.name])) as file,
    ):
        for batch in file.iter_batches(BATCH, columns=table.names):
            columns = [_plain(batch.column(field.name), _PLAIN.get(field.type)) for field in table.fields]
            database.executemany(insert, zip(*columns, strict=True))
            count += batch.num_rows
    return count


def _plain(column: Any, kind: pa.DataType | None) -> list[Any]:
    values: list[Any] = (column if kind is None else column.cast(kind)).to_pylist()
    return values


def _describe(database: sqlite3.Connection, package: Package) -> None:
    columns = ("name", "title", "description", "version")
    database.execute(
        f'CREATE TABLE "package" ({", ".join(f"{_quote(name)} TEXT" for name in columns)}) STRICT'
    )
    values = [package.descriptor.get(name) for name in columns]
    database.execute('INSERT INTO "package" VALUES (?, ?, ?, ?)', values)


def _index_claims(database: sqlite3.Connection) -> None:
    columns = _names(SEARCHED)
    tokens = 'tokenize="unicode61 remove_diacritics 2"'
    database.execute(f'CREATE VIRTUAL TABLE "claims_fts" USING fts5 ({columns}, {tokens}, content="claims")')
    database.execute("INSERT INTO claims_fts (claims_fts) VALUES ('rebuild')")
    database.execute("INSERT INTO claims_fts (claims_fts) VALUES ('optimize')")


def _indexes(tables: Iterable[TableSchema]) -> Iterator[str]:
    """An index on each reference that does not begin the primary key, which has its own."""
    for table in tables:
        for key in table.foreign_keys:
            if table.primary_key[0] != key.field:
                name = _quote(f"{table.name}_{key.field}")
                yield f"CREATE INDEX {name} ON {_quote(table.name)} ({_quote(key.field)})"

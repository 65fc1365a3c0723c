"""What a package is on disk: ``datapackage.json`` beside ``datapackage/``, by Data Package, version 2.

The CSV of a table is a resource with a schema, which tools check row by row; its Parquet is a plain file with
hash and length, because tools that read Data Packages do not check Parquet by a schema reliably.
"""

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from onrecord.errors import PackageError
from onrecord.packaging.tablefile import File, Rows, TableFiles, TableSchema, explain, write_tables
from onrecord.plainfile import read_plain

__all__ = [
    "DESCRIPTOR",
    "Contributor",
    "License",
    "Metadata",
    "Package",
    "Reference",
    "describe",
    "describe_resource",
    "dump",
    "read_descriptor",
    "read_package",
    "read_sound_package",
    "write_package",
]

DESCRIPTOR = "datapackage.json"
BATCH = 16_384
"""Rows read together; it bounds memory, not results."""
DESCRIPTOR_LIMIT = 256 * 2**20
"""Bytes of a descriptor that are read: with the titles and addresses of a million articles it has fewer."""
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
_PATH = re.compile(r"([A-Za-z0-9_-][A-Za-z0-9._-]*/)*[A-Za-z0-9_-][A-Za-z0-9._-]*\.(csv|parquet)")
_DIALECT = {
    "header": True,
    "delimiter": ",",
    "lineTerminator": "\n",
    "quoteChar": '"',
    "doubleQuote": True,
    "skipInitialSpace": False,
}


@dataclass(frozen=True, slots=True)
class License:
    """A licence of the data, by its Open Definition or SPDX name."""

    name: str
    path: str | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """An article the package was made from: its title and, if known, its address."""

    title: str
    path: str | None = None


@dataclass(frozen=True, slots=True)
class Contributor:
    """Someone who made the package; ``roles`` as in DataCite ("creator", "maintainer")."""

    title: str
    path: str | None = None
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the descriptor says of the package as a whole; what is null or empty is left out.

    ``created`` is an RFC 3339 time taken from the inputs (their latest, say), never from the clock.
    """

    name: str
    title: str
    description: str
    version: str | None = None
    created: str | None = None
    homepage: str | None = None
    licenses: tuple[License, ...] = ()
    sources: tuple[Reference, ...] = ()
    contributors: tuple[Contributor, ...] = ()
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Package:
    """A package on disk. ``csv`` and ``parquet`` give each table's files, in the descriptor's order."""

    folder: Path
    descriptor: Mapping[str, Any]
    csv: Mapping[str, File]
    parquet: Mapping[str, File]

    @property
    def files(self) -> tuple[File, ...]:
        return (*self.csv.values(), *self.parquet.values())

    def read(self, table: str, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """Columns of a table, some rows at a time; no rows of a table that the package has not.

        Raises PackageError where the file is not sound or lacks a column.
        """
        if table not in self.parquet:
            return
        path = self.at(self.parquet[table])
        try:
            with pq.ParquetFile(path, pre_buffer=False) as file:
                for batch in file.iter_batches(BATCH, columns=list(columns)):
                    yield batch.select(list(columns))
        except (LookupError, OSError, pa.ArrowException) as error:
            raise PackageError(f"{path} cannot be read: {error}; validate the package first") from error

    def at(self, file: File) -> Path:
        """Where a file of this package lies. Not always below ``datapackage/``: see ``publish``."""
        return self.folder / file.path


def describe(
    written: Iterable[TableFiles], schemas: Mapping[str, TableSchema], metadata: Metadata
) -> dict[str, Any]:
    """The descriptor of tables that were written, as JSON values: CSV resources first, then Parquet files."""
    written = tuple(written)
    return {
        "$schema": PROFILE,
        **_without_blanks(asdict(metadata)),
        "resources": [
            *(_resource(t.name, t.csv, "csv", schemas[t.name].descriptor()) for t in written),
            *(_resource(t.name, t.parquet, "parquet", schemas[t.name].descriptor()) for t in written),
        ],
    }


def dump(descriptor: Mapping[str, Any]) -> bytes:
    """The bytes of a descriptor: UTF-8, two spaces, keys in the order given."""
    return (json.dumps(descriptor, ensure_ascii=False, indent=2) + "\n").encode()


def write_package(
    folder: Path, tables: Mapping[str, Rows], schemas: Mapping[str, TableSchema], metadata: Metadata
) -> Package:
    """Writes a whole package into an empty folder: tables first, then the descriptor.

    To replace a package that people use, write into what ``onrecord.packaging.publish.stage`` gives. Raises
    PackageError when rows do not fit their schema or the disk does not take them.
    """
    written = write_tables(tables, schemas, folder)
    with explain(f"{folder / DESCRIPTOR} cannot be written"):
        (folder / DESCRIPTOR).write_bytes(dump(describe(written, schemas, metadata)))
    return read_package(folder)


def read_package(path: Path) -> Package:
    """The package in a folder (or of a ``datapackage.json``); looks at the descriptor, not at the tables.

    Raises PackageError when there is none, or when it is not one that onrecord wrote.
    """
    folder = path.parent if path.name == DESCRIPTOR else path
    descriptor = read_descriptor(folder / DESCRIPTOR)
    csv: dict[str, File] = {}
    parquet: dict[str, File] = {}
    for resource in descriptor["resources"]:
        name, file = _read_resource(folder / DESCRIPTOR, resource)
        tables, table = (
            (csv, name) if file.path.endswith(".csv") else (parquet, name.removesuffix("-parquet"))
        )
        if table in tables:
            raise PackageError(f"{folder / DESCRIPTOR}: {table} is there twice")
        tables[table] = file
    for file in (*csv.values(), *parquet.values()):
        if (folder / file.path).exists() and not (folder / file.path).is_file():
            raise PackageError(f"{folder / file.path} is not a regular file")
    if list(csv) != list(parquet):
        raise PackageError(f"{folder / DESCRIPTOR}: each table must be there as CSV and as Parquet")
    return Package(folder, descriptor, csv, parquet)


def read_sound_package(path: Path) -> Package:
    """The package in a folder (or of a ``datapackage.json``) whose Parquet files are as its descriptor tells.

    Raises PackageError where one is missing, was cut short or changed, and where ``read_package`` does.
    """
    package = read_package(path)
    for file in package.parquet.values():
        with explain(f"{package.at(file)} cannot be read"):
            if not package.at(file).is_file():
                raise PackageError(f"{package.at(file)} is missing")
            if not file.is_at(package.at(file)):
                raise PackageError(f"{package.at(file)} was changed or cut short: its hash is another")
    return package


def read_descriptor(path: Path) -> dict[str, Any]:
    """The JSON of a ``datapackage.json``, known to hold a list of resources. Raises PackageError."""
    if not os.path.lexists(path):
        raise PackageError(
            f"{path.parent} holds no package: {path.name} is not there; give a package's folder"
        )
    with explain(f"{path} cannot be read"):
        data = read_plain(path, DESCRIPTOR_LIMIT)
    try:
        descriptor = json.loads(data, object_pairs_hook=_refuse_twice, parse_constant=_refuse_constant)
        dump(descriptor)
    except RecursionError as error:
        raise PackageError(f"{path} is no descriptor of onrecord: it is nested too deeply") from error
    except UnicodeEncodeError as error:
        raise PackageError(f"{path} is no descriptor of onrecord: it holds half a surrogate pair") from error
    except ValueError as error:
        raise PackageError(f"{path} is not JSON: {error}") from error
    if not isinstance(descriptor, dict) or not isinstance(descriptor.get("resources"), list):
        raise PackageError(f"{path} is not a data package: it lists no resources")
    return descriptor


def _refuse_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no value of JSON")


def describe_resource(table: str, kind: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    """What a descriptor says of a table's file, ``kind`` csv or parquet, but for its path, bytes and hash."""
    if kind == "parquet":
        mediatype = "application/vnd.apache.parquet"
        about = {"name": f"{table}-parquet", "type": "file", "scheme": "file", "format": "parquet"}
        return {**about, "mediatype": mediatype}
    return {
        "name": table,
        "type": "table",
        **{key: schema[key] for key in ("title", "description") if key in schema},
        "scheme": "file",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": dict(_DIALECT),
        "schema": schema,
    }


_ORDER = ("name", "type", "title", "description", "path", "scheme", "format", "mediatype", "encoding")


def _resource(table: str, file: File, kind: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    """A resource, its keys in the order in which a descriptor has them."""
    told = describe_resource(table, kind, schema)
    told |= {"path": file.path, "bytes": file.bytes, "hash": f"sha256:{file.sha256}"}
    keys = (*_ORDER, "bytes", "hash", "dialect", "schema")
    return {key: told[key] for key in keys if key in told}


def _without_blanks(value: Any) -> Any:
    """JSON values without nulls, empty texts and empty lists.

    >>> _without_blanks({"title": "Port strike", "path": None, "by": ({"path": "a", "title": ""},)})
    {'title': 'Port strike', 'by': [{'path': 'a'}]}
    """
    if isinstance(value, dict):
        return {key: _without_blanks(item) for key, item in value.items() if item not in (None, "", (), [])}
    if isinstance(value, list | tuple):
        return [_without_blanks(item) for item in value]
    return value


def _read_resource(descriptor: Path, resource: Any) -> tuple[str, File]:
    match resource:
        case {"name": str(name), "path": str(path), "bytes": int(size), "hash": str(digest)}:
            pass
        case _:
            raise PackageError(f"{descriptor}: a resource lacks its name, path, bytes or hash")
    if not _NAME.fullmatch(name):
        raise PackageError(
            f"{descriptor}: a resource has the name {name[:100]!a}, which no table of onrecord has"
        )
    kind, _, sha256 = digest.partition(":")
    if kind != "sha256":
        raise PackageError(f"{descriptor}: {name} is not hashed by sha256")
    if not _PATH.fullmatch(path):
        raise PackageError(
            f"{descriptor}: {name} points at {path[:100]!a}, which is not a table of this package"
        )
    return name, File(path, size, sha256)

"""Packages and releases of the two small articles, through the public writers."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
from small_package import Rows, make_rows

from onrecord.packaging import schema
from onrecord.packaging.package import Contributor, License, Metadata, Package, Reference, write_package
from onrecord.releasing.release import make_release

PLAIN = Metadata("harbour", "Harbour talks", "What two papers said of the harbour talks.")
FULL = Metadata(
    name="harbour",
    title="Harbour talks",
    description="What two papers said of the harbour talks: “no”, mostly.",
    created="2025-03-04T00:00:00Z",
    homepage="https://example.org/harbour",
    licenses=(License("CC-BY-4.0", "https://creativecommons.org/licenses/by/4.0/", "CC BY 4.0"),),
    sources=(Reference("Harbour talks fail", "https://example.org/talks"), Reference("No address")),
    contributors=(
        Contributor("A. Person", "https://example.org/person", ("creator",)),
        Contributor("B. Helper", roles=("editor",)),
    ),
    keywords=("strike", "harbour"),
)


def write_small(folder: Path, rows: Rows | None = None, metadata: Metadata = PLAIN) -> Package:
    """A package of these rows, sorted as a build sorts them."""
    tables = {}
    for name, held in (make_rows() if rows is None else rows).items():
        table = schema.load()[name]
        ordered = sorted(held, key=lambda row: tuple(row[column] for column in table.primary_key))
        tables[name] = [pa.Table.from_pylist(ordered, schema=table.arrow)]
    return write_package(folder, tables, schema.load(), metadata)


def release_small(folder: Path, metadata: Metadata = PLAIN) -> Path:
    """A release, version 1.0.0, in a new folder."""
    write_small(folder / "package", metadata=metadata)
    return make_release(folder / "package", "1.0.0", folder / "dist").path


def rewrite(path: Path, target: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """Another zip of the form of a release, of a release's members after ``change``."""
    with zipfile.ZipFile(path) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist()}
    change(members)
    return zip_members(target, members)


def zip_members(target: Path, members: dict[str, bytes]) -> Path:
    """A zip as Python writes it, with the fixed headers of a release, whatever the names are."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(members):
            archive.writestr(plain_info(name), members[name])
    return target


def plain_info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    info.create_system = 3
    info.external_attr = 0o100644 << 16
    return info

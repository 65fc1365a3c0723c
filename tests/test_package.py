"""What is written is a data package to frictionless, with every table checked, and to ourselves."""

import json
from pathlib import Path
from typing import Any

import frictionless
import pandas as pd
import pyarrow as pa
import pytest

from onrecord.errors import PackageError
from onrecord.packaging import schema
from onrecord.packaging.package import (
    DESCRIPTOR,
    Contributor,
    License,
    Metadata,
    Reference,
    read_package,
    write_package,
)

METADATA = Metadata(
    name="harbour-strike",
    title="Harbour strike",
    description="What three papers wrote of it.",
    version="1.2.0",
    created="2024-05-02T00:00:00Z",
    sources=(
        Reference("Dockers walk out", "https://news.example/dockers"),
        Reference("A title without an address"),
    ),
    contributors=(Contributor("A. Person", roles=("creator",)),),
    keywords=("news", "claims"),
)


def example_rows(name: str) -> pa.Table:
    """One row of the examples that the schema itself gives, without references to other tables."""
    table = schema.load()[name]
    away = {key.field for key in table.foreign_keys}
    cells = {f.name: None if f.name in away and not f.required else f.example for f in table.fields}
    return pa.Table.from_pylist([cells], schema=table.arrow)


def validate(folder: Path) -> Any:
    return frictionless.validate(str(folder / DESCRIPTOR))


def test_all_tables_are_there_and_checked_even_when_empty(tmp_path: Path) -> None:
    write_package(tmp_path, {"rejects": [example_rows("rejects")]}, schema.load(), METADATA)
    report = validate(tmp_path)
    assert report.valid, report.flatten(["name", "type", "note"])
    tables = [task for task in report.tasks if task.type == "table"]
    assert [task.name for task in tables] == list(schema.TABLES)
    assert len(tables) == 19
    assert [task.name for task in report.tasks if task.type == "file"] == [
        f"{name}-parquet" for name in schema.TABLES
    ]
    assert sorted(path.name for path in (tmp_path / "datapackage").iterdir()) == sorted(
        f"{name}.{kind}" for name in schema.TABLES for kind in ("csv", "parquet")
    )


def test_parquet_gives_the_dtypes_of_the_schema(tmp_path: Path) -> None:
    write_package(tmp_path, {"rejects": [example_rows("rejects")]}, schema.load(), METADATA)
    for name, table in schema.load().items():
        frame = pd.read_parquet(tmp_path / "datapackage" / f"{name}.parquet")
        assert {column: str(kind) for column, kind in frame.dtypes.items()} == table.pandas_dtypes


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_frictionless_notices_a_changed_byte(tmp_path: Path, kind: str) -> None:
    write_package(tmp_path, {"rejects": [example_rows("rejects")]}, schema.load(), METADATA)
    path = tmp_path / "datapackage" / f"rejects.{kind}"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    assert not validate(tmp_path).valid


def test_the_descriptor_says_what_is_known_and_nothing_else(tmp_path: Path) -> None:
    write_package(tmp_path, {}, schema.load(), METADATA)
    descriptor = json.loads((tmp_path / DESCRIPTOR).read_text(encoding="utf-8"))
    del descriptor["resources"]
    assert descriptor == {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "harbour-strike",
        "title": "Harbour strike",
        "description": "What three papers wrote of it.",
        "version": "1.2.0",
        "created": "2024-05-02T00:00:00Z",
        "sources": [
            {"title": "Dockers walk out", "path": "https://news.example/dockers"},
            {"title": "A title without an address"},
        ],
        "contributors": [{"title": "A. Person", "roles": ["creator"]}],
        "keywords": ["news", "claims"],
    }


def test_a_licence_is_named_once_it_is_known(tmp_path: Path) -> None:
    licensed = Metadata("a", "A", "B", licenses=(License("CC-BY-4.0"),))
    write_package(tmp_path, {}, schema.load(), licensed)
    assert read_package(tmp_path).descriptor["licenses"] == [{"name": "CC-BY-4.0"}]
    assert validate(tmp_path).valid


def test_two_packages_of_the_same_rows_are_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_package(tmp_path / name, {"rejects": [example_rows("rejects")]}, schema.load(), METADATA)
    first = {path.relative_to(tmp_path / "a"): path for path in (tmp_path / "a").rglob("*") if path.is_file()}
    assert len(first) == 39
    for relative, path in first.items():
        assert path.read_bytes() == (tmp_path / "b" / relative).read_bytes()


def test_a_package_can_be_read_by_its_folder_or_descriptor(tmp_path: Path) -> None:
    written = write_package(tmp_path, {}, schema.load(), METADATA)
    package = read_package(tmp_path)
    assert package == read_package(tmp_path / DESCRIPTOR)
    assert package == written
    assert list(package.csv) == list(package.parquet) == list(schema.TABLES)
    assert all(file.is_at(package.at(file)) for file in package.files)


def test_a_folder_without_a_package_is_said_to_have_none(tmp_path: Path) -> None:
    with pytest.raises(PackageError, match=r"holds no package: datapackage\.json is not there"):
        read_package(tmp_path)


HASH = "sha256:" + "0" * 64


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("<<<<<<< HEAD", "is not JSON"),
        ("\xff", "is not JSON"),
        ("[]", "is not a data package"),
        ('{"resources": {}}', "is not a data package"),
        ('{"resources": [{"name": "claims"}]}', "lacks its name, path, bytes or hash"),
        ('{"resources": ["claims"]}', "lacks its name, path, bytes or hash"),
        (
            '{"resources": [{"name": "a", "path": "datapackage/a.csv", "bytes": 1, "hash": "md5:0"}]}',
            "a is not hashed by sha256",
        ),
        (
            f'{{"resources": [{{"name": "a", "path": "datapackage/a.csv", "bytes": 1, "hash": "{HASH}"}}]}}',
            "each table must be there as CSV and as Parquet",
        ),
    ],
)
def test_a_descriptor_that_is_not_ours_is_refused(tmp_path: Path, text: str, what: str) -> None:
    (tmp_path / DESCRIPTOR).write_text(text, encoding="latin-1")
    with pytest.raises(PackageError, match=what):
        read_package(tmp_path)


@pytest.mark.parametrize(
    "path", ["/etc/a.csv", "../a.csv", "datapackage/../../a.csv", "a\\..\\a.csv", "passwd"]
)
def test_a_path_that_leaves_the_folder_is_refused(tmp_path: Path, path: str) -> None:
    resource = {"name": "a", "path": path, "bytes": 1, "hash": HASH}
    (tmp_path / DESCRIPTOR).write_text(json.dumps({"resources": [resource]}), encoding="utf-8")
    with pytest.raises(PackageError, match="not a table of this package"):
        read_package(tmp_path)

"""Faults in the files of a package: the descriptor, CSV and Parquet, paths and bytes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_package import (
    ARTICLES,
    make_rows,
    seal,
    write_csv,
    write_rows,
)

from onrecord.checking.check import validate
from onrecord.errors import PackageError
from onrecord.packaging import schema


def test_nothing_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(PackageError, match=r"does not exist.*datapackage\.json"):
        validate(tmp_path / "nowhere")


def test_a_folder_without_a_descriptor_is_a_problem(tmp_path: Path) -> None:
    assert validate(tmp_path).flatten() == [("descriptor", None, None, None)]


def rewrite_csv(folder: Path, table: str, edit: Callable[[str], str]) -> None:
    path = folder / "datapackage" / f"{table}.csv"
    before = path.read_text(encoding="utf-8")
    after = edit(before)
    assert after != before
    path.write_text(after, encoding="utf-8", newline="")
    seal(folder)


def test_a_csv_cell_of_another_type_is_found(tmp_path: Path) -> None:
    rows = make_rows()
    folder = write_rows(tmp_path, rows)
    rows["events"][0].update(mentions="two", confidence="high")
    write_csv(folder / "datapackage" / "events.csv", rows["events"], schema.load()["events"].names)
    rows["claim_groups"][0].update(in_conflict="no")
    write_csv(
        folder / "datapackage" / "claim_groups.csv", rows["claim_groups"], list(rows["claim_groups"][0])
    )
    seal(folder)
    assert set(validate(folder).flatten()) == {
        ("type", "claim_groups", 1, "in_conflict"),
        ("type", "events", 1, "mentions"),
        ("type", "events", 1, "confidence"),
    }


def test_a_cell_that_differs_from_parquet_is_found(tmp_path: Path) -> None:
    folder = write_rows(tmp_path, make_rows())
    rewrite_csv(folder, "entities", lambda text: text.replace("Ana Ruiz", "Ana Diaz"))
    assert validate(folder).flatten() == [("csv-differs", "entities", 1, "name")]


def test_a_row_that_is_missing_from_csv_is_found(tmp_path: Path) -> None:
    folder = write_rows(tmp_path, make_rows())
    rewrite_csv(folder, "attributions", lambda text: "\n".join(text.split("\n")[:-2]) + "\n")
    assert validate(folder).flatten() == [("csv-differs", "attributions", 4, None)]


def test_a_row_of_another_length_is_found(tmp_path: Path) -> None:
    folder = write_rows(tmp_path, make_rows())
    rewrite_csv(folder, "rejects", lambda text: text + "one,two\n")
    assert ("unreadable", "rejects", None, None) in validate(folder).flatten()


def test_columns_missing_unknown_and_misplaced_are_found(tmp_path: Path) -> None:
    rows, schemas = make_rows(), schema.load()
    folder = write_rows(tmp_path, rows)
    tables = folder / "datapackage"
    names = schemas["origins"].names
    write_csv(tables / "origins.csv", rows["origins"], names[:-1])
    write_csv(tables / "rejects.csv", rows["rejects"], ["code", "name", "message"])
    pq.write_table(
        pq.read_table(tables / "dates.parquet").rename_columns(
            ["when" if name == "rule" else name for name in schemas["dates"].names]
        ),
        tables / "dates.parquet",
    )
    seal(folder)
    assert validate(folder).flatten() == [
        ("column", "origins", None, "kind"),
        ("column", "dates", None, "rule"),
        ("column", "dates", None, "when"),
        ("column", "rejects", None, None),
    ]


def test_a_parquet_column_of_another_type_is_found(tmp_path: Path) -> None:
    folder = write_rows(tmp_path, make_rows())
    path = folder / "datapackage" / "events.parquet"
    table = pq.read_table(path)
    place = table.schema.get_field_index("mentions")
    pq.write_table(table.set_column(place, "mentions", table["mentions"].cast("float64")), path)
    seal(folder)
    assert validate(folder).flatten() == [("type", "events", None, "mentions")]


def first(code: str, name: str, **cells: object) -> tuple[str, Callable[[dict[str, Any]], object]]:
    def apply(descriptor: dict[str, Any]) -> None:
        next(found for found in descriptor["resources"] if found["name"] == name).update(cells)

    return code, apply


DESCRIPTOR_FAULTS = [
    first("bytes", "claims", bytes=1),
    first("hash", "claims-parquet", hash="sha256:" + "0" * 64),
    first("hash", "claims", hash="md5:" + "0" * 32),
    first("path", "claims", path="../claims.csv"),
    first("path", "claims", path="/etc/hostname"),
    first("path", "claims", path=["datapackage/claims.csv"]),
    first("file-missing", "claims", path="datapackage/nothing.csv"),
    first("resource", "claims", type="file"),
    first("schema", "claims", schema={"fields": []}),
    first("schema", "claims", schema="claims.json"),
    first("schema", "claims", schema={**schema.load()["claims"].descriptor(), "primaryKey": ["text"]}),
    first("schema", "claims", schema={**schema.load()["claims"].descriptor(), "fields": [None]}),
    ("resource", lambda descriptor: descriptor["resources"].pop()),
    ("resource", lambda descriptor: descriptor["resources"].append(descriptor["resources"][0])),
    ("resource", lambda descriptor: descriptor["resources"].append({"name": "notes"})),
    ("resource", lambda descriptor: descriptor["resources"].append(None)),
    ("descriptor", lambda descriptor: descriptor.update(resources="all")),
]


@pytest.mark.parametrize(("code", "apply"), DESCRIPTOR_FAULTS)
def test_a_fault_in_the_descriptor_is_found(
    code: str, apply: Callable[[dict[str, Any]], object], tmp_path: Path
) -> None:
    folder = write_rows(tmp_path, make_rows())
    seal(folder, apply)
    assert [problem.code for problem in validate(folder).problems] == [code]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("schema", {"schema": {**schema.load()["claims"].descriptor(), "description": "Claims."}}),
        ("resource", {"dialect": {"delimiter": ";"}}),
        ("resource", {"encoding": "utf-16"}),
        ("resource", {"mediatype": "text/plain"}),
        ("resource", {"licenses": []}),
    ],
)
def test_a_resource_that_says_otherwise_is_found(code: str, said: dict[str, Any], tmp_path: Path) -> None:
    folder = write_rows(tmp_path, make_rows())
    _, apply = first("", "claims", **said)
    seal(folder, apply)
    assert {problem.code for problem in validate(folder).problems} == {code}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("$schema", "https://example.org/profile.json"),
        ("title", ["Small"]),
        ("version", 1),
        ("description", " "),
        ("licenses", [{"path": "https://example.org"}]),
        ("sources", ["Small"]),
        ("contributors", [{"title": "A. Person", "roles": "creator"}]),
        ("keywords", "news"),
        ("profile", "tabular-data-package"),
    ],
)
def test_what_a_package_cannot_be_called_is_found(key: str, value: object, tmp_path: Path) -> None:
    folder = write_rows(tmp_path, make_rows())
    seal(folder, lambda descriptor: descriptor.update({key: value}))
    assert validate(folder).flatten("code", "field") == [("descriptor", key)]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b"null"])
def test_a_descriptor_that_is_none_is_found(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "datapackage.json").write_bytes(content)
    assert [problem.code for problem in validate(tmp_path).problems] == ["descriptor"]


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("claims.csv", b"\xff\xfe\x00"),
        ("claims.csv", b""),
        ("claims.parquet", b"PAR1 and nothing else"),
        ("claims.parquet", b""),
    ],
)
def test_a_file_that_cannot_be_read_is_found(file: str, content: bytes, tmp_path: Path) -> None:
    folder = write_rows(tmp_path, make_rows())
    (folder / "datapackage" / file).write_bytes(content)
    seal(folder)
    report = validate(folder, ARTICLES)
    assert {problem.code for problem in report.problems} <= {"unreadable", "column"}
    assert not report.valid


def test_a_link_that_leaves_the_package_is_not_followed(tmp_path: Path) -> None:
    folder = write_rows(tmp_path / "package", make_rows())
    path = folder / "datapackage" / "claims.csv"
    path.rename(tmp_path / "claims.csv")
    path.symlink_to(tmp_path / "claims.csv")
    assert validate(folder).flatten() == [("path", "claims", None, None)]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_rows(tmp_path_factory.mktemp("sound"), make_rows())


@given(data=st.data())
@settings(max_examples=20, deadline=None)
def test_a_changed_byte_is_found_and_never_raises(
    sound: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    files = sorted((sound / "datapackage").iterdir())
    path = data.draw(st.sampled_from(files))
    whole, descriptor = path.read_bytes(), (sound / "datapackage.json").read_bytes()
    place = data.draw(st.integers(0, len(whole) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda byte: byte != whole[place]))
    try:
        path.write_bytes(whole[:place] + bytes([byte]) + whole[place + 1 :])
        assert "hash" in {problem.code for problem in validate(sound, ARTICLES).problems}
        seal(sound)
        validate(sound, ARTICLES)
    finally:
        path.write_bytes(whole)
        (sound / "datapackage.json").write_bytes(descriptor)

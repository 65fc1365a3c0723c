"""A workbook holds every row, typed; nothing in it is a formula; what it cannot hold is told."""

import datetime as dt
import json
import re
import sys
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from small_package import make_rows
from small_release import release_small, write_small

from onrecord.cli import main
from onrecord.packaging import schema
from onrecord.packaging.package import Package
from onrecord.releasing import xlsx
from onrecord.releasing.xlsx import CHARACTERS, write_workbook

FORMULAS = ["=1+1", "+1", "-20 degrees", "@handle", "{=A1}", '=HYPERLINK("http://x.example")', "\t=1", "\r=1"]
LOOKALIKES = [
    "http://x.example/",
    "1e5",
    "007",
    "2031-03-04",
    "TRUE",
    "_x0041_",
    "a\x0bb\x7f",
    " é 📦 ",
    "\uffff",
]


def sheets(path: Path) -> Any:
    return openpyxl.load_workbook(path)


def with_text(folder: Path, table: str, column: str, texts: list[str]) -> Package:
    """A package with a row for each text in one column of a table that nothing refers to."""
    rows = make_rows()
    rows[table] = [{**rows[table][0], "name": f"{n:03}", column: text} for n, text in enumerate(texts)]
    return write_small(folder, rows)


def test_every_row_is_there_with_its_type(tmp_path: Path) -> None:
    package = write_small(tmp_path / "package")
    made = write_workbook(package, tmp_path / "harbour.xlsx")
    assert made.notes == ()
    book = sheets(made.path)
    assert book.sheetnames == ["about", "columns", *schema.TABLES]
    for name, table in schema.load().items():
        wanted = pq.read_table(package.at(package.parquet[name])).to_pylist()
        head, *rows = book[name].iter_rows()
        assert [cell.value for cell in head] == table.names
        assert made.tables[name] == len(rows) == len(wanted)
        for row, cells in zip(rows, wanted, strict=True):
            for cell, field in zip(row, table.fields, strict=True):
                value = cell.value.date() if isinstance(cell.value, dt.datetime) else cell.value
                assert value == cells[field.name], (name, field.name)
                if value is not None:
                    assert (field.type, cell.data_type) in TYPES


TYPES = {("string", "s"), ("integer", "n"), ("number", "n"), ("boolean", "b"), ("date", "d")}


def test_no_text_is_a_formula_a_number_or_a_link(tmp_path: Path) -> None:
    texts = [*FORMULAS, *LOOKALIKES]
    made = write_workbook(with_text(tmp_path / "package", "rejects", "message", texts), tmp_path / "x.xlsx")
    column = schema.load()["rejects"].names.index("message") + 1
    cells = [row[column - 1] for row in list(sheets(made.path)["rejects"].iter_rows())[1:]]
    assert {cell.data_type for cell in cells} == {"s"}
    told = [re.sub("_x([0-9A-F]{4})_", lambda m: chr(int(m[1], 16)), cell.value) for cell in cells]
    assert [t.replace("_x0041_", "A") for t in told] == [t.replace("_x0041_", "A") for t in texts]
    with zipfile.ZipFile(made.path) as parts:
        for name in parts.namelist():
            assert b"<f>" not in parts.read(name) and b"<f " not in parts.read(name)
            assert b"<hyperlink" not in parts.read(name)


def test_a_text_too_long_for_a_cell_is_cut_and_told(tmp_path: Path) -> None:
    texts = ["a" * CHARACTERS, "b" * (CHARACTERS + 1), "📦" * 20_000]
    made = write_workbook(with_text(tmp_path / "package", "rejects", "message", texts), tmp_path / "x.xlsx")
    book = sheets(made.path)
    column = schema.load()["rejects"].names.index("message")
    cells = [row[column] for row in list(book["rejects"].iter_rows(values_only=True))[1:]]
    assert cells[0] == texts[0]
    assert [len(cell.encode("utf-16-le")) // 2 for cell in cells[1:]] == [CHARACTERS, CHARACTERS - 1], (
        "no half of a pair"
    )
    assert cells[1].endswith("… [cut: 32,768 characters in the table]")
    assert cells[2].startswith("📦📦") and cells[2].endswith("📦 … [cut: 20,000 characters in the table]")
    assert made.notes == ("rejects.message: texts of over 32,767 characters, cut: 2, the first in row 2",)
    assert ("note", made.notes[0]) in list(book["about"].iter_rows(values_only=True))


def test_a_day_that_excel_does_not_know_is_a_text_and_told(tmp_path: Path) -> None:
    rows = make_rows()
    rows["events"][0] |= {"day": dt.date(1865, 4, 14), "date": "1865-04-14"}
    made = write_workbook(write_small(tmp_path / "package", rows), tmp_path / "x.xlsx")
    column = schema.load()["events"].names.index("day")
    assert list(sheets(made.path)["events"].iter_rows(values_only=True))[1][column] == "1865-04-14"
    assert made.notes == (
        "events.day: days before 1900, which Excel does not know, as texts: 1, the first in row 1",
    )


def test_more_rows_than_a_sheet_holds_go_on_in_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xlsx, "ROWS", 3)
    texts = [f"text {number}" for number in range(5)]
    made = write_workbook(with_text(tmp_path / "package", "rejects", "message", texts), tmp_path / "x.xlsx")
    book = sheets(made.path)
    held = [list(book[name].iter_rows(values_only=True)) for name in ("rejects", "rejects 2", "rejects 3")]
    assert [len(rows) for rows in held] == [3, 3, 2]
    column = schema.load()["rejects"].names.index("message")
    assert [row[column] for rows in held for row in rows[1:]] == texts
    assert "rejects: more rows than the 2 that a sheet holds, so it has 3 sheets" in made.notes
    assert made.tables["rejects"] == 5


def test_the_same_package_gives_the_same_bytes(tmp_path: Path) -> None:
    package = write_small(tmp_path / "package")
    one, two = (write_workbook(package, tmp_path / name).path.read_bytes() for name in ("1.xlsx", "2.xlsx"))
    assert one == two


def test_the_command_writes_replaces_and_tells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    release = str(release_small(tmp_path))
    done = CliRunner().invoke(main, ["xlsx", release])
    assert done.exit_code == 0, done.output
    assert done.output.startswith("harbour.xlsx: ")
    refused = CliRunner().invoke(main, ["xlsx", release])
    assert refused.exit_code == 2 and "harbour.xlsx exists; give --replace" in refused.output
    again = CliRunner().invoke(main, ["xlsx", release, "--out", "harbour.xlsx", "--replace", "--json"])
    assert again.exit_code == 0
    assert json.loads(again.output)["tables"]["claims"] == 2
    assert sorted(path.name for path in tmp_path.glob("*.xlsx*")) == ["harbour.xlsx"]


@pytest.mark.parametrize("place", ["file/x.xlsx", "folder.xlsx/"])
def test_a_place_that_cannot_be_written_is_told(place: str, tmp_path: Path) -> None:
    write_small(tmp_path / "package")
    (tmp_path / "file").write_text("", encoding="utf-8")
    (tmp_path / "folder.xlsx").mkdir()
    done = CliRunner().invoke(main, ["xlsx", str(tmp_path / "package"), "--out", str(tmp_path / place)])
    assert done.exit_code in (1, 2) and "Traceback" not in done.output
    assert str(tmp_path / place).rstrip("/") in done.output


def test_without_the_library_it_is_told_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_small(tmp_path / "package")
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    done = CliRunner().invoke(main, ["xlsx", str(tmp_path / "package"), "--out", str(tmp_path / "x.xlsx")])
    assert done.exit_code == 1
    assert "pip install 'onrecord[xlsx]'" in done.output
    assert not list(tmp_path.glob("x.xlsx*"))

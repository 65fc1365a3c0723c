"""Days are of type date wherever a package is opened, and the text beside them tells what is known."""

import json
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from frictionless import Package as FrictionlessPackage
from small_package import ARTICLES, make_rows, write_rows

import onrecord
from onrecord.packaging import schema
from onrecord.packaging.package import read_package
from onrecord.releasing.sqlite import write_database

TOLD = {
    "c": "2031-03-04",
    "a": "2031-03",
    "d": "1850-02-28",
    "b": "2031-03-04~",
    "e": None,
    "f": "0000-01-01",
}
DAYS = {"c": date(2031, 3, 4), "d": date(1850, 2, 28)}


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("days")
    for name, told in TOLD.items():
        text = (
            f"The harbour of {name.upper()}ville was closed on Tuesday. “It will open soon,” said Ana Ruiz."
        )
        (folder / f"{name}.json").write_text(json.dumps({"text": text, "published": told}), encoding="utf-8")
    onrecord.build([folder], folder / "story")
    return folder / "story"


def test_a_day_is_a_date_and_all_else_is_null(story: Path) -> None:
    rows = pq.read_table(story / "datapackage" / "sources.parquet")
    assert rows.schema.field("published").type == pa.date32()
    told = {row["name"][0]: row for row in rows.to_pylist()}
    assert {name: row["published"] for name, row in told.items() if row["published"]} == DAYS
    assert {name: row["published_edtf"] for name, row in told.items()} == {
        name: value for name, value in TOLD.items() if name in told
    }
    assert {"a", "b", "c", "d", "e"} <= set(told)
    assert onrecord.validate(story).valid


def test_pandas_sorts_and_counts_days(story: Path) -> None:
    sources = onrecord.load(story)["sources"]
    assert str(sources.published.dtype) == "date32[day][pyarrow]"
    assert sources.published.dropna().sort_values().tolist() == sorted(DAYS.values())
    assert sources.published.dt.year.max() == 2031
    assert pd.to_datetime(sources.published).max() == pd.Timestamp("2031-03-04")
    path = story / "datapackage" / "sources.csv"
    pd.testing.assert_frame_equal(pd.read_csv(path, **onrecord.csv_options("sources")), sources)


def test_others_read_dates_too(story: Path) -> None:
    folder = story / "datapackage"
    assert pl.read_parquet(folder / "sources.parquet").schema["published"] == pl.Date
    with duckdb.connect() as opened:
        query = f"SELECT DISTINCT typeof(published) FROM '{folder / 'sources.csv'}'"  # noqa: S608 - our own path
        assert opened.execute(query).fetchall() == [("DATE",)]
    with closing(
        sqlite3.connect(write_database(read_package(story), story.parent / "story.db").path)
    ) as opened_:
        assert opened_.execute(
            "SELECT max(published), max(strftime('%Y', published)) FROM sources"
        ).fetchall() == [("2031-03-04", "2031")]
    with FrictionlessPackage(str(story / "datapackage.json")).get_resource("sources") as table:
        assert {row["published"] for row in table.row_stream} == {None, *DAYS.values()}


@pytest.mark.parametrize(
    "cell", ["2025-03-32", "2025-02-29", "2025-3-4", "4 March 2025", "2025-03-04T00:00:00"]
)
def test_a_cell_that_is_no_day_is_told(cell: str, tmp_path: Path) -> None:
    rows = make_rows()
    write_rows(tmp_path, rows)
    path = tmp_path / "datapackage" / "sources.csv"
    text = path.read_text(encoding="utf-8")
    assert text.count("2025-03-04") == 2
    path.write_text(text.replace("2025-03-04", cell, 1), encoding="utf-8")
    told = {(problem.code, problem.field) for problem in onrecord.validate(tmp_path, ARTICLES).problems}
    assert ("type", "published") in told


def test_days_that_python_cannot_tell_are_faults(tmp_path: Path) -> None:
    write_rows(tmp_path, make_rows())
    path = tmp_path / "datapackage" / "sources.parquet"
    table = pq.read_table(path)
    at = table.column_names.index("published")
    far = pa.array([2**31 - 1, -(2**31)], pa.int32()).cast(pa.date32())
    pq.write_table(table.set_column(at, table.schema.field(at), far), path)
    told = {(problem.code, problem.row, problem.field) for problem in onrecord.validate(tmp_path).problems}
    assert {("day", 1, "published"), ("day", 2, "published")} <= told


def test_every_column_of_days_has_its_text() -> None:
    dated = {
        (name, field.name) for name, t in schema.load().items() for field in t.fields if field.type == "date"
    }
    assert dated == {(name, day) for name, (day, _) in schema.DAYS.items()}
    assert all(schema.load()[name].field(text).type == "string" for name, (_, text) in schema.DAYS.items())

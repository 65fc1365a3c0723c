"""Whatever stands in the cells of a package, a check tells of it and never raises."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_package import ARTICLES, make_rows, write_rows

from onrecord.checking.check import validate
from onrecord.checking.report import CODES
from onrecord.packaging import schema

ODD: dict[str, list[Any]] = {
    "string": [None, "", "x", "\r", '"', "claim", "2026", "src-0000000000000000", "é" * 70],
    "integer": [None, -1, 0, 1, 10**6, 2**62, -(2**62)],
    "number": [None, -1.0, 0.0, 2.0, float("nan"), float("inf"), 1e300],
    "boolean": [None, True, False],
    "date": [None, date(2025, 3, 4), date.min, date.max],
}


@given(data=st.data())
@settings(max_examples=20, deadline=None)
def test_odd_cells_never_raise(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    rows = make_rows()
    for _ in range(6):
        table = schema.load()[data.draw(st.sampled_from(schema.TABLES))]
        field = data.draw(st.sampled_from(table.fields))
        row = data.draw(st.sampled_from(rows[table.name]))
        row[field.name] = data.draw(st.sampled_from(ODD[field.type]))
    report = validate(write_rows(tmp_path_factory.mktemp("odd"), rows), ARTICLES)
    assert all(problem.code in CODES and problem.message for problem in report.problems)


def test_rows_of_nulls_never_raise(tmp_path: Path) -> None:
    schemas = schema.load()
    rows = {name: [dict.fromkeys(table.names) for _ in range(2)] for name, table in schemas.items()}
    report = validate(write_rows(tmp_path, rows), ARTICLES)
    required = {(t.name, f.name) for t in schemas.values() for f in t.fields if f.required}
    assert {(p.table, p.field) for p in report.problems if p.code == "required"} == required

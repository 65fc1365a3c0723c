"""The public surface: names, errors, the README's example and the committed package."""

import contextlib
import io
import re
from pathlib import Path

import pandas as pd
import pytest

import onrecord
from onrecord import errors
from onrecord.packaging import schema

ROOT = Path(__file__).parent.parent


def test_all_is_sorted_and_there() -> None:
    assert onrecord.__all__ == sorted(onrecord.__all__)
    assert all(getattr(onrecord, name).__doc__ for name in onrecord.__all__)


def test_there_is_one_root_of_errors_and_its_docstring_draws_all() -> None:
    found = [value for value in vars(errors).values() if isinstance(value, type)]
    assert all(issubclass(error, onrecord.OnRecordError) for error in found)
    drawn = errors.__doc__ or ""
    assert all(error.__name__ in drawn for error in found)


def test_the_example_of_the_readme_prints_what_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    ((code, said),) = re.findall(r"<!-- example -->\n```python\n(.*?)```\n+```text\n(.*?)```", readme, re.S)
    monkeypatch.chdir(ROOT)
    with contextlib.redirect_stdout(io.StringIO()) as out:
        exec(compile(code, "README.md", "exec"), {})  # noqa: S102 - the code is ours
    assert [line.rstrip() for line in out.getvalue().splitlines()] == said.splitlines()


def test_the_committed_package_is_checked_against_its_articles() -> None:
    report = onrecord.validate(ROOT, onrecord.load_articles([ROOT / "seeds"]))
    assert report.valid
    assert report.spans


@pytest.mark.parametrize("table", schema.TABLES)
def test_the_committed_package_has_the_types_of_its_schema_however_it_is_read(table: str) -> None:
    found = onrecord.load(ROOT)[table]
    schema.load()[table].pandera.validate(found)
    parquet = pd.read_parquet(ROOT / "datapackage" / f"{table}.parquet")
    csv = pd.read_csv(ROOT / "datapackage" / f"{table}.csv", **onrecord.csv_options(table))
    pd.testing.assert_frame_equal(parquet, csv)
    pd.testing.assert_frame_equal(parquet, found)

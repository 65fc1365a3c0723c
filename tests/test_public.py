"""The public surface: names, errors, the README's example and the committed package."""

import contextlib
import io
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from pandera.errors import SchemaErrors

import onrecord
from onrecord import errors
from onrecord.packaging import schema

ROOT = Path(__file__).parent.parent


def test_all_is_sorted_and_there() -> None:
    assert onrecord.__all__ == sorted(onrecord.__all__)
    assert all(getattr(onrecord, name).__doc__ for name in onrecord.__all__)


HEAVY = (
    "lxml",
    "numpy",
    "onnxruntime",
    "pandas",
    "pandera",
    "pyarrow",
    "rich",
    "tokenizers",
    "trafilatura",
    "yaml",
)


@pytest.mark.parametrize("start", ["import onrecord", "from onrecord.cli import main; main(['--help'])"])
def test_nothing_heavy_is_imported_before_it_is_needed(start: str) -> None:
    tell = f"import atexit, sys; atexit.register(lambda: print(sorted(set(sys.modules) & {set(HEAVY)})))"
    done = subprocess.run([sys.executable, "-c", f"{tell}; {start}"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "[]"


WITHOUT = """
import sys
from onrecord.running import keep_pandas_out
keep_pandas_out()
import pyarrow
column = pyarrow.array([1, None])
assert "pandas" not in sys.modules
import pandas
assert pyarrow.table({"one": column}).to_pandas().one.tolist()[0] == 1
assert pyarrow.Table.from_pandas(pandas.DataFrame({"one": [1]})).num_rows == 1
"""


def test_a_command_does_without_pandas_and_whoever_imports_it_has_it() -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_name_that_is_not_there_is_told() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        onrecord.nothing  # noqa: B018 - the access is the test
    assert set(onrecord.__all__) <= set(dir(onrecord))


def test_a_frame_is_checked_by_the_schema_of_its_table() -> None:
    claims = onrecord.load(ROOT)["claims"]
    onrecord.frame_schema("claims").validate(claims[claims.quote_type == "direct"], lazy=True)
    wrong = claims.assign(quote_type="shouted")
    with pytest.raises(SchemaErrors, match="quote_type"):
        onrecord.frame_schema("claims").validate(wrong, lazy=True)


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
    assert onrecord.frame_schema(table).validate(found) is not None
    parquet = pd.read_parquet(ROOT / "datapackage" / f"{table}.parquet")
    csv = pd.read_csv(ROOT / "datapackage" / f"{table}.csv", **onrecord.csv_options(table))
    pd.testing.assert_frame_equal(parquet, csv)
    pd.testing.assert_frame_equal(parquet, found)

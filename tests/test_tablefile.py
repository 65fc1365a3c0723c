"""Hostile cells come back unchanged from both files; the bytes depend on the rows alone."""

import csv
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from frictionless import Resource
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.errors import PackageError
from onrecord.packaging import tablefile
from onrecord.packaging.tablefile import write_table, write_tables

SCHEMA = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("text", pa.string()),
        pa.field("count", pa.int64()),
        pa.field("score", pa.float64()),
        pa.field("held", pa.bool_()),
    ]
)
HOSTILE = [
    '"',
    '""',
    ",",
    "\n",
    "\r",
    "\r\n",
    "\u2028",
    "\x85",
    "\x1c",
    "\ufeff",
    "=1+1",
    "@x",
    "-",
    "+",
    "'",
    " ",
]
HOSTILE += [
    "\t",
    "\\",
    "NA",
    "null",
    "None",
    "nan",
    "true",
    "1.0",
    "e\u0301",
    "\U0001f600",
    "\u202e",
    "\x1a",
    "\x7f",
]
texts = st.lists(
    st.sampled_from(HOSTILE) | st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1
).map("".join)
rows = st.fixed_dictionaries(
    {
        "id": texts,
        "text": st.none() | texts,
        "count": st.none() | st.integers(-(2**63), 2**63 - 1),
        "score": st.none() | st.floats(allow_nan=False, allow_infinity=False),
        "held": st.none() | st.booleans(),
    }
)
FRICTIONLESS = {
    "fields": [
        {"name": "id", "type": "string"},
        {"name": "text", "type": "string"},
        {"name": "count", "type": "integer"},
        {"name": "score", "type": "number", "floatNumber": True},
        {"name": "held", "type": "boolean", "trueValues": ["true"], "falseValues": ["false"]},
    ],
    "missingValues": [""],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "datapackage").mkdir()
    return tmp_path


def to_table(cells: list[dict[str, object]]) -> pa.Table:
    return pa.Table.from_pylist(cells, schema=SCHEMA)


def parse(cell: str, kind: pa.DataType) -> object:
    if cell == "":
        return None
    if pa.types.is_boolean(kind):
        return {"true": True, "false": False}[cell]
    return {pa.int64(): int, pa.float64(): float, pa.string(): str}[kind](cell)


def by_python(path: Path) -> list[dict[str, object]]:
    with path.open(newline="", encoding="utf-8") as stream:
        return [{f.name: parse(row[f.name], f.type) for f in SCHEMA} for row in csv.DictReader(stream)]


def by_pandas(path: Path) -> list[dict[str, object]]:
    frame = pd.read_csv(
        path,
        dtype={"id": "str", "text": "str", "count": "Int64", "score": "float64", "held": "boolean"},
        keep_default_na=False,
        na_values=[""],
    )
    return [
        {str(name): None if pd.isna(cell) else cell for name, cell in row.items()}
        for row in frame.to_dict("records")
    ]


def by_frictionless(path: Path) -> list[dict[str, object]]:
    descriptor = {
        "name": "t",
        "path": path.name,
        "format": "csv",
        "encoding": "utf-8",
        "schema": FRICTIONLESS,
    }
    with Resource.from_descriptor(descriptor, basepath=str(path.parent)) as opened:
        found = list(opened.row_stream)
    assert [error for row in found for error in row.errors] == []
    return [row.to_dict() for row in found]


@settings(max_examples=150, deadline=None)
@given(st.lists(rows, max_size=6))
def test_cells_survive_both_files_in_every_reader(cells: list[dict[str, object]]) -> None:
    with TemporaryDirectory() as place:
        (Path(place) / "datapackage").mkdir()
        written = write_table("t", [to_table(cells)], SCHEMA, Path(place))
        path = Path(place) / written.csv.path
        assert written.rows == len(cells)
        assert pq.read_table(Path(place) / written.parquet.path).to_pylist() == cells
        assert by_python(path) == cells
        assert by_pandas(path) == cells
        assert by_frictionless(path) == cells
        for file in (written.csv, written.parquet):
            assert file.is_at(Path(place) / file.path)


@settings(max_examples=40, deadline=None)
@given(st.lists(rows, max_size=40), st.lists(st.integers(1, 9)), st.integers(1, 16))
def test_bytes_do_not_depend_on_the_batches(
    cells: list[dict[str, object]], sizes: list[int], group: int
) -> None:
    whole = to_table(cells)

    def pieces() -> Iterator[pa.RecordBatch | pa.Table]:
        offset = 0
        for size in sizes:
            yield whole.slice(offset, size)
            offset += size
        yield from whole.slice(offset).to_batches()

    with TemporaryDirectory() as place, pytest.MonkeyPatch.context() as patch:
        patch.setattr(tablefile, "ROW_GROUP", group)
        (Path(place) / "a" / "datapackage").mkdir(parents=True)
        (Path(place) / "b" / "datapackage").mkdir(parents=True)
        one = write_table("t", [whole], SCHEMA, Path(place) / "a")
        assert write_table("t", pieces(), SCHEMA, Path(place) / "b") == one
        groups = pq.ParquetFile(Path(place) / "a" / one.parquet.path).metadata
        assert [groups.row_group(i).num_rows for i in range(groups.num_row_groups)] == [
            min(group, len(cells) - start) for start in range(0, len(cells), group)
        ]


def test_the_csv_is_what_it_is(folder: Path) -> None:
    cells: list[dict[str, object]] = [
        {"id": "a", "text": 'He said "no"\r', "count": 1, "score": 1.0, "held": True},
        {"id": "b", "text": None, "count": None, "score": 0.1, "held": None},
    ]
    write_table("t", [to_table(cells)], SCHEMA, folder)
    assert (folder / "datapackage/t.csv").read_bytes() == (
        b'"id","text","count","score","held"\n"a","He said ""no""\r",1,1,true\n"b",,,0.1,\n'
    )


GOOD: dict[str, object] = {"id": "a", "text": "b", "count": 1, "score": 0.5, "held": True}


@pytest.mark.parametrize(
    ("cells", "what"),
    [
        ({"text": ""}, "t, row 3, text: is an empty text"),
        ({"id": "a\0b"}, "t, row 3, id: holds a NUL"),
        ({"id": None}, "t, row 3, id: is null"),
        ({"score": float("nan")}, "t, row 3, score: is not a finite number"),
        ({"score": float("-inf")}, "t, row 3, score: is not a finite number"),
    ],
)
def test_cells_that_would_not_come_back_are_refused(
    folder: Path, cells: dict[str, object], what: str
) -> None:
    with pytest.raises(PackageError, match=what):
        write_table("t", [to_table([GOOD, GOOD]), to_table([{**GOOD, **cells}])], SCHEMA, folder)


@pytest.mark.parametrize(
    "rows",
    [
        pa.table({"id": ["a"]}),
        to_table([GOOD]).rename_columns(["id", "words", "count", "score", "held"]),
        to_table([GOOD]).set_column(2, "count", pa.array([1.0])),
    ],
)
def test_rows_of_another_shape_are_refused(folder: Path, rows: pa.Table) -> None:
    with pytest.raises(PackageError, match="t: rows have the columns"):
        write_table("t", [rows], SCHEMA, folder)


@pytest.mark.parametrize("kind", [pa.float32(), pa.list_(pa.string()), pa.timestamp("s"), pa.date64()])
def test_types_that_csv_alters_are_refused(folder: Path, kind: pa.DataType) -> None:
    with pytest.raises(PackageError, match=r"t\.x: columns of type"):
        write_table("t", [], pa.schema([pa.field("x", kind)]), folder)


def test_a_table_without_a_schema_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PackageError, match="no schema for the table t"):
        write_tables({"t": []}, {}, tmp_path)


def test_a_file_that_the_disk_does_not_take_is_explained(folder: Path) -> None:
    program = """
import resource, signal, sys
from pathlib import Path
import pyarrow as pa
from onrecord.errors import PackageError
from onrecord.packaging.tablefile import write_table
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
rows = pa.table({"id": [f"claim {i}" for i in range(50_000)]})
try:
    write_table("t", [rows], rows.schema, Path(sys.argv[1]))
except PackageError as error:
    print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", program, folder],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(Path(tablefile.__file__).parents[2])},
        timeout=60,
    )
    assert done.stdout.endswith("t.csv cannot be written: the file would be larger than allowed\n"), (
        done.stderr
    )
    assert done.returncode == 0


def test_a_large_table_streams(folder: Path) -> None:
    """A hundred megabytes of rows go through; at no time does Arrow hold a third of them."""
    held = []

    def batches() -> Iterator[pa.Table]:
        for number in range(50):
            held.append(pa.total_allocated_bytes())
            yield pa.table({"id": [f"{number}-{i}" + "said something or other " * 4 for i in range(20_000)]})

    written = write_table("t", batches(), pa.schema([pa.field("id", pa.string())]), folder)
    assert written.rows == 1_000_000
    assert written.csv.bytes > 100_000_000
    assert max(held) - held[0] < 30_000_000

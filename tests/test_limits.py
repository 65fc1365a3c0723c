"""The limits that docs/reliability.md states, each with the code or message with which it is told."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from small_package import make_rows, write_rows

import onrecord
from onrecord import plainfile
from onrecord.checking.check import validate
from onrecord.errors import OnRecordError
from onrecord.model import Article, Reject
from onrecord.packaging import package
from onrecord.reading import archives, captures, streams
from onrecord.reading.inputs import FIELD_LIMIT
from onrecord.reading.read import FRONT_MATTER_LIMIT, MAX_BYTES, Raw, parse, scan

PROSE = "The harbor bridge will close in May, the city council said on Tuesday."
ROOT = Path(__file__).parent.parent


def read(folder: Path) -> list[Article | Reject]:
    found = (parse(item) if isinstance(item, Raw) else item for item in scan([folder]))
    return [item for item in found if isinstance(item, Article | Reject)]


def codes(folder: Path) -> list[str | None]:
    return [item.code if isinstance(item, Reject) else None for item in read(folder)]


def line(**fields: str) -> bytes:
    return json.dumps({"text": PROSE, **fields}).encode() + b"\n"


PAGE = "".join(f"<p>{PROSE} The bridge is {year} years old.</p>" for year in range(40, 60))
FILES: dict[str, tuple[str, Callable[[int], bytes], int, str]] = {
    "article": ("a.txt", lambda size: PROSE.encode() + b" " * (size - len(PROSE)), MAX_BYTES, "too-large"),
    "page": (
        "a.html",
        lambda size: f"<article>{PAGE}</article>".encode().ljust(size),
        MAX_BYTES,
        "too-large",
    ),
    "JSON line": ("a.jsonl", lambda size: line()[:-1].ljust(size) + b"\n", MAX_BYTES, "too-large"),
    "field": ("a.jsonl", lambda size: line(author="a" * size), FIELD_LIMIT, "metadata"),
    "name": ("a.jsonl", lambda size: line(id="a" * size), FIELD_LIMIT, "metadata"),
    "front matter": (
        "a.md",
        lambda size: b"---\n" + b"# a\n" * (size // 4) + b"\n---\n" + PROSE.encode(),
        FRONT_MATTER_LIMIT + 8,
        "front-matter",
    ),
}


@pytest.mark.parametrize("what", FILES)
def test_what_is_larger_than_an_input_may_be_is_a_reject(what: str, tmp_path: Path) -> None:
    name, make, limit, code = FILES[what]
    (tmp_path / name).write_bytes(make(limit + 4))
    assert codes(tmp_path) == [code]
    (tmp_path / name).write_bytes(make(limit - 16))
    assert codes(tmp_path) == [None]


def test_an_archive_has_so_many_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MEMBERS", 2)
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as held:
        for number in range(2):
            held.writestr(f"{number}.txt", f"{PROSE} {number}")
    assert codes(tmp_path) == [None, None]
    with zipfile.ZipFile(tmp_path / "a.zip", "a") as held:
        held.writestr("2.txt", PROSE)
    assert codes(tmp_path) == ["too-large"]


def write_parquet(path: Path, texts: list[str]) -> None:
    pq.write_table(pa.table({"id": [str(n) for n in range(len(texts))], "text": texts}), path)


def test_a_parquet_file_unpacks_to_so_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "ROOM", 20_000)
    monkeypatch.setattr(streams, "UNPACKED", 2)
    write_parquet(tmp_path / "a.parquet", [f"{PROSE} {number}" for number in range(3)])
    assert codes(tmp_path) == [None] * 3
    write_parquet(tmp_path / "a.parquet", [f"{PROSE * 100} {number}" for number in range(9)])
    assert codes(tmp_path) == ["too-large"]


def test_few_rows_of_a_parquet_file_are_held_together_where_they_can_be_large() -> None:
    assert streams._count_rows([10, 2_000]) == streams.ROWS
    assert streams._count_rows([streams.ROOM // 8, 10]) == 8
    assert streams._count_rows([streams.ROOM * 9]) == 1
    assert streams._count_rows([]) == streams.ROWS


def test_a_wacz_unpacks_to_so_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "ROOM", 10_000)
    with zipfile.ZipFile(tmp_path / "a.wacz", "w", zipfile.ZIP_DEFLATED) as held:
        held.writestr("archive/a.warc", b"\0" * 1_000_000)
    assert codes(tmp_path) == ["too-large"]


def test_a_wacz_has_so_many_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(captures, "MEMBERS", 1)
    with zipfile.ZipFile(tmp_path / "a.wacz", "w") as held:
        for number in range(2):
            held.writestr(f"archive/{number}.warc", b"")
    assert codes(tmp_path) == ["too-large"]


@pytest.mark.parametrize("name", ["sources.csv", "entities.csv", "corrections.csv", "package.toml"])
def test_a_file_beside_the_articles_ends_the_build(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plainfile, "COMPANION_LIMIT", 100)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text(PROSE)
    (tmp_path / "in" / name).write_text("#" * 101)
    with pytest.raises(OnRecordError, match=name):
        onrecord.build(tmp_path / "in", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_descriptor_is_not_read_beyond_its_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_rows(tmp_path, make_rows())
    monkeypatch.setattr(package, "DESCRIPTOR_LIMIT", 1_000)
    (problem,) = validate(folder).problems
    assert problem.code == "descriptor"
    assert "1,000" in problem.message or "1000" in problem.message


def test_the_limits_are_stated() -> None:
    told = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
    stated = (
        f"{MAX_BYTES // 2**20} MiB",
        f"{FIELD_LIMIT:,} characters",
        f"{FRONT_MATTER_LIMIT:,} characters",
        f"{archives.MEMBERS:,}",
        f"{streams.UNPACKED} times the file's size, {streams.ROOM // 2**20} MiB at least",
        f"{streams.MAX_BLANK:,}",
        f"{plainfile.COMPANION_LIMIT // 2**20} MiB",
        f"{package.DESCRIPTOR_LIMIT // 2**20} MiB",
    )
    assert [limit for limit in stated if limit not in told] == []

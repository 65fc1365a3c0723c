"""A release is proved by making it again: what was changed with all its hashes shows, and where."""

import io
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result
from small_release import rewrite

from onrecord.cli import main
from onrecord.packaging import schema
from onrecord.packaging.tablefile import write_table
from onrecord.releasing.verify import CHECKSUMS, format_checksums, hash_bytes

TEXTS = {
    "ferry.txt": "Mayor Ines Prado said that the ferry would return in June 2031. The harbour reopened.\n",
    "strike.txt": "Dockers may walk out, union leader Ana Ruiz told The Ledger. “No,” she said on Tuesday.\n",
}


def run(*words: object) -> Result:
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    return result


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Has articles and a release of their package."""
    place = tmp_path_factory.mktemp("rebuild")
    (place / "articles").mkdir()
    for name, text in TEXTS.items():
        (place / "articles" / name).write_text(text, encoding="utf-8")
    (place / "articles" / "empty.txt").write_bytes(b"")
    assert run("build", place / "articles", "--out", place / "package").exit_code == 0
    made = run("release", place / "package", "--version", "1.0.0", "--out", place / "dist")
    assert made.exit_code == 0, made.output
    return place


def forge(members: dict[str, bytes], folder: Path, table: str, change: Any) -> None:
    """Change a table in CSV, Parquet, descriptor and checksums together."""
    held = pq.read_table(io.BytesIO(members[f"datapackage/{table}.parquet"]))
    written = write_table(table, [change(held)], schema.load()[table].arrow, folder)
    descriptor = json.loads(members["datapackage.json"])
    for file in (written.csv, written.parquet):
        members[file.path] = (folder / file.path).read_bytes()
        (told,) = [part for part in descriptor["resources"] if part["path"] == file.path]
        told |= {"bytes": file.bytes, "hash": f"sha256:{file.sha256}"}
    members["datapackage.json"] = (json.dumps(descriptor, ensure_ascii=False, indent=2) + "\n").encode()
    del members[CHECKSUMS]
    members[CHECKSUMS] = format_checksums({name: hash_bytes(data) for name, data in members.items()})


def replaced(held: Any, column: str, row: int, value: object) -> Any:
    values = held[column].to_pylist()
    assert values[row] != value
    values[row] = value
    return held.set_column(held.schema.get_field_index(column), held.schema.field(column), [values])


CHANGES = {
    "a cell": (
        "claims",
        lambda held: replaced(held, "polarity", 0, "neg"),
        "row 1 of claims says 'neg' for pol",
    ),
    "a row gone": ("rejects", lambda held: held.slice(1), "row 1 of rejects is not there"),
    "a row more": (
        "rejects",
        lambda held: pa.concat_tables([held, replaced(held, "name", 0, "other.txt")]),
        "row 2 of rejects is not what the articles give",
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_was_changed_with_its_hashes_shows(place: Path, tmp_path: Path, name: str) -> None:
    table, change, message = CHANGES[name]
    (tmp_path / "datapackage").mkdir()
    evil = rewrite(
        place / "dist" / "package-1.0.0.zip",
        tmp_path / "evil.zip",
        lambda members: forge(members, tmp_path, table, change),
    )
    found = run("verify", evil, "--articles", place / "articles", "--rebuild")
    assert found.exit_code == 1
    assert message in found.stdout
    assert "rebuilt: " in found.stdout


def test_a_true_release_is_made_again(place: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ONRECORD_CACHE", str(tmp_path / "cache"))
    words = ["verify", place / "dist" / "package-1.0.0.zip", "--articles", place / "articles", "--rebuild"]
    found = run(*words)
    assert found.exit_code == 0, found.output
    assert "every byte made again: nothing is wrong" in found.stdout
    assert json.loads(run(*words, "--json").stdout)["valid"]
    assert not list((tmp_path / "cache").rglob("*.shard"))


def test_making_again_needs_the_articles(place: Path) -> None:
    found = run("verify", place / "dist" / "package-1.0.0.zip", "--rebuild")
    assert found.exit_code == 2
    assert "--rebuild needs --articles" in found.stderr

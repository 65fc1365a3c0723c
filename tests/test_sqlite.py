"""One SQLite file: keys hold, claims are found by their words, Datasette shows it, and bytes are the same."""

import asyncio
import errno
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner
from small_package import make_rows
from small_release import release_small, write_small

from onrecord.cli import main
from onrecord.errors import PackageError
from onrecord.packaging import schema
from onrecord.releasing.datasette import DISPUTES
from onrecord.releasing.sqlite import write_database

SHOWCASE = Path(__file__).parent.parent / "showcase"


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sqlite")
    write_database(write_small(folder / "package"), folder / "harbour.db")
    return folder / "harbour.db"


def ask(path: Path, query: str, *values: object) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as opened:
        return opened.execute(query, values).fetchall()


def test_rows_are_those_of_the_parquet_files(database: Path) -> None:
    with closing(sqlite3.connect(database)) as opened:
        for name, table in schema.load().items():
            found = pd.read_sql(f'SELECT * FROM "{name}"', opened)  # noqa: S608 - names of our own schemas
            wanted = pd.read_parquet(database.parent / "package" / "datapackage" / f"{name}.parquet")
            assert list(found.columns) == table.names
            for column in table.names:
                left = [None if pd.isna(value) else value for value in found[column]]
                right = [None if pd.isna(value) else value for value in wanted[column]]
                if table.field(column).type == "date":
                    right = [value and value.isoformat() for value in right]
                assert left == right, f"{name}.{column}"


def test_keys_are_those_of_the_schemas(database: Path) -> None:
    for name, table in schema.load().items():
        keys = sorted((row[5], row[1]) for row in ask(database, f"PRAGMA table_info({name})") if row[5])
        assert tuple(column for _, column in keys) == table.primary_key
        foreign = {(row[3], row[2], row[4]) for row in ask(database, f"PRAGMA foreign_key_list({name})")}
        assert foreign == {(key.field, key.table, key.reference) for key in table.foreign_keys}
    assert ask(database, "PRAGMA foreign_key_check") == []
    assert ask(database, "PRAGMA integrity_check") == [("ok",)]


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO claim_entities SELECT claim_id, 'ent-0000000000000000' FROM claims LIMIT 1",
        "INSERT INTO claim_entities SELECT * FROM claim_entities",
        "UPDATE claims SET polarity = 'maybe'",
        "UPDATE claims SET start = 'soon'",
        "UPDATE claims SET text = NULL",
        "UPDATE claim_groups SET in_conflict = 2",
    ],
)
def test_rows_that_break_a_rule_are_refused(database: Path, statement: str) -> None:
    with closing(sqlite3.connect(database)) as opened, pytest.raises(sqlite3.IntegrityError):
        opened.execute("PRAGMA foreign_keys = ON")
        opened.execute(statement)


def test_references_are_found_by_index(database: Path) -> None:
    plan = ask(database, "EXPLAIN QUERY PLAN SELECT * FROM entity_mentions WHERE entity_id = 'x'")
    assert "USING INDEX entity_mentions_entity_id" in plan[0][3]


@pytest.mark.parametrize(
    ("words", "count"),
    [("back", 2), ('"will not go"', 2), ("tired", 1), ("speaker: union", 1), ("cue: vowed", 1), ("dock", 0)],
)
def test_claims_are_found_by_their_words(database: Path, words: str, count: int) -> None:
    query = "SELECT c.claim_id FROM claims_fts f JOIN claims c ON c.rowid = f.rowid WHERE claims_fts MATCH ?"
    assert len(ask(database, query, words)) == count


def test_the_same_package_gives_the_same_bytes(database: Path, tmp_path: Path) -> None:
    release = release_small(tmp_path)
    path = tmp_path / "again.db"
    path.write_bytes(b"SQLite format 3\0 of old")
    done = CliRunner().invoke(main, ["sqlite", str(database.parent / "package"), "--out", str(path)])
    assert done.exit_code == 0, done.output
    assert path.read_bytes() == database.read_bytes()
    done = CliRunner().invoke(main, ["sqlite", str(release), "--out", str(path)])
    assert done.exit_code == 0, done.output
    assert ask(path, "SELECT name, version FROM package") == [("harbour", "1.0.0")]


def test_a_broken_package_leaves_what_was_there(tmp_path: Path) -> None:
    rows = make_rows()
    rows["claim_entities"][0]["entity_id"] = "ent-0000000000000000"
    package = write_small(tmp_path / "package", rows)
    path = tmp_path / "a.db"
    before = b"SQLite format 3\0 of old"
    path.write_bytes(before)
    with pytest.raises(PackageError, match="claim_entities: a row refers to a row of entities"):
        write_database(package, path)
    assert path.read_bytes() == before
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["a.db", "package"]


def test_a_place_that_cannot_be_written_is_no_fault_of_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = write_small(tmp_path / "package")

    def refuse(path: Path) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(Path, "touch", refuse)
    with pytest.raises(PackageError, match=r"a\.db cannot be written: permission denied") as told:
        write_database(package, tmp_path / "a.db")
    assert "validate" not in str(told.value)


def test_a_file_that_is_no_database_is_not_written_over(tmp_path: Path) -> None:
    package = write_small(tmp_path / "package")
    path = tmp_path / "notes.txt"
    path.write_text("mine")
    with pytest.raises(PackageError, match="is no SQLite database"):
        write_database(package, path)
    assert path.read_text() == "mine"
    path.write_bytes(b"")
    assert write_database(package, path).bytes > 0


@pytest.mark.filterwarnings("default")
def test_datasette_shows_tables_links_and_search(database: Path) -> None:
    from datasette.app import Datasette

    async def visit() -> tuple[Any, Any, Any]:
        datasette = Datasette([], immutables=[str(database)])
        await datasette.invoke_startup()
        top = (await datasette.client.get("/harbour.json")).json()
        found = (await datasette.client.get("/harbour/claims.json?_search=tired&_shape=objects")).json()
        page = (await datasette.client.get("/harbour/claim_entities")).text
        return top, found, page

    top, found, page = asyncio.run(visit())
    tables = {table["name"]: table for table in top["tables"]}
    assert set(schema.TABLES) <= set(tables)
    assert tables["claims"]["fts_table"] == "claims_fts"
    assert tables["claims"]["count"] == 2
    assert [row["cue"] for row in found["rows"]] == ["told"]
    assert "/harbour/entities/" in page


@pytest.fixture(scope="module")
def disputed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The uncorrected package as a database with metadata for Datasette."""
    folder = tmp_path_factory.mktemp("datasette")
    done = CliRunner().invoke(
        main, ["sqlite", str(SHOWCASE), "--out", str(folder / "dam.db"), "--datasette", "--json"]
    )
    assert done.exit_code == 0, done.output
    assert json.loads(done.output)["metadata"] == str(folder / "dam.metadata.json")
    return folder


def test_the_query_of_disputes_gives_both_sides(disputed: Path) -> None:
    with closing(sqlite3.connect(disputed / "dam.db")) as opened:
        opened.row_factory = sqlite3.Row
        found = [dict(row) for row in opened.execute(DISPUTES)]
    tables = {name: pd.read_parquet(SHOWCASE / "datapackage" / f"{name}.parquet") for name in schema.TABLES}
    told = tables["claim_relations"].query("relation in ('conflict', 'revision', 'denial')")
    assert {(row["claim_id"], row["other_claim_id"]) for row in found} == set(
        zip(told.claim_id, told.other_claim_id, strict=True)
    )
    claims = tables["claims"].set_index("claim_id")
    outlets = tables["sources"].set_index("source_id").publisher
    for row in found:
        for side, words in ((row["claim_id"], "says"), (row["other_claim_id"], "against")):
            assert row[words] == claims.loc[side, "text"]
        assert row["outlet"] == outlets[claims.loc[row["claim_id"], "source_id"]]
        assert row["against_outlet"] == outlets[claims.loc[row["other_claim_id"], "source_id"]]
        assert row["basis"] and row["relation"] in ("conflict", "revision", "denial")
    assert {row["relation"] for row in found} >= {"conflict", "denial"}


def test_metadata_names_tables_and_columns_that_are_there(disputed: Path) -> None:
    told = json.loads((disputed / "dam.metadata.json").read_text(encoding="utf-8"))
    descriptor = json.loads((SHOWCASE / "datapackage.json").read_text(encoding="utf-8"))
    assert (told["title"], told["description"]) == (descriptor["title"], descriptor["description"])
    tables = told["databases"]["dam"]["tables"]
    assert list(tables) == list(schema.TABLES)
    referred = {key.table for table in schema.load().values() for key in table.foreign_keys}
    assert referred <= {name for name, table in tables.items() if "label_column" in table}
    for name, table in tables.items():
        columns = [row[1] for row in ask(disputed / "dam.db", f"PRAGMA table_info({name})")]
        assert list(table["columns"]) == columns
        used = {*table.get("facets", ()), table.get("label_column"), table.get("sort_desc")}
        assert used - {None} <= set(columns)


@pytest.mark.filterwarnings("default")
def test_datasette_takes_the_metadata(disputed: Path) -> None:
    from datasette.app import Datasette

    metadata = json.loads((disputed / "dam.metadata.json").read_text(encoding="utf-8"))

    async def visit() -> list[Any]:
        datasette = Datasette([], immutables=[str(disputed / "dam.db")], metadata=metadata)
        await datasette.invoke_startup()
        paths = (
            "/dam/disputes.json?_shape=objects",
            "/dam/events.json?_size=1",
            "/dam/claim_entities.json?_labels=on&_shape=objects",
            "/dam/claims",
            "/dam",
        )
        return [await datasette.client.get(path) for path in paths]

    query, events, linked, page, top = asyncio.run(visit())
    assert {answer.status_code for answer in (query, events, linked, page, top)} == {200}
    assert len(query.json()["rows"]) == len(ask(disputed / "dam.db", DISPUTES)) > 0
    assert set(events.json()["facet_results"]) == {"kind", "type", "status", "date_precision"}
    names = {row[0] for row in ask(disputed / "dam.db", "SELECT name FROM entities")}
    assert {row["entity_id"]["label"] for row in linked.json()["rows"]} <= names
    assert "What an article says is so" in page.text
    assert "What the articles dispute" in top.text


def test_metadata_replaces_metadata_and_nothing_else(tmp_path: Path) -> None:
    command = ["sqlite", str(SHOWCASE), "--out", str(tmp_path / "a.db"), "--datasette"]
    path = tmp_path / "a.metadata.json"
    path.write_text('{"databases": {}}', encoding="utf-8")
    assert CliRunner().invoke(main, command).exit_code == 0
    assert "What the articles dispute" in path.read_text(encoding="utf-8")
    path.write_text("[1]", encoding="utf-8")
    refused = CliRunner().invoke(main, command)
    assert refused.exit_code == 1 and "is no metadata of Datasette" in refused.output
    assert path.read_text(encoding="utf-8") == "[1]"

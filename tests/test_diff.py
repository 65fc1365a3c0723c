"""What changed between two packages, told by key; an oracle of plain Python says the same."""

import copy
import csv
import json
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from small_package import DATE, DOCKERS, LEDGER, RUIZ, SECOND, Row, Rows, ident, make_rows
from small_release import release_small, rewrite, write_small

from onrecord.cli import main
from onrecord.errors import PackageError
from onrecord.model import make_id
from onrecord.packaging import schema
from onrecord.releasing.archive import open_package
from onrecord.releasing.diff import Diff, TableDiff, compare, summarize
from onrecord.releasing.verify import CHECKSUMS, format_checksums, hash_bytes


def differences(tmp_path: Path, old: Rows, new: Rows, out: Path | None = None) -> dict[str, TableDiff]:
    found = compare(write_small(tmp_path / "old", old), write_small(tmp_path / "new", new), out)
    assert [table.table for table in found.tables] == list(schema.TABLES)
    for table in found.tables:
        assert table.before - table.removed - table.merged + table.added == table.after
    return {table.table: table for table in found.tables}


def same(table: TableDiff) -> bool:
    return not (table.added or table.removed or table.merged or table.changed)


def test_nothing_changed(tmp_path: Path) -> None:
    found = differences(tmp_path, make_rows(), make_rows())
    assert all(same(table) for table in found.values())
    package = write_small(tmp_path / "third")
    assert (
        summarize(compare(package, package))
        == "No row was added, removed or changed since the previous version.\n"
    )


def test_cells_that_changed_are_counted_by_column(tmp_path: Path) -> None:
    new = make_rows()
    new["entities"][0] |= {"name": "Ana Ruiz Vega", "wikidata": "Q1"}
    new["entities"][1]["mentions"] = 3
    found = differences(tmp_path, make_rows(), new, tmp_path / "out")
    assert (found["entities"].changed, found["entities"].added, found["entities"].removed) == (2, 0, 0)
    assert found["entities"].columns == {"name": 1, "wikidata": 1, "mentions": 1}
    assert all(same(table) for name, table in found.items() if name != "entities")
    cells = {
        (row["entity_id"], row["column"]): (row["before"], row["after"])
        for row in read(tmp_path / "out" / "entities.changed.csv")
    }
    assert cells == {
        (RUIZ, "name"): ("Ana Ruiz", "Ana Ruiz Vega"),
        (RUIZ, "wikidata"): ("", "Q1"),
        (LEDGER, "mentions"): ("2", "3"),
    }


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def without(rows: Rows, source_id: str) -> Rows:
    """What is left when an article is taken out, as far as these tests look."""
    kept = {
        name: [row for row in held if source_id not in (row.get("source_id"), row.get("other_source_id"))]
        for name, held in rows.items()
    }
    claims = {row["claim_id"] for row in kept["claims"]}
    for name in ("claim_entities", "claim_relations", "attributions", "claim_spans"):
        kept[name] = [
            row
            for row in kept[name]
            if row["claim_id"] in claims and row.get("other_claim_id", row["claim_id"]) in claims
        ]
    return kept


def test_an_article_that_is_gone_takes_its_rows_with_it(tmp_path: Path) -> None:
    found = differences(tmp_path, make_rows(), without(make_rows(), SECOND.source_id), tmp_path / "out")
    gone = {name: table.reasons for name, table in found.items() if table.removed}
    assert gone == {
        "sources": {"source_withdrawn": 1},
        "dates": {"source_withdrawn": 1},
        "entity_mentions": {"source_withdrawn": 3},
        "claims": {"source_withdrawn": 1},
        "claim_spans": {"source_withdrawn": 4},
        "attributions": {"source_withdrawn": 2},
        "claim_relations": {"source_withdrawn": 1},
        "event_mentions": {"source_withdrawn": 1},
        "source_relations": {"source_withdrawn": 1},
    }
    (row,) = read(tmp_path / "out" / "claims.removed.csv")
    assert (row["source_id"], row["reason"], row["into"]) == (SECOND.source_id, "source_withdrawn", "")
    told = {row["table"]: row for row in read(tmp_path / "out" / "summary.csv")}
    counts = {name: value for name, value in told["claim_spans"].items() if value != "0"}
    assert counts == {"table": "claim_spans", "before": "8", "after": "4", "removed": "4"}


def test_what_only_corrections_can_have_taken_out_says_so(tmp_path: Path) -> None:
    new = make_rows()
    gone = new["claim_relations"].pop()
    corrected = {**new["activities"][0], "activity_id": make_id("act", "fix"), "kind": "correction"}
    new["activities"].append(corrected)
    assert differences(tmp_path / "a", make_rows(), new)["claim_relations"].reasons == {"corrected": 1}
    new["activities"][0]["activity_id"] = make_id("act", "another build")
    assert differences(tmp_path / "b", make_rows(), new)["claim_relations"].reasons == {None: 1}
    assert gone not in new["claim_relations"]


def test_an_article_that_was_rejected_or_changed_is_told(tmp_path: Path) -> None:
    new = without(make_rows(), SECOND.source_id)
    new["rejects"].append({"name": "second.txt", "code": "empty", "message": "no text"})
    assert differences(tmp_path / "a", make_rows(), new)["claims"].reasons == {"source_rejected": 1}
    new = without(make_rows(), SECOND.source_id)
    new["sources"].append({**make_rows()["sources"][1], "source_id": "src-0000000000000000"})
    found = differences(tmp_path / "b", make_rows(), new, tmp_path / "out")
    assert found["claims"].reasons == {"source_changed": 1}
    (row,) = read(tmp_path / "out" / "sources.removed.csv")
    assert (row["reason"], row["into"]) == ("source_changed", "src-0000000000000000")


def test_a_merged_entity_points_at_what_it_went_into(tmp_path: Path) -> None:
    new = make_rows()
    new["entities"] = [row for row in new["entities"] if row["entity_id"] != DOCKERS]
    for table in ("entity_mentions", "event_participants"):
        for row in new[table]:
            if row["entity_id"] == DOCKERS:
                row["entity_id"] = RUIZ
    found = differences(tmp_path, make_rows(), new, tmp_path / "out")
    assert (found["entities"].merged, found["entities"].removed) == (1, 0)
    assert found["entity_mentions"].changed == 3
    (row,) = read(tmp_path / "out" / "entities.removed.csv")
    assert (row["entity_id"], row["reason"], row["into"]) == (DOCKERS, "merged", RUIZ)
    assert found["event_participants"].changed == 1
    assert "### Merged\n\n- entities: 1 row\n" in summarize(Diff("1.0.0", "1.1.0", tuple(found.values())))


def test_another_id_is_no_merger_and_two_are_a_split(tmp_path: Path) -> None:
    other, third = ident("ent", "other"), ident("ent", "third")
    new = make_rows()
    new["entities"][0]["entity_id"] = other
    for row in new["entity_mentions"]:
        row["entity_id"] = other if row["entity_id"] == RUIZ else row["entity_id"]
    found = differences(tmp_path / "a", make_rows(), new)
    assert (found["entities"].reasons, found["entities"].added) == ({"renumbered": 1}, 1)
    new["entities"].append({**new["entities"][0], "entity_id": third})
    next(row for row in new["entity_mentions"] if row["entity_id"] == other)["entity_id"] = third
    found = differences(tmp_path / "b", make_rows(), new)
    assert (found["entities"].reasons, found["entities"].added) == ({"split": 1}, 2)


def test_what_is_not_known_is_not_guessed(tmp_path: Path) -> None:
    new = make_rows()
    new["dates"] = [row for row in new["dates"] if row["date_id"] != DATE]
    found = differences(tmp_path, make_rows(), new)
    assert found["dates"].reasons == {None: 1}
    assert "- dates: 1 row (reason not known 1)" in summarize(Diff(None, None, tuple(found.values())))


def oracle(old: list[Row], new: list[Row], key: tuple[str, ...]) -> tuple[int, int, int]:
    """Rows added, gone and changed, by dictionaries."""
    before, after = ({tuple(row[name] for name in key): row for row in rows} for rows in (old, new))
    return (
        len(after.keys() - before.keys()),
        len(before.keys() - after.keys()),
        sum(before[name] != after[name] for name in before.keys() & after.keys()),
    )


def example_of(field: schema.Field) -> Any:
    """A field's example as tables hold it."""
    return date.fromisoformat(str(field.example)) if field.type == "date" else field.example


def shuffled(rows: Rows, chance: random.Random) -> Iterator[tuple[str, list[Row]]]:
    """Rows dropped, doubled under another key, and changed, at random; keys stay unique."""
    for name, held in rows.items():
        table = schema.load()[name]
        kept: list[Row] = [dict(row) for row in held if chance.random() < 0.7]
        for row in kept:
            field = chance.choice(table.fields)
            if field.name not in table.primary_key and chance.random() < 0.5:
                row[field.name] = example_of(field)
        extra: dict[str, Any] = {field.name: example_of(field) for field in table.fields}
        taken = {tuple(row[name] for name in table.primary_key) for row in kept}
        if chance.random() < 0.5 and tuple(extra[name] for name in table.primary_key) not in taken:
            kept.append(extra)
        yield name, kept


@pytest.mark.parametrize("seed", range(4))
def test_an_oracle_counts_the_same(tmp_path: Path, seed: int) -> None:
    old = make_rows()
    new = dict(shuffled(copy.deepcopy(old), random.Random(seed)))
    found = differences(tmp_path, old, new)
    for name, table in found.items():
        gone = table.removed + table.merged
        assert (table.added, gone, table.changed) == oracle(
            old[name], new[name], schema.load()[name].primary_key
        )


def test_a_table_and_a_column_that_one_package_lacks_are_told(tmp_path: Path) -> None:
    old, new = write_small(tmp_path / "old"), write_small(tmp_path / "new")
    old = replace(old, parquet={name: file for name, file in old.parquet.items() if name != "rejects"})
    new = replace(new, parquet={name: file for name, file in new.parquet.items() if name != "dates"})
    found = {table.table: table for table in compare(old, new).tables}
    assert (found["rejects"].added, found["rejects"].before) == (1, 0)
    assert (found["dates"].removed, found["dates"].after) == (2, 0)


def test_keys_that_are_not_unique_are_refused(tmp_path: Path) -> None:
    new = make_rows()
    new["entities"].append(dict(new["entities"][0]))
    with pytest.raises(PackageError, match="two rows have the same entity_id"):
        differences(tmp_path, make_rows(), new)


def test_a_folder_in_use_is_left_alone(tmp_path: Path) -> None:
    package = write_small(tmp_path / "package")
    with pytest.raises(PackageError, match="is not empty"):
        compare(package, package, tmp_path)


def test_a_name_in_a_release_is_never_a_path(tmp_path: Path) -> None:
    def escape(members: dict[str, bytes]) -> None:
        members["datapackage.json"] = members["datapackage.json"].replace(
            b'"name": "claims', b'"name": "../ESCAPED'
        )
        hashes = {name: hash_bytes(data) for name, data in members.items() if name != CHECKSUMS}
        members[CHECKSUMS] = format_checksums(hashes)

    old = release_small(tmp_path)
    evil = rewrite(old, tmp_path / "evil.zip", escape)
    done = CliRunner().invoke(main, ["diff", str(old), str(evil), "--out", str(tmp_path / "in" / "d")])
    assert done.exit_code == 1
    assert "'../ESCAPED'" in done.stderr
    assert not [path for path in tmp_path.rglob("*") if "ESCAPED" in path.name]


def test_a_table_that_stands_twice_in_a_descriptor_is_refused(tmp_path: Path) -> None:
    package = write_small(tmp_path / "package")
    descriptor = json.loads((package.folder / "datapackage.json").read_bytes())
    descriptor["resources"].append(descriptor["resources"][0])
    (package.folder / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
    with pytest.raises(PackageError, match="entities is there twice"), open_package(package.folder):
        pass


def test_releases_are_compared_from_the_command_line(tmp_path: Path) -> None:
    release = release_small(tmp_path)
    new = make_rows()
    new["entities"][0]["name"] = "Ana Ruiz Vega"
    write_small(tmp_path / "new", new)
    done = CliRunner().invoke(
        main, ["diff", str(release), str(tmp_path / "new"), "--out", str(tmp_path / "out")]
    )
    assert done.exit_code == 0, done.output
    assert "Rows since version 1.0.0: 0 added, 0 removed, 0 merged, 1 changed; 41 in all." in done.stdout
    assert (tmp_path / "out" / "entities.changed.csv").is_file()
    told = CliRunner().invoke(main, ["diff", str(release), str(tmp_path / "new"), "--json"])
    assert json.loads(told.stdout)["tables"][0]["columns"] == {"name": 1}
    assert CliRunner().invoke(main, ["diff", str(release), str(tmp_path / "none")]).exit_code == 2
    with open_package(release) as package:
        assert compare(package, package).total("after") == 41

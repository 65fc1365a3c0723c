import json
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from frictionless import Package as FrictionlessPackage
from hypothesis import given, settings
from hypothesis import strategies as st
from pandera.errors import SchemaErrors
from small_package import (
    ARTICLES,
    DATE,
    EVENT,
    FIRST,
    SECOND,
    Row,
    Rows,
    ident,
    make_article,
    make_rows,
    seal,
    write_csv,
    write_rows,
)

from onrecord.checking import columns
from onrecord.checking.check import validate
from onrecord.checking.keys import to_numbers
from onrecord.checking.report import CODES, SHOWN
from onrecord.errors import PackageError
from onrecord.packaging import package, schema


def test_a_sound_package_has_no_problems(tmp_path: Path) -> None:
    report = validate(write_rows(tmp_path, make_rows()), ARTICLES)
    assert report.flatten() == []
    assert report.valid
    assert report.spans == 24
    assert report.tables["claim_spans"] == 8
    assert list(report.tables) == list(schema.TABLES)


def test_the_descriptor_can_be_given_and_articles_left_out(tmp_path: Path) -> None:
    report = validate(str(write_rows(tmp_path, make_rows()) / "datapackage.json"))
    assert report.valid
    assert report.spans is None


def test_frictionless_agrees_that_the_package_is_sound(tmp_path: Path) -> None:
    report = FrictionlessPackage(str(write_rows(tmp_path, make_rows()) / "datapackage.json")).validate()
    assert report.valid
    assert len(report.tasks) == 2 * len(schema.TABLES)


def test_what_is_published_is_sound(tmp_path: Path) -> None:
    schemas = schema.load()
    rows = {name: [pa.Table.from_pylist(held, schemas[name].arrow)] for name, held in make_rows().items()}
    package.write_package(tmp_path, rows, schemas, package.Metadata("small", "Small", "Two articles."))
    report = validate(tmp_path, ARTICLES)
    assert report.flatten() == []
    assert report.spans == 24


def test_an_empty_package_is_sound(tmp_path: Path) -> None:
    report = validate(write_rows(tmp_path, {name: [] for name in schema.TABLES}), ())
    assert report.valid
    assert set(report.tables.values()) == {0}


def test_nothing_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(PackageError, match=r"does not exist.*datapackage\.json"):
        validate(tmp_path / "nowhere")


def test_a_folder_without_a_descriptor_is_a_problem(tmp_path: Path) -> None:
    assert validate(tmp_path).flatten() == [("descriptor", None, None, None)]


def change(table: str, row: int, **cells: object) -> Callable[[Rows], None]:
    def apply(rows: Rows) -> None:
        rows[table][row].update(cells)

    return apply


def again(table: str) -> Callable[[Rows], None]:
    def apply(rows: Rows) -> None:
        rows[table].append(dict(rows[table][0]))

    return apply


def swap(table: str, one: str, other: str) -> Callable[[Rows], None]:
    def apply(rows: Rows) -> None:
        row = rows[table][0]
        row[one], row[other] = row[other], row[one]

    return apply


def drop(table: str, row: int) -> Callable[[Rows], None]:
    def apply(rows: Rows) -> None:
        del rows[table][row]

    return apply


ROW_FAULTS = [
    ("required", "entity_mentions", 2, "method", change("entity_mentions", 1, method=None)),
    ("enum", "claims", 1, "certainty", change("claims", 0, certainty="sure")),
    ("pattern", "dates", 2, "value", change("dates", 1, value="next April")),
    ("pattern", "dates", 1, "value", change("dates", 0, value="2025-03-03\n")),
    ("pattern", "activities", 1, "activity_id", change("activities", 0, activity_id="act-1")),
    ("range", "claims", 2, "confidence", change("claims", 1, confidence=1.5)),
    ("range", "sources", 1, "words", change("sources", 0, words=-1)),
    ("primary-key", "rejects", 2, "name", again("rejects")),
    (
        "foreign-key",
        "claim_entities",
        1,
        "entity_id",
        change("claim_entities", 0, entity_id=ident("ent", "x")),
    ),
    ("foreign-key", "sources", 2, "origin", change("sources", 1, origin=ident("org", "x"))),
    ("span", "entity_mentions", 1, "text", change("entity_mentions", 0, text="Ana Ruiz,")),
    ("source", "event_mentions", 2, "date_id", change("event_mentions", 1, date_id=DATE)),
    ("claim-cover", "claim_spans", 5, "text", change("claims", 1, text="“we will not go home”")),
    ("order", "attributions", 2, "hop", change("attributions", 1, hop=3)),
    ("order", "claim_spans", 3, "seq", change("claim_spans", 2, seq=2)),
    ("speaker", "claims", 1, "speaker", change("claims", 0, speaker=None)),
    ("speaker", "claims", 2, "cue", change("claims", 1, cue="vowed")),
    ("speaker", "claims", 2, "speaker", drop("claim_spans", 5)),
    ("pair", "sources", 2, "published_from", change("sources", 1, published_from="text")),
    ("pair", "events", 1, "date_precision", change("events", 0, date_precision=None)),
    ("relation", "claim_relations", 1, "claim_id", swap("claim_relations", "claim_id", "other_claim_id")),
    (
        "relation",
        "source_relations",
        1,
        "source_id",
        swap("source_relations", "source_id", "other_source_id"),
    ),
    ("count", "entities", 1, "mentions", change("entities", 0, mentions=3)),
    ("count", "events", 1, "origins", change("events", 0, origins=1)),
    ("count", "claim_groups", 1, "outlets", change("claim_groups", 0, outlets=2)),
    ("count", "claim_groups", 1, "unknown_origins", change("claim_groups", 0, unknown_origins=3)),
    ("count", "claim_groups", 1, "in_conflict", change("claim_groups", 0, in_conflict=True)),
    ("count", "claim_groups", 1, "first_published", change("claim_groups", 0, first_published="2025")),
    ("count", "claim_groups", 1, "first_published", change("claim_groups", 0, first_published=None)),
    ("merged", "merged_ids", 1, "present_id", change("merged_ids", 0, present_id=ident("evt", "x"))),
    ("merged", "merged_ids", 1, "former_id", change("merged_ids", 0, former_id=EVENT)),
    ("count", "event_participants", 1, "mentions", change("event_participants", 0, mentions=3)),
    ("source-id", "sources", 1, "source_id", change("sources", 0, publisher="Someone Else")),
]


IDS = ["ent-00000000000000ff", "evt-00000000000000ff", "ent-00000000000000FF", "ent-0000000000000100"]


@pytest.mark.parametrize(("code", "table", "row", "field", "apply"), ROW_FAULTS)
def test_a_fault_in_a_row_is_found_and_nothing_else(
    code: str, table: str, row: int, field: str, apply: Callable[[Rows], None], tmp_path: Path
) -> None:
    rows = make_rows()
    apply(rows)
    report = validate(write_rows(tmp_path, rows))
    assert report.flatten() == [(code, table, row, field)]
    assert report.problems[0].message
    assert not report.valid


@pytest.mark.parametrize("fault", [row[4] for row in ROW_FAULTS])
def test_a_fault_is_found_however_few_rows_are_looked_at_together(
    fault: Callable[[Rows], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = make_rows()
    for name, table in schema.load().items():
        rows[name].sort(key=lambda row: tuple(row[column] for column in table.primary_key))
    fault(rows)
    report = validate(write_rows(tmp_path, rows), ARTICLES)
    assert report.problems
    for size in (1, 3):
        monkeypatch.setattr(columns, "BATCH", size)
        again = validate(tmp_path, ARTICLES)
        assert sorted(map(repr, again.problems)) == sorted(map(repr, report.problems))
        assert again.spans == report.spans


def test_rows_of_a_key_come_together_from_sorted_tables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(columns, "BATCH", 2)
    keys = {"claims": "abcdefg", "claim_spans": "aaaaabccg", "attributions": "ccd"}
    for name, held in keys.items():
        pq.write_table(pa.table({"claim_id": list(held)}), tmp_path / name)
    tables = columns.Tables({name: tmp_path / name for name in keys})
    monkeypatch.setattr(tables, "is_sorted", lambda table: True)
    seen: list[str] = []
    rows = dict.fromkeys(keys, 0)
    for parts in tables.together(dict.fromkeys(keys, ("claim_id",))):
        here = {key for part in parts.values() for key in part.rows["claim_id"].to_pylist()}
        assert here.isdisjoint(seen)
        seen += here
        for name, part in parts.items():
            assert part.before == rows[name]
            rows[name] += part.rows.num_rows
    assert rows == {name: len(held) for name, held in keys.items()}


def test_a_table_that_is_not_sorted_is_told_from_one_that_is(tmp_path: Path) -> None:
    rows = make_rows()
    rows["entities"].sort(key=lambda row: str(row["entity_id"]), reverse=True)
    rows["claims"].sort(key=lambda row: str(row["claim_id"]))
    write_rows(tmp_path, rows)
    files = {name: tmp_path / "datapackage" / f"{name}.parquet" for name in ("entities", "claims")}
    tables = columns.Tables(files)
    assert (tables.is_sorted("entities"), tables.is_sorted("claims")) == (False, True)


@given(st.lists(st.none() | st.sampled_from(IDS) | st.text(max_size=22)), st.integers(0, 3))
def test_texts_share_a_number_when_they_are_the_same(texts: list[str | None], start: int) -> None:
    numbers = to_numbers(pa.array(texts, pa.string()).slice(start)).tolist()
    named = dict(zip(numbers, texts[start:], strict=True))
    assert [named[found] for found in numbers] == texts[start:]
    assert len(set(numbers)) == len(set(texts[start:]))
    assert all((found == 0) == (text is None) for found, text in zip(numbers, texts[start:], strict=True))


@pytest.mark.parametrize("number", [0, 1, 2, 5, 7])
def test_pandera_agrees(number: int) -> None:
    _, table, row, _, apply = ROW_FAULTS[number]
    rows = make_rows()
    schemas = schema.load()
    frame = read_as_frame(rows[table], schemas[table])
    schemas[table].pandera.validate(frame)
    apply(rows)
    with pytest.raises(SchemaErrors) as raised:
        schemas[table].pandera.validate(read_as_frame(rows[table], schemas[table]), lazy=True)
    assert row - 1 in set(raised.value.failure_cases["index"])


def read_as_frame(rows: list[Row], table: schema.TableSchema) -> Any:
    return pd.DataFrame({name: [row[name] for row in rows] for name in table.names}).astype(
        table.pandas_dtypes
    )


def test_offsets_beyond_the_source_are_found(tmp_path: Path) -> None:
    rows = make_rows()
    rows["entity_mentions"][0].update(start=5_000, end=5_008)
    rows["entity_mentions"][1].update(start=9, end=9)
    assert set(validate(write_rows(tmp_path, rows)).flatten()) == {
        ("span", "entity_mentions", 1, "end"),
        ("span", "entity_mentions", 2, "end"),
    }


def test_an_empty_text_is_found(tmp_path: Path) -> None:
    rows = make_rows()
    rows["sources"][0]["author"] = ""
    found = validate(write_rows(tmp_path, rows)).flatten()
    assert ("empty", "sources", 1, "author") in found


def test_a_claim_without_content_is_found(tmp_path: Path) -> None:
    rows = make_rows()
    rows["claim_spans"] = [row for row in rows["claim_spans"] if row["role"] != "content"]
    assert ("claim-cover", "claims", 1, "start") in validate(write_rows(tmp_path, rows)).flatten()


def test_only_so_many_rows_of_a_kind_are_told(tmp_path: Path) -> None:
    rows = make_rows()
    rows["rejects"] = [{"name": f"{n}.txt", "code": "Not A Code", "message": "m"} for n in range(SHOWN + 7)]
    report = validate(write_rows(tmp_path, rows))
    assert len(report.problems) == SHOWN + 1
    assert report.problems[-1].row is None
    assert "and 7 more" in report.problems[-1].message


def rewrite_csv(folder: Path, table: str, edit: Callable[[str], str]) -> None:
    path = folder / "datapackage" / f"{table}.csv"
    before = path.read_text(encoding="utf-8")
    after = edit(before)
    assert after != before
    path.write_text(after, encoding="utf-8", newline="")
    seal(folder)


def test_a_csv_cell_of_another_type_is_found(tmp_path: Path) -> None:
    rows = make_rows()
    folder = write_rows(tmp_path, rows)
    rows["events"][0].update(mentions="two", confidence="high")
    write_csv(folder / "datapackage" / "events.csv", rows["events"], schema.load()["events"].names)
    rows["claim_groups"][0].update(in_conflict="no")
    write_csv(
        folder / "datapackage" / "claim_groups.csv", rows["claim_groups"], list(rows["claim_groups"][0])
    )
    seal(folder)
    assert set(validate(folder).flatten()) == {
        ("type", "claim_groups", 1, "in_conflict"),
        ("type", "events", 1, "mentions"),
        ("type", "events", 1, "confidence"),
    }


def test_a_cell_that_differs_from_parquet_is_found(tmp_path: Path) -> None:
    folder = write_rows(tmp_path, make_rows())
    rewrite_csv(folder, "entities", lambda text: text.replace("Ana Ruiz", "Ana Diaz"))
    assert validate(folder).flatten() == [("csv-differs", "entities", 1, "name")]


def test_a_row_that_is_missing_from_csv_is_found(tmp_path: Path) -> None:
    folder = write_rows(tmp_path, make_rows())
    rewrite_csv(folder, "attributions", lambda text: "\n".join(text.split("\n")[:-2]) + "\n")
    assert validate(folder).flatten() == [("csv-differs", "attributions", 4, None)]


def test_a_row_of_another_length_is_found(tmp_path: Path) -> None:
    folder = write_rows(tmp_path, make_rows())
    rewrite_csv(folder, "rejects", lambda text: text + "one,two\n")
    assert ("unreadable", "rejects", None, None) in validate(folder).flatten()


def test_columns_missing_unknown_and_misplaced_are_found(tmp_path: Path) -> None:
    rows, schemas = make_rows(), schema.load()
    folder = write_rows(tmp_path, rows)
    tables = folder / "datapackage"
    names = schemas["origins"].names
    write_csv(tables / "origins.csv", rows["origins"], names[:-1])
    write_csv(tables / "rejects.csv", rows["rejects"], ["code", "name", "message"])
    pq.write_table(
        pq.read_table(tables / "dates.parquet").rename_columns(
            ["when" if name == "rule" else name for name in schemas["dates"].names]
        ),
        tables / "dates.parquet",
    )
    seal(folder)
    assert validate(folder).flatten() == [
        ("column", "origins", None, "kind"),
        ("column", "dates", None, "rule"),
        ("column", "dates", None, "when"),
        ("column", "rejects", None, None),
    ]


def test_a_parquet_column_of_another_type_is_found(tmp_path: Path) -> None:
    folder = write_rows(tmp_path, make_rows())
    path = folder / "datapackage" / "events.parquet"
    table = pq.read_table(path)
    place = table.schema.get_field_index("mentions")
    pq.write_table(table.set_column(place, "mentions", table["mentions"].cast("float64")), path)
    seal(folder)
    assert validate(folder).flatten() == [("type", "events", None, "mentions")]


def first(code: str, name: str, **cells: object) -> tuple[str, Callable[[dict[str, Any]], object]]:
    def apply(descriptor: dict[str, Any]) -> None:
        next(found for found in descriptor["resources"] if found["name"] == name).update(cells)

    return code, apply


DESCRIPTOR_FAULTS = [
    first("bytes", "claims", bytes=1),
    first("hash", "claims-parquet", hash="sha256:" + "0" * 64),
    first("hash", "claims", hash="md5:" + "0" * 32),
    first("path", "claims", path="../claims.csv"),
    first("path", "claims", path="/etc/hostname"),
    first("path", "claims", path=["datapackage/claims.csv"]),
    first("file-missing", "claims", path="datapackage/nothing.csv"),
    first("resource", "claims", type="file"),
    first("schema", "claims", schema={"fields": []}),
    first("schema", "claims", schema="claims.json"),
    first("schema", "claims", schema={**schema.load()["claims"].descriptor(), "primaryKey": ["text"]}),
    first("schema", "claims", schema={**schema.load()["claims"].descriptor(), "fields": [None]}),
    ("resource", lambda descriptor: descriptor["resources"].pop()),
    ("resource", lambda descriptor: descriptor["resources"].append(descriptor["resources"][0])),
    ("resource", lambda descriptor: descriptor["resources"].append({"name": "notes"})),
    ("resource", lambda descriptor: descriptor["resources"].append(None)),
    ("descriptor", lambda descriptor: descriptor.update(resources="all")),
]


@pytest.mark.parametrize(("code", "apply"), DESCRIPTOR_FAULTS)
def test_a_fault_in_the_descriptor_is_found(
    code: str, apply: Callable[[dict[str, Any]], object], tmp_path: Path
) -> None:
    folder = write_rows(tmp_path, make_rows())
    seal(folder, apply)
    assert [problem.code for problem in validate(folder).problems] == [code]


def test_a_schema_that_explains_otherwise_is_no_fault(tmp_path: Path) -> None:
    folder = write_rows(tmp_path, make_rows())
    _, apply = first("", "claims", schema={**schema.load()["claims"].descriptor(), "description": "Claims."})
    seal(folder, apply)
    assert validate(folder).valid


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b"null"])
def test_a_descriptor_that_is_none_is_found(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "datapackage.json").write_bytes(content)
    assert [problem.code for problem in validate(tmp_path).problems] == ["descriptor"]


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("claims.csv", b"\xff\xfe\x00"),
        ("claims.csv", b""),
        ("claims.parquet", b"PAR1 and nothing else"),
        ("claims.parquet", b""),
    ],
)
def test_a_file_that_cannot_be_read_is_found(file: str, content: bytes, tmp_path: Path) -> None:
    folder = write_rows(tmp_path, make_rows())
    (folder / "datapackage" / file).write_bytes(content)
    seal(folder)
    report = validate(folder, ARTICLES)
    assert {problem.code for problem in report.problems} <= {"unreadable", "column"}
    assert not report.valid


def test_a_link_that_leaves_the_package_is_not_followed(tmp_path: Path) -> None:
    folder = write_rows(tmp_path / "package", make_rows())
    path = folder / "datapackage" / "claims.csv"
    path.rename(tmp_path / "claims.csv")
    path.symlink_to(tmp_path / "claims.csv")
    assert validate(folder).flatten() == [("path", "claims", None, None)]


def test_a_text_that_is_not_in_the_article_is_found(tmp_path: Path) -> None:
    rows = make_rows()
    mention = rows["entity_mentions"][2]
    mention.update(start=mention["start"] + 1, end=mention["end"] + 1)
    folder = write_rows(tmp_path, rows)
    assert validate(folder).valid
    assert validate(folder, ARTICLES).flatten() == [("ungrounded", "entity_mentions", 3, "text")]


def test_an_article_that_was_changed_or_left_out_is_found(tmp_path: Path) -> None:
    folder = write_rows(tmp_path, make_rows())
    changed = make_article("first.txt", FIRST.text + "!", FIRST.publisher)
    other = make_article("other.txt", "Rain is expected.")
    assert validate(folder, [changed, other]).flatten() == [
        ("article-changed", "sources", 1, "sha256"),
        ("article-missing", "sources", 2, "name"),
    ]


def test_a_text_that_belies_its_hash_is_found(tmp_path: Path) -> None:
    folder = write_rows(tmp_path, make_rows())
    forged = replace(SECOND, text=SECOND.text.replace("may", "can"))
    assert validate(folder, [FIRST, forged]).flatten() == [("article-changed", "sources", 2, "sha256")]


@given(
    text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff"), min_size=1),
    data=st.data(),
)
@settings(max_examples=20, deadline=None)
def test_any_span_of_any_text_is_grounded(
    text: str, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    article = make_article("any.txt", text)
    rows: Rows = {name: [] for name in schema.TABLES}
    template = make_rows()
    rows["sources"] = [
        {
            **template["sources"][1],
            "name": "any.txt",
            "source_id": article.source_id,
            "sha256": article.sha256,
            "characters": len(text),
            "origin": None,
        }
    ]
    where = {"source_id": article.source_id, "start": start, "end": end, "text": text[start:end]}
    rows["dates"] = [{**template["dates"][1], **where}]
    report = validate(write_rows(tmp_path_factory.mktemp("any"), rows), [article])
    assert report.flatten() == []
    assert report.spans == 1


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_rows(tmp_path_factory.mktemp("sound"), make_rows())


@given(data=st.data())
@settings(max_examples=20, deadline=None)
def test_a_changed_byte_is_found_and_never_raises(
    sound: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    files = sorted((sound / "datapackage").iterdir())
    path = data.draw(st.sampled_from(files))
    whole, descriptor = path.read_bytes(), (sound / "datapackage.json").read_bytes()
    place = data.draw(st.integers(0, len(whole) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda byte: byte != whole[place]))
    try:
        path.write_bytes(whole[:place] + bytes([byte]) + whole[place + 1 :])
        assert "hash" in {problem.code for problem in validate(sound, ARTICLES).problems}
        seal(sound)
        validate(sound, ARTICLES)
    finally:
        path.write_bytes(whole)
        (sound / "datapackage.json").write_bytes(descriptor)


def test_every_code_is_explained_and_tested() -> None:
    source = Path(__file__).read_text(encoding="utf-8")
    assert [code for code in CODES if f'"{code}"' not in source] == []


def test_problems_are_json(tmp_path: Path) -> None:
    rows = make_rows()
    rows["claims"][0]["polarity"] = "no"
    problems = validate(write_rows(tmp_path, rows)).problems
    assert json.loads(json.dumps([asdict(problem) for problem in problems]))[0]["code"] == "enum"


def test_every_span_of_many_sources_is_compared(tmp_path: Path) -> None:
    articles = [make_article(f"{n}.txt", f"Report {n}: nothing new.") for n in range(3_000)]
    template = make_rows()
    rows: Rows = {name: [] for name in schema.TABLES}
    for article in articles:
        known = {"source_id": article.source_id, "name": article.name, "sha256": article.sha256}
        rows["sources"].append(
            {**template["sources"][1], **known, "characters": len(article.text), "origin": None}
        )
        where = {"source_id": article.source_id, "start": 7, "end": 11, "text": article.text[7:11]}
        rows["dates"].append({**template["dates"][1], **where, "date_id": ident("dat", article.name)})
    folder = write_rows(tmp_path, rows)
    assert validate(folder, articles).flatten() == []
    rows["dates"][2_500]["text"] = "2500"
    assert validate(write_rows(tmp_path, rows), articles).spans == 3_000
    rows["dates"][2_500]["text"] = "2501"
    report = validate(write_rows(tmp_path, rows), articles)
    assert report.flatten() == [("ungrounded", "dates", 2_501, "text")]

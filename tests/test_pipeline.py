"""The whole path through the public surface: what goes in ends in a table or among the rejects."""

import io
import json
import os
import random
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import onrecord
from onrecord import intake, spool, tables
from onrecord.annotate import assemble, find_document
from onrecord.engines import start_engine
from onrecord.errors import GroundingError, InputError, LockedError
from onrecord.model import (
    Article,
    ListedClaim,
    ListedEntity,
    ListedEvent,
    ListedParticipant,
    Name,
    Reading,
    Span,
)
from onrecord.packaging.publish import stage
from onrecord.resolving import claim_pairs, event_pairs
from onrecord.workplace import work_on

SEEDS = Path(__file__).parent.parent / "seeds"
SPANS = ("entity_mentions", "claims", "claim_spans", "attributions", "event_mentions", "dates")

STORIES = {
    "harbour": (
        "The port of Lindholm will close for repairs in March, Harbour Master Ada Nyberg said on Monday.\n"
        "\n"
        "“We cannot wait for another storm,” Nyberg told the Lindholm Courier. She said the works would cost "
        "40 million euros.\n"
        "\n"
        "According to two officials, the ministry rejected an earlier plan. Dockers marched on Friday.\n"
    ),
    "bridge": (
        "Engineers inspected the Ostrava bridge after a lorry hit it. Mayor Petr Dvorak said: “Nobody was "
        "hurt.”\n\nThe bridge was opened in 1998. It could reopen next week, according to the city.\n"
    ),
    "school": (
        "Teachers at Hillside School ended a strike on 3 May 2024 after the council agreed to raise pay. "
        "The council’s spokeswoman, Ruth Adeyemi, denied that jobs would be lost.\n"
    ),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three small articles in a folder."""
    folder = tmp_path / "articles"
    folder.mkdir()
    for name, text in STORIES.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return folder


def contents(package: Path) -> dict[str, bytes]:
    """The bytes of all files of a package."""
    files = [package / "datapackage.json", *(package / "datapackage").iterdir()]
    return {path.name: path.read_bytes() for path in files}


def record(name: str, text: str, **more: str) -> str:
    return json.dumps({"id": name, "text": text, **more}) + "\n"


def test_every_span_of_a_build_is_what_the_article_holds(folder: Path, tmp_path: Path) -> None:
    onrecord.build([folder], tmp_path / "out")
    tables = onrecord.load(tmp_path / "out")
    names = dict(zip(tables["sources"].source_id, tables["sources"].name, strict=True))
    assert set(names.values()) == {f"{name}.txt" for name in STORIES}
    for table in SPANS:
        rows = tables[table]
        assert len(rows), table
        for row in rows.itertuples():
            text = (folder / names[row.source_id]).read_text(encoding="utf-8")
            assert text[row.start : row.end] == row.text, table


def test_a_build_is_valid_with_its_articles_at_hand(folder: Path, tmp_path: Path) -> None:
    onrecord.build([folder], tmp_path / "out")
    report = onrecord.validate(tmp_path / "out", articles=onrecord.load_articles([folder]))
    assert report.problems == ()
    assert report.valid


def test_a_speaker_is_found_with_cue_and_content(folder: Path, tmp_path: Path) -> None:
    onrecord.build([folder], tmp_path / "out")
    tables = onrecord.load(tmp_path / "out")
    claims = tables["claims"]
    row = claims[claims.text.str.contains("another storm")].iloc[0]
    assert (row.speaker, row.cue, row.quote_type) == ("Nyberg", "told", "direct")
    entities = tables["entities"].set_index("entity_id")
    assert entities.loc[row.speaker_entity_id, "name"].endswith("Ada Nyberg")


def test_one_and_two_workers_in_any_order_give_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    lines = [
        record(f"{name}-{number}", f"{text}\nPart {number}.")
        for name, text in STORIES.items()
        for number in range(9)
    ]
    one, two = tmp_path / "one.jsonl", tmp_path / "two.jsonl"
    one.write_text("".join(lines), encoding="utf-8")
    random.Random(7).shuffle(lines)
    two.write_text("".join(lines), encoding="utf-8")
    onrecord.build([one], tmp_path / "a", workers=1)
    onrecord.build([two], tmp_path / "b", workers=2)
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


def test_what_is_put_by_on_disk_and_when_changes_nothing(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copies = [
        record(f"{name}-{number}", f"{text}\nPart {number}.", published=f"2024-05-0{number + 1}")
        for name, text in STORIES.items()
        for number in range(5)
    ]
    lines = tmp_path / "lines.jsonl"
    lines.write_text("".join(copies), encoding="utf-8")
    onrecord.build([folder, lines], tmp_path / "a")
    for bound, value in (
        (f"{spool.__name__}.HELD", 50),
        (f"{claim_pairs.__name__}.HELD", 40),
        (f"{event_pairs.__name__}.OPEN", 2),
        (f"{tables.__name__}.BLOCK", 16),
        (f"{tables.__name__}.PIECE", 4),
        (f"{spool.__name__}.BUFFER", 100),
    ):
        monkeypatch.setattr(bound, value)
    onrecord.build([folder, lines], tmp_path / "b")
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


def test_seed_zone_and_locale_do_not_matter(tmp_path: Path) -> None:
    found = []
    for number, settings in enumerate(
        (
            {"PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati", "LC_ALL": "C"},
            {"PYTHONHASHSEED": "2", "TZ": "America/Noronha", "LC_ALL": "tr_TR.UTF-8"},
        )
    ):
        out = tmp_path / str(number)
        command = [sys.executable, "-m", "onrecord", "build", str(SEEDS), "--out", str(out), "--json"]
        subprocess.run(command, check=True, env={**os.environ, **settings}, capture_output=True)
        found.append(contents(out))
    assert found[0] == found[1]


def never(items: object, made_by: str) -> list[bytes]:
    """Work that is not to be done."""
    raise AssertionError(items)


def test_a_second_build_takes_what_did_not_change_from_the_first(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONRECORD_CACHE", str(tmp_path / "cache"))
    onrecord.build([folder], tmp_path / "out")
    monkeypatch.setattr(intake, "annotate_batch", never)
    monkeypatch.setattr(intake, "parse_batch", never)
    onrecord.build([folder], tmp_path / "out")


def test_a_build_clears_away_what_a_killed_one_left(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONRECORD_CACHE", str(tmp_path / "cache"))
    with work_on(tmp_path / "out") as (kept, _):
        left = kept / "work-killed"
        left.mkdir()
        (left / "claims.arrow").write_bytes(b"half")
    onrecord.build([folder], tmp_path / "out")
    assert not left.exists()


def test_an_interrupt_ends_a_worker_without_a_traceback() -> None:
    with start_engine(2, None) as engine:
        assert engine
        assert engine.submit(signal.getsignal, signal.SIGINT).result() == signal.SIG_DFL


def test_bad_inputs_become_rejects_and_the_build_goes_on(folder: Path, tmp_path: Path) -> None:
    (folder / "empty.txt").write_bytes(b"")
    (folder / "binary.txt").write_bytes(bytes(range(256)) * 8)
    (folder / "french.txt").write_text(
        "Le maire a déclaré que le pont serait fermé pendant deux mois." * 5, encoding="utf-8"
    )
    (folder / "latin.txt").write_bytes("The café’s owner said nothing.".encode("cp1252"))
    (folder / "lines.jsonl").write_text('{"id": "a"\n{"id": "b", "title": "No text"}\n', encoding="utf-8")
    shutil.copy(folder / "bridge.txt", folder / "copy-of-bridge.txt")
    result = onrecord.build([folder], tmp_path / "out")
    assert result.articles == 3
    assert {(reject.name, reject.code) for reject in result.rejects} == {
        ("b", "missing-text"),
        ("binary.txt", "binary"),
        ("copy-of-bridge.txt", "duplicate"),
        ("empty.txt", "empty"),
        ("french.txt", "language"),
        ("latin.txt", "encoding"),
        ("lines.jsonl:1", "json"),
    }
    assert all(reject.message.startswith((reject.name, "lines.jsonl:2")) for reject in result.rejects)
    rejects = onrecord.load(tmp_path / "out")["rejects"]
    assert set(rejects.name) == {reject.name for reject in result.rejects}


def test_a_first_build_that_fails_leaves_nothing(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "there").mkdir()
    for out in (tmp_path / "made", tmp_path / "there"):
        with pytest.raises(InputError):
            onrecord.build([tmp_path / "empty"], out)
    assert not (tmp_path / "made").exists()
    assert not list((tmp_path / "there").iterdir())


def test_strict_turns_a_reject_into_a_failure(folder: Path, tmp_path: Path) -> None:
    (folder / "empty.txt").write_bytes(b"")
    with pytest.raises(InputError, match=r"empty\.txt"):
        onrecord.build([folder], tmp_path / "out", strict=True)
    assert not (tmp_path / "out" / "datapackage.json").exists()


def test_strict_tells_rejects_line_by_line_and_how_many_more(folder: Path, tmp_path: Path) -> None:
    for number in range(12):
        (folder / f"empty{number:02}.txt").write_bytes(b"")
    with pytest.raises(InputError) as failed:
        onrecord.build([folder], tmp_path / "out", strict=True)
    first, *listed, more = str(failed.value).splitlines()
    assert first.startswith("12 inputs") and more == "  ... and 2 more"
    assert [line.split(":")[0] for line in listed] == [f"  empty{number:02}.txt" for number in range(10)]


def test_nothing_usable_leaves_the_old_package_untouched(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    onrecord.build([folder], out)
    before = contents(out)
    empty = tmp_path / "none"
    empty.mkdir()
    with pytest.raises(InputError, match="no articles found"):
        onrecord.build([empty], out)
    (empty / "blank.txt").write_text("  \n", encoding="utf-8")
    with pytest.raises(InputError, match=r"blank\.txt"):
        onrecord.build([empty], out)
    assert contents(out) == before


def test_two_builds_of_one_folder_at_once(folder: Path, tmp_path: Path) -> None:
    with stage(tmp_path / "out"), pytest.raises(LockedError, match="another build"):
        onrecord.build([folder], tmp_path / "out")


def test_json_lines_come_from_a_stream(tmp_path: Path) -> None:
    stream = io.BytesIO(
        "".join(record(name, text, publisher="The Courier") for name, text in STORIES.items()).encode()
    )
    result = onrecord.build([], tmp_path / "out", stdin=stream)
    sources = onrecord.load(tmp_path / "out")["sources"]
    assert result.articles == len(STORIES)
    assert set(sources.name) == set(STORIES)
    assert set(sources.publisher) == {"The Courier"}


def test_the_same_text_from_two_publishers_is_two_sources(tmp_path: Path) -> None:
    text = STORIES["bridge"]
    lines = (
        record("a", text, publisher="One")
        + record("b", text, publisher="Two")
        + record("c", text, publisher="Two")
        + record("d", text.replace(". ", ".\n\n") + "\n", publisher="Two")
    )
    result = onrecord.build([], tmp_path / "out", stdin=io.BytesIO(lines.encode()))
    assert result.articles == 2
    assert [(reject.name, reject.code) for reject in result.rejects] == [
        ("c", "duplicate"),
        ("d", "duplicate"),
    ]


def test_two_articles_of_one_name(tmp_path: Path) -> None:
    lines = record("a", STORIES["bridge"]) + record("a", STORIES["school"])
    result = onrecord.build([], tmp_path / "out", stdin=io.BytesIO(lines.encode()))
    assert result.articles == 1
    assert [reject.code for reject in result.rejects] == ["same-name"]


AWAY = (Span(6, 40),)


@pytest.mark.parametrize(
    "reading",
    [
        Reading(names=(Name(6, 40, "person", 1.0),)),
        Reading(entities=(ListedEntity(name="text", type="work", mentions=AWAY, confidence=1.0),)),
        Reading(claims=(ListedClaim(kind="statement", content=AWAY, cues=(), speakers=(), confidence=1.0),)),
        Reading(
            events=(
                ListedEvent(
                    label="A text is short",
                    kind="happening",
                    status="occurred",
                    date=None,
                    type=None,
                    participants=(ListedParticipant(role="agent", entity=None, words=AWAY[0]),),
                    mentions=(Span(0, 5),),
                    confidence=1.0,
                ),
            )
        ),
    ],
)
def test_a_reader_that_proposes_what_is_not_there_fails_the_build(reading: Reading) -> None:
    article = Article("a", "Short text.", "0" * 64)
    with pytest.raises(GroundingError, match="characters 6 to 40"):
        assemble(article, find_document(article), reading, "test")


def test_pandas_reads_right_types_without_help(folder: Path, tmp_path: Path) -> None:
    onrecord.build([folder], tmp_path / "out")
    claims = pd.read_parquet(tmp_path / "out" / "datapackage" / "claims.parquet")
    groups = pd.read_parquet(tmp_path / "out" / "datapackage" / "claim_groups.parquet")
    assert claims.start.dtype == "int64"
    assert claims.confidence.dtype == "float64"
    assert groups.in_conflict.dtype == "boolean"


def test_the_seed_story(tmp_path: Path) -> None:
    """The three articles this project starts from: rows in each table that can have any."""
    onrecord.build([SEEDS], tmp_path / "out")
    tables = onrecord.load(tmp_path / "out")
    assert len(tables["sources"]) == 3
    assert tables["sources"].published_edtf.isna().all()
    assert {name for name, table in tables.items() if not len(table)} == {"merged_ids", "rejects"}
    claims = tables["claims"].text.str.cat(sep="\n")
    for furniture in ("Table of Contents", "min read", "All rights reserved", "three decades writing"):
        assert furniture not in claims
    axios = tables["origins"][tables["origins"].label == "Axios"]
    assert len(axios) == 1
    variants = tables["claim_relations"][tables["claim_relations"].relation == "quote_variant"]
    assert len(variants) >= 1


def test_many_inputs_of_one_name_are_one_reject(tmp_path: Path) -> None:
    lines = [
        json.dumps({"id": "x", "text": f"{STORIES['school']} It ended after {n} days."}) for n in range(4)
    ]
    (tmp_path / "feed.jsonl").write_text("\n".join(lines), encoding="utf-8")
    result = onrecord.build([tmp_path / "feed.jsonl"], tmp_path / "out")
    assert result.articles == 1
    assert [(reject.name, reject.code) for reject in result.rejects] == [("x", "same-name")]
    assert result.rejects[0].message.startswith("feed.jsonl:2:")
    assert result.rejects[0].message.endswith("(and 2 more)")

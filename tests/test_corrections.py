"""Corrections: found by words, guarded by what they expect, and all that follows from them."""

import csv
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import onrecord
from onrecord.correcting.amend import METHOD, correct_article
from onrecord.correcting.corrections import COLUMNS, Corrections, load_corrections, parse_pairs, write_pairs
from onrecord.errors import CorrectionError
from onrecord.model import Annotated, Article, Block, Document, LocalEntity, Mention, Reading

FERRY = (
    "The ferry Halden will be repaired in March, the Port Authority said. The Halden ran aground in 2019. "
    "“It leaks like a sieve and nobody at the port wants to pay,” one deckhand told the Lindholm Courier.\n"
)
QUAY = (
    "The Port Authority will sell the Halden. "
    "“It leaks like a sieve and nobody at the port wants to pay,” a deckhand said.\n"
)
NAME = "ferry.txt"

Row = tuple[str, str, str, str, str, str, str]


class Silent:
    """A reader that proposes nothing: every row then comes from a correction."""

    method = "silent"
    model_sha256 = None

    def read(self, documents: Sequence[Document]) -> list[Reading]:
        return [Reading() for _ in documents]


def write(folder: Path, *rows: Row, reason: str = "as printed", day: str = "2026-11-22") -> Path:
    """A file of corrections: action, table, source, text, occurrence, expects, value."""
    with (folder / "corrections.csv").open("w", encoding="utf-8", newline="") as stream:
        lines = csv.writer(stream)
        lines.writerow(COLUMNS)
        for action, table, source, text, nth, expects, value in rows:
            lines.writerow([day, action, table, source, text, nth, expects, value, reason])
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two articles in a folder."""
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / NAME).write_text(FERRY, encoding="utf-8")
    (folder / "quay.txt").write_text(QUAY, encoding="utf-8")
    return folder


def bare(text: str = FERRY) -> Annotated:
    """An article in which nothing was found."""
    article = Article(NAME, text, "0" * 64)
    return Annotated(article, (Block(0, len(text), "body"),), (), (), (), (), ())


def amend(tmp_path: Path, *rows: Row, on: Annotated | None = None) -> Annotated:
    """The article after the corrections."""
    return correct_article(on or bare(), load_corrections([write(tmp_path, *rows)]).of_article(NAME))


def add_name(text: str, entity: str, nth: str = "1", kind: str = "organization") -> Row:
    return ("add", "entity_mentions", NAME, text, nth, "", f"entity: {entity} | type: {kind}")


HALDEN = add_name("Halden", "Halden", "2", "product")
PORT = add_name("Port Authority", "Port Authority")
COURIER = add_name("Lindholm Courier", "Lindholm Courier")
SAID: Row = (
    "add",
    "claims",
    NAME,
    "The ferry Halden will be repaired in March",
    "1",
    "",
    "speaker: the Port Authority | cue: said | quote_type: indirect | time: future"
    " | hops: Port Authority ; named ; organization ; said",
)
LEAKS: Row = (
    "add",
    "claims",
    NAME,
    "“It leaks like a sieve and nobody at the port wants to pay,”",
    "1",
    "",
    "speaker: one deckhand | cue: told | quote_type: direct"
    " | hops: one deckhand ; unnamed ; person ; told < Lindholm Courier ; named ; outlet ; told",
)
MARCH: Row = ("add", "dates", NAME, "March", "1", "", "kind: date | value: 2020-03 | anchor: 2019")
REPAIR: Row = (
    "add",
    "event_mentions",
    NAME,
    "repaired",
    "1",
    "",
    "event: The Halden is repaired | time: future | date: March | participants: Port Authority agent",
)


def test_a_mention_is_added_at_the_occurrence_asked_for(tmp_path: Path) -> None:
    found = amend(tmp_path, HALDEN)
    (mention,) = found.mentions
    assert mention.start == FERRY.index("Halden", FERRY.index("Halden") + 1)
    assert (mention.method, mention.form, mention.type) == (METHOD, "name", "product")
    assert [entity.name for entity in found.entities] == ["Halden"]


def test_a_claim_has_speaker_cue_chain_and_the_entities_it_names(tmp_path: Path) -> None:
    found = amend(tmp_path, PORT, COURIER, add_name("Halden", "Halden", kind="product"), SAID, LEAKS)
    said, leaks = found.claims
    names = [entity.name for entity in found.entities]
    assert [FERRY[s.start : s.end] for s in (*said.speakers, *said.cues)] == ["the Port Authority", "said"]
    assert [names[chain] for chain in said.chains] == ["Halden"]
    assert names[said.speaker_chain if said.speaker_chain is not None else -1] == "Port Authority"
    assert [hop.agent for hop in leaks.hops] == ["one deckhand", "Lindholm Courier"]
    assert (leaks.speaker_chain, leaks.anonymity, leaks.method) == (None, "unnamed", METHOD)


def test_an_event_follows_the_claim_it_stands_in_and_its_date(tmp_path: Path) -> None:
    found = amend(tmp_path, PORT, SAID, MARCH, REPAIR)
    (event,) = found.events
    assert (event.claim, event.date, event.event) == (0, 0, "The Halden is repaired")
    again = amend(tmp_path, ("drop", "claims", NAME, SAID[3], "1", "quote_type: indirect", ""), on=found)
    assert again.events[0].claim is None
    dropped = amend(tmp_path, ("drop", "dates", NAME, "March", "1", "value: 2020-03", ""), on=found)
    assert dropped.events[0].date is None


def test_a_mention_that_moves_takes_along_who_takes_part(tmp_path: Path) -> None:
    found = amend(tmp_path, PORT, SAID, MARCH, REPAIR)
    row = ("entity: Port Authority", "entity: Lindholm Port")
    moved = amend(tmp_path, ("change", "entity_mentions", NAME, "Port Authority", "1", *row), on=found)
    assert [entity.name for entity in moved.entities] == ["Lindholm Port"]
    assert [p.chain for p in moved.events[0].participants] == [0]
    assert moved.claims[0].speaker_chain == 0
    gone = amend(tmp_path, ("drop", "entity_mentions", NAME, "Port Authority", "1", "", ""), on=found)
    assert (gone.entities, gone.events[0].participants, gone.claims[0].speaker_chain) == ((), (), None)


def test_a_change_of_one_field_leaves_the_others(tmp_path: Path) -> None:
    found = amend(tmp_path, PORT, SAID)
    changed = amend(
        tmp_path, ("change", "claims", NAME, SAID[3], "1", "time: future", "time: unknown"), on=found
    )
    old, new = found.claims[0], changed.claims[0]
    assert (new.time, new.cues, new.speakers, new.hops) == ("unknown", old.cues, old.speakers, old.hops)


def test_a_change_to_the_same_value_confirms_a_row(tmp_path: Path) -> None:
    mention = Mention(48, 62, "name", "organization", 0, 0.3, "name")
    assert FERRY[48:62] == "Port Authority"
    unsure = replace(bare(), entities=(LocalEntity("Port Authority", "organization"),), mentions=(mention,))
    row = ("type: organization", "type: organization")
    sure = amend(tmp_path, ("change", "entity_mentions", NAME, "Port Authority", "1", *row), on=unsure)
    assert sure.mentions == (replace(mention, confidence=1.0, method=METHOD),)
    assert sure.entities == unsure.entities


@pytest.mark.parametrize(
    ("row", "wanted"),
    [
        (add_name("Halden", "Halden", "3"), "2 times, occurrence 3"),
        (add_name("Haldane", "Halden"), "0 times"),
        (PORT, "is a mention of 'Port Authority' already"),
        (("drop", "entity_mentions", NAME, "Halden", "1", "", ""), "no row of entity_mentions"),
        (("drop", "entity_mentions", NAME, "Port Authority", "1", "type: person", ""), "expects type"),
        (("change", "claims", NAME, SAID[3], "1", "cue: told", "cue: said"), "expects cue to be 'told'"),
        (("change", "claims", NAME, SAID[3], "1", "time: future", "time: soon"), "time is 'soon'"),
        (("change", "claims", NAME, SAID[3], "1", "cue: said", "cue: shouted"), "does not have the words"),
        (("add", "dates", NAME, "March", "1", "", "kind: date | value: 2020"), "is a date already"),
        (("add", "event_mentions", NAME, "ran", "1", "", "participants: Nobody agent"), "no entity 'Nobody'"),
        (("add", "event_mentions", NAME, "ran", "1", "", "date: in 2019"), "no row of dates"),
        (("add", "claims", NAME, "The Halden ran", "1", "", "quote_type: none | hops: x"), "hop 'x'"),
    ],
)
def test_what_does_not_fit_is_told_with_its_line(tmp_path: Path, row: Row, wanted: str) -> None:
    found = amend(tmp_path, PORT, SAID, MARCH)
    with pytest.raises(CorrectionError, match=r"corrections\.csv, line 2: ") as told:
        amend(tmp_path, row, on=found)
    assert wanted in str(told.value)


@pytest.mark.parametrize(
    ("row", "wanted"),
    [
        (("drop", "sources", NAME, "x", "1", "", ""), "'sources' cannot be corrected"),
        (("merge", "claims", NAME, "x", "1", "", ""), "'merge' is no action for claims"),
        (("drop", "claims", "", "x", "1", "", ""), "needs the article's name"),
        (("confirm", "claims", NAME, "x", "1", "", "cue: y"), "a confirm has no value"),
        (("confirm", "events", "", "x", "1", "", ""), "'confirm' is no action for events"),
        (("add", "dates", NAME, "x", "1", "", "kind: date | value: 2020 | text: y"), "in the column text"),
        (("drop", "claims", NAME, "", "1", "", ""), "text that finds the row is missing"),
        (("drop", "claims", NAME, "x", "first", "", ""), "occurrence is 'first'"),
        (("drop", "claims", NAME, "x", "1", "", "cue: y"), "a drop has no value"),
        (("add", "dates", NAME, "x", "1", "kind: date", "kind: date | value: 2020"), "leave expects empty"),
        (("add", "dates", NAME, "x", "1", "", "kind: date"), "needs value"),
        (("change", "claims", NAME, "x", "1", "cue: said", ""), "the new value is missing"),
        (("change", "claims", NAME, "x", "1", "cue: said", "time: future"), "present value of time"),
        (("change", "claims", NAME, "x", "1", "colour: red", "colour: blue"), "'colour' is no field"),
        (("change", "claims", NAME, "x", "1", "cue", "cue: said"), "must be 'field: value'"),
        (("merge", "entities", "", "x", "1", "", "name: y"), "has the value 'into: '"),
    ],
)
def test_a_line_that_cannot_be_understood_is_told(tmp_path: Path, row: Row, wanted: str) -> None:
    with pytest.raises(CorrectionError, match=r"corrections\.csv, line 2: ") as told:
        load_corrections([write(tmp_path, row)])
    assert wanted in str(told.value)


def test_reason_day_and_columns_are_needed(tmp_path: Path) -> None:
    with pytest.raises(CorrectionError, match="reason is missing"):
        load_corrections([write(tmp_path, PORT, reason=" ")])
    with pytest.raises(CorrectionError, match="date is '22 Nov'"):
        load_corrections([write(tmp_path, PORT, day="22 Nov")])
    (tmp_path / "corrections.csv").write_text("action,table\ndrop,claims\n", encoding="utf-8")
    with pytest.raises(CorrectionError, match="first line must name these columns"):
        load_corrections([tmp_path])


def test_two_rows_at_one_place_are_told_apart_by_what_is_expected(tmp_path: Path) -> None:
    both = amend(tmp_path, add_name("Halden", "Halden"), add_name("Halden", "Port of Halden"))
    with pytest.raises(CorrectionError, match="2 rows of entity_mentions"):
        amend(tmp_path, ("drop", "entity_mentions", NAME, "Halden", "1", "", ""), on=both)
    row = ("drop", "entity_mentions", NAME, "Halden", "1", "entity: Port of Halden", "")
    assert [entity.name for entity in amend(tmp_path, row, on=both).entities] == ["Halden"]


def build(folder: Path, out: Path, monkeypatch: pytest.MonkeyPatch, *rows: Row) -> dict[str, pd.DataFrame]:
    """The tables of a package to which only corrections gave rows."""
    monkeypatch.setattr("onrecord.pipeline.default_reader", Silent)
    monkeypatch.setattr("onrecord.intake.default_reader", Silent)
    monkeypatch.setattr("onrecord.dates.when.find_phrases", lambda document: ())
    write(folder, *rows)
    onrecord.build([folder], out)
    assert onrecord.validate(out, onrecord.load_articles([folder])).valid
    return dict(onrecord.load(out))


def other(row: Row) -> Row:
    """The same line for the other article."""
    return (*row[:2], "quay.txt", *row[3:])


def test_a_whole_package_holds_after_corrections(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = (
        LEAKS[3],
        "1",
        "",
        "speaker: a deckhand | cue: said | quote_type: direct | hops: a deckhand ; unnamed ; person ; said",
    )
    tables = build(
        folder,
        tmp_path / "out",
        monkeypatch,
        *(
            PORT,
            COURIER,
            other(PORT),
            other(add_name("Halden", "Halden", kind="product")),
            SAID,
            LEAKS,
            MARCH,
            REPAIR,
        ),
        ("add", "claims", "quay.txt", *told),
        (
            "add",
            "claims",
            "quay.txt",
            "The Port Authority will sell the Halden.",
            "1",
            "",
            "quote_type: none",
        ),
        (
            *("add", "claim_relations", NAME, SAID[3], "1", ""),
            "relation: conflict | other_source: quay.txt | basis: repaired / sold"
            " | other_text: The Port Authority will sell the Halden.",
        ),
        ("merge", "entities", "", "Halden", "1", "type: product", "into: Port Authority"),
        ("change", "entities", "", "Port Authority", "1", "wikidata: -", "wikidata: Q42"),
        ("change", "events", "", "The Halden is repaired", "1", "status: planned", "status: hypothetical"),
    )
    entities = tables["entities"].set_index("name")
    assert entities.loc["Port Authority", "mentions"] == 3
    assert entities.loc["Port Authority", "sources"] == 2
    assert entities.loc["Port Authority", "wikidata"] == "Q42"
    assert list(tables["events"][["label", "status", "date"]].iloc[0]) == [
        "The Halden is repaired",
        "hypothetical",
        "2020-03",
    ]
    assert sorted(tables["claim_relations"].relation) == ["conflict", "same"]
    assert tables["claim_groups"].in_conflict.sum() == 2
    assert tables["claim_groups"].claims.max() == 2
    assert set(tables["claims"].method) == {METHOD}
    assert sorted(tables["activities"].kind) == ["build", "correction"]


def test_an_unknown_article_or_label_fails_the_build_and_leaves_the_package(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    build(folder, out, monkeypatch, PORT)
    before = (out / "datapackage.json").read_bytes()
    for row, wanted in (
        ((*PORT[:2], "gone.txt", *PORT[3:]), "no article 'gone.txt'"),
        (
            ("change", "events", "", "Nothing", "1", "status: planned", "status: denied"),
            "no event has the label",
        ),
        (("merge", "entities", "", "Nobody", "1", "", "into: Port Authority"), "no entity has the name"),
    ):
        write(folder, PORT, row)
        with pytest.raises(CorrectionError, match=r"line 3: ") as told:
            onrecord.build([folder], out)
        assert wanted in str(told.value)
        assert (out / "datapackage.json").read_bytes() == before


def test_a_relation_that_was_found_can_be_refused(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = (LEAKS, ("add", "claims", "quay.txt", LEAKS[3], "1", "", "quote_type: direct"))
    refused = (
        *("drop", "claim_relations", NAME, LEAKS[3], "1"),
        f"relation: same | other_source: quay.txt | other_text: {LEAKS[3]}",
        "",
    )
    assert build(folder, tmp_path / "a", monkeypatch, *rows)["claim_groups"].claims.tolist() == [2]
    tables = build(folder, tmp_path / "b", monkeypatch, *rows, refused)
    assert tables["claim_groups"].claims.tolist() == [1, 1]
    assert tables["claim_relations"].empty


def test_the_hash_of_corrections_knows_what_they_say_but_not_where_they_lie(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    two.mkdir()
    assert load_corrections([write(one, PORT)]).sha256 == load_corrections([write(two, PORT)]).sha256
    assert load_corrections([write(two, HALDEN)]).sha256 != load_corrections([one]).sha256
    assert load_corrections([tmp_path / "none"]) == Corrections()


FIELDS = st.sampled_from(["speaker", "cue", "hops", "date"])
CELLS = st.none() | st.lists(st.sampled_from(["a", "“said”", "no: more", "a|b", "-x", "…"]), min_size=1).map(
    "".join
)


@given(st.dictionaries(FIELDS, CELLS, max_size=5))
def test_pairs_come_back_as_they_were_written(pairs: dict[str, str | None]) -> None:
    assert dict(parse_pairs("here", write_pairs(pairs.items()))) == pairs

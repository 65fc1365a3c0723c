"""Corrections as short lines: a claim by its first words, a speaker alone, a border by its new words."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_corrections import (
    COURIER,
    FERRY,
    HALDEN,
    LEAKS,
    MARCH,
    NAME,
    PORT,
    REPAIR,
    SAID,
    Row,
    add_name,
    amend,
    bare,
    build,
    write,
)

import onrecord
from onrecord.correcting.amend import METHOD
from onrecord.correcting.corrections import parse_pairs, write_pairs
from onrecord.errors import CorrectionError
from onrecord.model import Annotated, Claim


def change(table: str, text: str, expects: str, value: str, nth: str = "1") -> Row:
    return ("change", table, NAME, text, nth, expects, value)


def words(found: Annotated, claim: Claim) -> tuple[str, ...]:
    """Content, speakers and cues of a claim as the article has them."""
    return tuple(
        " … ".join(found.article.text[s.start : s.end] for s in spans)
        for spans in (claim.content, claim.speakers, claim.cues)
    )


def test_a_speaker_is_one_short_line_and_the_relay_stays(tmp_path: Path) -> None:
    found = amend(tmp_path, PORT, COURIER, SAID, LEAKS)
    line = change("claims", "“It leaks", "speaker: one deckhand", "speaker: the Port Authority")
    changed = amend(tmp_path, line, on=found).claims[1]
    assert [(hop.agent, hop.kind, hop.anonymity, hop.cue) for hop in changed.hops] == [
        ("the Port Authority", "organization", "named", "told"),
        ("Lindholm Courier", "outlet", "named", "told"),
    ]
    assert words(found, changed)[1] == "the Port Authority"
    assert (changed.anonymity, changed.quote_type) == ("named", "direct")
    assert changed.speaker_chain == found.claims[0].speaker_chain is not None


def test_without_speaker_nobody_is_shown_and_in_the_own_voice_nobody_speaks(tmp_path: Path) -> None:
    found = amend(tmp_path, PORT, SAID)
    line = change("claims", "The ferry", "speaker: the Port Authority", "speaker: -")
    (hop,) = amend(tmp_path, line, on=found).claims[0].hops
    assert (hop.agent, hop.cue, hop.anonymity) == (None, "said", "unnamed")
    own = change("claims", "The ferry", "quote_type: indirect", "quote_type: none")
    claim = amend(tmp_path, own, on=found).claims[0]
    assert (claim.speakers, claim.cues, claim.hops, claim.anonymity) == ((), (), (), None)
    (again,) = amend(
        tmp_path,
        change("claims", "The ferry", "speaker: -", "speaker: the Port Authority"),
        on=amend(tmp_path, own, on=found),
    ).claims
    assert (again.quote_type, again.hops[0].agent) == ("indirect", "the Port Authority")


def test_a_border_is_the_new_words(tmp_path: Path) -> None:
    found = amend(tmp_path, PORT, SAID, LEAKS, MARCH, REPAIR)
    moved = amend(
        tmp_path,
        change("claims", "The ferry", "", "content: will be repaired in March"),
        change("claims", "“It leaks", "", "content: It leaks like a sieve"),
        change("entity_mentions", "Port Authority", "", "text: the Port Authority"),
        change("dates", "March", "", "text: in March"),
        change("event_mentions", "repaired", "", "text: will be repaired"),
        on=found,
    )
    assert [words(moved, claim)[0] for claim in moved.claims] == [
        "will be repaired in March",
        "It leaks like a sieve",
    ]
    assert [entity.name for entity in moved.entities] == ["the Port Authority"]
    spans = [
        *((mention.start, mention.end) for mention in moved.mentions),
        *((date.start, date.end) for date in moved.dates),
        *((event.start, event.end) for event in moved.events),
    ]
    assert [FERRY[start:end] for start, end in spans] == [
        "the Port Authority",
        "in March",
        "will be repaired",
    ]
    assert moved.events[0].date == 0


def test_a_changed_event_keeps_who_takes_part_whatever_becomes_of_their_names(tmp_path: Path) -> None:
    found = amend(tmp_path, PORT, SAID, MARCH, REPAIR)
    renamed = amend(
        tmp_path,
        change("entity_mentions", "Port Authority", "", "entity: Harbour Board"),
        change("event_mentions", "repaired", "certainty: certain", "certainty: possible"),
        on=found,
    )
    (event,) = renamed.events
    assert [renamed.entities[p.chain].name for p in event.participants] == ["Harbour Board"]
    assert (event.certainty, event.date) == ("possible", 0)


def test_confirmed_rows_are_sure_and_stay_as_they_are(tmp_path: Path) -> None:
    found = amend(tmp_path, PORT, SAID, MARCH, REPAIR)
    rows = (("entity_mentions", "Port Authority"), ("dates", "March"), ("claims", "The ferry"))
    lines = [("confirm", table, NAME, text, "1", "", "") for table, text in rows]
    assert amend(tmp_path, *lines, on=found) == found
    wrong = ("confirm", "claims", NAME, "The ferry", "1", "cue: told", "")
    with pytest.raises(CorrectionError, match="expects cue to be 'told', it is 'said'"):
        amend(tmp_path, wrong, on=found)


@pytest.mark.parametrize(
    ("row", "wanted"),
    [
        (("drop", "claims", NAME, "“It", "1", "", ""), "no row of claims"),
        (("drop", "claims", NAME, "ferry Halden", "1", "", ""), "no row of claims"),
        (("confirm", "dates", NAME, "2019", "1", "", ""), "no row of dates"),
        (change("claims", "The ferry", "", "content: one deckhand"), "shares no words"),
        (change("claims", "The ferry", "", "content: the quay"), "does not have the words"),
        (change("dates", "March", "", "text: "), "must be 'field: value'"),
        (change("claims", "The ferry", "speaker: -", "speaker: one deckhand"), "speaker to be -, it is 'the"),
    ],
)
def test_short_lines_that_do_not_fit_are_told(tmp_path: Path, row: Row, wanted: str) -> None:
    found = amend(tmp_path, PORT, SAID, MARCH)
    with pytest.raises(CorrectionError, match=r"corrections\.csv, line 2: ") as told:
        amend(tmp_path, row, on=found)
    assert wanted in str(told.value)
    assert "None" not in str(told.value)


def test_events_and_entities_are_found_by_the_words_of_a_mention(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / NAME).write_text(FERRY, encoding="utf-8")
    rows = (PORT, HALDEN, add_name("Halden", "Halden", kind="place"), MARCH, REPAIR)
    tables = build(
        folder,
        tmp_path / "out",
        monkeypatch,
        *rows,
        change("events", "repaired", "status: planned | date: 2020-03", "status: denied | date: 2020-04"),
        change("entities", "Port Authority", "type: organization", "type: place"),
    )
    assert list(tables["events"][["status", "date", "date_precision"]].iloc[0]) == [
        "denied",
        "2020-04",
        "month",
    ]
    assert (
        dict(zip(tables["entities"].name, tables["entities"].type, strict=True))["Port Authority"] == "place"
    )
    for row, wanted in (
        (("change", "events", "", "x", "1", "", "status: denied"), "present value of status"),
        (change("events", "repaired", "status: denied", "status: planned"), "expects status"),
        (change("events", "aground", "status: planned", "status: denied"), "no row of events with a mention"),
        (change("events", "repaired", "date: 2020-03", "date: soon!!!"), "write it in EDTF"),
    ):
        write(folder, *rows, row)
        with pytest.raises(CorrectionError, match=wanted):
            onrecord.build([folder], tmp_path / "out")


def test_two_who_take_part_in_one_event_and_are_merged_count_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / NAME).write_text(FERRY, encoding="utf-8")
    both = (
        *REPAIR[:6],
        REPAIR[6].replace("Port Authority agent", "Port Authority agent ; Lindholm Courier agent"),
    )
    merged = ("merge", "entities", "", "Port Authority", "1", "", "into: Lindholm Courier")
    tables = build(folder, tmp_path / "out", monkeypatch, PORT, COURIER, MARCH, both, merged)
    assert list(tables["event_participants"].mentions) == [1]


def test_one_name_of_two_entities_is_merged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / NAME).write_text(FERRY, encoding="utf-8")
    rows = (PORT, COURIER, ("merge", "entities", NAME, "Port Authority", "1", "", "into: Lindholm Courier"))
    tables = build(folder, tmp_path / "out", monkeypatch, *rows)
    assert list(tables["entities"].name) == ["Lindholm Courier"]


@given(st.dictionaries(st.sampled_from(["speaker", "cue", "content"]), st.text(r" |\a:-", min_size=1)))
def test_any_value_can_be_written_and_read(told: dict[str, str]) -> None:
    pairs = tuple((name, value) for name, value in told.items() if value != "-")
    assert parse_pairs("line 2", write_pairs(pairs)) == pairs


def test_an_article_in_which_nothing_was_found_has_nothing_to_confirm(tmp_path: Path) -> None:
    with pytest.raises(CorrectionError, match="no row of event_mentions"):
        amend(tmp_path, ("confirm", "event_mentions", NAME, "ran", "1", "", ""), on=bare())


def test_what_a_confirmed_row_says_of_itself(tmp_path: Path) -> None:
    found = amend(tmp_path, PORT)
    (mention,) = amend(
        tmp_path, ("confirm", "entity_mentions", NAME, "Port Authority", "1", "", ""), on=found
    ).mentions
    assert (mention.confidence, mention.method) == (1.0, METHOD)

"""What a reader lists ready-made reaches the tables as it is, beside what is assembled from words."""

import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from spans import read_words

import onrecord
from onrecord.model import (
    Document,
    ListedClaim,
    ListedEntity,
    ListedEvent,
    ListedParticipant,
    Name,
    Reading,
    Role,
    Span,
)
from onrecord.people.bearers import cluster_names, join_listed

STRIKE = (
    "Dockers at Velmar Port walked out on Monday. The Dockers' Guild called the strike over pay. "
    "Ana Ruiz, who leads the guild, said the stoppage could last weeks. A first vote had failed."
)
AGAIN = (
    "The strike at Velmar Port goes on. The stoppage, called by the Dockers' Guild over pay, began Monday. "
    "A second vote is planned."
)


def spans(text: str, *words: str) -> tuple[Span, ...]:
    return tuple(Span(text.index(word), text.index(word) + len(word)) for word in words)


def event(text: str, label: str, *words: str, **known: object) -> ListedEvent:
    fields = {
        "label": label,
        "kind": "happening",
        "status": "occurred",
        "date": None,
        "type": None,
        "participants": (),
        "mentions": spans(text, *words),
        "confidence": 0.8,
    }
    return ListedEvent(**{**fields, **known})  # type: ignore[arg-type]


@dataclass(frozen=True)
class Prepared:
    """A reader that has its readings by heart."""

    readings: dict[str, Reading]
    method: str = "reader"
    model_sha256: str | None = None

    def read(self, documents: Sequence[Document]) -> Iterable[Reading]:
        return [self.readings[document.text] for document in documents]


@pytest.fixture
def build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> "Build":
    return Build(tmp_path / "out", monkeypatch)


@dataclass
class Build:
    """Builds articles from prepared readings, each time in a folder of its own, and gives the tables."""

    out: Path
    monkeypatch: pytest.MonkeyPatch

    def __call__(
        self, readings: dict[str, Reading], published: str = "2026-05-06"
    ) -> dict[str, pd.DataFrame]:
        self.monkeypatch.setattr("onrecord.pipeline.default_reader", lambda: Prepared(readings))
        self.monkeypatch.setattr("onrecord.intake.default_reader", lambda: Prepared(readings))
        lines = [
            json.dumps({"id": f"a{n}", "text": text, "published": published})
            for n, text in enumerate(readings)
        ]
        out = self.out / str(len(list(self.out.glob("*"))))
        onrecord.build([], out, stdin=io.BytesIO("\n".join(lines).encode()))
        return dict(onrecord.load(out))


def guild(text: str, *words: str) -> ListedEntity:
    return ListedEntity(
        name="Dockers' Guild", type="organization", mentions=spans(text, *words), confidence=0.9
    )


def test_a_listed_event_is_one_row_as_listed(build: Build) -> None:
    part = ListedParticipant(role="agent", entity=0)
    told = event(
        STRIKE,
        "Dockers' Guild strikes over pay at Velmar Port",
        "walked",
        "strike",
        "stoppage",
        status="ongoing",
        date="2026-05-04",
        type="PROTEST",
        participants=(part,),
    )
    failed = event(STRIKE, "A first vote on the strike fails", "vote", kind="report", status="denied")
    listed = Reading(entities=(guild(STRIKE, "Dockers' Guild"),), events=(told, failed), listed_by="llm")
    tables = build({STRIKE: listed})
    events = tables["events"].set_index("label")
    assert list(events.index.sort_values()) == sorted([told.label, failed.label])
    row = events.loc[told.label]
    assert (row.kind, row.status, row.date, row.type, row.mentions) == (
        "happening",
        "ongoing",
        "2026-05-04",
        "PROTEST",
        3,
    )
    row = events.loc[failed.label]
    assert (row.kind, row.status) == ("report", "denied")
    assert row[["date", "day", "type"]].isna().all()
    parts = tables["event_participants"].merge(tables["entities"], on="entity_id")
    assert parts[["name", "role"]].to_numpy().tolist() == [["Dockers' Guild", "agent"]]
    assert set(tables["event_mentions"].method) == {"llm"}
    dated = tables["event_mentions"].dropna(subset="date_id")
    assert list(dated.text) == ["walked"]


def test_events_of_two_articles_are_one_where_they_are_alike_and_never_two_of_one_list(build: Build) -> None:
    first = event(STRIKE, "Dockers strike at Velmar Port", "walked", "strike", "stoppage", date="2026-05-04")
    vote = event(STRIKE, "A first vote fails", "vote")
    here = Reading(events=(first, vote), listed_by="llm")
    second = event(AGAIN, "Strike goes on at Velmar Port", "strike", "stoppage", date="2026-05-04")
    planned = event(AGAIN, "A second vote is held", "vote", status="planned")
    there = Reading(events=(second, planned), listed_by="llm")
    tables = build({STRIKE: here, AGAIN: there})
    events = tables["events"].set_index("label")
    assert events.loc["Dockers strike at Velmar Port"].sources == 2
    twice = [
        event(AGAIN, "Strike one", "strike", date="2026-05-04"),
        event(AGAIN, "Strike two", "stoppage", date="2026-05-04"),
    ]
    tables = build({STRIKE: here, AGAIN: Reading(events=tuple(twice), listed_by="llm")})
    told = tables["event_mentions"].merge(tables["sources"], on="source_id")
    apart = told[(told.name == "a1")].set_index("text").event_id
    assert apart["strike"] != apart["stoppage"]


@pytest.mark.parametrize(
    ("label", "date", "rows"),
    [
        ("Dockers strike at Velmar Port", "2026-05-04", 1),
        ("Dockers striking at the Velmar Port", "2026-05-05", 1),
        ("Dockers strike at Velmar Port", None, 1),
        ("Dockers strike at Velmar Port", "2026-04", 2),
        ("Guild rests in Velmar", "2026-05-04", 2),
    ],
)
def test_two_articles_tell_one_event_where_the_reader_calls_it_the_same(
    label: str, date: str | None, rows: int, build: Build
) -> None:
    here = Reading(
        events=(event(STRIKE, "Dockers strike at Velmar Port", "walked", date="2026-05-04"),), listed_by="llm"
    )
    there = Reading(events=(event(AGAIN, label, "goes", date=date),), listed_by="llm")
    assert len(build({STRIKE: here, AGAIN: there})["events"]) == rows


def test_words_of_the_reader_give_way_to_the_list(build: Build) -> None:
    tokens, told_words = read_words(STRIKE, "strike", "failed")
    name = Name(*_pair(STRIKE, "Guild"), "person", 0.9)
    listed = event(STRIKE, "Dockers' Guild calls a strike", "strike")
    reading = Reading(
        names=(name,),
        tokens=tokens,
        told=told_words,
        entities=(guild(STRIKE, "Dockers' Guild"),),
        events=(listed,),
        listed_by="llm",
    )
    tables = build({STRIKE: reading})
    told = tables["event_mentions"].set_index("text")
    assert (told.loc["strike"].method, told.loc["failed"].method) == ("llm", "reader")
    assert told.loc["strike"].time == "non_future"
    names = tables["entity_mentions"]
    assert names[names.form == "name"][["text", "method"]].to_numpy().tolist() == [["Dockers' Guild", "llm"]]


def test_a_listed_claim_stands_for_what_is_said_there(build: Build) -> None:
    content = "the stoppage could last weeks"
    ruiz = ListedEntity(name="Ana Ruiz", type="person", mentions=spans(STRIKE, "Ana Ruiz"), confidence=0.9)
    claim = ListedClaim(
        kind="statement",
        content=spans(STRIKE, content),
        cues=spans(STRIKE, "said"),
        speakers=spans(STRIKE, "Ana Ruiz"),
        confidence=0.8,
    )
    fragments = [("the stoppage could last", "content"), ("said", "cue"), ("who leads the guild", "source")]
    roles = tuple(Role(*_pair(STRIKE, words), role, 0, 0.9) for words, role in fragments)  # type: ignore[arg-type]
    reading = Reading(roles=roles, entities=(ruiz,), claims=(claim,), listed_by="llm")
    claims = build({STRIKE: reading})["claims"]
    found = claims[["text", "speaker", "cue", "quote_type", "method"]].to_numpy().tolist()
    assert found == [[content, "Ana Ruiz", "said", "indirect", "llm"]]


def test_a_listed_claim_keeps_its_kind(build: Build) -> None:
    claim = ListedClaim(
        kind="attitude",
        content=spans(STRIKE, "the strike over pay"),
        cues=spans(STRIKE, "called"),
        speakers=spans(STRIKE, "Dockers' Guild"),
        confidence=0.9,
    )
    claims = build({STRIKE: Reading(claims=(claim,), listed_by="llm")})["claims"]
    assert claims.kind.tolist() == ["attitude"]


@given(st.lists(st.sampled_from("ABCD "), min_size=1, max_size=60).map("".join), st.data())
def test_every_name_has_a_bearer_and_listed_ones_their_own(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=8)))
    pieces = [Span(a, b) for a, b in pairwise(cuts) if text[a:b].strip()]
    names = [Name(span.start, span.end, "person", 0.9) for span in pieces]
    taken = data.draw(st.lists(st.booleans(), min_size=len(pieces), max_size=len(pieces)))
    listed = [
        ListedEntity(name=f"X{n}", type="place", mentions=(span,), confidence=0.9)
        for n, (span, take) in enumerate(zip(pieces, taken, strict=True))
        if take
    ]
    entities, chains = join_listed(text, names, listed)
    assert len(chains) == len(names)
    assert set(chains) | set(range(len(listed))) == set(range(len(entities)))
    assert [entity.name for entity in entities[: len(listed)]] == [entity.name for entity in listed]
    for number, entity in enumerate(listed):
        place = pieces.index(entity.mentions[0])
        assert chains[place] == number
    if not listed:
        assert (entities, chains) == cluster_names(text, names)


def _pair(text: str, words: str) -> tuple[int, int]:
    return text.index(words), text.index(words) + len(words)

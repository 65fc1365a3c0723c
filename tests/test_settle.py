"""The names of an article settled: borders, what is no name, missed mentions, one kind a name."""

import time
from itertools import pairwise
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spans import any_span

from onrecord.model import Document, EntityType, Name, Span
from onrecord.people.bearers import cluster_names
from onrecord.people.kinds import settle_kinds
from onrecord.people.settle import STEPS, settle_names

Read = tuple[tuple[str, EntityType], ...]


def settle(text: str, *read: tuple[str, EntityType], disabled: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    """The names settled where a reader finds each (words, kind) once, at the next place they stand."""
    names, at = [], 0
    for words, kind in read:
        at = text.index(words, at)
        names.append(Name(at, at + len(words), kind, 0.9))
        at += len(words)
    found = settle_names(Document(text, (), (Span(0, len(text)),)), names, disabled)
    return [(text[name.start : name.end], name.type) for name in found]


@pytest.mark.parametrize(
    ("text", "read", "wanted"),
    [
        ("Treasury Secretary Ana Ruiz left.", "Treasury Secretary Ana Ruiz", "Ana Ruiz"),
        ("Halden Mayor Ana Ruiz left.", "Halden Mayor Ana Ruiz", "Ana Ruiz"),
        ("the Minister of Defense Ana Ruiz", "Defense Ana Ruiz", "Ana Ruiz"),
        ("said Muqtada al - Amr today", "Muqtada al - Amr", "Muqtada al - Amr"),
        ("a Ruiz-era rule", "Ruiz", "Ruiz"),
        ("the anti-Ruiz vote", "anti-Ruiz", "Ruiz"),
        ("Ms Ruiz's plan", "Ms Ruiz's", "Ruiz"),
        ("Sheikh Omar Sheikh Khalil", "Omar Sheikh Khalil", "Omar Sheikh Khalil"),
    ],
)
def test_a_person_is_named_without_titles_and_in_full(text: str, read: str, wanted: str) -> None:
    assert settle(text, (read, "person")) == [(wanted, "person")]


@pytest.mark.parametrize(
    ("text", "read", "wanted"),
    [
        ("the Committee on Tuesday met", "Orlen Committee", None),
        ("Norfield Chief Piers Officer Ana", "Norfield Chief Piers", "Norfield"),
        ("Norfield Chairwoman Ana", "Norfield Chairwoman", "Norfield"),
        ("for Norfield jets", "Norfield jets", "Norfield"),
        ("Norfield Air Flight 12 fell", "Norfield Air Flight", "Norfield Air"),
    ],
)
def test_an_organization_is_named_whole_and_alone(text: str, read: str, wanted: str | None) -> None:
    if wanted is None:
        text, wanted = text.replace("the Committee", "the Orlen Committee"), read
    assert settle(text, (read, "organization")) == [(wanted, "organization")]


def test_a_state_cut_short_keeps_its_full_stop() -> None:
    found = settle("in Elko, Nev. today", ("Elko", "place"), ("Nev", "person"))
    assert found == [("Elko", "place"), ("Nev.", "place")]


@pytest.mark.parametrize("whole", ["South Korea", "West Virginia", "New Mexico", "Northern California"])
def test_a_country_keeps_the_words_before_it(whole: str) -> None:
    assert settle(f"in {whole} today", (whole, "place")) == [(whole, "place")]


def test_a_hyphenated_name_of_one_stays_whole() -> None:
    assert settle("Rolls-Orlen said", ("Rolls-Orlen", "organization")) == [("Rolls-Orlen", "organization")]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("see www.halden.example/news for more", "halden"),
        ("write to ana@halden.example now", "halden"),
        ("an AI firm", "AI"),
        ("worth US$ 4 bn", "US"),
        ("the CEO said", "CEO"),
        ("in 2026 it", "2026"),
        ("on Tuesday it", "Tuesday"),
        ("Mrs. said", "Mrs"),
        ("We hope so. Hope is free.", "Hope"),
        ("the University said", "University"),
    ],
)
def test_what_names_nobody_is_dropped(text: str, read: str) -> None:
    assert settle(text, (read, "organization" if read != "Mrs" else "person")) == []


def test_an_acronym_that_is_spelled_out_stays() -> None:
    found = settle("Amnesty Orlen (AI) said", ("Amnesty Orlen", "organization"), ("AI", "organization"))
    assert ("AI", "organization") in found


def test_missed_mentions_are_found_again() -> None:
    text = "Steve Jobs spoke of jobs. Jobs were lost, said Jobs. Norfield fell; Norfield rose."
    found = settle(text, ("Steve Jobs", "person"), ("Norfield", "organization"))
    assert found.count(("Jobs", "person")) == 1
    assert found.count(("Norfield", "organization")) == 2


def test_a_title_that_is_a_family_name_stays_one() -> None:
    assert settle("Larry King spoke. King left.", ("Larry King", "person"), ("King", "person")) == [
        ("Larry King", "person"),
        ("King", "person"),
    ]
    assert settle("The King spoke.", ("King", "person")) == []


def test_an_acronym_in_brackets_is_found_wherever_it_stands() -> None:
    text = "The Rents Registry Office (RRO) met. Later the RRO voted."
    found = settle(text, ("Rents Registry Office", "organization"))
    assert found.count(("RRO", "organization")) == 2


def test_a_sum_of_money_is_no_country() -> None:
    assert settle("It cost US$ 40 and the US paid.", ("It", "other"))[-1:] == [("US", "place")]
    assert settle("It cost US$ 40.") == []


@pytest.mark.parametrize(
    ("words", "read", "kind"),
    [
        ("Orlen County", "organization", "place"),
        ("Orlen County Court", "place", "organization"),
        ("Clean Rivers Act", "other", "law"),
        ("Department of Piers", "place", "organization"),
        ("Kenyans", "place", "group"),
        ("Singaporeans", "place", "group"),
        ("Lutherists", "organization", "group"),
        ("West Bank", "organization", "place"),
        ("Halden MX-5", "organization", "product"),
        ("Ana Lake", "person", "person"),
    ],
)
def test_what_a_name_is_says_its_head(words: str, read: EntityType, kind: str) -> None:
    assert [name.type for name in settle_kinds(words, [Name(0, len(words), read, 0.9)])] == [kind]


def test_the_surer_mentions_decide() -> None:
    text = "Norfield, Norfield, Norfield"
    names = [Name(0, 8, "place", 0.5), Name(10, 18, "organization", 0.9), Name(20, 28, "place", 0.3)]
    assert {name.type for name in settle_kinds(text, names)} == {"organization"}


def test_what_no_mention_is_sure_of_is_dropped() -> None:
    text = "Orlen and Norfield; Norfield."
    names = [Name(0, 5, "place", 0.5), Name(10, 18, "organization", 0.4), Name(20, 28, "organization", 0.9)]
    found = settle_names(Document(text, (), (Span(0, len(text)),)), names)
    assert [text[name.start : name.end] for name in found] == ["Norfield", "Norfield"]


def test_steps_can_be_left_out() -> None:
    assert settle("an AI firm", ("AI", "organization"), disabled=STEPS) == [("AI", "organization")]


@pytest.mark.parametrize(
    ("text", "words", "read", "kind"),
    [
        ("They fled the breakaway province of Sarkan.", "Sarkan", "person", "place"),
        ("A storm hit the Sarkan coast.", "Sarkan", "organization", "place"),
        ("They stormed Sarkan's embassy.", "Sarkan", "person", "place"),
        ("The council of Sarkan met.", "Sarkan", "person", "person"),
        ("The ferry Lady Ingrid sank.", "Lady Ingrid", "person", "product"),
        ("The vaccine, Toravax, works.", "Toravax", "person", "product"),
        ("Sarkanian Prime Minister Ana Ruiz left.", "Sarkanian", "person", "group"),
        ("The Sarkanese army left.", "Sarkanese", "person", "group"),
        ("Bagdasarian left.", "Bagdasarian", "person", "person"),
    ],
)
def test_the_words_beside_a_name_say_what_it_is(text: str, words: str, read: str, kind: str) -> None:
    start = text.index(words)
    name = Name(start, start + len(words), read, 0.7)  # type: ignore[arg-type]  # strings are kinds
    assert [found.type for found in settle_kinds(text, [name])] == [kind]


def test_the_first_word_of_a_firm_is_the_firm() -> None:
    read: Read = (("Norfield Seaways", "organization"), ("Norfield", "person"), ("Ana Halden", "person"))
    text = "Norfield Seaways grew. Norfield hired Ana Halden of Halden Seaways. Halden left."
    found = settle(text, *read, ("Halden Seaways", "organization"))
    assert ("Norfield", "organization") in found
    assert ("Halden", "person") in found


def test_the_first_word_of_a_public_body_is_its_place() -> None:
    read: Read = (("Halden", "organization"), ("Halden Crown Court", "organization"))
    assert settle("He lives in Halden, said Halden Crown Court.", *read)[0] == ("Halden", "place")


def test_a_doubtful_name_stays_where_another_vouches_for_it() -> None:
    text = "Norfield AB fell. Norfield sued under the Quiet Harbours Act. Blown sank."
    spans = ((0, 11, "organization", 0.4), (18, 26, "person", 0.9), (42, 60, "other", 0.4))
    names = [Name(*span) for span in (*spans, (62, 67, "person", 0.4))]  # type: ignore[arg-type]  # strings
    found = settle_names(Document(text, (), (Span(0, len(text)),)), names)
    assert [(text[name.start : name.end], name.type) for name in found] == [
        ("Norfield AB", "organization"),
        ("Norfield", "organization"),
        ("Quiet Harbours Act", "law"),
    ]


def test_initials_that_open_a_turn_are_whose_they_are() -> None:
    text = "Ana Ruiz, a poet, met Lee Holm. AR was late.\nAR: I wrote it.\nLH: Why?\nPS: Buy it."
    names = [Name(0, 8, "person", 0.9), Name(22, 30, "person", 0.9)]
    found = settle_names(Document(text, (), (Span(0, len(text)),)), names)
    assert [text[name.start : name.end] for name in found] == ["Ana Ruiz", "Lee Holm", "AR", "LH"]
    entities, chains = cluster_names(text, found)
    assert [entity.name for entity in entities] == ["Ana Ruiz", "Lee Holm"]
    assert chains == (0, 1, 0, 1)


def test_initials_of_two_are_nobodys() -> None:
    text = "Ana Ruiz met Abe Rask.\nAR: I wrote it."
    names = [Name(0, 8, "person", 0.9), Name(13, 21, "person", 0.9)]
    assert len(settle_names(Document(text, (), (Span(0, len(text)),)), names)) == 2


def test_a_ticker_is_no_name() -> None:
    assert settle("Norfield Inc. (NASDAQ: NRFD) fell.", ("NRFD", "organization")) == []


WORDS = st.sampled_from(
    [
        "Ana",
        "Ruiz",
        "Ruiz-Hale",
        "the",
        "Bank",
        "of",
        "and",
        "Mr.",
        "al",
        "-",
        "/",
        "U.S.",
        "Inc.",
        "Nebraska",
        "\n",
        "said.",
    ]
)


@given(st.lists(WORDS, max_size=25).map(" ".join), st.data())
def test_any_names_stay_within_the_text_and_apart(text: str, data: st.DataObject) -> None:
    kinds = st.sampled_from(get_args(EntityType))
    sure = st.sampled_from([0.5, 0.85, 0.99])
    drawn = data.draw(st.lists(st.tuples(any_span(text), kinds, sure), max_size=6 if text else 0))
    names = [Name(*span, kind, confidence) for span, kind, confidence in drawn]
    found = settle_names(Document(text, (), (Span(0, len(text)),)), names)
    assert all(0 <= one.start < one.end <= len(text) for one in found)
    assert all(one.end <= two.start for one, two in pairwise(found))
    assert not any(text[name.start].isspace() or text[name.end - 1].isspace() for name in found)
    assert found == settle_names(Document(text, (), (Span(0, len(text)),)), names[::-1])


def test_a_name_without_end_is_no_name() -> None:
    text = " / ".join(f"Ana{i}" for i in range(3000))
    names = [Name(0, len(text), "organization", 0.9), Name(0, 4, "person", 0.9)]
    found = settle_names(Document(text, (), (Span(0, len(text)),)), names)
    assert [(name.start, name.end) for name in found] == [(0, 4)]


def test_a_long_text_takes_time_in_proportion() -> None:
    spent = []
    for size in (500, 4000):
        text = " ".join(f"Ana Ruiz{i} met Bank of Orlen{i}." for i in range(size))
        names, at = [], 0
        for i in range(size):
            at = text.index("Ana Ruiz", at)
            names.append(Name(at, at + len(f"Ana Ruiz{i}"), "person", 0.9))
            at += 1
        began = time.process_time()
        settle_names(Document(text, (), (Span(0, len(text)),)), names)
        spent.append(time.process_time() - began)
    assert spent[1] < 30 * max(spent[0], 0.02)

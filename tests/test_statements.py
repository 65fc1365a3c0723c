"""Own-voice statements are clauses: not cut in the middle, not datelines, settings or posts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marked import read_marked
from spans import one_sentence, place

from onrecord.claims.attribute import join_attributions
from onrecord.model import Document, Reading, Span, Statement


def own(marked: str, *statements: str) -> list[list[str]]:
    """The own-voice contents of one sentence in which a reader marked words, roles and statements."""
    document, reading = read_marked(marked)
    text = document.text
    document = one_sentence(text)
    spans = [Statement(*place(text, s), 0.8) for s in statements]
    joined = join_attributions(document, Reading(roles=reading.roles, statements=tuple(spans)))
    return [[text[s.start : s.end] for s in a.content] for a in joined if a.quote_type == "none"]


@pytest.mark.parametrize(
    ("marked", "read", "whole"),
    [
        (
            "In a speech in Lindholm, the mayor laid out a plan.",
            "the mayor laid out a plan.",
            "In a speech in Lindholm, the mayor laid out a plan.",
        ),
        (
            "[c “Harbour Song”] [q was written] by Lee after the storm of 1999.",
            "by Lee after the storm of 1999.",
            "“Harbour Song” was written by Lee after the storm of 1999.",
        ),
        (
            "[s Ruiz] praised the crew of the ferry, and [q said] [c no].",
            "praised the crew of the ferry",
            "Ruiz praised the crew of the ferry",
        ),
        (
            "There has been much talk in the weeks before the vote.",
            "There has been much talk in the",
            "There has been much talk in the weeks before the vote.",
        ),
        (
            "The firm has left the old port, although [s Lee] [q says] [c it is back].",
            "The firm has left the old port, although",
            "The firm has left the old port",
        ),
        (
            "LINDHOLM, Norway, Sept. 2 (AP) — The old port closed on Monday.",
            "LINDHOLM, Norway, Sept. 2 (AP) — The old port closed on Monday.",
            "The old port closed on Monday.",
        ),
        (
            "Photo Anna Lie The ferry had left the port by noon.",
            "ferry had left the port by noon.",
            "The ferry had left the port by noon.",
        ),
    ],
)
def test_a_statement_is_made_whole(marked: str, read: str, whole: str) -> None:
    assert own(marked, read) == [[whole]]


@pytest.mark.parametrize(
    ("marked", "read"),
    [
        ("LINDHOLM, Sept. 2 (AP) — The old port closed.", "LINDHOLM, Sept. 2 (AP)"),
        ("At a meeting in the town hall, [s Lee] [q said] [c no].", "At a meeting in the town hall"),
        ("[s Lee] [q told] a meeting of island leaders [c that few knew].", "a meeting of island leaders"),
        (
            "@LindholmFerry talks to @AnaRuiz tonight.#HarbourHour",
            "@LindholmFerry talks to @AnaRuiz tonight.",
        ),
    ],
)
def test_what_states_nothing_is_no_statement(marked: str, read: str) -> None:
    assert own(marked, read) == []


@pytest.mark.parametrize(
    ("marked", "read"),
    [
        ("[c “It is over,”] [s Ruiz] [q said], but the crew stayed aboard.", "the crew stayed aboard."),
        (
            "[c “It is over,”] [q said] [s Ruiz], who had left at noon with Lee.",
            "who had left at noon with Lee.",
        ),
        ("Yet the crew stayed aboard.", "the crew stayed aboard."),
        (
            "The hashtag #SaveThePier was used in 400 posts.",
            "The hashtag #SaveThePier was used in 400 posts.",
        ),
        (
            "At dawn, the dockers blocked the pier, [s Lee] [q fears] [c a riot].",
            "At dawn, the dockers blocked the pier",
        ),
        ("The rain went on: the match was off.", "the match was off."),
    ],
)
def test_what_is_whole_stays_as_it_is(marked: str, read: str) -> None:
    assert own(marked, read) == [[read]]


@pytest.mark.parametrize(
    "marked",
    [
        "The gap between [c what] [s Ruiz] [q says] [c the pier costs] and its price grew by a third in May.",
        "My father drove the ferry for twenty-two years, [s which] [q confirmed] [c what I knew].",
        "Though [s a judge] [q found] [c the sale void], the firm kept the pier and sold the ferries in May.",
    ],
)
def test_a_report_by_the_way_leaves_a_statement_whole(marked: str) -> None:
    text = read_marked(marked)[0].text
    assert own(marked, text) == [[text]]


def test_a_report_is_no_statement() -> None:
    marked = "In May, [s Ruiz] [q said] [c the pier and all its ferries would close]."
    assert own(marked, read_marked(marked)[0].text) == []


def test_a_setting_and_its_clause_are_one_statement() -> None:
    marked = "With a week to go, the mayor has no plan for the pier."
    assert own(marked, "With a week to go", "the mayor has no plan for the pier.") == [[marked]]


def test_a_short_sentence_is_no_setting_of_the_next() -> None:
    marked = "On it went. The mayor has no plan for the pier."
    assert own(marked, "On it went.", "The mayor has no plan for the pier.") == [
        ["On it went."],
        ["The mayor has no plan for the pier."],
    ]


def test_a_report_that_follows_is_not_swallowed() -> None:
    marked = "In May the pier closed and [s Lee] [q said] [c the ferry would stop too]."
    assert own(marked, "the pier closed and") == [["In May the pier closed"]]


@given(st.text("aT .,;—@#\n“”", max_size=40), st.data())
def test_any_statement_becomes_words_of_its_own_sentence(text: str, data: st.DataObject) -> None:
    size = len(text)
    spans = st.tuples(st.integers(0, size), st.integers(0, size))
    statements = tuple(Statement(a, b, 0.5) for a, b in data.draw(st.lists(spans, max_size=4)))
    document = Document(text, (), (Span(0, size),) if size else ())
    found = join_attributions(document, Reading(statements=statements))
    assert all(0 <= s.start < s.end <= size for a in found for s in a.content)

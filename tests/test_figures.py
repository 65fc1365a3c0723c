"""Which numbers are figures, of what, with which bound and unit; and which are none."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_news import Said, Via, tell

from onrecord.figures.figures import Links, find_figures
from onrecord.figures.numerals import find_numerals
from onrecord.model import Date, Document, EventMention, Mention, Span


def read(text: str, *mentions: Mention, dates: tuple[Date, ...] = ()) -> list[tuple[Any, ...]]:
    document = Document(text, (), (Span(0, len(text)),))
    return [
        (text[f.start : f.end], f.what, f.measure, f.value, f.value_to, f.unit, f.bound)
        for f in find_figures(document, mentions, dates)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "The blast killed at least five people.",
            ("at least five", "people", "people killed", 5, None, None, "at_least"),
        ),
        (
            "Seventeen people were slightly injured.",
            ("Seventeen", "people", "people injured", 17, None, None, "exactly"),
        ),
        (
            "The death toll from the flood rose to six.",
            ("six", None, "people killed", 6, None, None, "exactly"),
        ),
        (
            "It left 12 dead.",
            ("12", "dead", "people killed", 12, None, None, "exactly"),
        ),
        (
            "Police arrested about two dozen protesters.",
            ("about two dozen", "protesters", "protester arrested", 24, None, None, "about"),
        ),
        (
            "She paid a fine of €3.5 million.",
            ("€3.5 million", "fine", "fine", 3500000, None, "EUR", "exactly"),
        ),
        (
            "Some 60-70 boats sank.",
            ("Some 60-70", "boats", "boat", 60, 70, None, "between"),
        ),
        (
            "Between 40 and 80 percent of homes burned.",
            ("40 and 80 percent", "homes", "home", 40, 80, "%", "between"),
        ),
        (
            "He faces up to 10 years in prison.",
            ("up to 10 years", "prison", "prison", 10, None, "year", "at_most"),
        ),
    ],
)
def test_a_figure_is_read(text: str, expected: tuple[Any, ...]) -> None:
    assert read(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "The plant opened in 1987 and closed.",
        "Hundreds of people came, several hundred of them by boat.",
        "Ana Ortiz, 47, is the mayor.",
        "A 25-year-old man was seen.",
        "Halden beat Moss 3-1 at home.",
        "They flew on Flight 370 to Room 12.",
        "One of them smiled, and the one we like was late.",
        "It was her second visit.",
        "They met at 6:30.",
    ],
)
def test_other_numbers_are_no_figures(text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize("text", ["52 m² of ² boats", "9" * 400 + " people", "9" * 400 + " million people"])
def test_odd_and_endless_digits_are_passed_over(text: str) -> None:
    assert [found.value for found in find_numerals(text, 0, len(text))] == ([52] if text[0] == "5" else [])


@pytest.mark.parametrize(
    "text", ["Marriott has a fortune of $ 35 billion .", "Marriott ’s of $ 35 billion ."]
)
def test_a_figure_of_nothing_that_is_told_has_no_measure(text: str) -> None:
    for figure in find_figures(Document(text, (), (Span(0, len(text)),))):
        assert figure.measure != "" and figure.what != ""


def test_a_denied_number_is_not_stated() -> None:
    assert [row[3] for row in read("It was 17 people, not 22 people.")] == [17]


def test_numbers_in_names_and_dates_are_none() -> None:
    text = "The Group of 77 states met on 12 May with 30 guests."
    name = Mention(4, 15, "name", "organization", 0, 1.0, "hand")
    day = Date(30, 36, "date", None, "hand", None)
    assert [row[0] for row in read(text, name, dates=(day,))] == ["30"]


def test_the_moment_is_what_the_article_says() -> None:
    text = "As of Monday, 12 people were missing. The quake struck on Sunday, and 3 people were hurt."
    cut = text.index(" The quake")
    days = tuple(
        Date(text.index(day), text.index(day) + 6, "date", value, "hand", None)
        for day, value in (("Monday", "2031-05-05"), ("Sunday", "2031-05-04"))
    )
    document = Document(text, (), (Span(0, cut), Span(cut + 1, len(text))))
    assert [figure.as_of for figure in find_figures(document, (), days)] == ["2031-05-05", None]


def test_who_says_it_and_what_happened() -> None:
    said = "17 people were injured"
    made = tell(
        f"Ada Nyberg said that {said}.", Said(said, (Via("Ada Nyberg"),)), names={"Ada Nyberg": "person"}
    )
    text = made.article.text
    told = text.index("injured")
    event = EventMention(told, told + 7, "certain", "pos", "non_future", None, None, (), "hand", 1.0)
    (figure,) = find_figures(Document(text, (), (Span(0, len(text)),)))
    links = Links(replace(made, events=(event,)))
    assert (links.find_claim(figure), links.find_event(figure)) == (0, 0)


@settings(deadline=None)
@given(st.integers(0, 10**9))
def test_digits_mean_what_they_say(number: int) -> None:
    for written in (str(number), f"{number:,}"):
        assert [found.value for found in find_numerals(written, 0, len(written))] == [number]


@settings(deadline=None)
@given(st.text("0123456789 ,.-$%andtwofivehundredmillionpeoplekilled", max_size=60))
def test_figures_stand_in_the_text(text: str) -> None:
    document = Document(text, (), (Span(0, len(text)),))
    figures = find_figures(document)
    for figure in figures:
        assert 0 <= figure.start < figure.end <= len(text)
        assert (figure.value_to is not None) is (figure.bound == "between")
        assert figure.measure != "" and figure.what != ""
    assert len({(figure.start, figure.end) for figure in figures}) == len(figures)

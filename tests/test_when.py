"""Dates: which words are found, what they mean, and that nothing is guessed. All wording is our own."""

import datetime as dt
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.cleaning.text import split_sentences
from onrecord.dates.edtf import interval_of, is_duration, is_edtf
from onrecord.dates.when import RULES, date_phrases, find_anchor, find_phrases
from onrecord.model import Block, BlockKind, Date, Document, Phrase

FRIDAY = "2015-03-20"


def document(text: str, kind: BlockKind = "body") -> Document:
    blocks = tuple(Block(m.start(), m.end(), kind) for m in re.finditer(r"[^\n]+", text))
    return Document(text, blocks, tuple(s for b in blocks for s in split_sentences(text, b.start, b.end)))


def found(text: str) -> list[str]:
    return [text[p.start : p.end] for p in find_phrases(document(text))]


def read(text: str, published: str | None = FRIDAY) -> dict[str, Date]:
    made = document(text)
    return {text[d.start : d.end]: d for d in date_phrases(made, find_phrases(made), published)}


@pytest.mark.parametrize(
    ("sentence", "phrase", "value", "rule"),
    [
        # dates that say all by themselves
        ("The bridge opened on March 3, 2009.", "March 3, 2009", "2009-03-03", "calendar-day"),
        ("It fell on Tuesday, 3 March 2009 and", "Tuesday, 3 March 2009", "2009-03-03", "calendar-day"),
        ("The 3rd of March, 2009 was dry", "The 3rd of March, 2009", "2009-03-03", "calendar-day"),
        ("Signed March 01 , 2008 in Oslo", "March 01 , 2008", "2008-03-01", "calendar-day"),
        ("Logged 2009-03-03 at the port", "2009-03-03", "2009-03-03", "calendar-day"),
        ("It closed on February 30, 2009.", "February 30, 2009", None, "unresolved-no-such-date"),
        ("Work began in Sept. 2008 there", "Sept. 2008", "2008-09", "calendar-month"),
        ("Prices rose in mid-March 2010.", "mid-March 2010", "2010-03", "calendar-month"),
        ("The mill has stood since 1894.", "1894", "1894", "calendar-year"),
        ("It was built in late 2011.", "late 2011", "2011", "calendar-year"),
        ("Rents soared in the 1990s.", "the 1990s", "199X", "decade"),
        ("Rents soared in the early 1970s.", "the early 1970s", "197X", "decade"),
        ("Rents soared in the eighties.", "the eighties", "198X", "decade"),
        ("The canal dates from the 19th century.", "the 19th century", "18XX", "century"),
        ("He retired in spring 2014.", "spring 2014", "2014-21", "season-of-year"),
        ("See the third quarter of 2009.", "the third quarter of 2009", "2009-07/2009-09", "part-of-year"),
        ("Sales grew in Q3 2009.", "Q3 2009", "2009-07/2009-09", "part-of-year"),
        ("By the last six months of 2009", "the last six months of 2009", "2009-07/2009-12", "part-of-year"),
        ("The 2009-2011 plan was dropped.", "2009-2011", "2009/2011", "range"),
        ("They met on 3-5 May 2014 in Bern.", "3-5 May 2014", "2014-05-03/2014-05-05", "range"),
        # what is to come
        ("It said it would report by the end of May.", "the end of May", "2015-05", "month-by-tense"),
        ("The council is sending a team on Tuesday.", "Tuesday", "2015-03-24", "weekday-by-tense"),
        ("Norfield, who play on Sunday, lead.", "Sunday", "2015-03-22", "weekday-by-tense"),
        # any such day
        ("Late on a Tuesday in June he left.", "Tuesday", None, "unresolved-any-such-day"),
        ("It began one Friday, she said.", "Friday", None, "unresolved-any-such-day"),
        ("He spoke at a Tuesday hearing.", "Tuesday", "2015-03-17", "weekday-by-tense"),
        # figures whose order is not said
        ("Filed 13/04/2015 with the court", "13/04/2015", "2015-04-13", "numeric-date"),
        ("Filed 04/04/15 with the court", "04/04/15", "2015-04-04", "numeric-date"),
        ("Filed 03/04/2015 with the court", "03/04/2015", None, "unresolved-ambiguous-order"),
        ("The 2010-11 report is out.", "2010-11", None, "unresolved-ambiguous-order"),
        # whose fiscal year, nobody says
        ("Costs fell in fiscal 2014.", "fiscal 2014", None, "unresolved-fiscal-year"),
        ("Its third quarter was weak.", "third quarter", None, "unresolved-fiscal-year"),
        # counted from the anchor
        ("The mayor resigned yesterday.", "yesterday", "2015-03-19", "day-from-anchor"),
        ("The vote is tomorrow night.", "tomorrow night", "2015-03-21", "day-from-anchor"),
        ("The talks failed last week.", "last week", "2015-03-09/2015-03-15", "period-from-anchor"),
        ("The talks failed earlier this month.", "earlier this month", "2015-03", "period-from-anchor"),
        ("It should open by the end of next year.", "the end of next year", "2016", "period-from-anchor"),
        ("They met over the weekend, officials said.", "the weekend", "2015-03-14/2015-03-15", "weekend"),
        ("The union went on strike last Tuesday.", "last Tuesday", "2015-03-17", "weekday-from-anchor"),
        ("The union went on strike Tuesday.", "Tuesday", "2015-03-17", "weekday-by-tense"),
        ("The union went on strike on Friday.", "Friday", "2015-03-20", "weekday-by-tense"),
        ("The union will strike on Tuesday.", "Tuesday", "2015-03-24", "weekday-by-tense"),
        ("The Herald reported the plan on Tuesday.", "Tuesday", "2015-03-17", "weekday-by-tense"),
        ("Owners dropped a rescue plan on Tuesday.", "Tuesday", "2015-03-17", "weekday-by-tense"),
        ("It has a plan to strike on Tuesday.", "Tuesday", "2015-03-24", "weekday-by-tense"),
        ("The owner plans a sale on Tuesday.", "Tuesday", "2015-03-24", "weekday-by-tense"),
        ("Exports fell in October.", "October", "2014-10", "month-by-tense"),
        ("The law will apply in October.", "October", "2015-10", "month-by-tense"),
        ("Exports fell earlier in April.", "earlier in April", "2014-04", "month-by-tense"),
        ("The rate was cut on March 3 to", "March 3", "2015-03-03", "month-by-tense"),
        ("Dockers struck last March over pay.", "last March", "2014-03", "month-from-anchor"),
        ("The firm was sold two years ago.", "two years ago", "2013", "ago"),
        ("The firm was sold nearly two decades ago.", "nearly two decades ago", "1995~", "ago"),
        ("The firm was sold several years ago.", "several years ago", None, "unresolved-vague-count"),
        ("Fires raged last summer.", "last summer", "2014-22", "season-from-anchor"),
        ("Profit fell in the second half.", "the second half", "2014-07/2014-12", "part-of-year-by-tense"),
        ("The shop closed on Christmas Eve.", "Christmas Eve", "2014-12-24", "holiday"),
        ("It happened years after the Sept. 11 attacks.", "Sept. 11", "2001-09-11", "named-day"),
        # times
        ("It opens at 9:30 GMT on Friday.", "9:30 GMT on Friday", "2015-03-20T09:30:00Z", "weekday-by-tense"),
        ("He left at 8 p.m. on Friday.", "8 p.m. on Friday", "2015-03-20T20:00:00", "weekday-by-tense"),
        ("He left at 8 p.m. and slept.", "8 p.m.", None, "unresolved-time-without-day"),
        # lengths and sets
        ("A five-year plan was agreed.", "five-year", "P5Y", "length"),
        ("It took almost two and a half years.", "almost two and a half years", "P2.5Y", "length"),
        ("It grew over the past decade.", "the past decade", "P10Y", "length"),
        ("It took thirty minutes.", "thirty minutes", "PT30M", "length"),
        ("It took several weeks.", "several weeks", None, "unresolved-vague-count"),
        ("The board meets every Monday.", "every Monday", "P1W", "set"),
        ("They build 15 a year.", "a year", "P1Y", "set"),
        ("Fees are paid annually.", "annually", "P1Y", "set"),
    ],
)  # fmt: skip
def test_a_phrase_has_its_value(sentence: str, phrase: str, value: str | None, rule: str) -> None:
    date = read(sentence)[phrase]
    assert (date.value, date.rule) == (value, rule)


@pytest.mark.parametrize(
    ("sentence", "phrase", "value", "anchor"),
    [
        ("He came March 4. The following Tuesday he left.", "following Tuesday", "2015-03-10", "2015-03-04"),
        ("He arrived on March 4, and the next day he left.", "the next day", "2015-03-05", "2015-03-04"),
        ("It lost money in Q1 2015, more than a year earlier.", "a year earlier", "2014", None),
        ("Built in 1987, it burned down two years later.", "two years later", "1989", "1987"),
        ("He won in 2008; turnout that year was low.", "that year", "2008", "2008"),
        ("Claims peaked in May 2009 and fell in October of that year.", "October", "2009-10", "2009-05"),
    ],
)  # fmt: skip
def test_what_is_counted_from_the_date_named_last(
    sentence: str, phrase: str, value: str, anchor: str | None
) -> None:
    dates = {text: date for text, date in read(sentence).items() if text.endswith(phrase)}
    date = dates.popitem()[1]
    if anchor is None:
        assert date.value is not None and date.value.startswith(value)
    else:
        assert (date.value, date.anchor) == (value, anchor)


def test_what_is_counted_from_an_event_has_no_value() -> None:
    date = read("In May 2009, two days after the flood, he left.")["two days after"]
    assert (date.value, date.rule) == (None, "unresolved-counted-from-event")


def test_the_ends_of_a_range_share_a_year() -> None:
    dates = read("It ran from March 3 to April 5, 2010.", None)
    assert dates["March 3"].value == "2010-03-03"
    assert dates["April 5, 2010"].value == "2010-04-05"


def test_a_month_is_not_given_a_year_that_two_could_be_meant() -> None:
    assert read("Elected in 2008, he sold the firm in May.")["May"].value == "XXXX-05"


@pytest.mark.parametrize(
    "text",
    [
        "May I ask? Theresa May said they may march, and he may not.",
        "The second man read the Sun and the Monthly.",
        "Some 1,500 people and 2000 workers took Flight 1954 on a 737.",
        "It is open 24/7; they won 3-2, then 10:30 in sets.",
        "A 25-year-old and a 9-month-old were hurt.",
        "She paid $1999 for a quarter of the shares.",
        "Shoppers came out on Black Friday and voters on Super Tuesday.",
        "It will one day rule the market, says the Sunday Times.",
        "Merry Christmas! The Christmas tree was 20 feet tall.",
        "",
    ],
)
def test_what_is_no_date_is_not_found(text: str) -> None:
    assert found(text) == []


def test_prepositions_stay_outside_and_amounts_inside() -> None:
    text = "From 2009 to 2011, and since Tuesday, almost two years passed until earlier this month."
    assert found(text) == ["2009", "2011", "Tuesday", "almost two years", "earlier this month"]


def test_furniture_is_not_read_but_for_the_line_that_dates_the_article() -> None:
    assert find_phrases(document("Copyright 2015. Updated March 3, 2015.\nIn 2014", "furniture")) == ()
    (phrase,) = find_phrases(document("Tuesday, March 3, 2015\nShare 2015", "furniture"))
    assert (phrase.start, phrase.end) == (0, 22)


@pytest.mark.parametrize(
    ("text", "value", "given_by"),
    [
        ("Mill burns\nMarch 01 , 2008\nA mill burned.", "2008-03-01", "date-line"),
        (
            "Mill burns\nPublished: Tuesday, 3 March 2015 at 10:30 GMT\nA mill burned.",
            "2015-03-03",
            "date-line",
        ),
        ("LONDON, March 3, 2015 (Wire) - A mill burned.", "2015-03-03", "dateline"),
        ("OSLO, Norway, 3 March 2015 — A mill burned.", "2015-03-03", "dateline"),
        ("OSLO, March 3, 2015 /NordWire/ -- A mill burned.", "2015-03-03", "dateline"),
        ("Mill burns\nHalden Post, Tuesday 3 March 2015\nA mill burned.", "2015-03-03", "date-line"),
        ("Mill burns\nThe Halden Post - 3 March 2015\nA mill burned.", "2015-03-03", "date-line"),
        ("Mill speech\nAs delivered, 3 March 2015\nA mill burned.", "2015-03-03", "date-line"),
    ],
)
def test_the_text_gives_its_own_moment(text: str, value: str, given_by: str) -> None:
    anchor = find_anchor(document(text))
    assert anchor is not None
    assert (anchor.value, anchor.given_by) == (value, given_by)


def test_the_publication_date_comes_first() -> None:
    text = "LONDON, March 3, 2015 - A mill burned."
    for published, value in [
        ("2015-03-04T09:00:00Z", "2015-03-04"),
        ("2015-03", "2015-03-03"),
        ("2014", "2014"),
    ]:
        anchor = find_anchor(document(text), published)
        assert anchor is not None
        assert anchor.value == value


def test_without_a_date_of_its_own_the_report_that_is_relayed_counts() -> None:
    text = "A mill burned, according to a Courier story published on March 3, 2015. It reopens this week."
    anchor = find_anchor(document(text))
    assert anchor is not None
    assert (anchor.value, anchor.given_by) == ("2015-03-03", "report")
    assert text[anchor.start : anchor.end] == "March 3, 2015"
    week = date_phrases(document(text), find_phrases(document(text)), None)[-1]
    assert (week.value, week.anchor) == ("2015-03-02/2015-03-08", "2015-03-03")
    own = find_anchor(document(text), "2015-03-05")
    assert own is not None and own.value == "2015-03-05"


@pytest.mark.parametrize(
    "text",
    [
        "LONDON, March 3 (Wire) - A mill burned.",
        "A mill burned on March 3, 2015.",
        "Mill burns\nThe mill burned down, March 3, 2015\nIt was old.",
        "A Courier story published on March 3 told of it.",
        "One story published on March 3, 2015 and a report dated April 4, 2015 tell of it.",
    ],
)
def test_a_date_in_the_story_is_no_anchor(text: str) -> None:
    assert find_anchor(document(text)) is None


def test_a_coarse_anchor_gives_only_what_it_can() -> None:
    dates = read("This year it fell; last week it rose.", "2015")
    assert dates["This year"].value == "2015"
    assert dates["last week"].rule == "unresolved-coarse-anchor"


RELATIVE = """today, yesterday, last night, this week, last month, next year, this weekend, last Tuesday
Tuesday, last March, two years ago, last summer, the third quarter
a year earlier, the following day, the eighties, the same day, later this year, the end of the year
two weeks from now, 8 p.m. on Friday, the next day"""


@pytest.mark.parametrize("phrase", re.split(", |\n", RELATIVE))
def test_without_an_anchor_no_relative_date_has_a_value(phrase: str) -> None:
    dates = read(f"The plant closed {phrase}, managers said.", None)
    assert dates
    assert all(
        d.value is None and d.anchor is None and d.rule.startswith("unresolved-") for d in dates.values()
    )


@pytest.mark.parametrize(
    ("phrase", "value"),
    [("in March", "XXXX-03"), ("on March 3", "XXXX-03-03"), ("on Christmas Eve", "XXXX-12-24")],
)
def test_a_day_of_a_year_that_nothing_tells_keeps_its_year_open(phrase: str, value: str) -> None:
    (date,) = read(f"The plant closed {phrase}, managers said.", None).values()
    assert (date.value, date.anchor) == (value, None)


def test_a_rule_can_be_switched_off() -> None:
    made = document("Exports fell on Tuesday.")
    (date,) = date_phrases(made, find_phrases(made), FRIDAY, frozenset({"weekday-by-tense"}))
    assert (date.value, date.rule) == (None, "unresolved-unknown")
    assert len({rule.name for rule in RULES}) == len(RULES)


def test_phrases_of_another_tagger_are_read() -> None:
    text = "It closed on Tuesday, in 2008 and under the old era."
    proposed = [Phrase(10, 20, 0.9), Phrase(22, 29, 0.9), Phrase(34, 51, 0.9)]
    dates = date_phrases(document(text), proposed, FRIDAY)
    assert [d.value for d in dates] == ["2015-03-17", "2008", None]
    assert dates[2].rule == "unresolved-unknown"


PIECES = """March May 3 03 2015 1999 , . - / : 's the last next this two 31 30 first quarter of Tuesday
week year years ago 8 p.m. GMT +14 in on half century 99999 billion early spring 00 Q3 9999 0 a earlier
later following day"""
WORDS = st.sampled_from(PIECES.split())
TEXTS = st.one_of(st.text(max_size=80), st.lists(WORDS, max_size=14).map(" ".join))
ANCHORS = st.one_of(
    st.none(), st.dates().map(str), st.sampled_from(["2015", "2015-03", "199X", "soon", "9999-12-31"])
)


@settings(max_examples=150, deadline=None)
@given(TEXTS, ANCHORS)
def test_any_text_gives_disjoint_spans_and_valid_values(text: str, published: str | None) -> None:
    made = document(text)
    phrases = find_phrases(made)
    at = 0
    for phrase in phrases:
        assert at <= phrase.start < phrase.end <= len(text)
        at = phrase.end
    dates = date_phrases(made, phrases, published)
    assert len(dates) == len(phrases)
    for date in dates:
        if date.value is None:
            assert date.rule.startswith("unresolved-")
        elif date.kind in ("duration", "set"):
            assert is_duration(date.value)
        else:
            assert is_edtf(date.value)
            assert interval_of(date.value) is not None or date.value.startswith("XXXX-")


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60), st.data())
def test_any_spans_can_be_read(text: str, data: st.DataObject) -> None:
    ends = st.integers(0, len(text))
    spans = data.draw(
        st.lists(st.tuples(ends, ends).filter(lambda s: s[0] < s[1]), max_size=4) if text else st.just([])
    )
    dates = date_phrases(document(text), [Phrase(a, b, 0.5) for a, b in spans], FRIDAY)
    assert sorted((d.start, d.end) for d in dates) == sorted(spans)


@settings(max_examples=40, deadline=None)
@given(st.dates(dt.date(1000, 1, 1), dt.date(2099, 12, 31)))
def test_days_written_in_full_come_back(day: dt.date) -> None:
    for written in (f"{day:%B} {day.day}, {day.year}", f"{day:%A}, {day.day} {day:%b} {day.year}", f"{day}"):
        assert [date.value for date in read(f"It was signed on {written}.", None).values()] == [str(day)]

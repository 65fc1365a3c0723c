"""Calendar values: what counts as one, and that counting keeps to the calendar."""

import datetime as dt

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from onrecord.dates.edtf import (
    day_of,
    interval_of,
    is_duration,
    is_edtf,
    make_interval,
    quarter_of,
    shift,
    week_of,
)

DAYS = st.dates(dt.date(1000, 1, 1), dt.date(9000, 12, 31))


@pytest.mark.parametrize(
    "value", ["2015", "2015-03", "2016-02-29", "199X", "18XX~", "2015-21", "2014/2015-03", "XXXX-03"]
)
def test_dates_are_edtf(value: str) -> None:
    assert is_edtf(value)
    assert not is_duration(value)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "15",
        "2015-13",
        "2015-02-29",
        "2015-W12",
        "2015-Q1",
        "2015-3",
        "P1Y",
        "2015/2014",
        "2015/",
        "٢٠١٥",
        "2015\n",
        "2015-03-20T24:00:00",
        "2015-03-20T10:00",
        "2015-03T10:00:00",
        "XXXX-13",
        "XXXX-02-30",
        "XXXX",
        "XXXX-03/2015-04",
        "2015-25",
        "2015-03-20/2015-03-19",
    ],
)
def test_what_is_not_a_date_is_not_edtf(value: str) -> None:
    assert not is_edtf(value)


@given(st.text(max_size=25))
def test_any_text_can_be_asked(text: str) -> None:
    if is_edtf(text):
        assert interval_of(text) is not None
    assert not (is_edtf(text) and is_duration(text))


@given(DAYS, st.integers(-60, 60))
def test_weeks_run_from_monday_to_sunday(day: dt.date, weeks: int) -> None:
    value = week_of(day, weeks)
    assert value is not None
    span = interval_of(value)
    assert span is not None
    assert (span[0].weekday(), span[1] - span[0]) == (0, dt.timedelta(6))
    assert span[0] <= day + dt.timedelta(weeks=weeks) <= span[1]


@given(DAYS)
def test_quarters_cover_the_year_and_hold_their_days(day: dt.date) -> None:
    quarters = [interval_of(quarter_of(day.year, number) or "") for number in (1, 2, 3, 4)]
    assert sum(span[0] <= day <= span[1] for span in quarters if span) == 1


@given(DAYS, st.integers(-300, 300))
def test_days_are_moved_as_the_library_moves_them(day: dt.date, count: int) -> None:
    assert day_of(shift(str(day), "D", count)) == day + relativedelta(days=count)
    assert day_of(shift(str(day), "M", count)) == day + relativedelta(months=count)


@given(DAYS, DAYS)
def test_intervals_never_run_backwards(first: dt.date, last: dt.date) -> None:
    assert (make_interval(str(first), str(last)) is not None) == (first <= last)

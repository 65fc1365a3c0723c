"""Calendar values as text: the part of EDTF and ISO 8601 that dates in news need.

An EDTF value names a calendar date to the precision that is known: ``2015``, ``2015-03``, ``2015-03-20``, a
decade ``199X``, a century ``19XX``, a season ``2015-21``, an interval ``2015-01/2015-03``, with ``~``
where it is approximate, and with ``XXXX`` for a year that is not told (``XXXX-06-17``; level 2, all else is
of levels 0 and 1). EDTF has no weeks and, at level 1, no quarters: they are intervals here. Lengths
of time are ISO 8601 durations (``P3Y``). Specification: Library of Congress, Extended Date/Time Format,
2019 (ISO 8601-2).
"""

import calendar
import datetime as dt
import re
from typing import Literal

from dateutil.relativedelta import relativedelta

from onrecord.world import DatePrecision

__all__ = [
    "day_of",
    "interval_of",
    "is_duration",
    "is_edtf",
    "judge_precision",
    "make_day",
    "make_interval",
    "make_month",
    "quarter_of",
    "says_less",
    "shift",
    "week_of",
]

Unit = Literal["D", "W", "M", "Y"]

UNTOLD = "XXXX"
"""The year that an article does not tell."""
LEAP = 2000
"""A year that has all days."""
_DATE = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d))?)?(?P<rest>T\d\d:\d\d:\d\d(?:Z|[+-]\d\d(?::\d\d)?)?)?[?~%]?"
)
_YEARLESS = re.compile(r"XXXX-(?P<month>\d\d)(?:-(?P<day>\d\d))?[?~%]?")
_COARSE = re.compile(r"\d{3}X[?~%]?|\d{2}XX[?~%]?|\d{4}-2[1-4][?~%]?")
_DURATION = re.compile(r"P(?=\d|T)(?:\d+(?:\.\d+)?[YMWD]|(?:T\d+(?:\.\d+)?[HMS]))")
_ASCII = re.compile(r"[\x21-\x7e]+")


def _is_date(value: str) -> bool:
    if _COARSE.fullmatch(value):
        return True
    if yearless := _YEARLESS.fullmatch(value):
        return make_day(LEAP, int(yearless["month"]), int(yearless["day"] or 1)) is not None
    match = _DATE.fullmatch(value)
    if not match or (match["rest"] and not match["day"]):
        return False
    try:
        dt.date(int(match["year"]), int(match["month"] or 1), int(match["day"] or 1))
        if match["rest"]:
            dt.time.fromisoformat(match["rest"][1:])
    except ValueError:
        return False
    return True


def is_edtf(value: str) -> bool:
    """Whether a value is an EDTF date, date and time, or interval of dates, of a kind this package writes.

    >>> [is_edtf(v) for v in ("2015-03-20", "199X", "2015-21", "2015-01/2015-03", "2010~")]
    [True, True, True, True, True]
    >>> [is_edtf(v) for v in ("XXXX-02-29", "XXXX-06", "XXXX-06-30/XXXX-07-02", "XXXX-02-30")]
    [True, True, True, False]
    >>> [is_edtf(v) for v in ("2015-02-30", "2015-W12", "P3Y", "2015-3", "2015/2014", "")]
    [False, False, False, False, False, False]
    """
    if not _ASCII.fullmatch(value):
        return False
    first, slash, last = value.partition("/")
    if not slash:
        return _is_date(value)
    if "T" in value or not (_is_date(first) and _is_date(last)):
        return False
    if _YEARLESS.fullmatch(first) or _YEARLESS.fullmatch(last):
        return first[:4] == last[:4] == UNTOLD and first < last
    begin, end = interval_of(first), interval_of(last)
    return begin is not None and end is not None and begin[0] <= end[1]


def is_duration(value: str) -> bool:
    """Whether a value is an ISO 8601 duration with one unit, which may have a decimal.

    >>> [is_duration(v) for v in ("P3Y", "PT30M", "P2.5Y", "PXY", "P", "PT")]
    [True, True, True, False, False, False]
    """
    return bool(_ASCII.fullmatch(value) and _DURATION.fullmatch(value))


def interval_of(value: str) -> tuple[dt.date, dt.date] | None:
    """The first and last day of an EDTF value, or null where it is none, has no year or is outside the years
    1 to 9999.

    A season counts as the months that its name means in the northern hemisphere.

    >>> interval_of("2015-02")
    (datetime.date(2015, 2, 1), datetime.date(2015, 2, 28))
    >>> interval_of("2015-21")
    (datetime.date(2015, 3, 1), datetime.date(2015, 5, 31))
    """
    if "/" in value:
        first, last = (interval_of(part) for part in value.split("/", 1))
        return (first[0], last[1]) if first and last else None
    value = value.rstrip("?~%").split("T")[0]
    try:
        if value.endswith("X"):
            low, high = int(value.replace("X", "0")), int(value.replace("X", "9"))
            return dt.date(low, 1, 1), dt.date(high, 12, 31)
        if _COARSE.fullmatch(value):
            year, season = int(value[:4]), int(value[5:])
            first_month = dt.date(year, 3 * (season - 20), 1)
            return first_month, first_month + relativedelta(months=3, days=-1)
        match = _DATE.fullmatch(value)
        if not match:
            return None
        year, month, day = (int(match[k]) if match[k] else 0 for k in ("year", "month", "day"))
        last_month = month or 12
        return (
            dt.date(year, month or 1, day or 1),
            dt.date(year, last_month, day or calendar.monthrange(year, last_month)[1]),
        )
    except (ValueError, OverflowError):
        return None


def day_of(value: str | None) -> dt.date | None:
    """The day that a value names, or null where it is coarser than a day.

    >>> day_of("2015-03-20T18:00:00Z"), day_of("2015-03")
    (datetime.date(2015, 3, 20), None)
    """
    span = interval_of(value) if value else None
    return span[0] if span and span[0] == span[1] else None


def make_day(year: int | None, month: int, day: int) -> str | None:
    """The day as EDTF, with or without its year, or null where the calendar has no such day.

    >>> make_day(2015, 2, 28), make_day(2015, 2, 30), make_day(None, 6, 17)
    ('2015-02-28', None, 'XXXX-06-17')
    """
    try:
        whole = dt.date(LEAP if year is None else year, month, day).isoformat()
    except ValueError:
        return None
    return whole if year is not None else f"{UNTOLD}{whole[4:]}"


def make_month(year: int | None, month: int) -> str | None:
    """The month as EDTF, with or without its year, or null where there is none such.

    >>> make_month(2015, 3), make_month(None, 3)
    ('2015-03', 'XXXX-03')
    """
    day = make_day(year, month, 1)
    return day and day[:7]


def says_less(coarse: str, fine: str) -> bool:
    """Whether one value says the same as another or less of the same, such as its year, or its day without
    the year.

    >>> says_less("2026", "2026-03"), says_less("XXXX-03-04", "2026-03-04"), says_less("2026-03", "2026-04")
    (True, True, False)
    """
    if "/" in fine or "/" in coarse:
        return coarse == fine
    if coarse.startswith(UNTOLD):
        coarse, fine = coarse[len(UNTOLD) :], fine[len(UNTOLD) :]
    return coarse == fine or fine.startswith((f"{coarse}-", f"{coarse}T"))


def make_interval(first: str, last: str) -> str | None:
    """Two values as an interval, or null where it would run backwards.

    >>> make_interval("2009", "2011"), make_interval("2011", "2009")
    ('2009/2011', None)
    """
    value = f"{first}/{last}"
    return value if is_edtf(value) else None


def week_of(day: dt.date, weeks: int = 0) -> str | None:
    """The ISO 8601 week (Monday to Sunday) that holds a day, or one so many weeks from it, as an interval.

    >>> week_of(dt.date(2015, 3, 20))
    '2015-03-16/2015-03-22'
    """
    try:
        monday = day - dt.timedelta(days=day.weekday()) + dt.timedelta(weeks=weeks)
        return f"{monday.isoformat()}/{(monday + dt.timedelta(days=6)).isoformat()}"
    except OverflowError:
        return None


def quarter_of(year: int, quarter: int) -> str | None:
    """A quarter of the calendar year as an interval of months.

    >>> quarter_of(2015, 3)
    '2015-07/2015-09'
    """
    first, last = make_month(year, 3 * quarter - 2), make_month(year, 3 * quarter)
    return make_interval(first, last) if first and last else None


def _shift_one(value: str, unit: Unit, count: int) -> str | None:
    match = _DATE.fullmatch(value)
    if not match or match["rest"]:
        return None
    year, month, day = (int(match[k]) if match[k] else 0 for k in ("year", "month", "day"))
    try:
        step = {
            "D": relativedelta(days=count),
            "W": relativedelta(weeks=count),
            "M": relativedelta(months=count),
            "Y": relativedelta(years=count),
        }[unit]
        moved = dt.date(year, month or 1, day or 1) + step
    except (ValueError, OverflowError):
        return None
    if unit == "Y" and not month:
        return f"{moved.year:04d}"
    if unit in "YM" and month and not day:
        return f"{moved.year:04d}-{moved.month:02d}"
    return moved.isoformat() if day else None


def shift(value: str, unit: Unit, count: int) -> str | None:
    """A date or interval moved by whole days, weeks, months or years at its own precision.

    Null where the value is too coarse to be moved by that unit.

    >>> shift("2015-03", "Y", -1), shift("2015-01/2015-03", "Y", -1), shift("2015", "M", 2)
    ('2014-03', '2014-01/2014-03', None)
    """
    parts = [_shift_one(part, unit, count) for part in value.rstrip("?~%").split("/")]
    if any(part is None for part in parts):
        return None
    return "/".join(part for part in parts if part)


def judge_precision(date: str) -> DatePrecision:
    """How fine an EDTF value is.

    >>> [judge_precision(d) for d in ("2026-04-29", "2026-04", "2026-22", "199X", "2026-04-27/2026-05-01")]
    ['day', 'month', 'season', 'decade', 'interval']
    >>> judge_precision("XXXX-04-29"), judge_precision("XXXX-04")
    ('day', 'month')
    """
    bare = date.rstrip("~?%")
    if "/" in bare:
        return "interval"
    if "T" in bare:
        return "time"
    if bare.endswith("XX"):
        return "century"
    if bare.endswith("X"):
        return "decade"
    if len(bare) == 7:
        return "month" if int(bare[5:]) <= 12 else "season"
    return "year" if len(bare) == 4 else "day"

"""Rules for phrases that are counted from another date: from the anchor, or from the date named last.

Each rule takes a phrase in plain form (see ``date_scene.plain``) and its scene, and returns an answer, or
null where the phrase is not of its kind. What has nothing to be counted from gets no value.
"""

import datetime as dt
import re
from dataclasses import replace
from functools import cache

from dateutil.relativedelta import relativedelta

from onrecord import words
from onrecord.dates.calendar_dates import length_pattern, year_of
from onrecord.dates.date_scene import (
    STEPS,
    Answer,
    Scene,
    choose,
    from_anchor,
    missing,
    number_of,
    unresolved,
)
from onrecord.dates.edtf import Unit, day_of, interval_of, quarter_of, shift, week_of

__all__ = [
    "count_back",
    "read_day_from_anchor",
    "read_from_named",
    "read_period_from_anchor",
    "read_weekday_by_tense",
    "read_weekday_from_anchor",
    "read_weekend",
]

_WHICH = r"(?:the )?(?P<which>this|current|last|past|next|coming)(?: (?:calendar|business|past|coming))?"


def period(day: dt.date, unit: str, step: int) -> str | None:
    """The calendar week, month, quarter, year, decade or century that holds a day, or one so many from it.

    >>> period(dt.date(2015, 3, 20), "week", -1), period(dt.date(2015, 3, 20), "quarter", -1)
    ('2015-03-09/2015-03-15', '2014-10/2014-12')
    """
    if unit == "week":
        return week_of(day, step)
    if unit == "day":
        return shift(day.isoformat(), "D", step)
    if unit == "month":
        return shift(day.isoformat()[:7], "M", step)
    if unit == "quarter":
        moved = day.replace(day=1) + relativedelta(months=3 * step)
        return quarter_of(moved.year, (moved.month + 2) // 3)
    year = day.year + step * {"year": 1, "decade": 10, "century": 100}[unit]
    if not 1000 <= year <= 9999:
        return None
    return {"year": f"{year}", "decade": f"{year // 10}X", "century": f"{year // 100}XX"}[unit]


def _period_of(value: str, unit: str, step: int) -> str | None:
    """The period around a value that need not be a day; null where the value spans several such periods."""
    span = interval_of(value)
    if not span:
        return None
    try:
        first, last = (period(day, unit, step) for day in span)
    except (ValueError, OverflowError):
        return None
    return first if first == last else None


def read_day_from_anchor(phrase: str, scene: Scene) -> Answer | None:
    """A day counted from the anchor by an adverb; "tonight" and "this morning" are times within it.

    >>> read_day_from_anchor("yesterday", Scene(anchor="2015-03-01")).value
    '2015-02-28'
    >>> read_day_from_anchor("tonight", Scene()).why
    'unresolved-no-anchor'
    """
    days = {
        "today": 0,
        "tonight": 0,
        "this day": 0,
        "yesterday": -1,
        "last night": -1,
        "tomorrow": 1,
        "the day before yesterday": -2,
        "the day after tomorrow": 2,
    }
    phrase = phrase.removesuffix("'s")
    step = 0 if re.fullmatch(r"this (?:morning|afternoon|evening)", phrase) else days.get(phrase)
    if step is None:
        return None
    day = day_of(scene.anchor)
    answer = from_anchor(shift(day.isoformat(), "D", step), scene) if day else missing(scene.anchor, "anchor")
    return (
        replace(answer, kind="time")
        if phrase.endswith(("night", "morning", "afternoon", "evening"))
        else answer
    )


def read_period_from_anchor(phrase: str, scene: Scene) -> Answer | None:
    """This, last or next week, month, quarter, year, decade or century; also "the year" as in "later in".

    >>> read_period_from_anchor("last week", Scene(anchor="2015-03-20")).value
    '2015-03-09/2015-03-15'
    >>> read_period_from_anchor("this year", Scene(anchor="2015")).value
    '2015'
    """
    phrase = phrase.removesuffix("'s")
    match = re.fullmatch(rf"(?:all )?{_WHICH} (?P<unit>week|month|quarter|year|decade|century|day)", phrase)
    bare = re.fullmatch(r"(?:the )?(week|month|year|decade)|(?:the )?(year)(?:'s)?[ -]end", phrase)
    if match and (not phrase.startswith("the ") or match["which"] == "current"):
        unit, step = match["unit"], STEPS[match["which"]]
    elif bare:
        unit, step = bare[1] or bare[2], 0
        if scene.named and _period_of(scene.named, unit, 0):
            return Answer(_period_of(scene.named, unit, 0), scene.named)
    else:
        return None
    value = _period_of(scene.anchor, unit, step) if scene.anchor else None
    return Answer(value, scene.anchor) if value else missing(scene.anchor, "anchor")


def read_weekend(phrase: str, scene: Scene) -> Answer | None:
    """A weekend as Saturday to Sunday: the nearest that fits the tense, or the one before or after this
    week's.

    >>> read_weekend("this weekend", Scene(anchor="2015-03-20", tense="past")).value
    '2015-03-14/2015-03-15'
    >>> read_weekend("the weekend", Scene(anchor="2015-03-20", tense="future")).value
    '2015-03-21/2015-03-22'
    """
    match = re.fullmatch(
        r"(?:the )?(?:(?P<which>this|last|past|next|coming)(?: past| coming)? )?weekend", phrase
    )
    if not match:
        return None
    day = day_of(scene.anchor)
    if not day:
        return missing(scene.anchor, "anchor")
    back = match["which"] in ("last", "past") or (match["which"] in (None, "this") and scene.tense == "past")
    try:
        saturday = day + relativedelta(days=(5 - day.weekday()) if day.weekday() < 6 else -1)
        if back and saturday > day:
            saturday -= relativedelta(weeks=1)
        elif match["which"] == "next" and day.weekday() >= 5:
            saturday += relativedelta(weeks=1)
        return Answer(
            f"{saturday.isoformat()}/{(saturday + relativedelta(days=1)).isoformat()}", scene.anchor
        )
    except (ValueError, OverflowError):
        return unresolved("out-of-calendar")


def weekday_number(term: str) -> int:
    """Monday is 0.

    >>> weekday_number("thurs")
    3
    """
    return int(words.values("weekdays")[term.rstrip(".")])


def nearby_weekday(day: dt.date, weekday: int, forward: bool, same: bool) -> str | None:
    """The first such weekday before or after a day, the day itself counting where ``same`` is true.

    >>> nearby_weekday(dt.date(2015, 3, 20), weekday=4, forward=True, same=False)
    '2015-03-27'
    """
    step = (weekday - day.weekday()) % 7 if forward else -((day.weekday() - weekday) % 7)
    return shift(day.isoformat(), "D", step if step or same else 7 if forward else -7)


def read_weekday_from_anchor(phrase: str, scene: Scene) -> Answer | None:
    """A weekday with a word that says which: the nearest before or after the anchor, or in its week.

    >>> read_weekday_from_anchor("last tuesday", Scene(anchor="2015-03-20")).value
    '2015-03-17'
    >>> read_weekday_from_anchor("tuesday of next week", Scene(anchor="2015-03-20")).value
    '2015-03-24'
    """
    weekday = rf"(?P<weekday>(?:{choose('weekdays')})\b\.?)"
    match = re.fullmatch(
        rf"{_WHICH} {weekday}|{weekday.replace('weekday>', 'day>')},? (?:of )?(?P<week>last|this|next) week",
        phrase,
    )
    if not match:
        return None
    day = day_of(scene.anchor)
    if not day:
        return missing(scene.anchor, "anchor")
    number, which = weekday_number(match["weekday"] or match["day"]), match["which"]
    if which in ("last", "past"):
        return from_anchor(nearby_weekday(day, number, False, False), scene)
    if which in ("next", "coming"):
        return from_anchor(nearby_weekday(day, number, True, False), scene)
    week = week_of(day, STEPS[match["week"] or "this"])
    return from_anchor(shift(week.split("/")[0], "D", number) if week else None, scene)


_ANY_DAY = re.compile(r"\b(?:an?|one)\s+(?:[a-z]+\s+)?$")
_NOT_QUALIFYING = re.compile(
    r"\s*(?:[,.;:—–?!]|$|(?:in|of|during|when|that|morning|afternoon|evening|night)\b)"
)
"""What follows where a weekday is not said of a noun: "on a Friday in May", but not "at a Friday hearing"."""


def read_weekday_by_tense(phrase: str, scene: Scene) -> Answer | None:
    """A bare weekday: the coming one where the sentence looks ahead, else the latest; the anchor's own
    day counts.

    >>> read_weekday_by_tense("tuesday", Scene(anchor="2015-03-20", tense="past")).value
    '2015-03-17'
    >>> read_weekday_by_tense("tuesday", Scene(anchor="2015-03-20", tense="future")).value
    '2015-03-24'
    """
    match = re.fullmatch(rf"(?P<weekday>(?:{choose('weekdays')})\.?)(?:'s)?", phrase)
    if not match:
        return None
    if scene.before.endswith("that ") and not scene.after.startswith(("'s", "’s")):
        return unresolved("no-named-date")
    if _ANY_DAY.search(scene.before) and _NOT_QUALIFYING.match(scene.after):
        return unresolved("any-such-day")
    day = day_of(scene.anchor)
    if not day:
        return missing(scene.anchor, "anchor")
    return from_anchor(
        nearby_weekday(day, weekday_number(match["weekday"]), scene.tense == "future", True), scene
    )


@cache
def _counted() -> re.Pattern[str]:
    return re.compile(
        rf"{length_pattern()} (?P<way>ago|back|from now|hence|earlier|before|prior|later|after|afterwards?)"
    )


def counted_from(value: str, unit: str, count: int) -> str | None:
    """The date so many units from a value, no finer than the unit: years give a year, weeks a week.

    >>> counted_from("2015-03-20", "years", -2), counted_from("2015-03-20", "weeks", -1)
    ('2013', '2015-03-09/2015-03-15')
    """
    singular = "century" if unit == "centuries" else unit.removesuffix("s")
    letter, times = words.values("time_units")[singular].split()
    if letter not in ("D", "W", "M", "Y"):
        return None
    code: Unit = letter  # type: ignore[assignment]  # the line above leaves only these four
    moved = shift(value, code, count * int(times))
    if moved is None or "/" in moved:
        return moved
    day = day_of(moved)
    if code == "W":
        return week_of(day) if day else None
    return moved[: {"D": 10, "M": 7, "Y": 4}[code]]


def count_back(phrase: str, scene: Scene) -> Answer | None:
    """So many units ago or from now, counted from the anchor.

    >>> count_back("two years ago", Scene(anchor="2015-03-20")).value
    '2013'
    >>> count_back("several months ago", Scene(anchor="2015-03-20")).why
    'unresolved-vague-count'
    """
    if re.fullmatch(r"(?:.* )?(?:years|months|weeks|days|hours|decades|centuries|minutes) ago", phrase):
        match = _counted().fullmatch(phrase)
        if not match or number_of(match["count"]) is None:
            return unresolved("vague-count")
    else:
        match = _counted().fullmatch(phrase)
    if not match or match["way"] not in ("ago", "back", "from now", "hence"):
        return None
    return _count(match, scene.anchor, "anchor", -1 if match["way"] in ("ago", "back") else 1)


_INEXACT = r"(?:almost|nearly|about|around|approximately|roughly|more|less|fewer|at|up to|just|over|under)\b"


def _count(match: re.Match[str], start: str | None, what: str, sign: int) -> Answer:
    number = number_of(match["count"])
    if number is None or match["half"] or match["loose"] or number % 1:
        return unresolved("vague-count")
    if match["unit"].removesuffix("s") in ("second", "minute", "hour"):
        return unresolved("finer-than-day")
    value = counted_from(start, match["unit"], sign * int(number)) if start else None
    if value and "/" not in value and re.match(_INEXACT, match[0]):
        value += "~"
    if value or not day_of(start):
        return Answer(value, start) if value else missing(start, what)
    return unresolved("out-of-calendar")


def _counts_from_event(phrase: str, after: str) -> bool:
    """Whether the words after a phrase say what it is counted from ("two days after [the flood]").

    >>> _counts_from_event("two days after", " the flood"), _counts_from_event("two days after", ", he left")
    (True, False)
    """
    if re.search(r"\b(?:before|after)$", phrase):
        return re.match(r"\s*[\w\"“'‘$(]", after) is not None
    if re.search(r"\b(?:later|earlier)$", phrase):
        return re.match(r"\s*than\b", after) is not None
    return (
        " same " in f" {phrase}"
        and re.match(r"\s*(?:that|as|when|it|he|she|they|we|you|i)\b", after) is not None
    )


def read_from_named(phrase: str, scene: Scene) -> Answer | None:
    """What is counted from the date named last: "a year earlier", "the following Tuesday", "the same day".

    >>> read_from_named("a year earlier", Scene(named="2015-01/2015-03")).value
    '2014-01/2014-03'
    >>> read_from_named("the following tuesday", Scene(named="2015-03-20")).value
    '2015-03-24'
    >>> read_from_named("the next day", Scene(anchor="2015-03-20")).why
    'unresolved-no-named-date'
    """
    if re.fullmatch(r"the next \w+", phrase) and re.search(
        r"\b(?:over|in|within|during|for|throughout) ?$", scene.before
    ):
        return None
    if _counts_from_event(phrase, scene.after):
        return unresolved("counted-from-event")
    after = r"following|next|coming"
    which = rf"(?:the |that )?(?P<which>{after}|previous|preceding|same|before|that) ?"
    if re.fullmatch(r"(?:that|the same) (?:night|morning|afternoon|evening)", phrase):
        phrase = "the same day"
    if match := re.fullmatch(
        r"(?:the )?(?P<unit>day|week|month|year|decade) (?P<way>before|after|earlier)", phrase
    ):
        steps, unit = (1 if match["way"] == "after" else -1), match["unit"]
    elif match := re.fullmatch(rf"{which}(?P<unit>day|week|month|quarter|year|decade)", phrase):
        if not re.match(r"(?:the|that|following|previous|preceding|same) ?", phrase):
            return None
        steps, unit = (
            {"previous": -1, "preceding": -1, "same": 0, "that": 0}.get(match["which"], 1),
            match["unit"],
        )
    elif match := re.fullmatch(
        rf"(?:the )?(?P<which>{after}|previous|same) (?P<weekday>{choose('weekdays')})", phrase
    ):
        day = day_of(scene.named)
        if not day:
            return missing(scene.named, "named-date")
        forward = match["which"] in after.split("|")
        same = match["which"] == "same"
        return Answer(nearby_weekday(day, weekday_number(match["weekday"]), forward, same), scene.named)
    elif match := _counted().fullmatch(phrase):
        return _count(
            match, scene.named, "named-date", -1 if match["way"] in ("earlier", "before", "prior") else 1
        )
    else:
        return None
    if unit == "year" and scene.named and year_of(scene.named) and steps and match.groupdict().get("way"):
        return Answer(shift(scene.named, "Y", steps), scene.named)
    value = _period_of(scene.named, unit, steps) if scene.named else None
    return Answer(value, scene.named) if value else missing(scene.named, "named-date")

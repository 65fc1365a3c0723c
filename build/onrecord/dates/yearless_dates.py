"""Rules for months, days of months, seasons, quarters and holidays that leave out their year.

Each rule takes a phrase in plain form (see ``date_scene.plain``) and its scene, and returns an answer, or
null where the phrase is not of its kind. What has nothing to be counted from gets no value.
"""

import datetime as dt
import re

from onrecord import words
from onrecord.dates.calendar_dates import month_number, part_of_year, split_part, year_of
from onrecord.dates.date_scene import (
    STEPS,
    Answer,
    Scene,
    Tense,
    choose,
    follows_past_verb,
    from_anchor,
    missing,
    unresolved,
)
from onrecord.dates.edtf import day_of, interval_of, make_day, make_month

__all__ = [
    "nearest_year",
    "read_holiday",
    "read_month_by_tense",
    "read_month_from_anchor",
    "read_part_by_tense",
    "read_season_from_anchor",
]


def read_month_from_anchor(phrase: str, scene: Scene) -> Answer | None:
    """A month or its day with a word that says of which year.

    >>> read_month_from_anchor("last march", Scene(anchor="2015-03-20")).value
    '2014-03'
    >>> read_month_from_anchor("october 3 last year", Scene(anchor="2015-03-20")).value
    '2014-10-03'
    """
    month = rf"(?P<month>{choose('months')})\b\.?"
    match = re.fullmatch(
        rf"(?P<which>this|last|past|next|coming) {month}(?: (?P<day>\d{{1,2}}))?", phrase, re.ASCII
    )
    of_year = re.fullmatch(
        rf"{month}(?: (?P<day>\d{{1,2}}))?,? (?:of )?(?P<which>this|last|next) year", phrase, re.ASCII
    )
    found = match or of_year
    if not found:
        return None
    now = interval_of(scene.anchor) if scene.anchor else None
    if not now or not scene.anchor or (match and len(scene.anchor) < 7):
        return missing(scene.anchor, "anchor")
    number, which = month_number(found["month"]), found["which"]
    year = now[0].year + (STEPS[which] if of_year else 0)
    if match and which in ("last", "past") and number >= now[0].month:
        year -= 1
    if match and which in ("next", "coming") and number <= now[0].month:
        year += 1
    value = make_day(year, number, int(found["day"])) if found["day"] else make_month(year, number)
    return from_anchor(value, scene)


_NEAR_MONTHS = 3
"""A month or day without a year that lies at most so many months from the anchor is that one whatever the
tense: writers add the year to dates that lie farther off. Set on GUM (news, interview, speech) and
MEANTIME airbus."""


def nearest_year(now: dt.date, month: int, day: int | None, tense: Tense, sure: bool = False) -> int | None:
    """The year of a month, or of a day in it, that a writer at a given day leaves out.

    ``sure`` lets the tense decide however near the month is.

    >>> nearest_year(dt.date(2015, 1, 20), 12, None, "past")
    2014
    >>> nearest_year(dt.date(2015, 1, 20), 9, None, "future")
    2015
    """
    places = []
    for year in (now.year - 1, now.year, now.year + 1):
        try:
            places.append((dt.date(year, month, day or (now.day if month == now.month else 15)), year))
        except ValueError:
            continue
    if not places:
        return None
    away = {year: (place - now).days for place, year in places}
    near = min(away, key=lambda year: abs(away[year]))
    if tense == "unknown" or (abs(away[near]) <= 30 * _NEAR_MONTHS and not sure):
        return near
    fits = [year for year, days in away.items() if (days >= 0) == (tense == "future")]
    return min(fits, key=lambda year: abs(away[year])) if fits else near


def read_month_by_tense(phrase: str, scene: Scene) -> Answer | None:
    """A month, or a day in it, without a year: the sentence lends one, or it is the nearest by the tense.

    The year stays open where there is nothing to count from, where the sentence has said another year before,
    or where a verb of the past stands in the sentence but the nearest such month is yet to come.

    >>> read_month_by_tense("march 3", Scene(anchor="2015-03-20")).value
    '2015-03-03'
    >>> read_month_by_tense("march", Scene(year=2010)).value, read_month_by_tense("march 3", Scene()).value
    ('2010-03', 'XXXX-03-03')
    """
    month, day = rf"(?P<month>{choose('months')})\b\.?", r"(?P<day>\d{1,2})(?: ?(?:st|nd|rd|th))?"
    last = r"(?: ?(?:-|to|and) ?(?P<last>\d{1,2}))?"
    weekday = rf"(?:(?:{choose('weekdays')})\.?(?: (?:morning|afternoon|evening|night))?,? ?)?"
    match = (
        re.fullmatch(rf"{weekday}{month}(?: ?{day}{last})?", phrase, re.ASCII)
        or re.fullmatch(rf"{weekday}(?:the )?{day}{last} (?:of )?{month}", phrase, re.ASCII)
        or re.fullmatch(rf"(?:the month of )?{month}(?P<day>)(?P<last>)", phrase, re.ASCII)
    )
    if not match:
        return None
    number, first = month_number(match["month"]), int(match["day"]) if match["day"] else None
    anchor, year = None, scene.year
    if re.match(r"\s*(?:of )?(?:that|the same) year\b", scene.after) and scene.named:
        anchor, year = scene.named, year_of(scene.named)
    elif year is None:
        span = interval_of(scene.anchor) if scene.anchor else None
        if not span or not scene.anchor or len(scene.anchor) < 7:
            return _in_year(None, match, None)
        adjacent = first is None and follows_past_verb(scene.before)
        anchor, year = scene.anchor, nearest_year(span[0], number, first, scene.tense, adjacent)
        ahead = year is not None and (year, number) > (span[0].year, span[0].month)
        if scene.said not in (None, year) or (ahead and first is None and scene.tense == "past"):
            return _in_year(None, match, None)
    if year is None:
        return unresolved("no-such-date")
    return _in_year(year, match, anchor)


def _in_year(year: int | None, match: re.Match[str], anchor: str | None) -> Answer:
    """The month or days that a phrase names, in a year that may be unknown."""
    number, first = month_number(match["month"]), match["day"]
    value = make_day(year, number, int(first)) if first else make_month(year, number)
    if value and match["last"]:
        end = make_day(year, number, int(match["last"]))
        value = f"{value}/{end}" if end and end > value else None
    return Answer(value, anchor) if value else unresolved("no-such-date")


def read_season_from_anchor(phrase: str, scene: Scene) -> Answer | None:
    """This, last or next season. "This spring" outside spring is the one before or to come, by the tense.

    A winter bears the year in which it begins.

    >>> read_season_from_anchor("last summer", Scene(anchor="2015-03-20")).value
    '2014-22'
    >>> read_season_from_anchor("this winter", Scene(anchor="2015-01-20")).value
    '2014-24'
    """
    match = re.fullmatch(
        rf"(?:the )?(?P<which>this|last|past|next|coming) (?P<season>{choose('seasons')})", phrase
    )
    if not match:
        return None
    day = day_of(scene.anchor)
    if not day:
        return missing(scene.anchor, "anchor")
    code = words.values("seasons")[match["season"]]
    spans = {
        f"{year:04d}-{code}": interval_of(f"{year:04d}-{code}") for year in range(day.year - 2, day.year + 2)
    }
    known = [(value, span) for value, span in spans.items() if span]
    step = STEPS[match["which"]]
    if not step and (now := [value for value, (first, last) in known if first <= day <= last]):
        return from_anchor(now[0], scene)
    before = [value for value, (_, last) in known if last < day]
    after = [value for value, (first, _) in known if first > day]
    if step < 0 or (not step and scene.tense == "past"):
        return from_anchor(before[-1] if before else None, scene)
    if step > 0 or scene.tense == "future":
        return from_anchor(after[0] if after else None, scene)
    return unresolved("no-tense")


def read_part_by_tense(phrase: str, scene: Scene) -> Answer | None:
    """A quarter or half without its year: the latest that has ended, or, where the sentence looks ahead, the
    first that has not. Where no word of business stands beside it, it may be one of a game.

    >>> read_part_by_tense("the third quarter", Scene("2015-03-20", tense="past", before="sales fell ")).value
    '2014-07/2014-09'
    >>> read_part_by_tense("the third quarter", Scene("2015-03-20", tense="past", before="they led in ")).why
    'unresolved-part-of-what'
    """
    found = split_part(phrase)
    if not found:
        return None
    number, part, rest = found
    day = day_of(scene.anchor)
    if rest not in ("", "the year", "this year", "last year", "next year"):
        return None
    rest = "" if rest == "the year" else rest
    beside = set(re.findall(r"[^\W\d_]+|%", f"{scene.before} {scene.after}"))
    if not rest and not re.search(r"[qh]\d", phrase) and words.load("business_words").isdisjoint(beside):
        return unresolved("part-of-what")
    if not day:
        return missing(scene.anchor, "anchor")
    if rest:
        step = STEPS[rest.split()[0]]
        return from_anchor(part_of_year(day.year + step, number, part), scene)
    spans = [part_of_year(year, number, part) for year in (day.year - 1, day.year, day.year + 1)]
    ended = [span for span in spans if span and (days := interval_of(span)) and days[1] < day]
    ahead = [span for span in spans if span and span not in ended]
    if scene.tense == "unknown" or not (ended and ahead):
        return unresolved("no-tense")
    return from_anchor(ahead[0] if scene.tense == "future" else ended[-1], scene)


def read_holiday(phrase: str, scene: Scene) -> Answer | None:
    """A holiday that has the same day each year; without a year, the one nearest the anchor that fits the
    tense.

    >>> read_holiday("christmas day 2009", Scene()).value
    '2009-12-25'
    >>> read_holiday("christmas", Scene(anchor="2015-01-20")).value
    '2014-12-25'
    """
    match = re.fullmatch(
        rf"(?P<name>{choose('holidays')})(?:,? (?:in )?(?P<year>[12]\d{{3}}))?", phrase, re.ASCII
    )
    if not match:
        return None
    month, number = map(int, words.values("holidays")[match["name"]].split())
    if match["year"]:
        return Answer(make_day(int(match["year"]), month, number))
    day = day_of(scene.anchor)
    if not day:
        return Answer(make_day(None, month, number))
    year = nearest_year(day, month, number, scene.tense)
    return from_anchor(make_day(year, month, number) if year else None, scene)

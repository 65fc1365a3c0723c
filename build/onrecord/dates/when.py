"""What the dates in an article mean.

``find_phrases`` finds date, time, duration and set expressions by a grammar; ``date_phrases`` gives each
phrase, whoever proposed it, a value by the first rule of ``RULES`` that reads it. Values are EDTF, or ISO
8601 durations for lengths of time and for sets (the time after which a thing comes again).

Nothing is guessed. A phrase that is counted from another date has a value only where that date is known:
the publication date if it is passed in, else the date which the text gives for its own moment
(``find_anchor``), else none. Where there is no value the rule says why (``unresolved-no-anchor``,
``unresolved-ambiguous-order`` …). Values with a clock time carry seconds, as EDTF asks; those the text
does not say are zero.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache

from onrecord import words
from onrecord.dates import calendar_dates as calendar
from onrecord.dates import relative_dates as relative
from onrecord.dates import yearless_dates as yearless
from onrecord.dates.date_scene import Answer, Scene, choose, plain, tense_of, unresolved
from onrecord.dates.edtf import day_of, interval_of, is_duration, is_edtf, week_of
from onrecord.dates.phrases import find_phrases
from onrecord.model import Date, DateKind, Document, Phrase

__all__ = ["RULES", "Anchor", "Rule", "date_phrases", "find_anchor", "find_phrases", "read_phrase"]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule and the name its dates carry."""

    name: str
    read: Callable[[str, Scene], Answer | None]


RULES: tuple[Rule, ...] = (
    Rule("named-day", calendar.read_named_day),
    Rule("calendar-day", calendar.read_day),
    Rule("calendar-month", calendar.read_month),
    Rule("numeric-date", calendar.read_numeric_date),
    Rule("fiscal-year", calendar.read_fiscal_year),
    Rule("part-of-year", calendar.read_part_of_year),
    Rule("season-of-year", calendar.read_season),
    Rule("decade", calendar.read_decade),
    Rule("calendar-year", calendar.read_year),
    Rule("century", calendar.read_century),
    Rule("range", calendar.read_range),
    Rule("set", calendar.read_set),
    Rule("day-from-anchor", relative.read_day_from_anchor),
    Rule("ago", relative.count_back),
    Rule("from-named-date", relative.read_from_named),
    Rule("weekend", relative.read_weekend),
    Rule("weekday-from-anchor", relative.read_weekday_from_anchor),
    Rule("weekday-by-tense", relative.read_weekday_by_tense),
    Rule("month-from-anchor", yearless.read_month_from_anchor),
    Rule("month-by-tense", yearless.read_month_by_tense),
    Rule("season-from-anchor", yearless.read_season_from_anchor),
    Rule("part-of-year-by-tense", yearless.read_part_by_tense),
    Rule("holiday", yearless.read_holiday),
    Rule("period-from-anchor", relative.read_period_from_anchor),
    Rule("length", calendar.read_length),
)
"""In the order in which they are tried; the first that reads a phrase decides."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """The date from which an article counts: its EDTF value and who gives it (``published``, ``date-line``: a
    line that is only a date, ``dateline``: place and date before the first sentence, ``report``: the one
    report it says it relays); ``start`` and ``end`` are the characters that say it, or null where it was
    passed in."""

    value: str
    given_by: str
    start: int | None = None
    end: int | None = None


_QUALIFIER = re.compile(
    r"(?:the )?(?:(?:early|late|mid|earlier|later)(?: (?:in|on))?[ -]"
    r"|(?:end|start|beginning|middle|close|turn) of )\s?"
)
_APPROXIMATE = re.compile(
    r"(?:about|around|circa|c\.|approximately|roughly|almost|nearly|some time (?:in|around)) "
)
_PART = re.compile(r"(?P<day>.+?)(?: in the)? (?:morning|afternoon|evening|night)")
_WEEK_OF = re.compile(r"the week of (?P<day>.+)")
_PART_FIRST = re.compile(r"(?:the )?(?:morning|afternoon|evening|night) of (?P<day>.+)")


_LONGEST = 100
"""Characters of the longest phrase that rules try to read."""
_CONTEXT = 240
"""Characters of its sentence on either side of a phrase that rules look at."""


@cache
def _clock() -> re.Pattern[str]:
    zone = rf"(?: ?\(?(?P<zone>{choose('zones')})(?P<shift> ?[+-] ?\d{{1,2}}(?::?\d\d)?)?\)?)?"
    time = (
        r"(?:(?P<hour>\d{1,2})(?: ?[:.] ?(?P<minute>\d\d))?(?: ?[:.] ?(?P<second>\d\d))? ?-?(?P<half>am|pm)?"
        r"|(?P<military>\d{4})(?= (?:gmt|utc))|(?P<word>noon|midday|midnight))"
    )
    return re.compile(time + zone, re.ASCII)


def split_clock(phrase: str) -> tuple[str, str] | None:
    """A clock time at either end of a phrase in plain form, as ISO 8601, and the rest; null where there
    is none.

    The offset is given only for zones that mean one. A midnight belongs to either of two days: it is left
    out.

    >>> split_clock("8 pm on friday"), split_clock("friday, 10:30 gmt")
    (('20:00:00', 'friday'), ('10:30:00Z', 'friday'))
    """
    for match in _clock().finditer(phrase):
        before, rest = phrase[: match.start()], phrase[match.end() :]
        if (before and rest) or (before and before[-1].isalnum()) or (rest and rest[0].isalnum()):
            continue
        said = match["half"] or match["minute"] or match["military"] or match["word"] or match["zone"]
        if not said or re.search(r"[/-]\s?$", before) or re.match(r"\s?[/-]", rest):
            continue
        day = plain(re.sub(r",? ?(?:at|on|around|about)? ?$", "", before) or rest.strip(" ,"))
        return _iso_time(match), day
    return None


def _iso_time(match: re.Match[str]) -> str:
    if match["word"]:
        hour, minute, second = (12, 0, 0) if match["word"] != "midnight" else (24, 0, 0)
    elif match["military"]:
        hour, minute, second = int(match["military"][:2]), int(match["military"][2:]), 0
    else:
        hour, minute, second = int(match["hour"]), int(match["minute"] or 0), int(match["second"] or 0)
        if match["half"] and not 1 <= hour <= 12:
            return ""
        if match["half"]:
            hour = hour % 12 + (12 if match["half"] == "pm" else 0)
    if hour > 23 or minute > 59 or second > 59:
        return ""
    offset = words.values("zones").get(match["zone"], "")
    if match["shift"] and (
        found := re.fullmatch(r" ?([+-]) ?(\d{1,2})(?::?(\d\d))?", match["shift"], re.ASCII)
    ):
        offset = f"{found[1]}{int(found[2]):02d}:{found[3] or '00'}"
    return f"{hour:02d}:{minute:02d}:{second:02d}{offset}"


def _apply(phrase: str, scene: Scene, disabled: frozenset[str]) -> tuple[Answer, str]:
    for rule in RULES:
        if rule.name not in disabled and (answer := rule.read(phrase, scene)) is not None:
            return answer, answer.why or rule.name
    return unresolved("unknown"), "unresolved-unknown"


def _read_time(clock: str, day: str, scene: Scene, disabled: frozenset[str]) -> tuple[Answer, str]:
    if day:
        answer, name = _apply(_PART.sub(r"\g<day>", day) if _PART.fullmatch(day) else day, scene, disabled)
    else:
        answer, name = Answer(scene.named if day_of(scene.named) else None, scene.named), "time-of-named-day"
        if answer.value is None:
            return unresolved("time-without-day", "time"), "unresolved-time-without-day"
    if not clock or not day_of(answer.value) or not answer.value:
        return replace(answer, value=None, anchor=None, kind="time"), answer.why or "unresolved-time"
    value = f"{answer.value[:10]}T{clock}"
    if not is_edtf(value):
        return unresolved("time", "time"), "unresolved-time"
    return replace(answer, value=value, kind="time"), name


def read_phrase(
    phrase: str, scene: Scene, disabled: frozenset[str] = frozenset()
) -> tuple[DateKind, str | None, str, str | None]:
    """Kind, value, rule and anchor of one phrase in its scene.

    A part ("late 2015", "the end of March") has the value of the whole; a time of day ("Friday night")
    the day.

    >>> read_phrase("8 p.m. on Friday", Scene(anchor="2015-03-20"))
    ('time', '2015-03-20T20:00:00', 'weekday-by-tense', '2015-03-20')
    >>> read_phrase("around 2010", Scene())
    ('date', '2010~', 'calendar-year', None)
    """
    if len(phrase) > _LONGEST:
        return "date", None, "unresolved-unknown", None
    text = plain(phrase)
    split = split_clock(text)
    if split and "clock-time" not in disabled:
        answer, name = _read_time(*split, scene, disabled)
        return answer.kind, answer.value, name, answer.anchor
    answer, name = _apply(text, scene, disabled)
    if name == "unresolved-unknown":
        answer, name = _read_part(text, scene, disabled)
    return answer.kind, answer.value, name, answer.anchor


def _read_part(text: str, scene: Scene, disabled: frozenset[str]) -> tuple[Answer, str]:
    """A phrase less its qualifier, its part of the day or its word for "about", with what that changes."""
    if match := _QUALIFIER.match(text):
        answer, name = _whole(text[match.end() :], scene, disabled)
        return answer, name
    if match := _PART.fullmatch(text) or _PART_FIRST.fullmatch(text):
        answer, name = _whole(match["day"], scene, disabled)
        return (replace(answer, kind="time") if answer.kind == "date" else answer), name
    if match := _WEEK_OF.fullmatch(text):
        answer, name = _whole(match["day"], scene, disabled)
        day = day_of(answer.value)
        return (replace(answer, value=week_of(day)) if day else answer), name
    if match := _APPROXIMATE.match(text):
        answer, name = _whole(text[match.end() :], scene, disabled)
        value = f"{answer.value}~" if answer.value else None
        return (
            replace(answer, value=value) if value and is_edtf(value) and "/" not in value else answer
        ), name
    return unresolved("unknown"), "unresolved-unknown"


def _whole(text: str, scene: Scene, disabled: frozenset[str]) -> tuple[Answer, str]:
    answer, name = _apply(text, scene, disabled)
    return _read_part(text, scene, disabled) if name == "unresolved-unknown" else (answer, name)


_LINE_LABEL = re.compile(
    r"(?:(?:first |last )?(?:published|posted|updated|modified|created|date|dated)(?: on| at)?:?"
    r"|by [^,|\n]{2,60}[,|])\s*",
    re.IGNORECASE,
)
_PAPER_OR_PLACE = re.compile(
    r"(?:(?:The\s+)?(?:[A-Z][\w.’'&-]*\s+(?:(?:of|and|the)\s+)?){0,4}[A-Z][\w.’'&-]*"
    r"|As (?:delivered|prepared(?: for delivery)?))\s*(?:,|\s[-–—])\s+"
)
"""What stands before the date in a line of its own: "Halden Post, Tuesday 3 March 2015"."""


@cache
def _dateline() -> re.Pattern[str]:
    month, weekday = choose("months"), choose("weekdays")
    day = rf"(?:{month})\.?\s+\d{{1,2}}|\d{{1,2}}\s+(?:{month})\.?"
    date = rf"(?i:(?:(?:{weekday})\.?,?\s+)?(?:{day})\s?,?\s+\d{{4}})"
    place = r"(?:[A-Z][\w.'’-]*(?:\s?[,/]\s?|\s)){1,6}?"
    return re.compile(
        rf"{place}\(?(?P<date>{date})\)?\s?(?:\([^()]{{2,40}}\)\s?|/[^/]{{2,40}}/\s?)?(?:—|–|--|-\s)"
    )


_TOP_BLOCKS = 8
"""Lines from the top among which a line with nothing but a date counts as the article's own."""


def _full_day(text: str) -> str | None:
    phrase = plain(text)
    split = split_clock(phrase)
    answer = calendar.read_day(split[1] if split else phrase, Scene())
    return answer.value if answer else None


def find_anchor(document: Document, published: str | None = None) -> Anchor | None:
    """The date from which an article's "today" is counted, and who gives it, or null.

    ``published`` (EDTF, or a date and time) comes first; a dateline in the text that makes a coarser one
    exact is taken in its place. Where the article has no date of its own, the day of the one dated report
    that it relays is what its "this week" is counted from.

    >>> from onrecord.model import Block
    >>> text = "LONDON, March 3, 2015 — The bank cut its rate."
    >>> find_anchor(Document(text, (Block(0, len(text), "body"),), ())).value
    '2015-03-03'
    """
    given = published.strip()[:10] if published and is_edtf(published.strip()[:10]) else None
    if given and day_of(given):
        return Anchor(given, "published")
    own = _own_date(document)
    if given and not (own and own.value.startswith(given)):
        return Anchor(given, "published") if re.fullmatch(r"\d{4}(?:-\d\d)?", given, re.ASCII) else None
    return own or _relayed_date(document)


def _own_date(document: Document) -> Anchor | None:
    for block in document.blocks[:_TOP_BLOCKS]:
        text = document.text[block.start : block.end]
        if len(text) > 100:
            continue
        for part in re.split(r"\s[•·|]\s", text):
            label = _LINE_LABEL.match(part) or (block.kind != "title" and _PAPER_OR_PLACE.match(part))
            if value := _full_day(part[label.end() if label else 0 :]):
                return Anchor(value, "date-line", block.start, block.end)
    first = next((b for b in document.blocks if b.kind in ("standfirst", "body")), None)
    match = (
        _dateline().match(document.text[first.start : min(first.end, first.start + 160)]) if first else None
    )
    if first and match and (value := _full_day(match["date"])):
        return Anchor(value, "dateline", first.start, first.start + match.end())
    return None


@cache
def _dated_report() -> re.Pattern[str]:
    pieces = "|".join(sorted(map(re.escape, words.load("media_pieces"))))
    month = choose("months")
    day = rf"(?:(?:{month})\.?\s+\d{{1,2}},?|\d{{1,2}}\s+(?:{month})\.?,?)\s+\d{{4}}"
    return re.compile(
        rf"\b(?:{pieces})\s+(?:(?:that|which) was\s+)?(?:published|posted|released|dated)\s+(?:on\s+)?"
        rf"(?P<date>{day})\b",
        re.IGNORECASE,
    )


def _relayed_date(document: Document) -> Anchor | None:
    """The day of the report that the article relays, where it dates one only.

    >>> from onrecord.model import Span
    >>> text = "That is what a Cape Times report published on March 3, 2015 says. Talks resume this week."
    >>> _relayed_date(Document(text, (), (Span(0, 65), Span(66, 90)))).value
    '2015-03-03'
    """
    found = [
        (value, sentence.start + match.start("date"), sentence.start + match.end("date"))
        for sentence in document.sentences
        for match in _dated_report().finditer(document.text[sentence.start : sentence.end])
        if (value := _full_day(match["date"]))
    ]
    if len({value for value, _, _ in found}) != 1:
        return None
    value, start, end = found[0]
    return Anchor(value, "report", start, end)


_JOIN = re.compile(r"\s*(?:to|and|through|until|or|-|–|—|,)\s*(?:(?:on|in)\s+)?")


def _lent_year(document: Document, phrases: Sequence[Phrase], index: int, last: int) -> int | None:
    """The year a sentence lends to a month: that of the next date in a list or range."""
    after = index + 1
    while after < min(len(phrases), index + 5) and phrases[after].end <= last:
        gap = document.text[phrases[after - 1].end : phrases[after].start]
        if not _JOIN.fullmatch(gap):
            break
        text = plain(document.text[phrases[after].start : phrases[after].end])
        answer = calendar.read_day(text, Scene()) or calendar.read_month(text, Scene())
        if answer and answer.value:
            return int(answer.value[:4])
        after += 1
    return None


def date_phrases(
    document: Document,
    phrases: Sequence[Phrase],
    published: str | None,
    disabled: frozenset[str] = frozenset(),
) -> tuple[Date, ...]:
    """Each phrase with its kind, value, rule and anchor, in order of offsets.

    ``phrases`` may come from any tagger. ``published`` is the EDTF publication date or null. ``disabled``
    names rules to leave out, so that what each brings can be measured.
    """
    found = find_anchor(document, published)
    ordered = sorted(phrases, key=lambda phrase: (phrase.start, phrase.end))
    starts = [span.start for span in document.sentences]
    dates: list[Date] = []
    named: tuple[str, int] | None = None
    said: tuple[int, int] | None = None
    for index, phrase in enumerate(ordered):
        number = bisect_right(starts, phrase.start) - 1
        sentence = document.sentences[number] if number >= 0 else None
        first = max(sentence.start if sentence else 0, phrase.start - _CONTEXT)
        last = min(sentence.end if sentence else 0, phrase.end + _CONTEXT)
        before = plain_context(document.text[first : phrase.start])
        after = plain_context(document.text[phrase.end : max(last, phrase.end)])
        near = named[0] if named and number - named[1] <= 1 else None
        scene = Scene(
            anchor=found.value if found else None,
            named=near,
            year=_lent_year(document, ordered, index, last),
            said=said[0] if said and said[1] == number else None,
            tense=tense_of(before, after),
            before=before,
            after=after,
        )
        kind, value, rule, anchor = read_phrase(document.text[phrase.start : phrase.end], scene, disabled)
        value = value if value and (is_edtf(value) or is_duration(value)) else None
        dates.append(Date(phrase.start, phrase.end, kind, value, rule, anchor))
        own_line = (
            found
            and found.start is not None
            and found.end is not None
            and found.start <= phrase.start < found.end
        )
        if value and interval_of(value) and not own_line:
            named = (value.rstrip("~"), number)
            if anchor is None and rule.startswith("calendar-") and (year := calendar.year_of(value)):
                said = (year, number)
    return tuple(dates)


def plain_context(text: str) -> str:
    """The words around a phrase in lower case with single blanks, ends kept.

    >>> plain_context("The  Bank said ")
    'the bank said '
    """
    return re.sub(r"\s+", " ", text.lower())

"""Rules for phrases that say all by themselves: full dates, months, years, decades, lengths of time, sets.

Each rule takes a phrase in plain form (see ``date_scene.plain``) and its scene, and returns an answer, or
null where the phrase is not of its kind.
"""

import re
from functools import cache

from onrecord import words
from onrecord.dates.date_scene import Answer, Scene, choose, number_of, unresolved
from onrecord.dates.edtf import interval_of, make_day, make_interval, make_month, quarter_of

__all__ = [
    "month_number",
    "read_century",
    "read_day",
    "read_decade",
    "read_fiscal_year",
    "read_length",
    "read_month",
    "read_named_day",
    "read_numeric_date",
    "read_part_of_year",
    "read_range",
    "read_season",
    "read_set",
    "read_year",
]

_YEAR = r"(?P<year>[12]\d{3})"
_DAY = r"(?P<day>\d{1,2})(?:\s?(?:st|nd|rd|th))?"


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    pattern = pattern.replace("MONTH", rf"(?P<month>{choose('months')})\b\.?")
    pattern = pattern.replace("WEEKDAY", rf"(?:{choose('weekdays')})\b\.?")
    return re.compile(pattern.replace("YEAR", _YEAR).replace("DAY", _DAY), re.ASCII)


def month_number(term: str) -> int:
    """The number of a month, by its name or abbreviation.

    >>> month_number("sept")
    9
    """
    return int(words.values("months")[term])


def _answer(value: str | None) -> Answer:
    return Answer(value) if value else unresolved("no-such-date")


def read_named_day(phrase: str, scene: Scene) -> Answer | None:
    """A day known by a name of its own, some only before certain words.

    >>> read_named_day("9/11", Scene()).value, read_named_day("sept. 11", Scene(after=" attacks")).value
    ('2001-09-11', '2001-09-11')
    """
    term = phrase.replace(" ", "")
    for row in words.table("named_days"):
        if row["term"].replace(" ", "") == term and (
            not row["before"] or re.match(rf"\s?(?:{row['before']})\b", scene.after)
        ):
            return Answer(row["edtf"])
    return None


def read_day(phrase: str, scene: Scene) -> Answer | None:
    """A day with its month and year, in any of the orders that cannot be mistaken.

    >>> [read_day(p, Scene()).value for p in ("friday, march 3, 2017", "the 3rd of march 2017", "2017-03-03")]
    ['2017-03-03', '2017-03-03', '2017-03-03']
    """
    weekday = r"(?:WEEKDAY(?: (?:morning|afternoon|evening|night))?,? ?)?"
    for pattern in (
        rf"{weekday}MONTH ?DAY,? ?YEAR",
        rf"{weekday}(?:the )?DAY ?(?:of )?MONTH,? ?YEAR",
        rf"{weekday}YEAR ?[-/.] ?(?P<month>\d\d) ?[-/.] ?DAY",
    ):
        if match := _compiled(pattern).fullmatch(phrase):
            month = int(match["month"]) if match["month"].isdigit() else month_number(match["month"])
            return _answer(make_day(int(match["year"]), month, int(match["day"])))
    return None


def read_month(phrase: str, scene: Scene) -> Answer | None:
    """A month with its year.

    >>> read_month("sept. 2008", Scene()).value, read_month("march of 2010", Scene()).value
    ('2008-09', '2010-03')
    """
    match = _compiled(r"(?:the month of )?MONTH,? ?(?:of )?YEAR").fullmatch(phrase)
    return _answer(make_month(int(match["year"]), month_number(match["month"]))) if match else None


def read_numeric_date(phrase: str, scene: Scene) -> Answer | None:
    """A day in figures. Where day and month could change places nobody says which is which: no value. Two
    figures for the year are read as the year nearest the anchor.

    >>> read_numeric_date("13/8/2007", Scene()).value, read_numeric_date("03/04/2015", Scene()).why
    ('2007-08-13', 'unresolved-ambiguous-order')
    >>> read_numeric_date("25/12/08", Scene(anchor="2009-01-02")).value
    '2008-12-25'
    >>> read_numeric_date("25/12/08", Scene()).why
    'unresolved-no-anchor'
    """
    match = re.fullmatch(r"(\d{1,2}) ?([/.-]) ?(\d{1,2}) ?\2 ?(\d{4}|\d{2})", phrase, re.ASCII)
    if not match:
        return None
    first, second, year, anchor = int(match[1]), int(match[3]), int(match[4]), None
    if len(match[4]) == 2:
        if scene.anchor is None:
            return unresolved("no-anchor")
        anchor = scene.anchor
        now = int(anchor[:4])
        year = min((century + year for century in range(1000, 3000, 100)), key=lambda y: abs(y - now))
    days = {value for value in (make_day(year, first, second), make_day(year, second, first)) if value}
    if len(days) > 1:
        return unresolved("ambiguous-order")
    return Answer(days.pop(), anchor) if days else unresolved("no-such-date")


def read_year(phrase: str, scene: Scene) -> Answer | None:
    """A calendar year.

    >>> read_year("the year 2030", Scene()).value, read_year("2008's", Scene()).value
    ('2030', '2008')
    """
    match = _compiled(r"(?:the )?(?:year )?YEAR(?:'s)?").fullmatch(phrase)
    return Answer(match["year"]) if match else None


def read_decade(phrase: str, scene: Scene) -> Answer | None:
    """A decade. One with no century ("the eighties") is the last of its name that began before the anchor.

    >>> read_decade("the 1990s", Scene()).value, read_decade("the '60s", Scene(anchor="2015-03-20")).value
    ('199X', '196X')
    >>> read_decade("the eighties", Scene()).why, read_decade("the 1900s", Scene()).why
    ('unresolved-no-anchor', 'unresolved-ambiguous-decade')
    """
    tens = ["twenties", "thirties", "forties", "fifties", "sixties", "seventies", "eighties", "nineties"]
    if match := re.fullmatch(r"(?:the )?([12]\d\d)0s|the ([12]\d\d)0 ?'s", phrase, re.ASCII):
        tens_of = match[1] or match[2]
        return unresolved("ambiguous-decade") if tens_of.endswith("0") else Answer(f"{tens_of}X")
    match = re.fullmatch(rf"(?:the )?(?:'?([1-9])0s|({'|'.join(tens)}))", phrase, re.ASCII)
    if not match:
        return None
    if scene.anchor is None:
        return unresolved("no-anchor")
    digit, year = int(match[1]) if match[1] else tens.index(match[2]) + 2, int(scene.anchor[:4])
    century = year // 100 if year % 100 >= 10 * digit else year // 100 - 1
    return Answer(f"{century:02d}{digit}X", scene.anchor)


def read_century(phrase: str, scene: Scene) -> Answer | None:
    """A century by its number.

    >>> read_century("the 20th century", Scene()).value, read_century("the nineteenth century", Scene()).value
    ('19XX', '18XX')
    """
    names = ["sixteenth", "seventeenth", "eighteenth", "nineteenth", "twentieth", "twenty-first"]
    match = re.fullmatch(rf"(?:the )?(?:(\d\d)(?:st|nd|rd|th)|({'|'.join(names)})) century", phrase, re.ASCII)
    if not match or match[1] == "00":
        return None
    number = int(match[1]) if match[1] else names.index(match[2]) + 16
    return Answer(f"{number - 1:02d}XX")


def read_season(phrase: str, scene: Scene) -> Answer | None:
    """A season with its year, as EDTF's season of that year.

    >>> read_season("spring 2014", Scene()).value, read_season("the fall of 1989", Scene()).value
    ('2014-21', '1989-23')
    """
    match = _compiled(rf"(?:the )?(?P<season>{choose('seasons')})(?: of)?,? YEAR").fullmatch(phrase)
    if not match:
        return None
    code = words.values("seasons")[match["season"]]
    return Answer(f"{match['year']}-{code}")


def read_fiscal_year(phrase: str, scene: Scene) -> Answer | None:
    """A fiscal year or its quarter: whose year it is and when that begins is not said, so it has no value.

    >>> read_fiscal_year("fiscal 2024", Scene()).why, read_fiscal_year("the third quarter", Scene()) is None
    ('unresolved-fiscal-year', True)
    """
    fiscal = re.search(r"\b(?:fiscal|financial)\b", phrase) or re.fullmatch(
        r"(?:the )?fy ?'?(?:20)?\d\d", phrase
    )
    beside = re.search(r"\bquarter\b|\bhalf\b|\bq[1-4]\b", phrase) and (
        re.search(r"(?:\b(?:fiscal|financial|its|their|our)|['’]s) ?$", scene.before)
        or re.match(r" ?(?:of )?(?:the )?(?:fiscal|financial|its)\b", scene.after)
    )
    return unresolved("fiscal-year") if fiscal or beside else None


def part_of_year(year: int, which: str, part: str) -> str | None:
    """A quarter or half of a calendar year as an interval of months.

    >>> part_of_year(2015, "3", "quarter"), part_of_year(2015, "2", "half")
    ('2015-07/2015-09', '2015-07/2015-12')
    """
    number = int(which)
    if part == "quarter":
        return quarter_of(year, number)
    return f"{year:04d}-{6 * number - 5:02d}/{year:04d}-{6 * number:02d}" if number < 3 else None


_ORDINAL = r"(?P<ordinal>first|second|third|fourth|1st|2nd|3rd|4th|last|final)"


def split_part(phrase: str) -> tuple[str, str, str] | None:
    """The number, the part (quarter, half) and the rest of a phrase that names part of a year.

    >>> split_part("the third quarter of 2009"), split_part("q3 2015")
    (('3', 'quarter', '2009'), ('3', 'quarter', '2015'))
    """
    if match := re.fullmatch(r"(?:the )?([qh])([1-4])(?:,? (?:of )?(.+))?", phrase):
        return match[2], {"q": "quarter", "h": "half"}[match[1]], match[3] or ""
    match = re.fullmatch(
        rf"(?:the )?{_ORDINAL}[ -]?(?P<part>quarter|half)(?:,? (?:of |in )?(?P<rest>.+))?", phrase
    )
    if not match or (match["ordinal"] in ("last", "final") and not match["rest"]):
        return None
    number = {"last": "4", "final": "4"} if match["part"] == "quarter" else {"last": "2", "final": "2"}
    number |= words.values("ordinal_words")
    return number[match["ordinal"]], match["part"], match["rest"] or ""


def read_part_of_year(phrase: str, scene: Scene) -> Answer | None:
    """A quarter or half of a calendar year that is named.

    >>> [read_part_of_year(p, Scene()).value for p in ("the third quarter of 2009", "q3 2015")]
    ['2009-07/2009-09', '2015-07/2015-09']
    >>> read_part_of_year("the first three months of 2010", Scene()).value
    '2010-01/2010-03'
    """
    if match := _compiled(r"the (?P<end>first|last|final) (?P<count>\S+) months of YEAR").fullmatch(phrase):
        count, year = number_of(match["count"]), match["year"]
        if count is None or count % 1 or not 1 <= count <= 12:
            return None
        months = (1, int(count)) if match["end"] == "first" else (13 - int(count), 12)
        return Answer(make_interval(f"{year}-{months[0]:02d}", f"{year}-{months[1]:02d}"))
    found = split_part(phrase)
    if not found or not re.fullmatch(r"[12]\d{3}", found[2], re.ASCII):
        return None
    return _answer(part_of_year(int(found[2]), found[0], found[1]))


def read_range(phrase: str, scene: Scene) -> Answer | None:
    """Two ends written as one phrase.

    >>> [read_range(p, Scene()).value for p in ("2009-2011", "march 3-5, 2010", "2009 to 2011", "1995-99")]
    ['2009/2011', '2010-03-03/2010-03-05', '2009/2011', '1995/1999']
    >>> read_range("2010-11", Scene()).why
    'unresolved-ambiguous-order'
    """
    if match := re.fullmatch(r"([12]\d{3}) ?([-/]|to|and|through) ?([12]\d{3}|\d\d)", phrase, re.ASCII):
        last = match[3] if len(match[3]) == 4 else match[1][:2] + match[3]
        if match[2] == "-" and len(match[3]) == 2 and 1 <= int(match[3]) <= 12:
            return unresolved("ambiguous-order")
        return _answer(make_interval(match[1], last))
    dash = r" ?(?:-|to|and|through) ?"
    for pattern in (
        rf"MONTH DAY{dash}(?P<last>\d{{1,2}}),? YEAR",
        rf"DAY{dash}(?P<last>\d{{1,2}}) MONTH,? YEAR",
    ):
        if match := _compiled(pattern).fullmatch(phrase):
            year, month = int(match["year"]), month_number(match["month"])
            first, end = make_day(year, month, int(match["day"])), make_day(year, month, int(match["last"]))
            return _answer(make_interval(first, end) if first and end else None)
    return None


@cache
def _units() -> dict[str, tuple[str, int]]:
    found: dict[str, tuple[str, int]] = {}
    for term, value in words.values("time_units").items():
        code, times = value.split()
        plural = "centuries" if term == "century" else f"{term}s"
        found[term] = found[plural] = (code, int(times))
    return found


def duration(count: float, unit: str) -> str:
    """A number of units as an ISO 8601 duration.

    >>> duration(2.5, "years"), duration(30, "minutes"), duration(1, "decade"), duration(1, "fortnight")
    ('P2.5Y', 'PT30M', 'P10Y', 'P2W')
    """
    code, times = _units()[unit]
    amount = f"{round(count * times, 3):.3f}".rstrip("0").rstrip(".")
    return f"PT{amount}{code[1]}" if code.startswith("T") else f"P{amount}{code}"


_MOD = (
    r"(?:(?:almost|nearly|about|around|approximately|roughly|more than|less than|fewer than|at least|at most"
    r"|up to|just over|just under|exactly|only|over|under|as (?:much|many|little) as) )?"
)


@cache
def length_pattern() -> str:
    """A number and a unit of time, as a regular expression with the groups ``count`` and ``unit``."""
    units = "|".join(sorted(_units(), key=lambda unit: -len(unit)))
    return (
        rf"{_MOD}(?P<count>.{{1,40}}?)(?: of)?[ -](?:(?:full|whole|more|consecutive|straight|long) )?"
        rf"(?P<unit>{units})(?P<half> and a half)?(?P<loose> or (?:so|two))?"
    )


@cache
def _count_pattern() -> re.Pattern[str]:
    vague = (
        "a|an|half|several|few|many|couple|number|some|dozens|hundreds|thousands|million|billion|multi"
        "|and|or|to|single|of"
    )
    return re.compile(rf"(?:(?:{choose('number_words')}|{vague}|[\d.,½/]+)(?:[ -]|$))+")


def read_length(phrase: str, scene: Scene) -> Answer | None:
    """A length of time. A count that is not a number ("several") gives no value.

    >>> [read_length(p, Scene()).value for p in ("almost two and a half years", "18-month", "a decade")]
    ['P2.5Y', 'P18M', 'P10Y']
    >>> read_length("several weeks", Scene()).why, read_length("two or three weeks", Scene()).why
    ('unresolved-vague-count', 'unresolved-vague-count')
    """
    if re.fullmatch(r"(?:the )?(?:past|last|next|coming) (?:year|month|week|day|decade|century)", phrase):
        if not phrase.startswith("the "):
            return None
        phrase = "one " + phrase.split()[-1]
    phrase = re.sub(
        r"^(?:the )?(?:past|last|next|first|coming|previous|preceding|following|final) ", "", phrase
    )
    if phrase in _units() and phrase.endswith("s"):
        return unresolved("vague-count", "duration")
    if re.fullmatch(
        r"(?:over )?the (?:years|decades|centuries)|(?:recent|many|some) (?:years|decades|months|weeks|days)",
        phrase,
    ):
        return unresolved("vague-count", "duration")
    match = re.fullmatch(length_pattern(), phrase)
    if not match:
        return None
    count = match["count"].removesuffix("-")
    if not _count_pattern().fullmatch(count):
        return None
    number = number_of(count)
    if number is None or match["loose"]:
        return unresolved("vague-count", "duration")
    return Answer(duration(number + (0.5 if match["half"] else 0), match["unit"]), None, "duration")


_ADVERBS = {
    "annually": "P1Y",
    "yearly": "P1Y",
    "annual": "P1Y",
    "quarterly": "P3M",
    "monthly": "P1M",
    "weekly": "P1W",
    "daily": "P1D",
    "hourly": "PT1H",
}


def read_set(phrase: str, scene: Scene) -> Answer | None:
    """What comes again and again; the value is the time after which it does.

    >>> [read_set(p, Scene()).value for p in ("every monday", "twice a year", "every four years", "annually")]
    ['P1W', 'P1Y', 'P4Y', 'P1Y']
    >>> read_set("a year", Scene(before="they build 15 ")).value, read_set("a year", Scene(before="it took "))
    ('P1Y', None)
    """
    if phrase in _ADVERBS:
        return Answer(_ADVERBS[phrase], None, "set")
    if re.fullmatch(rf"(?:every|each) (?:single )?(?:{choose('weekdays')})s?", phrase):
        return Answer("P1W", None, "set")
    if re.fullmatch(rf"(?:every|each) (?:(?:{choose('months')})|(?:{choose('seasons')}))", phrase):
        return Answer("P1Y", None, "set")
    if match := re.fullmatch(r"(?:every|each) (?:single )?(morning|evening|night|afternoon|weekend)", phrase):
        return Answer("P1W" if match[1] == "weekend" else "P1D", None, "set")
    units = "|".join(sorted(_units(), key=lambda unit: -len(unit)))
    times = r"(?:once|twice|(?:\S+) times) "
    if match := re.fullmatch(
        rf"(?:{times})(?:a|an|per|each|every) (?P<unit>{units})|per (?P<one>{units})", phrase
    ):
        return Answer(duration(1, match["unit"] or match["one"]), None, "set")
    if match := re.fullmatch(rf"(?:every|each) (?:single )?(?:(?P<count>\S+) )?(?P<unit>{units})", phrase):
        number = 2 if match["count"] == "other" else number_of(match["count"] or "a")
        return (
            Answer(duration(number, match["unit"]), None, "set")
            if number
            else unresolved("vague-count", "set")
        )
    if (match := re.fullmatch(rf"an? (?P<unit>{units})", phrase)) and re.search(
        r"\d(?: \w+)? ?$|\btimes $", scene.before
    ):
        return Answer(duration(1, match["unit"]), None, "set")
    return None


def year_of(value: str) -> int | None:
    """The year a calendar value lies in, or null where it spans several.

    >>> year_of("2015-01/2015-03"), year_of("199X")
    (2015, None)
    """
    span = interval_of(value)
    return span[0].year if span and span[0].year == span[1].year else None

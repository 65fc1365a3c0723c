"""The grammar of date phrases: one regular expression over running text.

Where a phrase begins and ends follows TIMEX3 (Saurí et al., TimeML Annotation Guidelines, version 1.2.1)
as the annotators of MEANTIME applied them: prepositions stay outside ("on [Tuesday]"), words that change the
amount or the part stay inside ("[almost two years]", "[earlier this month]"), and the two ends of a worded
range are two phrases ("from [2009] to [2011]").
"""

import re
from functools import cache

from onrecord import words

__all__ = ["grammar"]

_PAST_LAST_NEXT = "last|next|past|previous|following|coming"


def _terms(name: str) -> list[str]:
    return list(words.values(name))


def _any_of(terms: list[str]) -> str:
    return "|".join(re.escape(t).replace(r"\ ", r"\s+") for t in sorted(terms, key=lambda t: (-len(t), t)))


def _capitals(terms: list[str]) -> str:
    """Terms with the first letter in capitals, or all of them."""
    return _any_of([form for term in terms for form in (term.capitalize(), term.upper())])


def _names() -> dict[str, str]:
    """Months, weekdays, holidays and seasons, as written in text."""
    full_months = [m for m in _terms("months") if len(m) > 4 or m in ("may", "june", "july")]
    short_months = [m for m in _terms("months") if m not in full_months]
    full_days = [d for d in _terms("weekdays") if d.endswith("day")]
    short_days = [d for d in _terms("weekdays") if d not in full_days]
    holidays = "|".join(
        r"\s?['’]".join(re.escape(part).replace(r"\ ", r"\s+") for part in re.split("'", name))
        for name in (
            h.title().replace("'S", "'s").replace(" Of ", " of ").removeprefix("The ")
            for h in _terms("holidays")
        )
    )
    weekday = rf"(?:(?:{_capitals(full_days)})\b)"
    return {
        "month": rf"(?:(?:{_capitals(full_months)})\b|(?:{_capitals(short_months)})\b(?:\s?\.)?)",
        "weekday": weekday,
        "anyday": rf"(?:{weekday}|(?:{_capitals(short_days)})\b(?:\s?\.)?)",
        "holiday": rf"(?:{holidays})\b",
        "season": rf"(?:{'|'.join(_terms('seasons'))}|{'|'.join(s.capitalize() for s in _terms('seasons'))})",
    }


def _clock() -> str:
    """A time of day, with its zone where it has one."""
    zones = _any_of([zone for zone in _terms("zones") if zone != "z"])
    zone = rf"(?i:\(?\s?(?:{zones})\b(?:\s?[+-]\s?\d{{1,2}}(?::?\d\d)?)?(?:\s?\))?)"
    hour, sixty = r"(?:[01]?\d|2[0-4])", r"\s?[:.]\s?[0-5]\d"
    half = r"\s?-?(?i:[ap]\s?\.\s?m\b(?:\s?\.)?|[ap]m\b)"
    return (
        rf"(?:{hour}(?:{sixty}){{0,2}}{half}(?:\s{zone})?|{hour}{sixty}(?::[0-5]\d)?\s?{zone}"
        rf"|(?:[01]\d|2[0-4])[0-5]\d\s(?:GMT|UTC)\b|{hour}:[0-5]\d(?![\d:])|(?:noon|midnight|midday)\b)"
    )


def _number() -> str:
    """A number in words or figures."""
    by_words = {term: int(value) for term, value in words.values("number_words").items()}
    tens = _any_of([term for term, value in by_words.items() if value in range(20, 100, 10)])
    ones = _any_of([term for term, value in by_words.items() if 0 < value < 10])
    small = _any_of([term for term, value in by_words.items() if 0 < value < 100 and term != "dozen"])
    figures = r"\d{1,3}(?:,\d{3}){0,4}(?:\.\d{1,4})?(?:\s?½|\s\d\s?/\s?\d|\s(?:m|b)illion)?(?!\d|[.,]\d)"
    return (
        rf"(?:(?:{tens})[-\s](?:{ones})\b|(?:{small})\b"
        rf"|half\s+a\s+dozen\b|a\s+(?:dozen|hundred|thousand)\b|{figures})"
    )


def _pieces() -> dict[str, str]:
    """What the alternatives are made of, by name."""
    p = _names()
    p["clock"], p["number"] = _clock(), _number()
    p["at"] = rf"(?:\s?,?\s?(?:at\s+)?{p['clock']})?"
    p["day"] = r"(?:(?:0?[1-9]|[12]\d|3[01])(?:\s?(?:st|nd|rd|th))?(?![\d:]|[.,]\d))"
    p["year"] = r"(?:(?:1[0-9]|20)\d\d(?!\d|[.,:]\d))"
    units = [u for u in _terms("time_units") if u not in ("second", "night", "century")]
    p["unit"] = rf"(?:{_any_of(units)})"
    p["units"] = rf"(?:seconds|nights|centuries|(?:{_any_of(units)})s)"
    p["part"] = r"(?i:morning|afternoon|evening|night)"
    p["ordinal"] = rf"(?i:{_any_of(_terms('ordinal_words'))})"
    p["mod"] = (
        r"(?i:almost|nearly|about|around|approximately|roughly|(?:more|less|fewer)\s+than|at\s+(?:least|most)|up\s+to"
        r"|as\s+(?:much|many|little)\s+as|just\s+(?:over|under)|exactly|only)"
    )
    p["early"] = (
        r"(?:(?i:early|late|mid|earlier|later)(?:\s+(?:in|on))?\s+|(?i:mid)\s?-\s?"
        r"|(?i:(?:the\s+)?(?:end|start|beginning|middle|close|turn)\s+of)\s+)"
    )
    p["this"] = rf"(?i:this|(?:the\s+)?(?:{_PAST_LAST_NEXT}|same))"
    p["which"] = rf"(?i:this|that|(?:the\s+)?(?:{_PAST_LAST_NEXT}|current|same))"
    return p | _dates(p) | _lengths(p)


def _dates(p: dict[str, str]) -> dict[str, str]:
    """Days with their month: with the year, without it, or two of one month."""
    month, day, year = p["month"], p["day"], p["year"]
    span = rf"{day}\s?[-–]\s?{day}"
    return {
        "full": (
            rf"(?:{month}\s?(?:\.\s?)?{day}\s?,?\s?{year}|(?i:the\s+)?{day}\s?(?:of\s+)?{month}\s?,?\s?{year}"
            rf"|{year}\s?-\s?[01]\d\s?-\s?[0-3]\d(?!\d)|{year}/[01]\d/[0-3]\d(?!\d))"
        ),
        "days": rf"(?:{month}\s?{span}(?:\s?,?\s?{year})?|{span}\s{month}(?:\s?,?\s?{year})?)",
        "monthday": rf"(?:{month}\s?{day}|(?i:the\s+)?{day}\s(?:of\s+)?{month})",
    }


def _lengths(p: dict[str, str]) -> dict[str, str]:
    """Lengths of time: "almost two and a half years", "18-month"."""
    number, unit, units = p["number"], p["unit"], p["units"]
    counts = (
        rf"(?i:an?|{number}|several|a\s+few|few|many|a\s+couple(?:\s+of)?|a\s+number\s+of|(?:dozen|hundred|thousand)s\s+of)"
        rf"(?:\s+(?:or|to)\s+(?i:{number})|\s?[-–]\s?\d+)?(?:\s+and\s+(?:a|one)(?:\s|-)?half)?"
    )
    amount = rf"(?:(?:{p['mod']}\s+)?(?:{counts}|(?i:half\s+an?)))"
    kind = r"(?:(?:full|whole|more|consecutive|straight|long)\s+)?"
    halves = r"(?:\s?[-–]\s?(?:and|to)\s?[-–]\s?(?:a\s?-\s?half|\d+))?"
    return {
        "amount": amount,
        "length": (
            rf"(?:{amount}\s+{kind}(?i:{units}|{unit}|century)\b(?:\s+and\s+a\s+half|\s+or\s+(?:so|two))?)"
        ),
        "adjective": (
            rf"(?:(?:{p['mod']}\s+)?(?i:{number}{halves}|multi|half|several)\s?[-–]\s?"
            rf"(?i:{unit}|century)s?\b(?!\s?[-–]\s?olds?\b))"
        ),
    }


_ALTERNATIVES: tuple[tuple[str, str], ...] = (
    (
        "clock_day",
        r"<clock>\s?,?\s(?:on\s)?(?:<anyday>\s?,?\s?)?(?:<full>|<monthday>|(?:<this>\s+)?<weekday>(?:\s<part>)?"
        r"|today|yesterday|tomorrow|(?:the\s+)?(?:next|following|same)\s+day)\b",
    ),
    (
        "day",
        r"(?:(?i:the\s+(?:week|<part>)\s+of)\s+)?(?:<anyday>(?:\s<part>)?\s?,?\s?)?(?:<days>|<full>|<monthday>(?=\W|\Z)(?!\s?,?\s?\d{4}\s[a-z]+s\b)"
        r"(?:\s?,?\s?(?:of\s)?(?:this|last|next)\s+year)?)<at>",
    ),
    (
        "figures",
        r"(?<![\d/.-])(?:[0-3]?\d\s?/\s?[0-3]?\d\s?/\s?(?:\d{4}|\d\d)|[0-3]?\d-[0-3]?\d-\d{4}"
        r"|[0-3]?\d\.[01]?\d\.(?:19|20)\d\d)(?!\d|[/.-]\d)",
    ),
    ("named_day", r"(?<![\d/])9\s?/\s?11(?![\d/])|D-Day\b"),
    (
        "part_of_year",
        r"(?:<early>)?(?i:the\s+)?(?i:(?:fiscal|financial)\s+)?"
        r"(?:<ordinal>\s?-?\s?(?i:(?:fiscal|financial)\s+)?(?i:quarter|half)\b|\b(?:Q[1-4]|H[12])\b(?!-))"
        r"(?:\s+(?:of\s+)?(?:(?:the|this|last|next)\s+(?:fiscal\s+|financial\s+)?year"
        r"|(?:fiscal|financial)\s+(?:year\s+)?<year>|<year>))?",
    ),
    (
        "fiscal",
        r"(?i:the\s+)?(?:(?i:this|last|next|current|previous)\s+)?(?i:fiscal|financial)\s+"
        r"(?:(?i:year)(?:\s+<year>)?|<year>|<ordinal>\s+(?i:quarter))\b|\bFY\s?(?:20)?\d\d\b",
    ),
    (
        "first_months",
        r"(?i:the\s+)(?i:first|last|final)\s+(?:<number>\s+)?(?:<units>|<unit>)\s+of\s+"
        r"(?:(?:the|this|last|next)\s+(?:year|month|week|decade|century)|(?:<month>\s+)?<year>|<month>\b)",
    ),
    (
        "season",
        r"(?:<early>)?(?:(?:<which>|the)\s+)?<season>(?:\s+of)?\s+<year>|(?:<early>)?<which>\s+(?i:<season>)\b",
    ),
    (
        "month_year",
        r"(?:<early>)?(?:the\s+month\s+of\s+)?<month>\s?,?\s?(?:of\s+)?"
        r"(?:<year>|(?:this|last|next|the\s+(?:same|previous|following))\s+year)",
    ),
    (
        "decade",
        r"(?:(?:the\s+)?<early>)?(?:(?i:the)\s+)?(?:(?:1[5-9]|20)\d0\s?['’]?s|['’][2-9]0s"
        r"|(?i:the\s+)(?i:[2-9]0s|twenties|thirties|forties|fifties|sixties|seventies|eighties|nineties))\b",
    ),
    (
        "century",
        r"(?:<early>)?(?i:the\s+)(?:\d\d(?:st|nd|rd|th)"
        r"|(?i:sixteenth|seventeenth|eighteenth|nineteenth|twentieth|twenty-first))\s(?i:century)\b"
        r"|(?i:the\s+)(?i:past|last|next|previous|present|current|new)\s+century\b",
    ),
    (
        "set",
        r"(?i:once|twice|(?:<number>|several|many)\s+times)\s+(?i:an?|per|each|every)\s+(?i:<unit>)\b"
        r"|(?i:every|each)\s+(?:other\s+|single\s+|<number>\s+)?"
        r"(?:<weekday>|<month>|(?i:<units>|<unit>|<season>|<part>|weekend))\b|(?i:per)\s+(?i:<unit>)\b",
    ),
    (
        "adverb_day",
        r"(?:(?i:early|late|earlier|later)\s+)?(?i:the\s+day\s+(?:before\s+yesterday|after\s+tomorrow)"
        r"|today|yesterday|tomorrow|tonight|last\s+night"
        r"|(?:this|that|the\s+(?:next|following|previous|same))\s+<part>)\b(?:\s<part>\b)?<at>",
    ),
    (
        "weekday",
        r"(?:<early>)?(?:<this>\s+)?<weekday>(?:\s<part>\b)?(?:\s+(?:of\s+)?(?:last|this|next)\s+week\b)?<at>",
    ),
    ("short_weekday", r"(?<=\bon\s)<anyday>"),
    (
        "counted",
        r"<length>(?:\s+(?i:ago|earlier|later|before|after|afterwards?|from\s+now|hence|back|prior))\b"
        r"|(?:<amount>\s+)?(?i:<units>)\s+(?i:ago)\b",
    ),
    (
        "past_length",
        r"(?:<early>)?(?i:the\s+)?(?i:past|last|next|first|coming|previous|preceding|following|final)\s+(?:<mod>\s+)?"
        r"(?i:<number>|several|few|couple\s+of|many|half\s+an?)[\s-]+(?i:<units>|<unit>|century)\b"
        r"|(?i:the\s+)?(?i:past|last|next|coming|recent)\s+(?i:<units>)\b",
    ),
    (
        "period",
        r"(?:<early>)?(?:(?i:all\s+))?<which>\s+(?:(?i:calendar|business)\s+)?(?i:<unit>|weekend|century)\b(?!-\w)",
    ),
    ("which_month", r"(?:<early>)?<this>\s+<month>"),
    (
        "the_period",
        r"(?i:(?:<early>)(?:in\s+)?the\s+(?:week|month|year|decade|day|season|weekend)"
        r"|the\s+(?:day|week|month|year|decade)\s+(?:before|after|earlier)"
        r"|(?:the\s+)?year\s?(?:['’]s)?\s?-?\s?end|over\s+the\s+(?:years|decades|centuries)|the\s+weekend)\b",
    ),
    ("holiday", r"<holiday>(?:\s?,?\s?(?:in\s)?<year>)?"),
    ("rate", r"(?<=\d\s)(?i:an?)\s+(?i:<unit>)\b"),
    ("length", r"<adjective>|<length>(?!\s+(?i:old)\b|\s?-\s?old)"),
    ("clock", r"<clock>"),
    ("month", r"(?:<early>)?<month>(?!\s?['’]s\b)"),
    (
        "years",
        r"(?<![\d/.-])(?:(?i:early|late)\s+|(?i:mid)\s?-\s?)?<year>\s?[-–/]\s?(?:<year>|\d\d)(?!\w|[/.-]\d)",
    ),
    ("year", r"(?:<early>)?(?i:the\s+year\s+)?(?<![-–/.$£€¥#\d])<year>(?!\w)"),
    ("plural", r"(?<=\bfor\s)(?:(?i:many|some)\s+)?(?i:decades|centuries|years|months|weeks|days|hours)\b"),
    ("adverb", r"(?:annually|monthly|weekly|daily|hourly|yearly|quarterly)\b"),
)
"""Tried in this order at one place; ``<name>`` stands for a piece."""


@cache
def grammar() -> re.Pattern[str]:
    """The whole grammar; ``lastgroup`` of a match names the alternative."""
    pieces = _pieces()
    named = (
        f"(?P<{name}>{re.sub('<([a-z]+)>', lambda found: pieces[found[1]], pattern)})"
        for name, pattern in _ALTERNATIVES
    )
    return re.compile(rf"(?<!\w)(?:{'|'.join(named)})(?!\w)")

"""The figures of one article: numbers with their bound, unit, what they count and when they hold.

Years, dates, ages, scores, and numbers that are part of a name or name a thing ("Flight 370") are none.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from onrecord import words
from onrecord.figures.measures import Counted, Word, fate_of, find_counted, find_measured, split
from onrecord.figures.numerals import Numeral, find_numerals
from onrecord.model import Annotated, Bound, Date, Document, Figure, Mention, Span
from onrecord.overlap import Overlaps

__all__ = ["Links", "find_figures"]

NEAR = 60
"""Characters between a figure and the words that tell what befell those whom it counts, at most."""

_YEARS = range(1900, 2100)
_JOINED = re.compile(r"[-–/:+]\d|[-–]to-")
_RANGE = re.compile(r"[^\S\n]*(?:[-–]|to|and)[^\S\n]*")
_AGE = re.compile(r"[\s-]*years?[\s-]+olds?\b")
_STOP = re.compile(r"[.!?;][\"”’')]*\s|\n")
_TIME = frozenset(["s", "min", "h", "d", "week", "month", "year", "decade"])
_WHEN = re.compile(r"\b(?:as of|as at|by|until|through)\s+(?:late\s+|early\s+)?$", re.IGNORECASE)
_SINCE = frozenset(["ago", "later", "earlier", "before", "after", "old", "since"])


@cache
def _bounds(side: str) -> tuple[tuple[tuple[str, ...], Bound], ...]:
    rows = [
        (tuple(row["term"].split()), row["bound"]) for row in words.table("bounds") if row["side"] == side
    ]
    return tuple(sorted(rows, key=lambda row: -len(row[0])))  # type: ignore[arg-type] # the file holds model.Bound values only


@cache
def _units() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {"before": {}, "after": {}}
    for row in words.table("units"):
        found[row["side"]][row["term"]] = row["unit"]
    return found


@cache
def _signs() -> re.Pattern[str]:
    terms = sorted(_units()["before"], key=len, reverse=True)
    return re.compile(rf"(?:(?<![^\W\d_])|(?<=\s))({'|'.join(map(re.escape, terms))})\s?$")


@cache
def _names_of_units() -> re.Pattern[str]:
    terms = sorted(_units()["after"], key=len, reverse=True)
    return re.compile(rf"[^\S\n]?-?({'|'.join(map(re.escape, terms))})(?![^\W_])")


@dataclass(frozen=True, slots=True)
class _Amount:
    """A number with its sign or unit: the numeral, where both together begin and end, and the unit."""

    numeral: Numeral
    start: int
    end: int
    unit: str | None


def find_figures(
    document: Document, mentions: Sequence[Mention] = (), dates: Sequence[Date] = ()
) -> tuple[Figure, ...]:
    """The figures of an article, in order of the text.

    >>> text = "At least 40 people were hurt and they raised $3.5 million, 85 percent of it in 2019."
    >>> document = Document(text, (), (Span(0, len(text)),))
    >>> [(f.measure, f.value, f.unit, f.bound, text[f.start : f.end]) for f in find_figures(document)]
    ... # doctest: +NORMALIZE_WHITESPACE
    [('people injured', 40, None, 'at_least', 'At least 40'),
     ('raised', 3500000, '$', 'exactly', '$3.5 million'),
     (None, 85, '%', 'exactly', '85 percent')]
    """
    named = [mention for mention in mentions if mention.form == "name"]
    dated = [date for date in dates if date.kind != "duration"]
    taken = Overlaps([*named, *dated])
    found: list[Figure] = []
    for sentence in document.sentences:
        row = split(document.text, sentence.start, sentence.end)
        amounts = [
            _measure(document.text, numeral, sentence)
            for numeral in find_numerals(document.text, sentence.start, sentence.end)
            if not taken.over(numeral.start, numeral.end)
        ]
        as_of = _find_moment(document.text, sentence, dated)
        found += _read_sentence(document.text, sentence, row, amounts, as_of)
    return tuple(found)


def _find_moment(text: str, sentence: Span, dates: Sequence[Date]) -> str | None:
    """The date for which a sentence says that its figures hold: "as of Monday"."""
    told = {
        date.value
        for date in dates
        if sentence.start <= date.start < sentence.end
        and date.value is not None
        and date.kind == "date"
        and _WHEN.search(text, max(sentence.start, date.start - 20), date.start)
    }
    return told.pop() if len(told) == 1 else None


def _measure(text: str, numeral: Numeral, sentence: Span) -> _Amount:
    start, end, unit = numeral.start, numeral.end, None
    if sign := _signs().search(text, max(sentence.start, start - 5), start):
        start, unit = sign.start(1), _units()["before"][sign.group(1)]
    if after := _names_of_units().match(text, end, sentence.end):
        end, unit = after.end(), unit or _units()["after"][after.group(1)]
    return _Amount(numeral, start, end, unit)


def _read_sentence(
    text: str, sentence: Span, row: Sequence[Word], amounts: Sequence[_Amount], as_of: str | None
) -> Iterator[Figure]:
    place = 0
    while place < len(amounts):
        one, place = amounts[place], place + 1
        upper: _Amount | None = None
        if place < len(amounts) and _RANGE.fullmatch(text, one.end, amounts[place].start):
            linked = text[one.end : amounts[place].start].strip()
            both = re.search(r"\bbetween\s+$", text[sentence.start : one.start], re.IGNORECASE)
            if linked == "and" and not both:
                pass
            elif re.search(r"\bfrom\s+$", text[sentence.start : one.start], re.IGNORECASE):
                continue
            else:
                upper, place = amounts[place], place + 1
        if (figure := _read_amount(text, sentence, row, (one, upper), as_of)) is not None:
            yield figure


def _read_amount(
    text: str,
    sentence: Span,
    row: Sequence[Word],
    ends: tuple[_Amount, _Amount | None],
    as_of: str | None,
) -> Figure | None:
    one, upper = ends
    last = upper or one
    before = next((n for n, word in enumerate(row) if word.end > one.start), len(row))
    after = next((n for n, word in enumerate(row) if word.start >= last.end), len(row))
    value, value_to, unit = one.numeral.value, None, last.unit or one.unit
    if upper is not None:
        value, value_to = _scale_alike(value, upper.numeral.value), upper.numeral.value
        if value >= value_to:
            return None
    if _is_no_figure(text, sentence, row, (before, after), one, last):
        return None
    edges, bound, start, end = _read_bound(text, row, (before, after), (one.start, last.end))
    counted = find_measured(row, *edges, lasting=unit in _TIME) if unit else find_counted(row, *edges)
    if not _is_stated(counted, unit, value, row, before, after):
        return None
    shown = counted is not None and counted.start < counted.end
    return Figure(
        start=start,
        end=end,
        what=(" ".join(text[counted.start : counted.end].split()) or None) if counted and shown else None,
        measure=(counted.measure.strip() or None) if counted else None,
        value=value,
        value_to=value_to,
        unit=unit,
        bound="between" if upper is not None else bound,
        as_of=as_of,
        confidence=counted.confidence if counted else 0.5,
    )


def _scale_alike(value: float, upper: float) -> float:
    """The lower end of "140 to 150 million", which leaves its scale to the upper one."""
    for scale in (1e12, 1e9, 1e6, 1e3):
        if upper >= scale > value and value * scale < upper and upper / scale < 1000 <= upper:
            return value * scale if upper % scale == 0 or upper / scale != int(upper / scale) else value
    return value


def _is_no_figure(
    text: str, sentence: Span, row: Sequence[Word], edges: tuple[int, int], one: _Amount, last: _Amount
) -> bool:
    """Whether a number is a year, an age, a score, part of a name, or denied."""
    before, after = edges
    previous = row[before - 1] if before else None
    following = row[after] if after < len(row) else None
    if previous is not None and previous.low in ("not", "no", "nos", "several", "few", "many"):
        return True
    if _AGE.match(text, last.numeral.end) or _JOINED.match(text, last.end):
        return True
    if text[one.start - 1 : one.start] in ("-", "–", "/", ":", "#", ".") and one.start > sentence.start:
        return True
    if text[one.start - 2 : one.start] == ", " and text[one.start - 3 : one.start - 2] == " ":
        return True
    if last.unit is None and text[last.end : last.end + 1] in ("-", "/", "°", "'", "’", "+", ")"):
        return True
    if previous is not None and one.unit is None:
        named = previous.text[0].isupper() and before > 1 and text[previous.end : one.start] == " "
        known = previous.low in words.load("numbered_things")
        if (named and not _is_bound(row, before)) or known:
            return True
    if following is not None and last.unit in _TIME and following.low in _SINCE:
        return True
    year = (
        one.unit is last.unit is None and text[one.start : one.end].isdigit() and one.numeral.value in _YEARS
    )
    return year and (following is None or following.low not in words.load("counted_nouns"))


def _is_bound(row: Sequence[Word], before: int) -> bool:
    return any(_ends_with(row, before, term) for term, _ in _bounds("before"))


def _ends_with(row: Sequence[Word], before: int, term: Sequence[str]) -> bool:
    return before >= len(term) and tuple(word.low for word in row[before - len(term) : before]) == tuple(term)


def _read_bound(
    text: str, row: Sequence[Word], edges: tuple[int, int], span: tuple[int, int]
) -> tuple[tuple[int, int], Bound, int, int]:
    """Where the words of the bound end on either side, what it is, and the span with them."""
    (before, after), (start, end) = edges, span
    for term, bound in _bounds("before"):
        if _ends_with(row, before, term):
            place = before - len(term)
            return (place, after), bound, row[place].start, end
    for term, bound in _bounds("after"):
        if tuple(word.low for word in row[after : after + len(term)]) == term:
            return (before, after + len(term)), bound, start, row[after + len(term) - 1].end
    return edges, "exactly", start, end


def _is_stated(
    counted: Counted | None, unit: str | None, value: float, row: Sequence[Word], before: int, after: int
) -> bool:
    """Whether a number says how many or how much of something: "one" seldom does."""
    if counted is None:
        return unit is not None and unit not in _TIME
    if value == 1 and unit is None:
        told = row[before].low if before < len(row) else ""
        return (" " in counted.measure and told != "1") or told == "1"
    return True


class Links:
    """Which claim states each figure of an article, and which event it belongs to."""

    def __init__(self, annotated: Annotated) -> None:
        self._annotated = annotated
        self._parts = [
            (part, index) for index, claim in enumerate(annotated.claims) for part in claim.content
        ]
        self._over_parts = Overlaps([part for part, _ in self._parts])
        self._over_events = Overlaps(annotated.events)

    def find_claim(self, figure: Figure) -> int | None:
        """The place of the innermost claim whose content holds a figure, an attributed one before the
        article's own; null where there is none."""
        claims = self._annotated.claims
        holding = [
            (claims[index].quote_type == "none", part.end - part.start, index)
            for part, index in (
                self._parts[place] for place in self._over_parts.over(figure.start, figure.end)
            )
            if part.start <= figure.start and figure.end <= part.end
        ]
        return min(holding)[2] if holding else None

    def find_event(self, figure: Figure) -> int | None:
        """The place of the nearest event mention whose words tell what befell those whom a figure counts;
        null where none within ``NEAR`` does."""
        fate = (figure.measure or "").rpartition(" ")[2]
        text = self._annotated.article.text
        near = self._over_events.over(max(0, figure.start - NEAR), figure.end + NEAR)
        telling = [
            (max(event.start - figure.end, figure.start - event.end), place)
            for place in near
            for event in [self._annotated.events[place]]
            if any(fate_of(word.text) == fate for word in split(text, event.start, event.end))
            and not _STOP.search(text, min(event.end, figure.end), max(event.start, figure.start))
        ]
        return min(telling)[1] if telling else None

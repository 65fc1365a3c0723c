"""Date phrases found in running text: the grammar of ``phrase_grammar``, tried where a phrase can begin.

A cheap look at each word tells where that is; checks on the words around then drop what only looks like a
date (the verb "march", the name "May", four digits that count people).
"""

import re
from collections.abc import Callable, Iterator
from functools import cache

from onrecord import words
from onrecord.dates.phrase_grammar import grammar
from onrecord.model import Document, Phrase

__all__ = ["GRAMMAR_CONFIDENCE", "find_phrases"]

GRAMMAR_CONFIDENCE = 0.94
"""Share of the phrases found in the annotated sentences of MEANTIME, topic airbus, that annotators marked
with exactly these bounds (81 of 86)."""

_WORD_BEFORE = re.compile(r"([\w’']+|[^\w\s])\s*$")
_WORD_AFTER = re.compile(r"\s*([\w’']+|[^\w\s])")
_HARD_MONTHS = frozenset({"march", "april", "may", "june", "august", "mar", "sep", "dec", "jan"})
"""Months whose names are also verbs, given names or abbreviations of something else."""


def _before(text: str, start: int) -> str:
    match = _WORD_BEFORE.search(text, max(0, start - 40), start)
    return match[1].lower() if match else ""


def _after(text: str, end: int) -> str:
    match = _WORD_AFTER.match(text, end)
    return match[1] if match else ""


def _is_month(text: str, start: int, end: int) -> bool:
    """Whether a lone word that can be a month is one, by the word before it.

    >>> _is_month("shares fell in March", 15, 20), _is_month("Minister May said", 9, 12)
    (True, False)
    """
    term = text[start:end].lower().split()[-1].strip(". ")
    if term.split("-")[-1] not in _HARD_MONTHS:
        return True
    cue = _before(text, start)
    return " " in text[start:end] or cue in (words.load("may_cues" if term == "may" else "month_cues"))


def _is_year(text: str, start: int, end: int) -> bool:
    """Whether four digits are a year and not a count, an amount or a number in a name.

    >>> _is_year("founded in 1987 by", 11, 15), _is_year("some 1900 people fled", 5, 9)
    (True, False)
    """
    if not text[start:end].isdigit():
        return True
    cue, following = _before(text, start), _after(text, end)
    signs, things = words.load("count_signs"), words.load("numbered_things")
    if cue in signs | things or following in signs or following.lower() in words.load("counted_nouns"):
        return False
    return int(text[start:end]) >= 1900 or cue in words.load("year_cues")


def _is_clock(text: str, start: int, end: int) -> bool:
    """Whether hours and minutes are a time of day and not a score or a ratio.

    >>> _is_clock("opens at 10:30 daily", 9, 14), _is_clock("won 10:30 there", 4, 9)
    (True, False)
    """
    return not text[start:end].replace(":", "").isdigit() or _before(text, start) in words.load("clock_cues")


def _is_weekday(text: str, start: int, end: int) -> bool:
    """Whether a weekday is a date and not part of a name.

    >>> _is_weekday("won on Super Tuesday", 13, 20), _is_weekday("won on Tuesday", 7, 14)
    (False, True)
    """
    around = " ".join(text[max(0, start - 12) : end + 24].lower().split())
    return not any(title in around for title in words.load("day_titles"))


def _is_holiday(text: str, start: int, end: int) -> bool:
    """Whether a holiday's name tells a day and not a thing or a wish.

    >>> _is_holiday("closed on Christmas Day", 10, 23), _is_holiday("the tall Christmas tree", 9, 18)
    (True, False)
    """
    return words.load("holiday_things").isdisjoint((_before(text, start), _after(text, end).lower()))


def _is_length(text: str, start: int, end: int) -> bool:
    """Whether a number and a unit are a length of time: not "one day" for some day, nor a quarter of a
    thing.

    >>> _is_length("it will one day rule", 8, 15), _is_length("a quarter of seats", 0, 9)
    (False, False)
    """
    said, cue = text[start:end].lower().split()[-2:], _before(text, start)
    if said == ["one", "day"]:
        return cue in ("for", "in", "within", "after", "over", "only", "just", "least", "than", "lasted")
    return (
        said[-1] != "quarter"
        or said[0] not in ("a", "one")
        or _after(text, end).lower() not in ("of", "to", "past", "century")
    )


_CHECKS: dict[str, Callable[[str, int, int], bool]] = {
    "clock": _is_clock,
    "holiday": _is_holiday,
    "length": _is_length,
    "month": _is_month,
    "weekday": _is_weekday,
    "year": _is_year,
}


_TOKEN = re.compile(r"\d+|[^\W\d_]+")
_REACH = 60
"""Characters between the first word of a phrase and the word that makes it one; "less than two and a half
years" is among the longest."""


@cache
def _openers() -> dict[str, bool]:
    """Words a phrase can begin with, in three spellings; true for those that can make a phrase by
    themselves."""
    core: set[str] = set()
    for name in ("months", "weekdays", "time_units", "seasons", "holidays"):
        core.update(token.lower() for term in words.load(name) for token in _TOKEN.findall(term))
    core |= {f"{unit}s" for unit in words.load("time_units")} | words.load("time_words")
    core -= words.load("phrase_openers")
    found = dict.fromkeys(words.load("phrase_openers"), False)
    found |= dict.fromkeys(words.load("number_words") | words.load("ordinal_words"), False)
    found |= dict.fromkeys(core, True)
    return {form: core for term, core in found.items() for form in (term, term.capitalize(), term.upper())}


def _starts(text: str, start: int, end: int) -> Iterator[int]:
    """Places where a phrase may begin: a cheap look at each word, so that the grammar is tried at few of
    them."""
    openers = _openers()
    waiting: list[int] = []
    for match in _TOKEN.finditer(text, start, end):
        token = match.group()
        kind = openers.get(token)
        if kind is None and token[0].isdigit():
            kind = True
        if kind is None:
            continue
        at = match.start()
        if kind:
            yield from (place for place in waiting if at - place <= _REACH)
            waiting.clear()
            yield at - 1 if at > start and text[at - 1] in "'’" else at
        else:
            waiting.append(at)


def _in_block(text: str, start: int, end: int) -> Iterator[Phrase]:
    match_at, done = grammar().match, start
    for place in _starts(text, start, end):
        if place < done:
            continue
        match = match_at(text, place, end)
        if match is None:
            continue
        check = _CHECKS.get(match.lastgroup or "")
        done = match.end()
        if check is None or check(text, place, done):
            yield Phrase(place, done, GRAMMAR_CONFIDENCE)


_TOP_BLOCKS = 8
"""Blocks from the top among which a line that is only a date is the article's own."""


def _is_date_line(text: str, start: int, end: int) -> bool:
    """Whether a line is a full date and nothing else.

    >>> line = "Tuesday, March 3, 2015"
    >>> _is_date_line(line, 0, len(line)), _is_date_line("Updated 2015", 0, 12)
    (True, False)
    """
    line = text[start:end].strip(" \t()")
    match = grammar().fullmatch(line) if len(line) < 60 else None
    return match is not None and match.lastgroup == "day" and re.search(r"\d{4}", line) is not None


def find_phrases(document: Document) -> tuple[Phrase, ...]:
    """The date, time, duration and set expressions of a document, in order and disjoint.

    Furniture and notes of correction are not read, but for the line near the top that is only a date: the
    article's own.

    >>> from onrecord.model import Block
    >>> text = "Output fell in March, the second drop since last week."
    >>> found = find_phrases(Document(text, (Block(0, len(text), "body"),), ()))
    >>> [text[p.start:p.end] for p in found]
    ['March', 'last week']
    """
    text = document.text
    return tuple(
        phrase
        for place, block in enumerate(document.blocks)
        if block.kind not in ("correction", "furniture")
        or (place < _TOP_BLOCKS and _is_date_line(text, block.start, block.end))
        for phrase in _in_block(text, block.start, block.end)
    )

"""What a number counts or measures, by the words around it in its sentence."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

import snowballstemmer

from onrecord import words

__all__ = ["Counted", "Word", "find_counted", "find_measured", "singular", "split"]

LONGEST = 5
"""Words of what is counted, at most."""
REACH = 6
"""Words on either side of a number within which what befell those counted stands."""
FAR = 16
"""Words before a number within which the toll that it is the size of stands."""

_WORD = re.compile(r"[^\W_]+(?:[’'.-][^\W_]+)*|[^\w\s]")
_STEMMER = snowballstemmer.stemmer("english")
_TOLL = frozenset(["toll", "tally", "number", "count", "total"])
_ANYBODY = frozenset(
    ["people", "person", "life", "victim", "dead", "other", "individual", "fatality", "death"]
)
_REFERS = frozenset(["the", "these", "those", "its", "their", "both", "other", "all"])
_TO = frozenset(["to", "at", "by", "of", "over", "about", "around", "up"])
_UNSAID = frozenset(
    ["estimated", "expected", "needed", "compared", "valued", "said", "times", "time", "only"]
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word or mark of a sentence and where it stands in the text."""

    text: str
    start: int
    end: int

    @property
    def low(self) -> str:
        return self.text.lower()


@dataclass(frozen=True, slots=True)
class Counted:
    """What is counted: its words at [start, end) (none where they are left out), its name, and how sure."""

    start: int
    end: int
    measure: str
    confidence: float


def split(text: str, start: int, end: int) -> tuple[Word, ...]:
    """The words and marks of characters [start, end)."""
    return tuple(Word(m.group(), m.start(), m.end()) for m in _WORD.finditer(text, start, end))


@cache
def _fates() -> Mapping[str, str]:
    return words.values("fates")


@lru_cache(maxsize=20_000)
def fate_of(word: str) -> str | None:
    """What a word says befell those who are counted, or null.

    >>> fate_of("injuring"), fate_of("dead"), fate_of("elected")
    ('injured', 'killed', None)
    """
    return _fates().get(_STEMMER.stemWord(word.lower()))


@cache
def _numbers() -> frozenset[str]:
    return words.load("number_words")


@cache
def _irregular() -> dict[str, str]:
    return {
        "men": "man",
        "women": "woman",
        "children": "child",
        "lives": "life",
        "policemen": "policeman",
    } | {
        word: word
        for word in ("people", "police", "troops", "news", "species", "series", "cattle", "headquarters")
    }


def singular(word: str) -> str:
    """The singular of a noun, in lower case.

    >>> [singular(word) for word in ("houses", "cities", "churches", "people", "men", "bus")]
    ['house', 'city', 'church', 'people', 'man', 'bus']
    """
    low = word.lower()
    if low in _irregular():
        return _irregular()[low]
    if low.endswith("ies") and len(low) > 4:
        return low[:-3] + "y"
    if low.endswith(("sses", "shes", "ches", "xes")):
        return low[:-2]
    return low[:-1] if low.endswith("s") and not low.endswith(("ss", "us", "is")) else low


def _ends_phrase(word: str) -> bool:
    return not word[0].isalpha() or word in words.load("function_words") or word in words.load("auxiliaries")


@cache
def _finite() -> frozenset[str]:
    return words.load("irregular_pasts") | words.load("past_verbs") | words.load("predicates")


def _is_verb(word: str, phrase: Sequence[Word]) -> bool:
    """Whether a word behind a noun reads as its verb: "people died", "crews working"."""
    if not phrase:
        return False
    plural = _is_plural(phrase[-1].low)
    return (
        word in _finite()
        or (plural and word.endswith(("ed", "ing")))
        or (plural and fate_of(word) is not None)
    )


def find_phrase(row: Sequence[Word], place: int) -> tuple[Word, ...]:
    """The words of the noun phrase that begins at a place of a sentence: "more police officers" of "more
    police officers were sent"; none where no noun begins there."""
    phrase: list[Word] = []
    for word in row[place : place + LONGEST]:
        if _ends_phrase(word.low) and not (not phrase and word.low in ("more", "other", "others")):
            break
        if _is_verb(word.low, phrase) or (not phrase and word.low in _finite()) or word.low in _numbers():
            break
        phrase.append(word)
    return tuple(_cut_at_plural(phrase))


def _cut_at_plural(phrase: Sequence[Word]) -> Sequence[Word]:
    """The words up to the first plural that no other plural follows: "countries" of
    "countries say global"."""
    for place, (word, beside) in enumerate(pairwise(phrase), 1):
        if _is_plural(word.low) and not _is_plural(beside.low) and fate_of(beside.low) is None:
            return phrase[:place]
    return phrase


def _is_plural(low: str) -> bool:
    return low in _irregular() or (low.endswith("s") and not low.endswith(("ss", "us", "is", "’s", "'s")))


def _fate_behind(row: Sequence[Word], place: int) -> str | None:
    """What befell those counted, told behind them: "were injured", "are feared dead"."""
    for word in row[place : place + REACH]:
        if (fate := fate_of(word.low)) is not None and word.low not in ("victims", "victim"):
            return fate
        if word.low not in words.load("fate_links") and not word.low.endswith("ly"):
            return None
    return None


def _fate_before(row: Sequence[Word], place: int) -> str | None:
    """What befell those counted, told before them: "killed at least", "the death toll rose to"."""
    before: list[Word] = []
    for word in reversed(row[max(0, place - FAR) : place]):
        if not word.text[0].isalnum() or word.low in ("and", "but", "while"):
            break
        before.append(word)
    if any(word.low in _TOLL for word in before):
        return next((fate for word in before if (fate := fate_of(word.low)) is not None), None)
    for word in before[:4]:
        if (fate := fate_of(word.low)) is not None:
            return fate
        if word.low in words.load("prepositions") and word.low not in _TO:
            return None
    return None


def find_counted(row: Sequence[Word], before: int, after: int) -> Counted | None:
    """What a bare number counts: the words of a sentence that end at ``before`` and begin at ``after`` stand
    beside it. Null where nothing shows it.

    >>> def count(text, number):
    ...     row = split(text, 0, len(text))
    ...     place = [word.text for word in row].index(number)
    ...     found = find_counted(row, place, place + 1)
    ...     return found and (text[found.start : found.end], found.measure)
    >>> count("The fire killed 12 police officers in Lodz", "12")
    ('police officers', 'officer killed')
    >>> count("The death toll rose to 12 on Monday", "12"), count("killing 12 and injuring 40", "40")
    (('', 'people killed'), ('', 'people injured'))
    >>> count("The council bought 12 old houses", "12"), count("She came back at 12", "12")
    (('old houses', 'house'), None)
    """
    place = (
        after + 2
        if _starts(row, after, "of", ("the", "them", "his", "her", "its", "their", "those", "these"))
        else after
    )
    if place == after and after < len(row) and row[after].low == "of":
        return None
    phrase = find_phrase(row, place)
    behind = place + len(phrase)
    head, told = phrase, None
    if phrase and (fate := fate_of(phrase[-1].low)) is not None:
        told = fate
        head = phrase[:-1] if phrase[-1].low not in ("victims", "deaths", "fatalities") else ()
    else:
        told = _fate_behind(row, behind)
        if told is None:
            told = _fate_before(row, before)
    if phrase and not _is_noun(phrase[-1], told):
        return None
    if not phrase and (told is None or (before and row[before - 1].low in ("at", "aged", "age"))):
        return None
    if told is None and before and row[before - 1].low in _REFERS:
        return None
    noun = singular(head[-1].text) if head else "people"
    name = "people" if noun in _ANYBODY else noun
    start, end = (phrase[0].start, phrase[-1].end) if phrase else (row[before - 1].end, row[before - 1].end)
    befell = told is not None and noun != "time"
    return Counted(start, end, f"{name} {told}" if befell else noun, 0.9 if phrase else 0.8)


def _starts(row: Sequence[Word], place: int, first: str, second: Sequence[str]) -> bool:
    return place + 1 < len(row) and row[place].low == first and row[place + 1].low in second


def _is_noun(word: Word, told: str | None) -> bool:
    """Whether the last word of what is counted reads as the plural that a count asks for."""
    low = word.low
    return told is not None or _is_plural(low)


def find_measured(row: Sequence[Word], before: int, after: int, lasting: bool = False) -> Counted | None:
    """What a number with a unit measures: "a fine of 3 million euros", "85 percent of voters";
    ``lasting`` is set for lengths of time, of which only "three years in prison" says what.

    >>> def measure(text, number, unit):
    ...     row = split(text, 0, len(text))
    ...     told = [word.text for word in row]
    ...     found = find_measured(row, told.index(number), told.index(unit) + 1)
    ...     return found and (text[found.start : found.end], found.measure)
    >>> measure("They spoke to 85 percent of voters", "85", "percent")
    ('voters', 'voter')
    >>> measure("The unemployment rate rose to 8 percent", "8", "percent")
    ('unemployment rate', 'rate')
    >>> measure("She paid a fine of 3 euros", "3", "euros")
    ('fine', 'fine')
    """
    if after < len(row) and row[after].low in ("of", "in"):
        skip = after + 1
        while skip < len(row) and row[skip].low in words.load("determiners"):
            skip += 1
        if phrase := find_phrase(row, skip):
            return Counted(phrase[0].start, phrase[-1].end, singular(phrase[-1].text), 0.8)
        return None
    if lasting:
        return None
    phrase = find_phrase(row, after)
    if phrase and len(phrase) < LONGEST and phrase[-1].text[0].islower() and not phrase[0].low.endswith("ed"):
        return Counted(phrase[0].start, phrase[-1].end, singular(phrase[-1].text), 0.7)
    return _find_before(row, before)


def _find_before(row: Sequence[Word], before: int) -> Counted | None:
    """What stands before a number and the words that lead to it: the noun that it is the size of, else the
    verb that takes it."""
    place = before - 1
    while place >= 0 and row[place].low in words.load("size_words"):
        place -= 1
    if place < 0 or before - place > REACH or not row[place].text[0].isalpha():
        return None
    head = row[place].low
    if _ends_phrase(head) or row[place].text[0].isupper() or head.endswith("ing") or head in _UNSAID:
        return None
    first = place
    while first > 0 and place - first < 2 and _leads(row[first - 1]):
        first -= 1
    return Counted(row[first].start, row[place].end, singular(head), 0.6)


def _leads(word: Word) -> bool:
    return not _ends_phrase(word.low) and word.text[0].islower() and word.low not in _finite()

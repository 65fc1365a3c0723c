"""Two wordings of one quotation: what they share, and what one has where the other has something else."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from functools import cache
from itertools import chain

from onrecord import words

FEWEST = 5
"""Words below which two quotations are not compared: "a great day" is said by many of many things."""

REPLACED = 6
"""For each word in the place of another, two wordings share at least so many. Read on PolNeAR's quotations,
pairs with less in common were two remarks of one speaker."""

SPELLING = 0.75
"""Least share of letters, in order, that two spellings of one word have in common."""

_SHORT = {"n't": "not", "'re": "are", "'ll": "will", "'ve": "have", "'m": "am"}
_WHOLE = {
    "can't": ("can", "not"),
    "cannot": ("can", "not"),
    "won't": ("will", "not"),
    "shan't": ("shall", "not"),
}
_CUT = re.compile(r"(?<=\w)(?:n't|'re|'ll|'ve|'m)$")

_QUOTED = re.compile(r"[“\"]([^“”\"]{8,}?)[”\"]|``((?:(?!``|'').){8,}?)''", re.DOTALL)
_STOP = re.compile(r"(?<=[.!?])\s+(?=[^\W\d_])|\n+")
_WORD = re.compile(r"\w+(?:['’]\w+)*")

__all__ = [
    "compare_wordings",
    "count_quoted",
    "find_quotations",
    "fold",
    "show_edit",
    "spelled_alike",
    "split_quotation",
]


def fold(text: str) -> tuple[str, ...]:
    """The words of a text without case and punctuation.

    >>> fold("“We’re back,”")
    ("we're", 'back')
    """
    return tuple(word.casefold().replace("’", "'") for word in _WORD.findall(text))


def find_quotations(text: str) -> Iterator[tuple[str, ...]]:
    """The words of each passage in quotation marks that is long enough to be compared, and of its sentences.

    >>> list(find_quotations("He called it “a very good day for all of us” and “fine”."))
    [('a', 'very', 'good', 'day', 'for', 'all', 'of', 'us')]
    >>> list(find_quotations("“We will not go back. Nobody asked us to go back,” she said."))
    ... # doctest: +NORMALIZE_WHITESPACE
    [('we', 'will', 'not', 'go', 'back', 'nobody', 'asked', 'us', 'to', 'go', 'back'),
     ('we', 'will', 'not', 'go', 'back'), ('nobody', 'asked', 'us', 'to', 'go', 'back')]
    """
    for match in _QUOTED.finditer(text):
        yield from split_quotation(match.group(1) or match.group(2))


def count_quoted(text: str) -> int:
    """How many words of a text stand in quotation marks.

    >>> count_quoted("He called it “a very good day” for all")
    4
    """
    return sum(len(fold(match.group(1) or match.group(2))) for match in _QUOTED.finditer(text))


def split_quotation(text: str) -> Iterator[tuple[str, ...]]:
    """The words of a quotation and of each of its sentences, if they are long enough to be compared."""
    parts = [said for sentence in _STOP.split(text) if (said := fold(sentence))]
    whole = tuple(chain.from_iterable(parts))
    yield from (said for said in dict.fromkeys((whole, *parts)) if len(said) >= FEWEST)


def compare_wordings(one: Sequence[str], other: Sequence[str]) -> float:
    """The share of words that two quotations have in common, in order; 0 where they say different things.

    One may be cut where the other goes on, but words that stand in the place of others must be few
    (``REPLACED``), and figures, days and months the same.

    >>> compare_wordings("we will bring them home to you".split(), "we will bring em home to you".split())
    0.86

    A word written out or spelled otherwise is no other word:

    >>> one, other = "my neighbours didn't hear a thing", "my neighbors did not hear a thing"
    >>> compare_wordings(one.split(), other.split())
    0.86
    >>> compare_wordings("i do not believe in the devil".split(), "i do not believe in miracles".split())
    0.0
    >>> compare_wordings("it will cost us 40 million".split(), "it will cost us 14 million".split())
    0.0
    >>> compare_wordings("all of us leave on tuesday".split(), "all of us leave on thursday".split())
    0.0
    """
    if _exact(one) != _exact(other):
        return 0.0
    left, right = list(_write_out(one)), list(_write_out(other))
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    replaced = sum(
        max(end - start, stop - begin)
        for kind, start, end, begin, stop in matcher.get_opcodes()
        if kind == "replace" and not _are_spellings(left[start:end], right[begin:stop])
    )
    shared = sum(block.size for block in matcher.get_matching_blocks())
    if shared < FEWEST or replaced * REPLACED > shared:
        return 0.0
    return round(matcher.ratio(), 2)


def _write_out(said: Sequence[str]) -> Iterator[str]:
    """Words with contractions that stand for one thing only written out.

    >>> list(_write_out(["they're", "sure", "we", "can't"]))
    ['they', 'are', 'sure', 'we', 'can', 'not']
    """
    for word in said:
        if word in _WHOLE:
            yield from _WHOLE[word]
        elif match := _CUT.search(word):
            yield word[: match.start()]
            yield _SHORT[match.group()]
        else:
            yield word


@cache
def _exact_words() -> dict[str, str]:
    """What words give that another letter makes another: figures, days and months."""
    found = {term: value for term, value in words.values("number_words").items() if term != "one"}
    days = words.load("weekdays") | words.load("months")
    return found | {day: day for day in days if len(day) > 3 and day != "march"}


def _exact(said: Sequence[str]) -> list[str]:
    return [word if word[0].isdigit() else _exact_words()[word] for word in said if _is_exact(word)]


def _is_exact(word: str) -> bool:
    return word[0].isdigit() or word in _exact_words()


def _are_spellings(one: Sequence[str], other: Sequence[str]) -> bool:
    return len(one) == len(other) and all(map(spelled_alike, one, other))


def spelled_alike(one: str, other: str) -> bool:
    """Whether two words can be two spellings of one: they begin with one letter and share most others.
    Figures and days never are.

    >>> spelled_alike("neighbours", "neighbors"), spelled_alike("seventy", "seventeen")
    (True, False)
    """
    if min(len(one), len(other)) < 4 or one[0] != other[0] or _is_exact(one) or _is_exact(other):
        return False
    return SequenceMatcher(None, one, other).ratio() >= SPELLING


def show_edit(one: Sequence[str], other: Sequence[str]) -> str:
    """What turns one wording into the other, in its place.

    >>> show_edit("we will bring em home".split(), "we will bring them home now".split())
    'we will bring [em → them] home [+ now]'
    """
    shown = []
    matcher = SequenceMatcher(None, list(one), list(other), autojunk=False)
    for kind, start, end, begin, stop in matcher.get_opcodes():
        left, right = " ".join(one[start:end]), " ".join(other[begin:stop])
        shown.append(
            {
                "equal": left,
                "replace": f"[{left} → {right}]",
                "delete": f"[- {left}]",
                "insert": f"[+ {right}]",
            }[kind]
        )
    return " ".join(shown)

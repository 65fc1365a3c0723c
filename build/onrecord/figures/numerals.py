"""Numbers in running text, written in digits or in words, with their values.

Words are read by text2num; digits, scales ("1.2 million") and dozens here.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from text_to_num import find_numbers

from onrecord import words

__all__ = ["Numeral", "find_numerals"]

SCALES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12} | {
    "m": 1e6,
    "mn": 1e6,
    "bn": 1e9,
    "tn": 1e12,
    "k": 1e3,
}
"""What a word or letters behind digits multiply them by."""
_LARGE = frozenset(["thousand", "million", "billion", "trillion"])
_LETTERS = frozenset(["m", "mn", "bn", "tn", "k"])
_DIGITS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
_TOKEN = re.compile(rf"{_DIGITS.pattern}|[^\W\d_]+|[^\w\s]")
_GLUE = re.compile(r"[^\S\n]*-?[^\S\n]*")


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number at characters [start, end) of a text."""

    start: int
    end: int
    value: float


@dataclass(frozen=True, slots=True)
class _Token:
    """A word, number or mark as text2num asks for it."""

    word: str
    start: int
    end: int

    def text(self) -> str:
        return self.word.lower()

    def nt_separated(self, previous: "_Token") -> bool:
        return False

    def not_a_number_part(self) -> bool:
        return self.word[0].isdecimal()


@cache
def _number_words() -> frozenset[str]:
    return words.load("number_words") - {"dozen"} | _LARGE


LARGEST = 1e18
"""What is larger is no count or measure in news, but an identifier or noise."""


def find_numerals(text: str, start: int, end: int) -> Iterator[Numeral]:
    """The numbers in characters [start, end), in order; ordinals and vague ones ("dozens") are none.

    >>> def read(text):
    ...     return [(text[n.start : n.end], n.value) for n in find_numerals(text, 0, len(text))]
    >>> read("Twenty-two of 1,250 people and 1.2 million trees in two hundred and five parks")
    [('Twenty-two', 22), ('1,250', 1250), ('1.2 million', 1200000), ('two hundred and five', 205)]
    >>> read("a dozen boats, two dozen crews, hundreds of fans, the second day, 1.5bn euros")
    [('dozen', 12), ('two dozen', 24), ('1.5bn', 1500000000)]
    """
    tokens = [_Token(m.group(), m.start(), m.end()) for m in _TOKEN.finditer(text, start, end)]
    place = 0
    while place < len(tokens):
        token = tokens[place]
        if token.word[0].isdecimal():
            found, place = _read_digits(text, tokens, place)
            if found is not None:
                yield found
        elif token.text() in _number_words() or token.text() == "dozen":
            last = _end_of_run(text, tokens, place)
            yield from _read_words(text, tokens[place:last])
            place = last
        else:
            place += 1


def _read_digits(text: str, tokens: Sequence[_Token], place: int) -> tuple[Numeral | None, int]:
    token, value = tokens[place], float(tokens[place].word.replace(",", ""))
    before, after = text[token.start - 1 : token.start], text[token.end : token.end + 1]
    following = tokens[place + 1] if place + 1 < len(tokens) else None
    scaled = following is not None and following.text() in SCALES and following.word not in ("M", "K")
    if value > LARGEST:
        return None, place + 1 + scaled
    if following is not None and scaled and _GLUE.fullmatch(text, token.end, following.start):
        joined = following.start == token.end
        if following.text() not in _LETTERS or joined:
            end, value = following.end, round(value * SCALES[following.text()], 6)
            return Numeral(token.start, end, _plain(value)), place + 2
    if before.isalnum() or after.isalnum() or before == "_":
        return None, place + 1
    return Numeral(token.start, token.end, _plain(value)), place + 1


def _end_of_run(text: str, tokens: Sequence[_Token], place: int) -> int:
    """Where the words end that go on naming one number."""
    last = place + 1
    while last < len(tokens):
        token = tokens[last]
        after = tokens[last + 1].text() if last + 1 < len(tokens) else ""
        linked = token.word == "-" or (token.text() == "and" and tokens[last - 1].text() in SCALES)
        if linked and after in _number_words():
            last += 2
        elif token.text() in _number_words() or token.text() == "dozen":
            last += 1
        else:
            break
    return last


def _read_words(text: str, run: Sequence[_Token]) -> Iterator[Numeral]:
    if run[-1].text() == "dozen":
        counted = list(_read_words(text, run[:-1])) if len(run) > 1 else []
        times = counted[-1].value if counted else 1
        yield Numeral((counted[-1] if counted else run[-1]).start, run[-1].end, _plain(12 * times))
        return
    for found in find_numbers([token for token in run if token.word != "-"], "en", threshold=0.0):
        held = [token for token in run if token.word != "-"][found.start : found.end]
        if not found.is_ordinal:
            yield Numeral(held[0].start, held[-1].end, _plain(found.value))


def _plain(value: float) -> float:
    return int(value) if value == int(value) else value

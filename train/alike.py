"""Which words may tell one happening: how near all-MiniLM-L6-v2 puts them, and what senses they share in
WordNet."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

from train.meanings import Meanings
from train.wordnet import Senses

from onrecord import words
from onrecord.english.alike import stem_word
from onrecord.resolving.events import stem_of

NEAREST = 0.4
"""Least cosine of two words that may mean the same. With 0.5, and 0.8 for ``SHARED``, the table has half as
many rows, and topics of ECB+ (training part) that are left out reach 0.4 CoNLL F1 less."""
SHARED = 0.6
"""Least part of a sense that two words have in common."""
FORMS = 3
"""Words that a stem is read as, the most frequent ones."""


def is_number(stem: str) -> bool:
    """Whether a stem is or holds a number: two numbers never tell one happening.

    >>> is_number("40th"), is_number("twelv"), is_number("twin")
    (True, True, False)
    """
    return any(sign.isdigit() for sign in stem) or stem in _number_words()


@cache
def _number_words() -> frozenset[str]:
    return frozenset(stem_word(word) for word in words.load("number_words"))


class Likeness:
    """Compares stems that stand in ``texts`` and may tell that something happens, and all of ``besides``."""

    def __init__(self, texts: Iterable[str], besides: Iterable[str], minilm: Path, wordnet: Path) -> None:
        forms: dict[str, Counter[str]] = defaultdict(Counter)
        for text in texts:
            for word, count in Counter(re.findall(r"[^\W_]+", text.casefold())).items():
                forms[stem_of(word)][word] += count
        senses = Senses(wordnet, stem_of)
        stems = sorted(stem for stem in {*besides, *filter(senses.happens, forms)} if not is_number(stem))
        usual = {stem: forms[stem].most_common(FORMS) or [(stem, 1)] for stem in stems}
        self._meanings = Meanings(minilm, usual)
        self._shared = {(one, other): score for one, other, score in senses.shared(stems, SHARED)}

    def compare(self, one: str, other: str) -> tuple[float, float]:
        """How near the meanings of two stems are and how much of a sense they share; 0 for little."""
        pair = (one, other) if one < other else (other, one)
        return self._meanings.compare(*pair, NEAREST), self._shared.get(pair, 0.0)

    def pairs(self) -> Iterator[tuple[str, str]]:
        """All pairs of stems that are alike."""
        yield from self._shared
        yield from self._meanings.near(NEAREST)


def alike_table(often: Mapping[tuple[str, str], float], likeness: Likeness) -> str:
    """The table of stems that may tell one happening; ``often`` is how often they do in the corpus."""
    head = (
        "# Stems that may tell one happening, by train/events.py: how often they do in ECB+ (training part,\n"
        "# CC BY 3.0; log odds moved to be positive), how near all-MiniLM-L6-v2 (Apache-2.0) puts them\n"
        "# (cosine about the mean), and how far they share a sense of WordNet 3.0 (wordnet_licence.txt);\n"
        "# 0 for little or unknown.\n"
        "stem,other,together,meaning,sense\n"
    )
    lines = []
    for one, other in sorted({*often, *likeness.pairs()}):
        if one.isascii() and other.isascii():
            meaning, sense = likeness.compare(one, other)
            lines.append(f"{one},{other},{often.get((one, other), 0):g},{meaning:g},{sense:g}\n")
    return head + "".join(lines)

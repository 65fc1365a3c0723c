"""Words that mean the same or nearly the same, by their stems (``data/alike.csv``)."""

from functools import cache, lru_cache

import snowballstemmer

from onrecord import words

__all__ = ["alike", "stem_word"]

_STEMMER = snowballstemmer.stemmer("english")


@lru_cache(maxsize=50_000)
def stem_word(word: str) -> str:
    """The stem of one word, whatever its case.

    >>> stem_word("Signed"), stem_word("signing")
    ('sign', 'sign')
    """
    return str(_STEMMER.stemWord(word.casefold()))


@cache
def _alike() -> dict[tuple[str, str], tuple[float, float, float]]:
    found = {}
    for row in words.table("alike"):
        scores = (float(row["together"]), float(row["meaning"]), float(row["sense"]))
        found[row["stem"], row["other"]] = found[row["other"], row["stem"]] = scores
    return found


def alike(stem: str, other: str) -> tuple[float, float, float]:
    """How often two stems tell one happening in ECB+, how near their meanings are, and how far they share a
    sense of WordNet; 0 for little or unknown."""
    return _alike().get((stem, other), (0.0, 0.0, 0.0))

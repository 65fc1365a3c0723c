"""Whether two statements say the same in other words: features of a pair, each with a weight.

The weights in ``data/statements.csv`` are those of a logistic model fitted by ``train/statements.py`` to
pairs of statements of articles on one story, which were judged by hand. What must not differ at all (figures,
dates, negation, who did it to whom) is not weighed here: ``comparing`` looks at it first.
"""

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise

from onrecord import words
from onrecord.english.alike import alike
from onrecord.resolving.propositions import Proposition
from onrecord.resolving.stories import weigh

__all__ = ["FEATURES", "StatementPair", "score_statements"]

NAME = 5.0
"""What an entity that both name weighs beside words, of which the rarest weigh 7."""
MEANS = 0.45
"""Least nearness of two words' meanings for one to stand for the other ("announce", "disclose")."""


@dataclass(frozen=True)
class StatementPair:
    """Two statements as they are compared."""

    one: Proposition
    other: Proposition

    @cached_property
    def shared(self) -> float:
        """The weight of the words and names that both have."""
        return _weigh(set(self.one.tokens) & set(self.other.tokens))

    @cached_property
    def sides(self) -> tuple[float, float]:
        """The weights of the two, the lighter first."""
        low, high = sorted((_weigh(self.one.tokens), _weigh(self.other.tokens)))
        return low, high

    @cached_property
    def left(self) -> tuple[list[str], list[str]]:
        """The words of each that the other has not."""
        return (
            [token for token in self.one.tokens if token not in self.other.tokens],
            [token for token in self.other.tokens if token not in self.one.tokens],
        )

    @cached_property
    def run(self) -> int:
        """The longest run of words that both have."""
        return _longest_run(self.one.words, self.other.words)


def _weigh(tokens: Collection[str]) -> float:
    return sum(sorted(NAME if token.startswith("ent-") else weigh(token) for token in tokens))


def _longest_run(one: Sequence[str], other: Sequence[str]) -> int:
    """How many words in a row stand in both.

    >>> _longest_run("he will not seek a second term".split(), "she may seek a second term".split())
    4
    """
    best, before = 0, dict[int, int]()
    places: dict[str, list[int]] = {}
    for place, word in enumerate(other):
        places.setdefault(word, []).append(place)
    for word in one:
        now = {place: before.get(place - 1, 0) + 1 for place in places.get(word, ())}
        best = max(best, max(now.values(), default=0))
        before = now
    return best


Feature = Callable[[StatementPair], float]


def _always(pair: StatementPair) -> float:
    """The weight of nothing."""
    return 1.0


def _cosine(pair: StatementPair) -> float:
    """How much of both is shared."""
    low, high = pair.sides
    return pair.shared / math.sqrt(low * high) if low else 0.0


def _held(pair: StatementPair) -> float:
    """How much of the lighter one is shared."""
    return pair.shared / pair.sides[0] if pair.sides[0] else 0.0


def _holds(pair: StatementPair) -> float:
    """How much of the heavier one is shared."""
    return pair.shared / pair.sides[1] if pair.sides[1] else 0.0


def _light(pair: StatementPair) -> float:
    """How little is shared in all: 1 for nothing, 0 for five names or more."""
    return max(0.0, 1 - pair.shared / (5 * NAME))


def _means(pair: StatementPair) -> float:
    """How much of what one has alone the other has by another word."""
    here, there = pair.left
    met = [word for word in here if any(_near(word, against) for against in there)]
    return _weigh(met) / max(1.0, min(_weigh(here), _weigh(there)))


def _near(word: str, other: str) -> bool:
    together, meaning, sense = alike(word, other)
    return meaning >= MEANS or sense > 0 or together > 1


def _apart(pair: StatementPair) -> float:
    """How much each says that the other does not, by the one that says less more."""
    here, there = (_weigh(side) for side in pair.left)
    return min(here, there) / max(1.0, pair.sides[0])


def _in_order(pair: StatementPair) -> float:
    """How many of the shared words follow each other in both."""
    here, there = ([t for t in side.tokens if t in against.tokens] for side, against in _both_ways(pair))
    following = set(pairwise(there))
    return sum(two in following for two in pairwise(here)) / max(1, len(here) - 1)


def _both_ways(
    pair: StatementPair,
) -> tuple[tuple[Proposition, Proposition], tuple[Proposition, Proposition]]:
    return (pair.one, pair.other), (pair.other, pair.one)


def _run(pair: StatementPair) -> float:
    """How long the longest run of words in both is, of the shorter one."""
    return pair.run / max(1, min(len(pair.one.words), len(pair.other.words)))


def _no_name(pair: StatementPair) -> float:
    """They name nobody and nothing in common."""
    return float(not set(pair.one.names) & set(pair.other.names))


def _lengths(pair: StatementPair) -> float:
    """How many times longer one is, as a logarithm."""
    here, there = len(pair.one.words), len(pair.other.words)
    return abs(math.log(max(1, here) / max(1, there)))


def _figures(pair: StatementPair) -> float:
    """Both hold the same figures."""
    return float(bool(pair.one.numbers))


FEATURES: Mapping[str, Feature] = {
    "always": _always,
    "cosine": _cosine,
    "held": _held,
    "holds": _holds,
    "light": _light,
    "means": _means,
    "apart": _apart,
    "in_order": _in_order,
    "run": _run,
    "no_name": _no_name,
    "lengths": _lengths,
    "figures": _figures,
}
"""Every feature by its name."""


@cache
def _weights() -> tuple[tuple[Feature, float], ...]:
    return tuple((FEATURES[row["feature"]], float(row["weight"])) for row in words.table("statements"))


def score_statements(one: Proposition, other: Proposition) -> float:
    """How likely two statements of one story say the same, 0 to 1."""
    pair = StatementPair(one, other)
    score = sum(weight * feature(pair) for feature, weight in _weights())
    return round(1 / (1 + math.exp(-score)), 4)

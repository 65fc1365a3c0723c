"""Whether two articles tell one event: small rules over who, what, where, when and how it is told, each with
a weight.

The likeliest evidence are the vectors that the reader gives each event word: trained on ECB+ so that words of
one event, in one text or in two, point one way. The weights in ``data/same_events.csv`` are those of a
logistic model fitted by ``train/across.py``.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt

from onrecord import words
from onrecord.dates.edtf import says_less
from onrecord.english.alike import alike
from onrecord.model import EVENT_VECTOR, VECTOR_STEPS, EventStatus, LocalEvent, ParticipantRole
from onrecord.resolving.stories import Nearness, number_of, telling_words, weigh

__all__ = ["NEVER", "RULES", "Pair", "Side", "Unit", "compare_units", "number_label", "propose"]

SLACK = 1
"""Days by which reports of one event may differ: time zones, and nights that belong to two days."""
NEVER = -9.0
"""Log odds of what cannot be one event: more than any likeness can make up for."""
UNKNOWN = -1.0
"""Likeness of two events of which one has no vectors, as those that a language model lists."""
SAME_LABEL = 5.0
"""Log odds that what a reader lists of two near articles in the same words of its own is one event, if no
dates speak against it. Of 36 such pairs in the desk's lists of ECB+'s training part all are one: 29 by the
corpus, 7 more on reading them."""
NAMING = 3
"""Telling words of a label from which it names an event by itself; fewer may name another ("Men meet")."""
UNSHARED = -3.0
"""Log odds that two events are one of which one has no vectors, and no word of the one is near a word of the
other. A choice."""
STEMS = 8
"""Words of an event that are compared with those of another, at most."""

_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_DAY = re.compile(r"\d{4}-\d\d-\d\d(?:T.*)?$")


@dataclass(frozen=True, slots=True)
class Unit:
    """An event of one article as it is compared with those of others.

    ``stems`` are those of the words that tell it, ``sentence`` and ``nearby`` the telling stems of their
    sentences and of the few words beside them, ``figures`` those that are numbers; ``lead`` is set in the
    first sentences of an article and ``says`` for words of saying. ``years`` stand before the words: "the
    2011 quake". ``label`` stands for the telling words of a reader's own label, 0 where they are few or made
    from the text. ``vectors`` holds one of ``EVENT_VECTOR`` bytes for each word, or none.
    """

    source_id: str
    published: str | None
    stems: tuple[str, ...]
    sentence: frozenset[str]
    nearby: frozenset[str]
    figures: frozenset[str]
    lead: bool
    says: bool
    report: bool
    date: str | None
    status: EventStatus
    type: str | None
    players: frozenset[tuple[str, ParticipantRole]]
    years: tuple[int, ...]
    label: int
    vectors: bytes


@dataclass(frozen=True, slots=True)
class Pair:
    """Two events, how near their articles are, and how alike their vectors: the likest words, and by how much
    each is liker to the other than to any other event of the other's article."""

    one: Unit
    other: Unit
    near: Nearness
    likeness: float
    margin: float

    def players(self, *roles: ParticipantRole) -> tuple[set[str], set[str]]:
        """Who plays one of some roles in the one and in the other."""
        one, other = (
            {entity for entity, role in unit.players if role in roles} for unit in (self.one, self.other)
        )
        return one, other


def number_label(listed: LocalEvent | None) -> int:
    """The number that stands for the telling words of a reader's own label, in their order; 0 where they are
    few, or made from the text.

    >>> signs, signed = (
    ...     LocalEvent(label=label, kind="happening", status="occurred", date=None, type=None, worded=True)
    ...     for label in ("Ana Ruiz signs a lease", "Ana Ruiz signed the lease")
    ... )
    >>> number_label(signs) == number_label(signed) != 0
    True
    """
    if listed is None or not listed.worded:
        return 0
    stems = [stem for stem, _ in telling_words(listed.label)]
    return number_of(" ".join(stems)) if len(stems) >= NAMING else 0


def shared_weight(one: frozenset[str], other: frozenset[str]) -> float:
    """The cosine of two sets of stems, each weighed by what it tells."""
    both = sum(sorted(weigh(stem) ** 2 for stem in one & other))
    if not both:
        return 0.0
    return both / math.sqrt(_weight(one) * _weight(other))


@lru_cache(maxsize=4096)
def _weight(side: frozenset[str]) -> float:
    return sum(sorted(weigh(stem) ** 2 for stem in side))


@lru_cache(maxsize=4096)
def days_apart(one: str | None, other: str | None) -> int | None:
    """Days between two dates; null where one of them is missing or less precise than a day.

    >>> days_apart("2026-03-02", "2026-03-09T10:00"), days_apart("2026-03", "2026-03-09")
    (7, None)
    """
    if one is None or other is None or not (_DAY.match(one) and _DAY.match(other)):
        return None
    return abs((date.fromisoformat(one[:10]) - date.fromisoformat(other[:10])).days)


Rule = Callable[[Pair], float]


def _best_of_stems(pair: Pair, place: int) -> float:
    if set(pair.one.stems) & set(pair.other.stems):
        return 0.0
    return max(
        (alike(a, b)[place] for a in pair.one.stems[:STEMS] for b in pair.other.stems[:STEMS]), default=0.0
    )


def _same_stem(pair: Pair) -> float:
    """A word tells both."""
    return float(bool(set(pair.one.stems) & set(pair.other.stems)))


def _seldom(pair: Pair) -> float:
    """How seldom the words of the two are used: "quake" tells more than "move"."""
    one, other = (max(map(weigh, unit.stems), default=0.0) for unit in (pair.one, pair.other))
    return min(one, other) / 5


def _side_by_side(pair: Pair) -> float:
    """The words of one stand in the sentences of the other as well, so that they are two things."""
    one, other = pair.one, pair.other
    beside = other.sentence.intersection(one.stems) or one.sentence.intersection(other.stems)
    return float(not _same_stem(pair) and bool(beside))


def _time_between(pair: Pair) -> float:
    """How long after the one article the other was published: 0 for a day or no date, 1 for ten years."""
    days = days_apart(pair.one.published, pair.other.published)
    return min(1.0, math.log(days) / math.log(3650)) if days else 0.0


def _same_patient(pair: Pair) -> float:
    """They have a patient or recipient in common."""
    here, there = pair.players("patient", "recipient")
    return float(bool(here & there))


def _differs(*roles: ParticipantRole) -> Rule:
    def rule(pair: Pair) -> float:
        here, there = pair.players(*roles)
        return float(bool(here and there) and not here & there)

    return rule


def _other_date(pair: Pair) -> float:
    """Both have a date, and they cannot be the same."""
    one, other = pair.one.date, pair.other.date
    return float(
        one is not None and other is not None and not (says_less(one, other) or says_less(other, one))
    )


def _other_year(pair: Pair) -> float:
    """One is named by a year, "the 2011 quake", that is not the other's."""
    one, other = pair.one, pair.other
    return float(
        any(_in_another_year(year, other) for year in one.years)
        or any(_in_another_year(year, one) for year in other.years)
    )


def _in_another_year(year: int, told: Unit) -> bool:
    """Whether what is told was not in that year by its name or date, or was told years before or after."""
    dated = _YEAR.match(told.date or "")
    if told.years or dated is not None:
        return year not in (*told.years, dated and int(dated[0]))
    published = _YEAR.match(told.published or "")
    return published is not None and abs(year - int(published[0])) > 1


RULES: Mapping[str, Rule] = {
    "always": lambda pair: 1.0,
    "low_contrast": lambda pair: max(0.0, 0.6 - pair.near.contrast) / 0.6,
    "one_story": lambda pair: float(pair.near.one_story),
    "time_between": _time_between,
    "likeness": lambda pair: pair.likeness / 4,
    "margin": lambda pair: min(0.0, max(-1.0, pair.margin / 4)),
    "same_stem": _same_stem,
    "meaning": lambda pair: _best_of_stems(pair, 1),
    "sense": lambda pair: _best_of_stems(pair, 2),
    "seldom": _seldom,
    "side_by_side": _side_by_side,
    "sentence": lambda pair: shared_weight(pair.one.sentence, pair.other.sentence),
    "nearby": lambda pair: shared_weight(pair.one.nearby, pair.other.nearby),
    "says": lambda pair: float(pair.one.says and pair.other.says),
    "other_agent": _differs("agent"),
    "same_patient": _same_patient,
    "other_patient": _differs("patient", "recipient"),
    "other_place": _differs("place"),
    "same_date": lambda pair: float(pair.one.date is not None and pair.one.date == pair.other.date),
    "other_date": _other_date,
    "other_year": _other_year,
    "other_figures": lambda pair: float(
        bool(pair.one.figures and pair.other.figures) and not pair.one.figures & pair.other.figures
    ),
    "leads": lambda pair: float(pair.one.lead and pair.other.lead),
    "other_status": lambda pair: float(pair.one.status != pair.other.status),
    "other_kind": lambda pair: float(pair.one.report != pair.other.report),
    "other_type": lambda pair: float(pair.one.type != pair.other.type),
}
"""Every rule by its name; all but ``likeness`` are at most 1. Tried on ECB+ and without effect: words in one
form, shared agents, places, figures and types, how often both are told."""

OF_ARTICLES = frozenset({"always", "low_contrast", "one_story", "time_between"})
"""Rules that look at the two articles alone."""


@cache
def _weights() -> Mapping[str, float]:
    return {row["rule"]: float(row["weight"]) for row in words.table("same_events")}


@cache
def _rest() -> float:
    """What rules other than those of articles and likeness bring at most."""
    elsewhere = OF_ARTICLES | {"likeness"}
    return sum(max(0.0, weight) for rule, weight in _weights().items() if rule not in elsewhere)


def compare_units(pair: Pair) -> float:
    """How likely two articles tell one event, as log odds.

    What happened on days further apart than ``SLACK`` is not one event, however alike it is told, nor is
    what different people said.
    """
    one, other = pair.one, pair.other
    apart = days_apart(one.date, other.date)
    if apart is not None and apart > SLACK:
        return NEVER
    if one.label and one.label == other.label and (apart is not None or not _other_date(pair)):
        return SAME_LABEL
    if one.report and other.report and RULES["other_agent"](pair):
        return NEVER
    words_alike = _same_stem(pair) or _best_of_stems(pair, 1) or _best_of_stems(pair, 2)
    if not (one.vectors and other.vectors) and not words_alike:
        return UNSHARED
    return round(sum(weight * RULES[rule](pair) for rule, weight in _weights().items()), 3)


@dataclass(frozen=True)
class Side:
    """The events of one article, in order."""

    units: Sequence[Unit]
    vectors: npt.NDArray[np.float32] = field(init=False)
    starts: npt.NDArray[np.int64] = field(init=False)
    known: npt.NDArray[np.bool_] = field(init=False)

    def __post_init__(self) -> None:
        nothing = bytes(EVENT_VECTOR)
        told = [unit.vectors or nothing for unit in self.units]
        rows = np.frombuffer(b"".join(told), np.int8).reshape(-1, EVENT_VECTOR).astype(np.float32)
        counts = [len(vectors) // EVENT_VECTOR for vectors in told]
        object.__setattr__(self, "vectors", rows)
        object.__setattr__(self, "starts", np.cumsum([0, *counts[:-1]]).astype(np.int64))
        object.__setattr__(self, "known", np.array([bool(unit.vectors) for unit in self.units], bool))

    def liken(self, other: "Side") -> npt.NDArray[np.float64]:
        """The likeness of each event to each of another article, by the words that are likest."""
        if not self.units or not other.units:
            return np.zeros((len(self.units), len(other.units)))
        # whole numbers below 2**24: the sums are exact in any order
        products = self.vectors @ other.vectors.T
        best = np.maximum.reduceat(np.maximum.reduceat(products, self.starts, 0), other.starts, 1)
        likeness = best.astype(np.float64) / (VECTOR_STEPS**2 * math.sqrt(EVENT_VECTOR))
        return np.where(self.known[:, None] & other.known[None, :], likeness, UNKNOWN)


def propose(here: Side, there: Side, near: Nearness, least: float) -> Iterator[tuple[int, int, Pair]]:
    """The events of two articles that may be one with log odds over ``least``, by their places."""
    likeness = here.liken(there)
    if not likeness.size:
        return
    weights = _weights()
    first = Pair(here.units[0], there.units[0], near, 0.0, 0.0)
    sure = sum(weights[rule] * RULES[rule](first) for rule in OF_ARTICLES) + _rest()
    margins = _margins(likeness)
    labels, others = (np.array([unit.label for unit in side.units], np.uint64) for side in (here, there))
    named = (labels[:, None] == others[None, :]) & (labels[:, None] > 0)
    for i, j in np.argwhere(named | (sure + weights["likeness"] * likeness / 4 > least)):
        pair = Pair(here.units[i], there.units[j], near, float(likeness[i, j]), float(margins[i, j]))
        yield int(i), int(j), pair


def _margins(likeness: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """By how much each value is over the best other one of its row and column."""
    return np.minimum(_over_next(likeness), _over_next(likeness.T).T)


def _over_next(rows: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    if rows.shape[1] < 2:
        return np.ones_like(rows)
    two = np.partition(rows, -2, axis=1)[:, -2:]
    return np.asarray(np.where(rows >= two[:, 1:], rows - two[:, :1], rows - two[:, 1:]))

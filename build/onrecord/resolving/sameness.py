"""Whether two mentions tell one happening: small rules, each with a weight.

A rule looks at two mentions and says how far it holds, mostly 0 to 1. The weights in ``data/sameness.csv``
are those of a logistic model fitted to ECB+ (training part) and MEANTIME by ``train/events.py``; words that
tell the same happenings there, mean nearly the same or share a sense of WordNet are in ``data/alike.csv``.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache

from onrecord import words
from onrecord.dates.edtf import says_less
from onrecord.model import EventStatus, LocalEvent, ParticipantRole
from onrecord.resolving.stories import WITHIN, Nearness, stem_word, weigh

__all__ = ["NEVER", "RULES", "Ceilings", "Told", "alike", "compare_told", "find_traits", "words_alike"]

SLACK = 1
"""Days by which reports of one happening may differ: time zones, and nights that belong to two days."""
NEVER = -9.0
"""Log odds of what cannot be one happening: more than any likeness can make up for."""
VAGUE_APART = -4.0
"""Log odds of a verb of many meanings told twice in an article with nothing beside it shared. Not fitted:
corpora annotate few such verbs, ECB+'s development part is the same with and without. Of 22 articles read
(PolNeAR's and ECB+'s training parts) it parts 12 events, all of them two."""
HELD = 50_000
"""Pairs of stems of which it is remembered what they bring; it bounds memory, not results."""

_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_DAY = re.compile(r"\d{4}-\d\d-\d\d(?:T.*)?$")


@dataclass(frozen=True, slots=True)
class Told:
    """An event mention as it is compared with others: its words as stems, and what stands around it.

    ``sentence`` and ``nearby`` are the telling stems of its sentence and of the few words beside it, without
    its own; ``figures`` those that are numbers; ``lead`` is set in the first sentences of an article and
    ``says`` for words of saying; ``repeats`` counts the mentions of the article with the same stem.
    ``phrase`` tells it in a few words of the text, ``subjects`` are the entities that stand before those;
    ``report`` is set for an act of saying. ``listed`` is the event that it tells as the article's reader has
    it, ``local`` the number of that.
    """

    mention_id: str
    source_id: str
    published: str | None
    text: str
    stem: str
    sentence: frozenset[str]
    nearby: frozenset[str]
    figures: frozenset[str]
    lead: bool
    says: bool
    date: str | None
    status: EventStatus
    parts: tuple[tuple[str, ParticipantRole], ...]
    repeats: int
    origin_id: str | None
    confidence: float
    event: str | None
    phrase: str
    subjects: tuple[str, ...]
    report: bool
    local: int | None = None
    listed: LocalEvent | None = None
    unnamed: tuple[tuple[str, ParticipantRole], ...] = ()


@dataclass(frozen=True, slots=True)
class Pair:
    """Two mentions, and how near their articles are."""

    one: Told
    other: Told
    near: Nearness

    def players(self, role: ParticipantRole) -> tuple[set[str], set[str]]:
        """Who plays a role in the one and in the other; nobody where either has no participants."""
        if not (self.one.parts and self.other.parts):
            return set(), set()
        return (
            {entity for entity, part in self.one.parts if part == role},
            {entity for entity, part in self.other.parts if part == role},
        )


@cache
def _alike() -> dict[tuple[str, str], tuple[float, float, float]]:
    found = {}
    for row in words.table("alike"):
        scores = (float(row["together"]), float(row["meaning"]), float(row["sense"]))
        found[row["stem"], row["other"]] = found[row["other"], row["stem"]] = scores
    return found


@cache
def words_alike() -> Mapping[str, tuple[str, ...]]:
    """For each stem the stems that may tell the same happening."""
    found: dict[str, tuple[str, ...]] = {}
    for stem, other in sorted(_alike()):
        found[stem] = (*found.get(stem, ()), other)
    return found


def alike(stem: str, other: str) -> tuple[float, float, float]:
    """How often two stems tell one happening in the corpus, how near their meanings are, and how far they
    share a sense; 0 for little or unknown."""
    return _alike().get((stem, other), (0.0, 0.0, 0.0))


def shared_weight(one: frozenset[str], other: frozenset[str]) -> float:
    """The cosine of two sets of stems, each weighed by what it tells."""
    both = sum(sorted(weigh(stem) ** 2 for stem in one & other))
    if not both:
        return 0.0
    return both / math.sqrt(_weight(one) * _weight(other))


@lru_cache(maxsize=4096)
def _weight(side: frozenset[str]) -> float:
    return sum(sorted(weigh(stem) ** 2 for stem in side))


Rule = Callable[[Pair], float]


def _always(pair: Pair) -> float:
    """The weight of nothing."""
    return 1.0


def _same_stem(pair: Pair) -> float:
    """Both are told by one word."""
    return float(pair.one.stem == pair.other.stem)


def _same_text(pair: Pair) -> float:
    """Both are told by one form of the word."""
    return float(pair.one.text.casefold() == pair.other.text.casefold())


def _together(pair: Pair) -> float:
    """How often the two words tell one happening in the corpus."""
    return 0.0 if pair.one.stem == pair.other.stem else alike(pair.one.stem, pair.other.stem)[0]


def _meaning(pair: Pair) -> float:
    """How near the meanings of two words are."""
    return 0.0 if pair.one.stem == pair.other.stem else alike(pair.one.stem, pair.other.stem)[1]


def _sense(pair: Pair) -> float:
    """How far a sense that both words have is the main one of each."""
    return 0.0 if pair.one.stem == pair.other.stem else alike(pair.one.stem, pair.other.stem)[2]


def _same_article(pair: Pair) -> float:
    """Both stand in one article."""
    return float(pair.one.source_id == pair.other.source_id)


def _story(pair: Pair) -> float:
    """How near the two articles are."""
    return 0.0 if _same_article(pair) else pair.near.cosine


def _low_contrast(pair: Pair) -> float:
    """Each article has much nearer ones than the other."""
    return 0.0 if _same_article(pair) else max(0.0, 0.6 - pair.near.contrast) / 0.6


def _one_story(pair: Pair) -> float:
    """The articles near both make them one story."""
    return float(pair.near.one_story)


def _side_by_side(pair: Pair) -> float:
    """The word of one stands in the sentence of the other as well, so that they are two things."""
    one, other = pair.one, pair.other
    return float(one.stem != other.stem and (one.stem in other.sentence or other.stem in one.sentence))


def _sentence_apart(pair: Pair) -> float:
    """Their sentences share nothing that tells."""
    return float(not pair.one.sentence & pair.other.sentence)


def _nearby(pair: Pair) -> float:
    """How much the words beside the two share."""
    return shared_weight(pair.one.nearby, pair.other.nearby)


def _time_between(pair: Pair) -> float:
    """How long after the one article the other was published: 0 for a day or no date, 1 for ten years."""
    days = days_apart(pair.one.published, pair.other.published)
    return min(1.0, math.log(days) / math.log(3650)) if days else 0.0


def _seldom(pair: Pair) -> float:
    """How seldom the words of the two are used: "quake" tells more than "move"."""
    return min(weigh(pair.one.stem), weigh(pair.other.stem)) / 5


def _repeats(pair: Pair) -> float:
    """How often the articles tell something by these words: of many sayings few are one."""
    return math.log(pair.one.repeats * pair.other.repeats)


def _says(pair: Pair) -> float:
    """Both are words of saying."""
    return float(pair.one.says and pair.other.says)


def _says_nearby(pair: Pair) -> float:
    """Both are words of saying, and the words beside them are shared."""
    return _says(pair) * _nearby(pair)


def _same_agent(pair: Pair) -> float:
    """They have an agent in common."""
    here, there = pair.players("agent")
    return float(bool(here & there))


def _other_agent(pair: Pair) -> float:
    """Each has an agent, and not the same."""
    here, there = pair.players("agent")
    return float(bool(here and there) and not here & there)


def _same_patient(pair: Pair) -> float:
    """They have a patient or recipient in common."""
    here, there = pair.players("patient"), pair.players("recipient")
    return float(bool((here[0] | there[0]) & (here[1] | there[1])))


def _other_patient(pair: Pair) -> float:
    """Each has a patient, and not the same."""
    here, there = pair.players("patient")
    return float(bool(here and there) and not here & there)


def _same_place(pair: Pair) -> float:
    """They have a place in common."""
    here, there = pair.players("place")
    return float(bool(here & there))


def _other_place(pair: Pair) -> float:
    """Each has a place, and not the same."""
    here, there = pair.players("place")
    return float(bool(here and there) and not here & there)


def _same_date(pair: Pair) -> float:
    """Both have one date."""
    return float(pair.one.date is not None and pair.one.date == pair.other.date)


def _other_date(pair: Pair) -> float:
    """Both have a date, and they cannot be the same."""
    one, other = pair.one.date, pair.other.date
    return float(
        one is not None and other is not None and not (says_less(one, other) or says_less(other, one))
    )


def _other_year(pair: Pair) -> float:
    """One is named by a year, "the 2011 quake", that is not the other's."""
    one, other = pair.one, pair.other
    return float(_in_another_year(_named_year(one), other) or _in_another_year(_named_year(other), one))


def _named_year(told: Told) -> int | None:
    """The year that stands before the words that tell an event."""
    found = _YEAR.findall(told.phrase.partition(told.text)[0]) if told.figures else []
    return int(found[-1]) if found else None


def _in_another_year(year: int | None, told: Told) -> bool:
    """Whether what is told was not in that year by its name or date, or was told years before or after."""
    if year is None:
        return False
    named, dated = _named_year(told), _YEAR.match(told.date or "")
    if named is not None or dated is not None:
        return year not in (named, dated and int(dated[0]))
    published = _YEAR.match(told.published or "")
    return published is not None and abs(year - int(published[0])) > 1


def _same_figure(pair: Pair) -> float:
    """Their sentences hold a figure in common."""
    return float(bool(pair.one.figures & pair.other.figures))


def _other_figures(pair: Pair) -> float:
    """Both sentences hold figures, none in common."""
    return float(bool(pair.one.figures and pair.other.figures) and not pair.one.figures & pair.other.figures)


def _leads(pair: Pair) -> float:
    """Both stand in the first sentences of their articles."""
    return float(pair.one.lead and pair.other.lead)


def _other_status(pair: Pair) -> float:
    """The one has happened, the other is planned, doubted or denied."""
    return float(pair.one.status != pair.other.status)


RULES: Mapping[str, Rule] = {
    "always": _always,
    "same_stem": _same_stem,
    "same_text": _same_text,
    "together": _together,
    "meaning": _meaning,
    "sense": _sense,
    "same_article": _same_article,
    "story": _story,
    "low_contrast": _low_contrast,
    "one_story": _one_story,
    "side_by_side": _side_by_side,
    "sentence_apart": _sentence_apart,
    "nearby": _nearby,
    "time_between": _time_between,
    "seldom": _seldom,
    "repeats": _repeats,
    "says": _says,
    "says_nearby": _says_nearby,
    "same_agent": _same_agent,
    "other_agent": _other_agent,
    "same_patient": _same_patient,
    "other_patient": _other_patient,
    "same_place": _same_place,
    "other_place": _other_place,
    "same_date": _same_date,
    "other_date": _other_date,
    "other_year": _other_year,
    "same_figure": _same_figure,
    "other_figures": _other_figures,
    "leads": _leads,
    "other_status": _other_status,
}
"""Every rule by its name. Those whose weight speaks for two mentions are at most 1, but for ``OF_STEMS``."""

OF_ARTICLES = frozenset({"always", "same_article", "story", "low_contrast", "one_story", "time_between"})
"""Rules that look at the two articles alone."""
OF_STEMS = frozenset({"same_stem", "together", "meaning", "sense", "seldom"})
"""Rules that look at the two stems alone."""


@dataclass(frozen=True, slots=True)
class Trait:
    """What both of two mentions must have for some rules to speak for them: those that are ``sure`` then do,
    the ``open_rules`` may."""

    has: Callable[[Told], bool]
    sure: frozenset[str] = frozenset()
    open_rules: frozenset[str] = frozenset()


_DATED = Trait(lambda told: told.date is not None)
_SPOKEN = Trait(lambda told: told.report and any(role == "agent" for _, role in told.parts))
TRAITS = (
    _DATED,
    _SPOKEN,
    Trait(lambda told: told.says, frozenset({"says"}), frozenset({"says_nearby"})),
    Trait(lambda told: told.lead, frozenset({"leads"})),
    Trait(lambda told: bool(told.figures), open_rules=frozenset({"same_figure"})),
    Trait(lambda told: any(role == "agent" for _, role in told.parts), open_rules=frozenset({"same_agent"})),
    Trait(
        lambda told: any(role in ("patient", "recipient") for _, role in told.parts),
        open_rules=frozenset({"same_patient"}),
    ),
    Trait(lambda told: any(role == "place" for _, role in told.parts), open_rules=frozenset({"same_place"})),
)


def find_traits(told: Told) -> int:
    """The traits of a mention, a bit for each of ``TRAITS``."""
    return sum(1 << place for place, trait in enumerate(TRAITS) if trait.has(told))


@cache
def _weights() -> tuple[tuple[Rule, float], ...]:
    return tuple((RULES[row["rule"]], float(row["weight"])) for row in words.table("sameness"))


@cache
def _by_name() -> Mapping[str, float]:
    return {row["rule"]: float(row["weight"]) for row in words.table("sameness")}


class Ceilings:
    """How likely two mentions can tell one happening at most, found without looking closely: what articles,
    stems and traits bring is summed up once for all mentions that share them."""

    def __init__(self) -> None:
        self._by_stems: dict[tuple[int, int], float] = {}
        elsewhere = {"same_date"}.union(*(trait.sure | trait.open_rules for trait in TRAITS))
        rest = self._most(frozenset(_by_name()) - OF_ARTICLES - OF_STEMS - elsewhere)
        self._by_traits = [rest + self._bring_traits(shared) for shared in range(1 << len(TRAITS))]

    def _bring_traits(self, shared: int) -> float:
        held = [trait for place, trait in enumerate(TRAITS) if shared >> place & 1]
        if _DATED in held or _SPOKEN in held:
            return math.inf
        sure = sum(_by_name().get(rule, 0.0) for trait in held for rule in trait.sure)
        return sure + sum(self._most(trait.open_rules) for trait in held)

    @staticmethod
    def _most(rules: frozenset[str]) -> float:
        return sum(max(0.0, _by_name().get(rule, 0.0)) for rule in rules)

    @staticmethod
    def _bring(rules: frozenset[str], pair: Pair) -> float:
        return sum(weight * RULES[rule](pair) for rule, weight in _by_name().items() if rule in rules)

    def of_articles(self, one: Told, other: Told, near: Nearness) -> float:
        """What two articles bring, of which these are any mentions."""
        return self._bring(OF_ARTICLES, Pair(one, other, near))

    def of_stems(self, stems: tuple[int, int], told: Iterable[Told]) -> float:
        """What two stems bring, by the numbers that stand for them; ``told`` are any two mentions with them,
        looked at when the stems first come."""
        if stems not in self._by_stems:
            if len(self._by_stems) >= HELD:
                self._by_stems.clear()
            one, other = told
            self._by_stems[stems] = self._bring(OF_STEMS, Pair(one, other, WITHIN))
        return self._by_stems[stems]

    def of_traits(self, shared: int) -> float:
        """What all else brings at most, where two mentions share these traits and no others. Of two that have
        dates or speakers nothing is known: whether they can be one at all must be looked at."""
        return self._by_traits[shared]


@lru_cache(maxsize=4096)
def days_apart(one: str | None, other: str | None) -> int | None:
    """Days between two dates; null where one of them is missing or less precise than a day.

    >>> days_apart("2026-03-02", "2026-03-09T10:00"), days_apart("2026-03", "2026-03-09")
    (7, None)
    """
    if one is None or other is None or not (_DAY.match(one) and _DAY.match(other)):
        return None
    return abs((date.fromisoformat(one[:10]) - date.fromisoformat(other[:10])).days)


@cache
def _vague() -> frozenset[str]:
    return frozenset(stem_word(verb) for verb in words.load("vague_verbs"))


def vague_apart(one: Told, other: Told) -> bool:
    """Whether a verb of many meanings tells both in one article, with nothing beside it shared: "took the
    stage" and "took a bribe"."""
    vague = one.stem == other.stem and one.stem in _vague()
    return vague and one.source_id == other.source_id and not one.nearby & other.nearby


def compare_told(one: Told, other: Told, near: Nearness) -> float:
    """How likely two mentions tell one happening, as log odds; ``near`` is how near their articles are.

    What happened on days further apart than ``SLACK`` is not one happening, however alike it is told, nor is
    what different people said.
    """
    pair = Pair(one, other, near)
    if (days_apart(one.date, other.date) or 0) > SLACK or (
        one.report and other.report and _other_agent(pair)
    ):
        return NEVER
    score = VAGUE_APART if vague_apart(one, other) else 0.0
    for rule, weight in _weights():
        score += weight * rule(pair)
    return round(score, 3)

"""Figures of two claims that cannot both be so."""

import math
from collections.abc import Collection
from dataclasses import dataclass
from itertools import product

from onrecord.resolving.propositions import Proposition, Stated
from onrecord.resolving.stories import weigh

__all__ = ["Disagreement", "compare_figures", "span_of"]

ROUNDED = 100
"""From here on a number that ends in zeros may be a rounded one: 300 stands for 250 to 350."""
NEARLY = 0.1
"""How far "about" goes, as a share of the number."""
HELD = 0.5
"""Least share of the words of the shorter of two claims that the longer one has too for their figures to be
of one thing."""
TOLL = frozenset(["toll", "rose", "risen", "rise", "climb", "number", "far"])
"""Stems that tell of a count as it stands on a day, so that the day is not that of what happened."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two figures of one thing: what and how they are told, how much the claims share, and the id of the
    claim that is the later one where it replaces the other."""

    basis: str
    score: float
    later: str | None


def span_of(figure: Stated) -> tuple[float, float]:
    """The least and the most that a figure may stand for.

    >>> span_of(Stated("at least 4", "people killed", 4, None, None, "at_least", None))
    (4, inf)
    >>> span_of(Stated("300", "house", 300, None, None, "exactly", None))
    (250.0, 350.0)
    """
    value = figure.value
    if figure.bound == "between" and figure.value_to is not None:
        return value, figure.value_to
    if figure.bound == "at_least":
        return value, math.inf
    if figure.bound == "at_most":
        return -math.inf, value
    if figure.bound == "about":
        return value * (1 - NEARLY), value * (1 + NEARLY)
    if value >= ROUNDED and value == int(value) and int(value) % 10 == 0:
        digits = str(int(value))
        half = 10.0 ** (len(digits) - len(digits.rstrip("0"))) / 2
        return value - half, value + half
    return value, value


def _apart(one: Stated, other: Stated) -> bool:
    (low, high), (least, most) = span_of(one), span_of(other)
    return high < least or most < low


def compare_figures(one: Proposition, other: Proposition) -> Disagreement | None:
    """The figures of two claims of articles on one story that are of one thing and cannot both be so.

    What befell people is counted anew as time goes on: of two such figures of different days the later
    replaces the earlier. All other figures that differ are at odds whenever they are told.
    """
    if one.source_id == other.source_id or one.negated or other.negated:
        return None
    held = _share_held(one, other)
    for here, there in product(one.figures, other.figures):
        if here.measure != there.measure or here.unit != there.unit or not _apart(here, there):
            continue
        counted_anew = " " in here.measure and here.unit is None
        if held < HELD or not _of_one_time(one, other, counted_anew):
            continue
        later = _find_later(one, other, here, there) if counted_anew else None
        first, second = (there, here) if later == other.claim_id else (here, there)
        return Disagreement(f"{here.measure}: {first.text} / {second.text}", round(held, 2), later)
    return None


def _share_held(one: Proposition, other: Proposition) -> float:
    """How much of what the lighter of two claims says beside its figures the other says too; 0 where that is
    next to nothing."""
    here, there = (_telling(side) for side in (one, other))
    lighter = min(_weight(here), _weight(there))
    shared = here & there
    return _weight(shared) / lighter if shared and lighter else 0.0


def _telling(side: Proposition) -> set[str]:
    counted = {word for figure in side.figures for word in figure.measure.split()}
    return {stem for stem in side.stems if not any(word.startswith(stem[:4]) for word in counted)}


def _weight(stems: Collection[str]) -> float:
    return sum(sorted(weigh(stem) for stem in stems))


def _of_one_time(one: Proposition, other: Proposition, counted_anew: bool) -> bool:
    """Whether the days that two claims give can be those of one happening."""
    here, there = (_days(side) for side in (one, other))
    if not (here and there) or any(a.startswith(b) or b.startswith(a) for a in here for b in there):
        return True
    told = TOLL & {*one.stems, *other.stems}
    return counted_anew and bool(told) and {date[:4] for date in here} == {date[:4] for date in there}


def _days(side: Proposition) -> set[str]:
    """The days that a claim gives, or else the month in which it was published."""
    told = {date.split(" ", 1)[0] for date in side.dates} - {""}
    return told or ({side.published[:7]} if side.published else set())


def _find_later(one: Proposition, other: Proposition, here: Stated, there: Stated) -> str | None:
    """The claim whose figure holds for the later day, or null where both hold for one, or that is unknown."""
    days = [(side.as_of or claim.published or "")[:10] for side, claim in ((here, one), (there, other))]
    if not all(days) or days[0].startswith(days[1]) or days[1].startswith(days[0]):
        return None
    return one.claim_id if days[0] > days[1] else other.claim_id

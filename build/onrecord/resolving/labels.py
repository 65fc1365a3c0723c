"""Events that two articles list in the same words."""

from onrecord.model import LocalEvent
from onrecord.resolving.sameness import RULES, SLACK, Pair, days_apart
from onrecord.resolving.stories import number_of, telling_words

__all__ = ["SAME_LABEL", "may_be_one", "number_label"]

SAME_LABEL = 5.0
"""Log odds that what a reader lists of two near articles in the same words of its own is one event, if no
dates speak against it. Of 36 such pairs in the desk's lists of ECB+'s training part all are one: 29 by the
corpus, 7 more on reading them."""
NAMING = 3
"""Telling words of a label from which it names an event by itself; fewer may name another ("Men meet")."""


def number_label(listed: LocalEvent) -> int:
    """The number that stands for the telling words of a reader's own label, in their order; 0 where they are
    few, or made from the text.

    >>> signs, signed = (
    ...     LocalEvent(label=label, kind="happening", status="occurred", date=None, type=None, worded=True)
    ...     for label in ("Ana Ruiz signs a lease", "Ana Ruiz signed the lease")
    ... )
    >>> number_label(signs) == number_label(signed) != 0
    True
    """
    stems = [stem for stem, _ in telling_words(listed.label)]
    return number_of(" ".join(stems)) if listed.worded and len(stems) >= NAMING else 0


def may_be_one(pair: Pair) -> bool:
    """Whether no dates speak against it that two are one event: they may be a day apart."""
    apart = days_apart(pair.one.date, pair.other.date)
    return not RULES["other_date"](pair) or (apart is not None and apart <= SLACK)

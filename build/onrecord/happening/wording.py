"""A few words of the text that tell an event to a reader: "has signed agreements", "arms race".

No parser: a phrase begins at the trigger's auxiliaries or modifiers and ends before the next clause, mark or
second preposition, at ``LONGEST`` words.
"""

import re
from functools import cache

from onrecord import words
from onrecord.claims.grammar import FUTURE, in_group, opens_clause
from onrecord.happening.timing import is_past_verb, reads_as_noun
from onrecord.model import Document, Span

__all__ = ["is_report", "is_under_way", "word_event"]

LONGEST = 8
"""Words behind a trigger at most."""
FARTHEST = 120
"""Characters behind a trigger at most."""
MODIFIERS = 3
"""Words before a noun at most."""

_WORD = re.compile(r"[^\s“”\"()\[\];:]+")
_PLAIN = re.compile(r"[^\W_](?:[\w.'’&/%-]*\w)?")
_LAST_WORD = re.compile(r"([^\s“”\"()\[\];:,]+)\s+\Z")
_OWNER = re.compile(r"[’']s?\Z")


def word_event(document: Document, sentence: Span, trigger: Span, led: bool = True) -> str:
    """The trigger with the words that go with it, on one line. Where nobody who ``led`` it is known, the noun
    phrase before a verb belongs to it too.

    >>> def word(text, told):
    ...     whole = Span(0, len(text))
    ...     place = text.index(told)
    ...     return word_event(Document(text, (), (whole,)), whole, Span(place, place + len(told)))
    >>> word("The Harbour Board has not yet signed the lease with Norfield, which waits.", "signed")
    'has not yet signed the lease with Norfield'
    >>> word("It ended a bitter wage dispute with dockers in Oslo.", "dispute")
    'bitter wage dispute with dockers'
    >>> text = "On Friday the song was written off by Ms J. Ade."
    >>> word_event(Document(text, (), (Span(0, 49),)), Span(0, 49), Span(23, 34), led=False)
    'the song was written off by Ms J. Ade'
    >>> word("A trawler that sank off Halden last week knew the way.", "sank")
    'sank off Halden last week'
    >>> text = "It sank, a senior aide said."
    >>> word_event(Document(text, (), (Span(0, 28),)), Span(0, 28), Span(23, 27), led=False)
    'a senior aide said'
    """
    text = document.text
    if reads_as_noun(document, trigger):
        start = _start_of_noun(text, sentence, trigger)
    else:
        start = _start_of_group(text, sentence, trigger, led)
        if not led and (start < trigger.start or is_past_verb(text[trigger.start : trigger.end])):
            start = _start_of_subject(text, sentence, start)
    return " ".join(text[start : _end_of_phrase(text, trigger)].split())


@cache
def _reports() -> frozenset[str]:
    return frozenset(row["stem"] for row in words.table("reports"))


def is_report(stem: str) -> bool:
    """Whether words of this stem mostly tell that somebody said something.

    Of the events of ECB+'s development topics that it is true of, 97 % are marked as reporting, and it is
    true of 90 % of those that are.

    >>> is_report("say"), is_report("sign")
    (True, False)
    """
    return stem in _reports()


def is_under_way(text: str, sentence: Span, trigger: Span) -> bool:
    """Whether the words before a trigger say that it goes on: "is [drafting]", "has been [fighting]",
    "ongoing [talks]", "continues to [block]", "was still [fighting]".

    >>> text = "Norfield is quietly drafting a plan despite its ongoing dispute."
    >>> [is_under_way(text, Span(0, 63), Span(*span)) for span in ((20, 28), (55, 62), (31, 35))]
    [True, True, False]
    >>> is_under_way("It was still drafting it.", Span(0, 25), Span(13, 21))
    True
    """
    before = [
        word.casefold()
        for word in _PLAIN.findall(text[max(sentence.start, trigger.start - 60) : trigger.start])
    ]
    group = before[len(before) - _group_length(before) :]
    told = text[trigger.start : trigger.end].casefold()
    if told.split()[0].endswith("ing") and len(told) > 4:
        ahead = text[max(0, trigger.start - 60) : trigger.start].rstrip()
        now = any(word in ("is", "are", "am") for word in group) or ahead.endswith(("’re", "'re"))
        if "still" in before[-2:]:
            return True
        since = "been" in group and any(word in ("has", "have") for word in group)
        return now or (since and not any(word in FUTURE for word in group))
    if any(word in words.load("lasting_words") for word in before[-2:]):
        return True
    return before[-2:] == ["continues", "to"]


def _group_length(before: list[str]) -> int:
    length = 0
    while length < len(before) and in_group(before[-1 - length]):
        length += 1
    return length


def _start_of_group(text: str, sentence: Span, trigger: Span, led: bool) -> int:
    """Where the auxiliaries and negations before a verb begin; adverbs are left out, and "to" without a
    subject."""
    start = place = trigger.start
    while (match := _LAST_WORD.search(text, sentence.start, place)) and in_group(match[1].casefold()):
        place = match.start(1)
        if (led or match[1].casefold() != "to") and not match[1].casefold().endswith("ly"):
            start = place
    return start


def _start_of_noun(text: str, sentence: Span, trigger: Span) -> int:
    """Where the modifiers of a noun begin: plain words that are no function words."""
    start = trigger.start
    for _ in range(MODIFIERS):
        match = _LAST_WORD.search(text, sentence.start, start)
        if match is None or not _PLAIN.fullmatch(match[1]) or _OWNER.search(match[1]):
            break
        word = match[1].casefold()
        if word in words.load("function_words") or opens_clause(word) or word.endswith("ly"):
            break
        start = match.start(1)
    return start


def _start_of_subject(text: str, sentence: Span, start: int) -> int:
    """Where the noun phrase before a verb group begins, with what hangs on it by prepositions, or the group
    where that is too long."""
    begin = place = start
    for _ in range(LONGEST):
        match = _LAST_WORD.search(text, sentence.start, place)
        word = match[1].casefold() if match and _PLAIN.fullmatch(match[1]) else ""
        empty = word in words.load("function_words") and word not in words.load("determiners")
        if (
            match is None
            or not word
            or opens_clause(word)
            or (empty and word not in words.load("prepositions"))
        ):
            return begin
        place = match.start(1)
        if word not in words.load("prepositions"):
            begin = place
        before = _LAST_WORD.search(text, sentence.start, place)
        hangs = before is not None and before[1].casefold() in words.load("prepositions")
        if word in words.load("determiners") and not hangs:
            return begin
    return start


def _end_of_phrase(text: str, trigger: Span) -> int:
    """Where the phrase ends; that of a past verb before the next one, which tells something else."""
    told = text[trigger.start : trigger.end].casefold()
    verb = told in words.load("past_verbs") and told not in words.load("cue_verbs")
    end, prepositions, place = trigger.end, 0, trigger.end
    for number in range(LONGEST):
        match = _WORD.search(text, place, trigger.end + FARTHEST)
        if match is None or text[place : match.start()].strip() or "\n" in text[place : match.start()]:
            break
        word = match.group().casefold().rstrip(",.!?")
        if opens_clause(word) or word in ("and", "or", ""):
            break
        if verb and number and word in words.load("past_verbs"):
            break
        prepositions += word in words.load("prepositions")
        if prepositions > 1:
            break
        place = match.end()
        abbreviated = match.group().endswith(".") and _is_abbreviated(match.group()[:-1])
        if word not in words.load("function_words"):
            end = match.start() + len(word) + abbreviated
        if match.group()[-1] in ",.!?" and not abbreviated:
            break
    return end


@cache
def _abbreviations() -> frozenset[str]:
    return frozenset(row["abbreviation"].casefold() for row in words.table("abbreviations"))


def _is_abbreviated(word: str) -> bool:
    """Whether a full stop behind a word belongs to it: "Mary J.", "Sept.", "U.S."."""
    initials = re.fullmatch(r"(?:[A-Z]\.)*[A-Z]", word) is not None
    return initials or word.casefold() in _abbreviations()

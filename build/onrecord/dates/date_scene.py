"""What a date rule is given and what it answers: the phrase in plain form, and the scene it stands in."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

from onrecord import words
from onrecord.model import DateKind

__all__ = [
    "STEPS",
    "Answer",
    "Scene",
    "Tense",
    "choose",
    "follows_past_verb",
    "from_anchor",
    "missing",
    "number_of",
    "plain",
    "tense_of",
    "unresolved",
]

Tense = Literal["past", "future", "unknown"]


@dataclass(frozen=True, slots=True)
class Scene:
    """Where a phrase stands.

    ``anchor``: the EDTF date from which "today" counts, or null. ``named``: the value of the calendar date
    named last, in this sentence or the one before. ``year``: a year that the sentence lends to a month in it
    ("from March to May 2010"). ``said``: another year that the sentence says before. ``before`` and
    ``after``: the rest of the sentence in lower case.
    """

    anchor: str | None = None
    named: str | None = None
    year: int | None = None
    said: int | None = None
    tense: Tense = "unknown"
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """A rule's reading of a phrase. ``why`` takes the place of the rule's name where there is no value."""

    value: str | None
    anchor: str | None = None
    kind: DateKind = "date"
    why: str | None = None


def unresolved(why: str, kind: DateKind = "date") -> Answer:
    """An answer without a value, and the reason.

    >>> unresolved("no-anchor").why
    'unresolved-no-anchor'
    """
    return Answer(None, None, kind, f"unresolved-{why}")


def missing(known: str | None, what: str) -> Answer:
    """The answer where a date to count from is not there, or is too coarse to count from.

    >>> missing(None, "anchor").why, missing("2015", "anchor").why
    ('unresolved-no-anchor', 'unresolved-coarse-anchor')
    """
    return unresolved(f"no-{what}" if known is None else f"coarse-{what}")


STEPS = {"this": 0, "current": 0, "last": -1, "past": -1, "previous": -1, "next": 1, "coming": 1}
"""How many periods from the present one a word points."""


def from_anchor(value: str | None, scene: Scene) -> Answer:
    """A value counted from the anchor; none where the count leaves the calendar.

    >>> from_anchor("2015-03", Scene(anchor="2015-03-20"))
    Answer(value='2015-03', anchor='2015-03-20', kind='date', why=None)
    """
    return Answer(value, scene.anchor) if value else unresolved("out-of-calendar")


_LEADING = re.compile(
    r"(?:(?:on|in|at|by|from|since|until|till|during|throughout|for|to|between|of|as of|within|through|and"
    r"|,)\s+(?!least\b|most\b))+"
)
_SPACES = ((re.compile(r"\s+"), " "), (re.compile(r"\s([,.:)]|'s\b)"), r"\1"), (re.compile(r"(\()\s"), r"\1"))
_MERIDIEM = re.compile(r"\b([ap])\s?\.?\s?m\b\.?")
_COLON = re.compile(r"(?<=\d):\s(?=\d)")
_FOLD = str.maketrans({"’": "'", "‘": "'", "–": "-", "—": "-", "‑": "-", "\u00a0": " "})


def plain(text: str) -> str:
    """A phrase in lower case with one spelling of blanks, quotes and dashes, and no preposition before it.

    >>> plain("On Feb . 17 , 2009"), plain("4 : 30 P . M ."), plain("the  1990’s")
    ('feb. 17, 2009', '4:30 pm', "the 1990's")
    """
    text = text.translate(_FOLD).lower()
    for pattern, to in _SPACES:
        text = pattern.sub(to, text)
    text = _COLON.sub(":", _MERIDIEM.sub(r"\1m", text)).strip(" \"'([]{};:!?,")
    if not re.search(r"(?:\b[a-z]{3,5}|\bp|\ba)\.$", text):
        text = text.rstrip(".")
    if text.count("(") < text.count(")"):
        text = text.rstrip(")")
    return _LEADING.sub("", text, count=1) if _LEADING.match(text) else text


@cache
def choose(name: str) -> str:
    """The terms of a class as a regular expression, longest first.

    >>> choose("seasons")
    'autumn|spring|summer|winter|fall'
    """
    return "|".join(re.escape(term) for term in sorted(words.load(name), key=lambda term: (-len(term), term)))


_HALVES = re.compile(r"(?P<whole>.+?)(?:\s+and\s+(?:a|one)[\s-]half|\s?½|\s1\s?/\s?2)")


def number_of(text: str) -> float | None:
    """The number that words or digits say, or null where they say none or more than one.

    >>> [number_of(t) for t in ("twenty-five", "a", "1,500", "two and a half", "5 1/2", "several", "half a")]
    [25.0, 1.0, 1500.0, 2.5, 5.5, None, 0.5]
    """
    text = text.strip().replace("-and-", " and ")
    if match := _HALVES.fullmatch(text):
        whole = number_of(match["whole"])
        return None if whole is None else whole + 0.5
    if match := re.fullmatch(r"(.+) (million|billion)", text):
        many = number_of(match[1])
        return many and many * {"million": 1e6, "billion": 1e9}[match[2]]
    if text in ("a", "an", "a single"):
        return 1.0
    if text in ("half", "half a", "half an"):
        return 0.5
    if text in ("half a dozen", "a dozen", "a hundred", "a thousand"):
        return {"half a dozen": 6.0, "a dozen": 12.0, "a hundred": 100.0, "a thousand": 1000.0}[text]
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+|\d{1,9}(?:\.\d{1,3})?", text, re.ASCII):
        return float(text.replace(",", ""))
    values = {term: float(value) for term, value in words.values("number_words").items()}
    parts = re.split(r"[\s-]", text)
    if len(parts) == 1:
        return values.get(text)
    if len(parts) == 2 and values.get(parts[0], 0) in range(20, 100, 10) and 0 < values.get(parts[1], 0) < 10:
        return values[parts[0]] + values[parts[1]]
    return None


@cache
def _cues() -> tuple[re.Pattern[str], re.Pattern[str]]:
    future = "|".join(re.escape(cue) for cue in sorted(words.load("future_cues")))
    past = "|".join(re.escape(cue) for cue in sorted(words.load("past_verbs")))
    return (
        re.compile(
            rf"['’]ll(?!\w)|(?<!\w)(?:(?:is|are)\s+to\s+(?:be\s+)?[a-z]+|going\s+to|(?:until|till|before|ahead\s+of)\s+(?:the\s+)?$|{future})(?!\w)"
        ),
        re.compile(rf"(?<!\w)(?:since\s*$|(?<!\bbe )[a-z]{{2,}}ed|{past})(?!\w)"),
    )


_CLAUSE_BEGINS = re.compile(
    r"[,;:—–]\s+(?:(?:but|and|while|as|when|though|so)\s+)?(?:(?:on|in|by|at|since)\s+)?(?:early\s+|late\s+)?$"
)
_PLAN = re.compile(
    r"\b(?:(?:the|its|his|her|their|our|this|that)\s+plans?|an?\s+(?:[a-z-]+\s+)?plan)\b(?!\s+(?:to|for|of)\b)"
)
"""A plan as a thing: "reported the plan on" tells of the report's day, "plans to open on" of one to come."""
_REACH = 120
"""Characters on either side of a phrase in which a verb can tell its tense."""


def tense_of(before: str, after: str) -> Tense:
    """Whether the words around a phrase, in lower case, tell of what was or of what is to come.

    The nearest cue before the phrase decides, else the nearest after it; where the phrase opens a clause, the
    other way round.

    >>> tense_of("the court ruled ", ""), tense_of("he said they'll rule ", ""), tense_of("", " shares fell")
    ('past', 'future', 'past')
    >>> tense_of("she was due to speak, but on ", " she fell ill")
    'past'
    >>> tense_of("the mayor rejected the plan on ", ""), tense_of("he backed the plan to close it on ", "")
    ('past', 'future')
    """
    heard, told = _last_cue(_PLAN.sub("", before[-_REACH:])), _first_cue(after[:_REACH])
    first, second = (told, heard) if _CLAUSE_BEGINS.search(before[-_REACH:]) else (heard, told)
    return first if first != "unknown" else second


def _last_cue(text: str) -> Tense:
    future, past = _cues()
    last_future = max((m.end() for m in future.finditer(text)), default=-1)
    last_past = max((m.end() for m in past.finditer(text)), default=-1)
    if last_future == last_past == -1:
        return "unknown"
    return "future" if last_future >= last_past else "past"


def _first_cue(text: str) -> Tense:
    future, past = _cues()
    first_future, first_past = future.search(text), past.search(text)
    if not first_past:
        return "future" if first_future else "unknown"
    return "future" if first_future and first_future.start() <= first_past.start() else "past"


@cache
def _past_verb_at_end() -> re.Pattern[str]:
    past = "|".join(re.escape(cue) for cue in sorted(words.load("past_verbs")))
    return re.compile(rf"(?<!\bbe )\b(?:[a-z]{{2,}}ed|{past})\s+(?:(?:back )?in\s+)?(?:early\s+|late\s+)?$")


def follows_past_verb(before: str) -> bool:
    """Whether a verb of the past stands directly before a phrase, but for its preposition.

    >>> follows_past_verb("it was revealed in "), follows_past_verb("it will be revealed in ")
    (True, False)
    """
    return bool(_past_verb_at_end().search(before))

"""Which of the triggers that a reader proposes tell an event, and where their words begin and end.

What stands inside a name, but for names of events, or inside a date, tells no event, nor does a preposition
or an adverb by itself. Of the 1,581 triggers in MEANTIME 6 touch a name, 2 a date.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from onrecord import words
from onrecord.happening.timing import reads_as_noun
from onrecord.model import Date, Document, Name, Span, Trigger
from onrecord.overlap import Overlaps

__all__ = ["keep_triggers"]

LIKELY_NOUN = 0.5
"""How likely a noun must be. Below that, of the nouns that the reader gives on MEANTIME (topics held out)
47 % are right, on ECB+ dev 32 %, of 18 read on other news 7; of verbs in -ed and -ing 60 % and more."""

_WORD = re.compile(r"[^\W_]+(?:[’'][^\W_]+)*")
_RUN = re.compile(r"\S+")
_ADDRESS = re.compile(r"^[(“\"]?[@#]\w|://|\bwww\.|[\w-]\.[a-z]{2,}(?:/|\b)", re.IGNORECASE)
_HYPHENATED = re.compile(r"[^\W_]+(?:-[^\W_]+)+")
_ADVERB = re.compile(r"[a-z]{4,}ly")
_VERBS_IN_LY = frozenset(
    ["apply", "bully", "comply", "imply", "multiply", "rally", "rely", "reply", "supply"]
)


def keep_triggers(
    document: Document, triggers: Iterable[Trigger], names: Sequence[Name], dates: Sequence[Date]
) -> tuple[Trigger, ...]:
    """The triggers that tell an event, in order of the text, with whole words and without loose ends.

    >>> text = "On Monday Tellmark of Oslo re-entered talks with for-profit clinics."
    >>> def found(*parts):
    ...     spans = [(text.index(part), text.index(part) + len(part)) for part in parts]
    ...     return [Trigger(*span, "certain", "pos", "unknown", 0.9) for span in spans]
    >>> name, day = Name(10, 18, "organization", 0.9), Date(3, 9, "date", None, "", None)
    >>> proposed = found("Monday", "Tellmark", "of", "entered", "talks with", "profit")
    >>> [text[t.start : t.end] for t in keep_triggers(Document(text, (), ()), proposed, [name], [day])]
    ['re-entered', 'talks']
    """
    text = document.text
    bearers = [name for name in names if name.type != "event"]
    named = Overlaps(bearers)
    called = {text[name.start : name.end] for name in bearers}
    dated = Overlaps(dates)
    kept: list[Trigger] = []
    for whole in (whole_word(text, trigger) for trigger in sorted(triggers, key=lambda t: (t.start, t.end))):
        trigger = None if whole is None else trim(text, whole)
        if trigger is None or (kept and trigger.start < kept[-1].end):
            continue
        start, end = trigger.start, trigger.end
        nameless = not named.over(start, end) and text[start:end] not in called
        if dated.over(start, end) or not (nameless or _names_event(text[start:end])):
            continue
        if _in_address(text, start):
            continue
        if trigger.confidence < LIKELY_NOUN and _is_noun(document, trigger):
            continue
        kept.append(trigger)
    return tuple(kept)


def _in_address(text: str, start: int) -> bool:
    """Whether a web address, a handle or a hashtag holds the character: "lagospost.example/strike"."""
    low = max(text.rfind(blank, 0, start) for blank in (" ", "\n", "\t")) + 1
    match = _RUN.match(text, low)
    return match is not None and match.end() > start and _ADDRESS.search(match.group()) is not None


def _is_noun(document: Document, trigger: Trigger) -> bool:
    first = _WORD.findall(document.text[trigger.start : trigger.end])[0].casefold()
    return not first.endswith(("ed", "ing")) and reads_as_noun(document, Span(trigger.start, trigger.end))


def _names_event(words_of: str) -> bool:
    return _WORD.findall(words_of.casefold())[-1] in words.load("event_nouns")


def whole_word(text: str, trigger: Trigger) -> Trigger | None:
    """The trigger with the rest of a hyphenated word that it cuts; null for the tail of a compound.

    >>> text = "They re-opened the state-owned mine"
    >>> cut = Trigger(8, 14, "certain", "pos", "unknown", 0.9)
    >>> whole = whole_word(text, cut)
    >>> text[whole.start : whole.end], whole_word(text, replace(cut, start=25, end=30))
    ('re-opened', None)
    """
    for match in _HYPHENATED.finditer(text, max(0, trigger.start - 40), trigger.end + 40):
        if match.end() <= trigger.start or (match.start() >= trigger.start and match.end() <= trigger.end):
            continue
        if match.start() >= trigger.end:
            break
        if match.group().split("-")[0].casefold() not in words.load("word_prefixes"):
            return None
        trigger = replace(trigger, start=min(match.start(), trigger.start), end=max(match.end(), trigger.end))
    return trigger


def trim(text: str, trigger: Trigger) -> Trigger | None:
    """The trigger without prepositions and adverbs at its ends; null where nothing is left.

    Particles that may belong to a verb stay behind it: "set up", "walk back". "According to" stays whole.

    >>> text = "publicly called for"
    >>> kept = trim(text, Trigger(0, 19, "certain", "pos", "unknown", 0.9))
    >>> text[kept.start : kept.end]
    'called'
    """
    if text[trigger.start : trigger.end].casefold() in ("to", "according", "according to"):
        start = text.casefold().rfind("according", 0, trigger.end)
        return replace(trigger, start=start, end=_end_of_according(text, start)) if start >= 0 else None
    parts = list(_words(text, trigger))
    while parts and _is_loose(parts[0][0]):
        parts.pop(0)
    while parts and _is_loose(parts[-1][0]) and (len(parts) == 1 or not _is_particle(parts[-1][0])):
        parts.pop()
    if not parts:
        return None
    return replace(trigger, start=parts[0][1], end=parts[-1][2])


def _end_of_according(text: str, start: int) -> int:
    return start + len("according to") if text[start + 9 : start + 12] == " to" else start + 9


def _words(text: str, trigger: Trigger) -> Iterator[tuple[str, int, int]]:
    for match in re.finditer(r"[^\W_]+(?:[-’'][^\W_]+)*", text[trigger.start : trigger.end]):
        yield match.group().casefold(), trigger.start + match.start(), trigger.start + match.end()


def _is_loose(word: str) -> bool:
    adverb = _ADVERB.fullmatch(word) is not None and word not in _VERBS_IN_LY
    return adverb or word.isdigit() or word in words.load("never_triggers")


def _is_particle(word: str) -> bool:
    return word in words.load("verb_particles") and word not in (
        "by",
        "in",
        "on",
        "through",
        "about",
        "across",
    )

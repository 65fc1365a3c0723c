"""What of a model's answers the article bears out: words found letter by letter, the rest dropped.

Nothing is matched by likeness. Typographic quotation marks count as plain ones and any run of blanks as one;
beside that, words are where they stand or nowhere. A word that stands twice in its sentence is found only
where the answer says which it is. What is dropped is counted, by the reason.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from onrecord.dates import when
from onrecord.llm.answer import Answer, Claim, Entity, Event, Participant, Place
from onrecord.llm.wording import Vocabulary, tells_date
from onrecord.model import (
    Document,
    EntityType,
    ListedClaim,
    ListedEntity,
    ListedEvent,
    ListedParticipant,
    Reading,
    Span,
)
from onrecord.overlap import Overlaps

__all__ = ["METHOD", "Admitted", "Sentences", "admit"]

METHOD = "llm"
CONFIDENCE = 0.8
"""Of every row that a model lists: what it says of its own certainty is no measure. A choice, not measured;
``bench.llm`` measures a model."""
OWN_SHARE = 0.5
"""Share of a statement that somebody says from which it is not the article's own."""
LONGEST_MENTION = 60
"""Characters of the words that tell an event: one word is asked for, a name of an event has a few."""

_PLAIN = str.maketrans("‘’‚‛′“”„‟″`´", "'''''\"\"\"\"\"''")
_BLANKS = re.compile(r"\s+")

NO_SENTENCE = "a number that no sentence has"
NO_WORDS = "words that the sentence does not have"
MANY = "words that the sentence has several times, without which of them"
NO_NAME = "a name that the article does not have"
TWO_BEARERS = "a name given to two"
FOREIGN = "a label with a name or number that the article does not have"
NO_DATE = "a date that the article does not give"
NO_PART = "a participant that is not in the list"
TAKEN = "words that tell another event of the list"
NO_MENTION = "an event without words that tell it"
VOICELESS = "a quotation without words that say whose it is"
SAID = "a statement in the article's own voice of what somebody says in it"


def fold(text: str) -> tuple[str, list[int]]:
    """A text with plain quotation marks and single blanks, and the offset that each character comes from.

    >>> fold("a \\n “b”")
    ('a "b"', [0, 1, 4, 5, 6])
    """
    kept: list[str] = []
    offsets: list[int] = []
    for place, letter in enumerate(text.translate(_PLAIN)):
        if letter.isspace():
            if kept and kept[-1] == " ":
                continue
            letter = " "
        kept.append(letter)
        offsets.append(place)
    return "".join(kept), offsets


class Sentences:
    """The numbered sentences of a document, in which words are looked for."""

    def __init__(self, document: Document) -> None:
        self._starts = [sentence.start for sentence in document.sentences]
        self._folded = [fold(document.text[s.start : s.end]) for s in document.sentences]

    def find(self, words: str, sentence: int) -> list[Span]:
        """Where words stand in a sentence (counted from 1), as whole words; nowhere if there is none such."""
        wanted = _BLANKS.sub(" ", words.translate(_PLAIN)).strip()
        if not wanted or not 1 <= sentence <= len(self._starts):
            return []
        before = r"(?<!\w)" if re.match(r"\w", wanted) else ""
        after = r"(?!\w)" if re.search(r"\w\Z", wanted) else ""
        text, offsets = self._folded[sentence - 1]
        start = self._starts[sentence - 1]
        return [
            Span(start + offsets[match.start()], start + offsets[match.end() - 1] + 1)
            for match in re.finditer(before + re.escape(wanted) + after, text)
        ]

    def find_all(self, words: str) -> Iterator[Span]:
        """Where words stand in any sentence."""
        for sentence in range(1, len(self._starts) + 1):
            yield from self.find(words, sentence)

    def locate(self, place: Place, dropped: Counter[str]) -> Span | None:
        """Where a place is, or null, with the reason counted.

        >>> text = "The vote on the vote."
        >>> sentences, dropped = Sentences(Document(text, (), (Span(0, 21),))), Counter()
        >>> sentences.locate(Place(1, "vote", 2), dropped)
        Span(start=16, end=20)
        >>> [sentences.locate(Place(1, words, None), dropped) for words in ("vote", "voter")]
        [None, None]
        >>> sorted(dropped.values())
        [1, 1]
        """
        if not 1 <= place.sentence <= len(self._starts):
            dropped[NO_SENTENCE] += 1
            return None
        found = self.find(place.words, place.sentence)
        if place.nth is None and len(found) > 1:
            dropped[MANY] += 1
            return None
        number = (place.nth or 1) - 1
        if not 0 <= number < len(found):
            dropped[NO_WORDS] += 1
            return None
        return found[number]


@dataclass(frozen=True, slots=True)
class Admitted:
    """What of an article's answers stands in the article, and how much else there was, by reason."""

    reading: Reading
    dropped: Counter[str]


@dataclass(slots=True)
class _Bearer:
    name: str
    type: EntityType
    forms: dict[str, None]
    names: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Told:
    """An event on its way through the pieces of an article: told first so, mentioned there."""

    first: Event
    mentions: list[Span]


def admit(document: Document, answers: Sequence[Answer]) -> Admitted:
    """The answers to the pieces of an article, in order, as one reading.

    What pieces have in common is there once: names by their bearer\'s name, events by their label or a word
    that tells both, claims by their content.
    """
    return _Admission(document).take(answers)


class _Admission:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.sentences = Sentences(document)
        self.dropped: Counter[str] = Counter()

    def take(self, answers: Sequence[Answer]) -> Admitted:
        entities, numbers = self._entities([entity for answer in answers for entity in answer.entities])
        events = self._events([event for answer in answers for event in answer.events], entities, numbers)
        claims = self._claims([claim for answer in answers for claim in answer.claims])
        reading = Reading(
            entities=tuple(entities), events=tuple(events), claims=tuple(claims), listed_by=METHOD
        )
        return Admitted(reading, self.dropped)

    def _entities(self, given: Sequence[Entity]) -> tuple[list[ListedEntity], dict[str, int]]:
        """The bearers with every place that names them, and their numbers by the names that answers use."""
        bearers = _gather(given)
        owners = Counter(form for bearer in bearers for form in bearer.forms)
        self.dropped[TWO_BEARERS] += sum(count for count in owners.values() if count > 1)
        hits = []
        for number, bearer in enumerate(bearers):
            for form in bearer.forms:
                found = list(self.sentences.find_all(form))
                if not found:
                    self.dropped[NO_NAME] += 1
                elif owners[form] == 1:
                    hits += [(span.start - span.end, span.start, span, form, number) for span in found]
        kept: list[tuple[Span, str, int]] = []
        taken = bytearray(len(self.document.text))
        for _, _, span, form, number in sorted(hits, key=lambda hit: hit[:2]):
            if not any(taken[span.start : span.end]):
                taken[span.start : span.end] = b"1" * (span.end - span.start)
                kept.append((span, form, number))
        listed: list[ListedEntity] = []
        numbers: dict[str, int] = {}
        for number, bearer in enumerate(bearers):
            mine = sorted((span.start, span.end, form) for span, form, owner in kept if owner == number)
            if mine:
                numbers.update(dict.fromkeys(bearer.names, len(listed)))
                listed.append(self._bearer(bearer, mine))
        return listed, numbers

    def _bearer(self, bearer: _Bearer, places: Sequence[tuple[int, int, str]]) -> ListedEntity:
        """A bearer as listed, called by a name that the text has: the one given, else the longest form."""
        written = next(self.sentences.find_all(bearer.name), None)
        start, end, _ = max(places, key=lambda place: (place[1] - place[0], -place[0]))
        name = self.document.text[written.start : written.end] if written else self.document.text[start:end]
        return ListedEntity(
            name=" ".join(name.split()),
            type=bearer.type,
            mentions=tuple(Span(a, b) for a, b, _ in places),
            confidence=CONFIDENCE,
        )

    def _events(
        self, given: Sequence[Event], entities: Sequence[ListedEntity], numbers: dict[str, int]
    ) -> Iterator[ListedEvent]:
        people = [
            {entity.name, *(self.document.text[m.start : m.end] for m in entity.mentions)}
            for entity in entities
            if entity.type == "person"
        ]
        vocabulary = Vocabulary([self.document.text, self.document.title or ""], people)
        for told in self._tell(given, vocabulary):
            parts = [part for given in told.first.participants if (part := self._part(given, numbers))]
            yield ListedEvent(
                label=" ".join(told.first.label.split()),
                kind=told.first.kind,
                status=told.first.status,
                date=self._date(told.first.date),
                type=told.first.type,
                participants=tuple(dict.fromkeys(parts)),
                mentions=tuple(sorted(told.mentions, key=lambda span: (span.start, span.end))),
                confidence=CONFIDENCE,
            )

    def _tell(self, given: Sequence[Event], vocabulary: Vocabulary) -> list[_Told]:
        """The events with words that tell them, each once, in the order of the answers."""
        told: list[_Told] = []
        by_label: dict[str, _Told] = {}
        owner: dict[Span, _Told] = {}
        for event in given:
            if not event.label.strip() or vocabulary.foreign(event.label) is not None:
                self.dropped[FOREIGN] += 1
                continue
            found = [span for place in event.mentions if (span := self.sentences.locate(place, self.dropped))]
            spans = [span for span in dict.fromkeys(found) if span.end - span.start <= LONGEST_MENTION]
            known = by_label.get(event.label)
            free = [span for span in spans if not _over(span, owner)]
            self.dropped[TAKEN] += sum(
                1 for span in spans if _over(span, owner) and owner.get(span) is not known
            )
            if not free and known is None:
                self.dropped[NO_MENTION] += 1
                continue
            if known is None:
                known = by_label[event.label] = _Told(event, [])
                told.append(known)
            known.mentions += free
            owner.update(dict.fromkeys(free, known))
        return told

    def _part(self, given: Participant, numbers: dict[str, int]) -> ListedParticipant | None:
        if given.name is not None:
            if given.name in numbers:
                return ListedParticipant(role=given.role, entity=numbers[given.name])
            self.dropped[NO_PART] += 1
            return None
        words = self.sentences.locate(given.words, self.dropped) if given.words else None
        return None if words is None else ListedParticipant(role=given.role, entity=None, words=words)

    @cached_property
    def _dates(self) -> list[str]:
        phrases = when.find_phrases(self.document)
        dates = when.date_phrases(self.document, phrases, self.document.published)
        return [date.value for date in dates if date.value is not None and date.kind in ("date", "time")]

    def _date(self, value: str | None) -> str | None:
        if value is None or tells_date(value, self._dates, self.document.text):
            return value
        self.dropped[NO_DATE] += 1
        return None

    def _claims(self, given: Sequence[Claim]) -> list[ListedClaim]:
        """The claims whose words are all found, each once. What has neither cue nor speaker is the article's
        own, unless it stands in quotation marks or is by half made of what somebody says."""
        found: dict[tuple[bool, tuple[Span, ...]], ListedClaim] = {}
        for claim in given:
            if (listed := self._claim(claim)) is not None:
                found.setdefault((_is_said(listed), listed.content), listed)
        said = [span for is_said, content in found if is_said for span in content]
        return [c for (is_said, _), c in found.items() if is_said or self._is_own(c, Overlaps(said), said)]

    def _claim(self, claim: Claim) -> ListedClaim | None:
        places = [*claim.content, *filter(None, [claim.cue, claim.speaker]), *claim.via]
        found = [self.sentences.locate(place, self.dropped) for place in places]
        spans = [span for span in found if span is not None]
        if len(spans) < len(found) or not claim.content:
            return None
        content = tuple(sorted(spans[: len(claim.content)], key=lambda span: span.start))
        if Overlaps(content[1:]).over(content[0].start, content[0].end):
            return None
        rest = iter(spans[len(claim.content) :])
        return ListedClaim(
            kind=claim.kind,
            content=content,
            cues=(next(rest),) if claim.cue else (),
            speakers=(next(rest),) if claim.speaker else (),
            voices=tuple(rest),
            confidence=CONFIDENCE,
        )

    def _is_own(self, claim: ListedClaim, near: Overlaps, said: Sequence[Span]) -> bool:
        """Whether the article says it in its own voice; ``said`` is what others say in it."""
        if _is_quoted(self.document.text, claim.content[0].start, claim.content[-1].end):
            self.dropped[VOICELESS] += 1
            return False
        taken = {
            offset
            for part in claim.content
            for place in near.over(part.start, part.end)
            for offset in range(max(part.start, said[place].start), min(part.end, said[place].end))
        }
        if len(taken) > OWN_SHARE * sum(part.end - part.start for part in claim.content):
            self.dropped[SAID] += 1
            return False
        return True


def _is_said(claim: ListedClaim) -> bool:
    return bool(claim.cues or claim.speakers)


def _is_quoted(text: str, start: int, end: int) -> bool:
    """Whether words stand as a whole in quotation marks of their paragraph.

    >>> text = "He left. “All is lost. We stay.” The film “Loss” won."
    >>> [_is_quoted(text, *span) for span in ((0, 8), (9, 22), (23, 32), (33, 53), (42, 48))]
    [False, True, True, False, True]
    """
    before = text[text.rfind("\n", 0, start) + 1 : start + 1]
    is_open = before.count("“") > before.count("”") or before.count('"') % 2 == 1
    return is_open and not any(mark in text[start + 1 : end - 1] for mark in '“”"')


def _over(span: Span, owner: dict[Span, _Told]) -> bool:
    return any(span.start < other.end and other.start < span.end for other in owner)


def _gather(given: Sequence[Entity]) -> list[_Bearer]:
    """The entities of all answers, those of one name or with no form but another\'s as one."""
    bearers: dict[str, _Bearer] = {}
    for entity in given:
        forms = dict.fromkeys(form for form in (*entity.forms, entity.name) if form.strip())
        same = bearers.get(entity.name) or next(
            (b for b in bearers.values() if b.type == entity.type and set(entity.forms) <= set(b.forms)), None
        )
        if same is None:
            same = bearers[entity.name] = _Bearer(entity.name, entity.type, {})
        same.forms.update(forms)
        same.names.add(entity.name)
    return list(bearers.values())

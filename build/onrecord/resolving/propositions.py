"""What a claim says, in a form that can be compared with another claim.

Words that name somebody are replaced by the id of who it is, so that "Ortiz", "Ana Ortiz" and "she" are one;
figures, dates, negation and modality stand apart, because two claims that differ in one of them never say the
same.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache

import snowballstemmer

from onrecord import words
from onrecord.figures.figures import Links
from onrecord.figures.numerals import find_numerals
from onrecord.model import Annotated, Bound, Claim, ClaimKind, EntityType
from onrecord.resolving.wordings import count_quoted, find_quotations, fold, split_quotation

LONG = 9
"""Words in a row that are hardly ever said twice by chance, whoever says them."""

_TOKEN = re.compile(
    r"\d+(?:[.,:]\d+)*(?:[^\W\d_]{1,3}\b)?|[^\W\d_]+(?:[-.][^\W\d_]+)*(?:['’][^\W\d_]+)?|n['’]t\b"
)
_LOOSE = frozenset(
    ["i", "me", "my", "mine", "we", "us", "our", "you", "your", "he", "him", "his", "she", "her", "it", "its"]
) | {"they", "them", "their"}
_FIRST = frozenset(["i", "i'm", "i've", "i'll", "me", "my", "we", "we're", "we've", "we'll", "us", "our"])
_STEMMER = snowballstemmer.stemmer("english")


@dataclass(frozen=True, slots=True)
class Stated:
    """A figure that a claim states, with its words."""

    text: str
    measure: str
    value: float
    value_to: float | None
    unit: str | None
    bound: Bound
    as_of: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposition:
    """A claim as it is compared.

    ``tokens`` are content words as stems and names as entity ids, in order, each once; ``stems`` are the same
    with the names as they are written. ``numbers`` are values, in order of their signs, ``digits`` the same
    as they are written, ``figures`` those of which it is known what they count. ``quotations`` are words in
    quotation marks, of whole passages and of their sentences, ``quoted`` is how many there are in all.
    ``negated`` tells that something is said not to be so, ``loose`` that a pronoun is left whose bearer the
    text does not settle, ``first`` that the speaker speaks of himself, ``told`` that there is a predicate,
    so that something is said to be so, ``own`` that the article says it in its own voice, ``correction`` that
    it stands in a note of correction. ``company`` holds the entities of the whole article, ``kind`` is the
    claim's.
    """

    claim_id: str
    source_id: str
    start: int
    end: int
    words: tuple[str, ...]
    tokens: tuple[str, ...]
    stems: tuple[str, ...]
    names: tuple[str, ...]
    kinds: tuple[EntityType, ...]
    written: tuple[str, ...]
    numbers: tuple[str, ...]
    digits: tuple[str, ...]
    figures: tuple[Stated, ...]
    dates: tuple[str, ...]
    published: str | None
    negated: bool
    modality: frozenset[str]
    quotations: tuple[tuple[str, ...], ...]
    quoted: int
    speaker: str | None
    loose: bool
    first: bool
    told: bool
    own: bool
    correction: bool
    publisher: str | None
    company: frozenset[str]
    kind: ClaimKind = "statement"


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    return str(_STEMMER.stemWord(word))


@cache
def _number_words() -> dict[str, str]:
    """Values of spelled figures; "one" and "second" are too often no figures."""
    ordinals = {term: f"{value}th" for term, value in words.values("ordinal_words").items()}
    found = {**words.values("number_words"), **ordinals}
    return {term: value for term, value in found.items() if term not in ("one", "second")}


@cache
def _modal_words() -> dict[str, str]:
    return {**dict.fromkeys(words.values("hedges"), "may"), **words.values("modal_words")}


def _figure(word: str) -> str | None:
    if word[0].isdigit():
        bare = word.replace(",", "").rstrip(".:").removesuffix(":00")
        return re.sub(r"(?<=\d)(?:st|nd|rd|th)$", "th", bare)
    return _number_words().get(word)


@dataclass(frozen=True, slots=True)
class _Mark:
    start: int
    end: int
    kind: str
    value: str


@dataclass(slots=True)
class _Said:
    """What the marks of a claim's content come to, gathered one by one; names and tokens as first met."""

    tokens: dict[str, None] = field(default_factory=dict)
    names: dict[str, _Mark] = field(default_factory=dict)
    numbers: list[tuple[str, str]] = field(default_factory=list)
    dates: dict[str, None] = field(default_factory=dict)
    modality: set[str] = field(default_factory=set)
    negated: bool = False
    loose: bool = False

    def take(self, mark: _Mark) -> None:
        """Add a date, a name or a word."""
        if mark.kind == "date":
            self.dates[mark.value] = None
        elif mark.kind == "word":
            self._take_word(mark.value)
        elif mark.kind == "number":
            value, _, written = mark.value.partition(" ")
            self.numbers.append((value, written))
        else:
            self.names.setdefault(mark.value, mark)
            self.tokens[mark.value] = None

    def _take_word(self, word: str) -> None:
        if (figure := _figure(word)) is not None:
            self.numbers.append((figure, word))
        elif _is_negator(word):
            self.negated = not self.negated
        elif word in _modal_words():
            self.modality.add(_modal_words()[word])
        else:
            self.loose = self.loose or word in _LOOSE
            if _is_content(word):
                self.tokens[stem(word)] = None


class Propositions:
    """The propositions of one article's claims, made on demand."""

    def __init__(self, annotated: Annotated, entity_ids: Sequence[str]) -> None:
        self._annotated = annotated
        self._ids = entity_ids
        named = {m.chain for m in annotated.mentions if m.form == "name"}
        self._company = frozenset(entity_ids[chain] for chain in named)
        marks = [
            _Mark(m.start, m.end, annotated.entities[m.chain].type, entity_ids[m.chain])
            for m in annotated.mentions
            if m.chain in named and m.form in ("name", "pronoun")
        ]
        self._kinds = {entity_ids[m.chain]: annotated.entities[m.chain].type for m in annotated.mentions}
        text = annotated.article.text
        marks += [
            _Mark(
                date.start, date.end, "date", f"{date.value or ''} {text[date.start : date.end].casefold()}"
            )
            for date in annotated.dates
            if date.kind == "date"
        ]
        self._figures: dict[int, list[Stated]] = {}
        links = Links(annotated)
        for figure in annotated.figures:
            claim = links.find_claim(figure)
            if claim is not None and figure.measure is not None:
                stated = Stated(
                    " ".join(text[figure.start : figure.end].split()),
                    figure.measure,
                    figure.value,
                    figure.value_to,
                    figure.unit,
                    figure.bound,
                    figure.as_of,
                )
                self._figures.setdefault(claim, []).append(stated)
        self._marks = sorted(marks, key=lambda mark: (mark.start, -mark.end, mark.kind))

    def __iter__(self) -> Iterator[Proposition]:
        return (self.make(index) for index in range(len(self._annotated.claims)))

    def make(self, index: int) -> Proposition:
        """The proposition of one claim."""
        claim, article = self._annotated.claims[index], self._annotated.article
        start, end, text = self._annotated.claim_cover(index)
        folded = fold(text)
        said = _Said()
        for span in claim.content:
            for mark in self._read(span.start, span.end):
                said.take(mark)
        numbers = sorted(said.numbers)
        return Proposition(
            claim_id=self._annotated.claim_id(index),
            source_id=article.source_id,
            start=start,
            end=end,
            words=folded,
            tokens=tuple(said.tokens),
            stems=tuple(dict.fromkeys(stem(w) for w in folded if _is_content(w) and not _figure(w))),
            names=tuple(said.names),
            kinds=tuple(self._kinds[name] for name in said.names),
            written=tuple(article.text[mark.start : mark.end] for mark in said.names.values()),
            numbers=tuple(value for value, _ in numbers),
            digits=tuple(written for _, written in numbers),
            figures=tuple(self._figures.get(index, ())),
            dates=tuple(said.dates),
            published=article.published,
            negated=said.negated or claim.polarity == "neg",
            modality=frozenset(said.modality),
            quotations=tuple(self._quotations(claim, text)),
            quoted=count_quoted(text),
            speaker=self._ids[claim.speaker_chain] if claim.speaker_chain is not None else None,
            loose=said.loose,
            first=not _FIRST.isdisjoint(folded),
            told=claim.quote_type == "none" or _has_predicate(folded),
            own=claim.quote_type == "none",
            correction=self._annotated.block_kind(start) == "correction",
            publisher=article.publisher,
            company=self._company,
            kind=claim.kind,
        )

    def _quotations(self, claim: Claim, text: str) -> Iterator[tuple[str, ...]]:
        found = list(find_quotations(text))
        if not found and claim.quote_type == "direct":
            found = list(split_quotation(text))
        return iter(found)

    def _read(self, start: int, end: int) -> Iterator[_Mark]:
        """The names, dates and words of a span, in order."""
        text = self._annotated.article.text
        place = start
        for mark in self._held(start, end):
            if mark.start >= place:
                yield from _read_words(text[place : mark.start])
                yield mark
                place = mark.end
        yield from _read_words(text[place:end])

    def _held(self, start: int, end: int) -> list[_Mark]:
        first = bisect_left(self._marks, start, key=lambda mark: mark.start)
        held = []
        for mark in self._marks[first:]:
            if mark.start >= end:
                break
            if mark.end <= end:
                held.append(mark)
        return held


def _read_words(text: str) -> Iterator[_Mark]:
    """The numbers and words of a text; "one" and times of day are words."""
    place = 0
    for number in find_numerals(text, 0, len(text)):
        written = text[number.start : number.end]
        if written.casefold() == "one" or ":" in (
            text[number.start - 1 : number.start],
            text[number.end : number.end + 1],
        ):
            continue
        yield from _split_words(text[place : number.start])
        yield _Mark(0, 0, "number", f"{number.value:.15g} {written}")
        place = number.end
    yield from _split_words(text[place:])


def _split_words(text: str) -> Iterator[_Mark]:
    for match in _TOKEN.finditer(text):
        yield _Mark(0, 0, "word", match.group().casefold().replace("’", "'"))


@cache
def _function_words() -> frozenset[str]:
    return words.load("function_words") | words.load("auxiliaries")


def _is_content(word: str) -> bool:
    return not (word in _function_words() or word in _modal_words() or _is_negator(word)) and word != "s"


def _is_negator(word: str) -> bool:
    return word in words.load("negators") or word.endswith("n't")


@cache
def _predicates() -> frozenset[str]:
    return words.load("irregular_pasts") | words.load("past_verbs") | words.load("predicates")


def _has_predicate(folded: tuple[str, ...]) -> bool:
    """Whether words hold a verb that makes a statement of them; a verb in -ed after an article is none, nor
    is one that only tells of whom the words speak.

    >>> _has_predicate(fold("those who died in the fire"))
    False
    >>> _has_predicate(fold("the bridge was closed")), _has_predicate(fold("a total ban on cars"))
    (True, False)
    """
    if folded[:1] in (("who",), ("which",)) or folded[:2] in (("those", "who"), ("people", "who")):
        return False
    for before, word in zip(("", *folded), folded, strict=False):
        if word in _predicates() or word in _modal_words() or word.endswith("n't"):
            return True
        if word.endswith("ed") and len(word) > 4 and before not in ("a", "an", "the", "his", "her", "their"):
            return True
    return False

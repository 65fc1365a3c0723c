"""What a claim says, in a form that can be compared with another claim, and how two compare.

Words that name somebody are replaced by the id of who it is, so that "Ortiz", "Ana Ortiz" and "she" are one;
figures, dates, negation and modality stand apart, because two claims that differ in one of them never say the
same. What is compared depends on the two claims alone, not on what else is held: a growing corpus changes no
verdict.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Literal

import snowballstemmer

from onrecord import words
from onrecord.model import Annotated, Claim, EntityType
from onrecord.resolving.wordings import compare_wordings, find_quotations, fold, show_edit, spelled_alike

SAME = 0.7
"""Least weighted share of content words and names that two claims have in common to say the same."""
CONFLICT = 0.75
"""The same for claims that differ in a figure, a date or a name: all else must agree closely."""
VARIANT = 0.6
"""Least share of words, in order, that two wordings of one quotation have in common."""
WEIGHT = 4
"""Least weight of what two claims share: a name weighs two, another content word one."""
COMPANY = 3
"""Names that two articles share when they tell one story, so that an open "he" or "the company" in both may
be the same."""
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

Relation = Literal["same", "quote_variant", "conflict"]


@dataclass(frozen=True, slots=True)
class Proposition:
    """A claim as it is compared. ``tokens`` are content words as stems and names as entity ids, in order,
    each once; ``stems`` are the same with the names as they are written. ``loose`` tells that a pronoun is
    left whose bearer the text does not settle, ``first`` that the speaker speaks of himself, ``told`` that
    there is a predicate, so that something is said to be so. ``company`` holds the entities of the whole
    article."""

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
    dates: tuple[str, ...]
    negated: bool
    modality: frozenset[str]
    quotations: tuple[tuple[str, ...], ...]
    speaker: str | None
    loose: bool
    first: bool
    told: bool
    company: frozenset[str]


@dataclass(frozen=True, slots=True)
class Verdict:
    """How two claims relate, what that rests on, and how much they have in common."""

    relation: Relation
    basis: str
    score: float


@lru_cache(maxsize=100_000)
def _stem(word: str) -> str:
    return str(_STEMMER.stemWord(word))


@cache
def _number_words() -> dict[str, str]:
    """Values of spelled figures; "one" and "second" are too often no figures."""
    found = {row["term"]: row["value"] for row in words.table("number_words")}
    found.update((row["term"], f"{row['value']}th") for row in words.table("ordinal_words"))
    return {term: value for term, value in found.items() if term not in ("one", "second")}


@cache
def _modal_words() -> dict[str, str]:
    hedges = {row["term"]: "may" for row in words.table("hedges")}
    return {**hedges, **{row["term"]: row["kind"] for row in words.table("modal_words")}}


@cache
def _opposites() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for row in words.table("opposites"):
        one, other = ({_stem(word) for word in row[side].split("|")} for side in ("one", "other"))
        for here, there in ((one, other), (other, one)):
            for word in here:
                found.setdefault(word, set()).update(there - here)
    return {word: frozenset(against) for word, against in found.items()}


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
    numbers: list[str] = field(default_factory=list)
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
        else:
            self.names.setdefault(mark.value, mark)
            self.tokens[mark.value] = None

    def _take_word(self, word: str) -> None:
        if (figure := _figure(word)) is not None:
            self.numbers.append(figure)
        elif _is_negator(word):
            self.negated = not self.negated
        elif word in _modal_words():
            self.modality.add(_modal_words()[word])
        else:
            self.loose = self.loose or word in _LOOSE
            if _is_content(word):
                self.tokens[_stem(word)] = None


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
        return Proposition(
            self._annotated.claim_id(index),
            article.source_id,
            start,
            end,
            folded,
            tuple(said.tokens),
            tuple(dict.fromkeys(_stem(w) for w in folded if _is_content(w) and not _figure(w))),
            tuple(said.names),
            tuple(self._kinds[name] for name in said.names),
            tuple(article.text[mark.start : mark.end] for mark in said.names.values()),
            tuple(sorted(said.numbers)),
            tuple(said.dates),
            said.negated,
            frozenset(said.modality),
            tuple(self._quotations(claim, text)),
            self._ids[claim.speaker_chain] if claim.speaker_chain is not None else None,
            said.loose,
            not _FIRST.isdisjoint(folded),
            claim.quote_type == "none" or _has_predicate(folded),
            self._company,
        )

    def _quotations(self, claim: Claim, text: str) -> Iterator[tuple[str, ...]]:
        found = list(find_quotations(text))
        if not found and claim.quote_type == "direct" and len(whole := fold(text)) >= 5:
            found = [whole]
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


def _has_predicate(folded: Sequence[str]) -> bool:
    """Whether words hold a verb that makes a statement of them; a verb in -ed after an article is none.

    >>> _has_predicate(fold("the bridge was closed")), _has_predicate(fold("a total ban on cars"))
    (True, False)
    """
    for before, word in zip(("", *folded), folded, strict=False):
        if word in _predicates() or word in _modal_words() or word.endswith("n't"):
            return True
        if word.endswith("ed") and len(word) > 4 and before not in ("a", "an", "the", "his", "her", "their"):
            return True
    return False


def measure_overlap(one: Sequence[str], other: Sequence[str]) -> float:
    """The share of tokens that two claims have in common, names counted twice (weighted Jaccard).

    >>> measure_overlap(("ent-1", "sign", "bill"), ("ent-1", "sign", "law"))
    0.6
    """
    here, there = set(one), set(other)
    both = sum(map(_weigh, here & there))
    return both / max(1, sum(map(_weigh, here | there)))


def _weigh(token: str) -> int:
    return 2 if token.startswith("ent-") else 1


def compare(one: Proposition, other: Proposition) -> Verdict | None:
    """How two claims relate, or null where they are two claims.

    Claims of which one stands in the other are not compared, nor are claims of one article taken for
    conflicts.
    """
    if one.source_id == other.source_id and one.start < other.end and other.start < one.end:
        return None
    if (verdict := _compare_quotations(one, other)) is not None:
        return verdict
    if not (one.told and other.told) or one.modality != other.modality or not _could_meet(one, other):
        return None
    return _find_same(one, other) or _find_conflict(one, other)


def _could_meet(one: Proposition, other: Proposition) -> bool:
    """Whether two claims can be about one thing: what they leave open must be settled by who speaks or by the
    story that both articles tell."""
    if (one.first or other.first) and (one.speaker is None or one.speaker != other.speaker):
        return set(one.stems) == set(other.stems)
    if one.source_id == other.source_id or len(one.company & other.company) >= COMPANY:
        return True
    if one.words == other.words and len(one.words) >= LONG:
        return True
    if one.loose or other.loose:
        return one.speaker is not None and one.speaker == other.speaker
    return bool(set(one.names) & set(other.names))


def _compare_quotations(one: Proposition, other: Proposition) -> Verdict | None:
    if one.speaker is not None and other.speaker is not None and one.speaker != other.speaker:
        return None
    best: Verdict | None = None
    for here in one.quotations:
        for there in other.quotations:
            score = compare_wordings(here, there)
            if here == there or score < VARIANT or (best is not None and score <= best.score):
                continue
            best = Verdict("quote_variant", f"“{show_edit(here, there)}”", score)
    return best


def _find_same(one: Proposition, other: Proposition) -> Verdict | None:
    if one.words == other.words and len(one.words) > WEIGHT:
        return Verdict("same", "the same words", 1.0)
    if one.negated != other.negated or one.numbers != other.numbers or _dates_differ(one, other):
        return None
    if _opposed(one, other) or _names_turned(one, other):
        return None
    score = max(measure_overlap(one.tokens, other.tokens), measure_overlap(one.stems, other.stems))
    if score < SAME or _shared_weight(one, other) < WEIGHT:
        return None
    left = set(one.names) - set(other.names), set(other.names) - set(one.names)
    if all(left) and set(one.stems) != set(other.stems):
        return None
    return Verdict("same", _show_shared(one, other), round(score, 2))


def _shared_weight(one: Proposition, other: Proposition) -> int:
    return sum(map(_weigh, set(one.tokens) & set(other.tokens)))


def _show_shared(one: Proposition, other: Proposition) -> str:
    shared = [stem for stem in one.stems if stem in other.stems]
    return f"{len(shared)} of {len({*one.stems, *other.stems})} content words: {' '.join(shared)}"


def _find_conflict(one: Proposition, other: Proposition) -> Verdict | None:
    if one.source_id == other.source_id or one.negated != other.negated or _opposed(one, other):
        return None
    if _names_turned(one, other) or _shared_weight(one, other) < WEIGHT:
        return None
    figures, names = _left(one.numbers, other.numbers), _left(one.names, other.names)
    dates = _dates_differ(one, other)
    score = measure_overlap(
        [token for token in one.tokens if token not in names[0]],
        [token for token in other.tokens if token not in names[1]],
    )
    if score < CONFLICT or any(figures) + any(names) + dates != 1:
        return None
    shown: tuple[str, str] | None = None
    if all(len(side) == 1 for side in figures) and _are_comparable(one, other, figures[0][0], figures[1][0]):
        shown = figures[0][0], figures[1][0]
    elif dates and _dates_contradict(one, other):
        shown = "; ".join(map(_date_words, one.dates)), "; ".join(map(_date_words, other.dates))
    elif all(len(side) == 1 for side in names):
        shown = _find_spellings(one, other, names[0][0], names[1][0])
    kind = "figures" if any(figures) else "dates" if dates else "names"
    return Verdict("conflict", f"{kind}: {shown[0]} / {shown[1]}", round(score, 2)) if shown else None


def _are_comparable(one: Proposition, other: Proposition, here: str, there: str) -> bool:
    """Whether two figures can count the same: in one unit where it is written with them, both or neither
    which in a row, both or neither with a date."""
    units = [figure.lstrip("0123456789.,:") for figure in (here, there)]
    return units[0] == units[1] and bool(one.dates) == bool(other.dates)


def _find_spellings(one: Proposition, other: Proposition, here: str, there: str) -> tuple[str, str] | None:
    """Two spellings of what must be one name: one word of it differs, in a letter or two.

    Two quite different names are most often two things that are both so.
    """
    place, twin = one.names.index(here), other.names.index(there)
    if one.kinds[place] != other.kinds[twin]:
        return None
    extra = _left(fold(one.written[place]), fold(other.written[twin]))
    if any(len(side) != 1 for side in extra) or not spelled_alike(extra[0][0], extra[1][0]):
        return None
    return one.written[place], other.written[twin]


def _left(one: Sequence[str], other: Sequence[str]) -> tuple[list[str], list[str]]:
    """What one has and the other has not, either way."""
    return [value for value in one if value not in other], [value for value in other if value not in one]


def _date_words(date: str) -> str:
    return date.partition(" ")[2]


@cache
def _calendar_words() -> frozenset[str]:
    return frozenset(row["term"] for name in ("weekdays", "months") for row in words.table(name))


def agree_dates(one: str, other: str) -> bool:
    """Whether two dates, each a value (or none) and the words that give it, can be the same day.

    Words that no article date settles ("yesterday") agree with any date, words that name a day or month only
    with those that name none other.

    >>> agree_dates("1998 1998", "1998-06 june 1998"), agree_dates("1998-07 july 1998", "1998-06 june 1998")
    (True, False)
    >>> agree_dates(" on tuesday", " yesterday"), agree_dates(" on tuesday", " wednesday")
    (True, False)
    """
    value, said = one.split(" ", 1)
    other_value, other_said = other.split(" ", 1)
    if value and other_value:
        return value.startswith(other_value) or other_value.startswith(value)
    named, other_named = (_calendar_words() & set(fold(words)) for words in (said, other_said))
    return not (named and other_named) or bool(named & other_named)


def _dates_differ(one: Proposition, other: Proposition) -> bool:
    """Whether both give dates and none of one's agrees with one of the other's."""
    if not one.dates or not other.dates:
        return False
    return not any(agree_dates(here, there) for here in one.dates for there in other.dates)


def _dates_contradict(one: Proposition, other: Proposition) -> bool:
    """Whether dates that differ are written out on both sides and lie in one year: "last week" in two
    articles is two weeks, and what happened in two years is two happenings."""
    said = [{_date_words(date) for date in side.dates} for side in (one, other)]
    years = [{date[:4] for date in side.dates if not date.startswith(" ")} for side in (one, other)]
    written = all(
        any(char.isdigit() for char in words) or _calendar_words() & set(fold(words))
        for words in said[0] | said[1]
    )
    return written and said[0].isdisjoint(said[1]) and (not all(years) or bool(years[0] & years[1]))


def _opposed(one: Proposition, other: Proposition) -> bool:
    """Whether one claim has a word that the other says the opposite of: rose, fell."""
    here, there = _left(one.stems, other.stems)
    return any(word in _opposites().get(against, ()) for word in there for against in here)


def _names_turned(one: Proposition, other: Proposition) -> bool:
    """Whether the names that both hold stand in another order: who did it to whom."""
    return [n for n in one.names if n in other.names] != [n for n in other.names if n in one.names]

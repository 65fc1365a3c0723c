"""Words around a name: tokens, noun phrases and what a mention does in its sentence, by rule and without a
parser.

English news wording only. A noun phrase is taken to begin at a determiner and to end before the first word
that cannot belong to it; what follows a name tells whether it is a subject, an object or an owner.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from onrecord.model import Document, EntityType, Span
from onrecord.words import load, table

__all__ = [
    "Noun",
    "Phrase",
    "Position",
    "Scene",
    "Token",
    "find_head",
    "find_noun",
    "is_verb_like",
    "noun_phrases",
    "place_of",
    "quoted_spans",
    "read_scene",
    "takes_verb",
]

Position = Literal["subject", "object", "oblique", "owner", "qualifier"]

LONGEST_QUOTE = 1500
_TOKEN = re.compile(r"['’]s\b|[^\W_]+(?:[-&.'’](?!s\b)[^\W_]+)*|[^\w\s]|_")
_PREPOSITIONS = load("prepositions")
_DETERMINERS = load("determiners")
_CLAUSE_STARTS = load("clause_starts")


@dataclass(frozen=True, slots=True)
class Token:
    """A word or mark, with its text in lower case and the number of its sentence."""

    start: int
    end: int
    low: str
    sentence: int
    capital: bool


@dataclass(frozen=True, slots=True)
class Noun:
    """What ``data/common_nouns.csv`` says of a noun; ``plural`` is told by its ending."""

    noun: str
    type: EntityType
    kind: str
    gender: str
    plural: bool


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase: token numbers [first, last], the head being the last; the noun is null if not listed."""

    first: int
    last: int
    determiner: str
    noun: Noun | None


@dataclass(frozen=True, slots=True)
class Scene:
    """One article cut into tokens, with its direct quotations."""

    text: str
    tokens: tuple[Token, ...]
    starts: tuple[int, ...]
    quotes: tuple[Span, ...]
    sentences: tuple[Span, ...]

    def at(self, offset: int) -> int:
        """The number of the first token that ends after an offset."""
        place = max(bisect_right(self.starts, offset) - 1, 0)
        while place < len(self.tokens) and self.tokens[place].end <= offset:
            place += 1
        return place

    def low(self, place: int) -> str:
        """The token in lower case, or an empty string outside the article."""
        return self.tokens[place].low if 0 <= place < len(self.tokens) else ""

    def same_sentence(self, one: int, two: int) -> bool:
        inside = 0 <= one < len(self.tokens) and 0 <= two < len(self.tokens)
        return inside and self.tokens[one].sentence == self.tokens[two].sentence

    def quote_of(self, offset: int) -> int | None:
        """The number of the quotation an offset stands in, if any."""
        number = bisect_right(self.quotes, offset, key=lambda quote: quote.start) - 1
        return number if number >= 0 and offset < self.quotes[number].end else None


def quoted_spans(text: str, paragraphs: Sequence[Span]) -> tuple[Span, ...]:
    """What stands between double quotation marks. A quotation may run over paragraphs, but one that opens
    anew or that would be too long ends with the paragraph before.

    >>> quoted_spans('He said, "We won." Then', [Span(0, 23)])
    (Span(start=9, end=18),)
    """
    found = []
    opened: int | None = None
    end = 0
    for paragraph in paragraphs:
        for match in re.finditer(r'["“”]|``|\'\'', text[paragraph.start : paragraph.end]):
            place = paragraph.start + match.start()
            anew = (
                match.start() == 0
                or match.group() in ("“", "``")
                or (opened is not None and place - opened > LONGEST_QUOTE)
            )
            if opened is not None and anew:
                found.append(Span(opened, end))
                opened = None
            if opened is None and match.group() not in ("”", "''"):
                opened = place
            elif opened is not None:
                found.append(Span(opened, paragraph.start + match.end()))
                opened = None
        end = paragraph.end
    if opened is not None and end - opened <= LONGEST_QUOTE:
        found.append(Span(opened, end))
    return tuple(found)


def read_scene(document: Document) -> Scene:
    """Tokens, sentences and quotations of what is to be read; furniture is left out."""
    text = document.text
    skipped = [Span(b.start, b.end) for b in document.blocks if b.kind in ("correction", "furniture")]
    sentences = tuple(sorted(document.sentences, key=lambda s: (s.start, s.end))) or (Span(0, len(text)),)
    tokens: list[Token] = []
    for number, sentence in enumerate(sentences):
        begin = max(sentence.start, tokens[-1].end if tokens else 0)
        if any(s.start <= sentence.start < s.end for s in skipped):
            continue
        for match in _TOKEN.finditer(text, begin, max(begin, sentence.end)):
            word = match.group()
            tokens.append(Token(match.start(), match.end(), word.lower(), number, word[:1].isupper()))
    paragraphs = [Span(m.start(), m.end()) for m in re.finditer(r"[^\n]+", text)]
    return Scene(
        text, tuple(tokens), tuple(t.start for t in tokens), quoted_spans(text, paragraphs), sentences
    )


@cache
def _nouns() -> dict[str, Noun]:
    found: dict[str, Noun] = {}
    for row in table("common_nouns"):
        word = row["noun"]
        plural = (
            word[:-3] + "men"
            if word.endswith("man") and row["type"] == "person"
            else word[:-1] + "ies"
            if word.endswith("y") and word[-2] not in "aeiou"
            else word + "es"
            if word.endswith(("s", "ch", "x"))
            else word + "s"
        )
        kind: EntityType = row["type"]  # type: ignore[assignment]  # the file holds model.EntityType values only
        found[plural] = Noun(word, kind, row["kind"], row["gender"], True)
        found[word] = Noun(word, kind, row["kind"], row["gender"], False)
    found["women"] = Noun("woman", "person", "person", "female", True)
    found["men"] = Noun("man", "person", "person", "male", True)
    found["people"] = found["children"] = Noun("person", "person", "person", "", True)
    found["wives"] = Noun("wife", "person", "kin", "female", True)
    return found


def find_noun(word: str) -> Noun | None:
    """What is known of a common noun, singular or plural, in lower case.

    >>> found = find_noun("agencies")
    >>> found.noun, found.plural
    ('agency', True)
    """
    return _nouns().get(word)


@cache
def is_verb_like(word: str) -> bool:
    """Whether a word in lower case may well be a finite verb.

    >>> [word for word in ("warned", "company", "said", "has") if is_verb_like(word)]
    ['warned', 'said', 'has']
    """
    if word in _AUXILIARIES or any(
        word in load(name) for name in ("cue_verbs", "past_verbs", "irregular_pasts")
    ):
        return word not in _nouns()
    return len(word) > 4 and word.endswith("ed")


_AUXILIARIES = load("auxiliaries")


def noun_phrases(scene: Scene) -> tuple[Phrase, ...]:
    """Noun phrases that begin with a determiner, up to six words, in order.

    >>> text = "The Dutch company said its board met the two sisters."
    >>> scene = read_scene(Document(text, (), (Span(0, len(text)),)))
    >>> [text[scene.tokens[p.first].start : scene.tokens[p.last].end] for p in noun_phrases(scene)]
    ['The Dutch company', 'its board', 'the two sisters']
    """
    found = []
    for first, token in enumerate(scene.tokens):
        if token.low not in _DETERMINERS:
            continue
        last, noun = first, None
        place = first + 1
        while place < min(first + 7, len(scene.tokens)) and scene.same_sentence(first, place):
            word = scene.low(place)
            if not (word[:1].isalnum()) or word in load("function_words"):
                break
            listed = find_noun(word)
            if noun is not None and listed is None and (is_verb_like(word) or word.endswith("ing")):
                break
            if last > first and noun is None and listed is None and word in _AUXILIARIES:
                break
            last, noun = place, listed
            place += 1
        if last > first:
            found.append(Phrase(first, last, token.low, noun))
    return tuple(found)


def place_of(scene: Scene, first: int, last: int) -> Position:
    """What tokens [first, last] do in their sentence, told by the words beside them.

    >>> text = "Ortiz told Hale that the board of Norfield backed Hale's plan, said Berg."
    >>> scene = read_scene(Document(text, (), (Span(0, len(text)),)))
    >>> [place_of(scene, at, at) for at in (0, 2, 7, 9, 14)]
    ['subject', 'object', 'oblique', 'owner', 'subject']
    >>> text = "It will rain, its director, Berg, said."
    >>> place_of(read_scene(Document(text, (), (Span(0, len(text)),))), 7, 7)
    'subject'
    >>> text = "Mr Berg of the Halden Institute left, said Hale of Norfield."
    >>> [place_of(read_scene(Document(text, (), (Span(0, len(text)),))), at, at) for at in (1, 9)]
    ['subject', 'subject']
    """
    last = _with_body(scene, last)
    before, after = scene.low(first - 1), scene.low(last + 1)
    if not scene.same_sentence(first, first - 1):
        before = ""
    if after in ("'s", "’s") or (after in ("'", "’") and scene.low(last).endswith("s")):
        return "owner"
    if _qualifies(scene, last):
        return "qualifier"
    if before in _PREPOSITIONS and not (before == "to" and scene.low(first - 2) == "according"):
        may_open = before in ("as", "than", "before", "after", "since", "until")
        return "subject" if may_open and takes_verb(scene, last) else "oblique"
    if before in ("and", "or") and after in ("have", "are", "were"):
        return "object"
    if scene.low(first - 2) == "according" or takes_verb(scene, last):
        return "subject"
    if before == after == "," and scene.same_sentence(last, last + 2) and is_verb_like(scene.low(last + 2)):
        return "subject"
    if before in load("cue_verbs") and after in (",", ".", "", "”", '"'):
        return "subject" if scene.low(first - 2) in (",", '"', "”", "’", "''") or after != "." else "object"
    if before == "" or (before in _CLAUSE_STARTS - {"and", "but", "or"} and after not in (".", ",")):
        return "subject"
    return "object"


def _with_body(scene: Scene, last: int) -> int:
    """The last token of a name with the body behind it: "Berg of the Halden Institute"."""
    if scene.low(last + 1) not in ("of", "from", "at") or not scene.tokens[last].capital:
        return last
    end = place = last + 2
    while place < min(last + 9, len(scene.tokens)) and scene.same_sentence(last, place):
        if scene.tokens[place].capital:
            end = place
        elif scene.low(place) not in ("the", "of", "for", "and"):
            break
        place += 1
    return end if end < len(scene.tokens) and scene.tokens[end].capital else last


@cache
def _titles() -> frozenset[str]:
    return frozenset(title.lower() for title in load("person_titles"))


def _qualifies(scene: Scene, last: int) -> bool:
    """Whether the next word is a noun or title that a name qualifies: "the Norfield mine", "Treasury
    Secretary Ana Ortiz"."""
    if not scene.same_sentence(last, last + 1):
        return False
    follows = scene.tokens[last + 1]
    if follows.capital:
        return follows.low in _titles() and scene.same_sentence(last, last + 2)
    plain = follows.low.isalpha() and follows.low not in load("function_words")
    return plain and not follows.low.endswith("ly") and not takes_verb(scene, last)


def takes_verb(scene: Scene, last: int) -> bool:
    """Whether a finite verb follows, directly, after an adverb, or after words set off by commas."""
    place = last + 1
    if scene.low(place) in (",", "(", "—", "–"):
        closing = {",": ",", "(": ")"}.get(scene.low(place), scene.low(place))
        for further in range(place + 1, min(place + 22, len(scene.tokens))):
            if not scene.same_sentence(last, further):
                return False
            closed = scene.low(further) == closing and scene.same_sentence(last, further + 1)
            if closed and is_verb_like(scene.low(further + 1)):
                return True
        return False
    if not scene.same_sentence(last, place) or not scene.low(place)[:1].isalpha():
        return False
    word = scene.low(place)
    if word.endswith("ly") or word == "who":
        word = scene.low(place + 1)
    if is_verb_like(word):
        return True
    third_person = len(word) > 3 and word.endswith("s") and not word.endswith("ss")
    return third_person and word not in load("function_words") and find_noun(word) is None


def find_head(scene: Scene, span: Span) -> int | None:
    """The number of the head token of a noun phrase: the last word before the first comma, preposition or
    clause.

    >>> text = "a spokesperson for Norfield Mining in London"
    >>> scene = read_scene(Document(text, (), ()))
    >>> scene.low(find_head(scene, Span(0, len(text))))
    'spokesperson'
    """
    head: int | None = None
    for place in range(scene.at(span.start), len(scene.tokens)):
        token = scene.tokens[place]
        if token.start >= span.end:
            break
        stops = token.low in _PREPOSITIONS or token.low in (",", "(", "who", "that", "which", "and", "—", ":")
        if head is not None and stops:
            break
        if token.low[:1].isalnum() and token.low not in _DETERMINERS | _PREPOSITIONS:
            head = place
    return head

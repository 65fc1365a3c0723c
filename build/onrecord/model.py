"""The records of one article that travel between stages; ``world`` has those of all articles.

All offsets are Unicode code points, half open, into the text of one article. Records are frozen; a field that
becomes a column has the column's name. Within one article, entities are numbered by ``chain`` (an index into
``Annotated.entities``), dates by their index in ``Annotated.dates`` and claims by their index in
``Annotated.claims``; stages across articles turn these numbers into ids.
"""

import hashlib
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

BlockKind = Literal["title", "standfirst", "heading", "body", "correction", "furniture"]
EntityType = Literal["person", "organization", "place", "group", "product", "work", "law", "event", "other"]
Form = Literal["name", "nominal", "pronoun"]
RoleKind = Literal["source", "cue", "content"]
QuoteType = Literal["direct", "indirect", "mixed", "none"]
Anonymity = Literal["named", "described", "unnamed", "collective"]
AgentKind = Literal["person", "organization", "outlet", "document", "other"]
Standing = Literal["official", "expert", "witness"]
Certainty = Literal["certain", "probable", "possible", "unknown"]
Polarity = Literal["pos", "neg"]
Time = Literal["non_future", "future", "unknown"]
DateKind = Literal["date", "time", "duration", "set"]
ParticipantRole = Literal["agent", "patient", "recipient", "place", "other"]
EventKind = Literal["happening", "report"]
EventStatus = Literal["occurred", "ongoing", "planned", "hypothetical", "denied"]
ClaimKind = Literal["statement", "attitude", "question", "opinion"]
Bound = Literal["exactly", "at_least", "at_most", "about", "between"]

GAP = " … "
"""Between the pieces of a speaker, cue or content that is interrupted, where it is written as one text."""


def make_id(prefix: str, *parts: object) -> str:
    """An id made from content alone: the prefix and 16 hexadecimal digits of a BLAKE2b hash of the parts.

    >>> make_id("src", "a", 1) == make_id("src", "a", 1)
    True
    >>> make_id("src", "a", "1b") == make_id("src", "a1", "b")
    False
    """
    digest = hashlib.blake2b(digest_size=8)
    for part in parts:
        data = str(part).encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(8, "big"))
        digest.update(data)
    return f"{prefix}-{digest.hexdigest()}"


@dataclass(frozen=True, slots=True)
class Span:
    """Characters [start, end) of one article."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something in a file that was left out, and where it stands: ``names`` are keys, columns or the like."""

    file: str
    line: int | None
    what: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Article:
    """An input that can be used: its text and what is known of it. Null is what nobody said.

    ``notices`` tell what its input said that was left out.
    """

    name: str
    text: str
    sha256: str
    title: str | None = None
    publisher: str | None = None
    author: str | None = None
    url: str | None = None
    published: str | None = None
    published_from: Literal["metadata", "text"] | None = None
    language: str | None = None
    license: str | None = None
    credit: str | None = None
    captured: str | None = None
    notices: tuple[Notice, ...] = ()

    @property
    def source_id(self) -> str:
        """The same text from another publisher is another source: that is what a reprint is."""
        return make_id("src", self.sha256, self.publisher or "")


@dataclass(frozen=True, slots=True)
class Reject:
    """An input that could not be used: a name, a code of ``reading.inputs.CODES``, a message for people."""

    name: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph or line of an article. Blocks do not overlap and are in order of their offsets."""

    start: int
    end: int
    kind: BlockKind


def block_at(blocks: Sequence[Block], start: int) -> BlockKind:
    """The kind of the block that the character at ``start`` stands in; body where there is none."""
    index = bisect_right(blocks, start, key=lambda block: block.start) - 1
    return blocks[index].kind if index >= 0 and start < blocks[index].end else "body"


@dataclass(frozen=True, slots=True)
class Document:
    """What a reader is given: the text and its blocks, and what is known of the article; furniture is not to
    be read."""

    text: str
    blocks: tuple[Block, ...]
    sentences: tuple[Span, ...]
    title: str | None = None
    published: str | None = None

    def sentence_at(self, offset: int) -> Span | None:
        """The sentence that the character at ``offset`` stands in, or null where it stands in none."""
        index = bisect_right(self.sentences, offset, key=lambda sentence: sentence.start) - 1
        return self.sentences[index] if index >= 0 and offset < self.sentences[index].end else None


@dataclass(frozen=True, slots=True)
class Name:
    """A name in the text, with the kind of thing that bears it."""

    start: int
    end: int
    type: EntityType
    confidence: float


@dataclass(frozen=True, slots=True)
class Role:
    """One fragment of an attribution. Fragments with the same ``group`` belong to one attribution."""

    start: int
    end: int
    role: RoleKind
    group: int
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """One word or mark of the text that was read, with its place in the tree of its sentence.

    ``tag`` is the part of speech and ``relation`` the relation to its head of Universal Dependencies, or
    "part" for the later pieces of a word ("'" and "t" of "n't"); ``form`` is number or verb form ("sing",
    "plur", "inf", "ger", "part-past", "part-pres", "fin-past", "fin-pres", "none"). ``head`` is the number of
    a token, null for a root; ``sentence`` numbers the document's sentences.
    """

    start: int
    end: int
    tag: str
    form: str
    head: int | None
    relation: str
    sentence: int


EVENT_VECTOR = 64
"""Bytes of an event word's vector."""
VECTOR_STEPS = 32
"""Steps of such a byte from one whole number to the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventWord:
    """A word that may tell an event which an editor would list.

    ``token`` is its number, ``likely`` how likely it is one. How likely it is to be each of the statuses and
    PLOVER's types (none first) stands in ``status`` and ``types``, to be a report in ``report``. ``links``
    tells by token how likely that is its agent, patient, recipient, place and time; ``same`` by the number
    of an event word before the log odds that both tell one event, where there is a chance. ``vector`` is what
    it is compared by with words of other articles: ``EVENT_VECTOR`` signed bytes.
    """

    start: int
    end: int
    token: int
    likely: float
    status: tuple[float, ...]
    report: float
    types: tuple[float, ...]
    links: Mapping[int, tuple[float, ...]]
    same: Mapping[int, float]
    vector: bytes = b""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A date, time, duration or set expression, not yet given a value."""

    start: int
    end: int
    confidence: float


@dataclass(frozen=True, slots=True)
class Statement:
    """Words that claim something in the article's own voice."""

    start: int
    end: int
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedEntity:
    """One bearer of a name as an editor lists it: once an article, with every place that names it.

    ``name`` is its fullest form in the text, ``mentions`` are the names alone, without pronouns and
    descriptions, in order; there is at least one.
    """

    name: str
    type: EntityType
    mentions: tuple[Span, ...]
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedParticipant:
    """Who takes part in a listed event: a listed entity, or the words for somebody without a name.

    ``entity`` indexes ``Reading.entities``; where it is null, ``words`` are the characters that tell who.
    """

    role: ParticipantRole
    entity: int | None
    words: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedEvent:
    """One event as an editor lists it: once an article, however often it is told.

    ``mentions`` are the words that tell it, in order, at least one, none shared with another listed event.
    ``label`` is a clause of the reader's own whose names and numbers stand in the article; ``date`` is EDTF
    or null, ``type`` one of PLOVER's sixteen or null.
    """

    label: str
    kind: EventKind
    status: EventStatus
    date: str | None
    type: str | None
    participants: tuple[ListedParticipant, ...]
    mentions: tuple[Span, ...]
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedClaim:
    """Who says what by which words, joined by the reader itself.

    ``content`` has at least one span; ``speakers`` and ``cues`` are both empty for what the article says in
    its own voice. ``voices`` are those through whom the words came after the speaker, nearest first; empty
    where the reader leaves them to the rules. How far the words are a quotation is told by their marks, not
    by the reader.
    """

    kind: ClaimKind
    content: tuple[Span, ...]
    cues: tuple[Span, ...]
    speakers: tuple[Span, ...]
    voices: tuple[Span, ...] = ()
    confidence: float


@dataclass(frozen=True, slots=True)
class Reading:
    """All that a reader proposes for one document, each tuple sorted by offsets.

    ``names`` to ``statements`` are words from which entities, events and claims are assembled; ``entities``,
    ``events`` and ``claims`` are such as a reader that sees the whole article lists ready-made. A reader may
    give either, or both.
    """

    names: tuple[Name, ...] = ()
    roles: tuple[Role, ...] = ()
    statements: tuple[Statement, ...] = ()
    tokens: tuple[Token, ...] = ()
    told: tuple[EventWord, ...] = ()
    entities: tuple[ListedEntity, ...] = ()
    events: tuple[ListedEvent, ...] = ()
    claims: tuple[ListedClaim, ...] = ()
    listed_by: str | None = None
    """What rows made of the lists carry in ``method``; null where it is the reader's own method."""


class Reader(Protocol):
    """Proposes spans. What it proposes is checked: a span outside the text fails the build."""

    @property
    def method(self) -> str:
        """A short name that rows carry in their ``method`` column."""

    @property
    def model_sha256(self) -> str | None:
        """Hash of the weights, or null for a reader without weights."""

    def read(self, documents: Sequence[Document]) -> Iterable[Reading]:
        """One reading for each document, in order; a reading must not depend on its neighbours."""


@dataclass(frozen=True, slots=True)
class Attribution:
    """Speaker, cue and content joined: who says what, by which words. Own-voice statements have neither
    speakers nor cues and the quote type none."""

    content: tuple[Span, ...]
    cues: tuple[Span, ...]
    speakers: tuple[Span, ...]
    quote_type: QuoteType
    confidence: float
    kind: ClaimKind = "statement"


@dataclass(frozen=True, slots=True)
class Sureness:
    """FactBank's certainty and polarity, and whether it is yet to come."""

    certainty: Certainty
    polarity: Polarity
    time: Time


@dataclass(frozen=True, slots=True)
class Mention:
    """Words that refer to an entity of this article; ``chain`` indexes ``Annotated.entities``."""

    start: int
    end: int
    form: Form
    type: EntityType
    chain: int
    confidence: float
    method: str


@dataclass(frozen=True, slots=True)
class LocalEntity:
    """An entity as one article knows it: the fullest name it gives, other names, and its kind."""

    name: str
    type: EntityType
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Date:
    """A date expression with its value, the rule that gave the value and the anchor it was counted from."""

    start: int
    end: int
    kind: DateKind
    value: str | None
    rule: str
    anchor: str | None


@dataclass(frozen=True, slots=True)
class Hop:
    """One voice in the chain through which a claim reached the article; hop 1 is nearest the words.

    ``start`` and ``end`` are the words that show it. ``agent`` is null where nobody is named or described
    ("reportedly"); ``chain`` is null where the text does not settle who it is.
    """

    start: int
    end: int
    agent: str | None
    cue: str | None
    chain: int | None
    anonymity: Anonymity
    kind: AgentKind


@dataclass(frozen=True, slots=True)
class Claim:
    """Something the article says is so, in its own voice (``quote_type`` none) or through a speaker."""

    content: tuple[Span, ...]
    cues: tuple[Span, ...]
    speakers: tuple[Span, ...]
    quote_type: QuoteType
    speaker_chain: int | None
    anonymity: Anonymity | None
    certainty: Certainty
    polarity: Polarity
    time: Time
    hops: tuple[Hop, ...]
    chains: tuple[int, ...]
    confidence: float
    method: str
    kind: ClaimKind = "statement"


@dataclass(frozen=True, slots=True)
class Participant:
    """An entity of this article that takes part in an event."""

    chain: int
    role: ParticipantRole


@dataclass(frozen=True, slots=True)
class Unnamed:
    """Who or what takes part in an event without a name, by the words that tell it: "two protesters"."""

    words: Span
    role: ParticipantRole


@dataclass(frozen=True, slots=True)
class EventMention:
    """The words that tell an event, and what the article says around them."""

    start: int
    end: int
    certainty: Certainty
    polarity: Polarity
    time: Time
    date: int | None
    claim: int | None
    participants: tuple[Participant, ...]
    method: str
    confidence: float
    event: str | None = None
    """What a reviewer calls the happening: mentions of one name are one event."""
    local: int | None = None
    """Which of ``Annotated.listed`` it tells: mentions of one are one event, of two never."""
    unnamed: tuple[Unnamed, ...] = ()
    vector: bytes = b""
    """As ``EventWord`` has it; empty where a reader gives none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalEvent:
    """An event as the reader of one article lists it: what holds of it, however often it is told.

    ``date`` is EDTF or null, ``type`` one of PLOVER's sixteen or null. Who takes part stands at its mentions.
    ``worded`` is set where the label is a reader's own, not made from the words of the text.
    """

    label: str
    kind: EventKind
    status: EventStatus
    date: str | None
    type: str | None
    worded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number that the article states of something: bound, number and unit at characters [start, end).

    ``what`` is what is counted or measured, as the article words it, ``measure`` the same normalised ("people
    killed", "house", "fine"); both null where the words do not show it. ``value_to`` is the upper end where
    ``bound`` is between. ``unit`` is null for counts. ``as_of`` is the EDTF date for which the article says
    the number holds, null where it says none.
    """

    start: int
    end: int
    what: str | None
    measure: str | None
    value: float
    value_to: float | None
    unit: str | None
    bound: Bound
    as_of: str | None
    confidence: float


@dataclass(frozen=True, slots=True)
class Annotated:
    """One article with everything that was found in it, before it is compared with other articles."""

    article: Article
    blocks: tuple[Block, ...]
    entities: tuple[LocalEntity, ...]
    mentions: tuple[Mention, ...]
    dates: tuple[Date, ...]
    claims: tuple[Claim, ...]
    events: tuple[EventMention, ...]
    listed: tuple[LocalEvent, ...] = ()
    figures: tuple[Figure, ...] = ()

    def claim_id(self, index: int) -> str:
        """The id of a claim: its article, its content and who is said to say it."""
        claim = self.claims[index]
        parts = [f"{span.start}-{span.end}" for span in (*claim.content, *claim.speakers, *claim.cues)]
        return make_id("clm", self.article.source_id, *parts)

    def entity_mention_ids(self) -> list[str]:
        """The ids of the mentions: their article and characters, and which of several there it is."""
        told: Counter[tuple[int, int]] = Counter()
        ids = []
        for mention in self.mentions:
            told[mention.start, mention.end] += 1
            nth = told[mention.start, mention.end]
            ids.append(make_id("men", self.article.source_id, mention.start, mention.end, nth))
        return ids

    def event_mention_id(self, index: int) -> str:
        """The id of an event mention: its article and its characters."""
        event = self.events[index]
        return make_id("evm", self.article.source_id, event.start, event.end)

    def figure_id(self, figure: Figure) -> str:
        """The id of a figure: its article and its characters."""
        return make_id("fig", self.article.source_id, figure.start, figure.end)

    def block_kind(self, start: int) -> BlockKind:
        """The kind of the block that the character at ``start`` stands in; body where there is none."""
        return block_at(self.blocks, start)

    def claim_cover(self, index: int) -> tuple[int, int, str]:
        """The characters from a claim's first content's start to its last content's end, and their text."""
        content = self.claims[index].content
        start, end = min(span.start for span in content), max(span.end for span in content)
        return start, end, self.article.text[start:end]


def innermost(claims: Sequence[Claim], event: EventMention) -> int | None:
    """The number of the attributed claim with the shortest content that holds an event, or null."""
    holding = [
        (part.end - part.start, number)
        for number, claim in enumerate(claims)
        if claim.quote_type != "none"
        for part in claim.content
        if part.start <= event.start and event.end <= part.end
    ]
    return min(holding)[1] if holding else None

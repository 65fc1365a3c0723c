"""Own-voice statements made whole: back to where their clause begins, without what is left over of another.

A reader marks words, and attributed words are cut out of a statement. What is left may begin behind its own
subject, end in a conjunction, or be no more than the time and place of what somebody said.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from onrecord import words
from onrecord.claims.edges import skip_dateline, trim
from onrecord.model import Attribution, Document, Span
from onrecord.overlap import Overlaps

LEAST_PIECE = 3
"""Words in a piece of a statement at least, where it has several: below, it is a remainder. A choice."""

WEB_SHARE = 0.25
"""Share of handles, hashtags, addresses and tags among a line's words from which it is no prose. A choice."""

FARTHEST = 300
"""Characters from the edge of a statement to that of its clause at most. A choice, not measured;
it bounds the work on hostile texts."""

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_CONNECTIVE = re.compile(r"\W*(?:but|and|or|so|yet|still|however|finally|indeed|then)?\W*", re.IGNORECASE)
_BREAK = re.compile(r"[;:—–―]|--|\s-\s")
_NEXT_CLAUSE = re.compile(r"[;—–―]|--|,(?=\s+(?:and|but|while|though|although)\s)")
_DANGLING = re.compile(
    r"[\s,;:(—–“‘-]+(?:(?:even\s+)?(?:and|or|but|although|though|because|since|while|whereas|that|when|if))?"
    r"[\s,;:(—–“‘-]*\Z",
    re.IGNORECASE,
)
_FINITE = re.compile(r"\b(?:is|are|was|were|has|have|had)\b")
_SUBORDINATE = frozenset(["after", "as", "before", "since", "until", "when"])
_CAPITAL = re.compile(r"\b[A-Z][a-z]+")
_INNER_CLAUSE = re.compile(r",(?:\W+\w+){4}")
_INSIDE_CLAUSE = re.compile(r"[^\S\n]+\w")
_SET_BEFORE = re.compile(r"\s*,\s*")
_WEB = re.compile(r"</?\w[^<>]*>?|https?:?/*\S*|www\.\S+|\b\w+\.(?:com|org|net)/\S*|[@#$](?=[^\W\d])\w+")


@dataclass(frozen=True, slots=True)
class Part:
    """A span of an attribution with the attribution."""

    start: int
    end: int
    whole: Attribution

    @property
    def speaks(self) -> bool:
        """Whether the span names who speaks."""
        return Span(self.start, self.end) in self.whole.speakers


def is_web_line(line: str) -> bool:
    """Whether words are those of a post or a link more than of prose.

    >>> is_web_line("@LindholmFerry talks to @AnaRuiz tonight.#HarbourHour"), is_web_line('<post by="ferry">')
    (True, True)
    >>> is_web_line("The hashtag #SaveThePier was used in 400 messages by Thursday night.")
    False
    """
    marks = len(_WEB.findall(line))
    return marks > 0 and marks >= WEB_SHARE * (marks + len(_WORD.findall(_WEB.sub(" ", line))))


def is_setting(phrase: str) -> bool:
    """Whether words before a comma tell but when, where or on what occasion something was said.

    >>> [is_setting(p) for p in ("At a meeting in Lindholm on Monday", "Speaking to dockers")]
    [True, True]
    >>> is_setting("While no law requires it"), is_setting("At dawn, the dockers blocked the pier")
    (False, False)
    >>> is_setting("At the heart of the port is a crane"), is_setting("When she is in Lindholm")
    (False, True)
    """
    first = _WORD.match(phrase)
    if first is None or len(phrase) > FARTHEST or _INNER_CLAUSE.search(phrase):
        return False
    word = first.group().lower()
    if word not in _SUBORDINATE and _FINITE.search(phrase):
        return False
    return word in words.load("setting_openers") or (word.endswith("ing") and word not in ("nothing", "king"))


def opens_sentence(text: str, start: int) -> bool:
    """Whether a word has a capital that only a sentence's first word has: "The", "She", "When".

    >>> text = "Photo Anna Lie The ferry had left"
    >>> [opens_sentence(text, place) for place in (0, 6, 15)]
    [False, False, True]
    """
    word = _WORD.match(text, start)
    if word is None or len(word.group()) < 2 or not word.group().istitle():
        return False
    return word.group().lower() in words.load("sentence_openers")


def cut_tail(text: str, span: Span) -> Span:
    """The span without a conjunction that it ends in.

    >>> text = "The firm has left the port, although"
    >>> found = cut_tail(text, Span(0, 36))
    >>> text[found.start : found.end]
    'The firm has left the port'
    """
    tail = _DANGLING.search(text, max(span.start, span.end - FARTHEST), span.end)
    return Span(span.start, tail.start()) if tail and tail.start() > span.start else span


class Around:
    """The attributed words and the other statements around one statement of a document."""

    def __init__(self, document: Document, parts: Sequence[Part], statements: Sequence[Span]) -> None:
        self.document = document
        self._parts = parts
        self._overlaps = Overlaps(parts)
        self._statements = statements
        self._others = Overlaps(statements)

    def over(self, start: int, end: int) -> list[Part]:
        """The attributed words that overlap a stretch, in order."""
        return [self._parts[place] for place in self._overlaps.over(start, end)] if start < end else []

    def is_free(self, start: int, end: int) -> bool:
        """Whether neither attributed words nor another statement stand in a stretch."""
        return start >= end or not (self.over(start, end) or self._others.over(start, end))

    def before(self, sentence: Span, start: int) -> list[Part]:
        """The attributed words of the sentence that end nearest before a place, once for each attribution."""
        found = [
            part for part in self.over(max(sentence.start, start - FARTHEST), start) if part.end <= start
        ]
        nearest = max((part.end for part in found), default=0)
        return [part for part in found if part.end == nearest]

    def adjoining(self, sentence: Span, start: int) -> list[Part]:
        """The attributed words of the sentence right before a place, with but blanks between."""
        near = self.before(sentence, start)
        return near if near and not self.document.text[near[0].end : start].strip() else []

    def follows(self, end: int, sentence: Span) -> Part | None:
        """The attributed words that follow with no word between."""
        ahead = [part for part in self.over(end, min(sentence.end, end + FARTHEST)) if part.start >= end]
        first = min(ahead, key=lambda part: part.start, default=None)
        return first if first and not _WORD.search(self.document.text, end, first.start) else None


def _shares_subject(part: Part, start: int) -> bool:
    """Whether a speaker is the subject of the words right behind it and says something only after them:
    "[Ruiz] praised the crew and [said] ..."."""
    cues = part.whole.cues
    return part.speaks and all(cue.start >= start for cue in cues)


def _trails(part: Part) -> bool:
    """Whether words right behind a part belong to a report's verb: who was told, when and where."""
    if part.speaks:
        return any(cue.end <= part.start for cue in part.whole.cues)
    return Span(part.start, part.end) in part.whole.cues


def _passive_start(text: str, part: Part) -> int | None:
    """Where a sentence begins whose subject is a title or words quoted: "“Home” was written in May"."""
    whole = part.whole
    if whole.speakers or Span(part.start, part.end) not in whole.cues or len(whole.content) != 1:
        return None
    content = whole.content[0]
    inner = text[content.start : content.end].rstrip("\"”’'")
    bare = part.start > content.end and not text[content.end : part.start].strip()
    return content.start if bare and not inner.endswith((",", ".", "!", "?")) else None


def drop_dateline(around: Around, piece: Span) -> Span | None:
    """The piece behind a dateline that it stands in; null where it is nothing else.

    >>> text = "LINDHOLM, Norway (AP) — The port closed."
    >>> around = Around(Document(text, (), (Span(0, 40),)), (), ())
    >>> drop_dateline(around, Span(0, 21)), drop_dateline(around, Span(24, 40))
    (None, Span(start=24, end=40))
    """
    behind = skip_dateline(around.document.text, piece.start)
    return Span(max(piece.start, behind), piece.end) if behind < piece.end else None


def take_subject(around: Around, piece: Span) -> Span:
    """The piece with the subject that it shares with a report right before it, if it has one."""
    text, sentence, start = around.document.text, around.document.sentence_at(piece.start), piece.start
    while sentence is not None and (near := around.adjoining(sentence, start)):
        back = min(_joined_start(text, part, start) for part in near)
        held = around.over(back, start)
        subject = all(part.start == back and part.speaks for part in held)
        if back == start or back < sentence.start or not (subject or len({id(p.whole) for p in held}) == 1):
            break
        start = back
    return Span(start, piece.end)


def drop_trail(around: Around, piece: Span) -> Span | None:
    """The piece without the words that only trail a report's verb; null where it is nothing else."""
    text, sentence = around.document.text, around.document.sentence_at(piece.start)
    if sentence is None or not any(map(_trails, around.adjoining(sentence, piece.start))):
        return piece
    clause = _NEXT_CLAUSE.search(text, piece.start, piece.end)
    if clause is None or not _WORD.search(text, clause.end(), piece.end):
        return None
    return Span(clause.end(), piece.end)


def take_words_before(around: Around, piece: Span) -> Span:
    """The piece with the words before it that belong to its clause and that nobody is given.

    >>> text = "In a speech on Friday, Ruiz laid out her plan for the pier."
    >>> found = take_words_before(Around(Document(text, (), (Span(0, 59),)), (), ()), Span(23, 59))
    >>> text[found.start : found.end]
    'In a speech on Friday, Ruiz laid out her plan for the pier.'
    """
    text, sentence = around.document.text, around.document.sentence_at(piece.start)
    if sentence is None or around.before(sentence, piece.start):
        return piece
    return Span(_free_start(around, skip_dateline(text, sentence.start), piece.start), piece.end)


def _joined_start(text: str, part: Part, start: int) -> int:
    """Where the subject begins that ends in a part and that the words right behind it are said of."""
    if _shares_subject(part, start):
        return part.start
    passive = _passive_start(text, part)
    return start if passive is None else passive


def _free_start(around: Around, floor: int, start: int) -> int:
    """The start of the words before a statement that belong to its clause, where nothing else holds them."""
    text = around.document.text
    if start - floor > FARTHEST:
        return start
    breaks = [match.end() for match in _BREAK.finditer(text, floor, start)]
    breaks += [
        m.start() for m in _CAPITAL.finditer(text, floor, start + 1) if opens_sentence(text, m.start())
    ]
    floor = max([floor, *breaks])
    if floor >= start or not around.is_free(floor, start) or _CONNECTIVE.fullmatch(text, floor, start):
        return start
    return floor


def take_words_behind(around: Around, piece: Span) -> Span:
    """The piece up to the end of its sentence, where nothing else holds the words between."""
    sentence = around.document.sentence_at(piece.end - 1)
    if sentence is None or sentence.end - piece.end > FARTHEST:
        return piece
    goes_on = _INSIDE_CLAUSE.match(around.document.text, piece.end)
    return Span(piece.start, sentence.end) if goes_on and around.is_free(piece.end, sentence.end) else piece


def drop_setting(around: Around, piece: Span) -> Span | None:
    """The piece, or null where it tells but when, where or on what occasion the report behind it was made."""
    text, sentence = around.document.text, around.document.sentence_at(piece.end - 1)
    after = around.follows(piece.end, sentence) if sentence else None
    if sentence is None or after is None:
        return piece
    inner = trim(text, piece.start, piece.end)
    opens = skip_dateline(text, sentence.start) >= inner.start or not _WORD.search(
        text, sentence.start, inner.start
    )
    is_apart = _SET_BEFORE.fullmatch(text, inner.end, after.start) is not None
    return None if opens and is_apart and is_setting(text[inner.start : inner.end]) else piece


def drop_conjunction(around: Around, piece: Span) -> Span:
    """The piece without the conjunction that attributed words left at its end."""
    sentence = around.document.sentence_at(piece.end - 1)
    if sentence is None or around.follows(piece.end, sentence) is None:
        return piece
    return cut_tail(around.document.text, piece)


RULES: Mapping[str, Callable[[Around, Span], Span | None]] = {
    "dateline": drop_dateline,
    "shared_subject": take_subject,
    "trail": drop_trail,
    "words_before": take_words_before,
    "words_behind": take_words_behind,
    "setting": drop_setting,
    "conjunction": drop_conjunction,
}
"""What is done to each piece of a statement, in this order, by the rule's name."""


def make_whole(around: Around, piece: Span, disabled: Collection[str] = ()) -> Span | None:
    """A piece of a statement as a clause of its own, or null where it is none.

    ``disabled`` names rules of ``RULES``, and of those for edges, to switch off.

    >>> text = "In a speech on Friday, Ruiz laid out her plan for the pier."
    >>> found = make_whole(Around(Document(text, (), (Span(0, 59),)), (), ()), Span(23, 59))
    >>> text[found.start : found.end] if found else None
    'In a speech on Friday, Ruiz laid out her plan for the pier.'
    """
    whole: Span | None = piece
    for name, rule in RULES.items():
        if name not in disabled and whole is not None:
            whole = rule(around, whole)
    return trim(around.document.text, whole.start, whole.end, disabled) if whole else None

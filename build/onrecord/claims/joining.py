"""Which cue a content belongs to, and which source a cue: small rules, each with a weight.

A rule looks at one pair of fragments and says how far it holds, mostly 0 or 1. What it counts for depends on
the side the partner stands on. The partner with the highest sum wins; "no partner" is a candidate too. The
weights in ``data/joining.csv`` are those of a conditional log-linear model fitted to PolNeAR's training part
by ``train/joining.py``; a rule that is switched off weighs nothing.
"""

import math
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

from onrecord import words
from onrecord.model import RoleKind

Step = Literal["cue_of_content", "source_of_cue", "source_of_content"]
Side = Literal["before", "after", "none"]

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_FOUR_WORDS = re.compile(r"[\W_]*+(?:(?>[^\W_]+(?:['’-][^\W_]+)*)[\W_]*+){4}")
_LINK = re.compile(r"[\W_]*+(?:that|whether|how|if|to)?[\W_]*+", re.IGNORECASE)
_RELATIVE = re.compile(r"[\W_]*(?:who|which|that)\b", re.IGNORECASE)
_AND = re.compile(r"[\W_]*+(?:and|or|but|then|while)[\W_]+(?:\w+ly[\W_]*)?", re.IGNORECASE)
_STOP = re.compile(r"[.!?]['\"”’)]*\s|;")
_PASSIVE = re.compile(r"\b(?:is|are|was|were|be|been|being)\b.*\b\w+(?:ed|en|wn|id|ld|de)\b", re.IGNORECASE)
_PHRASE = re.compile(
    r"(?:[’']s )?(?:according to|per|citing|in the words of|in the view of|as reported by)\b", re.IGNORECASE
)
_SEEMS = re.compile(
    r"(?:appear|seem|look)(?:s|ed|ing)?\b|(?:apparent|seeming|like|report|alleged)ly\b", re.IGNORECASE
)
_EMPTY_SUBJECT = re.compile(r"\b(?:it|there)\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Fragment:
    """A role with what the rules ask about it: its sentence, its paragraph, and whether it is quoted."""

    start: int
    end: int
    role: RoleKind
    confidence: float
    sentence: int
    paragraph: int
    quoted: bool
    opens_sentence: bool


@dataclass(frozen=True, slots=True)
class Pair:
    """A fragment, a candidate partner (null for "none") and what stands between them.

    ``gap`` is the text between, ``bare`` the same without the fragments in it, and ``cues``, ``sources`` and
    ``contents`` count those. ``rival`` is the content, or the cue, that stands right after the candidate;
    ``twin`` is set where the previous fragment of the same role has this candidate; ``taken`` where a source
    already speaks elsewhere; ``contents_of_one`` are the contents of a cue that looks for its source.
    """

    text: str
    one: Fragment
    other: Fragment | None
    gap: str
    bare: str
    cues: int
    sources: int
    contents: int
    rival: Fragment | None
    forerun: Fragment | None
    twin: Fragment | None
    taken: bool
    contents_of_one: tuple[Fragment, ...]

    @property
    def side(self) -> Side:
        if self.other is None:
            return "none"
        return "after" if self.other.start >= self.one.end else "before"

    @property
    def cue_text(self) -> str:
        """The text of the one of the two that is a cue."""
        return self.one_text if self.one.role == "cue" else self.other_text

    @property
    def one_text(self) -> str:
        return self.text[self.one.start : self.one.end]

    @property
    def other_text(self) -> str:
        return "" if self.other is None else self.text[self.other.start : self.other.end]


Rule = Callable[[Pair], float]


def _always(pair: Pair) -> float:
    """The weight of a side as such."""
    return 1.0


def _distance(pair: Pair) -> float:
    """How far apart the two stand, in characters, on a log scale."""
    return math.log1p(len(pair.gap))


def _same_sentence(pair: Pair) -> float:
    """Both stand in one sentence."""
    return float(pair.other is not None and pair.one.sentence == pair.other.sentence)


def _next_sentence(pair: Pair) -> float:
    """They stand in neighbouring sentences: '"We left," [she] said. "It was late."'"""
    return float(pair.other is not None and abs(pair.one.sentence - pair.other.sentence) == 1)


def _other_paragraph(pair: Pair) -> float:
    """They stand in different paragraphs; 2 where there is a whole one between."""
    return float(pair.other is not None and min(abs(pair.one.paragraph - pair.other.paragraph), 2))


def _cues_between(pair: Pair) -> float:
    """Other cues stand between."""
    return float(min(pair.cues, 3))


def _sources_between(pair: Pair) -> float:
    """Sources stand between."""
    return float(min(pair.sources, 3))


def _contents_between(pair: Pair) -> float:
    """Other contents stand between."""
    return float(min(pair.contents, 3))


def _touches(pair: Pair) -> float:
    """Nothing but blanks and punctuation stands between: "[said] [the port was closed]"."""
    return float(pair.other is not None and not _WORD.search(pair.gap))


def _filled(pair: Pair) -> float:
    """Nothing but another fragment stands between: "[according to] the mayor, [the port was closed]"."""
    if pair.other is None or pair.bare == pair.gap:
        return 0.0
    return float(not _WORD.search(pair.bare) and bool(_WORD.search(pair.gap)))


def _linked(pair: Pair) -> float:
    """Only "that", "whether" or the like stands between."""
    return float(bool(_LINK.fullmatch(pair.bare)) and bool(_WORD.search(pair.bare)))


def _many_words(pair: Pair) -> float:
    """More than three words outside any fragment stand between."""
    return float(_FOUR_WORDS.match(pair.bare) is not None)


def _stopped(pair: Pair) -> float:
    """A sentence ends, or a semicolon stands, between the two."""
    return float(bool(_STOP.search(pair.bare)))


def _comma(pair: Pair) -> float:
    """The gap begins with a comma."""
    return float(pair.gap.lstrip().startswith(","))


def _colon(pair: Pair) -> float:
    """The gap begins with a colon."""
    return float(pair.gap.lstrip().startswith(":"))


def _rivalled(pair: Pair) -> float:
    """Another fragment stands right behind the candidate and is its nearer partner."""
    return float(pair.rival is not None and pair.rival is not pair.one)


def _at_hand(pair: Pair) -> float:
    """This fragment stands right behind the candidate."""
    return float(pair.rival is pair.one)


def _leading(pair: Pair) -> float:
    """This fragment stands right before the candidate: '[We left], [said] she'."""
    return float(pair.forerun is pair.one)


def _gerund(pair: Pair) -> float:
    """The cue is an -ing form, which leans back on a clause: "[adding that] the port was closed"."""
    return float(_opens_with_gerund(pair.cue_text))


@lru_cache(10_000)
def _opens_with_gerund(cue: str) -> bool:
    first = _WORD.match(cue)
    return first is not None and first.group().lower().endswith("ing")


def _phrase(pair: Pair) -> float:
    """The cue is a phrase like "according to"."""
    return float(is_phrase(pair.cue_text))


def is_phrase(cue: str) -> bool:
    """Whether a cue is a phrase like "according to"."""
    return _PHRASE.match(cue) is not None


def _speech(pair: Pair) -> float:
    """The cue holds a verb of saying."""
    return float(_says(pair.cue_text))


@lru_cache(10_000)
def _says(cue: str) -> bool:
    return any(word.lower() in words.load("cue_verbs") for word in _WORD.findall(cue))


def _capital(pair: Pair) -> float:
    """The content opens its sentence."""
    return float(pair.one.opens_sentence)


def _finished(pair: Pair) -> float:
    """The content ends with a full stop, so that no cue needs to follow."""
    return float(pair.one_text.removesuffix("\n").rstrip("'\"”’)").endswith((".", "!", "?")))


def _quoted(pair: Pair) -> float:
    """The content is in quotation marks."""
    return float(pair.one.quoted)


def _cue_quoted(pair: Pair) -> float:
    """The partner is inside a quotation and this fragment is not."""
    return float(pair.other is not None and pair.other.quoted and not pair.one.quoted)


def _one_quoted(pair: Pair) -> float:
    """This fragment is inside a quotation and the partner is not."""
    return float(pair.other is not None and pair.one.quoted and not pair.other.quoted)


def _twin(pair: Pair) -> float:
    """The fragment before this one has this partner: one cue for two contents."""
    return float(pair.twin is not None)


def _twin_broken(pair: Pair) -> float:
    """The cue stands between this content and the one before: '"We left," she [said], "at dawn."'"""
    twin, other = pair.twin, pair.other
    return float(
        twin is not None and other is not None and twin.end <= other.start and other.end <= pair.one.start
    )


def _twin_quoted(pair: Pair) -> float:
    """This content and the one before, which has this partner, are both quoted."""
    return float(pair.twin is not None and pair.twin.quoted and pair.one.quoted)


def _twin_unfinished(pair: Pair) -> float:
    """The content before, which has this partner, breaks off with a comma."""
    return float(
        pair.twin is not None
        and pair.text[pair.twin.start : pair.twin.end].rstrip("\"”'’").endswith(",")
        and not pair.one.opens_sentence
    )


def _twin_touching(pair: Pair) -> float:
    """Nothing stands between this content and the one before, which has this partner."""
    return float(pair.twin is not None and not _WORD.search(pair.text[pair.twin.end : pair.one.start]))


def _joined(pair: Pair) -> float:
    """Only "and" or "but" stands between: "the mayor denied it and [vowed] to stay"."""
    return float(bool(_AND.fullmatch(pair.bare)))


def _relative(pair: Pair) -> float:
    """A relative clause hangs on the source: "a driver who [said] he saw it"."""
    return float(bool(_RELATIVE.match(pair.bare)))


def _passive(pair: Pair) -> float:
    """The cue is a passive: "was asked", "is expected"."""
    return float(_is_passive(pair.one_text))


@lru_cache(10_000)
def _is_passive(cue: str) -> bool:
    return _PASSIVE.search(cue) is not None


def _bare_participle(pair: Pair) -> float:
    """The cue is one -ed word: "the alleged plot"."""
    return float(bool(re.fullmatch(r"\w+ed", pair.one_text)))


def _seeming(pair: Pair) -> float:
    """The cue says how things look or are reported: "appears", "reportedly"."""
    return float(bool(_SEEMS.match(pair.one_text)))


def _no_verb(pair: Pair) -> float:
    """The cue holds no verb of saying or thinking."""
    return float(not _says_or_thinks(pair.one_text))


@lru_cache(10_000)
def _says_or_thinks(cue: str) -> bool:
    return _says(cue) or any(word.lower() in words.load("cue_attitudes") for word in _WORD.findall(cue))


def _empty_subject(pair: Pair) -> float:
    """The cue's subject is an empty "it" or "there"."""
    return float(bool(_EMPTY_SUBJECT.search(pair.text[max(0, pair.one.start - 12) : pair.one.start])))


def _taken(pair: Pair) -> float:
    """The source already speaks for another cue."""
    return float(pair.taken)


def _behind_content(pair: Pair) -> float:
    """The cue's contents all stand before it: '"...", said the mayor'."""
    return float(bool(pair.contents_of_one) and all(c.end <= pair.one.start for c in pair.contents_of_one))


def _across_content(pair: Pair) -> float:
    """A content of the cue stands between the cue and the source."""
    other, one = pair.other, pair.one
    if other is None:
        return 0.0
    low, high = min(other.end, one.end), max(other.start, one.start)
    return float(any(low <= c.start and c.end <= high for c in pair.contents_of_one))


_PLACE: dict[str, Rule] = {
    "always": _always,
    "distance": _distance,
    "same_sentence": _same_sentence,
    "next_sentence": _next_sentence,
    "other_paragraph": _other_paragraph,
    "cues_between": _cues_between,
    "sources_between": _sources_between,
    "contents_between": _contents_between,
    "touches": _touches,
    "filled": _filled,
    "linked": _linked,
    "many_words": _many_words,
    "stopped": _stopped,
    "comma": _comma,
    "colon": _colon,
    "one_quoted": _one_quoted,
    "cue_quoted": _cue_quoted,
}
RULES: Mapping[Step, Mapping[str, Rule]] = {
    "cue_of_content": _PLACE
    | {
        "rivalled": _rivalled,
        "at_hand": _at_hand,
        "leading": _leading,
        "gerund": _gerund,
        "phrase": _phrase,
        "speech": _speech,
        "capital": _capital,
        "finished": _finished,
        "quoted": _quoted,
        "twin": _twin,
        "twin_broken": _twin_broken,
        "twin_quoted": _twin_quoted,
        "twin_unfinished": _twin_unfinished,
        "twin_touching": _twin_touching,
    },
    "source_of_cue": _PLACE
    | {
        "rivalled": _rivalled,
        "gerund": _gerund,
        "phrase": _phrase,
        "speech": _speech,
        "joined": _joined,
        "relative": _relative,
        "passive": _passive,
        "bare_participle": _bare_participle,
        "seeming": _seeming,
        "no_verb": _no_verb,
        "empty_subject": _empty_subject,
        "twin": _twin,
        "taken": _taken,
        "behind_content": _behind_content,
        "across_content": _across_content,
    },
    "source_of_content": _PLACE,
}
"""Every rule by the step it serves and its name."""


@cache
def _weights(step: Step) -> Mapping[Side, tuple[tuple[str, Rule, float], ...]]:
    table: dict[Side, list[tuple[str, Rule, float]]] = {"before": [], "after": [], "none": []}
    sides: Mapping[str, Side] = {side: side for side in table}
    for row in words.table("joining"):
        if row["step"] == step:
            rule = row["rule"]
            table[sides[row["side"]]].append((rule, RULES[step][rule], float(row["weight"])))
    return {side: tuple(rows) for side, rows in table.items()}


def weigh(step: Step, pair: Pair, disabled: Collection[str] = ()) -> float:
    """How well the candidate suits the fragment, on a log scale without a fixed zero.

    Compare candidates of one fragment only. Rules named in ``disabled`` count for nothing.
    """
    total = 0.0
    for name, rule, weight in _weights(step)[pair.side]:
        if name not in disabled:
            total += weight * rule(pair)
    return total

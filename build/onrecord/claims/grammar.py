"""The words around a phrase in its sentence, as the rules for certainty, polarity and time read them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from onrecord import words
from onrecord.model import Certainty, Document, Polarity, Span, Time

REACH = 7
"""Words back from a phrase to the word that it hangs on (tuned on MEANTIME's airbus topic)."""

NOT = frozenset(["not", "n't", "n’t", "never", "cannot", "nor", "neither", "hardly", "scarcely", "no"])
_DENIED = frozenset(["not", "n't", "n’t", "never"])
POSSIBLE = frozenset(["may", "might", "could", "can", "cannot"])
FUTURE = frozenset(
    ["will", "shall", "'ll", "’ll", "wo", "would", "'d", "’d", "should", "must", "may", "might", "could"]
)
BE = frozenset(["is", "are", "was", "were", "be", "been", "being", "'s", "'re", "am", "’s", "’re"])
HAVE = frozenset(["has", "have", "had", "having", "'ve", "’ve"])
DO = frozenset(["do", "does", "did"])
AUXILIARY = NOT | POSSIBLE | FUTURE | BE | HAVE | DO | {"to"}
BREAK = frozenset([";", ":", "—", "–", "(", ")", ".", "?", "!", "``", "''", '"', "“", "”"])

_NOT_APART = re.compile(r"(?<=\w)(n[’']t)\b")
_SHORT_APART = re.compile(r"(?<=\w)([’'](?:ll|d|s|re|ve|m))\b")
_MONTH_MAY = re.compile(r"\bMay(?=,? \d)|(?P<before>\b[a-z]+,? )May\b")
_WORDS = re.compile(r"n[’']t\b|[’'](?:ll|d|s|re|ve|m)\b|[^\W_]+(?:[’'-][^\W_]+)*|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one rule settles; null is left to the others."""

    certainty: Certainty | None = None
    polarity: Polarity | None = None
    time: Time | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """The words of a sentence around a phrase, in lower case.

    ``left`` ends right before the phrase, ``right`` begins right after it; ``group`` are the auxiliaries,
    negations and adverbs that stand right before it; ``noun`` says that it reads as a noun.
    """

    left: tuple[str, ...]
    phrase: tuple[str, ...]
    right: tuple[str, ...]
    group: tuple[str, ...]
    noun: bool


def opens_clause(word: str) -> bool:
    """Whether a word begins another clause, or a mark ends this one."""
    return word in BREAK or word == "," or word in words.load("clause_openers")


def leads_to_noun(word: str) -> bool:
    """Whether a noun is to follow: "the", "their", "of"."""
    return word in words.load("before_nouns")


@cache
def governors() -> Mapping[str, Verdict]:
    """Each word of ``data/governors.csv`` with what hangs on it: planned, done, not done."""
    certainties: Mapping[str, Certainty] = {
        "certain": "certain",
        "probable": "probable",
        "possible": "possible",
    }
    polarities: Mapping[str, Polarity] = {"pos": "pos", "neg": "neg"}
    times: Mapping[str, Time] = {"future": "future", "non_future": "non_future"}
    return {
        line["word"]: Verdict(
            certainties.get(line["certainty"]), polarities.get(line["polarity"]), times.get(line["time"])
        )
        for line in words.table("governors")
    }


@cache
def _hedges() -> tuple[tuple[re.Pattern[str], Certainty], ...]:
    certainties: Mapping[str, Certainty] = {
        "probable": "probable",
        "possible": "possible",
        "unknown": "unknown",
    }
    hedges = words.values("hedges").items()
    return tuple((re.compile(rf"\b{re.escape(term)}\b"), certainties[value]) for term, value in hedges)


@cache
def _any_hedge() -> re.Pattern[str]:
    return re.compile("|".join(pattern.pattern for pattern, _ in _hedges()))


def find_hedge(row: Sequence[str]) -> Certainty | None:
    """The certainty that an adverb or phrase of the class "hedges" in a row of words leaves.

    >>> find_hedge(("the", "ferry", "reportedly", "sank")), find_hedge(("the", "ferry", "sank"))
    ('probable', None)
    """
    phrase = " ".join(row)
    if not _any_hedge().search(phrase):
        return None
    return next((certainty for pattern, certainty in _hedges() if pattern.search(phrase)), None)


def split_words(text: str) -> tuple[str, ...]:
    """Words and marks in lower case, with n't and the like split off.

    >>> split_words("It won't, she'll see")
    ('it', 'wo', "n't", ',', 'she', "'ll", 'see')
    """
    apart = text.lower()
    if "'" in apart or "’" in apart:
        apart = _SHORT_APART.sub(r" \1", _NOT_APART.sub(r" \1", apart))
    return tuple(_WORDS.findall(apart))


def hide_month(text: str) -> str:
    """The text with the month of May called a month, so that no rule takes it for "may".

    >>> hide_month("Guards saw her on May 2; it may close in May."), hide_month("Council May Close Pool")
    ('Guards saw her on month 2; it may close in month.', 'Council May Close Pool')
    """
    return _MONTH_MAY.sub(lambda found: (found["before"] or "") + "month", text) if "May" in text else text


def in_group(word: str) -> bool:
    """Whether a word can stand inside a verb group: an auxiliary, a negation, an adverb."""
    adverb = word.endswith("ly") and len(word) > 4 and word != "unlikely"
    return adverb or word in AUXILIARY or word in words.load("group_adverbs")


def verb_group(left: Sequence[str]) -> tuple[str, ...]:
    """The auxiliaries, negations and adverbs at the end of a row of words.

    >>> verb_group(("the", "council", "has", "not", "publicly"))
    ('has', 'not', 'publicly')
    """
    start = len(left)
    while start and in_group(left[start - 1]):
        start -= 1
    return tuple(left[start:])


def _is_noun(left: Sequence[str], group: Sequence[str]) -> bool:
    """Whether a phrase reads as a noun: a determiner or preposition stands up to three words before it."""
    if any(word in AUXILIARY and not leads_to_noun(word) for word in group):
        return bool(left) and leads_to_noun(left[-1])
    for word in reversed(left[-3:]):
        if leads_to_noun(word) or word.isdigit():
            return True
        if word.endswith("s") or not (word.isalnum() or "-" in word):
            return False
    return False


def _is_past(phrase: Sequence[str]) -> bool:
    """Whether a phrase is the past form of an irregular verb and no noun: "said", but not "cut"."""
    pasts = (words.load("irregular_pasts") | {"said"}) - words.load("past_nouns")
    return len(phrase) == 1 and phrase[0] in pasts


def read_context(document: Document, start: int, end: int) -> Context:
    """The sentence around a phrase, as words.

    >>> text = "The council will not close the pool."
    >>> read_context(Document(text, (), (Span(0, len(text)),)), 21, 26).group
    ('will', 'not')
    """
    sentence = document.sentence_at(start) or Span(0, len(document.text))
    left = split_words(hide_month(document.text[sentence.start : start]))
    right = split_words(hide_month(document.text[end : max(end, sentence.end)]))
    group = verb_group(left)
    phrase = split_words(document.text[start:end])
    return Context(left, phrase, right, group, not _is_past(phrase) and _is_noun(left, group))


def end_of_clause(row: Sequence[str]) -> tuple[str, ...]:
    """The end of a row of words, back to where its last clause begins.

    >>> end_of_clause(("officials", "said", "the", "port", "will"))
    ('the', 'port', 'will')
    """
    for place in range(len(row) - 1, -1, -1):
        if opens_clause(row[place]):
            return tuple(row[place + 1 :])
    return tuple(row)


def _turn(verdict: Verdict) -> Verdict:
    """What a governing word says when it is denied itself: "not expected to pay", "did not fail to pay"."""
    return Verdict(verdict.certainty, "pos" if verdict.polarity == "neg" else "neg", verdict.time)


def find_governor(context: Context) -> Verdict | None:
    """What the nearest governing word before the verb group says, within reach and within the clause."""
    row = context.left[: len(context.left) - len(context.group)]
    table = governors()
    for place in range(len(row) - 1, max(-1, len(row) - 1 - REACH), -1):
        pair = f"{row[place]} {row[place + 1]}" if place + 1 < len(row) else ""
        if row[place] in BREAK or pair == "due to":
            return None
        if pair in table or row[place] in table:
            found = table.get(pair) or table[row[place]]
            return _turn(found) if row[max(0, place - 1)] in _DENIED else found
        if opens_clause(row[place]):
            return None
    return None

"""What kind of claim an attribution is: a statement, an attitude, a question, or none at all.

PolNeAR calls an attribution what anybody says, thinks, wants or does about something. Whoever reads the table
asks for less: that somebody states this. A linear model looks at the cue, its frame, the shape of the content
and the voice, and gives each kind a weight; the heaviest is it. A second weight tells how likely the row is
right as it stands: a statement whose words are whole and whose speaker is the right one. The weights in
``data/kinds.csv`` are fitted by ``train/kinds.py`` to rows that a reader judged one by one
(``train/desk/README.md``) and to FactAppeal; how the words of cues are used, in ``data/cue_words.csv``, is
counted in PolNeAR's training part.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache

import snowballstemmer

from onrecord import words
from onrecord.english.text import Text
from onrecord.model import Attribution, ClaimKind, Span

__all__ = ["KINDS", "describe", "is_of_tree", "judge_kind", "keep_claims", "stem_cue"]

KINDS: tuple[ClaimKind, ...] = ("statement", "attitude", "question")

Features = Mapping[str, float]

USUAL = 5.0
"""Attributions that a cue word is taken to have had besides those counted, used as the average word is."""

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_PARTICIPLE = re.compile(r"(?:ed|en|wn|id|ld|de)\Z")
_GERUND = re.compile(r"\b(?:for|of|from|about|over) (?:not |never |being |having )?\w+ing\b", re.IGNORECASE)
_AS = re.compile(r"\bas\b", re.IGNORECASE)
_MARKS = "\"“'`‘«"
_AFTER_HEAD = re.compile(r",| (?:of|in|from|who|by|at|for|on|to|that|outside) ")


_BE = words.load("kinds_be")
_EMPTY = words.load("kinds_empty")
_MODAL = words.load("kinds_modal")
_NOT = words.load("kinds_not")
_PLACED = words.load("kinds_placed")
_FINITE = words.load("kinds_finite")
_SUBJECT = words.load("kinds_subject")
_DETERMINER = words.load("kinds_determiner")
_OPENER = words.load("kinds_opener")
_WH = words.load("kinds_wh")
_RELATIVE = words.load("kinds_relative")
_PRONOUN = words.load("kinds_pronoun")
_THIS = words.load("kinds_this")
_NEXT = words.load("kinds_next")
_HELD = ("saying", "adding", "which", "reference")
_EARLY = 8  # words of a content within which its clause has its verb


@dataclass(frozen=True, slots=True)
class _Usage:
    """How a cue word is used, against the average word: log ratios; and how often it was seen."""

    quotes: float
    holds_quotes: float
    that: float
    behind: float
    seen: float


def _words_of(text: str) -> list[str]:
    return [word.lower().replace("’", "'") for word in _WORD.findall(text)]


@cache
def _bases() -> Mapping[str, str]:
    return words.values("irregular_forms")


_STEMMER = snowballstemmer.stemmer("english")


@lru_cache(50_000)
def stem_cue(word: str) -> str:
    """The stem that stands for all forms of a cue word.

    >>> stem_cue("said"), stem_cue("says"), stem_cue("Denying")
    ('say', 'say', 'deni')
    """
    small = word.lower().replace("’", "'").removesuffix("'s")
    return str(_STEMMER.stemWord(_bases().get(small, small)))


@cache
def _usages() -> Mapping[str, _Usage]:
    rows = {row["stem"]: row for row in words.table("cue_words")}
    names = ("quotes", "holds_quotes", "that", "behind")
    total = sum(int(row["attributions"]) for row in rows.values())
    usual = {name: sum(int(row[name]) for row in rows.values()) / total for name in names}

    def ratio(row: Mapping[str, str], name: str) -> float:
        share = (int(row[name]) + usual[name] * USUAL) / (int(row["attributions"]) + USUAL)
        return math.log(share / usual[name])

    return {
        stem: _Usage(
            quotes=ratio(row, "quotes"),
            holds_quotes=ratio(row, "holds_quotes"),
            that=ratio(row, "that"),
            behind=ratio(row, "behind"),
            seen=math.log1p(int(row["attributions"])) / 4,
        )
        for stem, row in rows.items()
    }


_UNSEEN = _Usage(0.0, 0.0, 0.0, 0.0, 0.0)


def _usage_of(stems: Sequence[str]) -> _Usage:
    """The usage of the commonest of a cue's words."""
    known = [_usages()[stem] for stem in stems if stem in _usages()]
    return max(known, key=lambda usage: usage.seen, default=_UNSEEN)


def describe(grammar: Text, attribution: Attribution) -> dict[str, float]:
    """What is asked about an attribution to tell its kind: features by name.

    >>> from onrecord.model import Document
    >>> said = Attribution((Span(10, 26),), (Span(4, 8),), (Span(0, 3),), "indirect", 0.9)
    >>> text = Text(Document("Ana said   the port closed", (), ()), ())
    >>> sorted(name for name in describe(text, said) if name.startswith("cue="))
    ['cue=say']
    """
    text = grammar.text
    found = {"always": 1.0, f"quote={attribution.quote_type}": 1.0}
    sure = min(max(attribution.confidence, 0.02), 0.98)
    found["reader"] = math.log(sure / (1 - sure))
    cue = " ".join(text[s.start : s.end] for s in attribution.cues)
    usage = _describe_cue(found, cue)
    _describe_content(found, text, attribution, usage)
    _describe_order(found, text, attribution)
    _describe_voice(found, text, attribution)
    _describe_tree(found, grammar, attribution)
    return found


def _describe_cue(found: dict[str, float], cue: str) -> _Usage:
    """The cue's words, how they are used elsewhere, and its form."""
    own = _words_of(cue)
    telling = [word for word in own if word not in _EMPTY]
    for word in telling or own:
        found[f"cue={stem_cue(word)}"] = 1.0
    usage = _usage_of([stem_cue(word) for word in telling or own if word not in _PLACED])
    found.update(
        {"usual quotes": usage.quotes, "usual holds quotes": usage.holds_quotes, "usual that": usage.that}
    )
    found.update({"usual behind": usage.behind, "usual seen": usage.seen})
    if not own:
        found["cue is a mark" if cue.strip() else "no cue"] = 1.0
        return usage
    main, last = (telling or own)[0], own[-1]
    found[f"cue opens={own[0] if own[0] in _EMPTY | _PLACED else 'other'}"] = 1.0
    found[f"cue ends={last if last in _PLACED else 'other'}"] = 1.0
    form = next((ending for ending in ("ing", "ed", "s") if main.endswith(ending)), "other")
    found[f"cue form={form}"] = 1.0
    found["cue words"] = min(len(own), 6) / 3
    asked = {
        "passive": any(word in _BE for word in own[:-1]) and _PARTICIPLE.search(last) is not None,
        "be": any(word in _BE for word in own[:2]),
        "denied": any(word in _NOT or word.endswith("n't") for word in own),
        "modal": any(word in _MODAL for word in own),
        "capital": cue[:1].isupper(),
        "infinitive": own[0] == "to",
    }
    found.update({f"cue {name}": 1.0 for name, holds in asked.items() if holds})
    return usage


def _opening(text: str, start: int, first: str) -> str:
    """How a content begins, as a class of its first word."""
    if text[start] in _MARKS:
        return "mark"
    if first in _OPENER:
        return first
    if first in _SUBJECT:
        return "subject"
    if first in _DETERMINER:
        return "determiner"
    if first.endswith("ing"):
        return "ing"
    return "capital" if text[start].isupper() else "other"


def _find_infinitive(row: Sequence[str]) -> bool:
    """Whether somebody is to do something: "the house to pass the bill"."""
    for place, word in enumerate(row[:-1]):
        if word in _FINITE or word in ("that", "whether", "who", "which"):
            return False
        if word == "to" and place and row[place + 1] not in _DETERMINER | _PLACED:
            return True
    return False


def _describe_content(found: dict[str, float], text: str, attribution: Attribution, usage: _Usage) -> None:
    """The shape of the content: a clause or a phrase, how it begins and ends, what it holds."""
    content = attribution.content
    own = [word for span in content for word in _words_of(text[span.start : span.end])]
    if not own:
        return
    whole = text[content[0].start : content[-1].end]
    opening = _opening(text, content[0].start, own[0])
    finite = [place for place, word in enumerate(own) if word in _FINITE]
    early = any(place < _EARLY for place in finite)
    inflected = any(word.endswith(("ed", "s")) for word in own[1:6])
    found[f"opens={opening}"] = 1.0
    found["length"] = math.log1p(len(own))
    asked = {
        "finite": bool(finite),
        "finite early": early,
        "inflected": inflected,
        "tiny": len(own) <= 2,
        "short": 2 < len(own) <= 4,
        "asks": "?" in whole,
        "holds marks": '"' in whole or "“" in whole,
        "pieces": len(content) > 1,
        "crosses a line": any("\n" in text[s.start : s.end] for s in content),
        "one mark": whole.count("“") != whole.count("”") or whole.count('"') % 2 == 1,
        "relative": next(iter(_words_of(whole)), "") in ("which", "whom", "who"),
        "only points": all(word in _THIS for word in own),
        **{f"holds {word}": word in own[3:] for word in _HELD},
    }
    found.update({name: 1.0 for name, holds in asked.items() if holds})
    _describe_end(found, text, content)
    if attribution.quote_type != "direct" and opening not in ("mark", "that", "to", "whether"):
        phrase = not finite and not inflected
        asked = {
            "to do": _find_infinitive(own),
            "gerund": _GERUND.search(whole) is not None,
            "as": _AS.search(whole) is not None and not early,
            "phrase": phrase,
            "denied phrase": "cue denied" in found and (phrase or _find_infinitive(own)),
        }
        found.update({name: 1.0 for name, holds in asked.items() if holds})
        side = "clause" if early else "phrase"
        found[f"{side}, usual quotes"] = usage.quotes
        found[f"{side}, usual that"] = usage.that
    if "cue denied" in found and opening in _WH:
        found["denied question"] = 1.0


def _describe_end(found: dict[str, float], text: str, content: Sequence[Span]) -> None:
    """How a content ends, and what stands behind it."""
    end = content[-1].end
    kinds = {".!?": "stop", ",": "comma", "\"”'’": "mark"}
    found[f"ends={next((name for marks, name in kinds.items() if text[end - 1] in marks), 'word')}"] = 1.0
    behind = text[end : end + 1]
    after = "stop" if behind and behind in ".!?;" else "comma" if behind == "," else ""
    found[f"behind={after or ('line' if behind in ('', chr(10)) else 'word')}"] = 1.0
    following = _words_of(text[end : end + 30])
    if following and behind in (" ", ","):
        found[f"next={following[0] if following[0] in _NEXT else 'other'}"] = 1.0


def _describe_order(found: dict[str, float], text: str, attribution: Attribution) -> None:
    """On which side of its cue the content stands, and what is between."""
    cues, content = attribution.cues, attribution.content
    if not cues:
        return
    found["behind content" if content[0].start < cues[0].start else "before content"] = 1.0
    if any(cue.start > content[0].end for cue in cues):
        first = text[content[0].start]
        found["led by a sentence" if first.isupper() or first in _MARKS else "led by a piece"] = 1.0
    if content[0].start >= cues[-1].end:
        gap = text[cues[-1].end : content[0].start]
        between = _words_of(gap)
        found["gap"] = min(len(between), 5) / 2
        asked = {"gap that": "that" in between, "gap colon": ":" in gap, "gap comma": "," in gap}
        found.update({name: 1.0 for name, holds in asked.items() if holds})


def _describe_voice(found: dict[str, float], text: str, attribution: Attribution) -> None:
    """Who speaks: a pronoun, a name, a thing; and where it stands."""
    if not attribution.speakers:
        found["no speaker"] = 1.0
        return
    first = attribution.speakers[0]
    phrase = text[first.start : first.end]
    own = _words_of(phrase)
    named = phrase[1:] if own[:1] and own[0] in _DETERMINER else phrase
    if own[-1:] and own[-1] in _RELATIVE:
        found["speaker relative"] = 1.0
    elif len(own) == 1 and own[0] in _PRONOUN:
        found["speaker pronoun"] = 1.0
    else:
        found["speaker named" if named != named.lower() else "speaker common"] = 1.0
    head = _WORD.findall(_AFTER_HEAD.split(phrase)[0])
    if head and head[-1][0].islower():
        found[f"speaker={stem_cue(head[-1])}"] = 1.0
    if attribution.cues:
        last, cue = attribution.speakers[-1], attribution.cues[0]
        if last.end > cue.start:
            found["speaker behind"] = 1.0
        else:
            apart = _WORD.search(text, last.end, cue.start) is not None
            found["speaker apart" if apart else "speaker beside"] = 1.0


def _describe_tree(found: dict[str, float], grammar: Text, attribution: Attribution) -> None:
    """What cue, content and speaker are in the tree of their sentence; nothing where there is no grammar."""
    first = attribution.content[0]
    content = grammar.head_of(first.start, first.end)
    if content is None:
        return
    token = grammar.tokens[content]
    subject = any(_plain(grammar, child) in ("nsubj", "csubj", "expl") for child in grammar.children[content])
    found[f"content tag={token.tag}"] = found[f"content form={token.form}"] = 1.0
    found["content subject" if subject else "no content subject"] = 1.0
    _describe_cuts(found, grammar, attribution.content)
    if not attribution.cues:
        return
    cue = grammar.head_of(attribution.cues[0].start, attribution.cues[0].end)
    if cue is None:
        return
    said = grammar.tokens[cue]
    found[f"cue tag={said.tag}"] = found[f"cue verb form={said.form}"] = 1.0
    found[f"cue as={_plain(grammar, cue)}"] = 1.0
    if token.head == cue:
        found[f"content by={_plain(grammar, content)}"] = 1.0
        found[f"content by={_plain(grammar, content)}, subject={subject}"] = 1.0
    elif said.head == content:
        found[f"cue by={_plain(grammar, cue)}"] = 1.0
    else:
        found["content apart"] = 1.0
    for child in grammar.children[cue]:
        relation = grammar.tokens[child].relation
        if relation in ("nsubj", "nsubj:pass", "obj", "iobj", "xcomp", "ccomp", "aux:pass"):
            found[f"cue has {relation}"] = 1.0
    if attribution.speakers:
        voice = grammar.head_of(attribution.speakers[0].start, attribution.speakers[0].end)
        if voice is not None:
            near = "" if grammar.tokens[voice].head == cue else "apart "
            found[f"speaker by={near}{grammar.tokens[voice].relation}"] = 1.0


_OF_TREE = (
    "content tag=",
    "content form=",
    "content by=",
    "cue tag=",
    "cue verb form=",
    "cue as=",
    "cue by=",
)


def is_of_tree(name: str) -> bool:
    """Whether a feature is told by the grammar alone."""
    return name.startswith((*_OF_TREE, "cue has ", "speaker by=", "cut ")) or name in (
        "content subject",
        "no content subject",
        "content apart",
        "roots",
    )


def _plain(grammar: Text, number: int) -> str:
    """A word's relation to its head, without what narrows it down."""
    return grammar.tokens[number].relation.partition(":")[0]


def _describe_cuts(found: dict[str, float], grammar: Text, content: Sequence[Span]) -> None:
    """Whether words right before or behind the content hang on words in it: it is cut short there."""
    inside = {number for span in content for number in grammar.within(span.start, span.end)}
    before, behind = min(inside) - 1, max(inside) + 1
    for name, number in (("before", before), ("behind", behind)):
        if not 0 <= number < len(grammar) or grammar.tokens[number].tag == "PUNCT":
            continue
        if grammar.tokens[number].head in inside:
            found[f"cut {name}={_plain(grammar, number)}"] = found[f"cut {name}"] = 1.0
    roots = sum(grammar.tokens[n].head not in inside and grammar.tokens[n].tag != "PUNCT" for n in inside)
    found["roots"] = min(roots, 6) / 2


@cache
def _weights() -> Mapping[str, tuple[float, ...]]:
    """By feature its weights for each of ``KINDS``, for none of them, and for a row that is right."""
    columns = (*KINDS, "none", "right")
    return {row["feature"]: tuple(float(row[name]) for name in columns) for row in words.table("kinds")}


def judge_kind(found: Features) -> tuple[ClaimKind | None, float]:
    """The kind that an attribution with these features is, null where it attributes nothing, and how likely
    the row is right, 0 to 1: of a statement that it is whole and has the right speaker, of others the share
    of the kind itself."""
    table = _weights()
    sums = [0.0] * (len(KINDS) + 2)
    for name in sorted(found):
        for place, weight in enumerate(table.get(name, ())):
            sums[place] += weight * found[name]
    *kinds, right = sums
    best = max(range(len(kinds)), key=lambda place: kinds[place])
    if best == len(KINDS):
        return None, 0.0
    if KINDS[best] == "statement":
        return "statement", round(1 / (1 + math.exp(-right)), 2)
    top = max(kinds)
    return KINDS[best], round(1 / sum(math.exp(one - top) for one in kinds), 2)


def keep_claims(grammar: Text, attributions: Sequence[Attribution]) -> list[Attribution]:
    """The attributions that claim something, each with its kind and how likely it is right.

    >>> from onrecord.model import Document
    >>> text = Text(Document("Ana Ruiz said the port closed. The port is expected to reopen.", (), ()), ())
    >>> said = Attribution((Span(14, 29),), (Span(9, 13),), (Span(0, 8),), "indirect", 0.9)
    >>> hedge = Attribution((Span(31, 39), Span(52, 61)), (Span(40, 51),), (), "indirect", 0.6)
    >>> [a.kind for a in keep_claims(text, [said, hedge])]
    ['statement']
    """
    kept = []
    for attribution in attributions:
        kind, right = judge_kind(describe(grammar, attribution))
        if kind is not None:
            kept.append(replace(attribution, kind=kind, confidence=right))
    return kept

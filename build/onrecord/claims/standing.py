"""How a voice knows what it says, as far as the words beside it show: by office, by learning, as a witness.

FactAppeal (Mor-Lan and others 2025) tells officials, experts and witnesses apart among sources. A bare
surname shows nothing; the noun that describes a voice, a title before its name or an apposition behind it
does.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache

from onrecord import words
from onrecord.claims.voice import core_of
from onrecord.model import AgentKind, Hop, Mention, Standing

WINDOW = 110
"""Characters before and behind a voice in which its title or apposition stands. A choice, not measured."""

_WORD = re.compile(r"[^\W\d_]+(?:[-'’.][^\W\d_]+)*\.?")
_ENDING = re.compile(r"(?:['’]s?|\.)$")
_TITLE = re.compile(r"(?:[\w.’'&-]+[ \t]+){1,4}\Z")
_FIELD = re.compile(r"\s+of(?:\s+[A-Z][\w’'-]*)+\s*\Z")
_APPOSITION = re.compile(
    r"(?:,|\s\(|\s(?=an?\s))\s*(?P<said>(?:[^.;:\"“”()—\n]|(?<=\b[A-Z])\.){3,})"
    r"|\s+(?P<of>(?:of|with|at|from) (?:[^,.;:\"“”()\n]|(?<=\b[A-Z])\.){3,})"
)
_REST = re.compile(r",|\b(?:said|says|told|tells|noted|argued|added|explained|wrote|who|which)\b")
_RELATIVE = re.compile(r"\s(?:who|whom|whose|which|that)\s.*", re.DOTALL)
_ACCORDING = re.compile(r"\b(?:according to|in|by|with)\s+(?:the\s+)?\Z", re.IGNORECASE)
_FORMER = re.compile(r"\b(?:[Ff]ormer|[Rr]etired|[Ee]x)\b")
_KNOWING = re.compile(
    r"\b(?:familiar with|close to|briefed on|in contact with|(?:with|direct) knowledge|in attendance|privy to"
    r"|present at|who (?:was|were) (?:there|present|inside|nearby)|who (?:saw|heard|witnessed|attended))\b"
)


@cache
def _standings() -> Mapping[str, Standing]:
    known: Mapping[str, Standing] = {"official": "official", "expert": "expert", "witness": "witness"}
    return {word: known[standing] for word, standing in words.values("standing_words").items()}


def _standing_of(term: str) -> Standing | None:
    """The standing that a term names, as written, in small letters or without its ending."""
    table = _standings()
    bare = _ENDING.sub("", term)
    for form in (term, term.lower(), bare, bare.lower()):
        if form in table:
            return table[form]
    return "expert" if re.fullmatch(r"\w+ologists?", term.lower()) else None


def _first(terms: Iterable[str]) -> Standing | None:
    return next((found for term in terms if (found := _standing_of(term))), None)


def _terms(tokens: Sequence[str], places: Iterable[int]) -> Iterator[str]:
    """The three, two and one words that begin at each place."""
    for place in places:
        for size in (3, 2, 1):
            yield " ".join(tokens[place : place + size])


def _then(said: str, standing: Standing | None) -> Standing | None:
    """The standing that an office once held gives: who has left it knows it and no longer speaks for it."""
    return "expert" if standing == "official" and _FORMER.search(said) else standing


def judge_head(text: str, start: int, end: int) -> Standing | None:
    """By the phrase's head noun: "a professor of law" is an expert, "police in Lindholm" are officials."""
    core = _WORD.findall(core_of(text[start:end]))
    return _first(_terms(core, reversed(range(len(core)))))


def judge_words(text: str, start: int, end: int) -> Standing | None:
    """By any of the phrase's words: "Ana Ruiz, a professor of law"; not by those of what is told of it: "a
    boy whose sister is a minister"."""
    tokens = _WORD.findall(_RELATIVE.sub("", text[start:end]))
    return _first(_terms(tokens, range(len(tokens))))


def judge_knowledge(text: str, start: int, end: int) -> Standing | None:
    """By what the phrase is said to know: "three people familiar with the talks"."""
    return "witness" if _KNOWING.search(text[start:end]) else None


def judge_title(text: str, start: int, end: int) -> Standing | None:
    """By the words right before a name: "Minister of Health [Ana Ruiz]", "its spokeswoman, [Ana Ruiz]". "By
    the police, [the boy]" has no title."""
    if text[start : start + 1].islower():
        return None
    title = _TITLE.search(re.sub(r",\s*\Z", " ", text[max(0, start - WINDOW) : start]))
    said = _FIELD.sub("", title.group()) if title else ""
    tokens = _WORD.findall(said)
    return _then(said, _first(" ".join(tokens[-size:]) for size in (3, 2, 1) if size <= len(tokens)))


def judge_apposition(text: str, start: int, end: int) -> Standing | None:
    """By what stands behind a name: "[Ana Ruiz], a professor of law,", "[Ana Ruiz] of the city council"."""
    found = _APPOSITION.match(text[end : end + WINDOW])
    if found is None or (found["said"] and _ACCORDING.search(text[max(0, start - WINDOW) : start])):
        return None
    said = _REST.split(found["said"] or found["of"])[0]
    tokens = _WORD.findall(said)
    return _then(said, _first(_terms(tokens, range(len(tokens)))))


Rule = Callable[[str, int, int], Standing | None]

OWN_RULES: Mapping[str, Rule] = {
    "head_noun": judge_head,
    "any_word": judge_words,
    "knowledge": judge_knowledge,
}
"""What a voice's own words show, by the rule's name; the first that shows something holds."""
RULES: Mapping[str, Rule] = {**OWN_RULES, "title": judge_title, "apposition": judge_apposition}
"""The same with what stands beside a person's name."""


def judge_standing(
    text: str, start: int, end: int, kind: AgentKind, disabled: Collection[str] = ()
) -> Standing | None:
    """Whether the voice at [start, end) speaks as an official, an expert or a witness.

    Null where nothing in its words, its title or its apposition shows it, and for outlets and documents. Only
    a person has a title or an apposition: what stands beside "labeled Norfield a risk" is none. ``disabled``
    names rules of ``RULES`` to switch off.

    >>> text = "Marta Berg, a professor of law, and Police Chief Ana Ruiz told a neighbour that Lee had left."
    >>> for name in ("Marta Berg", "Ana Ruiz", "a neighbour", "Lee"):
    ...     print(name, judge_standing(text, text.find(name), text.find(name) + len(name), "person"))
    Marta Berg expert
    Ana Ruiz official
    a neighbour witness
    Lee None
    """
    if kind in ("outlet", "document"):
        return None
    while end > start + 1 and text[end - 1] in ", ":
        end -= 1
    rules = RULES if kind == "person" else OWN_RULES
    found = (rule(text, start, end) for name, rule in rules.items() if name not in disabled)
    return next((standing for standing in found if standing), None)


def find_standings(text: str, mentions: Iterable[Mention]) -> dict[int, Standing]:
    """By chain, the standing that the words beside the first name show that has one.

    ``mentions`` are those of one article, in order.
    """
    found: dict[int, Standing] = {}
    for mention in mentions:
        if mention.form == "name" and mention.type == "person" and mention.chain not in found:
            standing = judge_standing(text, mention.start, mention.end, "person")
            if standing:
                found[mention.chain] = standing
    return found


def find_standing(text: str, hop: Hop, standings: Mapping[int, Standing]) -> Standing | None:
    """The standing of a voice, by its own words or by those beside other names of the same entity.

    >>> text = "Police Chief Ana Ruiz resigned. Ruiz said she was tired."
    >>> names = [Mention(a, b, "name", "person", 0, 1.0, "rule") for a, b in ((13, 21), (32, 36))]
    >>> ruiz = Hop(32, 36, "Ruiz", "said", 0, "named", "person")
    >>> find_standing(text, ruiz, find_standings(text, names))
    'official'
    """
    found = judge_standing(text, hop.start, hop.end, hop.kind)
    if found or hop.chain is None or hop.kind in ("outlet", "document"):
        return found
    return standings.get(hop.chain)

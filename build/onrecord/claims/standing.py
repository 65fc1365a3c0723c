"""How a voice knows what it says, as far as the words beside it show: by office, by learning, as a witness.

FactAppeal (Mor-Lan and others 2025) tells officials, experts and witnesses apart among sources. A bare
surname shows nothing; the noun that describes a voice, a title before its name or an apposition behind it
does.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
    r"(?:,|\s\(|\s(?=an?\s))\s*(?P<said>[^.;:\"“”()—\n]{3,})"
    r"|\s+(?P<of>(?:of|with|at|from) [^,.;:\"“”()\n]{3,})"
)
_REST = re.compile(r",|\b(?:said|says|told|tells|noted|argued|added|explained|wrote|who|which)\b")
_ACCORDING = re.compile(r"\b(?:according to|in|by|with)\s+(?:the\s+)?\Z", re.IGNORECASE)
_KNOWING = re.compile(
    r"\b(?:familiar with|close to|briefed on|(?:with|direct) knowledge|in attendance|privy to)\b"
)


@cache
def _standings() -> Mapping[str, Standing]:
    known: Mapping[str, Standing] = {"official": "official", "expert": "expert", "witness": "witness"}
    return {row["word"]: known[row["standing"]] for row in words.table("standing_words")}


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


def _of_phrase(phrase: str) -> Standing | None:
    """By the phrase's head noun, else by any of its words, else by what it is said to know."""
    core, tokens = _WORD.findall(core_of(phrase)), _WORD.findall(phrase)
    found = _first(_terms(core, reversed(range(len(core))))) or _first(_terms(tokens, range(len(tokens))))
    return found or ("witness" if _KNOWING.search(phrase) else None)


def _of_title(before: str) -> Standing | None:
    """By the words right before a name: "Minister of Health [Ana Ruiz]", "its spokeswoman, [Ana Ruiz]"."""
    title = _TITLE.search(re.sub(r",\s*\Z", " ", before))
    tokens = _WORD.findall(_FIELD.sub("", title.group())) if title else []
    return _first(" ".join(tokens[-size:]) for size in (3, 2, 1) if size <= len(tokens))


def _of_apposition(before: str, after: str) -> Standing | None:
    """By what stands behind a name: "[Ana Ruiz], a professor of law,", "[Ana Ruiz] of the city council"."""
    found = _APPOSITION.match(after)
    if found is None or (found["said"] and _ACCORDING.search(before)):
        return None
    tokens = _WORD.findall(_REST.split(found["said"] or found["of"])[0])
    return _first(_terms(tokens, range(len(tokens))))


def judge_standing(text: str, start: int, end: int, kind: AgentKind) -> Standing | None:
    """Whether the voice at [start, end) speaks as an official, an expert or a witness.

    Null where nothing in its words, its title or its apposition shows it, and for outlets and documents. Only
    a person has a title or an apposition: what stands beside "labeled Norfield a risk" is none.

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
    own = _of_phrase(text[start:end])
    if own or kind != "person":
        return own
    before, after = text[max(0, start - WINDOW) : start], text[end : end + WINDOW]
    return _of_title(before) or _of_apposition(before, after)


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

"""Base forms of verbs and nouns, and the present tense: WordNet's Morphy (Miller 1995), with its lists."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import Literal

from onrecord import words

VOWELS = frozenset("aeiou")
SIBILANTS = ("s", "x", "z", "ch", "sh")
SINGULAR = {"be": "is", "have": "has", "do": "does", "go": "goes"}


@cache
def _listed() -> Mapping[tuple[str, str], str]:
    rows = sorted(words.table("inflection"), key=lambda row: row["form"] != row["base"])
    return {(row["form"], row["part"]): row["base"] for row in rows}  # "fell" is of "fall", not "to fell"


@lru_cache(maxsize=50_000)
def base_of(word: str, part: Literal["verb", "noun"]) -> str:
    """The base form of a verb or noun, in small letters; the word itself where it is none that is known.

    >>> [base_of(w, "verb") for w in ("signed", "struck", "fell", "planned", "hoping", "is", "dies")]
    ['sign', 'strike', 'fall', 'plan', 'hope', 'be', 'die']
    >>> [base_of(w, "noun") for w in ("talks", "crises", "cities", "news")]
    ['talk', 'crisis', 'city', 'news']
    """
    word = word.casefold()
    listed = _listed()
    if part == "noun":
        return listed.get((word, part)) or _singular(word)
    if word in ("is", "are", "was", "were", "been", "am", "being"):
        return "be"
    if known := listed.get((word, "verb")):
        return known
    return next((base for base in _verb_bases(word) if (base, "verb") in listed), word)


def _verb_bases(word: str) -> Iterator[str]:
    """What a regular form may come from, the likeliest first."""
    if word.endswith(("ies", "ied")):
        yield f"{word[:-3]}y"
    for ending in ("ed", "ing"):
        if word.endswith(ending):
            stem = word.removesuffix(ending)
            yield f"{stem}e"
            yield stem
            if stem[-1:] == stem[-2:-1]:
                yield stem[:-1]
    if word.endswith("es"):
        yield word[:-1]
        yield word[:-2]
    if word.endswith("s"):
        yield word[:-1]


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith(("sses", *(f"{end}es" for end in SIBILANTS[1:]))):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is", "news")):
        return word[:-1]
    return word


def present_of(base: str, plural: bool) -> str:
    """The third person of a verb in the present tense.

    >>> [present_of(base, False) for base in ("sign", "deny", "reach", "be", "go")]
    ['signs', 'denies', 'reaches', 'is', 'goes']
    >>> present_of("be", True), present_of("sign", True)
    ('are', 'sign')
    """
    if plural:
        return "are" if base == "be" else base
    if base in SINGULAR:
        return SINGULAR[base]
    if base.endswith("y") and base[-2:-1] not in VOWELS:
        return f"{base[:-1]}ies"
    return f"{base}es" if base.endswith((*SIBILANTS, "o")) else f"{base}s"


UNCHANGED = frozenset(
    {
        "bet", "burst", "cast", "cost", "cut", "forecast", "hit", "hurt", "let", "put", "quit",
        "read", "rid", "set", "shed", "shut", "slit", "split", "spread", "thrust", "upset",
    }
)  # fmt: skip
"""Verbs whose participle is the verb itself."""


@lru_cache(maxsize=50_000)
def participle_of(base: str) -> str:
    """The past participle of a verb.

    >>> [participle_of(base) for base in ("arrest", "accuse", "deny", "take", "begin", "hold", "stop", "put")]
    ['arrested', 'accused', 'denied', 'taken', 'begun', 'held', 'stopped', 'put']
    """
    if base in UNCHANGED or base.endswith(("come", "run")):
        return base
    forms = _irregular().get(base)
    if forms:
        return min(
            forms, key=lambda form: (not form.endswith(("en", "ne", "wn", "rn")), "u" not in form, form)
        )
    if base.endswith("y") and base[-2:-1] not in VOWELS:
        return f"{base[:-1]}ied"
    return f"{base}d" if base.endswith("e") else f"{base}ed"


@cache
def _irregular() -> Mapping[str, Sequence[str]]:
    """By base the listed pasts and participles."""
    found: dict[str, list[str]] = {}
    for (form, part), base in _listed().items():
        if part == "verb" and form != base and not form.endswith(("ing", "s")):
            found.setdefault(base, []).append(form)
    return found

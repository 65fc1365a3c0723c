"""Newspapers, broadcasters, agencies and news sites, by ``data/outlets.csv`` or the shape of their names."""

import re
from functools import cache

from onrecord import words
from onrecord.model import make_id
from onrecord.people.names import name_key, normalise_name

__all__ = [
    "POSSESSIVE",
    "find_outlet",
    "find_outlet_name",
    "find_wire",
    "is_outlet",
    "label_outlet",
    "make_origin_id",
]

POSSESSIVE = re.compile(r"(?:’s|'s|s’|s')$")
"""What makes a name an owner's."""
_CALL_SIGN = re.compile(r"[WK][A-Z]{2,3}(?:-(?:TV|FM|AM))?(?:\s?\d{1,2})?")
_WEB = re.compile(r"[\w-]+(?:\.[\w-]+)*\.(?:com|net|co\.uk|news|io|de|fr|ru|cn|in|au|ca)", re.IGNORECASE)


@cache
def _names() -> dict[str, tuple[str, bool]]:
    """By key of a name or alias: the name in the list, and whether it is a wire's. Names come first."""
    found: dict[str, tuple[str, bool]] = {}
    for aliases in (False, True):
        for row in words.table("outlets"):
            for name in (row["aliases"] or "").split("|") if aliases else (row["name"],):
                found.setdefault(_key(name), (row["name"], row["type"] == "wire"))
    found.pop("", None)
    return found


def _key(name: str) -> str:
    """Capitals tell an acronym from a word: "AP" is an agency, "ap" is not."""
    bare = " ".join(name.split())
    for article in ("The ", "the "):
        bare = bare.removeprefix(article)
    return bare if bare.isupper() else bare.casefold()


def find_outlet_name(name: str) -> str | None:
    """The name under which an outlet or wire stands in the list, or null where it does not stand there.

    >>> find_outlet_name("the Associated Press") == find_outlet_name("AP") == "Associated Press"
    True
    >>> find_outlet_name("Harbour Weekly")
    """
    found = _names().get(_key(name))
    return found[0] if found else None


def find_wire(name: str) -> str | None:
    """The agency a name stands for, by the list of wires, or null.

    >>> find_wire("AP"), find_wire("the Associated Press"), find_wire("Le Monde")
    ('Associated Press', 'Associated Press', None)
    """
    found = _names().get(_key(name))
    return found[0] if found and found[1] else None


def label_outlet(name: str) -> str:
    """One label for an outlet or document, by the list of outlets where it holds the name.

    >>> label_outlet("the AP"), label_outlet("The  Harbour Weekly’s")
    ('Associated Press', 'Harbour Weekly')
    """
    bare = normalise_name(name)
    return find_outlet_name(bare) or bare or name


def make_origin_id(name: str) -> str:
    """The id of an outlet or document as an origin, whatever articles call it.

    >>> make_origin_id("AP") == make_origin_id("The Associated Press")
    True
    """
    label = label_outlet(name)
    return make_id("org", "label", name_key(label) or label)


@cache
def _spellings() -> frozenset[str]:
    names: set[str] = set()
    for row in words.table("outlets"):
        for name in (row["name"], *row["aliases"].split("|")):
            names.update({name, name.removeprefix("The ")} if name else ())
    return frozenset(names)


def is_outlet(name: str) -> bool:
    """Whether a name is a newspaper's, broadcaster's, agency's or news site's: in the list, or shaped so.

    >>> [is_outlet(n) for n in ("The Associated Press", "Cape Cod Times", "KXAN", "Times", "Acme Industries")]
    [True, True, True, True, False]
    """
    name = name.strip().removeprefix("The ").removeprefix("the ")
    if name in _spellings() or _CALL_SIGN.fullmatch(name) or _WEB.fullmatch(name):
        return True
    tokens = name.split()
    if not tokens or not all(t[:1].isupper() or t in ("of", "and", "&", "de") for t in tokens):
        return False
    return tokens[-1] in words.load("news_shapes") and (
        len(tokens) > 1 or "-" in tokens[0] or tokens[0] in ("Times", "Post", "Journal")
    )


def find_outlet(phrase: str) -> tuple[int, int] | None:
    """Where in a phrase the name of an outlet stands, as start and end; the longest of the first ones.

    >>> phrase = "a Kyiv Independent report published on Friday"
    >>> start, end = find_outlet(phrase)
    >>> phrase[start:end]
    'Kyiv Independent'
    >>> find_outlet("a driver for the Port of Durban")
    """
    starts = [
        m
        for m in re.finditer(r"[^\W_][\w&.+'’/-]*", phrase)
        if not m.group()[:1].islower() or m.group() == "dpa"
    ]
    for first in starts:
        best = None
        for last in re.finditer(r"[^\W_][\w&+/-]*(?:[.'’]\w+)*", phrase[first.start() : first.start() + 60]):
            end = first.start() + last.end()
            possessed = POSSESSIVE.sub("", phrase[first.start() : end])
            if is_outlet(possessed):
                best = first.start() + len(possessed)
        if best is not None:
            return first.start(), best
    return None

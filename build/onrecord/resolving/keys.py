"""What a name is looked up by, so that the ways of writing one bearer's name meet.

Titles, legal forms, descriptions and the country before an agency are left out; a people's name, its plural
and its adjective are one.
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from onrecord.model import EntityType
from onrecord.people.names import (
    canonical_name,
    is_demonym,
    name_key,
    split_person,
    strip_company_suffix,
    strip_title,
)
from onrecord.words import load, values

__all__ = ["Key", "find_key", "is_short", "people_key", "strip_description"]

_DEPARTMENT = re.compile(r"(?P<what>.+) (?P<kind>department|ministry)")
_FOLLOWER = re.compile(r"^[a-z]{3,}(?:ist|ite|crat|ican)$")


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """What a name is looked up by. ``side`` is "person" or "thing"; a ``short`` key is half a name."""

    side: str
    words: str
    short: bool = False


@lru_cache(maxsize=100_000)
def find_key(name: str, kind: EntityType) -> Key:
    """The key under which names of one bearer meet: without title, legal form, or country before an agency.

    >>> find_key("U.S. Department of Defense", "organization") == find_key("the Pentagon", "organization")
    True
    >>> find_key("Senator Ana Ortiz", "person"), find_key("Ortiz", "person").short
    (Key(side='person', words='ana ortiz', short=False), True)
    >>> find_key("Ministry of Fisheries", "organization") == find_key("Fisheries Ministry", "organization")
    True
    """
    name = strip_description(name)
    if kind == "person":
        words = name_key(strip_title(name)) or name.casefold()
        return Key("person", words, not split_person(words).given)
    if kind == "group" and (people := people_key(name)):
        return Key("thing", people)
    known = canonical_name(name, kind) or _known_thing(name)
    words = name_key(known or strip_company_suffix(name)) or name_key(name) or name.casefold()
    if known is None and (turned := _DEPARTMENT.fullmatch(words)):
        words = f"{turned['kind']} of {turned['what']}"
    return Key("thing", words, is_short(words))


def people_key(name: str) -> str | None:
    """One key for a people's name, its plural and its adjective where that is written alike; null for others.

    >>> people_key("African Americans") == people_key("African-American"), people_key("Democratic")
    (True, 'democrat')
    >>> people_key("Norfield Group") is None
    True
    """
    words = name_key(name).replace("-", " ")
    one = words.removesuffix("s") if not words.endswith("ss") else words
    one = values("people_forms").get(one, one)
    known = is_demonym(one) or one in _peoples() or _FOLLOWER.search(one) is not None
    return one if known else None


@cache
def _peoples() -> frozenset[str]:
    return frozenset(name_key(word).replace("-", " ").removesuffix("s") for word in load("peoples"))


def _known_thing(name: str) -> str | None:
    return canonical_name(name, "place") or canonical_name(name, "organization")


def strip_description(name: str) -> str:
    """A name without what describes its bearer before it, or tells another name in brackets behind it.

    >>> strip_description("US carmaker Halden Motors"), strip_description("Office of Fair Rents (OFR)")
    ('Halden Motors', 'Office of Fair Rents')
    >>> strip_description("the Ortiz administration"), strip_description("Bank of Halden")
    ('the Ortiz administration', 'Bank of Halden')
    """
    name = re.sub(r"(?<=\w)\s*\(.*", "", name)
    words = name.split()
    plain = [
        place
        for place, word in enumerate(words)
        if word.islower() and len(word) > 3 and word not in load("name_particles")
    ]
    return name if not plain or plain[-1] == len(words) - 1 else " ".join(words[plain[-1] + 1 :])


def is_short(words: str) -> bool:
    """Whether a thing's name, as a key, may be another one cut short: an acronym or one word.

    >>> is_short("ofr"), is_short("northfield"), is_short("kenya"), is_short("northfield mining")
    (True, True, False, False)
    """
    return " " not in words and not is_demonym(words) and _known_thing(words) is None

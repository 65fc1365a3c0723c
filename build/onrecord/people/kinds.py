"""One kind a name within an article: the reader's opinions of all mentions, with what the name itself says.

The reader judges each mention by its sentence, so that one name may be a person here and a place there. A
name seldom stands for two kinds of things in one article; its mentions therefore vote, each with the reader's
confidence, and the words of the name ("... County", "Ana ...") and what is known of it vote along.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from functools import cache
from typing import cast

from onrecord.model import EntityType, Name
from onrecord.people.edges import given_names, is_place_name
from onrecord.people.names import (
    acronyms_of,
    canonical_name,
    is_demonym,
    name_key,
    split_person,
)
from onrecord.words import load, table

__all__ = ["head_kind", "settle_kinds", "told_beside"]

HEAD, TITLE, GIVEN = 2.0, 1.0, 0.5
KNOWN, HEARD_OF, FULLER = 1.0, 0.7, 2.0
"""What evidence weighs beside a mention, whose weight is the reader's confidence. For each mention: its
head, a title before it, a given name first, a country or agency of general knowledge, a city or outlet.
Once: a fuller name in the article. By reasoning: general knowledge outweighs a reader that always errs."""

MODEL_NUMBER = re.compile(r"\b[A-Z]{1,3}-?\d{1,4}[A-Z]{0,2}s?$")
"""How makers number what they make: "A380", "MX-5", "F-35s"."""


@cache
def _heads() -> Mapping[str, tuple[EntityType, bool]]:
    rows = table("name_heads")
    return {row["head"]: (cast(EntityType, row["type"]), row["family"] == "yes") for row in rows}


def head_kind(name: str) -> EntityType | None:
    """The kind that a name's head noun tells, or null.

    >>> head_kind("Orlen County"), head_kind("Department of Fisheries"), head_kind("Jessica Lake")
    ('place', 'organization', None)
    >>> head_kind("Halden Foods Inc."), head_kind("Clean Rivers Act"), head_kind("Halden")
    ('organization', 'law', None)
    >>> head_kind("Hale v. Board of Ports"), head_kind("Nev.")
    ('law', 'place')
    """
    words = name.split()
    if name in load("state_abbreviations") and name.endswith("."):
        return "place"
    if name == "Constitution" or " v. " in name:
        return "law"
    if len(words) < 2:
        return None
    if words[-1] in load("company_suffixes"):
        return "organization"
    if words[-1] in ("Airport", "Arena", "Bridge", "Stadium", "Theater", "Theatre", "Tower"):
        return "place"
    link = next((i for i, word in enumerate(words) if word in ("of", "for", "on") and i), len(words))
    head = words[link - 1]
    if head not in _heads():
        return None
    kind, family = _heads()[head]
    if name in load("regions"):
        return "place"
    return None if family and words[0] in given_names() else kind


def settle_kinds(text: str, names: Sequence[Name]) -> list[Name]:
    """The names with one kind for each way of writing.

    >>> text = "Norfield grew. Norfield hired Ana Ruiz in Orlen County. Ruiz left."
    >>> spans = ((0, 8, "place", 0.6), (15, 23, "organization", 0.9), (30, 38, "person", 0.9))
    >>> more = ((42, 54, "organization", 0.8), (56, 60, "organization", 0.7))
    >>> [n.type for n in settle_kinds(text, [Name(*span) for span in spans + more])]
    ['organization', 'organization', 'person', 'place', 'person']
    """
    written = [text[name.start : name.end] for name in names]
    counts: Counter[str] = Counter()
    votes: dict[str, dict[EntityType, float]] = defaultdict(lambda: defaultdict(float))
    for name, words in zip(names, written, strict=True):
        ballot = votes[_key(words)]
        counts[_key(words)] += 1
        ballot[name.type] += name.confidence
        for kind, weight in _evidence(text, name, words):
            ballot[kind] += weight
    families = _families(names, written)
    firms = _firms(names, written) - families
    bodies = [words for words in written if " " in words and words.split()[-1] in load("public_bodies")]
    seats = {name_key(words.split()[0]) for words in bodies} - load("group_nouns") - load("weak_name_starts")
    chosen: dict[str, EntityType] = {}
    for words in written:
        key = _key(words)
        if key not in chosen:
            chosen[key] = _choose(words, votes[key], counts[key], families, firms, seats)
    _spread_to_acronyms(written, chosen)
    return [replace(n, type=chosen[_key(words)]) for n, words in zip(names, written, strict=True)]


def _key(words: str) -> str:
    return name_key(words) or words


def _evidence(text: str, name: Name, words: str) -> list[tuple[EntityType, float]]:
    """What the words of a name and those before it say of its kind, with weights."""
    found: list[tuple[EntityType, float]] = []
    if kind := head_kind(words):
        found.append((kind, HEAD))
    parts = words.split()
    if len(parts) in (2, 3) and parts[0] in given_names() and kind is None and not is_place_name(words):
        found.append(("person", GIVEN))
    if re.search(
        r"\b(?:Mr|Mrs|Ms|Dr|Sen|Rep|Gov|Senator|Rev)\.? $", text[max(0, name.start - 10) : name.start]
    ):
        found.append(("person", TITLE))
    if (MODEL_NUMBER.search(words) and len(parts) > 1) or _is_product(words):
        found.append(("product", HEAD))
    if beside := told_beside(text, name, words):
        found.append((beside, HEAD))
    return found


def told_beside(text: str, name: Name, words: str) -> EntityType | None:
    """What the nouns around a name say it is.

    >>> text = "the town of Halden, the ferry Lady Ingrid and Sarkanian President Ana Ruiz"
    >>> def told(words):
    ...     start = text.index(words)
    ...     return told_beside(text, Name(start, start + len(words), "person", 0.9), words)
    >>> told("Halden"), told("Lady Ingrid"), told("Sarkanian"), told("Ana Ruiz")
    ('place', 'product', 'group', None)
    """
    before, after = text[max(0, name.start - 40) : name.start], text[name.end : name.end + 40]
    noun, behind = _NOUN_BEFORE.search(before), _NOUN_BEHIND.match(after)
    if noun and noun["link"].strip() == "of" and noun["noun"].lower() in load("place_words"):
        return "place"
    if noun and noun["link"].strip() in ("", ",") and noun["noun"] in load("craft_words"):
        return "product"
    if behind and behind["noun"] in (load("place_words") if behind["owner"] is None else _MISSIONS):
        led = re.search(r"\bthe $", before, re.IGNORECASE)
        return "place" if led or behind["owner"] else None
    if " " not in words and _ADJECTIVE.fullmatch(words) and _OFFICE.match(after):
        return "group"
    return None


_NOUN_BEFORE = re.compile(r"\b(?P<noun>[^\W\d_]+)(?P<link> of |, | )\Z")
_NOUN_BEHIND = re.compile(r"(?P<owner>[’']s)? (?P<noun>[a-z]+)\b")
_MISSIONS = frozenset(["capital", "coast", "consulate", "embassy", "territory"])
_ADJECTIVE = re.compile(r"[A-Z][a-z]{2,}(?:ian|ean|ese)")
_OFFICE = re.compile(
    r" (?:(?:[Pp]rime|[Ff]oreign|[Ff]inance|[Dd]efen[cs]e|[Vv]ice|[Dd]eputy|[Ff]ormer) )*"
    r"(?:[Mm]inisters?|[Pp]residents?|[Aa]mbassador|[Kk]ing|[Qq]ueen|[Gg]overnment|[Aa]rmy|[Nn]avy|[Pp]arliament"
    r"|[Tt]roops|[Ff]orces|[Oo]fficials?|[Ll]eaders?|[Ss]oldiers)\b"
)


def _is_product(words: str) -> bool:
    """Whether a name is that of a well-known product line, with or without what tells its members apart."""
    parts = words.split()
    return any(" ".join(parts[:size]) in load("products") for size in range(1, min(len(parts), 3) + 1))


def _families(names: Sequence[Name], written: Sequence[str]) -> frozenset[str]:
    """The family names, and given names, of the people whom the article names in full."""
    full = [split_person(w) for n, w in zip(names, written, strict=True) if n.type == "person" and " " in w]
    return frozenset(name_key(person.family) for person in full if person.given)


def _is_people(words: str) -> bool:
    """Whether a name is that of a people, a faith or a party's followers, or their adjective."""
    nation = words.removesuffix("s")
    if nation in load("nationalities") and len(nation) > 4 and nation.lower() not in load("weak_name_starts"):
        return True
    return is_demonym(words) or words in load("peoples") or _FOLLOWERS.search(words) is not None


_FOLLOWERS = re.compile(r"^[A-Z][a-z]{2,}(?:ists|ites|crats|icans)$")


def _firms(names: Sequence[Name], written: Sequence[str]) -> frozenset[str]:
    """The first words of the organizations that the article names in full, where they may stand for them."""
    firsts = {
        name_key(words).split(" ")[0]
        for name, words in zip(names, written, strict=True)
        if head_kind(words) == "organization"
        or (name.type == "organization" and re.fullmatch(r"[A-Z][a-z]\w* [A-Z][a-z]\w*", words))
    }
    return frozenset(
        word
        for word in firsts
        if word not in load("weak_name_starts") and not is_place_name(word.title()) and not is_demonym(word)
    )


def _choose(
    words: str,
    ballot: Mapping[EntityType, float],
    mentions: int,
    families: frozenset[str],
    firms: frozenset[str],
    seats: Set[str],
) -> EntityType:
    if all(_is_people(part) for part in re.split(r" ?[-–] ?", words)):
        return "group"
    ballot = defaultdict(float, ballot)
    place, agency = (
        canonical_name(words, "place") is not None,
        canonical_name(words, "organization") is not None,
    )
    if " " not in words and name_key(words) in families:
        ballot["person"] += FULLER
    elif " " not in words and name_key(words) in firms - seats:
        ballot["organization"] += FULLER
    elif " " not in words and name_key(words) in seats and not agency:
        ballot["place"] += FULLER
    elif is_place_name(words) and not agency:
        sure = place and words not in given_names()
        ballot["place"] += KNOWN * mentions if sure else HEARD_OF * mentions
    if agency and not is_place_name(words):
        ballot["organization"] += KNOWN * mentions
    elif words in _outlets():
        ballot["organization"] += HEARD_OF * mentions
    return max(sorted(ballot), key=lambda kind: ballot[kind])


@cache
def _outlets() -> frozenset[str]:
    return frozenset(row["name"] for row in table("outlets") if len(row["name"]) > 3)


def _spread_to_acronyms(written: Sequence[str], chosen: dict[str, EntityType]) -> None:
    """An acronym of a name in the article is of its kind."""
    full = {letters: words for words in written for letters in acronyms_of(words) if len(letters) > 2}
    for words in written:
        letters = words.replace(".", "")
        if letters.isupper() and letters in full:
            chosen[_key(words)] = chosen[_key(full[letters])]

"""What a reader cut short: names that are one joined, and names grown over the words beside them.

Pure functions on a text and the names of a line, by spelling and by the nouns that institutions are named by.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from onrecord.model import Name
from onrecord.people.edges import given_names, is_place_name, lone_titles
from onrecord.people.names import canonical_name
from onrecord.words import load

__all__ = ["extend_name", "join_names"]

_INITIALS = re.compile(r"(?:(?:(?<=\s)|^|(?<=[(“\"]))(?:[A-Z]\. ?)+)$")
_FORMS = re.compile(r" ?,? (?:Inc|Corp|Co|Ltd|LLC|LLP|PLC|plc|GmbH|SpA|S\.A|N\.V|NV|AG)\b(?! ?-)\.?")


def join_names(text: str, names: Sequence[Name]) -> list[Name]:
    """Neighbouring names that are one: given names and initials before a family name, "al-" and what it
    leads, a company and its legal form. ``names`` are sorted and do not overlap.

    >>> text = "Ali al - Amr met Ban Ki-moon"
    >>> read = [Name(a, b, "person", 0.8) for a, b in ((0, 6), (9, 12), (17, 23), (24, 28))]
    >>> [text[n.start : n.end] for n in join_names(text, read)]
    ['Ali al - Amr', 'Ban Ki-moon']
    """
    joined: list[Name] = []
    for name in names:
        if joined and _are_one(text, joined[-1], name):
            before = joined.pop()
            sure = round((before.confidence + name.confidence) / 2, 2)
            name = replace(before, end=name.end, confidence=sure)
        joined.append(name)
    return joined


def _are_one(text: str, one: Name, two: Name) -> bool:
    gap = text[one.end : two.start]
    first, second = text[one.start : one.end], text[two.start : two.end]
    if one.type == two.type == "person":
        if gap == " ":
            initials = re.fullmatch(r"(?:[A-Z]\.? ?)+|[A-Z]{2,3}", first)
            return bool(initials) or (first.endswith(".") and len(first.split(" ")[-1]) == 2)
        return bool(re.fullmatch(r" ?- ?", gap)) and (
            first.split(" ")[-1].lower() in ("al", "el", "az", "ar", "as", "ad", "bin") or second.islower()
        )
    if one.type == two.type == "place" and gap == "":
        return first.endswith(".")
    if not one.type == two.type == "organization":
        return False
    return (gap in (" & ", "&") and " " not in first) or (gap == " and " and _is_half(first, second))


def _is_half(first: str, second: str) -> bool:
    """Whether "and" joins two halves of one institution's name: "House Fishing" and "Piers Committee"."""
    known = canonical_name(first, "organization") or is_place_name(first)
    headed = any(word in _name_heads() for word in first.split(" ")[1:])
    return " " in first and not known and not headed and second.split(" ")[-1] in _pair_heads()


def extend_name(
    text: str, name: Name, low: int, high: int, known: Sequence[str] = (), taken: Sequence[int] = ()
) -> Name:
    """A name with what belongs to it of the words beside it, within [low, high).

    ``known`` are longer names of the article, the longest first: where one of them is written here, it is
    meant. ``taken`` are offsets, in order, where other names begin: only "of" reaches over one.

    >>> def extended(text, words, kind, *known):
    ...     start = text.index(words)
    ...     name = extend_name(text, Name(start, start + len(words), kind, 0.9), 0, len(text), known)
    ...     return text[name.start : name.end]
    >>> extended("the Office of Ports and Harbours said", "Office of Ports", "organization")
    'Office of Ports and Harbours'
    >>> extended("the Bank of Halden said", "Halden", "place"), extended("Mayor A. B. Ruiz", "Ruiz", "person")
    ('Bank of Halden', 'A. B. Ruiz')
    >>> extended("bought Norfield, Inc. in May", "Norfield", "organization")
    'Norfield, Inc.'
    >>> extended("with Kim Geun-hye", "Kim Geun", "person"), extended("told de Vries", "Vries", "person")
    ('Kim Geun-hye', 'de Vries')
    """
    for longer in known:
        reach = name.start + len(longer)
        if (
            name.end < reach <= high
            and text.startswith(longer, name.start)
            and not text[reach : reach + 1].isalnum()
        ):
            return replace(name, end=reach)
    if name.type == "person":
        return _extend_person(text, name, low, high)
    if name.type in ("group", "product") or text[name.start : name.end].islower():
        return name
    start, end = name.start, name.end
    start = _before_head(text, start, end, low)
    start = _before_of(text, start, low)
    free = next((place for place in taken if place >= end), high)
    end = _after_head(text, start, end, min(free, high))
    end = _after_of(text, start, end, high, taken)
    if form := _FORMS.match(text, end, high):
        end = form.end()
    grown = (start, end) != (name.start, name.end)
    kind = "organization" if grown and name.type in ("place", "other") and start < name.start else name.type
    return replace(name, start=start, end=end, type=kind)


def _extend_person(text: str, name: Name, low: int, high: int) -> Name:
    start, end = name.start, name.end
    if initials := _INITIALS.search(text[low:start]):
        before = text[low : low + initials.start()].rstrip()
        if not re.search(r"[A-Z]\w+$", before) or before.split(" ")[-1].lower() in lone_titles():
            start = low + initials.start()
            start += len(text[start:end]) - len(text[start:end].lstrip())
    given = re.search(r"(?<![\w.’'-])([A-Z][a-z]+) $", text[low:start])
    lone = " " not in text[start:end].strip()
    if lone and given and given[1] in given_names() and given[1].lower() not in load("function_words"):
        start = low + given.start()
    if particle := re.search(
        r"(?<= )((?:van der|van den|van|von|de la|de|del|bin|ibn|al|el) |al-)$", text[low:start]
    ):
        start = low + particle.start()
    tail = re.match(r"-([a-z]{2,6})\b", text[end:high])
    if tail and tail[1] not in load("hyphen_tails"):
        end += tail.end()
    if suffix := re.match(r",? (?:Jr|Sr)\b\.?|,? (?:II|III|IV)\b", text[end:high]):
        end += suffix.end()
    return replace(name, start=start, end=end)


def _before_head(text: str, start: int, end: int, low: int) -> int:
    """Where a name begins that an ordinal or "... and" opens: "Second" "Amendment", "Food and" "Drug
    Administration"."""
    counted = text[start:end].split(" ")[0] in _counted()
    if counted and (ordinal := _ORDINAL.search(text[low:start])):
        return low + ordinal.start()
    if text[start:end].split(" ")[-1] not in _pair_heads():
        return start
    before = re.search(r"(?<=[a-z,] )((?:[A-Z][\w.]+ )+)and $", text[low:start])
    return low + before.start() if before and before[1].split(" ")[0] not in load("weekday_names") else start


_ORDINAL = re.compile(
    r"\b(?:First|Second|Third|Fourth|Fifth|Sixth|Seventh|Eighth|Ninth|Tenth|Eleventh|Twelfth|Fourteenth) $"
)


@cache
def _counted() -> frozenset[str]:
    """Words that begin the names of things that are told apart by number."""
    return frozenset({"Amendment", "Army", "Avenue", "Circuit", "Congress", "District", "Fleet", "Street"})


@cache
def _pair_heads() -> frozenset[str]:
    return frozenset(
        {"Act", "Administration", "Services", "Department", "Ministry", "Committee", "Commission"}
    )


def _before_of(text: str, start: int, low: int) -> int:
    """Where the head of an institution begins that "of" or "for" joins to a name."""
    before = re.search(r"((?:[A-Z][\w’'.-]* )*)([A-Z]\w+) (?:of|for)(?: the)? $", text[low:start])
    if before is None or before[2] not in load("of_heads"):
        return start
    words = before[1].split(" ")
    skip = len(words[0]) + 1 if words[0] in ("The", "A", "An", "At", "In") else 0
    return low + before.start() + skip


def _after_head(text: str, start: int, end: int, high: int) -> int:
    """Where a name ends whose head noun follows it with a capital: "Norfield Mining" "Company"."""
    while after := re.match(r" ([A-Z]\w+)\b(?![’']s?\b[A-Z])", text[end:high]):
        name = text[start:end]
        shouted = name.isupper() and len(name) > 4 and not after[1].isupper()
        if shouted or after[1] not in _name_heads():
            break
        end += after.end()
    return end


@cache
def _name_heads() -> frozenset[str]:
    return frozenset(load("organization_words") | load("of_heads")) - {
        "Democrats",
        "Republicans",
        "State",
        "Statistics",
    }


def _after_of(text: str, start: int, end: int, high: int, taken: Sequence[int]) -> int:
    """Where the name of an institution ends that goes on with "of ...", "and ..."."""
    words = text[start:end].split(" ")
    heads = load("of_heads")
    led = any(w in heads and words[i + 1] in ("of", "for", "on") for i, w in enumerate(words[:-1]))
    link: re.Match[str] | None = None
    if words[-1] in heads:
        link = re.match(r" (?:of|for)(?: the)? (?=[A-Z])", text[end:high])
        if link is None and words[-1] in ("Committee", "Subcommittee", "Commission", "Council"):
            link = re.match(r" on(?: the)? (?=[A-Z])", text[end:high])
    elif words[-1] in ("of", "for", "on", "and", "&") and len(words) > 1:
        link = re.match(r"(?: the)? (?=[A-Z])", text[end:high])
    while link:
        more = _capitals(text, end + link.end(), high, taken)
        if not more:
            break
        end, led = more, True
        link = re.match(r" of(?: the)? (?=[A-Z])", text[end:high])
    while led and (link := re.match(r" and (?=[A-Z])", text[end:high])):
        more = 0 if end + link.end() in taken else _capitals(text, end + link.end(), high, taken)
        if not more:
            break
        end = more
    return end


def _capitals(text: str, start: int, high: int, taken: Sequence[int]) -> int:
    """Where the run of capitalised words ends that begins at ``start``, before the next name; 0 for none."""
    high = min(high, next((place for place in taken if place > start), high))
    run = re.match(r"[A-Z][\w’'-]*(?: [A-Z][\w’'-]*)*", text[start:high])
    if run is None or run.group().split(" ")[0] in load("weekday_names"):
        return 0
    end = start + run.end()
    own = re.search(r"['’]s?$", text[start:end])
    return end - len(own.group()) if own else end

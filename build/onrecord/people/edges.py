"""What a reader took along or glued together: a name without the words of its sentence, and two names in one.

Pure functions on a text and one name. Nothing is a name here that the reader did not propose.
"""

import re
from collections.abc import Collection
from dataclasses import replace
from functools import cache, lru_cache

from onrecord.model import EntityType, Name
from onrecord.people.names import canonical_name, is_demonym, strip_title
from onrecord.words import load

__all__ = [
    "LEAST",
    "given_names",
    "is_place_name",
    "is_title",
    "lone_titles",
    "split_name",
    "split_pair",
    "trim_name",
]

LEAST = 0.6
"""Confidence that one mention at least must reach for its words to be a name, unless they are known. With
0.55, 0.6, 0.65 UNER EWT dev has F1 75.1, 75.6, 75.8 and MEANTIME (held out) 70.8, 71.0, 71.0; with every name
kept 73.4 and 70.5."""

_EDGE = " \t\r\n\"'“”‘’`«»,;:!?()[]{}—–-*_<>|/\\~=+•·."
_WORD = re.compile(r"\S+")
_POSSESSIVE = re.compile(r" ?(?:['’]s|(?<=s)['’])$")
_ABBREVIATED = re.compile(r"(?:(?:^|[.\s])[A-Z]|\b(?:Inc|Corp|Co|Ltd|Jr|Sr|Bros|St|Ave|Blvd|Calif))$")
_HOLDER = re.compile(r"([A-Z]\w+) (?:of|for) (?:the )?(?=[A-Z])")
_OFFICE_BEFORE = re.compile(r"\b(?:[Mm]inister|[Ss]ecretary|[Dd]epartment|[Cc]hief|[Dd]irector) (?:of|for) $")


def trim_name(text: str, name: Name) -> Name | None:
    """A name without the marks, titles, common words and endings that belong to its sentence; null where
    nothing is left. Of an adjective such as "Lagos-based" the name is left, with little confidence.

    >>> def trimmed(text, words, kind):
    ...     start = text.index(words)
    ...     name = trim_name(text, Name(start, start + len(words), kind, 0.9))
    ...     return text[name.start : name.end] if name else None
    >>> trimmed("the pro-Halden vote", "pro-Halden", "other"), trimmed("a Lagos-led deal", "Lagos-led", "law")
    ('Halden', 'Lagos')
    >>> trimmed("Oslo Mayor Ana Ruiz's plan", "Oslo Mayor Ana Ruiz's", "person")
    'Ana Ruiz'
    >>> trimmed("Norfield jets in the U.S. today", "Norfield jets", "organization")
    'Norfield'
    >>> trimmed("Norfield jets in the U.S. today", "U.S", "place"), trimmed("Mrs. Ruiz", "Mrs", "person")
    ('U.S.', None)
    """
    start, end = _strip(text, name.start, name.end)
    if start >= end:
        return None
    if tail := _POSSESSIVE.search(text, start, end):
        start, end = _strip(text, start, tail.start())
    whole = start, end
    start = _after_prefix(text, start, end)
    end = _before_tail(text, start, end)
    if (start, end) != whole:
        name = replace(name, confidence=min(name.confidence, LEAST))
    start, end = _capitals_only(text, start, end)
    if name.type == "person":
        if what := _HOLDER.match(text[start:end]):
            kind: EntityType = "place" if is_place_name(text[start + what.end() : end]) else "organization"
            if what[1].lower() in lone_titles():
                return trim_name(text, replace(name, start=start + what.end(), type=kind))
        start = _after_titles(text, start, end)
        start, end = _strip(text, start, end)
    elif name.type == "organization":
        end = _before_title(text, start, end)
    if start >= end:
        return None
    shortened = _ABBREVIATED.search(text[start:end]) or text[start : end + 1] in load("state_abbreviations")
    if text[end : end + 1] == "." and shortened:
        end += 1
    return replace(name, start=start, end=end)


def _strip(text: str, start: int, end: int) -> tuple[int, int]:
    full = end
    while start < end and text[start] in _EDGE:
        start += 1
    while end > start and text[end - 1] in _EDGE:
        end -= 1
    if text[end : end + 1] == "." and end < full and _ABBREVIATED.search(text[start:end]):
        end += 1
    return start, end


def _after_prefix(text: str, start: int, end: int) -> int:
    first = re.match(r"([a-z]+)-(?=[A-Z])", text[start:end])
    return start + first.end() if first and first[1] in load("name_prefixes") else start


def _before_tail(text: str, start: int, end: int) -> int:
    """Where "-based" and the like begin, at the end of a name or within it."""
    for match in re.finditer(r"\w-([a-z]+)\b", text[start:end]):
        if match[1] in load("hyphen_tails"):
            return start + match.start() + 1
    return end


def _capitals_only(text: str, start: int, end: int) -> tuple[int, int]:
    """A name with a capital somewhere loses the plain words before and behind its capitals."""
    words = [(start + m.start(), start + m.end()) for m in _WORD.finditer(text[start:end])]
    named = [_has_capital(text[a:b]) for a, b in words]
    if not any(named):
        return start, end
    first, last = named.index(True), len(named) - 1 - named[::-1].index(True)
    while first and _leads(text[slice(*words[first - 1])]):
        first -= 1
    behind = text[words[last + 1][0] : end + 8] if last + 1 < len(words) else ""
    if re.match(r"(?:a[lrzsdnt]|ash|el) ?- ?[A-Z]", behind):
        last += 1
    elif last + 2 < len(words) and re.match(r"- [a-z]{2,6}\b", behind):
        last += 2
    if last + 1 < len(words) and text[slice(*words[last + 1])] in load("common_heads"):
        last += 1
    return words[first][0], words[last][1]


def _leads(word: str) -> bool:
    """Whether a word written small may open a name: a particle, an Arabic article, a given name."""
    particle = word in load("name_particles") or re.fullmatch(r"a[lrzsdnt]|ash|el|-", word) is not None
    return particle or word.capitalize() in given_names()


def _has_capital(word: str) -> bool:
    return any(c.isupper() or c.isdigit() for c in word)


def _after_titles(text: str, start: int, end: int) -> int:
    """Where a person's name begins: behind titles, also behind those that stand within the span."""
    bare = strip_title(text[start:end])
    at = text.rfind(bare, start, end) if bare else -1
    start = at if at > start else start
    words = [(start + m.start(), start + m.end()) for m in _WORD.finditer(text[start:end])]
    for place in range(len(words) - 1, 0, -1):
        before = text[slice(*words[place - 1])].strip(",").lower()
        if before in _inner_titles():
            start = words[place][0]
            break
    if _OFFICE_BEFORE.search(text[max(0, start - 30) : start]):
        for office in sorted(load("offices"), key=len, reverse=True):
            if text.startswith(office, start) and start + len(office) <= end:
                return _strip(text, start + len(office), end)[0]
    return end if is_title(text[start:end]) else start


def is_title(words: str) -> bool:
    """Whether words are a title and no name.

    >>> is_title("Secretary-General"), is_title("Ruiz"), is_title("King")
    (True, False, False)
    """
    low = words.replace(" - ", "-").rstrip(".").lower()
    return low in lone_titles() and words.title() not in load("titles_in_names")


@cache
def _inner_titles() -> frozenset[str]:
    """Titles of one word that stand within a span before a person's name and are no names themselves."""
    titles = {title.rstrip(".").lower() for title in load("person_titles") if " " not in title}
    return frozenset(titles - {title.lower() for title in load("titles_in_names")})


@cache
def lone_titles() -> frozenset[str]:
    """Titles in small letters, without their full stops."""
    return frozenset(title.rstrip(".").lower() for title in load("person_titles"))


def _before_title(text: str, start: int, end: int) -> int:
    """Where a title behind an organization begins: "Norfield Chairwoman"."""
    words = [(start + m.start(), start + m.end()) for m in _WORD.finditer(text[start:end])]
    chief = re.search(r"(?: Federal| Deputy)? Chief(?: [A-Z]\w+)?$", text[start:end])
    if chief and text.startswith(" Officer", end):
        return start + chief.start()
    flight = re.match(r" \d", text[end : end + 2])
    behind = _inner_titles() | {"chief"} | ({"flight"} if flight else set())
    while len(words) > 1 and text[slice(*words[-1])].lower() in behind:
        words.pop()
    return words[-1][1] if words else end


@cache
def _places() -> frozenset[str]:
    return load("cities") | load("regions")


@cache
def given_names() -> frozenset[str]:
    """Given names of women and men."""
    return load("given_female") | load("given_male")


@lru_cache(maxsize=50_000)
def is_place_name(name: str) -> bool:
    """Whether a name is a country, a state or a large city, and nothing else that is as well known.

    >>> is_place_name("Kenya"), is_place_name("Nebr"), is_place_name("Lagos")
    (True, False, True)
    """
    return canonical_name(name, "place") is not None or name in _places()


def split_name(text: str, name: Name, known: Collection[str]) -> list[Name]:
    """The names in one that holds several: a town before its state, and names known from elsewhere in the
    article that stand one after another.

    >>> text = "Halden Falls Nebraska and Norfield Bank Ana Ruiz"
    >>> whole = (Name(0, 21, "place", 0.8), Name(26, 48, "other", 0.8))
    >>> found = [split_name(text, name, {"Norfield Bank", "Ana Ruiz"}) for name in whole]
    >>> [[text[part.start : part.end] for part in parts] for parts in found]
    [['Halden Falls', 'Nebraska'], ['Norfield Bank', 'Ana Ruiz']]
    """
    written = text[name.start : name.end]
    if name.type != "person" and (bearer := _titled_person(written)):
        before, person = bearer
        parts = _parts(name, before, person)
        return [replace(parts[1], type="person"), *([parts[0]] if before else [])]
    for gap in re.finditer(r" ", written):
        first, second = written[: gap.start()], written[gap.end() :]
        town = first.split(" ")[-1].lower() not in load("before_places")
        if town and name.type == "place" and _is_state(second) and not is_place_name(written.title()):
            return _parts(name, gap.start(), gap.end())
        country = canonical_name(second, "place") is not None and second != "America" and town
        apart = " " in first and (" " in second or country)
        if first in known and second in known and name.type != "person" and apart:
            return _parts(name, gap.start(), gap.end())
    return [name]


def _titled_person(written: str) -> tuple[int, int] | None:
    """Where in "Orlen Supreme Court Justice Ana Ruiz" the court ends and the person begins, or null."""
    words = list(_WORD.finditer(written))
    for place in range(1, len(words) - 1):
        given = words[place].group() in given_names()
        if not given or len(words) - place > 3 or not _may_be_title(words[place - 1]):
            continue
        first = place - 1
        while first and _may_be_title(words[first - 1]):
            first -= 1
        return (words[first - 1].end() if first else 0), words[place].start()
    return None


def _may_be_title(word: re.Match[str]) -> bool:
    return word.group().rstrip(".").lower() in lone_titles()


@lru_cache(maxsize=50_000)
def _is_state(words: str) -> bool:
    known = canonical_name(words, "place") is not None and len(words) > 3 and words != "America"
    return known or words in load("state_abbreviations")


def _parts(name: Name, first_end: int, second_start: int) -> list[Name]:
    return [
        replace(name, end=name.start + first_end),
        replace(name, start=name.start + second_start),
    ]


def split_pair(text: str, name: Name, known: Collection[str]) -> list[Name]:
    """The two names of a hyphenated pair, where both are known from elsewhere; else the name as it is.

    >>> text = "the Ruiz-Hale talks"
    >>> [text[n.start : n.end] for n in split_pair(text, Name(4, 13, "other", 0.8), {"Ruiz", "Hale"})]
    ['Ruiz', 'Hale']
    """
    written = text[name.start : name.end]
    for gap in re.finditer(r" ?[-–—/] ?", written):
        first, second = written[: gap.start()], written[gap.end() :]
        if not first or not second or re.search(r"(?:^| )(?:a[lrzsdnt]|ash|el)$", first, re.IGNORECASE):
            continue
        word = second.split(" ")[0]
        tail = name.start + gap.end() + len(word)
        if _has_capital(text[tail : name.end]):
            tail = name.end
        both = _known(first, known) and _known(text[name.start + gap.end() : tail], known)
        spaced = gap.group() != gap.group().strip()
        slash = "/" in gap.group() and (_known(first, known) or _known(second, known))
        apart = spaced and (slash or (" " in first and " " in second))
        if both or (apart and _has_capital(first) and _has_capital(second)):
            rest = replace(name, start=name.start + gap.end(), end=tail if both else name.end)
            lead = replace(name, end=name.start + gap.start())
            return [*split_pair(text, lead, known), *split_pair(text, rest, known)]
    return [name]


def _known(words: str, known: Collection[str]) -> bool:
    return (words in known or is_place_name(words)) and not is_demonym(words)

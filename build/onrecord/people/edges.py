"""What a reader took along or glued together: a name without the words of its sentence, and two names in one.

Pure functions on a text and one name. Nothing is a name here that the reader did not propose.
"""

import re
from dataclasses import replace
from functools import cache, lru_cache

from onrecord.model import EntityType, Name
from onrecord.people.names import canonical_name, strip_title
from onrecord.words import load

__all__ = [
    "LEAST",
    "given_names",
    "is_place_name",
    "is_title",
    "lone_titles",
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

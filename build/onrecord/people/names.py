"""Names compared: pure functions on the words of a name, for one article and across articles.

Two questions are kept apart. ``same_name`` asks whether two names may stand for one bearer wherever they are
met: it is precise. ``short_of`` asks whether one is the other cut short ("Wiles" of "Susie Wiles"): true of
many pairs that have nothing to do with one another, so the caller must see that only one full name is in
reach.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from onrecord.model import EntityType
from onrecord.words import load, table, values

__all__ = [
    "PersonName",
    "acronyms_of",
    "bare_key",
    "by_initials",
    "canonical_name",
    "full_forms",
    "is_acronym_of",
    "is_demonym",
    "known_kind",
    "name_key",
    "normalise_name",
    "same_name",
    "short_of",
    "split_person",
    "strip_company_suffix",
    "strip_title",
]

_SMALL = frozenset({"of", "the", "and", "for", "in", "on", "to", "at", "de", "du", "des", "&"})
_QUOTES = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "‐": "-", "‑": "-", "–": "-"})
_SPACED_HYPHEN = re.compile(r"(?<=\w) ?- (?=\w)")
_POSSESSIVE = re.compile(r"(?: ?'s|(?<=s) ?')$", re.IGNORECASE)
_ARTICLE = re.compile(r"^the (?=\S)", re.IGNORECASE)
_COUNTRY_LEADS = ("united states ", "us ", "united kingdom ", "uk ", "american ", "british ")


@dataclass(frozen=True, slots=True)
class PersonName:
    """The parts of a person's name, as written; a lone name is a family name."""

    given: str
    middle: str
    family: str
    suffix: str


@lru_cache(maxsize=50_000)
def normalise_name(name: str) -> str:
    """A name without what belongs to the sentence: leading article, possessive, quotes, spaces of a
    tokeniser.

    >>> normalise_name("the  Department of Defense's")
    'Department of Defense'
    >>> normalise_name("“Suleiman al - Amr ’s”")
    'Suleiman al-Amr'
    """
    text = unicodedata.normalize("NFKC", name).translate(_QUOTES)
    text = " ".join(text.split()).strip("\"'`,;:()[] ")
    text = _POSSESSIVE.sub("", _SPACED_HYPHEN.sub("-", text))
    return _ARTICLE.sub("", text).strip()


@lru_cache(maxsize=50_000)
def name_key(name: str) -> str:
    """What is compared: the normalised name without case, full stops, accents, and with "&" read as "and".

    >>> name_key("The U.S. Senate") == name_key("US Senate")
    True
    """
    text = unicodedata.normalize("NFKD", normalise_name(name).casefold())
    text = "".join(c for c in text if not unicodedata.combining(c))
    return " ".join(text.replace(".", "").replace(",", " ").replace("&", " and ").split())


@cache
def _titles() -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(title.casefold().split()) for title in load("person_titles"))


@lru_cache(maxsize=50_000)
def strip_title(name: str) -> str:
    """A person's name without the titles before it; a name that is all title is left alone.

    >>> strip_title("Treasury Secretary Carla Ortiz")
    'Carla Ortiz'
    >>> strip_title("Sen. Bob Hale's")
    'Bob Hale'
    >>> strip_title("Prime Minister")
    'Prime Minister'
    """
    words = normalise_name(name).split()
    start, moved = 0, True
    while moved:
        moved = False
        for length in (3, 2, 1):
            lead = tuple(word.casefold() for word in words[start : start + length])
            if len(lead) == length and start + length < len(words) and lead in _titles():
                start, moved = start + length, True
                break
    return " ".join(words[start:])


@lru_cache(maxsize=50_000)
def split_person(name: str) -> PersonName:
    """Given, middle and family name and suffix of a person; titles are dropped first.

    >>> split_person("Dr. Ludwig M. van der Berg Jr.")
    PersonName(given='Ludwig', middle='M.', family='van der Berg', suffix='Jr.')
    >>> split_person("Ortiz").family
    'Ortiz'
    """
    words = strip_title(name).replace(",", " ").split()
    suffix = ""
    while len(words) > 1 and words[-1] in load("name_suffixes"):
        suffix = f"{words.pop()} {suffix}".strip()
    if len(words) < 2:
        return PersonName("", "", " ".join(words), suffix)
    cut = len(words) - 1
    for place in range(1, len(words) - 1):
        if words[place].casefold() in load("name_particles"):
            cut = place
            break
    return PersonName(words[0], " ".join(words[1:cut]), " ".join(words[cut:]), suffix)


@lru_cache(maxsize=50_000)
def acronyms_of(name: str) -> frozenset[str]:
    """The acronyms a name of several words may go by, in capitals.

    >>> sorted(acronyms_of("Department of Defense"))
    ['DD', 'DOD']
    >>> "NSA" in acronyms_of("the National Security Agency")
    True
    """
    words = [word for word in re.split(r"[\s-]+", normalise_name(name)) if word]
    main = [word[0].upper() for word in words if word.casefold() not in _SMALL]
    if len(main) < 2:
        return frozenset()
    return frozenset({"".join(main), "".join(word[0].upper() for word in words)})


def is_acronym_of(short: str, full: str) -> bool:
    """Whether a word in capitals spells the initials of a longer name; two letters are too few to say.

    >>> is_acronym_of("D.o.D.", "Department of Defense"), is_acronym_of("OFR", "Office of Fair Rents")
    (True, True)
    >>> is_acronym_of("AI", "Amnesty International")
    False
    """
    letters = normalise_name(short).replace(".", "")
    if not 3 <= len(letters) <= 8 or not letters.isalpha() or sum(c.isupper() for c in letters) < 2:
        return False
    return letters.upper() in acronyms_of(full)


@cache
def _known() -> dict[tuple[str, str], tuple[str, str]]:
    """(type, key of a name or alias) to (canonical name, kind)."""
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for row in table("known_names"):
        for alias in (row["name"], *row["aliases"].split("|")):
            if alias:
                found.setdefault((row["type"], name_key(alias)), (row["name"], row["kind"]))
    return found


@lru_cache(maxsize=50_000)
def _look_up(name: str, kind: EntityType) -> tuple[str, str] | None:
    key = name_key(name)
    shorter = [key[len(lead) :] for lead in _COUNTRY_LEADS if key.startswith(lead)]
    types = ("place",) if kind == "place" else ("organization",) if kind == "organization" else ()
    for option in (key, *shorter):
        for wanted in types:
            if (wanted, option) in _known():
                return _known()[wanted, option]
    return None


def canonical_name(name: str, kind: EntityType) -> str | None:
    """The name of general knowledge that this one is another form of, or null.

    >>> [canonical_name(name, "organization") for name in ("the Pentagon", "U.S. Defense Department")]
    ['Department of Defense', 'Department of Defense']
    >>> canonical_name("American", "place") is None
    True
    """
    found = _look_up(name, kind)
    return found[0] if found else None


def known_kind(name: str, kind: EntityType) -> str | None:
    """The common noun that may stand for a name of general knowledge: country, agency, company; or null.

    >>> known_kind("Kenya", "place"), known_kind("FBI", "organization")
    ('country', 'bureau')
    """
    found = _look_up(name, kind)
    return found[1] if found else None


@cache
def _demonyms() -> frozenset[str]:
    return frozenset(demonym.casefold() for demonym in load("demonyms"))


@lru_cache(maxsize=50_000)
def is_demonym(name: str) -> bool:
    """Whether a name is that of a people or the adjective of a place, which is not the place.

    >>> is_demonym("Kenyans"), is_demonym("Kenya")
    (True, False)
    """
    key = name_key(name)
    return key in _demonyms() or (key.endswith("s") and key[:-1] in _demonyms())


def strip_company_suffix(name: str) -> str:
    """A company's name without its legal form.

    >>> strip_company_suffix("Brightwater Foods Co., Inc.")
    'Brightwater Foods'
    """
    words = normalise_name(name).replace(",", " ").split()
    while len(words) > 1 and words[-1] in load("company_suffixes"):
        words.pop()
    return " ".join(words)


@cache
def full_forms() -> Mapping[str, frozenset[str]]:
    """Short given names in small letters, each with the full ones that it may stand for."""
    return {
        short.casefold(): frozenset(full.casefold().split("|")) for short, full in values("nicknames").items()
    }


def _agree(a: str, b: str) -> bool:
    """Whether two given names may be one: equal, an initial, or a nickname."""
    a, b = name_key(a), name_key(b)
    if not a or not b or a == b:
        return True
    if min(len(a), len(b)) == 1:
        return a[0] == b[0]
    forms = full_forms()
    return b in forms.get(a, ()) or a in forms.get(b, ()) or bool(forms.get(a, set()) & forms.get(b, set()))


def _same_person(a: str, b: str) -> bool:
    one, two = split_person(a), split_person(b)
    if name_key(one.family) != name_key(two.family) or bool(one.given) != bool(two.given):
        return False
    if one.suffix and two.suffix and name_key(one.suffix) != name_key(two.suffix):
        return False
    return _agree(one.given, two.given) and _agree(one.middle, two.middle)


@lru_cache(maxsize=50_000)
def bare_key(name: str) -> str:
    """An organization's key without its legal form and without its country before it."""
    key = name_key(strip_company_suffix(name))
    for lead in _COUNTRY_LEADS:
        if key.startswith(lead) and len(key.split()) >= len(lead.split()) + 2:
            return key.removeprefix(lead)
    return key


def by_initials(people: Iterable[str]) -> dict[str, set[str]]:
    """Names of people in full, by their initials.

    >>> by_initials(["Ana Ruiz", "Hale"])
    {'AR': {'Ana Ruiz'}}
    """
    found: dict[str, set[str]] = {}
    for name in people:
        words = strip_title(name).split()
        if len(words) > 1:
            found.setdefault("".join(word[0] for word in words).upper(), set()).add(" ".join(words))
    return found


def same_name(a: str, b: str, kind: EntityType) -> bool:
    """Whether two names of this kind of thing stand for one bearer; when in doubt, no.

    >>> same_name("Apple Inc.", "Apple", "organization"), same_name("U.S.", "the United States", "place")
    (True, True)
    >>> same_name("Joe Hale", "Sen. Joseph P. Hale", "person"), same_name("Hale", "Joe Hale", "person")
    (True, False)
    >>> same_name("Hale administration", "Hale", "organization"), same_name("Kenyan", "Kenya", "place")
    (False, False)
    """
    if not name_key(a) or not name_key(b):
        return False
    if name_key(a) == name_key(b):
        return True
    if is_demonym(a) or is_demonym(b):
        return False
    if kind == "person":
        return _same_person(a, b)
    known = canonical_name(a, kind), canonical_name(b, kind)
    if known[0] is not None and known[1] is not None:
        return known[0] == known[1]
    if kind == "organization" and bare_key(a) == bare_key(b):
        return True
    return kind != "place" and (is_acronym_of(a, b) or is_acronym_of(b, a))


def short_of(short: str, full: str, kind: EntityType) -> bool:
    """Whether one name is the other cut short; only within one article, and only if no other full name fits.

    >>> short_of("Wiles", "Susie Wiles", "person"), short_of("Susie", "Susie Wiles", "person")
    (True, True)
    >>> pairs = (("Norfield", "Norfield Mining"), ("New", "New Era"), ("Senate", "Senate Ports Committee"))
    >>> [short_of(a, b, "organization") for a, b in pairs]
    [True, False, False]
    >>> short_of("Halden", "Halden Crown Court", "organization")
    False
    """
    if kind == "person":
        one, two = split_person(short), split_person(full)
        if one.given:
            return name_key(full).endswith(" " + name_key(strip_title(short)))
        if not two.given:
            return False
        parts = {name_key(two.family), name_key(two.given), name_key(two.family.split()[-1])}
        return name_key(one.family) in parts
    one_words, two_words = name_key(short).split(), name_key(full).split()
    if kind != "organization" or len(one_words) != 1 or len(two_words) < 2 or is_demonym(short):
        return False
    if known_kind(short, "organization") not in (None, "company") or name_key(short).upper() == short:
        return False
    if one_words[0] in load("weak_name_starts") or canonical_name(short, "place"):
        return False
    if full.split()[-1] in load("public_bodies"):
        return False
    return two_words[0] == one_words[0]

"""What kind of voice a phrase names: a person or a body, by name, by description, unnamed or as one of many.

Works on the phrase alone, by its head noun and its capitals; names that a reader found say more when given.
Word lists in ``data/`` hold the nouns; ``data/outlets.csv`` the newspapers, broadcasters, agencies and sites.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from onrecord import words
from onrecord.model import AgentKind, Anonymity, EntityType, Name

_TOKEN = re.compile(r"[^\W_](?:[\w&.’'/-]*\w)?\.?")
_OF = re.compile(
    r"\A(?:(?:one|some|many|most|several|all|two|three|four|five|both|each|none|half|neither|either|dozens|hundreds"
    r"|thousands)"
    r"|(?:an?|this|the) (?:number|group|handful|majority|rest|pair|couple|team|panel|coalition|series|copy"
    r"|combination|collection|trove|set|batch)) of (?=\w)",
    re.IGNORECASE,
)
_CUT = re.compile(
    r"\s*(?:[,;:(]|[—–]|\s-\s)|\s+(?:by|from|in|on|at|with|without|who|whom|whose|that|which|where|to|about"
    r"|against|after|before|during|familiar|close|briefed|obtained|released|published|compiled|conducted|cited"
    r"|quoted|interviewed|involved|speaking|including|near|inside|within|under|than|leading|led|representing"
    r"|working|known|named|called|taken|written|seen|reviewed|issued|posted|shared|provided|directly|like|such"
    r"|responsible|opposed|present|alike|or|as|has|have|is|was)\b"
)
_LOOSE_CUT = re.compile(r"(\S+)\s+(?:of|for|and)\s+(?:the\s+)?(\S+)")
_MONTH = re.compile(
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)"
)
_MAKER = re.compile(
    r"\s(?:(?:compiled|conducted|released|published|issued|commissioned|written)\s+)?(?:by|from)\s+(?:the\s+)?[A-Z]"
)
_DETERMINER = re.compile(
    r"\A(?:(?:the|an?|this|that|these|those|his|her|their|its|our|my|your|some|many|most|several|few|both|all|any"
    r"|another|other|one|two|three|four|five|six|seven|eight|nine|ten|\d[\d,]*|multiple|various|numerous|no"
    r"|according|then|former|ex|the former)(?:\s+|-)(?=\w))+",
    re.IGNORECASE,
)
_POSSESSIVE = re.compile(r"(?:’s|'s|s’|s')$")
_APPOSED = re.compile(
    r",\s+(?P<name>[A-Z][\w.’'-]*(?:\s+(?:(?:van|von|de|der|den|di|da|del|la|al|el|bin|dos|du)\s+)*"
    r"[A-Z][\w.’'-]*){0,4})[\s,;:.]*$"
)
_OF_BODY = re.compile(r"\s+(?:of|from|at|with)\s")
_CALL_SIGN = re.compile(r"[WK][A-Z]{2,3}(?:-(?:TV|FM|AM))?(?:\s?\d{1,2})?")
_WEB = re.compile(r"[\w-]+(?:\.[\w-]+)*\.(?:com|net|co\.uk|news|io|de|fr|ru|cn|in|au|ca)", re.IGNORECASE)
_KNOWING = re.compile(
    r"\b(?:familiar|close to|briefed|knowledge|involved in|privy|aware of|in contact with|with direct"
    r"|anonym\w+|not authori[sz]ed|(?:not|n['’]t) (?:want to be|be) (?:named|identified))",
    re.IGNORECASE,
)
_SINGULAR_PRONOUNS = frozenset(["he", "she", "i", "him", "her", "himself", "herself", "who", "you"])
_PLURAL_PRONOUNS = frozenset(["they", "we", "them", "us", "themselves"])
_BODIES = frozenset(["police", "authorities", "law enforcement", "faculty", "military", "staff"])
_KIND_OF_NAME: Mapping[EntityType, AgentKind] = {
    "person": "person",
    "organization": "organization",
    "group": "organization",
    "place": "organization",
    "work": "document",
    "law": "document",
}


@dataclass(frozen=True, slots=True)
class Voice:
    """How a voice is named and what kind of thing it is."""

    anonymity: Anonymity
    kind: AgentKind


@cache
def _outlets() -> frozenset[str]:
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
    if name in _outlets() or _CALL_SIGN.fullmatch(name) or _WEB.fullmatch(name):
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
            possessed = _POSSESSIVE.sub("", phrase[first.start() : end])
            if is_outlet(possessed):
                best = first.start() + len(possessed)
        if best is not None:
            return first.start(), best
    return None


def core_of(phrase: str) -> str:
    """The phrase up to what hangs on it: "a spokesman for the firm" is a spokesman.

    >>> core_of("one of the three aides familiar with the plan")
    'the three aides'
    >>> core_of("Lina Park, who runs the port")
    'Lina Park'
    """
    phrase = _OF.sub("", phrase.strip(" \t\n\"'“”‘’.,;:—–-"), count=1)
    cut = _CUT.search(phrase, 1)
    core = phrase[: cut.start()] if cut else phrase
    for link in _LOOSE_CUT.finditer(core):
        both_capital = link[1][:1].isupper() and link[2][:1].isupper()
        name_follows = re.match(r"\s+[A-Z]", core[link.end() :])
        if not both_capital or (_is_common(link[1]) and not name_follows):
            core = core[: link.end(1)]
            break
    return _POSSESSIVE.sub("", core).strip(" \t\n\"'“”‘’.,;:—–-")


def _is_common(word: str) -> bool:
    """Whether a word is a noun for people or documents, however it is capitalised."""
    lowered = word.lower()
    known = words.load("role_nouns") | words.load("document_nouns")
    return lowered in words.load("role_plurals") or lowered in known or _singular(lowered) in known


def _singular(noun: str) -> str:
    if noun.endswith("ies"):
        return noun[:-3] + "y"
    if noun.endswith(("sses", "ches", "shes")):
        return noun[:-2]
    return noun.removesuffix("s")


def _ends_with(core: str, terms: frozenset[str]) -> str | None:
    """The longest term, of up to three words, that the phrase ends with."""
    tokens = core.split()
    for size in (3, 2, 1):
        tail = " ".join(tokens[-size:])
        if len(tokens) >= size and (tail in terms or tail.lower() in terms):
            return tail
    return None


def _proper_tokens(core: str) -> list[str]:
    """Capitalised tokens of a phrase that are no sentence opening, determiner or nationality."""
    rest = _DETERMINER.sub("", core, count=1)
    return [t for t in _TOKEN.findall(rest) if t[:1].isupper() and not _names_nobody(t)]


def _names_nobody(token: str) -> bool:
    """Capitals that stand for no name: nationalities, months and days."""
    return token in words.load("nationalities") or _MONTH.fullmatch(token) is not None


@cache
def _titles() -> frozenset[str]:
    return frozenset(title.lower() for title in words.load("person_titles"))


def _counted(phrase: str) -> bool:
    """Whether the phrase counts its voices one by one from two on: "two aides", "12 officers"."""
    first = next(
        iter(re.findall(r"[\w-]+", re.sub(r"^(?:the|those|these)\s+", "", phrase, flags=re.IGNORECASE))), ""
    )
    return first.lower() in words.load("counting_words") or (first.isdigit() and first != "1")


def _judge_name(core: str, proper: Sequence[str]) -> Voice:
    """A named person or a named body, by its words and its letters."""
    tokens = _TOKEN.findall(core)
    organization = words.load("organization_words")
    titled = any(t.lower() in _titles() for t in tokens[:-1])
    bodies = [t for t in proper if t in organization or t.rstrip(".") in organization]
    if bodies and not (titled and tokens[-1] not in bodies):
        return Voice("named", "organization")
    if re.match(r"(?:the|The)\s", core) and all(t[:1].isupper() for t in tokens[1:]):
        return Voice("named", "organization")
    if len(proper) == 1 and re.fullmatch(r"[A-Z][A-Z&.]+s?|[A-Z]\w*[a-z][A-Z]\w*|\w*\d\w*", proper[0]):
        return Voice("named", "organization")
    return Voice("named", "person")


def _judge_document(phrase: str, core: str) -> Voice:
    rest = phrase[phrase.find(core) + len(core) :]
    named = (bool(_proper_tokens(core)) and core.split()[0] != core) or _MAKER.match(rest) is not None
    return Voice("named" if named else "described", "document")


def _judge_common(phrase: str, core: str) -> Voice | None:
    """The voice of a common head noun, or null where the head is no noun in the lists."""
    lowered = core.lower()
    head = lowered.split()[-1]
    if head in _SINGULAR_PRONOUNS:
        return Voice("described", "person")
    if head in _PLURAL_PRONOUNS or lowered in ("neither", "either"):
        return Voice("collective", "person")
    if head == "it":
        return Voice("described", "other")
    if lowered.startswith("both "):
        return Voice(
            "collective", "organization" if _singular(head) in words.load("group_nouns") else "other"
        )
    if head in ("which", "that", "what"):
        return Voice("described", "other")
    many = _ends_with(lowered, _BODIES)
    if many is not None:
        return Voice("named" if _proper_tokens(core) and lowered != many else "collective", "organization")
    if head in words.load("unnamed_nouns") and (
        head not in ("people", "person", "persons", "individuals", "individual") or _KNOWING.search(phrase)
    ):
        return Voice("unnamed", "person")
    if _ends_with(lowered, words.load("media_nouns")) and not re.search(
        r"\b(?:the|a|an|this|that|its) papers?$", lowered
    ):
        plural = head in ("media", "press") or (head.endswith("s") and head != "press")
        return Voice("collective" if plural else "described", "outlet")
    if _ends_with(lowered, words.load("document_nouns")):
        return _judge_document(phrase, core)
    role, body = _ends_with(lowered, words.load("role_nouns")), _ends_with(lowered, words.load("group_nouns"))
    if role and len(role) >= len(body or ""):
        alone = core[:1].isupper() and " " not in core and core == phrase.strip()
        return Voice("named" if alone else "described", "person")
    if not body and (head in words.load("role_plurals") or _singular(head) in words.load("role_nouns")):
        return Voice("described" if _counted(phrase) else "collective", "person")
    if body:
        return Voice("named" if _proper_tokens(core) else "described", "organization")
    if _singular(head) in words.load("group_nouns"):
        return Voice("collective", "organization")
    return None


def find_apposed(phrase: str, names: Sequence[Name] = (), start: int = 0) -> tuple[int, int] | None:
    """Where in a phrase the name stands that its description ends with: "the pilot, Ana Ruiz".

    By the reader's ``names``, of a text in which the phrase begins at ``start``; where none stands behind the
    comma, by two capitals or more, or a capital right behind what the description hangs on.

    >>> phrase = "a spokesman for the mission, Joost van der Veen"
    >>> place = find_apposed(phrase)
    >>> phrase[slice(*place)]
    'Joost van der Veen'
    >>> find_apposed("a teacher from Tromso, Norway"), find_apposed("Ana Ruiz, Vice Admiral")
    (None, None)
    """
    found = _APPOSED.search(phrase)
    if found is None:
        return None
    low, high = found.span("name")
    there = [n for n in names if n.start < start + high and start + low < n.end]
    before = core_of(phrase[:low])
    core = start + max(0, phrase.find(before))
    if any(_is_whole(n, phrase, start) for n in names if core <= n.start < core + len(before)):
        return None
    if not there and before.split()[-1:] and before.split()[-1][:1].isupper():
        return None
    if there:
        person = next((n for n in there if n.type == "person"), None)
        return None if person is None else (max(low, person.start - start), min(high, person.end - start))
    if not before or _judge_common(before, before) is None or (names and " " not in found["name"]):
        return None
    adjacent = phrase[: found.start()].endswith(before)
    return (low, high) if adjacent or " " in found["name"] else None


def _is_whole(name: Name, phrase: str, start: int) -> bool:
    """Whether a name in a phrase is a person that owns nothing there."""
    return name.type == "person" and not phrase.startswith(("'s", "’s"), name.end - start)


def name_of(core: str, names: Sequence[Name] = (), start: int = 0) -> str:
    """A phrase's core without the body that a person in it belongs to."""
    person = _person_of(core, names, start)
    return core if person is None else core[: person.end - start]


def kind_of_name(kind: EntityType) -> AgentKind | None:
    """What a voice is that has a name of this kind; null for kinds that do not speak."""
    return _KIND_OF_NAME.get(kind)


def _person_of(phrase: str, names: Sequence[Name], start: int) -> Name | None:
    """The person whom a phrase names first, with a body behind: "Ana Ruiz of Harbour Research"."""
    first = next((n for n in names if start <= n.start and n.end <= start + len(phrase)), None)
    if first is None or first.type != "person" or not _OF_BODY.match(phrase, first.end - start):
        return None
    return first


def _named_kind(names: Sequence[Name], start: int, core: str) -> AgentKind | None:
    """The kind of the last name that a reader found inside the phrase's core, or of a person with a body."""
    if _person_of(core, names, start):
        return "person"
    inside = [n for n in names if start <= n.start and n.end <= start + len(core)]
    return _KIND_OF_NAME.get(inside[-1].type) if inside else None


def _stands_for_outlet(core: str, start: int, end: int) -> bool:
    """Whether a phrase with an outlet's name in it is that outlet: "the Cape Times report"."""
    before = core[:start].split()[-1:]
    if before and before[0][:1].isupper() and not _names_nobody(before[0]) and "-" not in before[0]:
        return False
    lowered = core.lower()
    pieces = words.load("media_pieces") | words.load("media_nouns")
    return end == len(core) or _ends_with(lowered, pieces) is not None


def judge_voice(phrase: str, names: Sequence[Name] = (), start: int = 0) -> Voice:
    """How a voice is named and what kind it is, from the words that show it.

    ``names`` are the reader's names and ``start`` the place of the phrase in the text they point into;
    without them capitals decide. Anonymity: named (a name stands in its head), described (one that could be
    known: "a senior official", "two aides"), unnamed (nothing said but that it knows: "a source", "people
    familiar with the matter") and collective (a kind of people: "officials", "many analysts").

    >>> [judge_voice(p).anonymity for p in ("Lina Park", "a senior official", "two sources", "officials")]
    ['named', 'described', 'unnamed', 'collective']
    >>> [judge_voice(p).kind for p in ("the Finance Ministry", "Reuters", "the indictment", "her brother")]
    ['organization', 'outlet', 'document', 'person']
    >>> judge_voice("a spokeswoman for Ana Ruiz")
    Voice(anonymity='described', kind='person')
    """
    core = core_of(phrase)
    if not _TOKEN.search(core):
        return Voice("unnamed", "other")
    if find_apposed(phrase, names, start):
        return Voice("named", "person")
    bare = _DETERMINER.sub("", core, count=1)
    head = core.split()[-1]
    if is_outlet(bare) or is_outlet(core):
        return Voice("named", "outlet")
    outlet = find_outlet(core)
    if outlet is not None and _stands_for_outlet(core, *outlet):
        return Voice("named", "outlet")
    common = _judge_common(phrase, core) if head[:1].islower() or len(core.split()) == 1 else None
    if common is not None:
        return common
    proper = _proper_tokens(core)
    if proper:
        titled = [t for t in core.split() if t.lower() in _titles()]
        if len(titled) == len(core.split()) - (core != bare):
            return Voice("described", "person")
        place = phrase.find(core)
        kind = _named_kind(names, start + place, core) if place >= 0 else None
        judged = _judge_name(core, proper)
        return Voice("named", kind) if kind is not None else judged
    return Voice("described", "other")

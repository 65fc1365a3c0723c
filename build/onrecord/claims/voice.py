"""What kind of voice a phrase names: a person or a body, by name, by description, unnamed or as one of many.

Works on the phrase alone, by its head noun and its capitals; names that a reader found say more when given.
Word lists in ``data/`` hold the nouns.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import cast

from onrecord import words
from onrecord.claims.outlets import POSSESSIVE, find_outlet, is_outlet
from onrecord.model import AgentKind, Anonymity, EntityType, Name

_TOKEN = re.compile(r"[^\W_](?:[\w&.’'/-]*\w)?\.?")
_LOOSE_CUT = re.compile(r"(\S+)\s+(?:of|for|and)\s+(?:the\s+)?(\S+)")
_APPOSED = re.compile(
    r",\s+(?P<name>[A-Z][\w.’'-]*(?:\s+(?:(?:van|von|de|der|den|di|da|del|la|al|el|bin|dos|du)\s+)*"
    r"[A-Z][\w.’'-]*){0,4})[\s,;:.]*$"
)
_OF_BODY = re.compile(r"\s+(?:of|from|at|with)\s")
_KNOWING = re.compile(
    r"\b(?:familiar|close to|briefed|knowledge|involved in|privy|aware of|in contact with|with direct"
    r"|anonym\w+|not authori[sz]ed|(?:not|n['’]t) (?:want to be|be) (?:named|identified))",
    re.IGNORECASE,
)
_PAPER = re.compile(r"\b(?:the|a|an|this|that|its) papers?$")
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


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A phrase that shows a voice, its core, and the core in small letters."""

    whole: str
    core: str
    lowered: str

    @property
    def head(self) -> str:
        """The last word, in small letters."""
        return self.lowered.split()[-1]


def _any_of(name: str) -> str:
    return "|".join(re.escape(term) for term in sorted(words.load(name)))


@cache
def _share() -> re.Pattern[str]:
    """How many of a kind, before the kind: "one of", "a group of"."""
    nouns = rf"(?:an?|this|the) (?:{_any_of('share_nouns')})"
    return re.compile(rf"\A(?:{_any_of('share_words')}|{nouns}) of (?=\w)", re.IGNORECASE)


@cache
def _cut() -> re.Pattern[str]:
    """Where what hangs on a phrase begins."""
    return re.compile(rf"\s*(?:[,;:(]|[—–]|\s-\s)|\s+(?:{_any_of('phrase_ends')})\b")


@cache
def _opening() -> re.Pattern[str]:
    """The words before a name or noun that name nobody."""
    return re.compile(rf"\A(?:(?:{_any_of('voice_openings')}|\d[\d,]*)(?:\s+|-)(?=\w))+", re.IGNORECASE)


@cache
def _maker() -> re.Pattern[str]:
    """The name of who made a document, behind its noun."""
    return re.compile(rf"\s(?:(?:{_any_of('making_words')})\s+)?(?:by|from)\s+(?:the\s+)?[A-Z]")


def core_of(phrase: str) -> str:
    """The phrase up to what hangs on it: "a spokesman for the firm" is a spokesman.

    >>> core_of("one of the three aides familiar with the plan")
    'the three aides'
    >>> core_of("Lina Park, who runs the port")
    'Lina Park'
    """
    phrase = _share().sub("", phrase.strip(" \t\n\"'“”‘’.,;:—–-"), count=1)
    cut = _cut().search(phrase, 1)
    core = phrase[: cut.start()] if cut else phrase
    for link in _LOOSE_CUT.finditer(core):
        both_capital = link[1][:1].isupper() and link[2][:1].isupper()
        name_follows = re.match(r"\s+[A-Z]", core[link.end() :])
        if not both_capital or (_is_common(link[1]) and not name_follows):
            core = core[: link.end(1)]
            break
    return POSSESSIVE.sub("", core).strip(" \t\n\"'“”‘’.,;:—–-")


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
    rest = _opening().sub("", core, count=1)
    return [t for t in _TOKEN.findall(rest) if t[:1].isupper() and not _names_nobody(t)]


def _names_nobody(word: str) -> bool:
    """Capitals that stand for no name: nationalities, months and days. May is not in the list, because names
    begin with it; in a voice it is the month."""
    return word in words.load("nationalities") or word in words.load("weekday_names") or word == "May"


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


@cache
def _pronouns() -> Mapping[str, Voice]:
    rows = words.table("pronoun_voices")
    return {
        row["term"]: Voice(cast(Anonymity, row["anonymity"]), cast(AgentKind, row["kind"])) for row in rows
    }


def _judge_pronoun(phrase: _Phrase) -> Voice | None:
    return _pronouns().get(phrase.head)


def _judge_two(phrase: _Phrase) -> Voice | None:
    """ "Neither", "both firms"."""
    if phrase.lowered in ("neither", "either"):
        return Voice("collective", "person")
    if phrase.lowered.startswith("both "):
        of_bodies = _singular(phrase.head) in words.load("group_nouns")
        return Voice("collective", "organization" if of_bodies else "other")
    return None


def _judge_plain_body(phrase: _Phrase) -> Voice | None:
    """ "Police", "law enforcement"; with a name before it, "Harbour police"."""
    noun = _ends_with(phrase.lowered, words.load("plain_bodies"))
    if noun is None:
        return None
    named = _proper_tokens(phrase.core) and phrase.lowered != noun
    return Voice("named" if named else "collective", "organization")


def _judge_unnamed(phrase: _Phrase) -> Voice | None:
    """ "A source"; of "people" it takes words that tell they know: "people familiar with the talks"."""
    if phrase.head not in words.load("unnamed_nouns"):
        return None
    people = phrase.head in ("people", "person", "persons", "individuals", "individual")
    return None if people and not _KNOWING.search(phrase.whole) else Voice("unnamed", "person")


def _judge_media(phrase: _Phrase) -> Voice | None:
    """ "The newspaper", "local media"; a paper alone may be any document."""
    if not _ends_with(phrase.lowered, words.load("media_nouns")) or _PAPER.search(phrase.lowered):
        return None
    plural = phrase.head in ("media", "press") or phrase.head.endswith("s")
    return Voice("collective" if plural else "described", "outlet")


def _judge_document(phrase: _Phrase) -> Voice | None:
    """ "The indictment"; named where a name stands before it or tells who made it."""
    if not _ends_with(phrase.lowered, words.load("document_nouns")):
        return None
    core = phrase.core
    rest = phrase.whole[phrase.whole.find(core) + len(core) :]
    named = (bool(_proper_tokens(core)) and core.split()[0] != core) or _maker().match(rest) is not None
    return Voice("named" if named else "described", "document")


def _judge_role(phrase: _Phrase) -> Voice | None:
    """ "A senior official"; "Mother" alone is a name."""
    role = _ends_with(phrase.lowered, words.load("role_nouns"))
    body = _ends_with(phrase.lowered, words.load("group_nouns"))
    if role is None or len(role) < len(body or ""):
        return None
    core = phrase.core
    alone = core[:1].isupper() and " " not in core and core == phrase.whole.strip()
    return Voice("named" if alone else "described", "person")


def _judge_body(phrase: _Phrase) -> Voice | None:
    """ "The ministry"; with a name in it, "the Halden council"."""
    if not _ends_with(phrase.lowered, words.load("group_nouns")):
        return None
    return Voice("named" if _proper_tokens(phrase.core) else "described", "organization")


def _judge_roles(phrase: _Phrase) -> Voice | None:
    """ "Officials"; counted, "two officials", each could be known."""
    if phrase.head in words.load("role_plurals") or _singular(phrase.head) in words.load("role_nouns"):
        return Voice("described" if _counted(phrase.whole) else "collective", "person")
    return None


def _judge_bodies(phrase: _Phrase) -> Voice | None:
    """ "Banks"."""
    of_bodies = _singular(phrase.head) in words.load("group_nouns")
    return Voice("collective", "organization") if of_bodies else None


_COMMON: tuple[Callable[[_Phrase], Voice | None], ...] = (
    _judge_pronoun,
    _judge_two,
    _judge_plain_body,
    _judge_unnamed,
    _judge_media,
    _judge_document,
    _judge_role,
    _judge_body,
    _judge_roles,
    _judge_bodies,
)
"""What is asked of a common head noun, in this order; the first that knows it has it."""


def _judge_common(whole: str, core: str) -> Voice | None:
    """The voice of a common head noun, or null where the head is no noun in the lists."""
    phrase = _Phrase(whole, core, core.lower())
    return next((voice for judge in _COMMON if (voice := judge(phrase)) is not None), None)


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
    bare = _opening().sub("", core, count=1)
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

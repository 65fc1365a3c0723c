"""Who does what to whom, in plain words: the label of an event from the tree of a sentence that tells it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from onrecord import words
from onrecord.english.inflection import base_of, present_of
from onrecord.english.text import Text

LEFT_OUT = frozenset(
    {
        "acl:relcl",
        "advcl",
        "advcl:relcl",
        "appos",
        "cc:preconj",
        "dep",
        "discourse",
        "dislocated",
        "list",
        "orphan",
        "parataxis",
        "punct",
        "reparandum",
        "vocative",
    }
)
"""Relations whose words tell no more of who or what."""
CLAUSES = frozenset({"ccomp", "advcl", "acl:relcl", "parataxis"})
LONGEST = 16
"""Words in a label; what hangs behind the object is left out beyond it."""
PHRASE = 9
"""Words in one noun phrase of a label."""
OPENERS = ("the", "this", "that", "these", "those", "its", "his", "her", "their", "our", "my", "your")
"""Determiners with which a label's phrases do not begin."""
SUBJECTS = ("nsubj", "nsubj:pass", "nsubj:outer")
Namer = Callable[[int], str | None]
"""The name of who or what a noun or pronoun stands for, null where nothing is settled."""


@dataclass(frozen=True)
class Label:
    """A label with how much it tells: whether somebody acts, whether something is acted on, by name."""

    text: str
    worth: float


def write_label(text: Text, word: int, name_of: Namer, agent: str | None = None) -> Label:
    """The label that a sentence gives to the event that a word tells; ``agent`` is who is known to do it,
    for a sentence that leaves the subject out."""
    token = text.tokens[word]
    if token.tag in ("VERB", "AUX"):
        return _clause(text, word, name_of, agent)
    governor = token.head
    if governor is not None and text.tokens[governor].tag == "VERB":
        lemma = text.lemma(governor)
        if token.relation == "obj" and lemma in words.load("light_verbs"):
            return _clause(text, governor, name_of)
        if token.relation in SUBJECTS:
            return _clause(text, governor, name_of)
    if text.child(word, "cop") is not None:
        return _copular(text, word, name_of)
    return _noun(text, word, name_of, agent)


def _noun(text: Text, word: int, name_of: Namer, agent: str | None = None) -> Label:
    phrase, named = _phrase(text, word, name_of, own=True, bare=True)
    if " " not in phrase and agent is not None:
        phrase, named = f"{agent}'s {phrase}", True
    telling = len(phrase.split())
    return Label(_tidy(phrase), 0.5 * (telling > 1) + 0.7 * named + 0.1 * min(telling, 6) / 6)


def _copular(text: Text, word: int, name_of: Namer) -> Label:
    subject = text.child(word, *SUBJECTS)
    if subject is None:
        return _noun(text, word, name_of)
    who, named = _phrase(text, subject, name_of)
    what, _ = _phrase(text, word, name_of, keep_determiner=True, bare=True)
    verb = present_of("be", _is_plural(text, subject))
    return Label(_tidy(f"{who} {verb} {what}"), 1.2 + 0.6 * named)


def _clause(text: Text, verb: int, name_of: Namer, known_agent: str | None = None) -> Label:
    """Subject, verb in the present tense, object and what belongs to them."""
    subject, passive = _subject(text, verb)
    worth = 0.0
    parts: list[str] = []
    plural = False
    if subject is not None:
        above = frozenset({"acl"}) if text.tokens[verb].head == subject else frozenset[str]()
        who, named = _phrase(text, subject, name_of, without=above)
        if text.tokens[subject].tag == "PRON" and not named:
            subject = None
        else:
            parts.append(who)
            plural = _is_plural(text, subject) and name_of(subject) is None
            worth += 1.0 + 0.7 * named
    base = base_of(text.lower(verb), "verb")
    agent = text.child(verb, "obl:agent")
    if subject is None and passive and agent is not None:
        who, named = _phrase(text, agent, name_of)
        parts, passive, worth, plural = [who], False, worth + 0.8 + 0.5 * named, _is_plural(text, agent)
        subject = agent
    if subject is None and not passive and known_agent is not None:
        parts, worth = [known_agent], worth + 1.2
    lead = parts[0] if parts else None
    if passive:
        participle = text.word(verb)
        be = present_of("be", plural)
        parts.append(f"{be} {participle}" if subject is not None else participle)
    elif not parts:
        parts.append(text.word(verb) if text.tokens[verb].form in ("ger", "part-pres") else base)
    else:
        parts.append(present_of(base, plural))
    for relation, told, named in _complements(text, verb, _but_for(name_of, lead), subject):
        if sum(len(p.split()) for p in parts) + len(told.split()) > LONGEST and relation not in (
            "obj",
            "xcomp",
        ):
            break
        parts.append(told)
        worth += {"obj": 1.0, "iobj": 0.4, "xcomp": 0.8, "ccomp": 0.5}.get(relation, 0.3) + 0.4 * named
    if len(" ".join(parts).split()) < 2:
        worth -= 1
    return Label(_tidy(" ".join(parts)), worth)


def _subject(text: Text, verb: int) -> tuple[int | None, bool]:
    """Who acts, or in the passive who is acted on, and whether it is the passive."""
    passive = text.child(verb, "aux:pass") is not None
    subject = text.child(verb, *SUBJECTS)
    if subject is not None:
        passive = passive or text.tokens[subject].relation == "nsubj:pass"
        if text.lower(subject) in ("who", "which", "that") and text.tokens[verb].relation == "acl:relcl":
            return text.tokens[verb].head, passive
        return subject, passive
    token = text.tokens[verb]
    head = token.head
    if head is None:
        return None, passive
    if token.relation in ("acl", "acl:relcl"):
        if token.form == "part-past" and text.child(verb, "aux") is None:
            return head, True
        return (head, passive) if token.form in ("part-pres", "ger") else (None, passive)
    if token.relation in ("conj", "xcomp", "advcl"):
        if (
            token.relation == "xcomp"
            and (other := text.child(head, "obj", "iobj")) is not None
            and token.form == "inf"
        ):
            return other, passive
        above, above_passive = (
            _subject(text, head) if text.tokens[head].tag in ("VERB", "AUX") else (None, False)
        )
        shared = above_passive and token.relation == "conj" and token.form == "part-past"
        return above, passive or (shared and text.child(verb, "obj") is None)
    return None, passive


def _complements(
    text: Text, verb: int, name_of: Namer, told: int | None = None
) -> Iterator[tuple[str, str, bool]]:
    """What stands behind the verb, in order: particle, objects, places and people with their prepositions;
    ``told`` is who has been named already."""
    shared = _shared_object(text, verb)
    for child in [*([] if shared is None else [shared]), *text.children[verb]]:
        relation = text.tokens[child].relation
        if child == told:
            continue
        if relation == "compound:prt":
            yield relation, text.word(child), False
        elif relation in ("obj", "iobj") and child > verb:
            phrase, named = _phrase(text, child, name_of, keep_determiner=True)
            if named or text.tokens[child].tag != "PRON":
                yield relation, phrase, named
        elif relation == "xcomp" and child > verb:
            yield relation, *_open_clause(text, child, name_of)
        elif relation == "ccomp" and child > verb and text.tokens[child].tag in ("VERB", "AUX"):
            if content := _content(text, child, name_of):
                yield relation, content, False
        elif relation in ("obl", "obl:agent") and child > verb and text.child(child, "case") is not None:
            if _is_time(text, child):
                continue
            phrase, named = _phrase(text, child, name_of, keep_determiner=True)
            yield relation, phrase, named


def _but_for(name_of: Namer, known: str | None) -> Namer:
    """A namer that leaves the pronouns of somebody who is named already: "Ana Ruiz sells her house"."""
    return lambda word: None if (name := name_of(word)) is not None and name == known else name


def _shared_object(text: Text, verb: int) -> int | None:
    """The object of the verb before that is this one's too: "arrested and questioned the student"."""
    head = text.tokens[verb].head
    if (
        text.tokens[verb].relation != "conj"
        or head is None
        or text.child(verb, "obj", "nsubj:pass") is not None
    ):
        return None
    other = text.child(head, "obj")
    return other if other is not None and other > verb else None


def _content(text: Text, verb: int, name_of: Namer) -> str | None:
    """What somebody says or decides, as it is written; null where that is long or names nobody."""
    numbers = _kept(text, verb, LEFT_OUT)
    if len(numbers) > LONGEST - 4:
        numbers = _kept(text, verb, LEFT_OUT | {"conj", "cc", "acl"})
    subject = text.child(verb, *SUBJECTS)
    if len(numbers) > LONGEST - 4 or subject is None:
        return None
    who = name_of(subject)
    if text.tokens[subject].tag == "PRON" and who is None:
        return None
    said = _join([who if n == subject and who is not None else text.word(n) for n in numbers])
    return said if text.child(verb, "mark") is not None else f"that {said}"


def _open_clause(text: Text, word: int, name_of: Namer) -> tuple[str, bool]:
    mark = text.child(word, "mark")
    parts = [text.word(mark)] if mark is not None and text.lower(mark) == "to" else []
    if text.tokens[word].tag not in ("VERB", "AUX"):
        parts += [text.word(c) for c in text.children[word] if text.tokens[c].relation == "cop"]
        phrase, named = _phrase(text, word, name_of, keep_determiner=True, bare=True)
        return " ".join([*parts, phrase]), named
    auxiliary = [text.word(c) for c in text.children[word] if text.tokens[c].relation in ("aux", "aux:pass")]
    parts += [*auxiliary, text.word(word)]
    some = False
    for _, told, named in _complements(text, word, name_of):
        if len(" ".join(parts).split()) + len(told.split()) > LONGEST - 4:
            break
        parts.append(told)
        some = some or named
    return " ".join(parts), some


def _is_time(text: Text, word: int) -> bool:
    """Whether a phrase tells when."""
    times = _times()
    return text.lemma(word) in times or text.lower(word) in times or text.word(word)[:1].isdigit()


@cache
def _leading_words() -> frozenset[str]:
    particles = words.load("verb_particles")
    leading = words.load("prepositions") | words.load("determiners") | {"and", "or", "but", "whether"}
    return leading - particles


@cache
def _times() -> frozenset[str]:
    return frozenset().union(*map(words.load, ("time_words", "months", "weekdays", "time_units")))


def _is_plural(text: Text, word: int) -> bool:
    joined = any(text.tokens[c].relation == "conj" for c in text.children[word])
    return joined or text.tokens[word].form == "plur" or text.lower(word) in ("they", "we", "those", "these")


def _phrase(
    text: Text,
    word: int,
    name_of: Namer,
    *,
    keep_determiner: bool = False,
    own: bool = False,
    bare: bool = False,
    without: frozenset[str] = frozenset(),
) -> tuple[str, bool]:
    """A noun phrase as it is written, without clauses and asides, and whether it names somebody; a pronoun or
    a part of a name gives way to the name. ``own`` is set for the word that tells the event itself, ``bare``
    where a predicate is to stand without its subject and auxiliaries."""
    case = text.child(word, "case")
    before = f"{text.word(case)} " if keep_determiner and case is not None and case < word else ""
    name = None if own else name_of(word)
    if name is not None:
        return before + name, True
    numbers = _short(text, word, LEFT_OUT | without)
    aside = {case}
    if bare:
        aside |= {
            n for n in text.children[word] if text.tokens[n].relation in (*SUBJECTS, "cop", "aux", "mark")
        }
        numbers = [
            n for n in numbers if not any(n == a or a in text.above(n) for a in aside if a is not None)
        ]
    pieces: list[str] = []
    some = False
    for n in numbers:
        named = name_of(n) if n != word else None
        owner = text.tokens[n].relation == "nmod:poss" and text.tokens[n].tag == "PRON"
        if n == case or (not pieces and named is None and not owner and text.lower(n) in OPENERS):
            continue
        some = some or named is not None
        if named is not None and text.tokens[n].tag == "PRON":
            pieces.append(f"{named}'s" if text.tokens[n].relation == "nmod:poss" else named)
        else:
            pieces.append(text.word(n))
    return before + _join(pieces), some


def _short(text: Text, word: int, without: frozenset[str]) -> list[int]:
    """The words of a phrase; of a long one its participles and lists go, then the last of what follows."""
    numbers = _kept(text, word, without)
    if len(numbers) > PHRASE:
        without = without | {"acl", "conj", "cc"}
        numbers = _kept(text, word, without)
    behind = [c for c in text.children[word] if c > word and text.tokens[c].relation not in without]
    while len(numbers) > PHRASE and behind:
        last = set(_kept(text, behind.pop(), frozenset()))
        numbers = [n for n in numbers if n not in last]
    return numbers


def noun_phrase(text: Text, word: int) -> list[int]:
    """The words of a noun's phrase without its preposition, clauses and asides, all in one piece."""
    case = {n for n in text.children[word] if text.tokens[n].relation == "case"}
    kept = [n for n in _short(text, word, LEFT_OUT) if n not in case]
    first = last = kept.index(word)
    while first and _touch(text, kept[first - 1], kept[first]):
        first -= 1
    while last + 1 < len(kept) and _touch(text, kept[last], kept[last + 1]):
        last += 1
    return kept[first : last + 1]


def _touch(text: Text, one: int, two: int) -> bool:
    """Whether nothing but a hyphen or a word's later pieces stands between two words."""
    return all(
        text.tokens[n].relation == "part" or text.word(n) in ("-", "’", "'") for n in range(one + 1, two)
    )


def _kept(text: Text, word: int, without: frozenset[str]) -> list[int]:
    return [n for n in text.below(word, without) if text.tokens[n].relation != "part"]


def _join(pieces: Sequence[str]) -> str:
    out = " ".join(pieces)
    for mark in ("'s", "’s", "'", "’"):
        out = out.replace(f" {mark} ", f"{mark} ")
    return out.replace(" - ", "-").replace(" , ", ", ").replace(" %", "%").replace("$ ", "$")


def _tidy(label: str) -> str:
    """A label in one line, with a capital, without marks at its ends or words that lead to nothing."""
    told = [word for word in label.split() if word not in ("'s", "’s")]
    while len(told) > 1 and told[-1].casefold() in _leading_words():
        told.pop()
    label = " ".join(told).strip(" ,;:-–—\"“”'’")
    return label[:1].upper() + label[1:]

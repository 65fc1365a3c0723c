"""Who does what to whom, in plain words: the label of an event from the tree of a sentence that tells it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from onrecord import words
from onrecord.english.inflection import base_of, participle_of, present_of
from onrecord.english.text import Text
from onrecord.events.scorer import score
from onrecord.events.subjects import RELATIVES, SUBJECTS, Subject, find_subject, own_subject, reports
from onrecord.events.wording import FIRST, HEDGES, LONGEST, MORE, NEGATIONS, Features, Wording

OPENERS = frozenset({"the", "a", "an", "this", "that", "these", "those"})
"""Determiners with which a label does not begin."""
KEPT_MODALS = frozenset({"may", "might", "could", "would", "should", "must"})
WISHES = frozenset(
    {
        "agree", "attempt", "decide", "decline", "expect", "fail", "hesitate", "hope", "intend", "mean",
        "plan", "prepare", "promise", "refuse", "seek", "struggle", "threaten", "try", "vow", "want",
    }
)  # fmt: skip
"""Verbs that leave open whether it was done: "tried to silence me"."""
PLURALS = frozenset(
    {
        "all", "both", "dozens", "few", "hundreds", "many", "millions", "more", "most", "others", "people",
        "police", "scores", "several", "some", "these", "they", "thousands", "those", "two", "three",
        "four", "five", "six", "seven", "eight", "nine", "ten", "we",
    }
)  # fmt: skip
"""Words that go with a verb in the plural though they do not look it."""
CLAUSAL = frozenset({"VERB", "AUX"})


@dataclass(frozen=True)
class Label:
    """A label, what a scorer is told of it, and how much of what a desk would say it is likely to say."""

    text: str
    features: Features

    @property
    def worth(self) -> float:
        """How good a label it is likely to be."""
        return score("label", self.features)


@dataclass(frozen=True)
class Told:
    """A subject in words: ``name`` is who it names; ``left_out`` is what stands before the verb already."""

    written: str
    name: str | None
    plural: bool
    passive: bool
    left_out: frozenset[int]


def write_labels(
    wording: Wording, word: int, agent: str | None = None, *, said: bool = False
) -> Iterator[Label]:
    """The labels that a sentence may give to the event that a word tells; ``agent`` is who is known to do it,
    for a sentence that leaves that out. ``said`` is set for what is given as so: "may" stays."""
    text = wording.text
    token = text.tokens[word]
    governor = token.head
    if token.tag in CLAUSAL:
        wished = said and governor is not None and token.form == "inf" and text.lemma(governor) in WISHES
        yield _clause(wording, governor if wished and governor is not None else word, agent, said)
        return
    if governor is not None and text.tokens[governor].tag == "VERB" and _is_told(text, governor):
        yield from _through(wording, word, governor, said)
    subject = text.child(word, *SUBJECTS)
    if text.child(word, "cop") is not None and subject is not None:
        yield _copular(wording, word, subject)
    yield _noun(wording, word, agent)


def _through(wording: Wording, word: int, verb: int, said: bool) -> Iterator[Label]:
    """The clause that a noun stands in, as "holds talks" or "offers the data for sale"."""
    text = wording.text
    relation = text.tokens[word].relation
    if relation not in ("obj", "obl", *SUBJECTS) or (relation == "obl" and word < verb):
        return
    light = relation == "obj" and text.lemma(verb) in words.load("light_verbs")
    label = _clause(wording, verb, None, said, word)
    under = {"light" if light else relation: 1.0, f"{relation} {text.lemma(verb)}": 1.0}
    yield replace(label, features=label.features | under)


def _is_told(text: Text, verb: int) -> bool:
    """Whether a verb makes a clause of its own, unlike "pending" and "following"."""
    token = text.tokens[verb]
    return token.form not in ("ger", "part-pres") or text.child(verb, "aux") is not None


def _noun(wording: Wording, word: int, agent: str | None) -> Label:
    text = wording.text
    kept = wording.choose(word, _aside(text, word))
    written = wording.write(kept)
    owned = text.child(word, "nmod:poss")
    lone = len(kept) == 1 or (len(kept) == 2 and text.child(word, "det") in kept)
    if agent is not None and lone:
        written = f"{agent}'s {text.word(word)}"
    return _finish(
        wording,
        written,
        kept,
        {
            "noun": 1.0,
            "lone noun": float(lone),
            "lone with agent": float(lone and agent is not None),
            "owned": float(owned is not None),
        },
    )


def _copular(wording: Wording, word: int, subject: int) -> Label:
    text = wording.text
    told, features = _say_subject(wording, Subject(subject, False, "cop"), word)
    kept = wording.choose(word, _aside(text, word), LONGEST - len(told.written.split()) - 1)
    verb = present_of("be", told.plural)
    return _finish(
        wording, f"{told.written} {verb} {wording.write(kept, told.name)}", kept, features | {"copula": 1.0}
    )


def _aside(text: Text, word: int) -> set[int]:
    """What belongs to a predicate or stands before a noun, not to the noun itself."""
    outer = (*SUBJECTS, "cop", "aux", "mark", "cc", "csubj", "expl", "nmod", "obl", "advcl", "acl", "advmod")
    before = {c for c in text.children[word] if c < word and text.tokens[c].relation in outer}
    return {c for c in before if text.lower(c) not in NEGATIONS} | _opening(text, word)


def _opening(text: Text, word: int) -> set[int]:
    """The preposition or conjunction that a phrase opens with."""
    first = min(text.below(word))
    return {
        c for c in text.children[word] if text.tokens[c].relation in ("case", "cc", "mark") and c == first
    }


def _clause(wording: Wording, verb: int, agent: str | None, said: bool, noun: int | None = None) -> Label:
    """Subject, verb in the present tense, and what belongs to it."""
    text = wording.text
    subject, features = _whose(wording, verb, agent)
    aside = {c for c in text.children[verb] if c < verb} | subject.left_out
    hedge = next(
        (f"{text.word(c)} " for c in text.children[verb] if c < verb and text.lower(c) in HEDGES), ""
    )
    told = hedge + _predicate(text, verb, subject, said)
    room = LONGEST - len(f"{subject.written} {told}".split()) + 1
    contents = [c for c in text.children[verb] if c > verb and text.tokens[c].relation == "ccomp"]
    said_what = contents[:1] if text.child(verb, "obj", "xcomp") is None else []
    kept = wording.choose(verb, aside, room, {*said_what, *([] if noun is None else [noun])})
    thing = _relative_object(text, verb)
    kept |= set() if said_what else _said_before(wording, verb, kept, room)
    rest = _content_last(wording, verb, kept - {verb, *_pieces_of(text, verb)}, subject.name)
    if thing is not None:
        rest = (
            f"{wording.write(wording.choose(thing, {verb, *_opening(text, thing)}, 5), subject.name)} {rest}"
        )
        kept |= {thing}
    behind = kept - {verb, *subject.left_out}
    way = "verb" if noun is None else "through"
    features |= {
        way: 1.0,
        "no subject": float(not subject.written),
        "passive": float(subject.passive),
        f"{way} alone": float(not behind and not subject.passive),
        f"{way} no object": float(
            not subject.passive and text.child(verb, "obj", "xcomp", "ccomp") not in behind
        ),
    }
    return _finish(wording, f"{subject.written} {told} {rest}", kept, features)


def _whose(wording: Wording, verb: int, agent: str | None) -> tuple[Told, Features]:
    """The subject of a label: the sentence's; who is known to do it; or what it is done to."""
    text = wording.text
    found = find_subject(text, verb)
    if found is not None and text.lower(found.word) in RELATIVES:
        found = None
    if found is not None and not wording.is_open(found.word, alone=True):
        return _say_subject(wording, found, verb)
    passive = text.child(verb, "aux:pass") is not None if found is None else found.passive
    doer, thing = text.child(verb, "obl:agent"), text.child(verb, "obj")
    if passive and doer is not None and not wording.is_open(doer):
        told, _ = _say_subject(wording, Subject(doer, False, "by"), verb)
        return replace(told, left_out=frozenset({doer})), {"by": 1.0}
    if not passive and found is None and agent is not None:
        return Told(agent, agent, False, False, frozenset()), {"known agent": 1.0}
    if not passive and thing is not None and _may_turn(wording, verb, thing):
        told, _ = _say_subject(wording, Subject(thing, True, "object"), verb)
        return replace(told, left_out=frozenset({thing})), {"turned": 1.0}
    return Told("", None, False, passive, frozenset()), {}


def _relative_object(text: Text, verb: int) -> int | None:
    """The noun that is the object of the clause that hangs on it: "the network that he founded"."""
    token = text.tokens[verb]
    own = own_subject(text, verb)
    if token.relation != "acl:relcl" or token.head is None or own is None or text.lower(own) in RELATIVES:
        return None
    if text.child(verb, "obj", "ccomp", "xcomp", "aux:pass") is not None or token.head > verb:
        return None
    where = any(text.lower(c) in ("when", "where", "why", "how", "whose", "whom") for c in text.below(verb))
    stranded = any(text.tokens[c].tag == "ADP" for c in text.children[verb])
    return None if where or stranded or text.tokens[token.head].tag != "NOUN" else token.head


def _said_before(wording: Wording, verb: int, kept: set[int], room: int) -> set[int]:
    """The words of a quotation that stands before the verb that reports it, where nothing else tells what is
    said."""
    text = wording.text
    told = text.child(verb, "ccomp")
    if told is None or told > verb or not reports(text, verb) or len(kept) > 5:
        return set()
    subject = own_subject(text, told)
    if subject is None or text.lower(subject) in ("who", "which", "what") or not wording.is_clear(told):
        return set()
    aside = {
        c for c in text.children[told] if text.tokens[c].relation in ("cc", "mark", "advmod") and c < told
    }
    more = wording.choose(told, aside, room + MORE)
    return more if wording.count(kept) + wording.count(more) <= room + MORE + 1 else set()


def _content_last(wording: Wording, verb: int, kept: set[int], told: str | None) -> str:
    """What goes with a verb, a quotation before it behind all else."""
    before = {n for n in kept if n < verb}
    rest = wording.write(kept - before, told)
    return f"{rest} that {wording.write(before, told)}" if before else rest


def _pieces_of(text: Text, word: int) -> list[int]:
    return [c for c in text.children[word] if text.tokens[c].relation == "part"]


def _may_turn(wording: Wording, verb: int, thing: int) -> bool:
    """Whether what is done to a thing can be told without who does it."""
    text = wording.text
    odd = text.lemma(thing) in ("percent", "%", "point") or text.child(verb, "iobj") is not None
    mine = any(text.lower(c) in FIRST for c in text.children[verb])
    return thing > verb and not odd and not mine and not wording.is_open(thing)


def _predicate(text: Text, verb: int, subject: Told, said: bool) -> str:
    """The verb in the present tense; of what is ``said`` to be so "may" and "not" stay."""
    before = [text.lower(c) for c in text.children[verb] if c < verb]
    denied = ["not"] if said and any(word in NEGATIONS for word in before) else []
    modal = next((word for word in before if word in KEPT_MODALS), None) if said else None
    base = base_of(text.lower(verb), "verb")
    form = text.word(verb) if text.tokens[verb].form == "part-past" else participle_of(base)
    if not subject.written:
        return (
            form
            if subject.passive
            else text.word(verb)
            if text.tokens[verb].form in ("ger", "part-pres")
            else base
        )
    if modal is not None:
        return " ".join([modal, *denied, *(["be", form] if subject.passive else [base])])
    if subject.passive:
        return " ".join([present_of("be", subject.plural), *denied, form])
    if denied and base != "be":
        return f"{present_of('do', subject.plural)} not {base}"
    if base.endswith("ing") and text.tokens[verb].form in ("ger", "part-pres"):
        return " ".join([present_of("be", subject.plural), *denied, base])
    return " ".join([present_of(base, subject.plural), *denied])


def _say_subject(wording: Wording, subject: Subject, verb: int) -> tuple[Told, Features]:
    """The subject in words."""
    text = wording.text
    aside = _opening(text, subject.word)
    below = {verb} if text.tokens[verb].head == subject.word else set()
    kept = wording.choose(subject.word, aside | below, 7)
    named = wording.named.get(subject.word)
    features = {
        "subject": 1.0,
        f"by {subject.way}": 1.0,
        f"subject {named.form if named else 'common'}": 1.0,
    }
    written = wording.write(kept).removesuffix("'s").removesuffix("’s")
    name = named.name if named is not None else None
    return Told(
        written, name, _is_plural(wording, subject.word, kept), subject.passive, frozenset({subject.word})
    ), features


def _is_plural(wording: Wording, word: int, kept: set[int]) -> bool:
    """Whether a subject goes with a verb in the plural."""
    text = wording.text
    if any(text.tokens[c].relation == "conj" and c in kept for c in text.children[word]):
        return True
    named = wording.named.get(word)
    if named is not None and named.form != "name":
        return False
    form = text.lower(word)
    many = text.tokens[word].tag == "NOUN" and base_of(form, "noun") != form
    return many or text.tokens[word].form == "plur" or form in PLURALS


def _finish(wording: Wording, written: str, kept: set[int], features: Features) -> Label:
    """The label in one line with a capital, without marks at its ends or an article before."""
    told = written.split()
    while len(told) > 1 and told[0].casefold() in OPENERS:
        told.pop(0)
    while len(told) > 1 and told[-1].casefold() in _leading_words():
        told.pop()
    label = " ".join(told).strip(" ,;:-–—\"“”'’")
    count = len(label.split())
    features = features | {
        "open": float(any(wording.is_open(n) for n in kept)),
        "words": min(count, 9) / 9,
        "short": float(count < 4),
        "long": float(count > LONGEST),
        "names": float(sum(n in wording.named for n in kept)),
    }
    return Label(label[:1].upper() + label[1:], features)


@cache
def _leading_words() -> frozenset[str]:
    leading = words.load("prepositions") | words.load("determiners")
    more = {"and", "or", "but", "whether", "what", "which", "who", "that", "to", "saying"}
    return (leading | more) - words.load("verb_particles")

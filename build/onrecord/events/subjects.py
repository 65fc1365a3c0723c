"""Who does what a verb tells, or to whom it is done, by the tree of its sentence."""

from dataclasses import dataclass

from onrecord import words
from onrecord.english.text import Text

SUBJECTS = ("nsubj", "nsubj:pass", "nsubj:outer")
INTENTS = frozenset(
    {
        "ability", "agreement", "attempt", "bid", "campaign", "decision", "desire", "effort", "failure",
        "intent", "intention", "move", "offer", "plan", "pledge", "promise", "refusal", "right", "threat",
        "vow",
    }
)  # fmt: skip
"""Nouns whose owner is who does what they are for ("his plan to build a wall")."""
UNSHARED = frozenset(
    {
        "advocate", "back", "ban", "condemn", "consider", "criticize", "discourage", "favor", "oppose",
        "propose", "recommend", "reject", "suggest", "support", "urge",
    }
)  # fmt: skip
"""Verbs with what others do behind them: "opposes building a wall"."""
RELATIVES = frozenset({"who", "which", "that", "what"})


@dataclass(frozen=True)
class Subject:
    """Who does it, or to whom it is done (``passive``), by the word that leads the phrase; ``way`` is how the
    tree tells it."""

    word: int
    passive: bool
    way: str


def find_subject(text: Text, verb: int) -> Subject | None:
    """Who acts, or in the passive who is acted on."""
    token = text.tokens[verb]
    passive = token.form == "part-past" and any(
        text.tokens[c].relation in ("aux", "aux:pass", "cop") and text.lemma(c) == "be"
        for c in text.children[verb]
    )
    passive = passive or text.child(verb, "aux:pass") is not None
    own = own_subject(text, verb)
    bare = token.form == "part-past" and text.child(verb, "aux", "aux:pass", "cop") is None
    if own is not None and not (bare and text.lower(min(verb + 1, len(text) - 1)) == "by"):
        passive = passive or (bare and _in_headline(text, verb) and not _takes_object(text, verb))
        return _relative(text, own, passive) or _speaker(text, own, passive) or Subject(own, passive, "own")
    if token.head is None or text.child(verb, "csubj", "expl") is not None:
        return None
    if token.form == "inf":
        before = next((c for c in text.children[verb] if c < verb and text.tokens[c].relation == "obj"), None)
        if before is not None:
            return Subject(before, passive, "before")
    return _modified(text, verb, passive) or _shared_subject(text, verb, passive)


def _speaker(text: Text, own: int, passive: bool) -> Subject | None:
    """The speaker that "it" or "they" means: "the navy said it arrested ten"."""
    verb = text.tokens[own].head
    saying = text.tokens[verb].head if verb is not None else None
    if verb is None or saying is None or text.lower(own) not in ("it", "they"):
        return None
    if text.tokens[verb].relation != "ccomp" or not reports(text, saying):
        return None
    who = text.child(saying, "nsubj")
    return Subject(who, passive, "speaker") if who is not None else None


def reports(text: Text, verb: int) -> bool:
    """Whether a verb reports what somebody says."""
    return text.lower(verb) in words.load("report_verbs")


def _in_headline(text: Text, word: int) -> bool:
    """Whether a word stands in a headline, where a participle alone is a passive: "Woman killed in Velby"."""
    start = text.tokens[word].start
    return any(b.kind == "title" and b.start <= start < b.end for b in text.document.blocks)


def own_subject(text: Text, verb: int) -> int | None:
    """The subject that stands nearest before a verb; behind one that reports."""
    found = [c for c in text.children[verb] if text.tokens[c].relation in SUBJECTS and not _is_led(text, c)]
    before = [c for c in found if c < verb]
    if before:
        return before[-1]
    if found and reports(text, verb):
        return found[0]
    return _near(text, verb)


def _is_led(text: Text, word: int) -> bool:
    """Whether a phrase opens with a preposition or ends as an owner, and so is no subject."""
    case = text.child(word, "case")
    return case is not None and (case == min(text.below(word)) or text.lower(case) in ("'s", "’s"))


def _near(text: Text, verb: int) -> int | None:
    """A name or noun right before a finite verb that the tree hangs elsewhere."""
    near = verb - 1
    while near >= 0 and text.tokens[near].tag in ("AUX", "ADV"):
        near -= 1
    if near < 0 or text.tokens[near].sentence != text.tokens[verb].sentence:
        return None
    finite = text.tokens[verb].form.startswith("fin") or near < verb - 1
    name = text.tokens[near].head
    if text.tokens[near].relation == "flat" and name is not None and name < near:
        near = name
    token = text.tokens[near]
    hung = token.head == verb or token.tag == "PROPN"
    loose = finite and hung and token.tag in ("NOUN", "PROPN") and text.child(near, "case") is None
    return near if loose and token.relation in ("obl", "obj", "nmod", "compound", "conj", "root") else None


def _takes_object(text: Text, verb: int) -> bool:
    """Whether an object follows a verb, whatever the tree says of it."""
    behind = text.tokens[verb + 1].tag if verb + 1 < len(text) else "PUNCT"
    return text.child(verb, "obj") is not None or behind in ("ADJ", "DET", "NOUN", "NUM", "PRON", "PROPN")


def _relative(text: Text, own: int, passive: bool) -> Subject | None:
    """The noun that "who" or "which" means: the one that the clause hangs on, or the one before the word."""
    if text.lower(own) not in RELATIVES or text.tokens[own].tag != "PRON":
        return None
    verb = text.tokens[own].head
    if verb is not None and text.tokens[verb].relation == "acl:relcl":
        head = text.tokens[verb].head
        return Subject(head, passive, "relative") if head is not None else None
    before = next((n for n in range(own - 1, -1, -1) if text.tokens[n].tag != "PUNCT"), None)
    if before is None or text.tokens[before].tag != "NOUN":
        return None
    return Subject(before, passive, "relative")


def _modified(text: Text, verb: int, passive: bool) -> Subject | None:
    """The noun that a participle or "to" belongs to: "the man arrested", "his plan to leave"."""
    token, head = text.tokens[verb], text.tokens[verb].head
    if head is None or token.relation not in ("acl", "amod") or text.child(verb, "aux") is not None:
        return None
    if token.form == "inf" and text.lemma(head) in INTENTS:
        owner = text.child(head, "nmod:poss")
        return Subject(owner, passive, "owner") if owner is not None else None
    if text.child(verb, "mark") is not None or text.tokens[head].tag not in ("NOUN", "PROPN", "PRON"):
        return None
    between = [text.tokens[n] for n in range(head + 1, verb)]
    if text.tokens[head].tag == "PRON" or any(
        t.tag in ("NOUN", "PROPN", "VERB") and t.relation not in ("flat", "part") for t in between
    ):
        return None
    if token.form in ("part-past", "fin-past"):
        if _takes_object(text, verb):
            return None
        return Subject(head, True, f"{token.relation} past")
    return Subject(head, passive, f"{token.relation} present") if token.form in ("part-pres", "ger") else None


def _shared_subject(text: Text, verb: int, passive: bool) -> Subject | None:
    """The subject that a verb has from the one it hangs on."""
    token = text.tokens[verb]
    head = token.head
    if head is None or token.relation not in ("conj", "xcomp", "advcl", "ccomp"):
        return None
    if head > verb and token.relation != "advcl":
        return None
    if token.relation == "ccomp" and token.form not in ("ger", "inf"):
        return None
    other = text.child(head, "obj", "iobj")
    mark = text.child(verb, "mark", "case")
    passive_above = text.child(head, "aux:pass") is not None
    prompted = token.relation == "xcomp" or (
        not passive_above and mark is not None and text.lower(mark) in ("for", "from", "of")
    )
    if other is not None and token.relation != "conj" and prompted:
        return Subject(other, passive, "object")
    if token.relation != "conj" and token.form in ("ger", "part-pres") and text.lemma(head) in UNSHARED:
        return None
    if token.relation in ("advcl", "ccomp") and token.form not in ("ger", "part-pres", "part-past", "inf"):
        return None
    above = find_subject(text, head)
    if above is None:
        return None
    alone = text.child(verb, "aux") is None and not _takes_object(text, verb)
    if token.relation == "advcl" and token.form == "part-past" and alone:
        passive = True
    shared = above.passive and token.relation == "conj" and token.form in ("part-past", "fin-past")
    return Subject(above.word, passive or (shared and alone), token.relation)

"""Trees mended before labels are made of them."""

from collections.abc import Sequence
from dataclasses import replace

from onrecord.english.text import Text
from onrecord.model import Token


def mended(text: Text) -> Text:
    """The same words, objects and phrases with "of" hung on the verb or noun right before them."""
    tokens = list(text.tokens)
    for word, token in enumerate(tokens):
        of = text.child(word, "case")
        if of is not None and 0 < of < word and text.lower(of) == "of":
            noun = tokens[of - 1]
            if noun.tag in ("NOUN", "PROPN") and noun.sentence == token.sentence and token.head is not None:
                named = noun.relation == "flat" and noun.head is not None
                _hang(tokens, word, noun.head if named and noun.head is not None else of - 1, "nmod")
        elif token.tag == "VERB" and text.child(word, "obj", "ccomp", "xcomp", "aux:pass") is None:
            thing = _noun_behind(tokens, word)
            if thing is not None and text.child(thing, "case") is None:
                _hang(tokens, thing, word, "obj")
    return Text(text.document, tokens)


def _hang(tokens: list[Token], word: int, head: int, relation: str) -> None:
    """Hang a word on another that does not hang on it."""
    at: int | None = head
    while at is not None:
        if at == word:
            return
        at = tokens[at].head
    tokens[word] = replace(tokens[word], head=head, relation=relation)


def _noun_behind(tokens: Sequence[Token], verb: int) -> int | None:
    """The noun whose phrase begins right behind a verb and is the object of a verb before."""
    at = verb + 1
    while at < len(tokens):
        head = tokens[at].head
        if head is None or head == verb:
            return None
        if head < verb:
            return at if tokens[at].relation == "obj" and tokens[at].tag in ("NOUN", "PROPN") else None
        at = head
    return None

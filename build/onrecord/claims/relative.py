"""A bare "which" in a claim is the thing that it stands for: "[a ship], which Ruiz [said] [sank]".

A reader marks the word that stands in the clause; printed by itself it says nothing. What it stands for is
the noun on which the clause hangs, with what describes that noun.
"""

from collections.abc import Iterable
from dataclasses import replace

from onrecord.english.text import Text
from onrecord.model import Attribution, Span

__all__ = ["name_antecedents"]

CLIMB = 5
"""Words from a relative pronoun up to its noun at most. A choice; it bounds the work."""

_RELATIVE = frozenset(["which", "that", "whom", "who"])
_OF_NOUN = frozenset(["amod", "compound", "det", "fixed", "flat", "goeswith", "nmod", "nummod", "part"])
"""How words hang on a noun that are part of its name or description."""


def find_antecedent(grammar: Text, number: int) -> Span | None:
    """The words that a relative pronoun stands for, without the clause that it opens; null where its clause
    hangs on no noun."""
    at = number
    for _ in range(CLIMB):
        head = grammar.tokens[at].head
        if head is None:
            return None
        if grammar.tokens[at].relation.startswith("acl"):
            return _describe(grammar, head, number)
        at = head
    return None


def _describe(grammar: Text, noun: int, number: int) -> Span | None:
    """A noun before a place with what describes it."""
    if noun >= number or grammar.tokens[noun].tag not in ("NOUN", "PROPN", "NUM"):
        return None
    own = [noun]
    for child in grammar.children[noun]:
        if grammar.tokens[child].relation.partition(":")[0] in _OF_NOUN and child < number:
            own += [part for part in grammar.below(child) if part < number]
    return grammar.span(sorted(own))


def name_antecedents(grammar: Text, attributions: Iterable[Attribution]) -> list[Attribution]:
    """The attributions, each bare relative pronoun of a content replaced by what it stands for."""
    return [replace(one, content=_name_in(grammar, one)) for one in attributions]


def _name_in(grammar: Text, attribution: Attribution) -> tuple[Span, ...]:
    named = []
    for span in attribution.content:
        numbers = [n for n in grammar.within(span.start, span.end) if grammar.tokens[n].tag != "PUNCT"]
        bare = len(numbers) == 1 and grammar.lower(numbers[0]) in _RELATIVE
        found = find_antecedent(grammar, numbers[0]) if bare else None
        others = (*attribution.content, *attribution.cues, *attribution.speakers)
        clear = found is not None and all(o.end <= found.start or found.end <= o.start for o in others)
        named.append(found if found is not None and clear else span)
    return tuple(sorted(set(named), key=lambda s: (s.start, s.end)))

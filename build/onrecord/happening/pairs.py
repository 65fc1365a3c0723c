"""What a trigger and a mention of its sentence are to each other, told by small rules.

There is no parser. A rule looks at one trigger and one mention and at the words between and around them, and
says how far it holds, mostly 0 or 1. What that counts for is said in ``parts``.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from onrecord import words
from onrecord.claims.grammar import (
    BE,
    FUTURE,
    HAVE,
    POSSIBLE,
    in_group,
    leads_to_noun,
    split_words,
    verb_group,
)
from onrecord.model import Mention, Span

__all__ = ["RULES", "Pair"]


Side = Literal["before", "after"]

_MARKS = frozenset([";", ":", "—", "–", "(", ")", ".", "?", "!", "``", "''", '"', "“", "”"])
_OPENERS = frozenset(
    [
        "although",
        "as",
        "because",
        "but",
        "if",
        "since",
        "that",
        "though",
        "unless",
        "when",
        "where",
        "whereas",
    ]
)
_RELATIVES = frozenset(["who", "which", "that", "whose", "whom"])
_OWNING = frozenset(["his", "her", "its", "their", "our", "my", "your"])
_ACTING = frozenset(["he", "she", "they", "we", "i"])
_UNDERGOING = frozenset(["him", "them", "us", "me"])
_OWNERS = frozenset(["'s", "’s"])
_VERBAL = (BE | HAVE | FUTURE | POSSIBLE | {"to"}) - {"'s", "’s", "'d", "’d"}
_PASSIVE = BE - _OWNERS
_ING = re.compile(r"[aeiouy].*ing$")
_NOUN_END = re.compile(r"(?:tion|sion|ment|ance|ence|ure|ity|ship|ery|al|ism)s?$")
_FRONT = re.compile(
    r"\b(?:(?:[Tt]he|an?|its|his|her|their|both|[A-Z][\w.’'&-]*|chief|president|minister|spokes\w+|officials?|"
    r"leaders?|companies|company|maker|giant|executive|secretary|lawyer|former|then|rival|[’']s)\s+)+\Z"
)
"""What stands in front of a name within its noun phrase: determiners, titles, other names."""
_PREPOSITIONS = {
    "by": ("by",),
    "in": ("in", "at", "near", "outside", "inside"),
    "to": ("to",),
    "for": ("for",),
    "of": ("of",),
    "with": ("with",),
    "from": ("from",),
    "against": ("against", "over", "on", "upon"),
    "other_preposition": tuple(sorted(words.load("other_prepositions"))),
}


@dataclass(frozen=True)
class Pair:
    """A trigger and a mention of one sentence. ``triggers`` and ``mentions`` count those between the two."""

    text: str
    sentence: Span
    trigger: Span
    mention: Mention
    triggers: int
    mentions: int

    @property
    def side(self) -> Side:
        return "before" if self.mention.end <= self.trigger.start else "after"

    @cached_property
    def phrase_start(self) -> int:
        """Where the noun phrase of the mention begins, with determiners, titles and names before it."""
        low = max(self.sentence.start, self.mention.start - 60)
        if self.side == "after":
            low = max(low, self.trigger.end)
        match = _FRONT.search(self.text[low : self.mention.start])
        return low + match.start() if match else self.mention.start

    @cached_property
    def gap(self) -> tuple[str, ...]:
        """The words between the two, without what stands in front of the mention in its noun phrase."""
        if self.side == "before":
            return split_words(self.text[self.mention.end : self.trigger.start])
        return split_words(self.text[self.trigger.end : self.phrase_start])

    @cached_property
    def left(self) -> tuple[str, ...]:
        """The words of the sentence before the trigger."""
        return split_words(self.text[self.sentence.start : self.trigger.start])

    @cached_property
    def lead(self) -> tuple[str, ...]:
        """The last words before the noun phrase of the mention."""
        low = max(self.sentence.start, self.phrase_start - 40)
        return split_words(self.text[low : self.phrase_start])[-3:]

    @cached_property
    def tail(self) -> tuple[str, ...]:
        """The first words after the mention."""
        return split_words(self.text[self.mention.end : min(self.sentence.end, self.mention.end + 40)])[:3]

    @cached_property
    def group(self) -> tuple[str, ...]:
        """Auxiliaries, negations and adverbs right before the trigger."""
        return verb_group(self.left)

    @cached_property
    def said(self) -> str:
        return self.text[self.mention.start : self.mention.end].casefold()

    @cached_property
    def told(self) -> str:
        """The first word of the trigger."""
        return next(iter(split_words(self.text[self.trigger.start : self.trigger.end])), "")

    @cached_property
    def noun(self) -> bool:
        """Whether the trigger reads as a noun."""
        last = self.left[-1] if self.left else ""
        if last in _OWNERS:
            return not self.ing
        if any(word in _VERBAL for word in self.group):
            return leads_to_noun(last) and last not in ("to", "no")
        if self.ing or self.past or self.told in words.load("cue_verbs"):
            return last in ("the", "a", "an", "this", "that", "these", "those", "its", "his", "her", "their")
        if _NOUN_END.search(self.told) or (leads_to_noun(last) and last != "to"):
            return True
        return bool(self.left[-2:-1]) and leads_to_noun(self.left[-2]) and not self.told.endswith("s")

    @cached_property
    def ing(self) -> bool:
        """Whether the trigger is an -ing form."""
        return _ING.search(self.told) is not None

    @cached_property
    def past(self) -> bool:
        """Whether the trigger is a past form or past participle."""
        told = self.told
        return (
            told.endswith("ed") or told in words.load("irregular_pasts") or told in words.load("past_verbs")
        )


def _near(pair: Pair) -> float:
    """At most one word stands between."""
    return float(len(pair.gap) <= 1)


def _distance(pair: Pair) -> float:
    """The words between, on a log scale."""
    return math.log1p(len(pair.gap))


def _subject(pair: Pair) -> float:
    """Only auxiliaries and adverbs stand between: "Tellmark has quietly [sold]"."""
    grouped = all(in_group(word) for word in pair.gap)
    return float(grouped and pair.side == "before" and not pair.noun)


def _object(pair: Pair) -> float:
    """Nothing but a particle stands between: "[sued] the Harbour Board"."""
    bare = all(word in ("up", "down", "out", "off", "back") for word in pair.gap)
    return float(bare and pair.side == "after" and not pair.noun)


def _passive(pair: Pair) -> float:
    """ "was [sued]": what comes before undergoes it."""
    return float(any(word in _PASSIVE for word in pair.group) and not pair.ing and not pair.noun)


def _infinitive(pair: Pair) -> float:
    """ "agreed to [sell]"."""
    return float("to" in pair.group)


def _gerund(pair: Pair) -> float:
    """An -ing form without an auxiliary: "Tellmark sank, [killing] two"."""
    return float(pair.ing and not any(word in _PASSIVE for word in pair.group))


def _participle(pair: Pair) -> float:
    """A past form without an auxiliary; a participle may say what was done to the word before."""
    return float(pair.past and not pair.group and not pair.noun)


def _reduced(pair: Pair) -> float:
    """An -ed form with a preposition behind it: "the mine [closed] by Tellmark"."""
    after = split_words(pair.text[pair.trigger.end : pair.trigger.end + 12])[:1]
    return float(pair.told.endswith("ed") and not pair.group and after in (("by",), ("in",), ("on",)))


def _noun(pair: Pair) -> float:
    """The trigger reads as a noun."""
    return float(pair.noun)


def _noun_of(pair: Pair) -> float:
    """ "the [closure] of Norfield": "of" right behind the noun."""
    return float(pair.noun and pair.side == "after" and pair.gap[:1] == ("of",) and len(pair.gap) <= 2)


def _noun_link(pair: Pair) -> float:
    """ "[talks] with Norfield", "[attack] on Norfield": another preposition right behind the noun."""
    link = pair.gap[:1] in (("with",), ("on",), ("against",), ("to",), ("for",), ("from",), ("by",))
    return float(pair.noun and pair.side == "after" and link and len(pair.gap) <= 2)


def _owner(pair: Pair) -> float:
    """ "Tellmark's [refusal]": the owner of the noun."""
    owns = pair.tail[:1] in (("'s",), ("’s",), ("'",), ("’",)) or pair.said in _OWNING
    return float(owns and pair.side == "before" and len(pair.gap) <= 4)


def _owner_else(pair: Pair) -> float:
    """The owner of another noun: "Tellmark's lawyers will [appeal]"."""
    owns = pair.tail[:1] in (("'s",), ("’s",), ("'",), ("’",)) or pair.said in _OWNING
    return float(owns and not _owner(pair))


def _qualifies(pair: Pair) -> float:
    """A noun follows that the name only qualifies: "the Tellmark spokeswoman [said]"."""
    follows = pair.text[pair.mention.end : pair.mention.end + 2]
    word = pair.tail[0] if pair.tail else ""
    plain = len(follows) == 2 and follows[0] == " " and follows[1].islower()
    verb = in_group(word) or word in words.load("function_words") or word in words.load("cue_verbs")
    return float(plain and not verb and word != pair.told and not word.endswith(("ed", "ing")))


def _qualifies_trigger(pair: Pair) -> float:
    """ "the Tellmark [deal]"."""
    return float(pair.side == "before" and not pair.gap and pair.noun)


def _within_phrase(pair: Pair) -> float:
    """The mention ends a longer noun phrase: "the lawyers for Tellmark [said]"."""
    led = any(pair.lead[-1:] == (word,) for row in _PREPOSITIONS.values() for word in row)
    return float(pair.side == "before" and led and len(pair.lead) > 1 and pair.lead[-2] != ",")


def _triggers_between(pair: Pair) -> float:
    """Other events stand between; at most two count."""
    return float(min(pair.triggers, 2))


def _mentions_between(pair: Pair) -> float:
    """Other mentions stand between; at most two count."""
    return float(min(pair.mentions, 2))


def _comma(pair: Pair) -> float:
    """A comma stands between."""
    return float("," in pair.gap)


def _mark(pair: Pair) -> float:
    """A quotation mark, dash, bracket or colon stands between."""
    return float(any(word in _MARKS for word in pair.gap))


def _opener(pair: Pair) -> float:
    """A word that opens a clause stands between."""
    return float(any(word in _OPENERS for word in pair.gap))


def _relative(pair: Pair) -> float:
    """ "Tellmark, which was [sued]": a relative pronoun begins what stands between, and little else."""
    row = pair.gap[1:] if pair.gap[:1] == (",",) else pair.gap
    return float(row[:1] != () and row[0] in _RELATIVES and all(in_group(word) for word in row[1:]))


def _control(pair: Pair) -> float:
    """One other verb stands between and the trigger hangs on it: "Tellmark agreed to [sell]"."""
    return float(pair.side == "before" and "to" in pair.group and pair.triggers == 1 and "," not in pair.gap)


def _joined(pair: Pair) -> float:
    """One other verb and "and" stand between: "Tellmark closed the mine and [sold] it"."""
    return float(pair.side == "before" and pair.triggers >= 1 and pair.gap[-1:] == ("and",))


def _listed(pair: Pair) -> float:
    """The mention follows "and" or a comma, as in a list."""
    return float(pair.lead[-1:] in (("and",), (",",), ("or",)))


def _opens(pair: Pair) -> float:
    """The mention opens its sentence."""
    return float(not pair.text[pair.sentence.start : pair.mention.start].strip(" \"“‘'("))


def _is(pair: Pair) -> float:
    """The trigger is "be" or "have": who is something does nothing."""
    return float(pair.told in BE or pair.told in HAVE)


def _says(pair: Pair) -> float:
    """The trigger is a verb of saying."""
    return float(pair.told in words.load("cue_verbs"))


def _says_next(pair: Pair) -> float:
    """ "[said] Ms Diallo", or "[told] Ms Diallo"."""
    return _says(pair) * float(not pair.gap)


def _place(pair: Pair) -> float:
    """A place."""
    return float(pair.mention.type == "place")


def _place_in(pair: Pair) -> float:
    """ "in Oslo"."""
    return _place(pair) * float(pair.lead[-1:] in (("in",), ("at",), ("near",), ("from",), ("outside",)))


def _person(pair: Pair) -> float:
    """A person."""
    return float(pair.mention.type == "person")


def _acting(pair: Pair) -> float:
    """ "he", "they": a subject."""
    return float(pair.said in _ACTING)


def _undergoing(pair: Pair) -> float:
    """ "him", "them": an object."""
    return float(pair.said in _UNDERGOING)


def _always(pair: Pair) -> float:
    """The weight of a side as such."""
    return 1.0


Rule = Callable[[Pair], float]


def _led_by(prepositions: Sequence[str]) -> Rule:
    """A rule that holds where one of the prepositions stands right before the mention."""

    def rule(pair: Pair) -> float:
        return float(bool(pair.lead) and pair.lead[-1] in prepositions)

    return rule


RULES: Mapping[str, Rule] = {
    "always": _always,
    "near": _near,
    "distance": _distance,
    "subject": _subject,
    "subject_passive": lambda pair: _subject(pair) * _passive(pair),
    "object": _object,
    "passive": _passive,
    "infinitive": _infinitive,
    "gerund": _gerund,
    "participle": _participle,
    "reduced": _reduced,
    "noun": _noun,
    "noun_of": _noun_of,
    "noun_link": _noun_link,
    "owner": _owner,
    "owner_else": _owner_else,
    "qualifies": _qualifies,
    "qualifies_trigger": _qualifies_trigger,
    "within_phrase": _within_phrase,
    "triggers_between": _triggers_between,
    "mentions_between": _mentions_between,
    "comma": _comma,
    "mark": _mark,
    "opener": _opener,
    "relative": _relative,
    "control": _control,
    "joined": _joined,
    "listed": _listed,
    "opens": _opens,
    "is": _is,
    "says": _says,
    "says_next": _says_next,
    "place": _place,
    "place_in": _place_in,
    "person": _person,
    "acting": _acting,
    "undergoing": _undergoing,
    **{name: _led_by(prepositions) for name, prepositions in _PREPOSITIONS.items()},
}
"""Every rule by its name."""

"""What a reader of the article has in mind at a point of the text, and which of it a pronoun means.

``Focus`` holds every mention so far, named or not: an unnamed one ("a teacher", "the match") is there so that
a pronoun which may mean it is not given to a name.
"""

import re
from bisect import bisect_left, bisect_right, insort
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from onrecord.model import EntityType, Form, LocalEntity, Span
from onrecord.people.names import split_person
from onrecord.people.nounphrases import Phrase, Position, Scene, find_noun, place_of
from onrecord.words import load

__all__ = [
    "PRONOUNS",
    "Focus",
    "Found",
    "Ref",
    "owns",
    "tell_gender",
]

PRONOUNS = {
    **dict.fromkeys(("he", "him", "his", "she", "her", "hers"), "person"),
    **dict.fromkeys(("himself", "herself", "itself", "themselves"), "reflexive"),
    **dict.fromkeys(("it", "its"), "thing"),
    **dict.fromkeys(("they", "them", "their", "theirs"), "plural"),
    **dict.fromkeys(("who", "whose", "whom"), "relative"),
    **dict.fromkeys(("i", "me", "my", "mine", "myself", "we", "us", "our", "ours", "ourselves"), "speaker"),
}
MENTIONS = 200
"""Mentions before a word that it may mean: seven sentences of news have fewer, however long they are."""
_OWNERS = frozenset({"his", "its", "their", "hers", "theirs"})


@dataclass(frozen=True, slots=True)
class Ref:
    """A mention in focus: tokens [first, last]; chains below zero are unnamed things."""

    first: int
    last: int
    start: int
    end: int
    chains: tuple[int, ...]
    form: Form
    type: EntityType
    plural: bool
    gender: str
    position: Position
    sentence: int
    quote: int | None


@dataclass(frozen=True, slots=True)
class Found:
    """An answer: the words, the chains they refer to and the rule that says so."""

    start: int
    end: int
    form: Form
    chains: tuple[int, ...]
    method: str


@dataclass(slots=True)
class Focus:
    """The mentions so far and what is known of each chain: its kinds, the words that describe it, its
    gender."""

    scene: Scene
    entities: tuple[LocalEntity, ...]
    kinds: dict[int, set[str]]
    heads: dict[int, dict[str, set[str]]]
    genders: dict[int, str]
    refs: dict[int, list[Ref]] = field(default_factory=dict)
    unnamed: dict[str, int] = field(default_factory=dict)
    things: int = 0
    inside: set[int] = field(default_factory=set)
    ahead: list[Ref] = field(default_factory=list)
    speakers: dict[int, Ref] = field(default_factory=dict)
    openings: tuple[int, ...] = ()
    """The number of the last token before each quotation."""

    def __post_init__(self) -> None:
        self.openings = tuple(self.scene.at(quote.start) - 1 for quote in self.scene.quotes)

    def add(
        self,
        first: int,
        last: int,
        chains: tuple[int, ...],
        form: Form,
        kind: EntityType,
        plural: bool,
        gender: str = "",
        position: Position | None = None,
    ) -> Ref:
        """Put a mention into focus."""
        head, tail = self.scene.tokens[first], self.scene.tokens[last]
        if form == "name":
            self.inside.update(range(first, last + 1))
        position = position or place_of(self.scene, first, last)
        quote = self.scene.quote_of(head.start)
        ref = Ref(
            first,
            last,
            head.start,
            tail.end,
            chains,
            form,
            kind,
            plural,
            gender,
            position,
            head.sentence,
            quote,
        )
        insort(self.refs.setdefault(ref.sentence, []), ref, key=lambda r: (r.start, r.end))
        return ref

    def add_unnamed(self, phrase: Phrase) -> None:
        """Put into focus something without a name; the same noun with "the" is the same thing again."""
        noun = phrase.noun
        word = noun.noun if noun else self.scene.low(phrase.last)
        known = self.unnamed.get(word) if phrase.determiner in ("the", "this", "that") else None
        self.things += known is None
        chain = known if known is not None else -self.things
        self.unnamed[word] = chain
        kind: EntityType = noun.type if noun else "other"
        plural = noun.plural if noun else word.endswith("s") and not word.endswith("ss")
        gender = noun.gender if noun else ""
        self.add(phrase.first, phrase.last, (chain,), "nominal", kind, plural, gender)

    def before(self, place: int, window: int) -> list[Ref]:
        """The mentions before a token, in order, in its sentence and as many sentences before as the window
        says, the nearest ``MENTIONS`` of them."""
        token = self.scene.tokens[place]
        found: list[Ref] = []
        for sentence in range(token.sentence, token.sentence - window - 1, -1):
            refs = self.refs.get(sentence, [])
            end = bisect_right(refs, token.start, key=lambda ref: ref.start)
            near = [ref for ref in refs[max(0, end - MENTIONS) : end] if ref.end <= token.start]
            found = near + found
            if len(found) >= MENTIONS:
                break
        return found[-MENTIONS:]

    def around(self, span: Span) -> list[Ref]:
        """The mentions in the sentences that a span touches and in the one before."""
        first, last = self.scene.at(span.start), self.scene.at(span.end - 1)
        if first >= len(self.scene.tokens):
            return []
        tokens = self.scene.tokens
        end = tokens[min(last, len(tokens) - 1)].sentence
        near = range(tokens[first].sentence - 1, end + 1)
        return [ref for sentence in near for ref in self.refs.get(sentence, ())]

    def named_after(self, place: int) -> list[Ref]:
        """The names after a token in its sentence."""
        token = self.scene.tokens[place]
        return [ref for ref in self.refs.get(token.sentence, ()) if ref.first > place and ref.form == "name"]

    def bare_plurals(self, place: int) -> list[Ref]:
        """Plurals without a determiner near a token, as unnamed things: "officials", "asylum seekers"."""
        found = []
        sentence = self.scene.tokens[place].sentence
        for at in range(place - 1, -1, -1):
            token = self.scene.tokens[at]
            if token.sentence < sentence - 1:
                break
            noun = find_noun(token.low)
            plural = (
                noun.plural if noun else len(token.low) > 3 and re.search(r"[^aius]s$", token.low) is not None
            )
            before = self.scene.low(at - 1)
            verb = self.inside_name(at - 1) or before in PRONOUNS or before in ("to", "that", "who", "which")
            if (
                plural
                and not self.inside_name(at)
                and token.low not in load("function_words")
                and (noun or not verb)
            ):
                position = place_of(self.scene, at, at)
                found.append(
                    Ref(
                        at,
                        at,
                        token.start,
                        token.end,
                        (-1_000_000 - at,),
                        "nominal",
                        "group",
                        True,
                        "",
                        position,
                        token.sentence,
                        self.scene.quote_of(token.start),
                    )
                )
        return found

    def settle(self, found: Found) -> None:
        """Put an answer into focus."""
        first, last = self.scene.at(found.start), self.scene.at(found.end - 1)
        kind = self.entities[found.chains[0]].type
        owner = found.form == "pronoun" and (self.scene.low(first) in _OWNERS or owns(self.scene, first))
        position: Position | None = "owner" if owner else None
        ref = self.add(first, last, found.chains, found.form, kind, len(found.chains) > 1, position=position)
        if found.form == "pronoun" and kind == "person" and ref.position == "subject":
            self._note_speaker(ref)

    def _note_speaker(self, ref: Ref) -> None:
        """A pronoun just settled may introduce a quotation: "He said: ..."."""
        low, high = bisect_right(self.openings, ref.last), bisect_right(self.openings, ref.last + 6)
        for number in range(low, high):
            if number not in self.speakers and self._says(ref, ref.first):
                self.speakers[number] = ref

    def guess_speakers(self) -> None:
        """Who speaks each quotation, where a name or he or she stands with a reporting verb beside it."""
        for number, quote in enumerate(self.scene.quotes):
            before, after = self.openings[number], self.scene.at(quote.end)
            low = bisect_left(self.ahead, before - 14, key=lambda ref: ref.last)
            high = bisect_right(self.ahead, after + 3, key=lambda ref: ref.first)
            for ref in self.ahead[low:high]:
                if min(ref.chains) < 0 or ref.type != "person" or ref.quote == number:
                    continue
                said_after = (
                    ref.position == "subject" and after <= ref.first <= after + 3 and self._says(ref, after)
                )
                said_before = (
                    ref.position == "subject" and 0 <= before - ref.last <= 14 and self._says(ref, ref.first)
                )
                if said_after or said_before:
                    self.speakers[number] = ref
                    break

    def _says(self, ref: Ref, start: int) -> bool:
        words = [self.scene.low(i) for i in range(start, min(ref.last + 14, len(self.scene.tokens)))]
        return any(word in load("cue_verbs") for word in words)

    def speaker_of(self, offset: int) -> Ref | None:
        """Who speaks the quotation that an offset stands in, if that is known."""
        number = self.scene.quote_of(offset)
        return self.speakers.get(number) if number is not None else None

    def inside_name(self, place: int) -> bool:
        """Whether a token belongs to a name."""
        return place in self.inside

    def gender_of(self, ref: Ref) -> str:
        """male, female or nothing."""
        return ref.gender or (self.genders.get(ref.chains[0], "") if ref.chains else "")

    def learn_genders(self) -> None:
        """Genders of people, from titles, given names and the nouns that describe them."""
        for chain, entity in enumerate(self.entities):
            if entity.type == "person" and chain not in self.genders:
                gender = tell_gender((entity.name, *entity.aliases), self.heads.get(chain, {}))
                if gender:
                    self.genders[chain] = gender
        titles = {
            "mr": "male",
            "mr.": "male",
            "sir": "male",
            "lord": "male",
            "king": "male",
            "prince": "male",
        }
        titles |= {"mrs": "female", "ms": "female", "miss": "female", "lady": "female", "queen": "female"}
        for ref in self.ahead:
            before = self.scene.low(ref.first - 1)
            before = self.scene.low(ref.first - 2) if before == "." else before
            for word in (before, self.scene.low(ref.first)):
                if ref.type == "person" and word in titles:
                    self.genders[ref.chains[0]] = titles[word]


def tell_gender(names: Iterable[str], heads: dict[str, set[str]]) -> str:
    """male, female or nothing, from the nouns that describe somebody, else from the given name.

    >>> tell_gender(["Susie Hale"], {}), tell_gender(["Hale"], {"king": set()}), tell_gender(["Hale"], {})
    ('female', 'male', '')
    """
    votes = Counter(noun.gender for head in heads if (noun := find_noun(head)) and noun.gender)
    if len(votes) == 1:
        return next(iter(votes))
    for name in names:
        given = split_person(name).given.capitalize()
        if given in load("given_female"):
            return "female"
        if given in load("given_male"):
            return "male"
    return ""


def owns(scene: Scene, place: int) -> bool:
    """Whether "her" is followed by what she owns."""
    after = scene.low(place + 1)
    return (
        scene.low(place) == "her"
        and after[:1].isalpha()
        and (after == "own" or after not in load("function_words"))
    )

"""What a reader of the article has in mind at a point of the text, and which of it a pronoun means.

``Focus`` holds every mention so far, named or not: an unnamed one ("a teacher", "the match") is there so that a
pronoun which may mean it is not given to a name.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from onrecord.model import EntityType, Form, LocalEntity, Span
from onrecord.names import split_person
from onrecord.nounphrases import Noun, Phrase, Position, Scene, find_noun, is_verb_like, place_of
from onrecord.words import load

__all__ = [
    "PRONOUNS",
    "Focus",
    "Found",
    "Ref",
    "Weights",
    "pick_person",
    "pick_plural",
    "pick_reflexive",
    "pick_relative",
    "pick_speaker",
    "pick_thing",
]

PRONOUNS = {
    **dict.fromkeys(("he", "him", "his", "she", "her", "hers"), "person"),
    **dict.fromkeys(("himself", "herself", "itself", "themselves"), "reflexive"),
    **dict.fromkeys(("it", "its"), "thing"),
    **dict.fromkeys(("they", "them", "their", "theirs"), "plural"),
    **dict.fromkeys(("who", "whose", "whom"), "relative"),
    **dict.fromkeys(("i", "me", "my", "mine", "myself", "we", "us", "our", "ours", "ourselves"), "speaker"),
}
_MALE = frozenset({"he", "him", "his", "himself"})
_FEMALE = frozenset({"she", "her", "hers", "herself"})
_SUBJECTS = frozenset({"he", "she", "it", "they"})
_OWNERS = frozenset({"his", "its", "their", "hers", "theirs"})


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each thing speaks for a candidate, and how far ahead of the next it must be.

    Set by random search on GUM's train part (news, interview, speech, bio), for precision first.
    """

    distance: float = 1.0
    subject: float = 1.0
    oblique: float = -0.4
    owner: float = -0.3
    pronoun: float = 0.4
    parallel: float = 0.4
    repeated: float = 0.15
    gender: float = 0.5
    quoted: float = -0.5
    nearest: float = 0.0
    window: int = 3
    margin: float = 0.6


PERSON = Weights()
THING = Weights(window=1, margin=1.0)
PLURAL = Weights(window=1, margin=1.0)


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
    confidence: float
    method: str


@dataclass(slots=True)
class Focus:
    """The mentions so far and what is known of each chain: its kinds, the words that describe it, its gender."""

    scene: Scene
    entities: tuple[LocalEntity, ...]
    kinds: dict[int, set[str]]
    heads: dict[int, dict[str, set[str]]]
    genders: dict[int, str]
    refs: list[Ref]
    unnamed: dict[str, int] = field(default_factory=dict)
    inside: set[int] = field(default_factory=set)

    def add(
        self,
        first: int,
        last: int,
        chains: tuple[int, ...],
        form: Form,
        kind: EntityType,
        plural: bool,
        gender: str = "",
    ) -> None:
        """Put a mention into focus."""
        head, tail = self.scene.tokens[first], self.scene.tokens[last]
        if form == "name":
            self.inside.update(range(first, last + 1))
        position = place_of(self.scene, first, last)
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
        self.refs.append(ref)

    def add_unnamed(self, phrase: Phrase) -> None:
        """Put into focus something without a name; the same noun with "the" is the same thing again."""
        noun = phrase.noun
        word = noun.noun if noun else self.scene.low(phrase.last)
        known = self.unnamed.get(word) if phrase.determiner in ("the", "this", "that") else None
        chain = known if known is not None else -len(self.unnamed) - 1
        self.unnamed[word] = chain
        kind: EntityType = noun.type if noun else "other"
        plural = noun.plural if noun else word.endswith("s") and not word.endswith("ss")
        gender = noun.gender if noun else ""
        self.add(phrase.first, phrase.last, (chain,), "nominal", kind, plural, gender)

    def settle(self, found: Found) -> None:
        """Put an answer into focus."""
        first, last = self.scene.at(found.start), self.scene.at(found.end - 1)
        kind = self.entities[found.chains[0]].type
        self.add(first, last, found.chains, found.form, kind, len(found.chains) > 1)

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
        for ref in self.refs:
            before = self.scene.low(ref.first - 1)
            before = self.scene.low(ref.first - 2) if before == "." else before
            for word in (before, self.scene.low(ref.first)):
                if ref.type == "person" and word in titles:
                    self.genders[ref.chains[0]] = titles[word]


def tell_gender(names: Iterable[str], heads: dict[str, set[str]]) -> str:
    """male, female or nothing, from the nouns that describe somebody, else from the given name.

    >>> tell_gender(["Susie Hale"], {}), tell_gender(["Hale"], {"spokeswoman": set()}), tell_gender(["Hale"], {})
    ('female', 'female', '')
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


def rank(
    focus: Focus, place: int, refs: Iterable[Ref], weights: Weights, gender: str, subject: bool
) -> list[tuple[float, tuple[int, ...]]]:
    """Candidates with their scores, best first; a chain's score is that of its best mention, and more if repeated."""
    token = focus.scene.tokens[place]
    quote = focus.scene.quote_of(token.start)
    best: dict[tuple[int, ...], float] = {}
    times: Counter[tuple[int, ...]] = Counter()
    nearest: tuple[int, ...] | None = None
    for ref in refs:
        distance = token.sentence - ref.sentence
        if ref.end > token.start or distance < 0 or distance > weights.window:
            continue
        score = -weights.distance * distance
        score += {"subject": weights.subject, "oblique": weights.oblique, "owner": weights.owner}.get(
            ref.position, 0.0
        )
        score += weights.pronoun * (ref.form == "pronoun")
        score += weights.parallel * (subject and ref.position == "subject")
        score += weights.gender * bool(gender and focus.gender_of(ref) == gender)
        score += weights.quoted * (ref.quote != quote)
        best[ref.chains] = max(best.get(ref.chains, -99.0), score)
        times[ref.chains] += 1
        nearest = ref.chains
    if nearest is not None:
        best[nearest] += weights.nearest
    scored = [(score + weights.repeated * min(times[chains], 5), chains) for chains, score in best.items()]
    return sorted(scored, key=lambda row: (-row[0], row[1]))


def decide(ranked: list[tuple[float, tuple[int, ...]]], margin: float) -> tuple[int, ...] | None:
    """The best candidate if it is named and far enough ahead of the next; else nothing.

    >>> decide([(2.0, (1,)), (0.5, (0,))], 1.0), decide([(2.0, (1,)), (1.5, (0,))], 1.0), decide([(2.0, (-1,))], 1.0)
    ((1,), None, None)
    """
    if not ranked or min(ranked[0][1]) < 0:
        return None
    if len(ranked) > 1 and ranked[0][0] - ranked[1][0] < margin:
        return None
    return ranked[0][1]


def _answer(
    focus: Focus, place: int, chains: tuple[int, ...] | None, ranked: int, method: str
) -> Found | None:
    if chains is None:
        return None
    token = focus.scene.tokens[place]
    return Found(token.start, token.end, "pronoun", chains, 0.95 if ranked == 1 else 0.85, method)


def clause_subject(focus: Focus, place: int) -> Ref | None:
    """The nearest subject before a token in its sentence, with no new clause in between."""
    token = focus.scene.tokens[place]
    for ref in reversed(sorted(focus.refs, key=lambda r: (r.start, r.end))):
        if ref.sentence != token.sentence or ref.end > token.start:
            continue
        if ref.position == "subject":
            return ref
    return None


def pick_person(focus: Focus, place: int) -> Found | None:
    """he, she, him, his, her: a person of that gender; "him" is not the subject of its own clause.

    In "Hale met Ortiz. He left." nothing settles who left if both may be men.
    """
    word = focus.scene.low(place)
    gender = "male" if word in _MALE else "female"
    other = "female" if gender == "male" else "male"
    refs = [r for r in focus.refs if r.type == "person" and not r.plural and focus.gender_of(r) != other]
    owner = word in _OWNERS or (word == "her" and _owns(focus, place))
    if word not in _SUBJECTS and not owner:
        subject = clause_subject(focus, place)
        if subject is not None:
            refs = [r for r in refs if r.chains != subject.chains]
    ranked = rank(focus, place, refs, PERSON, gender, word in _SUBJECTS)
    chains = decide(ranked, PERSON.margin)
    if chains is not None and len(ranked) == 1:
        focus.genders.setdefault(chains[0], gender)
    return _answer(focus, place, chains, len(ranked), "person")


def _owns(focus: Focus, place: int) -> bool:
    """Whether "her" is followed by what she owns."""
    after = focus.scene.low(place + 1)
    return after[:1].isalpha() and (after == "own" or after not in load("function_words"))


def pick_reflexive(focus: Focus, place: int) -> Found | None:
    """himself, itself: the subject of the clause."""
    subject = clause_subject(focus, place)
    word = focus.scene.low(place)
    if subject is None or min(subject.chains) < 0:
        return None
    if (word in ("himself", "herself")) != (subject.type == "person") and word != "themselves":
        return None
    if word == "themselves" and not subject.plural:
        return None
    if word in _MALE | _FEMALE and focus.gender_of(subject) not in (
        "",
        "male" if word in _MALE else "female",
    ):
        return None
    return _answer(focus, place, subject.chains, 1, "reflexive")


def pick_relative(focus: Focus, place: int) -> Found | None:
    """who, whose: the person whose name or description stands directly before, with or without a comma."""
    before = place - 1
    if focus.scene.low(before) == ",":
        before -= 1
    for ref in focus.refs:
        if ref.last == before and ref.type == "person" and min(ref.chains) >= 0 and ref.position != "owner":
            return _answer(focus, place, ref.chains, 1, "relative")
    return None


def pick_thing(focus: Focus, place: int) -> Found | None:
    """it, its: a named thing that leads its sentence; "it is raining" and "it is unclear whether" mean nothing."""
    word = focus.scene.low(place)
    if word == "it" and _is_empty_it(focus.scene, place):
        return None
    refs = [r for r in focus.refs if r.type not in ("person", "group") and not r.plural]
    ranked = rank(focus, place, refs, THING, "", word in _SUBJECTS)
    return _answer(focus, place, decide(ranked, THING.margin), len(ranked), "thing")


def _is_empty_it(scene: Scene, place: int) -> bool:
    """Whether "it" stands for nothing: weather, time, or a clause that follows."""
    words = [scene.low(i) for i in range(place + 1, place + 12) if scene.same_sentence(place, i)]
    if any(w in load("weather_words") for w in words[:5]):
        return True
    rest = [
        w
        for w in words[:4]
        if w not in ("'s", "’s", "is", "was", "be", "been", "would", "will", "also", "not", "has")
    ]
    return (
        bool(rest)
        and rest[0] in load("empty_it_words")
        and any(w in ("that", "to", "whether", "if", "for", "who", "how", "when") for w in words)
    )


def pick_plural(focus: Focus, place: int) -> Found | None:
    """they, their: two names joined by "and", or a named group; nothing if an unnamed plural may be meant."""
    word = focus.scene.low(place)
    refs = [r for r in focus.refs if r.plural or r.type in ("organization", "group")]
    refs += joined_names(focus)
    refs.sort(key=lambda r: (r.start, r.end))
    ranked = rank(focus, place, refs, PLURAL, "", word in _SUBJECTS)
    return _answer(focus, place, decide(ranked, PLURAL.margin), len(ranked), "plural")


def joined_names(focus: Focus) -> list[Ref]:
    """Two names of a kind joined by "and", as one plural."""
    names = sorted((r for r in focus.refs if r.form == "name"), key=lambda r: r.start)
    pairs = []
    for one, two in zip(names, names[1:], strict=False):
        between = {focus.scene.low(i) for i in range(one.last + 1, two.first)}
        if (
            "and" in between
            and one.sentence == two.sentence
            and two.first - one.last <= 6
            and one.type == two.type
        ):
            if one.chains == two.chains or any(is_verb_like(w) or w in (".", ";") for w in between):
                continue
            position = "subject" if "subject" in (one.position, two.position) else one.position
            chains = tuple(sorted({*one.chains, *two.chains}))
            pairs.append(
                Ref(
                    one.first,
                    two.last,
                    one.start,
                    two.end,
                    chains,
                    "name",
                    one.type,
                    True,
                    "",
                    position,
                    one.sentence,
                    one.quote,
                )
            )
    return pairs


def pick_speaker(focus: Focus, place: int, speakers: dict[tuple[int, int], Span]) -> Found | None:
    """I and my in a quotation: its speaker; we and our: only where the speaker is not one person."""
    token = focus.scene.tokens[place]
    word = token.low
    for (start, end), speaker in speakers.items():
        if not start <= token.start < end:
            continue
        over = [
            r for r in focus.refs if r.start < speaker.end and speaker.start < r.end and min(r.chains) >= 0
        ]
        chains = {r.chains for r in over if r.position != "owner"}
        if len(chains) != 1:
            return None
        single = word in ("i", "me", "my", "mine", "myself")
        if single == (over[0].type == "person" and not over[0].plural):
            return _answer(focus, place, chains.pop(), 1, "speaker")
    return None


def noun_of(phrase: Phrase) -> Noun | None:
    """The listed noun of a phrase."""
    return phrase.noun

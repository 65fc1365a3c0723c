"""Which named thing a pronoun means: one function for each kind of pronoun; null where the text does not
settle it.

People are ranked by salience (after Lappin and Leass 1994). "it" and "they" mostly mean something unnamed, so
they are read only in the places where a named subject is carried on: "Norfield said it would", "Norfield …
its".
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from onrecord.model import Span
from onrecord.overlap import Overlaps
from onrecord.people.focus import PRONOUNS, Focus, Found, Ref, owns
from onrecord.people.nounphrases import Position, Scene, find_noun, is_verb_like, takes_verb
from onrecord.people.speaking import Voices, calls_somebody, pick_last_speaker
from onrecord.words import load

__all__ = [
    "Speakers",
    "Weights",
    "pick_person",
    "pick_plural",
    "pick_reflexive",
    "pick_relative",
    "pick_speaker",
    "pick_thing",
]

_MALE = frozenset({"he", "him", "his", "himself"})
_FEMALE = frozenset({"she", "her", "hers", "herself"})
_SUBJECTS = frozenset({"he", "she", "it", "they"})
_OWNERS = frozenset({"his", "its", "their", "hers", "theirs"})
_NEW_CLAUSE = load("clause_breaks")
_CARRIED_ON = load("carrying_words")
_LEADS = load("lead_words")
_MARKS = frozenset({'"', "“", "``", "''", "‘", "'"})
_OPENING = 4


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each thing speaks for a person, how far ahead of the next the best must be, and how much
    further for "him" and "her" and where nobody is mentioned twice. Set by random search, then rounded, on
    GUM's train part."""

    distance: float = 1.3
    subject: float = 0.4
    oblique: float = -0.3
    owner: float = 0.3
    pronoun: float = 0.0
    parallel: float = 0.3
    repeated: float = 0.35
    gender: float = 0.9
    quoted: float = -0.7
    near: float = 0.4
    untold: float = -1.5
    window: int = 6
    least: float = -1.5
    margin: float = 0.5
    object_margin: float = 0.6
    first_time: float = 0.5


@dataclass(frozen=True, slots=True)
class Speakers:
    """Who speaks each quotation: ``spans[i]`` what the i-th of ``contents`` quotes; and who says what
    otherwise."""

    contents: Overlaps
    spans: tuple[Span, ...]
    quoted: Mapping[int, Sequence[Span]]
    """What is quoted of the speaker whose words begin at an offset."""
    voices: Voices = field(default_factory=Voices)

    def behind_marks(self, scene: Scene, offset: int) -> list[Span]:
        """Who speaks the quotations around an offset that begin with a mark: "said he" begins with none."""
        found = []
        for number in self.contents.over(offset, offset + 1):
            speaker = self.spans[number]
            for content in self.quoted[speaker.start]:
                opens = scene.low(scene.at(content.start))
                if content.start <= offset < content.end and opens in _MARKS:
                    found.append(speaker)
        return found


PERSON = Weights()


def rank(
    focus: Focus, place: int, refs: Iterable[Ref], weights: Weights, gender: str, subject: bool
) -> list[tuple[float, tuple[int, ...]]]:
    """Candidates with their scores, best first; a chain's score is that of its best mention, and more if
    repeated."""
    token = focus.scene.tokens[place]
    quote = focus.scene.quote_of(token.start)
    roles = {"subject": weights.subject, "oblique": weights.oblique, "owner": weights.owner}
    best: dict[tuple[int, ...], float] = {}
    times: Counter[tuple[int, ...]] = Counter()
    for ref in refs:
        distance = token.sentence - ref.sentence
        score = roles.get(ref.position, 0.0) - weights.distance * distance + weights.near * (distance == 0)
        score += weights.pronoun * (ref.form == "pronoun")
        score += weights.parallel * (subject and ref.position == "subject")
        score += weights.gender * (focus.gender_of(ref) == gender)
        score += weights.quoted * (ref.quote != quote)
        score += weights.untold * (not focus.gender_of(ref) and ref.position != "subject" and distance > 0)
        best[ref.chains] = max(best.get(ref.chains, score), score)
        times[ref.chains] += 1
    scored = [(score + weights.repeated * min(times[chains], 5), chains) for chains, score in best.items()]
    return sorted(scored, key=lambda row: (-row[0], row[1]))


def decide(
    ranked: list[tuple[float, tuple[int, ...]]], margin: float, least: float
) -> tuple[int, ...] | None:
    """The best candidate if it is named and far enough ahead of the next; else nothing.

    >>> decide([(2.0, (1,)), (0.5, (0,))], 1.0, 0.0), decide([(2.0, (1,)), (1.5, (0,))], 1.0, 0.0)
    ((1,), None)
    """
    if not ranked or min(ranked[0][1]) < 0 or ranked[0][0] < least:
        return None
    if len(ranked) > 1 and ranked[0][0] - ranked[1][0] < margin:
        return None
    return ranked[0][1]


def _answer(focus: Focus, place: int, chains: tuple[int, ...] | None, method: str) -> Found | None:
    if chains is None:
        return None
    token = focus.scene.tokens[place]
    return Found(token.start, token.end, "pronoun", chains, method)


def clause_subject(focus: Focus, place: int) -> Ref | None:
    """The nearest subject before a token in its sentence, if no new clause begins in between."""
    for ref in reversed(focus.before(place, 0)):
        if ref.position == "subject":
            between = {focus.scene.low(i) for i in range(ref.last + 1, place)}
            return None if between & _NEW_CLAUSE else ref
    return None


def named_within(focus: Focus, spans: Iterable[Span]) -> set[tuple[int, ...]]:
    """The people whom the words at the spans name."""
    named = set()
    for span in spans:
        low = bisect_left(focus.ahead, focus.scene.at(span.start), key=lambda ref: ref.first)
        for ref in focus.ahead[low:]:
            if ref.start >= span.end:
                break
            named.add(ref.chains)
    return named


def pick_person(focus: Focus, place: int, speakers: Speakers) -> Found | None:
    """he, she, him, his, her: a person of that gender; "him" is not the subject of its own clause, and "He"
    that opens a sentence is nobody whom the sentence goes on to name. Who says a quotation is nobody whom it
    names, and nobody whom it calls he or she: in "“Hale must go,” he said" it is not Hale. Who speaks is
    whoever spoke last, before anybody that is only near.

    In "Hale met Berg. He left." nothing settles who left if both may be men.
    """
    word = focus.scene.low(place)
    gender = "male" if word in _MALE else "female"
    other = "female" if gender == "male" else "male"
    ahead = name_ahead(focus, place)
    if ahead is not None and focus.gender_of(ahead) != other:
        return _answer(focus, place, ahead.chains, "person")
    refs = [
        ref
        for ref in focus.before(place, PERSON.window)
        if ref.type == "person" and not ref.plural and focus.gender_of(ref) != other
    ]
    owner = word in _OWNERS or owns(focus.scene, place)
    is_object = word not in _SUBJECTS and not owner
    start = focus.scene.tokens[place].start
    quoted = speakers.quoted.get(start, ())
    said = (*quoted, *speakers.voices.said.get(start, ()))
    barred = named_within(focus, (*said, *speakers.behind_marks(focus.scene, start)))
    if is_object and (subject := clause_subject(focus, place)):
        barred.add(subject.chains)
    if speaker := focus.speaker_of(focus.scene.tokens[place].start):
        barred.add(speaker.chains)
    if owner and focus.scene.low(place - 1) == ",":
        barred |= {ref.chains for ref in refs if ref.last == place - 2}
    if said and word in _SUBJECTS:
        if last := pick_last_speaker(focus, place, speakers.voices, barred, other):
            return _answer(focus, place, last, "person")
        if calls_somebody(focus, quoted, _MALE if gender == "male" else _FEMALE):
            return None
    refs = [ref for ref in refs if ref.chains not in barred]
    ranked = rank(focus, place, refs, PERSON, gender, word in _SUBJECTS)
    fresh = len({ref.first for ref in refs}) == len({ref.chains for ref in refs})
    margin = PERSON.margin + PERSON.object_margin * is_object + PERSON.first_time * fresh
    chains = decide(ranked, margin, PERSON.least)
    opens = word in _SUBJECTS and _sentence_start(focus.scene, place) >= place - 1
    if opens and chains in {ref.chains for ref in focus.named_after(place)}:
        return None
    if chains is not None and len(ranked) == 1:
        focus.genders.setdefault(chains[0], gender)
    return _answer(focus, place, chains, "person")


def _sentence_start(scene: Scene, place: int) -> int:
    while scene.same_sentence(place, place - 1):
        place -= 1
    return place


def name_ahead(focus: Focus, place: int) -> Ref | None:
    """The person that opens the main clause after "In his speech," or "As she left,", if the lead names
    nobody."""
    scene = focus.scene
    first = _sentence_start(scene, place)
    lead = scene.low(first)
    if not (lead in _LEADS or lead.endswith("ing")) or place - first > 8:
        return None
    comma = next((i for i in range(place, place + 12) if scene.low(i) == ","), None)
    if comma is None or not scene.same_sentence(place, comma):
        return None
    for ref in focus.ahead[bisect_left(focus.ahead, first, key=lambda ref: ref.first) :]:
        if ref.first > comma + 7:
            return None
        if ref.first < place and ref.type == "person":
            return None
        if comma < ref.first <= comma + 7 and scene.same_sentence(place, ref.first):
            words = [scene.low(i) for i in range(comma + 1, ref.first)]
            titled = not words or find_noun(words[-1]) is not None or words[-1] in (",", ".")
            return ref if titled and ref.type == "person" and ref.position == "subject" else None
    return None


def pick_reflexive(focus: Focus, place: int) -> Found | None:
    """himself, itself: the subject of the clause; in "the mayor himself" it only stresses."""
    subject = clause_subject(focus, place)
    word = focus.scene.low(place)
    said_before = any(ref.last == place - 1 for ref in focus.before(place, 0))
    stressed = said_before or focus.scene.low(place - 1) in PRONOUNS
    if subject is None or min(subject.chains) < 0 or stressed:
        return None
    person = word in _MALE | _FEMALE
    if person != (subject.type == "person") and word != "themselves":
        return None
    if (word == "themselves") != subject.plural:
        return None
    if person and focus.gender_of(subject) not in ("", "male" if word in _MALE else "female"):
        return None
    return _answer(focus, place, subject.chains, "reflexive")


def pick_relative(focus: Focus, place: int) -> Found | None:
    """who, whose: the person whose name or description stands directly before, with or without a comma."""
    last = place - 2 if focus.scene.low(place - 1) == "," else place - 1
    for ref in focus.before(place, 0):
        if ref.last == last and ref.type == "person" and min(ref.chains) >= 0 and ref.position != "owner":
            return _answer(focus, place, ref.chains, "relative")
    return None


def pick_thing(focus: Focus, place: int) -> Found | None:
    """it, its: the named subject that is carried on; "it is raining" and "it is unclear whether" mean
    nothing."""
    if focus.scene.low(place) == "it" and _is_empty_it(focus.scene, place):
        return None
    if focus.scene.low(place) == "it" and not takes_verb(focus.scene, place):
        return None
    subject = carried_subject(focus, place)
    if subject is None or subject.plural or subject.type in ("person", "group") or min(subject.chains) < 0:
        return None
    return _answer(focus, place, subject.chains, "thing")


def pick_plural(focus: Focus, place: int) -> Found | None:
    """they, their: two names joined by "and" or a named people, as the subject that is carried on."""
    subject = carried_subject(focus, place, [*focus.bare_plurals(place), *joined_names(focus, place)])
    if subject is None or not subject.plural or min(subject.chains) < 0:
        return None
    return _answer(focus, place, subject.chains, "plural")


def carried_subject(focus: Focus, place: int, rivals: Iterable[Ref] = ()) -> Ref | None:
    """The subject that a pronoun takes up: that of its own sentence for "its" and after "and" or "said", that
    which opens the sentence before for a pronoun that opens its sentence."""
    scene, word = focus.scene, focus.scene.low(place)
    sentence = scene.tokens[place].sentence
    subjects = [r for r in (*focus.before(place, 1), *rivals) if r.position == "subject"]
    pairs = [r for r in subjects if len(r.chains) > 1]
    subjects = [r for r in subjects if r in pairs or not any(p.start <= r.start < p.end for p in pairs)]
    subjects.sort(key=lambda r: (r.start, r.end))
    own = [r for r in subjects if r.sentence == sentence]
    quote = scene.quote_of(scene.tokens[place].start)
    if own:
        subject = own[-1]
        before = scene.low(place - 1)
        if subject.quote != quote or (before == "," and subject.last == place - 2):
            return None
        if word in _OWNERS and (before == "," or _other_between(focus, subject, place)):
            return None
        told = scene.low(place - 2) if before == "that" else before
        if word in _OWNERS or before in _CARRIED_ON or told in load("cue_verbs"):
            return subject
        return None
    if word not in _SUBJECTS or not _opens(scene, place):
        return None
    refs = [r for r in subjects if r.sentence == sentence - 1]
    if not refs or refs[0].quote != quote:
        return None
    start = _sentence_start(scene, refs[0].first)
    return refs[0] if refs[0].first - start <= _OPENING or scene.low(refs[0].first - 1) == "," else None


def _other_between(focus: Focus, subject: Ref, place: int) -> bool:
    """Whether another named thing stands between a subject and a token: "Norfield sued Harwick over its"."""
    return any(
        ref.first > subject.last
        and min(ref.chains) >= 0
        and ref.chains != subject.chains
        and ref.type != "person"
        for ref in focus.before(place, 0)
    )


def _opens(scene: Scene, place: int) -> bool:
    """Whether a token opens its sentence, alone or after a short lead that ends in a comma, and takes a
    verb."""
    start = _sentence_start(scene, place)
    led = scene.low(place - 1) == "," and place - start <= 12
    follows = scene.low(place + 1)
    return (place == start or led or scene.low(start) in ("and", "but")) and follows not in ("'s", "’s")


def _is_empty_it(scene: Scene, place: int) -> bool:
    """Whether "it" stands for nothing: weather, time, a figure, or a clause that follows."""
    words = [scene.low(i) for i in range(place + 1, place + 12) if scene.same_sentence(place, i)]
    if words[:1] in (["is"], ["was"]) and words[1:] and words[1][:1].isdigit():
        return True
    if any(word in load("weather_words") for word in words[:5]):
        return True
    rest = [word for word in words[:5] if word not in _BE]
    clause = any(word in _CLAUSES for word in words)
    return bool(rest) and rest[0] in load("empty_it_words") and clause


_BE = frozenset(
    {"'s", "’s", "is", "was", "be", "been", "would", "will", "also", "not", "has", "had", "could"}
)
_CLAUSES = frozenset({"that", "to", "whether", "if", "for", "who", "how", "when", "why"})


def joined_names(focus: Focus, place: int) -> list[Ref]:
    """Two names of a kind joined by "and", in this sentence or the one before, as one plural."""
    names = [r for r in focus.before(place, 1) if r.form == "name"]
    pairs = []
    for one, two in pairwise(names):
        between = [focus.scene.low(i) for i in range(one.last + 1, two.first)]
        if "and" not in between or len(between) > 6 or one.sentence != two.sentence or one.type != two.type:
            continue
        if one.chains == two.chains or any(is_verb_like(w) or w in (".", ";") for w in between):
            continue
        leads = one.position == "subject" or takes_verb(focus.scene, two.last)
        position: Position = "subject" if leads else one.position
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


def pick_speaker(focus: Focus, place: int, speakers: Speakers) -> Found | None:
    """I and my in a quotation: its speaker; we and our: only where the speaker is not one person."""
    token = focus.scene.tokens[place]
    for number in speakers.contents.over(token.start, token.start + 1):
        speaker = speakers.spans[number]
        over = [
            ref
            for ref in focus.around(speaker)
            if ref.start < speaker.end
            and speaker.start < ref.end
            and min(ref.chains) >= 0
            and ref.position != "owner"
        ]
        chains = {ref.chains for ref in over}
        if len(chains) != 1:
            return None
        single = token.low in ("i", "me", "my", "mine", "myself")
        if single == (over[0].type == "person" and not over[0].plural):
            return _answer(focus, place, chains.pop(), "speaker")
    return None

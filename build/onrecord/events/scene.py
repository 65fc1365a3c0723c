"""What is known of an article when its events are listed, and what a scorer is told of them."""

import math
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from onrecord.claims import sure
from onrecord.english.text import Text
from onrecord.events.scorer import logit
from onrecord.model import Claim, Date, EventStatus, EventWord, Mention, ParticipantRole, Span
from onrecord.overlap import Overlaps

ROLES: Sequence[ParticipantRole] = ("agent", "patient", "recipient", "place")
STATUSES: Sequence[EventStatus] = ("occurred", "ongoing", "planned", "hypothetical", "denied")
GOVERNED = ("xcomp", "ccomp", "obj", "advcl", "acl", "obl", "nmod")
"""Relations by which a word hangs on one that says whether it has happened: "plans to leave"."""
TIME = 4
"""The place of a link's chance to be the time, behind those of ``ROLES``."""
OPENING = 3
"""Sentences that make an article's lead."""

Cluster = Sequence[int]
"""Numbers of the event words that tell one event, in order."""


@dataclass(frozen=True, kw_only=True)
class Scene:
    """One article: its words, the words that may tell events, who is named where, the dates, the claims."""

    text: Text
    told: Sequence[EventWord]
    mentions: Sequence[Mention]
    dates: Sequence[Date]
    claims: Sequence[Claim]
    taken: Overlaps = field(default_factory=lambda: Overlaps([]))
    """Words that tell events which a reader listed ready-made."""
    around: dict[int, Counter[str]] = field(default_factory=dict)
    """The words of content that hang on some words, as they are asked for."""

    @cached_property
    def bearers(self) -> Mapping[int, Sequence[int]]:
        """The numbers of the mentions whose last word a word is."""
        return self._last_words([(m.start, m.end) for m in self.mentions])

    @cached_property
    def days(self) -> Mapping[int, Sequence[int]]:
        """The numbers of the calendar dates that begin at a word."""
        found: dict[int, list[int]] = {}
        for number, date in enumerate(self.dates):
            inside = self.text.within(date.start, date.end)
            if date.kind in ("date", "time") and date.value and inside:
                found.setdefault(inside[0], []).append(number)
        return found

    @cached_property
    def _dated(self) -> tuple[Sequence[int], Sequence[int]]:
        tokens = sorted(self.days)
        return tokens, [self.text.tokens[token].sentence for token in tokens]

    def days_of_sentences(self, first: int, last: int) -> Sequence[int]:
        """The words at which calendar dates begin, of the sentences [first, last]."""
        tokens, sentences = self._dated
        return tokens[bisect_left(sentences, first) : bisect_right(sentences, last)]

    @cached_property
    def _contents(self) -> Sequence[tuple[Span, int]]:
        return [
            (part, number)
            for number, claim in enumerate(self.claims)
            if claim.quote_type != "none"
            for part in claim.content
        ]

    @cached_property
    def said(self) -> Overlaps:
        """The words that somebody is said to say."""
        return Overlaps([part for part, _ in self._contents])

    def claim_around(self, span: Span) -> int | None:
        """The number of the innermost attributed claim whose content holds a span."""
        over = (self._contents[place] for place in self.said.over(span.start, span.end))
        holding = [(p.end - p.start, n) for p, n in over if p.start <= span.start and span.end <= p.end]
        return min(holding)[1] if holding else None

    def _last_words(self, spans: Sequence[tuple[int, int]]) -> Mapping[int, Sequence[int]]:
        found: dict[int, list[int]] = {}
        for number, span in enumerate(spans):
            if inside := self.text.within(*span):
                found.setdefault(inside[-1], []).append(number)
        return found

    @cached_property
    def parts(self) -> Sequence[Mapping[int, Sequence[float]]]:
        """For each event word how likely an entity is to have each of ``ROLES``, by its number."""
        return [self._parts_of(word) for word in self.told]

    def _parts_of(self, word: EventWord) -> Mapping[int, Sequence[float]]:
        found: dict[int, list[float]] = {}
        for token, chances in word.links.items():
            for number in self.bearers.get(token, ()):
                best = found.setdefault(self.mentions[number].chain, [0.0] * len(ROLES))
                for place, chance in enumerate(chances[: len(ROLES)]):
                    best[place] = max(best[place], chance)
        return found

    @cached_property
    def told_by(self) -> Mapping[str, int]:
        """How many event words have each base form."""
        return Counter(self.text.lemma(word.token) for word in self.told)

    def kind_of_block(self, word: EventWord) -> str:
        """The kind of the block that an event word stands in."""
        for block in self.text.document.blocks:
            if block.start <= word.start < block.end:
                return block.kind
        return "body"


def weigh(scene: Scene, cluster: Cluster) -> Iterator[tuple[str, float]]:
    """What tells whether an editor lists an event."""
    words = [scene.told[number] for number in cluster]
    chances = sorted((logit(word.likely) for word in words), reverse=True)
    yield "best", chances[0]
    yield "mean", sum(chances) / len(chances)
    yield "second", chances[1] if len(chances) > 1 else -2.0
    yield "times", math.log(len(words))
    blocks = {scene.kind_of_block(word) for word in words}
    yield "title", float("title" in blocks)
    yield "standfirst", float(bool(blocks & {"standfirst", "heading"}))
    sentences = [scene.text.tokens[word.token].sentence for word in words]
    yield "lead", float(min(sentences) < OPENING)
    yield "place", min(sentences) / max(1, len(scene.text.document.sentences))
    yield "noun", sum(scene.text.tokens[word.token].tag == "NOUN" for word in words) / len(words)
    yield "said", sum(bool(scene.said.over(word.start, word.end)) for word in words) / len(words)
    yield "report", sum(word.report for word in words) / len(words)
    for place, status in enumerate(STATUSES):
        yield status, sum(word.status[place] for word in words) / len(words)
    yield "typed", max(1 - word.types[0] for word in words)
    parts = [scene.parts[number] for number in cluster]
    for place, role in enumerate(ROLES):
        yield role, max((c[place] for p in parts for c in p.values()), default=0.0)
    yield (
        "dated",
        max((word.links[t][TIME] for word in words for t in word.links if t in scene.days), default=0.0),
    )
    ahead = sum(other.likely > 0.5 for other in scene.told) / max(1, len(scene.text.document.sentences))
    yield "dense", ahead


def take_part(scene: Scene, cluster: Cluster) -> Mapping[int, dict[str, float]]:
    """What tells whether each entity near an event takes part in it, and in what role."""
    found: dict[int, dict[str, float]] = {}
    for number in cluster:
        word = scene.told[number]
        for token, chances in word.links.items():
            for mention in scene.bearers.get(token, ()):
                held = found.setdefault(scene.mentions[mention].chain, {})
                _add_link(scene, word, token, chances[: len(ROLES)], held)
                held["name"] = max(held.get("name", 0.0), float(scene.mentions[mention].form == "name"))
    for held in found.values():
        held["others"] = math.log1p(len(found))
        held["words"] = math.log(len(cluster))
    return found


def be_when(scene: Scene, cluster: Cluster) -> Mapping[int, dict[str, float]]:
    """What tells whether each date near an event is its own, by the number of the date: those that the reader
    ties to one of its words, and those of the sentences about it, which a story is told along."""
    found: dict[int, dict[str, float]] = {}
    for number in cluster:
        word = scene.told[number]
        sentence = scene.text.tokens[word.token].sentence
        beside = scene.days_of_sentences(sentence - BEHIND, sentence + AHEAD)
        for token in {*beside, *(token for token in word.links if token in scene.days)}:
            apart = scene.text.tokens[token].sentence - sentence
            for day in scene.days[token]:
                held = found.setdefault(day, {})
                _add_link(scene, word, token, word.links.get(token, NO_CHANCE)[TIME:], held)
                held[f"sentences {max(-BEHIND, min(AHEAD, apart))}"] = 1.0
                held["first"] = float(day == 0)
                held["precise"] = float(len(scene.dates[day].value or "") >= len("2026-03-04"))
                held["anchored"] = float(scene.dates[day].anchor is not None)
                held["finite"] = max(held.get("finite", 0.0), float(_is_past(scene.text, word.token)))
    for held in found.values():
        held["others"] = math.log1p(len(found))
    return found


BEHIND, AHEAD = 3, 1
"""Sentences before and after an event's word whose dates may be its own."""
NO_CHANCE = (0.0,) * (TIME + 1)


def _is_past(text: Text, word: int) -> bool:
    """Whether a word is the verb of a sentence in the past tense, as those are that carry a story on."""
    token = text.tokens[word]
    return token.form == "fin-past" and token.relation in ("root", "conj", "parataxis")


def _add_link(
    scene: Scene, word: EventWord, token: int, chances: Sequence[float], held: dict[str, float]
) -> None:
    """Add what one mention of an event and one of something else tell of the two."""
    text = scene.text
    for place, chance in enumerate(chances):
        name = f"link {place}"
        held[name] = max(held.get(name, -7.0), logit(chance))
    near = 1 / (1 + abs(word.token - token) / 5)
    held["near"] = max(held.get("near", 0.0), near)
    one, other = text.tokens[word.token], text.tokens[token]
    held["sentence"] = max(held.get("sentence", 0.0), float(one.sentence == other.sentence))
    held["before"] = max(
        held.get("before", 0.0), float(token < word.token and one.sentence == other.sentence)
    )
    path = path_between(text, token, word.token)
    if path is not None:
        held[f"path {path}"] = 1.0


def path_between(text: Text, below: int, above: int) -> str | None:
    """How a word hangs on another in the tree: the relations from its phrase up to it, at most two; null
    where it does not."""
    at: int | None = below
    steps: list[str] = []
    while at is not None and len(steps) <= 2:
        if at == above:
            return " ".join(steps) if steps else "itself"
        relation = text.tokens[at].relation
        if relation not in ("flat", "part", "compound", "fixed", "appos"):
            steps.append(relation)
        at = text.tokens[at].head
    return None


def judge(scene: Scene, cluster: Cluster) -> Iterator[tuple[str, float]]:
    """What tells whether an event has happened: the network's view of each mention, by how likely that is,
    the rules of modality, and the words that govern the verb."""
    words = [scene.told[number] for number in cluster]
    weights = [word.likely / sum(w.likely for w in words) for word in words]
    for place, status in enumerate(STATUSES):
        yield f"{status} mean", logit(sum(x * w.status[place] for x, w in zip(weights, words, strict=True)))
        yield f"{status} most", logit(max(w.status[place] for w in words))
    for word, weight in zip(words, weights, strict=True):
        judged = sure.judge_event(scene.text.document, Span(word.start, word.end))
        yield f"certainty {judged.certainty}", weight
        yield f"polarity {judged.polarity}", weight
        yield f"time {judged.time}", weight
        token = scene.text.tokens[word.token]
        yield f"form {token.form}", weight
        yield "said", weight * bool(scene.said.over(word.start, word.end))
        for child in scene.text.children[word.token]:
            if scene.text.tokens[child].relation == "aux":
                yield f"aux {scene.text.lower(child)}", weight
            elif scene.text.lower(child) in ("if", "unless", "not", "n't", "never", "no"):
                yield f"word {scene.text.lower(child)}", weight
        if token.relation in GOVERNED and token.head is not None:
            yield f"under {scene.text.lemma(token.head)}", weight


def summed(features: Iterator[tuple[str, float]]) -> dict[str, float]:
    """Features by name, those that come several times added up."""
    found: dict[str, float] = {}
    for name, value in features:
        found[name] = found.get(name, 0.0) + value
    return found

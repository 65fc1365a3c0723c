"""What tells whether two event words of an article tell one event."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from onrecord.english.alike import alike, stem_word
from onrecord.events.scene import ROLES, TIME, Scene
from onrecord.events.scorer import logit

OBJECTS = ("obj", "nsubj:pass", "nmod", "compound", "iobj")
SUBJECTS = ("nsubj", "obl:agent", "nmod:poss")
CONTENT = ("NOUN", "PROPN", "VERB", "ADJ", "NUM")
DEFINITE, INDEFINITE = ("the", "this", "that", "these", "those", "both"), ("a", "an", "another")
SURE = 0.5
"""How likely a role or date is from which on it counts."""


def compare(scene: Scene, one: int, two: int) -> Iterator[tuple[str, float]]:
    """The features of two event words, the first before the second."""
    text, first, second = scene.text, scene.told[one], scene.told[two]
    yield "same", second.same[one]
    yield from _by_words(scene, first.token, second.token)
    sentences = text.tokens[first.token].sentence, text.tokens[second.token].sentence
    yield "sentence", float(sentences[0] == sentences[1])
    yield "apart", math.log1p(abs(sentences[1] - sentences[0]))
    yield "status", sum(a * b for a, b in zip(first.status, second.status, strict=True))
    yield "type", sum(a * b for a, b in zip(first.types[1:], second.types[1:], strict=True))
    yield "report", abs(first.report - second.report)
    yield "headline", float("title" in (scene.kind_of_block(first), scene.kind_of_block(second)))
    yield "likely", logit(first.likely) + logit(second.likely)
    yield from _by_parts(scene, one, two)
    yield from _by_tree(scene, first.token, second.token)


def _by_words(scene: Scene, one: int, two: int) -> Iterator[tuple[str, float]]:
    text = scene.text
    lemmas, tags = (text.lemma(one), text.lemma(two)), (text.tokens[one].tag, text.tokens[two].tag)
    is_one, kinds = lemmas[0] == lemmas[1], " ".join(sorted(tags))
    like = stem_alike(*lemmas)
    yield "lemma", float(is_one)
    yield "alike", float(like and not is_one)
    yield f"words {kinds}", 1.0
    yield f"lemma {kinds}", float(is_one or like)
    if is_one:
        yield "repeats", math.log(scene.told_by[lemmas[0]])
    else:
        together, meaning, sense = alike(*map(stem_word, lemmas))
        yield from (("together", together), ("meaning", meaning), ("sense", sense))


def stem_alike(one: str, two: str) -> bool:
    """Whether two words begin alike, as "designate" and "designation" do.

    >>> stem_alike("designate", "designation"), stem_alike("attack", "attend")
    (True, False)
    """
    shared = next(
        (i for i, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two))
    )
    return shared >= 4 and shared >= max(len(one), len(two)) - 5 and shared >= min(len(one), len(two)) - 2


def leading(parts: Mapping[int, Sequence[float]], place: int) -> set[int]:
    """The entities that more likely than not have a role."""
    return {chain for chain, chances in parts.items() if chances[place] >= SURE}


def _by_parts(scene: Scene, one: int, two: int) -> Iterator[tuple[str, float]]:
    here, there = scene.parts[one], scene.parts[two]
    for place, role in enumerate(ROLES):
        yield from _met(role, leading(here, place), leading(there, place))
    mine, theirs = (
        {chain for chain, chances in parts.items() if max(chances) >= SURE} for parts in (here, there)
    )
    yield from _met("anyone", mine, theirs)
    yield from _met("date", _dates_of(scene, one), _dates_of(scene, two))


def _met(name: str, mine: set[int] | set[str], theirs: set[int] | set[str]) -> Iterator[tuple[str, float]]:
    shared = len(mine & theirs)
    yield f"{name} shared", float(shared > 0)
    yield f"{name} other", float(bool(mine and theirs) and not shared)


def _dates_of(scene: Scene, number: int) -> set[str]:
    word = scene.told[number]
    days = (
        (chances[TIME], scene.days[token]) for token, chances in word.links.items() if token in scene.days
    )
    return {scene.dates[n].value or "" for chance, numbers in days if chance >= SURE for n in numbers}


def _by_tree(scene: Scene, one: int, two: int) -> Iterator[tuple[str, float]]:
    text = scene.text
    for name, relations in (("object", OBJECTS), ("subject", SUBJECTS)):
        yield from _met(name, *(_bearers(scene, word, relations) for word in (one, two)))
    around = [_around(scene, word) for word in (one, two)]
    shared = sum((around[0] & around[1]).values())
    yield "around", shared / math.sqrt(max(1, around[0].total()) * max(1, around[1].total()))
    yield from _met("number", *({word for word in side if word[:1].isdigit()} for side in around))
    if text.tokens[two].tag == "NOUN":
        marks = {text.lower(c) for c in text.children[two] if text.tokens[c].relation == "det"}
        yield "definite", float(bool(marks & set(DEFINITE)))
        yield "indefinite", float(bool(marks & set(INDEFINITE)))
        yield "bare", float(not marks)
    for above, below in ((one, two), (two, one)):
        if text.tokens[below].head == above:
            yield f"{text.tokens[below].relation} of the other", 1.0


def _bearers(scene: Scene, word: int, relations: tuple[str, ...]) -> set[str]:
    """Who or what hangs on a word by some relations: the entity that is meant, or else the word."""
    found = set()
    for child in scene.text.children[word]:
        if scene.text.tokens[child].relation in relations:
            chains = [scene.mentions[n].chain for n in scene.bearers.get(child, ())]
            found.add(str(chains[0]) if chains else scene.text.lemma(child))
    return found


def _around(scene: Scene, word: int) -> Counter[str]:
    """The words of content that hang on a word, by their base forms."""
    if word not in scene.around:
        text = scene.text
        below = (n for n in text.below(word) if n != word and text.tokens[n].tag in CONTENT)
        scene.around[word] = Counter(map(text.lemma, below))
    return scene.around[word]

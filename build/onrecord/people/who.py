"""Who that is: the names, pronouns and descriptions of one article, gathered into entities.

Names are clustered first; then each pronoun and each definite description is read in the order of the text
and given to the entity that the words before it settle, or to none. A wrong entity is worse than none: where
two candidates are near to one another, nothing is said. The scoring of candidates follows salience methods
(Lappin and Leass 1994: recency, subject before object, repeated mention) with weights set on the train part
of GUM's chains.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import cache

from onrecord.model import Document, ListedEntity, LocalEntity, Mention, Name, Span
from onrecord.overlap import Overlaps
from onrecord.people.bearers import join_listed
from onrecord.people.focus import PRONOUNS, Focus, Found
from onrecord.people.nominals import describe_names, pick_described, pick_pair
from onrecord.people.nounphrases import (
    Phrase,
    Scene,
    find_head,
    find_noun,
    is_verb_like,
    noun_phrases,
    read_scene,
)
from onrecord.people.pronouns import (
    Speakers,
    pick_person,
    pick_plural,
    pick_reflexive,
    pick_relative,
    pick_speaker,
    pick_thing,
)
from onrecord.people.speaking import Voices, gather_voices
from onrecord.words import load

__all__ = ["RULES", "chain_at", "resolve_entities"]

RULES = {
    "apposition": 0.96,
    "copula": 0.80,
    "described": 0.85,
    "kind": 0.84,
    "pair": 0.85,
    "person": 0.94,
    "plural": 0.85,
    "reflexive": 0.85,
    "relative": 0.85,
    "speaker": 0.85,
    "thing": 0.85,
}
"""The rules by name, each with the confidence its mentions carry: the share of its answers that are right on
GUM (news, interview, speech) and MEANTIME; 0.85 for those that answered fewer than ten times there."""


def resolve_entities(
    document: Document,
    names: Sequence[Name],
    extra: Sequence[Span] = (),
    quotes: Sequence[tuple[Span, Span]] = (),
    disabled: Collection[str] = (),
    *,
    listed: Sequence[ListedEntity] = (),
    voices: Sequence[tuple[Span, Span]] = (),
) -> tuple[tuple[LocalEntity, ...], tuple[Mention, ...]]:
    """The entities of one article and every mention of them that the text settles.

    ``names`` are the reader's, in any order; each becomes a mention of form name. ``extra`` are spans that
    need an answer although no rule would look at them. ``quotes`` pairs what is quoted with its speaker, for
    "I" and "we", ``voices`` all that is said, quoted or not, for "he said". ``disabled`` leaves out rules by
    their names in ``RULES``. A plural
    ("both companies") gives one mention for each of its members. ``listed`` are bearers that the reader
    gathered itself, their names among ``names``: they come first. Mentions are sorted by offsets and chain.

    >>> text = "Ana Ortiz joined Norfield Mining in May. She left the company a year later."
    >>> names = [Name(0, 9, "person", 0.9), Name(17, 32, "organization", 0.9)]
    >>> entities, mentions = resolve_entities(Document(text, (), (Span(0, 40), Span(41, 75))), names)
    >>> [(text[m.start : m.end], entities[m.chain].name) for m in mentions if m.form != "name"]
    [('She', 'Ana Ortiz'), ('the company', 'Norfield Mining')]
    """
    size = len(document.text)
    usable = sorted(
        {n for n in names if 0 <= n.start < n.end <= size},
        key=lambda n: (n.start, n.end, n.type, n.confidence),
    )
    entities, chains = join_listed(document.text, usable, listed)
    scene = read_scene(document)
    focus = Focus(scene, entities, {}, {}, {})
    place_names(focus, usable, chains)
    focus.ahead = [ref for refs in focus.refs.values() for ref in refs]
    phrases = noun_phrases(scene)
    found = describe_names(focus, phrases, disabled)
    settled = {f.start for f in found}
    focus.learn_genders()
    focus.guess_speakers()
    left = [phrase for phrase in phrases if scene.tokens[phrase.first].start not in settled]
    found += _read_on(focus, left, quotes, gather_voices(voices), disabled)
    taken = {*((f.start, f.end) for f in found), *((n.start, n.end) for n in usable)}
    asked = [s for s in extra if 0 <= s.start < s.end <= size and (s.start, s.end) not in taken]
    for span in sorted(asked, key=lambda s: (s.start, s.end)):
        if (answer := _pick_extra(focus, span, disabled)) is not None:
            found.append(answer)
    return entities, _list_mentions(entities, usable, chains, found)


def _read_on(
    focus: Focus,
    phrases: Sequence[Phrase],
    quotes: Sequence[tuple[Span, Span]],
    voices: Voices,
    disabled: Collection[str],
) -> list[Found]:
    """Whom pronouns and descriptions mean, each settled before the next is read."""
    said = dict(sorted(quotes, key=lambda q: (q[0].start, q[1].start)))
    quoted: dict[int, list[Span]] = {}
    for content, speaker in said.items():
        quoted.setdefault(speaker.start, []).append(content)
    speakers = Speakers(Overlaps(list(said)), tuple(said.values()), quoted, voices)
    found = []
    for place, phrase in _anaphors(focus.scene, phrases):
        if phrase is None:
            answer = _pick_pronoun(focus, place, speakers, disabled)
        else:
            answer = _pick_phrase(focus, phrase, disabled)
        if answer is not None:
            found.append(answer)
            focus.settle(answer)
    return found


def _list_mentions(
    entities: Sequence[LocalEntity], names: Sequence[Name], chains: Sequence[int], found: Sequence[Found]
) -> tuple[Mention, ...]:
    """The names and the answers of rules as mentions, sorted, each once."""
    mentions = {
        Mention(n.start, n.end, "name", n.type, chain, n.confidence, "name")
        for n, chain in zip(names, chains, strict=True)
    }
    mentions |= {
        Mention(f.start, f.end, f.form, entities[chain].type, chain, RULES[f.method], f.method)
        for f in found
        for chain in f.chains
    }
    return tuple(sorted(mentions, key=lambda m: (m.start, m.end, m.chain, m.method, m.confidence, m.type)))


def place_names(focus: Focus, names: Sequence[Name], chains: Sequence[int]) -> None:
    """Put the names into focus, the outermost where one holds another."""
    reach = -1
    for name, chain in sorted(zip(names, chains, strict=True), key=lambda p: (p[0].start, -p[0].end, p[1])):
        if name.start < reach:
            continue
        first = focus.scene.at(name.start)
        last = focus.scene.at(name.end - 1)
        if last >= len(focus.scene.tokens) or focus.scene.tokens[first].start >= name.end:
            continue
        reach = name.end
        if focus.scene.low(last) in ("'s", "’s") and last > first:
            last -= 1
        focus.add(
            first, last, (chain,), "name", focus.entities[chain].type, focus.entities[chain].type == "group"
        )


def _anaphors(scene: Scene, phrases: Sequence[Phrase]) -> list[tuple[int, Phrase | None]]:
    """Token numbers of pronouns, and noun phrases, in the order of the text."""
    rows: list[tuple[int, int, Phrase | None]] = [
        (place, 0, None) for place, token in enumerate(scene.tokens) if token.low in PRONOUNS
    ]
    rows += [(phrase.first, 1, phrase) for phrase in phrases]
    return [(place, phrase) for place, _, phrase in sorted(rows, key=lambda r: r[:2])]


def _pick_pronoun(focus: Focus, place: int, speakers: Speakers, disabled: Collection[str]) -> Found | None:
    kind = PRONOUNS[focus.scene.low(place)]
    if kind in disabled or focus.inside_name(place):
        return None
    if kind == "person":
        return pick_person(focus, place, speakers)
    if kind == "reflexive":
        return pick_reflexive(focus, place)
    if kind == "thing":
        return pick_thing(focus, place)
    if kind == "plural":
        return pick_plural(focus, place)
    if kind == "relative":
        return pick_relative(focus, place)
    return pick_speaker(focus, place, speakers)


def _pick_phrase(focus: Focus, phrase: Phrase, disabled: Collection[str]) -> Found | None:
    """Resolve a noun phrase, or put it into focus as something unnamed that pronouns may mean."""
    if focus.inside_name(phrase.last):
        return None
    answer = None
    if "pair" not in disabled:
        answer = pick_pair(focus, phrase)
    if answer is None:
        answer = pick_described(focus, phrase, disabled)
    if answer is None:
        focus.add_unnamed(phrase)
    return answer


def _pick_extra(focus: Focus, span: Span, disabled: Collection[str]) -> Found | None:
    """A span that somebody asks about and that no rule found: a bare description such as "company
    president"."""
    first, head = focus.scene.at(span.start), find_head(focus.scene, span)
    if head is None or head < first or focus.inside_name(head) or focus.scene.low(first) in ("a", "an"):
        return None
    noun = find_noun(focus.scene.low(head))
    if noun is None:
        return None
    led = focus.scene.low(first) in ("the", "this", "that")
    answer = pick_described(
        focus, Phrase(first if led or not first else first - 1, head, "the", noun), disabled
    )
    return replace(answer, start=span.start, end=span.end) if answer else None


def chain_at(text: str, mentions: Sequence[Mention], span: Span) -> int | None:
    """The entity that a span refers to as a whole: its head decides, and null where no mention is its head.

    Titles before a name leave the name the head; a name after a preposition is not, nor one that only
    describes the noun behind it ("Ortiz supporters"). Two names joined by "and" have no one entity.

    >>> text = "Norfield counsel Ana Ortiz and a spokesperson for Norfield"
    >>> firm, person = "organization", "person"
    >>> spans = ((0, 8, firm, 0), (17, 26, person, 1), (50, 58, firm, 0))
    >>> named = [Mention(a, b, "name", kind, chain, 0.9, "name") for a, b, kind, chain in spans]
    >>> [chain_at(text, named, Span(a, b)) for a, b in ((0, 26), (31, 58), (50, 58))]
    [1, None, 0]
    """
    inside = [m for m in mentions if m.start < span.end and span.start < m.end]
    exact = {m.chain for m in inside if (m.start, m.end) == (span.start, span.end)}
    if exact:
        return exact.pop() if len(exact) == 1 else None
    scene = read_scene(Document(text[span.start : span.end], (), ()))
    for mention in sorted(inside, key=lambda m: m.start):
        if mention.form == "name" and mention.type == "person" and span.start <= mention.start:
            end = mention.end - span.start
            if not describes_next(scene, end) and names_the_whole(scene, mention.start - span.start):
                return None if _joined(scene, end) else mention.chain
    head = find_head(scene, Span(0, span.end - span.start))
    if head is None or _joined(scene, scene.tokens[head].end):
        return None
    start, end = scene.tokens[head].start + span.start, scene.tokens[head].end + span.start
    over = [m for m in inside if m.start < end and start < m.end]
    reach = max(((m.form == "name", m.end - m.start) for m in over), default=None)
    chains = {m.chain for m in over if (m.form == "name", m.end - m.start) == reach}
    return chains.pop() if len(chains) == 1 else None


def describes_next(scene: Scene, end: int) -> bool:
    """Whether a person's name that ends at an offset of a phrase only tells whose the noun behind it is.

    >>> def describes(text, name):
    ...     return describes_next(read_scene(Document(text, (), ())), text.index(name) + len(name))
    >>> [describes(text, "Ortiz") for text in ("the Ortiz campaign", "Ortiz' best friend", "Ortiz's aides")]
    [True, True, True]
    >>> [describes(text, "Ortiz") for text in ("Ana Ortiz, an aide", "Ana Ortiz of Norfield", "Ana Ortiz")]
    [False, False, False]
    """
    place = scene.at(end)
    if place >= len(scene.tokens):
        return False
    word = scene.low(place)
    if word in ("'s", "’s", "'", "’"):
        return place + 1 < len(scene.tokens)
    people = load("role_nouns") | load("role_plurals") | load("group_nouns")
    known = find_noun(word) is not None or word in people or word.removesuffix("s") in people
    return known and not is_verb_like(word)


def names_the_whole(scene: Scene, start: int) -> bool:
    """Whether what stands before a person's name in a phrase only describes that person.

    >>> def whole(text, name):
    ...     return names_the_whole(read_scene(Document(text, (), ())), text.index(name))
    >>> whole("Norfield's chief of staff Ana Ortiz", "Ana"), whole("a lawyer for President Ortiz", "Ortiz")
    (True, False)
    """
    name = scene.at(start)
    described = False
    for place in range(name - 1, -1, -1):
        word = scene.low(place)
        if (
            word in ("of", "for")
            and not described
            and place < name - 1
            and scene.low(name - 1) not in ("the", ",")
        ):
            return find_noun(scene.low(place - 1)) is not None
        if word in (
            "of",
            "for",
            "to",
            "with",
            "by",
            "from",
            "at",
            "in",
            "on",
            "and",
            "who",
            "that",
            "than",
            "like",
        ):
            return False
        if word == ",":
            return place == name - 1 and find_noun(scene.low(place - 1)) is not None
        noun = find_noun(word)
        described = described or (noun is not None and noun.type == "person") or word in _courtesy()
    return True


@cache
def _courtesy() -> frozenset[str]:
    """Titles that are written short, and "sir" and the like: they never stand alone for somebody."""
    short = {title[:-1].lower() for title in load("person_titles") if title.endswith(".")}
    return frozenset(short | {"sir", "dame", "lord", "lady", "miss"})


def _joined(scene: Scene, end: int) -> bool:
    """Whether "and" follows directly: the phrase then tells more than one."""
    place = scene.at(end)
    return scene.low(place) in ("and", "&") and place < len(scene.tokens) - 1

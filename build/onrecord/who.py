"""Who that is: the names, pronouns and descriptions of one article, gathered into entities.

Names are clustered first; then each pronoun and each definite description is read in the order of the text and
given to the entity that the words before it settle, or to none. A wrong entity is worse than none: where two
candidates are near to one another, nothing is said. The scoring of candidates follows salience methods (Lappin
and Leass 1994: recency, subject before object, repeated mention) with weights set on the train part of GUM's chains.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace

from onrecord.focus import PRONOUNS, Focus, Found
from onrecord.model import Document, LocalEntity, Mention, Name, Span
from onrecord.names import cluster_names
from onrecord.nominals import describe_names, pick_described, pick_pair
from onrecord.nounphrases import Phrase, Scene, find_head, find_noun, noun_phrases, read_scene
from onrecord.pronouns import (
    pick_person,
    pick_plural,
    pick_reflexive,
    pick_relative,
    pick_speaker,
    pick_thing,
)

__all__ = ["RULES", "chain_at", "resolve_entities"]

RULES = (
    "apposition",
    "copula",
    "described",
    "kind",
    "pair",
    "person",
    "plural",
    "reflexive",
    "relative",
    "speaker",
    "thing",
)


def resolve_entities(
    document: Document,
    names: Sequence[Name],
    extra: Sequence[Span] = (),
    quotes: Sequence[tuple[Span, Span]] = (),
    without: Collection[str] = (),
) -> tuple[tuple[LocalEntity, ...], tuple[Mention, ...]]:
    """The entities of one article and every mention of them that the text settles.

    ``names`` are the reader's, in any order; each becomes a mention of form name. ``extra`` are spans that need an
    answer although no rule would look at them. ``quotes`` pairs what is quoted with its speaker, for "I" and "we".
    ``without`` leaves out rules by their names in ``RULES``. A plural ("both companies") gives one mention for each
    of its members. Mentions are sorted by offsets and chain.

    >>> text = "Ana Ortiz joined Norfield Mining in May. She left the company a year later."
    >>> names = [Name(0, 9, "person", 0.9), Name(17, 32, "organization", 0.9)]
    >>> entities, mentions = resolve_entities(Document(text, (), (Span(0, 40), Span(41, 75))), names)
    >>> [(text[m.start : m.end], entities[m.chain].name) for m in mentions if m.form != "name"]
    [('She', 'Ana Ortiz'), ('the company', 'Norfield Mining')]
    """
    size = len(document.text)
    usable = sorted(
        {name for name in names if 0 <= name.start < name.end <= size},
        key=lambda n: (n.start, n.end, n.type, n.confidence),
    )
    entities, chains = cluster_names(document.text, usable)
    mentions = {
        Mention(n.start, n.end, "name", n.type, c, n.confidence, "name")
        for n, c in zip(usable, chains, strict=True)
    }
    scene = read_scene(document)
    focus = Focus(scene, entities, {}, {}, {})
    place_names(focus, usable, chains)
    focus.ahead = [ref for refs in focus.refs.values() for ref in refs]
    phrases = noun_phrases(scene)
    found = describe_names(focus, phrases, without)
    settled = {f.start for f in found}
    focus.learn_genders()
    focus.guess_speakers()
    speakers = {
        (content.start, content.end): speaker
        for content, speaker in sorted(quotes, key=lambda q: (q[0].start, q[1].start))
    }
    for place, phrase in _anaphors(scene, phrases):
        answer: Found | None = None
        if phrase is None:
            answer = _pick_pronoun(focus, place, speakers, without)
        elif scene.tokens[phrase.first].start in settled:
            continue
        else:
            answer = _pick_phrase(focus, phrase, without)
        if answer is not None:
            found.append(answer)
            focus.settle(answer)
    taken = {(f.start, f.end) for f in found} | {(n.start, n.end) for n in usable}
    for span in sorted(extra, key=lambda s: (s.start, s.end)):
        if 0 <= span.start < span.end <= size and (span.start, span.end) not in taken:
            answer = _pick_extra(focus, span, without)
            if answer is not None:
                found.append(answer)
    for answer in found:
        for chain in answer.chains:
            mentions.add(
                Mention(
                    answer.start,
                    answer.end,
                    answer.form,
                    entities[chain].type,
                    chain,
                    answer.confidence,
                    answer.method,
                )
            )
    return entities, tuple(
        sorted(mentions, key=lambda m: (m.start, m.end, m.chain, m.method, m.confidence, m.type))
    )


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


def _pick_pronoun(
    focus: Focus, place: int, speakers: dict[tuple[int, int], Span], without: Collection[str]
) -> Found | None:
    kind = PRONOUNS[focus.scene.low(place)]
    if kind in without or focus.inside_name(place):
        return None
    if kind == "person":
        return pick_person(focus, place)
    if kind == "reflexive":
        return pick_reflexive(focus, place)
    if kind == "thing":
        return pick_thing(focus, place)
    if kind == "plural":
        return pick_plural(focus, place)
    if kind == "relative":
        return pick_relative(focus, place)
    return pick_speaker(focus, place, speakers)


def _pick_phrase(focus: Focus, phrase: Phrase, without: Collection[str]) -> Found | None:
    """Resolve a noun phrase, or put it into focus as something unnamed that pronouns may mean."""
    if focus.inside_name(phrase.last):
        return None
    answer = None
    if "pair" not in without:
        answer = pick_pair(focus, phrase)
    if answer is None:
        answer = pick_described(focus, phrase, without)
    if answer is None:
        focus.add_unnamed(phrase)
    return answer


def _pick_extra(focus: Focus, span: Span, without: Collection[str]) -> Found | None:
    """A span that somebody asks about: a bare description such as "company president"."""
    head = find_head(focus.scene, span)
    if head is None or focus.inside_name(head):
        return None
    first = focus.scene.at(span.start)
    noun = find_noun(focus.scene.low(head))
    if noun is None or head < first:
        return None
    answer = pick_described(focus, Phrase(max(first - 1, 0), head, "the", noun), without)
    return replace(answer, start=span.start, end=span.end) if answer else None


def chain_at(text: str, mentions: Sequence[Mention], span: Span) -> int | None:
    """The entity that a span refers to as a whole: its head decides, and null where no mention is its head.

    >>> text = "a spokesperson for Norfield told the board"
    >>> named = (Mention(19, 27, "name", "organization", 0, 0.9, "name"),)
    >>> chain_at(text, named, Span(0, 27)) is None, chain_at(text, named, Span(19, 27))
    (True, 0)
    """
    inside = [m for m in mentions if m.start < span.end and span.start < m.end]
    exact = {m.chain for m in inside if (m.start, m.end) == (span.start, span.end)}
    if exact:
        return exact.pop() if len(exact) == 1 else None
    scene = read_scene(Document(text[span.start : span.end], (), ()))
    head = find_head(scene, Span(0, span.end - span.start))
    if head is None:
        return None
    start, end = scene.tokens[head].start + span.start, scene.tokens[head].end + span.start
    over = [m for m in inside if m.start < end and start < m.end]
    if not over:
        return None
    widest = max(over, key=lambda m: (m.form == "name", m.end - m.start, -m.start))
    heads = {m.chain for m in over if (m.start, m.end) == (widest.start, widest.end)}
    return heads.pop() if len(heads) == 1 else None

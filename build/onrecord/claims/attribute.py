"""Speaker, cue and content joined: from a reader's fragments to who says what, by which words.

A reader's own groups are taken where they hold together; fragments that it left ungrouped are joined by the
weighted rules of ``joining``. Then a few rules mend what a reader cuts apart: quotations that go on in the
next sentence, two speakers named together. Statements in the article's own voice close the list.

On PolNeAR's development part, with gold fragments and their groups taken away, linked F1 is 98.3.
"""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from onrecord.claims.asides import find_aside
from onrecord.claims.discourse import carry_speakers
from onrecord.claims.edges import in_dateline, trim, trim_name
from onrecord.claims.joining import Fragment, Pair, Step, weigh
from onrecord.claims.kinds import keep_claims
from onrecord.claims.outlets import is_outlet
from onrecord.claims.quotation import judge_quote, read_quotations
from onrecord.claims.scene import (
    Links,
    Scene,
    pairs_for_content,
    pairs_for_cue,
    pairs_for_lone_content,
    set_scene,
)
from onrecord.claims.statements import find_statements
from onrecord.claims.subjects import hears, told_of
from onrecord.english.text import Text
from onrecord.model import Attribution, Document, QuoteType, Reading, Role, Span
from onrecord.overlap import Overlaps

LONGEST_GROUP = 24
"""Fragments in one group from which a reader's group is no attribution: PolNeAR train has none with more."""

_WORD = re.compile(r"[^\W_]+")
JOINT_GAP = 40
"""Characters between two speakers named together at most: "and", "as well as" and the marks around them.
A choice, not measured; it bounds the work on hostile texts."""

_AND = re.compile(r"[\W_]*(?:and|as well as|along with|,)[\W_]*", re.IGNORECASE)
_SENTENCE = re.compile(r"\W*[A-Z]\w*\W+\w+")
_GOES_ON = re.compile(r"[^\S\n]*[a-z,;]")


@dataclass(frozen=True, slots=True)
class Quotations:
    """A document's quotations in order, and those that go on with one from an earlier paragraph."""

    spans: tuple[Span, ...]
    carried: frozenset[Span]

    def at(self, offset: int) -> Span | None:
        """The quotation that a character stands in."""
        place = bisect_right(self.spans, offset, key=lambda span: span.start) - 1
        return self.spans[place] if place >= 0 and offset < self.spans[place].end else None

    def carry(self, offset: int) -> bool:
        """Whether a character stands in words that go on with somebody's: whoever is quoted there is quoted
        by that somebody, and has said no more than stands in that paragraph."""
        return self.at(offset) in self.carried


Cut = Callable[[str, int, int, Collection[str]], Span]


def _choose(step: Step, pairs: Sequence[Pair], disabled: Collection[str]) -> Fragment | None:
    """The partner of the pair that weighs most; the first of equals."""
    return max(pairs, key=lambda pair: weigh(step, pair, disabled)).other


def _seed(scene: Scene, roles: Iterable[Role]) -> Links:
    """What a reader's groups settle: those that hold a content and have the size of an attribution."""
    links = Links()
    groups: dict[int, list[Fragment]] = defaultdict(list)
    by_key = {(f.start, f.end, f.role): f for f in scene.fragments}
    for role in roles:
        fragment = by_key.get((role.start, role.end, role.role))
        if role.group >= 0 and fragment is not None and fragment not in groups[role.group]:
            groups[role.group].append(fragment)
    for _, members in sorted(groups.items()):
        members.sort(key=lambda f: f.start)
        contents = [f for f in members if f.role == "content" and f not in links.settled]
        cues = [f for f in members if f.role == "cue" and f not in links.contents_of]
        sources = [f for f in members if f.role == "source"]
        if not contents or len(members) > LONGEST_GROUP or not (cues or sources):
            continue
        for content in contents:
            links.settled.add(content)
            if cues:
                links.cue_of[content] = cues[0]
                links.contents_of[cues[0]].append(content)
            elif sources:
                links.source_of[content] = sources[0]
        if cues and sources:
            links.source_of[cues[0]] = sources[0]
        links.fellows.update({head[0]: tuple(head[1:]) for head in (cues, sources) if len(head) > 1})
        links.settled.update(cues if sources else cues[1:])
    return links


def link(scene: Scene, links: Links, disabled: Collection[str] = ()) -> Links:
    """Decide for each content its cue, then for each cue, and each content without one, its source.

    What ``links`` already settles stays as it is; the rest is added to it.
    """
    before: Fragment | None = None
    for content in scene.contents:
        if content not in links.settled:
            cue = _choose("cue_of_content", pairs_for_content(scene, links, content, before), disabled)
            if cue is not None:
                links.cue_of[content] = cue
                links.contents_of[cue].append(content)
        before = content
    before = None
    links.speaking.update(links.source_of.values())
    for cue in scene.cues:
        if cue not in links.settled:
            source = _choose("source_of_cue", pairs_for_cue(scene, links, cue, before), disabled)
            if source is not None:
                links.source_of[cue] = source
                links.speaking.add(source)
        before = cue
    for content in scene.contents:
        if content not in links.cue_of and content not in links.source_of:
            source = _choose("source_of_content", pairs_for_lone_content(scene, content), disabled)
            if source is not None:
                links.source_of[content] = source
    return links


def _joint_speakers(text: str, silent: Sequence[Fragment], first: Fragment) -> list[Fragment]:
    """The source and those joined to it that speak for nobody else: "[the union] and [the firm] said".

    ``silent`` are the sources near the first that speak for nobody, in order.
    """
    found = [first]
    for source in silent:
        low, high = min(found[-1].end, source.end), max(found[0].start, source.start)
        if low <= high <= low + JOINT_GAP and _AND.fullmatch(text, low, high):
            found.append(source)
            found.sort(key=lambda f: f.start)
    return found


def _near(silent: Sequence[Fragment], overlaps: Overlaps, first: Fragment) -> list[Fragment]:
    """The silent sources that may be joined to the first, directly or through others."""
    near = overlaps.over(first.start - JOINT_GAP - 1, first.start)
    end = first.end
    for place in range(bisect_left(silent, first.start, key=lambda f: f.start), len(silent)):
        if silent[place].start > end + JOINT_GAP:
            break
        end = max(end, silent[place].end)
        near.append(place)
    return [silent[place] for place in sorted(set(near))]


def _continued(
    text: str, members: Sequence[Fragment], quotations: Quotations, fragments: Sequence[Fragment]
) -> list[Span]:
    """Quotations that follow a quoted attribution with nothing between, and that no fragment covers, and the
    paragraphs over which one of them, or the attribution's own, stays open.

    '"We are leaving," [she said]. "There is no water."': the second sentence is hers.
    """
    contents = [f for f in members if f.role == "content"]
    if not contents or not all(f.quoted for f in contents) or quotations.carry(contents[0].start):
        return []
    found = []
    end = max(f.end for f in members)
    for place in range(bisect_left(quotations.spans, end, key=lambda q: q.start), len(quotations.spans)):
        quotation = quotations.spans[place]
        if quotation in quotations.carried and not _WORD.search(text, end, quotation.start):
            found.append(quotation)
            end = quotation.end
            continue
        if _WORD.search(text, end, quotation.start) or text.count("\n", end, quotation.start) > 2:
            break
        low = bisect_left(fragments, end, key=lambda f: f.start)
        if any(f.start < quotation.end for f in fragments[low : low + 1]):
            break
        if not _SENTENCE.match(text, quotation.start, quotation.end) or _GOES_ON.match(text, quotation.end):
            break
        found.append(quotation)
        end = quotation.end
    return found


def _spans(
    text: str, fragments: Iterable[Fragment | Span], disabled: Collection[str], cut: Cut = trim
) -> tuple[Span, ...]:
    found = {cut(text, f.start, f.end, disabled) for f in fragments}
    return tuple(sorted(found, key=lambda s: (s.start, s.end)))


def _asides(
    document: Document,
    scene: Scene,
    links: Links,
    quotations: Sequence[Span],
    disabled: Collection[str],
) -> Iterable[Attribution]:
    """One attribution for each cue without content that is set off, with its source, from words.

    Not of an outlet right behind another voice, "[sources] [said], [Nordic Wire] [reported]", which is a
    further hop of that.
    """
    voices = {f.end for f in scene.fragments if f.role != "content"}
    for cue, source in links.source_of.items():
        if cue.role == "cue" and not links.contents_of.get(cue):
            content = find_aside(document, cue, source)
            relays = is_outlet(scene.text[source.start : source.end])
            if content and not (relays and content[0].end in voices):
                confidence = min(cue.confidence, source.confidence)
                quote_type = judge_quote(scene.text, content, quotations, disabled)
                cues = _spans(scene.text, [cue], disabled)
                speakers = _spans(scene.text, [source], disabled, trim_name)
                yield Attribution(content, cues, speakers, quote_type, confidence)


def _unheard(
    text: str, cue: Fragment | None, contents: list[Fragment], sources: list[Fragment]
) -> tuple[list[Fragment], list[Fragment]]:
    """Contents and sources, the subject of whom a cue tells counted to the contents: "[Ruiz] was accused".

    Who hears the words ("Ruiz was asked") is neither.
    """
    if cue is None or not sources or any(source.start >= cue.start for source in sources):
        return contents, sources
    before = text[max(0, cue.start - len("when  ")) : cue.start]
    participle = told_of(before, text[cue.start : cue.end])
    if participle is None:
        return contents, sources
    if hears(participle) or any(source.sentence != cue.sentence for source in sources):
        return contents, []
    return sorted([*contents, *sources], key=lambda f: f.start), []


def is_quoted(quote_type: QuoteType) -> bool:
    """Whether quotation marks alone show that words are somebody's, though nobody is named for them."""
    return quote_type == "direct"


def _assemble(
    scene: Scene, links: Links, quotations: Quotations, disabled: Collection[str]
) -> list[Attribution]:
    """One attribution for each cue that has content, and one for each content that has no cue.

    Words without a cue, a speaker or quotation marks are no attribution: nothing shows that they were said.
    """
    heads: list[tuple[Fragment | None, list[Fragment]]] = [
        (c, cs) for c, cs in links.contents_of.items() if cs
    ]
    heads += [(None, [content]) for content in scene.contents if content not in links.cue_of]
    speaking = set(links.source_of.values())
    silent = [source for source in scene.sources if source not in speaking]
    overlaps = Overlaps(silent)
    found = []
    continued: set[Span] = set()
    for cue, contents in heads:
        source = links.source_of.get(contents[0] if cue is None else cue)
        if cue is not None and quotations.carry(cue.start):
            here = quotations.at(cue.start)
            contents = [content for content in contents if quotations.at(content.start) == here]
            if not contents:
                continue
        cues = [] if cue is None else [cue, *links.fellows.get(cue, ())]
        sources = [] if source is None else [source, *links.fellows.get(source, ())]
        if "spoken_of" not in disabled:
            contents, sources = _unheard(scene.text, cue, contents, sources)
        if source in sources and "joint_speakers" not in disabled:
            joint = _joint_speakers(scene.text, _near(silent, overlaps, source), source)
            sources += [s for s in joint if s not in sources]
        members = [*contents, *cues, *sources]
        more: list[Span] = []
        if (cues or sources) and "continued_quotation" not in disabled:
            more = _continued(scene.text, members, quotations, scene.fragments)
            continued.update(more)
        content = _spans(scene.text, [*contents, *more], disabled)
        quote_type = judge_quote(scene.text, content, quotations.spans, disabled)
        if cues or sources or is_quoted(quote_type) or "bare" in disabled:
            confidence = min(f.confidence for f in members)
            found.append(
                Attribution(
                    content,
                    _spans(scene.text, cues, disabled),
                    _spans(scene.text, sources, disabled, trim_name),
                    quote_type,
                    confidence,
                )
            )
    held = Overlaps(sorted(continued, key=lambda span: span.start))
    return [a for a in found if a.cues or a.speakers or not all(held.over(s.start, s.end) for s in a.content)]


RULES: Mapping[str, Callable[..., object]] = {
    "groups": _seed,
    "spoken_of": _unheard,
    "joint_speakers": _joint_speakers,
    "continued_quotation": _continued,
    "bare": is_quoted,
    "asides": _asides,
    "carried_speakers": carry_speakers,
    "kinds": keep_claims,
    "own_voice": find_statements,
}
"""What is done beside the weighing of pairs, by the rule's name."""


def join_attributions(
    document: Document, reading: Reading, disabled: frozenset[str] = frozenset()
) -> tuple[Attribution, ...]:
    """Everything a document says or has said, in order of its words: one attribution for each content.

    Takes the reader's fragments, grouped or not, and its own-voice statements. Gives attributions with a cue,
    a speaker, both or neither, and own-voice statements with the quote type none. Fragments outside the text
    are passed over; groups that cannot be an attribution are joined anew. ``disabled`` names rules to switch
    off: any of ``RULES`` here and in ``joining``, ``edges``, ``quotation``, ``statements`` and ``clauses``.

    >>> from onrecord.model import Statement
    >>> text = '"The bridge is safe," Ana Ruiz told reporters. The council reopened it.'
    >>> said = (Role(0, 21, "content", -1, 1), Role(22, 30, "source", -1, 1), Role(31, 35, "cue", -1, 1))
    >>> sentences = (Span(0, 46), Span(47, 71))
    >>> reading = Reading(roles=said, statements=(Statement(47, 71, 0.7),))
    >>> for a in join_attributions(Document(text, (), sentences), reading):
    ...     print(a.quote_type, [text[s.start : s.end] for s in (*a.speakers, *a.cues, *a.content)])
    direct ['Ana Ruiz', 'told', '"The bridge is safe,"']
    none ['The council reopened it.']
    """
    quotations = Quotations(*read_quotations(document.text, disabled))
    roles = reading.roles
    if "dateline" not in disabled:
        roles = tuple(role for role in roles if not in_dateline(document.text, role.start, role.end))
    scene = set_scene(document, roles, quotations.spans)
    links = Links() if "groups" in disabled else _seed(scene, roles)
    attributed = _assemble(scene, link(scene, links, disabled), quotations, disabled)
    if "asides" not in disabled:
        attributed += _asides(document, scene, links, quotations.spans, disabled)
    if "carried_speakers" not in disabled:
        attributed = carry_speakers(document, attributed, quotations.spans)
    if "kinds" not in disabled:
        attributed = keep_claims(Text(document, reading.tokens), attributed)
    if "own_voice" not in disabled:
        attributed += find_statements(document, reading.statements, attributed, disabled)
    return tuple(sorted(attributed, key=lambda a: [(s.start, s.end) for s in (*a.content, *a.cues)]))

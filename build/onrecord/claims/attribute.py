"""Speaker, cue and content joined: from a reader's fragments to who says what, by which words.

A reader's own groups are taken where they hold together; fragments that it left ungrouped are joined by the
weighted rules of ``joining``. Then a few rules mend what a reader cuts apart: quotations that go on in the
next sentence, two speakers named together. Statements in the article's own voice close the list.

On PolNeAR's development part, with gold fragments and their groups taken away, linked F1 is 98.4.
"""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from onrecord.claims.asides import find_aside
from onrecord.claims.edges import trim, trim_name
from onrecord.claims.joining import Fragment, Pair, Step, weigh
from onrecord.claims.quotation import find_quotations, judge_quote
from onrecord.claims.statements import find_statements
from onrecord.claims.voice import is_outlet
from onrecord.model import Attribution, Document, Reading, Role, Span
from onrecord.overlap import Overlaps

REACH = 6
"""Partners considered on either side, nearest first: beyond, fewer than 1 in 1,000 belong (PolNeAR train)."""

LONGEST_GROUP = 24
"""Fragments in one group from which a reader's group is no attribution: PolNeAR train has none with more."""

_WORD = re.compile(r"[^\W_]+")
JOINT_GAP = 40
"""Characters between two speakers named together at most: "and", "as well as" and the marks around them.
A choice, not measured; it bounds the work on hostile texts."""

_AND = re.compile(r"[\W_]*(?:and|as well as|along with|,)[\W_]*", re.IGNORECASE)
_SENTENCE = re.compile(r"\W*[A-Z]\w*\W+\w+")
_GOES_ON = re.compile(r"[^\S\n]*[a-z,;]")

Cut = Callable[[str, int, int], Span]


@dataclass(frozen=True, slots=True)
class Scene:
    """The fragments of one document in order, and which of them stand right beside which."""

    text: str
    fragments: tuple[Fragment, ...]
    starts: tuple[int, ...]
    cues: tuple[Fragment, ...]
    sources: tuple[Fragment, ...]
    contents: tuple[Fragment, ...]
    behind: Mapping[Fragment, Fragment]
    ahead: Mapping[Fragment, Fragment]


@dataclass(slots=True)
class Links:
    """What has been decided so far in one document."""

    cue_of: dict[Fragment, Fragment] = field(default_factory=dict)
    source_of: dict[Fragment, Fragment] = field(default_factory=dict)
    contents_of: dict[Fragment, list[Fragment]] = field(default_factory=lambda: defaultdict(list))
    speaking: set[Fragment] = field(default_factory=set)
    fellows: dict[Fragment, tuple[Fragment, ...]] = field(default_factory=dict)
    settled: set[Fragment] = field(default_factory=set)


def _fragments(document: Document, roles: Iterable[Role], quotations: Sequence[Span]) -> list[Fragment]:
    """Roles with their place, sorted, without repeats and without spans outside the text.

    Sources and contents hold a letter or digit; a cue may be a colon or a dash."""
    text = document.text
    sentence_starts = [s.start for s in document.sentences]
    quoted = Overlaps([Span(q.start - 1, q.end) for q in quotations])
    paragraph_starts = [m.end() for m in re.finditer(r"\n+", text)]
    best: dict[tuple[int, int, str], Role] = {}
    for role in roles:
        if not 0 <= role.start < role.end <= len(text):
            continue
        if _WORD.search(text, role.start, role.end) or (
            role.role == "cue" and text[role.start : role.end].strip()
        ):
            key = (role.start, role.end, role.role)
            if key not in best or best[key].confidence < role.confidence:
                best[key] = role
    opened: set[int] = set()
    found = []
    for _, role in sorted(best.items()):
        sentence = bisect_right(sentence_starts, role.start)
        found.append(
            Fragment(
                role.start,
                role.end,
                role.role,
                role.confidence,
                sentence,
                bisect_right(paragraph_starts, role.start),
                bool(quoted.over(role.start, role.start + 1)),
                sentence not in opened,
            )
        )
        opened.add(sentence)
    return found


def _bare(text: str, start: int, end: int, inside: Sequence[Fragment]) -> str:
    """The text between without the fragments in it."""
    parts = []
    for fragment in inside:
        if fragment.start >= start:
            parts.append(text[start : fragment.start])
            start = max(start, fragment.end)
    parts.append(text[start:end])
    return " ".join(parts)


def _between(fragments: Sequence[Fragment], starts: Sequence[int], start: int, end: int) -> list[Fragment]:
    """Fragments, which begin at ``starts``, that lie wholly in [start, end)."""
    low, high = bisect_left(starts, start), bisect_left(starts, end)
    return [f for f in fragments[low:high] if f.end <= end]


def _stands_beside(
    text: str, fragments: Sequence[Fragment], starts: Sequence[int], start: int, end: int
) -> bool:
    """Whether at most three words and no fragments but sources stand in the gap, on one line."""
    if text.find("\n", start, end) >= 0:
        return False
    inside = _between(fragments, starts, start, end)
    if any(f.role != "source" for f in inside):
        return False
    return len(_WORD.findall(_bare(text, start, end, inside))) <= 3


def set_scene(document: Document, roles: Iterable[Role], quotations: Sequence[Span]) -> Scene:
    """The fragments of a document, each with what stands beside it."""
    text = document.text
    fragments = _fragments(document, roles, quotations)
    starts = tuple(f.start for f in fragments)
    of = {role: tuple(f for f in fragments if f.role == role) for role in ("cue", "source", "content")}
    behind: dict[Fragment, Fragment] = {}
    ahead: dict[Fragment, Fragment] = {}
    contents = of["content"]
    ends = sorted(contents, key=lambda f: f.end)
    for cue in of["cue"]:
        following = bisect_left(contents, cue.end, key=lambda f: f.start)
        if following < len(contents):
            content = contents[following]
            if _stands_beside(text, fragments, starts, cue.end, content.start):
                behind[cue] = content
        preceding = bisect_right(ends, cue.start, key=lambda f: f.end)
        if preceding and _stands_beside(text, fragments, starts, ends[preceding - 1].end, cue.start):
            ahead[cue] = ends[preceding - 1]
    for source in of["source"]:
        following = bisect_left(of["cue"], source.end, key=lambda f: f.start)
        if following < len(of["cue"]):
            cue = of["cue"][following]
            if len(_WORD.findall(text[source.end : cue.start])) <= 3:
                behind[source] = cue
    return Scene(text, tuple(fragments), starts, of["cue"], of["source"], contents, behind, ahead)


def _candidates(partners: Sequence[Fragment], one: Fragment) -> list[Fragment]:
    """The nearest partners on either side that do not overlap the fragment."""
    place = bisect_left(partners, one.start, key=lambda f: f.start)
    before = [f for f in partners[max(0, place - REACH) : place] if f.end <= one.start]
    after = [f for f in partners[place : place + REACH] if f.start >= one.end]
    return before + after


def make_pair(
    scene: Scene,
    one: Fragment,
    other: Fragment | None,
    twin: Fragment | None = None,
    taken: bool = False,
    contents_of_one: tuple[Fragment, ...] = (),
) -> Pair:
    """What the rules ask about a fragment and a candidate partner."""
    if other is None:
        return Pair(scene.text, one, None, "", "", 0, 0, 0, None, None, None, False, contents_of_one)
    start, end = min(one.end, other.end), max(one.start, other.start)
    inside = _between(scene.fragments, scene.starts, start, end)
    roles = [f.role for f in inside]
    gap = scene.text[start:end]
    return Pair(
        scene.text,
        one,
        other,
        gap,
        _bare(scene.text, start, end, inside) if inside else gap,
        roles.count("cue"),
        roles.count("source"),
        roles.count("content"),
        scene.behind.get(other),
        scene.ahead.get(other),
        twin,
        taken,
        contents_of_one,
    )


def pairs_for_content(scene: Scene, links: Links, content: Fragment, before: Fragment | None) -> list[Pair]:
    """A content with each cue that may introduce it, and with none; ``before`` is the content before it."""
    pairs = []
    for cue in _candidates(scene.cues, content):
        twin = before if before is not None and links.cue_of.get(before) == cue else None
        pairs.append(make_pair(scene, content, cue, twin))
    return [*pairs, make_pair(scene, content, None)]


def pairs_for_cue(scene: Scene, links: Links, cue: Fragment, before: Fragment | None) -> list[Pair]:
    """A cue with each source that may speak, and with none; ``before`` is the cue before it."""
    contents = tuple(links.contents_of.get(cue, ()))
    pairs = []
    for source in _candidates(scene.sources, cue):
        twin = before if before is not None and links.source_of.get(before) == source else None
        pairs.append(make_pair(scene, cue, source, twin, source in links.speaking, contents))
    return [*pairs, make_pair(scene, cue, None, contents_of_one=contents)]


def pairs_for_lone_content(scene: Scene, content: Fragment) -> list[Pair]:
    """A content that has no cue with each source that may have said it, and with none."""
    return [
        *(make_pair(scene, content, source) for source in _candidates(scene.sources, content)),
        make_pair(scene, content, None),
    ]


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
    text: str, members: Sequence[Fragment], quotations: Sequence[Span], fragments: Sequence[Fragment]
) -> list[Span]:
    """Quotations that follow a quoted attribution with nothing between, and that no fragment covers.

    '"We are leaving," [she said]. "There is no water."': the second sentence is hers.
    """
    contents = [f for f in members if f.role == "content"]
    if not contents or not all(f.quoted for f in contents):
        return []
    found = []
    end = max(f.end for f in members)
    for place in range(bisect_left(quotations, end, key=lambda q: q.start), len(quotations)):
        quotation = quotations[place]
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


def _spans(text: str, fragments: Iterable[Fragment | Span], cut: Cut = trim) -> tuple[Span, ...]:
    return tuple(sorted({cut(text, f.start, f.end) for f in fragments}, key=lambda s: (s.start, s.end)))


def _asides(
    document: Document, scene: Scene, links: Links, quotations: Sequence[Span]
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
                quote_type = judge_quote(scene.text, content, quotations)
                cues, speakers = _spans(scene.text, [cue]), _spans(scene.text, [source], trim_name)
                yield Attribution(content, cues, speakers, quote_type, confidence)


def _assemble(
    scene: Scene, links: Links, quotations: Sequence[Span], disabled: Collection[str]
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
    for cue, contents in heads:
        source = links.source_of.get(contents[0] if cue is None else cue)
        cues = [] if cue is None else [cue, *links.fellows.get(cue, ())]
        sources = [] if source is None else [source, *links.fellows.get(source, ())]
        if source is not None and "joint_speakers" not in disabled:
            joint = _joint_speakers(scene.text, _near(silent, overlaps, source), source)
            sources += [s for s in joint if s not in sources]
        members = [*contents, *cues, *sources]
        more: list[Span] = []
        if (cues or sources) and "continued_quotation" not in disabled:
            more = _continued(scene.text, members, quotations, scene.fragments)
        content = _spans(scene.text, [*contents, *more])
        quote_type = judge_quote(scene.text, content, quotations)
        if cues or sources or quote_type == "direct" or "bare" in disabled:
            confidence = min(f.confidence for f in members)
            found.append(
                Attribution(
                    content,
                    _spans(scene.text, cues),
                    _spans(scene.text, sources, trim_name),
                    quote_type,
                    confidence,
                )
            )
    return found


def join_attributions(
    document: Document, reading: Reading, disabled: frozenset[str] = frozenset()
) -> tuple[Attribution, ...]:
    """Everything a document says or has said, in order of its words: one attribution for each content.

    Takes the reader's fragments, grouped or not, and its own-voice statements. Gives attributions with a cue,
    a speaker, both or neither, and own-voice statements with the quote type none. Fragments outside the text
    are passed over; groups that cannot be an attribution are joined anew. ``disabled`` names rules to switch
    off: any of ``onrecord.claims.joining.RULES``, "groups", "joint_speakers", "continued_quotation", "bare",
    "asides", "own_voice".

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
    quotations = find_quotations(document.text)
    scene = set_scene(document, reading.roles, quotations)
    links = Links() if "groups" in disabled else _seed(scene, reading.roles)
    attributed = _assemble(scene, link(scene, links, disabled), quotations, disabled)
    if "asides" not in disabled:
        attributed += _asides(document, scene, links, quotations)
    own = [] if "own_voice" in disabled else find_statements(document, reading.statements, attributed)
    return tuple(sorted([*attributed, *own], key=lambda a: [(s.start, s.end) for s in (*a.content, *a.cues)]))

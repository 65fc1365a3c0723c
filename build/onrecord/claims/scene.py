"""The fragments of one document, what stands beside which, and which pairs of them may belong together."""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from onrecord.claims.joining import Fragment, Pair
from onrecord.model import Document, Role, Span
from onrecord.overlap import Overlaps

REACH = 6
"""Partners considered on either side, nearest first: beyond, fewer than 1 in 1,000 belong (PolNeAR train)."""

_WORD = re.compile(r"[^\W_]+")


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

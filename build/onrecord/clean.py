"""Marks what each line of an article is: title, standfirst, heading, body or furniture. Nothing is moved.

``find_blocks`` splits a text into lines, or into paragraphs where lines were broken by hand, and gives each
one kind. It starts from the rules on single lines of ``onrecord.furniture`` and goes on with rules on the layout:
what stands above the first sentence, between paragraphs and below the last one. When in doubt a line is body:
a sentence lost is worse than a label kept.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType

from onrecord import furniture
from onrecord.lines import (
    CLOSERS,
    count_words,
    ends_with_stop,
    is_headline,
    is_person_line,
    is_role,
    is_sentence,
    plain,
    starts_with_pictogram,
    strip_marks,
)
from onrecord.model import Block, BlockKind, Span
from onrecord.words import load

WIDEST_WRAP = 100
"""Characters in the widest line of a text whose lines were broken by hand; mail and bulletins use 65 to 80."""

_BULLET = re.compile(r"\s*(?:[-–—•*▪◦‣●·]|\(?\d{1,2}[.)]|\(?[a-z]\))\s")
_DATELINE = re.compile(r"(?:[A-Z][\w.' -]+, ?)?[^.!?]{2,60}? ?(?:\([A-Z][\w ]{1,20}\) ?)?(?:—|–|--| - )")
_CITATION = re.compile(r"[“\"].+[”\"][.,]? .*(?:19|20)\d\d\.?$|https?://")
_NOTE_VERB = re.compile(
    r"(?:,[^.]{2,140}?,| \([^)]*\))?,?"
    r" (?:is|are|has|have|covers?|writes?|reports?|joined|hosts?|edits?|teaches)\b"
)
_REPORTED_FROM = re.compile(r"[A-Z](?:[^.]|\.(?=[A-Z. ])){2,80} reported from [A-Z][^.]{2,60}\.?$")
_FULL_NAME = re.compile(r"[^\W\d_a-z][\w.'’-]*(?: (?:[^\W\d_a-z][\w.'’-]*|de|van|von|al|bin)){1,3}")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


@dataclass(frozen=True, slots=True)
class _Line:
    """One paragraph of the page, with the furniture rule that takes it, if one does."""

    start: int
    end: int
    text: str
    reason: str | None


@dataclass(slots=True)
class _Page:
    """The lines of one text and the kinds given so far; every rule of ``RULES`` may change kinds."""

    lines: Sequence[_Line]
    kinds: list[BlockKind]
    title: str | None

    def mark(self, at: int, kind: BlockKind) -> None:
        self.kinds[at] = kind

    def is_body(self, at: int) -> bool:
        return 0 <= at < len(self.lines) and self.kinds[at] == "body"

    def is_furniture(self, at: int) -> bool:
        return 0 <= at < len(self.lines) and self.kinds[at] == "furniture"

    def text(self, at: int) -> str:
        return self.lines[at].text

    def next_kept(self, at: int) -> int:
        """The next line that is not furniture, or the number of lines."""
        return next(
            (i for i in range(at + 1, len(self.lines)) if self.kinds[i] != "furniture"), len(self.lines)
        )

    def first_sentence(self) -> int:
        """The first body line that reads as a sentence, or the number of lines."""
        found = (i for i in range(len(self.lines)) if self.is_body(i) and is_sentence(self.text(i)))
        return next(found, len(self.lines))


def is_author_note(text: str, before: str) -> bool:
    """Whether a closing line tells who wrote the article, given the text before it.

    It opens with a full name, goes on with "is", "has", "covers" …, and names the trade; and the person is no
    figure of the article: the surname does not stand in the text before, other than in its byline.

    >>> is_author_note("Ana Ruiz, a writer based in Lima, has covered mining for a decade.", "Miners struck.")
    True
    >>> is_author_note("Ana Ruiz is an editor who was jailed in May.", "Ruiz was freed on Monday.")
    False
    """
    bare = strip_marks(text)
    name = re.match(
        r"(?:[^\W\d_a-z][\w.'’-]*|de|van|von|al)(?: (?:[^\W\d_a-z][\w.'’-]*|de|van|von|al)){1,3}", bare
    )
    if name is None or count_words(bare) > furniture.LONGEST_NOTE:
        return False
    if not _NOTE_VERB.match(bare, name.end()):
        return False
    opening = re.findall(r"[\w-]+", bare.casefold())[:35]
    names_trade = (
        not load("writer-roles").isdisjoint(opening) or " covers " in bare or " writes about " in bare
    )
    surname = name[0].split()[-1]
    return names_trade and re.search(rf"\b{re.escape(surname)}\b", before) is None


def _paragraphs(text: str) -> list[Span]:
    """The lines of the text, trimmed; where they were broken by hand, the paragraphs.

    >>> _paragraphs("Talks ended.  \\n\\n  No deal.")
    [Span(start=0, end=12), Span(start=18, end=26)]
    """
    spans: list[Span | None] = []
    at = 0
    for line in text.split("\n"):
        left = at + len(line) - len(line.lstrip())
        right = at + len(line.rstrip())
        spans.append(Span(left, right) if left < right else None)
        at += len(line) + 1
    joins = _joins(text, spans)
    found: list[Span] = []
    for i, span in enumerate(spans):
        if span is not None and i in joins:
            found[-1] = Span(found[-1].start, span.end)
        elif span is not None:
            found.append(span)
    return found


def _joins(text: str, spans: Sequence[Span | None]) -> frozenset[int]:
    """Numbers of the lines that carry on the line above: its first word had no room there.

    Only in a text of narrow lines where most lines that touch are broken for want of room.
    """
    widest = max((span.end - span.start for span in spans if span), default=0)
    if widest > WIDEST_WRAP or None not in spans:
        return frozenset()
    touching = 0
    joined: list[int] = []
    for i, (above, span) in enumerate(pairwise(spans), start=1):
        if above is None or span is None:
            continue
        touching += 1
        word = len(text[span.start : span.end].split(None, 1)[0])
        if above.end - above.start + 1 + word > widest - 3:
            joined.append(i)
    return frozenset(joined if len(joined) >= 3 and 2 * len(joined) >= touching else ())


def _mark_contents(page: _Page) -> None:
    """A list of contents: lines below its label that stand again further down."""
    keys = [plain(line.text) for line in page.lines]
    for label in (i for i, key in enumerate(keys) if key in load("contents-labels")):
        page.mark(label, "furniture")
        for i in range(label + 1, len(keys)):
            if not keys[i] or keys[i] not in keys[i + 1 :]:
                break
            page.mark(i, "furniture")


def _is_list_label(text: str) -> bool:
    """
    >>> _is_list_label("Related stories:"), _is_list_label("More from Politics"), _is_list_label("More is coming.")
    (True, True, False)
    """
    key = plain(text)
    if key in load("list-labels"):
        return True
    return key.startswith(("more from ", "more in ", "more on ")) and is_headline(text, 6)


def _mark_lists(page: _Page) -> None:
    """Links, names or works below a label such as "Related" or "Sources", up to the next sentence."""
    for label in (i for i, line in enumerate(page.lines) if _is_list_label(line.text)):
        page.mark(label, "furniture")
        for i in range(label + 1, len(page.lines)):
            text = page.text(i)
            is_link = _CITATION.search(text) or (count_words(text) <= 20 and not ends_with_stop(text))
            if not (page.is_furniture(i) or is_link or (count_words(text) <= 20 and text.endswith("?"))):
                break
            page.mark(i, "furniture")


def _mark_boilerplate(page: _Page) -> None:
    """Standing text below headings such as "About Acme" or "Disclosure", after the article itself."""
    first = page.first_sentence()
    for i in range(first + 1, len(page.lines)):
        text, key = page.text(i), plain(page.text(i))
        about = key.split()[1] if key.startswith("about ") and is_headline(text, 8) else ""
        if not about and key not in load("boilerplate-labels"):
            continue
        following = page.next_kept(i)
        is_standing = key in load("boilerplate-labels")
        if not is_standing and (following >= len(page.lines) or about not in page.text(following).casefold()):
            continue
        page.mark(i, "furniture")
        for j in range(following, len(page.lines)):
            if not page.is_body(j) or is_headline(page.text(j)):
                break
            page.mark(j, "furniture")


def _is_same_title(text: str, title: str) -> bool:
    """
    >>> _is_same_title("Port strike ends.", "Port strike ends"), _is_same_title("Port", "Port strike ends")
    (True, False)
    >>> _is_same_title("Port strike ends in deal", "Port strike ends in deal - The Harbor Post")
    True
    """
    one, other = sorted((plain(text), plain(title)), key=len)
    return one == other or (count_words(one) >= 4 and other.startswith(one) and count_words(other) <= 30)


def _mark_title(page: _Page) -> None:
    """The title known beforehand, wherever it stands near the top; else the first headline above the text."""
    first = page.first_sentence()
    if page.title and plain(page.title):
        known = [i for i in range(min(12, len(page.lines))) if _is_same_title(page.text(i), page.title)]
        if known:
            page.mark(known[-1] if known[-1] < first else known[0], "title")
            return
    if first == len(page.lines):
        return
    found = [i for i in range(first) if page.is_body(i) and is_headline(page.text(i), 24)]
    chosen = next((i for i in found if count_words(page.text(i)) >= 4), None)
    if chosen is None:
        chosen = next((i for i in found if not page.text(i).isupper()), found[0] if found else None)
    if chosen is not None:
        page.mark(chosen, "title")


def _is_head_matter(page: _Page, at: int) -> bool:
    """Whether a line is of the kind that stands between standfirst and text: who wrote it, and when."""
    if at >= len(page.lines):
        return False
    line = page.lines[at]
    dated = line.reason == "meta" and re.search(r"\b(?:19|20)\d\d\b|\bmin(?:ute)?s?\b", line.text) is not None
    named = is_person_line(line.text) and _is_head_matter(page, at + 1)
    return line.reason == "byline" or dated or is_role(line.text) or named


def _mark_head(page: _Page) -> None:
    """Between title and text: standfirst, names and roles of writers. Above the title: kickers."""
    title = next((i for i, kind in enumerate(page.kinds) if kind == "title"), None)
    if title is None:
        return
    for i in range(title):
        if page.is_body(i) and is_headline(page.text(i), 4):
            page.mark(i, "furniture")
    first = page.first_sentence()
    for i in range(title + 1, min(first, len(page.lines))):
        text = page.text(i)
        if not page.is_body(i):
            continue
        if is_role(text) or (
            is_person_line(text) and (_is_head_matter(page, i + 1) or page.is_furniture(i + 1))
        ):
            page.mark(i, "furniture")
        elif is_headline(text, 60) and count_words(text) >= (8 if i + 1 == first else 6):
            page.mark(i, "standfirst")
    after = page.next_kept(first) if first < len(page.lines) else first
    is_last = after >= len(page.lines)
    if not is_last and not _DATELINE.match(page.text(first)) and _is_head_matter(page, first + 1):
        page.mark(first, "standfirst")
        for i in range(first + 1, page.first_sentence()):
            if page.is_body(i) and _is_head_matter(page, i):
                page.mark(i, "furniture")


def _mark_summary(page: _Page) -> None:
    """A summary above the text that says so: by a word such as "Summary:" or by a pictogram before it."""
    first = page.first_sentence()
    if first >= len(page.lines):
        return
    labels = tuple(f"{label}:" for label in load("summary-labels"))
    following = page.next_kept(first)
    alone = following >= len(page.lines) or not starts_with_pictogram(page.text(following))
    text = page.text(first)
    opened = strip_marks(text).casefold().startswith(labels)
    if following < len(page.lines) and (opened or (starts_with_pictogram(text) and alone)):
        page.mark(first, "standfirst")
    for i in range(first):
        if page.is_body(i) and plain(page.text(i)) in load("summary-labels"):
            page.mark(i, "heading")
            for j in range(i + 1, len(page.lines)):
                if not (page.is_body(j) and _BULLET.match(page.text(j))):
                    break
                page.mark(j, "standfirst")


def _tail(page: _Page) -> Iterator[int]:
    """Lines from the last one upwards, as long as the lines below are furniture and it is not body."""
    for i in range(len(page.lines) - 1, -1, -1):
        if not page.is_furniture(i):
            yield i
        if not page.is_furniture(i):
            return


def _mark_author_notes(page: _Page) -> None:
    """Below the text: notes on writers, their names, and where they reported from."""
    first = page.first_sentence()
    for i in _tail(page):
        text = page.text(i)
        if i <= first or page.kinds[i] != "body":
            return
        before = "\n".join(page.text(j) for j in range(i) if page.kinds[j] not in ("furniture", "title"))
        mails = _MAIL.search(text) is not None and count_words(text) <= 40
        reported = count_words(text) <= 20 and _REPORTED_FROM.match(text)
        signed = is_person_line(text) or is_role(text)
        if signed or mails or reported or is_author_note(text, before):
            page.mark(i, "furniture")


def _mark_closing_links(page: _Page) -> None:
    """Below the text: headlines of other articles, two or more, unless the text announces a list."""
    first = page.first_sentence()
    end = next(_tail(page), 0)
    start = end
    while start > first and (
        page.is_furniture(start) or (page.is_body(start) and is_headline(page.text(start), 20))
    ):
        start -= 1
    links = [i for i in range(start + 1, end + 1) if page.is_body(i)]
    if start >= first and len(links) >= 2 and not page.text(start).rstrip(CLOSERS).endswith(":"):
        for i in links:
            page.mark(i, "furniture")


def _mark_headings(page: _Page) -> None:
    """Headlines between paragraphs: one or two on end, with text below. Longer runs are lists and stay body."""
    for i in range(len(page.lines) - 1, -1, -1):
        if not page.is_body(i) or not is_headline(page.text(i)):
            continue
        below = page.next_kept(i)
        if below >= len(page.lines):
            continue
        if (
            page.text(i).startswith("#")
            or page.kinds[below] == "heading"
            or not is_headline(page.text(below))
        ):
            page.mark(i, "heading")
    run: list[int] = []
    for i in range(len(page.lines) + 1):
        if i < len(page.lines) and page.kinds[i] == "heading":
            run.append(i)
        elif i == len(page.lines) or page.kinds[i] != "furniture":
            if len(run) > 2 and not any(page.text(j).startswith("#") for j in run):
                for j in run:
                    page.mark(j, "body")
            run = []


RULES: Mapping[str, Callable[[_Page], None]] = MappingProxyType(
    {
        "contents": _mark_contents,
        "lists": _mark_lists,
        "boilerplate": _mark_boilerplate,
        "title": _mark_title,
        "head": _mark_head,
        "summary": _mark_summary,
        "author notes": _mark_author_notes,
        "closing links": _mark_closing_links,
        "headings": _mark_headings,
    }
)
"""Rules on the layout by name, in the order in which they are applied."""


def find_blocks(
    text: str, title: str | None = None, without: frozenset[str] = frozenset()
) -> tuple[Block, ...]:
    """The lines of an article, or its paragraphs where lines were broken by hand, each with its kind.

    Blocks are in order, do not overlap and hold every character that is not blank. ``title`` is the title if it
    is known beforehand. ``without`` names rules of ``RULES`` and ``furniture.RULES`` to leave out, to measure
    what each brings.

    >>> page = "Port strike ends\\nBy Ana Ruiz\\nThe strike ended on Monday.\\nShare this"
    >>> [block.kind for block in find_blocks(page)]
    ['title', 'furniture', 'body', 'furniture']
    """
    lines = []
    for span in _paragraphs(text):
        words = text[span.start : span.end]
        lines.append(_Line(span.start, span.end, words, furniture.reason(words, without)))
    page = _Page(lines, ["furniture" if line.reason else "body" for line in lines], title)
    for name, rule in RULES.items():
        if name not in without:
            rule(page)
    return tuple(Block(line.start, line.end, kind) for line, kind in zip(lines, page.kinds, strict=True))

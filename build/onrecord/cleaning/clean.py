"""Marks what each line of an article is: title, standfirst, heading, body or furniture. Nothing is moved.

``find_blocks`` splits a text into lines, or into paragraphs where lines were broken by hand, and gives each
one kind. It starts from the rules on single lines of ``furniture`` and goes on with rules on the
layout: what stands above the first sentence, between paragraphs and below the last one. When in doubt a line
is body: a sentence lost is worse than a label kept.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType

from onrecord.cleaning import furniture
from onrecord.cleaning.lines import (
    CLOSERS,
    count_words,
    ends_with_stop,
    is_headline,
    is_list_item,
    is_person_line,
    is_role,
    is_sentence,
    plain,
    split_paragraphs,
    starts_with_pictogram,
    strip_marks,
)
from onrecord.cleaning.notes import is_correction, is_correction_label
from onrecord.model import Block, BlockKind
from onrecord.words import load

LONGEST_RUN = 60
"""Lines that one rule looks ahead, so that no page takes more than its length in time."""

_DATELINE = re.compile(r"(?:[A-Z][\w.' -]+, ?)?[^.!?]{2,60}? ?(?:\([A-Z][\w ]{1,20}\) ?)?(?:—|–|--| - )")
_MAIL_FIELD = re.compile(r"(?:Cc|Date|From|Sent|Subject|To): ")
_CITATION = re.compile(r"[“\"].+[”\"][.,]? .*(?:19|20)\d\d\.?$|https?://")


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
        """Give a line a kind; a note of correction stays one."""
        if self.kinds[at] != "correction":
            self.kinds[at] = kind

    def is_body(self, at: int) -> bool:
        return 0 <= at < len(self.lines) and self.kinds[at] == "body"

    def is_furniture(self, at: int) -> bool:
        """Whether a line is no part of the text that others stand in: furniture, or a note of correction."""
        return 0 <= at < len(self.lines) and self.kinds[at] in ("furniture", "correction")

    def text(self, at: int) -> str:
        return self.lines[at].text

    def next_kept(self, at: int) -> int:
        """The next line that is not furniture, or the number of lines."""
        ahead = self.ahead(at)
        return next((i for i in ahead if not self.is_furniture(i)), len(self.lines))

    def ahead(self, at: int) -> range:
        """The lines below, as far as a rule looks."""
        return range(at + 1, min(len(self.lines), at + 1 + LONGEST_RUN))

    def writers(self) -> str:
        """The bylines, one a line."""
        return "\n".join(line.text for line in self.lines if line.reason == "byline")

    def first_sentence(self) -> int:
        """The first body line that reads as a sentence, or the number of lines."""
        found = (i for i in range(len(self.lines)) if self.is_body(i) and is_sentence(self.text(i)))
        return next(found, len(self.lines))


def _mark_corrections(page: _Page) -> None:
    """Notes of correction, and the line below a label that stands alone."""
    for i, line in enumerate(page.lines):
        below_label = i > 0 and is_correction_label(page.text(i - 1))
        if is_correction(line.text) or (below_label and is_sentence(line.text)):
            page.mark(i, "correction")
            if below_label:
                page.mark(i - 1, "furniture")


def _mark_contents(page: _Page) -> None:
    """A list of contents: lines below its label that stand again further down."""
    keys = [plain(line.text) for line in page.lines]
    for label in (i for i, key in enumerate(keys) if key in load("contents_labels")):
        page.mark(label, "furniture")
        for i in page.ahead(label):
            if not keys[i] or keys[i] not in keys[i + 1 :]:
                break
            page.mark(i, "furniture")


def _is_list_label(text: str) -> bool:
    """Whether a line announces a list of links, names or works.

    >>> _is_list_label("Related stories:"), _is_list_label("More from Sport"), _is_list_label("More is due.")
    (True, True, False)
    """
    key = plain(text)
    if key in load("list_labels"):
        return True
    return key.startswith(("more from ", "more in ", "more on ")) and is_headline(text, 6)


def _is_link(text: str) -> bool:
    """Whether a line of a list is a headline, a name or a citation: no prose.

    >>> _is_link("Who owns the port?"), _is_link("“Port sold”. The Harbor Post, 9 May 2011.")
    (True, True)
    >>> _is_link("The port was sold in May.")
    False
    """
    words = count_words(text)
    is_short = words <= 20 and (not ends_with_stop(text) or text.endswith("?"))
    return is_short or (words <= 40 and _CITATION.search(text) is not None)


def _mark_lists(page: _Page) -> None:
    """Links, names or works below a label such as "Related" or "Sources", up to the next sentence."""
    for label in (i for i, line in enumerate(page.lines) if _is_list_label(line.text)):
        page.mark(label, "furniture")
        for i in page.ahead(label):
            if not page.is_furniture(i) and not _is_link(page.text(i)):
                break
            page.mark(i, "furniture")


def _mark_boilerplate(page: _Page) -> None:
    """Standing text below headings such as "About Acme" or "Disclosure", after the article itself."""
    first = page.first_sentence()
    for i in range(first + 1, len(page.lines)):
        text, key = page.text(i), plain(page.text(i))
        about = key.split()[1] if key.startswith("about ") and is_headline(text, 8) else ""
        if not about and key not in load("boilerplate_labels"):
            continue
        following = page.next_kept(i)
        is_standing = key in load("boilerplate_labels")
        if not is_standing and (following >= len(page.lines) or about not in page.text(following).casefold()):
            continue
        page.mark(i, "furniture")
        for j in page.ahead(following - 1):
            if not page.is_body(j) or is_headline(page.text(j)):
                break
            page.mark(j, "furniture")


def _mark_repeated(page: _Page) -> None:
    """A short line that stands between paragraphs more than once: no heading does. Names may be speakers."""
    places: dict[str, list[int]] = {}
    for i, line in enumerate(page.lines):
        if page.is_body(i) and is_headline(line.text, 6) and not is_person_line(line.text):
            places.setdefault(plain(line.text), []).append(i)
    for key, found in places.items():
        doubled = any(below - above == 1 for above, below in pairwise(found))
        between = all(i + 1 < len(page.lines) and is_sentence(page.text(i + 1)) for i in found)
        if len(found) > 1 and count_words(key) > 1 and (doubled or between):
            for i in found:
                page.mark(i, "furniture")


def _is_same_title(text: str, title: str) -> bool:
    """Whether a line is the title that is known: the same words, or one begins with the other.

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
    navigation = [i for i in range(first) if plain(page.text(i)) in load("navigation_labels")]
    below = range(navigation[-1] + 1 if navigation else 0, first)
    found = [i for i in below if page.is_body(i) and is_headline(page.text(i), 24)]
    longer = [i for i in found if count_words(page.text(i)) >= 4]
    smaller = [i for i in found if not page.text(i).isupper()]
    above = [i for i in range(_head_end(page)) if page.is_body(i) and 4 <= count_words(page.text(i)) <= 20]
    for candidates in (longer, above, smaller, found):
        if candidates:
            page.mark(candidates[0], "title")
            return


def _is_head_matter(page: _Page, at: int) -> bool:
    """Whether a line is of the kind that stands between standfirst and text: who wrote it, and when."""

    def tells(line: _Line) -> bool:
        dated = line.reason == "meta" and re.search(r"\b(?:19|20)\d\d\b|\bmin(?:ute)?s?\b", line.text)
        return line.reason == "byline" or bool(dated) or is_role(line.text)

    here, below = page.lines[at : at + 1], page.lines[at + 1 : at + 2]
    named = any(is_person_line(line.text) for line in here)
    return any(map(tells, here)) or (named and any(map(tells, below)))


def _head_end(page: _Page) -> int:
    """The first line of head matter below title or standfirst, or 0; at most six lines stand above it."""
    above = 0
    for i in page.ahead(-1):
        if above and _is_head_matter(page, i):
            below = range(i + 1, len(page.lines))
            return i if any(page.is_body(j) and is_sentence(page.text(j)) for j in below) else 0
        if not page.is_furniture(i):
            above += 1
            if above > 6 or count_words(page.text(i)) > 45 or _DATELINE.match(page.text(i)):
                return 0
    return 0


def _mark_head(page: _Page) -> None:
    """Between title and text: standfirst, names and roles of writers. Above the title: kickers."""
    title = next((i for i, kind in enumerate(page.kinds) if kind == "title"), None)
    if title is None:
        return
    for i in range(title):
        if page.is_body(i) and is_headline(page.text(i), 6):
            page.mark(i, "furniture")
    head_end = _head_end(page)
    for i in range(title + 1, head_end):
        if page.is_body(i):
            is_summary = count_words(page.text(i)) >= 4 and not _is_writers_line(page, i)
            page.mark(i, "standfirst" if is_summary else "furniture")
    first = page.first_sentence()
    for i in range(max(title + 1, head_end), min(first, len(page.lines))):
        if not page.is_body(i):
            continue
        if _is_writers_line(page, i):
            page.mark(i, "furniture")
        elif is_headline(page.text(i), 60) and count_words(page.text(i)) >= (8 if i + 1 == first else 6):
            page.mark(i, "standfirst")
    for i in range(first, len(page.lines)):
        if not page.is_body(i) or not furniture.is_writer(page.text(i), page.writers()):
            break
        page.mark(i, "furniture")


def _is_writers_line(page: _Page, at: int) -> bool:
    """Below the byline: a name, a role, a paper, or a field of a mail or release."""
    text = page.text(at)
    if is_role(text) or _MAIL_FIELD.match(text):
        return True
    if not is_person_line(text):
        return False
    is_paper = not load("outlet_words").isdisjoint(plain(text).split())
    return (
        page.is_furniture(at + 1) or _is_head_matter(page, at + 1) or (is_paper and page.is_furniture(at - 1))
    )


def _mark_summary(page: _Page) -> None:
    """A summary above the text that says so: by a word such as "Summary:" or by a pictogram before it."""
    first = page.first_sentence()
    if first >= len(page.lines):
        return
    labels = tuple(f"{label}:" for label in load("summary_labels"))
    following = page.next_kept(first)
    alone = following >= len(page.lines) or not starts_with_pictogram(page.text(following))
    text = page.text(first)
    opened = strip_marks(text).casefold().startswith(labels)
    if following < len(page.lines) and (opened or (starts_with_pictogram(text) and alone)):
        page.mark(first, "standfirst")
    for i in range(first):
        if page.is_body(i) and plain(page.text(i)) in load("summary_labels"):
            page.mark(i, "standfirst")
            for j in page.ahead(i):
                if not (page.is_body(j) and is_list_item(page.text(j))):
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
    """Below the text: notes on writers, their names and addresses, and where they reported from."""
    first = page.first_sentence()
    for i in _tail(page):
        text = page.text(i)
        if i <= max(first, len(page.lines) - LONGEST_RUN) or page.kinds[i] != "body":
            return
        sentences = (page.text(j) for j in range(i) if page.is_body(j) and is_sentence(page.text(j)))
        signed = (is_person_line(text) and not text.endswith(".") and not is_list_item(text)) or is_role(text)
        if signed or furniture.is_author_note(text, "\n".join(sentences), page.writers()):
            page.mark(i, "furniture")


def _is_closing_link(text: str) -> bool:
    """Whether a line below the text may be the headline of another article.

    >>> _is_closing_link("Bakery chain closes all stores"), _is_closing_link("Great service!")
    (True, False)
    """
    return is_headline(text, 20) and not text.endswith(("!", "?"))


def _mark_closing_links(page: _Page) -> None:
    """Below the text: headlines of other articles, two or more, unless the text announces a list."""
    first = page.first_sentence()
    end = next(_tail(page), 0)
    start = end
    while start > first and (
        page.is_furniture(start) or (page.is_body(start) and _is_closing_link(page.text(start)))
    ):
        start -= 1
    links = [i for i in range(start + 1, end + 1) if page.is_body(i)]
    if start >= first and len(links) >= 2 and not page.text(start).rstrip(CLOSERS).endswith(":"):
        for i in links:
            page.mark(i, "furniture")


def _mark_headings(page: _Page) -> None:
    """Headlines between paragraphs: one or two on end, with text below. Longer runs are lists, and body."""
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
        elif i == len(page.lines) or not page.is_furniture(i):
            if len(run) > 2 and not any(page.text(j).startswith("#") for j in run):
                for j in run:
                    page.mark(j, "body")
            run = []


RULES: Mapping[str, Callable[[_Page], None]] = MappingProxyType(
    {
        "corrections": _mark_corrections,
        "contents": _mark_contents,
        "lists": _mark_lists,
        "boilerplate": _mark_boilerplate,
        "repeated": _mark_repeated,
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
    text: str, title: str | None = None, disabled: frozenset[str] = frozenset()
) -> tuple[Block, ...]:
    """The lines of an article, or its paragraphs where lines were broken by hand, each with its kind.

    Blocks are in order, do not overlap and hold every character that is not blank. ``title`` is the title,
    if known beforehand. ``disabled`` names rules of ``RULES`` and ``furniture.RULES`` to leave out, to
    measure what each of them brings.

    >>> page = "Strike ends\\nBy Ana Ruiz\\nThe strike ended on Monday.\\nShare this"
    >>> [block.kind for block in find_blocks(page)]
    ['title', 'furniture', 'body', 'furniture']
    """
    lines = []
    for span in split_paragraphs(text):
        words = text[span.start : span.end]
        lines.append(_Line(span.start, span.end, words, furniture.reason(words, disabled)))
    page = _Page(lines, ["furniture" if line.reason else "body" for line in lines], title)
    for name, rule in RULES.items():
        if name not in disabled:
            rule(page)
    return tuple(Block(line.start, line.end, kind) for line, kind in zip(lines, page.kinds, strict=True))

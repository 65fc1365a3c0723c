"""Names in headlines, where capitals say nothing."""

import re
from collections.abc import Iterable, Sequence

from onrecord.model import Block, Document, Name
from onrecord.words import load

TITLE_CASE = 0.8
"""Share of a line's longer words that begin with a capital, from which capitals say nothing. In PolNeAR
(train) 40 % of the headlines reach it, since whole outlets write them so, and 3 % of all other sentences."""

_LONG_WORD = re.compile(r"[^\W\d_]{4,}")
_WORD_BEFORE = re.compile(r"([^\W\d_]+)\.? \Z")
_BORDER_BEHIND = re.compile(r"(?:[’']s)?(?: [a-z]|[,.:;!?’'\n]|\Z)")


def is_title_case(line: str) -> bool:
    """Whether nearly every word of four letters or more has a capital.

    >>> is_title_case("Council Approves New Harbour Plan"), is_title_case("Council approves plan for Oslo")
    (True, False)
    """
    words = _LONG_WORD.findall(line)
    return bool(words) and sum(word[0].isupper() for word in words) >= TITLE_CASE * len(words)


def settle_headlines(document: Document, names: Sequence[Name]) -> tuple[Name, ...]:
    """The names with those in title-case headlines settled by the body.

    In a headline where every word has a capital, a name's borders cannot be seen: there, only what the rest
    of the article names counts, wherever it stands in the line, the longest first. Headlines and section
    headings in other case keep the names that were read.

    >>> text = "Harbour Board Sues Tellmark\\nThe Harbour Board sued Tellmark."
    >>> blocks = (Block(0, 27, "title"), Block(28, 60, "body"))
    >>> read = [Name(0, 27, "other", 0.6), Name(32, 45, "organization", 0.9), Name(51, 59, "other", 0.9)]
    >>> [text[n.start : n.end] for n in settle_headlines(Document(text, blocks, ()), read)]
    ['Harbour Board', 'Tellmark', 'Harbour Board', 'Tellmark']
    """
    lines = [
        block
        for block in document.blocks
        if block.kind in ("title", "heading") and is_title_case(document.text[block.start : block.end])
    ]
    if not lines:
        return tuple(names)
    elsewhere = [
        name
        for name in names
        if shows_borders(document.text, name) or not any(_inside(name, line) for line in lines)
    ]
    known: dict[str, Name] = {}
    for name in sorted(elsewhere, key=lambda n: (-n.confidence, n.start)):
        known.setdefault(document.text[name.start : name.end], name)
    found = [name for line in lines for name in _find_known(document.text, line, known)]
    kept = [name for name in elsewhere if not any(_overlaps(name, other) for other in found)]
    return tuple(sorted([*kept, *found], key=lambda n: (n.start, n.end)))


def shows_borders(text: str, name: Name) -> bool:
    """Whether a person's borders are seen though every word has a capital: a title or a small word stands
    before a name of two words, and behind it a small word, a mark or nothing.

    >>> text = "Speech by Finance Minister Ana Ruiz at the Harbour Club"
    >>> shows_borders(text, Name(27, 35, "person", 0.9)), shows_borders(text, Name(43, 55, "person", 0.9))
    (True, True)
    >>> shows_borders(text, Name(10, 26, "person", 0.9))
    False
    """
    if name.type != "person" or " " not in text[name.start : name.end]:
        return False
    before = _WORD_BEFORE.search(text, max(0, name.start - 40), name.start)
    led = before is not None and (before[1].islower() or before[1] in load("person_titles"))
    return led and _BORDER_BEHIND.match(text, name.end) is not None


def _overlaps(name: Name, other: Name) -> bool:
    return name.start < other.end and other.start < name.end


def _inside(name: Name, block: Block) -> bool:
    return name.start < block.end and block.start < name.end


def _find_known(text: str, line: Block, known: dict[str, Name]) -> Iterable[Name]:
    if not known:
        return
    longest_first = sorted(known, key=lambda words: (-len(words), words))
    pattern = re.compile(r"\b(?:" + "|".join(map(re.escape, longest_first)) + r")(?!\w)")
    for match in pattern.finditer(text, line.start, line.end):
        name = known[match.group()]
        yield Name(match.start(), match.end(), name.type, name.confidence)

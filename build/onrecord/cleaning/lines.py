"""The lines of a text, and what a line looks like: prose, a headline, a name, a list item."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from onrecord.model import Span
from onrecord.words import load

CLOSERS = "\"'“”‘’«»()[]*_ \t\n"
"""Marks that may stand after the stop that ends a line."""

WIDEST_WRAP = 100
"""Characters in the widest line of a text with lines broken by hand; mail and bulletins use 65 to 80."""

_MARKDOWN_LINK = re.compile(r"!?\[([^\]]*)\]\([^)\s]*\)")
_MARKDOWN_OPENING = re.compile(r"(?:#{1,6}\s+|>\s+)")
_PICTOGRAMS = re.compile(r"[^\w\"'“‘«(\[$£€@#©¡¿]+")
_LIST_ITEM = re.compile(r"\s*(?:[-–—•*▪◦‣●·](?!\*)|\(?\d{1,2}[.)]\s|\(?[a-z]\)\s)")
_SPEAKER = re.compile(r"(?:[QA]|[A-Z][A-Z.'’-]+(?: [A-Z][A-Z.'’-]+){1,3}|[A-Z]{5,}): ?\S|Q[A-Z][a-z]")
_QUOTE_OF = re.compile(r"[\"”’] ?[―—–-]")
_PARTICLES = frozenset(["de", "la", "le", "da", "di", "du", "van", "von", "der", "den", "bin", "al"])
_JOINERS = _PARTICLES | {"and", "&", "for", "of", "the", "in", "at", "with", "to", "on"}


@lru_cache(maxsize=512)
def strip_marks(line: str) -> str:
    """The line without Markdown, and without pictograms, bullets and blanks before its first word.

    Quotation marks, brackets, currency signs, ``@`` and ``#`` are kept: they belong to the words.

    >>> strip_marks("💡 **Why it matters:** Rents rose"), strip_marks("## The vote"), strip_marks("“No.”")
    ('Why it matters: Rents rose', 'The vote', '“No.”')
    """
    text = line.strip()
    if "](" in text:
        text = _MARKDOWN_LINK.sub(r"\1", text)
    text = text.replace("**", "").replace("__", "")
    for opening in (_MARKDOWN_OPENING, _PICTOGRAMS):
        if match := opening.match(text):
            text = text[match.end() :]
    return text.strip("*_ \t")


def strip_edges(text: str) -> str:
    """The text from its first letter or digit to its last.

    >>> strip_edges("“What’s next?” ✉")
    'What’s next'
    """
    start, end = 0, len(text)
    while start < end and not text[start].isalnum():
        start += 1
    while start < end and not text[end - 1].isalnum():
        end -= 1
    return text[start:end]


@lru_cache(maxsize=512)
def plain(line: str) -> str:
    """A key to compare lines by: small letters, straight quotes, single blanks, no marks at the edges.

    >>> plain("📑 Table of  Contents:"), plain("## “What’s next?”")
    ('table of contents', "what's next")
    """
    return strip_edges(" ".join(strip_marks(line).replace("’", "'").casefold().split()))


def count_words(line: str) -> int:
    """How many words a line has: what blanks part."""
    return len(line.split())


def is_number(token: str) -> bool:
    """Whether a token begins with a figure."""
    return token[:1].isdigit()


def looks_like_names(words: list[str]) -> bool:
    """Whether all words are written as parts of names, joined by small words or by the nouns of the trade.

    >>> looks_like_names("Ana de la Cruz and Bo Lind, staff writers".split())
    True
    >>> looks_like_names("Friday morning, the currency fell".split())
    False
    """
    roles = load("writer_roles")
    lowered = [word.strip(".,;:()/").casefold() for word in words]
    return all(
        word.lstrip("/(")[:1].isupper() or is_number(word) or low in _JOINERS or low in roles or not low
        for word, low in zip(words, lowered, strict=True)
    )


def is_role(line: str) -> bool:
    """Whether the line is what a writer is, and nothing else.

    >>> is_role("Energy correspondent"), is_role("Senior Editor, Politics"), is_role("A letter to the editor")
    (True, True, False)
    """
    text = strip_marks(line)
    words = text.casefold().replace(",", " ,").split()
    if not 1 <= len(words) <= 7 or words[0] in ("a", "an", "the") or text.endswith((".", "?", "!")):
        return False
    last = words[words.index(",") - 1] if "," in words[1:] else words[-1]
    return last in load("writer_roles")


def is_person_line(line: str) -> bool:
    """Two to four words, all written as names are, and nothing else: a writer's name, or a place's.

    >>> is_person_line("Brigid O'Dowd ✉"), is_person_line("Ludwig van der Berg"), is_person_line("Rents rise")
    (True, True, False)
    """
    words = strip_edges(strip_marks(line)).split()
    return (
        2 <= len(words) <= 4
        and ":" not in line
        and words[0][:1].isupper()
        and words[-1][:1].isupper()
        and all((w[:1].isupper() or w in _PARTICLES) and not any(map(str.isdigit, w)) for w in words)
    )


def ends_with_stop(text: str) -> bool:
    """Whether a text ends with a stop, behind which marks of its end may stand.

    >>> ends_with_stop("“We lost.”"), ends_with_stop("‘A long night’"), ends_with_stop("He listed three:")
    (True, False, True)
    """
    return text.rstrip(CLOSERS).endswith((".", "!", "?", "…", ":", ";", ","))


def is_sentence(text: str) -> bool:
    """Whether a line reads as prose: it ends with a stop and has some length, or it is very long.

    >>> is_sentence("The vote was put off until May."), is_sentence("Vote put off"), is_sentence("Why now?")
    (True, False, False)
    """
    words = count_words(text)
    return (
        (ends_with_stop(text) and words >= 5)
        or words > 30
        or (words >= 2 and text.endswith((".", ".”", '."')))
    )


def is_list_item(text: str) -> bool:
    """Whether a line begins with a bullet or a number of a list.

    >>> is_list_item("• A vote is due."), is_list_item("2. Cut taxes"), is_list_item("**Why it matters**")
    (True, True, False)
    """
    return _LIST_ITEM.match(text) is not None


def is_headline(text: str, longest: int = 14) -> bool:
    """Whether a line is written as headings are: short, no list item, no stop at its end but a question's.

    >>> is_headline("How we got here"), is_headline("## 2. The bill"), is_headline("What comes next?")
    (True, True, True)
    >>> is_headline("- The second reading"), is_headline("He listed three:"), is_headline("“Why?”")
    (False, False, False)
    >>> is_headline("Q: Have you met?"), is_headline("“The best we had” — Ann Cole")
    (False, False)
    """
    bare = strip_marks(text)
    words = count_words(bare)
    if not 1 <= words <= longest or not any(map(str.isalpha, bare)):
        return False
    if text.startswith("#"):
        return True
    first = bare.lstrip("\"'“‘«([¿¡$£€")[:1]
    if not (first.isupper() or first.isdigit()) or _SPEAKER.match(bare) or _QUOTE_OF.search(bare):
        return False
    if is_list_item(text) and not text[:1].isdigit():
        return False
    if bare.endswith(("?", "!")):
        return words <= longest - 6 and bare[0] not in "\"'“‘" and not re.search(r"[.?!] ", bare)
    return not ends_with_stop(bare) and not bare.endswith(("—", "–", "-", "`"))


def starts_with_pictogram(text: str) -> bool:
    """Whether the first character is a pictogram and no bullet.

    >>> starts_with_pictogram("💡 Rents rose again."), starts_with_pictogram("• Rents rose again.")
    (True, False)
    """
    return unicodedata.category(text[0]) == "So"


def split_paragraphs(text: str) -> list[Span]:
    """The lines of the text, trimmed; where they were broken by hand, the paragraphs.

    >>> split_paragraphs("Talks ended.  \\n\\n  No deal.")
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

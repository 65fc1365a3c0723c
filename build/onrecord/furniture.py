"""Which lines of a news page are not part of the article: rules that look at one line at a time.

``reason`` names the first rule that takes a line for furniture, or None. A rule must never take a sentence of
the article: what opens like a sentence is furniture only for words that sentences of news do not open with.
Rules that need the lines around (lists of links, notes on the author, headings) are in ``onrecord.clean``.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType

from onrecord.lines import count_words, is_number, looks_like_names, plain, strip_marks
from onrecord.words import load

LONGEST_NOTE = 80
"""Words in the longest line that the rules on openings and phrases may take: corrections, rights notices."""

LONGEST_LINE = 800
"""Characters in the longest line that can be furniture."""

_TOKEN = re.compile(r"\d[\d:.,/-]*[^\W\d_]{0,2}|[^\W\d_]+(?:[.'’-][^\W\d_]+)*")
_PIECES = re.compile(r"[·•|—–\t]| [-/] |[^\w\s.,:;!?'\"’“”()&/@#%$£€+-]+")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|@\w{2,30}|\+?[\d() .-]{7,20}")
_CREDIT = re.compile(
    r"(?:^|[.!?”\"])\s*\((?:AP Photo|[^\W\d_a-z][\w.'’-]*(?: [^\W\d_a-z][\w.'’-]*)+) ?/[^()]{2,60}\)\.?\s*$"
)
_RIGHTS = re.compile(r"(?:^|\W)(?:©|\(c\)|copyright)\W*(?:(?:19|20)\d\d\b|by\b)|^©", re.IGNORECASE)
_STORY_NOTE = re.compile(
    r"(?i)^this (?:article|blog|column|essay|interview|piece|post|story|op-ed)[,(]?"
    r"(?: was| is| has been| will be)?(?: also| first| last| originally| previously| recently)*"
    r" (?:corrected|developing|republished|reprinted|syndicated|translated|updated"
    r"|(?:appeared|appears|edited|from|produced|provided|published|ran|reviewed|sponsored|supported)"
    r" (?:at|by|for|from|here|in|on|with|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*\.?))\b"
)
_TRAIL = re.compile(r"^[^\W\d_][\w &'’-]{0,30}(?: ?[>›»→] ?[\w&'’-][\w &'’-]{0,40}){1,5}$")
_SOURCE_LINE = re.compile(r"^SOURCE:? \S")


def _is_meta(piece: str) -> bool:
    """Whether all words are figures or words of dates and counts, at least one of them a figure."""
    tokens = _TOKEN.findall(piece.replace("a.m", "am").replace("p.m", "pm"))
    known = load("meta-words")
    return any(map(is_number, tokens)) and all(is_number(t) or t.casefold() in known for t in tokens)


def is_meta_line(line: str) -> bool:
    """Dates, times, counts, reading times, with short labels between them where pictograms or dots part them.

    >>> is_meta_line("Updated 6:12 p.m. EST, Tue January 9, 2024"), is_meta_line("⏱ 5 min read · 👁 310 views")
    (True, True)
    >>> is_meta_line("📁 Markets · 12 March 2021"), is_meta_line("Updated figures are due on 9 May.")
    (True, False)
    """
    pieces = [piece for piece in _PIECES.split(line) if any(map(str.isalnum, piece))]
    if not any(map(_is_meta, pieces)):
        return False
    labels = [piece for piece in pieces if not _is_meta(piece)]
    return all(count_words(piece) <= 3 or is_byline(piece) for piece in labels)


def is_clock_line(line: str) -> bool:
    """Whether a line of dates and times gives an hour or an age, as entries of a live page do.

    >>> is_clock_line("4:12 p.m. ET"), is_clock_line("12 minutes ago"), is_clock_line("May 2019")
    (True, True, False)
    """
    return bool(re.search(r"\d[:.]\d\d|\d ?[ap]\.?m\b|\bago\b|GMT|views|read\b", line))


def is_byline(line: str) -> bool:
    """
    >>> is_byline("By Dana Whitlock, Staff writer"), is_byline("*Words by Lena Ode and Max Roy*")
    (True, True)
    >>> is_byline("By Friday, two had left."), is_byline("With Congress Gone, Quiet")
    (False, False)
    """
    text = strip_marks(line)
    words = text.split()
    ends = text.endswith((".", "?", "!")) and not text.endswith(("Jr.", "Sr."))
    if ends or not 2 <= len(words) <= 16:
        return False
    low = text.casefold()
    opening = max((o for o in load("byline-openings") if low.startswith(o + " ")), key=len, default="")
    rest = text[len(opening) :].split() if opening else []
    if opening in ("from", "with"):
        return len(rest) >= 2 and "," not in text and line.isupper()
    if low.startswith("by the ") and set(low.split()) & load("writer-roles"):
        return True
    return bool(rest) and rest[0][:1].isupper() and looks_like_names(rest)


def _is_label(line: str) -> bool:
    """
    >>> _is_label("ADVERTISEMENT"), _is_label("📑 Table of Contents"), _is_label("The advertisement ran.")
    (True, True, False)
    """
    return plain(line) in load("furniture-labels")


@cache
def _openings() -> tuple[str, ...]:
    return tuple(sorted(load("furniture-openings")))


def _has_opening(line: str) -> bool:
    """
    >>> _has_opening("Read more: Who owns the port"), _has_opening("(Reporting by A. Cole)")
    (True, True)
    >>> _has_opening("Related industries asked for help."), _has_opening("Photo finishes are rare.")
    (False, False)
    """
    low = strip_marks(line).replace("’", "'").casefold()
    return low.startswith(_openings()) and count_words(line) <= LONGEST_NOTE


def _has_phrase(line: str) -> bool:
    """
    >>> _has_phrase("Jo Ray contributed to this report."), _has_phrase("“Used with permission,” it said.")
    (True, False)
    """
    low = " ".join(line.replace("’", "'").casefold().split())
    quoted = low.startswith(('"', "“", "'", "‘"))
    return (
        not quoted and count_words(line) <= LONGEST_NOTE and any(p in low for p in load("furniture-phrases"))
    )


def _is_prompt(line: str) -> bool:
    """A page asking its reader for something: an imperative, and the thing asked for soon after.

    >>> _is_prompt("Sign up for our free newsletter."), _is_prompt("Follow Ana Ruiz on Twitter")
    (True, True)
    >>> _is_prompt("Follow the money, she said."), _is_prompt("Twitter sent them a newsletter.")
    (False, False)
    """
    words = [word.strip(".,:;!?()*_>[]").replace("’", "'") for word in strip_marks(line).casefold().split()]
    if not 2 <= len(words) <= 30 or words[0] not in load("prompt-verbs"):
        return False
    start = f" {' '.join(words[1:14])} "
    return any(f" {thing} " in start for thing in load("prompt-objects"))


def _is_address(line: str) -> bool:
    """
    >>> _is_address("press@port.example"), _is_address("@annaruiz"), _is_address("+1 512 555 0147")
    (True, True, True)
    >>> _is_address("He wrote to press@port.example")
    False
    """
    words = strip_marks(line).split(" | ")
    return all(_ADDRESS.fullmatch(word.strip()) for word in words)


def _is_credit(line: str) -> bool:
    """A caption that ends in a credit, or a picture's credit alone.

    >>> _is_credit("Voters wait in Leeds. (Ann Cole/The Post)"), _is_credit("Ann Cole/Getty Images")
    (True, True)
    >>> _is_credit("He sued Getty Images (a stock photo agency)."), _is_credit("Support fell (YouGov/Times).")
    (False, False)
    """
    low = plain(line)
    return bool(_CREDIT.search(line)) or (
        count_words(low) <= 12 and low.endswith(tuple(load("photo-credits")))
    )


def _is_rights(line: str) -> bool:
    """
    >>> _is_rights("© 2021 The Harbor Post"), _is_rights("Copyright law was changed in 1998.")
    (True, False)
    """
    return count_words(line) <= LONGEST_NOTE and bool(_RIGHTS.search(line))


def _is_story_note(line: str) -> bool:
    """
    >>> _is_story_note("This story was first published by the Harbor Post.")
    True
    >>> _is_story_note("This story is sad."), _is_story_note("The report was published on Monday.")
    (False, False)
    """
    return bool(_STORY_NOTE.match(strip_marks(line)))


def _is_trail(line: str) -> bool:
    """
    >>> _is_trail("Home > News > Crime"), _is_trail("Rates > 5% hurt.")
    (True, False)
    """
    return bool(_TRAIL.match(line)) and not line.endswith(".")


def _is_mark(line: str) -> bool:
    """
    >>> _is_mark("* * *"), _is_mark("###"), _is_mark("7")
    (True, True, False)
    """
    return not any(map(str.isalnum, line))


def _is_source_line(line: str) -> bool:
    """
    >>> _is_source_line("SOURCE Larkfield Robotics, Inc."), _is_source_line("Source told us so")
    (True, False)
    """
    return bool(_SOURCE_LINE.match(line)) and count_words(line) <= 12


RULES: Mapping[str, Callable[[str], bool]] = MappingProxyType(
    {
        "mark": _is_mark,
        "label": _is_label,
        "meta": is_meta_line,
        "byline": is_byline,
        "opening": _has_opening,
        "phrase": _has_phrase,
        "rights": _is_rights,
        "credit": _is_credit,
        "prompt": _is_prompt,
        "address": _is_address,
        "story note": _is_story_note,
        "trail": _is_trail,
        "source line": _is_source_line,
    }
)
"""Rules on one line by name, in the order in which they are asked."""


def reason(line: str, without: frozenset[str] = frozenset()) -> str | None:
    """The name of the first rule that takes the line for furniture; rules named in ``without`` are not asked.

    A line longer than LONGEST_LINE is never furniture.

    >>> reason("Photo: Ann Cole"), reason("The vote was close.")
    ('opening', None)
    """
    if len(line) > LONGEST_LINE:
        return None
    return next((name for name, rule in RULES.items() if name not in without and rule(line)), None)

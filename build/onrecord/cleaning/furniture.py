"""Which lines of a news page are not part of the article: rules that look at one line at a time.

``reason`` names the first rule that takes a line for furniture, or None. A rule must never take a sentence of
the article: what opens like a sentence is furniture only for words that sentences of news do not open with.
Rules that need the lines around (lists of links, notes on the author, headings) are in ``clean``.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType

from onrecord.cleaning.lines import (
    count_words,
    ends_with_stop,
    is_number,
    looks_like_names,
    plain,
    strip_marks,
)
from onrecord.words import load

LONGEST_NOTE = 80
"""Words in the longest line that the rules on openings and phrases may take: corrections, rights notices."""

LONGEST_META = 200
"""Characters in the longest line of dates, times and counts."""

LONGEST_LINE = 800
"""Characters in the longest line that can be furniture."""

_TOKEN = re.compile(r"\d[\d:.,/-]*[^\W\d_]{0,2}|[^\W\d_]+(?:[.'’-][^\W\d_]+)*")
_PIECES = re.compile(r"[·•|\t]|[^\x00-\xff\w\s‘’“”–—]+")
_ADDRESS = re.compile(
    r"(?i)(?:(?:tel|telephone|phone|mobile|fax|e-?mail|web|website)\W{1,3})?"
    r"(?:(?:https?://|www\.)\S+|@\w{2,30}|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\+?[\d() .-]{7,20}"
    r"|(?:[a-z][\w-]*\.)+(?:com|org|net|info|co\.uk|[a-z]{2})(?:/\S*)?)"
)
_CREDIT = re.compile(
    r"(?:^|[.!?”\"])\s*\((?:AP Photo|[^\W\d_a-z][\w.'’-]*(?: [^\W\d_a-z][\w.'’-]*)+) ?/[^()]{2,60}\)\.?\s*$"
)
_RIGHTS = re.compile(
    r"^©|©\W*(?:19|20)\d\d|(?:^|\W)(?i:©|\(c\)|copyright)\W*(?:(?:19|20)\d\d(?:[-–]\d+)?|(?i:by))\W+"
    r"(?:(?:by|the) )?(?:[A-Z©]|$)"
)
_AGENCY_CREDIT = re.compile(
    r"\(?-{0,2}(?i:(?:with )?(?:additional )?(?:reporting|editing|writing|compiled|edited|translation))"
    r" (?i:by|from) (?=[A-Z])"
)
_CREDIT_WORDS = re.compile(r"(?i)\b(?:additional|by|edited|editing|from|reporting|writing)\b|[;()]")
_FIELD = re.compile(r"([A-Z][A-Z -]+): ")
_DATELINE_ONLY = re.compile(r"[A-Z][\w.' ,-]{1,40} \((?:[A-Z]{2,6}|Reuters|Bloomberg)\)\s*[—–-]*$")
_CREDIT_END = re.compile(
    r"[.!?)”\"] (?i:credit|illustration|image|photo|photo credit|photograph|picture)s?(?i: by|:) (?=[A-Z])"
    r"|[.!?)”\"] \((?=[A-Z][\w. ]{1,30}: [A-Z][^()]{2,40}\)\.?$)"
)
_POSTED_BY = re.compile(
    r"(?i:posted|published|written|submitted)(?: on)? [^.]{0,12}\d[^.]{0,24} by \S{1,30}(?: \S+)?$"
)
_BYLINE_WITH_NOTE = re.compile(r"(?i:by) [A-Z][\w.'’-]+(?: [A-Z][\w.'’-]+){1,3}, (?:an?|the) ")
_NOTE_VERB = re.compile(
    r"(?:,[^.]{2,140}?,| \([^)]*\))?,?"
    r" (?:is|are|has|have|covers?|writes?|reports?|joined|hosts?|edits?|teaches)\b"
)
_REPORTED_FROM = re.compile(r"[A-Z](?:[^.]|\.(?=[A-Z. ])){2,80} reported from [A-Z][^.]{2,60}\.?$")
_FULL_NAME = re.compile(r"[^\W\d_a-z][\w.'’-]*(?: (?:[^\W\d_a-z][\w.'’-]*|de|van|von|al|bin)){1,3}")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_WRITER_IS = re.compile(
    r"(?:[^\W\d_a-z][\w.'’-]* ){1,3}?([^\W\d_a-z][\w'’-]+),? (?:is|are|was|writes|covers)\b"
)
_TAGS = re.compile(r"(?:<[^<>]{1,300}>\s*)+\.?$")
_STORY_NOTE = re.compile(
    r"(?i)^(?:posted|filed) in .{2,80}\btagged\b"
    r"|^this (?:article|blog|column|essay|interview|piece|post|story|op-ed)[,(]?"
    r"(?: was| is| has been| will be)?(?: also| first| last| originally| previously| recently)*"
    r" (?:corrected|developing|republished|reprinted|syndicated|translated|updated"
    r"|(?:appeared|appears|edited|from|produced|provided|published|ran|reviewed|sponsored|supported)"
    r" (?:at|by|for|from|here|in|on|with|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*\.?))\b"
)
_TRAIL = re.compile(r"^[^\W\d_][\w &'’-]{0,30}(?: ?[>›»→] ?[\w&'’-][\w &'’-]{0,40}){1,5}$")
_SOURCE_LINE = re.compile(r"^SOURCE:? \S")


def _is_meta(piece: str) -> bool:
    """Whether all words are figures or words of dates and counts, at least one of them a figure.

    >>> _is_meta("9 May 2020"), _is_meta("1,204 views"), _is_meta("3."), _is_meta("9 May was cold")
    (True, True, False, False)
    """
    tokens = _TOKEN.findall(piece.replace("a.m.", "am").replace("p.m.", "pm"))
    known = load("meta_words")
    if piece.rstrip().endswith(".") and all(map(is_number, tokens)):
        return False
    return any(map(is_number, tokens)) and all(is_number(t) or t.casefold() in known for t in tokens)


def is_meta_line(line: str) -> bool:
    """Dates, times, counts, reading times, with short labels between them where pictograms or dots part them.

    >>> is_meta_line("Updated 6:12 p.m. EST, Tue January 9, 2024"), is_meta_line("⏱ 5 min read · 👁 310 views")
    (True, True)
    >>> is_meta_line("📁 Markets · 12 March 2021"), is_meta_line("Updated figures are due on 9 May.")
    (True, False)
    """
    if len(line) > LONGEST_META:
        return False
    pieces = [piece for piece in _PIECES.split(line) if any(map(str.isalnum, piece))]
    if not any(map(_is_meta, pieces)):
        return False
    labels = [piece for piece in pieces if not _is_meta(piece)]
    return all(count_words(piece) <= 3 or is_byline(piece) for piece in labels)


def is_byline(line: str) -> bool:
    """Whether a line says who wrote the article, and nothing else but what the writer is.

    >>> is_byline("By Dana Whitlock, Staff writer"), is_byline("*Words by Lena Ode and Max Roy*")
    (True, True)
    >>> is_byline("By Nia Rowe, a reporter who covers chips.")
    True
    >>> is_byline("By Friday, two had left."), is_byline("With Congress Gone, Quiet")
    (False, False)
    """
    text = strip_marks(line)
    words = text.split()
    if _POSTED_BY.match(text):
        return True
    if _BYLINE_WITH_NOTE.match(text) and not load("writer_roles").isdisjoint(text.casefold().split()):
        return len(words) <= 30
    ends = text.endswith((".", "?", "!")) and not text.endswith(("Jr.", "Sr."))
    if ends or not 2 <= len(words) <= 16:
        return False
    low = text.casefold()
    opening = max((o for o in load("byline_openings") if low.startswith(o + " ")), key=len, default="")
    rest = text[len(opening) :].split() if opening else []
    if opening in ("from", "with"):
        return len(rest) >= 2 and "," not in text and line.isupper()
    if low.startswith("by the ") and set(low.split()) & load("writer_roles"):
        return True
    return bool(rest) and rest[0][:1].isupper() and looks_like_names(rest)


def _is_label(line: str) -> bool:
    """A label of the page, alone or with a number; or a part of it that did not load.

    >>> _is_label("ADVERTISEMENT 2"), _is_label("📑 Table of Contents"), _is_label("Loading form...")
    (True, True, True)
    >>> _is_label("The advertisement ran.")
    False
    """
    key = plain(line).rstrip(" 0123456789")
    return key in load("furniture_labels") or ("loading" in key.split() and count_words(key) <= 3)


@cache
def _openings() -> tuple[str, ...]:
    return tuple(sorted(load("furniture_openings")))


def _has_opening(line: str) -> bool:
    """A term of "furniture_openings"; after a colon no sentence in small letters may follow.

    >>> _has_opening("Read more: Who owns the port"), _has_opening("Photo by A. Cole")
    (True, True)
    >>> _has_opening("Related industries asked for help."), _has_opening("Sources: the very word hurt.")
    (False, False)
    """
    bare = strip_marks(line).replace("’", "'")
    low = bare.casefold()
    if not low.startswith(_openings()) or count_words(bare) > LONGEST_NOTE:
        return False
    opening = max((o for o in _openings() if low.startswith(o)), key=len)
    after = bare[len(opening) :].strip()[:1]
    return not (opening.endswith(":") and after.islower() and ends_with_stop(bare))


def _has_phrase(line: str) -> bool:
    """Whether a line that is no quotation holds a term of "furniture_phrases".

    >>> _has_phrase("Jo Ray contributed to this report."), _has_phrase("“Used with permission,” it said.")
    (True, False)
    """
    if count_words(line) > LONGEST_NOTE or line.startswith(('"', "“", "'", "‘")):
        return False
    low = " ".join(line.replace("’", "'").casefold().split())
    return any(phrase in low for phrase in load("furniture_phrases"))


def _is_prompt(line: str) -> bool:
    """A page asking its reader for something: an imperative, and the thing asked for soon after.

    >>> _is_prompt("Sign up for our free newsletter."), _is_prompt("Follow Ana Ruiz on Twitter")
    (True, True)
    >>> _is_prompt("Follow the money, she said."), _is_prompt("Twitter sent them a newsletter.")
    (False, False)
    """
    bare = strip_marks(line).replace("’", "'").casefold().lstrip("([")
    verb, _, _ = bare.partition(" ")
    if verb.rstrip(",!:") not in load("prompt_verbs") or count_words(bare) > 30:
        return False
    words = [word.strip(".,:;!?()*_>[]") for word in bare.split()]
    start = f" {' '.join(words[1:14])} "
    return any(f" {thing} " in start for thing in load("prompt_objects"))


def _is_address(line: str) -> bool:
    """Whether a line holds nothing but addresses: of mail or the web, handles, telephone numbers.

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
    >>> _is_credit("Voters wait in Leeds. Photo: A. J. Cole")
    True
    >>> _is_credit("He sued Getty Images (a stock photo agency)."), _is_credit("Support fell (YouGov/Times).")
    (False, False)
    """
    ending = _CREDIT_END.search(line)
    if ending and count_words(line[ending.end() :]) <= 8 and looks_like_names(line[ending.end() :].split()):
        return True
    low = plain(line)
    is_short = count_words(low) <= 12
    return _CREDIT.search(line) is not None or (is_short and low.endswith(tuple(load("photo_credits"))))


def _is_rights(line: str) -> bool:
    """Whether a line says whose the rights are.

    >>> _is_rights("© 2021 The Harbor Post"), _is_rights("Copyright 2019 The Harbor Post Company")
    (True, True)
    >>> _is_rights("Copyright law was changed in 1998."), _is_rights("Copyright 1998 was a landmark year.")
    (False, False)
    """
    return count_words(line) <= LONGEST_NOTE and bool(_RIGHTS.search(line))


def _is_story_note(line: str) -> bool:
    """Whether a line tells of the story as such: where it was first published, that it was corrected.

    >>> _is_story_note("This story was first published by the Harbor Post.")
    True
    >>> _is_story_note("This story is sad."), _is_story_note("The report was published on Monday.")
    (False, False)
    """
    return bool(_STORY_NOTE.match(strip_marks(line)))


def _is_trail(line: str) -> bool:
    """Whether a line is the trail of sections that leads to the page.

    >>> _is_trail("Home > News > Crime"), _is_trail("Rates > 5% hurt.")
    (True, False)
    """
    return bool(_TRAIL.match(line)) and not line.endswith(".")


def _is_mark(line: str) -> bool:
    """No letter and no figure, or nothing but tags that an extractor left.

    >>> _is_mark("* * *"), _is_mark('<img src="a.jpg">'), _is_mark("7")
    (True, True, False)
    """
    return not any(map(str.isalnum, line)) or _TAGS.match(line) is not None


def _is_agency_credit(line: str) -> bool:
    """Who reported, wrote and edited a wire story: names and places alone.

    >>> _is_agency_credit("(Reporting by Ana Cole in Riga; Editing by Bo Lind)")
    True
    >>> _is_agency_credit("Reporting by The Post led to arrests."), _is_agency_credit("Editing by hand.")
    (False, False)
    """
    opening = _AGENCY_CREDIT.match(line)
    if opening is None or count_words(line) > LONGEST_NOTE:
        return False
    return looks_like_names(_CREDIT_WORDS.sub(" ", line[opening.end() :]).split())


def _is_field(line: str) -> bool:
    """A field of a newspaper database.

    >>> _is_field("LENGTH: 612 words"), _is_field("SECTION: METRO; Pg. B1"), _is_field("VERDICT: Not guilty")
    (True, True, False)
    """
    match = _FIELD.match(line)
    return match is not None and match[1].casefold() in load("database_fields") and count_words(line) <= 40


def _is_dateline(line: str) -> bool:
    """A place and an agency with no text after them.

    >>> _is_dateline("Washington (CNN)"), _is_dateline("WASHINGTON (AP) — The Senate voted.")
    (True, False)
    """
    return _DATELINE_ONLY.match(line) is not None


def _is_source_line(line: str) -> bool:
    """Whether a line names who issued a press release.

    >>> _is_source_line("SOURCE Larkfield Robotics, Inc."), _is_source_line("Source told us so")
    (True, False)
    """
    return bool(_SOURCE_LINE.match(line)) and count_words(line) <= 12


def is_author_note(line: str, before: str, writers: str) -> bool:
    """Whether a line below the text tells who wrote it, given the sentences before it and the bylines.

    It opens with a full name, goes on with "is", "has", "covers" …, and names the trade; and the person is no
    figure of the article: the surname stands in a byline, or not in the sentences before. Or it gives an
    address to write to, or says where writers reported from.

    >>> is_author_note("Ana Ruiz, a writer in Lima, has covered mining for years.", "Miners struck.", "")
    True
    >>> is_author_note("Ana Ruiz is an editor who was jailed in May.", "Ruiz was freed on Monday.", "")
    False
    >>> is_author_note("Cole reported from Riga.", "", ""), is_author_note("Write to a@b.example", "", "")
    (True, True)
    """
    bare = strip_marks(line)
    words = count_words(bare)
    if (words <= 20 and _REPORTED_FROM.match(bare)) or (words <= 40 and _MAIL.search(bare)):
        return True
    name = _FULL_NAME.match(bare)
    if name is None or words > LONGEST_NOTE or not _NOTE_VERB.match(bare, name.end()):
        return False
    opening = re.findall(r"[\w-]+", bare.casefold())[:35]
    names_trade = (
        not load("writer_roles").isdisjoint(opening) or " covers " in bare or " writes about " in bare
    )
    surname = re.compile(rf"\b{re.escape(name[0].split()[-1])}\b", re.IGNORECASE)
    return names_trade and (surname.search(writers) is not None or surname.search(before) is None)


def is_writer(line: str, writers: str) -> bool:
    """Whether a line above the text says what one of its writers is: "Ms. Lovold is a former mayor."

    >>> is_writer("Ms. Lovold is a former mayor.", "By Hanne Lovold"), is_writer("Ode left.", "By A. Ode")
    (True, False)
    """
    match = _WRITER_IS.match(strip_marks(line))
    return match is not None and match[1].casefold() in writers.casefold().split()


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
        "agency credit": _is_agency_credit,
        "field": _is_field,
        "dateline": _is_dateline,
        "prompt": _is_prompt,
        "address": _is_address,
        "story note": _is_story_note,
        "trail": _is_trail,
        "source line": _is_source_line,
    }
)
"""Rules on one line by name, in the order in which they are asked."""


def reason(line: str, disabled: frozenset[str] = frozenset()) -> str | None:
    """The name of the first rule that takes the line for furniture; those in ``disabled`` are not asked.

    A line longer than LONGEST_LINE is never furniture.

    >>> reason("Photo: Ann Cole"), reason("The vote was close.")
    ('opening', None)
    """
    if len(line) > LONGEST_LINE:
        return None
    return next((name for name, rule in RULES.items() if name not in disabled and rule(line)), None)

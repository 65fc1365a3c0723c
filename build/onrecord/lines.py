"""What a line of a news page looks like: prose, a headline, a name, a list item. Questions, no verdicts."""

import re
import unicodedata

from onrecord.words import load

CLOSERS = "\"'“”‘’«»()[]*_ \t\n"
"""Marks that may stand after the stop that ends a line."""

_MARKDOWN_LINK = re.compile(r"!?\[([^\]]*)\]\([^)\s]*\)")
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")
_PARTICLES = frozenset(["de", "la", "le", "da", "di", "du", "van", "von", "der", "den", "bin", "al"])
_JOINERS = _PARTICLES | {"and", "&", "for", "of", "the", "in", "at", "with", "to", "on"}


def strip_marks(line: str) -> str:
    """The line without Markdown, and without pictograms, bullets and blanks before its first word.

    Quotation marks, brackets, currency signs, ``@`` and ``#`` are kept: they belong to the words.

    >>> strip_marks("💡 **Why it matters:** Rents rose"), strip_marks("## The vote"), strip_marks("“No.”")
    ('Why it matters: Rents rose', 'The vote', '“No.”')
    """
    text = _MARKDOWN_LINK.sub(r"\1", line).replace("**", "").replace("__", "")
    text = re.sub(r"^(?:#{1,6}\s+|>\s+)", "", text.strip())
    return re.sub(r"^[^\w\"'“‘«(\[$£€@#©¡¿]+", "", text).strip("*_ \t")


def plain(line: str) -> str:
    """A key to compare lines by: small letters, straight quotes, single blanks, no marks at the edges.

    >>> plain("📑 Table of  Contents:"), plain("## “What’s next?”")
    ('table of contents', "what's next")
    """
    text = " ".join(strip_marks(line).replace("’", "'").casefold().split())
    return _EDGES.sub("", text)


def count_words(line: str) -> int:
    return len(line.split())


def is_number(token: str) -> bool:
    return token[:1].isdigit()


def looks_like_names(words: list[str]) -> bool:
    """Whether all words are written as parts of names, joined by small words or by the nouns of the trade.

    >>> looks_like_names("Ana de la Cruz and Bo Lind, staff writers".split())
    True
    >>> looks_like_names("Friday morning, the currency fell".split())
    False
    """
    roles = load("writer-roles")
    lowered = [word.strip(".,;:()").casefold() for word in words]
    return all(
        word[:1].isupper() or is_number(word) or low in _JOINERS or low in roles or not low
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
    return last in load("writer-roles")


def is_person_line(line: str) -> bool:
    """Two to four words, all written as names are, and nothing else: it may be a writer's name or a place's.

    >>> is_person_line("Brigid O'Dowd ✉"), is_person_line("Ludwig van der Berg"), is_person_line("Rents rise")
    (True, True, False)
    """
    words = _EDGES.sub("", strip_marks(line)).split()
    return (
        2 <= len(words) <= 4
        and words[0][:1].isupper()
        and words[-1][:1].isupper()
        and all((w[:1].isupper() or w in _PARTICLES) and not any(map(str.isdigit, w)) for w in words)
    )


def ends_with_stop(text: str) -> bool:
    """
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


def is_headline(text: str, longest: int = 14) -> bool:
    """Whether a line is written as headings are: short, no list item, no stop at its end but a question's.

    >>> is_headline("How we got here"), is_headline("## 2. The bill"), is_headline("What comes next?")
    (True, True, True)
    >>> is_headline("- the second reading"), is_headline("He listed three:"), is_headline("“Why?”")
    (False, False, False)
    """
    bare = strip_marks(text)
    words = count_words(bare)
    if not 1 <= words <= longest or not any(map(str.isalpha, bare)):
        return False
    if text.startswith("#"):
        return True
    first = bare.lstrip("\"'“‘«([¿¡$£€")[:1]
    if not (first.isupper() or first.isdigit()) or re.match(r"\s*[-–—•*▪◦‣●]\s", text):
        return False
    if bare.endswith(("?", "!")):
        return words <= longest - 6 and bare[0] not in "\"'“‘" and not re.search(r"[.?!] ", bare)
    return not ends_with_stop(bare)


def starts_with_pictogram(text: str) -> bool:
    """
    >>> starts_with_pictogram("💡 Rents rose again."), starts_with_pictogram("• Rents rose again.")
    (True, False)
    """
    return unicodedata.category(text[0]) == "So"

"""Notes in which an outlet corrects what it printed: which lines they are, and where what they say begins."""

import re

from onrecord.cleaning.lines import count_words, strip_marks
from onrecord.model import Document, Span

__all__ = ["correction_notes", "is_correction", "is_correction_label"]

SHORTEST_NOTE, LONGEST_NOTE = 7, 120
"""Words in the shortest and the longest line that can be a note of correction."""

_LABEL = re.compile(
    r"[\W_]*(?:corrections?|clarifications?)(?: appended)?(?:,? [^:—–]{1,40}|\s?\([^()]{1,40}\))?\s*[:—–]\s*",
    re.IGNORECASE,
)
_EDITOR = re.compile(r"[\W_]*editor[’']?s[’']? note\s*[:—–-]\s*", re.IGNORECASE)
_PIECE = r"(?:article|caption|column|headline|post|story)"
_EARLIER = re.compile(
    rf"(?:an|a|the|in an?)\s+(?:earlier|original|previous|prior)\s+version\s+of\s+this\s+{_PIECE}\b"
    rf"|this\s+{_PIECE}\s+(?:was|has been|is)\s+(?:since\s+)?(?:corrected|amended)\b"
    rf"|(?:because of|due to) an? (?:editing|production|reporting) error,",
    re.IGNORECASE,
)
_ALONE = re.compile(r"[\W_]*(?:corrections?|clarifications?)[\W_]*", re.IGNORECASE)


def is_correction(line: str) -> bool:
    """Whether a line says what an earlier version had wrong.

    >>> is_correction("Correction: An earlier version gave the toll as 27; it was 22.")
    True
    >>> is_correction("This article has been corrected to say that the bridge opened in 1998.")
    True
    >>> is_correction("A correction: prices fell."), is_correction("The market saw a correction on Monday.")
    (False, False)
    >>> is_correction("Correction officers: who guards them by night?")
    False
    """
    words = count_words(line)
    if not SHORTEST_NOTE <= words <= LONGEST_NOTE:
        return False
    bare = strip_marks(line)
    label = _LABEL.match(bare)
    if label is not None:
        return _is_plain_label(label[0])
    note = _EDITOR.match(bare)
    return _EARLIER.match(bare, note.end() if note else 0) is not None


def _is_plain_label(label: str) -> bool:
    """Whether a label has nothing but a date beside its word: "Correction, 3 May:"."""
    rest = re.sub(r"(?i)corrections?|clarifications?|appended", " ", label)
    return all(
        word[0].isdigit() or word[0].isupper() for word in re.findall(r"\w+", rest) if word not in _SMALL
    )


_SMALL = frozenset(["a", "an", "on", "at", "of", "the", "am", "pm", "p", "m"])


def is_correction_label(line: str) -> bool:
    """Whether a line is nothing but the label of a note below it.

    >>> is_correction_label("CORRECTION"), is_correction_label("Correction of errors")
    (True, False)
    """
    return _ALONE.fullmatch(line) is not None


def correction_notes(document: Document) -> list[Span]:
    """What each note of correction says, without its label.

    >>> from onrecord.model import Block
    >>> text = "Correction, May 3: An earlier version gave the toll as 27; it was 22."
    >>> [note] = correction_notes(Document(text, (Block(0, len(text), "correction"),), ()))
    >>> text[note.start : note.end]
    'An earlier version gave the toll as 27; it was 22.'
    """
    found = []
    for block in document.blocks:
        if block.kind == "correction":
            label = _LABEL.match(document.text, block.start, block.end) or _EDITOR.match(
                document.text, block.start, block.end
            )
            start, end = label.end() if label else block.start, block.end
            while start < end and not document.text[start].isalnum() and document.text[start] not in "“\"'‘":
                start += 1
            while end > start and document.text[end - 1] in "*_)] \t":
                end -= 1
            if start < end:
                found.append(Span(start, end))
    return found

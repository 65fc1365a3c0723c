"""PDF and Word files, by pdfminer.six and python-docx: their text, page by page, paragraph by paragraph.

A form feed on a line of its own stands between two pages, as ``pdftotext`` writes it: the page of a span is
one more than the form feeds before it. What such files say of their title and author is most often the name
of a template or of a computer's user, and is not taken.
"""

import io
import logging
import re
import zipfile

from onrecord.reading.inputs import UnusableError

__all__ = ["read_docx", "read_pdf"]

PAGES = 2000
"""Pages of a PDF that are read; longer files are no articles."""
UNPACKED = 20
"""How many times a Word file may grow as it is unpacked, over the limit for one article."""

_ENDINGS = re.compile(r"[ \t]*\n[ \t]*")


def read_pdf(data: bytes) -> str:
    """The text of a PDF in reading order: a blank line between two paragraphs, a form feed between two pages.

    Raises ``UnusableError``: ``unreadable`` for a file that is broken or locked, ``empty`` where no page has
    text, as in a scan.
    """
    from pdfminer.high_level import extract_pages
    from pdfminer.layout import LAParams, LTTextContainer

    logging.getLogger("pdfminer").addHandler(logging.NullHandler())
    pages = []
    try:
        for page in extract_pages(io.BytesIO(data), laparams=LAParams(), maxpages=PAGES + 1):
            boxes = [item.get_text() for item in page if isinstance(item, LTTextContainer)]
            pages.append("\n\n".join(box for box in map(_unwrap, boxes) if box))
    except Exception as error:  # the library raises whatever its parsers meet
        raise UnusableError(
            "unreadable", f"cannot be read as PDF ({type(error).__name__}); give its text instead"
        ) from None
    if len(pages) > PAGES:
        raise UnusableError("too-large", f"has more than {PAGES} pages; split it")
    if not any(pages):
        raise UnusableError("empty", "holds no text, as a scan does; recognize its characters first")
    return "\n\f\n".join(pages)


def _unwrap(box: str) -> str:
    """The lines of a paragraph as one; a hyphen at the end of a line stays as it is.

    >>> _unwrap("The bridge, a land-\\nmark, will\\nclose. ")
    'The bridge, a land-mark, will close.'
    """
    lines = [line for line in _ENDINGS.split(box.strip()) if line]
    joined = [line if line.endswith("-") else f"{line} " for line in lines]
    return "".join(joined).rstrip()


def read_docx(data: bytes, max_bytes: int) -> str:
    """The text of a Word file: its paragraphs, and its tables row by row, a blank line after each.

    Raises ``UnusableError`` for a file that is broken, or grows beyond measure as it is unpacked.
    """
    from docx import Document
    from docx.table import Table

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            size = sum(member.file_size for member in packed.infolist())
        if size > UNPACKED * max_bytes:
            raise UnusableError("too-large", "is too large unpacked; give its text instead")
        parts: list[str] = []
        for item in Document(io.BytesIO(data)).iter_inner_content():
            if isinstance(item, Table):
                parts.extend("\t".join(cell.text for cell in row.cells) for row in item.rows)
            else:
                parts.append(item.text)
    except UnusableError:
        raise
    except Exception as error:  # the library raises whatever a broken file makes it meet
        raise UnusableError(
            "unreadable", f"cannot be read as a Word file ({type(error).__name__}); give its text instead"
        ) from None
    return "\n\n".join(part for part in map(str.strip, parts) if part)

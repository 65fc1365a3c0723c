"""What the reading modules share: raw inputs, what is known of them, and why one cannot be used."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from typing import Literal
from urllib.parse import urlsplit

from onrecord.errors import OnRecordError
from onrecord.model import Notice, Reject

Format = Literal["text", "markdown", "html", "json", "pdf", "docx"]

CODES: dict[str, str] = {
    "bad-answer": "The language model that reads gave no answer of the form asked for.",
    "binary": "Not a text: an image, an archive, a program or the like under the name of a text.",
    "capture": "Of an archive of web pages what is no whole page: an error, a redirect, a cut page, media.",
    "duplicate": "The same words by the same publisher as another input; a capture that found nothing new.",
    "empty": "Not one letter or digit in it.",
    "encoding": "Not UTF-8, nor UTF-16 with a byte order mark, nor the encoding that a page declares.",
    "front-matter": "The front matter of a Markdown file cannot be read.",
    "json": "A line, or a part of a list, that is not one JSON object.",
    "killed": "Each process that read it was killed, most often for want of memory.",
    "language": "Marked as, or written in, a language other than English.",
    "link": "A symbolic link that leaves the folder given, or leads to another folder.",
    "metadata": "A title, date, address or the like that is of the wrong type or not in the form asked for.",
    "missing-text": "A JSON record, a table or an item of a feed without a text.",
    "name": "A file name that cannot be written down: not UTF-8, or with control characters.",
    "no-answer": "The language model that reads gave no answer.",
    "no-article": "An HTML page in which no article was found.",
    "nul-bytes": "NUL characters in the text.",
    "row": "A row of a table with more or fewer cells than its header, or that is not CSV.",
    "same-name": "Another input has this name already.",
    "too-large": "Larger than the limit for one article.",
    "type": "A kind of file that holds no article.",
    "unreadable": "The file, folder or compressed stream cannot be read.",
}
"""Why an input could not be used: each code that a ``Reject`` may carry, with what it means."""

FIELD_LIMIT = 4_096
"""Code points of a name, a title, an author or anything else that is known of an article."""

_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?[~?%]?")
_DATE_TIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?(?:Z|[+-][0-9:]{2,5})?"
)
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(?:T[0-9]{6}Z?)?")
_MAIL_DATE = re.compile(r"(?:[A-Z][a-z]{2}, )?[0-9]{1,2} [A-Z][a-z]{2} [0-9]{4} [0-9]{2}:[0-9]{2}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_BLANK = re.compile(r"[\s\x00-\x1f]")
_UNWRITABLE = re.compile(r"[\x00\ud800-\udfff]")


class UnusableError(OnRecordError):
    """This input becomes a reject: a code of ``CODES``, what is wrong and what to do, the line if known."""

    def __init__(self, code: str, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.line = line


@dataclass(frozen=True, slots=True)
class Known:
    """What somebody said about an article: its file, page or record, or the manifest. Null: nobody did."""

    title: str | None = None
    publisher: str | None = None
    author: str | None = None
    url: str | None = None
    published: str | None = None
    language: str | None = None
    license: str | None = None
    credit: str | None = None
    captured: str | None = None


NOTHING_KNOWN = Known()
KNOWN_FIELDS: tuple[str, ...] = tuple(field.name for field in fields(Known))


@dataclass(frozen=True, slots=True)
class Raw:
    """One input as it was found, before anything in it was understood. Cheap to send to a worker.

    ``where`` is what messages call it: the name of its file, with the line for JSON lines. ``known`` is what
    the manifest, or the archive it lies in, says of it. ``charset`` is the encoding that a server told with a
    page.
    """

    name: str
    format: Format
    data: bytes
    where: str
    known: Known = NOTHING_KNOWN
    charset: str | None = None


Found = Raw | Reject | Notice
"""What a file gives, one after another."""


def is_writable_name(name: str) -> bool:
    """Whether a name can stand in a table and a message: not blank, no control characters, valid Unicode, not
    longer than ``FIELD_LIMIT``.

    >>> is_writable_name("2031/03/bridge.txt"), is_writable_name("bridge\\x1b[2J.txt"), is_writable_name(" ")
    (True, False, False)
    """
    return bool(name.strip()) and len(name) <= FIELD_LIMIT and not _CONTROL.search(name)


def read_published(value: str) -> str:
    """A date of publication in EDTF: a year, month or day, perhaps uncertain (``?``), approximate (``~``) or
    both (``%``); or a date-time of ISO 8601 or of mail and feeds (RFC 2822), of which the day is kept as it
    was written.

    Raises ValueError for anything else.

    >>> read_published("2031-03-04T23:30:00-05:00"), read_published("2031-03~"), read_published("2031")
    ('2031-03-04', '2031-03~', '2031')
    >>> read_published("Tue, 04 Mar 2031 23:30:00 GMT"), read_published("20310304T233000Z")
    ('2031-03-04', '2031-03-04')
    >>> read_published("March 4, 2031")
    Traceback (most recent call last):
        ...
    ValueError: not a date in EDTF, such as 2031-03-04, 2031-03 or 2031~, nor a time of ISO 8601 or RFC 2822
    """
    if compact := _COMPACT.fullmatch(value):
        return date(*map(int, compact.groups())).isoformat()
    if _MAIL_DATE.match(value):
        return parsedate_to_datetime(value).date().isoformat()
    if stamp := _DATE_TIME.fullmatch(value):
        datetime.fromisoformat(value)
        return stamp[1]
    found = _DATE.fullmatch(value)
    if not found:
        raise ValueError(
            "not a date in EDTF, such as 2031-03-04, 2031-03 or 2031~, nor a time of ISO 8601 or RFC 2822"
        )
    year, month, day = (int(part) if part else 1 for part in found.groups())
    date(year, month, day)
    return value


def read_captured(value: str) -> str:
    """When an article was fetched: a day, or a moment with its time zone, which is given in UTC.

    Raises ValueError for anything else.

    >>> read_captured("2031-03-04T23:30:00.5-05:00"), read_captured("2031-03-04")
    ('2031-03-05T04:30:00Z', '2031-03-04')
    """
    try:
        if len(value) == len("2031-03-04"):
            return date.fromisoformat(value).isoformat()
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError
        return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError):
        raise ValueError(
            "not a day, such as 2031-03-04, nor a moment with its time zone, such as 2031-03-04T23:30:00Z"
        ) from None


def is_address(value: str) -> bool:
    """Whether a text is the address of a page: http or https, a host, no blanks."""
    return bool(
        value.startswith(("http://", "https://")) and urlsplit(value).hostname and not _BLANK.search(value)
    )


def _check(field: str, value: str) -> str:
    if len(value) > FIELD_LIMIT:
        raise ValueError(f"longer than {FIELD_LIMIT:,} characters; shorten it")
    if _UNWRITABLE.search(value):
        raise ValueError("holds NUL characters or half a surrogate pair; write the value again")
    if field == "published":
        return read_published(value)
    if field == "captured":
        return read_captured(value)
    if field == "language" and not _LANGUAGE.fullmatch(value):
        raise ValueError("not a language tag of BCP 47, such as en or en-GB")
    if field == "language":
        primary, dash, rest = value.partition("-")
        return primary.lower() + dash + rest
    if field == "url" and not is_address(value):
        raise ValueError("not an address that begins with http:// or https://")
    return value


def read_known(values: Mapping[str, object]) -> Known:
    """What is known of an article, from values by field name; other names are left alone.

    Null and blank values say nothing; blanks around a value do not count. Raises ``UnusableError``
    (``metadata``) for a value of the wrong type or form, naming the field and the value.

    >>> read_known({"title": " Bridge to close ", "published": "2031-03-04", "author": "", "views": 10})
    Known(title='Bridge to close', publisher=None, author=None, url=None, published='2031-03-04', \
language=None, license=None, credit=None, captured=None)
    """
    kept: dict[str, str] = {}
    for field in KNOWN_FIELDS:
        value = values.get(field)
        if value is None:
            continue
        if not isinstance(value, str):
            raise UnusableError(
                "metadata", f"{field} must be text, not {type(value).__name__}; put it in quotes"
            )
        if not value.strip():
            continue
        try:
            kept[field] = _check(field, value.strip())
        except ValueError as wrong:
            raise UnusableError("metadata", f"{field} is {_shorten(value)}: {wrong}") from None
    return Known(**kept)


def merge(over: Known, under: Known) -> Known:
    """Both together; where both say something, ``over`` holds.

    >>> merge(Known(title="Bridge to close"), Known(title="News", author="Jane Roe")).title
    'Bridge to close'
    """
    return Known(*(_either(getattr(over, field), getattr(under, field)) for field in KNOWN_FIELDS))


def tell_unknown(file: str, line: int | None, what: str, names: Iterable[str]) -> tuple[Notice, ...]:
    """What is said of names that are not known; nothing where there are none."""
    told = tuple(sorted(set(names)))
    return (Notice(file=file, line=line, what=f"unknown {what}, left out", names=told),) if told else ()


def name_fields(fields: Iterable[str] = KNOWN_FIELDS) -> str:
    """Field names for a message."""
    return ", ".join(fields)


def refuse(name: str, code: str, message: str) -> Reject:
    """The reject for an input, its name written out where it cannot stand as it is."""
    written = name if is_writable_name(name) else ascii(name)[1:-1]
    return Reject(written, code, f"{written}: {message}")


def refuse_large(name: str, max_bytes: int) -> Reject:
    """The reject for an input of more than ``max_bytes``."""
    return refuse(name, "too-large", f"is larger than {max_bytes} bytes, the limit for one article; split it")


def refuse_unreadable(name: str, error: Exception) -> Reject:
    """The reject for what the system, or the form of a file, does not let be read."""
    reason = (error.strerror if isinstance(error, OSError) else None) or type(error).__name__
    return refuse(
        name, "unreadable", f"cannot be read ({reason}); check its permissions, links and whether it is whole"
    )


def _either(first: str | None, second: str | None) -> str | None:
    return second if first is None else first


def _shorten(value: str) -> str:
    return ascii(value) if len(value) <= 60 else ascii(value[:60]) + "…"

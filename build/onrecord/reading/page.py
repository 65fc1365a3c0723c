"""HTML pages: the article and what the page declares of it, by trafilatura (Barbaresi 2021).

Nothing is taken from the clock or guessed from an address: dates come only from the fields in which a page
declares its date of publication.
"""

import json
import logging
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from onrecord.reading.inputs import Known, UnusableError, read_known, read_published

if TYPE_CHECKING:
    from lxml.html import HtmlElement
    from trafilatura.settings import Document

_SENTENCE_END = re.compile(r"""\w[.!?…]["'”’)\]]*[^\S\n]*$""", re.MULTILINE)
_ARTICLE_TYPE = re.compile(r"(?:Article|Posting|Report|Review)$")
_DATE_FIELDS = (
    "article:published_time",
    "og:article:published_time",
    "datepublished",
    "dcterms.issued",
    "dc.date.issued",
    "dcterms.date",
    "dc.date",
    "citation_publication_date",
    "parsely-pub-date",
    "sailthru.date",
    "pubdate",
    "publishdate",
    "publish-date",
    "publication_date",
    "date",
)
"""Names of ``meta`` fields that hold the date of first publication, most specific first."""

MOST_CHILDREN = 5_000
"""Tags directly within one tag: what the extractor does for each looks at all, so its time grows with the
square. A page of lists has some hundreds."""
MOST_ATTRIBUTES = 1_000
"""Attributes of one tag, for the same reason; a tag has some dozens at most."""
_TAG = re.compile(r"<[^<>]{2000,}>")
_QUOTED = re.compile(r"""\"[^"]*\"|'[^']*'""")
_BETWEEN = re.compile(r"[\s=]+")

_FIXED_BOUNDS = {
    "original_date": True,
    "extensive_search": False,
    "min_date": "1995-01-01",
    "max_date": "2199-12-31",
}
"""trafilatura reads the clock without these; the date it finds by them is not used."""


def read_page(html: str) -> tuple[str, Known]:
    """The text of the article in a page, as the extractor gives it, and what the page declares of it.

    Raises ``UnusableError``: ``no-article`` for a page without one sentence of running text, ``too-large``
    for one with more than ``MOST_ATTRIBUTES`` or ``MOST_CHILDREN`` in one tag.
    """
    from lxml.etree import LxmlError
    from trafilatura import bare_extraction, extract_metadata, load_html

    logging.getLogger("trafilatura").addHandler(logging.NullHandler())
    logging.getLogger("htmldate").addHandler(logging.NullHandler())
    for tag in _TAG.finditer(html):
        if len(_BETWEEN.findall(_QUOTED.sub("", tag[0]))) > 2 * MOST_ATTRIBUTES:
            line = html.count("\n", 0, tag.start()) + 1
            message = (
                f"has a tag with more than {MOST_ATTRIBUTES:,} attributes; give the article's text instead"
            )
            raise UnusableError("too-large", message, line)
    try:
        tree = load_html(html)
        if tree is not None and any(len(parent) > MOST_CHILDREN for parent in tree.iter()):
            message = f"has a tag with more than {MOST_CHILDREN:,} in it; give the article's text instead"
            raise UnusableError("too-large", message)
        article = bare_extraction(html, include_comments=False)
        text = getattr(article, "text", None) or ""
        if not _SENTENCE_END.search(text):
            raise UnusableError("no-article", "no article was found in the page; give its text instead")
        return text, _read_declared(tree, extract_metadata(html, date_config=dict(_FIXED_BOUNDS)))
    except (
        ArithmeticError,
        AttributeError,
        LookupError,
        RecursionError,
        TypeError,
        ValueError,
        LxmlError,
    ) as error:
        message = (
            f"the extractor failed on the page ({type(error).__name__}); give the article's text instead"
        )
        raise UnusableError("no-article", message) from error


def _read_declared(tree: "HtmlElement", found: "Document") -> Known:
    host = found.hostname or ""
    publisher = (
        found.sitename if found.sitename and found.sitename.lower() not in (host, f"www.{host}") else None
    )
    values = {
        "title": found.title,
        "publisher": publisher,
        "author": found.author,
        "url": found.url,
        "published": find_published(tree),
        "license": found.license,
    }
    usable = {field: value for field, value in values.items() if _is_usable(field, value)}
    return read_known(usable)


def _is_usable(field: str, value: str | None) -> bool:
    try:
        read_known({field: value})
    except UnusableError:
        return False
    return True


def find_published(tree: "HtmlElement") -> str | None:
    """The day on which a page says it was published: from its JSON-LD, its ``meta`` fields or a ``time``
    element marked as the date of publication; null where none of them holds a date in ISO 8601.

    >>> from trafilatura import load_html
    >>> find_published(load_html('<html><head><meta property="article:published_time" '
    ...     'content="2031-03-04T09:00:00Z"></head><body><p>The bridge closed.</p></body></html>'))
    '2031-03-04'
    """
    for value in _list_dates(tree):
        try:
            return read_published(value.strip())
        except ValueError:
            continue
    return None


def _list_dates(tree: "HtmlElement") -> Iterator[str]:
    for script in tree.xpath('//script[@type="application/ld+json"]'):
        try:
            data: object = json.loads(script.text or "", strict=False)
        except (ValueError, RecursionError):
            continue
        yield from _list_json_dates(data)
    metas: dict[str, str] = {}
    for meta in tree.xpath("//meta[@content]"):
        key = meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
        metas.setdefault(key.lower(), meta.get("content"))
    yield from (metas[field] for field in _DATE_FIELDS if field in metas)
    yield from tree.xpath('//time[@itemprop="datePublished" or @pubdate]/@datetime')


def _list_json_dates(data: object) -> Iterator[str]:
    pending = [data]
    while pending:
        item = pending.pop()
        if isinstance(item, list):
            pending.extend(reversed(item))
        elif isinstance(item, dict):
            kinds = item.get("@type")
            names = kinds if isinstance(kinds, list) else [kinds]
            value = item.get("datePublished")
            if isinstance(value, str) and any(
                isinstance(name, str) and _ARTICLE_TYPE.search(name) for name in names
            ):
                yield value
            pending.append(item.get("@graph"))

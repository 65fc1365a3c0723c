"""RSS and Atom files, by feedparser: each item an article, as far as the feed carries its text."""

import html
import io
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

from onrecord.model import Reject
from onrecord.reading.inputs import (
    Found,
    Raw,
    UnusableError,
    is_writable_name,
    read_known,
    refuse,
    refuse_large,
)

if TYPE_CHECKING:
    from feedparser import FeedParserDict

__all__ = ["read_feed"]

LARGEST = 4
"""Articles of the largest size that a feed may be long."""


def read_feed(name: str, file: BinaryIO, max_bytes: int) -> Iterator[Found]:
    """The items of a feed, counted from one. An item's text is its content, else its summary.

    Raises nothing: what is no feed is a reject, as is an item without words.
    """
    import feedparser

    data = file.read(LARGEST * max_bytes + 1)
    if len(data) > LARGEST * max_bytes:
        yield refuse_large(name, LARGEST * max_bytes)
        return
    feed = feedparser.parse(io.BytesIO(data), sanitize_html=False, resolve_relative_uris=False)
    if not feed.get("version"):
        yield refuse(name, "type", "is XML but neither RSS nor Atom; give a feed, or the page as .html")
        return
    if not feed.entries:
        yield refuse(name, "empty", "is a feed without items")
    for number, entry in enumerate(feed.entries, 1):
        yield _take_entry(entry, feed.feed.get("title"), f"{name}:{number}", max_bytes)
    if feed.bozo and not isinstance(feed.bozo_exception, feedparser.CharacterEncodingOverride):
        message = f"is not well-formed ({feed.bozo_exception}); items after the fault may be missing"
        yield refuse(f"{name}:{len(feed.entries) + 1}", "unreadable", message)


def _take_entry(entry: "FeedParserDict", title: str | None, where: str, max_bytes: int) -> Raw | Reject:
    names = [told for told in (entry.get("id"), entry.get("link")) if told and is_writable_name(told)]
    name = names[0] if names else where
    contents = entry.get("content") or ([entry.summary_detail] if entry.get("summary_detail") else [])
    content = max(contents, key=lambda content: len(content.value), default=None)
    if content is None or not content.value.strip():
        return refuse(where, "missing-text", "the item carries no text; fetch its page: onrecord fetch")
    if len(content.value.encode("utf-8", "replace")) > max_bytes:
        return refuse_large(where, max_bytes)
    told = {
        "title": entry.get("title"),
        "publisher": entry.get("source", {}).get("title") or title,
        "author": entry.get("author"),
        "url": entry.get("link"),
        "published": entry.get("published"),
        "license": entry.get("rights"),
    }
    plain = content.get("type") == "text/plain" or "<" not in content.value
    if plain:
        record = {key: value for key, value in told.items() if value}
        record["text"] = html.unescape(content.value)
        return Raw(name, "json", json.dumps(record).encode(), where)
    try:
        known = read_known(told)
    except UnusableError as wrong:
        return refuse(where, wrong.code, str(wrong))
    page = f"<!DOCTYPE html><html><body><article>{content.value}</article></body></html>"
    return Raw(name, "html", page.encode("utf-8", "surrogatepass"), where, known)

"""Whom an article credits: the agency whose text it says it carries, and who wrote it; and with that, all
that a row of ``sources`` says of it."""

import re
from collections.abc import Sequence
from dataclasses import replace

from onrecord.claims.outlets import find_outlet_name, find_wire, is_outlet
from onrecord.cleaning.furniture import is_byline
from onrecord.cleaning.lines import strip_marks
from onrecord.model import Article, Block
from onrecord.words import load

HEAD = 600
"""Code points from the start within which a dateline stands: headline, standfirst, place come before it."""
TAIL = 600
"""Code points before the end within which a closing credit stands."""

_WORD = re.compile(r"\w+")
_DATELINE = re.compile(r"\(([A-Z][\w .&'’-]{1,40})\)\s*[—–-]{1,2}\s")
_BYLINE = re.compile(r"^(?:By\s+(?:.{2,60}?,\s*)?|Source:\s*)?(?:The\s+)?(?P<wire>[A-Z][\w .&'’-]{1,40}?)$")
_CLOSING = re.compile(
    r"(?:©|\(c\)|copyright)\s*(?:\d{4}\s*)?(?:the\s+)?(?P<owner>[A-Z][\w&'’-]*(?:\s[A-Z][\w&'’-]*){0,4})"
    r"|(?P<staff>[A-Z][\w&'’-]*(?:\s[A-Z][\w&'’-]*){0,3})\s(?:staff\s)?(?:writers?|reporters?)\s.{2,120}?\scontributed",
    re.IGNORECASE,
)

_REUTERS = re.compile(r"\b[Rr]eporting by [A-Z][^\n]{2,300}?\bEditing by [A-Z]")
"""The closing line of Reuters' house style: "(Reporting by A; Editing by B)"."""

_WRITTEN_BY = re.compile(
    r"(?i:(?:(?:news )?analysis|article|column|commentary|essay|exclusive|interview|opinion|report|reporting"
    r"|story|text|words|written|reported) )?(?i:by) "
)
_BETWEEN = re.compile(r",| (?i:and) | & |[;/]")
_WHERE = re.compile(r" (?i:in|at|for|of|from) ")
_BESIDE = re.compile(r"[|•·]")
_WRITER = re.compile(
    r"[^\W\d_a-z][\w.'’-]*"
    r"(?: (?:[^\W\d_a-z][\w.'’-]*|de|del|di|da|du|la|van|von|der|den|ten|al|bin|ibn)){1,4}"
)

_SYNDICATED = re.compile(
    r"\b(?:(?:originally|first) (?:published|appeared|ran) (?:on|in|at|by)"
    r"|(?:re(?:published|printed)|syndicated) (?:with (?:the )?permission (?:of|from)|from|courtesy of))"
    r" (?:the |The )?(?P<outlet>[A-Z][\w&.’'-]*(?: (?:of |and |& )?[A-Z][\w&.’'-]*){0,4})"
)


def _spelled_out(text: str, letters: str) -> str | None:
    """The outlet of which a dateline gives the first letters, where the article names it in full.

    >>> _spelled_out("HALDEN (NFW) — It rained, the Northern Fjord Wire reported.", "NFW")
    'Northern Fjord Wire'
    """
    if not re.fullmatch(r"[A-Z]{2,5}", letters):
        return None
    words = r"\s".join(rf"{letter}[\w’'-]+" for letter in letters)
    found = (match.group() for match in re.finditer(rf"\b{words}\b", text))
    return next((" ".join(name.split()) for name in found if is_outlet(name)), None)


def find_author(text: str, blocks: Sequence[Block]) -> str | None:
    """Who wrote the article by the byline above its text, the names with commas between; null without one.

    Who took the pictures or edited is no author, nor is a wire or outlet.

    >>> line = "By Dana Whitlock and Max Roy, Staff writers"
    >>> find_author(line, [Block(0, len(line), "furniture")])
    'Dana Whitlock, Max Roy'
    >>> find_author("By Associated Press", [Block(0, 19, "furniture")])
    """
    for block in blocks:
        if block.kind == "body":
            return None
        line = _BESIDE.split(strip_marks(text[block.start : block.end]))[0].strip()
        opening = _WRITTEN_BY.match(line)
        if block.kind != "furniture" or not opening or not is_byline(line):
            continue
        names = [_WHERE.split(piece)[0].strip() for piece in _BETWEEN.split(line[opening.end() :])]
        found = [name for name in names if _WRITER.fullmatch(name) and not is_outlet(name)]
        roles = load("writer_roles")
        if writers := [name for name in found if roles.isdisjoint(name.casefold().split())]:
            return ", ".join(dict.fromkeys(writers))
    return None


def find_credit(text: str, blocks: Sequence[Block]) -> str | None:
    """The wire or outlet that an article credits for its text, by its name in the list of outlets, or null.

    Read from a dateline ("GENEVA (AP) —"), a line of its own that names nothing but a writer and a wire, a
    copyright line, a closing note that the wire's writers contributed, the closing line of Reuters' house
    style, or a note that the piece appeared elsewhere first. An outlet that is only quoted or cited is no
    credit, nor is one that the list does not hold, but for a dateline's letters that the text spells out as
    an outlet's name. On PolNeAR's ``wire`` column (train and dev) the credits found are all right, and 69 of
    73 are found; the other four texts name no wire.

    >>> find_credit("LYON, France (AFP) — Farmers blocked two roads.", ())
    'Agence France-Presse'
    >>> find_credit("Farmers blocked two roads, the mayor told AFP.", ()) is None
    True
    """
    for match in _DATELINE.finditer(text, 0, HEAD):
        if wire := find_wire(match.group(1)) or _spelled_out(text, match.group(1)):
            return wire
    for block in blocks:
        line = text[block.start : block.end].strip()
        alone = _BYLINE.match(line) if block.kind == "furniture" and len(line) < 90 else None
        if alone and (wire := find_wire(alone.group("wire"))):
            return wire
    tail = max(0, len(text) - TAIL)
    for match in _CLOSING.finditer(text, tail):
        if wire := find_wire(match.group("owner") or match.group("staff")):
            return wire
    if _REUTERS.search(text, tail):
        return "Reuters"
    for match in _SYNDICATED.finditer(text, tail):
        if outlet := find_outlet_name(match.group("outlet").rstrip(".")):
            return outlet
    return None


def complete(article: Article, blocks: Sequence[Block]) -> Article:
    """The article with the author and the credit that its own lines give, where nobody told them."""
    if article.credit is None:
        article = replace(article, credit=find_credit(article.text, blocks))
    if article.author is None:
        article = replace(article, author=find_author(article.text, blocks))
    return article


def describe(article: Article, blocks: Sequence[Block]) -> dict[str, str | int | None]:
    r"""What a row of ``sources`` says of a ``complete`` article, by column: all but its id and its origin.

    >>> text = "Strike ends\nIt ended."
    >>> row = describe(Article("a.txt", text, ""), [Block(0, 11, "title"), Block(12, 21, "body")])
    >>> row["title"], row["words"]
    ('Strike ends', 4)
    """
    titles = [block for block in blocks if block.kind == "title"]
    title = article.title or (article.text[titles[0].start : titles[0].end] if titles else None)
    return {
        "name": article.name,
        "title": " ".join(title.split()) if title else None,
        "publisher": article.publisher,
        "author": article.author,
        "credit": article.credit,
        "url": article.url,
        "published_edtf": article.published,
        "published_from": article.published_from,
        "language": article.language,
        "sha256": article.sha256,
        "characters": len(article.text),
        "words": len(_WORD.findall(article.text)),
        "license": article.license,
        "captured": article.captured,
    }

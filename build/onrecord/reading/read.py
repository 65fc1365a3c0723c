"""The first stage: from files and records to articles, or to rejects that say why not.

``scan`` finds the inputs and streams them; ``parse`` understands one, and depends on nothing but it.
"""

import hashlib
import json
import re
from dataclasses import replace

import yaml

from onrecord.model import Article, Notice, Reject
from onrecord.reading.decode import decode_page, decode_text, find_language, normalise, refuse_unquotable
from onrecord.reading.documents import read_docx, read_pdf
from onrecord.reading.fields import find_field, translate
from onrecord.reading.inputs import (
    CODES,
    FIELD_LIMIT,
    KNOWN_FIELDS,
    Known,
    Raw,
    UnusableError,
    is_writable_name,
    merge,
    read_known,
    tell_unknown,
)
from onrecord.reading.page import read_page
from onrecord.reading.scan import MAX_BYTES, scan

__all__ = ["CODES", "MAX_BYTES", "Raw", "parse", "scan"]

FRONT_MATTER_LIMIT = 65_536
"""Code points of front matter that are read; a hundred times what the known keys need."""

_FRONT_MATTER = re.compile(r"---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_FENCE = re.compile(r"(?:---|\+\+\+|;;;)[ \t]*(?:\n|\Z)")
_PLAIN_TAGS = frozenset(f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "float", "bool", "timestamp"))
_NULL_TAG = "tag:yaml.org,2002:null"


def parse(raw: Raw) -> Article | Reject:
    """The article in a raw input, or why it cannot be used.

    Pure: the same input gives the same result in any process, at any time and place. What the manifest says
    of an article holds against what its own front matter, page or record says. A text counts as English where
    its metadata or py3langid say so and nothing contradicts.

    >>> parse(Raw("bridge.txt", "text", b"The mayor said the bridge would close.", "bridge.txt")).language
    'en'
    >>> parse(Raw("bridge.txt", "text", b" ", "bridge.txt")).code
    'empty'
    """
    try:
        notices: tuple[Notice, ...] = ()
        if raw.format == "json":
            return _parse_record(raw)
        if raw.format == "html":
            text, known = read_page(refuse_unquotable(decode_page(raw.data, raw.charset)))
        elif raw.format == "pdf":
            text, known = read_pdf(raw.data), Known()
        elif raw.format == "docx":
            text, known = read_docx(raw.data, MAX_BYTES), Known()
        elif raw.format == "markdown":
            text, known, unknown = split_front_matter(normalise(decode_text(raw.data)))
            notices = tell_unknown(
                raw.where, min(unknown)[0] if unknown else None, "keys", dict(unknown).values()
            )
        else:
            text, known = decode_text(raw.data), Known()
        return replace(_make_article(raw.name, text, merge(raw.known, known)), notices=notices)
    except UnusableError as reason:
        where = raw.where if reason.line is None or raw.format == "json" else f"{raw.where}:{reason.line}"
        return Reject(raw.name, reason.code, f"{where}: {reason}")


def split_front_matter(text: str) -> tuple[str, Known, list[tuple[int, str]]]:
    """The text below the front matter of a Markdown file, what the front matter says, and the lines and names
    of its keys that are not known.

    Front matter is YAML between two lines of ``---``: a mapping of keys to plain values, which are taken as
    written. Raises ``UnusableError`` (``front-matter``) for anything else that looks like it.

    >>> text, known, unknown = split_front_matter(
    ...     "---\\ntitle: Bridge shut\\ndate: 2031-03\\nmood: low\\n---\\nMore soon.")
    >>> text, known.title, known.published, unknown
    ('More soon.', 'Bridge shut', '2031-03', [(4, 'mood')])
    """
    if not _FENCE.match(text):
        return text, Known(), []
    found = _FRONT_MATTER.match(text)
    if not found:
        message = (
            "begins with front matter that is not YAML between two lines of ---; write it so or take it out"
        )
        raise UnusableError("front-matter", message, 1)
    if len(found[1]) > FRONT_MATTER_LIMIT:
        raise UnusableError(
            "front-matter", f"has front matter of more than {FRONT_MATTER_LIMIT} characters; shorten it", 1
        )
    return text[found.end() :], *_read_front_matter(found[1])


def _read_front_matter(source: str) -> tuple[Known, list[tuple[int, str]]]:
    # Composed, not constructed: nodes are not expanded, so aliases cannot blow up and no value is retyped.
    try:
        top = yaml.compose(source, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 1
        raise UnusableError(
            "front-matter", f"has front matter that is not YAML ({error.problem}); mend it", line
        ) from None
    except (yaml.YAMLError, RecursionError, OverflowError, ValueError) as error:
        message = f"has front matter that is not YAML ({type(error).__name__}); mend it"
        raise UnusableError("front-matter", message, 1) from None
    if top is None:
        return Known(), []
    if not isinstance(top, yaml.MappingNode):
        raise UnusableError(
            "front-matter", "has front matter that is not a list of keys and values; mend it", 2
        )
    values: dict[str, object] = {}
    unknown: list[tuple[int, str]] = []
    for key, value in top.value:
        line = key.start_mark.line + 2
        if not isinstance(key, yaml.ScalarNode):
            raise UnusableError("front-matter", "has a key that is not a word; mend it", line)
        if find_field(key.value) not in KNOWN_FIELDS:
            unknown.append((line, key.value))
            continue
        if key.value in values:
            raise UnusableError("front-matter", f"has the key {key.value} twice; keep one", line)
        values[key.value] = _read_value(key.value, value, line)
    return read_known(translate(values)[0]), unknown


def _read_value(key: str, node: yaml.Node, line: int) -> object:
    if node.tag == _NULL_TAG:
        return None
    if isinstance(node, yaml.ScalarNode) and node.tag in _PLAIN_TAGS:
        return node.value
    if isinstance(node, yaml.SequenceNode) and find_field(key) == "author":
        return [_read_value(key, item, line) for item in node.value]
    raise UnusableError("front-matter", f"has a {key} that is not plain text; write it as one value", line)


def _parse_record(raw: Raw) -> Article:
    if b"\0" in raw.data:
        raise UnusableError("nul-bytes", "the line holds NUL characters; remove them")
    try:
        record: object = json.loads(decode_text(raw.data), object_pairs_hook=_refuse_twice)
    except RecursionError:
        raise UnusableError("json", "the line is nested too deeply; give one flat JSON object") from None
    except ValueError as error:
        raise UnusableError("json", f"the line is not JSON ({error}); give one JSON object a line") from None
    if not isinstance(record, dict):
        raise UnusableError("json", "the line is not a JSON object; give one object a line, with a text")
    told, unknown = translate(record)
    name, text = told.get("id"), told.get("text")
    if name is not None and not (isinstance(name, str) and is_writable_name(name)):
        raise UnusableError(
            "metadata",
            f"id must be a number or text, of at most {FIELD_LIMIT:,} characters without control characters",
        )
    if text is None:
        raise UnusableError(
            "missing-text", "the record has no text; give the article's text under the key text"
        )
    if not isinstance(text, str):
        raise UnusableError("metadata", f"text must be text, not {type(text).__name__}")
    article = _make_article(raw.name, text, merge(raw.known, read_known(told)))
    file, _, line = raw.where.rpartition(":")
    numbered = file != "" and line.isdecimal()
    told_of = tell_unknown(file if numbered else raw.where, int(line) if numbered else None, "keys", unknown)
    return replace(article, notices=told_of)


def _refuse_twice(pairs: list[tuple[str, object]]) -> dict[str, object]:
    record = dict(pairs)
    if len(record) < len(pairs):
        raise UnusableError("json", "a key stands twice in one JSON object; keep one")
    return record


def _make_article(name: str, text: str, known: Known) -> Article:
    text = normalise(text)
    return Article(
        name=name,
        text=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        title=known.title,
        publisher=known.publisher,
        author=known.author,
        url=known.url,
        published=known.published,
        published_from="metadata" if known.published else None,
        language=find_language(text, known.language),
        license=known.license,
        credit=known.credit,
        captured=known.captured,
    )

"""What tools call what they know of an article, and how they write it, in our own words.

``data/field_names.csv`` lists the names: of trafilatura, newspaper, news-please, schema.org's NewsArticle,
Media Cloud and GDELT among others. A name that is not there is told, never dropped in silence.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache

from onrecord.reading.inputs import UnusableError
from onrecord.words import table

__all__ = ["find_field", "find_name", "translate"]

_SIGNS = re.compile(r"[\W_]+")
_ADDRESS = re.compile(r"https?://")
_LANGUAGES = {"english": "en"}
"""GDELT and schema.org may name a language in words; all but English is refused either way."""


@cache
def _names() -> Mapping[str, tuple[str, int]]:
    return {row["name"]: (row["field"], rank) for rank, row in enumerate(table("field_names"))}


def find_field(name: str) -> str | None:
    """The field that a tool's name stands for; null for a name that is not known.

    >>> find_field("datePublished"), find_field("source_domain"), find_field("Site-Name"), find_field("views")
    ('published', 'publisher', 'publisher', None)
    """
    found = _names().get(_plain(name))
    return found[0] if found else None


def find_name(values: Mapping[str, object]) -> str | None:
    """The id that a record gives itself, a text or a number; null without one.

    >>> find_name({"Stories_ID": 7}), find_name({"text": "The bridge closed."})
    ('7', None)
    """
    ids = {key: value for key, value in values.items() if find_field(key) == "id"}
    name = translate(ids)[0].get("id")
    return name if isinstance(name, str) else None


def translate(values: Mapping[str, object]) -> tuple[dict[str, object], tuple[str, ...]]:
    """Values by our names of the fields, and the names that are not known, in order.

    Where several names of one field have a value, the one that says most holds (``sitename`` before
    ``hostname``). A ``source`` that is an address is the article's own. Objects give their name, lists of
    authors one text; JSON-LD's own keys (``@type``) say nothing of the article.

    >>> translate({"headline": "Bridge shut", "author": [{"@type": "Person", "name": "Jane Roe"}, "Max Lee"],
    ...            "source": "https://halden.example/1", "hostname": "halden.example", "views": 10, "id": 7})
    ({'id': '7', 'title': 'Bridge shut', 'publisher': 'halden.example', 'author': 'Jane Roe, Max Lee', \
'url': 'https://halden.example/1'}, ('views',))
    """
    ranked: dict[str, tuple[bool, int, object]] = {}
    unknown = []
    for key, value in values.items():
        found = _names().get(_plain(key))
        if found is None:
            if not key.startswith("@"):
                unknown.append(key)
            continue
        field, rank = found
        if field == "publisher" and isinstance(value, str) and _ADDRESS.match(value.strip()):
            field, rank = "url", len(_names())
        said = _say(field, value)
        blank = said is None or (isinstance(said, str) and not said.strip())
        if field not in ranked or (blank, rank) < ranked[field][:2]:
            ranked[field] = (blank, rank, said)
    order = dict.fromkeys(field for field, _ in _names().values())
    return {field: ranked[field][2] for field in order if field in ranked}, tuple(unknown)


def _plain(name: str) -> str:
    return _SIGNS.sub("", name).casefold()


def _say(field: str, value: object) -> object:
    """A value as text, where it is plain what that is; others stay, and are refused for their type."""
    if field == "id" and isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, dict):
        keys = {"language": ("alternateName", "name"), "url": ("@id", "url")}.get(field, ("name",))
        return next((value[key] for key in keys if isinstance(value.get(key), str)), value)
    if isinstance(value, list) and field == "author":
        return _join(field, value)
    if field == "language" and isinstance(value, str):
        return _LANGUAGES.get(value.strip().casefold(), value)
    return value


def _join(field: str, values: Iterable[object]) -> object:
    said = [_say(field, value) for value in values]
    if not all(isinstance(name, str) for name in said):
        raise UnusableError("metadata", "author must be a name or a list of names")
    return ", ".join(name.strip() for name in said if isinstance(name, str) and name.strip())

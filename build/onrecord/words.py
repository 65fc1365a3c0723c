"""Words, names and small tables that rules read from ``data/``; ``data/README.md`` tells of each.

``lexicon.csv``, ``places.csv`` and ``given_names.csv`` hold classes of terms: one term of one class a line,
with a value where the class tells something of each of its terms. The other files are tables of their own.
"""

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

_LEXICONS = ("lexicon", "places", "given_names")


def _lines(name: str) -> list[str]:
    text = files("onrecord").joinpath("data", name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


@cache
def _classes() -> Mapping[str, Mapping[str, str]]:
    """Each class with its terms, in the order of the file, and their values."""
    found: dict[str, dict[str, str]] = {}
    for lexicon in _LEXICONS:
        for name, term, value in csv.reader(_lines(f"{lexicon}.csv")[1:]):
            found.setdefault(name, {})[term] = value
    return found


def values(name: str) -> Mapping[str, str]:
    """The terms of a class, as written and in the order of the file, each with its value.

    >>> values("seasons")["winter"]
    '24'

    Raises KeyError for a class that does not exist.
    """
    return _classes()[name]


@cache
def load(name: str) -> frozenset[str]:
    """The terms of a class, as written.

    >>> "tell" in load("cue_verbs")
    True

    Raises KeyError for a class that does not exist.
    """
    return frozenset(values(name))


@cache
def table(name: str) -> tuple[dict[str, str], ...]:
    """The rows of ``data/<name>.csv`` as mappings from the header's names to cells, in file order."""
    header, *rows = csv.reader(_lines(f"{name}.csv"))
    return tuple(dict(zip(header, row, strict=True)) for row in rows)

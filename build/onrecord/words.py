"""Word lists and small tables that rules read; they live in ``data/``, one term or row a line."""

import csv
from functools import cache
from importlib.resources import files


def _lines(name: str) -> list[str]:
    text = files("onrecord").joinpath("data", name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


@cache
def load(name: str) -> frozenset[str]:
    """The terms of ``data/<name>.txt``, as written; lines that begin with ``#`` are comments.

    Raises FileNotFoundError for a list that does not exist.
    """
    return frozenset(line.strip() for line in _lines(f"{name}.txt"))


@cache
def table(name: str) -> tuple[dict[str, str], ...]:
    """The rows of ``data/<name>.csv`` as mappings from the header's names to cells, in file order."""
    return tuple(csv.DictReader(_lines(f"{name}.csv")))

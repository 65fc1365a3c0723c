"""The corpora as ``train/README.md`` names them: JSON lines, one text each, all offsets into its ``text``.

What several scripts of ``train/`` and ``bench/`` ask of their annotation stands here once.
"""

import gzip
import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from onrecord.model import Article, EntityType, ParticipantRole

Row = dict[str, Any]
"""One text with what a corpus says of it."""

Names = Sequence[tuple[int, int, str | None]]
"""Names in a text: start, end and kind; null where nobody can say whether it is one, and of what."""

EDGE = "\"'“”‘’`«».,;:!?()[]{}—–- \t\r\n…"
"""Marks at the ends of a span that corpora count in or out at will."""

TOPICS = ("airbus", "apple", "gm")
"""MEANTIME's, which are held out in turn."""
MEANTIME_SENTENCES = 6
"""Sentences of a MEANTIME article that are annotated: the title, the date line, where only dates are marked,
and four of the text."""
MEANTIME_KINDS: Mapping[str, EntityType] = {
    "PER": "person",
    "ORG": "organization",
    "LOC": "place",
    "PRO": "product",
}
MEANTIME_ROLES: Mapping[str, ParticipantRole] = {
    "Arg0": "agent",
    "Arg1": "patient",
    "Arg2": "recipient",
    "Argm-LOC": "place",
}
ECBPLUS_EVENTS = ("ACTION", "NEG_ACTION")
"""How ECB+'s tags of events begin."""


def read_corpus(folder: Path, name: str) -> list[Row]:
    """The texts of ``folder/name.jsonl.gz``, in order."""
    with gzip.open(folder / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def to_article(row: Row) -> Article:
    """A text as a build reads it."""
    text = row["text"]
    digest = sha256(text.encode()).hexdigest()
    return Article(str(row["id"]), text, digest, row.get("title"), row.get("publisher"))


def is_kept_for_fitting(name: str) -> bool:
    """Whether an article of the desk's list is one of the tenth that the network does not see, so that what
    is fitted to its proposals, and how sure they are, is fitted to honest ones."""
    return zlib.crc32(name.encode()) % 10 == 0


def cover(spans: Sequence[Sequence[int]]) -> tuple[int, int]:
    """From the start of the first of several spans to the end of the last."""
    return spans[0][0], spans[-1][1]


def bare(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without marks and blanks at its ends.

    >>> bare("He said: “No.”", 8, 14)
    (10, 12)
    """
    while start < end and text[start] in EDGE:
        start += 1
    while end > start and text[end - 1] in EDGE:
        end -= 1
    return start, end


def kinds_of_meantime(row: Row) -> dict[str, str | None]:
    """MEANTIME's code for the kind of thing that each mention refers to, by the mention's key."""
    return {
        relation["source"]: row["marks"][relation["target"]].get("ent_type")
        for relation in row["relations"]
        if relation["kind"] == "REFERS_TO" and relation["target"] in row["marks"]
    }


def ecbplus_events(row: Row) -> Iterable[Row]:
    """The event mentions in ECB+'s fully annotated sentences."""
    scored = [row["sentences"][place] for place in row["scored"]]
    for mention in row["mentions"]:
        start = mention["spans"][0][0]
        if mention["tag"].startswith(ECBPLUS_EVENTS) and any(a <= start < b for a, b in scored):
            yield mention

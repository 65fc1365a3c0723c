"""The kind of an event by PLOVER, read from the words of its triggers (``data/plover.csv``)."""

import re
from collections.abc import Collection
from functools import cache
from typing import NamedTuple

from onrecord import words
from onrecord.english.alike import stem_word
from onrecord.model import ParticipantRole

__all__ = ["judge_type"]


class _Kind(NamedTuple):
    """A PLOVER type, and who must be known to take part in what is of it."""

    type: str
    needs: str


@cache
def _kinds() -> tuple[dict[str, _Kind], dict[str, _Kind]]:
    """PLOVER's types by stem, and by form for the words that count in one form alone."""
    rows = [(row["word"], _Kind(row["type"], row["needs"])) for row in words.table("plover")]
    forms = {word[1:]: kind for word, kind in rows if word.startswith("=")}
    return {stem_word(word): kind for word, kind in rows if not word.startswith("=")}, forms


def judge_type(text: str, stem: str, parts: Collection[tuple[str, ParticipantRole]] = ()) -> str | None:
    """The PLOVER type that a trigger points to, given the stem of its telling word and the entities that take
    part with their roles; null where it may be another or none.

    >>> judge_type("condemned", "condemn"), judge_type("peace talks", "talk"), judge_type("talked", "talk")
    ('ACCUSE', 'CONSULT', None)

    A flood kills, too, and so is no assault:

    >>> judge_type("killed", "kill", [("ent_1", "patient")])
    >>> judge_type("killed", "kill", [("ent_1", "patient"), ("ent_2", "agent")])
    'ASSAULT'
    """
    stems, forms = _kinds()
    last = (re.findall(r"[^\W_]+", text.casefold()) or [""])[-1]
    kind = forms.get(last) or stems.get(stem)
    if kind is None:
        return None
    known = {
        "": True,
        "agent": any(role == "agent" for _, role in parts),
        "others": len({entity for entity, _ in parts}) > 1,
    }
    return kind.type if known[kind.needs] else None

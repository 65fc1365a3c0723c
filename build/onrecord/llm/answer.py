"""What a model's answers look like: their JSON schemas, and answers read by them."""

import json
from typing import Any, Literal, TypeVar

import msgspec

from onrecord.model import ClaimKind, EntityType, EventKind, EventStatus, ParticipantRole

__all__ = [
    "Answer",
    "Claim",
    "Entity",
    "Event",
    "Participant",
    "Place",
    "Verdicts",
    "dump_answer",
    "read_answer",
    "schema",
]

Plover = Literal[
    "AGREE",
    "CONSULT",
    "SUPPORT",
    "CONCEDE",
    "COOPERATE",
    "AID",
    "RETREAT",
    "REQUEST",
    "ACCUSE",
    "REJECT",
    "THREATEN",
    "PROTEST",
    "SANCTION",
    "MOBILIZE",
    "COERCE",
    "ASSAULT",
]


class Place(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Words of a numbered sentence; which of them, where they stand there more than once."""

    sentence: int
    words: str
    nth: int | None


class Entity(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Somebody or something with a proper name, and all ways in which the text names it."""

    name: str
    type: EntityType
    forms: list[str]


class Participant(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Who takes part in an event: a name of the answer's entities, or words for who has none."""

    role: ParticipantRole
    name: str | None
    words: Place | None


class Event(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """An event by the desk's list."""

    label: str
    kind: EventKind
    status: EventStatus
    date: str | None
    type: Plover | None
    participants: list[Participant]
    mentions: list[Place]


class Claim(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What somebody says, by which words, and through whom it came; without cue and speaker, what the article
    says in its own voice."""

    kind: ClaimKind
    content: list[Place]
    cue: Place | None
    speaker: Place | None
    via: list[Place]


class Answer(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """All that a model lists of one piece of an article."""

    entities: list[Entity]
    events: list[Event]
    claims: list[Claim]


class Verdicts(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Which of the numbered rows of another reader are to be kept, and which dropped."""

    keep: list[int]
    drop: list[int]


Given = TypeVar("Given", Answer, Verdicts)


def schema(kind: type[Answer] | type[Verdicts]) -> dict[str, Any]:
    """The JSON schema of an answer: every property required and no other allowed, as endpoints that hold a
    model to a schema ask for.

    >>> schema(Answer)["required"], schema(Verdicts)["additionalProperties"]
    (['entities', 'events', 'claims'], False)
    """
    whole = msgspec.json.schema(kind)
    parts = whole["$defs"]
    root: dict[str, Any] = {**parts.pop(kind.__name__), "$defs": parts}
    return {key: _plain(value) for key, value in root.items() if key not in ("title", "description")}


def _plain(value: Any) -> Any:
    """Without titles and descriptions, which are for people."""
    if isinstance(value, dict):
        named = "properties" in value or "enum" in value or "$defs" in value
        return {k: _plain(v) for k, v in value.items() if not (named and k in ("title", "description"))}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def read_answer(text: str, kind: type[Given]) -> Given:
    """An answer from its JSON. Raises ValueError that says where it is not by the schema.

    >>> read_answer('{"keep": [1], "drop": []}', Verdicts)
    Verdicts(keep=[1], drop=[])
    >>> read_answer('{"entities": [], "events": [', Answer)
    Traceback (most recent call last):
        ...
    ValueError: the answer is no whole JSON object
    """
    try:
        return msgspec.json.decode(text.encode(), type=kind)
    except msgspec.ValidationError as error:
        raise ValueError(f"the answer is not by the schema: {error}") from error
    except (msgspec.DecodeError, UnicodeEncodeError) as error:
        raise ValueError("the answer is no whole JSON object") from error


def dump_answer(answer: Answer | Verdicts) -> str:
    """An answer as JSON, the same text for the same answer."""
    return json.dumps(msgspec.to_builtins(answer), ensure_ascii=False, sort_keys=True)

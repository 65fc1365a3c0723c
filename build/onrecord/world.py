"""The records that hold over all articles: rows of the package, with ids in place of an article's numbers.

Records are frozen; a field that becomes a column has the column's name.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from onrecord.model import EntityType, EventKind, EventStatus, ParticipantRole

DatePrecision = Literal["time", "day", "month", "season", "year", "decade", "century", "interval"]
Relation = Literal["same", "quote_variant", "conflict", "revision", "denial", "corrects"]
DIRECTED: frozenset[Relation] = frozenset(["revision", "denial", "corrects"])
"""Relations of claims that hold one way."""
MergedKind = Literal["entity", "event", "claim_group", "origin"]


@dataclass(frozen=True, slots=True)
class Entity:
    """A row of ``entities``: one person, organization, place, ... over all articles."""

    entity_id: str
    name: str
    type: EntityType
    wikidata: str | None
    mentions: int
    sources: int


@dataclass(frozen=True, slots=True)
class Event:
    """A row of ``events``: one happening over all articles; its date is as precise as they allow."""

    event_id: str
    label: str
    kind: EventKind
    type: str | None
    status: EventStatus
    date: str | None
    date_precision: DatePrecision | None
    mentions: int
    sources: int
    origins: int
    confidence: float


@dataclass(frozen=True, slots=True)
class EventParticipant:
    """A row of ``event_participants``; ``entity_id`` is null for who has no name."""

    event_id: str
    seq: int
    entity_id: str | None
    text: str
    role: ParticipantRole
    mentions: int


@dataclass(frozen=True, slots=True)
class ClaimGroup:
    """A row of ``claim_groups``: one proposition over all articles."""

    group_id: str
    text: str
    claims: int
    sources: int
    outlets: int
    origins: int
    unknown_origins: int
    first_published_edtf: str | None
    in_conflict: bool | None


@dataclass(frozen=True, slots=True)
class ClaimRelation:
    """A row of ``claim_relations``; ``claim_id`` sorts before ``other_claim_id``, but in those of
    ``DIRECTED`` it is the later one, the denial or the correction."""

    claim_id: str
    other_claim_id: str
    relation: Relation
    basis: str
    score: float | None


@dataclass(frozen=True, slots=True)
class Origin:
    """A row of ``origins``: a far end of attribution chains."""

    origin_id: str
    entity_id: str | None
    label: str
    kind: str


@dataclass(frozen=True, slots=True)
class SourceRelation:
    """A row of ``source_relations``: what ties two held articles."""

    source_id: str
    other_source_id: str
    relation: Literal["reprint", "shared_origin", "cites"]
    similarity: float | None
    basis: str


@dataclass(frozen=True, slots=True)
class MergedId:
    """A row of ``merged_ids``: an id of an earlier package, and the id of what it is one with now."""

    former_id: str
    kind: MergedKind
    present_id: str


@dataclass(frozen=True, slots=True)
class Placed:
    """Where the parts of one article stand among all articles: ids by chain, event index and claim index."""

    source_id: str
    origin_id: str | None
    entity_ids: tuple[str, ...]
    event_ids: tuple[str, ...]
    group_ids: tuple[str, ...]
    origin_ids: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class World:
    """What holds over all articles; ``placed`` is in the order in which the articles were given, rows come in
    any order. All may be iterated as often as need be; of large corpora they lie on disk."""

    placed: Iterable[Placed]
    entities: Iterable[Entity]
    events: Iterable[Event]
    participants: Iterable[EventParticipant]
    groups: Iterable[ClaimGroup]
    claim_relations: Iterable[ClaimRelation]
    origins: Iterable[Origin]
    source_relations: Iterable[SourceRelation]

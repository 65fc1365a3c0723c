"""Where claims come from in the end, and what that says of the articles that carry them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise

from onrecord.claims.outlets import label_outlet, make_origin_id
from onrecord.model import (
    AgentKind,
    Annotated,
    Claim,
    Entity,
    EntityType,
    Hop,
    Origin,
    SourceRelation,
    make_id,
)
from onrecord.people.names import name_key

PAIRED = 16
"""Articles up to which each is paired with each; of more, each is tied to the next alone, so that the rows
grow with the articles and not with their square."""

_KINDS: Mapping[EntityType, AgentKind] = {
    "person": "person",
    "organization": "organization",
    "group": "organization",
    "place": "organization",
}
"""What a speaker is whose entity is known; a capital that speaks is a government."""

__all__ = ["find_origin", "relate_sources", "tie", "trace_origins"]


def tie(held: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Pairs that hang items together, the smaller first: all pairs of few, neighbours in order of many.

    >>> list(tie(["c", "a", "b"]))
    [('a', 'b'), ('a', 'c'), ('b', 'c')]
    >>> len(list(tie(str(number) for number in range(1000))))
    999
    """
    ordered = sorted(set(held))
    yield from combinations(ordered, 2) if len(ordered) <= PAIRED else pairwise(ordered)


def find_origin(claim: Claim) -> Hop | None:
    """The hop at the far end of a chain that can be told apart from others, or null where none can.

    A named outlet or document that relays stands for all who spoke to it; without one, the speaker that is
    named. "Officials said" has no origin that anybody could compare: unknown stays unknown.
    """
    named = [hop for hop in claim.hops if hop.anonymity == "named" and hop.agent]
    relays = [hop for hop in named if hop.kind in ("outlet", "document")]
    if relays:
        return relays[-1]
    return next((hop for hop in named if hop.chain is not None), None)


@dataclass(slots=True)
class _Register:
    """The origins met so far, by what they are told apart by."""

    held: Mapping[str, Entity]
    ids: dict[str, str] = field(default_factory=dict)
    labels: dict[str, tuple[str, AgentKind]] = field(default_factory=dict)
    entities: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def enter(self, hop: Hop, entity_id: str | None) -> str:
        if hop.kind in ("outlet", "document"):
            return self.enter_outlet(hop.agent or "", hop.kind, entity_id)
        entity = self.held[entity_id or ""]
        if entity.entity_id not in self.ids:
            origin_id = self.ids[entity.entity_id] = make_id("org", "entity", entity.entity_id)
            self.labels[origin_id] = (entity.name, _KINDS.get(entity.type, hop.kind))
            self.entities[origin_id][entity.entity_id] += 1
        return self.ids[entity.entity_id]

    def enter_outlet(self, name: str, kind: AgentKind, entity_id: str | None) -> str:
        origin_id = make_origin_id(name)
        known = self.labels.get(origin_id)
        entry = (label_outlet(name), kind)
        self.labels[origin_id] = entry if known is None else min(known, entry, key=_preference)
        if entity_id is not None:
            self.entities[origin_id][entity_id] += 1
        return origin_id

    def rows(self, entities: Sequence[Entity]) -> Iterator[Origin]:
        by_label = {name_key(label_outlet(e.name)): e.entity_id for e in entities if e.type != "person"}
        for origin_id in sorted(self.labels):
            label, kind = self.labels[origin_id]
            seen = self.entities.get(origin_id)
            entity_id = (
                min(seen, key=lambda key: (-seen[key], key)) if seen else by_label.get(name_key(label))
            )
            yield Origin(origin_id, entity_id, label, kind)


def _preference(entry: tuple[str, AgentKind]) -> tuple[bool, str]:
    return entry[1] != "outlet", entry[0]


@dataclass(slots=True)
class _Traced:
    """The origins of one article's claims as its chains give them, before credits fill the gaps."""

    source_id: str
    by_claim: list[str | None]
    credit: str | None
    relayed: str | None


def trace_origins(
    articles: Iterable[Annotated],
    entity_ids: Sequence[tuple[str, ...]],
    entities: Sequence[Entity],
    copies: Mapping[str, str] | None = None,
) -> tuple[list[tuple[str | None, ...]], list[str | None], tuple[Origin, ...]]:
    """Origin ids by claim for each article in turn, the origin of each article, and the rows of ``origins``.

    A claim whose chain shows no origin rests on the wire or outlet that its article credits, or that one of
    the article's near-copies credits where they do not disagree; ``copies`` gives each article that has
    near-copies the name of all that hang together. An article's own origin is that credit, else the outlet
    or document, other than its publisher, that most of its relayed claims come through; null when it relays
    nobody. Ids of outlets and documents are made of their labels, so that a credit and a citation meet.
    """
    register = _Register({entity.entity_id: entity for entity in entities})
    traced = [_trace(annotated, ids, register) for annotated, ids in zip(articles, entity_ids, strict=True)]
    shared: dict[str, set[str]] = defaultdict(set)
    for one in traced:
        if one.credit is not None and copies and one.source_id in copies:
            shared[copies[one.source_id]].add(one.credit)
    by_claim, by_article = [], []
    for one in traced:
        among = shared.get(copies.get(one.source_id, ""), ()) if copies else ()
        credit = one.credit or (next(iter(among)) if len(among) == 1 else None)
        by_claim.append(tuple(origin_id or credit for origin_id in one.by_claim))
        by_article.append(credit or one.relayed)
    return by_claim, by_article, tuple(register.rows(entities))


def _trace(annotated: Annotated, ids: Sequence[str], register: _Register) -> _Traced:
    article = annotated.article
    own = name_key(label_outlet(article.publisher)) if article.publisher else None
    row: list[str | None] = []
    relayed: Counter[str] = Counter()
    for claim in annotated.claims:
        hop = find_origin(claim)
        if hop is None:
            row.append(None)
            continue
        origin_id = register.enter(hop, ids[hop.chain] if hop.chain is not None else None)
        row.append(origin_id)
        if hop.kind in ("outlet", "document") and name_key(label_outlet(hop.agent or "")) != own:
            relayed[origin_id] += 1
    credit = register.enter_outlet(article.credit, "outlet", None) if article.credit else None
    most = min(relayed, key=lambda key: (-relayed[key], key)) if relayed else None
    return _Traced(article.source_id, row, credit, most)


def relate_sources(
    articles: Iterable[Annotated],
    article_origins: Sequence[str | None],
    origins: Sequence[Origin],
    group_ids: Sequence[tuple[str, ...]],
) -> tuple[SourceRelation, ...]:
    """Articles that rest on one origin, and articles that relay the publisher of another article and make one
    of its claims.

    Articles that share a busy origin are tied in a row, each to the next (see ``tie``). To relay a publisher
    is not yet to cite an article: both must hold claims of one group.
    """
    labels = {origin.origin_id: origin.label for origin in origins}
    rows = [
        (annotated.article.source_id, annotated.article.publisher, relayed, groups)
        for annotated, relayed, groups in zip(articles, article_origins, group_ids, strict=True)
    ]
    made_by = {name: make_origin_id(name) for _, name, _, _ in rows if name is not None}
    relayed_makers = set(made_by.values()) & {relayed for _, _, relayed, _ in rows}
    sharing: dict[str, list[str]] = defaultdict(list)
    relaying: dict[tuple[str, str], set[str]] = defaultdict(set)
    published: dict[tuple[str, str], set[str]] = defaultdict(set)
    for source_id, publisher, relayed, groups in rows:
        if relayed is not None:
            sharing[relayed].append(source_id)
        for origin_id, place in ((relayed, relaying), (made_by.get(publisher or ""), published)):
            if origin_id is not None and origin_id in relayed_makers:
                for group_id in groups:
                    place[origin_id, group_id].add(source_id)
    found = [
        SourceRelation(one, other, "shared_origin", None, f"both relay {labels[origin_id]}")
        for origin_id, held in sharing.items()
        for one, other in tie(held)
    ]
    cited: Counter[tuple[str, str, str]] = Counter()
    for (origin_id, group_id), makers in published.items():
        for other in sorted(makers)[:PAIRED]:
            for source_id in relaying.get((origin_id, group_id), ()):
                cited[source_id, other, origin_id] += source_id != other
    found += [
        SourceRelation(one, other, "cites", None, f"relays {labels[origin_id]}; claims in common: {count}")
        for (one, other, origin_id), count in cited.items()
        if count
    ]
    return tuple(sorted(found, key=lambda row: (row.source_id, row.other_source_id, row.relation)))

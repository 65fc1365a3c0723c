"""Where claims come from in the end, and what that says of the articles that carry them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations

from onrecord.model import Annotated, Claim, Entity, Hop, Origin, SourceRelation, make_id
from onrecord.names import normalise_name


def find_origin(claim: Claim) -> Hop | None:
    """The hop at the far end of a chain that can be told apart from others, or null where none can.

    An outlet or document that relays stands for all who spoke to it; without one, the speaker that is named.
    "Officials said" has no origin that anybody could compare: unknown stays unknown.
    """
    for hop in reversed(claim.hops):
        if hop.kind in ("outlet", "document") and hop.chain is not None:
            return hop
    return next((hop for hop in claim.hops if hop.anonymity == "named" and hop.chain is not None), None)


def trace_origins(
    articles: Iterable[Annotated], entity_ids: Sequence[tuple[str, ...]], entities: Sequence[Entity]
) -> tuple[list[tuple[str | None, ...]], list[str | None], tuple[Origin, ...]]:
    """Origin ids by claim for each article in turn, the origin of each article, and the rows of ``origins``.

    An article's own origin is the outlet or document that most of its relayed claims come through; null when it
    relays nobody.
    """
    by_id = {entity.entity_id: entity for entity in entities}
    rows: dict[str, Origin] = {}
    by_claim, by_article = [], []
    for annotated, ids in zip(articles, entity_ids, strict=True):
        row: list[str | None] = []
        relayed: Counter[str] = Counter()
        for claim in annotated.claims:
            hop = find_origin(claim)
            if hop is None or hop.chain is None:
                row.append(None)
                continue
            entity = by_id[ids[hop.chain]]
            origin_id = make_id("org", entity.entity_id)
            rows.setdefault(origin_id, Origin(origin_id, entity.entity_id, entity.name, hop.kind))
            row.append(origin_id)
            if hop.kind in ("outlet", "document"):
                relayed[origin_id] += 1
        by_claim.append(tuple(row))
        by_article.append(min(relayed, key=lambda key: (-relayed[key], key)) if relayed else None)
    return by_claim, by_article, tuple(sorted(rows.values(), key=lambda origin: origin.origin_id))


def relate_sources(
    articles: Iterable[Annotated],
    article_origins: Sequence[str | None],
    origins: Sequence[Origin],
) -> tuple[SourceRelation, ...]:
    """Articles that share an origin, and articles that relay the publisher of another held article."""
    labels = {origin.origin_id: origin.label for origin in origins}
    sharing: dict[str, list[str]] = defaultdict(list)
    publishers: dict[str, list[str]] = defaultdict(list)
    relays: list[tuple[str, str]] = []
    for annotated, origin_id in zip(articles, article_origins, strict=True):
        source_id = annotated.article.source_id
        if annotated.article.publisher:
            publishers[normalise_name(annotated.article.publisher)].append(source_id)
        if origin_id is not None:
            sharing[origin_id].append(source_id)
            relays.append((source_id, origin_id))
    found = [
        SourceRelation(*sorted(pair), "shared_origin", None, f"both relay {labels[origin_id]}")
        for origin_id, held in sharing.items()
        for pair in combinations(sorted(held), 2)
    ]
    found += [
        SourceRelation(source_id, other, "cites", None, f"relays {labels[origin_id]}")
        for source_id, origin_id in relays
        for other in publishers.get(normalise_name(labels[origin_id]), ())
        if other != source_id
    ]
    return tuple(sorted(found, key=lambda row: (row.source_id, row.other_source_id, row.relation)))

"""Where claims come from in the end, and what that says of the articles that carry them."""

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from onrecord.claims.outlets import label_outlet, make_origin_id
from onrecord.clusters import PAIRED, tie
from onrecord.model import AgentKind, Annotated, Claim, EntityType, Hop, make_id
from onrecord.people.names import name_key
from onrecord.spool import HashIds, Ids, Rows, Spool, hash_of
from onrecord.world import Entity, Origin, SourceRelation

RELAYING = 0.2
"""Share of an article's reported claims above which the outlet that they come through is the one that the
article as a whole relays. A choice, not measured: rewrites name their outlet in one claim of four or five, an
article that cites it by the way in one of ten."""

_KINDS: Mapping[EntityType, AgentKind] = {
    "person": "person",
    "organization": "organization",
    "group": "organization",
    "place": "organization",
}
"""What a speaker is whose entity is known; a capital that speaks is a government."""

_QUOTED = ("direct", "mixed")

__all__ = ["find_origin", "relate_sources", "trace_origins"]


def find_origin(claim: Claim) -> Hop | None:
    """The hop at the far end of a chain that can be told apart from others, or null where none can.

    Who is quoted by name is the origin of his own words, whoever heard or broadcast them. Of other words a
    named outlet or document that relays stands for all who spoke to it; without one, the speaker that is
    named. "Officials said" has no origin that anybody could compare: unknown stays unknown.
    """
    named = [hop for hop in claim.hops if hop.anonymity == "named" and hop.agent]
    spoken = [hop for hop in named if hop.chain is not None]
    first = next(iter(claim.hops), None)
    if first is not None and first in spoken and first.kind == "person" and claim.quote_type in _QUOTED:
        return first
    relays = [hop for hop in named if hop.kind in ("outlet", "document")]
    return relays[-1] if relays else next(iter(spoken), None)


@dataclass(slots=True)
class _Register:
    """The origins met so far, by what they are told apart by, and numbered; number 0 is none."""

    held: Mapping[str, Entity]
    publishers: frozenset[str] = frozenset()
    names: list[str | None] = field(default_factory=lambda: [None])
    numbers: dict[str | None, int] = field(default_factory=lambda: {None: 0})
    ids: dict[str, str] = field(default_factory=dict)
    labels: dict[str, tuple[str, AgentKind]] = field(default_factory=dict)
    entities: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def enter(self, hop: Hop, entity_id: str | None) -> str:
        if hop.kind in ("outlet", "document"):
            return self.enter_outlet(hop.agent or "", hop.kind, entity_id)
        if hop.kind != "person" and self.is_publisher(hop.agent or ""):
            return self.enter_outlet(hop.agent or "", "outlet", entity_id)
        entity = self.held[entity_id or ""]
        if entity.entity_id not in self.ids:
            origin_id = self.ids[entity.entity_id] = make_id("org", "entity", entity.entity_id)
            self.labels[origin_id] = (entity.name, _KINDS.get(entity.type, hop.kind))
            self.entities[origin_id][entity.entity_id] += 1
        return self.ids[entity.entity_id]

    def is_publisher(self, name: str) -> bool:
        """Whether a name is that of the publisher of a held article, which makes it an outlet's."""
        return name_key(label_outlet(name)) in self.publishers

    def enter_outlet(self, name: str, kind: AgentKind, entity_id: str | None) -> str:
        origin_id = make_origin_id(name)
        known = self.labels.get(origin_id)
        entry = (label_outlet(name), kind)
        self.labels[origin_id] = entry if known is None else min(known, entry, key=_preference)
        if entity_id is not None:
            self.entities[origin_id][entity_id] += 1
        return origin_id

    def number(self, origin_id: str | None) -> int:
        if origin_id not in self.numbers:
            self.numbers[origin_id] = len(self.names)
            self.names.append(origin_id)
        return self.numbers[origin_id]

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


def trace_origins(
    articles: Iterable[Annotated],
    entity_ids: Iterable[tuple[str, ...]],
    entities: Sequence[Entity],
    copies: Mapping[str, str] | None = None,
    publishers: frozenset[str] = frozenset(),
) -> tuple[Sequence[tuple[str | None, ...]], list[str | None], tuple[Origin, ...]]:
    """Origin ids by claim for each article in turn, the origin of each article, and the rows of ``origins``.

    A claim whose chain shows no origin rests on the wire or outlet that its article credits, or that one of
    the article's near-copies credits where they do not disagree; ``copies`` gives each article that has
    near-copies the name of all that hang together. An article's own origin is that credit, else the outlet
    or document, other than its publisher, that most of its relayed claims come through, if more than
    ``RELAYING`` of what it reports does; null when it relays nobody. ``publishers`` are those of all
    articles: a body of such a name that speaks is an outlet. Ids of outlets and documents are made of
    their labels, so that a credit and a citation meet.
    """
    names = frozenset(name_key(label_outlet(publisher)) for publisher in publishers)
    register = _Register({entity.entity_id: entity for entity in entities}, names)
    chained, credited, relayed = Rows(), array("I"), array("I")
    copied: dict[int, str] = {}
    shared: dict[str, set[int]] = defaultdict(set)
    for annotated, ids in zip(articles, entity_ids, strict=True):
        by_claim, credit, most = _trace(annotated, ids, register)
        if copies and (name := copies.get(annotated.article.source_id)) is not None:
            copied[len(chained)] = name
            if credit:
                shared[name].add(credit)
        chained.add(by_claim)
        credited.append(credit)
        relayed.append(most)
    placed, by_article = Rows(), list[str | None]()
    for number, row in enumerate(chained):
        among = shared.get(copied.get(number, ""), ())
        credit = credited[number] or (next(iter(among)) if len(among) == 1 else 0)
        placed.add([origin or credit for origin in row])
        by_article.append(register.names[credit or relayed[number]])
    return Ids(register.names, placed), by_article, tuple(register.rows(entities))


def _trace(annotated: Annotated, ids: Sequence[str], register: _Register) -> tuple[list[int], int, int]:
    """The numbers of the origins that an article's chains give, claim by claim, of the one that it credits,
    and of the one that it relays most."""
    article = annotated.article
    own = name_key(label_outlet(article.publisher)) if article.publisher else None
    row: list[int] = []
    relayed: Counter[str] = Counter()
    for claim in annotated.claims:
        hop = find_origin(claim)
        if hop is None:
            row.append(0)
            continue
        origin_id = register.enter(hop, ids[hop.chain] if hop.chain is not None else None)
        row.append(register.number(origin_id))
        outlet = hop.kind in ("outlet", "document") or register.is_publisher(hop.agent or "")
        if outlet and hop.kind != "person" and name_key(label_outlet(hop.agent or "")) != own:
            relayed[origin_id] += 1
    credit = register.enter_outlet(article.credit, "outlet", None) if article.credit else None
    most = min(relayed, key=lambda key: (-relayed[key], key)) if relayed else None
    reported = sum(claim.quote_type != "none" for claim in annotated.claims)
    if most is not None and relayed[most] <= RELAYING * reported:
        most = None
    return row, register.number(credit), register.number(most)


def relate_sources(
    articles: Iterable[Annotated],
    article_origins: Sequence[str | None],
    claim_origins: Iterable[tuple[str | None, ...]],
    origins: Sequence[Origin],
    group_ids: Iterable[tuple[str, ...]],
    scratch: Path | None = None,
) -> Spool[SourceRelation]:
    """Articles that rest on one origin, and articles that have a claim from the publisher of another article
    that makes it too. The rows lie on disk, in ``scratch``, and come in no order.

    Articles that share a busy origin are tied in a row, each to the next (see ``tie``). To relay a publisher
    is not yet to cite an article: what comes from it must be a claim of that article, by their groups.
    """
    labels = {origin.origin_id: origin.label for origin in origins}
    makers: dict[str, str] = {}
    published: list[str | None] = []
    sources = array("Q")
    sharing: dict[str, list[int]] = defaultdict(list)
    for number, (annotated, relayed) in enumerate(zip(articles, article_origins, strict=True)):
        publisher = annotated.article.publisher
        sources.append(hash_of(annotated.article.source_id))
        if publisher is not None and publisher not in makers:
            makers[publisher] = make_origin_id(publisher)
        published.append(makers[publisher] if publisher is not None else None)
        if relayed is not None:
            sharing[relayed].append(number)
    ids = [row[0] for row in HashIds("src", np.asarray(sources), range(len(sources) + 1))]
    found = Spool(SourceRelation, scratch)
    for origin_id, held in sharing.items():
        for one, other in tie(ids[number] for number in held):
            found.add(SourceRelation(one, other, "shared_origin", None, f"both relay {labels[origin_id]}"))
    cited = _count_cited(ids, published, claim_origins, group_ids)
    for (one, other, origin_id), count in cited.items():
        basis = f"relays {labels[origin_id]}; claims in common: {count}"
        found.add(SourceRelation(one, other, "cites", None, basis))
    return found


def _count_cited(
    ids: Sequence[str],
    published: Sequence[str | None],
    claim_origins: Iterable[tuple[str | None, ...]],
    group_ids: Iterable[tuple[str, ...]],
) -> Counter[tuple[str, str, str]]:
    """In how many groups of claims an article has a claim from an origin that publishes another article of
    the group; of the articles of one publisher in a group the first ``PAIRED``."""
    both = sorted({origin for origin in published if origin})
    numbers = {origin: number for number, origin in enumerate(both)}
    places, groups, articles = array("I"), array("Q"), array("I")
    for article, (held, origins) in enumerate(zip(group_ids, claim_origins, strict=True)):
        own = published[article]
        marks = [(2 * numbers[own], group_id) for group_id in held] if own else []
        marks += [
            (2 * numbers[origin] + 1, group_id)
            for group_id, origin in zip(held, origins, strict=True)
            if origin is not None and origin in numbers and origin != own
        ]
        for place, group in sorted({(place, hash_of(group_id)) for place, group_id in marks}):
            places.append(place)
            groups.append(group)
            articles.append(article)
    origin_of = np.asarray(places) // 2
    order = np.lexsort((np.asarray(places), np.asarray(groups), origin_of))
    here = np.stack((origin_of, np.asarray(groups)), axis=1)[order]
    cuts = np.flatnonzero((here[1:] != here[:-1]).any(axis=1)) + 1
    cited: Counter[tuple[str, str, str]] = Counter()
    for part in np.split(order, cuts):
        sides: tuple[list[str], list[str]] = ([], [])
        for entry in part.tolist():
            sides[places[entry] % 2].append(ids[articles[entry]])
        if all(sides):
            origin = both[places[int(part[0])] // 2]
            for other in sorted(sides[0])[:PAIRED]:
                for source_id in sides[1]:
                    if source_id != other:
                        cited[source_id, other, origin] += 1
    return cited

"""Entities across articles, beside equal names: B³ (Bagga and Baldwin 1998) on MEANTIME.

    python -m bench.entities CORPORA WEIGHTS

WEIGHTS is a path with ``{topic}`` in it: the weights that have not seen that topic. The corpus's mentions of
entities are clustered over each topic and over all: with chains within an article as the corpus gives them,
called by the names that the reader finds in them; and with chains as a build finds them, once all mentions
and once those that it has given an entity. "Same name" joins chains whose names are written alike.
"""

import argparse
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from train.corpora import MEANTIME_KINDS, TOPICS, Row, bare, cover, read_corpus, to_article
from train.mentions import b_cubed

from onrecord.annotate import find_document
from onrecord.model import Annotated, Document, EntityType, LocalEntity, Mention, Name, Span
from onrecord.people.settle import settle_names
from onrecord.people.who import chain_at, resolve_entities
from onrecord.resolving.entities import link_entities
from onrecord.tagging.reader import TrainedReader

NAMED = ("NAM", "PRE.NAM")
UNNAMED = "unnamed "
"""How the entity of a mention is called that no name could be found for."""
Place = tuple[int, int]


def gold_entities(row: Row) -> Mapping[Place, str]:
    """The entity, over all articles, of each mention."""
    return {
        bare(row["text"], *cover(mention["spans"])): mention["instance"]
        for mention in row["cross"]
        if mention["kind"] == "ENTITY"
    }


def given_chains(row: Row, names: Sequence[Name]) -> Annotated:
    """An article whose chains are the corpus's; they are called by the names read in their mentions, else by
    mentions that the corpus marks as names."""
    text = row["text"]
    read = [Mention(n.start, n.end, "name", n.type, i, 1.0, "") for i, n in enumerate(names)]
    forms = {
        bare(text, *cover(mark["spans"])): mark.get("syntactic_type")
        for mark in row["marks"].values()
        if mark["kind"] == "ENTITY_MENTION" and mark["spans"]
    }
    chains: dict[str, list[Place]] = defaultdict(list)
    for place, instance in sorted(gold_entities(row).items()):
        chains[instance].append(place)
    entities: list[LocalEntity] = []
    mentions: list[Mention] = []
    for instance, places in chains.items():
        usual: EntityType = MEANTIME_KINDS.get(instance[:3], "other")
        called: Counter[tuple[str, EntityType]] = Counter()
        for start, end in places:
            found = chain_at(text, read, Span(start, end))
            if found is not None:
                called[text[names[found].start : names[found].end], names[found].type] += 1
            elif forms.get((start, end)) in NAMED:
                called[text[start:end], usual] += 1
            mentions.append(Mention(start, end, "name", usual, len(entities), 1.0, ""))
        kinds: Counter[EntityType] = Counter()
        for (_, kind), times in called.items():
            kinds[kind] += times
        spelled = sorted(
            {name for name, _ in called}, key=lambda name: (-len(name.split()), -len(name), name)
        )
        first, *others = spelled or [f"{UNNAMED}{row['id']} {instance}"]
        kind = kinds.most_common(1)[0][0] if kinds else usual
        entities.append(LocalEntity(first, kind, tuple(others)))
    return Annotated(to_article(row), (), tuple(entities), tuple(mentions), (), (), ())


def found_chains(row: Row, document: Document, names: Sequence[Name]) -> Annotated:
    """An article whose chains are found as in a build; a mention that is in none is an entity by itself."""
    spans = [Span(*place) for place in sorted(gold_entities(row))]
    local, resolved = resolve_entities(document, names, extra=spans)
    entities, mentions = list(local), []
    for span in spans:
        chain = chain_at(row["text"], resolved, span)
        if chain is None:
            chain = len(entities)
            entities.append(LocalEntity(f"{UNNAMED}{row['id']} {span.start}", "other"))
        mentions.append(Mention(span.start, span.end, "name", entities[chain].type, chain, 1.0, ""))
    return Annotated(to_article(row), (), tuple(entities), tuple(mentions), (), (), ())


def measure(rows: Sequence[Row], articles: Sequence[Annotated], only_named: bool) -> str:
    """Mentions; B³ in percent of the entities of a build, and of chains joined by equal names."""
    ids, _ = link_entities(articles)
    gold, ours, alike = {}, {}, {}
    for row, annotated, of_chain in zip(rows, articles, ids, strict=True):
        wanted = gold_entities(row)
        for mention in annotated.mentions:
            name = annotated.entities[mention.chain].name
            if only_named and name.startswith(UNNAMED):
                continue
            key = f"{row['id']} {mention.start} {mention.end}"
            gold[key] = wanted[mention.start, mention.end]
            ours[key] = of_chain[mention.chain]
            alike[key] = name.casefold()
    return f"{len(gold)} | {b_cubed(gold, ours)} | {b_cubed(gold, alike)}"


def main(corpora: Path, weights: str) -> None:
    given: dict[str, list[Annotated]] = {}
    found: dict[str, list[Annotated]] = {}
    rows = {topic: [r for r in read_corpus(corpora, "meantime") if r["topic"] == topic] for topic in TOPICS}
    for topic in TOPICS:
        reader = TrainedReader(Path(weights.format(topic=topic)), None)
        documents = [find_document(to_article(row)) for row in rows[topic]]
        readings = list(reader.read(documents))
        names = [settle_names(d, reading.names) for d, reading in zip(documents, readings, strict=True)]
        given[topic] = [given_chains(*each) for each in zip(rows[topic], names, strict=True)]
        found[topic] = [found_chains(*each) for each in zip(rows[topic], documents, names, strict=True)]
    every = [row for topic in TOPICS for row in rows[topic]]
    print("| chains | topic | mentions | onrecord | same name |\n|---|---|---|---|---|")
    for label, held, only_named in (
        ("the corpus's own", given, False),
        ("as found", found, False),
        ("as found, what has an entity", found, True),
    ):
        for topic in TOPICS:
            print(f"| {label} | {topic} | {measure(rows[topic], held[topic], only_named)} |")
        together = [annotated for topic in TOPICS for annotated in held[topic]]
        print(f"| {label} | all | {measure(every, together, only_named)} |")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("corpora", type=Path)
    parser.add_argument("weights")
    options = parser.parse_args()
    main(options.corpora, options.weights)

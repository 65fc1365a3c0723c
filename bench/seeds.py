"""How much of the seed story the pipeline reads right by itself.

    python -m bench.seeds            # precision and recall by table against the reading by hand
    python -m bench.seeds --gate     # ... and fail where a table fell below tests/data/seeds/gate.json
    python -m bench.seeds --raise    # write the present figures as the gate, where none fell

The reading by hand is ``tests/data/seeds/corrections.csv``: all rows of the three articles as ``add`` lines,
in the form of any corrections. A row is right when all in it but ids and confidence is as read by hand.
``seed_corrections.py`` writes the corrections for the rest.
"""

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from onrecord import pipeline
from onrecord.annotate import annotate, default_reader
from onrecord.correcting import amend_words, corrections
from onrecord.model import Annotated, Article, Entity, Event, World
from onrecord.resolving import entities

ROOT = Path(__file__).parent.parent
SEEDS = ROOT / "seeds"
HAND = ROOT / "tests" / "data" / "seeds"
GATE = HAND / "gate.json"

Rows = dict[str, Counter[tuple[object, ...]]]


@dataclass(frozen=True, slots=True)
class Story:
    """The three articles, read one way."""

    articles: tuple[Annotated, ...]
    world: World


def load_seeds() -> tuple[Article, ...]:
    """The seed articles in the order of a build."""
    return tuple(pipeline.load_articles([SEEDS]))


def tell(articles: Sequence[Annotated], fixes: corrections.Corrections) -> Story:
    """The articles after corrections, with what holds over all of them."""
    corrected = tuple(pipeline.Corrected(articles, fixes))
    return Story(corrected, pipeline.resolve(corrected, entities.load_known([SEEDS]), fixes))


def read_alone() -> tuple[Annotated, ...]:
    """What the pipeline reads by itself."""
    return tuple(annotate(load_seeds(), default_reader()))


def read_by_hand() -> Story:
    """What the reading by hand says."""
    bare = [replace(read, entities=(), mentions=(), dates=(), claims=(), events=()) for read in read_alone()]
    return tell(bare, fit(bare, corrections.load_corrections([HAND])))


def fit(articles: Sequence[Annotated], hand: corrections.Corrections) -> corrections.Corrections:
    """The reading by hand; its lines about events and entities expect what follows from its other lines."""
    others = tuple(line for line in hand.lines if line.table not in ("events", "entities"))
    world = tell(articles, corrections.Corrections(others)).world
    present: dict[tuple[str, str], Event | Entity] = {("events", row.label): row for row in world.events}
    present |= {("entities", row.name): row for row in world.entities}
    fitted = []
    for line in hand.lines:
        row = present.get((line.table, line.text))
        if row is None:
            continue
        value = tuple((name, told) for name, told in line.value if getattr(row, name) != told)
        if value:
            expects = tuple((name, getattr(row, name)) for name, _ in value)
            fitted.append(replace(line, value=value, expects=expects))
    return corrections.Corrections((*others, *fitted))


def list_rows(story: Story) -> Rows:
    """The rows of each table by what they say, without ids."""
    world = story.world
    name_of = {row.entity_id: row.name for row in world.entities}
    label_of = {row.origin_id: row.label for row in world.origins}
    rows: dict[str, list[tuple[object, ...]]] = defaultdict(list)
    claim_key: dict[str, tuple[object, ...]] = {}
    group: dict[str, list[tuple[object, ...]]] = defaultdict(list)
    told: dict[str, list[tuple[object, ...]]] = defaultdict(list)
    article_of = {}
    for read, placed in zip(story.articles, world.placed, strict=True):
        source, text = read.article.name, read.article.text
        article_of[placed.source_id] = source
        names = [name_of[entity_id] for entity_id in placed.entity_ids]

        def named(chain: int | None, names: list[str] = names) -> str | None:
            return None if chain is None else names[chain]

        rows["sources"].append((source, read.article.published, label_of.get(placed.origin_id or "")))
        for m in read.mentions:
            rows["entity_mentions"].append((source, m.start, m.end, names[m.chain], m.form, m.type))
        for d in read.dates:
            rows["dates"].append((source, d.start, d.end, d.kind, d.value, d.anchor))
        for index, claim in enumerate(read.claims):
            content = amend_words.write_content(text, claim.content)
            key = (source, claim.content[0].start, content, amend_words.write_content(text, claim.speakers))
            claim_key[read.claim_id(index)] = key
            group[placed.group_ids[index]].append(key)
            cue, speaker = amend_words.write_content(text, claim.cues), named(claim.speaker_chain)
            sure = (claim.certainty, claim.polarity, claim.time)
            rest_on = label_of.get(placed.origin_ids[index] or "")
            rows["claims"].append((*key, cue, speaker, claim.quote_type, *sure, rest_on))
            for number, hop in enumerate(claim.hops, 1):
                said = (hop.agent, named(hop.chain), hop.anonymity, hop.kind, hop.cue)
                rows["attributions"].append((*key, number, *said))
            rows["claim_entities"] += [
                (*key, name) for name in sorted({names[chain] for chain in claim.chains})
            ]
        for index, event in enumerate(read.events):
            date = read.dates[event.date] if event.date is not None else None
            within = claim_key[read.claim_id(event.claim)] if event.claim is not None else None
            sure = (event.certainty, event.polarity, event.time)
            rows["event_mentions"].append(
                (source, event.start, event.end, *sure, date and date.start, within)
            )
            told[placed.event_ids[index]].append((source, event.start, event.end))
    for entity in world.entities:
        rows["entities"].append((entity.name, entity.type, entity.wikidata))
    for happening in world.events:
        mentions = tuple(sorted(told[happening.event_id]))
        rows["events"].append((mentions, happening.type, happening.status, happening.date))
    for part in world.participants:
        mentions = tuple(sorted(told[part.event_id]))
        rows["event_participants"].append((mentions, name_of[part.entity_id], part.role))
    for held in group.values():
        rows["claim_groups"].append(tuple(sorted(held)))
    for pair in world.claim_relations:
        ends = sorted((claim_key[pair.claim_id], claim_key[pair.other_claim_id]))
        rows["claim_relations"].append((*ends, pair.relation))
    for origin in world.origins:
        rows["origins"].append((origin.label, origin.kind))
    for tie in world.source_relations:
        tied = sorted((article_of[tie.source_id], article_of[tie.other_source_id]))
        rows["source_relations"].append((*tied, tie.relation))
    return {table: Counter(found) for table, found in sorted(rows.items())}


def measure(found: Rows, wanted: Rows) -> dict[str, dict[str, float]]:
    """Precision, recall and numbers of rows by table, in per cent."""
    figures = {}
    for table in sorted({*found, *wanted}):
        right = (found.get(table, Counter()) & wanted.get(table, Counter())).total()
        here, there = found.get(table, Counter()).total(), wanted.get(table, Counter()).total()
        figures[table] = {
            "precision": round(100 * right / here, 1) if here else 100.0,
            "recall": round(100 * right / there, 1) if there else 100.0,
            "found": here,
            "wanted": there,
        }
    return figures


def fallen(figures: Mapping[str, Mapping[str, float]], gate: Mapping[str, Mapping[str, float]]) -> list[str]:
    """What fell below the gate, in words."""
    return [
        f"{table}: {what} {figures.get(table, {}).get(what, 0.0)} is below {least[what]}"
        for table, least in gate.items()
        for what in ("precision", "recall")
        if figures.get(table, {}).get(what, 0.0) < least[what]
    ]


def main() -> int:
    """Tell the figures; 1 where the gate is not held."""
    told = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    told.add_argument("--gate", action="store_true")
    told.add_argument("--raise", action="store_true", dest="higher")
    given = told.parse_args()
    alone, by_hand = read_alone(), read_by_hand()
    wanted = list_rows(by_hand)
    figures = measure(list_rows(tell(alone, pipeline.UNCORRECTED)), wanted)
    for table, row in figures.items():
        print(
            f"{table:20} precision {row['precision']:5.1f}  recall {row['recall']:5.1f}"
            f"  {row['found']:4} found, {row['wanted']:4} wanted"
        )
    gate = json.loads(GATE.read_text()) if GATE.exists() else {}
    below = fallen(figures, gate)
    if given.higher and not below:
        GATE.write_text(json.dumps(figures, indent=1) + "\n")
    for fault in below if given.gate or given.higher else []:
        print(fault, file=sys.stderr)
    return 1 if below and (given.gate or given.higher) else 0


if __name__ == "__main__":
    sys.exit(main())

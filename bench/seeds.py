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
from typing import Any

from bench import readme

from onrecord import pipeline
from onrecord.annotate import annotate, default_reader
from onrecord.correcting import amend_words, corrections
from onrecord.intake import load_articles
from onrecord.model import Annotated, Article
from onrecord.resolving import entities
from onrecord.world import Entity, Event, Placed, World

ROOT = Path(__file__).parent.parent
SEEDS = ROOT / "seeds"
HAND = ROOT / "tests" / "data" / "seeds"
GATE = HAND / "gate.json"

Row = tuple[Any, ...]
Rows = dict[str, Counter[Row]]


@dataclass(frozen=True, slots=True)
class Story:
    """The three articles, read one way."""

    articles: tuple[Annotated, ...]
    world: World


def load_seeds() -> tuple[Article, ...]:
    """The seed articles in the order of a build."""
    return tuple(load_articles([SEEDS]))


def tell(articles: Sequence[Annotated], fixes: corrections.Corrections) -> Story:
    """The articles after corrections, with what holds over all of them."""
    corrected = tuple(pipeline.Corrected(articles, fixes))
    return Story(corrected, pipeline.resolve(corrected, entities.load_known([SEEDS]).rows, fixes))


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


class _Rows:
    """The rows of a story by table, gathered article by article; rows name one another by what they say."""

    def __init__(self, world: World) -> None:
        self.found: dict[str, list[Row]] = defaultdict(list)
        self._name_of = {row.entity_id: row.name for row in world.entities}
        self._label_of = {row.origin_id: row.label for row in world.origins}
        self._article_of: dict[str, str] = {}
        self._claim_of: dict[str, Row] = {}
        self._groups: dict[str, list[Row]] = defaultdict(list)
        self._told: dict[str, list[Row]] = defaultdict(list)

    def add_article(self, read: Annotated, placed: Placed) -> None:
        """The rows of one article."""
        source = read.article.name
        self._article_of[placed.source_id] = source
        names = [self._name_of[entity_id] for entity_id in placed.entity_ids]
        rest_on = self._label_of.get(placed.origin_id or "")
        self.found["sources"].append((source, read.article.published, rest_on))
        for m in read.mentions:
            self.found["entity_mentions"].append((source, m.start, m.end, names[m.chain], m.form, m.type))
        for d in read.dates:
            self.found["dates"].append((source, d.start, d.end, d.kind, d.value, d.anchor))
        for index in range(len(read.claims)):
            self._add_claim(read, placed, names, index)
        for index, event in enumerate(read.events):
            date = read.dates[event.date].start if event.date is not None else None
            within = self._claim_of[read.claim_id(event.claim)] if event.claim is not None else None
            sure = (event.certainty, event.polarity, event.time)
            self.found["event_mentions"].append((source, event.start, event.end, *sure, date, within))
            self._told[placed.event_ids[index]].append((source, event.start, event.end))

    def _add_claim(self, read: Annotated, placed: Placed, names: Sequence[str], index: int) -> None:
        claim, source, text = read.claims[index], read.article.name, read.article.text

        def named(chain: int | None) -> str | None:
            return None if chain is None else names[chain]

        content, cue = (amend_words.write_content(text, spans) for spans in (claim.content, claim.cues))
        key = (source, claim.content[0].start, content, amend_words.write_content(text, claim.speakers))
        self._claim_of[read.claim_id(index)] = key
        self._groups[placed.group_ids[index]].append(key)
        sure = (claim.certainty, claim.polarity, claim.time)
        rest_on = self._label_of.get(placed.origin_ids[index] or "")
        speaker = named(claim.speaker_chain)
        self.found["claims"].append((*key, cue, speaker, claim.quote_type, *sure, rest_on))
        for number, hop in enumerate(claim.hops, 1):
            said = (hop.agent, named(hop.chain), hop.anonymity, hop.kind, hop.cue)
            self.found["attributions"].append((*key, number, *said))
        for name in sorted({names[chain] for chain in claim.chains}):
            self.found["claim_entities"].append((*key, name))

    def add_world(self, world: World) -> None:
        """The rows of what holds over all articles, once these are in."""
        mentions = {event_id: tuple(sorted(told)) for event_id, told in self._told.items()}
        self.found["entities"] = [(row.name, row.type, row.wikidata) for row in world.entities]
        self.found["events"] = [(mentions[e.event_id], e.type, e.status, e.date) for e in world.events]
        self.found["event_participants"] = [
            (mentions[part.event_id], self._name_of[part.entity_id], part.role)
            for part in world.participants
            if part.entity_id is not None
        ]
        self.found["claim_groups"] = [tuple(sorted(held)) for held in self._groups.values()]
        self.found["claim_relations"] = [
            (*sorted((self._claim_of[pair.claim_id], self._claim_of[pair.other_claim_id])), pair.relation)
            for pair in world.claim_relations
        ]
        self.found["origins"] = [(origin.label, origin.kind) for origin in world.origins]
        self.found["source_relations"] = [
            (*sorted((self._article_of[tie.source_id], self._article_of[tie.other_source_id])), tie.relation)
            for tie in world.source_relations
        ]


def list_rows(story: Story) -> Rows:
    """The rows of each table by what they say, without ids."""
    rows = _Rows(story.world)
    for read, placed in zip(story.articles, story.world.placed, strict=True):
        rows.add_article(read, placed)
    rows.add_world(story.world)
    return {table: Counter(found) for table, found in sorted(rows.found.items()) if found}


def measure(found: Rows, wanted: Rows) -> dict[str, dict[str, float]]:
    """Precision, recall and numbers of rows by table, in per cent; an event is right where some of the words
    that tell it are those of an event that is wanted, one to one."""
    figures = {}
    for table in sorted({*found, *wanted}):
        right = (found.get(table, Counter()) & wanted.get(table, Counter())).total()
        if table == "events":
            right = met_events(list(found.get(table, ())), list(wanted.get(table, ())))
        here, there = found.get(table, Counter()).total(), wanted.get(table, Counter()).total()
        figures[table] = {
            "precision": round(100 * right / here, 1) if here else 100.0,
            "recall": round(100 * right / there, 1) if there else 100.0,
            "found": here,
            "wanted": there,
        }
    return figures


def met_events(found: Sequence[tuple[Any, ...]], wanted: Sequence[tuple[Any, ...]]) -> int:
    """How many events share words with one that is wanted, one to one, the most shared words first."""
    shared = [
        (len({*one[0]} & {*other[0]}), -mine, -theirs)
        for mine, one in enumerate(found)
        for theirs, other in enumerate(wanted)
    ]
    left, right = set[int](), set[int]()
    for count, mine, theirs in sorted(shared, reverse=True):
        if count and mine not in left and theirs not in right:
            left.add(mine)
            right.add(theirs)
    return len(left)


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
        readme.main()
    for fault in below if given.gate or given.higher else []:
        print(fault, file=sys.stderr)
    return 1 if below and (given.gate or given.higher) else 0


if __name__ == "__main__":
    sys.exit(main())

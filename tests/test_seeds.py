"""The seed story: how much of it is read right, and that the corrections bring it to the reading by hand."""

import json

import pytest
from bench import seeds

from onrecord import pipeline
from onrecord.correcting import corrections
from onrecord.model import Annotated
from onrecord.overlap import HasOffsets


@pytest.fixture(scope="module")
def alone() -> tuple[Annotated, ...]:
    """What the pipeline reads by itself."""
    return seeds.read_alone()


def test_no_table_falls_below_its_gate(alone: tuple[Annotated, ...]) -> None:
    gate = json.loads(seeds.GATE.read_text(encoding="utf-8"))
    figures = seeds.measure(
        seeds.list_rows(seeds.tell(alone, pipeline.UNCORRECTED)), seeds.list_rows(seeds.read_by_hand())
    )
    assert set(gate) == set(figures)
    assert seeds.fallen(figures, gate) == []


def test_the_gate_would_see_a_fall() -> None:
    gate = {"claims": {"precision": 80.0, "recall": 70.0}}
    assert seeds.fallen({"claims": {"precision": 80.0, "recall": 69.9}}, gate) == [
        "claims: recall 69.9 is below 70.0"
    ]
    assert len(seeds.fallen({}, gate)) == 2


def test_the_corrections_bring_every_row_to_the_reading_by_hand(alone: tuple[Annotated, ...]) -> None:
    corrected = seeds.tell(alone, corrections.load_corrections([seeds.SEEDS]))
    by_hand = seeds.read_by_hand()
    found, wanted = seeds.list_rows(corrected), seeds.list_rows(by_hand)
    assert set(found) == set(wanted)
    for table in wanted:
        assert found[table] == wanted[table], table
    assert {row.label for row in corrected.world.events} == {row.label for row in by_hand.world.events}


def test_no_row_stands_on_furniture() -> None:
    for read in seeds.read_by_hand().articles:
        furniture = [(b.start, b.end) for b in read.blocks if b.kind == "furniture"]
        spans: list[HasOffsets] = [
            *read.mentions,
            *read.dates,
            *read.events,
            *(part for c in read.claims for part in c.content),
        ]
        assert not [s for s in spans for start, end in furniture if s.start < end and start < s.end]

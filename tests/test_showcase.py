"""What the documents say of errors is what the files say, and the verdicts are about rows that are there."""

import csv
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from bench import readme

import onrecord
from onrecord.packaging import schema

SHOWCASE = readme.ROOT / "showcase"
KEYS = {
    "attributions": ["claim_id", "hop"],
    "event_participants": ["event_id", "seq"],
    "claim_relations": ["claim_id", "other_claim_id", "relation"],
    "source_relations": ["source_id", "other_source_id", "relation"],
    "claims": ["claim_id"],
    "figures": ["figure_id"],
    "dates": ["date_id"],
    "entities": ["entity_id"],
    "entity_mentions": ["mention_id"],
    "events": ["event_id"],
    "event_mentions": ["mention_id"],
}


@pytest.mark.parametrize(("name", "mark", "tell"), readme.BLOCKS)
def test_documents_say_what_was_measured(name: str, mark: str, tell: Callable[[], str]) -> None:
    text = (readme.ROOT / name).read_text(encoding="utf-8")
    assert f"<!-- {mark} -->" in text
    assert readme.write(text, mark, tell()) == text, "run python -m bench.readme"


def test_verdicts_are_about_rows_of_the_package_and_say_why_one_is_wrong() -> None:
    with (SHOWCASE / "judged.csv").open(encoding="utf-8", newline="") as stream:
        judged = list(csv.DictReader(stream))
    for table, keys in KEYS.items():
        rows = pd.read_parquet(Path(SHOWCASE / "datapackage" / f"{table}.parquet"))
        there = {" ".join(map(str, key)) for key in rows[keys].itertuples(index=False)}
        verdicts = [row for row in judged if row["table"] == table]
        assert verdicts and {row["row"] for row in verdicts} <= there
    assert {row["table"] for row in judged} == set(KEYS)
    assert all((row["right"] == "no") == bool(row["why"]) for row in judged)
    assert len({(row["table"], row["row"]) for row in judged}) == len(judged)


def test_the_package_is_whole_and_its_spans_stand_in_the_articles() -> None:
    report = onrecord.validate(SHOWCASE, onrecord.load_articles([SHOWCASE / "articles"]))
    assert report.valid, report.problems
    assert report.spans
    assert set(report.tables) == set(schema.TABLES)
